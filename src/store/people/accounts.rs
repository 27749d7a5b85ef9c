//! Accounts. Whoever changes one takes the turn first, so that what was checked before a change still holds with it.

use crate::people::account::{Account, AccountId, SecondFactor};
use crate::people::account_name::AccountName;
use crate::people::password::PasswordHash;
use crate::people::secret::Digest;
use crate::people::totp::TotpSecret;
use crate::store::database::{Row, Transaction, Value};
use crate::store::error::StoreError;
use crate::store::people::{corrupt, from_json, json};
use crate::store::{millis, time};

/// Takes the turn to change accounts: whoever comes second waits here until the first has committed, and sees what it did.
///
/// # Errors
/// Fails when the database does.
pub async fn turn(tx: &mut dyn Transaction) -> Result<(), StoreError> {
    tx.execute("UPDATE serials SET value = value + 1 WHERE name = 'accounts'", &[]).await.map(drop)
}

/// Adds an account.
///
/// # Errors
/// Fails with a conflict when another has its id or name, and when the database does.
pub async fn add(tx: &mut dyn Transaction, account: &Account) -> Result<(), StoreError> {
    let sql = format!("INSERT INTO accounts ({ACCOUNT}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
    let (secrets, version) = (secrets_of(account)?, i64::try_from(account.version).map_err(corrupt)?);
    let head = [
        account.id.0.as_str().into(),
        account.name.as_str().into(),
        account.display_name.as_str().into(),
        json(&account.roles)?.into(),
        json(&account.departments)?.into(),
    ];
    let tail = [account.disabled.into(), millis(account.created_at).into(), version.into()];
    let values: Vec<Value> = head.into_iter().chain(secrets).chain(tail).collect();
    tx.execute(&sql, &values).await.map(drop)
}

/// Changes what administrators change of an account, which was read in the version that it says, and returns its new version.
///
/// # Errors
/// Fails with a conflict when it has another version by now or another account has the name, and when the database does.
pub async fn change(tx: &mut dyn Transaction, account: &Account) -> Result<u64, StoreError> {
    let sql = "UPDATE accounts SET name = $1, display_name = $2, roles = $3, departments = $4, disabled = $5, \
               version = version + 1 WHERE id = $6 AND version = $7";
    let values = [
        account.name.as_str().into(),
        account.display_name.as_str().into(),
        json(&account.roles)?.into(),
        json(&account.departments)?.into(),
        account.disabled.into(),
        account.id.0.as_str().into(),
        i64::try_from(account.version).map_err(corrupt)?.into(),
    ];
    if tx.execute(sql, &values).await? == 1 { Ok(account.version + 1) } else { Err(StoreError::Conflict) }
}

/// Stores an account's password and second factor. Its version stays: signing in with a code must not make an
/// administrator's edit stale.
///
/// # Errors
/// Fails when the database does.
pub async fn put_secrets(tx: &mut dyn Transaction, account: &Account) -> Result<(), StoreError> {
    let sql = "UPDATE accounts SET password_hash = $1, totp_secret = $2, totp_step = $3, recovery = $4 WHERE id = $5";
    let mut values = secrets_of(account)?.to_vec();
    values.push(account.id.0.as_str().into());
    tx.execute(sql, &values).await.map(drop)
}

fn secrets_of(account: &Account) -> Result<[Value; 4], StoreError> {
    let totp = account.totp.as_ref();
    let recovery: Vec<&str> = totp.iter().flat_map(|totp| &totp.recovery_codes).map(Digest::as_str).collect();
    let last_step = totp.and_then(|totp| totp.last_step).map(i64::try_from).transpose().map_err(corrupt)?;
    Ok([
        account.password_hash.as_ref().map(|hash| hash.as_str().to_owned()).into(),
        totp.map(|totp| totp.secret.as_bytes().to_vec()).into(),
        last_step.into(),
        json(&recovery)?.into(),
    ])
}

/// Returns an account by its id.
///
/// # Errors
/// Fails when the database does.
pub async fn get(tx: &mut dyn Transaction, id: &AccountId) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE id = $1");
    tx.rows(&sql, &[id.0.as_str().into()]).await?.first().map(account).transpose()
}

/// Returns an account by a name, folded, which may be one that nobody can have.
///
/// # Errors
/// Fails when the database does.
pub async fn by_name(tx: &mut dyn Transaction, name: &str) -> Result<Option<Account>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE name = $1");
    tx.rows(&sql, &[name.replace('\0', " ").into()]).await?.first().map(account).transpose()
}

/// Returns all accounts in the order of their names.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<Account>, StoreError> {
    let rows = tx.rows(&format!("SELECT {ACCOUNT} FROM accounts"), &[]).await?;
    let mut accounts: Vec<Account> = rows.iter().map(account).collect::<Result<_, _>>()?;
    // Not by the database: each sorts texts in its own way.
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(accounts)
}

/// Says whether there is any account.
///
/// # Errors
/// Fails when the database does.
pub async fn any(tx: &mut dyn Transaction) -> Result<bool, StoreError> {
    Ok(!tx.rows("SELECT 1 AS one FROM accounts LIMIT 1", &[]).await?.is_empty())
}

const ACCOUNT: &str = "id, name, display_name, roles, departments, password_hash, totp_secret, totp_step, recovery, \
                       disabled, created_at, version";

fn account(row: &Row) -> Result<Account, StoreError> {
    Ok(Account {
        id: AccountId(row.text(0)?),
        name: AccountName::parse(&row.text(1)?).map_err(corrupt)?,
        display_name: row.text(2)?,
        roles: from_json(&row.text(3)?)?,
        departments: from_json(&row.text(4)?)?,
        password_hash: row.optional_text(5)?.map(PasswordHash::from_stored),
        totp: second_factor(row)?,
        disabled: row.boolean(9)?,
        created_at: time(row.integer(10)?)?,
        version: u64::try_from(row.integer(11)?).map_err(corrupt)?,
    })
}

fn second_factor(row: &Row) -> Result<Option<SecondFactor>, StoreError> {
    let Some(secret) = row.optional_bytes(6)? else { return Ok(None) };
    let recovery: Vec<String> = from_json(&row.text(8)?)?;
    let digest = |text: &String| Digest::parse(text).ok_or_else(|| corrupt("a recovery code's digest is none"));
    Ok(Some(SecondFactor {
        secret: totp_secret(secret)?,
        last_step: row.optional_integer(7)?.map(u64::try_from).transpose().map_err(corrupt)?,
        recovery_codes: recovery.iter().map(digest).collect::<Result<_, _>>()?,
    }))
}

/// An authenticator's secret from a row.
pub(super) fn totp_secret(bytes: Vec<u8>) -> Result<TotpSecret, StoreError> {
    let bytes = <[u8; 20]>::try_from(bytes).map_err(|_| corrupt("an authenticator's secret of another length"))?;
    Ok(TotpSecret::new(bytes))
}
