//! The service as its clients see it: over real sockets, on port 0, with the sample inside the binary.

mod access;
mod access_commands;
mod access_matrix;
mod access_people;
mod bad_input;
mod blocks;
mod canaries;
mod cases;
mod comparing;
mod conversations;
mod desk;
mod editors;
mod embeddings;
mod evidence;
mod feedback;
mod file_forms;
mod forms;
mod help;
mod identity;
mod idle;
mod limits;
mod many_editors;
mod misses;
mod operator;
mod persons;
pub mod process;
mod publishing;
mod questions;
pub mod receiver;
mod reports;
mod scheduling;
mod staff_names;
mod surroundings;
mod surveys;
mod switches;
mod trial;
mod usage;
mod visitors;
mod webhooks;
mod widget;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use yingda::app::App;
use yingda::artefacts;
use yingda::assistant::compile::Senses;
use yingda::chat::seal::Sealer;
use yingda::config::{self, Config};
use yingda::connectors::operator::Operator;
use yingda::files;
use yingda::http::{metrics, router, server};
use yingda::live::LiveRevision;
use yingda::people::actor::Actor;
use yingda::publishing::proposal::Source;
use yingda::publishing::publish::{When, Wish};
use yingda::publishing::{Publisher, load};
use yingda::snapshot::Snapshot;
use yingda::store::Store;
use yingda::store::revisions::{self, Kind, Publication};

/// A test that waits longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The sample, compiled once and trained once for all tests.
static SAMPLE: LazyLock<Arc<Snapshot>> = LazyLock::new(|| {
    let nowhere = config::ContentConfig { knowledge: "nowhere".into(), intents: "nowhere".into() };
    let loaded = load(&nowhere, &Default::default()).unwrap();
    let kept = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    Arc::new(artefacts::compile(loaded.content, loaded.revision, kept, None, Senses::default()).unwrap())
});

/// The settings of tests: the defaults, without limits for one client or visitor.
fn settings() -> Config {
    let mut config: Config = toml::from_str(config::DEFAULT).unwrap();
    config.limits.requests_per_second = 0;
    config.limits.conversations_per_hour = 0;
    config.limits.messages_per_minute = 0;
    config.limits.streams_per_conversation = 0;
    config
}

/// A running service.
struct TestApp {
    app: App,
    address: SocketAddr,
    metrics: SocketAddr,
    runtime: Option<Runtime>,
    shutdown: Option<oneshot::Sender<()>>,
    ended: Option<tokio::task::JoinHandle<()>>,
    /// Where its store is.
    folder: TempDir,
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// The folders, by somebody at the machine.
fn wish() -> Wish {
    Wish {
        source: Source::Folder { base: None },
        actor: Actor::command_line("root"),
        address: None,
        note: String::new(),
        force: false,
        dry_run: false,
        share: None,
        when: When::Now,
    }
}

fn first(revision: &str) -> Publication {
    Publication {
        seq: 1,
        revision: revision.to_owned(),
        kind: Kind::Publish,
        at: now(),
        actor: "root".to_owned(),
        note: String::new(),
        forced: false,
        engine: artefacts::ENGINE.to_owned(),
    }
}

impl TestApp {
    fn start() -> Self {
        Self::with(settings())
    }

    /// The sample, live in a store of its own.
    fn with(config: Config) -> Self {
        let runtime = runtime();
        let folder = tempfile::tempdir().unwrap();
        let publisher = runtime.block_on(async {
            let store = Store::open("", folder.path()).await.unwrap();
            let revision = SAMPLE.assistant.revision();
            let mut tx = store.write().await.unwrap();
            let n_entries = SAMPLE.assistant.content().entries.len();
            revisions::put(&mut *tx, revision, &files::sample(), n_entries, now()).await.unwrap();
            revisions::publish(&mut *tx, 0, &first(revision), None).await.unwrap();
            tx.commit().await.unwrap();
            Publisher::new(config, Path::new(env!("CARGO_TARGET_TMPDIR")), store, None)
        });
        Self::on(runtime, publisher, LiveRevision { seq: 1, snapshot: Arc::clone(&SAMPLE) }, folder)
    }

