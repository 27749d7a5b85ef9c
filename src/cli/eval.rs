//! `yingda eval`: the engine measured on labelled questions, on entries with queries, on intents with lines.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::assistant::compile::Goal;
use crate::assistant::turn::Message;
use crate::cli::ask::parse_language;
use crate::cli::{Common, Outcome, compile, progress};
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::evaluation::answers::{self, Answered};
use crate::evaluation::intents::{self, Predicted};
use crate::evaluation::questions;
use crate::evaluation::sets::{self, SetEntry, SetQuery};
use crate::knowledge::content::LabelledQuestion;
use crate::snapshot::Snapshot;
use crate::text::language::LanguageTag;

/// Arguments of `eval`.
#[derive(Args, Clone, Debug)]
pub struct EvalArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Labelled questions against the content of the folders.
    Questions {
        /// JSON lines: id, text, lang, accept, never, style.
        file: PathBuf,
    },
    /// Each phrasing removed in turn and then asked: recall at 1.
    LeaveOneOut,
    /// Entries and queries of a file, with the shipped fit.
    Answers {
        /// JSON lines: id, question, similar, answer.
        #[arg(long, value_name = "E.jsonl")]
        entries: PathBuf,
        /// JSON lines: text, id (null: nothing answers it).
        #[arg(long, value_name = "Q.jsonl")]
        queries: PathBuf,
        /// Labelled queries to blend into the shipped fit.
        #[arg(long, value_name = "F.jsonl")]
        fit: Option<PathBuf>,
        /// The language of entries and queries.
        #[arg(long, value_name = "L", value_parser = parse_language)]
        language: Option<LanguageTag>,
    },
    /// The classifier, trained on one file and tested on another.
    Intents {
        /// Lines of text, TAB, label.
        #[arg(long, value_name = "T.tsv")]
        train: PathBuf,
        /// Lines of the same kind.
        #[arg(long, value_name = "S.tsv")]
        test: PathBuf,
        /// Lines to choose the threshold on; a fifth of the training lines where it is not given.
        #[arg(long, value_name = "V.tsv")]
        valid: Option<PathBuf>,
        /// The label of what is out of scope.
        #[arg(long, value_name = "LABEL", default_value = "oos")]
        out_of_scope: String,
    },
}

/// Runs `eval`.
///
/// # Errors
/// Fails when a file cannot be read (naming its line) or the content has errors.
pub fn run(eval: &EvalArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    match &eval.what {
        What::Questions { file } => ask_questions(file, common, config),
        What::LeaveOneOut => leave_one_out(common, config),
        What::Answers { entries, queries, fit, language } => {
            ask_queries(entries, queries, fit.as_deref(), language.as_ref(), common)
        }
        What::Intents { train, test, valid, out_of_scope } => {
            classify(train, test, valid.as_deref(), out_of_scope, common)
        }
    }
}

fn ask_questions(file: &Path, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let labelled: Vec<LabelledQuestion> = json_lines(file)?;
    let snapshot = compile(common, config)?;
    let bar = progress::bar(labelled.len(), "asking");
    let now = evaluation_clock();
    let answered = labelled.iter().map(|question| {
        bar.inc(1);
        (question, snapshot.answer(&Message { explain: true, ..Message::new(&question.text) }, now))
    });
    let report = questions::judge(answered);
    bar.finish_and_clear();
    if common.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(Outcome::Done);
    }
    let mut table = table(&["kind or style", "n", "accepted", "rate"]);
    let by_style = report.by_style.iter().map(|(style, report)| (style.as_str(), report));
    for (name, style) in report.by_kind.iter().map(|(kind, report)| (*kind, report)).chain(by_style) {
        table.add_row([name.to_owned(), style.n.to_string(), style.accepted.to_string(), percent(style.accept_rate)]);
    }
    say!("{table}");
    for failure in &report.failures {
        let harm = if failure.never { " HARM" } else { "" };
        say!(
            "{} {:?}\n    {} {:.2}{harm}; accepted: {}",
            failure.id,
            failure.text,
            failure.outcome,
            failure.confidence,
            failure.accept.join(", ")
        );
    }
    say!(
        "{} of {} accepted ({}), {} asked back rightly, {} harmful",
        report.accepted,
        report.n,
        percent(report.accept_rate),
        report.clarified_right,
        report.never_violations
    );
    Ok(Outcome::Done)
}

fn leave_one_out(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let snapshot = compile(common, config)?;
    let report =
        progress::while_running("asking every phrasing without itself", || sets::leave_one_out(&snapshot.assistant));
    if common.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        say!(
            "{} phrasings and examples asked without themselves: recall at 1 {}, at 5 {}",
            report.n,
            percent(report.recall_at_1),
            percent(report.recall_at_5)
        );
    }
    Ok(Outcome::Done)
}

