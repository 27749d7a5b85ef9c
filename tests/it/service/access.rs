//! People sign in, as a browser and an attacker see it: who gets in, what they are told, what ends a session.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use yingda::people::account::{Account, AccountId};
use yingda::people::account_name::AccountName;
use yingda::people::password::{Password, PasswordHash, hash};
use yingda::people::role::Role;
use yingda::staff::links;
use yingda::store::people::accounts;

use super::{Reply, TestApp, now, settings};

/// Nobody would guess it.
pub const PASSWORD: &str = "moss on forty-two steps";

/// One hash for all, as it takes long to make.
pub fn password_hash() -> PasswordHash {
    hash(&Password::new(PASSWORD), b"0123456789abcdef")
}

pub fn account(name: &str, roles: &[Role]) -> Account {
    Account {
        id: AccountId(format!("user_{name}")),
        name: AccountName::parse(name).unwrap(),
        display_name: format!("小 {name}"),
        roles: roles.iter().copied().collect(),
        departments: BTreeSet::new(),
        password_hash: Some(password_hash()),
        totp: None,
        disabled: false,
        created_at: now(),
        version: 1,
    }
}

pub fn add(app: &TestApp, accounts_to_add: &[Account]) {
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        for account in accounts_to_add {
            accounts::add(&mut *tx, account).await.unwrap();
        }
        tx.commit().await.unwrap();
    });
}

/// A request to this machine itself, unless the headers say more.
pub fn call(app: &TestApp, method: &str, path: &str, headers: &str, body: Option<&Value>) -> Reply {
    call_at(app, "127.0.0.1", method, path, headers, body)
}

fn call_at(app: &TestApp, host: &str, method: &str, path: &str, headers: &str, body: Option<&Value>) -> Reply {
    let bytes = body.map(Value::to_string).unwrap_or_default();
    let kind = if body.is_some() { "content-type: application/json\r\n" } else { "" };
    let length = bytes.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{kind}{headers}\r\n"
    );
    app.send(&head, bytes.as_bytes())
}

/// Somebody's browser.
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookie: String,
    pub csrf: String,
}

impl<'a> Browser<'a> {
    pub fn sign_in(app: &'a TestApp, name: &str) -> Self {
        Self::of(app, &login(app, name, PASSWORD, None))
    }

    pub fn of(app: &'a TestApp, reply: &Reply) -> Self {
        assert_eq!(reply.status, 200, "{}", reply.text());
        let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { app, cookie, csrf: reply.json()["csrf_token"].as_str().unwrap().to_owned() }
    }

    pub fn get(&self, path: &str) -> Reply {
        call(self.app, "GET", path, &format!("cookie: {}\r\n", self.cookie), None)
    }

    pub fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        self.send_with(method, path, "", body)
    }

    pub fn send_with(&self, method: &str, path: &str, headers: &str, body: &Value) -> Reply {
        let headers = format!("cookie: {}\r\nx-csrf-token: {}\r\n{headers}", self.cookie, self.csrf);
        call(self.app, method, path, &headers, Some(body))
    }

    /// Changes an account in the version that it has.
    pub fn patch(&self, id: &str, body: &Value) -> Reply {
        let path = format!("/api/v1/admin/users/{id}");
        let tag = self.get(&path).header("etag").unwrap().to_owned();
        self.send_with("PATCH", &path, &format!("if-match: {tag}\r\n"), body)
    }

    pub fn is_signed_in(&self) -> bool {
        let reply = self.get("/api/v1/auth/session");
        assert!(reply.status == 200 || reply.problem() == "not_signed_in", "{}", reply.text());
        reply.status == 200
    }
}

pub fn login(app: &TestApp, name: &str, password: &str, code: Option<&str>) -> Reply {
    login_from(app, "", name, password, code)
}

fn login_from(app: &TestApp, headers: &str, name: &str, password: &str, code: Option<&str>) -> Reply {
    let mut body = json!({ "name": name, "password": password });
    if let Some(code) = code {
        body["code"] = code.into();
    }
    call(app, "POST", "/api/v1/auth/login", headers, Some(&body))
}

