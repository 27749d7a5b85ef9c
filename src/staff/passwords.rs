//! A password is changed by its holder, who knows the present one.

use crate::people::account::Account;
use crate::people::account_name::AccountName;
use crate::people::actor::Actor;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::password::Password;
use crate::people::secret::Digest;
use crate::people::weakness::{WeakPassword, check_strength};
use crate::staff::failure::Failure;
use crate::staff::hashing::Hashing;
use crate::staff::proof::{Again, Origin, prove_again, still_there};
use crate::store::people::{accounts, sessions};
use crate::store::{Store, audit};

/// Checks a new password of somebody who goes by these names.
pub(crate) fn check_new(password: &Password, name: &AccountName, display_name: &str) -> Result<(), WeakPassword> {
    check_strength(password, &[name.as_str(), display_name])
}

/// Changes a password and ends the account's other sessions, which somebody else may have begun.
///
/// # Errors
/// Fails when the present one is wrong, and on a new one that would be guessed.
pub async fn change(
    store: &Store,
    hashing: &Hashing,
    account: &Account,
    session: &Digest,
    (present, new): (&Password, &Password),
    origin: &Origin<'_>,
) -> Result<(), Failure> {
    prove_again(store, hashing, account, Again::Password(present), origin).await?;
    check_new(new, &account.name, &account.display_name)?;
    let hash = hashing.hash(new).await?;
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let account = Account { password_hash: Some(hash), ..still_there(&mut *tx, account).await? };
    accounts::put_secrets(&mut *tx, &account).await?;
    let n_ended = sessions::end_others(&mut *tx, &account.id, session).await?;
    let actor = account.actor();
    let by = own(&actor, origin);
    let event = by.event(Action::PasswordChanged, &account.id.0);
    audit::add(&mut *tx, event.after(serde_json::json!({ "sessions_ended": n_ended }))).await?;
    Ok(tx.commit().await?)
}

/// An account's holder acts on it.
pub(crate) fn own<'a>(actor: &'a Actor, origin: &Origin<'a>) -> By<'a> {
    By { actor, address: Some(origin.address), now: origin.now }
}
