//! What the store promises, whichever database it is on.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use yingda::store::asked::{self, Asked};
use yingda::store::database::Value;
use yingda::store::error::StoreError;
use yingda::store::outbox::{self, Item};
use yingda::store::replicas::{self, Replica};
use yingda::store::retention::{self, Keep};
use yingda::store::revisions::{self, Kind};
use yingda::store::switches::{self, Stored};

use super::{at, file, on_both, publication, published};

#[test]
fn a_revision_is_what_was_stored_and_never_changes() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let files = [file("b/退款.md", "三天。\u{0}😀"), file("a.yaml", ""), file("b/again.md", "三天。\u{0}😀")];
        revisions::put(&mut *tx, "r1", &files, 2, at(0)).await.unwrap();
        revisions::put(&mut *tx, "r1", &[file("other", "other")], 9, at(1)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        let stored = revisions::files(&mut *tx, "r1").await.unwrap().unwrap();
        let pairs: Vec<(&str, &[u8])> = stored.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
        let text = "三天。\u{0}😀".as_bytes();
        assert_eq!(pairs, [("a.yaml", &b""[..]), ("b/again.md", text), ("b/退款.md", text)]);
        assert_eq!(revisions::file(&mut *tx, "r1", "b/退款.md").await.unwrap().as_deref(), Some(text));
        assert_eq!(revisions::manifest(&mut *tx, "r1").await.unwrap().len(), 3);
        assert!(revisions::files(&mut *tx, "r2").await.unwrap().is_none());
        assert!(revisions::file(&mut *tx, "r1", "c").await.unwrap().is_none());
    });
}

#[test]
fn what_was_published_last_is_live_and_the_history_is_kept() {
    on_both(|place| async move {
        let store = place.open().await;
        assert_eq!(revisions::live(&mut *store.read().await.unwrap()).await.unwrap(), None);
        published(&store, "r1", "one", 0).await;
        published(&store, "r2", "two", 1).await;
        let mut tx = store.write().await.unwrap();
        let back = revisions::Publication { kind: Kind::Rollback, forced: true, ..publication("r1", 2) };
        revisions::publish(&mut *tx, 2, &back, None).await.unwrap();
        tx.commit().await.unwrap();
        // A store that is opened again knows it all.
        store.close().await;
        let store = place.open().await;
        let mut tx = store.read().await.unwrap();
        let live = revisions::live(&mut *tx).await.unwrap().unwrap();
        assert_eq!(live, revisions::Publication { seq: 3, ..back });
        let listed = revisions::list(&mut *tx, 10).await.unwrap();
        assert_eq!(listed.iter().map(|revision| revision.id.as_str()).collect::<Vec<_>>(), ["r1", "r2"]);
        let all = revisions::publications(&mut *tx, 0).await.unwrap();
        assert_eq!(all.iter().map(|one| one.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(revisions::report(&mut *tx, "r1").await.unwrap().as_deref(), Some("{}"));
        assert_eq!(revisions::report(&mut *tx, "r9").await.unwrap(), None);
        assert_eq!(revisions::last_of(&mut *tx, "r1").await.unwrap().map(|last| last.seq), Some(3));
    });
}

#[test]
fn of_those_who_publish_after_the_same_revision_one_is_first() {
    on_both(|place| async move {
        let store = std::sync::Arc::new(place.open().await);
        published(&store, "r1", "one", 0).await;
        let attempts: Vec<_> = (0..10)
            .map(|number| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    let mut tx = store.write().await?;
                    revisions::put(&mut *tx, &format!("n{number}"), &[file("x", "x")], 1, at(1)).await?;
                    revisions::publish(&mut *tx, 1, &publication(&format!("n{number}"), 1), None).await?;
                    tx.commit().await
                })
            })
            .collect();
        let mut n_published = 0;
        for attempt in attempts {
            match attempt.await.unwrap() {
                Ok(()) => n_published += 1,
                Err(StoreError::Conflict) => {}
                Err(other) => panic!("{other}"),
            }
        }
        assert_eq!(n_published, 1);
        let mut tx = store.read().await.unwrap();
        assert_eq!(revisions::live(&mut *tx).await.unwrap().unwrap().seq, 2);
        let stored = tx.rows("SELECT id FROM revisions", &[]).await.unwrap();
        assert_eq!(stored.len(), 2, "who came second has left nothing behind");
    });
}

