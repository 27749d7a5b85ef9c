//! How the service was used: a few conversations with agents and opinions, and every figure that the report makes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use serde_json::{Value, json};
use yingda::people::account::Account;
use yingda::people::role::Role;

use super::access::{Browser, account, add};
use super::conversations::Customer;
use super::{SAMPLE, TestApp, now};

const USAGE: &str = "/api/v1/admin/reports/usage";

/// What nobody has an answer to, and a spreadsheet must not calculate.
const UNKNOWN: &str = "=今天天气怎么样";

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
            of("ofrisk", "risk", &[Role::Supervisor]),
            account("sue", &[Role::Supervisor]),
            account("viewer", &[Role::Viewer]),
        ],
    );
    app
}

/// Three customers whom the bot answers or does not; one of them gets to a person, and says what they think.
fn log(app: &TestApp) {
    let alone = Customer::begin(app);
    alone.say("1", "退款多久到账？");
    assert_eq!(alone.post("/feedback", &json!({ "message_seq": 2, "helpful": true })).status, 200);
    assert_eq!(alone.say("2", UNKNOWN)["decision"], "fallback");
    alone.post("/close", &json!({}));

    let lost = Customer::begin_with(app, &json!({ "channel": "app" }));
    assert_eq!(lost.say("1", UNKNOWN)["decision"], "fallback");

    let helped = Customer::begin(app);
    helped.say("1", "你好");
    helped.say("2", UNKNOWN);
    helped.post("/handoff", &json!({}));
    let ann = Browser::sign_in(app, "ann");
    ann.send("PUT", "/api/v1/desk/presence", &json!({ "state": "available" }));
    let at_desk = |what: &str, body: &Value| {
        let reply = ann.send("POST", &format!("/api/v1/desk/conversations/{}/{what}", helped.id), body);
        assert_eq!(reply.status, 200, "{what}: {}", reply.text());
    };
    at_desk("claim", &json!({}));
    at_desk("reply", &json!({ "text": "您好，我是小安", "client_id": "a1" }));
    at_desk("resolve", &json!({ "reason": "refund.status" }));
    let ratings = json!({ "response_time": 4, "attitude": 5, "resolution": 3 });
    assert_eq!(helped.post("/feedback", &json!({ "ratings": ratings, "again": true })).status, 200);
}

fn counts(named: &Value) -> Vec<(&str, u64)> {
    named.as_array().unwrap().iter().map(|one| (one["name"].as_str().unwrap(), one["n"].as_u64().unwrap())).collect()
}

