//! Cases: what was given for each, how it stands, what is promised, and its history.

use jiff::Timestamp;

use crate::desk::case::Case;
use crate::desk::promises::{CaseClock, Promise};
use crate::dialogue::effects::CaseStatus;
use crate::knowledge::intent::{CaseKind, Priority};
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, read_json, time, written_json};

/// Something that happened in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'e> {
    /// Who: a conversation, an account, `operator`, `system`.
    pub actor: &'e str,
    /// What (`opened`, `added` …).
    pub what: &'e str,
    /// What was said, masked.
    pub text: &'e str,
    /// When.
    pub now: Timestamp,
}

/// Something that is in a case's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its number: 1, 2, 3 …
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who: a conversation, an account, `operator`, `system`.
    pub actor: String,
    /// What (`opened`, `added` …).
    pub what: String,
    /// What was said, masked.
    pub text: String,
}

/// Which cases are looked for; everything where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of a kind.
    pub kind: Option<CaseKind>,
    /// In a state.
    pub status: Option<CaseStatus>,
    /// Of these departments; of all where there is none.
    pub departments: Vec<String>,
    /// Somebody's.
    pub assignee: Option<String>,
    /// Of an order.
    pub order_number: Option<String>,
    /// Those that broke a promise, or all.
    pub only_late: bool,
    /// Opened before this, or at the same instant with a smaller number: where the last page ended.
    pub before: Option<(Timestamp, String)>,
}

const COLUMNS: [&str; 23] = [
    "number",
    "kind",
    "status",
    "department",
    "conversation",
    "order_number",
    "slots",
    "opened_at",
    "updated_at",
    "version",
    "priority",
    "level",
    "assignee",
    "first_reply_due",
    "resolve_due",
    "replied_at",
    "waiting_since",
    "ended_at",
    "late_at",
    "is_noticed",
    "next_look",
    "confirmation",
    "assessment",
];

fn select(rest: &str) -> String {
    format!("SELECT {}, subject FROM cases {rest}", COLUMNS.join(", "))
}

fn case(row: &Row) -> Result<Case, StoreError> {
    let instant = |column| row.optional_integer(column)?.map(time).transpose();
    let json = |column| row.optional_text(column);
    Ok(Case {
        number: row.text(0)?,
        kind: CaseKind::parse(&row.text(1)?).ok_or_else(|| corrupt("a kind of case"))?,
        status: CaseStatus::parse(&row.text(2)?).ok_or_else(|| corrupt("a state of a case"))?,
        department: row.text(3)?,
        conversation: row.text(4)?,
        order_number: row.optional_text(5)?,
        slots: read_json(&row.text(6)?)?,
        opened_at: time(row.integer(7)?)?,
        updated_at: time(row.integer(8)?)?,
        version: row.integer(9)?,
        priority: Priority::parse(&row.text(10)?).ok_or_else(|| corrupt("a priority"))?,
        level: row.integer(11)?,
        assignee: row.optional_text(12)?,
        clock: CaseClock {
            promise: Promise { first_reply: instant(13)?, resolve: instant(14)? },
            replied_at: instant(15)?,
            waiting_since: instant(16)?,
            ended_at: instant(17)?,
            is_noticed: row.integer(19)? != 0,
        },
        late_at: instant(18)?,
        confirmation: json(21)?.as_deref().map(read_json).transpose()?,
        assessment: json(22)?.as_deref().map(read_json).transpose()?,
        subject: row.optional_text(23)?,
    })
}

/// The values of a case, in the order of the columns.
fn values(case: &Case) -> Result<Vec<Value>, StoreError> {
    let instant = |at: Option<Timestamp>| Value::from(at.map(millis));
    let clock = &case.clock;
    Ok(vec![
        case.number.as_str().into(),
        case.kind.name().into(),
        case.status.name().into(),
        case.department.as_str().into(),
        case.conversation.as_str().into(),
        case.order_number.clone().into(),
        written_json(&case.slots)?.into(),
        millis(case.opened_at).into(),
        millis(case.updated_at).into(),
        case.version.into(),
        case.priority.name().into(),
        case.level.into(),
        case.assignee.clone().into(),
        instant(clock.promise.first_reply),
        instant(clock.promise.resolve),
        instant(clock.replied_at),
        instant(clock.waiting_since),
        instant(clock.ended_at),
        instant(case.late_at),
        clock.is_noticed.into(),
        instant(clock.next_look()),
        case.confirmation.as_ref().map(written_json).transpose()?.into(),
        case.assessment.as_ref().map(written_json).transpose()?.into(),
    ])
}

