//! What people do with their own accounts and administrators with others': second factors, passwords, invitations, changes,
//! tokens, and what the audit says of it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use yingda::people::role::Role;

use super::access::{Browser, PASSWORD, account, add, call, login};
use super::{TestApp, now};

#[test]
fn a_second_factor_is_asked_for_and_each_code_counts_once() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin])]);
    let (ann, elsewhere) = (Browser::sign_in(&app, "ann"), Browser::sign_in(&app, "ann"));
    assert_eq!(ann.send("POST", "/api/v1/auth/totp", &json!({ "password": "wrong" })).problem(), "wrong_proof");
    let offered = ann.send("POST", "/api/v1/auth/totp", &json!({ "password": PASSWORD })).json();
    let authenticator = totp_rs::Totp::from_url(offered["uri"].as_str().unwrap()).unwrap();
    assert_eq!(offered["secret"].as_str().unwrap(), authenticator.secret().to_base32());
    let code_at = |at: Timestamp| authenticator.generate(u64::try_from(at.as_second()).unwrap()).to_string();
    assert!(login(&app, "ann", PASSWORD, None).json()["account"].is_object(), "it counts for nothing yet");

    let confirm = |code: &str| ann.send("POST", "/api/v1/auth/totp/confirm", &json!({ "code": code }));
    let wrong = code_at(now() + SignedDuration::from_hours(1));
    assert_eq!(confirm(&wrong).problem(), "invalid_field");
    let used = code_at(now());
    let confirmed = confirm(&used);
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let codes: Vec<String> = serde_json::from_value(confirmed.json()["recovery_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(confirm(&used).problem(), "conflict");
    assert!(ann.is_signed_in() && !elsewhere.is_signed_in(), "other sessions have ended");

    let needed = login(&app, "ann", PASSWORD, None);
    assert_eq!((needed.status, needed.header("set-cookie")), (200, None));
    assert_eq!((&needed.json()["second_factor_needed"], &needed.json()["account"]), (&json!(true), &Value::Null));
    assert_eq!(login(&app, "ann", PASSWORD, Some(&used)).problem(), "wrong_credentials", "it was used to confirm");
    assert_eq!(login(&app, "ann", "wrong", Some(&codes[0])).problem(), "wrong_credentials");
    let next = code_at(now() + SignedDuration::from_secs(30));
    assert_eq!(login(&app, "ann", PASSWORD, Some(&next)).status, 200);
    assert_eq!(login(&app, "ann", PASSWORD, Some(&next)).problem(), "wrong_credentials", "once");
    assert_eq!(login(&app, "ann", PASSWORD, Some(&codes[0])).status, 200);
    assert_eq!(login(&app, "ann", PASSWORD, Some(&codes[0])).problem(), "wrong_credentials", "once");

    let remove = |password: &str, code: &str| {
        ann.send("DELETE", "/api/v1/auth/totp", &json!({ "password": password, "code": code }))
    };
    assert_eq!(remove("wrong", &codes[1]).problem(), "wrong_proof");
    assert_eq!(remove(PASSWORD, &codes[0]).problem(), "wrong_proof");
    assert_eq!(remove(PASSWORD, &codes[1]).status, 204);
    assert!(login(&app, "ann", PASSWORD, None).json()["account"].is_object());
}

#[test]
fn whoever_has_a_session_does_not_guess_the_code_by_means_of_the_password() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin])]);
    let ann = Browser::sign_in(&app, "ann");
    let offered = ann.send("POST", "/api/v1/auth/totp", &json!({ "password": PASSWORD })).json();
    let authenticator = totp_rs::Totp::from_url(offered["uri"].as_str().unwrap()).unwrap();
    let code = authenticator.generate(u64::try_from(now().as_second()).unwrap()).to_string();
    assert_eq!(ann.send("POST", "/api/v1/auth/totp/confirm", &json!({ "code": code })).status, 200);
    let guess =
        || ann.send("DELETE", "/api/v1/auth/totp", &json!({ "password": PASSWORD, "code": "not-it" })).problem();
    let told: Vec<String> = (0..6).map(|_| guess()).collect();
    assert_eq!(told, ["wrong_proof", "wrong_proof", "wrong_proof", "wrong_proof", "wrong_proof", "too_many_attempts"]);
}

