//! The metrics, all in one place: names begin with `yingda_`, units are base units, labels take few values.

use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::assistant::turn::DecisionKind;
use crate::snapshot::Snapshot;

/// Everything that is counted.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    answers: Family<AnswerLabels, Counter>,
    refused: Family<RefusalLabels, Counter>,
    publications: Family<PublicationLabels, Counter>,
    conversations_ended: Family<EndLabels, Counter>,
    /// Blocks in memory.
    pub blocks: Gauge,
    deliveries: Family<DeliveryLabels, Counter>,
    /// Deliveries to webhooks that wait to be made, or made again.
    pub deliveries_waiting: Gauge,
    /// Connections that are open.
    pub connections: Gauge,
    entries: Gauge,
    revision: Family<RevisionLabels, Gauge>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: RouteLabel,
    status: u16,
}

/// The template of a route, not what was in its place.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
struct RouteLabel(std::sync::Arc<str>);

impl EncodeLabelValue for RouteLabel {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), std::fmt::Error> {
        self.0.as_ref().encode(encoder)
    }
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct AnswerLabels {
    decision: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct PublicationLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct EndLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RevisionLabels {
    revision: String,
}

/// Bounds of request durations in seconds, from a tenth of what an answer takes to what nobody waits for.
const DURATION_BOUNDS: [f64; 12] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

impl Metrics {
    /// Registers everything.
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("yingda");
        let requests: Family<RequestLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(|| Histogram::new(DURATION_BOUNDS));
        registry.register_with_unit(
            "http_request_duration",
            "How long requests took, from the head to the response's head",
            Unit::Seconds,
            requests.clone(),
        );
        let answers = Family::default();
        registry.register("answers", "Questions by what was done about them", Family::clone(&answers));
        let refused = Family::default();
        registry.register(
            "http_requests_refused",
            "Requests refused for a limit, a block or an identity",
            Family::clone(&refused),
        );
        let publications = Family::default();
        registry.register("publications", "Attempts to publish the content", Family::clone(&publications));
        let conversations_ended = Family::default();
        registry.register("conversations_ended", "Conversations that have ended", Family::clone(&conversations_ended));
        let blocks = Gauge::default();
        registry.register("blocks", "Blocks of visitors", blocks.clone());
        let deliveries = Family::default();
        registry.register("webhook_deliveries", "Attempts to deliver to webhooks", Family::clone(&deliveries));
        let deliveries_waiting = Gauge::default();
        registry.register(
            "webhook_deliveries_waiting",
            "Deliveries to webhooks that wait to be made, or made again",
            deliveries_waiting.clone(),
        );
        let connections = Gauge::default();
        registry.register("http_connections", "Open connections", connections.clone());
        let entries = Gauge::default();
        registry.register("entries", "Entries of the live revision", entries.clone());
        let revision = Family::default();
        registry.register("live_revision", "The live revision has the value 1", Family::clone(&revision));
        registry.register("build", "The running version", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        Self {
            registry,
            requests,
            answers,
            refused,
            publications,
            conversations_ended,
            blocks,
            deliveries,
            deliveries_waiting,
            connections,
            entries,
            revision,
        }
    }

    /// Notes a request.
    pub fn note_request(&self, method: &'static str, route: std::sync::Arc<str>, status: u16, took: Duration) {
        let labels = RequestLabels { method, route: RouteLabel(route), status };
        self.requests.get_or_create(&labels).observe(took.as_secs_f64());
    }

    /// Notes what was done about a question.
    pub fn note_answer(&self, decision: DecisionKind) {
        self.answers.get_or_create(&AnswerLabels { decision: decision.name() }).inc();
    }

    /// Notes that a conversation has ended.
    pub fn note_conversation_end(&self, reason: &'static str) {
        self.conversations_ended.get_or_create(&EndLabels { reason }).inc();
    }

    /// Notes a request that a limit, a block or an identity that does not hold refused.
    pub fn note_refusal(&self, reason: &'static str) {
        self.refused.get_or_create(&RefusalLabels { reason }).inc();
    }

    /// Notes an attempt to publish.
    pub fn note_publication(&self, outcome: &'static str) {
        self.publications.get_or_create(&PublicationLabels { outcome }).inc();
    }

    /// Notes how an attempt to deliver to a webhook ended: `delivered`, `failed` (it is tried again) or `dead`.
    pub fn note_delivery(&self, outcome: &'static str) {
        self.deliveries.get_or_create(&DeliveryLabels { outcome }).inc();
    }

    /// Notes which revision is live.
    pub fn note_revision(&self, snapshot: &Snapshot) {
        self.revision.clear();
        let revision = snapshot.assistant.revision().to_owned();
        self.revision.get_or_create(&RevisionLabels { revision }).set(1);
        self.entries.set(snapshot.assistant.content().entries.len() as i64);
    }

    /// Returns everything in OpenMetrics' text format.
    pub fn encode(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}
