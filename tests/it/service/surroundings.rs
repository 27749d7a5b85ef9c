//! What comes with every response: ids, traces, headers of safety, compression; health, metrics, documentation, pages.

use serde_json::json;
use yingda::http::error::{Code, Problem};
use yingda::http::work::{Cost, on_live};

use super::{TestApp, settings};

#[test]
fn a_request_can_be_found_again_by_its_id_and_trace() {
    let app = TestApp::start();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let headers = format!("x-request-id: shop-42\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\n");
    let reply = app.get_with("/api/v1/status", &headers);
    assert_eq!(reply.header("x-request-id"), Some("shop-42"));
    let response = reply.header("traceresponse").unwrap();
    assert!(response.starts_with(&format!("00-{trace}-")) && response.ends_with("-01"), "{response}");
    assert!(!response.contains("00f067aa0ba902b7"), "a span of our own");
    let made = [app.get("/readyz"), app.get("/readyz")].map(|reply| reply.header("x-request-id").unwrap().to_owned());
    assert!(made[0].len() == 32 && made[0] != made[1]);
}

#[test]
fn every_response_has_the_headers_of_safety() {
    let app = TestApp::start();
    for path in [
        "/",
        "/help",
        "/help/nothing",
        "/static/help.js",
        "/api/v1/status",
        "/api/v1/nothing",
        "/openapi.json",
        "/docs/",
        "/readyz",
    ] {
        let reply = app.get(path);
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert!(reply.header("strict-transport-security").is_some(), "{path}");
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("script-src 'unsafe"),
            "{path}: {policy}"
        );
        assert!(reply.header("server").is_none(), "{path}");
    }
}

#[test]
fn only_listed_origins_may_call_from_a_browser() {
    let asked = |app: &TestApp, origin: &str| {
        let headers = format!("origin: {origin}\r\n");
        app.get_with("/api/v1/status", &headers).header("access-control-allow-origin").map(str::to_owned)
    };
    let closed = TestApp::start();
    assert_eq!(asked(&closed, "https://shop.example"), None);
    let mut config = settings();
    config.server.allowed_origins = vec!["https://shop.example".to_owned()];
    let open = TestApp::with(config);
    assert_eq!(asked(&open, "https://shop.example").as_deref(), Some("https://shop.example"));
    assert_eq!(asked(&open, "https://shop.example.evil.cn"), None);
    let preflight = open.send(
        "OPTIONS /api/v1/ask HTTP/1.1\r\nhost: a\r\nconnection: close\r\norigin: https://shop.example\r\naccess-control-request-method: POST\r\naccess-control-request-headers: content-type\r\n\r\n",
        b"",
    );
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").unwrap().contains("POST"));
}

#[test]
fn large_answers_are_compressed_for_who_can_read_it() {
    let app = TestApp::start();
    let body = json!({"question": "退款多久到账？"}).to_string();
    let headers = "content-type: application/json\r\naccept-encoding: gzip\r\n";
    let compressed = app.post_with("/api/v1/ask", headers, body.as_bytes());
    assert_eq!(compressed.header("content-encoding"), Some("gzip"));
    let plain = app.post_bytes("/api/v1/ask", body.as_bytes());
    assert_eq!(plain.header("content-encoding"), None);
    assert!(compressed.body.len() * 3 < plain.body.len() * 2, "{} of {}", compressed.body.len(), plain.body.len());
}

#[test]
fn health_says_when_to_send_nothing_more() {
    let mut app = TestApp::start();
    assert_eq!(app.get("/readyz").json()["status"], "ready");
    let revision = app.ask("退款")["revision"].clone();
    assert_eq!(app.get("/readyz").json()["revision"], revision);
    // On a connection that is open already, while another request is under way.
    app.app.end();
    assert_eq!((app.get("/readyz").problem().as_str(), app.get("/livez").status), ("not_ready", 200));
    app.shut_down()();
}

#[test]
fn requests_under_way_are_finished_at_the_end() {
    use std::io::Write;
    let mut app = TestApp::start();
    let mut stream = app.connect();
    let body = json!({"question": "退款多久到账？"}).to_string();
    let head = format!(
        "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body.as_bytes()[..5]).unwrap();
    // Any other answer proves that the server has come so far.
    assert_eq!(app.get("/readyz").status, 200);
    let address = app.address;
    let wait = app.shut_down();
    stream.write_all(&body.as_bytes()[5..]).unwrap();
    let reply = super::Reply::read(&mut stream);
    assert_eq!((reply.status, &reply.json()["entry"]), (200, &json!("refund-arrival-time")));
    wait();
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody is let in any more");
}

#[test]
fn metrics_count_without_naming_anybody() {
    let app = TestApp::start();
    app.ask("退款多久到账？");
    app.get("/api/v1/entries/refund-apply");
    app.get("/api/v1/entries/whatever-somebody-typed");
    app.get("/api/v1/whatever/else");
    app.get("/whatever/else");
    let mut stream = super::connect(app.metrics);
    std::io::Write::write_all(&mut stream, b"GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let text = super::Reply::read(&mut stream).text();
    for line in [
        "yingda_answers_total{decision=\"answer\"} 1",
        "yingda_http_request_duration_seconds_count{method=\"GET\",route=\"/api/v1/entries/{id}\",status=\"404\"} 1",
        "route=\"none\",status=\"404\"} 2",
        "yingda_build_info{version=",
        "yingda_live_revision{revision=",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(!text.contains("whatever"), "{text}");
}

#[test]
fn the_documentation_loads_nothing_from_outside() {
    let app = TestApp::start();
    let document = app.get("/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    assert!(
        document["paths"]["/api/v1/ask"]["post"]["responses"]["422"]["content"]["application/problem+json"].is_object()
    );
    let page = app.get("/docs/");
    assert_eq!(page.status, 200);
    for line in page.text().lines().filter(|line| line.contains("src=") || line.contains("href=")) {
        assert!(!line.contains("//"), "{line}");
    }
    assert!(app.get("/docs/swagger-ui-bundle.js").body.len() > 100_000, "it lies in the binary");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("http"), "{policy}");
}

#[test]
fn a_panic_while_answering_is_a_fault_of_ours_without_its_words() {
    let app = TestApp::start();
    let panics = on_live(&app.app, Cost::Large, |_| -> u8 { panic!("what a customer typed") });
    let problem = app.runtime.as_ref().unwrap().block_on(panics).unwrap_err();
    assert_eq!(problem, Problem::from(Code::Internal));
    assert_eq!(app.ask("退款多久到账？")["decision"], "answer", "and the service goes on");
}
