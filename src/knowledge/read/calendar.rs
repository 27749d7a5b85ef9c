//! `knowledge-base/calendar.yaml`.

use jiff::civil::{Date, Time, Weekday};

use crate::knowledge::calendar::{Calendar, Holiday, Hours, Window};
use crate::knowledge::content::Content;
use crate::knowledge::reader::Reader;
use crate::knowledge::source::Place;
use crate::knowledge::yaml::{Node, Value};

const WEEK: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

pub(super) fn calendar(reader: &mut Reader, content: &mut Content, file: usize) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let fields = reader.fields(&node, &["timezone", "hours", "peak", "holidays", "workdays"], &["timezone", "hours"]);
    let mut calendar = Calendar::default();
    if let Some(zone) = fields.get("timezone") {
        let name = reader.text(zone).unwrap_or_default();
        if jiff::tz::TimeZone::get(name).is_err() {
            let hint = Some("for instance Asia/Shanghai".to_owned());
            reader.report("bad-value", zone.place, format!("\"{name}\" is no time zone"), hint);
        }
        name.clone_into(&mut calendar.timezone);
    }
    for (way, place, hours) in fields.get("hours").map(|node| reader.named(node)).unwrap_or_default() {
        if !["chat", "phone", "email"].contains(&way) {
            reader.report(
                "unknown-key",
                place,
                format!("unknown way in \"{way}\""),
                Some("one of chat, phone, email".to_owned()),
            );
        }
        let hours = match hours.scalar() {
            Some("always") => Hours::Always,
            _ => Hours::Windows(windows(reader, hours)),
        };
        calendar.hours.insert(way.to_owned(), hours);
    }
    calendar.peak = fields.get("peak").map(|node| windows(reader, node)).unwrap_or_default();
    let mut days: Vec<(Date, Date, Place)> = Vec::new();
    for item in fields.get("holidays").map(|node| reader.items(node).to_vec()).unwrap_or_default() {
        if let Some(holiday) = holiday(reader, &item) {
            if let Some(other) = days.iter().find(|(from, to, _)| *from <= holiday.to && holiday.from <= *to) {
                let other = reader.locate(other.2);
                reader.report(
                    "overlapping-validity",
                    item.place,
                    format!("\"{}\" overlaps another holiday: {other}", holiday.name),
                    None,
                );
            }
            days.push((holiday.from, holiday.to, item.place));
            calendar.holidays.push(holiday);
        }
    }
    for item in fields.get("workdays").map(|node| reader.items(node).to_vec()).unwrap_or_default() {
        let Some(day) = reader.parsed::<Date>(&item, "date like 2027-02-06") else { continue };
        if days.iter().any(|&(from, to, _)| (from..=to).contains(&day)) {
            reader.report("overlapping-validity", item.place, format!("{day} is a holiday and a working day"), None);
        }
        calendar.workdays.push(day);
    }
    content.calendar = calendar;
    Some(())
}

fn windows(reader: &mut Reader, node: &Node) -> Vec<Window> {
    let items = reader.items(node).to_vec();
    items.iter().filter_map(|item| window(reader, item)).collect()
}

fn window(reader: &mut Reader, node: &Node) -> Option<Window> {
    let fields = reader.fields(node, &["days", "from", "to"], &["days", "from", "to"]);
    let days = fields.get("days").map(|node| days(reader, node))?;
    let from: Time = fields.get("from").and_then(|node| time(reader, node))?;
    let to: Time = fields.get("to").and_then(|node| time(reader, node))?;
    if from >= to {
        reader.report("bad-validity", node.place, "\"to\" is not behind \"from\"", None);
    }
    Some(Window { days, from, to })
}

fn time(reader: &mut Reader, node: &Node) -> Option<Time> {
    // The end of a day is written 24:00 by many.
    if node.scalar() == Some("24:00") {
        return Some(Time::MAX);
    }
    reader.parsed(node, "time like 09:00")
}

/// Reads `every`, `mon`, `mon-fri`, or a list of these.
fn days(reader: &mut Reader, node: &Node) -> Vec<Weekday> {
    if let Value::List(items) = &node.value {
        return items.clone().iter().flat_map(|item| days(reader, item)).collect();
    }
    let Some(text) = reader.text(node) else { return Vec::new() };
    if text == "every" {
        return WEEK.map(|(_, day)| day).to_vec();
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let place = |name: &str| WEEK.iter().position(|(known, _)| *known == name);
    match (place(first), place(last)) {
        (Some(first), Some(last)) if first <= last => WEEK[first..=last].iter().map(|&(_, day)| day).collect(),
        _ => {
            let hint = Some("every, mon, mon-fri, or a list of these".to_owned());
            reader.report("bad-value", node.place, format!("\"{text}\" are no days"), hint);
            Vec::new()
        }
    }
}

fn holiday(reader: &mut Reader, node: &Node) -> Option<Holiday> {
    let fields = reader.fields(node, &["from", "to", "name", "sample"], &["from", "to", "name"]);
    let mut date = |name: &str| fields.get(name).and_then(|node| reader.parsed::<Date>(node, "date like 2027-01-01"));
    let (from, to) = (date("from")?, date("to")?);
    if from > to {
        reader.report("bad-validity", node.place, "\"to\" is before \"from\"", None);
    }
    let name = fields.get("name").and_then(|node| reader.text(node)).unwrap_or_default().to_owned();
    let sample = fields.get("sample").and_then(|node| reader.flag(node)).unwrap_or(false);
    Some(Holiday { from, to, name, sample })
}
