//! What customers ask, collected on its way to the store: counted in memory, written now and then, masked before it is kept.
//! No question waits for it; where too much comes at once, some is left out.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::clock;
use crate::desk::alarm::stretch_of;
use crate::store::asked::{self, Asked};
use crate::store::topics;
use crate::text::sensitive::mask;

/// Questions that wait to be counted.
const WAITING: usize = 10_000;

/// Different questions that are held until they are written.
const HELD: usize = 5_000;

/// How often they are written.
const EVERY: Duration = Duration::from_secs(5);

/// A question that was answered, or what became of it.
#[derive(Debug)]
pub struct Question {
    /// What was typed.
    pub text: String,
    /// The reply's language.
    pub language: String,
    /// The way in.
    pub channel: String,
    /// What became of it.
    pub became: Became,
}

/// What became of a question.
#[derive(Debug)]
pub enum Became {
    /// This was said about it (an outcome).
    Said(String),
    /// What was said did not help.
    Unhelpful,
    /// A person was asked for after it.
    HandedOff,
}

/// What is known of a question since it was last written.
#[derive(Debug, Default)]
struct Count {
    outcome: String,
    /// What was said, with how often.
    said: BTreeMap<String, i64>,
    n: i64,
    n_unhelpful: i64,
    n_handed_off: i64,
}

impl Count {
    fn add(&mut self, became: Became) {
        match became {
            Became::Said(outcome) => {
                self.n += 1;
                *self.said.entry(outcome.clone()).or_default() += 1;
                self.outcome = outcome;
            }
            Became::Unhelpful => self.n_unhelpful += 1,
            Became::HandedOff => self.n_handed_off += 1,
        }
    }
}

/// The masked text, its language, its channel.
type Key = (String, String, String);

/// What comes to whoever keeps questions.
enum Item {
    Asked(Question),
    /// Everything before it is to be written at once; whoever waits for that is told.
    Flush(oneshot::Sender<()>),
}

/// Takes questions in.
pub struct Questions(Sender<Item>);

/// What was taken in, to be kept.
pub struct Taken(Receiver<Item>);

impl Questions {
    /// Makes the two ends.
    pub fn new() -> (Self, Taken) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), Taken(receiver))
    }

    /// Takes a question in, or leaves it out where too many wait.
    pub fn note(&self, question: Question) {
        let _ = self.0.try_send(Item::Asked(question));
    }

    /// Waits until everything is written that was taken in before.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Item::Flush(done)).await.is_ok() {
            let _ = written.await;
        }
    }
}

/// Keeps questions until the process ends.
pub async fn keep(app: App, taken: Taken) {
    let mut receiver = taken.0;
    let mut counts: HashMap<Key, Count> = HashMap::new();
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            item = receiver.recv() => match item {
                Some(Item::Asked(Question { text, language, channel, became })) => {
                    let known = counts.len();
                    let key = (mask(&text).text, language, channel);
                    if known < HELD || counts.contains_key(&key) {
                        counts.entry(key).or_default().add(became);
                    }
                }
                Some(Item::Flush(done)) => {
                    write(&app, &mut counts).await;
                    let _ = done.send(());
                }
                None => return,
            },
            _ = ticks.tick() => write(&app, &mut counts).await,
        }
    }
}

async fn write(app: &App, counts: &mut HashMap<Key, Count>) {
    if counts.is_empty() {
        return;
    }
    let now = clock::now();
    let mut topics: BTreeMap<String, i64> = BTreeMap::new();
    for count in counts.values() {
        for (topic, n) in &count.said {
            *topics.entry(topic.clone()).or_default() += n;
        }
    }
    let asked: Vec<Asked> = counts
        .drain()
        .map(|((text, language, channel), Count { outcome, n, n_unhelpful, n_handed_off, .. })| Asked {
            // PostgreSQL keeps no NUL in texts.
            text: text.replace('\0', ""),
            language,
            channel,
            outcome,
            n,
            last_at: now,
            n_unhelpful,
            n_handed_off,
        })
        .collect();
    let written = async {
        let mut tx = app.store().write().await?;
        asked::add(&mut *tx, &asked).await?;
        for (topic, n) in &topics {
            topics::add(&mut *tx, stretch_of(now), topic, *n).await?;
        }
        tx.commit().await
    };
    // They are counts: where the store cannot take them, some are missing.
    if let Err(error) = written.await {
        tracing::debug!(%error, n = asked.len(), "questions were not counted");
    }
}
