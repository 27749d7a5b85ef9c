//! What is forgotten, and after how long. What answers hang on (the live revision, open change sets) stays whatever its age.

use jiff::{SignedDuration, Timestamp};

use crate::store::database::Transaction;
use crate::store::error::StoreError;
use crate::store::{
    asked, attachments, blocks, cases, conversations, deliveries, feedback, idempotency, millis, notes, people, stints,
    surveys, switches, timed, topics,
};

/// How long things are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Questions that were asked, since they were asked last.
    pub questions: SignedDuration,
    /// Revisions, besides the newest; since they were last published.
    pub revisions: SignedDuration,
    /// Newest revisions, kept whatever their age.
    pub n_revisions: i64,
    /// Change sets, since they were published or thrown away; and how their timed publications ended.
    pub change_sets: SignedDuration,
    /// Conversations without an open case, since something last happened in them.
    pub conversations: SignedDuration,
    /// Cases that have ended, since something last happened in them.
    pub cases: SignedDuration,
    /// Deliveries to webhooks that have come to an end, since what they tell of happened.
    pub deliveries: SignedDuration,
    /// What customers think, and what they answered to surveys.
    pub feedback: SignedDuration,
}

/// What a run has taken away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// Questions.
    pub questions: u64,
    /// Revisions.
    pub revisions: u64,
    /// Change sets.
    pub change_sets: u64,
    /// Conversations.
    pub conversations: u64,
    /// Cases.
    pub cases: u64,
    /// Deliveries to webhooks.
    pub deliveries: u64,
    /// Opinions, and answers to surveys.
    pub feedback: u64,
    /// Files of customers, with their conversations and cases.
    pub attachments: u64,
    /// Files of content that nothing refers to any more.
    pub files: u64,
}

/// Takes away what has been kept long enough.
///
/// # Errors
/// Fails when the database does.
pub async fn run(tx: &mut dyn Transaction, keep: &Keep, now: Timestamp) -> Result<Taken, StoreError> {
    let mut taken = Taken { questions: asked::forget(tx, now - keep.questions).await?, ..Taken::default() };
    switches::forget_expired(tx, now).await?;
    blocks::forget_expired(tx, now).await?;
    idempotency::forget_before(tx, now - DAY).await?;
    taken.cases = cases::forget(tx, now - keep.cases).await?;
    cases::forget_received(tx, now - DAY).await?;
    taken.deliveries = deliveries::forget(tx, now - keep.deliveries).await?;
    taken.conversations = conversations::forget(tx, now - keep.conversations).await?;
    taken.attachments = attachments::forget(tx).await?;
    let before = now - keep.feedback;
    stints::forget(tx, before).await?;
    notes::forget(tx, before).await?;
    topics::forget_alarms(tx, before).await?;
    taken.feedback = feedback::forget(tx, before).await? + surveys::forget(tx, before).await?;
    let sql = "DELETE FROM change_sets WHERE status <> 'open' AND updated_at < $1";
    taken.change_sets = tx.execute(sql, &[millis(now - keep.change_sets).into()]).await?;
    timed::forget(tx, now - keep.change_sets).await?;
    // A publication of a revision that has gone cannot be gone back to; the audit remembers it.
    let old = "SELECT revision FROM publications GROUP BY revision HAVING MAX(at) < $1 AND MAX(seq) <= \
               (SELECT MAX(seq) FROM publications) - $2";
    let needed = "SELECT base FROM changes";
    let values = [millis(now - keep.revisions).into(), keep.n_revisions.into()];
    let gone = tx.rows(&format!("{old} AND revision NOT IN ({needed})"), &values).await?;
    for row in &gone {
        let id = row.text(0)?;
        tx.execute("DELETE FROM publications WHERE revision = $1", &[id.as_str().into()]).await?;
        tx.execute("DELETE FROM revision_files WHERE revision = $1", &[id.as_str().into()]).await?;
        taken.revisions += tx.execute("DELETE FROM revisions WHERE id = $1", &[id.as_str().into()]).await?;
    }
    let sql = "DELETE FROM files WHERE NOT EXISTS (SELECT 1 FROM revision_files WHERE revision_files.hash = files.hash) \
               AND NOT EXISTS (SELECT 1 FROM changes WHERE changes.hash = files.hash)";
    taken.files = tx.execute(sql, &[]).await?;
    tx.execute("DELETE FROM sessions WHERE expires_at < $1", &[millis(now).into()]).await?;
    tx.execute("DELETE FROM links WHERE expires_at < $1", &[millis(now).into()]).await?;
    people::attempts::forget_before(tx, now - DAY).await?;
    Ok(taken)
}

/// After so long nobody remembers failures, or what a client called its requests.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);
