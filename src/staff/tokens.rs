//! API tokens: made, with a secret that is shown once, and revoked.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::ids::{new_id, secret_bytes};
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::credential::KeptToken;
use crate::people::role::Permission;
use crate::people::secret::ApiToken;
use crate::staff::accounts::{LONGEST_NAME, is_plain};
use crate::staff::audited::token_line;
use crate::staff::departments;
use crate::staff::failure::Failure;
use crate::store::people::tokens;
use crate::store::{Store, audit};

/// Which token is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: BTreeSet<Permission>,
    /// The departments whose customers and cases it sees; empty for all.
    pub departments: BTreeSet<String>,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// Makes a token.
///
/// # Errors
/// Fails on a field that cannot be, and when it would have more than the actor.
pub async fn create(store: &Store, wanted: &Wanted, by: &By<'_>) -> Result<(KeptToken, ApiToken), Failure> {
    let name = wanted.name.trim();
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) || !is_plain(name) {
        return Err(Failure::invalid("name", "1 to 64 characters on one line"));
    }
    if wanted.scopes.is_empty() {
        return Err(Failure::invalid("scopes", "at least one"));
    }
    if wanted.expires_at.is_some_and(|end| end <= by.now) {
        return Err(Failure::invalid("expires_at", "it lies in the past"));
    }
    if !by.actor.may_grant(&wanted.scopes, &wanted.departments) {
        return Err(Failure::TooMuch);
    }
    let token = KeptToken {
        id: new_id("token"),
        name: name.to_owned(),
        scopes: wanted.scopes.clone(),
        departments: wanted.departments.clone(),
        created_by: by.actor.id.clone(),
        created_at: by.now,
        expires_at: wanted.expires_at,
        revoked_at: None,
        used_at: None,
    };
    let secret = ApiToken::new(secret_bytes()?);
    let mut tx = store.write().await?;
    departments::check(&mut *tx, &wanted.departments).await?;
    tokens::add(&mut *tx, &secret.digest(), &token).await?;
    audit::add(&mut *tx, by.event(Action::TokenCreated, &token.id).after(token_line(&token))).await?;
    tx.commit().await?;
    Ok((token, secret))
}

/// Ends a token, at once.
///
/// # Errors
/// Fails when there is none, or it has been revoked already.
pub async fn revoke(store: &Store, id: &str, by: &By<'_>) -> Result<(), Failure> {
    let mut tx = store.write().await?;
    let token = tokens::get(&mut *tx, id).await?.ok_or(Failure::Unknown("token"))?;
    if !tokens::revoke(&mut *tx, &token.id, by.now).await? {
        return Err(Failure::Unknown("token"));
    }
    audit::add(&mut *tx, by.event(Action::TokenRevoked, &token.id).before(token_line(&token))).await?;
    Ok(tx.commit().await?)
}
