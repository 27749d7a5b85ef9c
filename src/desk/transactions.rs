//! Whether what a customer says of an order agrees with its record. Nothing of the record is told before it does.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::dialogue::effects::TransactionLookup;
use crate::dialogue::state::Found;
use crate::knowledge::operator::SampleTransaction;

/// How far what a customer remembers may lie from the record.
const MOST_HOURS_APART: i64 = 24;

/// Looks an order up in the sample table, which knows nothing of other orders; without a time number and amount decide.
pub fn look_up(
    table: &[SampleTransaction],
    order_number: &str,
    amount: &str,
    time: Option<&str>,
    zone: &TimeZone,
) -> TransactionLookup {
    let Some(record) = table.iter().find(|record| record.order_number == order_number) else {
        return TransactionLookup::Unknown;
    };
    let is_then = time.is_none_or(|time| is_time(time, record.time, zone));
    if !is_amount(amount, record.amount) || !is_then {
        return TransactionLookup::Mismatch;
    }
    TransactionLookup::Found(Found {
        status: record.status.clone(),
        cause: record.cause.clone(),
        account_flags: record.account_flags.clone(),
    })
}

fn is_amount(said: &str, recorded: Decimal) -> bool {
    let (number, currency) = said.split_once(' ').unwrap_or((said, "CNY"));
    currency == "CNY" && number.parse::<Decimal>() == Ok(recorded)
}

fn is_time(said: &str, recorded: Timestamp, zone: &TimeZone) -> bool {
    let recorded = recorded.to_zoned(zone.clone());
    if let Ok(day) = said.parse::<Date>() {
        return day == recorded.date();
    }
    let Ok(time) = said.parse::<DateTime>() else { return false };
    let apart = time.duration_since(recorded.datetime());
    apart.as_hours().abs() < MOST_HOURS_APART
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_told_about_where_all_that_is_said_agrees() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let record = SampleTransaction {
            order_number: "CG20261118000025".to_owned(),
            time: "2026-11-18T08:48:00+08:00".parse().unwrap(),
            amount: "28.00".parse().unwrap(),
            status: "refunding".to_owned(),
            cause: String::new(),
            account_flags: Vec::new(),
        };
        let found = TransactionLookup::Found(Found { status: "refunding".to_owned(), ..Found::default() });
        let table = [record];
        for (order_number, amount, time, expected) in [
            ("CG20261118000025", "28 CNY", None, &found),
            ("CG20261118000025", "28 CNY", Some("2026-11-18"), &found),
            ("CG20261118000025", "28 CNY", Some("2026-11-18T21:00"), &found),
            ("CG20261118000025", "28 CNY", Some("2026-11-16"), &TransactionLookup::Mismatch),
            ("CG20261118000025", "82 CNY", None, &TransactionLookup::Mismatch),
            ("CG20261118000025", "28 USD", None, &TransactionLookup::Mismatch),
            ("CG20261118000026", "28 CNY", None, &TransactionLookup::Unknown),
        ] {
            assert_eq!(
                look_up(&table, order_number, amount, time, &zone),
                *expected,
                "{order_number} {amount} {time:?}"
            );
        }
    }
}
