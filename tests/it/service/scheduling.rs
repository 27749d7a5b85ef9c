//! Change sets go live at their time, by whoever scheduled them, as they were judged, once; or not at all, with the reason.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use yingda::people::account::AccountId;
use yingda::people::role::{Permission, Role};
use yingda::publishing::due::look;
use yingda::store::people::accounts;
use yingda::store::{timed, webhooks};

use super::access::{Browser, account, add, call};
use super::editors::{begin, edit, eventually, publish, put, shop, shop_of_two};
use super::process::Process;
use super::{TestApp, now};
use crate::shop::{Shop, table};
use crate::store::places;
use crate::store::webhooks::webhook;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn answer(app: &TestApp) -> String {
    app.ask("退款几天到")["reply"]["text"].as_str().unwrap().to_owned()
}

/// A change set with another answer, which nobody has published.
fn edited(browser: &Browser<'_>, text: &str) -> String {
    let set = begin(browser, text);
    assert_eq!(edit(browser, "refund-time", &set, text).status, 200);
    set
}

/// Has a change set go live an hour from now; returns the timed publication's id.
fn schedule(browser: &Browser<'_>, set: &str) -> String {
    let outcome = publish(browser, &json!({ "set": set, "note": "定时", "at": now() + HOUR }));
    assert_eq!(outcome["outcome"], "scheduled", "{outcome}");
    outcome["id"].as_str().unwrap().to_owned()
}

/// Looks for what is due when two hours have passed; returns how many came to an end.
fn later(app: &TestApp) -> usize {
    app.wait(look(&app.app, now() + HOUR * 2)).unwrap()
}

fn listed(browser: &Browser<'_>, id: &str) -> Value {
    let all = browser.get("/api/v1/editor/scheduled").json();
    assert_eq!(all["next_cursor"], Value::Null);
    all["data"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{all}")).clone()
}

/// What became of it, and why.
fn ended(browser: &Browser<'_>, id: &str) -> (String, String) {
    let one = listed(browser, id);
    assert!(one["ended_at"].is_string() && one["changed"] == false, "{one}");
    (one["state"].as_str().unwrap().to_owned(), one["reason"].as_str().unwrap_or_default().to_owned())
}

fn withdraw(browser: &Browser<'_>, id: &str) -> u16 {
    browser.send("DELETE", &format!("/api/v1/editor/scheduled/{id}"), &json!({})).status
}

/// The lines of the audit about timed publications and revisions, the oldest first: who, what, of what.
fn audit(app: &TestApp) -> Vec<(String, String, String)> {
    app.wait(async {
        let mut tx = app.app.store().read().await.unwrap();
        let sql = "SELECT actor, action, subject FROM audit WHERE action LIKE 'publication.%' OR action LIKE \
                   'revision.%' ORDER BY seq";
        let rows = tx.rows(sql, &[]).await.unwrap();
        rows.iter().map(|row| (row.text(0).unwrap(), row.text(1).unwrap(), row.text(2).unwrap())).collect()
    })
}

fn actions(app: &TestApp) -> Vec<String> {
    audit(app).into_iter().skip(1).map(|(_, action, _)| action).collect()
}

/// What an endpoint is to be told of refusals.
fn told(app: &TestApp) -> Vec<Value> {
    app.wait(async {
        let mut tx = app.app.store().read().await.unwrap();
        let sql = "SELECT body FROM webhook_deliveries WHERE type = 'publication.refused' ORDER BY at";
        let rows = tx.rows(sql, &[]).await.unwrap();
        rows.iter().map(|row| serde_json::from_str::<Value>(&row.text(0).unwrap()).unwrap()["data"].clone()).collect()
    })
}

/// A shop with an endpoint that is told of everything.
fn told_shop() -> (TempDir, TestApp) {
    let (folder, app) = shop();
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        webhooks::add(&mut *tx, &webhook("hook", &[])).await.unwrap();
        tx.commit().await.unwrap();
    });
    (folder, app)
}

fn change(app: &TestApp, name: &str, change: impl Fn(&mut yingda::people::account::Account)) {
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        let mut account = accounts::get(&mut *tx, &AccountId(format!("user_{name}"))).await.unwrap().unwrap();
        change(&mut account);
        accounts::change(&mut *tx, &account).await.unwrap();
        tx.commit().await.unwrap();
    });
}

