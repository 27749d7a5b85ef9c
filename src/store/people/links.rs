//! One-time links, by the digests of their secrets.

use jiff::Timestamp;

use crate::people::account::AccountId;
use crate::people::credential::{KeptLink, LinkPurpose};
use crate::people::secret::Digest;
use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::people::corrupt;
use crate::store::{millis, time};

/// Adds a link; those that were handed out for the same account before are good for nothing any more.
///
/// # Errors
/// Fails when the database does.
pub async fn replace(tx: &mut dyn Transaction, digest: &Digest, link: &KeptLink) -> Result<(), StoreError> {
    match &link.account {
        Some(account) => end_all(tx, account).await?,
        None => tx.execute("DELETE FROM links WHERE account IS NULL", &[]).await.map(drop)?,
    }
    let sql = format!("INSERT INTO links (digest, {LINK}) VALUES ($1, $2, $3, $4)");
    let values = [
        digest.as_str().into(),
        link.purpose.name().into(),
        link.account.as_ref().map(|account| account.0.clone()).into(),
        millis(link.expires_at).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a link that has not ended, and leaves it.
///
/// # Errors
/// Fails when the database does.
pub async fn find(tx: &mut dyn Transaction, digest: &Digest, now: Timestamp) -> Result<Option<KeptLink>, StoreError> {
    let sql = format!("SELECT {LINK} FROM links WHERE digest = $1 AND expires_at > $2");
    tx.rows(&sql, &[digest.as_str().into(), millis(now).into()]).await?.first().map(link).transpose()
}

/// Takes a link that has not ended: of those who come with the same one, one gets it.
///
/// # Errors
/// Fails when the database does.
pub async fn take(tx: &mut dyn Transaction, digest: &Digest, now: Timestamp) -> Result<Option<KeptLink>, StoreError> {
    let sql = format!("DELETE FROM links WHERE digest = $1 AND expires_at > $2 RETURNING {LINK}");
    tx.rows(&sql, &[digest.as_str().into(), millis(now).into()]).await?.first().map(link).transpose()
}

/// Ends the links of an account.
///
/// # Errors
/// Fails when the database does.
pub async fn end_all(tx: &mut dyn Transaction, account: &AccountId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM links WHERE account = $1", &[account.0.as_str().into()]).await.map(drop)
}

const LINK: &str = "purpose, account, expires_at";

fn link(row: &Row) -> Result<KeptLink, StoreError> {
    Ok(KeptLink {
        purpose: row.text(0)?.parse::<LinkPurpose>().map_err(corrupt)?,
        account: row.optional_text(1)?.map(AccountId),
        expires_at: time(row.integer(2)?)?,
    })
}
