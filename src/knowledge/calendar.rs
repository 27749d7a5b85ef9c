//! When which way in is open: windows, holidays, moved working days, peak hours. Dates in the calendar's zone.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};

/// The operator's service hours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// An IANA name, for instance `Asia/Shanghai`.
    pub timezone: String,
    /// Hours per way in (`chat`, `phone`, `email`).
    pub hours: BTreeMap<String, Hours>,
    /// When it takes longer.
    pub peak: Vec<Window>,
    /// Days off, both ends included.
    pub holidays: Vec<Holiday>,
    /// Weekend days that are worked (调休).
    pub workdays: Vec<Date>,
}

/// When a way in is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hours {
    /// Round the clock.
    Always,
    /// In these windows of working days.
    Windows(Vec<Window>),
}

/// Hours of some days of the week; `from` before `to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The days.
    pub days: Vec<Weekday>,
    /// The first minute.
    pub from: Time,
    /// The first minute after.
    pub to: Time,
}

/// Days off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What it is called.
    pub name: String,
    /// Whether it is a made-up value.
    pub sample: bool,
}
