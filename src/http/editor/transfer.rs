//! `/editor/import`, `/editor/export`: content in the formats that people carry it in.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::exchange::{self, Foreign, Mapping};
use crate::http::ask::check_text;
use crate::http::caller::Caller;
use crate::http::error::{Code, Problem};
use crate::http::extract::{FileBody, Query};
use crate::publishing::transfer::{
    Carried, Exporting, Format, ImportReport, Importing, Payload, Which, export, folder, import,
};

/// A format in which content is one file.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// Our columns as comma-separated values.
    Csv,
    /// Our columns as a workbook of Excel.
    Xlsx,
    /// One entry a line.
    Jsonl,
    /// Anybody's table with headings; only read.
    Table,
    /// QnA Maker's or custom question answering's table with tabs; only read.
    QnaMaker,
    /// A .qna file; only read.
    Qna,
    /// QnABot's JSON or workbook; only read.
    QnaBot,
    /// FastGPT's q,a,indexes; only read.
    FastGpt,
    /// Dify's annotations; only read.
    Dify,
    /// MaxKB's questions and answers, csv or xlsx; only read.
    MaxKb,
    /// Dialogflow ES's zip archive; only read.
    Dialogflow,
    /// Rasa's YAML, or a zip archive of it; only read.
    Rasa,
    /// All files as editors write them, in a zip archive.
    Folder,
}

impl FileFormat {
    fn format(self) -> Format {
        let entries = match self {
            Self::Folder => return Format::Folder,
            Self::Csv => exchange::Format::Csv,
            Self::Xlsx => exchange::Format::Xlsx,
            Self::Jsonl => exchange::Format::Jsonl,
            Self::Table => exchange::Format::Table,
            Self::QnaMaker => exchange::Format::Foreign(Foreign::QnaMaker),
            Self::Qna => exchange::Format::Foreign(Foreign::Qna),
            Self::QnaBot => exchange::Format::Foreign(Foreign::QnaBot),
            Self::FastGpt => exchange::Format::Foreign(Foreign::FastGpt),
            Self::Dify => exchange::Format::Foreign(Foreign::Dify),
            Self::MaxKb => exchange::Format::Foreign(Foreign::MaxKb),
            Self::Dialogflow => exchange::Format::Foreign(Foreign::Dialogflow),
            Self::Rasa => exchange::Format::Foreign(Foreign::Rasa),
        };
        Format::Entries(entries)
    }
}

/// Returns what a file of a format is called and what its bytes are; `None` where the format is only read.
fn written_as(format: Format) -> Option<(&'static str, &'static str)> {
    match format {
        Format::Folder => Some(("content.zip", "application/zip")),
        Format::Entries(exchange::Format::Csv) => Some(("entries.csv", "text/csv; charset=utf-8")),
        Format::Entries(exchange::Format::Xlsx) => {
            Some(("entries.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
        }
        Format::Entries(exchange::Format::Jsonl) => Some(("entries.jsonl", "application/jsonl")),
        Format::Entries(exchange::Format::Table | exchange::Format::Foreign(_)) => None,
    }
}

/// How a file is imported.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Its format.
    #[param(inline)]
    format: FileFormat,
    /// Which of a foreign table's headings are ours (`question=标准问,answer=答案`); the usual ones are known.
    map: Option<String>,
    /// The file's name, for the title of a new change set.
    #[param(max_length = 200)]
    name: Option<String>,
    /// An open change set that it goes into; a new one where none is named.
    set: Option<String>,
    /// Whether everything is done but the import.
    dry_run: Option<bool>,
}

const LONGEST_NAME: usize = 200;

/// Imports into a change set; with any fault nothing is imported. Entries that the file names are put in place of what they
/// were, the others stay; of a folder, what is not in it is removed.
#[utoipa::path(
    post,
    path = "/editor/import",
    tag = "editors",
    params(ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses(
        (status = 200, description = "Imported, or what would be", body = ImportReport),
        (status = 409, description = "Nothing is imported: the faults, by row and column", body = ImportReport),
    )
)]
pub async fn import_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    FileBody(bytes): FileBody,
) -> Result<(StatusCode, Json<ImportReport>), Problem> {
    let name = query.name.unwrap_or_else(|| "import".to_owned());
    check_text("name", &name, LONGEST_NAME)?;
    let mapping: Mapping = match query.map {
        Some(map) => map.parse().map_err(|error| Problem::field("map", format!("{error}")))?,
        None => Mapping::default(),
    };
    let carried = match query.format.format() {
        Format::Entries(format) => Ok(Carried::Entries { format, bytes: bytes.to_vec(), mapping }),
        Format::Folder => {
            let unpacked = tokio::task::spawn_blocking(move || folder::unpack(&bytes).map(Carried::Folder));
            unpacked.await.map_err(|_| Code::Internal)?
        }
    };
    let carried = match carried {
        Ok(carried) => carried,
        Err(why) => return Ok((StatusCode::CONFLICT, Json(ImportReport::unreadable(why)))),
    };
    let importing = Importing {
        carried,
        title: name,
        actor: caller.actor,
        address: Some(caller.whence.address),
        change_set: query.set,
        dry_run: query.dry_run.unwrap_or_default(),
    };
    // To the end, also when whoever asked goes away meanwhile.
    let importing = tokio::spawn(async move { import(app.publisher(), importing).await });
    let report = importing.await.map_err(|_| Code::Internal)??;
    let status = if report.faults.is_empty() { StatusCode::OK } else { StatusCode::CONFLICT };
    Ok((status, Json(report)))
}

/// What is exported, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The format.
    #[param(inline)]
    format: FileFormat,
    /// A change set, laid over the live revision; the live revision alone where none is named.
    set: Option<String>,
}

/// Exports all entries, or all files.
#[utoipa::path(
    get,
    path = "/editor/export",
    tag = "editors",
    params(ExportQuery),
    responses((
        status = 200,
        description = "The file",
        content(
            (Vec<u8> = "text/csv"),
            (Vec<u8> = "application/jsonl"),
            (Vec<u8> = "application/zip"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ),
    ))
)]
pub async fn export_file(
    State(app): State<App>,
    caller: Caller,
    Query(query): Query<ExportQuery>,
) -> Result<impl IntoResponse, Problem> {
    let format = query.format.format();
    let Some((file_name, media_type)) = written_as(format) else {
        return Err(Problem::field("format", format!("{format} is only read")));
    };
    let which = match query.set {
        Some(id) => Which::Draft { change_set: Some(id) },
        None => Which::Live,
    };
    let exporting = Exporting { format, which, actor: caller.actor, address: Some(caller.whence.address) };
    let exported = export(app.publisher(), &exporting).await?;
    let revision = exported.revision;
    let bytes = match exported.payload {
        Payload::Bytes(bytes) => bytes,
        Payload::Files(files) => {
            let packed = tokio::task::spawn_blocking(move || folder::pack(&files, revision.as_deref()));
            packed.await.map_err(|_| Code::Internal)??
        }
    };
    let name = format!("attachment; filename=\"{file_name}\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"))),
    ];
    Ok((headers, bytes))
}
