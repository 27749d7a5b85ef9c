//! Webhooks: what happens here is delivered to the operator's other systems, signed, at least once, in the order in which it
//! gets through.

pub mod endpoints;
mod settling;
pub mod worker;

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// Wakes what delivers, where there is anybody to deliver to.
#[derive(Default)]
pub struct Deliveries {
    wake: Notify,
    /// Whether there was an endpoint at the last look.
    has_endpoints: AtomicBool,
}

impl Deliveries {
    /// Says that something may have been noted for an endpoint, after the commit.
    pub fn wake(&self) {
        if self.has_endpoints.load(Ordering::Acquire) {
            self.wake.notify_one();
        }
    }

    /// Says that something is different now.
    pub fn wake_now(&self) {
        self.wake.notify_one();
    }

    /// Waits until somebody says so.
    async fn woken(&self) {
        self.wake.notified().await;
    }

    fn note_endpoints(&self, are_there: bool) {
        self.has_endpoints.store(are_there, Ordering::Release);
    }
}
