//! From the editors' folders to the live revision: read, check, compile beside the live one, swap. What has a fault changes
//! nothing.

pub mod senses;
pub mod watch;

use std::path::Path;
use std::sync::Arc;

use crate::app::App;
use crate::artefacts;
use crate::config::ContentConfig;
use crate::files::{self, Origin};
use crate::knowledge::content::Content;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{ReadOptions, read};
use crate::snapshot::revision_of;

/// The content of the folders (else the sample), with its faults and its revision.
pub struct Loaded {
    /// What could be read.
    pub content: Content,
    /// Every fault.
    pub diagnostics: Vec<Diagnostic>,
    /// The content's hash.
    pub revision: String,
    /// Where it came from.
    pub origin: Origin,
}

impl Loaded {
    /// Returns the faults that keep the content from going live.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Reads and checks the content.
///
/// # Errors
/// Fails when a file cannot be read.
pub fn load(config: &ContentConfig, options: &ReadOptions) -> anyhow::Result<Loaded> {
    let (files, origin) = files::read(config)?;
    let revision = revision_of(&files);
    let (content, diagnostics) = read(files, options);
    Ok(Loaded { content, diagnostics, revision, origin })
}

/// How an attempt to publish ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Publication {
    /// The folders hold what is live.
    Unchanged,
    /// This revision is live now.
    Published {
        /// The content's hash.
        revision: String,
    },
    /// Nothing changed: the content has errors.
    Refused {
        /// These.
        errors: Vec<Diagnostic>,
    },
    /// Nothing changed: the folders cannot be read.
    Failed {
        /// Why.
        reason: String,
    },
}

/// Publishes the folders; blocks while it compiles.
pub fn publish_folders(app: &App, data: &Path) -> Publication {
    let publication = attempt(app, data).unwrap_or_else(|error| Publication::Failed { reason: format!("{error:#}") });
    report(app, &publication);
    publication
}

fn attempt(app: &App, data: &Path) -> anyhow::Result<Publication> {
    let (files, origin) = files::read(&app.config().content)?;
    // The sample inside the binary must not slip in when somebody moves the folders away.
    anyhow::ensure!(origin == Origin::Folders, "the folders of the content are gone");
    let revision = revision_of(&files);
    let live = app.live().current();
    if live.assistant.revision() == revision {
        return Ok(Publication::Unchanged);
    }
    // Room for the next one: two revisions are held at most, also while one is read and compiled.
    app.live().forget_previous();
    let (content, diagnostics) = read(files, &ReadOptions::default());
    let errors: Vec<Diagnostic> =
        diagnostics.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    if !errors.is_empty() {
        return Ok(Publication::Refused { errors });
    }
    let senses = senses::senses(app.config(), app.embeddings(), &content);
    let snapshot = artefacts::compile(content, revision.clone(), data, Some(&live), senses)?;
    app.embeddings().inspect(|embeddings| embeddings.forget());
    app.metrics().note_revision(&snapshot);
    app.live().swap(Arc::new(snapshot));
    Ok(Publication::Published { revision })
}

/// Errors that are logged before the rest is only counted.
const LOGGED_ERRORS: usize = 20;

fn report(app: &App, publication: &Publication) {
    let outcome = match publication {
        Publication::Unchanged => "unchanged",
        Publication::Published { revision } => {
            tracing::info!(revision, "published");
            "published"
        }
        Publication::Refused { errors } => {
            for error in errors.iter().take(LOGGED_ERRORS) {
                let Diagnostic { file, line, column, code, message, .. } = error;
                tracing::error!(file, line, column, code, fault = message, "the content has an error");
            }
            tracing::error!(n_errors = errors.len(), "not published: the live revision stays");
            "refused"
        }
        Publication::Failed { reason } => {
            tracing::error!(reason, "not published: the live revision stays");
            "failed"
        }
    };
    app.metrics().note_publication(outcome);
}