#[test]
fn every_figure_of_a_known_log_is_in_the_report() {
    let app = start();
    log(&app);
    let sue = Browser::sign_in(&app, "sue");
    let reply = sue.get(USAGE);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let report = reply.json();
    let all = &report["overall"];
    assert_eq!((&all["begun"], &all["ended"]), (&json!(3), &json!(2)), "{report}");
    assert_eq!(all["contained"], json!({ "n": 1, "share": 0.5 }));
    assert_eq!(all["handoffs"], 1);
    let reasons = [("rule", 0), ("asked", 0), ("not_known", 1), ("intent", 0), ("switched_off", 0), ("taken_over", 0)];
    assert_eq!(counts(&all["handoffs_by_reason"]), reasons);
    assert_eq!(counts(&all["handoffs_by_department"]), [("general", 1)]);
    let decisions = [("answer", 1), ("clarify", 0), ("fallback", 3), ("flow", 0), ("handoff", 0), ("smalltalk", 1)];
    assert_eq!(counts(&all["decisions"]), decisions);
    assert_eq!(all["answered"], json!({ "n": 1, "share": 0.25 }));
    assert_eq!(all["contact_reasons"], json!([{ "name": "refund.status", "n": 1, "share": 0.5 }]));
    assert_eq!((&all["helpful"]["n"], &all["unhelpful"]["n"]), (&json!(1), &json!(0)));
    assert_eq!(all["response_time"], json!({ "n": 1, "mean": 4.0 }));
    assert_eq!((&all["attitude"]["mean"], &all["resolution"]["mean"]), (&json!(5.0), &json!(3.0)));
    assert_eq!(all["again"], json!({ "n": 1, "share": 1.0 }));
    for times in ["wait_seconds", "first_reply_seconds", "resolution_seconds"] {
        let times = &all[times];
        let median = times["median"].as_f64().unwrap();
        assert!(times["n"] == 1 && (0.0..60.0).contains(&median), "{times}");
    }
    let entry = json!({
        "entry": "refund-arrival-time", "shown": 1, "helpful": 1, "unhelpful": 0, "share_helpful": 1.0,
    });
    assert_eq!(report["entries"], json!([entry]));
    assert_eq!(report["misses"], json!([{ "text": UNKNOWN, "n": 3 }]));
    assert_eq!((&report["by"], report["groups"].as_array().unwrap().len()), (&json!("day"), 30));
    for inside in ["conv_", "小 ann", "您好"] {
        assert!(!report.to_string().contains(inside), "{inside}: {report}");
    }

    let before = sue.get(&format!("{USAGE}?from=2020-01-01&until=2020-12-31&by=channel")).json();
    assert_eq!((&before["overall"]["begun"], &before["groups"]), (&json!(0), &json!([])));
    let elsewhere = Browser::sign_in(&app, "ofrisk").get(USAGE).json();
    assert_eq!((&elsewhere["overall"]["begun"], &elsewhere["overall"]["handoffs"]), (&json!(2), &json!(0)));
    assert_eq!(elsewhere["misses"], json!([]), "two asked it there");
}

#[test]
fn figures_are_told_apart_by_day_channel_revision_department_agent_and_entry() {
    let app = start();
    log(&app);
    let sue = Browser::sign_in(&app, "sue");
    let groups = |by: &str| -> Vec<(String, Value)> {
        let report = sue.get(&format!("{USAGE}?by={by}")).json();
        let groups = report["groups"].as_array().unwrap_or_else(|| panic!("{report}"));
        groups.iter().map(|group| (group["name"].as_str().unwrap().to_owned(), group.clone())).collect()
    };
    let begun = |by: &str| -> Vec<(String, u64)> {
        let begun = groups(by).into_iter().map(|(name, group)| (name, group["begun"].as_u64().unwrap()));
        begun.collect::<BTreeMap<_, _>>().into_iter().collect()
    };
    assert_eq!(begun("channel"), [("app".to_owned(), 1), ("web".to_owned(), 2)]);
    assert_eq!(begun("revision"), [(SAMPLE.assistant.revision().to_owned(), 3)]);
    assert_eq!(begun("department"), [("general".to_owned(), 1), ("none".to_owned(), 2)]);
    let days: u64 = begun("day").iter().map(|(_, n)| n).sum();
    let languages: u64 = begun("language").iter().map(|(_, n)| n).sum();
    assert_eq!((days, languages), (3, 3));
    let agents = groups("agent");
    assert_eq!((agents.len(), agents[0].0.as_str(), &agents[0].1["attitude"]["mean"]), (1, "user_ann", &json!(5.0)));
    assert_eq!(agents[0].1["display_name"], "小 ann");
    assert_eq!(groups("channel")[0].1["display_name"], Value::Null);
    let files = |format: &str| sue.get(&format!("{USAGE}?by=agent&format={format}"));
    assert!(files("csv").text().contains("\r\nuser_ann,小 ann,rating,attitude,1,,5,,\r\n"), "{}", files("csv").text());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(files("xlsx").body)).unwrap();
    let sheet = workbook.worksheet_range("usage").unwrap();
    assert!(sheet.rows().any(|row| row[0] == *"user_ann" && row[1] == *"小 ann"));
    assert!(files("html").text().contains("<th scope=\"row\">小 ann (user_ann)</th>"), "{}", files("html").text());
    let entries = groups("entry");
    assert_eq!((entries.len(), entries[0].0.as_str()), (1, "refund-arrival-time"));
    assert_eq!(entries[0].1["helpful"], json!({ "n": 1, "share": 1.0 }));
}

