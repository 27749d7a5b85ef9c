//! What cases tell when they are counted: the complaint report in its formats, promises by department, improvements.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use calamine::{Reader, Xlsx};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yingda::chat::clocks::look_at_clocks;
use yingda::desk::case::Case;
use yingda::desk::case_steps::{Assessment, Severity, Verdict};
use yingda::dialogue::effects::{CaseDraft, CaseStatus};
use yingda::dialogue::state::Held;
use yingda::knowledge::intent::{CaseKind, IntentName, Priority};
use yingda::people::account::Account;
use yingda::people::role::Role;
use yingda::store::cases;

use super::access::{Browser, account, add};
use super::conversations::Customer;
use super::{TestApp, now};

const COMPLAINTS: &str = "/api/v1/admin/reports/complaints";
const PROMISES: &str = "/api/v1/admin/reports/promises";
const IMPROVEMENTS: &str = "/api/v1/desk/improvements";

/// An attack that somebody wrote where a cause belongs.
const SLY: &str = "=<script>alert('1')</script>";

/// A service with a supervisor, one of a single department, and an agent.
fn start() -> TestApp {
    let app = TestApp::start();
    let elsewhere = Account { departments: BTreeSet::from(["legal".to_owned()]), ..account("wu", &[Role::Supervisor]) };
    add(&app, &[account("li", &[Role::Supervisor]), elsewhere, account("agent", &[Role::Agent])]);
    app
}

/// A complaint about something in a department: when it was opened, hours until its end, its cause.
fn complaint(app: &TestApp, number: &str, department: &str, opened_at: &str, ended: Option<i64>, cause: Option<&str>) {
    let opened_at: Timestamp = opened_at.parse().unwrap();
    let slots = [("reason", "merchant"), ("description", "张三的电话是什么")];
    let draft = CaseDraft {
        kind: CaseKind::Complaint,
        department: department.to_owned(),
        intent: IntentName("complaint.file".to_owned()),
        slots: slots.map(|(slot, value)| (slot.to_owned(), Held::plain(value))).into(),
        priority: Priority::Normal,
    };
    let snapshot = app.app.live().current();
    let mut case = Case::open(number, &draft, "", snapshot.assistant.content(), opened_at);
    if let Some(hours) = ended {
        let ended_at = opened_at + SignedDuration::from_hours(hours);
        (case.status, case.clock.replied_at, case.clock.ended_at) = (CaseStatus::Done, Some(opened_at), Some(ended_at));
    }
    case.assessment = cause.map(|cause| Assessment {
        severity: Severity::Major,
        cause: cause.to_owned(),
        decision: Verdict::Upheld,
        by: "user_agent".to_owned(),
        at: opened_at,
    });
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        cases::open(&mut *tx, &case, "user_agent").await.unwrap();
        tx.commit().await.unwrap();
    });
}

/// Complaints of 2025 in Shanghai, one of the year before, and a legal one.
fn of_2025(app: &TestApp) {
    for (number, opened_at, ended, cause) in [
        ("CP-0", "2024-12-31T23:59:59+08:00", Some(1), Some(SLY)),
        ("CP-1", "2025-01-01T00:00:00+08:00", Some(10), Some(SLY)),
        ("CP-2", "2025-03-05T10:00:00+08:00", Some(20), Some(SLY)),
        ("CP-3", "2025-03-06T10:00:00+08:00", Some(48), Some(SLY)),
        ("CP-4", "2025-12-31T22:00:00+08:00", Some(30), Some("只此一家")),
        ("CP-5", "2025-06-06T10:00:00+08:00", None, None),
    ] {
        complaint(app, number, "complaints", opened_at, ended, cause);
    }
    complaint(app, "CP-6", "legal", "2025-06-07T10:00:00+08:00", Some(5), Some("条款不清"));
}

#[test]
fn the_complaints_of_a_year_are_counted_for_supervisors_alone() {
    let app = start();
    of_2025(&app);
    let li = Browser::sign_in(&app, "li");
    let report = li.get(&format!("{COMPLAINTS}?year=2025")).json();
    assert_eq!((&report["year"], &report["recorded"]), (&json!(2025), &json!(6)), "{report}");
    assert_eq!(report["by_type"], json!([{ "name": "merchant", "n": 6, "share": 1.0 }]));
    assert_eq!((&report["handled"]["n"], &report["handled_in_year"]["n"]), (&json!(5), &json!(4)));
    assert_eq!((&report["by_month"][2], &report["by_month"][11]), (&json!(2), &json!(1)));
    let hours = json!({ "n": 5, "median": 20.0, "ninety_percent": 48.0, "longest": 48.0 });
    assert_eq!(report["handling_hours"], hours);
    assert_eq!((&report["resolve"]["kept"], &report["resolve"]["broken"]), (&json!(5), &json!(1)));
    assert_eq!((&report["causes"][0]["cause"], &report["causes"][0]["n"]), (&json!(SLY), &json!(3)));
    assert!(!report.to_string().contains("张三") && !report.to_string().contains("user_"), "{report}");

    let wu = Browser::sign_in(&app, "wu");
    let legal = wu.get(&format!("{COMPLAINTS}?year=2025")).json();
    assert_eq!((&legal["recorded"], &legal["departments"]), (&json!(1), &json!(["legal"])));
    let agent = Browser::sign_in(&app, "agent");
    for path in [COMPLAINTS, PROMISES] {
        assert_eq!(agent.get(path).problem(), "not_allowed");
        assert_eq!(app.get(path).problem(), "not_signed_in");
    }
}