#[test]
fn it_goes_live_at_its_time_and_not_before() {
    let (_folder, app) = told_shop();
    let li = Browser::sign_in(&app, "li");
    let set = edited(&li, "五天。");
    let due = now() + HOUR;
    let outcome = publish(&li, &json!({ "set": set, "note": "元旦起", "at": due }));
    assert_eq!((&outcome["outcome"], &outcome["report"]["passed"]), (&json!("scheduled"), &json!(true)), "{outcome}");
    let id = outcome["id"].as_str().unwrap().to_owned();
    let at: Timestamp = outcome["at"].as_str().unwrap().parse().unwrap();
    assert!(at >= due && at.duration_since(due) < SignedDuration::from_millis(1), "to the millisecond, not before");
    let shown = listed(&li, &id);
    assert_eq!(
        (&shown["change_set"], &shown["title"], &shown["scheduled_by"], &shown["note"], &shown["state"]),
        (&json!(set), &json!("五天。"), &json!("user_li"), &json!("元旦起"), &json!("waiting"))
    );
    let nothing = (&Value::Null, &Value::Null, &json!(false), &json!(false));
    assert_eq!((&shown["reason"], &shown["ended_at"], &shown["changed"], &shown["forced"]), nothing);

    assert_eq!(app.wait(look(&app.app, at - SignedDuration::from_millis(1))).unwrap(), 0);
    assert_eq!(answer(&app), "三天。");
    assert_eq!(app.wait(look(&app.app, at)).unwrap(), 1);
    assert_eq!(answer(&app), "五天。");
    assert_eq!(ended(&li, &id), ("published".to_owned(), String::new()));
    let newest = li.get("/api/v1/editor/revisions").json()["data"][0].clone();
    assert_eq!((&newest["actor"], &newest["note"]), (&json!("user_li"), &json!("元旦起")), "as whoever scheduled it");
    assert_eq!(newest["id"], outcome["revision"]);
    assert_eq!(later(&app), 0, "once");
    let lines = audit(&app);
    let line = |n: usize| (lines[n].0.as_str(), lines[n].1.as_str(), lines[n].2.as_str());
    assert_eq!(line(1), ("user_li", "publication.scheduled", set.as_str()));
    assert_eq!(line(2), ("user_li", "revision.published", newest["id"].as_str().unwrap()));
    assert_eq!(lines.len(), 3);
    assert_eq!(told(&app), [] as [Value; 0]);
    assert_eq!(withdraw(&li, &id), 409, "it is live");
}

#[test]
fn what_was_edited_after_it_was_scheduled_does_not_go_live() {
    let (_folder, app) = told_shop();
    let li = Browser::sign_in(&app, "li");
    let set = edited(&li, "五天。");
    let id = schedule(&li, &set);
    assert_eq!(edit(&li, "refund-time", &set, "六天。").status, 200);
    assert_eq!(listed(&li, &id)["changed"], true, "it is seen before");
    // What is as it was judged is the same again.
    assert_eq!(edit(&li, "refund-time", &set, "五天。").status, 200);
    assert_eq!(listed(&li, &id)["changed"], false);
    assert_eq!(edit(&li, "refund-how", &set, "点两下。").status, 200);
    assert_eq!((later(&app), answer(&app).as_str()), (1, "三天。"));
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "changed".to_owned()));
    assert_eq!(later(&app), 0, "it is not tried again");
    assert_eq!(actions(&app), ["publication.scheduled", "publication.refused"]);
    let said = told(&app);
    assert_eq!(said.len(), 1);
    assert_eq!(
        (&said[0]["id"], &said[0]["change_set"], &said[0]["reason"]),
        (&json!(id), &json!(set), &json!("changed")),
        "{said:?}"
    );
    // It was only put off: judged again, it goes live.
    let id = schedule(&li, &set);
    assert_eq!((later(&app), answer(&app).as_str()), (1, "五天。"));
    assert_eq!(ended(&li, &id).0, "published");
}

