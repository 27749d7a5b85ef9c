//! What came of a survey: answers counted by question and option. Arithmetic only.

use std::collections::BTreeMap;

use crate::desk::surveys::{SCALE, SurveyAnswer, SurveyAnswers};

/// What was answered to one question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionTally {
    /// How many answered it.
    pub n: u64,
    /// How many chose an option.
    pub options: BTreeMap<String, u64>,
    /// How many gave a number of points.
    pub points: BTreeMap<u8, u64>,
    /// What was said in words, in the order in which the answers came.
    pub texts: Vec<String>,
}

impl QuestionTally {
    /// Returns the mean of the points; `None` where nobody gave any.
    pub fn mean(&self) -> Option<f64> {
        let n: u64 = self.points.values().sum();
        let sum: u64 = self.points.iter().map(|(points, n)| u64::from(*points) * n).sum();
        (n > 0).then(|| sum as f64 / n as f64)
    }

    /// Returns how many gave each number of points, from the least on.
    pub fn distribution(&self) -> Vec<u64> {
        SCALE.map(|points| self.points.get(&points).copied().unwrap_or_default()).collect()
    }
}

/// Answers counted by question, with at most so many texts of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By question.
    pub questions: BTreeMap<String, QuestionTally>,
    /// Texts that are kept of each question.
    pub most_texts: usize,
}

impl Tally {
    /// Counts what one customer answered.
    pub fn add(&mut self, answers: SurveyAnswers) {
        for (question, answer) in answers {
            let tally = self.questions.entry(question).or_default();
            tally.n += 1;
            match answer {
                SurveyAnswer::Single(option) => *tally.options.entry(option).or_default() += 1,
                SurveyAnswer::Multiple(options) => {
                    for option in options {
                        *tally.options.entry(option).or_default() += 1;
                    }
                }
                SurveyAnswer::Scale(points) => *tally.points.entry(points).or_default() += 1,
                SurveyAnswer::Text(text) if tally.texts.len() < self.most_texts => tally.texts.push(text),
                SurveyAnswer::Text(_) => {}
            }
        }
    }
}

/// Writes an answer into one cell of a table; options one a line.
pub fn cell(answer: &SurveyAnswer) -> String {
    match answer {
        SurveyAnswer::Single(option) => option.clone(),
        SurveyAnswer::Multiple(options) => options.join("\n"),
        SurveyAnswer::Scale(points) => points.to_string(),
        SurveyAnswer::Text(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_option_and_points_and_some_texts_are_kept() {
        let text = |text: &str| text.to_owned();
        let mut tally = Tally { most_texts: 1, ..Tally::default() };
        for (options, points, wish) in [(&["a", "b"][..], 5, "快"), (&["a"], 2, "慢")] {
            tally.add(SurveyAnswers::from([
                (text("where"), SurveyAnswer::Multiple(options.iter().map(|option| text(option)).collect())),
                (text("often"), SurveyAnswer::Single(text("daily"))),
                (text("satisfied"), SurveyAnswer::Scale(points)),
                (text("wish"), SurveyAnswer::Text(text(wish))),
            ]));
        }
        tally.add(SurveyAnswers::new());
        assert_eq!(tally.questions["where"].options, BTreeMap::from([(text("a"), 2), (text("b"), 1)]));
        assert_eq!(tally.questions["often"].options, BTreeMap::from([(text("daily"), 2)]));
        let satisfied = &tally.questions["satisfied"];
        assert_eq!((satisfied.n, satisfied.mean(), satisfied.distribution()), (2, Some(3.5), vec![0, 1, 0, 0, 1]));
        assert_eq!((tally.questions["wish"].n, &tally.questions["wish"].texts), (2, &vec![text("快")]));
        assert_eq!(QuestionTally::default().mean(), None);
    }
}
