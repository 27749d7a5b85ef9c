//! Webhooks in the store: what is noted for whom, in whose transaction, and for how long it is kept.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use yingda::people::webhook::EventKind;
use yingda::store::database::Transaction;
use yingda::store::deliveries::{self, Announcement, Ended, Which};
use yingda::store::error::StoreError;
use yingda::store::outbox;
use yingda::store::webhooks::{self, Status, Webhook};

use super::{at, on_both};

/// A webhook of the store alone.
pub fn webhook(id: &str, events: &[&str]) -> Webhook {
    Webhook {
        id: id.to_owned(),
        url: "https://hooks.example/退款?a='b'".to_owned(),
        description: "工单".to_owned(),
        events: events.iter().map(|&name| name.to_owned()).collect(),
        secret: "sealed".to_owned(),
        old_secret: None,
        status: Status::Active,
        disabled_reason: None,
        failing_since: None,
        created_by: "user_ann".to_owned(),
        created_at: at(0),
        version: 1,
    }
}

async fn announce(tx: &mut dyn Transaction, ids: &[&str], kind: &str, now: Timestamp) -> usize {
    let data = json!({ "id": "conv_1" });
    let all: Vec<Announcement<'_>> =
        ids.iter().map(|id| Announcement { id, kind, subject: "conv_1", data: &data }).collect();
    webhooks::announce(tx, &all, now).await.unwrap()
}

#[test]
fn what_happens_is_noted_in_its_transaction_for_whoever_wants_it() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(announce(&mut *tx, &["e0"], "case.opened", at(0)).await, 0, "nobody is there");
        webhooks::add(&mut *tx, &webhook("a", &[])).await.unwrap();
        webhooks::add(&mut *tx, &webhook("b", &["case.opened"])).await.unwrap();
        let off = Webhook { status: Status::Disabled, ..webhook("c", &[]) };
        webhooks::add(&mut *tx, &off).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(announce(&mut *tx, &["lost"], "case.opened", at(1)).await, 2);
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert_eq!(announce(&mut *tx, &["e1", "e2"], "conversation.closed", at(1)).await, 2);
        assert_eq!(announce(&mut *tx, &["e3"], "case.opened", at(2)).await, 2);
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(webhooks::list(&mut *tx).await.unwrap(), [webhook("a", &[]), webhook("b", &["case.opened"]), off]);
        assert_eq!(outbox::due_topics(&mut *tx, "webhook:", at(1)).await.unwrap(), ["webhook:a"]);
        assert_eq!(outbox::due_topics(&mut *tx, "webhook:", at(2)).await.unwrap(), ["webhook:a", "webhook:b"]);
        assert_eq!(outbox::n_waiting(&mut *tx, "webhook:").await.unwrap(), 4);
        let newest = (Timestamp::MAX, "");
        let of_a = deliveries::list(&mut *tx, "a", Which::All, newest, 10).await.unwrap();
        assert_eq!(of_a.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["e3", "e2", "e1"]);
        let rest = deliveries::list(&mut *tx, "a", Which::All, (at(1), "e2_a"), 10).await.unwrap();
        assert_eq!(rest.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["e1_a"]);
        let body: serde_json::Value = serde_json::from_str(&of_a[0].body).unwrap();
        assert_eq!(body, json!({ "type": "case.opened", "timestamp": at(2), "data": { "id": "conv_1" } }));
        drop(tx);
        let mut tx = store.write().await.unwrap();
        let data = json!({});
        let twice = Announcement { id: "e3", kind: "case.opened", subject: "", data: &data };
        let noted = webhooks::announce(&mut *tx, &[twice], at(3)).await;
        assert!(matches!(noted, Err(StoreError::Conflict)), "one event is noted once");
    });
}

#[test]
fn each_change_of_an_endpoint_is_made_on_the_one_before() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let first = webhook("a", &[]);
        webhooks::add(&mut *tx, &first).await.unwrap();
        let rotated = Webhook {
            secret: "new".to_owned(),
            old_secret: Some(("sealed".to_owned(), at(86_400))),
            events: ["case.opened".to_owned()].into(),
            ..first.clone()
        };
        webhooks::change(&mut *tx, &rotated).await.unwrap();
        let changed = webhooks::get(&mut *tx, "a").await.unwrap().unwrap();
        assert_eq!(changed, Webhook { version: 2, ..rotated });
        assert!(!format!("{changed:?}").contains("hooks.example"));
        assert!(matches!(webhooks::change(&mut *tx, &first).await, Err(StoreError::Conflict)));
        drop(tx);
        let mut tx = store.write().await.unwrap();
        webhooks::add(&mut *tx, &first).await.unwrap();
        assert_eq!(webhooks::failed(&mut *tx, "a", at(5)).await.unwrap().unwrap().failing_since, Some(at(5)));
        assert_eq!(webhooks::failed(&mut *tx, "a", at(9)).await.unwrap().unwrap().failing_since, Some(at(5)));
        webhooks::succeeded(&mut *tx, "a").await.unwrap();
        assert_eq!(webhooks::get(&mut *tx, "a").await.unwrap().unwrap(), first, "its version stays");
        webhooks::remove(&mut *tx, &first).await.unwrap();
        assert_eq!(webhooks::get(&mut *tx, "a").await.unwrap(), None);
    });
}