#[test]
fn the_report_is_a_table_for_spreadsheets_and_a_page_without_scripts() {
    let app = start();
    log(&app);
    let sue = Browser::sign_in(&app, "sue");
    let days = "from=2026-01-01&until=2026-01-31";
    let csv = sue.get(&format!("{USAGE}?{days}&format=csv"));
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let disposition = "attachment; filename=\"usage-2026-01-01-2026-01-31.csv\"";
    assert_eq!(csv.header("content-disposition"), Some(disposition));
    let text = sue.get(&format!("{USAGE}?by=channel&format=csv")).text();
    assert!(text.starts_with("\u{FEFF}group,group_name,section,item,n,share,mean,median,ninety_percent\r\n"), "{text}");
    for row in [
        ",,conversations,begun,3,,,,",
        ",,conversations,contained,1,0.5,,,",
        ",,rating,attitude,1,,5,,",
        ",,missed,'=今天天气怎么样,3,,,,",
        "web,,conversations,begun,2,,,,",
    ] {
        assert!(text.contains(&format!("\r\n{row}\r\n")), "{row}: {text}");
    }
    let xlsx = sue.get(&format!("{USAGE}?by=channel&format=xlsx"));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.body)).unwrap();
    let sheet = workbook.worksheet_range("usage").unwrap();
    assert!(sheet.rows().any(|row| row[2] == *"conversations" && row[3] == *"begun" && row[4] == 3.0));
    assert!(workbook.worksheet_formula("usage").unwrap().is_empty());

    for (query, accepted, lang, title, asked) in [
        ("", "zh-CN,zh;q=0.9", "zh-CN", "服务使用报告", "热门问题"),
        ("", "en-GB,en;q=0.9", "en", "Use of the service", "Top questions"),
        ("&language=zh-TW", "en", "zh-TW", "服務使用報告", "熱門問題"),
    ] {
        let headers = format!("cookie: {}\r\naccept-language: {accepted}\r\n", sue.cookie);
        let reply = super::access::call(&app, "GET", &format!("{USAGE}?format=html{query}"), &headers, None);
        let page = reply.text();
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{page}");
        assert!(page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(title), "{lang}: {page}");
        assert!(page.contains(asked) && page.contains("=今天天"), "{lang}: {page}");
        assert_eq!((page.matches("<svg ").count(), page.matches("<rect ").count()), (4, 120), "{page}");
        assert!(page.contains("by=day&amp;format=csv") && page.contains("by=day&amp;format=xlsx"), "{page}");
        assert!(!page.contains("<script") && !page.contains("style=\"") && !page.contains("user_ann"), "{page}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn the_report_is_for_supervisors_and_what_is_no_period_is_told() {
    let app = start();
    for name in ["ann", "viewer"] {
        assert_eq!(Browser::sign_in(&app, name).get(USAGE).problem(), "not_allowed", "{name}");
    }
    assert_eq!(app.get(USAGE).problem(), "not_signed_in");
    let sue = Browser::sign_in(&app, "sue");
    for wrong in [
        "from=2026-02-02&until=2026-02-01",
        "from=2020-01-01&until=2026-01-01",
        "from=2026-02-30",
        "by=name",
        "format=pdf",
        "language=_",
        "month=1",
    ] {
        assert_eq!(sue.get(&format!("{USAGE}?{wrong}")).problem(), "invalid_field", "{wrong}");
    }
    let today = now().to_string()[..4].to_owned();
    assert!(sue.get(USAGE).json()["until"].as_str().unwrap() >= today.as_str());
}
