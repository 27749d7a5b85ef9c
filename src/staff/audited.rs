//! What the audit shows of accounts and tokens.

use serde_json::{Value, json};

use crate::people::account::Account;
use crate::people::credential::KeptToken;

/// What the audit shows of an account.
pub fn account_line(account: &Account) -> Value {
    json!({
        "name": account.name,
        "display_name": account.display_name,
        "roles": account.roles,
        "departments": account.departments,
        "disabled": account.disabled,
    })
}

/// What the audit shows of a token.
pub fn token_line(token: &KeptToken) -> Value {
    json!({
        "name": token.name,
        "scopes": token.scopes,
        "departments": token.departments,
        "expires_at": token.expires_at,
    })
}
