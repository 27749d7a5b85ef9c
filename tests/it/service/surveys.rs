//! Surveys, as customers are asked and as those who hold them see what came of it.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tempfile::TempDir;
use yingda::chat::surveys::ask;
use yingda::people::role::Role;
use yingda::store::conversations;

use super::access::{Browser, account, add};
use super::conversations::Customer;
use super::identity::{known_by_its_shop, token};
use super::{Reply, TestApp, now};

const HABITS: &str = r#"title: {zh-CN: 支付习惯小调查, en: How you pay}
audience: [buyer, merchant]
at_most_every_days: 90
questions:
  - id: where
    kind: multiple
    text: {zh-CN: "您在哪些场合使用？", en: "Where?"}
    options:
      - {value: online, label: {zh-CN: 网上, en: Online}}
      - {value: store, label: {zh-CN: 门店, en: Stores}}
  - id: often
    kind: single
    text: {zh-CN: "多久一次？", en: "How often?"}
    options:
      - {value: daily, label: {zh-CN: 每天, en: Daily}}
      - {value: rarely, label: {zh-CN: 偶尔, en: Rarely}}
  - {id: satisfied, kind: scale, text: {zh-CN: "几分？", en: "How satisfied?"}}
  - {id: wish, kind: text, text: {zh-CN: "希望改进什么？", en: "What first?"}}
"#;

const OF_BUYERS: &str = "title: {zh-CN: 买家调查}\naudience: [buyer]\nvalid: {until: 2099-01-01T00:00:00Z}\n\
                         questions: [{id: wish, kind: text, text: {zh-CN: 说说}}]\n";

const ENDED: &str = "title: {zh-CN: 旧调查}\nvalid: {until: 2020-01-01T00:00:00Z}\n\
                     questions: [{id: wish, kind: text, text: {zh-CN: 说说}}]\n";

/// A small shop that asks its customers.
fn shop() -> (TempDir, TestApp) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("kb/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\n"),
        ("kb/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n三天。\n"),
        ("kb/surveys/habits.yaml", HABITS),
        ("kb/surveys/of-buyers.yaml", OF_BUYERS),
        ("kb/surveys/ended.yaml", ENDED),
        ("in/smalltalk.greet.yaml", "examples: {zh-CN: [你好, 您好]}\ndoes: {reply: {zh-CN: 您好。}}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut config = known_by_its_shop();
    config.content.knowledge = folder.path().join("kb");
    config.content.intents = folder.path().join("in");
    let app = TestApp::of_folders(config, &folder.path().join("data"));
    add(&app, &[account("editor", &[Role::Editor]), account("agent", &[Role::Agent])]);
    (folder, app)
}

fn known<'a>(app: &'a TestApp, subject: &str) -> Customer<'a> {
    Customer::begin_with(app, &json!({ "identity": token(subject) }))
}

fn shown(customer: &Customer<'_>) -> Option<Value> {
    let reply = customer.get("/survey");
    match reply.status {
        204 => None,
        status => {
            assert_eq!(status, 200, "{}", reply.text());
            Some(reply.json())
        }
    }
}

fn id(survey: Option<Value>) -> Option<String> {
    survey.map(|survey| survey["id"].as_str().unwrap().to_owned())
}

fn answer(customer: &Customer<'_>, survey: &str, answers: Value) -> Reply {
    customer.post(&format!("/survey/{survey}"), &json!({ "answers": answers }))
}

#[test]
fn a_customer_is_shown_a_survey_once_in_their_language_and_again_after_its_time() {
    let (_folder, app) = shop();
    let ann = Customer::begin_with(&app, &json!({ "language": "en" }));
    let survey = shown(&ann).unwrap();
    assert_eq!((&survey["id"], &survey["title"]), (&json!("habits"), &json!("How you pay")));
    let first = &survey["questions"][0];
    assert_eq!((&first["kind"], &first["options"][1]["label"]), (&json!("multiple"), &json!("Stores")));
    assert_eq!(shown(&ann), None, "asking counts as shown");
    let taiwan = Customer::begin_with(&app, &json!({ "language": "zh-TW" }));
    assert_eq!(shown(&taiwan).unwrap()["title"], "支付習慣小調查");
    let later = |days: i64| {
        app.wait(async {
            let mut tx = app.app.store().read().await.unwrap();
            let conversation = conversations::get(&mut *tx, &ann.id).await.unwrap().unwrap();
            drop(tx);
            let at = now() + SignedDuration::from_hours(24 * days);
            ask(&app.app, &conversation, at).await.unwrap().is_some()
        })
    };
    assert_eq!([later(89), later(91), later(92)], [false, true, false]);

    // Whoever is known is asked once, in whichever conversation, and first what ends first.
    let (first, second) = (known(&app, "user-42"), known(&app, "user-42"));
    assert_eq!(id(shown(&first)).as_deref(), Some("of-buyers"));
    assert_eq!(id(shown(&second)).as_deref(), Some("habits"));
    assert_eq!((shown(&first), shown(&second)), (None, None));
    // Also whoever becomes known afterwards.
    let bob = Customer::begin(&app);
    assert_eq!(id(shown(&bob)).as_deref(), Some("habits"));
    let identified = bob.post("/identity", &json!({ "identity": token("user-43") })).json();
    let bob = Customer::of(&app, &bob.id, identified["token"].as_str().unwrap());
    assert_eq!((id(shown(&bob)).as_deref(), shown(&bob)), (Some("of-buyers"), None));
    let other = Customer::begin(&app);
    assert_eq!(app.get_with(&ann.path("/survey"), &other.authorization()).problem(), "not_found");
}

