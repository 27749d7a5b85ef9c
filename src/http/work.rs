//! Where answers are made: under a limit of how many at the same time, on one revision under one set of switches, and away
//! from the threads that serve connections when it takes long.

use std::sync::Arc;

use jiff::Timestamp;

use crate::app::App;
use crate::assistant::turn::Message;
use crate::clock;
use crate::dialogue::compose::Composer;
use crate::dialogue::switches::Switches;
use crate::http::error::{Code, Problem};
use crate::snapshot::Snapshot;
use crate::text::language::LanguageTag;

/// What a request is answered from, from its beginning to its end.
pub struct View {
    /// The revision.
    pub snapshot: Arc<Snapshot>,
    /// The instant.
    pub now: Timestamp,
    /// Heeded by every message and every composer that are made here, so that no handler can forget them.
    switches: Arc<Switches>,
}

impl View {
    /// Makes a message of a customer on the web site.
    pub fn message<'v>(&'v self, text: &'v str) -> Message<'v> {
        Message { switches: &self.switches, ..Message::new(text) }
    }

    /// Makes one as if nothing were switched off: for what editors want to know of another time.
    pub fn message_of_then<'v>(&self, text: &'v str) -> Message<'v> {
        Message::new(text)
    }

    /// Returns what puts things into words of a language.
    pub fn composer<'v>(&'v self, language: &'v LanguageTag) -> Composer<'v> {
        let content = self.snapshot.assistant.content();
        Composer::new(content, language, self.now, &self.switches)
    }
}

/// How much work something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Below half a millisecond: done where it is asked for. Handing it over would cost more than a third of it.
    Small,
    /// More: done on a thread where it keeps nobody waiting.
    Large,
}

/// Characters up to which a question is small work.
const SHORT_TEXT: usize = 120;

impl Cost {
    /// Returns the cost of matching a text.
    pub fn of_text(text: &str) -> Self {
        if text.chars().nth(SHORT_TEXT).is_none() { Cost::Small } else { Cost::Large }
    }
}

/// Seconds after which a client may try again when everything is busy; the queue is empty long before.
const RETRY_SECONDS: u64 = 1;

/// Works on the live revision.
pub async fn on_live<T: Send + 'static>(
    app: &App,
    cost: Cost,
    work: impl FnOnce(&View) -> T + Send + 'static,
) -> Result<T, Problem> {
    on(app, app.live().current(), cost, work).await
}

/// Works on a snapshot.
pub async fn on<T: Send + 'static>(
    app: &App,
    snapshot: Arc<Snapshot>,
    cost: Cost,
    work: impl FnOnce(&View) -> T + Send + 'static,
) -> Result<T, Problem> {
    let Ok(_permit) = app.admission().try_acquire() else {
        app.metrics().note_refusal("busy");
        return Err(Problem::new(Code::Overloaded).retry_after(RETRY_SECONDS));
    };
    let view = View { snapshot, now: clock::now(), switches: app.switches() };
    match cost {
        Cost::Small => {
            // To the end of the queue: requests that have arrived meanwhile are counted before any is worked on, so that
            // the limit sees them.
            tokio::task::yield_now().await;
            Ok(work(&view))
        }
        Cost::Large => tokio::task::spawn_blocking(move || work(&view)).await.map_err(|_| Code::Internal.into()),
    }
}
