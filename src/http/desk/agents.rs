//! `/desk/presence`, `/desk/agents`: who is at work, what they do and can do; the wall that a supervisor looks at.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::desk::board::read;
use crate::chat::desk::presence::{set_skills, set_state, state_now};
use crate::clock;
use crate::desk::owner::Owner;
use crate::desk::routing::{AgentState, Skills};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, Segment};
use crate::people::account::AccountId;
use crate::store::agents::{self, Presence};
use crate::store::conversations;
use crate::store::people::accounts;
use crate::store::stints::{self, Stint};
use crate::text::language::LanguageTag;

/// An agent, as colleagues see them.
#[derive(Serialize, ToSchema)]
pub struct AgentView {
    /// The account.
    id: String,
    /// What they are called.
    name: String,
    /// What they are doing.
    state: AgentState,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The departments; empty for all.
    departments: BTreeSet<String>,
    /// Conversations that they have.
    n_open: usize,
    /// Conversations that they take at once.
    capacity: u32,
    /// Languages; empty for any.
    languages: BTreeSet<String>,
    /// Intents, or the first part of their names; empty for any.
    intents: BTreeSet<String>,
}

/// Who is at work.
#[derive(Serialize, ToSchema)]
pub struct PresenceView {
    /// The caller.
    me: AgentView,
    /// The colleagues of the caller's departments.
    agents: Vec<AgentView>,
}

/// What the caller does.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceRequest {
    /// `available`, `pause`, `wrap_up`, `offline`.
    state: AgentState,
}

/// What an agent can do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SkillsRequest {
    /// Conversations at once, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    capacity: u32,
    /// Languages (BCP 47); any where none is named.
    #[serde(default)]
    #[schema(max_items = 50)]
    languages: BTreeSet<String>,
    /// Intents, or the first part of their names; any where none is named.
    #[serde(default)]
    #[schema(max_items = 50)]
    intents: BTreeSet<String>,
}

/// Shows who is at work.
#[utoipa::path(
    get,
    path = "/desk/presence",
    tag = "desk",
    responses((status = 200, description = "The caller, and colleagues", body = PresenceView))
)]
pub async fn presence(State(app): State<App>, caller: Caller) -> Result<Json<PresenceView>, Problem> {
    Ok(Json(presence_of(&app, &caller).await?))
}

/// Says what the caller does; said again now and then, it says that they are there.
#[utoipa::path(
    put,
    path = "/desk/presence",
    tag = "desk",
    request_body = PresenceRequest,
    responses((status = 200, description = "The caller, and colleagues", body = PresenceView))
)]
pub async fn set_presence(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<PresenceRequest>,
) -> Result<Json<PresenceView>, Problem> {
    if caller.session.is_none() {
        return Err(Problem::new(Code::NotAllowed).detail("only somebody who has signed in can be at work"));
    }
    set_state(&app, &caller.actor.id, request.state, clock::now()).await?;
    Ok(Json(presence_of(&app, &caller).await?))
}

/// Says what an agent can do.
#[utoipa::path(
    put,
    path = "/desk/agents/{id}",
    tag = "desk",
    params(("id" = String, Path, description = "The account")),
    request_body = SkillsRequest,
    responses((status = 200, description = "Kept", body = AgentView))
)]
pub async fn set_agent(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    JsonBody(request): JsonBody<SkillsRequest>,
) -> Result<Json<AgentView>, Problem> {
    let SkillsRequest { capacity, languages, intents } = request;
    if !(1..=MOST_AT_ONCE).contains(&capacity) {
        return Err(Problem::field("capacity", format!("from 1 to {MOST_AT_ONCE}")));
    }
    if languages.len() > MOST_NAMES || languages.iter().any(|language| LanguageTag::parse(language).is_none()) {
        return Err(Problem::field("languages", format!("at most {MOST_NAMES} languages (BCP 47)")));
    }
    let is_name = |name: &String| {
        name.len() <= LONGEST_NAME && name.bytes().all(|b| b.is_ascii_lowercase() || b"._".contains(&b))
    };
    if intents.len() > MOST_NAMES || !intents.iter().all(is_name) {
        return Err(Problem::field("intents", format!("at most {MOST_NAMES} names of intents")));
    }
    let known = accounts::get(&mut *app.store().read().await?, &AccountId(id.clone())).await?;
    let account = known.ok_or(Code::NotFound)?;
    let now = clock::now();
    let skills = Skills { capacity, languages, intents };
    let kept = set_skills(&app, &id, &skills, &caller.by(now)).await?;
    Ok(Json(view(&kept, account.display_name, account.departments, 0, now)))
}

const MOST_AT_ONCE: u32 = 50;
const MOST_NAMES: usize = 50;
const LONGEST_NAME: usize = 64;

fn view(kept: &Presence, name: String, departments: BTreeSet<String>, n_open: usize, now: Timestamp) -> AgentView {
    let Presence { account, since, skills, .. } = kept.clone();
    let Skills { capacity, languages, intents } = skills;
    AgentView {
        id: account,
        name,
        state: state_now(kept, now),
        since,
        departments,
        n_open,
        capacity,
        languages,
        intents,
    }
}

