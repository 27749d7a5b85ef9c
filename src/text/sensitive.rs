//! Masks what must not be kept: card numbers, ids, telephone numbers, mailboxes, codes, passwords. Order numbers,
//! amounts and dates stay: they are what a support desk works with.
//!
//! One pass of linear-time patterns over the folded text; what a pattern cannot say (neighbours, checksums) is checked
//! by hand, for the `regex` crate has no look-around.

use std::fmt;
use std::ops::Range;

use once_cell::sync::Lazy;
use regex::Regex;

use crate::text::folded::Folded;

/// What kind of sensitive thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SensitiveKind {
    /// A payment card's number (PCI DSS 3.4.1: at most the first six and last four are shown).
    Card,
    /// A resident identity number (GB 11643-1999).
    ResidentId,
    /// A telephone number.
    Phone,
    /// A mailbox.
    Email,
    /// A one-time code.
    Code,
    /// A password or PIN.
    Password,
    /// A card's security code or expiry date.
    CardSecret,
}

/// A value that was taken out of a text. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// What it is.
    pub kind: SensitiveKind,
    /// The value as it was written.
    pub value: String,
    /// What stands in its place: as much of it as may be shown.
    pub shown: String,
    /// Where it stood in the original, in bytes.
    pub span: Range<usize>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealed").field("kind", &self.kind).field("span", &self.span).finish_non_exhaustive()
    }
}

/// A text without its sensitive values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// The text that may be kept, indexed, logged and shown.
    pub text: String,
    /// What was taken out, in the order of the text.
    pub found: Vec<Sealed>,
}

struct Pattern {
    kind: SensitiveKind,
    regex: Regex,
    /// The group that holds the value.
    group: usize,
    holds: fn(text: &str, value: Range<usize>) -> bool,
}

static PATTERNS: Lazy<Vec<Pattern>> = Lazy::new(|| {
    use SensitiveKind::{Card, CardSecret, Code, Email, Password, Phone, ResidentId};
    // Between a word that names a secret and the secret: no end of a sentence, no digits.
    let pattern = |kind, regex: &str, group, holds| Pattern {
        kind,
        regex: Regex::new(regex).expect("a test compiles every pattern"),
        group,
        holds,
    };
    vec![
        // Mailboxes written without a gap are taken together.
        pattern(
            Email,
            r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:[a-z0-9._%+-]*@[a-z0-9.-]*[a-z])*",
            0,
            always,
        ),
        pattern(
            Password,
            r"(?:密码|口令|password|passcode|passwd|pwd|pin码)\s*(?:是|为|=|:|is|was|了)\s*([a-z0-9!@#$%^&*_.+-]{4,})",
            1,
            is_secret,
        ),
        pattern(
            Code,
            r"(?:验证码|校验码|动态码|短信码|otp|verification code|security code|(?-u:\b)code)[^0-9\n*。！？!?]{0,12}([0-9]{4,8})",
            1,
            stands_alone,
        ),
        pattern(
            Code,
            r"([0-9]{4,8})[^0-9\n*。！？!?,，]{0,6}(?:验证码|校验码|动态码|短信码|(?-u:\b)otp(?-u:\b))",
            1,
            stands_alone,
        ),
        pattern(
            CardSecret,
            r"(?:cvv2?|cvc2?|安全码|背面三位|卡背面)[^0-9\n*。！？!?]{0,8}([0-9]{3,4})",
            1,
            stands_alone,
        ),
        pattern(
            CardSecret,
            r"(?:有效期|expiry|expires?|valid thru)[^0-9\n*。！？!?]{0,8}([0-9]{2}\s*/\s*[0-9]{2,4})",
            1,
            stands_alone,
        ),
        pattern(ResidentId, r"[0-9]{17}[0-9x]", 0, is_resident_id),
        pattern(
            Card,
            r"(?:卡号|银行卡|信用卡|储蓄卡|card number|card no)[^0-9\n*。！？!?]{0,8}([0-9](?:[ .-]?[0-9]){15,18})",
            1,
            stands_alone,
        ),
        pattern(Card, r"[0-9](?:[ .-]?[0-9]){11,18}", 0, is_card),
        pattern(Phone, r"(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}", 0, stands_alone),
        pattern(Phone, r"\+[0-9](?:[ ()-]?[0-9]){7,14}", 0, stands_alone),
    ]
});

/// Masks a text; masking a masked text changes nothing.
pub fn mask(text: &str) -> Masked {
    if !may_hold_anything(text) {
        return Masked { text: text.to_owned(), found: Vec::new() };
    }
    let folded = Folded::new(text);
    let mut hits: Vec<(Range<usize>, SensitiveKind)> = Vec::new();
    for pattern in PATTERNS.iter() {
        for captures in pattern.regex.captures_iter(&folded.text) {
            let Some(value) = captures.get(pattern.group).map(|value| value.range()) else { continue };
            let free = !hits.iter().any(|(taken, _)| taken.start < value.end && value.start < taken.end);
            if free && (pattern.holds)(&folded.text, value.clone()) {
                hits.push((value, pattern.kind));
            }
        }
    }
    hits.sort_by_key(|(value, _)| value.start);
    let mut masked = Masked { text: String::with_capacity(text.len()), found: Vec::with_capacity(hits.len()) };
    let mut done = 0;
    for (value, kind) in hits {
        let span = folded.original(&value);
        masked.text.push_str(&text[done..span.start]);
        let written = &text[span.clone()];
        let shown = cover(if written.is_ascii() { written } else { &folded.text[value] }, kind);
        masked.text.push_str(&shown);
        done = span.end;
        masked.found.push(Sealed { kind, value: text[span.clone()].to_owned(), shown, span });
    }
    masked.text.push_str(&text[done..]);
    masked
}

