//! What happens when the disk is full, the file damaged or read-only, the server gone: a clear error, nothing lost, and
//! everything goes on when the cause is gone.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::net::{TcpListener, TcpStream};
use yingda::store::Store;
use yingda::store::error::{StoreError, Unavailable};
use yingda::store::revisions;

use super::{PATIENCE, Place, at, file, published, server};

fn run<F: Future<Output = ()>>(case: F) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, case).await.unwrap() });
}

fn why<T>(result: Result<T, StoreError>) -> Option<Unavailable> {
    match result {
        Err(StoreError::Unavailable { why, cause }) => {
            eprintln!("{why}: {cause}");
            Some(why)
        }
        _ => None,
    }
}

async fn try_to_store(store: &Store, id: &str, bytes: usize) -> Result<(), StoreError> {
    let mut tx = store.write().await?;
    revisions::put(&mut *tx, id, &[file("x", &format!("{id}{}", "x".repeat(bytes)))], 1, at(0)).await?;
    tx.commit().await
}

/// The database may grow no further: what a full disk does to it, without one.
#[test]
fn a_database_without_room_says_so_and_goes_on_when_there_is_room() {
    run(async {
        let place = Place::embedded();
        let store = place.open().await;
        published(&store, "r1", "one", 0).await;
        let mut tx = store.write().await.unwrap();
        tx.rows("PRAGMA max_page_count = 200", &[]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(why(try_to_store(&store, "big", 2_000_000).await), Some(Unavailable::Full));
        // Readers go on, and small writes that still fit.
        let live = revisions::live(&mut *store.read().await.unwrap()).await.unwrap();
        assert_eq!(live.unwrap().revision, "r1");
        published(&store, "r2", "two", 1).await;
        let mut tx = store.write().await.unwrap();
        tx.rows("PRAGMA max_page_count = 1000000", &[]).await.unwrap();
        tx.commit().await.unwrap();
        try_to_store(&store, "big", 2_000_000).await.unwrap();
    });
}

#[test]
fn a_damaged_file_is_refused_with_its_reason() {
    run(async {
        let place = Place::embedded();
        std::fs::write(
            place.file(),
            b"this is no database, whatever its name says, and it is long enough to be looked at",
        )
        .unwrap();
        assert_eq!(why(Store::open("", place.file().parent().unwrap()).await), Some(Unavailable::Corrupt));
    });
}

#[test]
fn a_folder_that_cannot_be_made_is_refused() {
    run(async {
        let place = Place::embedded();
        std::fs::write(place.file(), b"").unwrap();
        assert_eq!(why(Store::open("", &place.file().join("below")).await), Some(Unavailable::Unreachable));
        let refused = Store::open("postgres://yingda@127.0.0.1:1/yingda", place.file().parent().unwrap()).await;
        assert_eq!(why(refused), Some(Unavailable::Unreachable));
    });
}

/// A link to the server that can be cut.
struct Link {
    address: SocketAddr,
    open: Arc<AtomicBool>,
    cut: tokio::sync::watch::Sender<u32>,
    n_connections: Arc<AtomicUsize>,
}

impl Link {
    async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let open = Arc::new(AtomicBool::new(true));
        let (cut, seen) = tokio::sync::watch::channel(0);
        let is_open = Arc::clone(&open);
        let n_connections = Arc::new(AtomicUsize::new(0));
        let n = Arc::clone(&n_connections);
        tokio::spawn(async move {
            loop {
                let (mut from, _) = listener.accept().await.unwrap();
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                let (server, mut seen) = (server.clone(), seen.clone());
                seen.mark_unchanged();
                n.fetch_add(1, Ordering::SeqCst);
                let n = Arc::clone(&n);
                tokio::spawn(async move {
                    if let Ok(mut to) = TcpStream::connect(&server).await {
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut from, &mut to) => {}
                            _ = seen.changed() => {}
                        }
                    }
                    drop(from);
                    n.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, open, cut, n_connections }
    }

    /// Cuts it; when this returns, nothing passes any more.
    async fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.cut.send_modify(|n| *n += 1);
        while self.n_connections.load(Ordering::SeqCst) > 0 {
            tokio::task::yield_now().await;
        }
    }

    fn mend(&self) {
        self.open.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_lost_connection_is_an_error_and_the_next_attempt_connects_again() {
    let Some(url) = server() else { return };
    run(async {
        let place = Place::on_server(&url).await;
        let (user, rest) = place.url.split_once('@').unwrap();
        let (address, database) = rest.split_once('/').unwrap();
        let link = Link::to(address.to_owned()).await;
        let store = Store::open(&format!("{user}@{}/{database}", link.address), place.folder.path()).await.unwrap();
        published(&store, "r1", "one", 0).await;
        let mut under_way = store.write().await.unwrap();
        revisions::put(&mut *under_way, "r2", &[file("x", "x")], 1, at(0)).await.unwrap();
        link.cut().await;
        assert_eq!(why(under_way.commit().await), Some(Unavailable::Unreachable));
        assert_eq!(why(try_to_store(&store, "r3", 1).await), Some(Unavailable::Unreachable));
        link.mend();
        try_to_store(&store, "r3", 1).await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert!(revisions::exists(&mut *tx, "r3").await.unwrap());
        // A commit whose word was lost on the way may have been made, but never by half.
        let lost = revisions::files(&mut *tx, "r2").await.unwrap();
        assert!(lost.is_none_or(|files| files.len() == 1));
    });
}

/// What a restart of the server does to those who are connected.
#[test]
fn a_server_that_ends_all_connections_is_met_again() {
    let Some(url) = server() else { return };
    run(async {
        let place = Place::on_server(&url).await;
        let store = place.open().await;
        published(&store, "r1", "one", 0).await;
        let mut under_way = store.write().await.unwrap();
        revisions::put(&mut *under_way, "r2", &[file("x", "x")], 1, at(0)).await.unwrap();
        let mut admin = <sqlx::PgConnection as sqlx::Connection>::connect(url.as_str()).await.unwrap();
        let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        let name = place.url.rsplit_once('/').unwrap().1;
        sqlx::query(sql).bind(name).execute(&mut admin).await.unwrap();
        assert_eq!(why(under_way.commit().await), Some(Unavailable::Unreachable));
        published(&store, "r3", "three", 1).await;
        let live = revisions::live(&mut *store.read().await.unwrap()).await.unwrap().unwrap();
        assert_eq!((live.revision.as_str(), live.seq), ("r3", 2));
    });
}