#[test]
fn what_went_live_meanwhile_is_not_overwritten_and_what_the_gate_refuses_by_then_stays_out() {
    let (_folder, app) = told_shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let set = edited(&li, "五天。");
    let id = schedule(&li, &set);
    let other = edited(&wang, "七天。");
    assert_eq!(publish(&wang, &json!({ "set": other }))["outcome"], "published");
    assert_eq!((later(&app), answer(&app).as_str()), (1, "七天。"));
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "conflicting".to_owned()));
    // Settled, the change set is another than the one that was judged.
    let id = {
        let set = edited(&li, "九天。");
        let id = schedule(&li, &set);
        let other = edited(&wang, "八天。");
        assert_eq!(publish(&wang, &json!({ "set": other }))["outcome"], "published");
        let kept = json!({ "path": "knowledge-base/refund/refund-time.md" });
        assert_eq!(li.send("POST", &format!("/api/v1/editor/sets/{set}/keep"), &kept).status, 204);
        id
    };
    assert_eq!((later(&app), answer(&app).as_str()), (1, "八天。"));
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "changed".to_owned()));

    // A phrasing that another entry has by then.
    let set = begin(&li, "怎么退");
    let with_phrasing = |browser: &Browser<'_>, entry: &str, set: &str| {
        let path = format!("/api/v1/editor/entries/{entry}?set={set}");
        let seen = browser.get(&path);
        let mut document = seen.json()["entry"].clone();
        document["texts"]["zh-CN"]["similar"] = json!(["钱要怎么拿回来呀"]);
        let tag = seen.header("etag").unwrap().to_owned();
        assert_eq!(put(browser, &path, &format!("if-match: {tag}"), &document).status, 200);
    };
    with_phrasing(&li, "refund-how", &set);
    let id = schedule(&li, &set);
    let other = begin(&wang, "退款时间");
    with_phrasing(&wang, "refund-time", &other);
    assert_eq!(publish(&wang, &json!({ "set": other }))["outcome"], "published");
    let live = app.get("/readyz").json()["revision"].clone();
    assert_eq!(later(&app), 1);
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "gate".to_owned()));
    assert_eq!(app.get("/readyz").json()["revision"], live);
    let reasons: Vec<Value> = told(&app).into_iter().map(|said| said["reason"].clone()).collect();
    assert_eq!(reasons, ["conflicting", "changed", "gate"]);
}

#[test]
fn it_is_published_as_whoever_scheduled_it_and_only_while_they_may() {
    let (_folder, app) = told_shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let set = edited(&li, "五天。");
    let id = schedule(&li, &set);
    change(&app, "li", |account| account.disabled = true);
    assert_eq!((later(&app), answer(&app).as_str()), (1, "三天。"));
    assert_eq!(ended(&wang, &id), ("refused".to_owned(), "not_allowed".to_owned()));
    change(&app, "li", |account| account.disabled = false);

    let id = schedule(&wang, &set);
    change(&app, "wang", |account| account.roles = [Role::Editor].into());
    assert_eq!((later(&app), answer(&app).as_str()), (1, "三天。"));
    assert_eq!(ended(&wang, &id), ("refused".to_owned(), "not_allowed".to_owned()));
    assert_eq!(withdraw(&wang, &id), 403, "whoever may publish takes it back");

    // A program, by its token, as long as that holds.
    let token = app.wait(async {
        let secret = yingda::people::secret::ApiToken::new([7; 32]);
        let kept = yingda::people::credential::KeptToken {
            id: "token_7".to_owned(),
            name: "pipeline".to_owned(),
            scopes: [Permission::ContentPublish].into(),
            departments: Default::default(),
            created_by: "user_li".to_owned(),
            created_at: now(),
            expires_at: Some(now() + HOUR * 3),
            revoked_at: None,
            used_at: None,
        };
        let mut tx = app.app.store().write().await.unwrap();
        yingda::store::people::tokens::add(&mut *tx, &secret.digest(), &kept).await.unwrap();
        tx.commit().await.unwrap();
        format!("authorization: Bearer {}\r\n", secret.expose())
    });
    let by_token = |set: &str| {
        let body = json!({ "set": set, "at": now() + HOUR });
        let reply = call(&app, "POST", "/api/v1/editor/publish", &token, Some(&body));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["id"].as_str().unwrap().to_owned()
    };
    let id = by_token(&set);
    assert_eq!(app.wait(look(&app.app, now() + HOUR * 3)).unwrap(), 1);
    assert_eq!(ended(&wang, &id), ("refused".to_owned(), "not_allowed".to_owned()), "it has ended by then");
    let id = by_token(&set);
    assert_eq!((later(&app), answer(&app).as_str()), (1, "五天。"));
    assert_eq!((ended(&wang, &id).0.as_str(), &listed(&wang, &id)["scheduled_by"]), ("published", &json!("token_7")));
}

