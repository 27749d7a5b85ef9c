//! How the service was used, as a page to look at and to print, in Chinese or English: charts, a table beside each, and where to get
//! the figures as a file.

use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

use crate::desk::reports::complaints::NONE;
use crate::desk::reports::figures::{Named, Part, Points, Seconds};
use crate::desk::reports::promises::Promises;
use crate::desk::reports::usage::{By, Figures, Group, UsageReport};
use crate::dialogue::compose::Composer;
use crate::dialogue::languages::to_traditional;
use crate::http::admin::report_page::untitled_table;
use crate::http::chart::{Scale, bars};
use crate::http::html::{Document, NOTHING, escaped, percent};
use crate::knowledge::entry::EntryId;
use crate::knowledge::operator::Survey;
use crate::text::language::LanguageTag;

/// Makes the page.
pub fn of(report: &UsageReport, composer: &Composer<'_>) -> Response {
    let chinese = composer.language.primary() == "zh";
    let language = if chinese { composer.language.clone() } else { LanguageTag::en() };
    let page = Page { report, composer, chinese };
    let (mut title, mut body) = (page.title(), page.body());
    if language.is_traditional_chinese() {
        (title, body) = (to_traditional(&title, &language), to_traditional(&body, &language));
    }
    Document { language: &language, title: &title, body: &body, cache: "no-store" }.into_response()
}

/// Groups that have a bar each, of which those with the most use come first: as many as there are days in a report.
const MOST_BARS: usize = 366;

/// What a chart shows of each group.
type Shown = fn(&Figures) -> Option<f64>;

struct Page<'p> {
    report: &'p UsageReport,
    composer: &'p Composer<'p>,
    chinese: bool,
}

