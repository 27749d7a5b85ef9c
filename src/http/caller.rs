//! Who is asking: the holder of a session's cookie, or a program with an API token.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::http::error::{Code, Problem};
use crate::http::whence::{Whence, refuse_other_sites};
use crate::people::account::Account;
use crate::people::actor::Actor;
use crate::people::by::By;
use crate::people::credential::KeptSession;
use crate::people::secret::{ApiToken, Digest, SessionToken, csrf_token, is_csrf_token};
use crate::store::error::StoreError;
use crate::store::people::{sessions, tokens};

/// Who is asking.
#[derive(Clone, Debug)]
pub struct Caller {
    /// With all that they may do, as of this request.
    pub actor: Actor,
    /// Where the request comes from.
    pub whence: Whence,
    /// The session; a program has none.
    pub session: Option<CurrentSession>,
}

/// The session of a request.
#[derive(Clone, Debug)]
pub struct CurrentSession {
    /// Its holder's account.
    pub account: Account,
    /// What is kept of it.
    pub kept: KeptSession,
    /// Under what.
    pub digest: Digest,
    /// What its pages send back with every change.
    pub csrf_token: String,
}

/// What a page of a session sends back with every change.
pub const CSRF_HEADER: &str = "x-csrf-token";

impl Caller {
    /// Returns what the audit needs to know.
    pub fn by(&self, now: Timestamp) -> By<'_> {
        By { actor: &self.actor, address: Some(&self.whence.address), now }
    }

    /// Finds out who is asking. A wrong token is not made good by a cookie.
    ///
    /// # Errors
    /// Fails when nobody has signed in, on a change that no page of the session has sent, and when the store does.
    pub async fn identify(
        app: &App,
        method: &Method,
        headers: &HeaderMap,
        whence: Whence,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        match headers.get(AUTHORIZATION) {
            Some(value) => {
                let (scheme, secret) = value.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
                let token = ApiToken::parse(secret.trim()).filter(|_| scheme.eq_ignore_ascii_case("bearer"));
                let actor = of_token(app, &token.ok_or(Code::NotSignedIn)?.digest(), now).await?;
                Ok(Self { actor, whence, session: None })
            }
            None => {
                let token = whence.session_cookie(headers).and_then(SessionToken::parse).ok_or(Code::NotSignedIn)?;
                let session = of_session(app, &token, now).await?;
                if !method.is_safe() {
                    check_page(&token, headers)?;
                }
                Ok(Self { actor: session.account.actor(), whence, session: Some(session) })
            }
        }
    }
}

async fn of_token(app: &App, digest: &Digest, now: Timestamp) -> Result<Actor, Problem> {
    let token = tokens::find(&mut *app.store().read().await?, digest).await?;
    let token = token.filter(|token| !token.is_over(now)).ok_or(Code::NotSignedIn)?;
    if token.is_to_be_noted(now) {
        let noted = async {
            let mut tx = app.store().write().await?;
            tokens::note_use(&mut *tx, &token.id, now).await?;
            tx.commit().await
        };
        log_unnoted(noted.await);
    }
    Ok(token.actor())
}

async fn of_session(app: &App, token: &SessionToken, now: Timestamp) -> Result<CurrentSession, Problem> {
    let digest = token.digest();
    let longest_idle = SignedDuration::from_mins(app.config().people.idle_minutes.into());
    let found = sessions::find(&mut *app.store().read().await?, &digest).await?;
    let counts = |(kept, account): &(KeptSession, Account)| !kept.is_over(now, longest_idle) && !account.disabled;
    let (kept, account) = found.filter(counts).ok_or(Code::NotSignedIn)?;
    if kept.is_to_be_noted(now) {
        let noted = async {
            let mut tx = app.store().write().await?;
            sessions::note_use(&mut *tx, &digest, now).await?;
            tx.commit().await
        };
        log_unnoted(noted.await);
    }
    Ok(CurrentSession { account, kept, digest, csrf_token: csrf_token(token) })
}

/// Who only reads can go on when nothing can be written.
fn log_unnoted(noted: Result<(), StoreError>) {
    if let Err(error) = noted {
        tracing::warn!(%error, "that somebody is active is not noted");
    }
}

fn check_page(token: &SessionToken, headers: &HeaderMap) -> Result<(), Problem> {
    refuse_other_sites(headers)?;
    let sent = headers.get(CSRF_HEADER).and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    if is_csrf_token(token, sent) {
        return Ok(());
    }
    Err(Problem::new(Code::Csrf)
        .detail("X-CSRF-Token is missing or of another session; GET /api/v1/auth/session has it"))
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| Code::NotSignedIn.into())
    }
}

/// A caller with a session: a person, whose password can be asked for.
#[derive(Debug)]
pub struct Person {
    /// Who and where from.
    pub whence: Whence,
    /// As whom.
    pub actor: Actor,
    /// In which session.
    pub session: CurrentSession,
}

impl Person {
    /// Returns what the audit needs to know.
    pub fn by(&self, now: Timestamp) -> By<'_> {
        By { actor: &self.actor, address: Some(&self.whence.address), now }
    }
}

impl FromRequestParts<App> for Person {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Caller { actor, whence, session } = Caller::from_request_parts(parts, app).await?;
        let session = session.ok_or_else(|| Problem::new(Code::NotAllowed).detail("a program has no session"))?;
        Ok(Self { whence, actor, session })
    }
}
