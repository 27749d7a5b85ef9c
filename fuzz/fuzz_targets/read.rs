//! Any bytes in any file of the content are read without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use yingda::knowledge::content::SourceFile;
use yingda::knowledge::{ReadOptions, read};

const PATHS: [&str; 8] = [
    "knowledge-base/refund/refund-apply.md",
    "knowledge-base/variables.yaml",
    "knowledge-base/synonyms.txt",
    "knowledge-base/calendar.yaml",
    "knowledge-base/questions/fit-a.jsonl",
    "intents/refund.request.yaml",
    "intents/rules.yaml",
    "intents/flows/refund.yaml",
];

fuzz_target!(|input: (u8, Vec<u8>)| {
    let path = PATHS[usize::from(input.0) % PATHS.len()].to_owned();
    let _ = read(&[SourceFile { path, bytes: input.1 }], &ReadOptions::default());
});
