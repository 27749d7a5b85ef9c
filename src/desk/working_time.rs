//! Time that passes only while somebody works: when a promise made now is due, and how much of it has passed.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

use crate::desk::hours::working_windows;
use crate::knowledge::calendar::{Calendar, Hours, Window};
use crate::knowledge::operator::WorkingTime;

/// Days that are looked ahead; whoever works on none of them keeps no hours at all, and time passes for them as for anybody.
const DAYS_AHEAD: i64 = 3 * 366;

/// Returns the instant by which a time has passed for somebody who keeps the hours of a way in.
pub fn after(calendar: &Calendar, way: &str, from: Timestamp, time: WorkingTime) -> Timestamp {
    let plain = match time {
        WorkingTime::Minutes(minutes) => SignedDuration::from_mins(minutes),
        WorkingTime::Days(days) => SignedDuration::from_hours(24 * days),
    };
    let by_the_clock = from.checked_add(plain).unwrap_or(Timestamp::MAX);
    let Some(windows) = windows_of(calendar, way) else { return by_the_clock };
    let from = from.to_zoned(zone(calendar));
    let working = match time {
        WorkingTime::Minutes(minutes) => after_minutes(calendar, windows, &from, minutes),
        WorkingTime::Days(days) => after_days(calendar, windows, &from, days),
    };
    working.map_or(by_the_clock, |working| working.timestamp())
}

/// Returns how much working time lies between two instants; nothing where the second is not later.
pub fn between(calendar: &Calendar, way: &str, from: Timestamp, to: Timestamp) -> SignedDuration {
    let by_the_clock = to.duration_since(from).max(SignedDuration::ZERO);
    let Some(windows) = windows_of(calendar, way) else { return by_the_clock };
    let (from, to) = (from.to_zoned(zone(calendar)), to.to_zoned(zone(calendar)));
    let mut worked = SignedDuration::ZERO;
    for (opens, closes) in stretches(calendar, windows, from.date()) {
        if opens >= to {
            break;
        }
        let (first, last) = ((&opens).max(&from).timestamp(), (&closes).min(&to).timestamp());
        worked += last.duration_since(first).max(SignedDuration::ZERO);
    }
    worked
}

fn zone(calendar: &Calendar) -> TimeZone {
    TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC)
}

/// The windows of a way in; `None` where it is open round the clock.
fn windows_of<'c>(calendar: &'c Calendar, way: &str) -> Option<&'c [Window]> {
    match calendar.hours.get(way)? {
        Hours::Always => None,
        Hours::Windows(windows) => Some(windows),
    }
}

/// What is worked from a date on, without overlaps.
fn stretches<'c>(
    calendar: &'c Calendar,
    windows: &'c [Window],
    from: Date,
) -> impl Iterator<Item = (Zoned, Zoned)> + use<'c> {
    let zone = zone(calendar);
    let days = (0..=DAYS_AHEAD).filter_map(move |days| from.checked_add(Span::new().days(days)).ok());
    days.flat_map(move |date| {
        let at = |time| date.to_datetime(time).to_zoned(zone.clone()).ok();
        let of_day = joined(working_windows(calendar, windows, date));
        of_day.into_iter().filter_map(|(from, to)| Some((at(from)?, at(to)?))).collect::<Vec<_>>()
    })
}

/// Sorted windows, those that touch made one.
fn joined(windows: Vec<(Time, Time)>) -> Vec<(Time, Time)> {
    let mut joined: Vec<(Time, Time)> = Vec::new();
    for (from, to) in windows {
        match joined.last_mut() {
            Some((_, end)) if from <= *end => *end = to.max(*end),
            _ => joined.push((from, to)),
        }
    }
    joined
}

fn after_minutes(calendar: &Calendar, windows: &[Window], from: &Zoned, minutes: i64) -> Option<Zoned> {
    let mut left = SignedDuration::from_mins(minutes);
    for (opens, closes) in stretches(calendar, windows, from.date()) {
        let begins = if &opens < from { from.clone() } else { opens };
        let lasts = closes.timestamp().duration_since(begins.timestamp());
        if lasts <= SignedDuration::ZERO {
            continue;
        }
        if left <= lasts {
            return begins.checked_add(left).ok();
        }
        left -= lasts;
    }
    None
}

