//! Times and dates as people and spreadsheets write them: `2026-01-01T00:00:00+08:00`, `2026-01-01`, `2026/1/1 8:00`,
//! `2026年1月1日`. Where no offset is written, the calendar's time zone holds.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::knowledge::content::Content;

/// Returns the time zone of the content's calendar; UTC where it has none.
pub(crate) fn zone_of(content: &Content) -> TimeZone {
    TimeZone::get(&content.calendar.timezone).unwrap_or(TimeZone::UTC)
}

/// Reads an instant; a date alone is its first instant.
pub(crate) fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.trim().parse() {
        return Some(instant);
    }
    civil(text)?.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
}

/// Reads a date; a time behind it is passed over.
pub(crate) fn date(text: &str) -> Option<Date> {
    text.trim().parse().ok().or_else(|| civil(text).map(DateTime::date))
}

fn civil(text: &str) -> Option<DateTime> {
    let text: String = text.chars().map(plain).collect();
    let mut words = text.split_whitespace();
    let date = numbers(words.next()?, '-')?;
    let time = words.next().map_or(Some(vec![0, 0]), |time| numbers(time, ':'))?;
    let (&[year, month, day], None) = (&date[..], words.next()) else { return None };
    let (hour, minute, second) = match time[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    let small = |number: i16| i8::try_from(number).ok();
    let date = Date::new(year, small(month)?, small(day)?).ok()?;
    let time = Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    Some(date.to_datetime(time))
}

fn plain(c: char) -> char {
    match c {
        '/' | '.' | '年' | '月' => '-',
        '日' | 'T' => ' ',
        '：' => ':',
        _ => c,
    }
}

fn numbers(text: &str, between: char) -> Option<Vec<i16>> {
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    text.split(between).map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        for (text, read) in [
            ("2026-01-01T00:00:00+08:00", Some("2025-12-31T16:00:00Z")),
            ("2025-12-31T16:00:00Z", Some("2025-12-31T16:00:00Z")),
            ("2026-01-01", Some("2025-12-31T16:00:00Z")),
            (" 2026/1/1 8:00 ", Some("2026-01-01T00:00:00Z")),
            ("2026-01-01 08:00:30", Some("2026-01-01T00:00:30Z")),
            ("2026年1月1日 8：00", Some("2026-01-01T00:00:00Z")),
            ("2026.1.1", Some("2025-12-31T16:00:00Z")),
            ("2026-02-30", None),
            ("2026-01-01 25:00", None),
            ("2026-01", None),
            ("46023", None),
            ("1/1/2026", None),
            ("+2026-1-1", None),
            ("明天", None),
            ("", None),
        ] {
            assert_eq!(instant(text, &shanghai).map(|instant| instant.to_string()).as_deref(), read, "{text:?}");
        }
        assert_eq!(date("2027/5/1 0:00").unwrap().to_string(), "2027-05-01");
        assert_eq!(date("2027-05-01").unwrap().to_string(), "2027-05-01");
        assert_eq!(date("5月"), None);
    }
}
