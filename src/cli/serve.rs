//! `yingda serve`: the API and the pages, until the process is told to end.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use crate::app::App;
use crate::cli::{Common, Outcome, compile_for_service};
use crate::config::{Config, MetricsAddress};
use crate::connectors::embeddings::Embeddings;
use crate::files::Origin;
use crate::http::{metrics, router, server};
use crate::publishing::publish_folders;
use crate::publishing::watch::Watch;
use crate::telemetry::logs;

/// Arguments of `serve`.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeArguments {
    /// Where the API and the pages are served [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Where /metrics is served, or "off" [default: 127.0.0.1:9464].
    #[arg(long, value_name = "ADDR|off")]
    metrics: Option<MetricsAddress>,
    /// Publishes the folders again whenever they change.
    #[arg(long)]
    watch: bool,
}

/// Runs `serve` until SIGTERM or SIGINT.
///
/// # Errors
/// Fails when the address is taken or the content has errors.
pub fn run(serve: &ServeArguments, common: &Common, config: Config) -> anyhow::Result<Outcome> {
    let mut config = config;
    config.server.listen = serve.listen.unwrap_or(config.server.listen);
    config.server.metrics = serve.metrics.unwrap_or(config.server.metrics);
    let _log = logs::start(&config.log, "info")?;
    logs::log_panics_by_place();
    // Each connection takes a file handle.
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files stays");
    }
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(n_cores)
        // Large work takes half of the cores at most; each thread that matches keeps memory of its own.
        .max_blocking_threads((n_cores / 2).max(1))
        .enable_all()
        .build()?;
    runtime.block_on(serve_until_told(serve.watch, &common.data, config))
}

async fn serve_until_told(watch: bool, data: &Path, config: Config) -> anyhow::Result<Outcome> {
    // First the address: whoever finds it taken should not wait for the content to be compiled.
    let listen = config.server.listen;
    let listener = server::listen(listen).with_context(|| format!("cannot listen on {listen}"))?;
    let metrics_listener = match config.server.metrics {
        MetricsAddress::Off => None,
        MetricsAddress::At(address) => server::listen(address)
            .inspect_err(|error| tracing::warn!(%address, %error, "no metrics: cannot listen"))
            .ok(),
    };
    let embeddings = Embeddings::new(&config.embeddings, data)?;
    let (snapshot, origin) = tokio::task::block_in_place(|| compile_for_service(&config, embeddings.as_ref(), data))?;
    let entries = snapshot.assistant.content().entries.len();
    let revision = snapshot.assistant.revision().to_owned();
    embeddings.iter().for_each(Embeddings::forget);
    let app = App::new(config, Arc::new(snapshot), embeddings);

    let publisher = Publisher::start(app.clone(), data.to_owned());
    let _watch = match (watch, origin) {
        (true, Origin::Folders) => {
            let publish = publisher.clone();
            Some(Watch::start(&app.config().content, move || publish.wake())?)
        }
        (true, Origin::Sample) => {
            tracing::warn!("nothing to watch: there are no folders, the sample inside the binary is served");
            None
        }
        (false, _) => None,
    };
    let address = listener.local_addr()?;
    let mut said = format!(
        "yingda serves {entries} entries (revision {revision}) on http://{address}/\n  API http://{address}/api/v1  \
         documentation http://{address}/docs/\n"
    );
    if let Some(listener) = &metrics_listener {
        said.push_str(&format!("  metrics http://{}/metrics\n", listener.local_addr()?));
    }
    if origin == Origin::Sample {
        said.push_str("  content: the sample inside the binary; no knowledge-base/ and intents/ folders here\n");
    }
    // Before anybody is told that it is ready: whoever hears it may at once tell it to end.
    let signals = Signals::listen()?;
    // A service goes on when nobody reads what it says.
    let _ = std::io::stdout().lock().write_all(said.as_bytes());
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);

    let told = Arc::new(Notify::new());
    let on_signal = tokio::spawn(signals.obey(app.clone(), publisher, Arc::clone(&told)));
    let housekeeping = tokio::spawn(housekeeping(app.clone()));
    if let Some(listener) = metrics_listener {
        tokio::spawn(serve_metrics(listener, app.clone()));
    }
    server::serve(listener, router::router(app.clone()), &app, told.notified()).await;
    housekeeping.abort();
    on_signal.abort();
    tracing::info!("ended");
    Ok(Outcome::Done)
}

async fn serve_metrics(listener: TcpListener, app: App) {
    server::serve(listener, metrics::router(app.clone()), &app, std::future::pending()).await;
}

/// SIGTERM and SIGINT end the service, SIGHUP publishes the folders.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// From here on signals wait to be obeyed; before, they do what they do to any process.
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn obey(mut self, app: App, publisher: Publisher, told: Arc<Notify>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => break,
                _ = self.interrupt.recv() => break,
                _ = self.hang_up.recv() => publisher.wake(),
            }
        }
        tracing::info!("ending: requests under way finish");
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
        app.end();
        told.notify_one();
    }
}

/// How often the clients that have not asked lately are forgotten.
const HOUSEKEEPING: std::time::Duration = std::time::Duration::from_secs(60);

async fn housekeeping(app: App) {
    let mut ticks = tokio::time::interval(HOUSEKEEPING);
    loop {
        ticks.tick().await;
        app.clients().forget_idle();
    }
}

/// How nice publishing is to the rest, on Unix's scale from -20 to 19.
const LESS_URGENT: i32 = 10;

/// Publishes on a thread of its own, one attempt at a time; calls that come meanwhile lead to one more.
#[derive(Clone)]
struct Publisher(std::sync::mpsc::SyncSender<()>);

impl Publisher {
    fn start(app: App, data: PathBuf) -> Self {
        let (sender, calls) = std::sync::mpsc::sync_channel(1);
        std::thread::spawn(move || {
            // Of this thread and those it starts: customers who ask meanwhile come first.
            if let Err(error) = rustix::process::setpriority_process(None, LESS_URGENT) {
                tracing::debug!(%error, "publishing runs at the usual priority");
            }
            while calls.recv().is_ok() {
                publish_folders(&app, &data);
            }
        });
        Self(sender)
    }

    fn wake(&self) {
        // A full channel holds a call already that comes after what has just changed.
        let _ = self.0.try_send(());
    }
}
