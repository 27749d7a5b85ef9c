//! How much a client may have, how slow it may be, and that others do not notice.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use serde_json::json;

use super::{PATIENCE, Reply, TestApp, settings};

#[test]
fn a_client_that_asks_too_often_is_told_when_to_come_again() {
    let mut config = settings();
    config.limits.requests_per_second = 1;
    config.limits.burst = 3;
    let app = TestApp::with(config);
    let statuses: Vec<u16> = (0..5).map(|_| app.get("/api/v1/status").status).collect();
    assert_eq!(statuses[..3], [200, 200, 200]);
    let refused = app.get("/api/v1/status");
    assert_eq!((refused.status, refused.problem().as_str()), (429, "too_many_requests"));
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&seconds), "{seconds}");
    // A made-up header makes nobody another client, and health is asked for as often as one likes.
    assert_eq!(app.get_with("/api/v1/status", "x-forwarded-for: 198.51.100.7\r\n").status, 429);
    assert_eq!(app.get("/livez").status, 200);
    assert_eq!(app.get("/readyz").status, 200);
}

#[test]
fn behind_a_configured_proxy_each_client_has_its_own_limit() {
    let mut config = settings();
    config.limits.requests_per_second = 1;
    config.limits.burst = 1;
    config.server.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
    let app = TestApp::with(config);
    let status_for = |client: &str| app.get_with("/api/v1/status", &format!("x-forwarded-for: {client}\r\n")).status;
    assert_eq!((status_for("198.51.100.1"), status_for("198.51.100.2")), (200, 200));
    assert_eq!((status_for("198.51.100.1"), status_for("made.up, 198.51.100.2")), (429, 429));
}

#[test]
fn when_everything_is_busy_further_requests_are_refused_at_once() {
    let app = TestApp::start();
    let all = app.app.config().limits.max_requests as u32;
    let busy = app.app.admission().try_acquire_many(all).unwrap();
    let refused = app.post("/api/v1/ask", &json!({"question": "退款"}));
    assert_eq!((refused.status, refused.problem().as_str()), (503, "overloaded"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    assert_eq!((app.get("/livez").status, app.get("/readyz").status), (200, 200));
    drop(busy);
    assert_eq!(app.post("/api/v1/ask", &json!({"question": "退款"})).status, 200);
}

#[test]
fn a_slow_head_is_cut_off() {
    let mut config = settings();
    config.limits.header_seconds = 1;
    let app = TestApp::with(config);
    let mut slow = app.connect();
    slow.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\nx-slow: ").unwrap();
    let mut idle = app.connect();
    let started = Instant::now();
    for stream in [&mut slow, &mut idle] {
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    }
    assert!(started.elapsed() < PATIENCE / 4, "cut off by the server, not by this test's patience");
}

#[test]
fn a_slow_body_is_cut_off_and_told_so() {
    let mut config = settings();
    config.limits.body_seconds = 1;
    let app = TestApp::with(config);
    let mut stream = app.connect();
    let head = "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(b"{\"question\"").unwrap();
    let reply = Reply::read(&mut stream);
    assert_eq!((reply.status, reply.problem().as_str()), (408, "body_timeout"));
}

#[test]
fn a_client_that_does_not_read_its_answers_is_cut_off() {
    let mut config = settings();
    config.limits.write_seconds = 1;
    let app = TestApp::with(config);
    let mut stream = app.connect();
    // More than the system keeps for a reader that does not read.
    let asked = "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: a\r\n\r\n".repeat(40);
    stream.write_all(asked.as_bytes()).unwrap();
    let open = &app.app.metrics().connections;
    let started = Instant::now();
    let becomes = |n| {
        while open.get() != n && started.elapsed() < PATIENCE {
            std::thread::yield_now();
        }
        open.get() == n
    };
    assert!(becomes(1), "it is served");
    assert!(becomes(0), "and cut off");
    drop(stream);
}

#[test]
fn slow_bodies_keep_nobody_else_out() {
    let mut config = settings();
    config.limits.max_requests = 4;
    let app = TestApp::with(config);
    let head = "POST /api/v1/ask HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let slow: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = app.connect();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..20 {
        assert_eq!(app.ask("退款多久到账？")["decision"], "answer");
    }
    assert_eq!(slow.len(), 50);
}

#[test]
fn five_thousand_idle_connections_do_not_stop_others() {
    const IDLE: usize = 5_000;
    // Both ends of each connection are in this process.
    let handles = rlimit::increase_nofile_limit(u64::MAX).unwrap();
    assert!(
        handles > 2 * IDLE as u64 + 500,
        "this test needs {} file handles, the system gives {handles}",
        2 * IDLE + 500
    );
    let mut config = settings();
    config.limits.header_seconds = 600; // on a slow machine the first must not be cut off before the last is there
    let app = TestApp::with(config);
    let idle: Vec<TcpStream> = (0..IDLE).map(|_| app.connect()).collect();
    for _ in 0..50 {
        assert_eq!(app.ask("退款多久到账？")["entry"], "refund-arrival-time");
    }
    assert!(app.app.metrics().connections.get() >= IDLE as i64, "they are all open");
    drop(idle);
}

#[test]
fn more_connections_than_the_limit_wait_and_are_served_in_turn() {
    let mut config = settings();
    config.limits.max_connections = 2;
    let app = TestApp::with(config);
    let (first, second) = (app.connect(), app.connect());
    let mut third = app.connect();
    third.write_all(b"GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    third.set_read_timeout(Some(std::time::Duration::from_millis(200))).unwrap();
    assert!(third.read(&mut [0; 1]).is_err(), "it waits");
    drop((first, second));
    third.set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(Reply::read(&mut third).status, 200);
}
