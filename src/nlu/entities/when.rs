//! Dates and times in words, relative to an instant: 昨天晚上八点半, 11月20号, 3天前, last Friday, yesterday at 3pm.
//!
//! What customers report lies behind them: a day without a year is the latest such day that is not in the future.

use std::ops::Range;

use jiff::civil::{Date, Time, Weekday};
use jiff::{ToSpan, Zoned};
use once_cell::sync::Lazy;
use regex::{Captures, Regex};
use rust_decimal::prelude::ToPrimitive;

use crate::nlu::entities::numbers::{NUMERALS, parse};

static WHEN: Lazy<Regex> = Lazy::new(|| {
    let n = format!(r"(?:[0-9]{{1,3}}|[{NUMERALS}半]{{1,3}})");
    let day = format!(
        r"(?P<ymd>(?P<y>20[0-9][0-9])\s*[-/.年]\s*(?P<m>[0-9]{{1,2}})\s*[-/.月]\s*(?P<d>[0-9]{{1,2}})\s*[日号]?)|(?P<m2>{n})月(?P<d2>{n})[日号]?|(?P<m3>[0-9]{{1,2}})/(?P<d3>[0-9]{{1,2}})|(?P<named>大前天|前天|前晚|昨天|昨日|昨晚|今天|今日|今早|今晚|大后天|后天|明天|明日|明早|明晚|tomorrow|yesterday|today|last night|this morning|the day before yesterday)|(?P<last>上个?|下个?|这|本|last |next |this )?(?:周|星期|礼拜)?(?P<weekday>(?:周|星期|礼拜)[一二三四五六日天]|monday|tuesday|wednesday|thursday|friday|saturday|sunday)|(?P<ago>{n})\s*个?(?P<ago_unit>天|日|周|星期|小时|钟头|分钟|days?|weeks?|hours?|minutes?)\s*(?:之?以?前|ago)|(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?\s+(?P<md>[0-9]{{1,2}})(?:st|nd|rd|th)?|(?P<dm>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?P<month2>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?(?:\s+(?P<y2>20[0-9][0-9]))?|(?P<now>刚才|刚刚|just now)"
    );
    let time = format!(
        r"(?P<part>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|夜里|半夜|晚|早)?\s*(?:(?P<h>[0-9]{{1,2}}):(?P<min>[0-9]{{2}})(?::[0-9]{{2}})?|(?P<h2>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})[点时](?:(?P<half>半)|(?P<quarter>一刻|三刻)|(?P<min2>[0-9]{{1,2}}|[{NUMERALS}]{{1,3}})分?)?|(?P<h3>[0-9]{{1,2}})(?P<late>\s*[ap]m))\s*(?P<late2>[ap]m)?"
    );
    Regex::new(&format!(
        r"(?:(?P<day>{day})\s*(?:t|的|at|,|，)?\s*(?:大概|大约|差不多|around|about|roughly)?\s*(?:at )?\s*)?(?P<time>{time})|(?:{})",
        day.replace("?P<", "?P<x_")
    ))
    .expect("a test compiles the pattern")
});

/// Finds dates and times in folded text: where they stand, and `2026-11-20` or `2026-11-20T10:05`.
pub(super) fn find(text: &str, now: &Zoned) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    for captures in WHEN.captures_iter(text) {
        let Some(whole) = captures.get(0).filter(|whole| stands_alone(text, &whole.range())) else { continue };
        let prefix = if captures.name("time").is_some() { "" } else { "x_" };
        if let Some(value) = read(&captures, prefix, now) {
            let trimmed = whole.as_str().trim_end().len();
            found.push((whole.start()..whole.start() + trimmed, value));
        }
    }
    found
}

