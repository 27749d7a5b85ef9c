//! Accounts: invited, changed, shut and opened, given another way in.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::ids::new_id;
use crate::people::account::{Account, AccountId, check_change};
use crate::people::account_name::AccountName;
use crate::people::audit::Action;
use crate::people::by::By;
use crate::people::role::{Role, permissions_of};
use crate::staff::audited::account_line;
use crate::staff::departments;
use crate::staff::failure::Failure;
use crate::staff::links::{self, HandedOut, SHORT, add_checked, for_account};
use crate::store::database::Transaction;
use crate::store::people::{accounts, sessions};
use crate::store::{Store, audit};

/// Who is to join.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// The name to sign in with.
    pub name: AccountName,
    /// What people see; the name where nothing is said.
    pub display_name: Option<String>,
    /// What they are to be.
    pub roles: BTreeSet<Role>,
    /// The departments whose customers and cases they see; empty for all.
    pub departments: BTreeSet<String>,
}

/// Adds an account without a password, with a link by which its holder sets one.
///
/// # Errors
/// Fails when the name is taken, a field cannot be, or it would have more than the actor.
pub async fn invite(
    store: &Store,
    invitation: &Invitation,
    good_for: SignedDuration,
    by: &By<'_>,
) -> Result<(Account, HandedOut), Failure> {
    let display_name = match &invitation.display_name {
        Some(display_name) => checked_display_name(display_name)?,
        None => invitation.name.to_string(),
    };
    let account = Account {
        id: AccountId(new_id("user")),
        name: invitation.name.clone(),
        display_name,
        roles: invitation.roles.clone(),
        departments: invitation.departments.clone(),
        password_hash: None,
        totp: None,
        disabled: false,
        created_at: by.now,
        version: 1,
    };
    check_reach(by, &account)?;
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    departments::check(&mut *tx, &account.departments).await?;
    add_checked(&mut *tx, &account).await?;
    audit::add(&mut *tx, by.event(Action::UserCreated, &account.id.0).after(account_line(&account))).await?;
    let link = for_account(&mut *tx, &account, good_for, by).await?;
    tx.commit().await?;
    Ok((account, link))
}

/// What is to change of an account; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// What people see.
    pub display_name: Option<String>,
    /// What its holder is.
    pub roles: Option<BTreeSet<Role>>,
    /// The departments whose customers and cases its holder sees; empty for all.
    pub departments: Option<BTreeSet<String>>,
    /// Whether nobody may sign in with it.
    pub disabled: Option<bool>,
}

/// Which version of an account is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The one that was read; a later one is somebody else's change.
    Version(u64),
    /// Whichever there is.
    Any,
}

/// Changes an account and returns it. Who is shut out is out at once.
///
/// # Errors
/// Fails when there is no such account, it has changed meanwhile, nobody could manage accounts any more, a field cannot
/// be, or more is at stake than the actor has.
pub async fn change(
    store: &Store,
    id: &AccountId,
    expected: Expected,
    change: &Change,
    by: &By<'_>,
) -> Result<Account, Failure> {
    let display_name = change.display_name.as_deref().map(checked_display_name).transpose()?;
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let before = accounts::get(&mut *tx, id).await?.ok_or(Failure::Unknown("account"))?;
    if let Expected::Version(version) = expected
        && version != before.version
    {
        return Err(Failure::Stale);
    }
    let mut after = Account {
        display_name: display_name.unwrap_or_else(|| before.display_name.clone()),
        roles: change.roles.clone().unwrap_or_else(|| before.roles.clone()),
        departments: change.departments.clone().unwrap_or_else(|| before.departments.clone()),
        disabled: change.disabled.unwrap_or(before.disabled),
        ..before.clone()
    };
    check_reach(by, &before)?;
    check_reach(by, &after)?;
    // Those that it has may be gone since.
    departments::check(&mut *tx, &after.departments.difference(&before.departments).cloned().collect()).await?;
    check_change(&accounts::list(&mut *tx).await?, &after)?;
    if after == before {
        return Ok(before);
    }
    after.version = accounts::change(&mut *tx, &after).await?;
    write_down(&mut *tx, &before, &after, by).await?;
    if after.disabled {
        sessions::end_all(&mut *tx, id).await?;
        crate::store::people::links::end_all(&mut *tx, id).await?;
    }
    tx.commit().await?;
    Ok(after)
}

