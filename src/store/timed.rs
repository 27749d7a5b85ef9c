//! Timed publications: change sets that go live at an instant, who wanted it so, which process is at it, and how it ended.

use jiff::Timestamp;

use crate::people::actor::ActorKind;
use crate::people::named::named;
use crate::store::database::{Engine, Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::people::corrupt;
use crate::store::{millis, time};

named! {
    /// What has become of a timed publication.
    pub enum State {
        /// Its time has not come, or a process is at it.
        Waiting = "waiting",
        /// It went live.
        Published = "published",
        /// Its time came, and it could not go live.
        Refused = "refused",
        /// It was taken back before.
        Withdrawn = "withdrawn",
    }
}

named! {
    /// Why a timed publication did not go live.
    pub enum Reason {
        /// The change set was edited after it was scheduled: nobody has judged that.
        Changed = "changed",
        /// Somebody else's edits of the same things went live meanwhile.
        Conflicting = "conflicting",
        /// The gate said no, to what is live by now with the change set laid over it.
        Gate = "gate",
        /// Somebody other than its authors must publish it.
        SecondPerson = "second_person",
        /// Whoever scheduled it may publish no longer.
        NotAllowed = "not_allowed",
        /// Somebody took it back.
        Withdrawn = "withdrawn",
        /// It was scheduled anew.
        Replaced = "replaced",
        /// Its change set went live before.
        Published = "published",
        /// Its change set was thrown away.
        Discarded = "discarded",
    }
}

impl Reason {
    /// Returns what has become of a timed publication that did not go live for this reason.
    pub fn state(self) -> State {
        match self {
            Self::Changed | Self::Conflicting | Self::Gate | Self::SecondPerson | Self::NotAllowed => State::Refused,
            Self::Withdrawn | Self::Replaced | Self::Published | Self::Discarded => State::Withdrawn,
        }
    }
}

/// How a timed publication ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It went live.
    Live,
    /// It did not.
    Not(Reason),
}

/// A timed publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimedPublication {
    /// Its id.
    pub id: String,
    /// The change set.
    pub change_set: String,
    /// When it goes live.
    pub due_at: Timestamp,
    /// The id of whoever scheduled it.
    pub actor: String,
    /// What kind of actor that is.
    pub actor_kind: ActorKind,
    /// Where from, where that is known.
    pub address: Option<String>,
    /// What they said about it.
    pub note: String,
    /// Whether they overruled the gate.
    pub forced: bool,
    /// The revision that it would have become, as it was judged.
    pub revision: String,
    /// The hash of what the change set held.
    pub held: String,
    /// What has become of it.
    pub state: State,
    /// Why it did not go live.
    pub reason: Option<Reason>,
    /// When it was scheduled.
    pub created_at: Timestamp,
    /// When it went live, was refused or was taken back.
    pub ended_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, change_set, due_at, actor, actor_kind, address, note, forced, revision, held, state, reason, \
                       created_at, ended_at";

fn timed(row: &Row) -> Result<TimedPublication, StoreError> {
    Ok(TimedPublication {
        id: row.text(0)?,
        change_set: row.text(1)?,
        due_at: time(row.integer(2)?)?,
        actor: row.text(3)?,
        actor_kind: row.text(4)?.parse().map_err(corrupt)?,
        address: row.optional_text(5)?,
        note: row.text(6)?,
        forced: row.boolean(7)?,
        revision: row.text(8)?,
        held: row.text(9)?,
        state: row.text(10)?.parse().map_err(corrupt)?,
        reason: row.optional_text(11)?.map(|reason| reason.parse()).transpose().map_err(corrupt)?,
        created_at: time(row.integer(12)?)?,
        ended_at: row.optional_integer(13)?.map(time).transpose()?,
    })
}

