//! What the headings of other support desks' tables mean.

use crate::exchange::Fault;
use crate::exchange::sheet::Row;
use crate::exchange::table::mapping::{Field, Mapping};
use crate::text::normalise::normalise;

/// The usual headings, folded. Those that stand in no line (`答案类型`, `标签`, `关键词` …) are read past.
const USUAL: [(Field, &[&str]); 9] = [
    (Field::Question, &["标准问", "标准问法", "标准问题", "常用语", "问题", "question", "standardquestion"]),
    (
        Field::Similar,
        &["相似问", "相似问法", "相似问题", "扩展问", "扩展问法", "similar", "similarquestion", "similarquestions"],
    ),
    (Field::Answer, &["答案", "答案内容", "回复", "回复内容", "回答", "answer", "answers"]),
    (Field::Category, &["分类", "类目", "知识分类", "知识类目", "问题分类", "category"]),
    (Field::Never, &["否定关键词", "否定问法", "否定问", "never"]),
    (Field::Channels, &["渠道", "答案视角", "视角", "channel", "channels"]),
    (Field::ValidFrom, &["生效时间", "生效日期", "开始时间", "validfrom"]),
    (Field::ValidUntil, &["失效时间", "失效日期", "结束时间", "过期时间", "validuntil"]),
    (Field::Related, &["关联问题", "关联问", "相关问题", "related"]),
];

/// Rows among which the header is sought: some templates begin with how to fill them in.
const HEADER_ROWS: usize = 10;

/// The columns of a table that mean something.
pub(crate) struct Headings<'r> {
    header: &'r Row,
    /// The header's place among the rows.
    pub(crate) at: usize,
    /// The columns from left to right.
    pub(crate) columns: Vec<(usize, Field)>,
}

impl<'r> Headings<'r> {
    /// Finds the first row that has a heading for the question and one for the answer; reports mapped headings that it
    /// lacks.
    pub(crate) fn find(rows: &'r [Row], mapping: &Mapping, faults: &mut Vec<Fault>) -> Option<Self> {
        let found = rows.iter().take(HEADER_ROWS).map(|row| columns(row, mapping)).enumerate();
        let has = |columns: &[(usize, Field)], field| columns.iter().any(|&(_, known)| known == field);
        let complete = |columns: &[(usize, Field)]| has(columns, Field::Question) && has(columns, Field::Answer);
        let Some((at, columns)) = found.into_iter().find(|(_, columns)| complete(columns)) else {
            let message =
                "no heading is known for the question, or none for the answer; name them: question=…,answer=…";
            faults.push(Fault::new(rows.first().map_or(1, |row| row.number), "", message));
            return None;
        };
        for heading in mapping.headings() {
            if !rows[at].cells.iter().any(|cell| cell.trim() == heading) {
                faults.push(Fault::new(rows[at].number, heading, "there is no column of this heading"));
            }
        }
        Some(Self { header: &rows[at], at, columns })
    }

    /// Returns the heading of a field's first column; the field's own name where there is none.
    pub(crate) fn of(&self, field: Field) -> &str {
        let column = self.columns.iter().find(|&&(_, known)| known == field);
        column.map_or(field.name(), |&(at, _)| self.header.cell(at).trim())
    }

    /// Returns the heading under which a field of ours is found.
    pub(crate) fn translated(&self, name: &str) -> String {
        let field = Field::ALL.into_iter().find(|field| field.name() == name);
        field.map_or(name, |field| self.of(field)).to_owned()
    }
}

fn columns(row: &Row, mapping: &Mapping) -> Vec<(usize, Field)> {
    let field =
        |heading: &str| mapping.field_of(heading).or_else(|| usual(heading).filter(|&field| !mapping.names(field)));
    row.cells.iter().enumerate().filter_map(|(at, heading)| Some((at, field(heading)?))).collect()
}

/// Returns what a heading usually means; questions may be numbered (`问题1`, `相似问2`).
fn usual(heading: &str) -> Option<Field> {
    let folded = normalise(&without_remarks(heading)).replace(' ', "");
    let unnumbered = folded.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_numbered = unnumbered.len() < folded.len();
    let (field, _) = USUAL.into_iter().find(|(_, headings)| headings.contains(&unnumbered))?;
    (!is_numbered || matches!(field, Field::Question | Field::Similar | Field::Never)).then_some(field)
}

/// Takes away what stands in brackets, as in `标准问法（必填）`.
fn without_remarks(heading: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::new();
    for c in heading.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_headings_are_known() {
        for (heading, field) in [
            ("标准问法（必填）", Some(Field::Question)),
            ("*標準問題", Some(Field::Question)),
            (" Question ", Some(Field::Question)),
            ("问题12", Some(Field::Question)),
            ("相似问2", Some(Field::Similar)),
            ("Similar_Questions", Some(Field::Similar)),
            ("答案内容[文本]", Some(Field::Answer)),
            ("答案2", None),
            ("答案类型", None),
            ("知识分类", Some(Field::Category)),
            ("否定关键词", Some(Field::Never)),
            ("关键词", None),
            ("答案视角", Some(Field::Channels)),
            ("失效时间", Some(Field::ValidUntil)),
            ("", None),
        ] {
            assert_eq!(usual(heading), field, "{heading}");
        }
    }

    #[test]
    fn every_usual_heading_is_folded() {
        for heading in USUAL.into_iter().flat_map(|(_, headings)| headings) {
            assert_eq!(normalise(heading), *heading);
        }
    }
}
