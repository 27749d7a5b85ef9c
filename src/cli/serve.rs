//! `yingda serve`: the API and the pages, until the process is told to end.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, mpsc};

use crate::alarms;
use crate::app::App;
use crate::artefacts::{self, ENGINE};
use crate::chat::desk::board;
use crate::chat::seal::Sealer;
use crate::chat::{clocks, hints, idle};
use crate::cli::{Common, Outcome, retention, show};
use crate::clock;
use crate::config::{Config, MetricsAddress};
use crate::connectors::operator::Operator;
use crate::evaluation::verdict::Fault;
use crate::files::{self, Origin};
use crate::http::{metrics, router, server};
use crate::live::LiveRevision;
use crate::people::actor::Actor;
use crate::publishing::outcome;
use crate::publishing::proposal::Source;
use crate::publishing::publish::{Replaced, When, Wish};
use crate::publishing::watch::Watch;
use crate::publishing::{Publisher, due, follow};
use crate::snapshot::revision_of;
use crate::staff::links;
use crate::store::drafts;
use crate::store::error::StoreError;
use crate::store::revisions;
use crate::telemetry::logs;
use crate::webhooks::worker;

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
    artefacts::read_ahead();
    let publisher = Publisher::open(config, data).await?;
    let Some(live) = begin(&publisher).await? else { return Ok(Outcome::No) };
    let (entries, revision) =
        (live.snapshot.assistant.content().entries.len(), live.snapshot.assistant.revision().to_owned());
    let sealer = Sealer::open(&publisher.config().store.seal_key, data)?;
    let operator = Operator::new(&publisher.config().operator)?;
    let app = App::new(publisher, live, sealer, operator);
    follow::look_once(&app).await?;
    app.keep_questions();
    let (files, origin) = files::read(&app.config().content)?;
    let differs = revision_of(&files) != revision;
    drop(files);

    let folders = Folders::publish_on_call(app.clone());
    let _watch = match (watch, origin) {
        (true, Origin::Folders) => {
            let open = drafts::open(&mut *app.store().read().await?).await?;
            anyhow::ensure!(open.is_empty(), "--watch would publish over {} open change set(s)", open.len());
            let folders = folders.clone();
            Some(Watch::start(&app.config().content, move || folders.call(Call::Changed))?)
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
    if let Some(link) = links::first_admin(app.store(), clock::now()).await? {
        let base = Some(&app.config().server.public_url).filter(|url| !url.is_empty()).cloned();
        let base = base.unwrap_or_else(|| format!("http://{address}"));
        said.push_str(&format!("  set up the first administrator: {base}{}\n", link.path()));
    }
    match (origin, differs) {
        (Origin::Sample, false) => {
            said.push_str("  content: the sample inside the binary; no knowledge-base/ and intents/ folders here\n");
        }
        (Origin::Sample, true) => {
            said.push_str("  content: the store's; no knowledge-base/ and intents/ folders here\n")
        }
        (Origin::Folders, true) => said.push_str(
            "  content: the store's, and the folders here hold something else; `yingda publish --dry-run` shows what\n",
        ),
        (Origin::Folders, false) => {}
    }
    // Before anybody is told that it is ready: whoever hears it may at once tell it to end.
    let signals = Signals::listen()?;
    // A service goes on when nobody reads what it says.
    let _ = std::io::stdout().lock().write_all(said.as_bytes());
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);

    let told = Arc::new(Notify::new());
    let on_signal = tokio::spawn(signals.obey(app.clone(), folders, Arc::clone(&told)));
    let following = tokio::spawn(follow::follow(app.clone()));
    let hinting = tokio::spawn(hints::follow(app.clone()));
    let idling = tokio::spawn(idle::follow(app.clone()));
    let delivering = tokio::spawn(worker::follow(app.clone()));
    let housekeeping = tokio::spawn(housekeeping(app.clone()));
    let watching = tokio::spawn(clocks::follow(app.clone()));
    let at_the_desk = tokio::spawn(board::follow(app.clone()));
    let alarming = tokio::spawn(alarms::follow(app.clone()));
    let going_live = tokio::spawn(due::follow(app.clone()));
    if let Some(listener) = metrics_listener {
        tokio::spawn(serve_metrics(listener, app.clone()));
    }
    server::serve(listener, router::router(app.clone()), &app, told.notified()).await;
    for task in [housekeeping, watching, at_the_desk, alarming, going_live, idling, following, hinting, on_signal] {
        task.abort();
    }
    // It has been told too, and finishes within the same time.
    let _ = delivering.await;
    follow::leave(&app).await;
    app.flush_questions().await;
    app.store().close().await;
    tracing::info!("ended");
    Ok(Outcome::Done)
}

