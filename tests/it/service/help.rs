//! The help pages as they come, before any script runs; and the shop that leads to them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use yingda::dialogue::switches::Switches;
use yingda::knowledge::content::Content;

use super::{Reply, SAMPLE, TestApp, settings};

const HOSTILE: &str = "\"><script>alert(1)</script><img src=x onerror='alert(1)'>";

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn page(app: &TestApp, path: &str) -> String {
    let reply = app.get(path);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text());
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    reply.text()
}

/// The values of an attribute.
fn values<'p>(page: &'p str, attribute: &str) -> Vec<&'p str> {
    let opening = format!(" {attribute}=\"");
    page.split(&opening).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What search engines are told.
fn linked_data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn content() -> &'static Content {
    SAMPLE.assistant.content()
}

#[test]
fn the_first_page_leads_to_everything() {
    let app = TestApp::start();
    let home = page(&app, "/help");
    for piece in [
        "退款多久到账",
        "href=\"/help/refund\"",
        "href=\"/help/entries/payment-failed\"",
        "全天开放",
        "400-000-0000",
        "href=\"mailto:service@cgpay.example\"",
        "晚高峰咨询等待提示",
        "/forms/refund?language=zh-CN",
        "action=\"/help/search\"",
        "action=\"/help/contact\"",
        "办理进度",
        "href=\"/help/entries/refund-progress\"",
        "<script src=\"/widget.js\" async></script>",
        "SearchAction",
    ] {
        assert!(home.contains(piece), "{piece} is missing in\n{home}");
    }
    assert!(!home.contains("{{") && !home.contains("style="), "{home}");
}

#[test]
fn every_link_leads_somewhere_in_each_language() {
    let app = TestApp::start();
    for language in ["zh-CN", "zh-TW", "en"] {
        let mut to_read = vec![format!("/help?language={language}")];
        let mut seen = BTreeSet::new();
        while let Some(path) = to_read.pop() {
            if !seen.insert(path.clone()) {
                continue;
            }
            let reply = app.get(&path);
            assert_eq!(reply.status, 200, "{path}");
            if !path.starts_with("/help") {
                continue;
            }
            let page = reply.text();
            assert!(page.contains(&format!("<html lang=\"{language}\">")), "{path}");
            let links = values(&page, "href").into_iter().chain(values(&page, "action"));
            let inside = links.filter(|link| link.starts_with('/') && !link.starts_with("/docs"));
            let this_language =
                |link: &&str| !link.contains("language=") || link.contains(&format!("language={language}"));
            // Forms take the language along in a field, canonical addresses of the default page name none.
            let followed = inside.filter(this_language).filter(|link| !link.starts_with("/help") || link.contains('?'));
            to_read.extend(followed.map(|link| link.replace("&amp;", "&")));
        }
        let n_entries = seen.iter().filter(|path| path.starts_with("/help/entries/")).count();
        assert_eq!(n_entries, content().entries.len(), "{language}: every entry is reached");
        assert!(seen.len() > n_entries + content().categories.len(), "{language}: {seen:?}");
    }
}

#[test]
fn a_category_shows_its_entries_with_their_beginnings() {
    let app = TestApp::start();
    let page = page(&app, "/help/refund?language=en");
    let of_api = app.get("/api/v1/entries?category=refund&language=en&limit=100").json();
    let entries = of_api["data"].as_array().unwrap();
    assert!(entries.len() > 8);
    for entry in entries {
        let id = entry["entry"].as_str().unwrap();
        assert!(page.contains(&format!("href=\"/help/entries/{id}?language=en\"")), "{id}");
    }
    assert!(page.contains("<title>Refunds – CGPay Help centre</title>"), "{page}");
    assert!(page.contains(&format!("{} questions", entries.len())));
}

