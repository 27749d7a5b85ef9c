//! What an evaluation found, for people: tables, the curve, what is confused; and beside the figures of an earlier run.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use comfy_table::{Table, presets};
use serde_json::Value;

use crate::cli::{Common, Outcome, read_lines};
use crate::evaluation::chart;
use crate::evaluation::curves::CurvePoint;

/// How an evaluation is shown.
#[derive(Args, Clone, Debug)]
pub struct Shown {
    /// Figures of an earlier run (its output with --json), to stand beside these.
    #[arg(long, value_name = "FILE.json", global = true)]
    compare: Option<PathBuf>,
    /// Where the curve of coverage and precision is drawn.
    #[arg(long, value_name = "FILE.svg", global = true)]
    svg: Option<PathBuf>,
}

/// Confusions that are shown.
const MOST_CONFUSIONS: usize = 15;

/// Prints a report: as it is with `--json`, else as tables.
///
/// # Errors
/// Fails when a file cannot be read or written.
pub(crate) fn print(report: &Value, shown: &Shown, common: &Common) -> anyhow::Result<Outcome> {
    let curve: Vec<CurvePoint> = serde_json::from_value(report["curve"].clone()).unwrap_or_default();
    if let Some(file) = &shown.svg {
        std::fs::write(file, chart::svg(&curve, "Coverage and precision"))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if common.json {
        say!("{}", serde_json::to_string_pretty(report)?);
        return Ok(Outcome::Done);
    }
    let before: Option<Value> = match &shown.compare {
        Some(file) => {
            Some(serde_json::from_str(&read_lines(file)?).with_context(|| format!("{} is no report", file.display()))?)
        }
        None => None,
    };
    for (key, title) in [("by_kind", "kind"), ("by_style", "style"), ("by_language", "language")] {
        if let Some(parts) = report[key].as_object() {
            let mut table = table(&[title, "n", "accepted", "rate"]);
            for (name, part) in parts {
                let rate = percent(part["accept_rate"].as_f64().unwrap_or_default());
                table.add_row([name.clone(), part["n"].to_string(), part["accepted"].to_string(), rate]);
            }
            say!("{table}");
        }
    }
    for failure in report["failures"].as_array().into_iter().flatten() {
        let harm = if failure["never"] == true { " HARM" } else { "" };
        let accept: Vec<&str> = failure["accept"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        say!(
            "{} {}\n    {} {}{harm}; accepted: {}",
            text(&failure["id"]),
            failure["text"],
            text(&failure["outcome"]),
            failure["confidence"],
            accept.join(", ")
        );
    }
    print_confusions(report)?;
    print_reliability(report)?;
    if !curve.is_empty() {
        say!("{}", chart::text(&curve).trim_end());
    }
    for slow in report["slowest"].as_array().into_iter().flatten() {
        say!("{:>7} \u{b5}s  {}", slow["microseconds"].to_string(), text(&slow["text"]));
    }
    print_numbers(report, before.as_ref())
}

fn print_numbers(report: &Value, before: Option<&Value>) -> anyhow::Result<Outcome> {
    let mut table = match before {
        Some(_) => table(&["figure", "value", "before", "change"]),
        None => table(&["figure", "value"]),
    };
    for (figure, value) in report.as_object().into_iter().flatten().filter(|(_, value)| value.is_number()) {
        let mut row = vec![figure.clone(), value.to_string()];
        if let Some(before) = before {
            let change = value.as_f64().zip(before[figure].as_f64()).map(|(now, before)| now - before);
            row.push(before[figure].to_string());
            row.push(change.map_or_else(String::new, |change| format!("{change:+.4}")));
        }
        table.add_row(row);
    }
    say!("{table}");
    Ok(Outcome::Done)
}

fn print_confusions(report: &Value) -> anyhow::Result<()> {
    let confusions = report["confusions"].as_array().into_iter().flatten().take(MOST_CONFUSIONS);
    let mut table = table(&["n", "meant", "by the phrasing", "taken for", "by the phrasing"]);
    for confusion in confusions {
        let keys = ["meant", "phrasing_meant", "taken", "phrasing_taken"];
        let cells = keys.iter().map(|key| text(&confusion[key]).to_owned());
        table.add_row(std::iter::once(confusion["n"].to_string()).chain(cells));
    }
    if !table.is_empty() {
        say!("{table}");
    }
    Ok(())
}

fn print_reliability(report: &Value) -> anyhow::Result<()> {
    let Some(bins) = report["reliability"].as_array() else { return Ok(()) };
    let mut table = table(&["confidence", "n", "right"]);
    for bin in bins {
        let share = |key: &str| format!("{:.2}", bin[key].as_f64().unwrap_or_default());
        table.add_row([share("confidence"), bin["n"].to_string(), share("right")]);
    }
    say!("{table}");
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(header.to_vec());
    table
}

pub(crate) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