fn set_up_link(app: &TestApp) -> Option<String> {
    let link = app.wait(links::first_admin(app.app.store(), now())).unwrap();
    link.map(|link| link.token.expose().to_owned())
}

fn set_up(app: &TestApp, link: &str, name: &str, password: &str) -> Reply {
    let body = json!({ "link": link, "name": name, "password": password, "display_name": "李小龙" });
    call(app, "POST", "/api/v1/auth/setup", "", Some(&body))
}

/// Behind a proxy on this machine whose word counts.
fn behind_proxy() -> TestApp {
    let mut config = settings();
    config.server.trusted_proxies = vec!["127.0.0.1".parse::<std::net::IpAddr>().unwrap().into()];
    TestApp::with(config)
}

#[test]
fn the_first_administrator_is_set_up_once() {
    let app = TestApp::start();
    let dead = set_up_link(&app).unwrap();
    let link = set_up_link(&app).unwrap();
    assert_eq!(set_up(&app, &dead, "ann", PASSWORD).problem(), "not_found", "the one before has ended");
    assert_eq!(set_up(&app, "yl_nonsense", "ann", PASSWORD).problem(), "not_found");
    let weak = set_up(&app, &link, "ann", "ann-ann-ann-2026");
    assert_eq!((weak.problem().as_str(), &weak.json()["errors"][0]["field"]), ("invalid_field", &json!("password")));
    assert_eq!(set_up(&app, &link, "a b", PASSWORD).problem(), "invalid_field");

    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| set_up(&app, &link, "ann", PASSWORD));
        let other = scope.spawn(|| set_up(&app, &link, "bob", PASSWORD));
        (one.join().unwrap(), other.join().unwrap())
    });
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404], "of two at the same time one is the first");
    let made = if one.status == 201 { one } else { other }.json();
    assert_eq!((&made["roles"], &made["display_name"]), (&json!(["admin"]), &json!("李小龙")));
    assert_eq!(set_up_link(&app), None, "no link is handed out any more");
    assert_eq!(set_up(&app, &link, "carl", PASSWORD).problem(), "not_found");
    let browser = Browser::sign_in(&app, made["name"].as_str().unwrap());
    assert_eq!(browser.get("/api/v1/admin/users").json()["data"].as_array().unwrap().len(), 1);
}

#[test]
fn a_session_is_a_cookie_that_scripts_and_other_sites_do_not_have() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Viewer])]);
    let reply = login(&app, "ＡＮＮ ", PASSWORD, None);
    let cookie = reply.header("set-cookie").unwrap();
    assert!(cookie.starts_with("yingda-local=ys_"), "{cookie}");
    assert!(cookie.ends_with("; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"), "{cookie}");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let session = reply.json();
    assert_eq!(session["permissions"], json!(["content.read"]));
    assert_eq!((&session["second_factor_needed"], &session["account"]["name"]), (&json!(false), &json!("ann")));
    let (one, other) = (Browser::of(&app, &reply), Browser::sign_in(&app, "ann"));
    assert_ne!(one.cookie, other.cookie);
    let shown = one.get("/api/v1/auth/session");
    assert_eq!((&shown.json()["csrf_token"], shown.header("cache-control")), (&json!(one.csrf), Some("no-store")));

    let out = one.send("POST", "/api/v1/auth/logout", &json!({}));
    assert_eq!(out.status, 204, "{}", out.text());
    assert!(out.header("set-cookie").unwrap().starts_with("yingda-local=; Path=/; Max-Age=0"));
    assert!(!one.is_signed_in() && other.is_signed_in());
}

