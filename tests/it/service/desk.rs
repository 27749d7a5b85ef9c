//! Agents at the desk: who waits is taken once, answered, passed on, ended with a reason; other departments' conversations are
//! not there; whoever has gone without a word has nothing any more.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde_json::{Value, json};
use yingda::chat::desk::board::{Told, look};
use yingda::clock;
use yingda::people::account::Account;
use yingda::people::role::Role;

use super::access::{Browser, account, add};
use super::conversations::Customer;
use super::{TestApp, now};

fn start() -> TestApp {
    let app = TestApp::start();
    let of = |name: &str, department: &str, roles: &[Role]| Account {
        departments: BTreeSet::from([department.to_owned()]),
        ..account(name, roles)
    };
    add(
        &app,
        &[
            of("ann", "general", &[Role::Agent]),
            of("bob", "general", &[Role::Agent]),
            of("eve", "risk", &[Role::Agent]),
            account("sue", &[Role::Supervisor]),
        ],
    );
    app
}

struct Agent<'a>(Browser<'a>);

impl<'a> Agent<'a> {
    fn at_work(app: &'a TestApp, name: &str) -> Self {
        let agent = Self(Browser::sign_in(app, name));
        let put = agent.0.send("PUT", "/api/v1/desk/presence", &json!({ "state": "available" }));
        assert_eq!(put.json()["me"]["state"], "available", "{}", put.text());
        agent
    }

    fn next(&self) -> Option<Value> {
        let reply = self.0.send("POST", "/api/v1/desk/conversations/next", &json!({}));
        assert!([200, 204].contains(&reply.status), "{}", reply.text());
        (reply.status == 200).then(|| reply.json())
    }

    fn post(&self, id: &str, what: &str, body: &Value) -> super::Reply {
        self.0.send("POST", &format!("/api/v1/desk/conversations/{id}/{what}"), body)
    }

    fn get(&self, id: &str) -> super::Reply {
        self.0.get(&format!("/api/v1/desk/conversations/{id}"))
    }

