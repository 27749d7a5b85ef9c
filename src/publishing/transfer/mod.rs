//! Import and export: content between the store and what people carry it in. The command and the API call this; formats are
//! `exchange`'s business.

mod export;
mod faults;
pub mod folder;
mod import;
mod plan;

use std::fmt;
use std::str::FromStr;

use anyhow::Context;

pub use crate::publishing::transfer::export::{Exported, Exporting, Payload, export};
pub use crate::publishing::transfer::import::{Carried, ImportReport, Importing, import};

use crate::exchange;
use crate::files;
use crate::knowledge::content::SourceFile;
use crate::publishing::refusal::Refusal;
use crate::publishing::{Publisher, proposal};
use crate::store::drafts::{self, Change, ChangeSet};
use crate::store::revisions;

/// A format that content is carried in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// All files as editors write them.
    Folder,
    /// The entries alone, in one file.
    Entries(exchange::Format),
}

/// The name of the format that is a folder.
const FOLDER: &str = "folder";

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder => f.write_str(FOLDER),
            Self::Entries(format) => format.fmt(f),
        }
    }
}

/// There is no format of this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no format; one of {FOLDER}, {names}", names = exchange::Format::names())]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if name == FOLDER {
            return Ok(Self::Folder);
        }
        name.parse().map(Self::Entries).map_err(|_| UnknownFormat(name.to_owned()))
    }
}

/// Which content is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// What is live; before the first publication what would be published first: the folders, else the sample.
    Live,
    /// What is live with a change set laid over it; the only open one where none is named.
    Draft {
        /// Its id.
        change_set: Option<String>,
    },
}

/// Content as it stands.
pub struct Standing {
    /// The live revision below it; `None` before the first publication.
    pub live: Option<String>,
    /// The change set that is laid over it.
    pub change_set: Option<ChangeSet>,
    /// What the change set changes.
    pub changes: Vec<Change>,
    /// All files, in the order of their paths.
    pub files: Vec<SourceFile>,
}

/// Takes content as it stands.
///
/// # Errors
/// Fails when the store does, when the folders that stand for it cannot be read, and when there is no such change set.
pub async fn standing(publisher: &Publisher, which: &Which) -> anyhow::Result<Standing> {
    let mut tx = publisher.store().read().await?;
    let live = revisions::live(&mut *tx).await?.map(|live| live.revision);
    let change_set = match which {
        Which::Live => None,
        Which::Draft { change_set } => {
            anyhow::ensure!(live.is_some(), Refusal::new("nothing has been published that a draft could change"));
            Some(proposal::change_set(&mut *tx, change_set.as_deref()).await?)
        }
    };
    let changes = match &change_set {
        Some(set) => drafts::changes(&mut *tx, &set.id).await?,
        None => Vec::new(),
    };
    let files = match &live {
        Some(live) => proposal::laid_over(&mut *tx, &changes, live).await?,
        None => files::read(&publisher.config().content).context("nothing is published yet")?.0,
    };
    Ok(Standing { live, change_set, changes, files })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_called_by_name() {
        for name in ["folder", "csv", "xlsx", "jsonl", "table", "qnamaker", "rasa"] {
            assert_eq!(name.parse::<Format>().unwrap().to_string(), name);
        }
        let error = "word".parse::<Format>().unwrap_err().to_string();
        assert!(error.contains("\"word\"") && error.contains("folder"), "{error}");
    }
}
