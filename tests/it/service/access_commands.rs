//! Accounts and tokens by the command line beside a running service; and that no secret is ever logged.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};

use super::access::PASSWORD;
use super::process::{Process, data_in};
use crate::shop::binary;

fn yingda(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = binary();
    command.args(arguments).args(["--data".as_ref(), data_in(folder).as_os_str()]).current_dir(folder);
    command.output().unwrap()
}

fn text(folder: &Path, arguments: &[&str]) -> String {
    let output = yingda(folder, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json_of(folder: &Path, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(folder, &[arguments, &["--json"]].concat())).unwrap()
}

fn post(process: &Process, path: &str, headers: &str, body: &Value) -> super::Reply {
    let body = body.to_string();
    process.request(&format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    ))
}

fn get(process: &Process, path: &str, headers: &str) -> super::Reply {
    process.request(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"))
}

#[test]
fn the_first_start_says_how_to_set_up_and_later_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path(), &["--metrics", "off"], &[]);
    let line = process.says("set up the first administrator");
    let (address, link) = line.split_once("/console#setup=").unwrap();
    assert!(address.ends_with(&format!("http://{}", process.address())), "{line}");
    let founder = json!({ "link": link, "name": "ann", "password": PASSWORD });
    assert_eq!(post(&process, "/api/v1/auth/setup", "", &founder).status, 201);
    assert_eq!(post(&process, "/api/v1/auth/setup", "", &founder).status, 404);
    process.end();
    let listed = json_of(folder.path(), &["user", "list"]);
    assert_eq!((&listed[0]["name"], &listed[0]["roles"]), (&json!("ann"), &json!(["admin"])));
    let again = Process::start(folder.path(), &["--metrics", "off"], &[]);
    let said = again.end_and_hear();
    assert!(!said.contains("set up"), "{said}");
}

#[test]
fn accounts_and_tokens_are_managed_at_the_machine_and_no_secret_is_logged() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let added = json_of(folder, &["user", "add", "Ann", "--role", "admin", "--role", "publisher"]);
    let link = added["link"]["link"].as_str().unwrap().to_owned();
    assert_eq!(added["link"]["url"], format!("http://127.0.0.1:8080/console#join={link}"));
    assert_eq!(added["account"]["roles"], json!(["publisher", "admin"]));
    let refused = yingda(folder, &["user", "add", "ann"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("another account has the name ann"));
    assert_eq!(yingda(folder, &["user", "add", "bob", "--role", "boss"]).status.code(), Some(2));
    let said = text(folder, &["user", "add", "bob", "--role", "agent", "--department", "risk"]);
    assert!(said.contains("/console#join=yl_"), "{said}");
    let token = json_of(folder, &["token", "add", "shop", "--scope", "people.manage", "--expires", "30"]);
    let (id, secret) = (token["token"]["id"].as_str().unwrap(), token["secret"].as_str().unwrap().to_owned());

    let process = Process::start(folder, &["--metrics", "off"], &[("YINGDA_LOG_LEVEL", "trace")]);
    let joined = post(&process, "/api/v1/auth/join", "", &json!({ "link": link, "password": PASSWORD }));
    assert_eq!(joined.status, 200, "{}", joined.text());
    let typed = json!({ "name": "ann", "password": PASSWORD });
    let signed_in = post(&process, "/api/v1/auth/login", "", &typed);
    let session = signed_in.header("set-cookie").unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    let csrf = signed_in.json()["csrf_token"].as_str().unwrap().to_owned();
    let headers = format!("cookie: yingda-local={session}\r\nx-csrf-token: {csrf}\r\n");
    let offered = post(&process, "/api/v1/auth/totp", &headers, &json!({ "password": PASSWORD })).json();
    let totp = offered["secret"].as_str().unwrap().to_owned();
    let wrong = json!({ "name": "canary in the wrong field", "password": "canary password", "code": "canary code" });
    assert_eq!(post(&process, "/api/v1/auth/login", "", &wrong).status, 401);
    let broken = json!({ "name": "ann", "password": ["canary list"] });
    assert_eq!(post(&process, "/api/v1/auth/login", "", &broken).status, 422);
    let bearer = format!("authorization: Bearer {secret}\r\n");
    assert_eq!(get(&process, "/api/v1/admin/users", &bearer).status, 200);

    // What is done at the machine counts at once in the service that runs.
    text(folder, &["token", "revoke", id]);
    assert_eq!(get(&process, "/api/v1/admin/users", &bearer).status, 401);
    assert_eq!(yingda(folder, &["token", "revoke", id]).status.code(), Some(2));
    assert!(json_of(folder, &["token", "list"])[0]["revoked_at"].is_string());
    let last = yingda(folder, &["user", "disable", "ann"]);
    assert!(String::from_utf8_lossy(&last.stderr).contains("last administrator"));
    json_of(folder, &["user", "add", "carl", "--role", "admin"]);
    text(folder, &["user", "disable", "bob"]);
    assert_eq!(text(folder, &["user", "enable", "bob"]).trim(), "bob is enabled");
    let reset = json_of(folder, &["user", "reset", "ann", "--second-factor"]);
    let again = json!({ "link": reset["link"]["link"], "password": "seven herons at dawn" });
    assert_eq!(post(&process, "/api/v1/auth/join", "", &again).status, 200);
    assert_eq!(get(&process, "/api/v1/auth/session", &headers).status, 401, "sessions end with the password");

    let (code, logged) = process.end();
    assert_eq!(code, Some(0));
    assert!(logged.contains("\"route\":\"/api/v1/auth/login\""), "{logged}");
    let (link, reset) = (link.as_str(), reset["link"]["link"].as_str().unwrap());
    for hidden in [PASSWORD, link, reset, &session, &csrf, &secret, &totp, "canary", "herons", "$argon2"] {
        let line = logged.lines().find(|line| line.contains(hidden));
        assert_eq!(line, None, "{hidden} is logged");
    }
}
