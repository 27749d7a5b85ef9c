//! Conversations: what is remembered of each, and what happened in it, numbered without gaps.

use jiff::Timestamp;

use crate::desk::owner::{Owner, Status};
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::{millis, read_json, time, written_json};

/// What is kept of a conversation besides its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// The digest of its token.
    pub token: String,
    /// Who has it.
    pub owner: Owner,
    /// The way in.
    pub channel: String,
    /// The language of the replies, where the client asked for one.
    pub language: Option<String>,
    /// What the client says of its visitor and page, as JSON text.
    pub context: String,
    /// What the dialogue remembers, as JSON text.
    pub state: String,
    /// Counts its changes.
    pub version: i64,
    /// The number of its last event.
    pub last_seq: i64,
    /// When it began.
    pub created_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// Who talks, where the shop's server vouches for it: its own name of the customer.
    pub subject: Option<String>,
    /// What else it says of them, as JSON text.
    pub identity: Option<String>,
    /// When the visitor last said something, or began.
    pub spoke_at: Timestamp,
    /// When it ended because nothing was said any more.
    pub closed_idle_at: Option<Timestamp>,
    /// The department that has or last had it.
    pub department: Option<String>,
    /// The agent who has or last had it.
    pub agent: Option<String>,
    /// What it was about, as its agent said at the end: an intent.
    pub reason: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number: 1, 2, 3 …
    pub seq: i64,
    /// Its kind (`message`, `status` …).
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// What, as JSON text.
    pub data: String,
}

/// What becomes of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'c> {
    /// The version that it is made on.
    pub version: i64,
    /// Who has it from now on.
    pub owner: &'c Owner,
    /// What the dialogue remembers from now on.
    pub state: &'c str,
    /// When.
    pub now: Timestamp,
}

const CONVERSATION: &str = "id, token, status, channel, language, context, state, version, last_seq, created_at, \
                            updated_at, subject, identity, spoke_at, closed_idle_at, owner, department, agent, reason";

fn conversation(row: &Row) -> Result<Conversation, StoreError> {
    Ok(Conversation {
        id: row.text(0)?,
        token: row.text(1)?,
        channel: row.text(3)?,
        language: row.optional_text(4)?,
        context: row.text(5)?,
        state: row.text(6)?,
        version: row.integer(7)?,
        last_seq: row.integer(8)?,
        created_at: time(row.integer(9)?)?,
        updated_at: time(row.integer(10)?)?,
        subject: row.optional_text(11)?,
        identity: row.optional_text(12)?,
        spoke_at: time(row.integer(13)?)?,
        closed_idle_at: row.optional_integer(14)?.map(time).transpose()?,
        owner: read_json(&row.text(15)?)?,
        department: row.optional_text(16)?,
        agent: row.optional_text(17)?,
        reason: row.optional_text(18)?,
    })
}

/// Begins a conversation.
///
/// # Errors
/// Fails when the database does.
pub async fn begin(tx: &mut dyn Transaction, new: &Conversation) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO conversations ({CONVERSATION}) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)"
    );
    let values = [
        new.id.as_str().into(),
        new.token.as_str().into(),
        new.owner.status().name().into(),
        new.channel.as_str().into(),
        new.language.clone().into(),
        new.context.as_str().into(),
        new.state.as_str().into(),
        new.version.into(),
        new.last_seq.into(),
        millis(new.created_at).into(),
        millis(new.updated_at).into(),
        new.subject.clone().into(),
        new.identity.clone().into(),
        millis(new.spoke_at).into(),
        new.closed_idle_at.map(millis).into(),
        written_json(&new.owner)?.into(),
        new.department.clone().into(),
        new.agent.clone().into(),
        new.reason.clone().into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a conversation.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<Conversation>, StoreError> {
    let sql = format!("SELECT {CONVERSATION} FROM conversations WHERE id = $1");
    tx.rows(&sql, &[id.into()]).await?.first().map(conversation).transpose()
}

/// Returns the conversations of a verified subject, in their order.
///
/// # Errors
/// Fails when the database does.
pub async fn of_subject(tx: &mut dyn Transaction, subject: &str) -> Result<Vec<Conversation>, StoreError> {
    let sql = format!("SELECT {CONVERSATION} FROM conversations WHERE subject = $1 ORDER BY created_at, id");
    tx.rows(&sql, &[subject.into()]).await?.iter().map(conversation).collect()
}

/// Counts what happened in a conversation of a kind (`message`, `rating` …).
///
/// # Errors
/// Fails when the database does.
pub async fn n_events(tx: &mut dyn Transaction, id: &str, kind: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM conversation_events WHERE conversation = $1 AND type = $2";
    tx.rows(sql, &[id.into(), kind.into()]).await?.first().map_or(Ok(0), |row| row.integer(0))
}

/// Returns the conversation that a token with this digest opens.
///
/// # Errors
/// Fails when the database does.
pub async fn by_token(tx: &mut dyn Transaction, digest: &str) -> Result<Option<Conversation>, StoreError> {
    let sql = format!("SELECT {CONVERSATION} FROM conversations WHERE token = $1");
    tx.rows(&sql, &[digest.into()]).await?.first().map(conversation).transpose()
}

/// Who talks, as it is known from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identified<'i> {
    /// The version of the conversation that it is said of.
    pub version: i64,
    /// The shop's own name of the customer.
    pub subject: &'i str,
    /// What else it says of them, as JSON text.
    pub identity: &'i str,
    /// The digest of the conversation's new token.
    pub token: &'i str,
    /// When.
    pub now: Timestamp,
}

