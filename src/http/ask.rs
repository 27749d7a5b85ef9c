//! `POST /ask`: one question, answered without a conversation.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::assistant::turn::{Message, ModelVector, Turn};
use crate::http::error::Problem;
use crate::http::extract::JsonBody;
use crate::http::list::{checked_limit, whole_number};
use crate::http::work::{Cost, on_live};
use crate::knowledge::entry::Audience;
use crate::questions::{Became, Question};
use crate::text::language::LanguageTag;
use crate::text::sensitive::mask;

/// A question.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// What the customer typed; at most 2,000 characters.
    #[schema(min_length = 1, max_length = 2000, examples("退款多久到账？"))]
    question: String,
    /// The reply's language (BCP 47); the question's own where it is not given. One that we lack falls back.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", examples("zh-CN"))]
    language: Option<LanguageTag>,
    /// The way in (`web`, `email` …): some entries are for some channels only.
    #[schema(pattern = "^[a-z0-9_-]{1,32}$", examples("web"))]
    channel: Option<String>,
    /// Who asks, where that is known.
    audience: Option<CustomerKind>,
    /// How many candidates are listed, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    #[serde(default, deserialize_with = "whole_number")]
    limit: Option<u32>,
    /// Whether the reply says why.
    #[serde(default)]
    explain: bool,
}

/// Which kind of customer asks. What is for agents alone needs the agents' desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum CustomerKind {
    /// Somebody who pays.
    Buyer,
    /// Somebody who is paid.
    Merchant,
}

impl CustomerKind {
    /// Returns the audience of entries that it is.
    pub fn audience(self) -> Audience {
        match self {
            CustomerKind::Buyer => Audience::Buyer,
            CustomerKind::Merchant => Audience::Merchant,
        }
    }
}

/// Candidates that a request may ask for.
const MOST_CANDIDATES: usize = 50;

/// The channel of a request that names none.
pub const WEB: &str = "web";

const LONGEST_CHANNEL: usize = 32;

/// Answers a question.
///
/// Rules, stored phrasings, an intent classifier and the index say what the question is about; the reply is what an editor
/// wrote about it, a question back, the beginning of a flow, a hand-off to a person, or an honest "I don't know".
/// The same request at the same instant on the same revision gets the same bytes.
#[utoipa::path(
    post,
    path = "/ask",
    tag = "questions",
    request_body = AskRequest,
    responses((status = 200, description = "What is said about the question", body = Turn))
)]
pub async fn ask(State(app): State<App>, JsonBody(request): JsonBody<AskRequest>) -> Result<Json<Turn>, Problem> {
    check_text("question", &request.question, app.config().limits.question_chars)?;
    let channel = checked_channel(request.channel.as_deref())?.to_owned();
    let limit = checked_limit(request.limit, app.config().answers.limit, MOST_CANDIDATES)?;
    let cost = if request.explain { Cost::Large } else { Cost::of_text(&request.question) };
    // The snapshot is chosen afterwards: the model knows no revisions.
    let vector = match app.embeddings() {
        Some(embeddings) => embeddings.question(&mask(&request.question).text).await,
        None => None,
    };
    let (turn, text, channel) = on_live(&app, cost, move |view| {
        let message = Message {
            language: request.language.as_ref(),
            channel: &channel,
            audience: request.audience.map(CustomerKind::audience),
            limit,
            explain: request.explain,
            model: vector.as_deref().map_or(ModelVector::Unheard, ModelVector::Given),
            ..view.message(&request.question)
        };
        let turn = view.snapshot.answer(&message, view.now);
        (turn, request.question, channel)
    })
    .await?;
    app.metrics().note_answer(turn.decision);
    let (language, outcome) = (turn.reply.language.to_string(), turn.outcome());
    app.note_question(|| Question { text, language, channel, became: Became::Said(outcome) });
    Ok(Json(turn))
}

/// Checks that a text is there and not too long.
pub(crate) fn check_text(field: &str, text: &str, most_chars: usize) -> Result<(), Problem> {
    if text.is_empty() {
        return Err(Problem::field(field, "must not be empty"));
    }
    if text.chars().nth(most_chars).is_some() {
        return Err(Problem::field(field, format!("at most {most_chars} characters")));
    }
    Ok(())
}

pub(crate) fn checked_channel(channel: Option<&str>) -> Result<&str, Problem> {
    let channel = channel.unwrap_or(WEB);
    let fits = (1..=LONGEST_CHANNEL).contains(&channel.len())
        && channel.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    if fits { Ok(channel) } else { Err(Problem::field("channel", "1 to 32 of a-z, 0-9, _ and -")) }
}
