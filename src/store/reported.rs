//! Cases as reports count them: a few columns of those that were opened in a period, page by page.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use crate::desk::promises::{CaseClock, Late, Promise};
use crate::desk::reports::{BrokenPromise, Period, ReportedCase};
use crate::dialogue::state::Held;
use crate::knowledge::intent::CaseKind;
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// Which cases are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Of a kind; of all where none is named.
    pub kind: Option<CaseKind>,
    /// Of these departments; of all where there is none.
    pub departments: Vec<String>,
    /// When they were opened.
    pub period: Period,
}

/// Where a page ended: the last case's opening and number.
pub type PageEnd = (Timestamp, String);

/// Whom a complaint is about, among its slots.
const REASON: &str = "reason";

/// Returns cases that were opened in a period, the oldest first, and where the page ended; `None` after the last.
///
/// # Errors
/// Fails when the database does.
pub async fn opened_between(
    tx: &mut dyn Transaction,
    counted: &Counted,
    after: Option<&PageEnd>,
    limit: i64,
) -> Result<(Vec<ReportedCase>, Option<PageEnd>), StoreError> {
    let (mut conditions, mut values) = conditions(counted);
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    if let Some((at, number)) = after {
        let at = place(millis(*at).into());
        let number = place(number.as_str().into());
        conditions.push(format!("(opened_at > {at} OR opened_at = {at} AND number > {number})"));
    }
    let limit_place = place(limit.into());
    // What was given is read where a report asks for it.
    let sql = format!(
        "SELECT number, kind, department, CASE WHEN kind = 'complaint' THEN slots END, opened_at, level, first_reply_due, \
         resolve_due, replied_at, waiting_since, ended_at, assessment \
         FROM cases WHERE {} ORDER BY opened_at, number LIMIT {limit_place}",
        conditions.join(" AND ")
    );
    let rows = tx.rows(&sql, &values).await?;
    let mut page = rows.iter().map(reported).collect::<Result<Vec<_>, _>>()?;
    let (Some((first, _)), Some((last, end))) = (page.first(), page.last()) else { return Ok((Vec::new(), None)) };
    let ends = (rows.len() as i64 == limit).then(|| (last.opened_at, end.clone()));
    let opened = (first.opened_at, last.opened_at);
    let mut broken = broken(tx, opened).await?;
    for (case, number) in &mut page {
        case.broken = broken.remove(number).unwrap_or_default();
    }
    Ok((page.into_iter().map(|(case, _)| case).collect(), ends))
}

/// Notes that a department broke a promise of a case.
///
/// # Errors
/// Fails when the database does.
pub async fn note_broken(
    tx: &mut dyn Transaction,
    number: &str,
    broken: &BrokenPromise,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO broken_promises (number, promise, department, at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (number, promise, department) DO NOTHING";
    let values = [number.into(), broken.late.name().into(), broken.department.as_str().into(), millis(now).into()];
    tx.execute(sql, &values).await.map(drop)
}

fn conditions(counted: &Counted) -> (Vec<String>, Vec<Value>) {
    let Counted { kind, departments, period } = counted;
    let mut conditions = vec!["opened_at >= $1".to_owned(), "opened_at < $2".to_owned()];
    let mut values: Vec<Value> = vec![millis(period.from).into(), millis(period.until).into()];
    if let Some(kind) = kind {
        values.push(kind.name().into());
        conditions.push(format!("kind = ${}", values.len()));
    }
    if !departments.is_empty() {
        let first = values.len() + 1;
        values.extend(departments.iter().map(|name| Value::from(name.as_str())));
        let places: Vec<String> = (first..=values.len()).map(|place| format!("${place}")).collect();
        conditions.push(format!("department IN ({})", places.join(", ")));
    }
    (conditions, values)
}

/// The promises that were broken of the cases opened between two instants, both included, by number.
async fn broken(
    tx: &mut dyn Transaction,
    (first, last): (Timestamp, Timestamp),
) -> Result<BTreeMap<String, Vec<BrokenPromise>>, StoreError> {
    let sql = "SELECT broken_promises.number, broken_promises.promise, broken_promises.department FROM broken_promises \
               JOIN cases ON cases.number = broken_promises.number \
               WHERE cases.opened_at >= $1 AND cases.opened_at <= $2 \
               ORDER BY broken_promises.number, broken_promises.promise, broken_promises.department";
    let mut of_cases: BTreeMap<String, Vec<BrokenPromise>> = BTreeMap::new();
    for row in tx.rows(sql, &[millis(first).into(), millis(last).into()]).await? {
        let late = Late::parse(&row.text(1)?).ok_or_else(|| corrupt("a promise that is none"))?;
        of_cases.entry(row.text(0)?).or_default().push(BrokenPromise { late, department: row.text(2)? });
    }
    Ok(of_cases)
}

fn reported(row: &Row) -> Result<(ReportedCase, String), StoreError> {
    let instant = |column| row.optional_integer(column)?.map(time).transpose();
    let slots = row.optional_text(3)?.map(|slots| serde_json::from_str::<BTreeMap<String, Held>>(&slots)).transpose();
    let assessment = row.optional_text(11)?.map(|found| serde_json::from_str(&found)).transpose();
    let case = ReportedCase {
        kind: CaseKind::parse(&row.text(1)?).ok_or_else(|| corrupt("a kind of case that is none"))?,
        department: row.text(2)?,
        reason: slots.map_err(corrupt)?.and_then(|mut slots| Some(slots.remove(REASON)?.value)),
        opened_at: time(row.integer(4)?)?,
        level: row.integer(5)?,
        clock: CaseClock {
            promise: Promise { first_reply: instant(6)?, resolve: instant(7)? },
            replied_at: instant(8)?,
            waiting_since: instant(9)?,
            ended_at: instant(10)?,
            is_noticed: false,
        },
        assessment: assessment.map_err(corrupt)?,
        broken: Vec::new(),
    };
    Ok((case, row.text(0)?))
}

fn corrupt(why: impl fmt::Display) -> StoreError {
    StoreError::unavailable(Unavailable::Corrupt, why)
}
