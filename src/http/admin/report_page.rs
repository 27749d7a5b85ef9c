//! The complaints of a year as a page to print and to publish, in Chinese or English. Names no owner, no action, and no cause that
//! led to a few complaints alone: whoever complained must not be known by it.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};

use crate::desk::reports::complaints::{ComplaintReport, NONE};
use crate::desk::reports::figures::{Hours, Named, Part};
use crate::desk::reports::promises::Promises;
use crate::desk::reports::zone;
use crate::dialogue::compose::Composer;
use crate::dialogue::languages::to_traditional;
use crate::http::html::{Document, NOTHING, escaped, percent};
use crate::knowledge::content::Content;
use crate::knowledge::intent::SlotFiller;
use crate::text::language::LanguageTag;

/// Causes of fewer complaints are told together.
const FEWEST_SHOWN: u64 = 3;

/// The flow whose slot names the types of complaints.
const FLOW: &str = "complaint";
const TYPE: &str = "reason";

/// Whose report it is.
const OPERATOR: &str = "operator_name";

/// Makes the page.
pub fn of(report: &ComplaintReport, composer: &Composer<'_>) -> Response {
    let chinese = composer.language.primary() == "zh";
    let language = if chinese { composer.language.clone() } else { LanguageTag::en() };
    let page = Page { report, composer, chinese };
    let (mut title, mut body) = (page.title(), page.body());
    if language.is_traditional_chinese() {
        (title, body) = (to_traditional(&title, &language), to_traditional(&body, &language));
    }
    Document { language: &language, title: &title, body: &body, cache: "no-store" }.into_response()
}

struct Page<'p> {
    report: &'p ComplaintReport,
    composer: &'p Composer<'p>,
    chinese: bool,
}

