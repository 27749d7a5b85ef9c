//! The words of a guided answer: one step at a time, and what stands behind the last.

use std::collections::BTreeMap;

use super::{Composer, Reply, append};
use crate::dialogue::languages::pick;
use crate::knowledge::entry::{Entry, EntryId};
use crate::knowledge::steps::{Steps, steps_of};
use crate::knowledge::texts::TextName;

impl Composer<'_> {
    /// What stands before the first step, below the notices of the entry.
    pub(super) fn introduction(&self, id: &EntryId) -> Reply {
        let Some(entry) = self.content.entry(id) else { return self.fallback() };
        let introduction = self.steps(entry).map(|(steps, render)| render(steps.introduction));
        self.below_notices(entry, introduction.unwrap_or_default())
    }

    /// A step with its number and its buttons.
    pub(super) fn step(&self, id: &EntryId, at: usize) -> Reply {
        let Some(entry) = self.content.entry(id) else { return self.fallback() };
        let Some((steps, render)) = self.steps(entry) else { return self.answer(entry) };
        let Some(item) = steps.items.get(at) else { return self.answer(entry) };
        let facts = BTreeMap::from([
            ("step_number".to_owned(), (at + 1).to_string()),
            ("step_count".to_owned(), steps.items.len().to_string()),
        ]);
        let numbered = Composer { facts: &facts, ..*self };
        let mut reply = numbered.localised(self.content.texts.get(TextName::Step));
        append(&mut reply, render(item));
        self.with_buttons(reply, &[TextName::StepDone, TextName::StepStuck, TextName::StepAll])
    }

    /// What stands behind the last step, with the answer's buttons.
    pub(super) fn ending(&self, id: &EntryId) -> Reply {
        let Some(entry) = self.content.entry(id) else { return self.fallback() };
        let mut reply = self.beyond_steps(id);
        self.add_buttons(entry, &mut reply);
        reply
    }

    /// What stands behind the last step: mostly what else helps.
    pub(super) fn beyond_steps(&self, id: &EntryId) -> Reply {
        let entry = self.content.entry(id);
        let steps = entry.and_then(|entry| self.steps(entry));
        steps.map(|(steps, render)| render(steps.ending)).unwrap_or_default()
    }

    /// An entry's steps in the language, and what renders a part of them.
    fn steps<'e>(&'e self, entry: &'e Entry) -> Option<(Steps<'e>, impl Fn(&str) -> Reply + use<'e>)> {
        let (text, convert) = pick(&entry.texts, self.language);
        let language = self.content_language(&entry.texts);
        Some((steps_of(&text?.body)?, move |part: &str| self.render(part, convert, &language)))
    }
}