/// Every sensitive value has a digit, an @ or a word that names a secret; most questions have neither.
fn may_hold_anything(text: &str) -> bool {
    text.chars().any(|c| c.is_numeric() || c == '@' || c == '＠')
        || ["密码", "口令", "assw", "pwd"].iter().any(|word| text.contains(word))
}

fn cover(value: &str, kind: SensitiveKind) -> String {
    let digits: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
    let keep = |first: usize, last: usize| -> String {
        let hidden = digits.len().saturating_sub(first + last);
        digits[..first]
            .iter()
            .copied()
            .chain(std::iter::repeat_n('*', hidden))
            .chain(digits[first + hidden..].iter().copied())
            .collect()
    };
    match kind {
        SensitiveKind::Card => keep(6.min(digits.len()), 4),
        SensitiveKind::ResidentId => keep(3, 2),
        SensitiveKind::Phone => keep(3.min(digits.len()), 4.min(digits.len().saturating_sub(3))),
        SensitiveKind::Email => {
            let (name, host) = value.rsplit_once('@').unwrap_or((value, ""));
            format!("{}***@{host}", name.chars().next().unwrap_or('*'))
        }
        SensitiveKind::Code | SensitiveKind::Password | SensitiveKind::CardSecret => "***".to_owned(),
    }
}

fn always(_: &str, _: Range<usize>) -> bool {
    true
}

/// Says whether a number is no part of a longer number or identifier (`CG2026…`, `2026-11-…`).
fn stands_alone(text: &str, value: Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '*' || c == '_');
    let before = text[..value.start].chars().next_back();
    let after = text[value.end..].chars().next();
    // A hyphen or dot with a digit behind it goes on with the number.
    let goes_on = |mark: Option<char>, next: Option<char>| {
        matches!(mark, Some('-' | '.')) && next.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    let before_that = text[..value.start].chars().rev().nth(1);
    let after_that = text[value.end..].chars().nth(1);
    !joins(before) && !joins(after) && !goes_on(before, before_that) && !goes_on(after, after_that)
}

/// A password follows "是", ":" and the like; questions about passwords do ("密码是什么").
fn is_secret(text: &str, value: Range<usize>) -> bool {
    let found = &text[value];
    // Words of a sentence ("password is not working") are no passwords.
    !found.contains("***") && found.chars().any(|c| c.is_ascii_digit() || "!@#$%^&*".contains(c))
}

/// Brand prefixes and lengths (ISO/IEC 7812 issuers) with Luhn's checksum; both are needed: Luhn alone flags one long
/// order number in ten.
fn is_card(text: &str, value: Range<usize>) -> bool {
    let digits: Vec<u32> = text[value.clone()].chars().filter_map(|c| c.to_digit(10)).collect();
    let prefix = |n: usize| digits.iter().take(n).fold(0, |number, digit| number * 10 + digit);
    let len = digits.len();
    let branded = (prefix(2) == 62 && (16..=19).contains(&len))
        || (prefix(1) == 4 && matches!(len, 13 | 16 | 19))
        || ((51..=55).contains(&prefix(2)) && len == 16)
        || ((2221..=2720).contains(&prefix(4)) && len == 16)
        || (matches!(prefix(2), 34 | 37) && len == 15)
        || ((3528..=3589).contains(&prefix(4)) && len == 16);
    branded && passes_luhn(&digits) && stands_alone(text, value)
}

fn passes_luhn(digits: &[u32]) -> bool {
    let weighted = |(place, &digit): (usize, &u32)| match (place % 2, digit * 2) {
        (0, _) => digit,
        (_, doubled) if doubled > 9 => doubled - 9,
        (_, doubled) => doubled,
    };
    digits.iter().rev().enumerate().map(weighted).sum::<u32>() % 10 == 0
}

