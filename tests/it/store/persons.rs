//! What becomes of a customer's data in the store, whichever database it is: held, forgotten, erased.

use yingda::desk::case_steps::CaseStep;
use yingda::desk::owner::Owner;
use yingda::knowledge::content::Content;
use yingda::store::attachments::{self, Attachment};
use yingda::store::cases::{self, Entry};
use yingda::store::conversations::{self, Change, Conversation};
use yingda::store::database::Transaction;
use yingda::store::deliveries::{self, Announcement, Which};
use yingda::store::holds::{self, Hold};
use yingda::store::idempotency::{self, Begun};
use yingda::store::webhooks;
use yingda::store::{erasure, outbox};

use super::conversations::{case, conversation};
use super::webhooks::webhook;
use super::{at, is_postgres, on_both};

fn hold(number: &str) -> Hold {
    Hold { number: number.to_owned(), reason: "诉讼".to_owned(), actor: "user_ann".to_owned(), at: at(5) }
}

fn attachment(conversation: &str) -> Attachment {
    Attachment {
        id: format!("file of {conversation}"),
        conversation: conversation.to_owned(),
        case_number: None,
        name: "付款.png".to_owned(),
        media_type: "image/png".to_owned(),
        size: 6,
        at: at(2),
    }
}

/// A conversation of a subject with a case that has ended.
async fn ended(tx: &mut dyn Transaction, id: &str, subject: &str) -> String {
    let number = format!("RF-{id}");
    let (token, subject) = (format!("digest of {id}"), Some(subject.to_owned()));
    conversations::begin(tx, &Conversation { token, subject, ..conversation(id) }).await.unwrap();
    cases::open(tx, &case(&number, id), id).await.unwrap();
    let mut done = cases::get(tx, &number).await.unwrap().unwrap();
    done.step(CaseStep::Withdraw, &Content::default(), at(3)).unwrap();
    cases::change(tx, &done, &Entry { actor: id, what: "withdrawn", text: "不要了", now: at(3) }).await.unwrap();
    number
}

#[test]
fn a_case_on_hold_and_its_conversation_are_not_forgotten() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let (held, other) = (ended(&mut *tx, "a", "user-42").await, ended(&mut *tx, "b", "user-42").await);
        holds::put(&mut *tx, &Hold { reason: "前一个".to_owned(), ..hold(&held) }).await.unwrap();
        holds::put(&mut *tx, &hold(&held)).await.unwrap();
        for (conversation, number) in [("a", &held), ("b", &other)] {
            attachments::keep(&mut *tx, &attachment(conversation), b"sealed".to_vec()).await.unwrap();
            attachments::give_to_case(&mut *tx, conversation, number).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(holds::list(&mut *tx).await.unwrap(), [hold(&held)], "one for each case");
        assert_eq!(conversations::forget(&mut *tx, at(9)).await.unwrap(), 1);
        assert_eq!(attachments::forget(&mut *tx).await.unwrap(), 0, "evidence stays with its case");
        assert_eq!(cases::forget(&mut *tx, at(9)).await.unwrap(), 1);
        assert_eq!(attachments::forget(&mut *tx).await.unwrap(), 1);
        assert_eq!(attachments::of_conversation(&mut *tx, "a").await.unwrap().len(), 1, "it is held");
        assert!(cases::get(&mut *tx, &other).await.unwrap().is_none());
        assert!(conversations::get(&mut *tx, "a").await.unwrap().is_some());
        assert_eq!(cases::history(&mut *tx, &held).await.unwrap().len(), 2);
        assert_eq!(holds::lift(&mut *tx, &held).await.unwrap(), Some(hold(&held)));
        assert_eq!(holds::lift(&mut *tx, &held).await.unwrap(), None);
        assert_eq!(conversations::forget(&mut *tx, at(9)).await.unwrap(), 1);
        let own = cases::of_subject(&mut *tx, "user-42").await.unwrap();
        assert_eq!((own.len(), own[0].subject.as_deref()), (1, Some("user-42")), "it outlives its conversation");
        assert_eq!(cases::forget(&mut *tx, at(9)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    });
}

