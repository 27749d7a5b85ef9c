//! The ways to the service with their hours, and what is announced.

use jiff::Zoned;
use maud::{Markup, PreEscaped, html};

use crate::desk::hours::{ServiceStatus, WayIn, service_status};
use crate::http::help::{Help, with};
use crate::knowledge::calendar::Holiday;
use crate::knowledge::entry::{Announcement, AnnouncementKind};
use crate::text::language::LanguageTag;

/// Days before a holiday from which on it is told.
const HOLIDAY_DAYS_AHEAD: i32 = 7;

/// Days for which a time is told by the day of the week.
const WEEK: i32 = 7;

/// The variables of the operator that hold the number and the mailbox of the service.
const PHONE: &str = "support_phone";
const EMAIL: &str = "support_email";

/// Shows how to reach the service and when.
pub fn ways(help: &Help<'_>) -> Markup {
    let texts = help.texts;
    let status = service_status(&help.composer.content.calendar, help.view.now);
    let contact = |name: &str| {
        let variable = help.composer.content.variables.get(name);
        variable.and_then(|variable| variable.text(&help.reader.language)).map(str::to_owned)
    };
    html! {
        ul.ways {
            @for (way, name) in [("chat", texts.chat), ("phone", texts.phone), ("email", texts.email)] {
                @if let Some(hours) = status.ways.get(way) {
                    li.open[hours.is_open] {
                        strong { (name) }
                        span.when { (state_of(hours, &status, help)) }
                        @match (way, contact(PHONE), contact(EMAIL)) {
                            ("phone", Some(number), _) => a href={ "tel:" (dialled(&number)) } { (number) },
                            ("email", _, Some(mailbox)) => a href={ "mailto:" (mailbox) } { (mailbox) },
                            ("chat", ..) => span.how { (texts.chat_how) },
                            _ => {}
                        }
                    }
                }
            }
        }
        p.hint { (notes(&status, help).join(" ")) }
    }
}

fn dialled(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}

fn state_of(way: &WayIn, status: &ServiceStatus, help: &Help<'_>) -> String {
    let texts = help.texts;
    match (way.always, &way.closes_at, &way.opens_at) {
        (true, ..) => texts.open_always.to_owned(),
        (_, Some(end), _) => with(texts.open_until, &moment(end, status, help)),
        (_, _, Some(start)) => with(texts.opens_at, &moment(start, status, help)),
        (false, None, None) => texts.closed.to_owned(),
    }
}

/// What to expect: busy hours, holidays, and by which clock.
fn notes(status: &ServiceStatus, help: &Help<'_>) -> Vec<String> {
    let texts = help.texts;
    let busy = status.peak_changes_at.as_ref().and_then(|change| {
        let when = moment(change, status, help);
        match status.is_peak {
            true => Some(with(texts.peak_now, &when)),
            false if days_until(change, status) == 0 => Some(with(texts.peak_later, &when)),
            false => None,
        }
    });
    let holiday = match (&status.holiday, &status.next_holiday) {
        (Some(today), _) => Some(with(texts.holiday_now, &today.name)),
        (None, Some(next)) if (next.from - status.now.date()).get_days() <= HOLIDAY_DAYS_AHEAD => {
            Some(with(texts.holiday_soon, &days_of(next, help)))
        }
        _ => None,
    };
    let zone = status.now.time_zone().iana_name().unwrap_or("UTC");
    let zone = format!("{zone} (UTC{})", status.now.strftime("%:z"));
    [busy, holiday, Some(with(texts.zone, &zone))].into_iter().flatten().collect()
}

fn days_of(holiday: &Holiday, help: &Help<'_>) -> String {
    let day = |date: jiff::civil::Date| date.strftime(help.texts.clock.day).to_string();
    format!("{} {}–{}", holiday.name, day(holiday.from), day(holiday.to))
}

fn days_until(instant: &Zoned, status: &ServiceStatus) -> i32 {
    (instant.date() - status.now.date()).get_days()
}

/// An instant as people say it: the time today, with the day of the week within a week, with the date later.
fn moment(instant: &Zoned, status: &ServiceStatus, help: &Help<'_>) -> String {
    let time = instant.strftime("%H:%M");
    let clock = help.texts.clock;
    match days_until(instant, status) {
        0 => time.to_string(),
        days if days < WEEK => {
            let day = clock.weekdays[instant.weekday().to_monday_zero_offset() as usize];
            format!("{day} {time}")
        }
        _ => format!("{} {time}", instant.strftime(clock.day)),
    }
}

/// Shows what does not work right now, for everybody to see.
pub fn outages(help: &Help<'_>) -> Markup {
    html! {
        @for outage in announcements(help).filter(|one| one.kind == AnnouncementKind::Outage) {
            @let (title, language, body) = in_words(outage, help);
            section.outage lang=(language) {
                h2 { span.tag { (help.texts.outage) } " " (title) }
                div.prose { (PreEscaped(body)) }
            }
        }
    }
}

/// Shows what is announced besides, to be opened; nothing where there is nothing.
pub fn notices(help: &Help<'_>) -> Markup {
    let others: Vec<&Announcement> = announcements(help).filter(|one| one.kind != AnnouncementKind::Outage).collect();
    html! {
        @if !others.is_empty() {
            section.card #notices {
                h2 { (help.texts.notices) }
                @for notice in others {
                    @let (title, language, body) = in_words(notice, help);
                    details {
                        summary { span.tag { (name_of(notice.kind, help)) } " " strong lang=(language) { (title) } }
                        div.prose lang=(language) { (PreEscaped(body)) }
                    }
                }
            }
        }
    }
}

fn announcements<'a>(help: &'a Help<'_>) -> impl Iterator<Item = &'a Announcement> {
    help.composer.valid_announcements().into_iter()
}

/// Title, language and safe HTML.
fn in_words(announcement: &Announcement, help: &Help<'_>) -> (String, String, String) {
    let body = help.composer.localised(&announcement.body);
    (help.composer.title(&announcement.title), body.language, body.html)
}

fn name_of(kind: AnnouncementKind, help: &Help<'_>) -> &'static str {
    match kind {
        AnnouncementKind::Policy => help.texts.policy,
        AnnouncementKind::Promotion => help.texts.promotion,
        AnnouncementKind::Notice => help.texts.notice,
        AnnouncementKind::Outage => help.texts.outage,
    }
}

/// The language of content that is named in a page of another one; `None` where it is the page's own.
pub fn other_language<'l>(language: &'l str, page: &LanguageTag) -> Option<&'l str> {
    (language != page.as_str()).then_some(language)
}
