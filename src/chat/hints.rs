//! Who watches a conversation hears when to look: at once of what happens in this process, a moment later of what happens in
//! another one. A hint is never the truth: whoever hears it reads the store.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use tokio::sync::Notify;

use crate::app::App;
use crate::clock;
use crate::store::conversations;
use crate::store::error::StoreError;

/// How often other processes are looked after.
const LOOK: std::time::Duration = std::time::Duration::from_millis(250);

/// How far back a look goes: clocks of processes differ, and commits take time.
const OVERLAP: SignedDuration = SignedDuration::from_secs(5);

/// Conversations that are watched before those that no longer are get swept out.
const FEW: usize = 64;

/// Tells whoever watches a conversation that it has changed; nobody else wakes.
#[derive(Default)]
pub struct Hints(Mutex<Watched>);

#[derive(Default)]
struct Watched {
    by_id: FxHashMap<String, Weak<Notify>>,
    /// How many there were after the last sweep.
    n_swept: usize,
}

impl Hints {
    /// Says that something happened in a conversation.
    pub fn tell(&self, conversation: &str) {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = watched.by_id.get(conversation).and_then(Weak::upgrade) {
            notify.notify_waiters();
        }
    }

    /// Returns what wakes when something happens in a conversation, for as long as it is held.
    pub fn watch(&self, conversation: &str) -> Arc<Notify> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notify) = watched.by_id.get(conversation).and_then(Weak::upgrade) {
            return notify;
        }
        if watched.by_id.len() > FEW.max(2 * watched.n_swept) {
            watched.by_id.retain(|_, notify| notify.strong_count() > 0);
            watched.n_swept = watched.by_id.len();
        }
        let notify = Arc::new(Notify::new());
        watched.by_id.insert(conversation.to_owned(), Arc::downgrade(&notify));
        notify
    }

    fn is_watched(&self) -> bool {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.by_id.values().any(|notify| notify.strong_count() > 0)
    }
}

/// Tells what happens in other processes, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut since = clock::now();
    // What was told lately: what lies in the overlap is told once, not at every look.
    let mut told = FxHashMap::default();
    loop {
        looks.tick().await;
        if !app.hints().is_watched() {
            since = clock::now();
            continue;
        }
        let now = clock::now();
        match changed(&app, since - OVERLAP).await {
            Ok(changed) => {
                since = now;
                let is_new = |(id, version): &&(String, i64)| told.get(id) != Some(version);
                changed.iter().filter(is_new).for_each(|(id, _)| app.hints().tell(id));
                told = changed.into_iter().collect();
            }
            Err(error) => tracing::debug!(%error, "other processes are not looked after"),
        }
    }
}

async fn changed(app: &App, since: Timestamp) -> Result<Vec<(String, i64)>, StoreError> {
    conversations::changed_since(&mut *app.store().read().await?, since).await
}