fn corrupt(what: &'static str) -> StoreError {
    StoreError::unavailable(Unavailable::Corrupt, format!("{what} that is none"))
}

/// Counts one more case of a kind on a day; returns how many there are.
///
/// # Errors
/// Fails when the database does.
pub async fn count(tx: &mut dyn Transaction, kind: CaseKind, day: &str) -> Result<i64, StoreError> {
    let sql = "INSERT INTO case_counts (kind, day, value) VALUES ($1, $2, 1) \
               ON CONFLICT (kind, day) DO UPDATE SET value = case_counts.value + 1 RETURNING value";
    let rows = tx.rows(sql, &[kind.name().into(), day.into()]).await?;
    rows.first().ok_or(StoreError::Conflict)?.integer(0)
}

/// Opens a case; it is the customer's who is known in its conversation by then, or later.
///
/// # Errors
/// Fails with a conflict when the number is taken, and when the database does.
pub async fn open(tx: &mut dyn Transaction, new: &Case, actor: &str) -> Result<(), StoreError> {
    let places: Vec<String> = (1..=COLUMNS.len()).map(|place| format!("${place}")).collect();
    let sql = format!("INSERT INTO cases ({}) VALUES ({})", COLUMNS.join(", "), places.join(", "));
    tx.execute(&sql, &values(new)?).await?;
    let sql = "UPDATE cases SET subject = (SELECT conversations.subject FROM conversations \
               WHERE conversations.id = cases.conversation) WHERE number = $1";
    tx.execute(sql, &[new.number.as_str().into()]).await?;
    record(tx, &new.number, &Entry { actor, what: "opened", text: "", now: new.opened_at }).await
}

/// Changes a case, with what led to it; `changed` is the case as it was read, but for what is different.
///
/// # Errors
/// Fails with a conflict when it has changed since it was read, and when the database does.
pub async fn change(tx: &mut dyn Transaction, changed: &Case, entry: &Entry<'_>) -> Result<(), StoreError> {
    let next = Case { version: changed.version + 1, updated_at: entry.now, ..changed.clone() };
    // The number stays, and is the key.
    let sets: Vec<String> = (1..COLUMNS.len()).map(|at| format!("{} = ${}", COLUMNS[at], at + 1)).collect();
    let sql = format!("UPDATE cases SET {} WHERE number = $1 AND version = ${}", sets.join(", "), COLUMNS.len() + 1);
    let mut values = values(&next)?;
    values.push(changed.version.into());
    if tx.execute(&sql, &values).await? == 0 {
        return Err(StoreError::Conflict);
    }
    record(tx, &changed.number, entry).await
}

/// Adds something to a case's history, which changes nothing else.
///
/// # Errors
/// Fails when the database does.
pub async fn record(tx: &mut dyn Transaction, number: &str, entry: &Entry<'_>) -> Result<(), StoreError> {
    let Entry { actor, what, text, now } = entry;
    let sql = "INSERT INTO case_history (number, seq, at, actor, what, text) \
               SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5 FROM case_history WHERE number = $1";
    // PostgreSQL keeps no NUL.
    let text = text.replace('\0', "");
    let values = [number.into(), millis(*now).into(), (*actor).into(), (*what).into(), text.into()];
    tx.execute(sql, &values).await.map(drop)
}

/// Returns a case.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, number: &str) -> Result<Option<Case>, StoreError> {
    tx.rows(&select("WHERE number = $1"), &[number.into()]).await?.first().map(case).transpose()
}