/// Notes who talks, and has another token open the conversation.
///
/// # Errors
/// Fails with a conflict when the conversation is another by now, and when the database does.
pub async fn identify(tx: &mut dyn Transaction, id: &str, who: &Identified<'_>) -> Result<(), StoreError> {
    let Identified { version, subject, identity, token, now } = who;
    let sql = "UPDATE conversations SET subject = $1, identity = $2, token = $3, version = version + 1, updated_at = $4 \
               WHERE id = $5 AND version = $6";
    let values =
        [(*subject).into(), (*identity).into(), (*token).into(), millis(*now).into(), id.into(), (*version).into()];
    if tx.execute(sql, &values).await? == 0 {
        return Err(StoreError::Conflict);
    }
    // What they have opened before is theirs.
    tx.execute("UPDATE cases SET subject = $1 WHERE conversation = $2", &[(*subject).into(), id.into()]).await.map(drop)
}

/// Notes that the visitor says something: the conversation is not silent, and not ended for silence.
///
/// # Errors
/// Fails when the database does.
pub async fn note_spoken(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE conversations SET spoke_at = $1, closed_idle_at = NULL WHERE id = $2";
    tx.execute(sql, &[millis(now).into(), id.into()]).await.map(drop)
}

/// Notes that silence has ended a conversation.
///
/// # Errors
/// Fails when the database does.
pub async fn note_idle_end(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE conversations SET closed_idle_at = $1 WHERE id = $2";
    tx.execute(sql, &[millis(now).into(), id.into()]).await.map(drop)
}

/// Which conversations an agent looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looked {
    /// Standing so; in any way where none is named.
    pub statuses: Vec<Status>,
    /// Of these departments; of all, and of none, where none is named.
    pub departments: Vec<String>,
    /// Somebody's.
    pub agent: Option<String>,
    /// Of a subject.
    pub subject: Option<String>,
    /// Changed before this, or at the same instant with a smaller id: where the last page ended.
    pub before: Option<(Timestamp, String)>,
}

/// Returns conversations, those first in which something happened last.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction, looked: &Looked, limit: i64) -> Result<Vec<Conversation>, StoreError> {
    let mut values: Vec<Value> = Vec::new();
    let mut conditions: Vec<String> = Vec::new();
    let mut one_of = |column: &str, wanted: Vec<Value>, values: &mut Vec<Value>| {
        if !wanted.is_empty() {
            let numbers: Vec<String> = wanted.into_iter().map(|value| number(values, value)).collect();
            conditions.push(format!("{column} IN ({})", numbers.join(", ")));
        }
    };
    one_of("status", looked.statuses.iter().map(|status| status.name().into()).collect(), &mut values);
    one_of("department", looked.departments.iter().map(|name| name.as_str().into()).collect(), &mut values);
    one_of("agent", looked.agent.iter().map(|agent| agent.as_str().into()).collect(), &mut values);
    one_of("subject", looked.subject.iter().map(|subject| subject.as_str().into()).collect(), &mut values);
    if let Some((at, id)) = &looked.before {
        let (at, id) = (number(&mut values, millis(*at).into()), number(&mut values, id.as_str().into()));
        conditions.push(format!("(updated_at, id) < ({at}, {id})"));
    }
    let limit = number(&mut values, limit.into());
    let conditions = if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") };
    let sql = format!(
        "SELECT {CONVERSATION} FROM conversations WHERE {conditions} ORDER BY updated_at DESC, id DESC LIMIT {limit}"
    );
    tx.rows(&sql, &values).await?.iter().map(conversation).collect()
}

