//! Braces in answers that were written for another product: `{{` must be shown, and not be taken for a variable.

use pulldown_cmark::{Event, Options, Parser, Tag};

/// Puts a backslash between braces that stand together, so that Markdown shows them and no variable is seen; `None` where
/// Markdown would show the backslash as well, as in code.
pub(crate) fn shown_as_text(markdown: &str) -> Option<String> {
    if !markdown.contains("{{") && !markdown.contains("}}") {
        return Some(markdown.to_owned());
    }
    let mut parted = String::with_capacity(markdown.len() + 8);
    let mut last = '\0';
    for c in markdown.chars() {
        if c == last && (c == '{' || c == '}') {
            parted.push('\\');
        }
        parted.push(c);
        last = c;
    }
    (shown(&parted) == shown(markdown)).then_some(parted)
}

/// Returns everything that a reader sees or is led to, whatever pieces the parser cuts it into.
fn shown(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, Options::empty()) {
        match event {
            Event::Text(text) => out.push_str(&text),
            Event::Start(Tag::Link { dest_url, title, .. } | Tag::Image { dest_url, title, .. }) => {
                out.extend(["\0", &*dest_url, "\0", &*title, "\0"]);
            }
            other => out.push_str(&format!("\0{other:?}\0")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn braces_are_shown_and_name_nothing() {
        for (markdown, parted) in [
            ("您好，{{name}}", Some("您好，{\\{name}\\}")),
            ("{{{x}}}", Some("{\\{\\{x}\\}\\}")),
            ("\\{{x", Some("\\{\\{x")),
            ("[去]({{url}})", Some("[去]({\\{url}\\})")),
            ("{ {x} }", Some("{ {x} }")),
            ("`{{x}}`", None),
            ("    {{x}}", None),
            ("```\n{{x}}\n```", None),
        ] {
            assert_eq!(shown_as_text(markdown).as_deref(), parted, "{markdown}");
        }
    }

    proptest! {
        #[test]
        fn no_two_braces_stand_together(markdown in "[{}\\\\a`\n ]{0,20}") {
            if let Some(parted) = shown_as_text(&markdown) {
                prop_assert!(!parted.contains("{{") && !parted.contains("}}"), "{parted}");
                prop_assert_eq!(shown(&parted), shown(&markdown));
            }
        }
    }
}
