//! The departments that accounts and tokens are held to: those that editors wrote, where they wrote any.

use std::collections::BTreeSet;

use crate::knowledge::content::SourceFile;
use crate::knowledge::{ReadOptions, read};
use crate::staff::accounts::{LONGEST_NAME, is_plain};
use crate::staff::failure::Failure;
use crate::store::database::Transaction;
use crate::store::revisions;

const MOST: usize = 50;
const PATH: &str = "knowledge-base/departments.yaml";

/// Checks the keys of departments against those that are live.
///
/// # Errors
/// Fails on one that there is not, on too many, and when the store does.
pub(crate) async fn check(tx: &mut dyn Transaction, wanted: &BTreeSet<String>) -> Result<(), Failure> {
    let fits = |key: &String| (1..=LONGEST_NAME).contains(&key.chars().count()) && is_plain(key);
    if wanted.len() > MOST || !wanted.iter().all(fits) {
        return Err(Failure::invalid("departments", "at most 50 keys of departments.yaml, each of 1 to 64 characters"));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let known = known(tx).await?;
    match wanted.iter().find(|key| !known.is_empty() && !known.contains(*key)) {
        None => Ok(()),
        Some(unknown) => {
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            Err(Failure::invalid("departments", format!("there is no \"{unknown}\"; the departments are {known}")))
        }
    }
}

/// Returns the keys of the live departments.
async fn known(tx: &mut dyn Transaction) -> Result<BTreeSet<String>, Failure> {
    let Some(live) = revisions::live(tx).await? else { return Ok(BTreeSet::new()) };
    let Some(bytes) = revisions::file(tx, &live.revision, PATH).await? else { return Ok(BTreeSet::new()) };
    let (content, _) = read(vec![SourceFile { path: PATH.to_owned(), bytes }], &ReadOptions::default());
    Ok(content.departments.into_keys().collect())
}