#[test]
fn an_entry_shows_the_answer_of_the_api_and_search_engines_are_told_the_same() {
    let mut config = settings();
    config.server.public_url = "https://help.shop.example".to_owned();
    let app = TestApp::with(config);
    for language in ["zh-CN", "zh-TW", "en"] {
        let path = "/help/entries/refund-apply";
        let page = page(&app, &format!("{path}?language={language}"));
        let entry = app.get(&format!("/api/v1/entries/refund-apply?language={language}")).json();
        let (question, html) = (entry["question"].as_str().unwrap(), entry["html"].as_str().unwrap());
        assert!(page.contains(html) && page.contains(&format!("<h1>{question}</h1>")), "{page}");
        let data = linked_data(&page);
        let asked = &data["@graph"][0];
        assert_eq!(asked["@type"], "FAQPage");
        assert_eq!(asked["mainEntity"][0]["name"], question);
        assert_eq!(asked["mainEntity"][0]["acceptedAnswer"]["text"], html);
        let way = data["@graph"][1]["itemListElement"].as_array().unwrap();
        assert_eq!(way.len(), 3);
        let here = format!("https://help.shop.example{path}?language={language}");
        assert_eq!(way[2]["item"], here);
        assert!(page.contains(&format!("<link rel=\"canonical\" href=\"{here}\">")), "{page}");
        for other in ["zh-CN", "zh-TW", "en"] {
            let link = format!("hreflang=\"{other}\" href=\"https://help.shop.example{path}?language={other}\"");
            assert!(page.contains(&link), "{link}");
        }
        assert!(page.contains(&format!("hreflang=\"x-default\" href=\"https://help.shop.example{path}\"")));
        for related in entry["related"].as_array().unwrap() {
            let id = related["entry"].as_str().unwrap();
            assert!(page.contains(&format!("href=\"/help/entries/{id}?language={language}\"")), "{id}");
        }
        assert!(values(&page, "content").iter().any(|description| description.chars().count() > 40));
    }
}

#[test]
fn a_search_works_without_scripts() {
    let app = TestApp::start();
    let found = page(&app, &format!("/help/search?q={}", percent("退款多久到账")));
    let first = values(&found, "href").into_iter().find(|link| link.starts_with("/help/entries/"));
    assert_eq!(first, Some("/help/entries/refund-arrival-time"), "{found}");
    assert!(found.contains("「退款多久到账」的搜索结果") && found.contains("value=\"退款多久到账\""));
    assert!(found.contains("<meta name=\"robots\" content=\"noindex\">"));
    let english = page(&app, "/help/search?q=when+does+my+refund+arrive&language=en&utm_source=x");
    assert!(english.contains("href=\"/help/entries/refund-arrival-time?language=en\""), "{english}");
    assert!(english.contains("<input type=\"hidden\" name=\"language\" value=\"en\">"));
    let other = "href=\"/help/search?language=zh-CN&amp;q=when%20does%20my%20refund%20arrive\"";
    assert!(english.contains(other), "the other language searches for the same: {english}");

    let nothing = page(&app, &format!("/help/search?q={}", percent("ⅹ𐀀𐀁𐀂")));
    assert!(nothing.contains("没有找到相关的内容") && nothing.contains("href=\"/help/refund\""), "{nothing}");
    for empty in ["/help/search", "/help/search?q=", "/help/search?q=+%20"] {
        assert!(page(&app, empty).contains("按主题查找"), "{empty}");
    }
    let long = page(&app, &format!("/help/search?q={}", "a".repeat(2001)));
    assert!(long.contains("内容太长了"));
}

#[test]
fn what_cannot_wait_is_said_before_all_results() {
    let app = TestApp::start();
    for question in ["我的卡被盗刷了", "我不想活了"] {
        let advice = app.ask(question)["reply"]["html"].as_str().unwrap().to_owned();
        let found = page(&app, &format!("/help/search?q={}", percent(question)));
        let at = found.find(&advice).unwrap_or_else(|| panic!("{question}: {advice} in {found}"));
        assert!(found.find("class=\"entries\"").is_none_or(|entries| at < entries));
        assert!(found.contains("要由人工同事处理，在这里搜索他们还看不到"), "{question}");
    }
    let task = page(&app, &format!("/help/search?q={}", percent("我要投诉")));
    assert!(task.contains("要分几步办理"), "{task}");
}

