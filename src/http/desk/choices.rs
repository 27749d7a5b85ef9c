//! What agents choose from: replies that are sent often, departments, contact reasons.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::caller::Caller;
use crate::http::entries::LanguageQuery;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::work::{Cost, on_live};

/// Something that agents send often.
#[derive(Debug, Serialize, ToSchema)]
pub struct CannedView {
    /// What agents type after `/`.
    id: String,
    /// What it is called.
    title: String,
    /// What is sent, with its facts.
    text: String,
}

/// What agents send often.
#[derive(Debug, Serialize, ToSchema)]
pub struct CannedPage {
    /// In the editors' order.
    data: Vec<CannedView>,
    /// Always null: there is one page.
    next_cursor: Option<String>,
}

/// Lists what agents send often.
#[utoipa::path(
    get,
    path = "/desk/canned",
    tag = "desk",
    params(LanguageQuery),
    responses((status = 200, description = "Replies, ready to be sent", body = CannedPage))
)]
pub async fn canned(
    State(app): State<App>,
    _caller: Caller,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<CannedPage>, Problem> {
    let data = on_live(&app, Cost::Small, move |view| {
        let language = query.language();
        let composer = view.composer(&language);
        let shown = view.snapshot.assistant.content().canned.iter().map(|reply| CannedView {
            id: reply.id.clone(),
            title: composer.title(&reply.title),
            text: composer.localised(&reply.text).text,
        });
        shown.collect()
    });
    Ok(Json(CannedPage { data: data.await?, next_cursor: None }))
}

/// A name of ours with what it is called.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedView {
    /// The name in the API.
    id: String,
    /// What people read.
    title: String,
}

/// What agents choose from.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoicesView {
    /// Where conversations and cases can go.
    departments: Vec<NamedView>,
    /// What a conversation can have been about; `other` besides.
    reasons: Vec<NamedView>,
}

/// Lists the departments that work is passed on to, and the contact reasons that conversations end with.
#[utoipa::path(
    get,
    path = "/desk/choices",
    tag = "desk",
    params(LanguageQuery),
    responses((status = 200, description = "Departments and contact reasons", body = ChoicesView))
)]
pub async fn choices(
    State(app): State<App>,
    _caller: Caller,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<ChoicesView>, Problem> {
    let choices = on_live(&app, Cost::Small, move |view| {
        let language = query.language();
        let composer = view.composer(&language);
        let content = view.snapshot.assistant.content();
        let departments = content
            .departments
            .iter()
            .map(|(id, department)| NamedView { id: id.clone(), title: composer.title(&department.title) });
        let reasons = content
            .intents
            .iter()
            .map(|intent| NamedView { id: intent.name.0.clone(), title: composer.title(&intent.title) });
        ChoicesView { departments: departments.collect(), reasons: reasons.collect() }
    });
    Ok(Json(choices.await?))
}
