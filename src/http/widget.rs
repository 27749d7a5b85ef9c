//! The chat widget that shops put on their pages: a loader, and a page of this service in a frame, which only the listed origins
//! may show.

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::error::{Code, Problem};
use crate::http::extract::Segment;
use crate::http::pages::{SCRIPT, STYLE, file, shared};

/// The loader runs on pages of other origins, also where these ask whoever they load for consent (the Fetch standard's
/// cross-origin resource policy).
const CROSS_ORIGIN: (HeaderName, HeaderValue) =
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));

/// The widget's modules, in no order of importance: the page has all of them fetched at once.
const MODULES: [(&str, &str); 17] = [
    ("main.js", include_str!("../../web/widget/main.js")),
    ("answer.js", include_str!("../../web/widget/answer.js")),
    ("composer.js", include_str!("../../web/widget/composer.js")),
    ("connection.js", include_str!("../../web/widget/connection.js")),
    ("conversation.js", include_str!("../../web/widget/conversation.js")),
    ("ending.js", include_str!("../../web/widget/ending.js")),
    ("files.js", include_str!("../../web/widget/files.js")),
    ("host.js", include_str!("../../web/widget/host.js")),
    ("outbox.js", include_str!("../../web/widget/outbox.js")),
    ("session.js", include_str!("../../web/widget/session.js")),
    ("standing.js", include_str!("../../web/widget/standing.js")),
    ("stream.js", include_str!("../../web/widget/stream.js")),
    ("suggestions.js", include_str!("../../web/widget/suggestions.js")),
    ("texts.js", include_str!("../../web/widget/texts.js")),
    ("transcript.js", include_str!("../../web/widget/transcript.js")),
    ("welcome.js", include_str!("../../web/widget/welcome.js")),
    ("words.js", include_str!("../../web/widget/words.js")),
];

/// Modules of other pages that the widget uses too.
const SHARED: [&str; 3] = ["api.js", "dom.js", "language.js"];

/// The one script that a shop's page names.
pub async fn loader(headers: HeaderMap) -> Response {
    let mut response = unless_known(&headers, SCRIPT, &lean(include_str!("../../web/widget/loader.js")));
    response.headers_mut().extend([CROSS_ORIGIN]);
    response
}

/// The widget's page.
pub async fn page(State(app): State<App>, headers: HeaderMap) -> Response {
    let origins = app.config().widget.origins.join(" ");
    let own = MODULES.iter().map(|(name, _)| format!("/widget/{name}"));
    let modules = own.chain(SHARED.iter().map(|name| format!("/shared/{name}")));
    let preloads: String = modules.map(|path| format!("<link rel=\"modulepreload\" href=\"{path}\">\n  ")).collect();
    let text = include_str!("../../web/widget/index.html")
        .replace("{{modules}}", preloads.trim_end())
        .replace("{{origins}}", &origins)
        .replace("{{file_bytes}}", &app.config().attachments.bytes.to_string());
    let mut response = unless_known(&headers, "text/html; charset=utf-8", &text);
    let policy = HeaderValue::try_from(policy(&origins)).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Nothing but its own files, pictures that it has fetched itself, and the API; no frame around it but of listed origins.
fn policy(origins: &str) -> String {
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
    format!("{policy} {origins}").trim_end().to_owned()
}

/// What lies beside the widget's page.
pub async fn beside(Segment(name): Segment, headers: HeaderMap) -> Result<Response, Problem> {
    if name == "widget.css" {
        return Ok(unless_known(&headers, STYLE, &lean(include_str!("../../web/widget/widget.css"))));
    }
    let (_, text) = MODULES.iter().find(|(module, _)| *module == name).ok_or(Code::NotFound)?;
    Ok(unless_known(&headers, SCRIPT, &lean(text)))
}

/// What several pages share.
pub async fn beside_all(Segment(name): Segment, headers: HeaderMap) -> Result<Response, Problem> {
    let text = shared(&name).ok_or(Code::NotFound)?;
    Ok(unless_known(&headers, SCRIPT, &lean(text)))
}

/// Answers with a file, or that the browser has it already.
fn unless_known(headers: &HeaderMap, content_type: &'static str, text: &str) -> Response {
    let digest = Sha256::digest(text.as_bytes());
    // Weak: compressed or not, it is the same.
    let tag = format!("W/\"{}\"", digest.iter().take(TAG_BYTES).map(|byte| format!("{byte:02x}")).collect::<String>());
    let is_known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if is_known {
        (StatusCode::NOT_MODIFIED, file(content_type, "").0).into_response()
    } else {
        (file(content_type, "").0, text.to_owned()).into_response()
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Enough to tell the versions of a file apart.
const TAG_BYTES: usize = 12;

/// Leaves out what a browser does not need: comments that have lines of their own, and indentation.
fn lean(text: &str) -> String {
    let mut lean = String::with_capacity(text.len());
    let mut is_comment = false;
    for line in text.lines().map(str::trim) {
        let ends = line.ends_with("*/");
        let begins = line.starts_with("/*") && (ends || !line.contains("*/"));
        if !is_comment && !begins && !line.is_empty() && !line.starts_with("//") {
            lean.push_str(line);
            lean.push('\n');
        }
        is_comment = (is_comment || begins) && !ends;
    }
    lean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_on_lines_of_their_own_are_left_out_and_nothing_else() {
        let text = "// What it is.\n\n/**\n * A thing.\n *\n * @returns {number}\n */\nexport const a = () => {\n  // Why.\n  \
                    return /** @type {number} */ (1); // One.\n};\n/** @type {any} */\nlet b;\n/** @type {any} */ (b).c();\n";
        let lean_text = "export const a = () => {\nreturn /** @type {number} */ (1); // One.\n};\nlet b;\n\
                         /** @type {any} */ (b).c();\n";
        assert_eq!(lean(text), lean_text);
    }

    #[test]
    fn nobody_frames_the_widget_but_who_is_listed() {
        assert!(policy("").ends_with("frame-ancestors 'self'"));
        assert!(policy("https://a.example https://b.example").ends_with(" 'self' https://a.example https://b.example"));
    }
}
