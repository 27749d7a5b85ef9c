//! Somebody's account, and which changes to accounts would leave nobody to undo them. Knows no store and no session.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use thiserror::Error;

use crate::people::account_name::AccountName;
use crate::people::actor::{Actor, ActorKind};
use crate::people::password::PasswordHash;
use crate::people::role::{Permission, Role, permissions_of};
use crate::people::secret::Digest;
use crate::people::totp::TotpSecret;

/// The id of an account; it stays when the name changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub String);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What its holder signs in with.
    pub name: AccountName,
    /// What people see.
    pub display_name: String,
    /// What its holder is here.
    pub roles: BTreeSet<Role>,
    /// The departments whose customers and cases its holder sees; empty for all.
    pub departments: BTreeSet<String>,
    /// What is kept of the password; `None` until the holder has set one by a one-time link.
    pub password_hash: Option<PasswordHash>,
    /// The authenticator; `None` when there is none.
    pub totp: Option<SecondFactor>,
    /// Whether nobody may sign in with it.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often it has been changed; a change of an older version is refused.
    pub version: u64,
}

/// An authenticator, and the codes for when it is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret it shares with the service.
    pub secret: TotpSecret,
    /// The last step whose code was used.
    pub last_step: Option<u64>,
    /// What is kept of the recovery codes that are left.
    pub recovery_codes: Vec<Digest>,
}

impl Account {
    /// Returns its holder as an actor, with what the roles bring now; a disabled account may nothing.
    pub fn actor(&self) -> Actor {
        let permissions = if self.disabled { BTreeSet::new() } else { permissions_of(&self.roles) };
        Actor {
            kind: ActorKind::User,
            id: self.id.0.clone(),
            name: self.display_name.clone(),
            permissions,
            departments: self.departments.clone(),
        }
    }

    /// Says whether its holder can sign in and change any account. Somebody who has not set a password cannot yet.
    pub fn is_able_admin(&self) -> bool {
        self.password_hash.is_some() && self.actor().may(Permission::PeopleManage)
    }
}

/// Why a change to the accounts is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refused {
    /// Another account has the name.
    #[error("another account has the name {0}")]
    NameTaken(AccountName),
    /// Nobody could manage accounts any more.
    #[error("the last administrator who can sign in must stay one")]
    LastAdmin,
}

/// Checks that an account may be added, or may replace the one with its id.
pub fn check_change(accounts: &[Account], changed: &Account) -> Result<(), Refused> {
    let others = || accounts.iter().filter(|account| account.id != changed.id);
    if others().any(|account| account.name == changed.name) {
        return Err(Refused::NameTaken(changed.name.clone()));
    }
    let had_admin = accounts.iter().any(Account::is_able_admin);
    let has_admin = changed.is_able_admin() || others().any(Account::is_able_admin);
    if had_admin && !has_admin { Err(Refused::LastAdmin) } else { Ok(()) }
}

/// Checks that an account may be taken away.
pub fn check_removal(accounts: &[Account], removed: &AccountId) -> Result<(), Refused> {
    let is_lost = |account: &Account| account.id == *removed && account.is_able_admin();
    let stays = accounts.iter().any(|account| account.id != *removed && account.is_able_admin());
    if accounts.iter().any(is_lost) && !stays { Err(Refused::LastAdmin) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(name: &str, roles: &[Role]) -> Account {
        Account {
            id: AccountId(format!("user_{name}")),
            name: AccountName::parse(name).unwrap(),
            display_name: name.to_owned(),
            roles: roles.iter().copied().collect(),
            departments: BTreeSet::new(),
            password_hash: Some(PasswordHash::from_stored("$argon2id$moss".to_owned())),
            totp: None,
            disabled: false,
            created_at: Timestamp::UNIX_EPOCH,
            version: 1,
        }
    }

    fn admin(name: &str) -> Account {
        account(name, &[Role::Admin])
    }

    fn agent(name: &str) -> Account {
        account(name, &[Role::Agent])
    }

    fn disabled(account: Account) -> Account {
        Account { disabled: true, ..account }
    }

    fn invited(account: Account) -> Account {
        Account { password_hash: None, ..account }
    }

    fn in_risk(account: Account) -> Account {
        Account { departments: BTreeSet::from(["risk".to_owned()]), ..account }
    }

    #[test]
    fn the_last_administrator_who_can_sign_in_stays() {
        for (accounts, changed, expected) in [
            (vec![], invited(admin("ann")), Ok(())),
            (vec![invited(admin("ann"))], admin("ann"), Ok(())),
            (vec![admin("ann")], agent("ann"), Err(Refused::LastAdmin)),
            (vec![admin("ann")], disabled(admin("ann")), Err(Refused::LastAdmin)),
            (vec![admin("ann")], in_risk(admin("ann")), Ok(())),
            (vec![admin("ann")], account("ann", &[Role::Admin, Role::Agent]), Ok(())),
            (vec![admin("ann")], agent("bob"), Ok(())),
            (vec![admin("ann"), admin("bob")], disabled(admin("ann")), Ok(())),
            (vec![admin("ann"), disabled(admin("bob"))], agent("ann"), Err(Refused::LastAdmin)),
            (vec![admin("ann"), invited(admin("bob"))], agent("ann"), Err(Refused::LastAdmin)),
            (vec![admin("ann"), agent("bob")], disabled(agent("bob")), Ok(())),
        ] {
            assert_eq!(check_change(&accounts, &changed), expected, "{accounts:?} then {changed:?}");
        }
    }

    #[test]
    fn the_last_administrator_is_not_taken_away() {
        let ann = AccountId("user_ann".to_owned());
        for (accounts, expected) in [
            (vec![], Ok(())),
            (vec![admin("ann")], Err(Refused::LastAdmin)),
            (vec![admin("ann"), agent("bob")], Err(Refused::LastAdmin)),
            (vec![admin("ann"), admin("bob")], Ok(())),
            (vec![agent("ann"), admin("bob")], Ok(())),
        ] {
            assert_eq!(check_removal(&accounts, &ann), expected, "{accounts:?}");
        }
    }

    #[test]
    fn two_accounts_have_two_names() {
        let taken = Account { id: AccountId("user_2".to_owned()), ..agent("ann") };
        assert_eq!(check_change(&[admin("ann")], &taken), Err(Refused::NameTaken(taken.name.clone())));
    }

    #[test]
    fn a_role_takes_effect_at_once_and_a_disabled_account_may_nothing() {
        let senior = in_risk(account("ann", &[Role::Senior]));
        assert!(senior.actor().may(Permission::CasesApprove) && !senior.actor().may_in("legal"));
        assert!(!in_risk(agent("ann")).actor().may(Permission::CasesApprove));
        assert!(disabled(admin("ann")).actor().permissions.is_empty());
    }

    #[test]
    fn debug_shows_no_secret() {
        let totp =
            SecondFactor { secret: TotpSecret::new(*b"moss on forty steps."), last_step: None, recovery_codes: vec![] };
        let shown = format!("{:?}", Account { totp: Some(totp), ..admin("ann") });
        assert!(!shown.contains("moss") && !shown.contains("argon2") && !shown.contains("109, 111, 115"), "{shown}");
    }
}