#[test]
fn an_erased_conversation_leaves_nothing_and_an_erased_case_its_number_and_times() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let number = ended(&mut *tx, "conv_a", "user-42").await;
        ended(&mut *tx, "conv_b", "user-43").await;
        webhooks::add(&mut *tx, &webhook("w", &[])).await.unwrap();
        for id in ["conv_a", "conv_b"] {
            let change = Change { version: 0, owner: &Owner::Bot, state: "{}", now: at(4) };
            conversations::append(&mut *tx, id, &change, &[("message", "\"说的话\"".to_owned())]).await.unwrap();
            conversations::keep_turn(&mut *tx, id, "1", b"hash", "{}").await.unwrap();
            let begun = Begun { hash: Vec::new(), conversation: id.to_owned(), sealed: "sealed".to_owned() };
            idempotency::keep(&mut *tx, &format!("name of {id}"), &begun, (at(0), at(1))).await.unwrap();
            attachments::keep(&mut *tx, &attachment(id), b"sealed".to_vec()).await.unwrap();
            attachments::give_to_case(&mut *tx, id, &format!("RF-{id}")).await.unwrap();
            let data = serde_json::json!({ "id": id });
            let told = Announcement { id: &format!("e_{id}"), kind: "conversation.message", subject: id, data: &data };
            webhooks::announce(&mut *tx, &[told], at(4)).await.unwrap();
            let payload = format!("{{\"conversation\":\"{id}\"}}");
            outbox::add(&mut *tx, &format!("mail_{id}"), "mail:", &payload, at(4), at(4)).await.unwrap();
        }
        let before = cases::get(&mut *tx, &number).await.unwrap().unwrap();
        erasure::conversation(&mut *tx, "conv_a").await.unwrap();
        erasure::case(&mut *tx, (&number, "conv_a"), at(8)).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.read().await.unwrap();
        for (table, key) in
            [("conversations", "id"), ("conversation_events", "conversation"), ("conversation_turns", "conversation")]
        {
            let sql = format!("SELECT {key} FROM {table}");
            let left: Vec<String> = tx.rows(&sql, &[]).await.unwrap().iter().map(|row| row.text(0).unwrap()).collect();
            assert_eq!(left, ["conv_b"], "{table}");
        }
        assert_eq!(attachments::get(&mut *tx, "file of conv_a").await.unwrap(), None);
        let of_case = attachments::of_case(&mut *tx, "RF-conv_b").await.unwrap();
        assert_eq!(attachments::get(&mut *tx, "file of conv_b").await.unwrap().unwrap().0, of_case[0]);
        assert!(idempotency::find(&mut *tx, "name of conv_a", at(0)).await.unwrap().is_none());
        assert!(idempotency::find(&mut *tx, "name of conv_b", at(0)).await.unwrap().is_some());
        let told = deliveries::list(&mut *tx, "w", Which::All, (at(99), ""), 9).await.unwrap();
        assert_eq!(told.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["e_conv_b"]);
        assert_eq!(outbox::n_waiting(&mut *tx, "mail:").await.unwrap(), 1);

        let after = cases::get(&mut *tx, &number).await.unwrap().unwrap();
        assert!(after.slots.is_empty() && after.order_number.is_none() && after.subject.is_none());
        assert_eq!((after.conversation.as_str(), after.confirmation), ("", None));
        assert_eq!((after.kind, after.status, after.clock), (before.kind, before.status, before.clock));
        assert_eq!((after.opened_at, after.updated_at), (before.opened_at, before.updated_at));
        let history = cases::history(&mut *tx, &number).await.unwrap();
        let steps: Vec<_> =
            history.iter().map(|one| (one.actor.as_str(), one.what.as_str(), one.text.as_str())).collect();
        assert_eq!(steps, [("customer", "opened", ""), ("customer", "withdrawn", ""), ("system", "erased", "")]);
        let other = cases::history(&mut *tx, "RF-conv_b").await.unwrap();
        assert_eq!((other[1].actor.as_str(), other[1].text.as_str()), ("conv_b", "不要了"));
        drop(tx);
        store.scrub().await.unwrap();
    });
}

#[test]
fn what_was_deleted_is_in_no_file_after_a_scrub() {
    super::runtime().block_on(async {
        let place = super::Place::embedded();
        let store = place.open().await;
        let secret = |number: usize| format!("unrepeatable-{number}-");
        for number in 0..200 {
            let mut tx = store.write().await.unwrap();
            let id = format!("conv_{number}");
            let new = Conversation { token: format!("digest of {id}"), ..conversation(&id) };
            conversations::begin(&mut *tx, &new).await.unwrap();
            for version in 0..3 {
                let text = format!("\"{}{}\"", secret(number), "x".repeat(number * 13 % 900));
                let change = Change { version, owner: &Owner::Bot, state: &text, now: at(4) };
                conversations::append(&mut *tx, &id, &change, &[("message", text.clone())]).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        for number in (0..200).step_by(3) {
            erasure::conversation(&mut *tx, &format!("conv_{number}")).await.unwrap();
        }
        tx.commit().await.unwrap();
        store.scrub().await.unwrap();
        let mut bytes = std::fs::read(place.file()).unwrap();
        bytes.extend(std::fs::read(place.file().with_extension("db-wal")).unwrap_or_default());
        let text = String::from_utf8_lossy(&bytes);
        for number in 0..200 {
            assert_eq!(text.contains(&secret(number)), number % 3 != 0, "{number}");
        }
    });
}

const PRIVACY: &str = include_str!("../../../docs/PRIVACY.md");

#[test]
fn the_page_on_privacy_names_every_table() {
    on_both(|place| async move {
        let store = place.open().await;
        let sql = if is_postgres(&store) {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        for row in store.read().await.unwrap().rows(sql, &[]).await.unwrap() {
            let name = row.text(0).unwrap();
            assert!(PRIVACY.contains(&format!("`{name}`")) || name == "_sqlx_migrations", "{name} is forgotten");
        }
    });
}

#[test]
fn the_page_on_privacy_names_every_key_of_retention_with_its_default() {
    let defaults: toml::Table = toml::from_str(yingda::config::DEFAULT).unwrap();
    for (key, value) in defaults["retention"].as_table().unwrap() {
        assert!(PRIVACY.contains(&format!("`{key}` ({value})")), "{key} ({value}) is forgotten");
    }
}
