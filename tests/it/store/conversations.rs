//! Conversations and cases, whichever database they are on.

use yingda::store::cases::{self, Case, Entry};
use yingda::store::conversations::{self, Change, Conversation};
use yingda::store::error::StoreError;

use super::{at, on_both};

fn conversation(id: &str) -> Conversation {
    let text = |text: &str| text.to_owned();
    Conversation {
        id: text(id),
        token: text("digest"),
        status: text("bot"),
        channel: text("web"),
        language: None,
        context: text("{}"),
        state: text("{}"),
        version: 0,
        last_seq: 0,
        created_at: at(1),
        updated_at: at(1),
    }
}

fn case(number: &str, conversation: &str) -> Case {
    let text = |text: &str| text.to_owned();
    Case {
        number: text(number),
        kind: text("refund"),
        status: text("open"),
        department: text("refunds"),
        conversation: text(conversation),
        order_number: Some(text("CG1")),
        slots: text("{}"),
        opened_at: at(2),
        updated_at: at(2),
    }
}

fn change(version: i64, now: i64) -> Change<'static> {
    Change { version, status: "queued", state: "{\"a\":1}", now: at(now) }
}

#[test]
fn what_happens_is_numbered_without_gaps_and_only_on_the_state_that_was_read() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        conversations::begin(&mut *tx, &conversation("c")).await.unwrap();
        let event = |text: &str| ("message", text.to_owned());
        conversations::append(&mut *tx, "c", &change(0, 3), &[event("1"), event("2")]).await.unwrap();
        conversations::append(&mut *tx, "c", &change(1, 4), &[event("3")]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let stale = conversations::append(&mut *tx, "c", &change(1, 5), &[event("4")]).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
        drop(tx);
        let mut tx = store.read().await.unwrap();
        let kept = conversations::get(&mut *tx, "c").await.unwrap().unwrap();
        assert_eq!((kept.version, kept.last_seq, kept.status.as_str(), kept.updated_at), (2, 3, "queued", at(4)));
        let events = conversations::events(&mut *tx, "c", 1, 10).await.unwrap();
        let told: Vec<(i64, &str)> = events.iter().map(|event| (event.seq, event.data.as_str())).collect();
        assert_eq!(told, [(2, "2"), (3, "3")]);
        assert_eq!(conversations::changed_since(&mut *tx, at(4)).await.unwrap(), ["c"]);
        assert!(conversations::changed_since(&mut *tx, at(5)).await.unwrap().is_empty());
    });
}

#[test]
fn two_who_append_at_once_are_told_apart() {
    on_both(|place| async move {
        let store = std::sync::Arc::new(place.open().await);
        let mut tx = store.write().await.unwrap();
        conversations::begin(&mut *tx, &conversation("c")).await.unwrap();
        tx.commit().await.unwrap();
        let attempt = |n: usize| {
            let store = std::sync::Arc::clone(&store);
            tokio::spawn(async move {
                let mut tx = store.write().await?;
                conversations::append(&mut *tx, "c", &change(0, 3), &[("message", n.to_string())]).await?;
                tx.commit().await
            })
        };
        let attempts: Vec<_> = (0..8).map(attempt).collect();
        let mut n_done = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(()) => n_done += 1,
                Err(error) => assert!(matches!(error, StoreError::Conflict), "{error:?}"),
            }
        }
        assert_eq!(n_done, 1);
        let events = conversations::events(&mut *store.read().await.unwrap(), "c", 0, 10).await.unwrap();
        assert_eq!(events.len(), 1);
    });
}

#[test]
fn a_message_is_kept_once_under_its_name() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        conversations::keep_turn(&mut *tx, "c", "1", b"hash", "{}").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(conversations::turn(&mut *tx, "c", "1").await.unwrap(), Some((b"hash".to_vec(), "{}".to_owned())));
        assert_eq!(conversations::turn(&mut *tx, "d", "1").await.unwrap(), None);
        let again = conversations::keep_turn(&mut *tx, "c", "1", b"hash", "{}").await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
    });
}

#[test]
fn cases_are_counted_kept_with_their_history_and_forgotten_when_they_have_ended() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for expected in 1..=3 {
            assert_eq!(cases::count(&mut *tx, "refund", "2026-11-23").await.unwrap(), expected);
        }
        assert_eq!(cases::count(&mut *tx, "refund", "2026-11-24").await.unwrap(), 1);
        for id in ["open", "ended"] {
            conversations::begin(&mut *tx, &conversation(id)).await.unwrap();
            cases::open(&mut *tx, &case(&format!("RF-{id}"), id)).await.unwrap();
        }
        let entry = Entry { actor: "open", what: "added", text: "更多", now: at(3) };
        cases::add(&mut *tx, "RF-open", &entry).await.unwrap();
        let nowhere = cases::add(&mut *tx, "RF-none", &entry).await;
        assert!(matches!(nowhere, Err(StoreError::Conflict)), "{nowhere:?}");
        assert_eq!(cases::get(&mut *tx, "RF-open").await.unwrap().unwrap().updated_at, at(3));
        assert_eq!(cases::of_conversation(&mut *tx, "open").await.unwrap().len(), 1);
        tx.execute("UPDATE cases SET status = 'done' WHERE number = $1", &["RF-ended".into()]).await.unwrap();
        assert_eq!(conversations::forget(&mut *tx, at(9)).await.unwrap(), 1, "not the one with an open case");
        assert!(conversations::get(&mut *tx, "open").await.unwrap().is_some());
        assert_eq!(cases::forget(&mut *tx, at(9)).await.unwrap(), 1);
        assert!(cases::get(&mut *tx, "RF-ended").await.unwrap().is_none());
        assert!(cases::get(&mut *tx, "RF-open").await.unwrap().is_some());
        tx.commit().await.unwrap();
    });
}
