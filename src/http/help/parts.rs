//! What several help pages show: the search box, lists of entries, what to do when nothing helps.

use maud::{Markup, html};
use unicode_segmentation::UnicodeSegmentation;

use crate::http::help::service::other_language;
use crate::http::help::{Help, path_of_category, path_of_entry, with};
use crate::knowledge::entry::Entry;

/// The field of the language, which a form that is sent takes along.
pub fn language_field(help: &Help<'_>) -> Markup {
    html! {
        @if help.reader.has_chosen {
            input type="hidden" name="language" value=(help.reader.language);
        }
    }
}

/// A box to search in, with what was searched for.
pub fn search_box(help: &Help<'_>, searched: &str) -> Markup {
    let texts = help.texts;
    html! {
        form.search role="search" action="/help/search" {
            label.unseen for="q" { (texts.question) }
            div.line {
                input #q type="search" name="q" value=(searched) required maxlength=(help.question_chars)
                    autocomplete="off" enterkeyhint="search" placeholder=(texts.placeholder);
                button.primary type="submit" { (texts.search) }
            }
            (language_field(help))
        }
    }
}

/// Characters (as people count them) of an excerpt.
const EXCERPT: usize = 90;

/// Entries with the beginnings of their answers.
pub fn entries(help: &Help<'_>, entries: &[&Entry]) -> Markup {
    html! {
        ul.entries {
            @for entry in entries {
                @let body = help.composer.body(entry);
                li lang=[other_language(&body.language, &help.reader.language)] {
                    a href=(help.reader.address(&path_of_entry(entry))) { (help.composer.question(entry)) }
                    p { (beginning(&body.text, EXCERPT)) }
                }
            }
        }
    }
}

/// Entries by their questions alone.
pub fn questions(help: &Help<'_>, entries: &[&Entry]) -> Markup {
    html! {
        ul.questions {
            @for entry in entries {
                li { a href=(help.reader.address(&path_of_entry(entry))) { (help.composer.question(entry)) } }
            }
        }
    }
}

/// The beginning of a text, on one line, without the marks of its lists.
pub fn beginning(text: &str, most: usize) -> String {
    let unmarked = text.lines().map(|line| {
        let line = line.trim_start();
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = if rest.len() < line.len() { rest.strip_prefix(". ") } else { line.strip_prefix("- ") };
        item.unwrap_or(line)
    });
    let line = unmarked.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    match line.grapheme_indices(true).nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

/// Questions that a topic shows of itself.
const SHOWN_OF_TOPIC: usize = 3;

/// All categories with entries, each with its first questions.
pub fn topics(help: &Help<'_>) -> Markup {
    let entries = help.entries();
    html! {
        section.topics {
            h2 { (help.texts.topics) }
            ul.cards {
                @for topic in entries.chunk_by(|a, b| a.category == b.category) {
                    @let name = &topic[0].category;
                    @let title = help.category_title(name);
                    li.card {
                        h3 { a href=(help.reader.address(&path_of_category(name))) { (title) } }
                        p.hint { (with(help.texts.n_entries, &topic.len().to_string())) }
                        (questions(help, &first_of(topic)))
                        @if topic.len() > SHOWN_OF_TOPIC {
                            a.more href=(help.reader.address(&path_of_category(name)))
                                aria-label={ (help.texts.all_of) ": " (title) } { (help.texts.all_of) }
                        }
                    }
                }
            }
        }
    }
}

/// The first questions of a topic: those that are asked most, then the others.
fn first_of<'e>(topic: &[&'e Entry]) -> Vec<&'e Entry> {
    let mut first = topic.to_vec();
    first.sort_by_key(|entry| entry.top.unwrap_or(u32::MAX));
    first.truncate(SHOWN_OF_TOPIC);
    first
}

/// What to do when the page was of no help.
pub fn not_it(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    html! {
        section.not-it {
            h2 { (texts.not_it) }
            p { (texts.not_it_how) }
            p { a.button href=(help.reader.address("/help/contact")) { (texts.ways_to_us) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_one_line_without_marks() {
        let text = "先看：\n\n1. 打开\n   - 首页\n10. 1.5 元\n2026 年";
        assert_eq!(beginning(text, 90), "先看： 打开 首页 1.5 元 2026 年");
        assert_eq!(beginning("退款 多久", 4), "退款 多…");
        assert_eq!(beginning("", 4), "");
    }
}
