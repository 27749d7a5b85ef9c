//! `GET /status`: which ways in are open now and when they open next, busy hours, holidays.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use jiff::Zoned;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::clock;
use crate::desk::hours::{ServiceStatus, WayIn, service_status};
use crate::knowledge::calendar::Holiday;

/// The service now. Times are RFC 3339 in the service's zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusPage {
    /// The instant.
    #[schema(format = DateTime)]
    now: String,
    /// The service's zone, an IANA name.
    timezone: String,
    /// Each way in: `chat`, `phone`, `email`.
    channels: BTreeMap<String, ChannelStatus>,
    /// The busy hours of the day.
    peak: PeakStatus,
    /// The holiday that today is.
    holiday: Option<HolidayDays>,
    /// The next holiday of the calendar: answers take longer then.
    next_holiday: Option<HolidayDays>,
}

/// One way in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelStatus {
    /// Whether somebody is there now.
    open: bool,
    /// Whether that is so round the clock.
    always: bool,
    /// When it closes; null while it is closed, and round the clock.
    #[schema(format = DateTime)]
    closes_at: Option<String>,
    /// When it opens next; null while it is open.
    #[schema(format = DateTime)]
    opens_at: Option<String>,
}

/// Hours in which it takes longer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeakStatus {
    /// Whether it takes longer now.
    now: bool,
    /// When that ends.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    /// When it begins next.
    #[schema(format = DateTime)]
    begins_at: Option<String>,
}

/// Days off, both included.
#[derive(Debug, Serialize, ToSchema)]
pub struct HolidayDays {
    /// What it is called.
    name: String,
    /// The first day.
    #[schema(format = Date)]
    from: String,
    /// The last day.
    #[schema(format = Date)]
    to: String,
}

impl From<ServiceStatus> for StatusPage {
    fn from(status: ServiceStatus) -> Self {
        let changes_at = status.peak_changes_at.as_ref().map(rfc3339);
        let (ends_at, begins_at) = if status.is_peak { (changes_at, None) } else { (None, changes_at) };
        Self {
            now: rfc3339(&status.now),
            timezone: status.now.time_zone().iana_name().unwrap_or("UTC").to_owned(),
            channels: status.ways.into_iter().map(|(way, now)| (way, now.into())).collect(),
            peak: PeakStatus { now: status.is_peak, ends_at, begins_at },
            holiday: status.holiday.map(Into::into),
            next_holiday: status.next_holiday.map(Into::into),
        }
    }
}

impl From<WayIn> for ChannelStatus {
    fn from(way: WayIn) -> Self {
        Self {
            open: way.is_open,
            always: way.always,
            closes_at: way.closes_at.as_ref().map(rfc3339),
            opens_at: way.opens_at.as_ref().map(rfc3339),
        }
    }
}

impl From<Holiday> for HolidayDays {
    fn from(holiday: Holiday) -> Self {
        Self { name: holiday.name, from: holiday.from.to_string(), to: holiday.to.to_string() }
    }
}

/// An instant with the offset of its zone, to the second.
fn rfc3339(instant: &Zoned) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// Says who is there now, and when the others will be.
#[utoipa::path(
    get,
    path = "/status",
    tag = "service",
    responses((status = 200, description = "The service now", body = StatusPage))
)]
pub async fn status(State(app): State<App>) -> Json<StatusPage> {
    let snapshot = app.live().current();
    Json(service_status(&snapshot.assistant.content().calendar, clock::now()).into())
}
