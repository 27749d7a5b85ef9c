//! A backup made while others write holds one state, and is restored into either database, whole or not at all.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use yingda::store::Store;
use yingda::store::asked::{self, Asked};
use yingda::store::backup;
use yingda::store::drafts;
use yingda::store::feedback::{self, Feedback};
use yingda::store::outbox;
use yingda::store::revisions;
use yingda::store::surveys::{self, Answered};
use yingda::store::switches::{self, Stored};
use yingda::store::tables;

use super::{Place, at, on_both, published, server};

async fn fill(store: &Store) {
    for number in 0..30 {
        published(store, &format!("r{number}"), &format!("第 {number} 版\u{0}"), number).await;
    }
    let mut tx = store.write().await.unwrap();
    drafts::begin(&mut *tx, "s1", "草稿", "user:li", at(1)).await.unwrap();
    drafts::edit(&mut *tx, "s1", "a.md", Some(b"new"), "r29", "user:li", at(2)).await.unwrap();
    drafts::edit(&mut *tx, "s1", "b.md", None, "r29", "user:li", at(2)).await.unwrap();
    outbox::add(&mut *tx, "o1", "webhook", "{}", at(0), at(0)).await.unwrap();
    let stored = Stored {
        kind: "entry".to_owned(),
        subject: "refund-apply".to_owned(),
        value: "{}".to_owned(),
        expires_at: None,
        actor: "user:li".to_owned(),
        at: at(0),
    };
    switches::set(&mut *tx, &stored).await.unwrap();
    let said = Feedback {
        conversation: "c".to_owned(),
        message_seq: 2,
        topic: Default::default(),
        opinion: Default::default(),
        at: at(0),
    };
    feedback::keep(&mut *tx, &said).await.unwrap();
    surveys::show(&mut *tx, "habits", "a", None, at(0)).await.unwrap();
    let answered = Answered {
        visitor: "a".to_owned(),
        at: at(1),
        revision: "r1".to_owned(),
        language: "en".to_owned(),
        answers: Default::default(),
    };
    assert!(surveys::answer(&mut *tx, "habits", &answered).await.unwrap());
    // More than one page of rows.
    let asked: Vec<Asked> = (0..2_500)
        .map(|number| Asked {
            text: format!("问 {number}"),
            language: "zh-CN".to_owned(),
            channel: "web".to_owned(),
            outcome: "fallback".to_owned(),
            n: 1,
            last_at: at(number),
            n_unhelpful: 0,
            n_handed_off: 0,
        })
        .collect();
    asked::add(&mut *tx, &asked).await.unwrap();
    tx.commit().await.unwrap();
}

async fn backed_up(store: &Store) -> Vec<u8> {
    let mut bytes = Vec::new();
    backup::write(store, &mut bytes).await.unwrap();
    bytes
}

/// The lines of a backup, sorted: databases sort texts differently.
fn lines(packed: &[u8]) -> Vec<String> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    // The last one is the hash over lines in their order.
    lines.pop();
    lines.sort();
    lines
}

#[test]
fn it_is_restored_into_either_database() {
    on_both(|place| async move {
        let store = place.open().await;
        fill(&store).await;
        let bytes = backed_up(&store).await;
        let mut places = vec![Place::embedded()];
        if let Some(server) = server() {
            places.push(Place::on_server(&server).await);
        }
        for other in places {
            let restored = other.open().await;
            let size = backup::restore(&restored, bytes.as_slice()).await.unwrap();
            assert!(size.n_rows > 2_600, "{size:?}");
            assert_eq!(lines(&backed_up(&restored).await), lines(&bytes));
            assert!(
                switches::serial(&mut *restored.read().await.unwrap()).await.unwrap() > 0,
                "switches are read anew"
            );
            // Only into an empty place.
            let again = backup::restore(&restored, bytes.as_slice()).await.unwrap_err().to_string();
            assert!(again.contains("not empty"), "{again}");
            // And what was restored goes on.
            published(&restored, "r99", "next", 30).await;
        }
    });
}

#[test]
fn it_holds_one_state_while_others_write() {
    on_both(|place| async move {
        let store = Arc::new(place.open().await);
        published(&store, "r0", "0", 0).await;
        let done = Arc::new(AtomicBool::new(false));
        let writer = {
            let (store, done) = (Arc::clone(&store), Arc::clone(&done));
            tokio::spawn(async move {
                let mut number = 1;
                while !done.load(Ordering::Relaxed) {
                    published(&store, &format!("r{number}"), &format!("{number}"), number).await;
                    number += 1;
                }
            })
        };
        for _ in 0..5 {
            let bytes = backed_up(&store).await;
            let other = Place::embedded();
            let restored = other.open().await;
            backup::restore(&restored, bytes.as_slice()).await.unwrap();
            let mut tx = restored.read().await.unwrap();
            let publications = revisions::publications(&mut *tx, 0).await.unwrap();
            let last = publications.last().unwrap();
            assert_eq!(last.seq as usize, publications.len());
            assert!(revisions::files(&mut *tx, &last.revision).await.unwrap().is_some());
        }
        done.store(true, Ordering::Relaxed);
        writer.await.unwrap();
    });
}

#[test]
fn a_damaged_one_changes_nothing() {
    on_both(|place| async move {
        let full = Place::embedded();
        let store = full.open().await;
        fill(&store).await;
        let bytes = backed_up(&store).await;
        let empty = place.open().await;
        let flipped = |at: usize| {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            bytes
        };
        let mut damaged: Vec<Vec<u8>> = vec![Vec::new(), b"nonsense".to_vec(), bytes[..bytes.len() - 9].to_vec()];
        damaged.extend([20, bytes.len() / 2, bytes.len() / 3].map(flipped));
        damaged.push(bytes[..bytes.len() / 2].to_vec());
        for bytes in damaged {
            assert!(backup::restore(&empty, bytes.as_slice()).await.is_err());
            drop(empty.write().await.unwrap());
            assert!(revisions::live(&mut *empty.read().await.unwrap()).await.unwrap().is_none());
        }
        backup::restore(&empty, bytes.as_slice()).await.unwrap();
    });
}

#[test]
fn every_table_is_backed_up_or_named_as_left_out() {
    on_both(|place| async move {
        let store = place.open().await;
        let sql = if super::is_postgres(&store) {
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        } else {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        };
        let text = lines(&backed_up(&store).await).join("\n");
        for row in store.read().await.unwrap().rows(sql, &[]).await.unwrap() {
            let name = row.text(0).unwrap();
            let known = text.contains(&format!("\"name\":\"{name}\"")) || tables::LEFT_OUT.contains(&name.as_str());
            assert!(known || name == "_sqlx_migrations", "{name} is forgotten");
        }
    });
}
