//! Forms to print or to fill in: the refund form, as a page and as a sheet, in editors' words.

use std::fmt::Write;

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::desk::refund_form::{Field, RefundForm, Room, refund_form};
use crate::exchange::form;
use crate::http::entries::LanguageQuery;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::html::{Document, escaped};
use crate::http::work::{Cost, on_live};
use crate::text::language::LanguageTag;

/// Editors who change it see the change soon.
const CACHE: &str = "public, max-age=300";

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The refund form as a page.
pub async fn refund(State(app): State<App>, Query(query): Query<LanguageQuery>) -> Result<Response, Problem> {
    let (form, language) = put_together(&app, query).await?;
    let body = body_of(&form, &language);
    Ok(Document { language: &tag_of(&form, &language), title: &form.title, body: &body, cache: CACHE }.into_response())
}

/// The refund form as a workbook.
pub async fn refund_sheet(State(app): State<App>, Query(query): Query<LanguageQuery>) -> Result<Response, Problem> {
    let language = query.language();
    let written = on_live(&app, Cost::Large, move |view| form::write(&refund_form(&view.composer(&language)))).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(XLSX)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"refund-form.xlsx\"")),
        (CACHE_CONTROL, HeaderValue::from_static(CACHE)),
    ];
    Ok((headers, written.map_err(anyhow::Error::from)?).into_response())
}

async fn put_together(app: &App, query: LanguageQuery) -> Result<(RefundForm, LanguageTag), Problem> {
    on_live(app, Cost::Small, move |view| {
        let language = query.language();
        (refund_form(&view.composer(&language)), language)
    })
    .await
}

/// The language that the form is in; it need not be the one that was asked for.
fn tag_of(form: &RefundForm, wanted: &LanguageTag) -> LanguageTag {
    LanguageTag::parse(&form.language).unwrap_or_else(|| wanted.clone())
}

fn body_of(form: &RefundForm, language: &LanguageTag) -> String {
    let mut rows = String::new();
    for field in &form.fields {
        rows.push_str(&row_of(field));
    }
    format!(
        "<main>\n<h1>{}</h1>\n<div class=\"how\">\n{}\n</div>\n<table class=\"form\">\n{rows}</table>\n\
         <p class=\"screen\"><a href=\"/forms/refund.xlsx?language={}\" download>{}</a></p>\n</main>\n",
        escaped(&form.title),
        form.how_html,
        escaped(language.as_str()),
        escaped(&form.download),
    )
}

/// A label with room beside it; what is typed there stays in the browser.
fn row_of(field: &Field) -> String {
    let (name, label) = (field.name, escaped(&field.label));
    let typed = |more: &str| format!("<input id=\"{name}\" autocomplete=\"off\"{more}>");
    let labelled = format!("<label for=\"{name}\">{label}</label>");
    let (label, room) = match &field.room {
        Room::Line => (labelled, typed("")),
        Room::LastFour => (labelled, typed(" inputmode=\"numeric\" maxlength=\"4\"")),
        Room::Lines => (labelled, format!("<textarea id=\"{name}\" rows=\"6\" autocomplete=\"off\"></textarea>")),
        Room::OneOf(choices) => {
            let group = format!("<div role=\"radiogroup\" aria-label=\"{label}\">{}</div>", choices_of(name, choices));
            (label.into_owned(), group)
        }
        Room::ByHand => (label.into_owned(), "<div class=\"hand\"></div>".to_owned()),
    };
    format!("<tr><th scope=\"row\">{label}</th><td>{room}</td></tr>\n")
}

fn choices_of(name: &str, choices: &[String]) -> String {
    let mut out = String::new();
    for choice in choices {
        let choice = escaped(choice);
        // Writing to a String cannot fail.
        let _ = write!(out, "<label class=\"choice\"><input type=\"radio\" name=\"{name}\">{choice}</label>");
    }
    out
}
