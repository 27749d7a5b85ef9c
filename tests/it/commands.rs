//! The commands as a shell sees them: exit codes, stdout, stderr.

use std::io::Write;
use std::process::{Output, Stdio};

use yingda::store::Store;
use yingda::store::asked;
use yingda::store::deliveries::Announcement;
use yingda::store::webhooks;

use crate::shop::{Shop, binary};
use crate::store::webhooks::webhook;

/// Runs the binary in an empty folder, on the sample inside it.
fn yingda(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    binary().args(arguments).current_dir(folder.path()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn check_says_yes_with_0_and_no_with_1() {
    let good = yingda(&["check"]);
    assert_eq!(good.status.code(), Some(0), "{}", text(&good.stdout));
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in [
        ("kb/refund/apply.md", "---\nquestion: 怎么退款\nsimlar: [x]\n---\n{{days}} 天\n"),
        ("in/a.yaml", "does: {flow: x}\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let arguments = ["check", "--json", "--knowledge", "kb", "--intents", "in"];
    let bad = binary().args(arguments).current_dir(folder.path()).output().unwrap();
    assert_eq!(bad.status.code(), Some(1));
    let faults: serde_json::Value = serde_json::from_slice(&bad.stdout).unwrap();
    assert!(
        faults
            .as_array()
            .unwrap()
            .iter()
            .any(|fault| fault["code"] == "unknown-key" && fault["line"] == 3 && fault["column"] == 1)
    );
    let asked = binary()
        .args(["ask", "退款", "--knowledge", "kb", "--intents", "in"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(asked.status.code(), Some(2), "content with errors does not answer");
    assert!(text(&asked.stderr).contains("unknown key"));
}

#[test]
fn ask_prints_what_the_api_answers() {
    let asked = yingda(&["ask", "退款多久到账？", "--json", "--explain"]);
    assert_eq!(asked.status.code(), Some(0), "{}", text(&asked.stderr));
    let turn: serde_json::Value = serde_json::from_slice(&asked.stdout).unwrap();
    for key in
        ["decision", "entry", "intent", "confidence", "reply", "candidates", "handoff", "revision", "explanation"]
    {
        assert!(turn.get(key).is_some(), "{key} is missing");
    }
    assert_eq!(turn["decision"], "answer");
    assert_eq!(
        yingda(&["ask", "退款", "--json"]).stdout,
        yingda(&["ask", "退款", "--json"]).stdout,
        "same input, same bytes"
    );
    assert!(text(&yingda(&["ask", "How do I get a refund", "--explain"]).stdout).contains("decided by"));
}

#[test]
fn wrong_use_ends_with_2_and_says_why() {
    for (arguments, says) in [
        (vec!["ask"], "TEXT"),
        (vec!["ask", "x", "--language", "中文"], "language tag"),
        (vec!["nonsense"], "nonsense"),
        (vec!["check", "--knowledge", "nowhere"], "nowhere"),
        (vec!["eval", "questions", "nowhere.jsonl"], "nowhere.jsonl"),
        (vec!["check", "--at", "tomorrow"], "tomorrow"),
    ] {
        let output = yingda(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{arguments:?}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn chat_answers_line_by_line_and_survives_what_is_no_text() {
    let mut child = binary()
        .args(["chat", "--json"])
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"\xE4\xBD\xA0\xE5\xA5\xBD\n\xFF\xFE\x00\n/why\n/quit\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let turns: Vec<serde_json::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(turns.len(), 3);
    assert_eq!(turns[0]["intent"], "smalltalk.greet");
    assert!(turns[2].get("explanation").is_some());
}

#[test]
fn the_default_configuration_is_printed_and_overridden() {
    let printed = text(&yingda(&["default-config"]).stdout);
    assert!(printed.parse::<toml::Table>().is_ok() && printed.contains("[content]"));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("yingda.toml"), "[answers]\nlimt = 3\n").unwrap();
    let output = binary().args(["doctor"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("limt"), "{}", text(&output.stderr));
}

#[test]
fn doctor_names_webhooks_that_get_nothing() {
    let shop = Shop::published();
    let good = shop.does(&["doctor"]).out;
    assert!(good.contains("webhooks: 0 active"), "{good}");
    shop.with_store(async |store| {
        let mut tx = store.write().await.unwrap();
        let hook = webhook("webhook_1", &[]);
        webhooks::add(&mut *tx, &hook).await.unwrap();
        let data = serde_json::json!({});
        let event = Announcement { id: "event_1", kind: "ping", subject: "", data: &data };
        webhooks::announce(&mut *tx, &[event], hook.created_at).await.unwrap();
        webhooks::disable(&mut *tx, &hook, "it answered 410 Gone", hook.created_at).await.unwrap();
        tx.commit().await.unwrap();
    });
    let said = shop.does(&["doctor"]).out;
    assert!(said.contains("webhook_1 is disabled: it answered 410 Gone"), "{said}");
    assert!(said.contains("1 delivery(ies) to webhook_1 lie aside"), "{said}");
}

#[test]
fn doctor_names_the_samples_in_use() {
    let output = yingda(&["doctor"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("support_phone"));
}

#[test]
fn eval_measures_questions_answers_and_intents() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let questions = write(
        "q.jsonl",
        "{\"id\":\"1\",\"text\":\"退款多久到账\",\"lang\":\"zh-CN\",\"accept\":[\"refund-arrival-time\"]}\n{\"id\":\"2\",\"text\":\"你好\",\"lang\":\"zh-CN\",\"accept\":[\"clarify\"],\"never\":[\"intent:smalltalk.greet\"]}\n",
    );
    let report = json(&["eval", "questions", &questions, "--json"]);
    assert_eq!((report["n"].as_u64(), report["never_violations"].as_u64()), (Some(2), Some(1)));
    assert!(report["failures"].as_array().unwrap().iter().any(|failure| failure["id"] == "2"));

    let entries = write(
        "e.jsonl",
        "{\"id\":\"a\",\"question\":\"怎么退款\",\"similar\":[],\"answer\":\"\"}\n{\"id\":\"b\",\"question\":\"怎么付款\",\"similar\":[],\"answer\":\"\"}\n",
    );
    let queries = write("s.jsonl", "{\"text\":\"怎么退款\",\"id\":\"a\"}\n{\"text\":\"今天天气\",\"id\":null}\n");
    let report = json(&["eval", "answers", "--entries", &entries, "--queries", &queries, "--json"]);
    assert_eq!((report["answerable"].as_u64(), report["recall_at_1"].as_f64()), (Some(1), Some(1.0)));

    let train =
        write("t.tsv", "pay my bill\tpay\nhow to pay\tpay\nrefund me\trefund\nmoney refund\trefund\nweather\toos\n");
    let test = write("u.tsv", "pay\tpay\nrefund\trefund\n");
    let report = json(&["eval", "intents", "--train", &train, "--test", &test, "--out-of-scope", "oos", "--json"]);
    assert_eq!(report["in_scope_accuracy"].as_f64(), Some(1.0));
}

fn json(arguments: &[&str]) -> serde_json::Value {
    let output = yingda(arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = binary()
        .arg("policy")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn demo_plays_a_day_into_an_empty_store_and_into_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let arguments = ["demo", "--json", "--data", data.to_str().unwrap()];
    let played = json(&arguments);
    assert!(played["n_conversations"].as_u64() >= Some(40), "{played}");
    let missed = tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open("", &data).await.unwrap();
        asked::missed(&mut *store.read().await.unwrap(), 1_000).await.unwrap()
    });
    assert!(missed.len() >= 15, "editors find what was missed: {missed:?}");
    let again = yingda(&arguments);
    assert_eq!(again.status.code(), Some(2), "{}", text(&again.stdout));
    assert!(text(&again.stderr).contains("somebody has talked here"), "{}", text(&again.stderr));
}