#[test]
fn a_contact_is_judged_as_by_the_api() {
    let app = TestApp::start();
    for (contact, class, title) in [
        ("400-000-0000", "listed", "On the official list"),
        ("400-000-0001", "look_alike", "Careful: similar, but not ours"),
        ("13800138000", "not_listed", "Not on the official list"),
    ] {
        let reply = app.get(&format!("/help/contact?contact={}&language=en", percent(contact)));
        let shown = reply.text();
        let judged = app.post("/api/v1/contacts/verify", &json!({ "contact": contact, "language": "en" })).json();
        assert_eq!(judged["verdict"], class);
        for piece in [title, judged["advice"].as_str().unwrap(), &format!("checked {class}"), "noindex"] {
            assert!(shown.replace("&quot;", "\"").contains(piece), "{contact} lacks {piece}: {shown}");
        }
        assert_eq!(reply.header("cache-control"), Some("no-store"), "nobody keeps what was typed");
    }
    let asked = page(&app, "/help/contact");
    assert!(!asked.contains("class=\"checked") && asked.contains("href=\"/help/entries/contact-hours\""), "{asked}");
    assert!(page(&app, &format!("/help/contact?contact={}", "1".repeat(501))).contains("内容太长了"));
}

#[test]
fn hostile_text_stays_text() {
    let app = TestApp::start();
    let typed = percent(HOSTILE);
    for path in [
        format!("/help/search?q={typed}"),
        format!("/help/contact?contact={typed}"),
        format!("/help?language={typed}&q={typed}"),
        format!("/help/{typed}"),
        format!("/help/entries/{typed}?language=en"),
    ] {
        let shown = app.get(&path).text();
        assert!(shown.starts_with("<!DOCTYPE html>"), "{path}: {shown}");
        assert!(!shown.contains("<script>") && !shown.contains("<img src=x"), "{path}: {shown}");
    }
    let echoed = page(&app, &format!("/help/search?q={typed}"));
    assert!(echoed.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)"), "and ends no attribute: {echoed}");
}

