//! How a question is put: what it asks for (how long, how much, why …) and whether it denies. Two questions on one
//! matter that differ in this are different questions.

use once_cell::sync::Lazy;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::analysis::Analysis;

/// The question words and negations of a text, as bits, and the numbers it names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    kinds: u16,
    /// A sum over the distinct numbers; 0 where there is none.
    numbers: u16,
}

const NEGATION: u16 = 1 << 15;

/// Words in folded text, and the bit of what they ask for. Longer words win over those within.
const WORDS: &[(&str, u16)] = &[
    ("多久", 1),
    ("多长时间", 1),
    ("几天", 1),
    ("什么时候", 1),
    ("何时", 1),
    ("几个工作日", 1),
    ("多少天", 1),
    ("几点", 1),
    (" how long ", 1),
    (" when ", 1),
    (" how many days ", 1),
    (" how soon ", 1),
    (" what time ", 1),
    ("多少", 1 << 1),
    ("几块", 1 << 1),
    (" how much ", 1 << 1),
    (" how many ", 1 << 1),
    ("哪里", 1 << 2),
    ("哪儿", 1 << 2),
    ("在哪", 1 << 2),
    ("到哪", 1 << 2),
    ("去哪", 1 << 2),
    (" where ", 1 << 2),
    ("为什么", 1 << 3),
    ("为何", 1 << 3),
    ("怎么回事", 1 << 3),
    ("原因", 1 << 3),
    ("怎么会", 1 << 3),
    (" why ", 1 << 3),
    (" what happened ", 1 << 3),
    ("能不能", 1 << 4),
    ("可以", 1 << 4),
    ("能否", 1 << 4),
    ("可否", 1 << 4),
    ("是否", 1 << 4),
    ("能", 1 << 4),
    (" can ", 1 << 4),
    (" could ", 1 << 4),
    (" is it possible ", 1 << 4),
    (" am i able ", 1 << 4),
    ("怎么", 1 << 5),
    ("如何", 1 << 5),
    ("怎样", 1 << 5),
    ("步骤", 1 << 5),
    ("流程", 1 << 5),
    (" how do ", 1 << 5),
    (" how to ", 1 << 5),
    (" how can ", 1 << 5),
    (" how should ", 1 << 5),
    (" steps ", 1 << 5),
    ("怎么办", 1 << 6),
    ("咋办", 1 << 6),
    ("如何处理", 1 << 6),
    (" what should ", 1 << 6),
    (" what do i do ", 1 << 6),
    (" what can i do ", 1 << 6),
    ("什么", 1 << 7),
    ("哪些", 1 << 7),
    (" what ", 1 << 7),
    (" which ", 1 << 7),
    ("谁", 1 << 8),
    (" who ", 1 << 8),
    ("不", NEGATION),
    ("没", NEGATION),
    ("未", NEGATION),
    ("无法", NEGATION),
    ("别", NEGATION),
    ("取消", NEGATION),
    ("能不能", 1 << 4),
    ("是不是", 1 << 4),
    ("有没有", 1 << 4),
    ("不好意思", 0),
    ("可不可以", 1 << 4),
    ("特别", 0),
    ("别的", 0),
    ("分别", 0),
    (" not ", NEGATION),
    (" no ", NEGATION),
    (" cannot ", NEGATION),
    (" can t ", NEGATION),
    (" didn t ", NEGATION),
    (" don t ", NEGATION),
    (" doesn t ", NEGATION),
    (" hasn t ", NEGATION),
    (" haven t ", NEGATION),
    (" won t ", NEGATION),
    (" isn t ", NEGATION),
    (" never ", NEGATION),
    (" without ", NEGATION),
    (" unable ", NEGATION),
];

static AUTOMATON: Lazy<Option<AhoCorasick>> = Lazy::new(|| {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(WORDS.iter().map(|(word, _)| word)).ok()
});

