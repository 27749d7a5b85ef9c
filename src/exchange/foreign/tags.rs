//! A piece of HTML taken apart: words, and tags with the one attribute of theirs that says something. No tree, no entities.

/// Elements of HTML; what is written like another is somebody's own brackets.
const ELEMENTS: &str = "\
    a abbr address article audio b blockquote body br button caption center cite code col colgroup dd \
     del div dl dt em embed figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img \
     input ins label li mark object ol p pre q s script section small span strike strong style sub sup \
     svg table tbody td th thead tr u ul";

/// A part of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    /// Words.
    Text(&'t str),
    /// The sign `<` of what is no tag; what follows is text.
    Unknown(&'t str),
    /// A tag that opens an element, in small letters, with its `href` or `alt`.
    Open { name: String, attribute: Option<String> },
    /// A tag that closes one.
    Close(String),
}

/// Takes HTML apart; comments are passed over.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
                continue;
            }
            let end = if rest.starts_with('<') { 0 } else { rest.find('<').unwrap_or(rest.len()) };
            if end > 0 {
                let (text, behind) = rest.split_at(end);
                rest = behind;
                return Some(Piece::Text(text));
            }
            let Some((piece, behind)) = tag(rest) else {
                let (sign, behind) = rest.split_at(1);
                rest = behind;
                return Some(Piece::Unknown(sign));
            };
            rest = behind;
            return Some(piece);
        }
    })
}

/// Reads a tag at the beginning; returns it with what is behind.
fn tag(html: &str) -> Option<(Piece<'_>, &str)> {
    let inner = html.strip_prefix('<')?;
    let (is_closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let n_name = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let name = inner[..n_name].to_ascii_lowercase();
    if !ELEMENTS.split(' ').any(|element| element == name) {
        return None;
    }
    let end = end_of_tag(&inner[n_name..])?;
    let attributes = &inner[n_name..n_name + end];
    let behind = &inner[n_name + end + 1..];
    let piece = if is_closing {
        Piece::Close(name)
    } else {
        let wanted = match name.as_str() {
            "a" => Some("href"),
            "img" => Some("alt"),
            _ => None,
        };
        Piece::Open { attribute: wanted.and_then(|wanted| attribute(attributes, wanted)), name }
    };
    Some((piece, behind))
}

/// Returns where the sign that ends a tag stands: outside of quotes.
fn end_of_tag(attributes: &str) -> Option<usize> {
    let mut quote = None;
    attributes.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        None
    })
}

/// Finds an attribute's value.
fn attribute(attributes: &str, name: &str) -> Option<String> {
    let mut rest = attributes.trim_start_matches([' ', '\t', '\n', '/']);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (found, behind) = rest.split_at(end);
        let Some(value) = behind.trim_start().strip_prefix('=') else {
            rest = behind.trim_start();
            continue;
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            _ => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = behind.trim_start();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_with_what_they_say() {
        let open = |name: &str, attribute: Option<&str>| Piece::Open {
            name: name.to_owned(),
            attribute: attribute.map(str::to_owned),
        };
        let html = "a<A class='x>y' HREF=\"u\">b</a ><!-- <b> --><img alt=好 src=x><br/>1 < 2<x>";
        let found: Vec<Piece<'_>> = pieces(html).collect();
        assert_eq!(
            found,
            [
                Piece::Text("a"),
                open("a", Some("u")),
                Piece::Text("b"),
                Piece::Close("a".to_owned()),
                open("img", Some("好")),
                open("br", None),
                Piece::Text("1 "),
                Piece::Unknown("<"),
                Piece::Text(" 2"),
                Piece::Unknown("<"),
                Piece::Text("x>"),
            ]
        );
        assert_eq!(pieces("<a href=").collect::<Vec<_>>(), [Piece::Unknown("<"), Piece::Text("a href=")]);
        assert_eq!(pieces("<!-- x").count(), 0);
    }
}
