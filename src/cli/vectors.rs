//! `yingda vectors`: tables of word vectors, made of what a model says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::assistant::compile::texts_of;
use crate::cli::{Common, Outcome, load, progress, read_domains, read_lines};
use crate::config::Config;
use crate::connectors::embeddings::Embeddings;
use crate::knowledge::ReadOptions;
use crate::nlu::projection::{Word, project};
use crate::text::analysis::Analyser;
use crate::text::script::is_han;
use crate::text::segment::Segmenter;
use crate::text::synonyms::Synonyms;
use crate::text::vectors;

/// Arguments of `vectors`.
#[derive(Args, Clone, Debug)]
pub struct VectorsArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Clone, Debug)]
enum What {
    /// Asks the configured embeddings server about words and writes a table of them.
    Build(BuildArguments),
}

#[derive(Args, Clone, Debug)]
struct BuildArguments {
    /// A list of words: one a line, with how often it is used behind it where that is known (jieba's dictionary is one).
    /// Words of the content and of the groups are added.
    #[arg(long, value_name = "LIST", required = true)]
    words: Vec<PathBuf>,
    /// Of a list, so many words at most: the most frequent, else the first.
    #[arg(long, default_value_t = 32_000)]
    most_of_list: usize,
    /// The folder of groups of questions that mean the same, which teach what to keep of the model's numbers.
    #[arg(long, value_name = "FOLDER", default_value = "training")]
    groups: PathBuf,
    /// Numbers of a word.
    #[arg(long, default_value_t = 128)]
    dimensions: usize,
    /// What the table says of the licences of the model and the lists.
    #[arg(long)]
    license: String,
    /// Where the table is written.
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

/// Longest word, in characters and in bytes: a byte holds its length.
const LONGEST_HAN: usize = 4;
const LONGEST: usize = 60;

/// What a word that was never met counts as.
const NEVER_MET: f64 = 0.3;

/// Runs `vectors`.
///
/// # Errors
/// Fails when a file cannot be read or written, or the server does not answer.
pub fn run(vectors: &VectorsArguments, common: &Common, config: &Config) -> anyhow::Result<Outcome> {
    let What::Build(build) = &vectors.what;
    let embeddings = Embeddings::new(&config.embeddings, &common.data)?
        .context("no embeddings server: set url in [embeddings], or YINGDA_EMBEDDINGS_URL")?;
    let analyser = Analyser::new(Segmenter::new([]), Synonyms::new([]));
    let groups: Vec<Vec<String>> =
        read_domains(&build.groups)?.into_iter().flatten().map(|group| group.texts()).collect();
    let content = texts_of(&load(&config.content, &ReadOptions::default())?.content);
    let wholes = |text: &String| -> Vec<String> {
        analyser.analyse(text).whole_words().filter(|word| is_word(word)).map(str::to_owned).collect()
    };
    let read: Vec<Vec<Vec<String>>> = groups.iter().map(|group| group.iter().map(wholes).collect()).collect();
    let mut met: BTreeMap<String, f64> = BTreeMap::new();
    for word in read.iter().flatten().flatten().cloned().chain(content.iter().flat_map(wholes)) {
        *met.entry(word).or_default() += 1.0;
    }
    // A word as it is asked for, by its stem; the first of a list is the plainest.
    let mut listed: BTreeMap<String, (String, f64)> = BTreeMap::new();
    for list in &build.words {
        for (word, count) in read_list(list, build.most_of_list)? {
            let stem = analyser.analyse(&word).words.pop().filter(|_| !word.starts_with(is_han));
            let known = listed.entry(stem.unwrap_or_else(|| word.clone())).or_insert((word, 0.0));
            known.1 += count;
        }
    }
    for word in met.keys() {
        listed.entry(word.clone()).or_insert_with(|| (word.clone(), 0.0));
    }
    let asked: Vec<String> = listed.values().map(|(word, _)| word.clone()).collect();
    let vectors_of = progress::while_running("asking the model about words", || embeddings.vectors(&asked))?;
    let total = |is_of: &dyn Fn(&str) -> bool, counts: &mut dyn Iterator<Item = (&String, f64)>| {
        counts.filter(|(word, _)| is_of(word)).map(|(_, count)| count).sum::<f64>().max(1.0)
    };
    let han = |word: &str| word.starts_with(is_han);
    let listed_han = total(&han, &mut listed.iter().map(|(word, (_, count))| (word, *count)));
    let met_of = |script: bool| total(&|word| han(word) == script, &mut met.iter().map(|(word, count)| (word, *count)));
    let (met_han, met_latin) = (met_of(true), met_of(false));
    let frequency = |word: &str, count: f64| {
        let met = met.get(word).copied().unwrap_or_default();
        match (han(word), count > 0.0) {
            (true, true) => count / listed_han,
            (true, false) => met.max(NEVER_MET) / met_han,
            // Lists of other scripts seldom say how often a word is used.
            (false, _) => (met + NEVER_MET) / met_latin,
        }
    };
    let words: Vec<Word> = listed
        .iter()
        .zip(vectors_of)
        .map(|((word, (_, count)), vector)| Word {
            frequency: frequency(word, *count),
            is_han: han(word),
            word: word.clone(),
            vector,
        })
        .collect();
    let place = |word: &String| words.binary_search_by(|known| known.word.cmp(word)).ok();
    let places: Vec<Vec<Vec<usize>>> =
        read.iter().map(|group| group.iter().map(|text| text.iter().filter_map(place).collect()).collect()).collect();
    let projected = progress::while_running("projecting", || project(&words, &places, build.dimensions));
    let table: Vec<(String, Vec<f32>)> = words.into_iter().map(|word| word.word).zip(projected).collect();
    let bytes = vectors::write(&config.embeddings.model, &build.license, &table);
    std::fs::write(&build.output, &bytes).with_context(|| format!("cannot write {}", build.output.display()))?;
    say!("{} words, {} bytes", table.len(), bytes.len());
    Ok(Outcome::Done)
}

fn is_word(word: &str) -> bool {
    word.len() <= LONGEST && (word.starts_with(is_han) || word.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// Reads a list: the words that are Han or Latin, with their counts.
fn read_list(file: &Path, most: usize) -> anyhow::Result<Vec<(String, f64)>> {
    let text = read_lines(file)?;
    let mut words: Vec<(String, f64)> = text
        .lines()
        .filter_map(|line| {
            let mut parts = line.split_whitespace();
            let word = parts.next()?.to_lowercase();
            let count = parts.next().and_then(|count| count.parse().ok()).unwrap_or(0.0);
            let is_short = !word.starts_with(is_han) || word.chars().count() <= LONGEST_HAN && word.chars().all(is_han);
            (is_word(&word) && is_short).then_some((word, count))
        })
        .collect();
    words.sort_by(|a, b| b.1.total_cmp(&a.1));
    words.truncate(most);
    Ok(words)
}
