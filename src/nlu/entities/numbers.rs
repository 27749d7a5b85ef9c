//! Numbers in words: 一百二十八, 两千五, 一万二, 12.5, 1,280.

use rust_decimal::Decimal;

/// Characters that Chinese numerals are made of.
pub(super) const NUMERALS: &str = "零〇一二两三四五六七八九十百千万";

/// Reads Arabic digits (with thousands commas and a decimal point) or Chinese numerals.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.replace(',', "").parse().ok();
    }
    chinese(text).map(Decimal::from)
}

/// Reads Chinese numerals up to 9,999 万; a digit behind a unit counts in the next lower unit (一万二 is 12,000).
fn chinese(text: &str) -> Option<i64> {
    let (mut total, mut section, mut digit) = (0_i64, 0_i64, None::<i64>);
    let mut last_unit = 1_i64;
    let mut after_zero = false;
    for c in text.chars() {
        if let Some(value) = digit_value(c) {
            // Digits in a row (二零二六) are no number of this kind.
            if digit.is_some_and(|before| before != 0) {
                return None;
            }
            after_zero = value == 0;
            digit = Some(value);
            continue;
        }
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1_000,
            '万' => 10_000,
            _ => return None,
        };
        if unit == 10_000 {
            total = (section + digit.unwrap_or(0)).max(1) * unit;
            section = 0;
        } else {
            section += digit.unwrap_or(1).max(1) * unit;
        }
        digit = None;
        after_zero = false;
        last_unit = unit;
    }
    let rest = digit.unwrap_or(0);
    let rest = if rest > 0 && last_unit >= 100 && !after_zero && !text.contains(['零', '〇']) {
        rest * last_unit / 10
    } else {
        rest
    };
    Some(total + section + rest)
}

fn digit_value(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_in_words() {
        for (text, number) in [
            ("十", 10),
            ("十二", 12),
            ("二十", 20),
            ("一百二十八", 128),
            ("一百零八", 108),
            ("两千五", 2_500),
            ("两千零五", 2_005),
            ("一万二", 12_000),
            ("三万五千", 35_000),
            ("一千二百万", 12_000_000),
            ("1,280", 1_280),
            ("万", 10_000),
        ] {
            assert_eq!(parse(text), Some(Decimal::from(number)), "{text}");
        }
        for nothing in ["二零二六", "退", ""] {
            assert!(parse(nothing).is_none_or(|number| number.is_zero()), "{nothing}");
        }
    }
}
