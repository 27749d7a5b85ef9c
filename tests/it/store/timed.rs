//! Timed publications, whichever database they are on.

use jiff::SignedDuration;
use yingda::people::actor::ActorKind;
use yingda::store::drafts;
use yingda::store::error::StoreError;
use yingda::store::timed::{self, End, Reason, State, TimedPublication};

use super::{PATIENCE, at, on_both};

fn of_set(id: &str, change_set: &str, due: i64) -> TimedPublication {
    TimedPublication {
        id: id.to_owned(),
        change_set: change_set.to_owned(),
        due_at: at(due),
        actor: "user:li".to_owned(),
        actor_kind: ActorKind::User,
        address: Some("203.0.113.9".to_owned()),
        note: "元旦 🎉".to_owned(),
        forced: true,
        revision: "r2".to_owned(),
        held: "hash".to_owned(),
        state: State::Waiting,
        reason: None,
        created_at: at(0),
        ended_at: None,
    }
}

#[test]
fn one_waits_for_a_change_set_and_ends_once() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let (first, other) = (of_set("t1", "s1", 100), of_set("t3", "s2", 50));
        timed::add(&mut *tx, &first).await.unwrap();
        timed::add(&mut *tx, &other).await.unwrap();
        assert_eq!(timed::get(&mut *tx, "t1").await.unwrap(), Some(first.clone()), "it comes back as it was");
        assert_eq!(timed::waiting(&mut *tx).await.unwrap(), [other, first.clone()], "the next one first");
        tx.commit().await.unwrap();

        let mut tx = store.write().await.unwrap();
        let second = timed::add(&mut *tx, &of_set("t2", "s1", 200)).await;
        assert!(matches!(second, Err(StoreError::Conflict)), "{second:?}");
        drop(tx);

        let mut tx = store.write().await.unwrap();
        assert!(timed::end(&mut *tx, "t1", End::Not(Reason::Replaced), at(10)).await.unwrap());
        assert!(!timed::end(&mut *tx, "t1", End::Live, at(11)).await.unwrap(), "once");
        timed::add(&mut *tx, &of_set("t2", "s1", 200)).await.unwrap();
        assert_eq!(timed::waiting_of(&mut *tx, "s1").await.unwrap().unwrap().id, "t2");
        assert!(timed::end(&mut *tx, "t3", End::Live, at(60)).await.unwrap());
        let ended = timed::ended(&mut *tx, 10).await.unwrap();
        let told: Vec<_> = ended.iter().map(|one| (one.id.as_str(), one.state, one.reason, one.ended_at)).collect();
        assert_eq!(
            told,
            [
                ("t3", State::Published, None, Some(at(60))),
                ("t1", State::Withdrawn, Some(Reason::Replaced), Some(at(10)))
            ]
        );
        assert_eq!(timed::ended(&mut *tx, 1).await.unwrap().len(), 1);
        timed::forget(&mut *tx, at(60)).await.unwrap();
        let left: Vec<_> = timed::ended(&mut *tx, 10).await.unwrap().into_iter().map(|one| one.id).collect();
        assert_eq!(left, ["t3"], "what ended before");
        assert_eq!(timed::waiting(&mut *tx).await.unwrap().len(), 1, "what waits is not forgotten");
    });
}

#[test]
fn a_claim_is_one_workers_until_it_runs_out() {
    on_both(|place| async move {
        let store = place.open().await;
        let engine = store.engine();
        let mut tx = store.write().await.unwrap();
        timed::add(&mut *tx, &of_set("t1", "s1", 100)).await.unwrap();
        timed::add(&mut *tx, &of_set("t2", "s2", 101)).await.unwrap();
        tx.commit().await.unwrap();
        let claim = async |worker: &str, now: i64| {
            let mut tx = store.write().await.unwrap();
            let until = at(now) + SignedDuration::from_secs(30);
            let claimed = timed::claim(&mut *tx, engine, worker, at(now), until).await.unwrap();
            tx.commit().await.unwrap();
            claimed.map(|timed| timed.id)
        };
        assert_eq!(claim("a", 99).await, None, "not before its time");
        assert_eq!(claim("a", 100).await.as_deref(), Some("t1"));
        assert_eq!(claim("b", 100).await, None);
        assert_eq!(claim("b", 101).await.as_deref(), Some("t2"), "the next one");
        let mut tx = store.write().await.unwrap();
        assert!(timed::hold(&mut *tx, "t1", "a", at(140)).await.unwrap());
        assert!(!timed::hold(&mut *tx, "t1", "b", at(500)).await.unwrap(), "another's");
        tx.commit().await.unwrap();
        assert_eq!(claim("b", 135).await.as_deref(), Some("t2"), "what was not held on to");
        assert_eq!(claim("b", 140).await.as_deref(), Some("t1"));
        let mut tx = store.write().await.unwrap();
        assert!(!timed::hold(&mut *tx, "t1", "a", at(500)).await.unwrap(), "it is another's by now");
        assert!(timed::end(&mut *tx, "t1", End::Live, at(141)).await.unwrap());
        assert!(timed::end(&mut *tx, "t2", End::Not(Reason::Gate), at(141)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim("b", 900).await, None, "what has ended is not due");
    });
}

#[test]
fn of_workers_that_come_at_once_each_claims_another() {
    on_both(|place| async move {
        let store = std::sync::Arc::new(place.open().await);
        let mut tx = store.write().await.unwrap();
        for number in 0..6 {
            timed::add(&mut *tx, &of_set(&format!("t{number}"), &format!("s{number}"), 100)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let workers: Vec<_> = (0..6)
            .map(|worker| {
                let store = std::sync::Arc::clone(&store);
                tokio::spawn(async move {
                    let mut tx = store.write().await.unwrap();
                    let claimed =
                        timed::claim(&mut *tx, store.engine(), &worker.to_string(), at(100), at(130)).await.unwrap();
                    tx.commit().await.unwrap();
                    claimed.unwrap().id
                })
            })
            .collect();
        let mut claimed = Vec::new();
        for worker in workers {
            claimed.push(tokio::time::timeout(PATIENCE, worker).await.unwrap().unwrap());
        }
        claimed.sort();
        assert_eq!(claimed, ["t0", "t1", "t2", "t3", "t4", "t5"]);
    });
}

#[test]
fn a_change_set_is_held_as_it_was_seen() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let seen = drafts::begin(&mut *tx, "s1", "x", "user:li", at(1)).await.unwrap();
        drafts::hold(&mut *tx, &seen).await.unwrap();
        assert_eq!(drafts::get(&mut *tx, "s1").await.unwrap().unwrap(), seen, "that is no edit");
        drafts::edit(&mut *tx, "s1", "a.md", None, "r1", "user:li", at(2)).await.unwrap();
        assert!(matches!(drafts::hold(&mut *tx, &seen).await, Err(StoreError::Conflict)), "edited since");
        let seen = drafts::get(&mut *tx, "s1").await.unwrap().unwrap();
        drafts::close(&mut *tx, &seen, drafts::Status::Discarded, None, at(3)).await.unwrap();
        assert!(matches!(drafts::hold(&mut *tx, &seen).await, Err(StoreError::Conflict)), "closed");
    });
}
