//! Would somebody else guess this password? No rule says which characters it must hold; what counts is how much of it is
//! left when everything is taken away that others try first.

use once_cell::sync::Lazy;
use thiserror::Error;

use crate::people::account_name::fold;
use crate::people::password::Password;
use crate::text::language::LanguageTag;

/// Why a password is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum WeakPassword {
    /// It has fewer than 12 characters.
    #[error("use at least 12 characters: a few words that have nothing to do with each other are easy to remember")]
    TooShort,
    /// It has more than 128 characters.
    #[error("use at most 128 characters")]
    TooLong,
    /// Little is left of it without the account's or the product's name.
    #[error("little is left of this password without the name of the account or of the product: add words of your own")]
    HoldsName,
    /// Little is left of it without common passwords, repetitions, rows of keys and the digits at its end.
    #[error(
        "this password is made of common ones, repetitions, rows of keys or digits at the end: add words of your own"
    )]
    Guessable,
}

impl WeakPassword {
    /// Returns a sentence that helps to find a better one: in Chinese, or in English to anybody else.
    pub fn advice(self, language: &LanguageTag) -> String {
        if language.primary() != "zh" {
            return self.to_string();
        }
        let advice = match self {
            WeakPassword::TooShort => {
                "密码至少要有 12 个字符：把几个不相干的词连在一起，长而好记，空格和汉字都可以用。"
            }
            WeakPassword::TooLong => "密码最多 128 个字符。",
            WeakPassword::HoldsName => "密码去掉账号名、邮箱或产品名之后所剩无几，请再加入几个只有您想得到的词。",
            WeakPassword::Guessable => {
                "这个密码由常见密码、重复的字、键盘上的顺序或结尾的数字组成，很容易被猜中，请再加入几个只有您想得到的词。"
            }
        };
        advice.to_owned()
    }
}

const SHORTEST: usize = 12;
const LONGEST: usize = 128;

/// Characters that must be left: more than a surname or initials before a birthday, less than two words of one's own.
const FEWEST_OWN: usize = 6;

/// What the product is called, where its customers and its people see it.
const PRODUCT_NAMES: [&str; 3] = ["yingda", "应答", "cgpay"];

/// The commonest passwords and what they are made of, lower case, one a line; their longer forms follow from the rules.
static COMMON: Lazy<Vec<Vec<char>>> =
    Lazy::new(|| include_str!("common_passwords.txt").lines().map(|word| word.chars().collect()).collect());

/// Keys in the order of fingers and numbers; read in both directions.
static SEQUENCES: Lazy<Vec<Vec<char>>> = Lazy::new(|| {
    let there = [
        "0123456789012345678901234567890",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiop[]",
        "asdfghjkl;'",
        "zxcvbnm,./",
        "!@#$%^&*()_+",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
        "qazwsxedcrfvtgbyhnujmikolp",
        "1q2w3e4r5t6y7u8i9o0p",
        "q1w2e3r4t5y6u7i8o9p0",
        "a1b2c3d4e5f6g7h8i9",
        "1a2b3c4d5e6f7g8h9i",
        "aabbccddeeffgghhiijj",
        "00112233445566778899",
        "147258369",
        "1357924680",
        "2468013579",
    ];
    let there: Vec<Vec<char>> = there.iter().map(|keys| keys.chars().collect()).collect();
    let back: Vec<Vec<char>> = there.iter().map(|keys| keys.iter().rev().copied().collect()).collect();
    there.into_iter().chain(back).collect()
});

/// Fewer keys in a row, or fewer of one character, also stand in words.
const SHORTEST_SEQUENCE: usize = 4;
const SHORTEST_RUN: usize = 3;

/// Shorter parts of a name are in many words.
const SHORTEST_NAME: usize = 3;

/// Checks a password for somebody who goes by these names (login, e-mail, what people see).
pub fn check_strength(password: &Password, names: &[&str]) -> Result<(), WeakPassword> {
    let n_chars = password.text().chars().count();
    if n_chars < SHORTEST {
        return Err(WeakPassword::TooShort);
    }
    if n_chars > LONGEST {
        return Err(WeakPassword::TooLong);
    }
    let folded: Vec<char> = fold(password.text()).chars().collect();
    let (text, tail) = split_tail(&folded);
    let known: Vec<Vec<char>> = COMMON.iter().cloned().chain(words_of(names)).collect();
    let n_own = n_own_chars(text, tail, &known);
    if n_own >= FEWEST_OWN {
        return Ok(());
    }
    let names_count = n_own < n_own_chars(text, tail, &COMMON);
    Err(if names_count { WeakPassword::HoldsName } else { WeakPassword::Guessable })
}

