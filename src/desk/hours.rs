//! Is somebody there now, and when will there be? Follows from the calendar and an instant alone.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::knowledge::calendar::{Calendar, Holiday, Hours, Window};

/// Days that are looked ahead for the next opening; the longest holidays are shorter.
const DAYS_AHEAD: i64 = 30;

/// The service at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceStatus {
    /// The instant, in the calendar's zone.
    pub now: Zoned,
    /// Each way in (`chat`, `phone`, `email`).
    pub ways: BTreeMap<String, WayIn>,
    /// Whether it takes longer now.
    pub is_peak: bool,
    /// When the busy hours of now end, or the next ones begin.
    pub peak_changes_at: Option<Zoned>,
    /// The holiday that today is.
    pub holiday: Option<Holiday>,
    /// The next holiday of the calendar.
    pub next_holiday: Option<Holiday>,
}

/// One way in at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct WayIn {
    /// Whether it is open round the clock.
    pub always: bool,
    /// Whether it is open now.
    pub is_open: bool,
    /// When it closes, while it is open at times only.
    pub closes_at: Option<Zoned>,
    /// When it opens again, while it is closed; `None` when that is more than a month ahead.
    pub opens_at: Option<Zoned>,
}

/// Returns the service at an instant.
pub fn service_status(calendar: &Calendar, now: Timestamp) -> ServiceStatus {
    let now = now.to_zoned(TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC));
    let ways = calendar.hours.iter().map(|(way, hours)| (way.clone(), way_in(calendar, hours, &now))).collect();
    let every_day = |date: Date| windows_of(&calendar.peak, date.weekday());
    let is_peak = end_of_open(&every_day, &now).is_some();
    let holiday = calendar.holidays.iter().find(|holiday| is_in(holiday, now.date())).cloned();
    let ahead = calendar.holidays.iter().filter(|holiday| holiday.from > now.date());
    ServiceStatus {
        ways,
        is_peak,
        peak_changes_at: end_of_open(&every_day, &now).or_else(|| next_start(&every_day, &now)),
        holiday,
        next_holiday: ahead.min_by_key(|holiday| holiday.from).cloned(),
        now,
    }
}

/// Says whether a way in is open at an instant; one that has no hours always is.
pub fn is_open(calendar: &Calendar, way: &str, at: &Zoned) -> bool {
    calendar.hours.get(way).is_none_or(|hours| way_in(calendar, hours, at).is_open)
}

fn way_in(calendar: &Calendar, hours: &Hours, now: &Zoned) -> WayIn {
    let Hours::Windows(windows) = hours else {
        return WayIn { always: true, is_open: true, closes_at: None, opens_at: None };
    };
    let of_day = |date: Date| working_windows(calendar, windows, date);
    let closes_at = end_of_open(&of_day, now);
    let opens_at = if closes_at.is_some() { None } else { next_start(&of_day, now) };
    WayIn { always: false, is_open: closes_at.is_some(), closes_at, opens_at }
}

/// The windows of a date: none on a holiday; on a weekend day that is worked (调休) those of a Monday.
pub(super) fn working_windows(calendar: &Calendar, windows: &[Window], date: Date) -> Vec<(Time, Time)> {
    if calendar.workdays.contains(&date) {
        return windows_of(windows, Weekday::Monday);
    }
    if calendar.holidays.iter().any(|holiday| is_in(holiday, date)) {
        return Vec::new();
    }
    windows_of(windows, date.weekday())
}

fn windows_of(windows: &[Window], day: Weekday) -> Vec<(Time, Time)> {
    let of_day = windows.iter().filter(|window| window.days.contains(&day));
    let mut of_day: Vec<(Time, Time)> = of_day.map(|window| (window.from, window.to)).collect();
    of_day.sort_unstable();
    of_day
}

fn is_in(holiday: &Holiday, date: Date) -> bool {
    holiday.from <= date && date <= holiday.to
}

/// When the window ends that holds the instant, with those that follow without a gap; `None` outside of all.
fn end_of_open(of_day: &impl Fn(Date) -> Vec<(Time, Time)>, now: &Zoned) -> Option<Zoned> {
    let mut end: Option<Time> = None;
    for (from, to) in of_day(now.date()) {
        let at = end.unwrap_or(now.time());
        if from <= at && at < to || end == Some(from) {
            end = Some(to);
        }
    }
    now.date().to_datetime(end?).to_zoned(now.time_zone().clone()).ok()
}

