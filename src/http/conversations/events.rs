//! What happened in a conversation: its messages, and all of its events, as a page or as a stream that goes on.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::chat::hints::Watching;
use crate::http::conversations::Own;
use crate::http::error::{Code, Problem};
use crate::http::extract::Query;
use crate::http::list::checked_limit;
use crate::http::visitors::{CountedStream, count_stream};
use crate::store::conversations::{self, Event};
use crate::store::error::StoreError;

/// From where on.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AfterQuery {
    /// What comes after this number; all where none is given.
    #[param(minimum = 0)]
    after: Option<u32>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

const DEFAULT_EVENTS: usize = 100;
const MOST_EVENTS: usize = 200;

/// A page of what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    /// In order.
    #[schema(value_type = Vec<Object>)]
    data: Vec<Value>,
    /// The number to go on after; null at the end.
    next_cursor: Option<String>,
}

/// An event as clients see it.
#[derive(Debug, Serialize)]
struct EventView<'e> {
    seq: i64,
    r#type: &'e str,
    at: Timestamp,
    data: &'e RawValue,
}

fn view(event: &Event) -> Result<String, serde_json::Error> {
    let Event { seq, kind, at, data } = event;
    serde_json::to_string(&EventView { seq: *seq, r#type: kind, at: *at, data: serde_json::from_str(data)? })
}

/// Lists the messages of a conversation.
#[utoipa::path(
    get,
    path = "/conversations/{id}/messages",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id"), AfterQuery),
    responses((status = 200, description = "Messages, in order", body = Page))
)]
pub async fn messages(
    State(app): State<App>,
    Own(own): Own,
    Query(query): Query<AfterQuery>,
) -> Result<Json<Page>, Problem> {
    let (events, next_cursor) = page(&app, &own.id, &query).await?;
    let messages = events.iter().filter(|event| event.kind == MESSAGE);
    let data = messages.map(|event| serde_json::from_str(&event.data)).collect::<Result<_, _>>().map_err(broken)?;
    Ok(Json(Page { data, next_cursor }))
}

const MESSAGE: &str = "message";

async fn page(app: &App, id: &str, query: &AfterQuery) -> Result<(Vec<Event>, Option<String>), Problem> {
    let limit = checked_limit(query.limit, DEFAULT_EVENTS, MOST_EVENTS)?;
    let after = query.after.unwrap_or_default().into();
    let mut events = conversations::events(&mut *app.store().read().await?, id, after, limit as i64 + 1).await?;
    let has_more = events.len() > limit;
    events.truncate(limit);
    let next_cursor = events.last().filter(|_| has_more).map(|last| last.seq.to_string());
    Ok((events, next_cursor))
}

/// A page of all that happened in a conversation.
pub(in crate::http) async fn event_page(app: &App, id: &str, query: &AfterQuery) -> Result<Page, Problem> {
    let (events, next_cursor) = page(app, id, query).await?;
    let shown = |event: &Event| view(event).and_then(|text| serde_json::from_str(&text));
    let data = events.iter().map(shown).collect::<Result<_, _>>().map_err(broken)?;
    Ok(Page { data, next_cursor })
}

fn broken(error: serde_json::Error) -> Problem {
    tracing::error!(%error, "an event that is kept cannot be read");
    Code::Internal.into()
}

/// Lists what happened, or with `Accept: text/event-stream` tells of it as it happens.
///
/// The stream's `id` is the event's number; `Last-Event-ID` goes on after it.
#[utoipa::path(
    get,
    path = "/conversations/{id}/events",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id"), AfterQuery),
    responses((status = 200, description = "Events, in order", body = Page))
)]
pub async fn events(
    State(app): State<App>,
    Own(own): Own,
    headers: HeaderMap,
    Query(query): Query<AfterQuery>,
) -> Result<Response, Problem> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if !wants_stream(&headers) {
        return Ok(Json(event_page(&app, &own.id, &query).await?).into_response());
    }
    let last = header("last-event-id").and_then(|last| last.trim().parse().ok());
    let after = last.unwrap_or_else(|| query.after.unwrap_or_default().into());
    let counted = count_stream(&app, &own.id)?;
    let watched = app.hints().watch(&own.id);
    let (id, token, waiting) = (own.id, own.token, VecDeque::new());
    let n_typed = watched.typed().count;
    let stream = unfold(Stream { app, id, token, after, watched, n_typed, waiting, _counted: counted }, Stream::next);
    // Proxies must not gather what is meant to arrive.
    let headers = [(CACHE_CONTROL, "no-store"), (X_ACCEL_BUFFERING, "no")];
    Ok((headers, Sse::new(stream).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))).into_response())
}

