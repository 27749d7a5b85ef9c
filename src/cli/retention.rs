//! `yingda retention`: forgets what has been kept long enough, as `serve` does every hour.

use jiff::SignedDuration;
use serde_json::json;

use crate::cli::on_store::operator;
use crate::cli::{Common, Outcome, with_publisher};
use crate::clock;
use crate::config::{Config, RetentionConfig};
use crate::people::actor::Actor;
use crate::people::audit::{Action, AuditEvent};
use crate::store::retention::{self, Keep, Taken};
use crate::store::{Store, audit};

/// Runs `retention`.
///
/// # Errors
/// Fails when the store does.
pub fn run(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    with_publisher(common, config, async |publisher| {
        let actor = operator();
        let taken = forget(publisher.store(), &config.retention, &actor).await?;
        if common.json {
            say!("{}", serde_json::to_string_pretty(&taken)?);
        } else {
            let Taken { questions, conversations, cases, attachments, feedback, .. } = taken;
            let Taken { revisions, change_sets, deliveries, files, .. } = taken;
            say!(
                "forgotten: {questions} questions, {conversations} conversations, {cases} cases, {attachments} files of \
                 customers, {feedback} opinions, {revisions} revisions, {change_sets} change sets, {deliveries} deliveries, \
                 {files} files of content"
            );
        }
        Ok(Outcome::Done)
    })
}

/// Forgets what has been kept as long as the settings say; the audit tells of it where it was anything.
///
/// # Errors
/// Fails when the store does; nothing is forgotten then.
pub(crate) async fn forget(store: &Store, config: &RetentionConfig, actor: &Actor) -> anyhow::Result<Taken> {
    let now = clock::now();
    let mut tx = store.write().await?;
    let taken = retention::run(&mut *tx, &keep(config), now).await?;
    if taken != Taken::default() {
        let event = AuditEvent::new(now, actor, Action::RetentionRan, "store").after(json!(taken));
        audit::add(&mut *tx, event).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

fn keep(config: &RetentionConfig) -> Keep {
    let days = |days: u32| SignedDuration::from_hours(i64::from(days) * 24);
    Keep {
        questions: days(config.questions_days),
        revisions: days(config.revisions_days),
        n_revisions: config.revisions.into(),
        change_sets: days(config.change_sets_days),
        conversations: days(config.conversations_days),
        cases: days(config.cases_days),
        deliveries: days(config.deliveries_days),
        feedback: days(config.feedback_days),
    }
}
