//! What the API shows of accounts and links.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::people::account::Account;
use crate::people::role::Role;
use crate::staff::links::HandedOut;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Its id.
    id: String,
    /// What its holder signs in with.
    name: String,
    /// What people see.
    display_name: String,
    /// What its holder is here.
    roles: BTreeSet<Role>,
    /// The departments whose customers and cases its holder sees; empty for all.
    departments: BTreeSet<String>,
    /// Whether nobody may sign in with it.
    disabled: bool,
    /// Whether its holder has set a password by the link of the invitation.
    has_joined: bool,
    /// Whether signing in needs an authenticator's code.
    has_second_factor: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Its version, as `If-Match` takes it.
    version: u64,
}

impl From<&Account> for AccountView {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.0.clone(),
            name: account.name.to_string(),
            display_name: account.display_name.clone(),
            roles: account.roles.clone(),
            departments: account.departments.clone(),
            disabled: account.disabled,
            has_joined: account.password_hash.is_some(),
            has_second_factor: account.totp.is_some(),
            created_at: account.created_at,
            version: account.version,
        }
    }
}

/// A one-time link; this answer is the only one that shows it.
#[derive(Serialize, ToSchema)]
pub struct LinkView {
    /// The page that takes it; without a host where `[server] public_url` is not set.
    url: String,
    /// The secret alone, as `POST /auth/join` takes it.
    link: String,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl LinkView {
    /// Shows a link that was handed out, below the address under which the service is reached.
    pub fn of(base: &str, link: &HandedOut) -> Self {
        Self {
            url: format!("{base}{}", link.path()),
            link: link.token.expose().to_owned(),
            expires_at: link.expires_at,
        }
    }
}

/// All there is; a list that is never longer than one page.
#[derive(Debug, Serialize, ToSchema)]
pub struct Whole<T> {
    /// The items.
    pub data: Vec<T>,
    /// Null: there is no other page.
    #[schema(value_type = Option<String>)]
    pub next_cursor: (),
}

impl<T> Whole<T> {
    /// Shows all items.
    pub fn of(items: impl Iterator<Item = T>) -> Self {
        Self { data: items.collect(), next_cursor: () }
    }
}
