//! Customers send files: pictures are drawn anew, what is kept is sealed, and only whoever works on it gets it.

use std::collections::BTreeSet;
use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use yingda::people::account::Account;
use yingda::people::role::Role;

use super::access::{Browser, account, add};
use super::cases::refund;
use super::conversations::Customer;
use super::{Reply, TestApp, settings};

const PDF: &[u8] = b"%PDF-1.4\n% 6225881379462053\n%%EOF\n";

pub fn send(customer: &Customer<'_>, client_id: &str, name: &str, bytes: &[u8]) -> Reply {
    let path = customer.path(&format!("/files?client_id={client_id}&name={name}"));
    customer.app.post_with(&path, &customer.authorization(), bytes)
}

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = DynamicImage::from(RgbImage::from_pixel(30, 20, Rgb([10, 120, 220])));
    picture.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn file_of(reply: &Reply) -> String {
    reply.json()["message"]["file"]["id"].as_str().unwrap_or_else(|| panic!("{}", reply.text())).to_owned()
}

#[test]
fn a_file_is_a_message_is_taken_once_and_is_given_back_to_its_conversation_alone() {
    let app = TestApp::start();
    let (ann, bob) = (Customer::begin(&app), Customer::begin(&app));
    let taken = send(&ann, "f1", "%E4%BB%98%E6%AC%BE.png", &picture());
    assert_eq!(taken.status, 201, "{}", taken.text());
    let answered = taken.json();
    let (message, reply) = (&answered["message"], &answered["replies"][0]);
    assert_eq!((&message["kind"], &message["text"], &message["seq"]), (&json!("file"), &json!("付款.png"), &json!(1)));
    assert_eq!((&reply["author"], &reply["seq"]), (&json!("system"), &json!(2)));
    assert!(reply["text"].as_str().unwrap().contains("文件已收到"), "{reply}");
    let again = send(&ann, "f1", "%E4%BB%98%E6%AC%BE.png", &picture());
    assert_eq!((again.status, again.json()), (200, answered.clone()));
    assert_eq!(send(&ann, "f1", "other.pdf", PDF).problem(), "invalid_field");
    let seqs: Vec<Value> = ann.events().iter().map(|event| event["seq"].clone()).collect();
    assert_eq!(seqs, [1, 2]);

    let path = format!("/files/{}", file_of(&taken));
    let given = ann.get(&path);
    assert_eq!(given.status, 200);
    let header = |name: &str| given.header(name).unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-disposition"), "attachment; filename*=UTF-8''%E4%BB%98%E6%AC%BE.png");
    assert_eq!(header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(image::load_from_memory(&given.body).unwrap().width(), 30);
    assert_eq!(bob.get(&path).status, 404, "it is not of that conversation");
    let stolen = Customer::of(&app, &ann.id, &bob.token);
    assert_eq!(stolen.get(&path).status, 404);
    assert_eq!(send(&stolen, "f2", "a.png", &picture()).status, 404);
}

#[test]
fn what_is_no_picture_too_large_or_too_much_is_refused() {
    let mut config = settings();
    config.attachments.bytes = 5_000;
    let app = TestApp::with(config);
    let customer = Customer::begin(&app);
    for (name, bytes, problem) in [
        ("a.png", b"MZ\x90".as_slice(), "invalid_field"),
        ("a.svg", b"<svg onload='alert(1)'/>", "invalid_field"),
        ("a.png", b"", "invalid_field"),
        ("a.png", &picture()[..40], "invalid_field"),
        ("", PDF, "invalid_field"),
        (&"n".repeat(201), PDF, "invalid_field"),
        ("a.pdf", &[b'%'; 5_001], "body_too_large"),
    ] {
        assert_eq!(send(&customer, "x", name, bytes).problem(), problem, "{name}");
    }
    assert_eq!(customer.events(), Vec::<Value>::new());
    for number in 0..5 {
        assert_eq!(send(&customer, &format!("f{number}"), "a.pdf", PDF).status, 201);
    }
    assert_eq!(send(&customer, "f5", "a.pdf", PDF).problem(), "conflict");
    assert_eq!(send(&customer, "f4", "a.pdf", PDF).status, 200, "what was taken stays taken");
    customer.post("/close", &json!({}));
    assert_eq!(send(&customer, "f6", "a.pdf", PDF).problem(), "conflict");
}

#[test]
fn a_file_is_evidence_of_the_case_and_is_seen_by_its_department() {
    let app = TestApp::start();
    let in_risk = Account { departments: BTreeSet::from(["risk".to_owned()]), ..account("risky", &[Role::Agent]) };
    add(&app, &[account("agent", &[Role::Agent]), account("admin", &[Role::Admin]), in_risk]);
    let agent = Browser::sign_in(&app, "agent");
    let customer = Customer::begin(&app);
    customer.say("0", "我要退款");
    let before = file_of(&send(&customer, "f0", "before.png", &picture()));
    let number = refund(&customer);
    let reply = send(&customer, "f1", "6225881379462053.pdf", PDF);
    assert!(reply.json()["replies"][0]["text"].as_str().unwrap().contains(&number), "{}", reply.text());
    let after = file_of(&reply);

    let case = agent.get(&format!("/api/v1/desk/cases/{number}")).json();
    let ids: Vec<&str> = case["files"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [before.as_str(), after.as_str()], "{case}");
    let last = case["history"].as_array().unwrap().last().unwrap();
    assert_eq!(last["what"], "added");
    assert!(last["text"].as_str().unwrap().ends_with(".pdf"), "{last}");
    let path = format!("/api/v1/desk/files/{after}");
    assert_eq!(agent.get(&path).body, PDF);
    assert_eq!(Browser::sign_in(&app, "risky").get(&path).status, 404);
    assert_eq!(app.get(&path).status, 401);
    assert_eq!(agent.get("/api/v1/desk/files/file_none").status, 404);

    // It is the person's own, and in no file of ours.
    let admin = Browser::sign_in(&app, "admin");
    let exported = admin.send("POST", "/api/v1/admin/persons/export", &json!({ "conversation": customer.id })).json();
    let files = exported["files"].as_array().unwrap();
    assert_eq!((files.len(), &files[1]["case_number"]), (2, &json!(number)));
    assert_eq!(STANDARD.decode(files[1]["content"].as_str().unwrap()).unwrap(), PDF);
    let mut kept = std::fs::read(app.folder.path().join("yingda.db")).unwrap();
    kept.extend(std::fs::read(app.folder.path().join("yingda.db-wal")).unwrap());
    for part in [b"6225881379462053".as_slice(), b"%PDF-1.4"] {
        assert!(!kept.windows(part.len()).any(|window| window == part));
    }
}
