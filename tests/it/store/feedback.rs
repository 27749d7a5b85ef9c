//! What customers think, and what they answer to surveys, whichever database it is on.

use std::collections::BTreeMap;

use yingda::desk::feedback::{Opinion, Ratings, Topic, UnhelpfulReason};
use yingda::desk::surveys::{SurveyAnswer, SurveyAnswers};
use yingda::store::feedback::{self, ALL_OF_IT, Feedback, Sum, Wanted};
use yingda::store::surveys::{self, Answered, Counts};

use super::{at, on_both};

fn about(conversation: &str, message_seq: i64, entry: Option<&str>, seconds: i64) -> Feedback {
    let topic = Topic {
        entry: entry.map(str::to_owned),
        decision: Some("answer".to_owned()),
        revision: Some("r1".to_owned()),
        ..Topic::default()
    };
    Feedback { conversation: conversation.to_owned(), message_seq, topic, opinion: Opinion::default(), at: at(seconds) }
}

#[test]
fn a_later_word_about_a_message_replaces_the_earlier_one_and_leaves_what_it_does_not_mention() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        let mut said = about("c", 2, Some("refund-time"), 1);
        said.opinion = Opinion { helpful: Some(false), reason: Some(UnhelpfulReason::Wrong), ..Opinion::default() };
        feedback::keep(&mut *tx, &said).await.unwrap();
        let ratings = Ratings { attitude: Some(5), ..Ratings::default() };
        said.opinion = Opinion { ratings, comment: Some("慢".to_owned()), ..Opinion::default() };
        said.at = at(2);
        feedback::keep(&mut *tx, &said).await.unwrap();
        let kept = feedback::list(&mut *tx, &Wanted::default(), 10).await.unwrap();
        let [one] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((one.opinion.helpful, one.opinion.reason), (Some(false), Some(UnhelpfulReason::Wrong)));
        assert_eq!((one.opinion.ratings, one.opinion.comment.as_deref(), one.at), (ratings, Some("慢"), at(2)));
        assert_eq!((one.topic.clone(), one.message_seq), (said.topic.clone(), 2));
        said.opinion = Opinion { helpful: Some(true), ..Opinion::default() };
        feedback::keep(&mut *tx, &said).await.unwrap();
        let kept = feedback::list(&mut *tx, &Wanted::default(), 10).await.unwrap();
        let opinion = &kept[0].opinion;
        assert_eq!((opinion.helpful, opinion.reason, opinion.ratings.attitude), (Some(true), None, Some(5)));
    });
}

#[test]
fn opinions_are_found_page_by_page_summed_up_and_forgotten() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        for (number, helpful, reason) in [
            (1, true, None),
            (2, false, Some(UnhelpfulReason::Unclear)),
            (3, false, Some(UnhelpfulReason::Unclear)),
            (4, true, None),
        ] {
            // Two at the same instant.
            let mut said = about(&format!("c{number}"), 2, Some("refund-time"), number / 2);
            said.opinion = Opinion { helpful: Some(helpful), reason, ..Opinion::default() };
            feedback::keep(&mut *tx, &said).await.unwrap();
        }
        let mut all = about("c1", ALL_OF_IT, None, 3);
        all.topic.agent = Some("user_li".to_owned());
        let ratings = Ratings { response_time: Some(5), attitude: None, resolution: Some(2) };
        all.opinion = Opinion { ratings, again: Some(true), ..Opinion::default() };
        feedback::keep(&mut *tx, &all).await.unwrap();

        let mut wanted = Wanted { entry: Some("refund-time".to_owned()), ..Wanted::default() };
        let mut seen = Vec::new();
        loop {
            let page = feedback::list(&mut *tx, &wanted, 1).await.unwrap();
            let Some(last) = page.last() else { break };
            seen.push(last.conversation.clone());
            wanted.before = Some((last.at, last.conversation.clone(), last.message_seq));
        }
        assert_eq!(seen, ["c4", "c3", "c2", "c1"]);
        let found = async |tx: &mut dyn yingda::store::database::Transaction, wanted: Wanted| {
            feedback::list(tx, &wanted, 10).await.unwrap().len()
        };
        let of = |agents: &[&str]| Wanted {
            only_agents: Some(agents.iter().map(|agent| (*agent).to_owned()).collect()),
            ..Wanted::default()
        };
        assert_eq!(found(&mut *tx, Wanted { agent: Some("user_li".to_owned()), ..Wanted::default() }).await, 1);
        assert_eq!((found(&mut *tx, of(&[])).await, found(&mut *tx, of(&["user_li"])).await), (4, 5));
        assert_eq!(found(&mut *tx, Wanted { from: Some(at(1)), until: Some(at(2)), ..Wanted::default() }).await, 2);

        let (overall, entries) = feedback::sums(&mut *tx, at(0), at(10)).await.unwrap();
        assert_eq!((overall.n, overall.helpful), (5, Sum { n: 4, sum: 2 }));
        assert_eq!((overall.response_time, overall.attitude), (Sum { n: 1, sum: 5 }, Sum::default()));
        assert_eq!((overall.resolution, overall.again), (Sum { n: 1, sum: 2 }, Sum { n: 1, sum: 1 }));
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].entry.as_deref(), entries[0].n), (Some("refund-time"), 4));
        let reasons = feedback::reasons(&mut *tx, at(0), at(10)).await.unwrap();
        assert_eq!((reasons.len(), reasons[0].reason, reasons[0].n), (1, UnhelpfulReason::Unclear, 2));
        assert_eq!(feedback::sums(&mut *tx, at(20), at(30)).await.unwrap().0.n, 0);

        assert_eq!(feedback::forget(&mut *tx, at(2)).await.unwrap(), 3);
        assert_eq!(found(&mut *tx, Wanted::default()).await, 2);
    });
}

