//! A service whose webhooks are delivered when a test says so, at the time that it says.

use super::super::access::call;
use super::super::{Reply, TestApp, now, settings};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use yingda::config::outbound::AllowedHost;
use yingda::people::credential::KeptToken;
use yingda::people::role::Permission;
use yingda::people::secret::ApiToken;
use yingda::store::people::tokens;
use yingda::webhooks::worker::Worker;

/// A service with an administrator's program and a worker, whose clock can be put on.
pub struct Desk {
    pub app: TestApp,
    pub worker: RefCell<Worker>,
    pub later: Arc<AtomicI64>,
    pub authorization: String,
}

impl Desk {
    pub fn start() -> Self {
        Self::with(&["127.0.0.1"], 30)
    }

    pub fn with(allowed: &[&str], seconds: u64) -> Self {
        let mut config = settings();
        config.connectors.allowed_hosts = allowed.iter().map(|host| AllowedHost::of(host)).collect();
        config.connectors.webhook_seconds = seconds;
        let app = TestApp::with(config);
        let (secret, later) = (ApiToken::new([7; 32]), Arc::new(AtomicI64::new(0)));
        let token = KeptToken {
            id: "token_1".to_owned(),
            name: "program".to_owned(),
            scopes: [Permission::SystemManage, Permission::AuditRead].into(),
            departments: Default::default(),
            created_by: "user_ann".to_owned(),
            created_at: now(),
            expires_at: None,
            revoked_at: None,
            used_at: None,
        };
        app.wait(async {
            let mut tx = app.app.store().write().await.unwrap();
            tokens::add(&mut *tx, &secret.digest(), &token).await.unwrap();
            tx.commit().await.unwrap();
        });
        let put_on = Arc::clone(&later);
        let clock = move || now() + SignedDuration::from_secs(put_on.load(Ordering::SeqCst));
        let worker = RefCell::new(Worker::new(app.app.clone(), clock).unwrap());
        Self { app, worker, later, authorization: format!("authorization: Bearer {}\r\n", secret.expose()) }
    }

    pub fn send_with(&self, method: &str, path: &str, headers: &str, body: &Value) -> Reply {
        let headers = format!("{}{headers}", self.authorization);
        let body = (!body.is_null()).then_some(body);
        call(&self.app, method, &format!("/api/v1/admin/{path}"), &headers, body)
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send_with(method, path, "", body)
    }

    pub fn get(&self, path: &str) -> Value {
        let reply = self.send("GET", path, &Value::Null);
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()
    }

    /// Makes a webhook; returns its id and secret.
    pub fn add(&self, url: &str, events: &[&str]) -> (String, String) {
        let reply = self.send("POST", "webhooks", &json!({ "url": url, "events": events }));
        assert_eq!(reply.status, 201, "{}", reply.text());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&reply.json()["webhook"]["id"]), text(&reply.json()["secret"]))
    }

    pub fn ping(&self, webhook: &str) -> String {
        let reply = self.send("POST", &format!("webhooks/{webhook}/test"), &Value::Null);
        assert_eq!(reply.status, 202, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn deliveries(&self, webhook: &str) -> Vec<Value> {
        self.get(&format!("webhooks/{webhook}/deliveries"))["data"].as_array().unwrap().clone()
    }

    pub fn now(&self) -> Timestamp {
        now() + SignedDuration::from_secs(self.later.load(Ordering::SeqCst))
    }

    /// Puts the worker's clock on.
    pub fn wait_for(&self, seconds: i64) {
        self.later.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Delivers all that is due; returns how many attempts that were.
    pub fn deliver(&self) -> usize {
        let worker = &mut *self.worker.borrow_mut();
        self.app.wait(async {
            let mut n_attempts = 0;
            loop {
                let n_begun = worker.begin_due().await.unwrap();
                worker.finish().await;
                n_attempts += n_begun;
                if n_begun == 0 {
                    return n_attempts;
                }
            }
        })
    }

    pub fn audit(&self) -> Vec<Value> {
        self.get("audit?action=webhook.changed")["data"].as_array().unwrap().clone()
    }
}
