//! Surveys: which one a customer should be shown, and whether what they answer can be. Pure: the store remembers who was shown
//! what.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::knowledge::entry::Audience;
use crate::knowledge::operator::{Survey, SurveyQuestion, SurveyQuestionKind};
use crate::text::sensitive::mask;

/// Characters of an answer in words.
const LONGEST_TEXT: usize = 2_000;

/// The ends of a scale.
pub const SCALE: std::ops::RangeInclusive<u8> = 1..=5;

/// Says whether a survey is held at an instant, and is for a customer: of whom it is not known what sort they are, for one that
/// is for everybody.
pub fn is_for(survey: &Survey, customer: Option<Audience>, now: Timestamp) -> bool {
    let is_meant = match customer {
        _ if survey.audience.is_empty() => true,
        Some(customer) => survey.audience.contains(&customer),
        None => [Audience::Buyer, Audience::Merchant].iter().all(|sort| survey.audience.contains(sort)),
    };
    is_meant && survey.valid.contains(now)
}

/// Returns the instant at or before which a survey must have been shown to somebody to be shown to them again; `None` where it is
/// shown once.
pub fn shown_again(survey: &Survey, now: Timestamp) -> Option<Timestamp> {
    let days = SignedDuration::from_hours(i64::from(survey.at_most_every_days?) * 24);
    now.checked_sub(days).ok()
}

/// Returns the survey that a customer should be shown: of several the one that ends first. `shown` says when they were last
/// shown one.
pub fn due(
    surveys: &[Survey],
    customer: Option<Audience>,
    shown: impl Fn(&str) -> Option<Timestamp>,
    now: Timestamp,
) -> Option<&Survey> {
    let is_rested = |survey: &Survey| match shown(&survey.id) {
        None => true,
        Some(shown) => shown_again(survey, now).is_some_and(|again| shown <= again),
    };
    let due = surveys.iter().filter(|survey| is_for(survey, customer, now) && is_rested(survey));
    due.min_by_key(|survey| (survey.valid.until.is_none(), survey.valid.until, &survey.id))
}

/// An answer to one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SurveyAnswer {
    /// One option.
    Single(String),
    /// Options.
    Multiple(Vec<String>),
    /// 1 to 5.
    Scale(u8),
    /// Words, masked.
    Text(String),
}

/// Answers by question.
pub type SurveyAnswers = BTreeMap<String, SurveyAnswer>;

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerFault {
    /// The question that it is to.
    pub question: String,
    /// What is wrong.
    pub message: String,
}

/// Reads the answers to a survey; what is null was not answered.
///
/// # Errors
/// Returns all that is wrong.
pub fn read_answers(survey: &Survey, given: &Map<String, Value>) -> Result<SurveyAnswers, Vec<AnswerFault>> {
    let (mut answers, mut faults) = (SurveyAnswers::new(), Vec::new());
    for (id, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let question = survey.questions.iter().find(|question| question.id == *id);
        let answer = question.map_or_else(|| Err("there is no such question".to_owned()), |known| answer(known, value));
        match answer {
            Ok(answer) => drop(answers.insert(id.clone(), answer)),
            Err(message) => faults.push(AnswerFault { question: id.clone(), message }),
        }
    }
    if faults.is_empty() { Ok(answers) } else { Err(faults) }
}

fn answer(question: &SurveyQuestion, value: &Value) -> Result<SurveyAnswer, String> {
    let known = |value: &Value| {
        let options = question.options.iter().map(|(option, _)| option.as_str());
        options.clone().find(|option| value == option).map(str::to_owned).ok_or_else(|| {
            let all: Vec<&str> = options.collect();
            format!("one of {}", all.join(", "))
        })
    };
    match question.kind {
        SurveyQuestionKind::Single => known(value).map(SurveyAnswer::Single),
        SurveyQuestionKind::Multiple => {
            let values = value.as_array().filter(|values| !values.is_empty()).ok_or("a list of options")?;
            let chosen: Vec<String> = values.iter().map(known).collect::<Result<_, _>>()?;
            let is_twice = chosen.iter().enumerate().any(|(at, option)| chosen[..at].contains(option));
            if is_twice { Err("an option stands twice".to_owned()) } else { Ok(SurveyAnswer::Multiple(chosen)) }
        }
        SurveyQuestionKind::Scale => {
            let points = SCALE.into_iter().find(|points| value.as_f64() == Some(f64::from(*points)));
            points.map(SurveyAnswer::Scale).ok_or_else(|| format!("{} to {}", SCALE.start(), SCALE.end()))
        }
        SurveyQuestionKind::Text => {
            // PostgreSQL keeps no NUL.
            let text = value.as_str().map(|text| mask(text.trim()).text.replace('\0', ""));
            let fits = |text: &String| !text.is_empty() && text.chars().nth(LONGEST_TEXT).is_none();
            text.filter(fits)
                .map(SurveyAnswer::Text)
                .ok_or_else(|| format!("a text of at most {LONGEST_TEXT} characters"))
        }
    }
}

#[cfg(test)]
#[path = "surveys_tests.rs"]
mod tests;
