//! `/admin/reports`: the complaints of a year, the promises of a period; to read, to work on, to publish.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::clock;
use crate::desk::reports::complaints::{ComplaintCount, ComplaintReport};
use crate::desk::reports::promises::DepartmentPromises;
use crate::desk::reports::{Period, zone};
use crate::exchange::ExportError;
use crate::exchange::figures::{Table, complaint_table, promise_table};
use crate::http::admin::report_page;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::Query;
use crate::http::work::{Cost, on_live};
use crate::reporting;
use crate::text::language::LanguageTag;

/// How a report is shown.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReportFormat {
    /// All figures, for programs.
    #[default]
    Json,
    /// A table as comma-separated values.
    Csv,
    /// A table as a workbook of Excel.
    Xlsx,
    /// A page to look at and to print; of complaints one to publish: no action, no owner, no rare cause is named.
    Html,
}

/// Which complaints, and how they are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ComplaintsQuery {
    /// The year, in the calendar's zone; last year where none is given.
    year: Option<i16>,
    /// The format; JSON where none is given.
    #[param(inline)]
    format: ReportFormat,
    /// The language of the page; Chinese where none is given.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
    language: Option<LanguageTag>,
}

/// Counts the complaints of a year, of the caller's departments.
#[utoipa::path(
    get,
    path = "/admin/reports/complaints",
    tag = "administration",
    params(ComplaintsQuery),
    responses((
        status = 200,
        description = "The report",
        content(
            (ComplaintReport = "application/json"),
            (Vec<u8> = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (String = "text/html"),
        ),
    ))
)]
pub async fn complaints(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ComplaintsQuery>,
) -> Result<Response, Problem> {
    let ComplaintsQuery { year, format, language } = query;
    let now = clock::now();
    let snapshot = app.live().current();
    let calendar = &snapshot.assistant.content().calendar;
    let year = year.unwrap_or_else(|| now.to_zoned(zone(calendar)).year() - 1);
    let count = ComplaintCount::of_year(calendar, year, now);
    let count = count.ok_or_else(|| Problem::field("year", "is no year that can be"))?;
    let report = reporting::complaints(app.store(), count, departments(&caller)).await?;
    let name = format!("complaints-{year}");
    match format {
        ReportFormat::Json => Ok(Json(report).into_response()),
        ReportFormat::Csv => csv(&name, &complaint_table(&report)),
        ReportFormat::Xlsx => xlsx(&name, complaint_table(&report)).await,
        ReportFormat::Html => {
            let language = language.unwrap_or_else(LanguageTag::zh_cn);
            on_live(&app, Cost::Small, move |view| report_page::of(&report, &view.composer(&language))).await
        }
    }
}

/// How promises are shown.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum PromiseFormat {
    /// All figures, for programs.
    #[default]
    Json,
    /// A table as comma-separated values.
    Csv,
}

/// Which promises, and how they are shown.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct PromisesQuery {
    /// The first day on which a case was opened, in the calendar's zone; that of this year where none is given.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<Date>,
    /// The last day, which counts; today where none is given.
    #[param(value_type = Option<String>, format = Date)]
    until: Option<Date>,
    /// The format; JSON where none is given.
    #[param(inline)]
    format: PromiseFormat,
}

/// What became of the promises about the cases of a period.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromiseReport {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day, which counts.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// The departments, those of the caller: each with the cases that it has, or had and was late with.
    departments: Vec<DepartmentPromises>,
}

/// Counts which promises were kept, broken or are open, for each department.
#[utoipa::path(
    get,
    path = "/admin/reports/promises",
    tag = "administration",
    params(PromisesQuery),
    responses((
        status = 200,
        description = "The report",
        content((PromiseReport = "application/json"), (Vec<u8> = "text/csv")),
    ))
)]
pub async fn promises(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<PromisesQuery>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let snapshot = app.live().current();
    let calendar = &snapshot.assistant.content().calendar;
    let today = now.to_zoned(zone(calendar)).date();
    let (from, until) = (query.from.unwrap_or_else(|| today.first_of_year()), query.until.unwrap_or(today));
    let period = Period::of_days(calendar, from, until);
    let period = period.ok_or_else(|| Problem::field("until", "lies before the first day, or too far away"))?;
    let departments = reporting::promises(app.store(), period, departments(&caller), now).await?;
    match query.format {
        PromiseFormat::Json => Ok(Json(PromiseReport { from, until, departments }).into_response()),
        PromiseFormat::Csv => csv(&format!("promises-{from}-{until}"), &promise_table(&departments)),
    }
}

/// The departments that a caller sees; none for all.
pub(super) fn departments(caller: &Caller) -> Vec<String> {
    caller.actor.departments.iter().cloned().collect()
}

/// How a workbook's name ends, and its media type.
const XLSX: (&str, &str) = ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");

/// Answers with a table as a workbook of Excel.
pub(super) async fn xlsx(name: &str, table: Table) -> Result<Response, Problem> {
    let written = tokio::task::spawn_blocking(move || table.to_xlsx());
    file(name, XLSX, written.await.map_err(|_| Code::Internal)?)
}

/// Answers with a table as comma-separated values.
pub(super) fn csv(name: &str, table: &Table) -> Result<Response, Problem> {
    file(name, ("csv", "text/csv; charset=utf-8"), table.to_csv())
}

/// Answers with a file to be kept.
fn file(
    name: &str,
    (extension, media_type): (&str, &'static str),
    written: Result<Vec<u8>, ExportError>,
) -> Result<Response, Problem> {
    let bytes = written.map_err(anyhow::Error::from)?;
    let disposition = format!("attachment; filename=\"{name}.{extension}\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_DISPOSITION, HeaderValue::try_from(disposition).map_err(|_| Code::Internal)?),
    ];
    Ok((headers, bytes).into_response())
}
