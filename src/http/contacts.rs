//! `POST /contacts/verify`: is this number, address, mailbox or account ours?

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::desk::contacts::{Verdict, verify};
use crate::http::ask::check_text;
use crate::http::error::Problem;
use crate::http::extract::JsonBody;
use crate::http::work::{Cost, on_live};
use crate::text::language::LanguageTag;

/// A contact that somebody is not sure of.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// A telephone number, web address, mailbox, account, or a sentence that names some.
    #[schema(min_length = 1, max_length = 500, examples("+86 400 000 0000"))]
    contact: String,
    /// The language of the advice; Chinese where it is not given.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
}

/// What the list of official contacts says.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerifyReply {
    /// Whether it is on the list.
    verdict: VerdictName,
    /// What to do, as editors wrote it. A listed contact can be faked too: the advice never promises that it was not.
    advice: String,
    /// The language of the advice.
    language: String,
}

/// Whether a contact is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerdictName {
    /// It is on the list.
    Listed,
    /// It is not on the list.
    NotListed,
    /// It is not on the list, but was made to look so.
    LookAlike,
}

impl From<Verdict> for VerdictName {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Listed => Self::Listed,
            Verdict::NotListed => Self::NotListed,
            Verdict::LookAlike => Self::LookAlike,
        }
    }
}

/// Characters of a contact, at most.
pub const LONGEST_CONTACT: usize = 500;

/// Looks a contact up in the official list.
///
/// Look-alikes are recognised: sub-domain tricks, other scripts' letters and punycode, a login before an @, one digit or
/// letter changed.
#[utoipa::path(
    post,
    path = "/contacts/verify",
    tag = "service",
    request_body = VerifyRequest,
    responses((status = 200, description = "What the list says", body = VerifyReply))
)]
pub async fn verify_contact(
    State(app): State<App>,
    JsonBody(request): JsonBody<VerifyRequest>,
) -> Result<Json<VerifyReply>, Problem> {
    check_text("contact", &request.contact, LONGEST_CONTACT)?;
    let reply = on_live(&app, Cost::Small, move |view| {
        let content = view.snapshot.assistant.content();
        let verdict = verify(&request.contact, &content.contacts);
        let language = request.language.unwrap_or_else(LanguageTag::zh_cn);
        let composer = view.composer(&language);
        let advice = composer.localised(content.texts.get(verdict.advice()));
        VerifyReply { verdict: verdict.into(), advice: advice.text, language: advice.language }
    });
    Ok(Json(reply.await?))
}
