//! Every route of the API document against everybody who may come: whoever adds a route without a rule is told here.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use jiff::SignedDuration;
use serde_json::json;
use tower::ServiceExt;
use yingda::http::access::{ACCESS, Access, guard, rule};
use yingda::http::router;
use yingda::people::account::Account;
use yingda::people::credential::{KeptSession, KeptToken};
use yingda::people::role::{Permission, Role};
use yingda::people::secret::{ApiToken, SessionToken, csrf_token};
use yingda::store::people::{sessions, tokens};

use super::access::{account, add, call};
use super::{TestApp, now};

/// The operations of the document: method and path.
fn documented() -> BTreeSet<(String, String)> {
    let document = serde_json::to_value(router::document()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &serde_json::Value)| {
        let methods: Vec<String> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        methods.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    let ruled: BTreeSet<(String, String)> =
        ACCESS.iter().map(|(method, path, _)| (method.to_string(), (*path).to_owned())).collect();
    let documented = documented();
    let without_rule: Vec<_> = documented.difference(&ruled).collect();
    let without_route: Vec<_> = ruled.difference(&documented).collect();
    assert!(without_rule.is_empty() && without_route.is_empty(), "{without_rule:?} {without_route:?}");
}

/// Somebody who comes, with what they send and whether they are known.
struct Comer {
    who: String,
    headers: String,
    kind: Kind,
    may: BTreeSet<Permission>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Nobody,
    Person,
    Program,
}

fn nobody(who: &str, headers: String) -> Comer {
    Comer { who: who.to_owned(), headers, kind: Kind::Nobody, may: BTreeSet::new() }
}

/// What a browser with a session sends.
fn session_headers(token: &SessionToken) -> String {
    format!("cookie: yingda-local={}\r\nx-csrf-token: {}\r\n", token.expose(), csrf_token(token))
}

fn session_of(app: &TestApp, account: &Account, number: u8, age: SignedDuration, idle: SignedDuration) -> String {
    let token = SessionToken::new([number; 32]);
    let session = KeptSession {
        account: account.id.clone(),
        created_at: now() - age,
        seen_at: now() - idle,
        expires_at: now() - age + SignedDuration::from_hours(12),
        totp_offered: None,
    };
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        sessions::add(&mut *tx, &token.digest(), &session).await.unwrap();
        tx.commit().await.unwrap();
    });
    session_headers(&token)
}

fn token_of(app: &TestApp, scopes: &[Permission], number: u8, change: impl Fn(KeptToken) -> KeptToken) -> String {
    let secret = ApiToken::new([number; 32]);
    let token = change(KeptToken {
        id: format!("token_{number}"),
        name: "program".to_owned(),
        scopes: scopes.iter().copied().collect(),
        departments: BTreeSet::new(),
        created_by: "user_admin".to_owned(),
        created_at: now(),
        expires_at: None,
        revoked_at: None,
        used_at: None,
    });
    app.wait(async {
        let mut tx = app.app.store().write().await.unwrap();
        tokens::add(&mut *tx, &secret.digest(), &token).await.unwrap();
        tx.commit().await.unwrap();
    });
    format!("authorization: Bearer {}\r\n", secret.expose())
}

fn everybody(app: &TestApp) -> Vec<Comer> {
    let none = SignedDuration::ZERO;
    let admin = account("admin", &[Role::Admin]);
    let disabled = Account { disabled: true, ..account("disabled", &[Role::Admin]) };
    let people: Vec<Account> =
        Role::ALL.iter().filter(|role| **role != Role::Admin).map(|role| account(role.name(), &[*role])).collect();
    let without_role = account("newcomer", &[]);
    add(app, &people);
    add(app, &[admin.clone(), disabled.clone(), without_role.clone()]);
    let mut all = vec![
        nobody("anonymous", String::new()),
        nobody("a made-up cookie", session_headers(&SessionToken::new([200; 32]))),
        nobody("a made-up token", format!("authorization: Bearer {}\r\n", ApiToken::new([201; 32]).expose())),
        nobody("no token at all", "authorization: Basic YTpi\r\n".to_owned()),
        nobody("a disabled account", session_of(app, &disabled, 100, none, none)),
        nobody("a session of yesterday", session_of(app, &admin, 101, SignedDuration::from_hours(12), none)),
        nobody("a session that was left alone", session_of(app, &admin, 102, none, SignedDuration::from_mins(60))),
        nobody(
            "a token that has ended",
            token_of(app, Permission::ALL, 103, |token| KeptToken { expires_at: Some(now()), ..token }),
        ),
        nobody(
            "a token that was revoked",
            token_of(app, Permission::ALL, 104, |token| KeptToken { revoked_at: Some(now()), ..token }),
        ),
    ];
    for (number, account) in people.iter().chain([&admin, &without_role]).enumerate() {
        let headers = session_of(app, account, number as u8, none, none);
        let may = account.actor().permissions;
        all.push(Comer { who: account.name.to_string(), headers, kind: Kind::Person, may });
    }
    for (number, scope) in Permission::ALL.iter().enumerate() {
        let headers = token_of(app, &[*scope], 50 + number as u8, |token| token);
        let may = BTreeSet::from([*scope]);
        all.push(Comer { who: format!("a token for {scope}"), headers, kind: Kind::Program, may });
    }
    all
}

