//! Values of a message that hold only for what is under way: a bare sum, a time to call, a contact to check.

use once_cell::sync::Lazy;
use regex::Regex;

use crate::assistant::Assistant;
use crate::desk::contacts::{Verdict, verify};
use crate::desk::hours::is_open;
use crate::dialogue::conversing::{Said, Step};
use crate::dialogue::decide::Decision;
use crate::dialogue::filling::Bare;
use crate::dialogue::state::{DialogueState, Held};
use crate::knowledge::intent::{CaseKind, Flow};
use crate::nlu::entities::{self, Entity, EntityKind};
use crate::text::sensitive;

/// The way in whose hours calls keep to.
const TELEPHONE: &str = "phone";

/// A number that is part of nothing longer.
static NUMBER: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?:^|[^0-9A-Za-z.,*])([0-9]{1,8}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?)(?:$|[^0-9A-Za-z*])")
        .expect("a test compiles the pattern")
});

/// Numbers in Han characters.
const HAN_NUMBERS: &str = "零〇一二两三四五六七八九十百千万点";

/// An address without a scheme, a number with six digits at least, an account behind an @.
static CONTACT: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?i)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?|\+?[0-9](?:[ -]?[0-9]){5,17}|@[a-z0-9_.]{3,}")
        .expect("a test compiles the pattern")
});

/// Words for a sum of money.
static NAMES_AMOUNT: Lazy<Regex> =
    Lazy::new(|| Regex::new(r"(?i)金额|钱数|amount|\bprice\b|\bsum\b").expect("a test compiles the pattern"));

impl Assistant {
    /// A number alone is a sum where a sum is asked for.
    pub(super) fn bare(&self, text: &str, typed: &str, entities: &[Entity], now: &jiff::Zoned) -> Bare {
        let is_amount = |entity: &Entity| entity.kind == EntityKind::Amount;
        let is_free = |range: &std::ops::Range<usize>| {
            !entities.iter().any(|entity| entity.span.start < range.end && range.start < entity.span.end)
        };
        let number =
            NUMBER.captures_iter(text).filter_map(|found| found.get(1)).filter(|found| is_free(&found.range()));
        let words = || text.trim().trim_end_matches(['。', '.', '吧', '了', '!', '！']);
        let is_number = |text: &&str| !text.is_empty() && text.chars().all(|c| HAN_NUMBERS.contains(c));
        let number = number.last().map(|found| found.as_str()).or_else(|| Some(words()).filter(is_number));
        let found =
            number.map(|number| entities::find(&format!("{number}元"), &self.patterns, now)).unwrap_or_default();
        Bare {
            contact: self.contact_in(typed, now).map(|contact| sensitive::mask(contact).text),
            amount: found.into_iter().rev().find(is_amount).map(|entity| entity.value),
            names_amount: NAMES_AMOUNT.is_match(text),
        }
    }

    /// A call is promised for a time to come at which somebody calls.
    pub(super) fn fits(&self, flow: &Flow, slot: &str, held: &Held, now: &jiff::Zoned) -> bool {
        let is_call = flow.then.as_ref().and_then(|end| end.case) == Some(CaseKind::Callback);
        let Ok(time) = held.value.parse::<jiff::civil::DateTime>() else { return true };
        if !is_call || slot != "time" {
            return true;
        }
        // A day without a time of day is agreed with whoever calls.
        let is_day = !held.value.contains('T');
        let calendar = &self.content.calendar;
        let Ok(at) = time.to_zoned(now.time_zone().clone()) else { return false };
        let is_to_come = if is_day { at.date() >= now.date() } else { at >= *now };
        is_to_come && (is_day || is_open(calendar, TELEPHONE, &at))
    }

    /// Days of the week that lie behind are those to come, where a call is arranged.
    pub(super) fn to_come(
        &self,
        entities: &[Entity],
        state: &DialogueState,
        decided: &Decision,
        now: &jiff::Zoned,
    ) -> Vec<Entity> {
        let mut entities = entities.to_vec();
        let flow = match (&state.task, decided) {
            (Some(task), _) => &task.flow,
            (None, Decision::Flow { flow, .. }) => flow,
            (None, _) => return entities,
        };
        let end = self.content.flows.get(flow).and_then(|flow| flow.then.as_ref());
        if end.and_then(|end| end.case) != Some(CaseKind::Callback) {
            return entities;
        }
        let times = |entity: &&mut Entity| matches!(entity.kind, EntityKind::Time | EntityKind::Date);
        for entity in entities.iter_mut().filter(times) {
            let (day, clock) =
                entity.value.split_once('T').map_or((entity.value.as_str(), None), |(d, c)| (d, Some(c)));
            let Ok(date) = day.parse::<jiff::civil::Date>() else { continue };
            let Some(next) = date.checked_add(jiff::Span::new().days(7)).ok().filter(|_| date < now.date()) else {
                continue;
            };
            // Only last week's day can have been meant as next week's.
            if next >= now.date() {
                entity.value = clock.map_or_else(|| next.to_string(), |clock| format!("{next}T{clock}"));
            }
        }
        entities
    }

    /// Returns the contact that a text names.
    pub(super) fn contact_in<'t>(&self, typed: &'t str, now: &jiff::Zoned) -> Option<&'t str> {
        let named = entities::find(typed, &self.patterns, now);
        let of = |kind: EntityKind| {
            named.iter().find(|entity| entity.kind == kind).map(|entity| &typed[entity.span.clone()])
        };
        let written = || CONTACT.find(typed).map(|contact| contact.as_str());
        let whole = || Some(typed.trim()).filter(|whole| verify(whole, &self.content.contacts) != Verdict::NotListed);
        let in_words = of(EntityKind::Url).or_else(|| of(EntityKind::Email)).or_else(|| of(EntityKind::Phone));
        in_words.or_else(written).or_else(whole)
    }

    /// Answers whether a contact is ours, where a flow has asked for one.
    pub(super) fn check_contact(&self, step: &mut Step, typed: &str, now: &jiff::Zoned) {
        let Some(Said::Done(name)) = step.said.last() else { return };
        let asks = self.content.flows.get(name).and_then(|flow| flow.lookup.as_deref()) == Some("contact");
        if !asks {
            return;
        }
        let contact = self.contact_in(typed, now).unwrap_or(typed);
        let verdict = verify(contact, &self.content.contacts);
        let at = step.said.len() - 1;
        step.said.insert(at, Said::Text(verdict.advice()));
    }
}