impl Wording {
    /// Reads the wording of an analysed text.
    pub fn of(analysis: &Analysis) -> Self {
        let Some(automaton) = AUTOMATON.as_ref() else { return Self::default() };
        let framed = format!(" {} ", analysis.canonical);
        let kinds = automaton.find_iter(&framed).fold(0, |kinds, found| kinds | WORDS[found.pattern().as_usize()].1);
        Self { kinds, numbers: numbers(&analysis.canonical) }
    }

    /// Says whether the text denies something.
    pub fn denies(self) -> bool {
        self.kinds & NEGATION != 0
    }

    /// Says whether both texts name numbers, and not the same.
    pub fn counts_other(self, other: Self) -> bool {
        self.numbers != 0 && other.numbers != 0 && self.numbers != other.numbers
    }

    /// Says whether both texts ask for something, and for nothing in common.
    pub fn asks_for_other(self, other: Self) -> bool {
        let (mine, others) = (self.kinds & !NEGATION, other.kinds & !NEGATION);
        mine != 0 && others != 0 && mine & others == 0
    }

    /// Says whether both texts ask for the same thing.
    pub fn asks_for_same(self, other: Self) -> bool {
        self.kinds & other.kinds & !NEGATION != 0
    }
}

/// Han numerals; their places are their values up to ten.
const NUMERALS: [char; 14] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '百', '千', '万'];

/// What makes the numeral before it a number: 三天 is one, 三星 is none.
const COUNTED: &[char] = &[
    '天', '日', '月', '年', '号', '次', '笔', '张', '元', '块', '期', '周', '岁', '倍', '折', '级', '个', '位', '条',
    '小', '分', '钟', '百', '千', '万', '遍', '份', '季', '代',
];

/// Adds the distinct numbers of a folded text up to one that tells sets of numbers apart, nearly always.
fn numbers(text: &str) -> u16 {
    let mut found: Vec<u64> = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            let mut value = u64::from(c as u32 - '0' as u32);
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                value = value.wrapping_mul(10).wrapping_add(u64::from(digit as u32 - '0' as u32));
            }
            found.push(value);
        } else if let Some(first) = numeral(c) {
            let mut value = first;
            while let Some(next) = chars.peek().copied().and_then(numeral) {
                chars.next();
                value = if next >= 10 { value.max(1).wrapping_mul(next) } else { value.wrapping_add(next) };
            }
            // 一个, 一次 and the like rarely count.
            if value != 1 && chars.peek().is_some_and(|next| COUNTED.contains(next)) {
                found.push(value);
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    let mixed = found
        .iter()
        .fold(0_u64, |sum, &number| sum.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    if found.is_empty() { 0 } else { ((mixed >> 48) as u16).max(1) }
}

fn numeral(c: char) -> Option<u64> {
    let c = if c == '两' { '二' } else { c };
    let place = NUMERALS.iter().position(|&numeral| numeral == c)?;
    Some(match place {
        11 => 100,
        12 => 1_000,
        13 => 10_000,
        place => place as u64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::analysis::Analyser;
    use crate::text::segment::Segmenter;
    use crate::text::synonyms::Synonyms;

    #[test]
    fn tells_what_is_asked_for() {
        let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
        let wording = |text: &str| Wording::of(&analyser.analyse(text));
        assert!(wording("退款多久到账").asks_for_other(wording("退款在哪里申请")));
        assert!(wording("退款什么时候到").asks_for_same(wording("How long does a refund take?")));
        assert!(!wording("退款").asks_for_other(wording("退款多久")));
        assert!(wording("退款没到账").denies() && wording("My refund didn't arrive").denies());
        assert!(wording("分3期").counts_other(wording("分12期")) && wording("三天没到").counts_other(wording("5天了")));
        assert!(!wording("三天没到").counts_other(wording("3天了")) && !wording("一个").counts_other(wording("第2个")));
        assert!(!wording("能不能退款").denies() && !wording("特别慢").denies());
    }
}
