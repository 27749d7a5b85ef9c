//! `yingda eval`: the engine measured on labelled questions, on entries with queries, on intents with lines.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::json;

use crate::assistant::compile::Goal;
use crate::assistant::turn::Message;
use crate::chat::rehearsal::Rehearsal;
use crate::cli::ask::parse_language;
use crate::cli::figures::{self, Shown, percent};
use crate::cli::{Common, Outcome, compile, json_lines, progress, read_lines};
use crate::clock::Stopwatch;
use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::evaluation::answers::{self, Answered};
use crate::evaluation::dialogue_text;
use crate::evaluation::dialogues::{self, DialogueFailure, DialogueReport, LabelledDialogue, LabelledTurn};
use crate::evaluation::intent_model::IntentModel;
use crate::evaluation::intents::{self, Predicted};
use crate::evaluation::misses::{self, Missed};
use crate::evaluation::questions;
use crate::evaluation::sets::{self, SetEntry, SetQuery};
use crate::knowledge::content::LabelledQuestion;
use crate::publishing::senses::{prepare, senses};
use crate::snapshot::{Before, Snapshot};
use crate::text::language::LanguageTag;
use crate::text::vectors::TextVectors;

/// Arguments of `eval`.
#[derive(Args, Clone, Debug)]
pub struct EvalArguments {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    shown: Shown,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Labelled questions against the content of the folders.
    Questions {
        /// JSON lines: id, text, lang, accept, never, style.
        file: PathBuf,
        /// The answer is no when fewer are right than this share, or an outcome is one that a line says is never right.
        #[arg(long, value_name = "SHARE", value_parser = parse_share)]
        floor: Option<f64>,
    },
    /// Labelled dialogues against the content of the folders.
    Dialogues {
        /// JSON lines: id, lang, at, turns [{user, expect {accept, reply_contains_any, slot}}]; or a .txt as people write it.
        file: PathBuf,
        /// The answer is no when fewer pass than this share.
        #[arg(long, value_name = "SHARE", value_parser = parse_share)]
        floor: Option<f64>,
    },
    /// Labelled questions put together as those that were missed, and the entries that are proposed for them.
    Misses {
        /// JSON lines: id, text, lang, accept.
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
    let shown = &eval.shown;
    match &eval.what {
        What::Questions { file, floor } => ask_questions(file, *floor, shown, common, config),
        What::Dialogues { file, floor } => hold_dialogues(file, *floor, common, config),
        What::Misses { file } => group_misses(file, common, config),
        What::LeaveOneOut => leave_one_out(common, config),
        What::Answers { entries, queries, fit, language } => {
            ask_queries(entries, queries, fit.as_deref(), language.as_ref(), shown, common, config)
        }
        What::Intents { train, test, valid, out_of_scope } => {
            classify(train, test, valid.as_deref(), out_of_scope, shown, common, config)
        }
    }
}

fn hold_dialogues(file: &Path, floor: Option<f64>, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let labelled: Vec<LabelledDialogue> = match file.extension() {
        Some(extension) if extension == "txt" => {
            let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            dialogue_text::parse(&text).map_err(|fault| anyhow::anyhow!("{}: {fault}", file.display()))?
        }
        _ => json_lines(file)?,
    };
    let engine = compile(common, config)?;
    engine.prepare(labelled.iter().flat_map(|dialogue| &dialogue.turns).map(|turn| turn.user.as_str()))?;
    let bar = progress::bar(labelled.len(), "talking");
    let mut failures = Vec::new();
    for dialogue in &labelled {
        bar.inc(1);
        let mut conversation = Rehearsal::default();
        let now = dialogue.at.unwrap_or_else(evaluation_clock);
        let say = |turn: &LabelledTurn| conversation.say(&engine.snapshot, &Message::new(&turn.user), now);
        failures.extend(dialogues::judge(dialogue, say));
    }
    bar.finish_and_clear();
    let report = DialogueReport::of(labelled.len(), failures);
    let outcome = at_least(floor, report.passed as f64 / report.n.max(1) as f64);
    if common.json {
        say!("{}", serde_json::to_string_pretty(&report)?);
        return Ok(outcome);
    }
    say!("{} of {} dialogues pass", report.passed, report.n);
    for DialogueFailure { id, turn, user, reply, missed, .. } in &report.failures {
        say!("  {id}, turn {turn}: {missed}\n      > {user}\n      {}", reply.replace('\n', "\n      "));
    }
    Ok(outcome)
}

fn group_misses(file: &Path, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let labelled: Vec<LabelledQuestion> = json_lines(file)?;
    let engine = compile(common, config)?;
    let missed: Vec<Missed> = labelled
        .iter()
        .map(|question| {
            let language = question.lang.as_deref().and_then(LanguageTag::parse);
            Missed { text: question.text.clone(), language, n: 1 }
        })
        .collect();
    let accept: Vec<Vec<String>> = labelled.into_iter().map(|question| question.accept).collect();
    let Snapshot { assistant, index } = &engine.snapshot;
    let watch = Stopwatch::start();
    let groups = misses::group(assistant, index, &missed, evaluation_clock());
    let seconds = watch.elapsed().as_secs_f64();
    let report = misses::judge(&groups, &accept);
    if common.json {
        let mut shown = serde_json::to_value(&report)?;
        shown["seconds"] = json!(seconds);
        say!("{}", serde_json::to_string_pretty(&shown)?);
        return Ok(Outcome::Done);
    }
    say!("{} questions in {} groups, in {seconds:.1} s", report.n, report.groups);
    say!("{} proposals, {} of them right ({})", report.proposed, report.right, percent(report.precision));
    say!("{} of the questions are reached by a right proposal", percent(report.reached));
    say!("{} of the pairs in a group ask for one thing", percent(report.purity));
    Ok(Outcome::Done)
}

/// Reads a share: 0 to 1.
fn parse_share(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share))
        .ok_or_else(|| "a number from 0 to 1 is needed".to_owned())
}