    fn listed(&self, view: &str) -> Vec<String> {
        let page = self.0.get(&format!("/api/v1/desk/conversations?view={view}")).json();
        page["data"].as_array().unwrap().iter().map(|card| card["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn look_after(app: &TestApp, seconds: i64) {
    app.wait(look(&app.app, &mut Told::default(), now() + SignedDuration::from_secs(seconds))).unwrap();
}

fn kinds(customer: &Customer<'_>, kind: &str) -> Vec<Value> {
    let events = customer.events();
    events.iter().filter(|event| event["type"] == kind).map(|event| event["data"].clone()).collect()
}

#[test]
fn who_waits_is_taken_by_one_agent_answered_and_ended_with_a_reason() {
    let app = start();
    let (ann, bob) = (Agent::at_work(&app, "ann"), Agent::at_work(&app, "bob"));
    assert!(ann.next().is_none());
    let customer = Customer::begin(&app);
    customer.say("1", "退款一般多久到账？");
    customer.post("/feedback", &json!({ "message_seq": 2, "helpful": false }));
    customer.post("/handoff", &json!({}));
    assert_eq!(ann.listed("waiting"), [customer.id.as_str()]);
    assert_eq!(ann.next().unwrap()["id"], customer.id.as_str());
    assert_eq!(bob.next(), None);
    assert_eq!(bob.post(&customer.id, "claim", &json!({})).problem(), "conflict");
    assert_eq!(bob.post(&customer.id, "reply", &json!({ "text": "我来", "client_id": "b" })).problem(), "conflict");
    assert_eq!((ann.listed("mine"), bob.listed("mine").len()), (vec![customer.id.clone()], 0));

    let open = ann.get(&customer.id).json();
    assert_eq!(open["context"]["shown"], json!([{ "seq": 2, "entry": "refund-arrival-time", "helpful": false }]));
    assert_eq!((&open["status"], &open["agent"]["name"]), (&json!("agent"), &json!("小 ann")));
    let said = ann.post(&customer.id, "reply", &json!({ "text": "您好，我是小安", "client_id": "a1" }));
    assert_eq!(said.status, 200, "{}", said.text());
    let again = ann.post(&customer.id, "reply", &json!({ "text": "您好，我是小安", "client_id": "a1" }));
    assert_eq!(again.json(), said.json());
    ann.post(&customer.id, "note", &json!({ "text": "客户电话13800138000，已核实" }));
    let messages = kinds(&customer, "message");
    let last = messages.last().unwrap();
    assert_eq!(
        (&last["author"], &last["text"], &last["author_name"]),
        (&json!("agent"), &json!("您好，我是小安"), &json!("小 ann"))
    );
    let note = ann.get(&customer.id).json()["notes"][0]["text"].as_str().unwrap().to_owned();
    assert!(note.contains("138****8000"), "{note}");
    assert!(!customer.get("/events").text().contains("已核实"), "the customer sees no note");

    assert_eq!(ann.post(&customer.id, "resolve", &json!({})).problem(), "invalid_field");
    assert_eq!(ann.post(&customer.id, "resolve", &json!({ "reason": "nonsense" })).problem(), "invalid_field");
    assert_eq!(ann.post(&customer.id, "resolve", &json!({ "reason": "refund.status" })).json()["status"], "closed");
    assert_eq!(ann.listed("closed"), [customer.id.as_str()]);
    let owners: Vec<Value> = kinds(&customer, "owner").iter().map(|data| data["owner"].clone()).collect();
    assert_eq!(owners, ["queue", "agent", "nobody"]);
    let sue = Browser::sign_in(&app, "sue");
    let wall = sue.get("/api/v1/desk/wall").json();
    let day = wall["agents"].as_array().unwrap().iter().find(|agent| agent["name"] == "小 ann").unwrap();
    assert_eq!((&day["n_taken"], &day["n_open"]), (&json!(1), &json!(0)), "{wall}");
}

#[test]
fn another_departments_conversations_are_not_there() {
    let app = start();
    let (ann, eve, sue) = (Agent::at_work(&app, "ann"), Agent::at_work(&app, "eve"), Agent::at_work(&app, "sue"));
    let customer = Customer::begin(&app);
    assert_eq!(sue.get(&customer.id).status, 200, "a supervisor of all departments sees what the bot has");
    assert_eq!(ann.get(&customer.id).status, 404);
    customer.post("/handoff", &json!({}));
    assert_eq!((ann.get(&customer.id).status, eve.get(&customer.id).status), (200, 404));
    assert!(eve.listed("waiting").is_empty() && eve.next().is_none());
    for (what, body) in [
        ("claim", json!({})),
        ("claim", json!({ "take_over": true })),
        ("reply", json!({ "text": "x", "client_id": "1" })),
        ("note", json!({ "text": "x" })),
        ("transfer", json!({ "department": "risk" })),
        ("resolve", json!({ "reason": "other" })),
        ("return", json!({})),
        ("typing", json!({})),
    ] {
        assert_eq!(eve.post(&customer.id, what, &body).status, 404, "{what}");
    }
    let events = format!("/api/v1/desk/conversations/{}/events", customer.id);
    assert_eq!((eve.0.get(&events).status, ann.0.get(&events).status), (404, 200));
    ann.post(&customer.id, "claim", &json!({}));
    for (field, body) in
        [("department", json!({ "department": "x" })), ("to", json!({ "department": "risk", "to": "x" }))]
    {
        let body = json!({ "department": body["department"], "to": body["to"], "note": "不该留下" });
        let refused = ann.post(&customer.id, "transfer", &body);
        assert_eq!(refused.problem(), "invalid_field", "{field}");
    }
    let body = json!({ "department": "risk", "note": "请核实账户" });
    assert_eq!(ann.post(&customer.id, "transfer", &body).json()["department"], "risk");
    assert_eq!((ann.get(&customer.id).status, eve.get(&customer.id).status), (404, 200));
    assert_eq!(eve.next().unwrap()["priority"], "high");
    assert_eq!(eve.get(&customer.id).json()["notes"][0]["text"], "请核实账户");
    assert_eq!(ann.post(&customer.id, "reply", &json!({ "text": "x", "client_id": "1" })).status, 404);
    assert_eq!(eve.post(&customer.id, "claim", &json!({ "take_over": true })).problem(), "not_allowed");
    assert_eq!(sue.post(&customer.id, "claim", &json!({ "take_over": true })).json()["agent"]["name"], "小 sue");
    assert_eq!(eve.post(&customer.id, "reply", &json!({ "text": "x", "client_id": "1" })).problem(), "conflict");
    assert_eq!(sue.post(&customer.id, "return", &json!({})).json()["status"], "bot");
    assert!(customer.say("9", "你好")["replies"][0]["author"] == "bot");
}

#[test]
fn what_asks_for_a_secret_or_leads_elsewhere_is_not_sent() {
    let app = start();
    add(&app, &[account("admin", &[Role::Admin])]);
    let ann = Agent::at_work(&app, "ann");
    let customer = Customer::begin(&app);
    customer.post("/handoff", &json!({}));
    ann.next().unwrap();
    for text in ["请把短信验证码发给我核实一下", "请打开 https://cgpay-refund.top/x 办理"] {
        let refused = ann.post(&customer.id, "reply", &json!({ "text": text, "client_id": "1" }));
        assert_eq!(refused.problem(), "invalid_field", "{text}");
    }
    assert!(kinds(&customer, "message").is_empty());
    let audit = Browser::sign_in(&app, "admin").get("/api/v1/admin/audit?action=reply.stopped").text();
    assert_eq!(audit.matches("\"reply.stopped\"").count(), 2, "{audit}");
    assert!(!audit.contains("验证码发给我"), "the audit does not repeat it");
}

#[test]
fn who_waits_is_told_the_place_and_what_an_agent_had_who_has_gone_waits_again() {
    let app = start();
    let ann = Agent::at_work(&app, "ann");
    let customers: Vec<Customer<'_>> = (0..7).map(|_| Customer::begin(&app)).collect();
    for customer in &customers {
        customer.post("/handoff", &json!({}));
        // Of two who come in the same millisecond either is first.
        let came = clock::now();
        while clock::now() == came {}
    }
    for _ in 0..5 {
        ann.next().unwrap();
    }
    assert!(ann.next().is_none(), "five at once are enough");
    let page = |rest: &str| ann.0.get(&format!("/api/v1/desk/conversations?view=waiting&limit=1{rest}")).json();
    let first = page("");
    assert_eq!(first["data"][0]["id"], customers[5].id.as_str(), "the next one first");
    // Whoever writes on keeps the place.
    customers[5].say("1", "还在吗");
    let second = page(&format!("&cursor={}", first["next_cursor"].as_str().unwrap()));
    assert_eq!((&second["data"][0]["id"], &second["next_cursor"]), (&json!(customers[6].id), &Value::Null));
    look_after(&app, 0);
    let place = |number: usize| kinds(&customers[number], "queue").last().unwrap()["place"].clone();
    assert_eq!((place(5), place(6)), (json!(1), json!(2)));
    look_after(&app, 80);
    assert_eq!(ann.listed("mine").len(), 5, "she may be back");
    look_after(&app, 120);
    assert_eq!(ann.listed("waiting").len(), 7);
    let bob = Agent::at_work(&app, "bob");
    assert_eq!(bob.next().unwrap()["id"], customers[0].id.as_str(), "whoever was served already is first");
    let reply = ann.post(&customers[0].id, "reply", &json!({ "text": "还在吗", "client_id": "1" }));
    assert_eq!(reply.problem(), "conflict");
}

#[test]
fn skills_are_set_by_supervisors_and_heeded() {
    let app = start();
    let ann = Agent::at_work(&app, "ann");
    let id = ann.0.get("/api/v1/desk/presence").json()["me"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/desk/agents/{id}");
    let skills = json!({ "capacity": 1, "languages": ["en"], "intents": [] });
    assert_eq!(ann.0.send("PUT", &path, &skills).status, 403);
    let sue = Browser::sign_in(&app, "sue");
    assert_eq!(sue.send("PUT", &path, &skills).json()["capacity"], 1);
    assert_eq!(sue.send("PUT", &path, &json!({ "capacity": 0 })).problem(), "invalid_field");
    let chinese = Customer::begin_with(&app, &json!({ "language": "zh-CN" }));
    let english = Customer::begin_with(&app, &json!({ "language": "en" }));
    chinese.post("/handoff", &json!({}));
    english.post("/handoff", &json!({}));
    assert_eq!(ann.next().unwrap()["id"], english.id.as_str());
    assert!(ann.next().is_none(), "one at once");
}

#[test]
fn agents_search_the_knowledge_and_propose_to_editors() {
    let app = start();
    add(&app, &[account("ed", &[Role::Editor])]);
    let ann = Agent::at_work(&app, "ann");
    let found = ann.0.get("/api/v1/desk/search?q=%E9%80%80%E6%AC%BE%E5%A4%9A%E4%B9%85%E5%88%B0%E8%B4%A6").json();
    assert_eq!(found["data"][0]["entry"], "refund-arrival-time", "{found}");
    assert!(found["data"][0]["text"].as_str().unwrap().chars().count() > 20);
    let body =
        json!({ "kind": "phrasing", "entry": "refund-arrival-time", "text": "钱啥时候回我卡里 6225881379462053" });
    let proposed = ann.0.send("POST", "/api/v1/desk/proposals", &body);
    assert_eq!(proposed.status, 201, "{}", proposed.text());
    let ed = Browser::sign_in(&app, "ed");
    let listed = ed.get("/api/v1/editor/proposals").json();
    assert!(!listed.to_string().contains("6225881379462053") && listed["data"][0]["kind"] == "phrasing", "{listed}");
    let settle = format!("/api/v1/editor/proposals/{}/settle", listed["data"][0]["id"].as_str().unwrap());
    assert_eq!(ed.send("POST", &settle, &json!({})).status, 204);
    assert_eq!(ed.send("POST", &settle, &json!({})).status, 404);
    assert_eq!(ed.get("/api/v1/editor/proposals").json()["data"], json!([]));
}

#[test]
fn who_is_handed_over_hears_how_the_desk_stands_and_may_be_called_back_instead() {
    let app = start();
    let ann = Agent::at_work(&app, "ann");
    look_after(&app, 0);
    let customer = Customer::begin(&app);
    let said = |answered: &Value| answered["replies"][0]["text"].as_str().unwrap_or_default().to_owned();
    assert!(!said(&customer.say("1", "转人工")).contains("不在线"));
    let other = Customer::begin(&app);
    ann.0.send("PUT", "/api/v1/desk/presence", &json!({ "state": "offline" }));
    look_after(&app, 0);
    let answered = other.say("1", "转人工");
    assert!(said(&answered).contains("同事暂时不在线") && said(&answered).contains("前回复您"), "{answered}");
    assert_eq!(answered["status"], "queued");
    assert_eq!(other.say("2", "退款多久到账")["replies"], json!([]), "a person will answer");
    let callback = other.say("3", "请给我回电话");
    assert_eq!((&callback["decision"], &callback["status"]), (&json!("flow"), &json!("queued")));
    other.say("4", "13800138000");
    other.say("5", "下周三上午十点");
    let done = other.say("6", "好的");
    assert!(said(&done).contains("CB-") && done["status"] == "bot", "{done}");
}

#[test]
fn what_is_left_while_nobody_is_there_is_a_case_until_it_is_answered() {
    let app = start();
    let ann = Agent::at_work(&app, "ann");
    ann.0.send("PUT", "/api/v1/desk/presence", &json!({ "state": "offline" }));
    look_after(&app, 0);
    let [by_word, by_button, called] = [(); 3].map(|()| Customer::begin(&app));
    let cases = |customer: &Customer<'_>| kinds(customer, "case");
    let answered = by_word.say("1", "我的商户号被停用了，帮我转人工客服");
    let number = cases(&by_word)[0]["number"].as_str().unwrap().to_owned();
    assert!(number.starts_with("IQ-"), "{number}");
    let said = answered["replies"][0]["text"].as_str().unwrap().to_owned();
    assert!(said.contains(&number) && said.contains("前回复您"), "{said}");
    assert_eq!(answered["status"], "queued", "it keeps its place");
    by_button.post("/handoff", &json!({}));
    by_button.post("/handoff", &json!({}));
    let told = kinds(&by_button, "message");
    assert_eq!((told.len(), cases(&by_button).len()), (1, 1), "once: {told:?}");
    assert!(told[0]["text"].as_str().unwrap().contains(cases(&by_button)[0]["number"].as_str().unwrap()));
    called.say("1", "转人工");
    called.say("2", "请给我回电话");
    called.say("3", "13800138000");
    called.say("4", "下周三上午十点");
    called.say("5", "好的");
    let steps: Vec<Value> = cases(&called).iter().map(|case| json!([case["kind"], case["step"]])).collect();
    let wanted = json!([["inquiry", "opened"], ["callback", "opened"], ["inquiry", "withdrawn"]]);
    assert_eq!(json!(steps), wanted, "who will be called back leaves nothing else");

    ann.0.send("PUT", "/api/v1/desk/presence", &json!({ "state": "available" }));
    let case = || ann.0.get(&format!("/api/v1/desk/cases/{number}")).json();
    assert_eq!(
        (&case()["status"], &case()["slots"]["description"]),
        (&json!("open"), &json!("我的商户号被停用了，帮我转人工客服"))
    );
    assert_eq!(ann.next().unwrap()["id"], by_word.id.as_str());
    ann.post(&by_word.id, "reply", &json!({ "text": "您好，商户号已恢复", "client_id": "a1" }));
    assert_eq!(case()["status"], "in_review");
    ann.post(&by_word.id, "resolve", &json!({ "reason": "merchant.problem" }));
    assert_eq!(case()["status"], "done");
    assert_eq!(case()["first_reply"]["kept"], true, "the reply is recorded: {}", case());
    let last = kinds(&by_word, "message").pop().unwrap();
    assert!(last["text"].as_str().unwrap().contains(&number), "its end is told: {last}");
    ann.next().unwrap();
    let unanswered = cases(&by_button)[0]["number"].as_str().unwrap().to_owned();
    ann.post(&by_button.id, "resolve", &json!({ "reason": "other" }));
    let open = ann.0.get(&format!("/api/v1/desk/cases/{unanswered}")).json();
    assert_eq!(open["status"], "open", "nothing ends without a reply");
}

#[test]
fn a_queue_that_is_too_long_sends_on_or_offers_a_call_back_or_records_what_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        (
            "kb/departments.yaml",
            "general: {title: 客服, first_reply: 10m, overflow: {waiting: 1, to: message}}\n\
             refunds: {title: 退款, overflow: {waiting: 1, to: general}}\n\
             risk: {title: 风控, overflow: {waiting: 1, to: callback}}\n",
        ),
        ("in/handoff.human.yaml", "examples: {zh-CN: [转人工]}\ndoes: {handoff: {department: general}}\n"),
        ("in/refund.ask.yaml", "examples: {zh-CN: [找退款的人]}\ndoes: {handoff: {department: refunds}}\n"),
        ("in/risk.ask.yaml", "examples: {zh-CN: [找风控的人]}\ndoes: {handoff: {department: risk}}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut config = super::settings();
    config.content.knowledge = folder.path().join("kb");
    config.content.intents = folder.path().join("in");
    let app = TestApp::of_folders(config, &folder.path().join("data"));
    add(&app, &[account("sue", &[Role::Supervisor])]);
    let _sue = Agent::at_work(&app, "sue");
    look_after(&app, 0);
    let ask = |text: &str| {
        let customer = Customer::begin(&app);
        let said = customer.say("1", text)["replies"][0]["text"].as_str().unwrap().to_owned();
        look_after(&app, 0);
        let owner = kinds(&customer, "owner").pop().unwrap();
        (said, owner["handoff"]["department"].as_str().unwrap().to_owned())
    };
    assert!(!ask("转人工").0.contains("IQ-"));
    let (said, department) = ask("转人工");
    assert!(said.contains("等候的人较多") && said.contains("IQ-") && department == "general", "{said}");
    assert_eq!(ask("找退款的人").1, "refunds");
    assert_eq!(ask("找退款的人").1, "general", "its queue is full");
    assert!(!ask("找风控的人").0.contains("请给我回电话"));
    let (said, department) = ask("找风控的人");
    assert!(said.contains("请给我回电话") && department == "risk", "{said}");
    let customer = Customer::begin(&app);
    customer.post("/handoff", &json!({}));
    assert_eq!(kinds(&customer, "case")[0]["kind"], "inquiry", "by the button too");
}

#[test]
fn agents_choose_from_replies_departments_and_reasons_in_a_language() {
    let app = start();
    let ann = Agent::at_work(&app, "ann");
    let canned = ann.0.get("/api/v1/desk/canned?language=en").json();
    let replies = canned["data"].as_array().unwrap();
    assert!(replies.len() >= 12 && replies[0]["id"] == "greet" && replies[0]["title"] == "Greeting", "{canned}");
    assert!(!canned.to_string().contains("{{"), "facts are filled in: {canned}");
    let choices = ann.0.get("/api/v1/desk/choices").json();
    let titled = |list: &str, id: &str| {
        let found = choices[list].as_array().unwrap().iter().find(|choice| choice["id"] == id);
        found.map(|choice| choice["title"].as_str().unwrap().to_owned())
    };
    assert_eq!(titled("departments", "risk").as_deref(), Some("风控组"));
    assert_eq!(titled("reasons", "refund.request").as_deref(), Some("申请退款"));
}
