//! `ETag`, `If-Match`, `If-None-Match`: which state something is in, and which one a change was made on.

use axum::extract::FromRequestParts;
use axum::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::app::App;
use crate::http::error::{Code, Problem};
use crate::publishing::editing::Expected;

/// The state that a change was made on, from its headers.
#[derive(Debug)]
pub struct MadeOn(pub Expected);

impl FromRequestParts<App> for MadeOn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        expected(&parts.headers).map(Self)
    }
}

fn expected(headers: &HeaderMap) -> Result<Expected, Problem> {
    let header = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    match (header(IF_MATCH), header(IF_NONE_MATCH)) {
        (None, Some("*")) => Ok(Expected::Nothing),
        // Any state would be overwritten: whoever changes something must have seen it.
        (Some("*"), _) | (None, _) => Err(Code::PreconditionRequired.into()),
        (Some(tag), _) => {
            let tag = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
            Ok(Expected::Etag(tag.to_owned()))
        }
    }
}

/// Returns the header that says which state something is in.
pub fn etag(tag: &str) -> [(HeaderName, HeaderValue); 1] {
    let value = HeaderValue::from_str(&format!("\"{tag}\""));
    [(ETAG, value.unwrap_or(HeaderValue::from_static("\"\"")))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_which_state_it_was_made_on() {
        let of = |name: HeaderName, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().unwrap());
            expected(&headers)
        };
        assert_eq!(of(IF_MATCH, "\"ab12\""), Ok(Expected::Etag("ab12".to_owned())));
        assert_eq!(of(IF_NONE_MATCH, "*"), Ok(Expected::Nothing));
        for silent in [of(IF_MATCH, "*"), of(IF_NONE_MATCH, "\"ab12\""), expected(&HeaderMap::new())] {
            assert_eq!(silent, Err(Code::PreconditionRequired.into()));
        }
        assert_eq!(of(IF_MATCH, "W/\"ab12\""), Ok(Expected::Etag("W/\"ab12\"".to_owned())), "weak tags match nothing");
    }
}
