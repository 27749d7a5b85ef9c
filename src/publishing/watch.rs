//! Waits for the folders to change. What changes while it is read is read again: the system tells of it.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use notify::RecursiveMode;
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use crate::config::ContentConfig;

/// Changes this close together are one: editors write several files, and some write each twice.
const QUIET: Duration = Duration::from_millis(300);

/// Watches the folders until it is dropped.
pub struct Watch {
    _debouncer: Debouncer<notify::RecommendedWatcher, RecommendedCache>,
}

impl Watch {
    /// Calls `changed` after each burst of changes, on a thread of its own.
    ///
    /// # Errors
    /// Fails where a folder is not there or the system lets nobody watch.
    pub fn start(content: &ContentConfig, changed: impl Fn() + Send + 'static) -> anyhow::Result<Self> {
        let on_events = move |events: DebounceEventResult| match events {
            Ok(events) if events.iter().all(|event| event.kind.is_access()) => {}
            Ok(_) => changed(),
            Err(errors) => tracing::warn!(?errors, "watching the folders"),
        };
        let mut debouncer = new_debouncer(QUIET, None, on_events)?;
        for folder in [&content.knowledge, &content.intents] {
            let folder: &Path = folder;
            debouncer
                .watch(folder, RecursiveMode::Recursive)
                .with_context(|| format!("cannot watch {}", folder.display()))?;
        }
        Ok(Self { _debouncer: debouncer })
    }
}
