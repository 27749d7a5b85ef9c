//! What those who work here, and their programs, are called: nothing else of them is read.

use crate::store::database::Transaction;
use crate::store::error::StoreError;

/// What an account or a token is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffName {
    /// Its id.
    pub id: String,
    /// What people see.
    pub display_name: String,
}

/// Returns the names of all accounts and tokens, also of those that have ended, in the order of their ids.
///
/// # Errors
/// Fails when the database does.
pub async fn list(tx: &mut dyn Transaction) -> Result<Vec<StaffName>, StoreError> {
    let mut names = Vec::new();
    for row in tx.rows("SELECT id, display_name, name FROM accounts", &[]).await? {
        let (id, mut display_name, sign_in_name) = (row.text(0)?, row.text(1)?, row.text(2)?);
        // Whoever was given no name is shown by the one they sign in with, which may be an address.
        if display_name == sign_in_name {
            display_name = sign_in_name.split('@').find(|part| !part.is_empty()).unwrap_or(&sign_in_name).to_owned();
        }
        names.push(StaffName { id, display_name });
    }
    for row in tx.rows("SELECT id, name FROM tokens", &[]).await? {
        names.push(StaffName { id: row.text(0)?, display_name: row.text(1)? });
    }
    // Not by the database: each sorts texts in its own way.
    names.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(names)
}
