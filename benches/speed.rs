//! How long one `ask` takes, in process, on one core: on the sample, on 10,000 and on 100,000 generated entries; and
//! how long compiling takes. Prints median and 99th percentile over many different questions.
//!
//! `cargo bench --bench speed [-- sample|10000|100000]`
#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

mod generator;

use std::time::Instant;

use jiff::Timestamp;
use yingda::assistant::turn::Message;
use yingda::evaluation::sets::content_of;
use yingda::files;
use yingda::knowledge::{ReadOptions, read};
use yingda::snapshot::Snapshot;

/// The program's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MOST_QUESTIONS: usize = 2_000;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|asked| asked == name);
    println!("{:<10} {:>12} {:>12} {:>12} {:>10}", "entries", "compile s", "median µs", "p99 µs", "questions");
    if wanted("sample") {
        let (content, _) = read(files::sample(), &ReadOptions::default());
        let questions = content.questions.values().flatten().map(|question| question.text.clone()).collect();
        measure("sample", || Snapshot::compile(content, String::new()), questions);
    }
    for n in [10_000, 100_000] {
        if wanted(&n.to_string()) {
            let (entries, questions) = generator::generate(n);
            let content = content_of(&entries, None);
            let step = n / MOST_QUESTIONS.min(n);
            measure(
                &n.to_string(),
                || Snapshot::compile(content, String::new()),
                questions.into_iter().step_by(step).collect(),
            );
        }
    }
}

fn measure(name: &str, compile: impl FnOnce() -> anyhow::Result<Snapshot>, questions: Vec<String>) {
    let started = Instant::now();
    let snapshot = compile().expect("generated content compiles");
    let compile_seconds = started.elapsed().as_secs_f64();
    let now = Timestamp::UNIX_EPOCH;
    for question in questions.iter().take(200) {
        std::hint::black_box(snapshot.answer(&Message::new(question), now));
    }
    let mut micros: Vec<f64> = questions
        .iter()
        .map(|question| {
            let started = Instant::now();
            std::hint::black_box(snapshot.answer(&Message::new(question), now));
            started.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    micros.sort_by(f64::total_cmp);
    let at = |share: f64| micros[((micros.len() - 1) as f64 * share) as usize];
    println!("{name:<10} {compile_seconds:>12.2} {:>12.0} {:>12.0} {:>10}", at(0.5), at(0.99), questions.len());
}
