//! How the service was used, as a table: one figure a row, of all of it first, then of each group.

use crate::desk::reports::figures::{Named, Part, Points, Seconds};
use crate::desk::reports::promises::Promises;
use crate::desk::reports::usage::{EntryUse, Figures, Group, Miss, UsageReport};
use crate::exchange::figures::{Cell, Table};

const USAGE: [&str; 9] = ["group", "group_name", "section", "item", "n", "share", "mean", "median", "ninety_percent"];

/// Lays a report out; rows of all of it have no group.
pub fn usage_table(report: &UsageReport) -> Table {
    let mut rows = figure_rows(["", ""], &report.overall);
    let named = |section: &str, item: &str, n: u64, share: Option<f64>| -> Vec<Cell> {
        vec!["".into(), "".into(), section.into(), item.into(), n.into(), share.into()]
    };
    for EntryUse { entry, shown, helpful, unhelpful, share_helpful } in &report.entries {
        rows.push(named("entry_shown", entry, *shown, None));
        rows.push(named("entry_helpful", entry, *helpful, *share_helpful));
        rows.push(named("entry_unhelpful", entry, *unhelpful, None));
    }
    rows.extend(report.misses.iter().map(|Miss { text, n }| named("missed", text, *n, None)));
    for Group { name, display_name, figures } in &report.groups {
        rows.extend(figure_rows([name, display_name.as_deref().unwrap_or_default()], figures));
    }
    Table { name: "usage", headings: &USAGE, rows }
}

/// Rows of a group, by its name and by what people call it.
fn figure_rows([group, called]: [&str; 2], figures: &Figures) -> Vec<Vec<Cell>> {
    let row = |section: &str, item: &str, Part { n, share }: Part| -> Vec<Cell> {
        vec![group.into(), called.into(), section.into(), item.into(), n.into(), share.into()]
    };
    let count = |item: &str, n: u64| row("conversations", item, Part { n, share: None });
    let mut rows = vec![
        count("begun", figures.begun),
        count("ended", figures.ended),
        row("conversations", "contained", figures.contained),
        count("handed_off", figures.handoffs),
    ];
    for (section, named) in [
        ("handoff_reason", &figures.handoffs_by_reason),
        ("handoff_department", &figures.handoffs_by_department),
        ("decision", &figures.decisions),
        ("contact_reason", &figures.contact_reasons),
    ] {
        rows.extend(named.iter().map(|Named { name, part }| row(section, name, *part)));
    }
    for (section, item, part) in [
        ("decision", "answered", figures.answered),
        ("opinion", "helpful", figures.helpful),
        ("opinion", "unhelpful", figures.unhelpful),
        ("opinion", "again", figures.again),
    ] {
        rows.push(row(section, item, part));
    }
    let points = |item: &str, Points { n, mean }: Points| -> Vec<Cell> {
        vec![group.into(), called.into(), "rating".into(), item.into(), n.into(), Cell::Nothing, mean.into()]
    };
    rows.extend([
        points("response_time", figures.response_time),
        points("attitude", figures.attitude),
        points("resolution", figures.resolution),
    ]);
    let took = |item: &str, Seconds { n, median, ninety_percent, .. }: Seconds| -> Vec<Cell> {
        let (no_share, no_mean) = (Cell::Nothing, Cell::Nothing);
        let own = [group.into(), called.into(), "seconds".into(), item.into(), n.into()];
        own.into_iter().chain([no_share, no_mean, median.into(), ninety_percent.into()]).collect()
    };
    rows.extend([
        took("wait", figures.wait_seconds),
        took("first_reply", figures.first_reply_seconds),
        took("resolution", figures.resolution_seconds),
    ]);
    for (section, promises) in
        [("promised_first_reply", figures.promised_first_reply), ("promised_resolution", figures.promised_resolution)]
    {
        let Promises { kept, broken, open, share_kept } = promises;
        rows.push(row(section, "kept", Part { n: kept, share: share_kept }));
        rows.push(row(section, "broken", Part { n: broken, share: None }));
        rows.push(row(section, "open", Part { n: open, share: None }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::reports::usage::By;

    #[test]
    fn what_customers_asked_is_no_formula() {
        let day: jiff::civil::Date = "2026-11-02".parse().unwrap();
        let report = UsageReport {
            from: day,
            until: day,
            departments: Vec::new(),
            overall: Figures { begun: 2, contained: Part::of(1, 2), ..Figures::default() },
            entries: vec![EntryUse { entry: "refund".to_owned(), shown: 3, ..EntryUse::default() }],
            misses: vec![Miss { text: "=1+1".to_owned(), n: 3 }],
            by: By::Channel,
            groups: vec![Group {
                name: "@app".to_owned(),
                display_name: Some("=Ann".to_owned()),
                figures: Figures::default(),
            }],
        };
        let csv = String::from_utf8(usage_table(&report).to_csv().unwrap()).unwrap();
        let (head, rest) = csv.split_once("\r\n").unwrap();
        assert_eq!(head, "\u{FEFF}group,group_name,section,item,n,share,mean,median,ninety_percent");
        assert!(rest.starts_with(",,conversations,begun,2,,,,\r\n,,conversations,ended,0,,,,\r\n"), "{csv}");
        assert!(rest.contains("\r\n,,conversations,contained,1,0.5,,,\r\n"), "{csv}");
        assert!(rest.contains("\r\n,,missed,'=1+1,3,,,,\r\n"), "{csv}");
        assert!(rest.contains("\r\n'@app,'=Ann,conversations,begun,0,,,,\r\n"), "{csv}");
        assert!(!usage_table(&report).to_xlsx().unwrap().is_empty());
    }
}
