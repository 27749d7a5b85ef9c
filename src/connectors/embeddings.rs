//! A model that gives texts vectors, behind any server with OpenAI's `/v1/embeddings`. It is asked about stored texts when
//! content is compiled, and about a question once, within a budget; where it fails, matching goes on without it.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::clock;
use crate::config::EmbeddingsConfig;
use crate::connectors::breaker::Breaker;
use crate::connectors::client::{Allowed, Call, Outbound};
use crate::connectors::memory::{Key, Memory, key_of};
use crate::text::analysis::Analysis;
use crate::text::vectors::TextVectors;

/// Texts whose mean is taken off every vector together with that of the content: a few entries alone would say too little.
const ANCHORS: &str = include_str!("anchors.txt");

/// How long a batch may take, and how often it is tried.
const BATCH_TIME: Duration = Duration::from_secs(60);
const BATCH_TRIES: usize = 3;

/// Bytes of an answer that are read at most.
const MOST_BYTES: usize = 64 << 20;

/// A model behind a server.
#[derive(Clone)]
pub struct Embeddings(Arc<Shared>);

struct Shared {
    client: Outbound,
    config: EmbeddingsConfig,
    breaker: Breaker,
    memory: RwLock<Memory>,
}

/// What the model said of texts, for the core.
pub struct Remembered {
    embeddings: Embeddings,
    dimensions: usize,
    mean: Vec<f32>,
}

#[derive(Serialize)]
struct Request<'r> {
    model: &'r str,
    input: &'r [String],
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct Response {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl Embeddings {
    /// Makes a client for the configured server; `None` where none is configured. Nobody is called yet.
    ///
    /// # Errors
    /// Fails when the client cannot be made.
    pub fn new(config: &EmbeddingsConfig, data: &std::path::Path) -> anyhow::Result<Option<Self>> {
        if config.url.is_empty() {
            return Ok(None);
        }
        let client = Outbound::new(Allowed::host_of(&config.url)).context("the client for embeddings")?;
        let named = format!("{} {}", config.url, config.model);
        let memory = RwLock::new(Memory::open(data, &named));
        let shared = Shared { client, config: config.clone(), breaker: Breaker::default(), memory };
        Ok(Some(Self(Arc::new(shared))))
    }

    /// Returns what the model is, for the name of a file.
    pub fn tag(&self) -> String {
        let config = &self.0.config;
        let named = format!("{} {} {}", config.model, config.passage_prefix, config.query_prefix);
        key_of(&config.url, &named).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Asks about a question within the budget; `None` where there is no answer in time, or none that is of use.
    pub async fn question(&self, text: &str) -> Option<Vec<f32>> {
        let shared = &self.0;
        let known = self.dimensions();
        if known == 0 || !shared.breaker.lets_through(clock::now()) {
            return None;
        }
        let budget = Duration::from_millis(shared.config.budget_ms);
        let prefixed = [format!("{}{text}", shared.config.query_prefix)];
        let answered = match tokio::time::timeout(budget, self.ask(&prefixed)).await {
            Ok(answered) => answered,
            Err(_) => Err(anyhow::anyhow!("no answer within {} ms", shared.config.budget_ms)),
        };
        let vector = answered.and_then(|mut vectors| {
            let vector = vectors.remove(0);
            anyhow::ensure!(vector.len() == known, "{} numbers instead of {known}", vector.len());
            Ok(vector)
        });
        match vector {
            Ok(vector) => {
                shared.breaker.succeeded();
                unit(&vector)
            }
            Err(error) => {
                if let Some(n_failed) = shared.breaker.failed(clock::now()) {
                    let error = format!("{error:#}");
                    tracing::warn!(
                        n_failed,
                        error,
                        "the embeddings server does not answer: matching goes on without it"
                    );
                }
                None
            }
        }
    }

    /// Asks about all texts that are not known yet, and returns what is known of them; blocks.
    ///
    /// # Errors
    /// Fails when the server does; what it said until then is kept.
    pub fn remember(&self, passages: &[String], questions: &[String]) -> anyhow::Result<Arc<Remembered>> {
        self.reopen();
        let config = &self.0.config;
        let anchors: Vec<String> = ANCHORS.lines().map(str::to_owned).collect();
        let prefixed = |prefix: &str, text: &String| (key_of(prefix, text), format!("{prefix}{text}"));
        let passages: Vec<(Key, String)> =
            anchors.iter().chain(passages).map(|text| prefixed(&config.passage_prefix, text)).collect();
        let questions = questions.iter().map(|text| prefixed(&config.query_prefix, text));
        let mut missing: Vec<(Key, String)> = {
            let memory = self.memory();
            let unknown = passages.iter().cloned().chain(questions).filter(|(key, _)| memory.get(key).is_none());
            unknown.collect()
        };
        missing.sort();
        missing.dedup();
        // On a thread of its own: this one may belong to a runtime, where waiting for another is not allowed.
        std::thread::scope(|scope| scope.spawn(|| self.fetch(&missing)).join())
            .map_err(|_| anyhow::anyhow!("the client for embeddings ended too early"))??;
        let memory = self.memory();
        let mut mean = vec![0.0; memory.dimensions()];
        for (key, _) in &passages {
            let Some(vector) = memory.get(key) else { continue };
            let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            mean.iter_mut().zip(vector).for_each(|(mean, number)| *mean += number / length);
        }
        mean.iter_mut().for_each(|mean| *mean /= passages.len().max(1) as f32);
        Ok(Arc::new(Remembered { embeddings: self.clone(), dimensions: memory.dimensions(), mean }))
    }

    /// Returns the vectors of texts as passages, asking about those that are not known; blocks.
    ///
    /// # Errors
    /// Fails when the server does.
    pub fn vectors(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        self.remember(texts, &[])?;
        let memory = self.memory();
        let known = |text| memory.get(&key_of(&self.0.config.passage_prefix, text)).map(<[f32]>::to_vec);
        texts.iter().map(|text| known(text).context("the server left a text out")).collect()
    }

    /// Lets go of what is needed only while content is compiled.
    pub fn forget(&self) {
        self.0.memory.write().unwrap_or_else(PoisonError::into_inner).forget();
    }

    fn reopen(&self) {
        let mut memory = self.0.memory.write().unwrap_or_else(PoisonError::into_inner);
        memory.reopen();
    }

    fn memory(&self) -> std::sync::RwLockReadGuard<'_, Memory> {
        self.0.memory.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn dimensions(&self) -> usize {
        self.memory().dimensions()
    }

    fn fetch(&self, missing: &[(Key, String)]) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        for batch in missing.chunks(self.0.config.batch.max(1)) {
            let texts: Vec<String> = batch.iter().map(|(_, text)| text.clone()).collect();
            let vectors = runtime.block_on(self.batch(&texts))?;
            let keyed = batch.iter().map(|(key, _)| *key).zip(vectors).collect();
            self.0.memory.write().unwrap_or_else(PoisonError::into_inner).add(keyed);
        }
        Ok(())
    }

    async fn batch(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let mut tries = 1;
        loop {
            match self.ask(texts).await {
                Ok(vectors) => return Ok(vectors),
                Err(error) if tries == BATCH_TRIES => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(200) * tries as u32).await,
            }
            tries += 1;
        }
    }

    /// Asks about texts; returns a vector for each, all of one size and of finite numbers.
    async fn ask(&self, texts: &[String]) -> anyhow::Result<Vec<Vec<f32>>> {
        let config = &self.0.config;
        let body = serde_json::to_string(&Request { model: &config.model, input: texts, encoding_format: "float" })?;
        let url = format!("{}/embeddings", config.url.trim_end_matches('/'));
        let bearer = format!("Bearer {}", config.key);
        let authorization = [("authorization", bearer.as_str())];
        let headers = if config.key.is_empty() { &[][..] } else { &authorization };
        let call = Call { url: &url, headers, body: &body, time: BATCH_TIME, most_bytes: MOST_BYTES };
        let answer = self.0.client.post(call).await?;
        anyhow::ensure!(answer.is_success(), "status {}", answer.status);
        let response: Response = serde_json::from_slice(&answer.body).context("no list of embeddings")?;
        in_order(response.data, texts.len())
    }
}

