//! Conversations, who talks in them, and cases, whichever database they are on.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use yingda::desk::case::Case;
use yingda::desk::case_steps::CaseStep;
use yingda::desk::owner::{About, Move, Owner, Place};
use yingda::dialogue::effects::{CaseDraft, CaseStatus};
use yingda::dialogue::state::Held;
use yingda::knowledge::content::Content;
use yingda::knowledge::intent::{CaseKind, IntentName, Priority};
use yingda::store::blocks::{self, Stored};
use yingda::store::cases::{self, Entry, Wanted};
use yingda::store::conversations::{self, Change, Conversation, Identified};
use yingda::store::database::Transaction;
use yingda::store::error::StoreError;
use yingda::store::idempotency::{self, Begun};

use super::{at, on_both};

pub fn conversation(id: &str) -> Conversation {
    let text = |text: &str| text.to_owned();
    Conversation {
        id: text(id),
        token: text("digest"),
        owner: Owner::Bot,
        channel: text("web"),
        language: None,
        context: text("{}"),
        state: text("{}"),
        version: 0,
        last_seq: 0,
        created_at: at(1),
        updated_at: at(1),
        subject: None,
        identity: None,
        spoke_at: at(1),
        closed_idle_at: None,
        department: None,
        agent: None,
        reason: None,
    }
}

pub fn case(number: &str, conversation: &str) -> Case {
    let slots = BTreeMap::from([("order_number".to_owned(), Held::plain("CG1"))]);
    let (intent, department) = (IntentName("refund.request".to_owned()), "refunds".to_owned());
    let draft = CaseDraft { kind: CaseKind::Refund, department, intent, slots, priority: Priority::High };
    Case::open(number, &draft, conversation, &Content::default(), at(2))
}

/// In the queue of refunds since the beginning.
static QUEUED: LazyLock<Owner> = LazyLock::new(|| {
    let about = About::default();
    Owner::Queue(Place { department: "refunds".to_owned(), priority: Priority::Normal, since: at(1), number: 0, about })
});

fn change(version: i64, now: i64) -> Change<'static> {
    Change { version, owner: &QUEUED, state: "{\"a\":1}", now: at(now) }
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
        assert_eq!((kept.version, kept.last_seq, &kept.owner, kept.updated_at), (2, 3, &*QUEUED, at(4)));
        let events = conversations::events(&mut *tx, "c", 1, 10).await.unwrap();
        let told: Vec<(i64, &str)> = events.iter().map(|event| (event.seq, event.data.as_str())).collect();
        assert_eq!(told, [(2, "2"), (3, "3")]);
        let changed = conversations::changed_since(&mut *tx, at(4)).await.unwrap();
        assert_eq!(changed.iter().map(|changed| changed.id.as_str()).collect::<Vec<_>>(), ["c"]);
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
            assert_eq!(cases::count(&mut *tx, CaseKind::Refund, "2026-11-23").await.unwrap(), expected);
        }
        assert_eq!(cases::count(&mut *tx, CaseKind::Refund, "2026-11-24").await.unwrap(), 1);
        for id in ["open", "ended"] {
            conversations::begin(&mut *tx, &conversation(id)).await.unwrap();
            cases::open(&mut *tx, &case(&format!("RF-{id}"), id), id).await.unwrap();
        }
        let entry = Entry { actor: "open", what: "added", text: "更\u{0}多", now: at(3) };
        let read = cases::get(&mut *tx, "RF-open").await.unwrap().unwrap();
        assert_eq!(read, case("RF-open", "open"), "as it was opened");
        cases::change(&mut *tx, &read, &entry).await.unwrap();
        let stale = cases::change(&mut *tx, &read, &entry).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
        let history = cases::history(&mut *tx, "RF-open").await.unwrap();
        let what: Vec<(i64, &str)> = history.iter().map(|one| (one.seq, one.what.as_str())).collect();
        assert_eq!(what, [(1, "opened"), (2, "added")]);
        assert_eq!(history[1].text, "更多", "without what PostgreSQL does not keep");
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

