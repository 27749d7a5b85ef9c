//! `/editor/preview`, `/editor/nearest`, `/editor/bench`, `/editor/replay`: what the bot would say, before it does and afterwards.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::assistant::compile::Goal;
use crate::assistant::turn::{Candidate, Message, ModelVector, Turn};
use crate::clock;
use crate::dialogue::compose::{Composer, Reply};
use crate::exchange::document::EntryDocument;
use crate::http::ask::{CustomerKind, check_text, checked_channel};
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::JsonBody;
use crate::http::work::{Cost, on, on_live};
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::entry::{Audience, EntryId};
use crate::knowledge::intent::IntentName;
use crate::publishing::editing::{overview, sets};
use crate::snapshot::Snapshot;
use crate::text::language::LanguageTag;
use crate::text::sensitive::mask;

/// As whom, where and when something is looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Standpoint {
    /// The reply's language (BCP 47); the question's own, or Chinese, where it is not given.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", examples("zh-CN"))]
    language: Option<LanguageTag>,
    /// The way in; `web` where it is not given.
    #[schema(pattern = "^[a-z0-9_-]{1,32}$", examples("web"))]
    channel: Option<String>,
    /// Who looks, where that is to be known.
    audience: Option<CustomerKind>,
}

impl Standpoint {
    fn audience(&self) -> Option<Audience> {
        self.audience.map(CustomerKind::audience)
    }
}

/// An entry to be looked at.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PreviewRequest {
    /// A change set's id; as elsewhere where it is not given.
    set: Option<String>,
    /// The entry as it is being written; the one that is kept where it is not given.
    entry: Option<EntryDocument>,
    /// The entry's id, where it is not given itself.
    #[schema(value_type = Option<String>)]
    id: Option<EntryId>,
    /// When; now where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// As whom and where.
    #[serde(flatten)]
    from: Standpoint,
}

/// Why an entry is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// It is not valid yet.
    NotYet,
    /// It is valid no longer.
    Expired,
    /// It is for other channels.
    OtherChannel,
    /// It is for others.
    OtherAudience,
    /// A feature that it requires is off.
    FeatureOff,
    /// A supervisor has switched it off.
    SwitchedOff,
}

/// An entry as customers see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Whether it is shown at all.
    is_shown: bool,
    /// Why not.
    why: Vec<Hidden>,
    /// What is said.
    reply: Reply,
    /// Its variables whose values are made up.
    samples: BTreeSet<String>,
}

/// Shows an entry as a channel, a language and a kind of customer see it at an instant, kept or just being written.
#[utoipa::path(
    post,
    path = "/editor/preview",
    tag = "editors",
    request_body = PreviewRequest,
    responses((status = 200, description = "What customers see", body = Preview))
)]
pub async fn preview(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<PreviewRequest>,
) -> Result<Json<Preview>, Problem> {
    let channel = checked_channel(request.from.channel.as_deref())?.to_owned();
    let id = match (&request.entry, &request.id) {
        (Some(document), _) => document.id.clone(),
        (None, Some(id)) => id.clone(),
        (None, None) => return Err(Problem::field("entry", "give an entry, or an id")),
    };
    let content = overview::content_with(app.store(), request.set.as_deref(), request.entry, &caller.actor).await?;
    let (switches, now) = (app.switches(), request.at.unwrap_or_else(clock::now));
    let entry = content.entry(&id).ok_or(Code::NotFound)?;
    let language = request.from.language.clone().unwrap_or_else(LanguageTag::zh_cn);
    let composer = Composer::new(&content, &language, now, &switches);
    let audience = request.from.audience();
    let for_them = match audience {
        Some(audience) => entry.audience.is_empty() || entry.audience.contains(&audience),
        None => entry.audience != [Audience::Agent],
    };
    let reasons = [
        (Hidden::NotYet, entry.valid.from.is_some_and(|from| now < from)),
        (Hidden::Expired, entry.valid.until.is_some_and(|until| until <= now)),
        (Hidden::OtherChannel, !entry.channels.is_empty() && !entry.channels.contains(&channel)),
        (Hidden::OtherAudience, !for_them),
        (Hidden::FeatureOff, entry.requires.as_ref().is_some_and(|feature| !content.is_on(feature))),
        (Hidden::SwitchedOff, switches.hides(&id)),
    ];
    let why: Vec<Hidden> = reasons.into_iter().filter_map(|(why, holds)| holds.then_some(why)).collect();
    let is_sample = |name: &&str| content.variables.get(*name).is_some_and(|variable| variable.sample);
    let samples = entry.variables().into_iter().filter(is_sample).map(str::to_owned).collect();
    Ok(Json(Preview { is_shown: why.is_empty(), why, reply: composer.answer(entry), samples }))
}