/// The names and their parts, folded.
fn words_of(names: &[&str]) -> Vec<Vec<char>> {
    let folded = names.iter().map(|name| fold(name));
    let parts = folded.flat_map(|name| {
        let parts: Vec<String> = name.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        parts.into_iter().chain([name])
    });
    let of_account = parts.filter(|part| part.chars().count() >= SHORTEST_NAME || !part.is_ascii());
    let all = of_account.chain(PRODUCT_NAMES.iter().map(|&name| name.to_owned()));
    all.map(|word| word.chars().collect()).filter(|word: &Vec<char>| !word.is_empty()).collect()
}

/// What there is to judge in a text, and where its tail begins: the digits and marks at the end, which people add when
/// they are told to. A text that is nothing else has no tail; of one that repeats itself the first time is enough.
fn split_tail(text: &[char]) -> (&[char], usize) {
    let is_tail = |c: &char| c.is_ascii_digit() || c.is_ascii_punctuation() || c.is_whitespace();
    let tail = text.iter().rposition(|c| !is_tail(c)).map_or(text.len(), |last| last + 1);
    let body = &text[..tail];
    let repeats = |&n: &usize| body[n..].iter().zip(body).all(|(later, first)| later == first);
    match (1..=body.len() / 2).find(repeats) {
        Some(n) => (&body[..n], n),
        None => (text, tail),
    }
}

/// The fewest characters that are left of a text before its tail when guessable pieces are cut out of it.
fn n_own_chars(text: &[char], tail: usize, words: &[Vec<char>]) -> usize {
    let mut own_from = vec![0; text.len() + 1];
    for start in (0..tail).rev() {
        let rest = &text[start..];
        let known = words.iter().filter(|word| rest.starts_with(word)).map(Vec::len);
        let cuts = known.chain(sequence_at_start(rest)).chain(run_at_start(rest));
        let fewest_after_cut = cuts.map(|n| own_from[start + n]).min();
        let kept = 1 + own_from[start + 1];
        own_from[start] = fewest_after_cut.map_or(kept, |fewest| fewest.min(kept));
    }
    own_from[0]
}

/// The length of the longest row of keys that a text begins with.
fn sequence_at_start(text: &[char]) -> Option<usize> {
    let in_row = |keys: &[char]| keys.iter().zip(text).take_while(|(key, c)| key == c).count();
    let starts = SEQUENCES.iter().flat_map(|keys| (0..keys.len()).map(move |at| &keys[at..]));
    starts.map(in_row).max().filter(|&n| n >= SHORTEST_SEQUENCE)
}

