//! Writes a knowledge base of any size into folders, as editors would have written it: generated entries with the sample's
//! intents and operator's files; and questions to ask it.
//!
//! `cargo bench --bench corpus -- N DIR` makes DIR/knowledge-base, DIR/intents and DIR/questions.txt.

mod generator;

use std::fs;
use std::path::Path;

use yingda::files;

/// Entries of one category.
const PER_CATEGORY: usize = 5_000;

/// Questions that are written.
const MOST_QUESTIONS: usize = 2_000;

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let (Some(n), Some(folder)) = (arguments.first().and_then(|n| n.parse().ok()), arguments.get(1)) else {
        // `cargo bench` alone runs every bench; this one has nothing to measure.
        return Ok(());
    };
    write_corpus(n, Path::new(folder))
}

fn write_corpus(n: usize, folder: &Path) -> std::io::Result<()> {
    let (entries, questions) = generator::generate(n);
    for file in files::sample() {
        let parts: Vec<&str> = file.path.split('/').collect();
        let of_operator = matches!(parts.as_slice(), ["knowledge-base", name] if name.contains('.'));
        if of_operator || parts[0] == "intents" {
            write(&folder.join(&file.path), &file.bytes)?;
        }
    }
    for (at, entry) in entries.iter().enumerate() {
        let category = folder.join(format!("knowledge-base/category{:03}", at / PER_CATEGORY));
        if at % PER_CATEGORY == 0 {
            let title = format!("title: {{zh-CN: 第 {} 类}}\n", at / PER_CATEGORY + 1);
            write(&category.join("_category.yaml"), title.as_bytes())?;
        }
        let similar: String = entry.similar.iter().map(|similar| format!("  - {similar}\n")).collect();
        let text = format!("---\nquestion: {}\nsimilar:\n{similar}---\n{}\n", entry.question, entry.answer);
        write(&category.join(format!("{}.md", entry.id)), text.as_bytes())?;
    }
    let step = (n / MOST_QUESTIONS).max(1);
    let asked: Vec<String> = questions.into_iter().step_by(step).collect();
    write(&folder.join("questions.txt"), asked.join("\n").as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, bytes)
}
