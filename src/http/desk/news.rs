//! `GET /desk/events`: a stream that tells an agent what to look at again. Whoever listens is there.

use std::convert::Infallible;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use jiff::SignedDuration;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::app::App;
use crate::chat::desk::presence::note_seen;
use crate::chat::hints::News;
use crate::clock;
use crate::http::caller::Caller;
use crate::http::conversations::events::{X_ACCEL_BUFFERING, wants_stream};
use crate::http::error::Problem;
use crate::people::actor::Actor;
use crate::store::conversations::{self, Changed};

/// Tells of conversations of the caller's departments as things happen in them.
///
/// With `Accept: text/event-stream` as a stream, of `conversation`: something happened in one (`{id, status, last_seq}`); `typing`:
/// the customer of one of the caller's own types (`{conversation}`); `all`: too much has happened to be told one by one, read
/// anew. Else what happened within the last minute.
#[utoipa::path(
    get,
    path = "/desk/events",
    tag = "desk",
    responses((status = 200, description = "Conversations in which something happened", body = NewsPage))
)]
pub async fn news(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    if !wants_stream(&headers) {
        let changed = conversations::changed_since(&mut *app.store().read().await?, clock::now() - LATELY).await?;
        let theirs = changed.iter().filter(|changed| is_theirs(&caller.actor, changed));
        let data = theirs.map(data_of).collect();
        return Ok(Json(NewsPage { data, next_cursor: None }).into_response());
    }
    let listening = Listening { news: app.hints().news(), actor: caller.actor, app, seen_at: None };
    let headers = [(CACHE_CONTROL, "no-store"), (X_ACCEL_BUFFERING, "no")];
    let stream = unfold(listening, Listening::next);
    Ok((headers, Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response())
}

/// What happened within the last minute.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewsPage {
    /// Conversations: `{id, status, last_seq}`.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Value>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

const LATELY: SignedDuration = SignedDuration::from_mins(1);

fn is_theirs(actor: &Actor, changed: &Changed) -> bool {
    changed.department.as_ref().is_some_and(|department| actor.may_in(department))
}

fn data_of(changed: &Changed) -> Value {
    json!({ "id": changed.id, "status": changed.status, "last_seq": changed.last_seq })
}

const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How soon a stream notices that the service ends.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is noted that an agent is there.
const SEEN_EVERY: Duration = Duration::from_secs(20);

struct Listening {
    news: broadcast::Receiver<News>,
    actor: Actor,
    app: App,
    seen_at: Option<Instant>,
}

impl Listening {
    async fn next(mut self) -> Option<(Result<sse::Event, Infallible>, Self)> {
        loop {
            if self.app.is_ending() {
                return None;
            }
            if self.seen_at.is_none_or(|seen_at| seen_at.elapsed() > SEEN_EVERY) {
                self.seen_at = Some(Instant::now());
                if let Err(error) = note_seen(&self.app, &self.actor.id, clock::now()).await {
                    tracing::debug!(%error, "an agent is there, and it is not noted");
                }
            }
            let news = match tokio::time::timeout(PATIENCE, self.news.recv()).await {
                Err(_) => continue,
                Ok(Err(RecvError::Closed)) => return None,
                Ok(Err(RecvError::Lagged(_))) => sse::Event::default().event("all").data("{}"),
                Ok(Ok(news)) => match self.told(&news) {
                    Some(news) => news,
                    None => continue,
                },
            };
            return Some((Ok(news), self));
        }
    }

    /// What an agent is told, where it is their business.
    fn told(&self, news: &News) -> Option<sse::Event> {
        match news {
            News::Changed(changed) => is_theirs(&self.actor, changed)
                .then(|| sse::Event::default().event("conversation").data(data_of(changed).to_string())),
            News::Typing { conversation, agent } => {
                let data = json!({ "conversation": conversation }).to_string();
                (*agent == self.actor.id).then(|| sse::Event::default().event("typing").data(data))
            }
        }
    }
}
