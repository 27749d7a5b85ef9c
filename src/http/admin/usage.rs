//! `/admin/reports/usage`: how the service was used in a period; to read, to work on, to look at.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::clock;
use crate::desk::reports::usage::{By, UsageReport};
use crate::desk::reports::usage_count::{MOST_DAYS, UsageCount};
use crate::desk::reports::zone;
use crate::exchange::usage::usage_table;
use crate::http::admin::reports::{ReportFormat, csv, departments, xlsx};
use crate::http::admin::usage_page;
use crate::http::caller::Caller;
use crate::http::error::Problem;
use crate::http::extract::Query;
use crate::http::help::reader::of_browser;
use crate::http::work::{Cost, on_live};
use crate::reporting;
use crate::text::language::LanguageTag;

/// Which days, and how they are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct UsageQuery {
    /// The first day, in the calendar's zone; the 30th up to the last where none is given.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, which counts; today where none is given. At most 366 days.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// What figures are told apart by; days where nothing is given.
    #[param(inline)]
    by: By,
    /// The format; JSON where none is given.
    #[param(inline)]
    format: ReportFormat,
    /// The language of the page; the browser's where none is given.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
}

/// Days where no first one is named.
const USUAL_DAYS: i32 = 30;

/// Counts conversations, what the bot said, hand-offs, waits and opinions of a period.
#[utoipa::path(
    get,
    path = "/admin/reports/usage",
    tag = "administration",
    params(UsageQuery),
    responses((
        status = 200,
        description = "The report",
        content(
            (UsageReport = "application/json"),
            (Vec<u8> = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/html"),
        ),
    ))
)]
pub async fn usage(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Query(query): Query<UsageQuery>,
) -> Result<Response, Problem> {
    let UsageQuery { from, until, by, format, language } = query;
    let now = clock::now();
    let snapshot = app.live().current();
    let calendar = &snapshot.assistant.content().calendar;
    let until = until.unwrap_or_else(|| now.to_zoned(zone(calendar)).date());
    let from = from.unwrap_or_else(|| until.saturating_sub((USUAL_DAYS - 1).days()));
    let count = UsageCount::of_days(calendar, (from, until), by, now);
    let wrong = || format!("lies before the first day, more than {MOST_DAYS} days after it, or too far away");
    let count = count.ok_or_else(|| Problem::field("until", wrong()))?;
    let report = reporting::usage(app.store(), count, departments(&caller)).await?;
    let name = format!("usage-{from}-{until}");
    match format {
        ReportFormat::Json => Ok(Json(report).into_response()),
        ReportFormat::Csv => csv(&name, &usage_table(&report)),
        ReportFormat::Xlsx => xlsx(&name, usage_table(&report)).await,
        ReportFormat::Html => {
            let language = language.unwrap_or_else(|| of_browser(&headers));
            on_live(&app, Cost::Small, move |view| usage_page::of(&report, &view.composer(&language))).await
        }
    }
}