#[test]
fn a_new_password_ends_the_other_sessions() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Agent])]);
    let (here, elsewhere) = (Browser::sign_in(&app, "ann"), Browser::sign_in(&app, "ann"));
    let change = |current: &str, new: &str| {
        let body = json!({ "current": current, "new": new });
        here.send_with("POST", "/api/v1/auth/password", "accept-language: zh-CN,zh;q=0.9\r\n", &body)
    };
    assert_eq!(change("wrong", "seven herons at dawn").problem(), "wrong_proof");
    let weak = change(PASSWORD, "password123456");
    assert_eq!(weak.json()["errors"][0]["field"], "new");
    assert!(weak.json()["errors"][0]["message"].as_str().unwrap().contains("密码"), "{}", weak.text());
    assert_eq!(change(PASSWORD, "seven herons at dawn").status, 204);
    assert!(here.is_signed_in() && !elsewhere.is_signed_in());
    assert_eq!(login(&app, "ann", PASSWORD, None).problem(), "wrong_credentials");
    assert_eq!(login(&app, "ann", "seven herons at dawn", None).status, 200);
}

#[test]
fn an_invitation_and_a_reset_are_good_once() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin])]);
    let ann = Browser::sign_in(&app, "ann");
    let body = json!({ "name": "bob", "roles": ["agent"], "departments": ["risk", "nowhere"] });
    let refused = ann.send("POST", "/api/v1/admin/users", &body).json();
    assert_eq!(refused["errors"][0]["field"], "departments");
    assert!(refused["detail"].as_str().unwrap().contains("refunds"), "those that there are: {refused}");
    let body = json!({ "name": "bob", "roles": ["agent"], "departments": ["risk"] });
    let invited = ann.send("POST", "/api/v1/admin/users", &body);
    assert_eq!(invited.status, 201, "{}", invited.text());
    assert_eq!(ann.send("POST", "/api/v1/admin/users", &body).problem(), "name_taken");
    let invited = invited.json();
    let (id, link) = (invited["account"]["id"].as_str().unwrap(), invited["link"]["link"].as_str().unwrap());
    assert_eq!(invited["link"]["url"], format!("/console#join={link}"));
    assert_eq!(invited["account"]["has_joined"], false);
    let join = |link: &str, password: &str| {
        call(&app, "POST", "/api/v1/auth/join", "", Some(&json!({ "link": link, "password": password })))
    };
    assert_eq!(join(link, "bob-bob-bob-123").problem(), "invalid_field", "and the link stays");
    assert_eq!(join(link, PASSWORD).status, 200);
    assert_eq!(join(link, PASSWORD).problem(), "not_found");
    let bob = Browser::sign_in(&app, "bob");
    assert_eq!(bob.get("/api/v1/auth/session").json()["account"]["departments"], json!(["risk"]));

    let reset = |id: &str| ann.send("POST", &format!("/api/v1/admin/users/{id}/reset"), &json!({}));
    assert_eq!(reset("user_nobody").problem(), "not_found");
    let (first, second) = (reset(id).json(), reset(id).json());
    assert_eq!(join(first["link"]["link"].as_str().unwrap(), PASSWORD).problem(), "not_found", "a later one counts");
    assert!(bob.is_signed_in(), "until it is used");
    assert_eq!(join(second["link"]["link"].as_str().unwrap(), "seven herons at dawn").status, 200);
    assert!(!bob.is_signed_in());
    assert_eq!(login(&app, "bob", "seven herons at dawn", None).status, 200);
}

