//! Keeps out who may not write. Whoever is blocked can go on reading.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::app::App;
use crate::chat::blocks::Writer;
use crate::clock;
use crate::http::client::{Peer, bucket_of};
use crate::http::conversations::Own;
use crate::http::error::{Code, Problem};
use crate::store::conversations::Conversation;

/// The client that a request comes from, where that is known.
#[derive(Clone, Copy, Debug)]
pub struct Client {
    /// Its address.
    address: Option<IpAddr>,
    /// What counts as one client.
    pub bucket: Option<IpAddr>,
}

impl Client {
    fn of(app: &App, parts: &Parts) -> Self {
        let peer = parts.extensions.get::<Peer>().map(|peer| peer.0.ip());
        let address = peer.map(|peer| app.clients().address(peer, &parts.headers));
        Self { address, bucket: address.map(bucket_of) }
    }

    /// Returns it as somebody who writes.
    pub fn writer<'w>(&self) -> Writer<'w> {
        Writer { address: self.address, client: self.bucket, ..Writer::default() }
    }
}

impl FromRequestParts<App> for Client {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        Ok(Self::of(app, parts))
    }
}

/// The conversation that a request's address and token name, for who may write in it.
pub struct Talking(pub Conversation);

impl FromRequestParts<App> for Talking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Own(conversation) = Own::from_request_parts(parts, app).await?;
        let looks = app.blocks().look_at_visitors();
        let visitor = looks.then(|| claimed_visitor(&conversation)).flatten();
        let writer = Writer {
            visitor: visitor.as_deref(),
            subject: conversation.subject.as_deref(),
            conversation: Some(&conversation.id),
            ..Client::of(app, parts).writer()
        };
        refuse_blocked(app, &writer)?;
        Ok(Self(conversation))
    }
}

/// What the page has called its visitor, as it is kept.
fn claimed_visitor(conversation: &Conversation) -> Option<String> {
    let context: serde_json::Value = serde_json::from_str(&conversation.context).ok()?;
    context["visitor"].as_str().map(ToOwned::to_owned)
}

/// Lets through who may write.
///
/// # Errors
/// Fails for who may not; nobody is told why.
pub fn refuse_blocked(app: &App, writer: &Writer<'_>) -> Result<(), Problem> {
    if app.blocks().hold(writer, clock::now()) {
        app.metrics().note_refusal("blocked");
        return Err(Code::Blocked.into());
    }
    Ok(())
}
