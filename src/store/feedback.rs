//! What customers think: one row for each message that they speak of (0 for all of a conversation), and what these sum up to.

use jiff::Timestamp;

use crate::desk::feedback::{Opinion, Ratings, Topic, UnhelpfulReason};
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::{StoreError, Unavailable};
use crate::store::{millis, time};

/// The number that stands for all of a conversation.
pub const ALL_OF_IT: i64 = 0;

/// An opinion as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// The conversation.
    pub conversation: String,
    /// The message that is meant, or [`ALL_OF_IT`].
    pub message_seq: i64,
    /// What that is about.
    pub topic: Topic,
    /// What the customer thinks.
    pub opinion: Opinion,
    /// When they said so last.
    pub at: Timestamp,
}

const FEEDBACK: &str = "conversation, message_seq, entry, intent, decision, revision, agent, helpful, reason, \
                        response_time, attitude, resolution, again, comment, at";

/// Keeps an opinion. A later word about the same message replaces the earlier one; what it does not mention stays, but for the
/// reason, which belongs to whether it helped.
///
/// # Errors
/// Fails when the database does.
pub async fn keep(tx: &mut dyn Transaction, feedback: &Feedback) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO feedback ({FEEDBACK}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT (conversation, message_seq) DO UPDATE SET entry = excluded.entry, intent = excluded.intent, \
         decision = excluded.decision, revision = excluded.revision, agent = excluded.agent, \
         reason = CASE WHEN excluded.helpful IS NULL THEN feedback.reason ELSE excluded.reason END, \
         helpful = COALESCE(excluded.helpful, feedback.helpful), \
         response_time = COALESCE(excluded.response_time, feedback.response_time), \
         attitude = COALESCE(excluded.attitude, feedback.attitude), \
         resolution = COALESCE(excluded.resolution, feedback.resolution), \
         again = COALESCE(excluded.again, feedback.again), comment = COALESCE(excluded.comment, feedback.comment), \
         at = excluded.at"
    );
    let Feedback { conversation, message_seq, topic, opinion, at } = feedback;
    let flag = |flag: Option<bool>| Value::from(flag.map(i64::from));
    let points = |points: Option<u8>| Value::from(points.map(i64::from));
    let values = [
        conversation.as_str().into(),
        (*message_seq).into(),
        topic.entry.clone().into(),
        topic.intent.clone().into(),
        topic.decision.clone().into(),
        topic.revision.clone().into(),
        topic.agent.clone().into(),
        flag(opinion.helpful),
        opinion.reason.map(|reason| reason.name().to_owned()).into(),
        points(opinion.ratings.response_time),
        points(opinion.ratings.attitude),
        points(opinion.ratings.resolution),
        flag(opinion.again),
        opinion.comment.clone().into(),
        millis(*at).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

fn feedback(row: &Row) -> Result<Feedback, StoreError> {
    let flag = |column| Ok::<_, StoreError>(row.optional_integer(column)?.map(|flag| flag != 0));
    let points =
        |column| Ok::<_, StoreError>(row.optional_integer(column)?.and_then(|points| u8::try_from(points).ok()));
    Ok(Feedback {
        conversation: row.text(0)?,
        message_seq: row.integer(1)?,
        topic: Topic {
            entry: row.optional_text(2)?,
            intent: row.optional_text(3)?,
            decision: row.optional_text(4)?,
            revision: row.optional_text(5)?,
            agent: row.optional_text(6)?,
        },
        opinion: Opinion {
            helpful: flag(7)?,
            reason: row.optional_text(8)?.as_deref().map(reason).transpose()?,
            ratings: Ratings { response_time: points(9)?, attitude: points(10)?, resolution: points(11)? },
            again: flag(12)?,
            comment: row.optional_text(13)?,
        },
        at: time(row.integer(14)?)?,
    })
}

fn reason(name: &str) -> Result<UnhelpfulReason, StoreError> {
    UnhelpfulReason::parse(name)
        .ok_or_else(|| StoreError::unavailable(Unavailable::Corrupt, "a reason of feedback that is none"))
}

/// Where a page ends: when its last opinion was said, in which conversation, about which message.
pub type Place = (Timestamp, String, i64);

/// Which opinions are looked for; all where nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// About an entry.
    pub entry: Option<String>,
    /// About what an agent wrote.
    pub agent: Option<String>,
    /// About what one of these agents wrote, or the bot; about whoever wrote it where nothing is said.
    pub only_agents: Option<Vec<String>>,
    /// Said at or after this.
    pub from: Option<Timestamp>,
    /// Said before this.
    pub until: Option<Timestamp>,
    /// Where the last page ended.
    pub before: Option<Place>,
}

