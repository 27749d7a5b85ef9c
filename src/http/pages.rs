//! The pages: plain files inside the binary, which load nothing from anywhere else.

use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};

use crate::http::error::{Code, Problem};
use crate::http::extract::Segment;

/// A page loads what lies beside it and asks the API; no script in its text, no frame around it.
pub const PAGE_POLICY: &str =
    "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'";

/// The documentation's page styles itself as it goes, and has pictures in its style sheet.
const DOCS_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; \
                           object-src 'none'; frame-ancestors 'none'";

/// What a style sheet is …
pub const STYLE: &str = "text/css; charset=utf-8";

/// … and a script.
pub const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file with its headers.
pub type File = ([(HeaderName, &'static str); 3], &'static str);

/// Puts a text with its headers.
pub fn file(content_type: &'static str, text: &'static str) -> File {
    // Asked for anew each time: a new version of the program has new pages under the old addresses.
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-cache"), (CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    (headers, text)
}

/// A shop for demonstration, whose customers are helped.
pub async fn shop() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("../../web/shop/index.html"))
}

/// Where those who work here sign in, and where editors work.
pub async fn console() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("../../web/console/index.html"))
}

/// The console's modules.
const CONSOLE: [(&str, &str); 55] = [
    ("announcement.js", include_str!("../../web/console/announcement.js")),
    ("archive.js", include_str!("../../web/console/archive.js")),
    ("bench.js", include_str!("../../web/console/bench.js")),
    ("changes.js", include_str!("../../web/console/changes.js")),
    ("comparing.js", include_str!("../../web/console/comparing.js")),
    ("conflict.js", include_str!("../../web/console/conflict.js")),
    ("console-texts.js", include_str!("../../web/console/console-texts.js")),
    ("console.js", include_str!("../../web/console/console.js")),
    ("content.js", include_str!("../../web/console/content.js")),
    ("difference.js", include_str!("../../web/console/difference.js")),
    ("diffs.js", include_str!("../../web/console/diffs.js")),
    ("document.js", include_str!("../../web/console/document.js")),
    ("entries.js", include_str!("../../web/console/entries.js")),
    ("entry.js", include_str!("../../web/console/entry.js")),
    ("explanation.js", include_str!("../../web/console/explanation.js")),
    ("fields.js", include_str!("../../web/console/fields.js")),
    ("form-controls.js", include_str!("../../web/console/form-controls.js")),
    ("form-schema.js", include_str!("../../web/console/form-schema.js")),
    ("form.js", include_str!("../../web/console/form.js")),
    ("gate-report.js", include_str!("../../web/console/gate-report.js")),
    ("history.js", include_str!("../../web/console/history.js")),
    ("import-messages.js", include_str!("../../web/console/import-messages.js")),
    ("keys.js", include_str!("../../web/console/keys.js")),
    ("learning.js", include_str!("../../web/console/learning.js")),
    ("main.js", include_str!("../../web/console/main.js")),
    ("mapping.js", include_str!("../../web/console/mapping.js")),
    ("markdown.js", include_str!("../../web/console/markdown.js")),
    ("misses.js", include_str!("../../web/console/misses.js")),
    ("open-file.js", include_str!("../../web/console/open-file.js")),
    ("other.js", include_str!("../../web/console/other.js")),
    ("phrasings.js", include_str!("../../web/console/phrasings.js")),
    ("preview.js", include_str!("../../web/console/preview.js")),
    ("publish.js", include_str!("../../web/console/publish.js")),
    ("router.js", include_str!("../../web/console/router.js")),
    ("scheduling.js", include_str!("../../web/console/scheduling.js")),
    ("service.js", include_str!("../../web/console/service.js")),
    ("store.js", include_str!("../../web/console/store.js")),
    ("switches.js", include_str!("../../web/console/switches.js")),
    ("text-file.js", include_str!("../../web/console/text-file.js")),
    ("texts-en-checks.js", include_str!("../../web/console/texts-en-checks.js")),
    ("texts-en-compare.js", include_str!("../../web/console/texts-en-compare.js")),
    ("texts-en-content.js", include_str!("../../web/console/texts-en-content.js")),
    ("texts-en-work.js", include_str!("../../web/console/texts-en-work.js")),
    ("texts-en.js", include_str!("../../web/console/texts-en.js")),
    ("texts-zh-checks.js", include_str!("../../web/console/texts-zh-checks.js")),
    ("texts-zh-compare.js", include_str!("../../web/console/texts-zh-compare.js")),
    ("texts-zh-content.js", include_str!("../../web/console/texts-zh-content.js")),
    ("texts-zh-import.js", include_str!("../../web/console/texts-zh-import.js")),
    ("texts-zh-work.js", include_str!("../../web/console/texts-zh-work.js")),
    ("texts-zh.js", include_str!("../../web/console/texts-zh.js")),
    ("transfer.js", include_str!("../../web/console/transfer.js")),
    ("ui.js", include_str!("../../web/console/ui.js")),
    ("variables-file.js", include_str!("../../web/console/variables-file.js")),
    ("variables.js", include_str!("../../web/console/variables.js")),
    ("words.js", include_str!("../../web/console/words.js")),
];

