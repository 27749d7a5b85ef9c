//! What all requests share: settings, the live content, limits, metrics. Made once, when the service starts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use tokio::sync::{Notify, Semaphore};

use crate::chat::blocks::Blocks;
use crate::chat::hints::Hints;
use crate::chat::seal::Sealer;
use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::connectors::operator::Operator;
use crate::desk::board::Board;
use crate::dialogue::switches::Switches;
use crate::http::client::ClientLimits;
use crate::http::visitors::VisitorLimits;
use crate::ids::new_trace_id;
use crate::live::{Live, LiveRevision};
use crate::publishing::Publisher;
use crate::publishing::learning::Misses;
use crate::publishing::outcome::Outcome;
use crate::publishing::publish::{Rollback, Wish};
use crate::publishing::trial::Trials;
use crate::questions::{Question, Questions, keep};
use crate::staff::hashing::Hashing;
use crate::store::Store;
use crate::telemetry::metrics::Metrics;
use crate::webhooks::Deliveries;

/// Entries up to which the previous revision stays in memory while the next one is compiled beside the live one.
const HELD_THREE_TIMES: usize = 20_000;

/// The running service; clones are handles to the same one.
#[derive(Clone)]
pub struct App(Arc<Shared>);

struct Shared {
    publisher: Publisher,
    live: Live,
    /// The name of this process among those that serve.
    replica: String,
    /// Wakes what looks at the store.
    wake: Notify,
    /// Whether the store answered the last time.
    store_answers: AtomicBool,
    /// Takes in what customers ask, where it is kept at all.
    questions: OnceLock<Questions>,
    /// What editors try before it is live.
    trials: Trials,
    /// What the bot missed, put together for editors.
    misses: Misses,
    /// What supervisors have switched off or pinned; whoever hears of it sets it, every request takes it once.
    switches: ArcSwap<Switches>,
    /// Who may not write; set as the switches are.
    blocks: ArcSwap<Blocks>,
    metrics: Metrics,
    clients: ClientLimits,
    visitors: VisitorLimits,
    /// One permit for each request that may be answered at the same time.
    admission: Semaphore,
    /// The turns for checking passwords.
    hashing: Hashing,
    /// The desk as it was a moment ago.
    board: ArcSwap<Board>,
    /// Tells which conversations have changed.
    hints: Hints,
    /// Wakes what delivers to webhooks.
    deliveries: Deliveries,
    /// Seals what nobody may read in the store.
    sealer: Sealer,
    /// The operator's own system, where there is one.
    operator: Option<Operator>,
    /// One permit for each file of a customer that may be read at the same time.
    uploads: Arc<Semaphore>,
    /// The turn for drawing a picture.
    drawing: Semaphore,
    /// Whether the service is about to end.
    ending: AtomicBool,
}

impl App {
    /// Puts the service together around the revision that is live.
    pub fn new(publisher: Publisher, live: LiveRevision, sealer: Sealer, operator: Option<Operator>) -> Self {
        let metrics = Metrics::new();
        metrics.note_revision(&live.snapshot);
        let config = publisher.config();
        Self(Arc::new(Shared {
            clients: ClientLimits::new(&config.limits, &config.server.trusted_proxies),
            visitors: VisitorLimits::new(&config.limits),
            admission: Semaphore::new(config.limits.max_requests),
            live: Live::new(live),
            replica: format!("{:032x}", new_trace_id()),
            wake: Notify::new(),
            store_answers: AtomicBool::new(true),
            questions: OnceLock::new(),
            trials: Trials::default(),
            misses: Misses::default(),
            switches: ArcSwap::default(),
            blocks: ArcSwap::default(),
            metrics,
            hashing: Hashing::default(),
            board: ArcSwap::default(),
            hints: Hints::default(),
            deliveries: Deliveries::default(),
            sealer,
            operator,
            uploads: Arc::new(Semaphore::new(config.attachments.at_once)),
            drawing: Semaphore::new(1),
            ending: AtomicBool::new(false),
            publisher,
        }))
    }

    /// Returns the operator's settings.
    pub fn config(&self) -> &Config {
        self.0.publisher.config()
    }

    /// Returns what compiles and publishes, with the store.
    pub fn publisher(&self) -> &Publisher {
        &self.0.publisher
    }

    /// Returns what editors try before it is live.
    pub fn trials(&self) -> &Trials {
        &self.0.trials
    }

    /// Returns what the bot missed, as it was put together for editors.
    pub fn misses(&self) -> &Misses {
        &self.0.misses
    }

    /// Returns the store.
    pub fn store(&self) -> &Store {
        self.0.publisher.store()
    }

    /// Returns the name of this process among those that serve.
    pub fn replica(&self) -> &str {
        &self.0.replica
    }

    /// Publishes what is wished for; what goes live answers at once here, and on other replicas when they next look.
    ///
    /// # Errors
    /// Fails as `Publisher::publish` does.
    pub async fn publish(&self, wish: &Wish) -> anyhow::Result<Outcome> {
        let live = self.live().revision();
        self.make_room();
        let done = self.publisher().publish(wish, Some(live.into())).await;
        let name = done.as_ref().map_or("failed", |done| done.outcome.name());
        self.metrics().note_publication(name);
        let done = done?;
        if let Some(live) = done.live {
            self.adopt(live);
        }
        Ok(done.outcome)
    }

