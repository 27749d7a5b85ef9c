//! Who talks becomes known: once, from nobody in particular to one customer, and the conversation gets another token.

use serde_json::json;

use crate::app::App;
use crate::chat::beginning::Opened;
use crate::chat::messages::{NotTaken, broken};
use crate::clock;
use crate::ids::secret_bytes;
use crate::people::identity::{CustomerRole, Identity};
use crate::people::secret::ConversationToken;
use crate::store::conversations::{self, Conversation, Identified};
use crate::store::error::StoreError;
use crate::store::idempotency;
use crate::text::sensitive::mask;

/// Attempts where the conversation changes meanwhile.
const MOST_ATTEMPTS: usize = 8;

/// Notes who talks; returns what opens the conversation from now on. What opened it before does so no more.
///
/// # Errors
/// Fails when somebody else talks there, and when the store does.
pub async fn identify(app: &App, id: &str, identity: &Identity) -> Result<Opened, NotTaken> {
    let kept = kept_identity(identity)?;
    for _ in 0..MOST_ATTEMPTS {
        let token = ConversationToken::new(secret_bytes().map_err(broken)?);
        let digest = token.digest();
        let mut tx = app.store().write().await?;
        let Conversation { version, subject, .. } = conversations::get(&mut *tx, id).await?.ok_or(NotTaken::Closed)?;
        if subject.is_some_and(|subject| subject != identity.subject) {
            return Err(NotTaken::SomebodyElse);
        }
        let (subject, now) = (&identity.subject, clock::now());
        let who = Identified { version, subject, identity: &kept, token: digest.as_str(), now };
        match conversations::identify(&mut *tx, id, &who).await {
            Err(StoreError::Conflict) => continue,
            identified => identified?,
        }
        idempotency::forget_of(&mut *tx, id).await?;
        tx.commit().await?;
        // Streams that were opened with the token before end.
        app.hints().tell(id);
        return Ok(Opened { id: id.to_owned(), token: token.expose().to_owned() });
    }
    Err(StoreError::Conflict.into())
}

/// What is kept of an identity besides its subject, as JSON text.
pub(super) fn kept_identity(identity: &Identity) -> Result<String, NotTaken> {
    let Identity { subject: _, name, role, account } = identity;
    let masked = |text: &Option<String>| text.as_ref().map(|text| mask(text).text);
    serde_json::to_string(&json!({ "name": masked(name), "role": role, "account": masked(account) })).map_err(broken)
}

/// Whether a conversation's customer is known to pay or to be paid.
pub(super) fn role_of(conversation: &Conversation) -> Option<CustomerRole> {
    let kept: serde_json::Value = serde_json::from_str(conversation.identity.as_deref()?).ok()?;
    serde_json::from_value(kept["role"].clone()).ok()?
}