#[test]
fn a_transaction_that_is_not_committed_changes_nothing() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        revisions::put(&mut *tx, "r1", &[file("x", "x")], 1, at(0)).await.unwrap();
        drop(tx);
        // The next writer waits until the dropped one is gone.
        drop(store.write().await.unwrap());
        let mut tx = store.read().await.unwrap();
        assert!(!revisions::exists(&mut *tx, "r1").await.unwrap());
        assert!(tx.rows("SELECT hash FROM files", &[]).await.unwrap().is_empty());
    });
}

#[test]
fn a_reader_sees_one_state_while_others_write() {
    on_both(|place| async move {
        let store = place.open().await;
        published(&store, "r1", "one", 0).await;
        let mut reader = store.read().await.unwrap();
        assert_eq!(revisions::live(&mut *reader).await.unwrap().unwrap().revision, "r1");
        published(&store, "r2", "two", 1).await;
        assert_eq!(revisions::live(&mut *reader).await.unwrap().unwrap().revision, "r1");
        assert_eq!(revisions::publications(&mut *reader, 0).await.unwrap().len(), 1);
        drop(reader);
        let mut reader = store.read().await.unwrap();
        assert_eq!(revisions::live(&mut *reader).await.unwrap().unwrap().revision, "r2");
        let refused = reader.execute("DELETE FROM publications", &[]).await;
        assert!(refused.is_err(), "a reader does not write");
    });
}

#[test]
fn many_writers_at_once_lose_nothing_and_none_fails() {
    const WRITERS: i64 = 50;
    const TIMES: i64 = 10;
    on_both(|place| async move {
        let store = std::sync::Arc::new(place.open().await);
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    for _ in 0..TIMES {
                        // Reads first and writes later: what SQLite refuses unless the transaction was begun as a writer.
                        let mut tx = store.write().await.unwrap();
                        switches::serial(&mut *tx).await.unwrap();
                        let question = Asked {
                            text: format!("第 {number} 问"),
                            language: "zh-CN".to_owned(),
                            channel: "web".to_owned(),
                            outcome: "fallback".to_owned(),
                            n: 1,
                            last_at: at(0),
                            n_unhelpful: 0,
                            n_handed_off: 0,
                        };
                        asked::add(&mut *tx, &[question]).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let all = asked::since(&mut *store.read().await.unwrap(), at(-1), 1_000).await.unwrap();
        assert_eq!((all.len() as i64, all.iter().map(|one| one.n).sum::<i64>()), (WRITERS, WRITERS * TIMES));
    });
}

#[test]
fn artefacts_are_kept_by_engine_and_old_ones_go() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for number in 0..8_u8 {
            revisions::put_artefact(&mut *tx, &format!("r{number}"), "e1", &[number; 100], at(number.into()))
                .await
                .unwrap();
        }
        revisions::put_artefact(&mut *tx, "r7", "e2", b"other", at(9)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.read().await.unwrap();
        assert_eq!(revisions::artefacts(&mut *tx, "r7", "e1").await.unwrap(), [("r7".to_owned(), vec![7; 100])]);
        assert_eq!(revisions::artefacts(&mut *tx, "r7", "e2").await.unwrap(), [("r7".to_owned(), b"other".to_vec())]);
        assert!(revisions::artefacts(&mut *tx, "r0", "e1").await.unwrap().is_empty());
        assert!(revisions::artefacts(&mut *tx, "r", "e1").await.unwrap().is_empty());
    });
}

fn items(all: &[Item]) -> Vec<&str> {
    all.iter().map(|item| item.id.as_str()).collect()
}