/// Returns a case's history, in its order.
///
/// # Errors
/// Fails when the database does.
pub async fn history(tx: &mut dyn Transaction, number: &str) -> Result<Vec<Recorded>, StoreError> {
    let sql = "SELECT seq, at, actor, what, text FROM case_history WHERE number = $1 ORDER BY seq";
    let recorded = |row: &Row| {
        Ok(Recorded {
            seq: row.integer(0)?,
            at: time(row.integer(1)?)?,
            actor: row.text(2)?,
            what: row.text(3)?,
            text: row.text(4)?,
        })
    };
    tx.rows(sql, &[number.into()]).await?.iter().map(recorded).collect()
}

/// Returns the cases that a conversation has opened, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_conversation(tx: &mut dyn Transaction, conversation: &str) -> Result<Vec<Case>, StoreError> {
    let sql = select("WHERE conversation = $1 ORDER BY opened_at, number");
    tx.rows(&sql, &[conversation.into()]).await?.iter().map(case).collect()
}

/// Returns cases, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction, wanted: &Wanted, limit: i64) -> Result<Vec<Case>, StoreError> {
    let mut conditions = vec!["1 = 1".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let equal = [
        ("kind", wanted.kind.map(|kind| kind.name().to_owned())),
        ("status", wanted.status.map(|status| status.name().to_owned())),
        ("assignee", wanted.assignee.clone()),
        ("order_number", wanted.order_number.clone()),
    ];
    for (column, value) in equal {
        if let Some(value) = value {
            conditions.push(format!("{column} = {}", place(value.into())));
        }
    }
    if !wanted.departments.is_empty() {
        let places: Vec<String> = wanted.departments.iter().map(|name| place(name.as_str().into())).collect();
        conditions.push(format!("department IN ({})", places.join(", ")));
    }
    if wanted.only_late {
        conditions.push("late_at IS NOT NULL".to_owned());
    }
    if let Some((at, number)) = &wanted.before {
        let at = place(millis(*at).into());
        let number = place(number.as_str().into());
        conditions.push(format!("(opened_at < {at} OR opened_at = {at} AND number < {number})"));
    }
    let limit = place(limit.into());
    let sql = select(&format!("WHERE {} ORDER BY opened_at DESC, number DESC LIMIT {limit}", conditions.join(" AND ")));
    tx.rows(&sql, &values).await?.iter().map(case).collect()
}

/// Returns the cases whose clock has to be looked at, those first that wait longest.
///
/// # Errors
/// Fails when the database does.
pub async fn due(tx: &mut dyn Transaction, now: Timestamp, limit: i64) -> Result<Vec<Case>, StoreError> {
    let sql = select("WHERE next_look < $1 ORDER BY next_look, number LIMIT $2");
    tx.rows(&sql, &[millis(now).into(), limit.into()]).await?.iter().map(case).collect()
}

/// Notes that a report of the operator's system was taken; false when it was before.
///
/// # Errors
/// Fails when the database does.
pub async fn receive(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO received (id, at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    Ok(tx.execute(sql, &[id.into(), millis(now).into()]).await? == 1)
}

/// Returns the cases of a verified subject, in their order, whatever has become of the conversations that opened them.
///
/// # Errors
/// Fails when the database does.
pub async fn of_subject(tx: &mut dyn Transaction, subject: &str) -> Result<Vec<Case>, StoreError> {
    let sql = select("WHERE subject = $1 ORDER BY opened_at, number");
    tx.rows(&sql, &[subject.into()]).await?.iter().map(case).collect()
}

/// Forgets the cases that have ended and in which nothing has happened since an instant, but for those on hold.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT number FROM cases WHERE updated_at < $1 AND status IN ('rejected', 'done', 'closed') \
               AND number NOT IN (SELECT number FROM holds)";
    let values = [millis(before).into()];
    for table in ["case_history", "broken_promises"] {
        tx.execute(&format!("DELETE FROM {table} WHERE number IN ({old})"), &values).await?;
    }
    tx.execute(&format!("DELETE FROM cases WHERE number IN ({old})"), &values).await
}

/// Forgets the names of reports that came before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget_received(tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM received WHERE at < $1", &[millis(before).into()]).await.map(drop)
}
