//! Names the engine: a hash over the source that training and fitting hang on, so that what an older engine trained is
//! never taken for this one's.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// What decides how content is compiled, trained and fitted.
const SOURCES: [&str; 10] = [
    "Cargo.lock",
    "src/assistant",
    "src/dialogue",
    "src/evaluation",
    "src/index",
    "src/knowledge",
    "src/nlu",
    "src/retrieval",
    "src/snapshot",
    "src/text",
];

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = Vec::new();
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
        collect(&root.join(source), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    env::var_os("TARGET").hash(&mut hasher);
    for file in files {
        // A package without its lock file is built with what its manifest allows.
        fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=ENGINE_HASH={:016x}", hasher.finish());
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
