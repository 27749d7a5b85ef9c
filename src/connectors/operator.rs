//! The operator's own system: what it knows of orders and accounts, and what it can do about them. Each request is signed; where
//! no answer comes in time, people look.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::clock;
use crate::config::outbound::OperatorConfig;
use crate::connectors::breaker::Breaker;
use crate::connectors::client::{Allowed, Call, Outbound};
use crate::ids::new_id;
use crate::knowledge::intent::OperatorAct;
use crate::knowledge::operator::SampleTransaction;
use crate::people::signature::SigningSecret;

/// Bytes of an answer that are read at most.
const MOST_BYTES: usize = 256 << 10;

/// The wait before a second try.
const WAIT: Duration = Duration::from_millis(100);

/// The operator's own system, by HTTP.
#[derive(Clone)]
pub struct Operator(Arc<Shared>);

struct Shared {
    client: Outbound,
    config: OperatorConfig,
    secret: SigningSecret,
    breaker: Breaker,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// It has not answered lately, and is left alone for a while.
    #[error("the operator's system has not answered lately")]
    LeftAlone,
    /// It has answered that it will not.
    #[error("the operator's system refuses: status {0}")]
    Refused(u16),
    /// It did not answer, or not as is agreed.
    #[error("{0:#}")]
    Failed(anyhow::Error),
}

/// An order, as the operator's system tells of it.
#[derive(Debug, Deserialize)]
struct OrderAnswer {
    order_number: String,
    time: Timestamp,
    amount: Decimal,
    #[serde(default)]
    status: String,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    account_flags: Vec<String>,
}

impl From<OrderAnswer> for SampleTransaction {
    fn from(answer: OrderAnswer) -> Self {
        let OrderAnswer { order_number, time, amount, status, cause, account_flags } = answer;
        Self { order_number, time, amount, status, cause, account_flags }
    }
}

#[derive(Deserialize)]
struct OrdersAnswer {
    orders: Vec<OrderAnswer>,
}

#[derive(Deserialize)]
struct FlagsAnswer {
    flags: Vec<String>,
}

#[derive(Deserialize)]
struct ActAnswer {
    done: bool,
}

impl Operator {
    /// Makes a client for the configured system; `None` where none is configured. Nobody is called yet.
    ///
    /// # Errors
    /// Fails where there is an address and no secret, and when the client cannot be made.
    pub fn new(config: &OperatorConfig) -> anyhow::Result<Option<Self>> {
        if config.url.is_empty() {
            return Ok(None);
        }
        let secret = config.secret.clone();
        let secret =
            secret.ok_or_else(|| anyhow::anyhow!("[operator] url needs [operator] secret: requests are signed"))?;
        let client = Outbound::new(Allowed::host_of(&config.url))?;
        let shared = Shared { client, config: config.clone(), secret, breaker: Breaker::default() };
        Ok(Some(Self(Arc::new(shared))))
    }

    /// Returns an order; `None` where there is none of the number.
    ///
    /// # Errors
    /// Fails as [`NoAnswer`] says.
    pub async fn order(&self, order_number: &str) -> Result<Option<SampleTransaction>, NoAnswer> {
        let answer =
            self.ask::<OrdersAnswer>("orders/find", &serde_json::json!({ "order_number": order_number })).await?;
        let found = answer.orders.into_iter().find(|order| order.order_number == order_number);
        Ok(found.map(Into::into))
    }

    /// Returns the last orders of a verified customer, the newest first.
    ///
    /// # Errors
    /// Fails as [`NoAnswer`] says.
    pub async fn last_orders(&self, subject: &str) -> Result<Vec<SampleTransaction>, NoAnswer> {
        let answer = self.ask::<OrdersAnswer>("orders/last", &serde_json::json!({ "subject": subject })).await?;
        Ok(answer.orders.into_iter().map(Into::into).collect())
    }

    /// Returns what is wrong with a verified customer's account.
    ///
    /// # Errors
    /// Fails as [`NoAnswer`] says.
    pub async fn account_flags(&self, subject: &str) -> Result<Vec<String>, NoAnswer> {
        Ok(self.ask::<FlagsAnswer>("accounts/flags", &serde_json::json!({ "subject": subject })).await?.flags)
    }

    /// Does something for a verified customer; says whether it is done. `id` is the same for one wish however often it is sent:
    /// it is done once.
    ///
    /// # Errors
    /// Fails as [`NoAnswer`] says; whether it was done is not known then.
    pub async fn act(
        &self,
        act: OperatorAct,
        subject: &str,
        case_number: Option<&str>,
        id: &str,
    ) -> Result<bool, NoAnswer> {
        let body = serde_json::json!({ "id": id, "act": act, "subject": subject, "case_number": case_number });
        Ok(self.ask::<ActAnswer>("acts", &body).await?.done)
    }

    /// Asks, and asks again where no answer came; what it refuses is not asked again.
    async fn ask<T: DeserializeOwned>(&self, path: &str, body: &serde_json::Value) -> Result<T, NoAnswer> {
        let shared = &self.0;
        // The name of the message stays the same over all tries.
        let (id, body) = (new_id("req"), body.to_string());
        let mut tries = 0;
        loop {
            if !shared.breaker.lets_through(clock::now()) {
                return Err(NoAnswer::LeftAlone);
            }
            tries += 1;
            let failed = match self.once(path, &id, &body).await {
                Ok(answer) => {
                    shared.breaker.succeeded();
                    return Ok(answer);
                }
                Err(NoAnswer::Refused(status)) => {
                    shared.breaker.succeeded();
                    return Err(NoAnswer::Refused(status));
                }
                Err(failed) => failed,
            };
            if let Some(n_failed) = shared.breaker.failed(clock::now()) {
                tracing::warn!(n_failed, error = %failed, path, "the operator's system does not answer: people look");
            }
            if tries >= shared.config.tries.max(1) {
                return Err(failed);
            }
            tokio::time::sleep(WAIT * tries).await;
        }
    }

    async fn once<T: DeserializeOwned>(&self, path: &str, id: &str, body: &str) -> Result<T, NoAnswer> {
        let shared = &self.0;
        let now = clock::now();
        let signature = shared.secret.sign(id, now, body.as_bytes());
        let timestamp = now.as_second().to_string();
        let url = format!("{}/{path}", shared.config.url.trim_end_matches('/'));
        let headers =
            [("webhook-id", id), ("webhook-timestamp", timestamp.as_str()), ("webhook-signature", signature.as_str())];
        let time = Duration::from_millis(shared.config.timeout_ms);
        let call = Call { url: &url, headers: &headers, body, time, most_bytes: MOST_BYTES };
        let answer = shared.client.post(call).await.map_err(NoAnswer::Failed)?;
        match answer.status {
            200..=299 => serde_json::from_slice(&answer.body)
                .map_err(|error| NoAnswer::Failed(anyhow::anyhow!("no such answer: {error}"))),
            // Too many requests and a time-out are no refusals.
            408 | 429 | 500.. => Err(NoAnswer::Failed(anyhow::anyhow!("status {}", answer.status))),
            status => Err(NoAnswer::Refused(status)),
        }
    }
}
