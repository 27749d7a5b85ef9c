//! One-time links: handed out, and what whoever has one does with it.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::ids::{new_id, secret_bytes};
use crate::people::account::{Account, AccountId, check_change};
use crate::people::account_name::AccountName;
use crate::people::actor::Actor;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::credential::{KeptLink, LinkPurpose};
use crate::people::password::Password;
use crate::people::role::Role;
use crate::people::secret::LinkToken;
use crate::staff::accounts::checked_display_name;
use crate::staff::audited::account_line;
use crate::staff::failure::Failure;
use crate::staff::hashing::Hashing;
use crate::staff::passwords::check_new;
use crate::store::database::Transaction;
use crate::store::people::{accounts, links, sessions};
use crate::store::{Store, audit};

/// How long a link for the first account, or for another password, is good: whoever asked for it is at hand.
pub const SHORT: SignedDuration = SignedDuration::from_hours(24);

/// A link that was handed out; its secret is shown this once.
#[derive(Debug)]
pub struct HandedOut {
    /// The secret.
    pub token: LinkToken,
    /// What it is good for.
    pub purpose: LinkPurpose,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl HandedOut {
    /// Returns the page that takes the secret, which stands behind the `#`: browsers send that to nobody.
    pub fn path(&self) -> String {
        let task = match self.purpose {
            LinkPurpose::FirstAdmin => "setup",
            LinkPurpose::Invitation | LinkPurpose::Reset => "join",
        };
        format!("/console#{task}={}", self.token.expose())
    }
}

/// Hands out a link; an earlier one for the same account ends.
pub(crate) async fn hand_out(
    tx: &mut dyn Transaction,
    purpose: LinkPurpose,
    account: Option<&AccountId>,
    good_for: SignedDuration,
    by: &By<'_>,
) -> Result<HandedOut, Failure> {
    let token = LinkToken::new(secret_bytes()?);
    let expires_at = by.now + good_for;
    links::replace(tx, &token.digest(), &KeptLink { purpose, account: account.cloned(), expires_at }).await?;
    let subject = account.map_or(purpose.name(), |account| &account.0);
    let event = by.event(Action::LinkCreated, subject);
    audit::add(tx, event.after(json!({ "purpose": purpose, "expires_at": expires_at }))).await?;
    Ok(HandedOut { token, purpose, expires_at })
}

/// Hands out the link for the first account, where there is no account; the one handed out before ends.
///
/// # Errors
/// Fails when the store does.
pub async fn first_admin(store: &Store, now: Timestamp) -> Result<Option<HandedOut>, Failure> {
    if accounts::any(&mut *store.read().await?).await? {
        return Ok(None);
    }
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    if accounts::any(&mut *tx).await? {
        return Ok(None);
    }
    let actor = Actor::system("serve");
    let by = By { actor: &actor, address: None, now };
    let link = hand_out(&mut *tx, LinkPurpose::FirstAdmin, None, SHORT, &by).await?;
    tx.commit().await?;
    Ok(Some(link))
}

/// What whoever has the link for the first account says about it.
#[derive(Clone, Debug)]
pub struct Founder {
    /// The name to sign in with.
    pub name: AccountName,
    /// What people see; the name where nothing is said.
    pub display_name: Option<String>,
    /// The password.
    pub password: Password,
}

/// Makes the first account, an administrator's.
///
/// # Errors
/// Fails with a dead link as soon as there is an account, and on a password that would be guessed.
pub async fn set_up(
    store: &Store,
    hashing: &Hashing,
    link: &str,
    founder: &Founder,
    address: &str,
    now: Timestamp,
) -> Result<Account, Failure> {
    let digest = LinkToken::parse(link).ok_or(Failure::DeadLink)?.digest();
    let mut tx = store.read().await?;
    let is_good = links::find(&mut *tx, &digest, now).await?.is_some_and(|link| is_for_first(&link));
    if !is_good || accounts::any(&mut *tx).await? {
        return Err(Failure::DeadLink);
    }
    drop(tx);
    let display_name = match &founder.display_name {
        Some(display_name) => checked_display_name(display_name)?,
        None => founder.name.to_string(),
    };
    check_new(&founder.password, &founder.name, &display_name)?;
    let account = Account {
        id: AccountId(new_id("user")),
        name: founder.name.clone(),
        display_name,
        roles: BTreeSet::from([Role::Admin]),
        departments: BTreeSet::new(),
        password_hash: Some(hashing.hash(&founder.password).await?),
        totp: None,
        disabled: false,
        created_at: now,
        version: 1,
    };
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let is_good = links::take(&mut *tx, &digest, now).await?.is_some_and(|link| is_for_first(&link));
    if !is_good || accounts::any(&mut *tx).await? {
        return Err(Failure::DeadLink);
    }
    accounts::add(&mut *tx, &account).await?;
    let actor = account.actor();
    let by = By { actor: &actor, address: Some(address), now };
    audit::add(&mut *tx, by.event(Action::UserCreated, &account.id.0).after(account_line(&account))).await?;
    tx.commit().await?;
    Ok(account)
}

fn is_for_first(link: &KeptLink) -> bool {
    link.purpose == LinkPurpose::FirstAdmin
}

/// Sets the password of whoever was invited, or whose password is reset, and ends their sessions.
///
/// # Errors
/// Fails on a link that is good for nothing any more, and on a password that would be guessed; then the link stays.
pub async fn join(
    store: &Store,
    hashing: &Hashing,
    link: &str,
    password: &Password,
    display_name: Option<&str>,
    address: &str,
    now: Timestamp,
) -> Result<Account, Failure> {
    let digest = LinkToken::parse(link).ok_or(Failure::DeadLink)?.digest();
    let mut tx = store.read().await?;
    let found = links::find(&mut *tx, &digest, now).await?.ok_or(Failure::DeadLink)?;
    let account = whose(&mut *tx, &found).await?;
    drop(tx);
    let display_name = display_name.map(checked_display_name).transpose()?;
    check_new(password, &account.name, display_name.as_deref().unwrap_or(&account.display_name))?;
    let hash = hashing.hash(password).await?;

    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let taken = links::take(&mut *tx, &digest, now).await?.ok_or(Failure::DeadLink)?;
    let before = whose(&mut *tx, &taken).await?;
    let mut account = Account { password_hash: Some(hash), ..before.clone() };
    accounts::put_secrets(&mut *tx, &account).await?;
    sessions::end_all(&mut *tx, &account.id).await?;
    let actor = account.actor();
    let by = By { actor: &actor, address: Some(address), now };
    let event = by.event(Action::PasswordChanged, &account.id.0).after(json!({ "by": taken.purpose }));
    audit::add(&mut *tx, event).await?;
    if let Some(display_name) = display_name.filter(|display_name| *display_name != before.display_name) {
        account.display_name = display_name;
        account.version = accounts::change(&mut *tx, &account).await?;
        let event = by.event(Action::UserChanged, &account.id.0);
        audit::add(&mut *tx, event.before(account_line(&before)).after(account_line(&account))).await?;
    }
    tx.commit().await?;
    Ok(account)
}

async fn whose(tx: &mut dyn Transaction, link: &KeptLink) -> Result<Account, Failure> {
    let (Some(id), LinkPurpose::Invitation | LinkPurpose::Reset) = (&link.account, link.purpose) else {
        return Err(Failure::DeadLink);
    };
    let account = accounts::get(tx, id).await?;
    account.filter(|account| !account.disabled).ok_or(Failure::DeadLink)
}

/// Hands out a link by which somebody sets a password: the first one, or another.
pub(crate) async fn for_account(
    tx: &mut dyn Transaction,
    account: &Account,
    good_for: SignedDuration,
    by: &By<'_>,
) -> Result<HandedOut, Failure> {
    let purpose = if account.password_hash.is_none() { LinkPurpose::Invitation } else { LinkPurpose::Reset };
    hand_out(tx, purpose, Some(&account.id), good_for, by).await
}

/// Adds an account, after checking it against the others, in a transaction that has taken the turn.
pub(crate) async fn add_checked(tx: &mut dyn Transaction, account: &Account) -> Result<(), Failure> {
    check_change(&accounts::list(tx).await?, account)?;
    Ok(accounts::add(tx, account).await?)
}
