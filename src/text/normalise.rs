//! How texts are folded before they are compared: the same for stored phrasings and for what customers type.
//!
//! Only matching sees the result; people are shown their own words. Folding twice is folding once.

use once_cell::sync::Lazy;
use unicode_normalization::UnicodeNormalization;

use crate::text::script::{is_han, is_ignorable};

/// Characters of a message that analysis looks at; what is behind them is not matched.
pub const MAX_CHARS: usize = 10_000;

/// Longer runs of one letter are emphasis ("好慢啊啊啊啊", "sooooo"); digits are never cut.
const LONGEST_RUN: usize = 2;

/// Folds a text for matching: NFKC, lower case, simplified script; no emoji, controls or punctuation; words of other
/// scripts parted by one space, no space beside a Han character; runs of a letter cut to two.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut run, mut gap) = ('\0', 0, false);
    let mut chars = fold(text).peekable();
    while let Some(c) = chars.next() {
        let decimal_point = c == '.' && !gap && last.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit);
        if !c.is_alphanumeric() && !decimal_point {
            gap = true;
            continue;
        }
        if gap && !out.is_empty() && !is_han(last) && !is_han(c) {
            out.push(' ');
            last = ' ';
        }
        gap = false;
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= LONGEST_RUN || c.is_ascii_digit() {
            out.push(c);
        }
    }
    out
}

/// NFKC, lower case and simplified script, character by character, with everything invisible left out.
fn fold(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .take(MAX_CHARS)
        .filter(|&c| !is_ignorable(c))
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .filter(|&c| !is_ignorable(c))
        .map(simplify)
}

/// Returns the simplified form of a traditional character, and any other character as it is.
pub fn simplify(c: char) -> char {
    if !is_han(c) {
        return c;
    }
    let index = u32::from(c).wrapping_sub(FIRST_SIMPLIFIABLE) as usize;
    SIMPLIFIED.get(index).copied().unwrap_or(c)
}

/// Says whether a text is written in traditional script: it holds a character that simplified script lacks.
pub fn is_traditional(text: &str) -> bool {
    text.chars().any(|c| simplify(c) != c && !OUR_FOLDS.iter().any(|&(from, _)| from == c))
}

const FIRST_SIMPLIFIABLE: u32 = 0x3400;
const LAST_SIMPLIFIABLE: u32 = 0x9FFF;

/// Variants that mean the same in this domain and that no conversion table folds: 帐户 for 账户, the polite 您 for 你.
const OUR_FOLDS: [(char, char); 4] = [('帐', '账'), ('您', '你'), ('妳', '你'), ('祇', '只')];

/// The simplified form of each character from U+3400 to U+9FFF.
///
/// Single characters, not phrases: what a character folds to must not hang on its neighbours, or folding twice would
/// not be folding once.
static SIMPLIFIED: Lazy<Vec<char>> = Lazy::new(|| {
    let all: Vec<char> = (FIRST_SIMPLIFIABLE..=LAST_SIMPLIFIABLE).filter_map(char::from_u32).collect();
    let one_a_line: String = all.iter().flat_map(|&c| [c, '\n']).collect();
    let converted = match ferrous_opencc::OpenCC::from_config(ferrous_opencc::config::BuiltinConfig::T2s) {
        Ok(converter) => converter.convert(&one_a_line),
        Err(_) => one_a_line,
    };
    let mut table: Vec<char> = converted.lines().map(|line| line.chars().next().unwrap_or(' ')).collect();
    if table.len() != all.len() {
        table = all;
    }
    for (from, to) in OUR_FOLDS {
        table[(u32::from(from) - FIRST_SIMPLIFIABLE) as usize] = to;
    }
    let once = table.clone();
    let at = |c: char| once.get(u32::from(c).wrapping_sub(FIRST_SIMPLIFIABLE) as usize).copied().unwrap_or(c);
    once.iter().map(|&c| at(at(c))).collect()
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_what_people_type_alike() {
        for (typed, folded) in [
            ("退款 多久到賬？？", "退款多久到账"),
            ("ＲＥＦＵＮＤ　１２８．５０", "refund 128.50"),
            ("我的\u{200B}帳戶\u{202E}被凍結了😭😭", "我的账户被冻结了"),
            ("好慢啊啊啊啊啊！！！", "好慢啊啊"),
            ("Hellooooo,  World", "helloo world"),
            ("申请 refund 流程", "申请refund流程"),
            ("CG20261123000001", "cg20261123000001"),
            ("1000000元", "1000000元"),
            ("请问您…", "请问你"),
            (" \u{0} \u{FEFF}", ""),
        ] {
            assert_eq!(normalise(typed), folded, "{typed:?}");
        }
    }

    #[test]
    fn tells_traditional_script() {
        assert!(is_traditional("轉帳失敗"));
        assert!(!is_traditional("转账失败，您好"));
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}|[\\x00-\\x7f\u{4e00}-\u{9fff}\u{200b}\u{ac00}-\u{ac20}]{0,40}") {
            let once = normalise(&text);
            prop_assert_eq!(normalise(&once), once);
        }
    }
}