/// Why somebody is turned away; nothing for whoever is let through.
fn expected(access: Access, comer: &Comer) -> Option<&'static str> {
    match (access, comer.kind) {
        (Access::Public, _) => None,
        // Neither a session nor a program's token opens a customer's conversation.
        (Access::Conversation | Access::Signed, _) | (_, Kind::Nobody) => Some("not_signed_in"),
        (Access::SignedIn, Kind::Person) => None,
        (Access::SignedIn, Kind::Program) => Some("not_allowed"),
        (Access::Needs(permission), _) => (!comer.may.contains(&permission)).then_some("not_allowed"),
        (Access::NeedsAny(permissions), _) => {
            permissions.iter().all(|permission| !comer.may.contains(permission)).then_some("not_allowed")
        }
    }
}

#[test]
fn everybody_may_what_the_table_says_and_nothing_else() {
    let app = TestApp::start();
    let everybody = everybody(&app);
    let mut routes: Vec<(String, String)> = documented().into_iter().collect();
    // Whoever signs out cannot come again.
    routes.sort_by_key(|(_, path)| path.ends_with("/logout"));
    // A body that no handler takes: whoever is let through changes nothing.
    let nothing = json!("nothing");
    let mut n_tried: BTreeMap<&str, usize> = BTreeMap::new();
    for (method, path) in &routes {
        let access = rule(&method.parse::<Method>().unwrap(), path).unwrap();
        let concrete = path.replace("{id}", "nobody");
        let body = (method != "GET").then_some(&nothing);
        for comer in &everybody {
            let reply = call(&app, method, &concrete, &comer.headers, body);
            let expected = expected(access, comer);
            let place = format!("{method} {path} as {}: {} {}", comer.who, reply.status, reply.text());
            match expected {
                Some(code) => {
                    assert_eq!(reply.problem(), code, "{place}");
                    *n_tried.entry("turned away").or_default() += 1;
                }
                None => {
                    let let_through = !matches!(reply.status, 401 | 403 | 405) && reply.status < 500;
                    assert!(let_through, "{place}");
                    *n_tried.entry("let through").or_default() += 1;
                }
            }
        }
    }
    assert!(n_tried["turned away"] > 200 && n_tried["let through"] > 200, "{n_tried:?}");
}

#[test]
fn a_handler_that_the_table_does_not_know_is_closed_to_everybody() {
    let app = TestApp::start();
    let everybody = everybody(&app);
    let inner = Router::new()
        .route("/forgotten", get(|| async { "open" }))
        .route("/status", get(|| async { "known" }).post(|| async { "open" }))
        .layer(from_fn_with_state(app.app.clone(), guard));
    let service = Router::new().nest("/api/v1", inner);
    for comer in &everybody {
        for (method, path, status) in
            [("GET", "/api/v1/forgotten", 404), ("POST", "/api/v1/status", 405), ("GET", "/api/v1/status", 200)]
        {
            let mut request = Request::builder().method(method).uri(path);
            for header in comer.headers.lines() {
                let (name, value) = header.split_once(": ").unwrap();
                request = request.header(name, value);
            }
            let request = request.body(Body::empty()).unwrap();
            let response = app.wait(service.clone().oneshot(request)).unwrap();
            assert_eq!(response.status(), status, "{method} {path} as {}", comer.who);
        }
    }
}