async fn presence_of(app: &App, caller: &Caller) -> Result<PresenceView, Problem> {
    let now = clock::now();
    let at_the_desk = read(app, now).await?;
    let n_open = |account: &str| at_the_desk.iter().filter(|(_, owner)| owner.agent() == Some(account)).count();
    let mut tx = app.store().read().await?;
    let mut views = Vec::new();
    let mut me = None;
    for kept in agents::all(&mut *tx).await? {
        let Some(account) = accounts::get(&mut *tx, &AccountId(kept.account.clone())).await? else { continue };
        let shares = account.departments.is_empty() || account.departments.iter().any(|name| caller.actor.may_in(name));
        let view = view(&kept, account.display_name, account.departments, n_open(&kept.account), now);
        if kept.account == caller.actor.id {
            me = Some(view);
        } else if shares {
            views.push(view);
        }
    }
    let me = me.unwrap_or_else(|| {
        let (account, state) = (caller.actor.id.clone(), AgentState::Offline);
        let kept = Presence { account, state, since: now, seen_at: now, skills: Skills::default() };
        view(&kept, caller.actor.name.clone(), caller.actor.departments.clone(), n_open(&caller.actor.id), now)
    });
    Ok(PresenceView { me, agents: views })
}

/// What a supervisor looks at.
#[derive(Serialize, ToSchema)]
pub struct WallView {
    /// Each department's queue.
    queues: Vec<QueueView>,
    /// Each agent who had something today, or is at work.
    agents: Vec<AgentDay>,
}

/// A department's queue.
#[derive(Serialize, ToSchema)]
pub struct QueueView {
    /// The department.
    department: String,
    /// Conversations that wait.
    n_waiting: usize,
    /// Seconds for which the first one has waited.
    longest_wait_seconds: i64,
    /// Conversations that agents have.
    n_with_agents: usize,
    /// Agents who are at work.
    n_on_duty: usize,
    /// Over the last 24 hours: seconds until a conversation was taken, on average.
    wait_seconds: Option<i64>,
    /// Until its agent first wrote.
    first_reply_seconds: Option<i64>,
    /// For which an agent had it.
    handling_seconds: Option<i64>,
}

/// An agent's last 24 hours.
#[derive(Serialize, ToSchema)]
pub struct AgentDay {
    /// The account.
    id: String,
    /// What they are called.
    name: String,
    /// What they are doing.
    state: AgentState,
    /// Conversations that they have.
    n_open: usize,
    /// Conversations that they have had.
    n_taken: usize,
    /// Seconds until they first wrote, on average.
    first_reply_seconds: Option<i64>,
    /// For which they had one.
    handling_seconds: Option<i64>,
}

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Shows the queues and the agents of the caller's departments over the last 24 hours.
#[utoipa::path(
    get,
    path = "/desk/wall",
    tag = "desk",
    responses((status = 200, description = "Queues and agents", body = WallView))
)]
pub async fn wall(State(app): State<App>, caller: Caller) -> Result<Json<WallView>, Problem> {
    let now = clock::now();
    let presence = presence_of(&app, &caller).await?;
    let mut tx = app.store().read().await?;
    let at_the_desk = conversations::at_the_desk(&mut *tx).await?;
    let stints = stints::since(&mut *tx, now - DAY).await?;
    drop(tx);
    let snapshot = app.live().current();
    let board = app.board();
    let queue = |department: &String| {
        let theirs = |owner: &&Owner| owner.place().is_some_and(|place| place.department == *department);
        let owners: Vec<&Owner> = at_the_desk.iter().map(|(_, owner, _)| owner).filter(theirs).collect();
        let waits = owners.iter().filter_map(|owner| match owner {
            Owner::Queue(place) => Some(now.duration_since(place.since).as_secs()),
            _ => None,
        });
        let of_day: Vec<&Stint> = stints.iter().filter(|stint| stint.department == *department).collect();
        QueueView {
            department: department.clone(),
            n_waiting: waits.clone().count(),
            longest_wait_seconds: waits.max().unwrap_or_default(),
            n_with_agents: owners.iter().filter(|owner| owner.agent().is_some()).count(),
            n_on_duty: board.n_on_duty(department),
            wait_seconds: mean(of_day.iter().map(|stint| stint.taken_at.duration_since(stint.queued_at))),
            first_reply_seconds: first_reply(&of_day),
            handling_seconds: handling(&of_day),
        }
    };
    let departments = snapshot.assistant.content().departments.keys().filter(|name| caller.actor.may_in(name));
    let queues = departments.map(queue).collect();
    let mut by_agent: BTreeMap<&str, Vec<&Stint>> = BTreeMap::new();
    for stint in &stints {
        by_agent.entry(&stint.agent).or_default().push(stint);
    }
    let day = |agent: &AgentView| {
        let of_day = by_agent.get(agent.id.as_str()).cloned().unwrap_or_default();
        AgentDay {
            id: agent.id.clone(),
            name: agent.name.clone(),
            state: agent.state,
            n_open: agent.n_open,
            n_taken: of_day.len(),
            first_reply_seconds: first_reply(&of_day),
            handling_seconds: handling(&of_day),
        }
    };
    let agents = std::iter::once(&presence.me).chain(&presence.agents).map(day).collect();
    Ok(Json(WallView { queues, agents }))
}

fn first_reply(stints: &[&Stint]) -> Option<i64> {
    mean(stints.iter().filter_map(|stint| Some(stint.replied_at?.duration_since(stint.taken_at))))
}

fn handling(stints: &[&Stint]) -> Option<i64> {
    mean(stints.iter().filter_map(|stint| Some(stint.ended_at?.duration_since(stint.taken_at))))
}

fn mean(durations: impl Iterator<Item = SignedDuration>) -> Option<i64> {
    let seconds: Vec<i64> = durations.map(|duration| duration.as_secs()).collect();
    let n = i64::try_from(seconds.len()).ok().filter(|n| *n > 0)?;
    Some(seconds.iter().sum::<i64>() / n)
}
