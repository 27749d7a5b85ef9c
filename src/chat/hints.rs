//! Who watches a conversation hears when to look: at once of what happens in this process, a moment later of what happens in
//! another one; the desk hears of all of them. A hint is never the truth: whoever hears it reads the store. That somebody types
//! is no more than a hint.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use tokio::sync::{Notify, broadcast};

use crate::app::App;
use crate::clock;
use crate::store::conversations::{self, Changed};
use crate::store::error::StoreError;

/// How often other processes are looked after.
const LOOK: std::time::Duration = std::time::Duration::from_millis(250);

/// How far back a look goes: clocks of processes differ, and commits take time.
const OVERLAP: SignedDuration = SignedDuration::from_secs(5);

/// Conversations that are watched before those that no longer are get swept out.
const FEW: usize = 64;

/// What the desk hears of.
#[derive(Clone, Debug)]
pub enum News {
    /// Something happened in a conversation.
    Changed(Arc<Changed>),
    /// The customer of a conversation types.
    Typing {
        /// The conversation.
        conversation: String,
        /// The agent who has it.
        agent: String,
    },
}

/// News that the desk may be late with; who is later still reads everything anew.
const NEWS: usize = 1_024;

/// Tells whoever watches a conversation that it has changed; nobody else wakes.
pub struct Hints {
    watched: Mutex<Watched>,
    news: broadcast::Sender<News>,
}

/// Somebody's view of one conversation.
#[derive(Default)]
pub struct Watching {
    /// Wakes when something happens.
    pub notify: Notify,
    typed: Mutex<Typed>,
}

/// Who typed last, and how often somebody did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// How often.
    pub count: u64,
    /// What they are called.
    pub name: String,
}

impl Watching {
    /// Returns who typed last.
    pub fn typed(&self) -> Typed {
        self.typed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Default for Hints {
    fn default() -> Self {
        Self { watched: Mutex::default(), news: broadcast::channel(NEWS).0 }
    }
}

#[derive(Default)]
struct Watched {
    by_id: FxHashMap<String, Weak<Watching>>,
    /// How many there were after the last sweep.
    n_swept: usize,
}

impl Hints {
    /// Says that something happened in a conversation.
    pub fn tell(&self, conversation: &str) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watching) = watched.by_id.get(conversation).and_then(Weak::upgrade) {
            watching.notify.notify_waiters();
        }
    }

    /// Says to the customer that an agent types.
    pub fn agent_types(&self, conversation: &str, name: &str) {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(watching) = watched.by_id.get(conversation).and_then(Weak::upgrade) else { return };
        {
            let mut typed = watching.typed.lock().unwrap_or_else(PoisonError::into_inner);
            *typed = Typed { count: typed.count + 1, name: name.to_owned() };
        }
        watching.notify.notify_waiters();
    }

    /// Says to the agent who has a conversation that its customer types.
    pub fn customer_types(&self, conversation: &str, agent: &str) {
        // Without anybody at the desk nobody hears it.
        let _ = self.news.send(News::Typing { conversation: conversation.to_owned(), agent: agent.to_owned() });
    }

    /// Returns what the desk hears, from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    /// Returns what wakes when something happens in a conversation, for as long as it is held.
    pub fn watch(&self, conversation: &str) -> Arc<Watching> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(watching) = watched.by_id.get(conversation).and_then(Weak::upgrade) {
            return watching;
        }
        if watched.by_id.len() > FEW.max(2 * watched.n_swept) {
            watched.by_id.retain(|_, watching| watching.strong_count() > 0);
            watched.n_swept = watched.by_id.len();
        }
        let watching = Arc::new(Watching::default());
        watched.by_id.insert(conversation.to_owned(), Arc::downgrade(&watching));
        watching
    }

    fn is_watched(&self) -> bool {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        self.news.receiver_count() > 0 || watched.by_id.values().any(|watching| watching.strong_count() > 0)
    }
}

/// Tells what happens in other processes, for as long as the service runs.
pub async fn follow(app: App) {
    let mut looks = tokio::time::interval(LOOK);
    looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut since = clock::now();
    // What was told lately: what lies in the overlap is told once, not at every look.
    let mut told: FxHashMap<String, i64> = FxHashMap::default();
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
                let versions = changed.iter().map(|changed| (changed.id.clone(), changed.version)).collect();
                for changed in changed {
                    if told.get(&changed.id) != Some(&changed.version) {
                        app.hints().tell(&changed.id);
                        let _ = app.hints().news.send(News::Changed(Arc::new(changed)));
                    }
                }
                told = versions;
            }
            Err(error) => tracing::debug!(%error, "other processes are not looked after"),
        }
    }
}

async fn changed(app: &App, since: Timestamp) -> Result<Vec<Changed>, StoreError> {
    conversations::changed_since(&mut *app.store().read().await?, since).await
}