#[test]
fn a_second_person_schedules_where_the_operator_wants_it_so() {
    let (_folder, app) = shop_of_two();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let set = edited(&li, "五天。");
    let refused = publish(&li, &json!({ "set": set, "at": now() + HOUR }));
    assert_eq!(refused, json!({ "outcome": "second_person_needed", "authors": ["user_li"] }));
    assert_eq!(li.get("/api/v1/editor/scheduled").json()["data"], json!([]));
    let id = schedule(&wang, &set);
    // Whoever scheduled it wrote in it since, and took that back: an author all the same.
    assert_eq!(edit(&wang, "refund-time", &set, "六天。").status, 200);
    assert_eq!(edit(&wang, "refund-time", &set, "五天。").status, 200);
    assert_eq!((later(&app), answer(&app).as_str()), (1, "三天。"));
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "second_person".to_owned()));
}

#[test]
fn it_is_withdrawn_replaced_and_goes_with_its_change_set() {
    let (_folder, app) = told_shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let set = edited(&li, "五天。");
    let id = schedule(&li, &set);
    assert_eq!(withdraw(&li, "timed_nothing"), 404);
    assert_eq!(withdraw(&wang, &id), 204, "whoever may publish");
    assert_eq!(withdraw(&wang, &id), 409);
    assert_eq!(later(&app), 0);
    assert_eq!(ended(&li, &id), ("withdrawn".to_owned(), "withdrawn".to_owned()));

    let first = schedule(&li, &set);
    let second = schedule(&li, &set);
    assert_eq!(ended(&li, &first), ("withdrawn".to_owned(), "replaced".to_owned()));
    let all = li.get("/api/v1/editor/scheduled").json();
    let ids: Vec<&str> = all["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [&second, &first, &id], "what waits first, then what ended last");

    assert_eq!(publish(&li, &json!({ "set": set }))["outcome"], "published");
    assert_eq!(ended(&li, &second), ("withdrawn".to_owned(), "published".to_owned()));
    let dropped = edited(&li, "八天。");
    let third = schedule(&li, &dropped);
    assert_eq!(li.send("DELETE", &format!("/api/v1/editor/sets/{dropped}"), &json!({})).status, 204);
    assert_eq!(ended(&li, &third), ("withdrawn".to_owned(), "discarded".to_owned()));
    assert_eq!((later(&app), answer(&app).as_str()), (0, "五天。"));
    assert_eq!(
        actions(&app),
        [
            "publication.scheduled",
            "publication.withdrawn",
            "publication.scheduled",
            "publication.scheduled",
            "publication.withdrawn",
            "revision.published",
            "publication.scheduled",
            "publication.withdrawn",
        ]
    );
    assert_eq!(told(&app), [] as [Value; 0], "nothing came to nothing unseen");
}

#[test]
fn what_the_gate_said_is_overruled_for_that_alone() {
    let (_folder, app) = told_shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    // The labelled question belongs to another entry then.
    let path = "/api/v1/editor/files?path=knowledge-base/questions/own.jsonl";
    let worse = |browser: &Browser<'_>, set: &str| {
        let path = format!("{path}&set={set}");
        let tag = browser.get(&path).header("etag").unwrap().to_owned();
        let text = "{\"id\":\"own-1\",\"text\":\"退款要几天到\",\"accept\":[\"refund-how\"]}\n";
        assert_eq!(put(browser, &path, &format!("if-match: {tag}"), &json!({ "text": text })).status, 204);
    };
    let set = begin(&li, "更差");
    worse(&li, &set);
    let refused = publish(&li, &json!({ "set": set, "at": now() + HOUR }));
    assert_eq!(
        (&refused["outcome"], &refused["report"]["can_be_forced"]),
        (&json!("refused"), &json!(true)),
        "{refused}"
    );
    let forced = |set: &str| {
        let outcome = publish(&li, &json!({ "set": set, "at": now() + HOUR, "force": true, "note": "这样更好" }));
        assert_eq!((&outcome["outcome"], &outcome["forced"]), (&json!("scheduled"), &json!(true)), "{outcome}");
        outcome["id"].as_str().unwrap().to_owned()
    };
    let id = forced(&set);
    let other = begin(&wang, "别的");
    assert_eq!(edit(&wang, "refund-how", &other, "点两下。").status, 200);
    let outcome = publish(&wang, &json!({ "set": other }));
    assert_eq!(outcome["outcome"], "published", "{outcome}");
    assert_eq!(later(&app), 1);
    assert_eq!(ended(&li, &id), ("refused".to_owned(), "gate".to_owned()), "on that nobody has overruled it");
    let id = forced(&set);
    assert_eq!(later(&app), 1);
    assert_eq!(ended(&li, &id).0, "published");
    assert_eq!(actions(&app).last().unwrap(), "revision.forced");
}