#[test]
fn answers_are_checked_by_their_questions_and_kept_once() {
    let (_folder, app) = shop();
    let ann = Customer::begin(&app);
    shown(&ann).unwrap();
    for (question, wrong) in [
        ("where", json!("online")),
        ("often", json!("never")),
        ("satisfied", json!(6)),
        ("wish", json!("")),
        ("nothing", json!(1)),
    ] {
        let refused = answer(&ann, "habits", json!({ question: wrong }));
        assert_eq!(refused.problem(), "invalid_field", "{question}");
        assert_eq!(refused.json()["errors"][0]["field"], format!("answers.{question}"));
    }
    assert_eq!(answer(&ann, "habits", json!({})).json()["errors"][0]["field"], "answers");
    for unknown in ["nothing", "of-buyers", "ended"] {
        assert_eq!(answer(&ann, unknown, json!({ "wish": "快" })).problem(), "not_found", "{unknown}");
        assert_eq!(ann.post(&format!("/survey/{unknown}/decline"), &json!({})).problem(), "not_found");
    }
    let right = json!({ "where": ["store", "online"], "often": "daily", "satisfied": 4, "wish": "=1+1" });
    let kept = answer(&ann, "habits", right.clone());
    assert_eq!(kept.status, 204, "{}", kept.text());
    assert_eq!(answer(&ann, "habits", right).problem(), "conflict");
    let bob = Customer::begin(&app);
    let wish = json!({ "satisfied": 1, "wish": "我的卡 4111111111111111 也要能用" });
    assert_eq!(answer(&bob, "habits", wish).status, 204, "also what was shown elsewhere");
    let eve = Customer::begin(&app);
    shown(&eve).unwrap();
    assert_eq!(eve.post("/survey/habits/decline", &json!({})).status, 204);
    assert_eq!(eve.post("/survey/habits/decline", &json!({})).status, 204, "again: nothing new");

    let editor = Browser::sign_in(&app, "editor");
    let list = editor.get("/api/v1/editor/surveys").json();
    let of = |id: &str| {
        let all = list["data"].as_array().unwrap();
        let one = all.iter().find(|survey| survey["id"] == id).unwrap();
        ["n_shown", "n_answered", "n_declined"].map(|count| one[count].as_i64().unwrap())
    };
    assert_eq!((of("habits"), of("of-buyers"), of("ended")), ([3, 2, 1], [0; 3], [0; 3]));
    let results = editor.get("/api/v1/editor/surveys/habits/results");
    assert!(!results.text().contains("4111111111111111") && !results.text().contains("conv_"));
    let results = results.json();
    let [at_where, often, satisfied, wish] = results["questions"].as_array().unwrap().as_slice() else {
        panic!("{results}");
    };
    let counts = |question: &Value| {
        let all = question["options"].as_array().unwrap().clone();
        all.iter().map(|option| option["n"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((counts(at_where), counts(often)), (vec![1, 1], vec![1, 0]));
    assert_eq!((&satisfied["mean"], &satisfied["distribution"]), (&json!(2.5), &json!([1, 0, 0, 1, 0])));
    assert_eq!((&wish["n"], &wish["texts"][1]), (&json!(2), &json!("=1+1")), "the newest first");

    let table = editor.get("/api/v1/editor/surveys/habits/export");
    assert_eq!(table.header("content-type"), Some("text/csv; charset=utf-8"));
    let table = table.text();
    assert!(table.starts_with("\u{FEFF}answered_at,language,revision,where,often,satisfied,wish\r\n"), "{table}");
    assert!(table.contains(",\"store\nonline\",daily,4,'=1+1\r\n") && !table.contains("4111111111111111"), "{table}");
    for path in ["surveys/nothing/results", "surveys/nothing/export"] {
        assert_eq!(editor.get(&format!("/api/v1/editor/{path}")).problem(), "not_found");
    }
    assert_eq!(Browser::sign_in(&app, "agent").get("/api/v1/editor/surveys").problem(), "not_allowed");
    let store = std::fs::read(app.app.publisher().data().join("yingda.db")).unwrap();
    let journal = std::fs::read(app.app.publisher().data().join("yingda.db-wal")).unwrap_or_default();
    for bytes in [store, journal] {
        assert!(!bytes.windows(16).any(|window| window == b"4111111111111111"));
    }
}
