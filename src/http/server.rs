//! Connections: accepted up to a limit, cut off when they are slow, finished in order at the end.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::Service;

use crate::app::App;
use crate::config::LimitsConfig;
use crate::http::client::Peer;

/// Bytes of a request's head; longer ones get 431.
const LARGEST_HEAD: usize = 32 << 10;

/// Connections that may wait for the process to accept them: a burst of customers comes faster than it gets its turn.
const BACKLOG: u32 = 4096;

/// Takes an address.
///
/// # Errors
/// Fails when it is taken already, or is none of this machine's.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // The connections of the process before may linger; they do not hold the address.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// A pause after the system had no file handle left for a connection.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `shutdown`, then lets requests under way finish for a while.
pub async fn serve(listener: TcpListener, router: Router, app: &App, shutdown: impl Future<Output = ()>) {
    let limits = app.config().limits;
    let connections = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits.max_connections));
    let protocol = protocol(&limits);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            () = &mut shutdown => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let router = router.clone();
        let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            router.clone().call(request)
        });
        let connection = protocol.serve_connection(io(stream, &limits), service);
        let connection = connections.watch(connection);
        let open = app.metrics().connections.clone();
        open.inc();
        tokio::spawn(async move {
            // Clients break off, send what is no HTTP, or are too slow: theirs to know.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection");
            }
            open.dec();
            drop(place);
        });
    }
    drop(listener);
    let grace = Duration::from_secs(app.config().server.shutdown_seconds);
    if tokio::time::timeout(grace, connections.shutdown()).await.is_err() {
        tracing::warn!(seconds = grace.as_secs(), "requests under way were cut off at the end");
    }
}

fn protocol(limits: &LimitsConfig) -> http1::Builder {
    let mut protocol = http1::Builder::new();
    protocol
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(limits.header_seconds))
        .max_buf_size(LARGEST_HEAD)
        .pipeline_flush(true);
    protocol
}

/// A stream whose client may not leave an answer lying.
fn io(stream: TcpStream, limits: &LimitsConfig) -> TokioIo<std::pin::Pin<Box<TimeoutStream<TcpStream>>>> {
    // Answers are written whole: waiting for more to send would only hold them back.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "connection");
    }
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(Duration::from_secs(limits.write_seconds)));
    TokioIo::new(Box::pin(stream))
}