/// Adds a value; returns its place in the statement.
fn number(values: &mut Vec<Value>, value: Value) -> String {
    values.push(value);
    format!("${}", values.len())
}

/// Returns the conversations that wait, and those that agents have: id, owner and version.
///
/// # Errors
/// Fails when the database does.
pub async fn at_the_desk(tx: &mut dyn Transaction) -> Result<Vec<(String, Owner, i64)>, StoreError> {
    let sql = "SELECT id, owner, version FROM conversations WHERE status IN ('queued', 'agent') ORDER BY id";
    let read = |row: &Row| Ok((row.text(0)?, read_json(&row.text(1)?)?, row.integer(2)?));
    tx.rows(sql, &[]).await?.iter().map(read).collect()
}

/// Notes what a conversation was about.
///
/// # Errors
/// Fails when the database does.
pub async fn note_reason(tx: &mut dyn Transaction, id: &str, reason: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE conversations SET reason = $1 WHERE id = $2", &[reason.into(), id.into()]).await.map(drop)
}

/// Returns conversations that have not ended and whose visitors have said nothing since an instant, the longest silent first,
/// from after one of them on.
///
/// # Errors
/// Fails when the database does.
pub async fn silent(
    tx: &mut dyn Transaction,
    since: Timestamp,
    after: Option<&Conversation>,
    limit: i64,
) -> Result<Vec<Conversation>, StoreError> {
    let sql = format!(
        "SELECT {CONVERSATION} FROM conversations WHERE status <> 'closed' AND spoke_at <= $1 AND (spoke_at, id) > ($2, $3) \
         ORDER BY spoke_at, id LIMIT $4"
    );
    let (spoke_at, id) = after.map_or((i64::MIN, ""), |last| (millis(last.spoke_at), last.id.as_str()));
    let values = [millis(since).into(), spoke_at.into(), id.into(), limit.into()];
    tx.rows(&sql, &values).await?.iter().map(conversation).collect()
}

/// Adds what happened, and changes what is remembered. `events` makes the events from the number of the first of them.
///
/// # Errors
/// Fails with a conflict when the conversation is another by now, and when the database does.
pub async fn append(
    tx: &mut dyn Transaction,
    id: &str,
    change: &Change<'_>,
    events: &[(&str, String)],
) -> Result<(), StoreError> {
    let Change { version, owner, state, now } = change;
    // The row is locked from here to the end of the transaction: numbers are given in the order of commits.
    let sql = "UPDATE conversations SET status = $1, owner = $2, state = $3, version = version + 1, last_seq = last_seq + $4, \
               updated_at = $5, department = COALESCE($8, department), agent = COALESCE($9, agent) \
               WHERE id = $6 AND version = $7 RETURNING last_seq";
    let n_events = events.len() as i64;
    let values = [
        owner.status().name().into(),
        written_json(owner)?.into(),
        (*state).into(),
        n_events.into(),
        millis(*now).into(),
        id.into(),
        (*version).into(),
        owner.place().map(|place| place.department.clone()).into(),
        owner.agent().map(str::to_owned).into(),
    ];
    let rows = tx.rows(sql, &values).await?;
    let last = rows.first().ok_or(StoreError::Conflict)?.integer(0)?;
    let first = last - n_events + 1;
    let sql = "INSERT INTO conversation_events (conversation, seq, type, at, data) VALUES ($1, $2, $3, $4, $5)";
    for (seq, (kind, data)) in (first..).zip(events) {
        let values: [Value; 5] = [id.into(), seq.into(), (*kind).into(), millis(*now).into(), data.as_str().into()];
        tx.execute(sql, &values).await?;
    }
    Ok(())
}

