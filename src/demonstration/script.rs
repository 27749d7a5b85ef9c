//! The day that a demonstration plays: what customers and agents do, as `day.txt` tells it.

use anyhow::{Context, bail};
use jiff::SignedDuration;
use jiff::civil::Time;

use crate::desk::feedback::{Opinion, Ratings, UnhelpfulReason};

/// A conversation of the day.
#[derive(Clone, Debug, PartialEq)]
pub struct Script {
    /// When it begins.
    pub begins: Time,
    /// The way in.
    pub channel: String,
    /// The customer's name, where the shop vouches for them.
    pub customer: Option<String>,
    /// What happens, each so long after what was before.
    pub steps: Vec<(SignedDuration, Step)>,
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// The customer says something.
    Says(String),
    /// The customer asks for a person.
    AsksForPerson,
    /// The customer says whether the last answer helped, or rates all of it.
    Rates {
        /// Whether it is about the last answer.
        is_about_answer: bool,
        /// What they think.
        opinion: Opinion,
    },
    /// An agent takes it.
    Claims(String),
    /// The agent who has it says something.
    Replies(String),
    /// The agent who has it writes something down.
    Notes(String),
    /// The agent who has it passes it on to a department.
    Transfers(String),
    /// The agent who has it ends it.
    Resolves(String),
}

/// How long people take: to begin with, and for each letter.
const PAUSE: SignedDuration = SignedDuration::from_secs(8);
const LETTER: SignedDuration = SignedDuration::from_millis(450);

/// Reads a day.
///
/// # Errors
/// Fails with the number of the line that is none.
pub fn parse(text: &str) -> anyhow::Result<Vec<Script>> {
    let mut scripts: Vec<Script> = Vec::new();
    let mut waited = SignedDuration::ZERO;
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = || format!("line {number}: {line}");
        let (mark, rest) = line.split_at_checked(1).with_context(wrong)?;
        let rest = rest.trim();
        if let Some(head) = line.strip_prefix("== ") {
            scripts.push(head_of(head).with_context(wrong)?);
            continue;
        }
        if mark == "~" {
            let minutes: i64 = rest.strip_suffix('m').and_then(|rest| rest.parse().ok()).with_context(wrong)?;
            waited = SignedDuration::from_mins(minutes);
            continue;
        }
        let step = step_of(mark, rest).with_context(wrong)?;
        let letters = i32::try_from(rest.chars().count()).unwrap_or(i32::MAX);
        let after = waited + PAUSE + LETTER * letters;
        waited = SignedDuration::ZERO;
        scripts.last_mut().with_context(wrong)?.steps.push((after, step));
    }
    Ok(scripts)
}

fn head_of(head: &str) -> anyhow::Result<Script> {
    let mut parts = head.splitn(3, ' ');
    let mut part = || parts.next().filter(|part| !part.is_empty());
    let begins = part().context("a time")?.parse()?;
    let channel = part().context("a way in")?.to_owned();
    Ok(Script { begins, channel, customer: part().map(str::to_owned), steps: Vec::new() })
}

fn step_of(mark: &str, rest: &str) -> anyhow::Result<Step> {
    Ok(match mark {
        ">" => Step::Says(rest.to_owned()),
        "<" => Step::Replies(rest.to_owned()),
        "#" => Step::Notes(rest.to_owned()),
        "!" => Step::AsksForPerson,
        "+" => {
            let opinion = Opinion { helpful: Some(true), ..Opinion::default() };
            Step::Rates { is_about_answer: true, opinion }
        }
        "-" => {
            let reason = rest.split_once(' ').and_then(|(_, reason)| UnhelpfulReason::parse(reason));
            let opinion = Opinion { helpful: Some(false), reason, ..Opinion::default() };
            Step::Rates { is_about_answer: true, opinion }
        }
        "*" => Step::Rates { is_about_answer: false, opinion: ratings_of(rest)? },
        "@" => match rest.split_once(' ') {
            Some((agent, "claims")) => Step::Claims(agent.to_owned()),
            Some(("transfers", department)) => Step::Transfers(department.to_owned()),
            Some(("resolves", reason)) => Step::Resolves(reason.to_owned()),
            _ => bail!("an agent claims, transfers or resolves"),
        },
        _ => bail!("no such mark"),
    })
}

/// `5 5 4 yes thank you`.
fn ratings_of(rest: &str) -> anyhow::Result<Opinion> {
    let parts: Vec<&str> = rest.splitn(5, ' ').collect();
    let [response_time, attitude, resolution, again, comment @ ..] = parts.as_slice() else {
        bail!("three ratings and yes or no");
    };
    let rating = |text: &str| Ok::<_, anyhow::Error>(Some(text.parse()?));
    let ratings =
        Ratings { response_time: rating(response_time)?, attitude: rating(attitude)?, resolution: rating(resolution)? };
    let comment = comment.first().map(|comment| (*comment).to_owned());
    Ok(Opinion { ratings, again: Some(*again == "yes"), comment, ..Opinion::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_and_a_wrong_line_is_named() {
        let day =
            parse("== 09:05 web 王女士\n> 你好\n-1 outdated\n~ 2m\n@ ann claims\n* 5 4 3 no 太慢\n\n== 09:10 web\n")
                .unwrap();
        assert_eq!((day.len(), day[0].customer.as_deref(), day[1].customer.as_deref()), (2, Some("王女士"), None));
        let steps: Vec<&Step> = day[0].steps.iter().map(|(_, step)| step).collect();
        assert_eq!(steps[0], &Step::Says("你好".to_owned()));
        assert!(matches!(steps[1], Step::Rates { opinion, .. } if opinion.reason == Some(UnhelpfulReason::Outdated)));
        assert!(matches!(steps[3], Step::Rates { opinion, .. } if opinion.comment.as_deref() == Some("太慢")));
        assert!(day[0].steps[2].0 > SignedDuration::from_mins(2));
        for wrong in
            ["> 没有开头", "== 25:00 web", "== 09:00 web\n@ ann sleeps", "== 09:00 web\n* 5 5", "== 09:00 web\n? 什么"]
        {
            assert!(format!("{:#}", parse(wrong).unwrap_err()).starts_with("line "), "{wrong}");
        }
    }

    #[test]
    fn the_day_that_ships_is_read() {
        let day = parse(super::super::DAY).unwrap();
        assert!(day.len() >= 40 && day.is_sorted_by_key(|script| script.begins), "{}", day.len());
    }
}