/// How often a text's first character stands at its start.
fn run_at_start(text: &[char]) -> Option<usize> {
    let n = text.iter().take_while(|&&c| Some(c) == text.first().copied()).count();
    (n >= SHORTEST_RUN).then_some(n)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NAMES: [&str; 3] = ["li.xiaolong", "xiaolong@shop.example", "李小龙"];

    fn check(typed: &str) -> Result<(), WeakPassword> {
        check_strength(&Password::new(typed), &NAMES)
    }

    const PASSWORDS: &[(&str, Result<(), WeakPassword>)] = {
        use WeakPassword::{Guessable, HoldsName, TooLong, TooShort};
        &[
            ("", Err(TooShort)),
            ("moss on 42!", Err(TooShort)),
            ("青苔石阶四十二级很滑", Err(TooShort)),
            ("青苔石阶四十二级雨天很滑", Ok(())),
            ("moss on forty-two steps", Ok(())),
            ("correct horse battery staple", Ok(())),
            ("tbqkvwznmwrd", Ok(())),
            ("x7#Kq!p2@Zr9", Ok(())),
            ("739104628351", Ok(())),
            ("aaaaaaaaaaaa", Err(Guessable)),
            ("啊啊啊啊啊啊啊啊啊啊啊啊", Err(Guessable)),
            ("            ", Err(Guessable)),
            ("mmmmmmsssssskkkkkkk", Err(Guessable)),
            ("123456789012", Err(Guessable)),
            ("210987654321", Err(Guessable)),
            ("qwertyuiop123456", Err(Guessable)),
            ("poiuytrewq!!", Err(Guessable)),
            ("1qaz2wsx3edc", Err(Guessable)),
            ("asdfghjklzxcvbnm", Err(Guessable)),
            ("a1b2c3d4e5f6", Err(Guessable)),
            ("112233445566", Err(Guessable)),
            ("lolololololol", Err(Guessable)),
            ("xk4xk4xk4xk4", Err(Guessable)),
            ("Password2026!", Err(Guessable)),
            ("ＰＡＳＳＷＯＲＤ１２３４", Err(Guessable)),
            ("P@ssw0rd1234", Err(Guessable)),
            ("passwordpassword", Err(Guessable)),
            ("admin@123456", Err(Guessable)),
            ("woaini1314520", Err(Guessable)),
            ("woaini5201314", Err(Guessable)),
            ("52013145201314", Err(Guessable)),
            ("7758521_7758521", Err(Guessable)),
            ("a123456789123", Err(Guessable)),
            ("wj19880512134", Err(Guessable)),
            ("zhang123456789", Err(Guessable)),
            ("我爱你一生一世一生一世", Err(TooShort)),
            ("我爱你一生一世5201314", Err(Guessable)),
            ("iloveyou-monkey-dragon", Err(Guessable)),
            ("li.xiaolong2026", Err(HoldsName)),
            ("XiaoLong@shop.example", Err(HoldsName)),
            ("李小龙李小龙李小龙李小龙", Err(HoldsName)),
            ("李小龙cgpay李小龙8", Err(HoldsName)),
            ("cgpay2026cgpay", Err(HoldsName)),
            ("CGPay20261123", Err(HoldsName)),
            ("yingda-123456", Err(HoldsName)),
            ("li.xiaolong likes wet moss", Ok(())),
            (LONGEST_ALLOWED, Ok(())),
            (TOO_LONG, Err(TooLong)),
        ]
    };

    const TOO_LONG: &str = "moss on forty-two steps of an old stone stair that nobody has climbed since the rain began to fall in the autumn when we left it.";
    const LONGEST_ALLOWED: &str = TOO_LONG.split_at(TOO_LONG.len() - 1).0;

    #[test]
    fn what_others_guess_is_refused_and_the_rest_is_not() {
        assert_eq!(LONGEST_ALLOWED.len(), LONGEST);
        let wrong: Vec<String> = PASSWORDS
            .iter()
            .map(|(typed, expected)| (typed, expected, check(typed)))
            .filter(|(_, expected, found)| *expected != found)
            .map(|(typed, expected, found)| format!("{typed:?}: {found:?}, not {expected:?}"))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_common_password_is_refused_however_it_is_made_longer() {
        assert!(COMMON.len() >= 150, "{}", COMMON.len());
        for word in COMMON.iter() {
            let word: String = word.iter().collect();
            assert_eq!(word, fold(&word), "the list is folded");
            let mut longer = vec![word.to_uppercase().repeat(6), format!("{word}@{word}@123456789")];
            if !word.bytes().all(|b| b.is_ascii_digit()) {
                longer.push(format!("{word}_20261123.!"));
            }
            for typed in longer {
                assert_eq!(check(&typed), Err(WeakPassword::Guessable), "{typed}");
            }
        }
    }

    #[test]
    fn the_advice_is_in_the_readers_language() {
        let (chinese, english) = (LanguageTag::zh_tw(), LanguageTag::en());
        assert!(WeakPassword::TooShort.advice(&chinese).contains("12 个字符"));
        assert!(WeakPassword::TooShort.advice(&english).contains("12 characters"));
    }

    proptest! {
        #[test]
        fn any_text_gets_a_verdict(typed in "\\PC{0,150}") {
            let _ = check(&typed);
        }

        #[test]
        fn random_letters_are_strong(typed in "[b-df-hj-np-tv-xz]{16,40}") {
            prop_assert_eq!(check(&typed), Ok(()));
        }
    }
}