async fn write_down(tx: &mut dyn Transaction, before: &Account, after: &Account, by: &By<'_>) -> Result<(), Failure> {
    let id = after.id.0.as_str();
    let switched = match (before.disabled, after.disabled) {
        (false, true) => Some(Action::UserDisabled),
        (true, false) => Some(Action::UserEnabled),
        _ => None,
    };
    let otherwise = Account { disabled: before.disabled, version: before.version, ..after.clone() };
    if otherwise != *before {
        let event = by.event(Action::UserChanged, id);
        audit::add(tx, event.before(account_line(before)).after(account_line(&otherwise))).await?;
    }
    if let Some(action) = switched {
        audit::add(tx, by.event(action, id)).await?;
    }
    Ok(())
}

/// What is taken away besides when somebody gets another way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Nothing.
    Nothing,
    /// The authenticator, which was lost with the codes on paper.
    SecondFactor,
}

/// Hands out a link by which an account's holder sets another password; the present one counts until then.
///
/// # Errors
/// Fails when there is no such account, it is shut, or it has more than the actor.
pub async fn reset(
    store: &Store,
    id: &AccountId,
    taking: Taking,
    by: &By<'_>,
) -> Result<(Account, HandedOut), Failure> {
    let mut tx = store.write().await?;
    accounts::turn(&mut *tx).await?;
    let mut account = accounts::get(&mut *tx, id).await?.ok_or(Failure::Unknown("account"))?;
    if account.disabled {
        return Err(Failure::invalid("disabled", "nobody signs in with a disabled account; enable it first"));
    }
    check_reach(by, &account)?;
    if taking == Taking::SecondFactor && account.totp.take().is_some() {
        accounts::put_secrets(&mut *tx, &account).await?;
        let event = by.event(Action::SecondFactorChanged, &account.id.0);
        audit::add(&mut *tx, event.after(serde_json::json!({ "authenticator": false }))).await?;
    }
    let link = links::for_account(&mut *tx, &account, SHORT, by).await?;
    tx.commit().await?;
    Ok((account, link))
}

/// Nobody gives more than they have, nor takes over an account that has more.
fn check_reach(by: &By<'_>, account: &Account) -> Result<(), Failure> {
    let reaches = by.actor.may_grant(&permissions_of(&account.roles), &account.departments);
    if reaches { Ok(()) } else { Err(Failure::TooMuch) }
}

/// The longest name of something that people see.
pub(crate) const LONGEST_NAME: usize = 64;

/// Checks a name that people see: 1 to 64 characters on one line.
///
/// # Errors
/// Fails on any other.
pub fn checked_display_name(typed: &str) -> Result<String, Failure> {
    let name = typed.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && is_plain(name);
    if fits { Ok(name.to_owned()) } else { Err(Failure::invalid("display_name", "1 to 64 characters on one line")) }
}

/// Control characters break lines of lists; the marks of direction make one name look like another.
pub(crate) fn is_plain(text: &str) -> bool {
    let turns =
        |c: char| matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}');
    !text.chars().any(|c| c.is_control() || turns(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_people_see_is_one_line() {
        for (typed, expected) in [
            (" 李小龙 ", Some("李小龙")),
            ("Ann O'Brien 😀", Some("Ann O'Brien 😀")),
            ("", None),
            ("   ", None),
            ("a\nb", None),
            ("a\u{0}", None),
            ("ann\u{202E}nimda", None),
        ] {
            assert_eq!(checked_display_name(typed).ok().as_deref(), expected, "{typed:?}");
        }
        assert!(checked_display_name(&"长".repeat(64)).is_ok() && checked_display_name(&"长".repeat(65)).is_err());
    }
}
