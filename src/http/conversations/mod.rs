//! `/conversations`: a customer talks. Whoever has a conversation's token has that conversation, and no other.

pub mod cases;
pub mod events;
pub mod files;
pub mod identity;
pub mod steps;
pub mod surveys;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::chat::beginning::{Beginning, Opened, begin, begin_once};
use crate::chat::blocks::Writer;
use crate::chat::messages::{Answered, Incoming, MessageView, NotTaken, Origin, handle_message};
use crate::desk::owner::Status;
use crate::http::ask::{check_text, checked_channel};
use crate::http::blocked::{Client, Talking, refuse_blocked};
use crate::http::conversations::identity::verified;
use crate::http::error::{Code, Problem};
use crate::http::extract::{JsonBody, named_segment};
use crate::http::visitors::{count_conversation, count_message};
use crate::people::secret::{ConversationToken, Digest};
use crate::store::conversations::{self, Conversation};
use crate::text::language::LanguageTag;
use crate::text::sensitive::mask;

impl From<NotTaken> for Problem {
    fn from(error: NotTaken) -> Self {
        match error {
            NotTaken::OtherToken => Code::NotFound.into(),
            NotTaken::Closed | NotTaken::SomebodyElse | NotTaken::OtherBeginning | NotTaken::TooManyFiles => {
                Self::new(Code::Conflict).detail(error.to_string())
            }
            NotTaken::OtherText => Self::field("client_id", error.to_string()),
            NotTaken::File(error) => Self::field("body", error.to_string()),
            NotTaken::Store(error) => error.into(),
            NotTaken::Broken(error) => {
                tracing::error!(error, "a message");
                Self::new(Code::Internal)
            }
        }
    }
}

/// The conversation that a request's address and token name.
pub struct Own(pub Conversation);

impl FromRequestParts<App> for Own {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let id = named_segment(parts, app, "id").await?;
        let digest = token_of(parts)?;
        let conversation = conversations::get(&mut *app.store().read().await?, &id).await?;
        // Who has another one's token learns nothing of this one, not even that there is one.
        let own = conversation.filter(|known| Digest::parse(&known.token).is_some_and(|kept| kept == digest));
        own.map(Self).ok_or_else(|| Code::NotFound.into())
    }
}

/// Returns the digest of the token that a request carries.
pub(super) fn token_of(parts: &Parts) -> Result<Digest, Problem> {
    let sent = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token =
        sent.and_then(|sent| sent.strip_prefix("Bearer ")).and_then(|sent| ConversationToken::parse(sent.trim()));
    Ok(token.ok_or(Code::NotSignedIn)?.digest())
}

/// A conversation that begins.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BeginRequest {
    /// The language of all replies (BCP 47); each message's own where it is not given.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
    /// The way in (`web`, `email` …).
    #[schema(pattern = "^[a-z0-9_-]{1,32}$")]
    channel: Option<String>,
    /// What the page calls its visitor: a claim, which opens nothing.
    #[schema(max_length = 200)]
    visitor: Option<String>,
    /// What the page says of itself: its address, the app's version …
    #[schema(value_type = Object)]
    context: Map<String, Value>,
    /// Who talks, by the word of the shop's server: a JWT (HS256) with `sub`, `aud` and `exp` within an hour.
    #[schema(max_length = 4096)]
    identity: Option<String>,
}

/// A conversation that has begun.
#[derive(Serialize, ToSchema)]
pub struct BegunView {
    /// Its id.
    id: String,
    /// What it is reached by, as `Authorization: Bearer`; this answer is the only one that shows it.
    token: String,
    /// Who owns it.
    status: Status,
    /// What was said so far.
    messages: Vec<MessageView>,
}

const LONGEST_VISITOR: usize = 200;
const LARGEST_CONTEXT: usize = 4_000;

/// The name that a client gives to its request, so that it can send it again.
pub(super) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Who guesses one still has to know what was asked for; long ones cannot be guessed.
const KEY_CHARS: std::ops::RangeInclusive<usize> = 16..=200;

fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let Some(sent) = headers.get(&IDEMPOTENCY_KEY) else { return Ok(None) };
    let is_one = |key: &&str| KEY_CHARS.contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    let key = sent.to_str().ok().filter(is_one);
    let (least, most) = (KEY_CHARS.start(), KEY_CHARS.end());
    let told = || Problem::field(IDEMPOTENCY_KEY.as_str(), format!("{least} to {most} characters, drawn at random"));
    key.map(Some).ok_or_else(told)
}

