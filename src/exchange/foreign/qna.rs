//! Microsoft's `.qna` files: questions as headings, phrasings and prompts as lists, answers between fences.

use crate::exchange::foreign::entry::{ForeignEntry, Place, Reading};

/// What the format calls a field of ours.
pub(super) fn heading(field: &str) -> &str {
    match field {
        "related" => "Prompts",
        "category" => "Filters",
        other => other,
    }
}

const FENCE: &str = "```";

/// What the items of a list are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Items {
    Phrasings,
    Filters,
    Prompts,
    Synonyms,
}

/// Reads a file line by line.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Reading::unreadable(1, "", "the file is not UTF-8");
    };
    let mut reader = Reader { reading: Reading::default(), open: None, items: Items::Phrasings, next_id: None };
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let row = at + 1;
        if !line.trim_start().starts_with(FENCE) {
            reader.line(row, line.trim());
            continue;
        }
        let mut answer = Vec::new();
        let is_closed = lines.by_ref().map(|(_, line)| line).any(|line| {
            let is_end = line.trim() == FENCE;
            if !is_end {
                answer.push(line);
            }
            is_end
        });
        reader.answer(row, &without_margin(&answer), is_closed);
    }
    reader.close();
    reader.reading
}

/// Takes the white space away that all lines begin with.
fn without_margin(lines: &[&str]) -> String {
    let margin = |line: &&&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| margin(&line)).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(least..).unwrap_or("").trim_end()).collect();
    lines.join("\n").trim().to_owned()
}

struct Reader {
    reading: Reading,
    /// The entry that is being read, with the number of faults before it.
    open: Option<(ForeignEntry, usize)>,
    items: Items,
    /// The id that stands before the next question.
    next_id: Option<String>,
}

impl Reader {
    fn line(&mut self, row: usize, line: &str) {
        let place = Place::row(row);
        if line.is_empty() || line.starts_with('>') {
            return;
        }
        if let Some(question) = question(line) {
            return self.begin(row, question);
        }
        if let Some(id) = anchor(line) {
            self.next_id = Some(id.to_owned());
        } else if let Some(title) = list_title(line) {
            self.items = title;
        } else if line.starts_with('$') {
            self.items = Items::Synonyms;
            self.reading.note(&place, "alterations", format!("synonyms are left out: {line}"));
        } else if let Some(item) = item(line) {
            self.item(&place, item);
        } else if line.starts_with('[') {
            self.reading.note(&place, "", format!("what another file or page holds is left out: {line}"));
        } else {
            self.reading.fault(&place, "", "this is no question (# ?), phrasing (-), answer (```) or comment (>)");
        }
    }

    fn begin(&mut self, row: usize, question: &str) {
        self.close();
        let place = Place::row(row);
        let n_faults = self.reading.faults.len();
        if question.is_empty() {
            self.reading.fault(&place, "question", "the question is missing");
        }
        let mut entry = ForeignEntry::at(place);
        entry.own_ids = self.next_id.take().into_iter().chain([format!("?{}", linked(question))]).collect();
        entry.own_text().ask([question.to_owned()]);
        self.open = Some((entry, n_faults));
        self.items = Items::Phrasings;
    }

    fn answer(&mut self, row: usize, answer: &str, is_closed: bool) {
        let place = Place::row(row);
        if !is_closed {
            self.reading.fault(&place, "answer", "the answer is not closed by ```");
        }
        match &mut self.open {
            Some((entry, _)) => {
                let known = &mut entry.own_text().answer;
                if known.is_empty() {
                    answer.clone_into(known);
                } else {
                    self.reading.fault(&place, "answer", "the question has an answer already");
                }
            }
            None => self.reading.fault(&place, "answer", "the answer stands below no question"),
        }
    }

    fn item(&mut self, place: &Place, item: &str) {
        if self.items == Items::Synonyms {
            return;
        }
        let Some((entry, _)) = &mut self.open else {
            return self.reading.fault(place, "", "the phrasing stands below no question");
        };
        match self.items {
            Items::Phrasings if link(item).is_some() => {
                self.reading.note(place, "similar", format!("phrasings of another file are left out: {item}"));
            }
            Items::Phrasings => entry.own_text().ask([item.to_owned()]),
            Items::Filters => {
                let (name, value) = item.split_once('=').unwrap_or((item, ""));
                if name.trim().eq_ignore_ascii_case("category") {
                    value.trim().clone_into(&mut entry.category);
                } else {
                    self.reading.note_once(place, "Filters", format!("the filter \"{}\" is left out", name.trim()));
                }
            }
            Items::Prompts => match link(item).and_then(|(_, target)| target.strip_prefix('#')) {
                Some(target) => {
                    let named = target.strip_prefix('?').map(|question| format!("?{}", linked(question)));
                    entry.related.push((place.row, named.unwrap_or_else(|| target.to_owned())));
                    if item.ends_with("`context-only`") {
                        let message = "this was asked only after this question; here it is answered always";
                        self.reading.note(place, "Prompts", message);
                    }
                }
                None => self.reading.fault(place, "Prompts", "a prompt is written [text](#?question) or [text](#id)"),
            },
            Items::Synonyms => {}
        }
    }

    fn close(&mut self) {
        let Some((entry, n_faults)) = self.open.take() else { return };
        if !entry.question().is_empty() {
            self.reading.add(entry, "answer", n_faults);
        }
    }
}

/// Returns the question of a heading `# ? question`.
fn question(line: &str) -> Option<&str> {
    let behind = line.trim_start_matches('#');
    (behind.len() < line.len())
        .then_some(behind.trim_start())
        .and_then(|behind| behind.strip_prefix('?'))
        .map(str::trim)
}

/// Returns the id of `<a id = "1"></a>`.
fn anchor(line: &str) -> Option<&str> {
    let (_, id) = line.strip_prefix("<a")?.trim_start().strip_prefix("id")?.split_once('=')?;
    let (id, _) = id.split_once('>')?;
    Some(id.trim().trim_matches(['"', '\'']))
}

/// Returns which list begins with `**Filters:**` or `**Prompts:**`.
fn list_title(line: &str) -> Option<Items> {
    match line.strip_prefix("**")?.trim_matches('*').trim().trim_end_matches(':').to_ascii_lowercase().as_str() {
        "filters" => Some(Items::Filters),
        "prompts" => Some(Items::Prompts),
        _ => None,
    }
}

fn item(line: &str) -> Option<&str> {
    line.strip_prefix(['-', '*', '+']).map(str::trim).filter(|item| !item.is_empty())
}

/// Takes a link apart: its words, and where it goes.
fn link(item: &str) -> Option<(&str, &str)> {
    let (words, behind) = item.strip_prefix('[')?.split_once("](")?;
    Some((words, behind.split_once(')')?.0))
}

/// Writes a question as links name it: hyphens for spaces, small letters.
fn linked(question: &str) -> String {
    question.trim().replace(char::is_whitespace, "-").to_lowercase()
}