fn in_order(mut items: Vec<Item>, n_texts: usize) -> anyhow::Result<Vec<Vec<f32>>> {
    anyhow::ensure!(items.len() == n_texts, "{} vectors for {n_texts} texts", items.len());
    if items.iter().all(|item| item.index.is_some()) {
        items.sort_by_key(|item| item.index);
    }
    let dimensions = items.first().map_or(0, |item| item.embedding.len());
    let is_good =
        |item: &Item| item.embedding.len() == dimensions && item.embedding.iter().all(|number| number.is_finite());
    anyhow::ensure!(dimensions > 0 && items.iter().all(is_good), "vectors that are none");
    Ok(items.into_iter().map(|item| item.embedding).collect())
}

impl TextVectors for Remembered {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn mean(&self) -> Vec<f32> {
        self.mean.clone()
    }

    fn of_passage(&self, text: &str, _analysis: &Analysis) -> Option<Vec<f32>> {
        let key = key_of(&self.embeddings.0.config.passage_prefix, text);
        unit(self.embeddings.memory().get(&key)?)
    }

    fn of_question(&self, text: &str, _analysis: &Analysis) -> Option<Vec<f32>> {
        let key = key_of(&self.embeddings.0.config.query_prefix, text);
        unit(self.embeddings.memory().get(&key)?)
    }
}

/// The vector with a length of 1, as the mean was taken of such.
pub(crate) fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    (length > 0.0).then(|| vector.iter().map(|number| number / length).collect())
}