fn ask_queries(
    entries: &Path,
    queries: &Path,
    fit: Option<&Path>,
    language: Option<&LanguageTag>,
    common: &Common,
) -> anyhow::Result<Outcome> {
    let entries: Vec<SetEntry> = json_lines(entries)?;
    let queries: Vec<SetQuery> = json_lines(queries)?;
    let fit: Option<Vec<SetQuery>> = fit.map(json_lines).transpose()?;
    let watch = Stopwatch::start();
    let content = sets::content_of(&entries, language);
    let mut snapshot = progress::while_running("building the index", || Snapshot::compile(content, String::new()))?;
    let index_seconds = watch.elapsed().as_secs_f64();
    if let Some(fit) = fit {
        let labelled: Vec<LabelledQuestion> = fit.iter().enumerate().map(|(at, query)| query.labelled(at)).collect();
        snapshot = snapshot.blended_with(&labelled);
    }
    let bar = progress::bar(queries.len(), "asking");
    let watch = Stopwatch::start();
    let answered: Vec<Answered> = queries
        .iter()
        .map(|query| {
            bar.inc(1);
            answer_query(&snapshot, query, language)
        })
        .collect();
    let queries_per_second = queries.len() as f64 / watch.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
    bar.finish_and_clear();
    let report = answers::judge(&answered, index_seconds, queries_per_second);
    print_figures(&report, common)
}

fn answer_query(snapshot: &Snapshot, query: &SetQuery, language: Option<&LanguageTag>) -> Answered {
    let message = Message { language, ..Message::new(&query.text) };
    let assistant = &snapshot.assistant;
    let findings = assistant.find(&query.text, &message, &snapshot.index, evaluation_clock());
    let is_right = |goal: Goal| match goal {
        Goal::Entry(at) => Some(&assistant.content().entries[at].id.0) == query.id.as_ref(),
        Goal::Intent(_) => false,
    };
    // Word for word is as sure as can be, and comes before the ranker here as everywhere.
    let verbatim = findings.verbatim.map(|goal| (is_right(goal), 1.0));
    let place =
        findings.ranking.ranked.iter().position(|ranked| is_right(assistant.compiled().goals[ranked.target as usize]));
    let (place, confidence) = match verbatim {
        Some((true, sure)) => (Some(0), sure),
        Some((false, sure)) => (place.map(|place| place + 1), sure),
        None => (place, findings.ranking.confidence),
    };
    let answered = confidence >= assistant.policy().answer_bar;
    Answered { place, answerable: query.id.is_some(), confidence, answered }
}

fn classify(
    train: &Path,
    test: &Path,
    valid: Option<&Path>,
    out_of_scope: &str,
    common: &Common,
) -> anyhow::Result<Outcome> {
    let train = labelled_lines(train)?;
    let test = labelled_lines(test)?;
    let valid = valid.map(labelled_lines).transpose()?;
    let (threshold, train_seconds, model) = progress::while_running("training", || {
        let held: Vec<Predicted> = match &valid {
            Some(valid) => sets::IntentModel::train(&train).predict_all(valid),
            None => {
                let (kept, held) = sets::split(&train);
                sets::IntentModel::train(&kept).predict_all(&held)
            }
        };
        let watch = Stopwatch::start();
        let model = sets::IntentModel::train(&train);
        (intents::best_threshold(&held, out_of_scope), watch.elapsed().as_secs_f64(), model)
    });
    let watch = Stopwatch::start();
    let predicted = model.predict_all(&test);
    let per_second = test.len() as f64 / watch.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
    print_figures(&intents::judge(&predicted, out_of_scope, threshold, train_seconds, per_second), common)
}

fn print_figures(report: &impl serde::Serialize, common: &Common) -> anyhow::Result<Outcome> {
    if common.json {
        say!("{}", serde_json::to_string_pretty(report)?);
        return Ok(Outcome::Done);
    }
    let mut table = table(&["figure", "value"]);
    let figures: BTreeMap<String, serde_json::Value> = serde_json::from_value(serde_json::to_value(report)?)?;
    for (figure, value) in figures.iter().filter(|(_, value)| value.is_number()) {
        table.add_row([figure.clone(), value.to_string()]);
    }
    say!("{table}");
    if let Some(serde_json::Value::Array(bins)) = figures.get("reliability") {
        let mut table = self::table(&["confidence", "n", "right"]);
        for bin in bins {
            let number = |key: &str| bin[key].as_f64().unwrap_or_default();
            table.add_row([
                format!("{:.2}", number("confidence")),
                bin["n"].to_string(),
                format!("{:.2}", number("right")),
            ]);
        }
        say!("{table}");
    }
    Ok(Outcome::Done)
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec());
    table
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// The clock of evaluations: labelled questions are right or wrong at this instant, whenever they are asked.
pub(crate) fn evaluation_clock() -> Timestamp {
    const SECONDS: i64 = 1_795_399_200; // 2026-11-23T10:00:00+08:00
    Timestamp::from_second(SECONDS).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn json_lines<T: DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let lines = read_lines(file)?;
    let parse = |(number, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), number + 1))
    };
    lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

fn labelled_lines(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let text = read_lines(file)?;
    let parse = |(number, line): (usize, &str)| {
        let (text, label) = line
            .rsplit_once('\t')
            .with_context(|| format!("{}:{}: no TAB before a label", file.display(), number + 1))?;
        Ok((text.to_owned(), label.trim().to_owned()))
    };
    text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(parse).collect()
}

fn read_lines(file: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", file.display()))
}
