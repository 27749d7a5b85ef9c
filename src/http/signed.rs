//! A JSON body that another program has signed: read whole, verified, then parsed.

use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::clock;
use crate::http::error::{Code, Problem};
use crate::http::extract::{json_bytes, parse_json};
use crate::people::signature::Signed;

/// A body with its signature, verified with the secret of the operator's system.
#[derive(Debug)]
pub struct SignedBody<T> {
    /// The name of the message: sent again, it is the same.
    pub id: String,
    /// What it says.
    pub body: T,
}

/// The longest name of a message.
const LONGEST_ID: usize = 128;

impl<T: DeserializeOwned> FromRequest<App> for SignedBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        // Without a secret nobody can have signed anything.
        let secret = app.config().operator.secret.clone().ok_or(Code::NotSignedIn)?;
        let headers = request.headers().clone();
        let header = |name| header(&headers, name);
        let bytes = json_bytes(request, app).await?;
        let signed = Signed {
            id: header("webhook-id")?,
            timestamp: header("webhook-timestamp")?,
            signatures: header("webhook-signature")?,
        };
        if signed.id.len() > LONGEST_ID || !secret.verifies(signed, &bytes, clock::now()) {
            return Err(Code::NotSignedIn.into());
        }
        let body = parse_json(&bytes, app.config().limits.json_depth)?;
        Ok(Self { id: signed.id.to_owned(), body })
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Problem> {
    let value = headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
    value.ok_or_else(|| Code::NotSignedIn.into())
}