#[test]
fn two_replicas_publish_it_once_and_one_that_stopped_midway_leaves_it_to_the_other() {
    let (folder, app) = told_shop();
    let other = TestApp::of_folders(app.app.config().clone(), &folder.path().join("data"));
    let li = Browser::sign_in(&app, "li");
    let n_live = |app: &TestApp| app.app.live().seq();
    for (round, text) in ["五天。", "六天。", "七天。"].into_iter().enumerate() {
        let set = edited(&li, text);
        let id = schedule(&li, &set);
        let at = now() + HOUR * 2;
        let looks: Vec<usize> = std::thread::scope(|scope| {
            let looking = [&app, &other].map(|app| scope.spawn(move || app.wait(look(&app.app, at)).unwrap()));
            looking.into_iter().map(|look| look.join().unwrap()).collect()
        });
        assert_eq!(looks.iter().sum::<usize>(), 1, "{looks:?}");
        assert_eq!(ended(&li, &id).0, "published");
        for app in [&app, &other] {
            app.wait(yingda::publishing::follow::look_once(&app.app)).unwrap();
            assert_eq!((answer(app).as_str(), n_live(app)), (text, 2 + round as i64));
        }
    }
    // Somebody claimed it, and was gone.
    let set = edited(&li, "八天。");
    let id = schedule(&li, &set);
    let claimed_at = now() + HOUR * 2;
    app.wait(async {
        let store = app.app.store();
        let mut tx = store.write().await.unwrap();
        let until = claimed_at + SignedDuration::from_secs(30);
        timed::claim(&mut *tx, store.engine(), "gone", claimed_at, until).await.unwrap().unwrap();
        tx.commit().await.unwrap();
    });
    assert_eq!(app.wait(look(&app.app, claimed_at + SignedDuration::from_secs(29))).unwrap(), 0, "it may be at it");
    assert_eq!(app.wait(look(&app.app, claimed_at + SignedDuration::from_secs(30))).unwrap(), 1);
    assert_eq!((ended(&li, &id).0.as_str(), answer(&app).as_str()), ("published", "八天。"));
}

#[test]
fn a_replica_that_has_not_seen_what_is_live_tries_again_on_that() {
    let (folder, app) = told_shop();
    let other = TestApp::of_folders(app.app.config().clone(), &folder.path().join("data"));
    let li = Browser::sign_in(&app, "li");
    let set = edited(&li, "五天。");
    let id = schedule(&li, &set);
    let between = begin(&li, "别的");
    assert_eq!(edit(&li, "refund-how", &between, "点两下。").status, 200);
    assert_eq!(publish(&li, &json!({ "set": between }))["outcome"], "published");
    let at = now() + HOUR * 2;
    assert_eq!(other.wait(look(&other.app, at)).unwrap(), 0, "it would take back what went live since");
    assert_eq!(listed(&li, &id)["state"], "waiting");
    other.wait(yingda::publishing::follow::look_once(&other.app)).unwrap();
    assert_eq!(other.wait(look(&other.app, at + SignedDuration::from_mins(1))).unwrap(), 1);
    assert_eq!(
        (answer(&other).as_str(), other.ask("怎么申请退款")["reply"]["text"].as_str()),
        ("五天。", Some("点两下。"))
    );
    assert_eq!(ended(&li, &id).0, "published");
}