impl Page<'_> {
    fn say<'t>(&self, chinese: &'t str, english: &'t str) -> &'t str {
        if self.chinese { chinese } else { english }
    }

    fn title(&self) -> String {
        let UsageReport { from, until, .. } = self.report;
        if self.chinese {
            format!("服务使用报告 {from} 至 {until}")
        } else {
            format!("Use of the service, {from} to {until}")
        }
    }

    fn body(&self) -> String {
        let all = &self.report.overall;
        let counted = [self.say("次数", "Count"), self.say("占比", "Share")];
        let named = |names: &[Named]| -> Vec<Vec<String>> {
            names.iter().map(|Named { name, part }| part_row(self.name_of(name), *part)).collect()
        };
        let by_department: Vec<Vec<String>> = all
            .handoffs_by_department
            .iter()
            .map(|Named { name, part }| part_row(self.department(name), *part))
            .collect();
        let sections = [
            self.table(self.say("总体情况", "Overview"), &counted, &self.overview(all)),
            self.groups(),
            self.table(self.say("转人工原因", "Why people were asked for"), &counted, &named(&all.handoffs_by_reason)),
            self.table(self.say("转人工部门", "Departments asked for"), &counted, &by_department),
            self.table(self.say("机器人的处理", "What the bot did"), &counted, &named(&all.decisions)),
            self.entries(),
            self.misses(),
            self.table(self.say("咨询原因", "Contact reasons"), &counted, &named(&all.contact_reasons)),
            self.ratings(all),
            self.times(all),
            self.promises(all),
            self.others(),
        ];
        format!(
            "<main>\n<h1>{}</h1>\n<p class=\"faint\">{}</p>\n{}{}</main>\n",
            escaped(&self.title()),
            escaped(&self.scope()),
            self.controls(),
            sections.concat()
        )
    }

    /// What is counted.
    fn scope(&self) -> String {
        let zone = &self.composer.content.calendar.timezone;
        let days = self.say("日期按时区", "Days are those of");
        let mut scope = format!("{days} {zone}{}", self.say("。", "."));
        let departments = &self.report.departments;
        if !departments.is_empty() {
            let titles: Vec<String> = departments.iter().map(|name| self.department(name)).collect();
            scope.push_str(self.say("仅统计以下部门及未转部门的会话：", " Only of these departments, and of none: "));
            scope.push_str(&titles.join(self.say("、", ", ")));
            scope.push_str(self.say("。", "."));
        }
        scope
    }

    /// What is asked for, to be asked for anew, and where to get the figures as files.
    fn controls(&self) -> String {
        let UsageReport { from, until, by, .. } = self.report;
        let option = |one: By| {
            let selected = if one == *by { " selected" } else { "" };
            format!("<option value=\"{}\"{selected}>{}</option>", one.name(), self.by(one))
        };
        let options: String = By::ALL.into_iter().map(option).collect();
        let day = |name: &str, label: &str, value: Date| {
            format!("<label>{label} <input type=\"date\" name=\"{name}\" value=\"{value}\" required></label>\n")
        };
        let language = &self.composer.language;
        let link = |format: &str, title: &str| {
            let name = by.name();
            format!("<a href=\"?from={from}&amp;until={until}&amp;by={name}&amp;format={format}\">{title}</a>")
        };
        let [csv, xlsx] = [link("csv", "CSV"), link("xlsx", "Excel")];
        format!(
            "<form class=\"screen controls\" method=\"get\">\n<input type=\"hidden\" name=\"format\" value=\"html\">\
             <input type=\"hidden\" name=\"language\" value=\"{language}\">\n{}{}<label>{} <select name=\"by\">{options}</select></label>\n\
             <button>{}</button>\n<span>{} {csv} · {xlsx}</span>\n</form>\n",
            day("from", self.say("从", "From"), *from),
            day("until", self.say("到", "to"), *until),
            self.say("分组", "Group by"),
            self.say("查看", "Show"),
            self.say("下载", "Download"),
        )
    }

    /// What this report does not count: the other reports, and what surveys found.
    fn others(&self) -> String {
        let year = self.report.until.year();
        let complaints = |year: i16| {
            let title =
                if self.chinese { format!("{year} 年度投诉处理情况") } else { format!("Complaints in {year}") };
            format!("<li><a href=\"complaints?year={year}&amp;format=html\">{title}</a></li>\n")
        };
        let promises = self.say("各部门服务承诺", "Promises by department");
        let survey = |survey: &Survey| {
            let title = self.composer.title(&survey.title);
            let (id, title, found) = (escaped(&survey.id), escaped(&title), self.say("问卷结果：", "Survey: "));
            format!("<li><a href=\"/api/v1/editor/surveys/{id}/export\">{found}{title} (CSV)</a></li>\n")
        };
        let UsageReport { from, until, .. } = self.report;
        let surveys: String = self.composer.content.surveys.iter().map(survey).collect();
        format!(
            "<h2 class=\"screen\">{}</h2>\n<ul class=\"screen\">\n{}{}<li><a href=\"promises?from={from}&amp;until={until}&amp;format=csv\">\
             {promises} (CSV)</a></li>\n{surveys}</ul>\n",
            self.say("其他报告", "Other reports"),
            complaints(year),
            complaints(year - 1),
        )
    }

    fn overview(&self, all: &Figures) -> Vec<Vec<String>> {
        let count = |title: &str, n: u64| vec![title.to_owned(), n.to_string(), String::new()];
        let part = |title: &str, part: Part| part_row(title.to_owned(), part);
        vec![
            count(self.say("开始的会话", "Conversations begun"), all.begun),
            count(self.say("结束的会话", "Conversations ended"), all.ended),
            part(self.say("未转人工即结束", "Ended without a person"), all.contained),
            count(self.say("转人工", "Handed over to people"), all.handoffs),
            part(self.say("直接回答的问题", "Questions answered"), all.answered),
            part(self.say("评价有帮助", "Found helpful"), all.helpful),
            part(self.say("愿意再次使用", "Would use the service again"), all.again),
        ]
    }

    /// A chart for each figure that is looked for first, and all groups in a table.
    fn groups(&self) -> String {
        let groups = &self.report.groups;
        if groups.is_empty() {
            return String::new();
        }
        let names: Vec<String> = groups.iter().map(|group| self.group(group)).collect();
        let by = self.by(self.report.by);
        let chart = |id: &str, title: &str, scale: Scale, of: Shown| {
            let shown = names.iter().zip(groups).take(MOST_BARS);
            let values: Vec<_> = shown.map(|(name, group)| (name.as_str(), of(&group.figures))).collect();
            let title = format!("{by}{}{title}", self.say("：", ": "));
            format!("<h3>{}</h3>\n{}", escaped(&title), bars(id, &title, scale, &values))
        };
        let (begun, handed_over) = (self.say("开始", "Begun"), self.say("转人工", "Handed over"));
        let (alone, helped) = (self.say("未转人工", "No person"), self.say("有帮助", "Helpful"));
        let pictures = [
            chart("chart-begun", begun, Scale::Counts, |of| Some(of.begun as f64)),
            chart("chart-handoffs", handed_over, Scale::Counts, |of| Some(of.handoffs as f64)),
            chart("chart-contained", alone, Scale::Shares, |of| of.contained.share),
            chart("chart-helpful", helped, Scale::Shares, |of| of.helpful.share),
        ];
        let pictures = pictures.concat();
        let heads = [
            begun,
            self.say("结束", "Ended"),
            alone,
            handed_over,
            self.say("已回答", "Answered"),
            helped,
            self.say("解决评分", "Resolution"),
            self.say("首次回复（中位）", "First reply (median)"),
        ];
        let row = |(name, group): (&String, &Group)| {
            let of = &group.figures;
            let [contained, answered, helpful] = [of.contained.share, of.answered.share, of.helpful.share].map(percent);
            let [begun, ended, handoffs] = [of.begun, of.ended, of.handoffs].map(|n| n.to_string());
            let [solved, first_reply] = [self.mean(of.resolution), self.duration(of.first_reply_seconds.median)];
            vec![name.clone(), begun, ended, contained, handoffs, answered, helpful, solved, first_reply]
        };
        let rows: Vec<Vec<String>> = names.iter().zip(groups).map(row).collect();
        format!("<h2>{by}</h2>\n{pictures}{}", self.untitled(&heads, &rows))
    }

    fn by(&self, by: By) -> &'static str {
        let (chinese, english) = match by {
            By::Day => ("按天", "By day"),
            By::Channel => ("按渠道", "By channel"),
            By::Language => ("按语言", "By language"),
            By::Revision => ("按知识库版本", "By revision"),
            By::Department => ("按部门", "By department"),
            By::Agent => ("按客服", "By agent"),
            By::Entry => ("按知识条目", "By entry"),
        };
        if self.chinese { chinese } else { english }
    }

    fn group(&self, Group { name, display_name, .. }: &Group) -> String {
        match self.report.by {
            // Two may be called the same.
            By::Agent => {
                display_name.as_ref().map_or_else(|| self.name_of(name), |called| format!("{called} ({name})"))
            }
            By::Department => self.department(name),
            By::Entry => self.entry(name),
            By::Day | By::Channel | By::Language | By::Revision => self.name_of(name),
        }
    }

    fn department(&self, name: &str) -> String {
        let known = self.composer.content.departments.get(name);
        known.map_or_else(|| self.name_of(name), |known| self.composer.title(&known.title))
    }

    /// An entry by its question; one that is no more, by its id.
    fn entry(&self, id: &str) -> String {
        let known = self.composer.content.entry(&EntryId(id.to_owned()));
        known.map_or_else(|| id.to_owned(), |entry| self.composer.question(entry))
    }

    fn name_of(&self, name: &str) -> String {
        match name {
            NONE => self.say("无", "None"),
            "rule" => self.say("规则", "A rule"),
            "asked" => self.say("客户要求", "The customer asked"),
            "not_known" => self.say("机器人答不上来", "The bot did not know"),
            "intent" => self.say("业务需要人工", "A person's work"),
            "switched_off" => self.say("已停用", "Switched off"),
            "taken_over" => self.say("主管接管", "Taken over"),
            "answer" => self.say("回答", "Answers"),
            "clarify" => self.say("反问", "Questions back"),
            "fallback" => self.say("未能回答", "Not known"),
            "flow" => self.say("办理流程", "Flows"),
            "handoff" => self.say("转人工", "Handed over"),
            "smalltalk" => self.say("寒暄", "Small talk"),
            other => other,
        }
        .to_owned()
    }

    fn entries(&self) -> String {
        let heads = [
            self.say("展示", "Shown"),
            self.say("有帮助", "Helpful"),
            self.say("没帮助", "Not helpful"),
            self.say("有帮助占比", "Share helpful"),
        ];
        let rows: Vec<Vec<String>> = self
            .report
            .entries
            .iter()
            .map(|of| {
                let [shown, helpful, unhelpful] = [of.shown, of.helpful, of.unhelpful].map(|n| n.to_string());
                vec![self.entry(&of.entry), shown, helpful, unhelpful, percent(of.share_helpful)]
            })
            .collect();
        self.table(self.say("热门问题", "Top questions"), &heads, &rows)
    }

    fn misses(&self) -> String {
        let rows: Vec<Vec<String>> =
            self.report.misses.iter().map(|miss| vec![miss.text.clone(), miss.n.to_string()]).collect();
        let heads = [self.say("会话数", "Conversations")];
        self.table(self.say("多次未能回答的问题", "Asked by several, without an answer"), &heads, &rows)
    }

    fn ratings(&self, all: &Figures) -> String {
        let row = |title: &str, points: Points| vec![title.to_owned(), points.n.to_string(), self.mean(points)];
        let rows = [
            row(self.say("响应速度", "Response time"), all.response_time),
            row(self.say("服务态度", "Attitude"), all.attitude),
            row(self.say("解决情况", "Resolution"), all.resolution),
        ];
        let heads = [self.say("评价数", "Ratings"), self.say("平均分（1–5）", "Mean (1–5)")];
        self.table(self.say("满意度", "Satisfaction"), &heads, &rows)
    }

    fn times(&self, all: &Figures) -> String {
        let row = |title: &str, Seconds { n, median, ninety_percent, .. }: Seconds| {
            vec![title.to_owned(), n.to_string(), self.duration(median), self.duration(ninety_percent)]
        };
        let rows = [
            row(self.say("排队等待", "Waiting in a queue"), all.wait_seconds),
            row(self.say("人工首次回复", "First reply of a person"), all.first_reply_seconds),
            row(self.say("转人工至结束", "From the hand-off to the end"), all.resolution_seconds),
        ];
        let heads =
            [self.say("次数", "Count"), self.say("中位数", "Median"), self.say("九成不超过", "Nine of ten within")];
        self.table(self.say("时长", "Times"), &heads, &rows)
    }

    fn mean(&self, Points { mean, .. }: Points) -> String {
        mean.map_or_else(|| NOTHING.to_owned(), |mean| format!("{mean:.2}"))
    }

    fn duration(&self, seconds: Option<f64>) -> String {
        let Some(seconds) = seconds else { return NOTHING.to_owned() };
        if seconds < SECONDS_OF_A_MINUTE {
            format!("{seconds:.0} {}", self.say("秒", "s"))
        } else if seconds < SECONDS_OF_AN_HOUR {
            format!("{:.1} {}", seconds / SECONDS_OF_A_MINUTE, self.say("分钟", "min"))
        } else {
            format!("{:.1} {}", seconds / SECONDS_OF_AN_HOUR, self.say("小时", "h"))
        }
    }

    fn promises(&self, all: &Figures) -> String {
        let row = |title: &str, promises: &Promises| {
            let due = promises.kept + promises.broken;
            vec![title.to_owned(), format!("{} / {due}", promises.kept), percent(promises.share_kept)]
        };
        let rows = [
            row(self.say("按时首次回复", "First reply in time"), &all.promised_first_reply),
            row(self.say("按时办结", "Handled in time"), &all.promised_resolution),
        ];
        let heads = [self.say("按时 / 到期", "Kept / due"), self.say("占比", "Share")];
        self.table(self.say("工单的服务承诺", "Promises about cases"), &heads, &rows)
    }

    /// A table of rows whose first cell says what the figures are of; nothing where there is no row.
    fn table(&self, title: &str, heads: &[&str], rows: &[Vec<String>]) -> String {
        if rows.is_empty() {
            return String::new();
        }
        format!("<h2>{title}</h2>\n{}", self.untitled(heads, rows))
    }

    fn untitled(&self, heads: &[&str], rows: &[Vec<String>]) -> String {
        let cell = |figure: &String| format!("<td class=\"number\">{figure}</td>");
        let row = |cells: &Vec<String>| {
            let (title, figures) = cells.split_first().map_or(("", &[][..]), |(title, rest)| (title.as_str(), rest));
            let figures: String = figures.iter().map(cell).collect();
            format!("<tr><th scope=\"row\">{}</th>{figures}</tr>\n", escaped(title))
        };
        let rows: String = rows.iter().map(row).collect();
        let heads: Vec<&str> = std::iter::once(self.say("项目", "Item")).chain(heads.iter().copied()).collect();
        untitled_table(&heads, &rows)
    }
}

const SECONDS_OF_A_MINUTE: f64 = 60.0;
const SECONDS_OF_AN_HOUR: f64 = 3600.0;

fn part_row(title: String, part: Part) -> Vec<String> {
    vec![title, part.n.to_string(), percent(part.share)]
}