/// Says whether a client asks for a stream.
pub(in crate::http) fn wants_stream(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/event-stream"))
}

pub(in crate::http) const X_ACCEL_BUFFERING: axum::http::HeaderName =
    axum::http::HeaderName::from_static("x-accel-buffering");
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// How soon a stream notices that the service ends.
const PATIENCE: Duration = Duration::from_secs(1);

/// Events read at once.
const BATCH: i64 = 100;

struct Stream {
    app: App,
    id: String,
    after: i64,
    watched: Arc<Watching>,
    /// How often an agent had typed when that was last told.
    n_typed: u64,
    waiting: VecDeque<Event>,
    /// The digest of the token that it was opened with.
    token: String,
    _counted: CountedStream,
}

impl Stream {
    async fn next(mut self) -> Option<(Result<sse::Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.after = event.seq;
                let data = view(&event).ok()?;
                return Some((Ok(sse::Event::default().id(event.seq.to_string()).event(&event.kind).data(data)), self));
            }
            if self.app.is_ending() {
                return None;
            }
            let watched = Arc::clone(&self.watched);
            let told = watched.notify.notified();
            tokio::pin!(told);
            // From here on nothing is missed, whatever happens between reading and waiting.
            told.as_mut().enable();
            let typed = watched.typed();
            if typed.count != self.n_typed {
                self.n_typed = typed.count;
                let data = json!({ "author": "agent", "name": typed.name }).to_string();
                return Some((Ok(sse::Event::default().event("typing").data(data)), self));
            }
            match self.read().await {
                Ok(Reading::Over) => return None,
                Ok(Reading::On) if self.waiting.is_empty() => {
                    while tokio::time::timeout(PATIENCE, told.as_mut()).await.is_err() {
                        if self.app.is_ending() {
                            return None;
                        }
                    }
                }
                Ok(Reading::On) => {}
                // The client comes again, and goes on where it was.
                Err(error) => {
                    tracing::debug!(%error, "a stream ends");
                    return None;
                }
            }
        }
    }

    async fn read(&mut self) -> Result<Reading, StoreError> {
        let mut tx = self.app.store().read().await?;
        // Whoever had the conversation before its visitor was known does not hear what they say now.
        let conversation = conversations::get(&mut *tx, &self.id).await?;
        if conversation.is_none_or(|conversation| conversation.token != self.token) {
            return Ok(Reading::Over);
        }
        self.waiting.extend(conversations::events(&mut *tx, &self.id, self.after, BATCH).await?);
        Ok(Reading::On)
    }
}

/// Whether a stream goes on.
enum Reading {
    On,
    Over,
}

/// The transcript of a conversation, to be kept by the customer.
#[utoipa::path(
    get,
    path = "/conversations/{id}/transcript",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    responses((status = 200, description = "What was said, as text", body = String, content_type = "text/plain"))
)]
pub async fn transcript(State(app): State<App>, Own(own): Own) -> Result<impl IntoResponse, Problem> {
    let (mut after, mut text) = (0, String::new());
    loop {
        let events = conversations::events(&mut *app.store().read().await?, &own.id, after, BATCH).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in events.iter().filter(|event| event.kind == MESSAGE) {
            let message: Value = serde_json::from_str(&event.data).map_err(broken)?;
            let part = |key: &str| message[key].as_str().unwrap_or_default().to_owned();
            text.push_str(&format!("{}  {}\n{}\n\n", event.at, part("author"), part("text")));
        }
    }
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"conversation.txt\""),
    ];
    Ok((headers, text))
}
