//! Gathering some candidates and scoring these must find what scoring everything finds, also among 100,000 entries: on a
//! generated set whose entries differ by one domain word, and on public sets padded with others, where there are some.
//!
//! The public sets are none of this project's files: `YINGDA_EVALUATION_SETS` names the folder that holds `atec_clean_s11`
//! and `lcqmc_faq` (entries.jsonl, dev.jsonl). Where it is not set, only the generated set is asked.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use yingda::assistant::compile::Goal;
use yingda::assistant::turn::Message;
use yingda::evaluation::sets::{SetEntry, SetQuery, content_of};
use yingda::retrieval::{Gather, GatherTerm, Target};
use yingda::snapshot::Snapshot;

use super::generator;

const ENTRIES: usize = 100_000;

/// Gathers everything there is.
struct Everything(Target);

impl Gather for Everything {
    fn candidates(&self, _terms: &[GatherTerm], _limit: usize) -> Vec<Target> {
        (0..self.0).collect()
    }
}

/// Asks both ways; holds the loss of recall at 1 to half a point and returns both recalls.
fn compare(name: &str, entries: &[SetEntry], questions: &[(String, String)]) -> (f64, f64) {
    let snapshot = Snapshot::compile(content_of(entries, None), String::new()).unwrap();
    let everything = Everything(snapshot.assistant.compiled().goals.len() as Target);
    let is_right = |question: &(String, String), index: &dyn Gather| {
        let message = Message::new(&question.0);
        let findings = snapshot.assistant.find(&question.0, &message, index, Timestamp::UNIX_EPOCH);
        let first =
            findings.ranking.ranked.first().map(|ranked| snapshot.assistant.compiled().goals[ranked.target as usize]);
        matches!(first, Some(Goal::Entry(at)) if snapshot.assistant.content().entries[at].id.0 == question.1)
    };
    let recall = |index: &dyn Gather| {
        questions.iter().filter(|question| is_right(question, index)).count() as f64 / questions.len() as f64
    };
    let (gathered, all) = (recall(&snapshot.index), recall(&everything));
    assert!(gathered >= all - 0.005, "{name}: {gathered} against {all}");
    (gathered, all)
}

#[test]
fn entries_that_differ_by_one_word_are_told_apart() {
    let (entries, questions) = generator::hard(ENTRIES, 500);
    let questions: Vec<(String, String)> =
        questions.into_iter().map(|(question, at)| (question, entries[at].id.clone())).collect();
    let (recall, all) = compare("one word apart", &entries, &questions);
    println!("recall at 1 {recall:.3}, of everything {all:.3}");
    assert!(recall > 0.9, "{recall}");
}

#[test]
fn public_questions_find_their_entries_among_many_others() {
    let Some(folder) = std::env::var_os("YINGDA_EVALUATION_SETS").map(PathBuf::from) else {
        println!("YINGDA_EVALUATION_SETS is not set: no public set is asked");
        return;
    };
    for (set, step) in [("atec_clean_s11", 1), ("lcqmc_faq", 5)] {
        let mut entries: Vec<SetEntry> = json_lines(&folder.join(set).join("entries.jsonl"));
        let queries: Vec<SetQuery> = json_lines(&folder.join(set).join("dev.jsonl"));
        entries.extend(generator::hard(ENTRIES - entries.len(), ENTRIES).0);
        let questions: Vec<(String, String)> =
            queries.into_iter().step_by(step).filter_map(|query| Some((query.text, query.id?))).collect();
        println!("{set}: {:?}", compare(set, &entries, &questions));
    }
}

fn json_lines<T: DeserializeOwned>(path: &Path) -> Vec<T> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
