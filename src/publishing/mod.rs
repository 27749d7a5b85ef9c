//! From what editors wrote to the live revision: read, check, compile beside the live one, judge, store, swap. What has a fault
//! changes nothing.

pub mod background;
pub mod base;
pub mod comparing;
pub mod due;
pub mod editing;
pub mod follow;
pub mod history;
pub mod learning;
pub mod outcome;
pub mod proposal;
pub mod publish;
pub mod refusal;
pub mod scheduling;
pub mod senses;
pub mod switching;
pub mod transfer;
pub mod trial;
pub mod watch;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use crate::artefacts;
use crate::config::{Config, ContentConfig};
use crate::connectors::embeddings::Embeddings;
use crate::files::{self, Origin};
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{ReadOptions, read};
use crate::publishing::background::in_background;
use crate::publishing::publish::Replaced;
use crate::publishing::refusal::Refusal;
use crate::snapshot::{Snapshot, revision_of};
use crate::store::Store;
use crate::store::revisions::{self, Publication};

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

/// What compiles and publishes: the settings, the store, the folder for what is derived, the model. Clones are handles to the
/// same one.
#[derive(Clone)]
pub struct Publisher(Arc<Parts>);

struct Parts {
    config: Config,
    data: PathBuf,
    store: Store,
    embeddings: Option<Embeddings>,
    /// One publication at a time in this process; between processes the store decides.
    turn: tokio::sync::Mutex<()>,
}

impl Publisher {
    /// Opens the store and the folder for data.
    ///
    /// # Errors
    /// Fails where the store cannot be opened.
    pub async fn open(config: Config, data: &Path) -> anyhow::Result<Self> {
        let store = Store::open(&config.store.url, data).await?;
        let embeddings = Embeddings::new(&config.embeddings, data)?;
        Ok(Self::new(config, data, store, embeddings))
    }

    /// Puts the parts together.
    pub fn new(config: Config, data: &Path, store: Store, embeddings: Option<Embeddings>) -> Self {
        Self(Arc::new(Parts { config, data: data.to_owned(), store, embeddings, turn: tokio::sync::Mutex::default() }))
    }

    /// Returns the operator's settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Returns the folder for what is derived.
    pub fn data(&self) -> &Path {
        &self.0.data
    }

    /// Returns the store.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Returns the model that knows what texts mean.
    pub fn embeddings(&self) -> Option<&Embeddings> {
        self.0.embeddings.as_ref()
    }

    /// Reads, checks and compiles files, with all that was found; the snapshot is missing where there are errors.
    ///
    /// # Errors
    /// Fails only where the index cannot be built.
    pub async fn compile(
        &self,
        files: Vec<SourceFile>,
        previous: Option<Arc<Snapshot>>,
    ) -> anyhow::Result<(Option<Arc<Snapshot>>, Vec<Diagnostic>)> {
        let revision = revision_of(&files);
        self.fetch_artefacts(&revision).await;
        let publisher = self.clone();
        in_background(move || {
            let (content, diagnostics) = read(files, &ReadOptions::default());
            if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                return Ok((None, diagnostics));
            }
            let Parts { config, data, embeddings, .. } = &*publisher.0;
            let senses = senses::senses(config, embeddings.as_ref(), &content);
            let snapshot = artefacts::compile(content, revision, data, previous.as_deref(), senses)?;
            embeddings.iter().for_each(Embeddings::forget);
            Ok((Some(Arc::new(snapshot)), diagnostics))
        })
        .await
    }

    /// Compiles a revision that is stored.
    ///
    /// # Errors
    /// Fails when it is not, when the store does, and when this version finds errors in it.
    pub async fn compile_stored(
        &self,
        revision: &str,
        previous: Option<Arc<Snapshot>>,
    ) -> anyhow::Result<Arc<Snapshot>> {
        let files = self.stored_files(revision).await?;
        let (snapshot, diagnostics) = self.compile(files, previous).await?;
        snapshot.with_context(|| {
            let first = diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error);
            format!("revision {revision} has errors: {}", first.map(Diagnostic::render).unwrap_or_default())
        })
    }

    /// Returns the files of a revision that is stored.
    ///
    /// # Errors
    /// Fails when it is not, and when the store does.
    pub async fn stored_files(&self, revision: &str) -> anyhow::Result<Vec<SourceFile>> {
        let files = revisions::files(&mut *self.store().read().await?, revision).await?;
        Ok(files.ok_or_else(|| Refusal::new(format!("there is no revision {revision:?}")))?)
    }

    /// Returns what is live, compiled; `None` before the first publication.
    ///
    /// # Errors
    /// Fails when the store does, and when the index cannot be built.
    pub async fn live(&self) -> anyhow::Result<Option<Replaced>> {
        let live = revisions::live(&mut *self.store().read().await?).await?;
        let Some(Publication { seq, revision, .. }) = live else { return Ok(None) };
        let (snapshot, _) = self.compile(self.stored_files(&revision).await?, None).await?;
        Ok(Some(Replaced { seq, revision, snapshot }))
    }

    /// Takes from the store what another process has trained; without it, it is trained here.
    async fn fetch_artefacts(&self, revision: &str) {
        let fetched = async {
            if artefacts::kept(&self.0.data, revision).next().is_some() {
                return anyhow::Ok(());
            }
            let mut tx = self.store().read().await?;
            for (name, bytes) in revisions::artefacts(&mut *tx, revision, artefacts::ENGINE).await? {
                artefacts::keep(&self.0.data, &name, &bytes)?;
            }
            Ok(())
        };
        if let Err(error) = fetched.await {
            tracing::debug!(error = format!("{error:#}"), "nothing that was trained before is taken from the store");
        }
    }

    /// Returns what was trained here on a revision, for other processes.
    fn artefacts(&self, revision: &str) -> Vec<(String, Vec<u8>)> {
        artefacts::kept(&self.0.data, revision).collect()
    }
}
