//! `GET /announcements`: policies, promotions, notices and outages that are valid now.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::entries::LanguageQuery;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::list::{Page, page};
use crate::http::work::{Cost, on_live};
use crate::knowledge::entry::AnnouncementKind;

/// Something that customers should know for a while.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnouncementPage {
    /// Its id.
    id: String,
    /// What sort it is.
    kind: AnnouncementKind,
    /// Its title.
    title: String,
    /// Plain text.
    text: String,
    /// The same as safe HTML.
    html: String,
    /// The language it is in.
    language: String,
    /// The first instant at which it is shown.
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_from: Option<Timestamp>,
    /// The first instant at which it is not shown any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    valid_until: Option<Timestamp>,
}

/// Lists the announcements that are valid now, the newest first.
#[utoipa::path(
    get,
    path = "/announcements",
    tag = "service",
    params(LanguageQuery),
    responses((status = 200, description = "All that are valid now", body = Page<AnnouncementPage>))
)]
pub async fn announcements(
    State(app): State<App>,
    Query(query): Query<LanguageQuery>,
) -> Result<Json<Page<AnnouncementPage>>, Problem> {
    let page = on_live(&app, Cost::Small, move |view| {
        let language = query.language();
        let composer = view.composer(&language);
        let valid = composer.valid_announcements();
        let n = valid.len();
        page(valid, 0, n, view.snapshot.assistant.revision(), |announcement| {
            let body = composer.localised(&announcement.body);
            AnnouncementPage {
                id: announcement.id.clone(),
                kind: announcement.kind,
                title: composer.title(&announcement.title),
                text: body.text,
                html: body.html,
                language: body.language,
                valid_from: announcement.valid.from,
                valid_until: announcement.valid.until,
            }
        })
    });
    Ok(Json(page.await?))
}
