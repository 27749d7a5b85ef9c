//! What a report of the service's use reads: conversations in which something happened in a period, page by page, and their events.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Deserialize;

use crate::desk::feedback::Ratings;
use crate::desk::reports::Period;
use crate::desk::reports::usage_course::{Happened, Rated, UsedConversation};
use crate::store::conversations::Event;
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::{millis, read_json, time};

/// Where a page of conversations ended: when something last happened in the last one, and its id.
pub type PageEnd = (Timestamp, String);

/// As much of what a dialogue remembers as reports need.
#[derive(Default, Deserialize)]
struct Remembered {
    #[serde(default)]
    language: Option<String>,
}

/// Returns conversations that had begun before the end of a period and in which something happened since its beginning, with where
/// the page ended; `None` after the last. Of departments: with those that no department has had; of all where none is named.
///
/// # Errors
/// Fails when the database does.
pub async fn used_in(
    tx: &mut dyn Transaction,
    period: Period,
    departments: &[String],
    after: Option<&PageEnd>,
    limit: i64,
) -> Result<(BTreeMap<String, UsedConversation>, Option<PageEnd>), StoreError> {
    let (at, id) = after.map_or((i64::MIN, ""), |(at, id)| (millis(*at), id.as_str()));
    let mut values: Vec<Value> =
        vec![millis(period.from).into(), millis(period.until).into(), at.into(), id.into(), limit.into()];
    let mut of_departments = String::new();
    if !departments.is_empty() {
        let first = values.len() + 1;
        values.extend(departments.iter().map(|name| Value::from(name.as_str())));
        let places: Vec<String> = (first..=values.len()).map(|place| format!("${place}")).collect();
        of_departments = format!(" AND (department IS NULL OR department IN ({}))", places.join(", "));
    }
    let sql = format!(
        "SELECT id, updated_at, created_at, channel, language, department, reason, state FROM conversations \
         WHERE updated_at >= $1 AND created_at < $2 AND (updated_at, id) > ($3, $4){of_departments} \
         ORDER BY updated_at, id LIMIT $5"
    );
    let rows = tx.rows(&sql, &values).await?;
    let end = match rows.last().filter(|_| rows.len() as i64 == limit) {
        Some(last) => Some((time(last.integer(1)?)?, last.text(0)?)),
        None => None,
    };
    let page = rows.iter().map(|row| Ok((row.text(0)?, used(row)?))).collect::<Result<_, StoreError>>()?;
    Ok((page, end))
}

fn used(row: &Row) -> Result<UsedConversation, StoreError> {
    // What an earlier version remembered says nothing here.
    let remembered: Remembered = serde_json::from_str(&row.text(7)?).unwrap_or_default();
    Ok(UsedConversation {
        begun_at: time(row.integer(2)?)?,
        channel: row.text(3)?,
        language: remembered.language.or(row.optional_text(4)?),
        department: row.optional_text(5)?,
        reason: row.optional_text(6)?,
    })
}

/// The last event that was read: its conversation and number.
pub type EventEnd = (String, i64);

/// Returns what happened in conversations before an instant, each with its conversation, in the order of conversations and numbers;
/// and where the page ended, `None` after the last.
///
/// # Errors
/// Fails when the database does, and when an event cannot be read.
pub async fn events_of(
    tx: &mut dyn Transaction,
    conversations: &[&str],
    before: Timestamp,
    after: Option<&EventEnd>,
    limit: i64,
) -> Result<(Vec<(String, Event)>, Option<EventEnd>), StoreError> {
    let (id, seq) = after.map_or(("", 0), |(id, seq)| (id.as_str(), *seq));
    let mut values: Vec<Value> = vec![millis(before).into(), id.into(), seq.into(), limit.into()];
    let first = values.len() + 1;
    values.extend(conversations.iter().map(|id| Value::from(*id)));
    let places: Vec<String> = (first..=values.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT conversation, seq, type, at, data FROM conversation_events \
         WHERE conversation IN ({}) AND at < $1 AND (conversation, seq) > ($2, $3) \
         ORDER BY conversation, seq LIMIT $4",
        places.join(", ")
    );
    let event = |row: &Row| {
        let event = Event { seq: row.integer(1)?, kind: row.text(2)?, at: time(row.integer(3)?)?, data: row.text(4)? };
        Ok((row.text(0)?, event))
    };
    let page: Vec<(String, Event)> =
        tx.rows(&sql, &values).await?.iter().map(event).collect::<Result<_, StoreError>>()?;
    let end = page.last().filter(|_| page.len() as i64 == limit).map(|(id, event)| (id.clone(), event.seq));
    Ok((page, end))
}

#[derive(Deserialize)]
struct MessageData {
    author: String,
    kind: String,
    #[serde(default)]
    text: String,
    entry: Option<String>,
    revision: Option<String>,
    agent: Option<String>,
}

#[derive(Deserialize)]
struct OwnerData {
    owner: String,
    handoff: Option<HandoffData>,
}

#[derive(Deserialize)]
struct HandoffData {
    department: String,
    reason: String,
}

#[derive(Deserialize)]
struct StatusData {
    status: String,
}

#[derive(Deserialize)]
struct RatingData {
    message_seq: Option<i64>,
    helpful: Option<bool>,
    #[serde(default)]
    ratings: Ratings,
    again: Option<bool>,
}

/// Reads what an event means for reports; `None` where it means nothing.
///
/// # Errors
/// Fails when it cannot be read.
pub fn happened(event: &Event) -> Result<Option<Happened>, StoreError> {
    let data = &event.data;
    Ok(match event.kind.as_str() {
        "message" => message(event.seq, read_json(data)?),
        "owner" => {
            let OwnerData { owner, handoff } = read_json(data)?;
            match (owner.as_str(), handoff) {
                ("queue", Some(HandoffData { department, reason })) => Some(Happened::Queued { department, reason }),
                ("agent", _) => Some(Happened::Taken),
                ("bot", _) => Some(Happened::Returned),
                ("nobody", _) => Some(Happened::Ended),
                _ => None,
            }
        }
        "status" => match read_json::<StatusData>(data)?.status.as_str() {
            "closed" => Some(Happened::Ended),
            "bot" => Some(Happened::Returned),
            _ => None,
        },
        "rating" => {
            let RatingData { message_seq, helpful, ratings, again } = read_json(data)?;
            Some(Happened::Rated(Rated { message: message_seq, helpful, ratings, again }))
        }
        _ => None,
    })
}

fn message(seq: i64, data: MessageData) -> Option<Happened> {
    let MessageData { author, kind, text, entry, revision, agent } = data;
    match author.as_str() {
        "visitor" if kind == "text" => Some(Happened::Asked(text)),
        "bot" => Some(Happened::Said { seq, decision: kind, entry, revision }),
        "agent" => Some(Happened::Wrote { seq, agent }),
        _ => None,
    }
}