/// A phrasing that is being written.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NearestRequest {
    /// The phrasing; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// Its language; what it seems to be where it is not given.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
}

/// What a phrasing is of already.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoredAs {
    /// A phrasing of this entry.
    Entry(EntryId),
    /// An example of this intent.
    Intent(IntentName),
}

/// What a phrasing leads to on the live revision.
#[derive(Debug, Serialize, ToSchema)]
pub struct Nearest {
    /// What it is of already, word for word.
    stored_as: Option<StoredAs>,
    /// The entries that it also matches, the likeliest first.
    nearest: Vec<Candidate>,
}

/// Entries that a phrasing is compared with.
const NEAREST: usize = 5;

/// Says what a phrasing also matches: what it is of already, and the nearest entries.
#[utoipa::path(
    post,
    path = "/editor/nearest",
    tag = "editors",
    request_body = NearestRequest,
    responses((status = 200, description = "What it leads to on the live revision", body = Nearest))
)]
pub async fn nearest(
    State(app): State<App>,
    JsonBody(request): JsonBody<NearestRequest>,
) -> Result<Json<Nearest>, Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    let found = on_live(&app, Cost::Large, move |view| {
        let language = request.language.as_ref();
        let message = Message { language, limit: NEAREST, ..view.message(&request.text) };
        let assistant = &view.snapshot.assistant;
        let stored_as = assistant.stored(&request.text).and_then(|goal| match goal {
            Goal::Entry(at) => Some(StoredAs::Entry(assistant.content().entries.get(at)?.id.clone())),
            Goal::Intent(at) => Some(StoredAs::Intent(assistant.content().intents.get(at)?.name.clone())),
        });
        Nearest { stored_as, nearest: view.snapshot.answer(&message, view.now).candidates }
    });
    Ok(Json(found.await?))
}

/// A question to be tried.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BenchRequest {
    /// A change set's id; as elsewhere where it is not given.
    set: Option<String>,
    /// The question; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    question: String,
    /// When; now where it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<Timestamp>,
    /// As whom and where.
    #[serde(flatten)]
    from: Standpoint,
}

/// What is said about a question now, and what would be.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bench {
    /// On the live revision.
    live: Turn,
    /// With the change set laid over it; null where there is none, or it changes nothing.
    draft: Option<Turn>,
    /// Why the change set cannot answer: its errors.
    #[schema(value_type = Vec<Object>)]
    faults: Vec<Diagnostic>,
}

/// Answers a question on the live revision, and with a change set laid over it; says why.
#[utoipa::path(
    post,
    path = "/editor/bench",
    tag = "editors",
    request_body = BenchRequest,
    responses((status = 200, description = "Both answers, explained", body = Bench))
)]
pub async fn bench(
    State(app): State<App>,
    caller: Caller,
    JsonBody(request): JsonBody<BenchRequest>,
) -> Result<Json<Bench>, Problem> {
    let tried = Arc::new(Tried::new(&app, request.question, request.from, request.at).await?);
    let live = app.live().current();
    let files = sets::files(app.store(), request.set.as_deref(), &caller.actor).await?;
    let draft = app.trials().of_files(app.publisher(), files, Some(Arc::clone(&live))).await?;
    let (draft, faults) = match draft {
        Ok(draft) if draft.assistant.revision() == live.assistant.revision() => (None, Vec::new()),
        Ok(draft) => (Some(tried.on(&app, draft).await?), Vec::new()),
        Err(faults) => (None, faults),
    };
    Ok(Json(Bench { live: tried.on(&app, live).await?, draft, faults }))
}