/// Has a change set go live at an instant.
///
/// # Errors
/// Fails with a conflict while another one of the change set waits, and when the database does.
pub async fn add(tx: &mut dyn Transaction, new: &TimedPublication) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO timed_publications ({COLUMNS}, claimed_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0)"
    );
    let values: [Value; 14] = [
        new.id.as_str().into(),
        new.change_set.as_str().into(),
        millis(new.due_at).into(),
        new.actor.as_str().into(),
        new.actor_kind.name().into(),
        new.address.clone().into(),
        new.note.as_str().into(),
        new.forced.into(),
        new.revision.as_str().into(),
        new.held.as_str().into(),
        new.state.name().into(),
        new.reason.map(|reason| reason.name().to_owned()).into(),
        millis(new.created_at).into(),
        new.ended_at.map(millis).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a timed publication.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<TimedPublication>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM timed_publications WHERE id = $1");
    tx.rows(&sql, &[id.replace('\0', " ").into()]).await?.first().map(timed).transpose()
}

/// Returns the one of a change set that waits.
///
/// # Errors
/// Fails when the database does.
pub async fn waiting_of(tx: &mut dyn Transaction, change_set: &str) -> Result<Option<TimedPublication>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM timed_publications WHERE change_set = $1 AND state = 'waiting'");
    tx.rows(&sql, &[change_set.into()]).await?.first().map(timed).transpose()
}

/// Returns those that wait, the next one first.
///
/// # Errors
/// Fails when the database does.
pub async fn waiting(tx: &mut dyn Transaction) -> Result<Vec<TimedPublication>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM timed_publications WHERE state = 'waiting' ORDER BY due_at, id");
    tx.rows(&sql, &[]).await?.iter().map(timed).collect()
}

/// Returns those that ended last, the last one first.
///
/// # Errors
/// Fails when the database does.
pub async fn ended(tx: &mut dyn Transaction, limit: i64) -> Result<Vec<TimedPublication>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM timed_publications WHERE ended_at IS NOT NULL ORDER BY ended_at DESC, id LIMIT $1"
    );
    tx.rows(&sql, &[limit.into()]).await?.iter().map(timed).collect()
}

/// Hands the one that has been due for longest to a worker, if there is one that no other has. The claim holds until an instant, and
/// then another may have it.
///
/// # Errors
/// Fails when the database does.
pub async fn claim(
    tx: &mut dyn Transaction,
    engine: Engine,
    worker: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<TimedPublication>, StoreError> {
    // On SQLite there is one writer; on PostgreSQL workers pass over what others hold.
    let lock = if engine == Engine::Postgres { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE timed_publications SET claimed_by = $1, claimed_until = $2 WHERE id IN \
         (SELECT id FROM timed_publications WHERE state = 'waiting' AND due_at <= $3 AND claimed_until <= $3 \
          ORDER BY due_at, id LIMIT 1 {lock}) RETURNING {COLUMNS}"
    );
    let rows = tx.rows(&sql, &[worker.into(), millis(until).into(), millis(now).into()]).await?;
    rows.first().map(timed).transpose()
}

/// Has a claim hold until another instant, which may have passed; false where it is another's by now.
///
/// # Errors
/// Fails when the database does.
pub async fn hold(tx: &mut dyn Transaction, id: &str, worker: &str, until: Timestamp) -> Result<bool, StoreError> {
    let sql =
        "UPDATE timed_publications SET claimed_until = $1 WHERE id = $2 AND claimed_by = $3 AND state = 'waiting'";
    Ok(tx.execute(sql, &[millis(until).into(), id.into(), worker.into()]).await? == 1)
}

/// Ends one; says whether it waited.
///
/// # Errors
/// Fails when the database does.
pub async fn end(tx: &mut dyn Transaction, id: &str, how: End, now: Timestamp) -> Result<bool, StoreError> {
    let (state, reason) = match how {
        End::Live => (State::Published, None),
        End::Not(reason) => (reason.state(), Some(reason.name().to_owned())),
    };
    let sql =
        "UPDATE timed_publications SET state = $1, reason = $2, ended_at = $3 WHERE id = $4 AND state = 'waiting'";
    let values: [Value; 4] = [state.name().into(), reason.into(), millis(now).into(), id.into()];
    Ok(tx.execute(sql, &values).await? == 1)
}

/// Forgets those that ended before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<(), StoreError> {
    tx.execute("DELETE FROM timed_publications WHERE ended_at < $1", &[millis(before).into()]).await.map(drop)
}
