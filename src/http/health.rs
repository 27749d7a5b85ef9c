//! `/livez` and `/readyz`: for whoever watches the process.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::{Code, Problem};

/// The process is alive.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alive {
    /// `alive`.
    status: &'static str,
}

/// Says that the process answers. Touches nothing: neither content nor limits nor logs.
#[utoipa::path(
    get,
    path = "/livez",
    tag = "health",
    responses((status = 200, description = "The process is alive", body = Alive))
)]
pub async fn livez() -> Json<Alive> {
    Json(Alive { status: "alive" })
}

/// The service can be asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// `ready`.
    status: &'static str,
    /// The live revision of the content.
    revision: String,
}

/// Says whether requests should be sent here: the content is loaded, the store answers and can be written, and the service does
/// not end.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses((status = 200, description = "Ready", body = Ready))
)]
pub async fn readyz(State(app): State<App>) -> Result<Json<Ready>, Problem> {
    if app.is_ending() {
        return Err(Problem::new(Code::NotReady).detail("the service is ending"));
    }
    if !app.store_answers() {
        return Err(
            Problem::new(Code::NotReady).detail("the store does not answer; questions are answered all the same")
        );
    }
    Ok(Json(Ready { status: "ready", revision: app.live().current().assistant.revision().to_owned() }))
}