#[test]
fn by_https_the_cookie_is_bound_to_the_host() {
    let mut config = settings();
    config.server.public_url = "https://help.shop.example".to_owned();
    let (app, proxied) = (TestApp::with(config), behind_proxy());
    for (app, headers) in [(&app, ""), (&proxied, "x-forwarded-proto: https\r\n")] {
        add(app, &[account("ann", &[Role::Viewer])]);
        let reply = login_from(app, headers, "ann", PASSWORD, None);
        let cookie = reply.header("set-cookie").unwrap_or_else(|| panic!("{}", reply.text()));
        assert!(cookie.starts_with("__Host-yingda=ys_") && cookie.ends_with("; SameSite=Strict; Secure"), "{cookie}");
        assert!(cookie.contains("; Path=/;") && !cookie.contains("Domain"), "{cookie}");
        let secret = cookie.split(['=', ';']).nth(1).unwrap();
        let session = |name: &str| {
            call(app, "GET", "/api/v1/auth/session", &format!("{headers}cookie: {name}={secret}\r\n"), None).status
        };
        assert_eq!((session("__Host-yingda"), session("yingda-local")), (200, 401), "names are not exchanged");
    }
}

#[test]
fn in_the_clear_nobody_signs_in_from_elsewhere() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Viewer])]);
    let body = json!({ "name": "ann", "password": PASSWORD });
    for (path, body) in [
        ("/api/v1/auth/login", &body),
        ("/api/v1/auth/setup", &json!({ "link": "x", "name": "ann", "password": PASSWORD })),
        ("/api/v1/auth/join", &json!({ "link": "x", "password": PASSWORD })),
    ] {
        let reply = call_at(&app, "shop.example", "POST", path, "", Some(body));
        assert_eq!((reply.status, reply.problem().as_str()), (403, "https_required"));
        assert!(reply.json()["detail"].as_str().unwrap().contains("public_url"), "it says what to do");
        assert_eq!(reply.header("set-cookie"), None);
    }
    let spoofed = login_from(&app, "x-forwarded-proto: https\r\n", "ann", PASSWORD, None);
    assert_eq!(spoofed.problem(), "https_required", "anybody can say so");
}

#[test]
fn a_change_needs_the_token_of_a_page_of_the_session() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin]), account("bob", &[Role::Admin])]);
    let (ann, bob) = (Browser::sign_in(&app, "ann"), Browser::sign_in(&app, "bob"));
    let body = json!({ "name": "carl", "roles": ["viewer"] });
    let send = |headers: String| call(&app, "POST", "/api/v1/admin/users", &headers, Some(&body));
    let cookie = format!("cookie: {}\r\n", ann.cookie);
    for headers in [
        cookie.clone(),
        format!("{cookie}x-csrf-token: \r\n"),
        format!("{cookie}x-csrf-token: {}\r\n", bob.csrf),
        format!("{cookie}x-csrf-token: {}\r\nsec-fetch-site: cross-site\r\n", ann.csrf),
        format!("{cookie}x-csrf-token: {}\r\nsec-fetch-site: same-site\r\n", ann.csrf),
    ] {
        let reply = send(headers.clone());
        assert_eq!((reply.status, reply.problem().as_str()), (403, "csrf"), "{headers}");
    }
    let users = || ann.get("/api/v1/admin/users").json()["data"].as_array().unwrap().len();
    assert_eq!(users(), 2, "nothing was changed");
    let reply = send(format!("{cookie}x-csrf-token: {}\r\nsec-fetch-site: same-origin\r\n", ann.csrf));
    assert_eq!((reply.status, users()), (201, 3), "{}", reply.text());
    let elsewhere = login_from(&app, "sec-fetch-site: cross-site\r\n", "ann", PASSWORD, None);
    assert_eq!(elsewhere.problem(), "csrf", "nobody is signed in by another site");
}