/// Returns what is live; publishes the folders, else the sample, where the store holds nothing yet, and has this engine pass
/// the gate where another one did. `None` when the gate says no, after saying why.
pub(crate) async fn begin(publisher: &Publisher) -> anyhow::Result<Option<LiveRevision>> {
    let judged_by = revisions::live(&mut *publisher.store().read().await?).await?.map(|live| live.engine);
    let live = publisher.live().await?;
    if let Some(fit) = live.clone().filter(|_| judged_by.as_deref() == Some(ENGINE)).and_then(Replaced::served) {
        return Ok(Some(fit));
    }
    let (source, note) = match live {
        None => (Source::Folder { base: None }, "the first revision"),
        Some(_) => (Source::Live, "another version of yingda"),
    };
    let wish = Wish {
        source,
        actor: Actor::system("serve"),
        address: None,
        note: note.to_owned(),
        force: false,
        dry_run: false,
        share: None,
        when: When::Now,
    };
    let done = publisher.publish(&wish, live).await;
    let done = match done {
        // Another process has started at the same time.
        Err(error) if matches!(error.downcast_ref(), Some(StoreError::Conflict)) => {
            return Ok(publisher.live().await?.and_then(Replaced::served));
        }
        done => done?,
    };
    if done.live.is_none() {
        eprint!("{}", show::outcome(&done.outcome));
        eprintln!("yingda: nothing is served: this content is not fit to be");
        if wish.source == Source::Live {
            eprintln!("  it was, for another version; {}", way_out(&done.outcome));
        }
    }
    Ok(done.live)
}

/// Says what can be done where another version's live revision is not fit for this one.
fn way_out(outcome: &outcome::Outcome) -> &'static str {
    match outcome {
        outcome::Outcome::Refused { report, .. } if report.can_be_forced => {
            "`yingda publish --from live --force --note …` says that it may go live"
        }
        _ => "`yingda export --format folder --out …` gives its files, `yingda publish` there takes them mended",
    }
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

    async fn obey(mut self, app: App, folders: Folders, told: Arc<Notify>) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => break,
                _ = self.interrupt.recv() => break,
                _ = self.hang_up.recv() => folders.call(Call::Asked),
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

/// How often what has been kept long enough is forgotten.
const RETENTION: std::time::Duration = std::time::Duration::from_secs(60 * 60);

async fn housekeeping(app: App) {
    let mut of_clients = tokio::time::interval(HOUSEKEEPING);
    let mut of_store = tokio::time::interval(RETENTION);
    loop {
        tokio::select! {
            _ = of_clients.tick() => {
                app.clients().forget_idle();
                app.visitors().forget_idle();
            }
            _ = of_store.tick() => forget(&app).await,
        }
    }
}

/// Of several replicas one would be enough; that each does it does no harm.
async fn forget(app: &App) {
    match retention::forget(app.store(), &app.config().retention, &Actor::system("retention")).await {
        Ok(taken) => tracing::debug!(?taken, "forgotten what has been kept long enough"),
        Err(error) => tracing::warn!(error = format!("{error:#}"), "nothing is forgotten"),
    }
}

/// Why the folders are published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    /// Somebody asked for it.
    Asked,
    /// They have changed.
    Changed,
}

/// Publishes the folders, one attempt at a time; calls that come meanwhile lead to one more.
#[derive(Clone)]
struct Folders(mpsc::Sender<Call>);

impl Folders {
    fn publish_on_call(app: App) -> Self {
        let (sender, mut calls) = mpsc::channel(1);
        tokio::spawn(async move {
            while let Some(call) = calls.recv().await {
                if let Err(error) = publish_folders(&app, call).await {
                    tracing::error!(reason = format!("{error:#}"), "not published: the live revision stays");
                }
            }
        });
        Self(sender)
    }

    fn call(&self, call: Call) {
        // A full channel holds a call already that comes after what has just changed.
        let _ = self.0.try_send(call);
    }
}

async fn publish_folders(app: &App, call: Call) -> anyhow::Result<()> {
    if call == Call::Changed {
        let open = drafts::open(&mut *app.store().read().await?).await?;
        anyhow::ensure!(open.is_empty(), "{} change set(s) of the console are open", open.len());
    }
    let wish = Wish {
        source: Source::Folder { base: None },
        actor: Actor::system("serve"),
        address: None,
        note: if call == Call::Changed { "the folders have changed" } else { "a signal" }.to_owned(),
        force: false,
        dry_run: false,
        share: None,
        when: When::Now,
    };
    let outcome = app.publish(&wish).await?;
    if let outcome::Outcome::Refused { report, .. } = &outcome {
        for Fault { code, file, line, column, message } in report.checked.errors.iter().take(LOGGED_ERRORS) {
            tracing::error!(file, line, column, code, fault = message, "the content has an error");
        }
        for regression in report.regressions.iter().take(LOGGED_ERRORS) {
            let (id, was, now) = (&regression.id, &regression.was, &regression.now);
            tracing::error!(id, was, now, "a labelled question was right and is wrong now");
        }
    }
    if !outcome.is_good() {
        tracing::error!(outcome = outcome.name(), "not published: the live revision stays");
    }
    Ok(())
}

/// Faults that are logged before the rest is only counted.
const LOGGED_ERRORS: usize = 20;
