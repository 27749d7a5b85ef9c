//! A revision is tried on a share of the conversations beside the live one, and promoted or stopped; a topic that rises all at once
//! raises an alarm.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use yingda::alarms::look;
use yingda::desk::alarm::stretch_of;
use yingda::publishing::follow::look_once;
use yingda::store::topics;

use super::access::Browser;
use super::conversations::Customer;
use super::editors::{begin, edit, publish, shop};
use super::{TestApp, now};

fn answer(customer: &Customer<'_>, client_id: &str) -> String {
    let said = customer.say(client_id, "退款几天到")["replies"][0]["text"].as_str().unwrap_or_default().to_owned();
    said.lines().next().unwrap_or_default().to_owned()
}

fn comparison(li: &Browser<'_>) -> Value {
    li.get("/api/v1/editor/comparison").json()["data"][0].clone()
}

fn follow(app: &TestApp) {
    app.wait(look_once(&app.app)).unwrap();
}

#[test]
fn a_revision_answers_a_share_of_the_conversations_until_it_is_promoted_or_stopped() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let before = Customer::begin(&app);
    let set = begin(&li, "四天");
    edit(&li, "refund-time", &set, "四天。");
    let wish = |share: Value| json!({ "set": set, "note": "试四天", "share": share });
    for share in [json!(0), json!(51), json!("ten")] {
        assert_eq!(li.send("POST", "/api/v1/editor/publish", &wish(share)).status, 422);
    }
    assert_eq!(publish(&li, &wish(json!(50)))["outcome"], "comparing");
    let again = li.send("POST", "/api/v1/editor/publish", &wish(json!(50)));
    assert_eq!((again.status, again.problem().as_str()), (409, "conflict"), "one at a time");
    follow(&app);

    assert_eq!(app.ask("退款几天到")["reply"]["text"], "三天。", "a single question is answered by what is live");
    assert_eq!(answer(&before, "1"), "三天。", "what began before stays");
    let customers: Vec<Customer<'_>> = (0..24).map(|_| Customer::begin(&app)).collect();
    let said: Vec<String> = customers.iter().map(|customer| answer(customer, "1")).collect();
    assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), 2, "both answer: {said:?}");
    let again: Vec<String> = customers.iter().map(|customer| answer(customer, "2")).collect();
    assert_eq!(said, again, "each stays with its own");
    let n_tried = said.iter().filter(|text| *text == "四天。").count();
    let (mut n_helped, mut n_handed) = (0, 0);
    for (customer, text) in customers.iter().zip(&said) {
        if text == "四天。" {
            customer.post("/feedback", &json!({ "message_seq": 2, "helpful": n_helped < 2 }));
            n_helped += 1;
        } else if n_handed < 3 {
            customer.post("/handoff", &json!({}));
            n_handed += 1;
        }
    }
    let seen = comparison(&li);
    let n_live = 24 - n_tried;
    assert_eq!(
        (&seen["live"]["conversations"], &seen["tried"]["conversations"]),
        (&json!(n_live), &json!(n_tried)),
        "{seen}"
    );
    let share = |part: usize, whole: usize| (part as f64 / whole as f64 * 1e4).round() / 1e4;
    assert_eq!(seen["live"]["contained"]["share"], share(n_live - 3, n_live));
    assert_eq!(seen["tried"]["contained"]["share"], 1.0);
    assert_eq!(seen["tried"]["helpful"]["share"], share(2, n_tried));
    assert_eq!((&seen["helpful"], &seen["live"]["helpful"]["share"]), (&json!("open"), &Value::Null));

    assert_eq!(li.send("DELETE", "/api/v1/editor/comparison", &json!({})).status, 204);
    assert_eq!(li.send("DELETE", "/api/v1/editor/comparison", &json!({})).status, 404);
    follow(&app);
    // With those who wait for a person the bot does not talk.
    let answered = |client_id: &str| -> Vec<String> {
        let all = customers.iter().map(|customer| answer(customer, client_id));
        all.filter(|text| !text.is_empty()).collect()
    };
    assert_eq!(answered("3"), vec!["三天。"; 21], "what is live answers everybody again");
    assert_eq!(comparison(&li)["ended_how"], "stopped");

    // What another version of yingda has judged is not served by this one.
    assert_eq!(publish(&li, &wish(json!(50)))["outcome"], "comparing");
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        tx.execute("UPDATE comparisons SET engine = 'another' WHERE ended_at IS NULL", &[]).await.unwrap();
        tx.commit().await.unwrap();
    });
    follow(&app);
    assert_eq!(comparison(&li)["ended_how"], "unfit");
    let fresh: BTreeSet<String> = (0..12).map(|_| answer(&Customer::begin(&app), "1")).collect();
    assert_eq!(fresh.into_iter().collect::<Vec<_>>(), ["三天。"]);

    assert_eq!(publish(&li, &wish(json!(50)))["outcome"], "comparing");
    follow(&app);
    assert_eq!(publish(&li, &json!({ "set": set, "note": "四天" }))["outcome"], "published");
    follow(&app);
    assert_eq!(comparison(&li)["ended_how"], "promoted");
    assert_eq!(answered("4"), vec!["四天。"; 21]);
    let audit = Browser::sign_in(&app, "li").get("/api/v1/editor/revisions").json();
    assert_eq!(audit["data"].as_array().unwrap().len(), 2, "what was only tried is no revision of the history");
}

#[test]
fn a_topic_that_rises_all_at_once_raises_one_alarm() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let now = now();
    let count = |stretches_ago: i64, topic: &str, n: i64| {
        app.wait(async {
            let mut tx = app.app.store().write().await.unwrap();
            topics::add(&mut *tx, stretch_of(now) - stretches_ago, topic, n).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    let raised = || app.wait(look(&app.app, now)).unwrap();
    count(1, "refund-time", 60);
    assert_eq!(raised(), [], "nobody knows yet what is usual");
    for stretches_ago in 3..60 {
        count(stretches_ago, "refund-time", 3);
        count(stretches_ago, "refund-how", 20);
    }
    count(0, "refund-how", 70);
    let alarms = raised();
    assert_eq!(alarms.iter().map(|alarm| (alarm.topic.as_str(), alarm.n)).collect::<Vec<_>>(), [("refund-time", 60)]);
    assert_eq!(raised(), [], "once");
    let later = app.wait(look(&app.app, now + SignedDuration::from_hours(3))).unwrap();
    assert_eq!(later, [], "it is over");
    let listed = li.get("/api/v1/editor/alarms").json();
    assert_eq!(
        (&listed["data"][0]["topic"], &listed["data"][0]["usual"]),
        (&json!("refund-time"), &json!(9.0)),
        "{listed}"
    );
}