/// Says yes when a share is not below the floor that is asked for.
fn at_least(floor: Option<f64>, share: f64) -> Outcome {
    if floor.is_some_and(|floor| share < floor) { Outcome::No } else { Outcome::Done }
}

fn ask_questions(
    file: &Path,
    floor: Option<f64>,
    shown: &Shown,
    common: &Common,
    config: &Config,
) -> anyhow::Result<Outcome> {
    let labelled: Vec<LabelledQuestion> = json_lines(file)?;
    let engine = compile(common, config)?;
    engine.prepare(labelled.iter().map(|question| question.text.as_str()))?;
    let bar = progress::bar(labelled.len(), "asking");
    let now = evaluation_clock();
    let mut slow: Vec<(u64, &str)> = Vec::new();
    let answered = labelled.iter().map(|question| {
        bar.inc(1);
        let watch = Stopwatch::start();
        let turn = engine.snapshot.answer(&Message { explain: true, ..Message::new(&question.text) }, now);
        slow.push((watch.elapsed().as_micros() as u64, &question.text));
        (question, turn)
    });
    let judged = questions::judge(answered);
    let outcome = match floor {
        Some(_) if judged.never_violations > 0 => Outcome::No,
        floor => at_least(floor, judged.accept_rate),
    };
    let mut report = serde_json::to_value(judged)?;
    bar.finish_and_clear();
    slow.sort_by_key(|&(time, _)| std::cmp::Reverse(time));
    report["slowest"] =
        slow.iter().take(SLOWEST).map(|(time, text)| json!({ "text": text, "microseconds": time })).collect();
    figures::print(&report, shown, common)?;
    Ok(outcome)
}

/// Questions that are listed for taking longest.
const SLOWEST: usize = 5;

fn leave_one_out(common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let snapshot = compile(common, config)?.snapshot;
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
    shown: &Shown,
    common: &Common,
    config: &Config,
) -> anyhow::Result<Outcome> {
    let entries: Vec<SetEntry> = json_lines(entries)?;
    let queries: Vec<SetQuery> = json_lines(queries)?;
    let fit: Option<Vec<SetQuery>> = fit.map(json_lines).transpose()?;
    let watch = Stopwatch::start();
    let content = sets::content_of(&entries, language);
    let embeddings = Embeddings::new(&config.embeddings, &common.data)?;
    let mut snapshot = progress::while_running("building the index", || {
        let senses = senses(config, embeddings.as_ref(), &content);
        Snapshot::compile_after(content, String::new(), Before { senses, ..Before::default() })
    })?;
    if let Some(embeddings) = &embeddings {
        let asked = queries.iter().chain(fit.iter().flatten()).map(|query| query.text.as_str());
        progress::while_running("asking the model", || prepare(embeddings, asked))?;
    }
    let index_seconds = watch.elapsed().as_secs_f64();
    if let Some(fit) = fit {
        let labelled: Vec<LabelledQuestion> = fit.iter().enumerate().map(|(at, query)| query.labelled(at)).collect();
        snapshot = snapshot.refitted_on(&labelled);
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
    figures::print(&serde_json::to_value(report)?, shown, common)
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
    let answered = confidence >= assistant.policies().get(findings.by_model).answer_bar;
    Answered { place, answerable: query.id.is_some(), confidence, answered }
}

fn classify(
    train: &Path,
    test: &Path,
    valid: Option<&Path>,
    out_of_scope: &str,
    shown: &Shown,
    common: &Common,
    config: &Config,
) -> anyhow::Result<Outcome> {
    let train = labelled_lines(train)?;
    let test = labelled_lines(test)?;
    let valid = valid.map(labelled_lines).transpose()?;
    let texts: Vec<String> =
        [&train, &test].into_iter().chain(&valid).flatten().map(|(text, _)| text.clone()).collect();
    let model: Option<Arc<dyn TextVectors>> = match Embeddings::new(&config.embeddings, &common.data)? {
        Some(embeddings) => Some(progress::while_running("asking the model", || embeddings.remember(&[], &texts))?),
        None => None,
    };
    let (threshold, train_seconds, model) = progress::while_running("training", || {
        let watch = Stopwatch::start();
        let trained = IntentModel::train(&train, out_of_scope, model.clone());
        let train_seconds = watch.elapsed().as_secs_f64();
        let held: Vec<Predicted> = match &valid {
            Some(valid) => trained.predict_all(valid),
            None => {
                let (kept, held) = sets::split(&train);
                IntentModel::train(&kept, out_of_scope, model.clone()).predict_all(&held)
            }
        };
        (intents::best_threshold(&held, out_of_scope), train_seconds, trained)
    });
    let watch = Stopwatch::start();
    let predicted = model.predict_all(&test);
    let per_second = test.len() as f64 / watch.elapsed().as_secs_f64().max(f64::MIN_POSITIVE);
    let report = intents::judge(&predicted, out_of_scope, threshold, train_seconds, per_second);
    figures::print(&serde_json::to_value(report)?, shown, common)
}

/// The clock of evaluations: labelled questions are right or wrong at this instant, whenever they are asked.
pub(crate) fn evaluation_clock() -> Timestamp {
    const SECONDS: i64 = 1_795_399_200; // 2026-11-23T10:00:00+08:00
    Timestamp::from_second(SECONDS).unwrap_or(Timestamp::UNIX_EPOCH)
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