    /// The folders that are configured, published as `serve` does at its first start; what was published before at later ones.
    fn of_folders(config: Config, data: &Path) -> Self {
        let runtime = runtime();
        let (publisher, live) = runtime.block_on(async {
            let publisher = Publisher::open(config, data).await.unwrap();
            if let Some(live) = publisher.live().await.unwrap() {
                return (publisher, live.served().unwrap());
            }
            let done = publisher.publish(&wish(), None).await.unwrap();
            (publisher, done.live.unwrap_or_else(|| panic!("{:?}", done.outcome)))
        });
        Self::on(runtime, publisher, live, tempfile::tempdir().unwrap())
    }

    fn on(runtime: Runtime, publisher: Publisher, live: LiveRevision, folder: TempDir) -> Self {
        let sealer = Sealer::open("", publisher.data()).unwrap();
        let operator = Operator::new(&publisher.config().operator).unwrap();
        let app = App::new(publisher, live, sealer, operator);
        let entered = runtime.enter();
        let bind = || server::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let (listener, metrics_listener) = (bind(), bind());
        let address = listener.local_addr().unwrap();
        let metrics = metrics_listener.local_addr().unwrap();
        let (shutdown, told) = oneshot::channel::<()>();
        let served = app.clone();
        let ended = runtime.spawn(async move {
            let told = async { drop(told.await) };
            server::serve(listener, router::router(served.clone()), &served, told).await;
        });
        let served = app.clone();
        runtime.spawn(async move {
            server::serve(metrics_listener, metrics::router(served.clone()), &served, std::future::pending()).await;
        });
        drop(entered);
        let (runtime, shutdown, ended) = (Some(runtime), Some(shutdown), Some(ended));
        Self { app, address, metrics, runtime, shutdown, ended, folder }
    }

    /// Another process on the same store.
    fn beside(&self) -> Self {
        let runtime = runtime();
        let folder = self.folder.path();
        let store = runtime.block_on(Store::open("", folder)).unwrap();
        let publisher = Publisher::new(self.app.config().clone(), self.app.publisher().data(), store, None);
        let live = LiveRevision { seq: 1, snapshot: Arc::clone(&SAMPLE) };
        Self::on(runtime, publisher, live, tempfile::tempdir().unwrap())
    }

    /// Waits for something asynchronous, as a handler does.
    fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().unwrap().block_on(future)
    }

    fn get(&self, path: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n"), b"")
    }

    fn get_with(&self, path: &str, headers: &str) -> Reply {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n{headers}\r\n"), b"")
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_bytes(path, body.to_string().as_bytes())
    }

    fn post_bytes(&self, path: &str, body: &[u8]) -> Reply {
        self.post_with(path, "content-type: application/json\r\n", body)
    }

    fn post_with(&self, path: &str, headers: &str, body: &[u8]) -> Reply {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
        );
        self.send(&head, body)
    }

    fn ask(&self, question: &str) -> Value {
        let reply = self.post("/api/v1/ask", &serde_json::json!({ "question": question }));
        assert_eq!(reply.status, 200, "{question}: {}", reply.text());
        reply.json()
    }

    fn send(&self, head: &str, body: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(head.as_bytes()).unwrap();
        // The server may answer, and close, before it has read what it refuses.
        let _ = stream.write_all(body);
        Reply::read(&mut stream)
    }

    fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Tells the service to end; returns what waits until it has.
    fn shut_down(&mut self) -> impl FnOnce() + use<> {
        self.app.end();
        self.shutdown.take().unwrap().send(()).unwrap();
        let (ended, handle) = (self.ended.take().unwrap(), self.runtime.as_ref().unwrap().handle().clone());
        move || handle.block_on(async { tokio::time::timeout(PATIENCE, ended).await.unwrap().unwrap() })
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A response, read to the end of its connection.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Reply {
    fn read(stream: &mut TcpStream) -> Self {
        let mut bytes = Vec::new();
        // A connection that is closed on unread bytes ends with a reset, after the response.
        let _ = stream.read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a response has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = bytes[end + 4..].to_vec();
        let chunked = head.to_lowercase().contains("transfer-encoding: chunked");
        Self { status, head, body: if chunked { unchunked(&body) } else { body } }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The stable code of a problem, after checking that it is one.
    fn problem(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.text());
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(
            problem["type"].as_str().unwrap().starts_with("urn:") && !problem["title"].as_str().unwrap().is_empty()
        );
        problem["code"].as_str().unwrap().to_owned()
    }
}

fn unchunked(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        whole.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 2 + length + 2..];
    }
    whole
}
