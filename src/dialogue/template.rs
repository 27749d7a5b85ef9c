//! `{{name}}` in an editor's text: replaced once, escaped, never again inside what was put in.

use std::borrow::Cow;

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text as it stands.
    Text(&'t str),
    /// The name between braces.
    Name(&'t str),
}

/// Splits a template into text and names; braces that close nothing are text.
pub fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix("{{")
            && let Some(end) = inside.find("}}")
        {
            rest = &inside[end + 2..];
            return Some(Piece::Name(inside[..end].trim()));
        }
        let next =
            rest.char_indices().skip(1).find(|&(at, _)| rest[at..].starts_with("{{")).map_or(rest.len(), |(at, _)| at);
        let (text, behind) = rest.split_at(next);
        rest = behind;
        Some(Piece::Text(text))
    })
}

/// Puts values in; a name without a value stays as it was written.
pub fn fill<'v>(template: &str, value: impl Fn(&str) -> Option<Cow<'v, str>>) -> String {
    let mut out = String::with_capacity(template.len());
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Name(name) => match value(name) {
                Some(value) => out.push_str(&value),
                None => out.extend(["{{", name, "}}"]),
            },
        }
    }
    out
}

/// Escapes a value so that Markdown shows it as it is.
pub fn escape_markdown(value: &str) -> Cow<'_, str> {
    const MARKS: &[char] = &['\\', '`', '*', '_', '[', ']', '<', '>', '#', '|', '~', '!', '&'];
    if !value.contains(MARKS) {
        return Cow::Borrowed(value);
    }
    let mut escaped = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        if MARKS.contains(&c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_put_in_once() {
        let value = |name: &str| match name {
            "days" => Some(Cow::Borrowed("3")),
            "sly" => Some(Cow::Borrowed("{{days}}")),
            _ => None,
        };
        assert_eq!(fill("审核 {{days}} 天，{{ days }}。", value), "审核 3 天，3。");
        assert_eq!(fill("{{sly}} {{other}} {{", value), "{{days}} {{other}} {{");
        assert_eq!(escape_markdown("我的 > [设置]*"), "我的 \\> \\[设置\\]\\*");
    }
}