/// The same time of a later working day; what comes outside of the hours counts as come when they begin.
fn after_days(calendar: &Calendar, windows: &[Window], from: &Zoned, days: i64) -> Option<Zoned> {
    let (opens, _) = stretches(calendar, windows, from.date()).find(|(_, closes)| closes > from)?;
    let begins = if &opens < from { from.clone() } else { opens };
    let mut worked = stretches(calendar, windows, begins.date()).map(|(opens, _)| opens.date()).collect::<Vec<_>>();
    worked.dedup();
    let day = *worked.get(usize::try_from(days).ok()?)?;
    day.to_datetime(begins.time()).to_zoned(begins.time_zone().clone()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::*;
    use crate::knowledge::calendar::Holiday;

    fn calendar() -> Calendar {
        let at = |hour| Time::constant(hour, 0, 0, 0);
        let days = vec![Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
        let window = |from, to| Window { days: days.clone(), from: at(from), to: at(to) };
        let hours = [("chat", Hours::Always), ("email", Hours::Windows(vec![window(9, 12), window(13, 18)]))];
        let date = |text: &str| text.parse().unwrap();
        Calendar {
            timezone: "Asia/Shanghai".to_owned(),
            hours: hours.map(|(way, hours)| (way.to_owned(), hours)).into(),
            peak: Vec::new(),
            holidays: vec![Holiday {
                from: date("2027-02-05"),
                to: date("2027-02-12"),
                name: "春节".to_owned(),
                sample: false,
            }],
            workdays: vec![date("2027-02-14")],
        }
    }

    fn due(way: &str, from: &str, time: WorkingTime) -> String {
        let due = after(&calendar(), way, from.parse().unwrap(), time);
        due.to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).strftime("%F %H:%M").to_string()
    }

    #[test]
    fn hours_pass_only_while_somebody_works() {
        use WorkingTime::{Days, Minutes};
        for (from, time, expected) in [
            ("2026-11-25T10:00:00+08:00", Minutes(120), "2026-11-25 12:00"),
            ("2026-11-25T11:00:00+08:00", Minutes(120), "2026-11-25 14:00"), // over the break
            ("2026-11-25T20:00:00+08:00", Minutes(120), "2026-11-26 11:00"), // in the evening
            ("2026-11-27T17:30:00+08:00", Minutes(60), "2026-11-30 09:30"),  // over a weekend
            ("2026-11-28T12:00:00+08:00", Minutes(10), "2026-11-30 09:10"),  // at one
            ("2027-02-04T17:00:00+08:00", Minutes(120), "2027-02-14 10:00"), // over a holiday, to a Sunday that is worked
            ("2026-11-25T10:30:00+08:00", Days(3), "2026-11-30 10:30"),      // Wednesday to Monday
            ("2026-11-25T20:00:00+08:00", Days(1), "2026-11-27 09:00"),      // came in the evening
            ("2027-02-03T10:00:00+08:00", Days(3), "2027-02-15 10:00"),
        ] {
            assert_eq!(due("email", from, time), expected, "{from} {time:?}");
        }
        assert_eq!(due("chat", "2026-11-28T12:00:00+08:00", Minutes(10)), "2026-11-28 12:10");
        assert_eq!(due("chat", "2026-11-28T12:00:00+08:00", Days(15)), "2026-12-13 12:00");
        assert_eq!(due("fax", "2026-11-28T12:00:00+08:00", Minutes(10)), "2026-11-28 12:10", "no hours, no waiting");
    }

    #[test]
    fn what_is_due_after_a_time_lies_that_time_ahead() {
        let calendar = calendar();
        for start in 0..200_i64 {
            let from: Timestamp = "2027-01-28T00:00:00+08:00".parse().unwrap();
            let from = from + SignedDuration::from_mins(start * 97);
            for minutes in [1, 59, 480, 2_000] {
                let due = after(&calendar, "email", from, WorkingTime::Minutes(minutes));
                assert_eq!(between(&calendar, "email", from, due), SignedDuration::from_mins(minutes), "{from}");
            }
            assert_eq!(between(&calendar, "email", from, from - SignedDuration::from_hours(9)), SignedDuration::ZERO);
        }
    }

    #[test]
    fn whoever_never_works_keeps_the_time_of_the_clock() {
        let mut never = calendar();
        never.hours.insert("email".to_owned(), Hours::Windows(Vec::new()));
        let from: Timestamp = "2026-11-25T10:00:00+08:00".parse().unwrap();
        assert_eq!(after(&never, "email", from, WorkingTime::Minutes(5)), from + SignedDuration::from_mins(5));
        assert_eq!(between(&never, "email", from, from + SignedDuration::from_hours(9)), SignedDuration::ZERO);
    }
}
