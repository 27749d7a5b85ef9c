//! What colleagues are called, for whoever reads what they did: their names, and nothing else of them.

use serde_json::{Value, json};
use yingda::people::account::Account;
use yingda::people::role::Role;

use super::TestApp;
use super::access::{Browser, account, add};

const NAMES: &str = "/api/v1/staff/names";

#[test]
fn whoever_reads_what_people_did_learns_their_names_and_nothing_else() {
    let app = TestApp::start();
    add(
        &app,
        &[
            account("ann", &[Role::Agent]),
            account("root", &[Role::Admin]),
            account("newcomer", &[]),
            Account { disabled: true, ..account("gone", &[Role::Publisher]) },
            Account { display_name: "mei@shop.example".to_owned(), ..account("mei@shop.example", &[Role::Editor]) },
        ],
    );
    let root = Browser::sign_in(&app, "root");
    let token = |name: &str, scopes: Value| {
        let made = root.send("POST", "/api/v1/admin/tokens", &json!({ "name": name, "scopes": scopes }));
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["token"]["id"].as_str().unwrap().to_owned()
    };
    let pipeline = token("pipeline", json!(["content.read"]));
    let shop = token("shop", json!(["ask"]));
    assert_eq!(root.send("DELETE", &format!("/api/v1/admin/tokens/{}", shop), &json!({})).status, 204);

    let reply = Browser::sign_in(&app, "ann").get(NAMES);
    assert_eq!(reply.status, 200, "{}", reply.text());
    let mut expected = vec![
        json!({ "id": "user_ann", "display_name": "小 ann" }),
        json!({ "id": "user_gone", "display_name": "小 gone" }),
        json!({ "id": "user_mei@shop.example", "display_name": "mei" }),
        json!({ "id": "user_newcomer", "display_name": "小 newcomer" }),
        json!({ "id": "user_root", "display_name": "小 root" }),
        json!({ "id": pipeline, "display_name": "pipeline" }),
        json!({ "id": shop, "display_name": "shop" }),
    ];
    expected.sort_by_key(|one| one["id"].as_str().unwrap().to_owned());
    assert_eq!(reply.json(), json!({ "data": expected, "next_cursor": null }));

    assert_eq!(Browser::sign_in(&app, "newcomer").get(NAMES).problem(), "not_allowed");
    assert_eq!(app.get(NAMES).problem(), "not_signed_in");
}