#[test]
fn a_year_without_complaints_is_a_report_too_and_what_is_no_year_is_told() {
    let app = start();
    let li = Browser::sign_in(&app, "li");
    for format in ["json", "csv", "xlsx", "html"] {
        let reply = li.get(&format!("{COMPLAINTS}?year=1999&format={format}"));
        assert_eq!(reply.status, 200, "{format}: {}", reply.text());
    }
    let report = li.get(&format!("{COMPLAINTS}?year=1999")).json();
    assert_eq!((&report["recorded"], &report["handled"]["share"]), (&json!(0), &Value::Null));
    let last_year = li.get(COMPLAINTS).json()["year"].as_i64().unwrap();
    let this_year: i64 = now().to_string()[..4].parse().unwrap();
    assert!((this_year - last_year - 1).abs() <= 1, "{last_year}");
    for wrong in ["year=0", "year=99999", "year=x", "format=pdf", "month=1", "language=_"] {
        assert_eq!(li.get(&format!("{COMPLAINTS}?{wrong}")).problem(), "invalid_field", "{wrong}");
    }
    for wrong in ["from=2026-02-02&until=2026-02-01", "from=2026-02-30", "format=xlsx"] {
        assert_eq!(li.get(&format!("{PROMISES}?{wrong}")).problem(), "invalid_field", "{wrong}");
    }
}

#[test]
fn the_report_is_a_table_for_spreadsheets_without_formulas() {
    let app = start();
    of_2025(&app);
    let li = Browser::sign_in(&app, "li");
    let csv = li.get(&format!("{COMPLAINTS}?year=2025&format=csv"));
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"complaints-2025.csv\""));
    let text = csv.text();
    let rows = text.strip_prefix('\u{FEFF}').unwrap();
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    assert_eq!(&reader.headers().unwrap()[0], "section");
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let row =
        |section: &str, item: &str| rows.iter().find(|row| &row[0] == section && &row[1] == item).unwrap().clone();
    assert_eq!((&row("total", "handled")[2], &row("total", "handled")[3]), ("5", "0.8333"));
    assert_eq!(&row("handling_time", "median")[4], "20");
    assert_eq!(&row("cause", &format!("'{SLY}"))[2], "3");
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with('=')), "{rows:?}");

    let xlsx = li.get(&format!("{COMPLAINTS}?year=2025&format=xlsx"));
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(xlsx.body)).unwrap();
    let sheet = workbook.worksheet_range("complaints").unwrap();
    let handled = sheet.rows().find(|row| row[0] == *"total" && row[1] == *"handled").unwrap();
    assert_eq!(handled[2], 5.0);
    assert!(sheet.rows().any(|row| row[0] == *"cause" && row[1] == *format!("'{SLY}").as_str()));
    assert!(workbook.worksheet_formula("complaints").unwrap().is_empty());
}

#[test]
fn the_page_can_be_published_as_it_is() {
    let app = start();
    of_2025(&app);
    let li = Browser::sign_in(&app, "li");
    let secret = json!({ "cause": SLY, "action": "换掉供应商", "owner": "王经理" });
    assert_eq!(li.send("POST", IMPROVEMENTS, &secret).status, 201);
    for (language, lang, title, type_title) in [
        ("zh-CN", "zh-CN", "2025 年度投诉处理情况报告", "商家"),
        ("zh-TW", "zh-TW", "2025 年度投訴處理情況報告", "商家"),
        ("en", "en", "Complaints in 2025", "A merchant"),
        ("fr", "en", "Complaints in 2025", "A merchant"),
    ] {
        let reply = li.get(&format!("{COMPLAINTS}?year=2025&format=html&language={language}"));
        let page = reply.text();
        assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{page}");
        assert!(page.contains(&format!("<html lang=\"{lang}\">")) && page.contains(title), "{language}: {page}");
        assert!(page.contains(type_title) && page.contains("83.3 %"), "{language}: {page}");
        // Nothing runs and nothing is loaded.
        assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("{{"), "{page}");
        assert!(page.contains("=&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"), "{page}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        // Neither what few complained about, nor what is done inside the house.
        for inside in ["只此一家", "条款不清", "換掉", "换掉", "王经理", "user_", "张三"] {
            assert!(!page.contains(inside), "{inside}: {page}");
        }
    }
}