fn answered(visitor: &str, seconds: i64, points: u8) -> Answered {
    Answered {
        visitor: visitor.to_owned(),
        at: at(seconds),
        revision: "r1".to_owned(),
        language: "zh-CN".to_owned(),
        answers: SurveyAnswers::from([
            ("satisfied".to_owned(), SurveyAnswer::Scale(points)),
            ("wish".to_owned(), SurveyAnswer::Text("快\u{0}点".to_owned())),
        ]),
    }
}

#[test]
fn a_survey_is_shown_again_only_after_its_time_and_answered_once_each_time() {
    on_both(|place| async move {
        let store = place.open().await;
        let mut tx = store.write().await.unwrap();
        assert!(surveys::show(&mut *tx, "habits", "a", None, at(0)).await.unwrap());
        assert!(!surveys::show(&mut *tx, "habits", "a", None, at(9)).await.unwrap());
        assert!(!surveys::show(&mut *tx, "habits", "a", Some(at(-1)), at(9)).await.unwrap());
        assert!(surveys::answer(&mut *tx, "habits", &answered("a", 10, 4)).await.unwrap());
        assert!(!surveys::answer(&mut *tx, "habits", &answered("a", 11, 1)).await.unwrap());
        surveys::decline(&mut *tx, "habits", "a", at(11)).await.unwrap();
        assert!(surveys::show(&mut *tx, "habits", "a", Some(at(0)), at(20)).await.unwrap(), "again");
        let shown = surveys::shown_to(&mut *tx, ["b", "a"]).await.unwrap();
        assert_eq!((shown.len(), shown[0].shown_at, shown[0].answered_at), (1, at(20), None));
        assert!(surveys::answer(&mut *tx, "habits", &answered("a", 21, 5)).await.unwrap());
        assert!(surveys::answer(&mut *tx, "habits", &answered("b", 22, 3)).await.unwrap(), "shown it elsewhere");
        assert!(surveys::show(&mut *tx, "other", "a", None, at(30)).await.unwrap());
        for _ in 0..2 {
            surveys::decline(&mut *tx, "other", "a", at(31)).await.unwrap();
        }
        let counts = |survey: &str, n_shown, n_answered, n_declined| Counts {
            survey: survey.to_owned(),
            n_shown,
            n_answered,
            n_declined,
        };
        assert_eq!(surveys::counts(&mut *tx).await.unwrap(), [counts("habits", 3, 3, 0), counts("other", 1, 0, 1)]);
        let first = surveys::answers(&mut *tx, "habits", None, 2).await.unwrap();
        assert_eq!(first, [answered("b", 22, 3), answered("a", 21, 5)]);
        let rest = surveys::answers(&mut *tx, "habits", first.last(), 2).await.unwrap();
        assert_eq!(rest, [answered("a", 10, 4)]);

        assert_eq!(surveys::forget(&mut *tx, at(22)).await.unwrap(), 2);
        let left: BTreeMap<String, i64> =
            surveys::counts(&mut *tx).await.unwrap().into_iter().map(|one| (one.survey, one.n_answered)).collect();
        assert_eq!(left, BTreeMap::from([("habits".to_owned(), 1), ("other".to_owned(), 0)]));
    });
}
