//! Content that answers without being live: a draft beside the live revision, and what was live at another time.

use std::sync::Arc;

use tokio::sync::Mutex;

use crate::artefacts;
use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::{Diagnostic, Severity};
use crate::knowledge::{ReadOptions, read};
use crate::publishing::background::in_background;
use crate::publishing::{Publisher, senses};
use crate::snapshot::{Snapshot, revision_of};

/// Snapshots that are held besides those that customers are answered from: those asked for last.
const HELD: usize = 2;

/// What was compiled to be tried, the last one used at the end. One is compiled at a time.
#[derive(Default)]
pub struct Trials(Mutex<Vec<Arc<Snapshot>>>);

impl Trials {
    /// Returns what answers from some files; every fault where there are errors in them.
    ///
    /// # Errors
    /// Fails only where the index cannot be built.
    pub async fn of_files(
        &self,
        publisher: &Publisher,
        files: Vec<SourceFile>,
        serving: Option<Arc<Snapshot>>,
    ) -> anyhow::Result<Result<Arc<Snapshot>, Vec<Diagnostic>>> {
        let revision = revision_of(&files);
        let is_wanted = |snapshot: &Arc<Snapshot>| snapshot.assistant.revision() == revision;
        if let Some(serving) = serving.filter(is_wanted) {
            return Ok(Ok(serving));
        }
        let mut held = self.0.lock().await;
        if let Some(at) = held.iter().position(is_wanted) {
            let found = held.remove(at);
            held.push(Arc::clone(&found));
            return Ok(Ok(found));
        }
        let compiled = publisher.compile_aside(files, revision).await?;
        if let Ok(snapshot) = &compiled {
            held.push(Arc::clone(snapshot));
            let n_over = held.len().saturating_sub(HELD);
            held.drain(..n_over);
        }
        Ok(compiled)
    }
}

impl Publisher {
    /// Compiles files as they would be served; nothing of it is kept on disk.
    async fn compile_aside(
        &self,
        files: Vec<SourceFile>,
        revision: String,
    ) -> anyhow::Result<Result<Arc<Snapshot>, Vec<Diagnostic>>> {
        self.fetch_artefacts(&revision).await;
        let publisher = self.clone();
        in_background(move || {
            let (content, diagnostics) = read(files, &ReadOptions::default());
            if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
                return Ok(Err(diagnostics));
            }
            let senses = senses::senses(publisher.config(), publisher.embeddings(), &content);
            let snapshot = artefacts::compile_read_only(content, revision, publisher.data(), senses)?;
            Ok(Ok(Arc::new(snapshot)))
        })
        .await
    }
}