/// What lies beside the console's page.
pub async fn beside_console(Segment(name): Segment) -> Result<impl IntoResponse, Problem> {
    match name.as_str() {
        "console.css" => return Ok(file(STYLE, include_str!("../../web/console/console.css"))),
        "screens.css" => return Ok(file(STYLE, include_str!("../../web/console/screens.css"))),
        _ => {}
    }
    let (_, text) = CONSOLE.iter().find(|(module, _)| *module == name).ok_or(Code::NotFound)?;
    Ok(file(SCRIPT, text))
}

/// A picture.
const PICTURE: &str = "image/svg+xml";

/// Where agents work.
pub async fn desk() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("../../web/desk/index.html"))
}

/// The desk's modules.
const DESK: [(&str, &str); 28] = [
    ("alerts.js", include_str!("../../web/desk/alerts.js")),
    ("canned.js", include_str!("../../web/desk/canned.js")),
    ("case.js", include_str!("../../web/desk/case.js")),
    ("cases.js", include_str!("../../web/desk/cases.js")),
    ("composer.js", include_str!("../../web/desk/composer.js")),
    ("conversation.js", include_str!("../../web/desk/conversation.js")),
    ("customer.js", include_str!("../../web/desk/customer.js")),
    ("dialogs.js", include_str!("../../web/desk/dialogs.js")),
    ("drafts.js", include_str!("../../web/desk/drafts.js")),
    ("keys.js", include_str!("../../web/desk/keys.js")),
    ("knowledge.js", include_str!("../../web/desk/knowledge.js")),
    ("list.js", include_str!("../../web/desk/list.js")),
    ("main.js", include_str!("../../web/desk/main.js")),
    ("matches.js", include_str!("../../web/desk/matches.js")),
    ("news.js", include_str!("../../web/desk/news.js")),
    ("outbox.js", include_str!("../../web/desk/outbox.js")),
    ("phone.js", include_str!("../../web/desk/phone.js")),
    ("presence.js", include_str!("../../web/desk/presence.js")),
    ("service.js", include_str!("../../web/desk/service.js")),
    ("side.js", include_str!("../../web/desk/side.js")),
    ("skills.js", include_str!("../../web/desk/skills.js")),
    ("store.js", include_str!("../../web/desk/store.js")),
    ("texts-en.js", include_str!("../../web/desk/texts-en.js")),
    ("texts-zh.js", include_str!("../../web/desk/texts-zh.js")),
    ("texts.js", include_str!("../../web/desk/texts.js")),
    ("transcript.js", include_str!("../../web/desk/transcript.js")),
    ("wall.js", include_str!("../../web/desk/wall.js")),
    ("words.js", include_str!("../../web/desk/words.js")),
];

/// What lies beside the desk's page.
pub async fn beside_desk(Segment(name): Segment) -> Result<impl IntoResponse, Problem> {
    if name == "desk.css" {
        return Ok(file(STYLE, include_str!("../../web/desk/desk.css")));
    }
    let (_, text) = DESK.iter().find(|(module, _)| *module == name).ok_or(Code::NotFound)?;
    Ok(file(SCRIPT, text))
}

/// What lies beside the pages.
pub async fn beside(Segment(name): Segment) -> Result<impl IntoResponse, Problem> {
    match name.as_str() {
        "page.css" => Ok(file(STYLE, include_str!("../../web/shared/page.css"))),
        "help.css" => Ok(file(STYLE, include_str!("../../web/help/help.css"))),
        "shop.css" => Ok(file(STYLE, include_str!("../../web/shop/shop.css"))),
        "help.js" => Ok(file(SCRIPT, include_str!("../../web/help/help.js"))),
        "suggestions.js" => Ok(file(SCRIPT, include_str!("../../web/help/suggestions.js"))),
        "why.js" => Ok(file(SCRIPT, include_str!("../../web/help/why.js"))),
        "help-texts.js" => Ok(file(SCRIPT, include_str!("../../web/help/help-texts.js"))),
        "shop.js" => Ok(file(SCRIPT, include_str!("../../web/shop/shop.js"))),
        "goods.svg" => Ok(file(PICTURE, include_str!("../../web/shop/goods.svg"))),
        "icon.svg" => Ok(icon().await),
        _ => Err(Code::NotFound.into()),
    }
}

/// Returns a script that several pages share.
pub fn shared(name: &str) -> Option<&'static str> {
    Some(match name {
        "api.js" => include_str!("../../web/shared/api.js"),
        "dom.js" => include_str!("../../web/shared/dom.js"),
        "kept.js" => include_str!("../../web/shared/kept.js"),
        "staff.js" => include_str!("../../web/shared/staff.js"),
        "language.js" => include_str!("../../web/shared/language.js"),
        _ => return None,
    })
}

/// The picture in a browser's tab, also under the name that browsers ask for of their own accord.
pub async fn icon() -> File {
    file(PICTURE, include_str!("../../web/shared/icon.svg"))
}

/// Sets what the documentation's page may load.
pub async fn with_docs_policy(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(DOCS_POLICY));
    response
}
