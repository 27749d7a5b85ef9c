//! What editors learn from: topics that rise, revisions that are compared, what agents propose; whichever database it is on.

use jiff::SignedDuration;
use yingda::desk::feedback::{Opinion, Topic};
use yingda::store::comparisons::{self, Comparison};
use yingda::store::error::StoreError;
use yingda::store::feedback::{self, Feedback};
use yingda::store::notes::{self, Proposal};
use yingda::store::retention::{self, Keep};
use yingda::store::topics::{self, Alarm};
use yingda::store::{conversations, revisions};

use super::conversations::conversation;
use super::{at, file, on_both};

#[test]
fn topics_are_counted_by_stretches_and_an_alarm_is_raised_once() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for (stretch, topic, n) in
            [(7, "refund-time", 2), (7, "refund-time", 3), (8, "refund-time", 4), (9, "fallback", 1)]
        {
            topics::add(&mut *tx, stretch, topic, n).await.unwrap();
        }
        let counted = topics::between(&mut *tx, 7, 9).await.unwrap();
        assert_eq!(counted.into_iter().collect::<Vec<_>>(), [("refund-time".to_owned(), 9)]);
        assert_eq!(topics::first(&mut *tx, 0).await.unwrap(), Some(7));
        topics::forget(&mut *tx, 9).await.unwrap();
        assert_eq!(topics::first(&mut *tx, 0).await.unwrap(), Some(9));
        let alarm = |seconds| Alarm { topic: "refund-time".to_owned(), at: at(seconds), n: 60, usual_tenths: 95 };
        assert!(topics::raise(&mut *tx, &alarm(10), at(0)).await.unwrap());
        assert!(!topics::raise(&mut *tx, &alarm(20), at(0)).await.unwrap());
        assert!(topics::raise(&mut *tx, &alarm(30), at(25)).await.unwrap(), "it was quiet for long enough");
        assert_eq!(topics::alarms(&mut *tx, at(5), 10).await.unwrap(), [alarm(30), alarm(10)]);
        assert_eq!(topics::alarms(&mut *tx, at(20), 10).await.unwrap(), [alarm(30)]);
    });
}

#[test]
fn a_comparison_counts_the_conversations_of_its_time_and_leaves_nothing_behind() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        revisions::put(&mut *tx, "tried", &[file("knowledge-base/a/b.md", "text")], 1, at(0)).await.unwrap();
        let comparison = Comparison {
            id: "cmp_1".to_owned(),
            revision: "tried".to_owned(),
            against: "live".to_owned(),
            share: 10,
            engine: "e1".to_owned(),
            started_at: at(100),
            started_by: "user:li".to_owned(),
            note: String::new(),
            ended_at: None,
            ended_how: None,
        };
        comparisons::begin(&mut *tx, &comparison).await.unwrap();
        assert_eq!(comparisons::running(&mut *tx).await.unwrap(), Some(comparison.clone()));
        tx.commit().await.unwrap();
        let mut second = store.write().await.unwrap();
        let other = Comparison { id: "cmp_2".to_owned(), ..comparison.clone() };
        let refused = comparisons::begin(&mut *second, &other).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "one at a time: {refused:?}");
        drop(second);
        let mut tx = store.write().await.unwrap();
        for (id, seconds, department, last_seq) in [
            ("early", 99, None, 2),
            ("a", 100, None, 2),
            ("b", 100, Some("refunds"), 3),
            ("silent", 110, None, 0),
            ("late", 200, None, 2),
        ] {
            let department = department.map(str::to_owned);
            let created_at = at(seconds);
            let token = format!("digest {id}");
            let new = conversations::Conversation { created_at, department, last_seq, token, ..conversation(id) };
            conversations::begin(&mut *tx, &new).await.unwrap();
            let sql = "UPDATE conversations SET last_seq = $1, department = $2 WHERE id = $3";
            tx.execute(sql, &[last_seq.into(), new.department.clone().into(), id.into()]).await.unwrap();
        }
        let during = (at(100), at(200));
        let first = comparisons::conversations(&mut *tx, during, None, 1).await.unwrap();
        let second = comparisons::conversations(&mut *tx, during, first.last(), 10).await.unwrap();
        let told: Vec<_> =
            first.iter().chain(&second).map(|became| (became.conversation.as_str(), became.is_handed_off)).collect();
        assert_eq!(told, [("a", false), ("b", true)]);
        for (id, agent, helpful) in
            [("a", None, true), ("b", Some("user:ann"), true), ("b", None, false), ("early", None, true)]
        {
            let topic = Topic { agent: agent.map(str::to_owned), ..Topic::default() };
            let opinion = Opinion { helpful: Some(helpful), ..Opinion::default() };
            let message_seq = if agent.is_some() { 3 } else { 2 };
            let said = Feedback { conversation: id.to_owned(), message_seq, topic, opinion, at: at(150) };
            feedback::keep(&mut *tx, &said).await.unwrap();
        }
        let mut opinions = comparisons::opinions(&mut *tx, during).await.unwrap();
        opinions.sort();
        assert_eq!(opinions, [("a".to_owned(), true), ("b".to_owned(), false)], "of the bot's answers, in that time");
        assert!(comparisons::end(&mut *tx, "cmp_1", "stopped", at(300)).await.unwrap());
        assert!(!comparisons::end(&mut *tx, "cmp_1", "promoted", at(300)).await.unwrap(), "once");
        assert_eq!(comparisons::running(&mut *tx).await.unwrap(), None);
        comparisons::drop_tried(&mut *tx, "tried").await.unwrap();
        assert!(!revisions::exists(&mut *tx, "tried").await.unwrap());
        assert_eq!(comparisons::list(&mut *tx, 10).await.unwrap()[0].ended_how.as_deref(), Some("stopped"));
    });
}

#[test]
fn what_agents_propose_and_old_alarms_are_forgotten_like_opinions() {
    let days = |n: i64| SignedDuration::from_hours(24 * n);
    let keep = Keep {
        questions: days(14),
        revisions: days(30),
        n_revisions: 2,
        change_sets: days(90),
        conversations: days(180),
        cases: days(180),
        deliveries: days(30),
        feedback: days(100),
    };
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for (id, at) in [("old", at(0)), ("new", at(0) + days(50))] {
            let proposal = Proposal {
                id: id.to_owned(),
                kind: "phrasing".to_owned(),
                entry: None,
                text: "钱呢".to_owned(),
                language: None,
                conversation: None,
                agent: "user:ann".to_owned(),
                at,
            };
            notes::propose(&mut *tx, &proposal).await.unwrap();
            let alarm = Alarm { topic: id.to_owned(), at, n: 10, usual_tenths: 0 };
            topics::raise(&mut *tx, &alarm, at).await.unwrap();
        }
        retention::run(&mut *tx, &keep, at(1) + days(100)).await.unwrap();
        let left: Vec<String> =
            notes::proposals(&mut *tx, 10).await.unwrap().into_iter().map(|proposal| proposal.id).collect();
        assert_eq!(left, ["new"]);
        assert_eq!(topics::alarms(&mut *tx, at(0), 10).await.unwrap().len(), 1);
    });
}