#[test]
fn an_item_of_the_outbox_is_one_workers_until_its_lease_ends() {
    let lease = SignedDuration::from_secs(30);
    on_both(|place| async move {
        let store = place.open().await;
        let engine = store.engine();
        let mut tx = store.write().await.unwrap();
        for (id, due) in [("a", 0), ("b", 1), ("c", 100)] {
            outbox::add(&mut *tx, id, "webhook", "{}", at(0), at(due)).await.unwrap();
        }
        assert!(matches!(outbox::add(&mut *tx, "a", "webhook", "{}", at(0), at(0)).await, Err(StoreError::Conflict)));
        drop(tx);
        let mut tx = store.write().await.unwrap();
        for (id, due) in [("a", 0), ("b", 1), ("c", 100)] {
            outbox::add(&mut *tx, id, "webhook", "{}", at(0), at(due)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let first = outbox::claim(&mut *tx, engine, "webhook", "w1", 1, at(10), lease).await.unwrap();
        let second = outbox::claim(&mut *tx, engine, "webhook", "w2", 10, at(10), lease).await.unwrap();
        assert_eq!((items(&first), items(&second)), (vec!["a"], vec!["b"]));
        // w1 is gone; when its lease has ended, w2 takes over, and w1's late word counts no more.
        assert!(outbox::claim(&mut *tx, engine, "webhook", "w2", 10, at(39), lease).await.unwrap().is_empty());
        assert!(outbox::done(&mut *tx, "b", "w2").await.unwrap());
        let again = outbox::claim(&mut *tx, engine, "webhook", "w2", 10, at(40), lease).await.unwrap();
        assert_eq!((items(&again), again[0].n_attempts), (vec!["a"], 2));
        assert!(!outbox::done(&mut *tx, "a", "w1").await.unwrap());
        assert!(outbox::done(&mut *tx, "a", "w2").await.unwrap());
        assert_eq!(items(&outbox::claim(&mut *tx, engine, "webhook", "w2", 10, at(100), lease).await.unwrap()), ["c"]);
        tx.commit().await.unwrap();
    });
}

#[test]
fn workers_at_the_same_time_never_claim_the_same() {
    on_both(|place| async move {
        let store = std::sync::Arc::new(place.open().await);
        let mut tx = store.write().await.unwrap();
        for number in 0..200 {
            outbox::add(&mut *tx, &format!("i{number}"), "webhook", "{}", at(0), at(0)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let workers: Vec<_> = (0..8)
            .map(|number| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    let (mut mine, worker) = (Vec::new(), format!("w{number}"));
                    let lease = SignedDuration::from_secs(60);
                    loop {
                        let mut tx = store.write().await.unwrap();
                        let claimed =
                            outbox::claim(&mut *tx, store.engine(), "webhook", &worker, 7, at(1), lease).await.unwrap();
                        tx.commit().await.unwrap();
                        if claimed.is_empty() {
                            return mine;
                        }
                        mine.extend(claimed.into_iter().map(|item| item.id));
                    }
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        assert_eq!((all.len(), all.iter().collect::<BTreeSet<_>>().len()), (200, 200));
    });
}

#[test]
fn what_keeps_failing_waits_longer_and_is_laid_aside_and_can_be_taken_up_again() {
    let lease = SignedDuration::from_secs(1);
    on_both(|place| async move {
        let store = place.open().await;
        let engine = store.engine();
        let mut tx = store.write().await.unwrap();
        outbox::add(&mut *tx, "a", "webhook", "{}", at(0), at(0)).await.unwrap();
        let (mut now, mut waits) = (at(0), Vec::new());
        while outbox::dead(&mut *tx, 10).await.unwrap().is_empty() {
            let mut waited = 0;
            let item = loop {
                if let Some(item) = outbox::claim(&mut *tx, engine, "webhook", "w", 1, now, lease).await.unwrap().pop()
                {
                    break item;
                }
                now += SignedDuration::from_secs(5);
                waited += 5;
            };
            waits.push(waited);
            outbox::failed(&mut *tx, &item, "w", "502", now, 0.0).await.unwrap();
        }
        assert_eq!(waits, [0, 5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000]);
        let dead = outbox::dead(&mut *tx, 10).await.unwrap();
        assert_eq!((items(&dead), dead[0].error.as_deref()), (vec!["a"], Some("502")));
        assert!(
            outbox::claim(&mut *tx, engine, "webhook", "w", 1, now + lease * 1_000_000, lease)
                .await
                .unwrap()
                .is_empty()
        );
        assert!(
            outbox::replay(&mut *tx, "a", now).await.unwrap() && !outbox::replay(&mut *tx, "a", now).await.unwrap()
        );
        let again = outbox::claim(&mut *tx, engine, "webhook", "w", 1, now, lease).await.unwrap();
        assert_eq!(again[0].n_attempts, 1);
        // A little later than planned, so that not all that failed together come together.
        outbox::failed(&mut *tx, &again[0], "w", "502", now, 1.0).await.unwrap();
        let due = now + SignedDuration::from_millis(6_250);
        let just_before = due - SignedDuration::from_millis(1);
        assert!(outbox::claim(&mut *tx, engine, "webhook", "w", 1, just_before, lease).await.unwrap().is_empty());
        assert_eq!(outbox::claim(&mut *tx, engine, "webhook", "w", 1, due, lease).await.unwrap().len(), 1);
    });
}

#[test]
fn questions_are_counted_and_forgotten() {
    on_both(|place| async move {
        let store = place.open().await;
        let one = |text: &str, outcome: &str, n: i64, seconds: i64| Asked {
            text: text.to_owned(),
            language: "zh-CN".to_owned(),
            channel: "web".to_owned(),
            outcome: outcome.to_owned(),
            n,
            last_at: at(seconds),
            n_unhelpful: 0,
            n_handed_off: 0,
        };
        let long = "退".repeat(2_000);
        let mut tx = store.write().await.unwrap();
        let asked = [one("退款", "fallback", 2, 0), one("到账", "refund-time", 5, 1), one(&long, "clarify", 1, 2)];
        asked::add(&mut *tx, &asked).await.unwrap();
        asked::add(&mut *tx, &[one("退款", "refund-apply", 4, 9)]).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let all = asked::since(&mut *tx, at(0), 10).await.unwrap();
        assert_eq!(all, [one("退款", "refund-apply", 6, 9), asked[1].clone(), asked[2].clone()]);
        assert_eq!(asked::unanswered(&mut *tx, 0, 10).await.unwrap(), [asked[2].clone()]);
        let unhelpful = Asked { n_unhelpful: 1, ..one("到账", "", 0, 1) };
        asked::add(&mut *tx, &[unhelpful, Asked { n_handed_off: 2, ..one("人呢", "", 0, 3) }]).await.unwrap();
        let missed = asked::missed(&mut *tx, 10).await.unwrap();
        let told: Vec<_> = missed.iter().map(|one| (one.text.as_str(), one.outcome.as_str(), one.n)).collect();
        assert_eq!(told, [("到账", "refund-time", 5), (&long, "clarify", 1)], "what nobody asked is no question");
        assert!(asked::settle(&mut *tx, "zh-CN", "到账", at(4)).await.unwrap());
        assert!(asked::settle(&mut *tx, "zh-CN", &long, at(4)).await.unwrap());
        assert!(!asked::settle(&mut *tx, "en", "到账", at(4)).await.unwrap(), "of another language there is none");
        assert_eq!(asked::missed(&mut *tx, 10).await.unwrap(), []);
        asked::add(&mut *tx, &[one(&long, "clarify", 1, 5), one("到账", "refund-time", 1, 5)]).await.unwrap();
        let missed = asked::missed(&mut *tx, 10).await.unwrap();
        assert_eq!(missed.iter().map(|one| &one.text).collect::<Vec<_>>(), [&long], "it has no answer still");
        assert_eq!(asked::forget(&mut *tx, at(5)).await.unwrap(), 0);
        assert_eq!(asked::forget(&mut *tx, at(6)).await.unwrap(), 2);
        assert_eq!(asked::since(&mut *tx, at(0), 10).await.unwrap(), [one("退款", "refund-apply", 6, 9)]);
    });
}

#[test]
fn every_change_of_a_switch_counts() {
    on_both(|place| async move {
        let store = place.open().await;
        let stored = |kind: &str, subject: &str, expires: Option<i64>| Stored {
            kind: kind.to_owned(),
            subject: subject.to_owned(),
            value: "{\"reason\":\"维护\"}".to_owned(),
            expires_at: expires.map(at),
            actor: "user:li".to_owned(),
            at: at(0),
        };
        let mut tx = store.write().await.unwrap();
        assert_eq!(switches::serial(&mut *tx).await.unwrap(), 0);
        let notice = stored("notice", "n1", Some(60));
        switches::set(&mut *tx, &notice).await.unwrap();
        switches::set(&mut *tx, &stored("entry", "refund-apply", None)).await.unwrap();
        switches::set(&mut *tx, &stored("entry", "refund-apply", None)).await.unwrap();
        assert_eq!(switches::get(&mut *tx, "notice", "n1").await.unwrap(), Some(notice));
        assert!(!switches::remove(&mut *tx, "entry", "other").await.unwrap());
        assert!(switches::remove(&mut *tx, "entry", "refund-apply").await.unwrap());
        assert_eq!(switches::serial(&mut *tx).await.unwrap(), 4);
        assert_eq!(switches::list(&mut *tx).await.unwrap().len(), 1);
        assert_eq!(switches::forget_expired(&mut *tx, at(61)).await.unwrap(), 1);
    });
}

#[test]
fn a_replica_that_says_nothing_has_gone() {
    on_both(|place| async move {
        let store = place.open().await;
        let replica = |id: &str, seconds: i64| Replica {
            id: id.to_owned(),
            revision: "r1".to_owned(),
            engine: "e".to_owned(),
            seen_at: at(seconds),
        };
        let mut tx = store.write().await.unwrap();
        for one in [replica("a", 0), replica("b", 0), replica("a", 59)] {
            replicas::beat(&mut *tx, &one).await.unwrap();
        }
        replicas::beat(&mut *tx, &replica("c", 61)).await.unwrap();
        assert_eq!(replicas::list(&mut *tx).await.unwrap(), [replica("a", 59), replica("c", 61)]);
        replicas::leave(&mut *tx, "a").await.unwrap();
        assert_eq!(replicas::list(&mut *tx).await.unwrap(), [replica("c", 61)]);
    });
}

#[test]
fn what_is_old_goes_and_what_answers_hang_on_stays() {
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let keep = Keep {
        questions: days(14),
        revisions: days(30),
        n_revisions: 2,
        change_sets: days(90),
        conversations: days(180),
        cases: days(180),
        deliveries: days(30),
        feedback: days(180),
    };
    on_both(|place| async move {
        let store = place.open().await;
        for number in 0..6 {
            published(&store, &format!("r{number}"), &format!("text {number}"), number).await;
        }
        let mut tx = store.write().await.unwrap();
        // Nothing is old yet.
        let taken = retention::run(&mut *tx, &keep, at(100)).await.unwrap();
        assert_eq!((taken.revisions, taken.files), (0, 0));
        let taken = retention::run(&mut *tx, &keep, at(0) + days(31)).await.unwrap();
        assert_eq!((taken.revisions, taken.files), (4, 4));
        let left: Vec<String> =
            revisions::list(&mut *tx, 10).await.unwrap().into_iter().map(|revision| revision.id).collect();
        assert_eq!(left, ["r5", "r4"]);
        assert!(revisions::files(&mut *tx, "r4").await.unwrap().unwrap()[0].bytes == b"text 4");
        assert_eq!(revisions::live(&mut *tx).await.unwrap().unwrap().seq, 6);
    });
}

#[test]
fn the_audit_is_only_ever_added_to() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let sql = "INSERT INTO audit (seq, at, actor, action, subject, event, previous, hash) \
                   VALUES (1, 0, 'a', 'b', 'c', '{}', '', 'h')";
        tx.execute(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
        for sql in ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"] {
            let mut tx = store.write().await.unwrap();
            let refused = tx.execute(sql, &[]).await.unwrap_err().to_string();
            assert!(refused.contains("only ever added to"), "{refused}");
        }
    });
}

#[test]
fn both_databases_have_the_same_tables() {
    use std::sync::Mutex;
    let seen: Mutex<Vec<BTreeMap<String, Vec<String>>>> = Mutex::default();
    on_both(|place| {
        let seen = &seen;
        async move {
            let store = place.open().await;
            let sql = if super::is_postgres(&store) {
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' \
                 ORDER BY table_name, ordinal_position"
            } else {
                "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' \
                 ORDER BY m.name, c.cid"
            };
            let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for row in store.read().await.unwrap().rows(sql, &[]).await.unwrap() {
                tables.entry(row.text(0).unwrap()).or_default().push(row.text(1).unwrap());
            }
            tables.remove("_sqlx_migrations");
            assert!(tables.len() > 15);
            seen.lock().unwrap().push(tables);
        }
    });
    let seen = seen.into_inner().unwrap();
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
}

#[test]
fn values_of_every_kind_come_back_as_they_went_in() {
    on_both(|place| async move {
        let store = place.open().await;
        let sql = "INSERT INTO tokens (id, digest, name, scopes, created_by, created_at, expires_at, revoked_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
        let mut tx = store.write().await.unwrap();
        let name = "O'Brien\"; DROP TABLE tokens; -- 退款 😀 \u{202e}";
        let values: [Value; 7] =
            ["t".into(), "d".into(), name.into(), "".into(), "x".into(), i64::MAX.into(), Value::Integer(None)];
        tx.execute(sql, &values).await.unwrap();
        let rows = tx.rows("SELECT name, scopes, created_at, expires_at FROM tokens", &[]).await.unwrap();
        let row = &rows[0];
        assert_eq!((row.text(0).unwrap().as_str(), row.text(1).unwrap().as_str()), (name, ""));
        assert_eq!((row.integer(2).unwrap(), row.optional_integer(3).unwrap()), (i64::MAX, None));
        assert!(row.text(2).is_err() && row.integer(0).is_err() && row.bytes(9).is_err());
    });
}