impl Page<'_> {
    fn say<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        if self.chinese { chinese } else { english }
    }

    fn content(&self) -> &Content {
        self.composer.content
    }

    fn title(&self) -> String {
        let year = self.report.year;
        if self.chinese { format!("{year} 年度投诉处理情况报告") } else { format!("Complaints in {year}") }
    }

    fn body(&self) -> String {
        let report = self.report;
        let counted = [self.say("件数", "Complaints"), self.say("占比", "Share")];
        let measured = [self.say("小时", "Hours"), self.say("天", "Days")];
        let kept = [self.say("按时 / 到期", "Kept / due"), self.say("占比", "Share")];
        let finding = |name: &str| self.finding(name).to_owned();
        let sections = [
            self.table(self.say("总体情况", "Overview"), counted, &self.overview()),
            self.table(
                self.say("投诉类型", "Types"),
                counted,
                &self.named(&report.by_type, |name| self.type_title(name)),
            ),
            self.table(self.say("处理时长", "Handling time"), measured, &self.handling_time(&report.handling_hours)),
            self.table(self.say("服务承诺", "Promises"), kept, &self.promises()),
            self.table(self.say("严重程度", "Severity"), counted, &self.named(&report.by_severity, finding)),
            self.table(self.say("处理结果", "Decisions"), counted, &self.named(&report.by_decision, finding)),
            self.table(self.say("各月件数", "By month"), counted, &self.months()),
            self.causes(),
        ];
        format!(
            "<main>\n<h1>{}</h1>\n<p>{}</p>\n<p class=\"faint\">{}</p>\n{}</main>\n",
            self.title(),
            escaped(&self.operator()),
            escaped(&self.scope()),
            sections.concat()
        )
    }

    fn operator(&self) -> String {
        let language = if self.chinese { LanguageTag::zh_cn() } else { LanguageTag::en() };
        let name = self.content().variables.get(OPERATOR).and_then(|variable| variable.text(&language));
        name.unwrap_or_default().to_owned()
    }

    /// What is counted, and as of when.
    fn scope(&self) -> String {
        let report = self.report;
        let day = report.as_of.to_zoned(zone(&self.content().calendar)).date();
        let mut scope = if self.chinese {
            format!("统计 {} 年 1 月 1 日至 12 月 31 日受理的投诉，处理进展截至 {day}。", report.year)
        } else {
            format!("Complaints recorded from 1 January to 31 December {}; progress as of {day}.", report.year)
        };
        if !report.departments.is_empty() {
            let title = |department: &String| {
                let known = self.content().departments.get(department);
                known.map_or_else(|| department.clone(), |known| self.composer.title(&known.title))
            };
            let titles: Vec<String> = report.departments.iter().map(title).collect();
            scope.push_str(self.say("仅统计：", " Only: "));
            scope.push_str(&titles.join(self.say("、", ", ")));
            scope.push_str(self.say("。", "."));
        }
        scope
    }

    fn overview(&self) -> Vec<[String; 3]> {
        let report = self.report;
        let row = |title: &str, part: Part| [title.to_owned(), part.n.to_string(), percent(part.share)];
        vec![
            [self.say("受理投诉", "Recorded").to_owned(), report.recorded.to_string(), String::new()],
            row(self.say("年内办结", "Handled within the year"), report.handled_in_year),
            row(self.say("截至统计日办结", "Handled until now"), report.handled),
            row(self.say("尚未办结", "Still open"), report.open),
            row(self.say("升级处理", "Passed on to a higher level"), report.escalated),
        ]
    }

    fn named(&self, named: &[Named], title: impl Fn(&str) -> String) -> Vec<[String; 3]> {
        named.iter().map(|one| [title(&one.name), one.part.n.to_string(), percent(one.part.share)]).collect()
    }

    /// A type as editors call it.
    fn type_title(&self, name: &str) -> String {
        if name == NONE {
            return self.say("未分类", "Not classified").to_owned();
        }
        let flow = self.content().flows.get(FLOW);
        let slot = flow.and_then(|flow| flow.slots.iter().find(|slot| slot.name == TYPE));
        let label = match slot.map(|slot| &slot.filler) {
            Some(SlotFiller::Choices(choices)) => choices.iter().find(|choice| choice.value == name),
            _ => None,
        };
        label.map_or_else(|| name.to_owned(), |choice| self.composer.title(&choice.label))
    }

    fn finding<'n>(&self, name: &'n str) -> &'n str {
        match name {
            "minor" => self.say("轻微", "Minor"),
            "major" => self.say("较重", "Major"),
            "critical" => self.say("重大", "Critical"),
            "upheld" => self.say("投诉成立", "Upheld"),
            "partly_upheld" => self.say("部分成立", "Upheld in part"),
            "not_upheld" => self.say("投诉不成立", "Not upheld"),
            NONE => self.say("尚未认定", "Not assessed yet"),
            other => other,
        }
    }

    fn handling_time(&self, hours: &Hours) -> Vec<[String; 3]> {
        let shown = |value: Option<f64>| value.map_or_else(|| NOTHING.to_owned(), |value| format!("{value:.1}"));
        let row = |title: &str, hours: Option<f64>| {
            [title.to_owned(), shown(hours), shown(hours.map(|hours| hours / HOURS_OF_A_DAY))]
        };
        vec![
            row(self.say("半数投诉不超过", "Half took no longer than"), hours.median),
            row(self.say("九成投诉不超过", "Nine of ten took no longer than"), hours.ninety_percent),
            row(self.say("最长", "The longest"), hours.longest),
        ]
    }

    fn promises(&self) -> Vec<[String; 3]> {
        let row = |title: &str, promises: &Promises| {
            let due = promises.kept + promises.broken;
            [title.to_owned(), format!("{} / {due}", promises.kept), percent(promises.share_kept)]
        };
        vec![
            row(self.say("按时首次回复", "First reply in time"), &self.report.first_reply),
            row(self.say("按时办结", "Handled in time"), &self.report.resolve),
        ]
    }

    fn months(&self) -> Vec<[String; 3]> {
        let all = self.report.recorded;
        let title = |month: usize| if self.chinese { format!("{month} 月") } else { MONTHS[month - 1].to_owned() };
        let months = (1..).zip(&self.report.by_month);
        months.map(|(month, n)| [title(month), n.to_string(), percent(Part::of(*n, all).share)]).collect()
    }

    /// Causes with how many things were done about each, and how many are under way.
    fn causes(&self) -> String {
        let shown = |n: u64| n >= FEWEST_SHOWN;
        let count = |of: &mut dyn Iterator<Item = bool>| of.filter(|is_so| *is_so).count();
        let mut rows = String::new();
        let mut row = |cause: &str, n: u64, done: usize, open: usize| {
            // Writing to a String cannot fail.
            let _ = writeln!(
                rows,
                "<tr><th scope=\"row\">{}</th><td class=\"number\">{n}</td><td class=\"number\">{done}</td>\
                 <td class=\"number\">{open}</td></tr>",
                escaped(cause)
            );
        };
        let (mut n_rare, mut done_rare, mut open_rare) = (0, 0, 0);
        for cause in &self.report.causes {
            let done = count(&mut cause.actions.iter().map(|action| action.done_at.is_some()));
            let open = cause.actions.len() - done;
            if shown(cause.part.n) {
                row(&cause.cause, cause.part.n, done, open);
            } else {
                (n_rare, done_rare, open_rare) = (n_rare + cause.part.n, done_rare + done, open_rare + open);
            }
        }
        if n_rare > 0 || done_rare + open_rare > 0 {
            row(self.say("其他原因", "Other causes"), n_rare, done_rare, open_rare);
        }
        if rows.is_empty() {
            return String::new();
        }
        let heads = [
            self.say("原因", "Cause"),
            self.say("件数", "Complaints"),
            self.say("已完成措施", "Measures done"),
            self.say("进行中措施", "Measures under way"),
        ];
        table_of(self.say("原因与改进措施", "Causes, and what is done about them"), &heads, &rows)
    }

    /// Rows of a title and two figures.
    fn table(&self, title: &str, [first, second]: [&str; 2], rows: &[[String; 3]]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        let row = |[title, first, second]: &[String; 3]| {
            format!(
                "<tr><th scope=\"row\">{}</th><td class=\"number\">{first}</td><td class=\"number\">{second}</td></tr>\n",
                escaped(title)
            )
        };
        let rows: String = rows.iter().map(row).collect();
        table_of(title, &[self.say("项目", "Item"), first, second], &rows)
    }
}

/// A table with a title above it; its first column says what the figures are of.
fn table_of(title: &str, heads: &[&str], rows: &str) -> String {
    format!("<h2>{title}</h2>\n{}", untitled_table(heads, rows))
}

/// A table; its first column says what the figures are of.
pub(super) fn untitled_table(heads: &[&str], rows: &str) -> String {
    let class = |at: usize| if at == 0 { "" } else { " class=\"number\"" };
    let heads: String =
        heads.iter().enumerate().map(|(at, head)| format!("<th scope=\"col\"{}>{head}</th>", class(at))).collect();
    format!("<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n")
}

const HOURS_OF_A_DAY: f64 = 24.0;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
