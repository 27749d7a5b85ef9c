//! `yingda schema`: the JSON schemas of the files that editors write, so that their tools complete and check.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::{Value, json};

use crate::cli::{Common, Outcome};
use crate::knowledge::schemas::{FileSchema, SCHEMAS};

/// Arguments of `schema`.
#[derive(Args, Clone, Debug)]
pub struct SchemaArguments {
    /// The kind of file whose schema is printed; all kinds are listed where none is named.
    #[arg(value_parser = PossibleValuesParser::new(SCHEMAS.map(|schema| schema.kind)), hide_possible_values = true)]
    kind: Option<String>,
    /// Writes all schemas into this folder, one file a kind.
    #[arg(long, value_name = "DIR", conflicts_with = "kind")]
    write: Option<PathBuf>,
}

/// Runs `schema`.
///
/// # Errors
/// Fails where nothing can be written.
pub fn run(arguments: &SchemaArguments, common: &Common) -> anyhow::Result<Outcome> {
    let SchemaArguments { kind, write } = arguments;
    if let Some(folder) = write {
        return write_all(folder, common);
    }
    match SCHEMAS.iter().find(|schema| kind.as_deref() == Some(schema.kind)) {
        Some(schema) => say!("{}", schema.text.trim_end()),
        None => list(common)?,
    }
    Ok(Outcome::Done)
}

fn list(common: &Common) -> anyhow::Result<()> {
    if common.json {
        let kinds = SCHEMAS.map(|FileSchema { kind, path, .. }| json!({ "kind": kind, "files": path }));
        say!("{}", serde_json::to_string_pretty(&kinds)?);
        return Ok(());
    }
    let width = SCHEMAS.iter().map(|schema| schema.kind.len()).max().unwrap_or_default();
    for FileSchema { kind, path, .. } in SCHEMAS {
        say!("{kind:<width$}  {path}");
    }
    Ok(())
}

fn write_all(folder: &Path, common: &Common) -> anyhow::Result<Outcome> {
    std::fs::create_dir_all(folder).with_context(|| format!("cannot write {}", folder.display()))?;
    for FileSchema { kind, text, .. } in SCHEMAS {
        let path = folder.join(format!("{kind}.json"));
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let settings = settings(folder);
    if common.json {
        say!("{}", serde_json::to_string_pretty(&json!({ "written": SCHEMAS.len(), "settings": settings }))?);
        return Ok(Outcome::Done);
    }
    say!("{} schemas are in {}; for .vscode/settings.json:", SCHEMAS.len(), folder.display());
    say!("{}", serde_json::to_string_pretty(&settings)?);
    Ok(Outcome::Done)
}

/// Settings with which the YAML extension of VS Code finds the schemas of a folder.
fn settings(folder: &Path) -> Value {
    let of_yaml = SCHEMAS.iter().filter(|schema| !schema.globs.is_empty());
    let mapped: BTreeMap<String, &[&str]> = of_yaml
        .map(|FileSchema { kind, globs, .. }| (folder.join(format!("{kind}.json")).display().to_string(), *globs))
        .collect();
    json!({ "yaml.schemas": mapped })
}
