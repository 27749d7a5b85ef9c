//! The house rules that a machine can check: one-way imports, a `//!` line on every file, a pure core, short files.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms in reading order: each may import itself and those before it.
const CORE: [&str; 9] =
    ["text", "knowledge", "nlu", "retrieval", "dialogue", "desk", "people", "assistant", "evaluation"];

/// Shells that know only the core.
const LEAVES: [&str; 3] = ["index", "exchange", "store"];

/// What the core must not name: I/O, time, randomness, and the shells' crates.
const FORBIDDEN_IN_CORE: [&str; 17] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::io",
    "std::process",
    "std::time",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "tokio",
    "axum",
    "sqlx",
    "tantivy::",
    "rand::",
    "anyhow",
    "println!",
];

/// No source file is longer, but tables of data.
const LONGEST_FILE: usize = 600;

fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// The room a source file lies in: the first part of its path below `src`.
fn room(path: &Path) -> String {
    let below = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The lines of a file before its tests.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    text[..end].lines().map(|line| line.split("//").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in rust_files("src").iter().chain(&rust_files("tests")).chain(&rust_files("benches")) {
        let text = fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//! "), "{}: the first line is no //! line", path.display());
    }
}

#[test]
fn imports_go_one_way() {
    for path in rust_files("src") {
        let room = room(&path);
        let allowed: Vec<&str> = match CORE.iter().position(|core| *core == room) {
            Some(at) => CORE[..=at].to_vec(),
            None if LEAVES.contains(&room.as_str()) => CORE.iter().copied().chain([room.as_str()]).collect(),
            None => continue,
        };
        for (number, line) in code(&path).iter().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let named: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                assert!(allowed.contains(&named.as_str()), "{}:{}: {room} imports {named}", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn the_core_is_pure() {
    for path in rust_files("src").iter().filter(|path| CORE.contains(&room(path).as_str())) {
        for (number, line) in code(path).iter().enumerate() {
            for forbidden in FORBIDDEN_IN_CORE {
                assert!(!line.contains(forbidden), "{}:{}: {forbidden} in the core", path.display(), number + 1);
            }
        }
    }
}

#[test]
fn each_thing_has_one_place() {
    for (what, only) in [
        ("tantivy::", "index"),
        ("axum::", "http"),
        ("fastrand::", "ids"),
        ("reqwest::", "connectors"),
        ("sqlx::", "store"),
        ("Timestamp::now", "clock"),
        ("std::env::var", "config"),
        ("println!", "cli"),
    ] {
        for path in rust_files("src").iter().filter(|path| room(path) != only) {
            let found = code(path).iter().any(|line| line.contains(what) && !line.contains("eprintln!"));
            assert!(!found, "{}: {what} belongs to {only}", path.display());
        }
    }
}

#[test]
fn no_request_forgets_what_is_switched_off() {
    for path in rust_files("src").iter().filter(|path| room(path) == "http" && !path.ends_with("work.rs")) {
        for unswitched in ["Message::new", "Composer {", "Switches::NONE"] {
            let found = code(path).iter().any(|line| line.contains(unswitched));
            assert!(!found, "{}: {unswitched}, where a View makes messages and composers", path.display());
        }
    }
}

#[test]
fn files_are_short() {
    for path in rust_files("src") {
        let n = fs::read_to_string(&path).unwrap().lines().count();
        assert!(n <= LONGEST_FILE, "{}: {n} lines", path.display());
    }
}