/// Returns opinions, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction, wanted: &Wanted, limit: i64) -> Result<Vec<Feedback>, StoreError> {
    let (mut conditions, mut values) = (Vec::new(), Vec::new());
    let mut place = |value: Value| {
        values.push(value);
        format!("${}", values.len())
    };
    let Wanted { entry, agent, only_agents, from, until, before } = wanted;
    for (column, name) in [("entry", entry), ("agent", agent)] {
        if let Some(name) = name {
            conditions.push(format!("{column} = {}", place(name.as_str().into())));
        }
    }
    if let Some(agents) = only_agents {
        let places: Vec<String> = agents.iter().map(|agent| place(agent.as_str().into())).collect();
        let of_agents = if places.is_empty() { String::new() } else { format!(" OR agent IN ({})", places.join(", ")) };
        conditions.push(format!("(agent IS NULL{of_agents})"));
    }
    for (comparison, instant) in [(">=", from), ("<", until)] {
        if let Some(instant) = instant {
            conditions.push(format!("at {comparison} {}", place(millis(*instant).into())));
        }
    }
    if let Some((at, conversation, seq)) = before {
        let last = [millis(*at).into(), conversation.as_str().into(), (*seq).into()].map(&mut place);
        conditions.push(format!("(at, conversation, message_seq) < ({})", last.join(", ")));
    }
    let limit = place(limit.into());
    let wanted = if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" AND ")) };
    let sql = format!(
        "SELECT {FEEDBACK} FROM feedback {wanted}ORDER BY at DESC, conversation DESC, message_seq DESC LIMIT {limit}"
    );
    tx.rows(&sql, &values).await?.iter().map(feedback).collect()
}

/// How many said something, and the sum of what they said: points, or 1 for yes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub n: i64,
    /// The sum.
    pub sum: i64,
}

/// What opinions sum up to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The entry that they are about; `None` for all of them.
    pub entry: Option<String>,
    /// How many there are.
    pub n: i64,
    /// Who said whether it helped.
    pub helpful: Sum,
    /// How soon an answer came.
    pub response_time: Sum,
    /// How they were treated.
    pub attitude: Sum,
    /// How well it was solved.
    pub resolution: Sum,
    /// Who would use the service again.
    pub again: Sum,
}

/// Sums up what was said in a period: all of it, then entry by entry.
///
/// # Errors
/// Fails when the database does.
pub async fn sums(
    tx: &mut dyn Transaction,
    from: Timestamp,
    until: Timestamp,
) -> Result<(Sums, Vec<Sums>), StoreError> {
    let columns = ["helpful", "response_time", "attitude", "resolution", "again"];
    // PostgreSQL's sums are of another type than what is summed.
    let sum = |column| format!("COUNT({column}), CAST(COALESCE(SUM({column}), 0) AS BIGINT)");
    let all = columns.map(sum).join(", ");
    let values = [millis(from).into(), millis(until).into()];
    let sql = format!("SELECT COUNT(*), {all} FROM feedback WHERE at >= $1 AND at < $2");
    let overall = tx.rows(&sql, &values).await?;
    let overall = overall.first().map_or_else(|| Ok(Sums::default()), |row| sums_of(row, None))?;
    let sql = format!(
        "SELECT COUNT(*), {all}, entry FROM feedback WHERE at >= $1 AND at < $2 AND entry IS NOT NULL \
         GROUP BY entry ORDER BY COUNT(*) DESC, entry"
    );
    let rows = tx.rows(&sql, &values).await?;
    let entries = rows.iter().map(|row| sums_of(row, Some(row.text(11)?))).collect::<Result<_, _>>()?;
    Ok((overall, entries))
}

fn sums_of(row: &Row, entry: Option<String>) -> Result<Sums, StoreError> {
    let sum = |column| Ok::<_, StoreError>(Sum { n: row.integer(column)?, sum: row.integer(column + 1)? });
    Ok(Sums {
        entry,
        n: row.integer(0)?,
        helpful: sum(1)?,
        response_time: sum(3)?,
        attitude: sum(5)?,
        resolution: sum(7)?,
        again: sum(9)?,
    })
}

/// How often a reason was given for an entry, or for what is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCount {
    /// The entry.
    pub entry: Option<String>,
    /// The reason.
    pub reason: UnhelpfulReason,
    /// How often.
    pub n: i64,
}

/// Counts the reasons that were given in a period.
///
/// # Errors
/// Fails when the database does.
pub async fn reasons(
    tx: &mut dyn Transaction,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<ReasonCount>, StoreError> {
    let sql = "SELECT entry, reason, COUNT(*) FROM feedback WHERE at >= $1 AND at < $2 AND reason IS NOT NULL \
               GROUP BY entry, reason";
    let count = |row: &Row| {
        Ok(ReasonCount { entry: row.optional_text(0)?, reason: reason(&row.text(1)?)?, n: row.integer(2)? })
    };
    tx.rows(sql, &[millis(from).into(), millis(until).into()]).await?.iter().map(count).collect()
}

/// Forgets what was said before an instant.
///
/// # Errors
/// Fails when the database does.
pub async fn forget(tx: &mut dyn Transaction, before: Timestamp) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM feedback WHERE at < $1", &[millis(before).into()]).await
}
