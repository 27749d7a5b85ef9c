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

/// Looks an order up in the sample table, which knows nothing of other orders.
pub fn look_up(
    table: &[SampleTransaction],
    order_number: &str,
    amount: &str,
    time: &str,
    zone: &TimeZone,
) -> TransactionLookup {
    let Some(record) = table.iter().find(|record| record.order_number == order_number) else {
        return TransactionLookup::Unknown;
    };
    if !is_amount(amount, record.amount) || !is_time(time, record.time, zone) {
        return TransactionLookup::Mismatch;
    }
    TransactionLookup::Found(Found { cause: record.cause.clone(), account_flags: record.account_flags.clone() })
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