/// GB 11643-1999: a date of birth that exists and ISO 7064 MOD 11-2 as the last character.
fn is_resident_id(text: &str, value: Range<usize>) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10x98765432";
    let id = &text[value.clone()];
    let digits: Vec<u32> = id.chars().take(17).filter_map(|c| c.to_digit(10)).collect();
    let number =
        |from: usize, to: usize| digits[from..to].iter().fold(0_i16, |number, &digit| number * 10 + digit as i16);
    let born = jiff::civil::Date::new(number(6, 10), number(10, 12) as i8, number(12, 14) as i8);
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let plausible = born.is_ok_and(|born| (1900..=2100).contains(&born.year()));
    plausible && id.as_bytes()[17] == CHECKS[(sum % 11) as usize] && stands_alone(text, value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is typed, what is kept. Numbers made up for tests; none belongs to anybody.
    const MASKED: &[(&str, &str)] = &[
        ("卡号 4111111111111111 付不了", "卡号 411111******1111 付不了"),
        ("4111 1111 1111 1111", "411111******1111"),
        ("4111-1111-1111-1111。", "411111******1111。"),
        ("４１１１１１１１１１１１１１１１", "411111******1111"),
        ("4111\u{200B}111111111111", "411111******1111"),
        ("My card is 5555555555554444", "My card is 555555******4444"),
        ("371449635398431 amex", "371449*****8431 amex"),
        ("6222020000000000000 这张", "6222020000000000000 这张"),
        ("银行卡6222020000000000000", "银行卡622202*********0000"),
        ("卡号：6228480402564890018", "卡号：622848*********0018"),
        ("身份证34052419800101001X", "身份证340*************1X"),
        ("34052419800101001x", "340*************1x"),
        ("11010519491231002X", "110*************2X"),
        ("370101190102039973", "370*************73"),
        ("我手机13800138000", "我手机138****8000"),
        ("+86 138 0013 8000 打给我", "861******8000 打给我"),
        ("电话是１３９１２３４５６７８", "电话是139****5678"),
        ("call +44 20 7946 0958", "call 442*****0958"),
        ("写信到 zhang.san@example.com", "写信到 z***@example.com"),
        ("验证码是 482913", "验证码是 ***"),
        ("收到验证码482913了", "收到验证码***了"),
        ("482913 是验证码吗", "*** 是验证码吗"),
        ("my OTP is 4829", "my OTP is ***"),
        ("the code you sent: 123456", "the code you sent: ***"),
        ("密码是abc12345", "密码是***"),
        ("支付密码：135790", "支付密码：***"),
        ("password is hunter2", "password is ***"),
        ("pwd=Secret#1", "pwd=***"),
        ("CVV 123", "CVV ***"),
        ("安全码是9876", "安全码是***"),
        ("有效期 12/27", "有效期 ***"),
        ("卡4111111111111111手机13800138000", "卡411111******1111手机138****8000"),
    ];

    const KEPT: &[&str] = &[
        "订单 CG20261123000001 没到",
        "CG 20261123000001",
        "cg20261123000001",
        "案件 RF-20261123-0007-5",
        "单号 20261123000000123456",
        "付了 128.50 元",
        "1280.50",
        "2026-11-23 10:05:00",
        "11月23日20点",
        "退款要3到5天",
        "密码是多少",
        "密码是什么",
        "验证码是几位数",
        "收不到验证码怎么办",
        "my password is not working",
        "password is incorrect",
        "34052419800101001Y",
        "340524198001010011",
        "11010519491231002",
        "370101190113039973",
        "一共 4111111111111112 次",
        "1234567890123456",
        "10000000000",
        "12345678901",
        "转了5000块",
        "2026年第47周",
        "版本 4.12.16",
        "10.0.0.1",
        "@你们客服",
        "a@b",
        "订单号A13800138000B",
        "退款 400 块",
        "400-000-0000 是你们的吗",
        "95188",
        "code",
        "有效期多久",
        "三位数",
        "",
    ];

    #[test]
    fn what_is_sensitive_is_masked_and_the_rest_is_kept() {
        for (typed, kept) in MASKED.iter().filter(|(typed, kept)| typed != kept) {
            let masked = mask(typed);
            assert_eq!(masked.text, *kept, "{typed}");
            assert!(masked.found.iter().all(|sealed| typed[sealed.span.clone()] == sealed.value));
            assert!(!format!("{masked:?}").contains(&masked.found[0].value), "Debug shows the value of {typed}");
        }
        for text in KEPT {
            assert_eq!(mask(text).text, *text);
        }
    }

    #[test]
    fn ten_thousand_characters_take_linear_time() {
        for unit in ["1", "12 ", "4111-", "验证码", "a@", "密码是", "+8"] {
            let long = unit.repeat(10_000 / unit.len());
            let _ = mask(&long);
        }
    }

    proptest! {
        #[test]
        fn masking_is_idempotent(text in "(\\PC{0,6}|[0-9 .-]{0,22}|验证码|密码是|卡号|[a-z]{1,4}@[a-z]{1,3}\\.com|1[3-9][0-9]{9}|４１１１){0,6}") {
            let once = mask(&text);
            let twice = mask(&once.text);
            prop_assert_eq!(&twice.text, &once.text);
            prop_assert!(twice.found.is_empty());
        }

        /// Digits of other scripts are digits to Unicode and to a pattern's `\d`, not to arithmetic.
        #[test]
        fn digits_of_any_script_do_no_harm(text in "[0-9\u{17e5}\u{664}\u{966}x]{10,24}") {
            prop_assert_eq!(mask(&mask(&text).text).text, mask(&text).text);
        }
    }
}