#[test]
fn nobody_is_told_what_was_wrong() {
    let app = TestApp::start();
    let disabled = Account { disabled: true, ..account("dora", &[Role::Admin]) };
    let invited = Account { password_hash: None, ..account("ines", &[Role::Admin]) };
    add(&app, &[account("ann", &[Role::Admin]), disabled, invited]);
    let mut bodies = BTreeSet::new();
    for (name, password) in [
        ("ann", "moss on forty-two stairs"),
        ("nobody", PASSWORD),
        ("not a name at all", PASSWORD),
        ("", ""),
        ("dora", PASSWORD),
        ("ines", PASSWORD),
        ("ann\u{0}", PASSWORD),
    ] {
        let reply = login(&app, name, password, None);
        assert_eq!((reply.status, reply.problem().as_str()), (401, "wrong_credentials"), "{name:?}");
        assert_eq!(reply.header("set-cookie"), None);
        let headers: Vec<&str> = reply.head.lines().filter_map(|line| line.split(':').next()).collect();
        bodies.insert((headers.join(","), reply.text()));
    }
    assert_eq!(bodies.len(), 1, "{bodies:?}");
}

#[test]
fn an_unknown_name_takes_as_long_as_a_known_one() {
    const NAMES: usize = 8;
    const TIMES: usize = 4;
    let app = behind_proxy();
    let known: Vec<Account> = (0..NAMES).map(|n| account(&format!("known{n}"), &[Role::Agent])).collect();
    add(&app, &known);
    let mut took: [Vec<Duration>; 2] = Default::default();
    // One after the other, so that whatever else the machine does slows both down.
    for n in 0..NAMES * TIMES {
        for (kind, name) in ["known", "other"].iter().enumerate() {
            let from = format!("x-forwarded-proto: https\r\nx-forwarded-for: 198.51.100.{n}\r\n");
            let started = Instant::now();
            let reply = login_from(&app, &from, &format!("{name}{}", n % NAMES), "moss on forty-two stairs", None);
            took[kind].push(started.elapsed());
            assert_eq!(reply.problem(), "wrong_credentials");
        }
    }
    let [known, other] = took.map(|mut all| {
        all.sort_unstable();
        all[all.len() / 2].as_secs_f64()
    });
    // Without the work for nobody's password it would be a tenth.
    assert!((known - other).abs() / known.max(other) < 0.4, "{known} s and {other} s");
}

#[test]
fn whoever_guesses_has_to_wait_whether_the_name_exists_or_not() {
    let app = behind_proxy();
    add(&app, &[account("ann", &[Role::Admin])]);
    let from = |n: usize| format!("x-forwarded-proto: https\r\nx-forwarded-for: 198.51.100.{n}\r\n");
    let mut refused = Vec::new();
    for name in ["ann", "nobody"] {
        for n in 0..5 {
            assert_eq!(login_from(&app, &from(n), name, "wrong", None).problem(), "wrong_credentials");
        }
        // From wherever, and with the right password too.
        for password in ["wrong", PASSWORD] {
            let reply = login_from(&app, &from(99), name, password, None);
            assert_eq!((reply.status, reply.problem().as_str()), (429, "too_many_attempts"));
            let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
            assert!((30..=61).contains(&seconds), "{seconds}");
            refused.push(reply.text());
        }
    }
    assert!(refused.windows(2).all(|pair| pair[0] == pair[1]), "{refused:?}");
}

#[test]
fn one_address_that_guesses_many_names_has_to_wait_and_a_thousand_at_once_are_counted() {
    let app = behind_proxy();
    add(&app, &[account("ann", &[Role::Admin])]);
    let from = "x-forwarded-proto: https\r\nx-forwarded-for: 2001:db8::7\r\n";
    let guess = |n: usize| {
        // The same client, whichever address of its network it takes.
        let from = format!("x-forwarded-proto: https\r\nx-forwarded-for: 2001:db8::{n:x}\r\n");
        login_from(&app, &from, &format!("name{n}"), "wrong", None).status
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..40).map(|n| scope.spawn(move || guess(n))).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let n = |status: u16| statuses.iter().filter(|one| **one == status).count();
    assert_eq!((n(401) + n(503), n(429)), (20, 20), "{statuses:?}");
    assert_eq!(login_from(&app, from, "ann", PASSWORD, None).problem(), "too_many_attempts");
    let elsewhere = "x-forwarded-proto: https\r\nx-forwarded-for: 198.51.100.1\r\n";
    assert_eq!(login_from(&app, elsewhere, "ann", PASSWORD, None).status, 200);
}
