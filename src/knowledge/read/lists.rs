//! Files of lines: synonyms, dictionary, labelled questions.

use std::collections::BTreeMap;

use crate::knowledge::content::{Content, DictionaryWord, LabelledQuestion, SynonymGroup};
use crate::knowledge::reader::{Kind, Reader};
use crate::knowledge::source::Place;
use crate::text::normalise::normalise;

/// Lines with their numbers and columns, without comments and empty ones.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.split('#').next().unwrap_or_default()));
    lines.filter(|(_, line)| !line.trim().is_empty())
}

pub(super) fn synonyms(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for (line_number, line) in lines(&text) {
        let (words, means) = match line.split_once("=>") {
            Some((words, means)) => (words, Some(means)),
            None => (line, None),
        };
        let mut means: Vec<String> = means.into_iter().flat_map(|means| means.split(',')).map(normalise).collect();
        let one_way = !means.is_empty();
        means.retain(|word| !word.is_empty());
        let mut group = SynonymGroup { words: Vec::new(), means: None };
        let mut column = 1;
        for word in words.split(',') {
            let indent = word.chars().take_while(|c| c.is_whitespace()).count();
            let place = Place { file, line: line_number, column: column + indent };
            column += word.chars().count() + 1;
            let word = normalise(word);
            if word.is_empty() {
                reader.report("empty-text", place, "a word without a letter", None);
                continue;
            }
            if let Some(&first) = seen.get(&word) {
                let at = reader.locate(first);
                let message = match first.line == line_number {
                    true => format!("this is \"{word}\" after folding, which stands in this group already: {at}"),
                    false => format!("\"{word}\" stands in another group too: {at}"),
                };
                reader.report("synonym-twice", place, message, None);
                continue;
            }
            seen.insert(word.clone(), place);
            group.words.push(word);
        }
        let place = Place { file, line: line_number, column: 1 };
        if one_way && means.is_empty() {
            reader.report("empty-text", place, "nothing stands behind \"=>\"", None);
        } else if one_way {
            // `a => b, c`: a means b and a means c.
            let one = |means| SynonymGroup { words: group.words.clone(), means: Some(means) };
            content.synonyms.extend(means.into_iter().map(one));
        } else if line.split(',').filter(|word| !normalise(word).is_empty()).count() < 2 {
            let hint = "words are parted by \",\", for instance: 退款, 退费";
            reader.report("bad-value", place, "a group needs two words", Some(hint.to_owned()));
        } else {
            content.synonyms.push(group);
        }
    }
    Some(())
}

pub(super) fn dictionary(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for (line_number, line) in lines(&text) {
        let place = Place { file, line: line_number, column: 1 };
        let mut parts = line.split_whitespace();
        let word = normalise(parts.next().unwrap_or_default());
        let frequency = match parts.next().map(str::parse) {
            None => None,
            Some(Ok(frequency)) => Some(frequency),
            Some(Err(_)) => {
                reader.report(
                    "bad-value",
                    place,
                    "the frequency is no whole number",
                    Some("word [frequency [tag]]".to_owned()),
                );
                continue;
            }
        };
        if word.is_empty() {
            reader.report("empty-text", place, "a word without a letter", None);
        } else if let Some(&first) = seen.get(&word) {
            let first = reader.locate(first);
            reader.report("word-twice", place, format!("\"{word}\" is listed already: {first}"), None);
        } else {
            seen.insert(word.clone(), place);
            content.dictionary.push(DictionaryWord { word, frequency, tag: parts.next().map(str::to_owned) });
            if let Some(more) = parts.next() {
                let hint = Some("word [frequency [tag]]".to_owned());
                reader.report("bad-value", place, format!("\"{more}\" is one part too many"), hint);
            }
        }
    }
    Some(())
}

pub(super) fn questions(reader: &mut Reader, content: &mut Content, file: usize, name: &str) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let mut questions: Vec<LabelledQuestion> = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = Place { file, line: at + 1, column: 1 };
        let question: LabelledQuestion = match serde_json::from_str(line) {
            Ok(question) => question,
            Err(error) => {
                // serde_json counts bytes.
                let column = line.char_indices().take_while(|(byte, _)| byte + 1 < error.column()).count() + 1;
                let message = error.to_string();
                let message = message.split(" at line").next().unwrap_or_default().to_lowercase();
                reader.report("bad-json", Place { column, ..place }, message, None);
                continue;
            }
        };
        if let Some(&first) = reader.notes.question_ids.get(&question.id) {
            let first = reader.locate(first);
            reader.report(
                "duplicate-id",
                place,
                format!("the question \"{}\" is defined already: {first}", question.id),
                None,
            );
        }
        reader.notes.question_ids.insert(question.id.clone(), place);
        if question.accept.is_empty() {
            reader.report("missing-key", place, "\"accept\" is empty", None);
        }
        for outcome in question.accept.iter().chain(&question.never) {
            outcome_exists(reader, outcome, place);
        }
        if let Some(both) = question.accept.iter().find(|outcome| question.never.contains(outcome)) {
            reader.report("contradiction", place, format!("\"{both}\" is both accepted and never right"), None);
        }
        questions.push(question);
    }
    content.questions.insert(name.to_owned(), questions);
    Some(())
}

fn outcome_exists(reader: &mut Reader, outcome: &str, place: Place) {
    match outcome.strip_prefix("intent:") {
        Some(intent) => reader.refer(Kind::Intent, intent, place, "unknown-outcome"),
        None if matches!(outcome, "clarify" | "fallback") => {}
        None => reader.refer(Kind::Entry, outcome, place, "unknown-outcome"),
    }
}