#[test]
fn the_language_is_that_of_the_address_else_of_the_browser() {
    let app = TestApp::start();
    for (path, accepted, language, name) in [
        ("/help", "", "zh-CN", "CGPay 帮助中心"),
        ("/help", "en-GB,en;q=0.8", "en", "CGPay Help centre"),
        ("/help", "zh-HK,zh;q=0.8", "zh-TW", "CGPay 幫助中心"),
        ("/help?language=zh-TW", "en", "zh-TW", "CGPay 幫助中心"),
        ("/help?language=nonsense_", "fr", "en", "CGPay Help centre"),
    ] {
        let headers = if accepted.is_empty() { String::new() } else { format!("accept-language: {accepted}\r\n") };
        let reply = app.get_with(path, &headers);
        let shown = reply.text();
        assert!(shown.contains(&format!("<html lang=\"{language}\">")) && shown.contains(name), "{path} {accepted}");
        assert!(reply.header("vary").unwrap().contains("accept-language"));
        assert!(!shown.contains("{}"), "a sentence without what it is about: {shown}");
    }
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let app = TestApp::start();
    let first = app.get("/help/refund");
    assert_eq!(first.header("cache-control"), Some("public, max-age=60"));
    let tag = first.header("etag").unwrap().to_owned();
    let again = |known: &str| app.get_with("/help/refund", &format!("if-none-match: \"x\", {known}\r\n"));
    let known = again(&tag);
    assert_eq!((known.status, known.body.len(), known.header("etag")), (304, 0, Some(tag.as_str())));
    app.app.set_switches(serde_json::from_value::<Switches>(json!({"entries_off": ["refund-apply"]})).unwrap());
    assert_eq!(again(&tag).status, 200, "another page by now");
    let policy = first.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn what_is_not_shown_to_customers_is_on_no_page() {
    let app = TestApp::start();
    let is_shown = |app: &TestApp| {
        let pages = ["/help", "/help/refund", "/help/entries/refund-eligibility", "/help/entries/refund-form"];
        let searched = format!("/help/search?q={}", percent("怎么申请退款"));
        pages
            .into_iter()
            .chain([searched.as_str()])
            .any(|path| app.get(path).text().contains("/help/entries/refund-apply\""))
    };
    assert!(is_shown(&app));
    app.app.set_switches(serde_json::from_value::<Switches>(json!({"entries_off": ["refund-apply"]})).unwrap());
    assert!(!is_shown(&app));
    missing(&app.get("/help/entries/refund-apply"));

    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let entry = |question: &str, more: &str| format!("---\nquestion: {question}\n{more}---\n答案在此。\n");
    write("kb/refund/now.md", &entry("退款多久到账", ""));
    write("kb/refund/over.md", &entry("国庆活动怎么参加", "valid: {until: 2001-01-01T00:00:00+08:00}\n"));
    write("kb/refund/later.md", &entry("明年的新功能", "valid: {from: 2999-01-01T00:00:00+08:00}\n"));
    write("in/smalltalk.greet.yaml", "examples: {zh-CN: [你好]}\ndoes: {reply: {zh-CN: 您好。}}\n");
    write("kb/desk/agents.md", &entry("内部流程是什么", "audience: [agent]\n"));
    write(
        "kb/announcements/old.md",
        "---\ntitle: 旧公告\nkind: outage\nvalid: {until: 2001-01-01T00:00:00+08:00}\n---\n旧。\n",
    );
    write("kb/announcements/new.md", "---\ntitle: 支付延迟\nkind: outage\n---\n正在**处理**。\n");
    let mut config = settings();
    config.content.knowledge = folder.path().join("kb");
    config.content.intents = folder.path().join("in");
    let app = TestApp::of_folders(config, &folder.path().join("data"));
    let home = page(&app, "/help");
    assert!(home.contains("/help/entries/now") && home.contains("1 个问题"), "{home}");
    assert!(
        home.contains("支付延迟") && home.contains("正在<strong>处理</strong>") && !home.contains("旧公告"),
        "{home}"
    );
    for path in ["/help/entries/over", "/help/entries/later", "/help/entries/agents", "/help/desk"] {
        missing(&app.get(path));
        assert!(!home.contains(path), "{path}");
    }
    let searched = page(&app, &format!("/help/search?q={}", percent("国庆活动怎么参加")));
    assert!(!searched.contains("/help/entries/over"), "{searched}");
}

#[test]
fn what_is_not_there_is_told_kindly() {
    let app = TestApp::start();
    for path in ["/help/nothing", "/help/entries/nothing", "/help/entries/%00", "/help/entries/..%2Fx"] {
        missing(&app.get(path));
    }
    let english = app.get("/help/nothing?language=en").text();
    assert!(english.contains("We could not find this page") && english.contains("/help/refund?language=en"));
    assert_eq!(app.get("/help/entries/a/b").problem(), "not_found");
    assert_eq!(app.post("/help", &json!({})).problem(), "method_not_allowed");
}

fn missing(reply: &Reply) {
    assert_eq!(reply.status, 404, "{}", reply.text());
    let page = reply.text();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("noindex") && page.contains("/help/search"), "{page}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[test]
fn the_shop_sells_what_the_sample_knows_and_carries_one_script_of_ours() {
    let app = TestApp::start();
    let shop = page(&app, "/");
    assert_eq!(shop.matches("/widget.js").count(), 2, "once in the comment that explains it, once for the browser");
    let mut n_orders = 0;
    for order in shop.split("data-order=\"").skip(1) {
        let (number, rest) = order.split_once('"').unwrap();
        let state = values(rest, "data-state")[0];
        let sample = content().sample_transactions.iter().find(|known| known.order_number == number).unwrap();
        let amount = rest.split_once("class=\"amount\">¥ ").unwrap().1.split('<').next().unwrap();
        assert_eq!(amount, format!("{:.2}", sample.amount), "{number}");
        let known = if sample.cause == "merchant_not_notified" { "waiting" } else { &sample.status };
        assert_eq!(state, known, "{number}");
        let time = values(rest, "datetime")[0];
        assert!(
            sample.time.to_zoned(jiff::tz::TimeZone::get("Asia/Shanghai").unwrap()).to_string().starts_with(time),
            "{time}"
        );
        n_orders += 1;
    }
    assert_eq!(n_orders, 8);
    for link in values(&shop, "href").into_iter().chain(values(&shop, "src")).filter(|link| link.starts_with('/')) {
        let path = link.split('#').next().unwrap();
        assert!(path == "/widget.js" || app.get(path).status == 200, "{link}");
        assert!(!link.starts_with("//"), "{link}");
    }
    let policy = app.get("/").header("content-security-policy").unwrap().to_owned();
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
}
