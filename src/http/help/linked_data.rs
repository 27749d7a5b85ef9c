//! What search engines are told of a page, in schema.org's words as JSON-LD.

use serde_json::{Value, json};

use crate::http::help::Help;
use crate::http::help::frame::HelpPage;

/// Returns the data as a text that may stand in a page: nothing in it can end its block.
pub fn text(all: Vec<Value>) -> String {
    let graph = json!({ "@context": "https://schema.org", "@graph": all });
    graph.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

/// The site, with where to search it.
pub fn site(help: &Help<'_>) -> Value {
    let search = format!("{}&q={{q}}", help.outside_here("/help/search"));
    json!({
        "@type": "WebSite",
        "name": help.texts.name,
        "url": help.outside_here("/help"),
        "inLanguage": help.reader.language,
        "potentialAction": { "@type": "SearchAction", "target": search, "query-input": "required name=q" },
    })
}

/// Questions with the answers that stand on the page, as HTML.
pub fn questions<'q>(help: &Help<'_>, questions: impl IntoIterator<Item = (&'q str, &'q str)>) -> Value {
    let one = |(question, answer): (&str, &str)| json!({ "@type": "Question", "name": question, "acceptedAnswer": { "@type": "Answer", "text": answer } });
    let all: Vec<Value> = questions.into_iter().map(one).collect();
    json!({ "@type": "FAQPage", "inLanguage": help.reader.language, "mainEntity": all })
}

/// The way down to a page.
pub fn breadcrumbs(page: &HelpPage, help: &Help<'_>) -> Value {
    let first = ("/help", help.texts.name);
    let above = page.above.iter().map(|(path, title)| (path.as_str(), title.as_str()));
    let here = (page.path.as_str(), page.title.as_str());
    let all = std::iter::once(first).chain(above).chain([here]);
    let item = |(place, (path, title)): (usize, (&str, &str))| json!({ "@type": "ListItem", "position": place + 1, "name": title, "item": help.outside_here(path) });
    json!({ "@type": "BreadcrumbList", "itemListElement": all.enumerate().map(item).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_block() {
        let shown = text(vec![json!({ "name": "</script><!-- & 退款" })]);
        assert!(!shown.contains(['<', '>', '&']), "{shown}");
        let read: Value = serde_json::from_str(&shown).unwrap();
        assert_eq!(read["@graph"][0]["name"], "</script><!-- & 退款");
    }
}
