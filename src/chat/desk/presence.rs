//! Agents come and go: what they are doing is kept, and whoever is not heard of any more is not there.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::app::App;
use crate::desk::routing::{AgentState, Skills};
use crate::people::audit::Action;
use crate::people::by::By;
use crate::store::agents::{self, Presence};
use crate::store::audit;
use crate::store::error::StoreError;

/// Without a sign for so long an agent is not there, and what they had goes back to the queue.
pub const HEARD_WITHIN: SignedDuration = SignedDuration::from_secs(90);

/// Says what an agent is doing now, as far as others can know.
pub fn state_now(agent: &Presence, now: Timestamp) -> AgentState {
    if now.duration_since(agent.seen_at) > HEARD_WITHIN { AgentState::Offline } else { agent.state }
}

/// Notes what an agent is doing.
///
/// # Errors
/// Fails when the store does.
pub async fn set_state(app: &App, account: &str, state: AgentState, now: Timestamp) -> Result<Presence, StoreError> {
    let mut tx = app.store().write().await?;
    let kept = agents::get(&mut *tx, account).await?;
    let since = kept.as_ref().filter(|kept| state_now(kept, now) == state).map_or(now, |kept| kept.since);
    let skills = kept.map(|kept| kept.skills).unwrap_or_default();
    let agent = Presence { account: account.to_owned(), state, since, seen_at: now, skills };
    agents::put(&mut *tx, &agent).await?;
    tx.commit().await?;
    Ok(agent)
}

/// Notes what an agent can do.
///
/// # Errors
/// Fails when the store does.
pub async fn set_skills(app: &App, account: &str, skills: &Skills, by: &By<'_>) -> Result<Presence, StoreError> {
    let mut tx = app.store().write().await?;
    let kept = agents::get(&mut *tx, account).await?;
    let mut agent = kept.unwrap_or_else(|| Presence {
        account: account.to_owned(),
        state: AgentState::Offline,
        since: by.now,
        seen_at: by.now,
        skills: Skills::default(),
    });
    agent.skills = skills.clone();
    agents::put(&mut *tx, &agent).await?;
    let after = json!({
        "capacity": skills.capacity, "languages": skills.languages, "intents": skills.intents,
    });
    audit::add(&mut *tx, by.event(Action::AgentChanged, account).after(after)).await?;
    tx.commit().await?;
    Ok(agent)
}

/// Notes that an agent is there.
///
/// # Errors
/// Fails when the store does.
pub async fn note_seen(app: &App, account: &str, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.store().write().await?;
    agents::note_seen(&mut *tx, account, now).await?;
    tx.commit().await
}