#[test]
fn a_case_is_read_as_it_was_written_found_and_looked_at_when_it_is_due() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let content = Content::default();
        for number in ["RF-1", "RF-2", "RF-3"] {
            let mut new = case(number, "c");
            new.clock.promise.first_reply = Some(at(10));
            cases::open(&mut *tx, &new, "c").await.unwrap();
        }
        let mut asked = cases::get(&mut *tx, "RF-2").await.unwrap().unwrap();
        asked.step(CaseStep::TakeUp, &content, at(3)).unwrap();
        asked.ask_to_confirm("128 CNY", "尾号 1234", &content, at(4)).unwrap();
        asked.assignee = Some("user_1".to_owned());
        let entry = Entry { actor: "user_1", what: "asked_to_confirm", text: "", now: at(4) };
        cases::change(&mut *tx, &asked, &entry).await.unwrap();
        let read = cases::get(&mut *tx, "RF-2").await.unwrap().unwrap();
        assert_eq!(read, Case { version: 1, updated_at: at(4), ..asked });
        let found = async |tx: &mut dyn Transaction, wanted: Wanted, limit| {
            let found = cases::list(tx, &wanted, limit).await.unwrap();
            found.into_iter().map(|case| case.number).collect::<Vec<_>>()
        };
        let all = Wanted::default();
        assert_eq!(found(&mut *tx, all.clone(), 2).await, ["RF-3", "RF-2"], "the newest first");
        let before = Some((at(2), "RF-2".to_owned()));
        assert_eq!(found(&mut *tx, Wanted { before, ..all.clone() }, 2).await, ["RF-1"]);
        let status = Some(CaseStatus::WaitingCustomer);
        let (kind, assignee, order_number) =
            (Some(CaseKind::Refund), Some("user_1".to_owned()), Some("CG1".to_owned()));
        let departments = vec!["risk".to_owned(), "refunds".to_owned()];
        let wanted = Wanted { kind, status, departments, assignee, order_number, ..all.clone() };
        assert_eq!(found(&mut *tx, wanted, 9).await, ["RF-2"]);
        assert!(found(&mut *tx, Wanted { only_late: true, ..all.clone() }, 9).await.is_empty());
        assert!(found(&mut *tx, Wanted { departments: vec!["risk".to_owned()], ..all }, 9).await.is_empty());
        assert!(cases::due(&mut *tx, at(10), 9).await.unwrap().is_empty());
        let due = cases::due(&mut *tx, at(11), 9).await.unwrap();
        assert_eq!(due.len(), 2, "not the one that somebody has replied to");
        assert!(cases::receive(&mut *tx, "msg_1", at(5)).await.unwrap());
        assert!(!cases::receive(&mut *tx, "msg_1", at(6)).await.unwrap(), "once");
        tx.commit().await.unwrap();
    });
}

#[test]
fn a_subject_has_the_cases_of_all_its_conversations_and_a_token_opens_one() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for (id, subject) in [("a", Some("user-42")), ("b", None), ("c", Some("user-43"))] {
            let token = format!("digest of {id}");
            let new = Conversation { token, subject: subject.map(ToOwned::to_owned), ..conversation(id) };
            conversations::begin(&mut *tx, &new).await.unwrap();
            cases::open(&mut *tx, &case(&format!("RF-{id}"), id), id).await.unwrap();
        }
        let who = Identified { version: 0, subject: "user-42", identity: "{}", token: "new digest", now: at(5) };
        conversations::identify(&mut *tx, "b", &who).await.unwrap();
        let stale = conversations::identify(&mut *tx, "b", &who).await;
        assert!(matches!(stale, Err(StoreError::Conflict)), "{stale:?}");
        let numbers = |cases: Vec<Case>| cases.into_iter().map(|case| case.number).collect::<Vec<_>>();
        assert_eq!(numbers(cases::of_subject(&mut *tx, "user-42").await.unwrap()), ["RF-a", "RF-b"]);
        assert!(cases::of_subject(&mut *tx, "user-44").await.unwrap().is_empty());
        assert_eq!(conversations::by_token(&mut *tx, "new digest").await.unwrap().unwrap().id, "b");
        assert_eq!(conversations::by_token(&mut *tx, "digest of b").await.unwrap(), None);
    });
}

