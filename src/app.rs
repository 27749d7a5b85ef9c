//! What all requests share: settings, the live content, limits, metrics. Made once, when the service starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::http::client::ClientLimits;
use crate::live::Live;
use crate::snapshot::Snapshot;
use crate::telemetry::metrics::Metrics;

/// The running service; clones are handles to the same one.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    config: Config,
    live: Live,
    metrics: Metrics,
    clients: ClientLimits,
    /// The model that knows what texts mean, where there is one.
    embeddings: Option<Embeddings>,
    /// One permit for each request that may be answered at the same time.
    admission: Semaphore,
    /// Whether the service is about to end.
    ending: AtomicBool,
}

impl App {
    /// Puts the service together around its first snapshot.
    pub fn new(config: Config, snapshot: Arc<Snapshot>, embeddings: Option<Embeddings>) -> Self {
        let metrics = Metrics::new();
        metrics.note_revision(&snapshot);
        Self(Arc::new(Shared {
            clients: ClientLimits::new(&config.limits, &config.server.trusted_proxies),
            admission: Semaphore::new(config.limits.max_requests),
            live: Live::new(snapshot),
            metrics,
            embeddings,
            ending: AtomicBool::new(false),
            config,
        }))
    }

    /// Returns the operator's settings.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Returns the live content.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Returns the metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Returns what clients have asked for lately.
    pub fn clients(&self) -> &ClientLimits {
        &self.0.clients
    }

    /// Returns the model that knows what texts mean.
    pub fn embeddings(&self) -> Option<&Embeddings> {
        self.0.embeddings.as_ref()
    }

    /// Returns the permits for answering.
    pub fn admission(&self) -> &Semaphore {
        &self.0.admission
    }

    /// Says that the service is about to end: load balancers should send nothing more.
    pub fn end(&self) {
        self.0.ending.store(true, Ordering::Release);
    }

    /// Says whether the service is about to end.
    pub fn is_ending(&self) -> bool {
        self.0.ending.load(Ordering::Acquire)
    }
}