/// A question about the past.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReplayRequest {
    /// The question; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000)]
    question: String,
    /// When it was, or would have been, asked.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// As whom and where.
    #[serde(flatten)]
    from: Standpoint,
}

/// What would have been said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Replay {
    /// The revision that was live.
    revision: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    published_at: Timestamp,
    /// The engine that judged it then; this one answers now.
    engine: String,
    /// What is said on it at that instant, with nothing switched off.
    turn: Turn,
}

/// Says what would have been answered at an instant: by the revision that was live then.
#[utoipa::path(
    post,
    path = "/editor/replay",
    tag = "editors",
    request_body = ReplayRequest,
    responses((status = 200, description = "The answer, explained", body = Replay), (status = 404))
)]
pub async fn replay(
    State(app): State<App>,
    JsonBody(request): JsonBody<ReplayRequest>,
) -> Result<Json<Replay>, Problem> {
    let tried = Arc::new(Tried::new(&app, request.question, request.from, Some(request.at)).await?);
    let then = overview::live_at(app.store(), request.at).await?;
    let (publication, files) =
        then.ok_or_else(|| Problem::new(Code::NotFound).detail("nothing was live at that time"))?;
    let snapshot = app.trials().of_files(app.publisher(), files, Some(app.live().current())).await?;
    let snapshot = snapshot.map_err(|faults| {
        let first = faults.first().map(Diagnostic::render).unwrap_or_default();
        Problem::new(Code::Conflict).detail(format!("this version finds errors in what was live then: {first}"))
    })?;
    let turn = tried.without_switches(&app, snapshot).await?;
    let (revision, published_at, engine) = (publication.revision, publication.at, publication.engine);
    Ok(Json(Replay { revision, published_at, engine, turn }))
}

/// A question with everything that it is tried with.
struct Tried {
    question: String,
    channel: String,
    from: Standpoint,
    at: Option<Timestamp>,
    vector: Option<Vec<f32>>,
}

impl Tried {
    async fn new(app: &App, question: String, from: Standpoint, at: Option<Timestamp>) -> Result<Self, Problem> {
        check_text("question", &question, app.config().limits.question_chars)?;
        let channel = checked_channel(from.channel.as_deref())?.to_owned();
        let vector = match app.embeddings() {
            Some(embeddings) => embeddings.question(&mask(&question).text).await.map(|vector| vector.to_vec()),
            None => None,
        };
        Ok(Self { question, channel, from, at, vector })
    }

    fn message<'t>(&'t self, message: Message<'t>) -> Message<'t> {
        Message {
            language: self.from.language.as_ref(),
            channel: &self.channel,
            audience: self.from.audience(),
            explain: true,
            model: self.vector.as_deref().map_or(ModelVector::Unheard, ModelVector::Given),
            ..message
        }
    }

    async fn on(self: &Arc<Self>, app: &App, snapshot: Arc<Snapshot>) -> Result<Turn, Problem> {
        let tried = Arc::clone(self);
        on(app, snapshot, Cost::Large, move |view| {
            let message = tried.message(view.message(&tried.question));
            view.snapshot.answer(&message, tried.at.unwrap_or(view.now))
        })
        .await
    }

    async fn without_switches(self: &Arc<Self>, app: &App, snapshot: Arc<Snapshot>) -> Result<Turn, Problem> {
        let tried = Arc::clone(self);
        on(app, snapshot, Cost::Large, move |view| {
            let message = tried.message(view.message_of_then(&tried.question));
            view.snapshot.answer(&message, tried.at.unwrap_or(view.now))
        })
        .await
    }
}
