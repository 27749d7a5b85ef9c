//! What is over, what should have been reviewed, announcements that exclude one another.

use jiff::Timestamp;

use crate::knowledge::content::Content;
use crate::knowledge::entry::{Announcement, Validity};
use crate::knowledge::reader::Reader;

pub(super) fn check(reader: &mut Reader, content: &Content, at: Option<Timestamp>) {
    for (code, what, place, end) in std::mem::take(&mut reader.notes.ends) {
        if at.is_some_and(|at| end <= at) {
            let message = if code == "expired" {
                format!("\"{what}\" ended {end}")
            } else {
                format!("\"{what}\" was to be reviewed by {end}")
            };
            reader.report(code, place, message, None);
        }
    }
    let announcements = &content.announcements;
    for (number, one) in announcements.iter().enumerate() {
        for other in &announcements[number + 1..] {
            if one.kind == other.kind && one.title == other.title && overlap(&one.valid, &other.valid) {
                report_overlap(reader, one, other);
            }
        }
    }
}

fn overlap(one: &Validity, other: &Validity) -> bool {
    let starts_before_end =
        |from: Option<Timestamp>, until: Option<Timestamp>| from.zip(until).is_none_or(|(from, until)| from < until);
    starts_before_end(one.from, other.until) && starts_before_end(other.from, one.until)
}

fn report_overlap(reader: &mut Reader, one: &Announcement, other: &Announcement) {
    let place_of = |id: &str| reader.notes.announcements.iter().find(|(known, _)| known == id).map(|&(_, place)| place);
    if let (Some(first), Some(second)) = (place_of(&one.id), place_of(&other.id)) {
        let first = reader.locate(first);
        let message = format!("\"{}\" says the same as \"{}\" at the same time: {first}", other.id, one.id);
        reader.report("overlapping-validity", second, message, None);
    }
}
