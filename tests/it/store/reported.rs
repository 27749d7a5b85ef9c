//! What reports read, whichever database it is on: cases of a period page by page, broken promises, improvements.

use std::collections::BTreeMap;

use yingda::desk::case::Case;
use yingda::desk::improvements::Improvement;
use yingda::desk::promises::Late;
use yingda::desk::reports::{BrokenPromise, Period};
use yingda::dialogue::effects::CaseDraft;
use yingda::dialogue::state::Held;
use yingda::knowledge::content::Content;
use yingda::knowledge::intent::{CaseKind, IntentName, Priority};
use yingda::store::cases;
use yingda::store::improvements::{self, Which};
use yingda::store::reported::{Counted, note_broken, opened_between};

use super::{at, on_both};

fn case(number: &str, kind: CaseKind, department: &str, opened: i64) -> Case {
    let slots = BTreeMap::from([("reason".to_owned(), Held::plain("merchant"))]);
    let intent = IntentName("complaint.file".to_owned());
    let draft = CaseDraft { kind, department: department.to_owned(), intent, slots, priority: Priority::Normal };
    Case::open(number, &draft, "", &Content::default(), at(opened))
}

#[test]
fn cases_of_a_period_are_read_page_by_page_with_the_promises_broken_on_the_way() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        use CaseKind::{Complaint, Refund};
        for new in [
            case("CP-1", Complaint, "complaints", 9),
            case("CP-2", Complaint, "complaints", 10),
            case("CP-3", Complaint, "legal", 10),
            case("RF-1", Refund, "refunds", 11),
            case("CP-4", Complaint, "complaints", 19),
            case("CP-5", Complaint, "complaints", 20),
        ] {
            cases::open(&mut *tx, &new, "user_li").await.unwrap();
        }
        let broken = |late, department: &str| BrokenPromise { late, department: department.to_owned() };
        for broken in [broken(Late::Resolve, "refunds"), broken(Late::FirstReply, "refunds")] {
            note_broken(&mut *tx, "RF-1", &broken, at(12)).await.unwrap();
            note_broken(&mut *tx, "RF-1", &broken, at(13)).await.unwrap();
        }
        let period = Period { from: at(10), until: at(20) };
        let mut all = Counted { kind: None, departments: Vec::new(), period };
        let (first, end) = opened_between(&mut *tx, &all, None, 3).await.unwrap();
        let (second, last) = opened_between(&mut *tx, &all, end.as_ref(), 3).await.unwrap();
        let shown: Vec<_> = first.iter().chain(&second).map(|case| (case.kind, case.department.as_str())).collect();
        let expected =
            [(Complaint, "complaints"), (Complaint, "legal"), (Refund, "refunds"), (Complaint, "complaints")];
        assert_eq!(shown, expected);
        assert_eq!((end, last), (Some((at(11), "RF-1".to_owned())), None));
        assert_eq!(first[0].reason.as_deref(), Some("merchant"));
        assert_eq!(first[2].reason, None, "only complaints are asked whom they are about");
        assert_eq!(first[2].broken, [broken(Late::FirstReply, "refunds"), broken(Late::Resolve, "refunds")]);
        assert_eq!(first[0].broken, []);

        (all.kind, all.departments) = (Some(Complaint), vec!["legal".to_owned(), "refunds".to_owned()]);
        let (legal, _) = opened_between(&mut *tx, &all, None, 3).await.unwrap();
        assert_eq!(legal.len(), 1);
        tx.execute("UPDATE cases SET status = 'done'", &[]).await.unwrap();
        assert_eq!(cases::forget(&mut *tx, at(99)).await.unwrap(), 6);
        assert!(tx.rows("SELECT number FROM broken_promises", &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();
    });
}

#[test]
fn improvements_are_kept_changed_and_found_by_how_they_stand() {
    on_both(|place| async move {
        let store = place.open().await;
        let improvement = |id: &str, done: Option<i64>, created: i64| Improvement {
            id: id.to_owned(),
            cause: "退款超时".to_owned(),
            action: "加人".to_owned(),
            owner: "退款组".to_owned(),
            due_on: done.map(|_| "2026-12-31".parse().unwrap()),
            done_at: done.map(at),
            created_at: at(created),
            created_by: "user_li".to_owned(),
            note: String::new(),
        };
        let (open, done) = (improvement("1", None, 1), improvement("2", Some(9), 1));
        let mut tx = store.write().await.unwrap();
        for one in [&open, &done] {
            improvements::add(&mut *tx, one).await.unwrap();
        }
        for (which, expected) in
            [(Which::All, vec![&done, &open]), (Which::Open, vec![&open]), (Which::Done, vec![&done])]
        {
            let found = improvements::list(&mut *tx, which, None, 9).await.unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        }
        let after = (at(1), "2".to_owned());
        let later = improvements::list(&mut *tx, Which::All, Some(&after), 9).await.unwrap();
        assert_eq!(later, std::slice::from_ref(&open));
        let changed = Improvement { done_at: Some(at(5)), note: "上线".to_owned(), ..open };
        improvements::put(&mut *tx, &changed).await.unwrap();
        assert_eq!(improvements::get(&mut *tx, "1").await.unwrap(), Some(changed));
        assert_eq!(improvements::get(&mut *tx, "3").await.unwrap(), None);
        tx.commit().await.unwrap();
    });
}
