//! Which survey is due, as a table, and which answers can be.

use serde_json::json;

use super::*;
use crate::knowledge::content::Localised;
use crate::knowledge::entry::Validity;

const BUYER: Option<Audience> = Some(Audience::Buyer);
const MERCHANT: Option<Audience> = Some(Audience::Merchant);

fn day(day: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * day)
}

fn question(id: &str, kind: SurveyQuestionKind) -> SurveyQuestion {
    let option = |value: &str| (value.to_owned(), Localised::new());
    let options = vec![option("online"), option("store")];
    SurveyQuestion { id: id.to_owned(), kind, text: Localised::new(), options }
}

/// Held from day 10 until day 100.
fn survey(id: &str, audience: &[Audience], at_most_every_days: Option<u32>) -> Survey {
    Survey {
        id: id.to_owned(),
        title: Localised::new(),
        audience: audience.to_vec(),
        valid: Validity { from: Some(day(10)), until: Some(day(100)) },
        at_most_every_days,
        questions: vec![
            question("where", SurveyQuestionKind::Multiple),
            question("often", SurveyQuestionKind::Single),
            question("satisfied", SurveyQuestionKind::Scale),
            question("wish", SurveyQuestionKind::Text),
        ],
    }
}

#[test]
fn a_survey_is_due_when_it_is_held_for_this_customer_and_long_not_shown() {
    use Audience::{Buyer, Merchant};
    for (audience, every, customer, shown, now, expected) in [
        (&[][..], Some(30), None, None, 50, true),
        (&[], Some(30), None, None, 9, false),
        (&[], Some(30), None, None, 10, true),
        (&[], Some(30), None, None, 100, false),
        (&[], Some(30), None, Some(21), 50, false),
        (&[], Some(30), None, Some(20), 50, true),
        (&[], None, None, Some(11), 99, false),
        (&[], Some(0), None, Some(50), 50, true),
        (&[], Some(u32::MAX), None, Some(11), 50, false),
        (&[Buyer], None, BUYER, None, 50, true),
        (&[Buyer], None, MERCHANT, None, 50, false),
        (&[Buyer], None, None, None, 50, false),
        (&[Merchant], None, MERCHANT, None, 50, true),
        (&[Buyer, Merchant], None, None, None, 50, true),
        (&[Buyer, Merchant], None, MERCHANT, None, 50, true),
    ] {
        let surveys = [survey("habits", audience, every)];
        let found = due(&surveys, customer, |_| shown.map(day), day(now));
        assert_eq!(found.is_some(), expected, "{audience:?} {every:?} {customer:?} {shown:?} {now}");
    }
}

#[test]
fn of_several_the_one_that_ends_first_is_due() {
    let later = Survey { valid: Validity::default(), ..survey("a", &[], None) };
    let surveys = [later, survey("c", &[], None), survey("b", &[], None)];
    let after = |seen: &[&str]| {
        let shown = |id: &str| seen.contains(&id).then_some(day(40));
        due(&surveys, None, shown, day(50)).map(|survey| survey.id.as_str())
    };
    assert_eq!((after(&[]), after(&["b"]), after(&["b", "c"])), (Some("b"), Some("c"), Some("a")));
    assert_eq!(after(&["a", "b", "c"]), None);
}

#[test]
fn answers_are_read_by_the_kind_of_their_question() {
    let survey = survey("habits", &[], None);
    let read = |value: Value| read_answers(&survey, value.as_object().unwrap());
    let answers = read(json!({
        "where": ["store", "online"], "often": "online", "satisfied": 5.0, "wish": " 卡号4111111111111111，快一点 ",
    }));
    let answers = answers.unwrap();
    assert_eq!(answers["where"], SurveyAnswer::Multiple(vec!["store".to_owned(), "online".to_owned()]));
    assert_eq!(answers["often"], SurveyAnswer::Single("online".to_owned()));
    assert_eq!(answers["satisfied"], SurveyAnswer::Scale(5));
    let SurveyAnswer::Text(wish) = &answers["wish"] else { panic!("{answers:?}") };
    assert!(wish.ends_with("快一点") && !wish.contains("4111111111111111"), "{wish}");
    assert_eq!(read(json!({ "wish": null })), Ok(SurveyAnswers::new()));
    for (id, wrong) in [
        ("where", json!("online")),
        ("where", json!([])),
        ("where", json!(["online", "online"])),
        ("where", json!(["nowhere"])),
        ("often", json!("never")),
        ("often", json!(["online"])),
        ("satisfied", json!(0)),
        ("satisfied", json!(6)),
        ("satisfied", json!(2.5)),
        ("satisfied", json!("5")),
        ("wish", json!("  ")),
        ("wish", json!("多".repeat(2_001))),
        ("wish", json!(1)),
        ("nothing", json!("x")),
    ] {
        let faults = read(json!({ id: wrong })).unwrap_err();
        assert_eq!(faults.iter().map(|fault| fault.question.as_str()).collect::<Vec<_>>(), [id], "{wrong}");
    }
}
