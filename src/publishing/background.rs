//! Work that takes the processor for long: on a thread of its own, of low priority, so that customers who ask meanwhile come
//! first.

use tokio::sync::oneshot;

/// How nice such work is to the rest, on Unix's scale from -20 to 19.
const LESS_URGENT: i32 = 10;

/// Does work on a thread of its own and waits for it without keeping anybody from being served.
///
/// # Errors
/// Fails where the work does, or panics.
pub async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> anyhow::Result<T> + Send + 'static,
) -> anyhow::Result<T> {
    let (done, result) = oneshot::channel();
    std::thread::spawn(move || {
        // Of this thread and those it starts.
        if let Err(error) = rustix::process::setpriority_process(None, LESS_URGENT) {
            tracing::debug!(%error, "publishing runs at the usual priority");
        }
        // Whoever waited may have gone.
        let _ = done.send(work());
    });
    result.await.map_err(|_| anyhow::anyhow!("the work ended too early"))?
}