#[test]
fn each_department_answers_for_the_promises_that_it_broke() {
    let app = start();
    let ann = Customer::begin(&app);
    ann.say("1", "我要退款，订单 CG20261120000123，128元，商家还没发货");
    ann.say("2", "是的");
    let later = now() + SignedDuration::from_hours(24 * 30);
    assert_eq!(app.wait(look_at_clocks(&app.app, later)).unwrap(), 1);
    let li = Browser::sign_in(&app, "li");
    let report = li.get(PROMISES).json();
    let of = |name: &str| {
        let departments = report["departments"].as_array().unwrap();
        departments.iter().find(|of| of["department"] == name).unwrap_or_else(|| panic!("{report}")).clone()
    };
    assert_eq!((&of("refunds")["n"], &of("refunds")["first_reply"]["broken"]), (&json!(1), &json!(1)), "{report}");
    assert_eq!((&of("management")["first_reply"]["open"], &of("refunds")["resolve"]["open"]), (&json!(1), &json!(0)));
    let csv = li.get(&format!("{PROMISES}?format=csv")).text();
    assert!(csv.starts_with("\u{FEFF}department,n,first_reply_kept,"), "{csv}");
    assert!(csv.contains("\r\nrefunds,1,0,1,0,0,0,0,0,\r\n"), "{csv}");
    let none = li.get(&format!("{PROMISES}?from=2020-01-01&until=2020-12-31")).json();
    assert_eq!(none, json!({ "from": "2020-01-01", "until": "2020-12-31", "departments": [] }));
}

#[test]
fn what_is_done_about_a_cause_is_read_by_agents_and_written_by_supervisors() {
    let app = start();
    of_2025(&app);
    let (li, agent) = (Browser::sign_in(&app, "li"), Browser::sign_in(&app, "agent"));
    let wanted =
        json!({ "cause": "只此一家", "action": "打 13800138000 提醒", "owner": "退款组", "due_on": "2026-03-31" });
    assert_eq!(agent.send("POST", IMPROVEMENTS, &wanted).problem(), "not_allowed");
    let begun = li.send("POST", IMPROVEMENTS, &wanted);
    assert_eq!(begun.status, 201, "{}", begun.text());
    let begun = begun.json();
    assert_eq!((&begun["due_on"], &begun["done_at"]), (&json!("2026-03-31"), &Value::Null));
    assert!(!begun.to_string().contains("13800138000") && begun["created_by"] == "user_li", "{begun}");
    let one = format!("{IMPROVEMENTS}/{}", begun["id"].as_str().unwrap());
    let ids = |query: &str| -> Vec<Value> {
        let page = agent.get(&format!("{IMPROVEMENTS}{query}")).json();
        page["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!((ids("?state=open").len(), ids("?state=done").len()), (1, 0));
    assert_eq!(agent.send("PATCH", &one, &json!({ "done": true })).problem(), "not_allowed");
    let done = li.send("PATCH", &one, &json!({ "done": true, "note": "上线", "owner": "产品组" })).json();
    assert!(done["done_at"].is_string() && done["note"] == "上线" && done["owner"] == "产品组", "{done}");
    assert_eq!((ids("?state=open").len(), ids("?state=done").len()), (0, 1));
    let again = li.send("PATCH", &one, &json!({ "done": true, "note": "" })).json();
    assert_eq!((&again["done_at"], &again["note"]), (&done["done_at"], &json!("")), "it was done when it was done");
    let report = li.get(&format!("{COMPLAINTS}?year=2025")).json();
    let cause = report["causes"].as_array().unwrap().iter().find(|cause| cause["cause"] == "只此一家").unwrap();
    assert_eq!((&cause["n"], &cause["actions"][0]["owner"]), (&json!(1), &json!("产品组")), "{report}");
    assert_eq!(li.send("PATCH", &one, &json!({ "done": false })).json()["done_at"], Value::Null);

    assert_eq!(li.send("POST", IMPROVEMENTS, &json!({ "cause": "x", "action": "y", "owner": "z" })).status, 201);
    let first = agent.get(&format!("{IMPROVEMENTS}?limit=1")).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = agent.get(&format!("{IMPROVEMENTS}?limit=1&cursor={cursor}")).json();
    assert_eq!((&second["data"][0]["id"], &second["next_cursor"]), (&begun["id"], &Value::Null));
    for wrong in [json!({ "cause": "", "action": "y", "owner": "z" }), json!({ "cause": "x" }), json!({ "id": "y" })] {
        assert_eq!(li.send("POST", IMPROVEMENTS, &wrong).problem(), "invalid_field", "{wrong}");
    }
    assert_eq!(li.send("PATCH", &one, &json!({ "due_on": "soon" })).problem(), "invalid_field");
    assert_eq!(li.send("PATCH", &format!("{IMPROVEMENTS}/none"), &json!({})).problem(), "not_found");

    add(&app, &[account("auditor", &[Role::Auditor])]);
    let lines = Browser::sign_in(&app, "auditor").get("/api/v1/admin/audit?action=improvement.changed").json();
    let lines = lines["data"].as_array().unwrap().clone();
    assert_eq!(lines.len(), 5, "{lines:?}");
    let afters: BTreeMap<&str, usize> = lines.iter().fold(BTreeMap::new(), |mut counted, line| {
        *counted.entry(if line["before"].is_null() { "begun" } else { "changed" }).or_default() += 1;
        counted
    });
    assert_eq!(afters, BTreeMap::from([("begun", 2), ("changed", 3)]));
}
