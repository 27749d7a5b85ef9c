//! API tokens, by the digests of their secrets. One that was revoked stays in the list, as the audit speaks of it.

use jiff::Timestamp;

use crate::people::credential::KeptToken;
use crate::people::secret::Digest;
use crate::store::database::{Row, Transaction};
use crate::store::error::StoreError;
use crate::store::people::{from_json, json};
use crate::store::{millis, time};

/// Adds a token.
///
/// # Errors
/// Fails when the database does.
pub async fn add(tx: &mut dyn Transaction, digest: &Digest, token: &KeptToken) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO tokens (digest, {TOKEN}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    let values = [
        digest.as_str().into(),
        token.id.as_str().into(),
        token.name.as_str().into(),
        json(&token.scopes)?.into(),
        json(&token.departments)?.into(),
        token.created_by.as_str().into(),
        millis(token.created_at).into(),
        token.expires_at.map(millis).into(),
        token.revoked_at.map(millis).into(),
        token.used_at.map(millis).into(),
    ];
    tx.execute(&sql, &values).await.map(drop)
}

/// Returns a token by the digest of its secret, whether it has ended or not.
///
/// # Errors
/// Fails when the database does.
pub async fn find(tx: &mut dyn Transaction, digest: &Digest) -> Result<Option<KeptToken>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM tokens WHERE digest = $1");
    tx.rows(&sql, &[digest.as_str().into()]).await?.first().map(token).transpose()
}

/// Returns a token by its id.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &str) -> Result<Option<KeptToken>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM tokens WHERE id = $1");
    tx.rows(&sql, &[id.replace('\0', " ").into()]).await?.first().map(token).transpose()
}

/// Returns all tokens, the newest first.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<KeptToken>, StoreError> {
    let sql = format!("SELECT {TOKEN} FROM tokens ORDER BY created_at DESC, id");
    tx.rows(&sql, &[]).await?.iter().map(token).collect()
}

/// Ends a token; false when it has been revoked already, or is none.
///
/// # Errors
/// Fails when the database does.
pub async fn revoke(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(sql, &[millis(now).into(), id.into()]).await? == 1)
}

/// Notes that a token is in use.
///
/// # Errors
/// Fails when the database does.
pub async fn note_use(tx: &mut dyn Transaction, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE tokens SET used_at = $1 WHERE id = $2 AND (used_at IS NULL OR used_at < $1)";
    tx.execute(sql, &[millis(now).into(), id.into()]).await.map(drop)
}

const TOKEN: &str = "id, name, scopes, departments, created_by, created_at, expires_at, revoked_at, used_at";

fn token(row: &Row) -> Result<KeptToken, StoreError> {
    Ok(KeptToken {
        id: row.text(0)?,
        name: row.text(1)?,
        scopes: from_json(&row.text(2)?)?,
        departments: from_json(&row.text(3)?)?,
        created_by: row.text(4)?,
        created_at: time(row.integer(5)?)?,
        expires_at: row.optional_integer(6)?.map(time).transpose()?,
        revoked_at: row.optional_integer(7)?.map(time).transpose()?,
        used_at: row.optional_integer(8)?.map(time).transpose()?,
    })
}
