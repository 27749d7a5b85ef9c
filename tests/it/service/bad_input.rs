//! Whatever a client sends, it gets a problem that says what was wrong with it, and never a fault of ours.

use std::io::Write;

use super::TestApp;

/// Name, body, status, code.
fn bodies() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let text = |text: &str| text.as_bytes().to_vec();
    let deep = format!(r#"{{"question": {}1{}}}"#, "[".repeat(500), "]".repeat(500));
    let deep_unknown = format!(r#"{{"question": "a", "x": {}{}}}"#, r#"{"a":"#.repeat(500), "}".repeat(500));
    vec![
        ("empty", text(""), 400, "invalid_json"),
        ("spaces", text("   "), 400, "invalid_json"),
        ("no JSON", text("question=退款"), 400, "invalid_json"),
        ("broken off", text(r#"{"question": "退"#), 400, "invalid_json"),
        ("something behind", text(r#"{"question": "a"} {"#), 400, "invalid_json"),
        ("a lone surrogate", text(r#"{"question": "\ud800"}"#), 400, "invalid_json"),
        ("a surrogate the wrong way round", text(r#"{"question": "\udc00\ud800"}"#), 400, "invalid_json"),
        ("invalid UTF-8", b"{\"question\": \"\xff\xfe\"}".to_vec(), 400, "invalid_json"),
        ("overlong UTF-8", b"{\"question\": \"\xc0\xaf\"}".to_vec(), 400, "invalid_json"),
        ("UTF-16", "{\"question\": \"a\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(), 400, "invalid_json"),
        ("a raw newline", text("{\"question\": \"a\nb\"}"), 400, "invalid_json"),
        ("NaN", text(r#"{"question": "a", "limit": NaN}"#), 400, "invalid_json"),
        ("500 lists", deep.into_bytes(), 400, "json_too_deep"),
        ("500 objects", deep_unknown.into_bytes(), 400, "json_too_deep"),
        ("1 MB", [b"{\"question\": \"".to_vec(), vec![b'a'; 1 << 20], b"\"}".to_vec()].concat(), 413, "body_too_large"),
        ("a list", text("[]"), 422, "invalid_field"),
        ("a list of the fields", text(r#"["a", null, null, null, null, false]"#), 422, "invalid_field"),
        ("null", text("null"), 422, "invalid_field"),
        ("a string", text("\"退款\""), 422, "invalid_field"),
        ("nothing in it", text("{}"), 422, "invalid_field"),
        ("a question that is a number", text(r#"{"question": 1}"#), 422, "invalid_field"),
        ("a question that is null", text(r#"{"question": null}"#), 422, "invalid_field"),
        ("a question that is empty", text(r#"{"question": ""}"#), 422, "invalid_field"),
        ("2,001 characters", format!(r#"{{"question": "{}"}}"#, "退".repeat(2001)).into_bytes(), 422, "invalid_field"),
        ("an unknown field", text(r#"{"question": "a", "langauge": "en"}"#), 422, "invalid_field"),
        ("__proto__", text(r#"{"question": "a", "__proto__": {"x": 1}}"#), 422, "invalid_field"),
        ("a field twice", text(r#"{"question": "a", "question": "b"}"#), 422, "invalid_field"),
        (
            "a language that is none",
            text(r#"{"question": "a", "language": "klingonese-of-qonos"}"#),
            422,
            "invalid_field",
        ),
        ("an empty language", text(r#"{"question": "a", "language": ""}"#), 422, "invalid_field"),
        ("a language that is a path", text(r#"{"question": "a", "language": "../en"}"#), 422, "invalid_field"),
        ("a limit of 0", text(r#"{"question": "a", "limit": 0}"#), 422, "invalid_field"),
        ("a limit of 51", text(r#"{"question": "a", "limit": 51}"#), 422, "invalid_field"),
        ("a huge limit", text(r#"{"question": "a", "limit": 99999999999999999999}"#), 422, "invalid_field"),
        ("a negative limit", text(r#"{"question": "a", "limit": -1}"#), 422, "invalid_field"),
        ("a limit in words", text(r#"{"question": "a", "limit": "5"}"#), 422, "invalid_field"),
        ("half a limit", text(r#"{"question": "a", "limit": 1.5}"#), 422, "invalid_field"),
        ("a channel that is none", text(r#"{"question": "a", "channel": "' OR 1=1 --"}"#), 422, "invalid_field"),
        ("what is for agents", text(r#"{"question": "a", "audience": "agent"}"#), 422, "invalid_field"),
        ("explain that is a word", text(r#"{"question": "a", "explain": "yes"}"#), 422, "invalid_field"),
    ]
}

#[test]
fn a_bad_body_gets_a_problem_that_names_it() {
    let app = TestApp::start();
    for (name, body, status, code) in bodies() {
        let reply = app.post_bytes("/api/v1/ask", &body);
        assert_eq!((reply.status, reply.problem().as_str()), (status, code), "{name}: {}", reply.text());
        if code == "invalid_field" {
            assert!(!reply.json()["errors"].as_array().unwrap().is_empty(), "{name}");
        }
    }
    let reply = app.post_bytes("/api/v1/ask", br#"{"question": "a", "langauge": "en"}"#);
    assert_eq!(reply.json()["errors"][0]["field"], "langauge");
    assert_eq!(app.ask("退款多久到账？")["decision"], "answer", "and the service goes on");
}

#[test]
fn the_largest_that_is_allowed_is_answered() {
    let app = TestApp::start();
    for character in ["退", "😀", "a", "\\u0000", "\\\"", " "] {
        let body = format!(r#"{{"question": "{}", "explain": true, "limit": 50}}"#, character.repeat(2000));
        let reply = app.post_bytes("/api/v1/ask", body.as_bytes());
        assert_eq!(reply.status, 200, "{character}: {}", reply.text());
    }
}

#[test]
fn a_bad_query_or_path_gets_a_problem_that_names_it() {
    let app = TestApp::start();
    for (path, status, code) in [
        ("/api/v1/search", 422, "invalid_field"),
        ("/api/v1/search?q=", 422, "invalid_field"),
        ("/api/v1/search?q=a&limit=0", 422, "invalid_field"),
        ("/api/v1/search?q=a&limit=1000000", 422, "invalid_field"),
        ("/api/v1/search?q=a&limit=x", 422, "invalid_field"),
        ("/api/v1/search?q=a&q=b", 422, "invalid_field"),
        ("/api/v1/search?q=a&langauge=en", 422, "invalid_field"),
        ("/api/v1/search?q=a&language=%F0%9F%98%AD", 422, "invalid_field"),
        ("/api/v1/search?q=a&cursor=nonsense", 422, "invalid_field"),
        ("/api/v1/search?q=a&cursor=000000000000.5", 409, "cursor_expired"),
        ("/api/v1/suggest?q=a&limit=21", 422, "invalid_field"),
        ("/api/v1/entries?limit=101", 422, "invalid_field"),
        ("/api/v1/entries/..%2f..%2fetc%2fpasswd", 404, "not_found"),
        ("/api/v1/entries/../../../etc/passwd", 404, "not_found"),
        ("/api/v1/entries/%00", 404, "not_found"),
        ("/api/v1/entries/%ff%fe", 404, "not_found"),
        ("/api/v1/entries/", 404, "not_found"),
        ("/api/v1/nothing", 404, "not_found"),
        ("/api/v2/ask", 404, "not_found"),
        ("/static/../../Cargo.toml", 404, "not_found"),
        ("/static/%2e%2e/Cargo.toml", 404, "not_found"),
        ("/docs/../../etc/passwd", 404, "not_found"),
        ("/api/v1/ask", 405, "method_not_allowed"),
        ("/metrics", 404, "not_found"), // on a listener of its own
    ] {
        let reply = app.get(path);
        assert_eq!(reply.status, status, "{path}: {}", reply.text());
        if !path.starts_with("/docs") {
            assert_eq!(reply.problem(), code, "{path}");
        }
    }
    assert_eq!(app.get("/api/v1/ask").header("allow"), Some("POST"));
    // What is in a query need not be UTF-8: it is read as if it had been cleaned.
    assert_eq!(app.get("/api/v1/search?q=%ff%e9%80%80").status, 200);
}

#[test]
fn a_body_that_is_no_json_by_its_type_is_refused() {
    let app = TestApp::start();
    for headers in ["", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n"] {
        let reply = app.post_with("/api/v1/ask", headers, br#"{"question": "a"}"#);
        assert_eq!((reply.status, reply.problem().as_str()), (415, "unsupported_media_type"), "{headers}");
    }
    let reply =
        app.post_with("/api/v1/ask", "content-type: Application/JSON; charset=utf-8\r\n", br#"{"question": "a"}"#);
    assert_eq!(reply.status, 200);
}

#[test]
fn what_is_no_http_ends_the_connection_and_nothing_else() {
    let app = TestApp::start();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", // a TLS greeting
        b"POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
    ] {
        let mut stream = app.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
        let status = String::from_utf8_lossy(&answer).split(' ').nth(1).map(str::to_owned);
        assert!(status.is_none_or(|status| status.starts_with('4')), "{}", String::from_utf8_lossy(&answer));
    }
    // As much as is read before it is refused: what is left unread when a connection is closed takes the answer with it.
    let mut stream = app.connect();
    stream.write_all(format!("GET /?{}", "a".repeat(40_000)).as_bytes()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    let _ = std::io::Read::read_to_end(&mut stream, &mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(app.get("/readyz").status, 200);
}