/// Returns what happened after a number, in order.
///
/// # Errors
/// Fails when the database does.
pub async fn events(tx: &mut dyn Transaction, id: &str, after: i64, limit: i64) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT seq, type, at, data FROM conversation_events WHERE conversation = $1 AND seq > $2 \
               ORDER BY seq LIMIT $3";
    tx.rows(sql, &[id.into(), after.into(), limit.into()]).await?.iter().map(event).collect()
}

/// Returns a message by its number; `None` where that is none, or something else.
///
/// # Errors
/// Fails when the database does.
pub async fn message(tx: &mut dyn Transaction, id: &str, seq: i64) -> Result<Option<Event>, StoreError> {
    let sql =
        "SELECT seq, type, at, data FROM conversation_events WHERE conversation = $1 AND seq = $2 AND type = 'message'";
    tx.rows(sql, &[id.into(), seq.into()]).await?.first().map(event).transpose()
}

/// Returns the last event of a kind.
///
/// # Errors
/// Fails when the database does.
pub async fn last_of_kind(tx: &mut dyn Transaction, id: &str, kind: &str) -> Result<Option<Event>, StoreError> {
    let sql = "SELECT seq, type, at, data FROM conversation_events WHERE conversation = $1 AND type = $2 \
               ORDER BY seq DESC LIMIT 1";
    tx.rows(sql, &[id.into(), kind.into()]).await?.first().map(event).transpose()
}

/// Returns the last messages, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn latest_messages(tx: &mut dyn Transaction, id: &str, limit: i64) -> Result<Vec<Event>, StoreError> {
    let sql = "SELECT seq, type, at, data FROM conversation_events WHERE conversation = $1 AND type = 'message' \
               ORDER BY seq DESC LIMIT $2";
    tx.rows(sql, &[id.into(), limit.into()]).await?.iter().map(event).collect()
}

fn event(row: &Row) -> Result<Event, StoreError> {
    Ok(Event { seq: row.integer(0)?, kind: row.text(1)?, at: time(row.integer(2)?)?, data: row.text(3)? })
}

/// Returns what a client's message came to, with the hash of its text.
///
/// # Errors
/// Fails when the database does.
pub async fn turn(
    tx: &mut dyn Transaction,
    id: &str,
    client_id: &str,
) -> Result<Option<(Vec<u8>, String)>, StoreError> {
    let sql = "SELECT hash, result FROM conversation_turns WHERE conversation = $1 AND client_id = $2";
    let rows = tx.rows(sql, &[id.into(), client_id.into()]).await?;
    rows.first().map(|row| Ok((row.bytes(0)?, row.text(1)?))).transpose()
}

/// Keeps what a client's message came to.
///
/// # Errors
/// Fails with a conflict when it is kept already, and when the database does.
pub async fn keep_turn(
    tx: &mut dyn Transaction,
    id: &str,
    client_id: &str,
    hash: &[u8],
    result: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO conversation_turns (conversation, client_id, hash, result) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[id.into(), client_id.into(), hash.into(), result.into()]).await.map(drop)
}

/// A conversation in which something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// How it stands.
    pub status: String,
    /// The department that has or last had it.
    pub department: Option<String>,
    /// The number of its last event.
    pub last_seq: i64,
}

/// Returns the conversations in which something happened at or after an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn changed_since(tx: &mut dyn Transaction, since: Timestamp) -> Result<Vec<Changed>, StoreError> {
    let sql = "SELECT id, version, status, department, last_seq FROM conversations WHERE updated_at >= $1";
    let changed = |row: &Row| {
        Ok(Changed {
            id: row.text(0)?,
            version: row.integer(1)?,
            status: row.text(2)?,
            department: row.optional_text(3)?,
            last_seq: row.integer(4)?,
        })
    };
    tx.rows(sql, &[millis(since).into()]).await?.iter().map(changed).collect()
}

/// Forgets the conversations in which nothing has happened since an instant, but for those with a case
/// that is open or on hold.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    let old = "SELECT id FROM conversations WHERE updated_at < $1 AND id NOT IN \
               (SELECT conversation FROM cases WHERE status NOT IN ('rejected', 'done', 'closed') \
               OR number IN (SELECT number FROM holds))";
    let values = [millis(before).into()];
    for table in ["conversation_events", "conversation_turns", "idempotency", "notes"] {
        tx.execute(&format!("DELETE FROM {table} WHERE conversation IN ({old})"), &values).await?;
    }
    tx.execute(&format!("DELETE FROM conversations WHERE id IN ({old})"), &values).await
}
