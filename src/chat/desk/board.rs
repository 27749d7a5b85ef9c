//! The desk as it is now, read from the store every second: those who wait are told their place, and what was with somebody who has
//! gone waits again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use serde_json::json;

use crate::app::App;
use crate::chat::announce;
use crate::chat::desk::lapse;
use crate::chat::desk::presence::state_now;
use crate::chat::messages::NotTaken;
use crate::clock;
use crate::desk::board::{Board, Standing};
use crate::desk::owner::{About, Owner, Place};
use crate::desk::routing::{Agent, AgentState, Kind, Served, Waiting};
use crate::knowledge::intent::Priority;
use crate::people::account::Account;
use crate::store::agents::{self, Presence};
use crate::store::conversations::{self, Change};
use crate::store::error::StoreError;
use crate::store::people::accounts;
use crate::store::stints;

/// Reads the desk as it is at an instant, and has everybody see it.
///
/// # Errors
/// Fails when the store does.
pub async fn read(app: &App, now: Timestamp) -> Result<Vec<(String, Owner)>, StoreError> {
    let mut tx = app.store().read().await?;
    let kept = agents::all(&mut *tx).await?;
    if kept.is_empty() {
        return Ok(Vec::new());
    }
    let at_the_desk = conversations::at_the_desk(&mut *tx).await?;
    let mut n_open: FxHashMap<&str, u32> = FxHashMap::default();
    let mut waiting = Vec::new();
    for (id, owner, _) in &at_the_desk {
        match owner {
            Owner::Queue(place) => waiting.push(Waiting { conversation: id.clone(), place: place.clone() }),
            Owner::Agent { agent, .. } => *n_open.entry(agent).or_default() += 1,
            Owner::Bot | Owner::Nobody => {}
        }
    }
    let accounts = accounts::list(&mut *tx).await?;
    let mut at_work = Vec::new();
    for presence in &kept {
        let state = state_now(presence, now);
        if state == AgentState::Offline {
            continue;
        }
        let is_theirs = |account: &&Account| account.id.0 == presence.account && !account.disabled;
        let Some(account) = accounts.iter().find(is_theirs) else { continue };
        let Presence { account: id, skills, .. } = presence.clone();
        let n_open = n_open.get(id.as_str()).copied().unwrap_or_default();
        at_work.push(Agent { account: id, departments: account.departments.clone(), skills, state, n_open });
    }
    let mut served: BTreeMap<Kind, Vec<Served>> = BTreeMap::new();
    for (kind, one) in stints::served(&mut *tx, now - LATELY).await? {
        served.entry(kind).or_default().push(one);
    }
    app.set_board(Board { is_staffed: true, agents: at_work, waiting, served });
    Ok(at_the_desk.into_iter().map(|(id, owner, _)| (id, owner)).collect())
}

/// How far back it is looked how fast a queue moves.
const LATELY: SignedDuration = SignedDuration::from_mins(30);

/// Looks at the desk: whoever waits is told where their place is another, and what was with somebody who has gone waits again.
///
/// # Errors
/// Fails when the store does.
pub async fn look(app: &App, told: &mut Told, now: Timestamp) -> Result<(), NotTaken> {
    let at_the_desk = read(app, now).await?;
    if at_the_desk.is_empty() {
        told.clear();
        return Ok(());
    }
    let board = app.board();
    let is_there: BTreeSet<&str> = board.agents.iter().map(|agent| agent.account.as_str()).collect();
    for (id, owner) in &at_the_desk {
        match owner {
            Owner::Agent { agent, since, .. }
                if !is_there.contains(agent.as_str()) && now.duration_since(*since) > LATELY_TAKEN =>
            {
                if lapse(app, id, agent, now).await? {
                    tracing::info!(conversation = id, "its agent has gone: it waits again");
                }
            }
            Owner::Queue(place) => tell(app, told, id, (place, board.standing(place, now)), now).await?,
            Owner::Agent { .. } | Owner::Bot | Owner::Nobody => {}
        }
    }
    told.retain(|id, _| board.waiting.iter().any(|waiting| waiting.conversation == *id));
    Ok(())
}

/// Whoever has just taken one, by a program perhaps, is not looked for.
const LATELY_TAKEN: SignedDuration = SignedDuration::from_secs(30);

/// The places that were told, and when.
pub type Told = FxHashMap<String, (Standing, Timestamp)>;

/// How often at most somebody is told their place.
const TOLD_EVERY: SignedDuration = SignedDuration::from_secs(10);

async fn tell(
    app: &App,
    told: &mut Told,
    id: &str,
    (place, standing): (&Place, Standing),
    now: Timestamp,
) -> Result<(), NotTaken> {
    let is_known =
        told.get(id).is_some_and(|(known, at)| known.place == standing.place || now.duration_since(*at) < TOLD_EVERY);
    if is_known {
        return Ok(());
    }
    told.insert(id.to_owned(), (standing, now));
    let mut tx = app.store().write().await?;
    let Some(kept) = conversations::get(&mut *tx, id).await? else { return Ok(()) };
    let has_moved = kept.owner.place() != Some(place);
    let data = data_of(standing);
    // Another replica may have said it.
    let last = conversations::last_of_kind(&mut *tx, id, "queue").await?;
    if has_moved || last.is_some_and(|last| last.at >= place.since && last.data == data) {
        return Ok(());
    }
    let change = Change { version: kept.version, owner: &kept.owner, state: &kept.state, now };
    match announce::append(&mut *tx, id, &change, &[("queue", data)]).await {
        // Something happens in it right now: the next look tells.
        Err(StoreError::Conflict) => return Ok(()),
        appended => appended?,
    }
    tx.commit().await?;
    app.hints().tell(id);
    Ok(())
}

/// Where whoever comes now will stand, as far as the desk was seen a moment ago; 0 where agents do not work here.
pub(in crate::chat) fn number_for(app: &App, department: &str, priority: Priority, now: Timestamp) -> u32 {
    let board = app.board();
    let (department, about) = (department.to_owned(), About::default());
    let place = Place { department, priority, since: now, number: 0, about };
    if board.is_staffed { u32::try_from(board.standing(&place, now).place).unwrap_or_default() } else { 0 }
}

/// The event that tells whoever waits from now on where they stand, as far as the desk was seen a moment ago.
pub(in crate::chat) fn standing_of(app: &App, owner: &Owner, now: Timestamp) -> Option<(&'static str, String)> {
    let board = app.board();
    let place = owner.place().filter(|_| board.is_staffed && owner.agent().is_none())?;
    Some(("queue", data_of(board.standing(place, now))))
}

/// What somebody who waits is told.
fn data_of(standing: Standing) -> String {
    let seconds = standing.expected.map(|expected| expected.as_secs());
    json!({ "place": standing.place, "expected_seconds": seconds }).to_string()
}

/// How often it is looked.
const LOOK: std::time::Duration = std::time::Duration::from_secs(1);

/// Looks again and again, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut told = Told::default();
    loop {
        looks.tick().await;
        if let Err(error) = look(&app, &mut told, clock::now()).await {
            tracing::warn!(%error, "nobody looks at the desk");
        }
    }
}
