//! Content editors at work: they edit in change sets, are told when somebody was first, and publish through the gate.

use serde_json::{Value, json};
use tempfile::TempDir;
use yingda::exchange::packed;
use yingda::people::role::Role;
use yingda::publishing::follow::follow;

use super::access::{Browser, account, add, call};
use super::{PATIENCE, Reply, TestApp, settings};

const EDITOR: &[Role] = &[Role::Editor, Role::Publisher, Role::Supervisor];

/// A small shop with people.
pub(super) fn shop() -> (TempDir, TestApp) {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        ("kb/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\n"),
        ("kb/refund/refund-time.md", "---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n三天。\n"),
        ("kb/refund/refund-time.en.md", "---\nquestion: When does my refund arrive?\n---\nThree days.\n"),
        ("kb/refund/refund-how.md", "---\nquestion: 怎么申请退款\n---\n点退款。\n"),
        ("kb/questions/own.jsonl", "{\"id\":\"own-1\",\"text\":\"退款要几天到\",\"accept\":[\"refund-time\"]}\n"),
        ("in/smalltalk.greet.yaml", "examples: {zh-CN: [你好, 您好]}\ndoes: {reply: {zh-CN: 您好。}}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let mut config = settings();
    config.content.knowledge = folder.path().join("kb");
    config.content.intents = folder.path().join("in");
    let app = TestApp::of_folders(config, &folder.path().join("data"));
    add(&app, &[account("li", EDITOR), account("wang", EDITOR)]);
    (folder, app)
}

/// The same, where nobody publishes what they wrote.
pub(super) fn shop_of_two() -> (TempDir, TestApp) {
    let (folder, app) = shop();
    let mut config = app.app.config().clone();
    drop(app);
    config.publishing.second_person = true;
    let app = TestApp::of_folders(config, &folder.path().join("data"));
    (folder, app)
}

pub(super) fn put(browser: &Browser<'_>, path: &str, condition: &str, body: &Value) -> Reply {
    browser.send_with("PUT", path, &format!("{condition}\r\n"), body)
}

/// Changes an entry's answer in a change set, as it is there now.
pub(super) fn edit(browser: &Browser<'_>, id: &str, set: &str, answer: &str) -> Reply {
    let path = format!("/api/v1/editor/entries/{id}?set={set}");
    let seen = browser.get(&path);
    let tag = seen.header("etag").unwrap().to_owned();
    let mut entry = seen.json()["entry"].clone();
    entry["texts"]["zh-CN"]["body"] = answer.into();
    put(browser, &path, &format!("if-match: {tag}"), &entry)
}

pub(super) fn begin(browser: &Browser<'_>, title: &str) -> String {
    let begun = browser.send("POST", "/api/v1/editor/sets", &json!({ "title": title }));
    assert_eq!(begun.status, 201, "{}", begun.text());
    begun.json()["id"].as_str().unwrap().to_owned()
}

pub(super) fn publish(browser: &Browser<'_>, body: &Value) -> Value {
    let reply = browser.send("POST", "/api/v1/editor/publish", body);
    assert!(matches!(reply.status, 200 | 409), "{}", reply.text());
    reply.json()
}

fn answer(app: &TestApp) -> String {
    app.ask("退款几天到")["reply"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn an_edit_is_made_on_a_state_that_was_seen() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let path = "/api/v1/editor/entries/refund-time";
    let seen = li.get(path);
    assert_eq!((seen.status, &seen.json()["set"]), (200, &Value::Null));
    let (tag, entry) = (seen.header("etag").unwrap().to_owned(), seen.json()["entry"].clone());
    assert_eq!(entry["texts"]["en"]["question"], "When does my refund arrive?");
    assert_eq!(li.send("PUT", path, &entry).problem(), "precondition_required");
    assert_eq!(put(&li, path, "if-match: *", &entry).problem(), "precondition_required");
    assert_eq!(put(&li, path, "if-match: \"another\"", &entry).problem(), "changed");
    assert_eq!(put(&li, path, "if-none-match: *", &entry).problem(), "changed");
    let mut wrong = entry.clone();
    wrong["texts"]["zh-CN"]["question"] = " ".into();
    wrong["channels"] = json!(["fax"]);
    let refused = put(&li, path, &format!("if-match: {tag}"), &wrong);
    assert_eq!((refused.problem().as_str(), refused.json()["errors"].as_array().unwrap().len()), ("invalid_field", 2));
    let mut edited = entry;
    edited["texts"]["zh-CN"]["body"] = "五天。".into();
    edited["texts"].as_object_mut().unwrap().remove("en");
    let made = put(&li, path, &format!("if-match: {tag}"), &edited);
    assert_eq!(made.status, 200, "{}", made.text());
    let (set, new_tag) = (made.json()["set"].as_str().unwrap().to_owned(), made.header("etag").unwrap().to_owned());
    assert_ne!(new_tag, tag);
    assert_eq!(put(&li, path, &format!("if-match: {tag}"), &edited).problem(), "changed", "seen before the edit");
    // The next edit finds the change set by itself; nobody else's look at the live revision is changed.
    assert_eq!(li.get(path).json()["set"], json!(set));
    assert_eq!(answer(&app), "三天。");
    let draft = li.get("/api/v1/editor/draft").json();
    let changes: Vec<(&str, &str)> = draft["difference"]["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["path"].as_str().unwrap(), change["kind"].as_str().unwrap()))
        .collect();
    assert_eq!(
        changes,
        [("knowledge-base/refund/refund-time.en.md", "removed"), ("knowledge-base/refund/refund-time.md", "changed")]
    );
    let wang = Browser::sign_in(&app, "wang");
    assert_eq!(wang.get(path).json()["entry"]["texts"]["zh-CN"]["body"], "三天。");
    let ready = publish(&li, &json!({ "dry_run": true }));
    assert_eq!((&ready["outcome"], answer(&app).as_str()), (&json!("ready"), "三天。"), "{ready}");
    let published = publish(&li, &json!({ "note": "五天" }));
    assert_eq!(published["outcome"], "published", "{published}");
    assert_eq!(answer(&app), "五天。");
    let revisions = li.get("/api/v1/editor/revisions").json();
    let newest = &revisions["data"][0];
    assert_eq!((&newest["live"], &newest["note"], &newest["actor"]), (&json!(true), &json!("五天"), &json!("user_li")));
    let before = revisions["data"][1]["id"].as_str().unwrap();
    let difference = li.get(&format!("/api/v1/editor/diff?from={before}&to={}", newest["id"].as_str().unwrap())).json();
    assert_eq!(difference["changes"].as_array().unwrap().len(), 2);
    let back = li.send("POST", "/api/v1/editor/rollback", &json!({ "revision": before, "note": "还是三天" }));
    assert_eq!((back.status, answer(&app).as_str()), (200, "三天。"), "{}", back.text());
    assert_eq!(li.send("POST", "/api/v1/editor/rollback", &json!({ "revision": "nonsense" })).problem(), "conflict");
    add(&app, &[account("auditor", &[Role::Auditor])]);
    let audit = Browser::sign_in(&app, "auditor").get("/api/v1/admin/audit?limit=100").json();
    let actions: Vec<&str> = audit["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["event"]["action"].as_str().unwrap_or_else(|| line["action"].as_str().unwrap()))
        .collect();
    for action in ["set.created", "entry.edited", "revision.published", "revision.rolled_back"] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
}

#[test]
fn of_two_change_sets_that_touch_the_same_entry_the_second_is_shown_the_conflict() {
    let (_folder, app) = shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let (first, second, third) = (begin(&li, "五天"), begin(&wang, "七天"), begin(&wang, "别的"));
    assert_eq!(edit(&li, "refund-time", &first, "五天。").status, 200);
    assert_eq!(edit(&wang, "refund-time", &second, "七天。").status, 200);
    assert_eq!(edit(&wang, "refund-how", &third, "点“退款”。").status, 200);
    // Of two open sets of one's own, one has to be named.
    assert_eq!(wang.get("/api/v1/editor/draft").problem(), "conflict");
    assert_eq!(publish(&li, &json!({ "set": first }))["outcome"], "published");
    // A set takes only its own entries along, and one that touches others is in nobody's way.
    assert_eq!(publish(&wang, &json!({ "set": third }))["outcome"], "published");
    assert_eq!(answer(&app), "五天。");
    let refused = publish(&wang, &json!({ "set": second }));
    assert_eq!(refused["outcome"], "conflicting", "{refused}");
    let conflict = &refused["conflicts"][0];
    assert_eq!(conflict["subject"], json!({ "kind": "entry", "id": "refund-time" }));
    for (side, text) in [("base", "三天。"), ("live", "五天。"), ("draft", "七天。")] {
        assert!(conflict[side].as_str().unwrap().contains(text), "{side}: {conflict}");
    }
    let draft = wang.get(&format!("/api/v1/editor/draft?set={second}")).json();
    assert_eq!(draft["conflicts"], refused["conflicts"], "it is seen before publishing, too");
    assert_eq!(answer(&app), "五天。");
    let kept = wang.send(
        "POST",
        &format!("/api/v1/editor/sets/{second}/keep"),
        &json!({ "path": "knowledge-base/refund/refund-time.md" }),
    );
    assert_eq!(kept.status, 204, "{}", kept.text());
    assert_eq!(publish(&wang, &json!({ "set": second }))["outcome"], "published");
    assert_eq!(answer(&app), "七天。");
    // What is published is closed.
    assert_eq!(edit_in_closed(&wang, &second), "conflict");
    let discarded = begin(&wang, "nichts");
    assert_eq!(call_delete(&wang, &format!("/api/v1/editor/sets/{discarded}")), 204);
    assert_eq!(call_delete(&wang, &format!("/api/v1/editor/sets/{discarded}")), 409);
}

#[test]
fn whoever_takes_what_is_live_takes_an_entry_with_all_its_languages() {
    let (_folder, app) = shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let (first, second) = (begin(&li, "五天"), begin(&wang, "七天"));
    assert_eq!(edit(&li, "refund-time", &first, "五天。").status, 200);
    assert_eq!(edit(&wang, "refund-time", &second, "七天。").status, 200);
    assert_eq!(edit(&wang, "refund-how", &second, "点“退款”。").status, 200);
    assert_eq!(publish(&li, &json!({ "set": first }))["outcome"], "published");
    let draft = || wang.get(&format!("/api/v1/editor/draft?set={second}")).json();
    let path = draft()["conflicts"][0]["path"].clone();
    let revert = || wang.send("POST", &format!("/api/v1/editor/sets/{second}/revert"), &json!({ "path": path }));
    assert_eq!(revert().status, 204);
    let left = draft();
    assert_eq!(left["conflicts"], json!([]), "{left}");
    let changed: Vec<&Value> =
        left["difference"]["changes"].as_array().unwrap().iter().map(|change| &change["subject"]["id"]).collect();
    assert_eq!(changed, ["refund-how"], "what else the set changes stays");
    assert_eq!(revert().status, 404, "there is nothing left to take back");
    assert_eq!(publish(&wang, &json!({ "set": second }))["outcome"], "published");
    assert_eq!(answer(&app), "五天。");
}

#[test]
fn a_conflict_is_settled_by_the_file_that_it_is_shown_at_though_the_set_changes_another() {
    let (_folder, app) = shop();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let (first, second, third) = (begin(&li, "五天"), begin(&wang, "English"), begin(&wang, "More"));
    let english = |set: &str, text: &str| {
        let path = format!("/api/v1/editor/files?path=knowledge-base/refund/refund-time.en.md&set={set}");
        let tag = wang.get(&path).header("etag").unwrap().to_owned();
        let text = format!("---\nquestion: When does my refund arrive?\n---\n{text}\n");
        put(&wang, &path, &format!("if-match: {tag}"), &json!({ "text": text })).status
    };
    assert_eq!((english(&second, "Seven days."), english(&third, "Nine days.")), (204, 204));
    assert_eq!(edit(&li, "refund-time", &first, "五天。").status, 200);
    assert_eq!(publish(&li, &json!({ "set": first }))["outcome"], "published");
    for (set, how) in [(&second, "revert"), (&third, "keep")] {
        let draft = || wang.get(&format!("/api/v1/editor/draft?set={set}")).json();
        let conflict = draft()["conflicts"][0].clone();
        let settled =
            wang.send("POST", &format!("/api/v1/editor/sets/{set}/{how}"), &json!({ "path": conflict["path"] }));
        assert_eq!(settled.status, 204, "{how} {conflict}: {}", settled.text());
        assert_eq!(draft()["conflicts"], json!([]), "{how}");
    }
}

fn edit_in_closed(browser: &Browser<'_>, set: &str) -> String {
    browser.get(&format!("/api/v1/editor/entries/refund-time?set={set}")).problem()
}

fn call_delete(browser: &Browser<'_>, path: &str) -> u16 {
    let headers = format!("cookie: {}\r\nx-csrf-token: {}\r\n", browser.cookie, browser.csrf);
    call(browser.app, "DELETE", path, &headers, None).status
}

#[test]
fn what_the_gate_refuses_is_named_with_the_edit_that_did_it() {
    let app = TestApp::start();
    add(&app, &[account("li", EDITOR)]);
    let li = Browser::sign_in(&app, "li");
    let path = "/api/v1/editor/files?path=knowledge-base/synonyms.txt";
    let seen = li.get(path);
    let (tag, text) = (seen.header("etag").unwrap().to_owned(), seen.json()["text"].as_str().unwrap().to_owned());
    let planted = format!("{text}\n订单, 银行卡\n");
    assert_eq!(put(&li, path, &format!("if-match: {tag}"), &json!({ "text": planted })).status, 204);
    let refused = publish(&li, &json!({}));
    assert_eq!(refused["outcome"], "refused", "{refused}");
    let regressions = refused["report"]["regressions"].as_array().unwrap();
    let by_it = |one: &&Value| one["caused_by"]["path"] == "knowledge-base/synonyms.txt";
    let named: Vec<&Value> = regressions.iter().filter(by_it).collect();
    assert!(!named.is_empty(), "{refused}");
    for key in ["id", "text", "was", "now"] {
        assert!(!named[0][key].as_str().unwrap().is_empty());
    }
    let forced = li.send("POST", "/api/v1/editor/publish", &json!({ "force": true }));
    assert_eq!(forced.problem(), "invalid_field", "to overrule it takes a note");
}

/// An edit of an entry as an editor makes it.
type Edit = fn(&mut Value);

#[test]
fn honest_edits_of_the_sample_pass_the_gate() {
    let app = TestApp::start();
    add(&app, &[account("li", EDITOR)]);
    let li = Browser::sign_in(&app, "li");
    let edits: [(&str, Edit); 5] = [
        ("refund-review-time", |entry| entry["texts"]["zh-CN"]["body"] = "三个工作日内审核完。".into()),
        ("balance-withdraw", |entry| add_similar(entry, "zh-CN", "钱提到银行卡要扣多少")),
        ("contact-phone", |entry| add_similar(entry, "en", "what number can I call to speak with support")),
        ("account-verify", |entry| drop(entry["texts"]["zh-CN"]["similar"].as_array_mut().unwrap().pop())),
        ("refund-progress", |entry| add_similar(entry, "zh-CN", "退款现在走到哪个环节了怎么看")),
    ];
    let mut passed = Vec::new();
    for (id, change) in edits {
        let set = begin(&li, id);
        let path = format!("/api/v1/editor/entries/{id}?set={set}");
        let seen = li.get(&path);
        let tag = seen.header("etag").unwrap_or_else(|| panic!("{}", seen.text())).to_owned();
        let mut entry = seen.json()["entry"].clone();
        change(&mut entry);
        assert_eq!(put(&li, &path, &format!("if-match: {tag}"), &entry).status, 200);
        let outcome = publish(&li, &json!({ "set": set, "dry_run": true }));
        println!("{id}: {} {}", outcome["outcome"], outcome["report"]["regressions"]);
        // A line that stands at the edge of a knife may fall: it is named, with the edit.
        assert!(outcome["report"]["regressions"].as_array().unwrap().len() <= 1, "{outcome}");
        if outcome["outcome"] == "ready" {
            passed.push(id);
        }
    }
    assert!(passed.contains(&"refund-review-time") && passed.len() >= 4, "{passed:?}");
}

fn add_similar(entry: &mut Value, language: &str, question: &str) {
    entry["texts"][language]["similar"].as_array_mut().unwrap().push(question.into());
}

#[test]
fn tables_go_out_and_come_in_again() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    for format in ["csv", "xlsx", "jsonl"] {
        let file = li.get(&format!("/api/v1/editor/export?format={format}"));
        assert_eq!(file.status, 200, "{format}");
        let report = import(&li, &format!("format={format}"), &file.body).json();
        assert_eq!((&report["unchanged"], &report["faults"]), (&json!(2), &json!([])), "{format}: {report}");
    }
    let table =
        "分类,标准问题,相似问题,答案\n退款,怎么取消退款,取消退款申请|不退了,在退款页点取消。\n退款,,,没有问题\n";
    let faulty = import(&li, "format=table&name=t.csv", table.as_bytes());
    assert_eq!((faulty.status, &faulty.json()["faults"][0]["row"]), (409, &json!(3)), "{}", faulty.text());
    assert!(li.get("/api/v1/editor/sets").json()["data"].as_array().unwrap().is_empty(), "nothing is imported");
    let good = table.rsplit_once("退款,,").unwrap().0;
    let report = import(&li, "format=table&name=t.csv", good.as_bytes()).json();
    assert_eq!((&report["created"], &report["phrasings"]), (&json!(1), &json!(3)), "{report}");
    let set = report["change_set"].as_str().unwrap();
    assert_eq!(publish(&li, &json!({ "set": set }))["outcome"], "published");
    assert_eq!(app.ask("取消退款申请")["reply"]["text"], "在退款页点取消。");
    assert_eq!(import(&li, "format=csv", b"nonsense").status, 409);
    assert_eq!(import(&li, "format=pdf", b"x").problem(), "invalid_field");
}

#[test]
fn another_systems_knowledge_comes_in_and_answers() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let table = "Question\tAnswer\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\n\
                 怎么取消退款\t在退款页点取消。\tcategory:退款\t[]\tFalse\t[{\"qnaId\":2,\"displayText\":\"限额\"}]\t1\n\
                 取消退款申请\t在退款页点取消。\tcategory:退款\t[]\tFalse\t[]\t1\n\
                 每天最多付多少\t五万元。\tcity:上海\t[]\tFalse\t[]\t2\n";
    let faulty = import(&li, "format=qnamaker&name=t.tsv", table.replace("\"qnaId\":2", "\"qnaId\":9").as_bytes());
    let fault = &faulty.json()["faults"][0];
    assert_eq!((faulty.status, &fault["row"], &fault["column"]), (409, &json!(2), &json!("Prompts")), "{fault}");
    let report = import(&li, "format=qnamaker&name=t.tsv", table.as_bytes()).json();
    assert_eq!((&report["created"], &report["phrasings"]), (&json!(2), &json!(3)), "{report}");
    assert_eq!(
        (&report["notes"][0]["row"], &report["notes"][0]["column"]),
        (&json!(4), &json!("Metadata")),
        "{report}"
    );
    assert_eq!(publish(&li, &json!({ "set": report["change_set"] }))["outcome"], "published");
    assert_eq!(app.ask("取消退款申请")["reply"]["text"], "在退款页点取消。");
    let again = import(&li, "format=qnamaker", table.as_bytes()).json();
    assert_eq!((&again["unchanged"], &again["change_set"]), (&json!(2), &Value::Null), "{again}");
    assert_eq!(li.get("/api/v1/editor/export?format=rasa").problem(), "invalid_field");
}

#[test]
fn a_folder_goes_out_as_an_archive_and_comes_in_again() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let archive = li.get("/api/v1/editor/export?format=folder");
    assert_eq!((archive.status, archive.header("content-type")), (200, Some("application/zip")));
    let same = import(&li, "format=folder", &archive.body).json();
    assert_eq!(
        (&same["unchanged"], &same["files"], &same["change_set"]),
        (&json!(2), &json!(0), &Value::Null),
        "{same}"
    );

    let edited = repacked(&archive.body, "---\nquestion: 退款多久到账\nsimilar: [退款几天到]\n---\n两天。\n");
    let set = begin(&li, "someone else's");
    assert_eq!(edit(&li, "refund-how", &set, "点两下退款。").status, 200);
    assert_eq!(publish(&li, &json!({ "set": set }))["outcome"], "published");
    let report = import(&li, "format=folder&name=ours.zip", &edited).json();
    assert_eq!((&report["updated"], &report["files"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!(publish(&li, &json!({ "set": report["change_set"] }))["outcome"], "published");
    assert_eq!(answer(&app), "两天。");
    assert_eq!(app.ask("怎么申请退款")["reply"]["text"], "点两下退款。", "what went live since is not taken back");

    let outside = packed::pack([("../knowledge-base/a.md", b"x".as_slice())].into_iter()).unwrap();
    for bytes in [b"nonsense".to_vec(), archive.body[..archive.body.len() / 2].to_vec(), outside] {
        let refused = import(&li, "format=folder", &bytes);
        assert_eq!(
            (refused.status, refused.json()["faults"].as_array().unwrap().len()),
            (409, 1),
            "{}",
            refused.text()
        );
    }
    let broken = repacked(&archive.body, "---\nquestion: 退款多久到账\nsimlar: [x]\n---\n坏的。\n");
    let refused = import(&li, "format=folder", &broken).json();
    let fault = &refused["faults"][0];
    assert!(fault.to_string().contains("refund-time.md") && refused["change_set"].is_null(), "{refused}");
}

/// An archive with another text of the entry that says when refunds arrive.
fn repacked(archive: &[u8], text: &str) -> Vec<u8> {
    let mut files = packed::unpack(archive).unwrap();
    let file = files.iter_mut().find(|file| file.path.ends_with("/refund-time.md")).unwrap();
    file.bytes = text.into();
    packed::pack(files.iter().map(|file| (file.path.as_str(), file.bytes.as_slice()))).unwrap()
}

fn import(browser: &Browser<'_>, query: &str, bytes: &[u8]) -> Reply {
    let head = format!(
        "POST /api/v1/editor/import?{query} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {}\r\n\
         cookie: {}\r\nx-csrf-token: {}\r\n\r\n",
        bytes.len(),
        browser.cookie,
        browser.csrf
    );
    browser.app.send(&head, bytes)
}

#[test]
fn a_second_person_publishes_where_the_operator_wants_it_so() {
    let (_folder, app) = shop_of_two();
    let (li, wang) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "wang"));
    let set = begin(&li, "五天");
    assert_eq!(edit(&li, "refund-time", &set, "五天。").status, 200);
    let refused = publish(&li, &json!({ "set": set }));
    assert_eq!(refused, json!({ "outcome": "second_person_needed", "authors": ["user_li"] }));
    assert_eq!(publish(&wang, &json!({ "set": set }))["outcome"], "published");
    let set = begin(&li, "beide");
    assert_eq!(edit(&li, "refund-time", &set, "六天。").status, 200);
    assert_eq!(edit(&wang, "refund-time", &set, "七天。").status, 200);
    assert_eq!(publish(&wang, &json!({ "set": set }))["outcome"], "second_person_needed", "both have written it");
}

#[test]
fn what_is_switched_off_is_so_at_once_on_every_replica_and_written_down() {
    let (folder, app) = shop();
    let other = TestApp::of_folders(app.app.config().clone(), &folder.path().join("data"));
    drop(other.wait(async { Some(tokio::spawn(follow(other.app.clone()))) }));
    let li = Browser::sign_in(&app, "li");
    let switch = |body: Value| li.send("POST", "/api/v1/editor/switches", &body);
    let off = switch(json!({ "kind": "entry", "id": "refund-time", "off": true, "note": "数字错了" }));
    assert_eq!((off.status, &off.json()["entries_off"]), (200, &json!(["refund-time"])), "{}", off.text());
    assert_eq!(app.ask("退款几天到")["decision"], "handoff");
    eventually(|| other.ask("退款几天到")["decision"] == "handoff");
    assert_eq!(switch(json!({ "kind": "entry", "id": "refund-time", "off": false })).status, 200);
    eventually(|| other.ask("退款几天到")["decision"] == "answer");
    assert_eq!(switch(json!({ "kind": "bot", "off": true })).status, 200);
    assert_eq!(app.ask("你好")["decision"], "handoff");
    assert_eq!(switch(json!({ "kind": "bot", "off": false })).status, 200);
    for wrong in [
        json!({ "kind": "entry", "off": true }),
        json!({ "kind": "entry", "id": "nothing", "off": true }),
        json!({ "kind": "bot", "id": "x", "off": true }),
        json!({ "kind": "planet", "off": true }),
    ] {
        assert_eq!(switch(wrong.clone()).problem(), "invalid_field", "{wrong}");
    }
    let notice = |text: &str, until: &str| json!({ "id": "outage", "entries": ["refund-time"], "text": { "zh-CN": text, "en": "Delays today." }, "until": until });
    let pin = |body: &Value| li.send("PUT", "/api/v1/editor/notices/outage", body);
    assert_eq!(pin(&notice("今天退款延迟。", "2020-01-01T00:00:00Z")).problem(), "invalid_field", "past");
    let lure = pin(&notice("请把验证码发给我们。", "2099-01-01T00:00:00Z"));
    assert_eq!(lure.problem(), "invalid_field", "what no answer may ask for, no notice may: {}", lure.text());
    assert_eq!(pin(&notice("{{no_such_fact}}", "2099-01-01T00:00:00Z")).problem(), "invalid_field");
    assert_eq!(pin(&notice("今天退款延迟。", "2099-01-01T00:00:00Z")).status, 200);
    assert!(answer(&app).starts_with("今天退款延迟。"), "{}", answer(&app));
    eventually(|| answer(&other).starts_with("今天退款延迟。"));
    assert_eq!(call_delete(&li, "/api/v1/editor/notices/outage"), 204);
    assert_eq!(call_delete(&li, "/api/v1/editor/notices/outage"), 404);
    assert_eq!(answer(&app), "三天。");
    add(&app, &[account("auditor", &[Role::Auditor])]);
    let audit = Browser::sign_in(&app, "auditor").get("/api/v1/admin/audit?limit=100").text();
    assert!(
        audit.contains("switch.changed") && audit.contains("notice.changed") && audit.contains("数字错了"),
        "{audit}"
    );
}

pub(super) fn eventually(holds: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}

#[test]
fn what_is_not_answered_is_counted_masked_and_shown_to_editors() {
    let (_folder, app) = shop();
    app.wait(async { app.app.keep_questions() });
    for _ in 0..3 {
        app.ask("卡4111111111111111外星人");
    }
    let li = Browser::sign_in(&app, "li");
    let unanswered = || li.get("/api/v1/editor/unanswered").json()["data"].as_array().unwrap().clone();
    // They may be written in two goes.
    eventually(|| unanswered().first().is_some_and(|first| first["n"] == 3));
    let all = unanswered();
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(!all[0]["text"].as_str().unwrap().contains("4111111111111111"), "{all:?}");
}

#[test]
fn without_room_nothing_is_changed_customers_are_answered_and_it_goes_on_when_there_is_room() {
    let (_folder, app) = shop();
    let li = Browser::sign_in(&app, "li");
    let limit = |pages: &str| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        app.wait(async {
            let mut tx = app.app.store().write().await.unwrap();
            tx.rows(&sql, &[]).await.unwrap();
            tx.commit().await.unwrap();
        });
    };
    let set = begin(&li, "lang");
    limit("1");
    let long = "长".repeat(20_000);
    let refused = edit(&li, "refund-time", &set, &long);
    assert_eq!((refused.status, refused.problem().as_str()), (503, "store_unavailable"));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(answer(&app), "三天。");
    assert_eq!(li.get("/api/v1/editor/entries/refund-time").status, 200, "reads go on");
    limit("1000000");
    assert_eq!(edit(&li, "refund-time", &set, &long).status, 200);
}