#[test]
fn what_waits_for_a_disabled_endpoint_lies_aside_and_comes_again_when_it_is_asked_for() {
    on_both(|place| async move {
        let (store, lease) = (place.open().await, SignedDuration::from_secs(30));
        let mut tx = store.write().await.unwrap();
        let hook = webhook("a", &[]);
        webhooks::add(&mut *tx, &hook).await.unwrap();
        announce(&mut *tx, &["e1", "e2"], "case.opened", at(0)).await;
        let claimed = outbox::claim(&mut *tx, store.engine(), "webhook:a", "w", 1, at(0), lease).await.unwrap();
        webhooks::disable(&mut *tx, &hook, "gone", at(1)).await.unwrap();
        let disabled = webhooks::get(&mut *tx, "a").await.unwrap().unwrap();
        assert_eq!((disabled.status, disabled.disabled_reason.as_deref()), (Status::Disabled, Some("gone")));
        assert_eq!(deliveries::n_dead(&mut *tx).await.unwrap(), [("a".to_owned(), 2)]);
        assert!(!outbox::done(&mut *tx, &claimed[0].id, "w").await.unwrap());
        assert_eq!(outbox::n_waiting(&mut *tx, "webhook:").await.unwrap(), 0);
        let delivery = deliveries::get(&mut *tx, "e1_a").await.unwrap().unwrap();
        assert!(deliveries::replay(&mut *tx, &delivery, at(2)).await.unwrap());
        let again = deliveries::get(&mut *tx, "e1_a").await.unwrap().unwrap();
        assert!(!deliveries::replay(&mut *tx, &again, at(2)).await.unwrap(), "it waits");
        deliveries::note(&mut *tx, "e1_a", Ended::Delivered, Some(204), at(3)).await.unwrap();
        outbox::forget(&mut *tx, "e1_a").await.unwrap();
        let delivered = deliveries::get(&mut *tx, "e1_a").await.unwrap().unwrap();
        assert_eq!((delivered.status, delivered.n_attempts, delivered.delivered_at), (Some(204), 1, Some(at(3))));
        assert!(deliveries::replay(&mut *tx, &delivered, at(4)).await.unwrap());
        let claimed = outbox::claim(&mut *tx, store.engine(), "webhook:a", "w", 9, at(4), lease).await.unwrap();
        assert_eq!((claimed.len(), claimed[0].id.as_str(), claimed[0].n_attempts), (1, "e1_a", 1));
        outbox::put_off(&mut *tx, "e1_a", at(100)).await.unwrap();
        assert!(outbox::due_topics(&mut *tx, "webhook:", at(99)).await.unwrap().is_empty());
    });
}

#[test]
fn deliveries_that_have_ended_are_forgotten_and_those_that_wait_stay() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        webhooks::add(&mut *tx, &webhook("a", &[])).await.unwrap();
        announce(&mut *tx, &["e1", "e2", "e3"], "case.opened", at(0)).await;
        announce(&mut *tx, &["e4"], "case.opened", at(50)).await;
        deliveries::note(&mut *tx, "e1_a", Ended::Delivered, Some(200), at(1)).await.unwrap();
        deliveries::note(&mut *tx, "e2_a", Ended::Dead("status 500"), Some(500), at(1)).await.unwrap();
        deliveries::note(&mut *tx, "e3_a", Ended::Failed("no answer"), None, at(1)).await.unwrap();
        assert_eq!(deliveries::forget(&mut *tx, at(10)).await.unwrap(), 2);
        let failed = deliveries::list(&mut *tx, "a", Which::Failed, (Timestamp::MAX, ""), 9).await.unwrap();
        assert_eq!(failed.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["e3_a"]);
        assert_eq!(outbox::n_waiting(&mut *tx, "webhook:").await.unwrap(), 2, "e3 and e4");
        assert_eq!(deliveries::erase(&mut *tx, "conv_1").await.unwrap(), 2);
        assert_eq!(outbox::n_waiting(&mut *tx, "webhook:").await.unwrap(), 0);
    });
}

#[test]
fn the_page_on_webhooks_names_every_kind_of_event() {
    const PAGE: &str = include_str!("../../../docs/WEBHOOKS.md");
    for kind in EventKind::ALL {
        assert!(PAGE.contains(&format!("`{kind}`")), "{kind} is forgotten");
    }
}
