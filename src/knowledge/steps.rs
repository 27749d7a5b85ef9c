//! The steps of a guided entry: the first numbered list of its answer, what introduces it and what ends it. Knows Markdown,
//! and nothing of conversations.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// An answer taken apart at its numbered list; all parts are Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps<'b> {
    /// What stands before the list.
    pub introduction: &'b str,
    /// The list's items without their numbers.
    pub items: Vec<String>,
    /// What stands behind the list.
    pub ending: &'b str,
}

/// Takes an answer apart; `None` where it has no numbered list.
pub fn steps_of(body: &str) -> Option<Steps<'_>> {
    let mut depth = 0_usize;
    let mut list = None;
    let mut items: Vec<String> = Vec::new();
    for (event, range) in Parser::new_ext(body, Options::all()).into_offset_iter() {
        match event {
            Event::Start(Tag::List(Some(_))) if depth == 0 => {
                list = Some(range);
                depth += 1;
            }
            Event::Start(Tag::Item) if depth == 1 && list.is_some() => {
                items.push(without_marker(&body[range]));
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(TagEnd::List(true)) if depth == 1 && list.is_some() => break,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    let list = list?;
    Some(Steps { introduction: body[..list.start].trim_end(), items, ending: body[list.end..].trim() })
}

/// An item's text, its further lines no deeper than its first.
fn without_marker(item: &str) -> String {
    let marker = item.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['.', ')']);
    let text = marker.trim_start_matches([' ', '\t']);
    let width = item.len() - text.len();
    let dedent = |line: &str| {
        let n_spaces = line.len() - line.trim_start_matches(' ').len();
        line[n_spaces.min(width)..].to_owned()
    };
    let mut lines = text.trim_end().split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    std::iter::once(first).chain(lines.map(dedent)).collect::<Vec<String>>().join("\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_first_numbered_list_is_the_steps() {
        let body = "先看：\n\n- 甲\n\n1. 打开 **设置**\n2. 点{{ui_add_card}}\n   再等等\n\n   - 一\n   - 二\n10. 完\n\n不行就打电话。\n\n1. 别的";
        let steps = steps_of(body).unwrap();
        assert_eq!(steps.introduction, "先看：\n\n- 甲");
        assert_eq!(steps.items, ["打开 **设置**", "点{{ui_add_card}}\n再等等\n\n- 一\n- 二", "完"]);
        assert_eq!(steps.ending, "不行就打电话。\n\n1. 别的");
    }

    #[test]
    fn an_answer_without_a_numbered_list_has_no_steps() {
        assert_eq!(steps_of("先看：\n\n- 甲\n  1. 乙\n- 丙"), None);
        assert_eq!(steps_of(""), None);
        assert_eq!(steps_of("> 1. 甲"), None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_taken_apart(body in "([0-9]{1,2}[.)] ?|[-*>] | {1,4}|\n|退款|\\PC){0,40}") {
            if let Some(steps) = steps_of(&body) {
                prop_assert!(!steps.items.is_empty());
            }
        }
    }
}