#[test]
fn a_change_of_an_account_takes_effect_at_once() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin]), account("bob", &[Role::Agent])]);
    let (ann, bob) = (Browser::sign_in(&app, "ann"), Browser::sign_in(&app, "bob"));
    assert_eq!(bob.get("/api/v1/admin/users").problem(), "not_allowed");
    let path = "/api/v1/admin/users/user_bob";
    let promote = json!({ "roles": ["admin"], "display_name": "Bob" });
    assert_eq!(ann.send("PATCH", path, &promote).problem(), "precondition_required");
    assert_eq!(ann.send_with("PATCH", path, "if-match: \"7\"\r\n", &promote).problem(), "changed");
    assert_eq!(ann.send_with("PATCH", path, "if-match: nonsense\r\n", &promote).problem(), "invalid_field");
    let promoted = ann.patch("user_bob", &promote);
    assert_eq!((promoted.status, promoted.header("etag")), (200, Some("\"2\"")), "{}", promoted.text());
    assert_eq!(bob.get("/api/v1/admin/users").status, 200);
    assert_eq!(ann.send_with("PATCH", path, "if-match: \"1\"\r\n", &promote).problem(), "changed");
    for wrong in [json!({ "id": "user_ann" }), json!({ "roles": ["boss"] }), json!({ "display_name": "a\nb" })] {
        assert_eq!(ann.patch("user_bob", &wrong).problem(), "invalid_field", "{wrong}");
    }
    assert_eq!(ann.patch("user_bob", &json!({ "disabled": true })).status, 200);
    assert!(!bob.is_signed_in());
    assert_eq!(login(&app, "bob", PASSWORD, None).problem(), "wrong_credentials");
    assert_eq!(ann.patch("user_bob", &json!({ "disabled": false })).status, 200);
    assert!(!bob.is_signed_in(), "what has ended has ended");
    assert_eq!(login(&app, "bob", PASSWORD, None).status, 200);
}

#[test]
fn the_last_administrator_stays() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin]), account("bob", &[Role::Agent])]);
    let ann = Browser::sign_in(&app, "ann");
    for change in [json!({ "disabled": true }), json!({ "roles": ["viewer"] })] {
        let reply = ann.patch("user_ann", &change);
        assert_eq!((reply.status, reply.problem().as_str()), (409, "last_admin"), "{change}");
    }
    assert_eq!(ann.patch("user_bob", &json!({ "roles": ["admin"] })).status, 200);
    assert_eq!(ann.patch("user_ann", &json!({ "roles": ["viewer"] })).status, 200);
    assert_eq!(ann.get("/api/v1/admin/users").problem(), "not_allowed");
}

#[test]
fn a_token_is_shown_once_and_gives_no_more_than_it_has() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin])]);
    let ann = Browser::sign_in(&app, "ann");
    for (wrong, code) in [
        (json!({ "name": "x", "scopes": [] }), "invalid_field"),
        (json!({ "name": "", "scopes": ["ask"] }), "invalid_field"),
        (json!({ "name": "x", "scopes": ["everything"] }), "invalid_field"),
        (json!({ "name": "x", "scopes": ["ask"], "expires_at": "2001-01-01T00:00:00Z" }), "invalid_field"),
    ] {
        assert_eq!(ann.send("POST", "/api/v1/admin/tokens", &wrong).problem(), code, "{wrong}");
    }
    let made = ann.send("POST", "/api/v1/admin/tokens", &json!({ "name": "商城", "scopes": ["people.manage"] }));
    assert_eq!(made.status, 201, "{}", made.text());
    let (made, id) = (made.json(), made.json()["token"]["id"].as_str().unwrap().to_owned());
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("yd_"));
    let listed = ann.get("/api/v1/admin/tokens");
    assert!(listed.text().contains(&id) && !listed.text().contains(secret) && !listed.text().contains("digest"));

    let bearer = format!("authorization: Bearer {secret}\r\n");
    let send = |method: &str, path: &str, body: Option<&Value>| call(&app, method, path, &bearer, body);
    assert_eq!(send("GET", "/api/v1/admin/users", None).status, 200);
    assert_ne!(ann.get("/api/v1/admin/tokens").json()["data"][0]["used_at"], Value::Null);
    let plain = json!({ "name": "bob" });
    assert_eq!(send("POST", "/api/v1/admin/users", Some(&plain)).status, 201, "a program has no page");
    let boss = json!({ "name": "carl", "roles": ["admin"] });
    assert_eq!(send("POST", "/api/v1/admin/users", Some(&boss)).problem(), "not_allowed");
    assert_eq!(send("POST", "/api/v1/admin/users/user_ann/reset", Some(&json!({}))).problem(), "not_allowed");
    let more = json!({ "name": "y", "scopes": ["audit.read"] });
    assert_eq!(send("POST", "/api/v1/admin/tokens", Some(&more)).problem(), "not_allowed");
    // A wrong token is not made good by a cookie beside it.
    let both = format!("authorization: Bearer yd_x\r\ncookie: {}\r\n", ann.cookie);
    assert_eq!(call(&app, "GET", "/api/v1/admin/users", &both, None).problem(), "not_signed_in");

    let revoke = || ann.send("DELETE", &format!("/api/v1/admin/tokens/{id}"), &json!({})).status;
    assert_eq!((revoke(), revoke()), (204, 404));
    assert_eq!(send("GET", "/api/v1/admin/users", None).problem(), "not_signed_in");
}

