//! Numbers of cases: `RF-20261123-0007-5`. The kind, the day, a count, and a digit that shows most slips (ISO 7064, MOD 11,10).

use jiff::civil::Date;

use crate::knowledge::intent::CaseKind;

/// Returns the two letters of a kind.
pub fn prefix(kind: CaseKind) -> &'static str {
    match kind {
        CaseKind::Transaction => "TX",
        CaseKind::Refund => "RF",
        CaseKind::Account => "AC",
        CaseKind::Complaint => "CP",
        CaseKind::Callback => "CB",
        CaseKind::Merchant => "MC",
        CaseKind::Privacy => "PR",
        CaseKind::Suggestion => "SG",
        CaseKind::Inquiry => "IQ",
    }
}

/// Makes the number of the `count`-th case of a kind on a day; more than four digits where there are so many.
pub fn case_number(kind: CaseKind, day: Date, count: u64) -> String {
    let body = format!("{}-{:04}{:02}{:02}-{count:04}", prefix(kind), day.year(), day.month(), day.day());
    let digit = check_digit(&body);
    format!("{body}-{digit}")
}

/// Says whether a number has the right digit at its end.
pub fn is_whole(number: &str) -> bool {
    let Some((body, digit)) = number.rsplit_once('-') else { return false };
    digit.parse() == Ok(check_digit(body))
}

fn check_digit(body: &str) -> u8 {
    // Letters count as two digits: A is 10, Z is 35.
    let values = body.chars().filter_map(|c| c.to_digit(36)).flat_map(|value| match value {
        0..=9 => [None, Some(value)],
        _ => [Some(value / 10), Some(value % 10)],
    });
    let product = values.flatten().fold(10, |product, digit| {
        let sum = (product + digit) % 10;
        let sum = if sum == 0 { 10 } else { sum };
        sum * 2 % 11
    });
    ((11 - product) % 10) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(count: u64) -> String {
        case_number(CaseKind::Refund, jiff::civil::date(2026, 11, 23), count)
    }

    #[test]
    fn a_number_says_what_it_is_and_has_a_digit_of_its_own() {
        let first = number(7);
        assert!(first.starts_with("RF-20261123-0007-") && is_whole(&first), "{first}");
        assert!(number(12_345).starts_with("RF-20261123-12345-"));
        assert!(!is_whole("RF") && !is_whole("") && !is_whole("RF-20261123-0007-x"));
    }

    #[test]
    fn one_wrong_digit_and_most_swaps_show() {
        let (mut swaps, mut unseen) = (0, 0);
        for count in 0..200 {
            let right = number(count);
            let digits: Vec<usize> =
                right.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
            for &at in &digits {
                for digit in '0'..='9' {
                    let mut wrong = right.clone();
                    wrong.replace_range(at..=at, &digit.to_string());
                    assert_eq!(is_whole(&wrong), wrong == right, "{wrong}");
                }
            }
            for pair in digits.windows(2).filter(|pair| pair[1] == pair[0] + 1) {
                let mut swapped: Vec<char> = right.chars().collect();
                swapped.swap(pair[0], pair[1]);
                let swapped: String = swapped.into_iter().collect();
                if swapped != right {
                    swaps += 1;
                    unseen += usize::from(is_whole(&swapped));
                }
            }
        }
        assert!(unseen * 20 < swaps, "{unseen} of {swaps}");
    }
}