#[test]
fn the_silent_are_found_in_their_order_page_by_page_and_no_others() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let agent = QUEUED.after(&Move::Claim { agent: "user_1".to_owned() }, at(2)).unwrap();
        for (id, owner, spoke_at) in [
            ("a", Owner::Bot, 5),
            ("b", agent, 3),
            ("c", Owner::Nobody, 1),
            ("d", QUEUED.clone(), 5),
            ("e", Owner::Bot, 9),
        ] {
            let new = Conversation { owner, spoke_at: at(spoke_at), ..conversation(id) };
            conversations::begin(&mut *tx, &new).await.unwrap();
        }
        let ids = |page: &[Conversation]| page.iter().map(|one| one.id.clone()).collect::<Vec<_>>();
        let first = conversations::silent(&mut *tx, at(5), None, 2).await.unwrap();
        assert_eq!(ids(&first), ["b", "a"]);
        let rest = conversations::silent(&mut *tx, at(5), first.last(), 2).await.unwrap();
        assert_eq!(ids(&rest), ["d"]);
        conversations::note_idle_end(&mut *tx, "b", at(6)).await.unwrap();
        assert_eq!(conversations::get(&mut *tx, "b").await.unwrap().unwrap().closed_idle_at, Some(at(6)));
        conversations::note_spoken(&mut *tx, "b", at(7)).await.unwrap();
        let spoken = conversations::get(&mut *tx, "b").await.unwrap().unwrap();
        assert_eq!((spoken.spoke_at, spoken.closed_idle_at), (at(7), None));
    });
}

#[test]
fn a_request_is_kept_once_under_its_name_and_for_its_time() {
    on_both(|place| async move {
        let store = place.open().await;
        let begun = |conversation: &str| {
            let text = |text: &str| text.to_owned();
            Begun { hash: b"hash".to_vec(), conversation: text(conversation), sealed: text("sealed") }
        };
        let keep = async |conversation: &str, since: i64, now: i64| {
            let mut tx = store.write().await?;
            idempotency::keep(&mut *tx, "name", &begun(conversation), (at(since), at(now))).await?;
            tx.commit().await
        };
        keep("a", 0, 10).await.unwrap();
        let again = keep("b", 0, 11).await;
        assert!(matches!(again, Err(StoreError::Conflict)), "{again:?}");
        let found = async |since: i64| {
            let found = idempotency::find(&mut *store.read().await.unwrap(), "name", at(since)).await.unwrap();
            found.map(|begun| begun.conversation)
        };
        assert_eq!((found(10).await.as_deref(), found(11).await), (Some("a"), None));
        keep("b", 11, 20).await.unwrap();
        assert_eq!(found(0).await.as_deref(), Some("b"), "what was too old has made room");
        let mut tx = store.write().await.unwrap();
        idempotency::forget_of(&mut *tx, "a").await.unwrap();
        assert_eq!(idempotency::forget_before(&mut *tx, at(20)).await.unwrap(), 0);
        assert_eq!(idempotency::forget_before(&mut *tx, at(21)).await.unwrap(), 1);
    });
}

#[test]
fn blocks_are_counted_kept_once_and_forgotten_when_they_have_ended() {
    on_both(|place| async move {
        let store = place.open().await;
        let block = |id: &str, value: &str, expires_at: Option<i64>, now: i64| {
            let text = |text: &str| text.to_owned();
            let (kind, reason, actor) = (text("visitor"), text("骚扰"), text("user_li"));
            Stored {
                id: text(id),
                kind,
                value: text(value),
                reason,
                expires_at: expires_at.map(at),
                actor,
                at: at(now),
            }
        };
        let add = async |block: &Stored| {
            let mut tx = store.write().await?;
            blocks::add(&mut *tx, block).await?;
            tx.commit().await
        };
        let (first, second) = (block("1", "v-1", Some(10), 1), block("2", "v-2", None, 2));
        add(&first).await.unwrap();
        add(&second).await.unwrap();
        let same = add(&block("3", "v-1", None, 3)).await;
        assert!(matches!(same, Err(StoreError::Conflict)), "{same:?}");
        let mut tx = store.read().await.unwrap();
        assert_eq!(blocks::serial(&mut *tx).await.unwrap(), 2);
        assert_eq!(blocks::list(&mut *tx).await.unwrap(), [second.clone(), first]);
        drop(tx);
        add(&block("4", "v-1", None, 10)).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(blocks::remove(&mut *tx, "2").await.unwrap(), Some(second));
        assert_eq!(blocks::remove(&mut *tx, "2").await.unwrap(), None);
        assert_eq!(blocks::serial(&mut *tx).await.unwrap(), 4);
        assert_eq!(blocks::list(&mut *tx).await.unwrap().len(), 1);
    });
}