/// When the next window begins.
fn next_start(of_day: &impl Fn(Date) -> Vec<(Time, Time)>, now: &Zoned) -> Option<Zoned> {
    let starts = (0..=DAYS_AHEAD)
        .filter_map(|days| now.date().checked_add(jiff::Span::new().days(days)).ok())
        .flat_map(|date| {
            let zone = now.time_zone().clone();
            of_day(date).into_iter().filter_map(move |(from, _)| date.to_datetime(from).to_zoned(zone.clone()).ok())
        });
    starts.into_iter().find(|start| start > now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        let at = |hour| Time::constant(hour, 0, 0, 0);
        let week = vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let window = |days: &[Weekday], from, to| Window { days: days.to_vec(), from: at(from), to: at(to) };
        let date = |text: &str| text.parse().unwrap();
        let hours = [
            ("chat", Hours::Always),
            ("phone", Hours::Windows(vec![window(&week, 9, 12), window(&week, 12, 13), window(&week, 14, 18)])),
        ];
        Calendar {
            timezone: "Asia/Shanghai".to_owned(),
            hours: hours.map(|(way, hours)| (way.to_owned(), hours)).into(),
            peak: vec![window(&[week.as_slice(), &[Weekday::Saturday, Weekday::Sunday]].concat(), 19, 22)],
            holidays: vec![
                Holiday { from: date("2027-01-01"), to: date("2027-01-03"), name: "元旦".to_owned(), sample: false },
                Holiday { from: date("2027-02-05"), to: date("2027-02-12"), name: "春节".to_owned(), sample: false },
            ],
            workdays: vec![date("2027-02-14")],
        }
    }

    /// Instant; whether the telephone is answered; when that changes.
    const TELEPHONE: &[(&str, bool, &str)] = &[
        ("2026-11-25T09:00:00+08:00", true, "2026-11-25T13:00:00+08:00"),
        ("2026-11-25T11:59:59+08:00", true, "2026-11-25T13:00:00+08:00"),
        ("2026-11-25T13:00:00+08:00", false, "2026-11-25T14:00:00+08:00"),
        ("2026-11-25T17:59:59+08:00", true, "2026-11-25T18:00:00+08:00"),
        ("2026-11-25T18:00:00+08:00", false, "2026-11-26T09:00:00+08:00"),
        ("2026-11-27T20:00:00+08:00", false, "2026-11-30T09:00:00+08:00"), // over a weekend
        ("2026-12-31T23:00:00+08:00", false, "2027-01-04T09:00:00+08:00"), // over a holiday
        ("2027-02-10T10:00:00+08:00", false, "2027-02-14T09:00:00+08:00"), // a holiday, then a Sunday that is worked
        ("2027-02-14T10:00:00+08:00", true, "2027-02-14T13:00:00+08:00"),
        ("2026-11-25T01:30:00Z", true, "2026-11-25T13:00:00+08:00"), // another zone, the same instant
    ];

    #[test]
    fn the_telephone_is_answered_in_working_hours_of_working_days() {
        for (at, is_open, changes_at) in TELEPHONE {
            let status = service_status(&calendar(), at.parse().unwrap());
            let phone = &status.ways["phone"];
            assert_eq!(phone.is_open, *is_open, "{at}");
            let changes: Timestamp = changes_at.parse().unwrap();
            let said = phone.closes_at.as_ref().or(phone.opens_at.as_ref()).unwrap();
            assert_eq!(said.timestamp(), changes, "{at}");
            assert!(status.ways["chat"].always && status.ways["chat"].is_open);
        }
    }

    #[test]
    fn peak_hours_and_holidays_are_told() {
        let at = |at: &str| service_status(&calendar(), at.parse().unwrap());
        let evening = at("2026-11-28T20:00:00+08:00");
        assert!(evening.is_peak);
        assert_eq!(evening.peak_changes_at.unwrap().to_string(), "2026-11-28T22:00:00+08:00[Asia/Shanghai]");
        let morning = at("2026-11-28T08:00:00+08:00");
        assert!(!morning.is_peak && morning.holiday.is_none());
        assert_eq!(morning.peak_changes_at.unwrap().hour(), 19);
        assert_eq!(morning.next_holiday.unwrap().name, "元旦");
        assert_eq!(at("2027-01-02T08:00:00+08:00").holiday.unwrap().name, "元旦");
    }

    #[test]
    fn a_calendar_that_never_opens_says_no_time() {
        let mut never = calendar();
        never.hours.insert("phone".to_owned(), Hours::Windows(Vec::new()));
        let phone = service_status(&never, Timestamp::UNIX_EPOCH).ways["phone"].clone();
        assert!(!phone.is_open && phone.opens_at.is_none() && phone.closes_at.is_none());
    }
}
