//! Conversations in which nothing is said any more end by themselves, in words of their language; whoever comes back in time
//! goes on.

use jiff::SignedDuration;
use serde_json::{Value, json};
use yingda::chat::idle::end_silent;

use super::conversations::{Customer, said};
use super::{TestApp, now, settings};

/// Ends what is silent, as seen so many minutes later; returns how many conversations that were.
fn after_minutes(app: &TestApp, minutes: i64) -> usize {
    app.wait(end_silent(&app.app, now() + SignedDuration::from_mins(minutes))).unwrap()
}

fn last(customer: &Customer<'_>, n: usize) -> Vec<Value> {
    let events = customer.events();
    events[events.len() - n..].to_vec()
}

#[test]
fn a_silent_conversation_ends_and_a_message_opens_it_again() {
    let app = TestApp::start();
    let ann = Customer::begin_with(&app, &json!({ "language": "en" }));
    ann.say("1", "退款多久到账？");
    assert_eq!(after_minutes(&app, 29), 0);
    assert_eq!(after_minutes(&app, 31), 1);
    assert_eq!(after_minutes(&app, 31), 0, "once");
    let events = last(&ann, 2);
    let message = &events[0]["data"];
    assert_eq!((&message["author"], &message["seq"]), (&json!("system"), &events[0]["seq"]));
    assert!(message["text"].as_str().unwrap().contains("Nothing was said for a while"), "{message}");
    assert_eq!(
        (&events[1]["type"], &events[1]["data"]),
        (&json!("status"), &json!({ "status": "closed", "reason": "idle" }))
    );
    assert!(app.app.metrics().encode().contains(r#"yingda_conversations_ended_total{reason="idle"} 1"#));

    let back = ann.say("2", "转人工");
    assert_eq!((&back["status"], &back["decision"]), (&json!("queued"), &json!("handoff")));
    let events = ann.events();
    let reopened = events.iter().position(|event| event["data"]["reason"] == "reopened").unwrap();
    assert_eq!(events[reopened]["data"]["status"], "bot");
    assert_eq!(events[reopened + 1]["data"], back["message"]);
    assert_eq!(events[reopened + 2]["data"], back["replies"][0]);
    let seqs: Vec<i64> = events.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    let again = ann.post("/messages", &json!({ "text": "转人工", "client_id": "2" }));
    assert_eq!((again.status, again.json()), (200, back), "once, also after the end");
}

#[test]
fn whoever_comes_back_too_late_or_has_ended_it_begins_anew() {
    let app = TestApp::start();
    let (late, left) = (Customer::begin(&app), Customer::begin(&app));
    for customer in [&late, &left] {
        customer.say("1", "你好");
    }
    assert_eq!(left.post("/close", &json!({})).status, 200);
    assert_eq!(after_minutes(&app, 31), 1);
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        let ended = (now() - SignedDuration::from_hours(25)).as_millisecond();
        let sql = "UPDATE conversations SET closed_idle_at = $1 WHERE id = $2";
        tx.execute(sql, &[ended.into(), late.id.as_str().into()]).await.unwrap();
        tx.commit().await.unwrap();
    });
    for customer in [&late, &left] {
        let refused = customer.post("/messages", &json!({ "text": "你好", "client_id": "2" }));
        assert_eq!((refused.status, refused.problem().as_str()), (409, "conflict"));
    }
}

#[test]
fn what_a_request_needs_is_waited_for_and_so_is_a_person() {
    let app = TestApp::start();
    let (asked, queued, silent) = (Customer::begin(&app), Customer::begin(&app), Customer::begin(&app));
    let question = asked.say("1", "我要退款");
    assert_eq!(question["decision"], "flow");
    queued.say("1", "转人工");
    assert_eq!(after_minutes(&app, 60), 1, "the one in which nothing was ever said");
    assert_eq!(silent.events().len(), 2);
    assert_eq!(after_minutes(&app, 1_439), 0);
    assert!(said(&asked.say("2", "订单 CG20261120000123，128元")).contains("原因") || asked.events().len() == 4);
    assert_eq!(after_minutes(&app, 1_441), 2);
    for customer in [&asked, &queued] {
        assert_eq!(last(customer, 1)[0]["data"]["status"], "closed");
    }
    let back = asked.say("3", "商家还没发货");
    assert_eq!(
        (&back["decision"], &back["status"]),
        (&json!("flow"), &json!("bot")),
        "it goes on where it was: {back}"
    );
    assert_eq!(queued.say("2", "你好")["status"], "bot", "the bot asks what it is about by now");
}

#[test]
fn many_end_in_batches_and_none_ends_where_the_limits_are_off() {
    let mut config = settings();
    config.conversations.agent_idle_minutes = 0;
    let app = TestApp::with(config);
    let waiting = Customer::begin(&app);
    waiting.say("1", "转人工");
    (0..250).for_each(|_| drop(Customer::begin(&app)));
    assert_eq!(after_minutes(&app, 31), 250);
    assert_eq!(after_minutes(&app, 1_000_000), 0);
    assert_eq!(waiting.post("/close", &json!({})).status, 200);

    let mut config = settings();
    config.conversations.idle_minutes = 0;
    config.conversations.flow_idle_minutes = 0;
    config.conversations.agent_idle_minutes = 0;
    let app = TestApp::with(config);
    Customer::begin(&app);
    assert_eq!(after_minutes(&app, 1_000_000), 0);
}

#[test]
fn of_two_replicas_one_ends_a_conversation() {
    let app = TestApp::start();
    let other = app.beside();
    let ann = Customer::begin(&app);
    ann.say("1", "你好");
    let n_ended: usize = std::thread::scope(|scope| {
        let ending = [&app, &other].map(|app| scope.spawn(move || after_minutes(app, 31)));
        ending.into_iter().map(|ending| ending.join().unwrap()).sum()
    });
    assert_eq!((n_ended, ann.events().len()), (1, 4));
}