fn read(captures: &Captures<'_>, prefix: &str, now: &Zoned) -> Option<String> {
    let group = |name: &str| captures.name(&format!("{prefix}{name}")).map(|found| found.as_str());
    let ago = group("ago").map(|n| (n, group("ago_unit").unwrap_or_default()));
    if group("now").is_some() {
        return Some(now.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    if let Some((n, unit)) = ago
        && matches!(unit, "小时" | "钟头" | "分钟" | "hour" | "hours" | "minute" | "minutes")
    {
        let n = small(n)?;
        let then = if unit.starts_with(['小', '钟', 'h']) {
            now.checked_sub(n.hours())
        } else {
            now.checked_sub(n.minutes())
        };
        return then.ok().map(|then| then.strftime("%Y-%m-%dT%H:%M").to_string());
    }
    let has_day = prefix == "x_" || captures.name("day").is_some();
    let date = if has_day { day(&group, ago, now)? } else { now.date() };
    if prefix == "x_" {
        return Some(date.to_string());
    }
    let time = time(&group)?;
    Some(format!("{date}T{:02}:{:02}", time.hour(), time.minute()))
}

fn day<'t>(group: &impl Fn(&str) -> Option<&'t str>, ago: Option<(&str, &str)>, now: &Zoned) -> Option<Date> {
    let today = now.date();
    if group("ymd").is_some() {
        return Date::new(group("y")?.parse().ok()?, group("m")?.parse().ok()?, group("d")?.parse().ok()?).ok();
    }
    if let (Some(month), Some(day)) = (group("m2").or(group("m3")), group("d2").or(group("d3"))) {
        return latest(small(month)?, small(day)?, today);
    }
    if let Some(month) = group("month").or(group("month2")) {
        let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let month = names.iter().position(|name| month.starts_with(name))? as i64 + 1;
        let day = small(group("md").or(group("dm"))?)?;
        return match group("y2") {
            Some(year) => Date::new(year.parse().ok()?, month as i8, day as i8).ok(),
            None => latest(month, day, today),
        };
    }
    if let Some(named) = group("named") {
        let back = match named {
            "大前天" => 3,
            "前天" | "前晚" | "the day before yesterday" => 2,
            "昨天" | "昨日" | "昨晚" | "yesterday" | "last night" => 1,
            "明天" | "明日" | "明早" | "明晚" | "tomorrow" => -1,
            "后天" => -2,
            "大后天" => -3,
            _ => 0,
        };
        return today.checked_sub(back.days()).ok();
    }
    if let Some((n, unit)) = ago {
        let days = if matches!(unit, "周" | "星期" | "week" | "weeks") { 7 } else { 1 };
        return today.checked_sub(small(n)?.checked_mul(days)?.days()).ok();
    }
    weekday(group("weekday")?, group("last"), today)
}

/// The latest day of this month and day that is not in the future.
fn latest(month: i64, day: i64, today: Date) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let this_year = Date::new(today.year(), month, day).ok()?;
    if this_year <= today { Some(this_year) } else { Date::new(today.year() - 1, month, day).ok() }
}

/// "上周五" is that of the week before; "周五" the latest that is not in the future.
fn weekday(name: &str, last: Option<&str>, today: Date) -> Option<Date> {
    let wanted = match name.trim_start_matches(['周', '星', '期', '礼', '拜']) {
        "一" | "monday" => Weekday::Monday,
        "二" | "tuesday" => Weekday::Tuesday,
        "三" | "wednesday" => Weekday::Wednesday,
        "四" | "thursday" => Weekday::Thursday,
        "五" | "friday" => Weekday::Friday,
        "六" | "saturday" => Weekday::Saturday,
        _ => Weekday::Sunday,
    };
    let of_week = i64::from(wanted.to_monday_zero_offset()) - i64::from(today.weekday().to_monday_zero_offset());
    let week_before = last.is_some_and(|last| last.starts_with('上'));
    let not_yet_past = of_week > 0 || (last == Some("last ") && of_week == 0);
    if last.is_some_and(|last| last.starts_with('下') || last == "next ") {
        return today.checked_add((of_week + 7).days()).ok();
    }
    let offset = if week_before || not_yet_past { of_week - 7 } else { of_week };
    today.checked_add(offset.days()).ok()
}

fn time<'t>(group: &impl Fn(&str) -> Option<&'t str>) -> Option<Time> {
    let hour = small(group("h").or(group("h2")).or(group("h3"))?)?;
    let minute = match (group("min").or(group("min2")), group("half"), group("quarter")) {
        (Some(minute), ..) => small(minute)?,
        (None, Some(_), _) => 30,
        (None, None, Some("一刻")) => 15,
        (None, None, Some(_)) => 45,
        (None, None, None) => 0,
    };
    let late = group("late").or(group("late2")).map(str::trim);
    let is_evening = group("named").is_some_and(|day| day.ends_with('晚') || day == "last night");
    let afternoon = matches!(group("part"), Some("下午" | "傍晚" | "晚上" | "晚" | "夜里"))
        || is_evening && group("part").is_none()
        || group("part") == Some("中午") && hour < 11;
    let hour = match late {
        Some("pm") if hour < 12 => hour + 12,
        Some("am") if hour == 12 => 0,
        _ if hour == 12 && matches!(group("part"), Some("凌晨" | "半夜")) => 0,
        _ if afternoon && hour < 12 => hour + 12,
        _ => hour,
    };
    Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0).ok()
}

fn small(text: &str) -> Option<i64> {
    parse(text).and_then(|number| number.to_i64()).filter(|number| (0..=999).contains(number))
}

/// Digits and letters right beside it make it a part of something else.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let joins = |a: Option<char>, b: Option<char>| {
        a.zip(b).is_some_and(|(a, b)| {
            a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()
                || (matches!(a, '.' | '-' | '/') && b.is_ascii_digit())
        })
    };
    let within = &text[range.clone()];
    !joins(text[..range.start].chars().next_back(), within.chars().next())
        && !joins(within.chars().next_back(), text[range.end..].chars().next())
}