    /// Makes an earlier revision live again: here at once where it is still in memory, else as soon as it is compiled.
    ///
    /// # Errors
    /// Fails as `Publisher::roll_back` does.
    pub async fn roll_back(&self, wish: &Rollback) -> anyhow::Result<Outcome> {
        let outcome = self.publisher().roll_back(wish).await?;
        if let Outcome::RolledBack { revision, seq } = &outcome {
            match self.live().of_revision(revision) {
                Some(snapshot) => self.adopt(LiveRevision { seq: *seq, snapshot }),
                None => self.wake(),
            }
        }
        Ok(outcome)
    }

    /// Makes a publication the live one, unless a later one is.
    pub fn adopt(&self, live: LiveRevision) {
        if self.live().swap(live.clone()) {
            self.metrics().note_revision(&live.snapshot);
            tracing::info!(revision = live.snapshot.assistant.revision(), seq = live.seq, "published");
        }
    }

    /// Makes room for the next revision where three would take too much: large content is held twice at most.
    pub fn make_room(&self) {
        if self.live().current().assistant.content().entries.len() > HELD_THREE_TIMES {
            self.live().forget_previous();
        }
    }

    /// Begins to keep what customers ask, where the settings say so.
    pub fn keep_questions(&self) {
        if self.config().retention.questions_days == 0 {
            return;
        }
        let (questions, taken) = Questions::new();
        if self.0.questions.set(questions).is_ok() {
            tokio::spawn(keep(self.clone(), taken));
        }
    }

    /// Takes in a question, or what became of it.
    pub fn note_question(&self, question: impl FnOnce() -> Question) {
        if let Some(questions) = self.0.questions.get() {
            questions.note(question());
        }
    }

    /// Waits until what was taken in of questions is in the store.
    pub async fn flush_questions(&self) {
        if let Some(questions) = self.0.questions.get() {
            questions.flush().await;
        }
    }

    /// Has what looks at the store look at once.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Waits until somebody wakes what looks at the store.
    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }

    /// Notes whether the store answers.
    pub fn note_store(&self, answers: bool) {
        self.0.store_answers.store(answers, Ordering::Release);
    }

    /// Says whether the store answered the last time that it was looked at.
    pub fn store_answers(&self) -> bool {
        self.0.store_answers.load(Ordering::Acquire)
    }

    /// Returns the live content.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// Returns what supervisors have switched off or pinned.
    pub fn switches(&self) -> Arc<Switches> {
        self.0.switches.load_full()
    }

    /// Puts other switches in place of those in force; requests that are being answered keep what they took.
    pub fn set_switches(&self, switches: Switches) {
        self.0.switches.store(Arc::new(switches));
    }

    /// Returns who may not write.
    pub fn blocks(&self) -> Arc<Blocks> {
        self.0.blocks.load_full()
    }

    /// Puts other blocks in place of those in force.
    pub fn set_blocks(&self, blocks: Blocks) {
        self.metrics().blocks.set(blocks.len() as i64);
        self.0.blocks.store(Arc::new(blocks));
    }

    /// Returns the metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Returns what clients have asked for lately.
    pub fn clients(&self) -> &ClientLimits {
        &self.0.clients
    }

    /// Returns what visitors have done lately.
    pub fn visitors(&self) -> &VisitorLimits {
        &self.0.visitors
    }

    /// Returns the model that knows what texts mean.
    pub fn embeddings(&self) -> Option<&Embeddings> {
        self.0.publisher.embeddings()
    }

    /// Returns the permits for answering.
    pub fn admission(&self) -> &Semaphore {
        &self.0.admission
    }

    /// Returns the turns for checking passwords.
    pub fn hashing(&self) -> &Hashing {
        &self.0.hashing
    }

    /// Returns what tells which conversations have changed.
    pub fn hints(&self) -> &Hints {
        &self.0.hints
    }

    /// Returns what wakes whoever delivers to webhooks.
    pub fn deliveries(&self) -> &Deliveries {
        &self.0.deliveries
    }

    /// Returns what seals secrets.
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// Returns the desk as it was a moment ago.
    pub fn board(&self) -> Arc<Board> {
        self.0.board.load_full()
    }

    /// Has everybody see the desk as it is now.
    pub fn set_board(&self, board: Board) {
        self.0.board.store(Arc::new(board));
    }

    /// Returns the permits for reading files of customers.
    pub fn uploads(&self) -> &Arc<Semaphore> {
        &self.0.uploads
    }

    /// Returns the turn for drawing a picture.
    pub fn drawing(&self) -> &Semaphore {
        &self.0.drawing
    }

    /// Returns the operator's own system, where there is one.
    pub fn operator(&self) -> Option<&Operator> {
        self.0.operator.as_ref()
    }

    /// Says that the service is about to end: load balancers should send nothing more.
    pub fn end(&self) {
        self.0.ending.store(true, Ordering::Release);
        self.0.deliveries.wake_now();
    }

    /// Says whether the service is about to end.
    pub fn is_ending(&self) -> bool {
        self.0.ending.load(Ordering::Acquire)
    }
}
