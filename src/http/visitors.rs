//! How much one visitor may do: conversations an hour, messages a minute, streams at once. Each replica counts for itself.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use rustc_hash::FxHashMap;

use crate::app::App;
use crate::config::LimitsConfig;
use crate::http::error::{Code, Problem};

/// What visitors have done lately.
pub struct VisitorLimits {
    conversations: Option<DefaultKeyedRateLimiter<IpAddr>>,
    messages: Option<DefaultKeyedRateLimiter<String>>,
    streams: Streams,
    most_streams: u32,
    clock: DefaultClock,
}

/// The streams that are open, by conversation.
type Streams = Arc<Mutex<FxHashMap<String, u32>>>;

/// A stream that is counted for as long as this is held.
pub struct CountedStream {
    streams: Streams,
    conversation: String,
}

/// Seconds after which a stream that was open may have ended.
const STREAM_RETRY_SECONDS: u64 = 5;

impl VisitorLimits {
    /// Nobody has done anything yet.
    pub fn new(limits: &LimitsConfig) -> Self {
        let per_hour = NonZeroU32::new(limits.conversations_per_hour).map(Quota::per_hour);
        let per_minute = NonZeroU32::new(limits.messages_per_minute).map(Quota::per_minute);
        Self {
            conversations: per_hour.map(DefaultKeyedRateLimiter::keyed),
            messages: per_minute.map(DefaultKeyedRateLimiter::keyed),
            streams: Streams::default(),
            most_streams: limits.streams_per_conversation,
            clock: DefaultClock::default(),
        }
    }

    /// Forgets who may do as much as anybody again.
    pub fn forget_idle(&self) {
        if let Some(conversations) = &self.conversations {
            conversations.retain_recent();
            conversations.shrink_to_fit();
        }
        if let Some(messages) = &self.messages {
            messages.retain_recent();
            messages.shrink_to_fit();
        }
    }

    fn begin(&self, client: IpAddr) -> Result<(), u64> {
        let Some(conversations) = &self.conversations else { return Ok(()) };
        conversations.check_key(&client).map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }

    fn say(&self, conversation: &str) -> Result<(), u64> {
        let Some(messages) = &self.messages else { return Ok(()) };
        let said = messages.check_key(&conversation.to_owned());
        said.map_err(|until| until.wait_time_from(self.clock.now()).as_secs() + 1)
    }

    fn watch(&self, conversation: &str) -> Result<CountedStream, u64> {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let n_open = streams.entry(conversation.to_owned()).or_default();
        if self.most_streams != 0 && *n_open >= self.most_streams {
            return Err(STREAM_RETRY_SECONDS);
        }
        *n_open += 1;
        Ok(CountedStream { streams: Arc::clone(&self.streams), conversation: conversation.to_owned() })
    }
}

impl Drop for CountedStream {
    fn drop(&mut self) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(n_open) = streams.get_mut(&self.conversation) else { return };
        *n_open -= 1;
        if *n_open == 0 {
            streams.remove(&self.conversation);
        }
    }
}

/// Counts a conversation that a client begins.
///
/// # Errors
/// Fails where it has begun too many.
pub fn count_conversation(app: &App, client: Option<IpAddr>) -> Result<(), Problem> {
    client
        .map_or(Ok(()), |client| app.visitors().begin(client))
        .map_err(|seconds| refused(app, "conversations", seconds))
}

/// Counts a message of a conversation.
///
/// # Errors
/// Fails where there are too many.
pub fn count_message(app: &App, conversation: &str) -> Result<(), Problem> {
    app.visitors().say(conversation).map_err(|seconds| refused(app, "messages", seconds))
}

/// Counts a stream of a conversation, until it ends.
///
/// # Errors
/// Fails where there are too many.
pub fn count_stream(app: &App, conversation: &str) -> Result<CountedStream, Problem> {
    app.visitors().watch(conversation).map_err(|seconds| refused(app, "streams", seconds))
}

fn refused(app: &App, reason: &'static str, seconds: u64) -> Problem {
    app.metrics().note_refusal(reason);
    Problem::new(Code::TooManyRequests).retry_after(seconds)
}
