//! What a report of the service's use reads, whichever database it is on: conversations of a period page by page, and their events.

use jiff::civil::date;
use serde_json::{Value, json};
use yingda::desk::feedback::Ratings;
use yingda::desk::owner::Owner;
use yingda::desk::reports::Period;
use yingda::desk::reports::usage::By;
use yingda::desk::reports::usage_count::UsageCount;
use yingda::desk::reports::usage_course::{Happened, Rated};
use yingda::knowledge::calendar::Calendar;
use yingda::reporting;
use yingda::store::conversations::{self, Change, Conversation};
use yingda::store::database::Transaction;
use yingda::store::usage::{events_of, happened, used_in};

use super::conversations::conversation;
use super::{at, on_both};

/// A conversation that began and in which something happened last, some seconds after the fixed time.
async fn begun(tx: &mut dyn Transaction, id: &str, (created, updated): (i64, i64), department: Option<&str>) {
    let new = Conversation {
        token: format!("digest of {id}"),
        created_at: at(created),
        updated_at: at(updated),
        department: department.map(str::to_owned),
        state: "{\"language\":\"en\",\"misses\":2}".to_owned(),
        ..conversation(id)
    };
    conversations::begin(tx, &new).await.unwrap();
}

async fn ids(tx: &mut dyn Transaction, departments: &[&str]) -> Vec<String> {
    let period = Period { from: at(10), until: at(20) };
    let departments: Vec<String> = departments.iter().map(|name| (*name).to_owned()).collect();
    let (mut ids, mut after) = (Vec::new(), None);
    loop {
        let (page, end) = used_in(tx, period, &departments, after.as_ref(), 2).await.unwrap();
        ids.extend(page.into_keys());
        after = end;
        if after.is_none() {
            return ids;
        }
    }
}

#[test]
fn conversations_of_a_period_come_page_by_page_with_those_of_no_department() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for (id, times, department) in [
            ("before", (1, 9), None),
            ("a", (1, 10), None),
            ("b", (12, 15), Some("risk")),
            ("c", (12, 15), Some("refunds")),
            ("d", (19, 99), Some("legal")),
            ("after", (20, 30), None),
        ] {
            begun(&mut *tx, id, times, department).await;
        }
        assert_eq!(ids(&mut *tx, &[]).await, ["a", "b", "c", "d"]);
        assert_eq!(ids(&mut *tx, &["refunds", "legal"]).await, ["a", "c", "d"]);
        let period = Period { from: at(10), until: at(20) };
        let (page, _) = used_in(&mut *tx, period, &["risk".to_owned()], None, 10).await.unwrap();
        let one = &page["b"];
        assert_eq!((one.begun_at, one.channel.as_str(), one.language.as_deref()), (at(12), "web", Some("en")));
        assert_eq!((one.department.as_deref(), one.reason.as_deref()), (Some("risk"), None));
    });
}

/// Adds events to a conversation in its version.
async fn add(tx: &mut dyn Transaction, id: &str, (version, now): (i64, i64), events: &[(&str, Value)]) {
    let events: Vec<(&str, String)> = events.iter().map(|(kind, data)| (*kind, data.to_string())).collect();
    let change = Change { version, owner: &Owner::Bot, state: "{}", now: at(now) };
    conversations::append(tx, id, &change, &events).await.unwrap();
}

fn message(author: &str, kind: &str) -> (&'static str, Value) {
    ("message", json!({ "author": author, "kind": kind, "text": "退款多久到账", "entry": "refund-time" }))
}

#[test]
fn events_come_conversation_by_conversation_in_their_order_up_to_an_instant() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for id in ["a", "b", "c"] {
            begun(&mut *tx, id, (1, 1), None).await;
        }
        let rating = json!({
            "message_seq": 2, "helpful": true, "reason": null, "again": null, "comment": "好",
            "ratings": { "response_time": null, "attitude": 5, "resolution": null },
        });
        let handoff = json!({ "department": "risk", "reason": "rule:fraud", "priority": "high" });
        add(&mut *tx, "b", (0, 2), &[message("visitor", "text"), message("bot", "answer"), ("rating", rating)]).await;
        let queued = json!({ "owner": "queue", "handoff": handoff });
        add(&mut *tx, "a", (0, 3), &[("status", json!({ "status": "queued" })), ("owner", queued)]).await;
        add(&mut *tx, "a", (1, 4), &[("queue", json!({ "position": 1 }))]).await;
        add(&mut *tx, "b", (1, 5), &[("status", json!({ "status": "closed", "reason": "idle" }))]).await;
        add(&mut *tx, "c", (0, 5), &[("status", json!({ "status": "closed" }))]).await;
        add(&mut *tx, "b", (2, 9), &[("status", json!({ "status": "bot", "reason": "reopened" }))]).await;
        let (mut read, mut after) = (Vec::new(), None);
        loop {
            let (page, end) = events_of(&mut *tx, &["a", "b"], at(9), after.as_ref(), 2).await.unwrap();
            read.extend(page);
            after = end;
            if after.is_none() {
                break;
            }
        }
        let told: Vec<(&str, i64, Option<Happened>)> =
            read.iter().map(|(id, event)| (id.as_str(), event.seq, happened(event).unwrap())).collect();
        let entry = Some("refund-time".to_owned());
        let ratings = Ratings { attitude: Some(5), ..Ratings::default() };
        let expected = [
            ("a", 1, None),
            ("a", 2, Some(Happened::Queued { department: "risk".to_owned(), reason: "rule:fraud".to_owned() })),
            ("a", 3, None),
            ("b", 1, Some(Happened::Asked("退款多久到账".to_owned()))),
            ("b", 2, Some(Happened::Said { seq: 2, decision: "answer".to_owned(), entry, revision: None })),
            ("b", 3, Some(Happened::Rated(Rated { message: Some(2), helpful: Some(true), ratings, again: None }))),
            ("b", 4, Some(Happened::Ended)),
        ];
        assert_eq!(told, expected);
        tx.commit().await.unwrap();

        let day = date(2026, 11, 18);
        let calendar = Calendar { timezone: "UTC".to_owned(), ..Calendar::default() };
        let count = UsageCount::of_days(&calendar, (day, day), By::Day, at(99)).unwrap();
        assert!(count.period().contains(at(0)), "the fixed time lies on this day");
        let report = reporting::usage(&store, count, Vec::new()).await.unwrap();
        let all = report.overall;
        assert_eq!((all.begun, all.ended, all.handoffs, all.helpful.n), (3, 1, 1, 1), "one was opened again");
    });
}