#[test]
fn what_cannot_be_scheduled_is_named() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let set = edited(&li, "五天。");
    let days = |n: i64| json!(now() + SignedDuration::from_hours(24 * n));
    for (wish, field) in [
        (json!({ "at": now() - SignedDuration::from_secs(1) }), "at"),
        (json!({ "at": "2020-01-01T00:00:00Z" }), "at"),
        (json!({ "at": days(367) }), "at"),
        (json!({ "at": "2099-01-01T00:00" }), "at"),
        (json!({ "at": "明天" }), "at"),
        (json!({ "at": "" }), "at"),
        (json!({ "at": 1_900_000_000 }), "at"),
        (json!({ "at": days(1), "share": 10 }), "at"),
        (json!({ "at": days(1), "dry_run": true }), "at"),
        (json!({ "at": days(1), "force": true }), "note"),
    ] {
        let mut body = wish.clone();
        body["set"] = json!(set);
        let reply = li.send("POST", "/api/v1/editor/publish", &body);
        assert_eq!((reply.status, reply.problem().as_str()), (422, "invalid_field"), "{wish}");
        assert!(reply.text().contains(field), "{wish}: {}", reply.text());
    }
    assert_eq!(li.get("/api/v1/editor/scheduled").json()["data"], json!([]));
    let far = publish(&li, &json!({ "set": set, "at": days(365) }));
    assert_eq!(far["outcome"], "scheduled", "{far}");
    add(&app, &[account("mei", &[Role::Editor])]);
    let mei = Browser::sign_in(&app, "mei");
    assert_eq!(mei.send("POST", "/api/v1/editor/publish", &json!({ "set": set, "at": days(1) })).status, 403);
    assert_eq!(listed(&mei, far["id"].as_str().unwrap())["state"], "waiting", "editors see it");
}

/// A table of one entry, which comes in as a change set.
const NEW_ENTRY: [[&str; 5]; 1] = [["pay-limit", "pay", "", "每天最多付多少", "五万元。"]];

#[test]
fn what_was_due_while_nobody_served_goes_live_at_the_next_start() {
    for place in places() {
        let shop = Shop::at(place);
        // It is asked as often as it can be answered.
        shop.write("yingda.toml", "[limits]\nrequests_per_second = 0\n");
        shop.does(&["publish"]);
        shop.write("rows.csv", &table(&NEW_ENTRY));
        let imported = shop.json(&["import", "rows.csv", "--format", "csv"]);
        let token = shop.json(&["token", "add", "pipeline", "--scope", "content.publish", "--scope", "content.read"]);
        let bearer = format!("authorization: Bearer {}\r\n", token["secret"].as_str().unwrap());
        let process = Process::of_shop(&shop, &["--metrics", "off"]);
        let due = now() + SignedDuration::from_secs(3);
        let wish = json!({ "set": imported["change_set"], "note": "限额", "at": due }).to_string();
        let scheduled = process.request(&format!(
            "POST /api/v1/editor/publish HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{bearer}content-type: \
             application/json\r\ncontent-length: {}\r\n\r\n{wish}",
            wish.len()
        ));
        assert_eq!(scheduled.json()["outcome"], "scheduled", "{}", scheduled.text());
        // Perhaps in the middle of it, where judging took that long.
        process.kill();
        while now() <= due {
            std::thread::yield_now();
        }
        let process = Process::of_shop(&shop, &["--metrics", "off"]);
        eventually(|| process.ask("每天最多付多少").json()["reply"]["text"] == "五万元。");
        let listed = process
            .request(&format!("GET /api/v1/editor/scheduled HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{bearer}\r\n"));
        let one = &listed.json()["data"][0];
        assert_eq!((&one["state"], &one["note"]), (&json!("published"), &json!("限额")), "{one}");
        let ended: Timestamp = one["ended_at"].as_str().unwrap().parse().unwrap();
        assert!(ended >= due, "{ended} is not before {due}");
        assert_eq!(shop.json(&["revisions"]).as_array().unwrap().len(), 2, "once");
        shop.does(&["doctor"]);
    }
}