/// What a request that begins a conversation may say besides.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header, which is read by its name")]
struct BeginHeaders {
    /// A name of the client's own, 16 to 200 characters drawn at random.
    #[param(rename = "Idempotency-Key", required = false, pattern = "^[!-~]{16,200}$")]
    idempotency_key: String,
}

/// Begins a conversation.
///
/// Sent again under the same `Idempotency-Key` within a day, the same request gets the same conversation.
#[utoipa::path(
    post,
    path = "/conversations",
    tag = "conversations",
    params(BeginHeaders),
    request_body = BeginRequest,
    responses((status = 201, description = "It has begun", body = BegunView))
)]
pub async fn create(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    JsonBody(request): JsonBody<BeginRequest>,
) -> Result<(StatusCode, Json<BegunView>), Problem> {
    let channel = checked_channel(request.channel.as_deref())?.to_owned();
    if let Some(visitor) = &request.visitor {
        check_text("visitor", visitor, LONGEST_VISITOR)?;
    }
    let key = idempotency_key(&headers)?;
    let identity = request.identity.as_deref().map(|token| verified(&app, token)).transpose()?;
    let visitor = request.visitor.as_deref().map(|visitor| mask(visitor).text);
    let subject = identity.as_ref().map(|identity| identity.subject.as_str());
    refuse_blocked(&app, &Writer { visitor: visitor.as_deref(), subject, ..client.writer() })?;
    let context = json!({ "visitor": visitor, "context": request.context }).to_string();
    if context.len() > LARGEST_CONTEXT {
        return Err(Problem::field("context", format!("at most {LARGEST_CONTEXT} bytes")));
    }
    let language = request.language.map(|language| language.to_string());
    let beginning = Beginning { language, channel, context: mask(&context).text, identity };
    count_conversation(&app, client.bucket)?;
    let Opened { id, token } = match key {
        Some(key) => begin_once(&app, &beginning, key).await?,
        None => begin(&app, &beginning).await?,
    };
    Ok((StatusCode::CREATED, Json(BegunView { id, token, status: Status::Bot, messages: Vec::new() })))
}

/// A customer's message.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MessageRequest {
    /// What was typed; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, examples("我要退款"))]
    text: String,
    /// The client's own name of the message: sent again, it gets the same answer, and nothing happens twice.
    #[schema(min_length = 1, max_length = 64)]
    client_id: String,
}

pub(super) const LONGEST_CLIENT_ID: usize = 64;

/// Takes a message, and answers it.
///
/// What is acknowledged is kept. Sent again under the same `client_id`, a message gets its first result.
#[utoipa::path(
    post,
    path = "/conversations/{id}/messages",
    tag = "conversations",
    params(("id" = String, Path, description = "The conversation's id")),
    request_body = MessageRequest,
    responses(
        (status = 201, description = "Taken and answered", body = Answered),
        (status = 200, description = "It was taken before: its first result", body = Answered),
    )
)]
pub async fn post_message(
    State(app): State<App>,
    Talking(conversation): Talking,
    JsonBody(request): JsonBody<MessageRequest>,
) -> Result<impl IntoResponse, Problem> {
    check_text("text", &request.text, app.config().limits.question_chars)?;
    check_text("client_id", &request.client_id, LONGEST_CLIENT_ID)?;
    count_message(&app, &conversation.id)?;
    let Ok(_permit) = app.admission().try_acquire() else {
        app.metrics().note_refusal("busy");
        return Err(Problem::new(Code::Overloaded).retry_after(RETRY_SECONDS));
    };
    let Conversation { id: conversation, token, .. } = conversation;
    let origin = Origin { conversation, token, client_id: mask(&request.client_id).text };
    let incoming = Incoming { origin, text: request.text };
    let there = app.clone();
    // To the end, also when whoever asked goes away meanwhile.
    let taken = tokio::spawn(async move { handle_message(&there, &incoming).await });
    let (result, is_new) = taken.await.map_err(|_| Code::Internal)??;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, [(CONTENT_TYPE, "application/json")], result))
}

/// Seconds after which a client may try again when everything is busy.
pub(super) const RETRY_SECONDS: u64 = 1;
