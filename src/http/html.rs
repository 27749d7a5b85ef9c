//! Pages that are made here, to be read and printed: their style lies inside, they load nothing and run nothing.

use std::borrow::Cow;
use std::fmt::Write;

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::text::language::LanguageTag;

/// How such pages look, on a screen and on paper.
const STYLE: &str = include_str!("../../web/print/print.css");

/// What stands where there is no figure.
pub const NOTHING: &str = "–";

/// A share as it is read; a dash where there is none.
pub fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NOTHING.to_owned(), |share| format!("{:.1} %", share * 100.0))
}

/// A page.
#[derive(Clone, Copy, Debug)]
pub struct Document<'d> {
    /// The language that it is in.
    pub language: &'d LanguageTag,
    /// Its title, as plain text.
    pub title: &'d str,
    /// What is in its body, as HTML.
    pub body: &'d str,
    /// Who may keep it for how long, as `Cache-Control` says it.
    pub cache: &'static str,
}

impl IntoResponse for Document<'_> {
    fn into_response(self) -> Response {
        let Self { language, title, body, cache } = self;
        let html = format!(
            "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
             <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
            escaped(language.as_str()),
            escaped(title),
        );
        let headers: [(HeaderName, HeaderValue); 3] = [
            (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
            (CACHE_CONTROL, HeaderValue::from_static(cache)),
            (CONTENT_SECURITY_POLICY, policy()),
        ];
        (headers, html).into_response()
    }
}

/// Nothing but this very style.
fn policy() -> HeaderValue {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    HeaderValue::try_from(policy).expect("base64 is ASCII")
}

/// Makes a text safe in HTML, also between quotation marks.
pub fn escaped(text: &str) -> Cow<'_, str> {
    const MARKS: &[char] = &['&', '<', '>', '"', '\''];
    if !text.contains(MARKS) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

/// Returns a text as one segment of a path (RFC 3986), or as a parameter of a header (RFC 8187).
pub fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_its_place() {
        assert_eq!(escaped("退款"), "退款");
        assert_eq!(escaped("<b a='1' c=\"2\">&amp;"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;amp;");
    }

    #[test]
    fn the_style_cannot_end_itself() {
        assert!(!STYLE.contains("</"), "and the policy is of what the browser reads");
        assert!(policy().to_str().unwrap().contains("style-src 'sha256-"));
    }

    #[test]
    fn a_segment_stays_one() {
        assert_eq!(percent_encoded("refund-apply"), "refund-apply");
        assert_eq!(percent_encoded("退/?#"), "%E9%80%80%2F%3F%23");
    }
}