#[test]
fn the_audit_says_who_did_what_and_holds() {
    let app = TestApp::start();
    add(&app, &[account("ann", &[Role::Admin]), account("bob", &[Role::Agent]), account("olga", &[Role::Auditor])]);
    assert_eq!(login(&app, "my password in the wrong field", "x", None).status, 401);
    assert_eq!(login(&app, "bob", "wrong", None).status, 401);
    let (ann, olga) = (Browser::sign_in(&app, "ann"), Browser::sign_in(&app, "olga"));
    assert_eq!(ann.patch("user_bob", &json!({ "roles": ["agent", "senior"] })).status, 200);
    assert_eq!(ann.patch("user_bob", &json!({ "disabled": true })).status, 200);
    ann.send("POST", "/api/v1/admin/tokens", &json!({ "name": "商城", "scopes": ["ask"] }));

    let lines = |query: &str| {
        let reply = olga.get(&format!("/api/v1/admin/audit?{query}"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        reply.json()["data"].as_array().unwrap().clone()
    };
    let changed = lines("actor=user_ann&action=user.changed&subject=user_bob");
    assert_eq!(changed.len(), 1, "{changed:?}");
    let line = &changed[0];
    assert_eq!((&line["actor_kind"], &line["address"]), (&json!("user"), &json!("127.0.0.1")));
    assert_eq!((&line["before"]["roles"], &line["after"]["roles"]), (&json!(["agent"]), &json!(["agent", "senior"])));
    let actions: Vec<Value> = lines("limit=200").iter().rev().map(|line| line["action"].clone()).collect();
    let expected = [
        "session.failed",
        "session.failed",
        "session.login",
        "session.login",
        "user.changed",
        "user.disabled",
        "token.created",
    ];
    assert_eq!(actions, expected);
    let failed = lines("action=session.failed");
    assert_eq!(failed[0]["subject"], "user_bob");
    assert!(failed[1]["subject"].as_str().unwrap().len() == 64, "a digest: {}", failed[1]);
    assert!(lines("from=2999-01-01T00:00:00Z").is_empty() && lines("to=2001-01-01T00:00:00Z").is_empty());
    assert!(lines("actor=%27%20OR%201%3D1%20--").is_empty());
    for wrong in ["action=drop", "from=yesterday", "cursor=x", "limit=0", "sql=1", "actor=%00"] {
        let reply = olga.get(&format!("/api/v1/admin/audit?{wrong}"));
        assert_eq!(reply.problem(), "invalid_field", "{wrong}");
    }

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = olga.get(&format!("/api/v1/admin/audit?limit=3{cursor}")).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|line| line["seq"].as_u64().unwrap()));
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, (1..=7).rev().collect::<Vec<_>>(), "pages follow one another");
    let verified = olga.get("/api/v1/admin/audit/verify").json();
    assert_eq!((&verified["ok"], &verified["n"]), (&json!(true), &json!(7)), "{verified}");
    assert_eq!(verified["head"], lines("limit=1")[0]["hash"]);
}
