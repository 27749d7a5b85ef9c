//! A guided answer, step by step: what its customer has done, is stuck at, asks in between; and whether an answer has helped.

use super::{Conversing, MOST_MISSES, Said, Step};
use crate::dialogue::cues::Cue;
use crate::dialogue::decide::{Decision, Reason};
use crate::dialogue::state::{Awaiting, DialogueState, Walkthrough};
use crate::knowledge::entry::EntryId;
use crate::knowledge::steps::steps_of;
use crate::knowledge::texts::TextName;
use crate::text::language::LanguageTag;

/// Characters of a message that says that a step does not work, and nothing else.
const SHORT: usize = 8;

/// Words of one.
const SHORT_WORDS: usize = 5;

/// Fewer steps are shown at once.
const FEWEST_STEPS: usize = 2;

/// What texts can say of a walkthrough.
pub(super) fn facts_of_walkthrough(walkthrough: &Walkthrough) -> [(String, String); 2] {
    let number = walkthrough.step + 1;
    [("step_number".to_owned(), number.to_string()), ("question".to_owned(), walkthrough.entry.0.clone())]
}

impl Conversing<'_> {
    /// Begins to walk through the answer that the message leads to, where editors want that.
    pub(super) fn walk(&self, mut state: DialogueState) -> Option<Step> {
        let Decision::Answer(entry) = self.decision else { return None };
        if self.n_steps(entry)? < FEWEST_STEPS {
            return None;
        }
        state.walkthrough = Some(Walkthrough { entry: entry.clone(), step: 0 });
        state.awaiting = Some(Awaiting::Step);
        let said = vec![Said::Introduction(entry.clone()), Said::Step { entry: entry.clone(), step: 0 }];
        Some(self.say(state, self.decision.clone(), self.reason.clone(), said))
    }

    /// The steps of a guided entry.
    fn n_steps(&self, entry: &EntryId) -> Option<usize> {
        let entry = self.content.entry(entry).filter(|entry| entry.steps.is_some())?;
        Some(steps_of(&entry.texts.get(&LanguageTag::zh_cn())?.body)?.items.len())
    }

    /// A message while a step is awaited.
    pub(super) fn walking(&self, mut state: DialogueState) -> Step {
        let Some(walkthrough) = state.walkthrough.clone() else { return self.plain(state) };
        state.awaiting = Some(Awaiting::Step);
        let entry = &walkthrough.entry;
        let (cues, is_button) = (self.given.cues, |name| self.is_button(name));
        if cues.say(Cue::Drop) {
            return self.leave_steps(state, vec![Said::Text(TextName::StepsLeft)]);
        }
        if cues.say(Cue::All) || is_button(TextName::StepAll) {
            return self.leave_steps(state, vec![Said::Entry(entry.clone())]);
        }
        if cues.say(Cue::Solved) {
            return self.leave_steps(state, vec![Said::Text(TextName::SolvedThanks)]);
        }
        if is_button(TextName::StepStuck) || cues.say(Cue::Stuck) && self.is_short() || self.says_unsolved() {
            return self.stuck(state);
        }
        let is_done = [Cue::Next, Cue::Yes, Cue::GoOn].into_iter().any(|cue| cues.say(cue));
        if is_done || is_button(TextName::StepDone) {
            return self.next_step(state);
        }
        if self.is_confident()
            && let Some(step) = self.aside_of_steps(&state, entry)
        {
            return step;
        }
        // Whoever asks the same again was not helped by the steps.
        let repeats = self.is_confident() && matches!(self.decision, Decision::Answer(asked) if asked == entry);
        if repeats || cues.say(Cue::Stuck) || cues.say(Cue::Unsolved) {
            return self.stuck(state);
        }
        if cues.say(Cue::No) {
            return self.back_to_step(state, TextName::GoOn);
        }
        state.misses += 1;
        if state.misses >= MOST_MISSES {
            return self.offer_person(state, vec![Said::Decision]);
        }
        let said = vec![Said::Decision, Said::Step { entry: entry.clone(), step: walkthrough.step }];
        self.say(state, self.decision.clone(), self.reason.clone(), said)
    }

    /// What a message leads to that is no word about the step: an answer and small talk come in between, a wish ends it all.
    fn aside_of_steps(&self, state: &DialogueState, walked: &EntryId) -> Option<Step> {
        let mut state = state.clone();
        let step = state.walkthrough.as_ref()?.step;
        let said = match self.decision {
            Decision::Answer(entry) if entry == walked => return None,
            Decision::Answer(entry) => Said::Entry(entry.clone()),
            Decision::Smalltalk(_) => Said::Decision,
            Decision::Flow { intent, flow } => return Some(self.begin(state, intent.clone(), flow, Vec::new())),
            Decision::Handoff { .. } => return Some(self.interrupted(state)),
            Decision::Clarify(_) | Decision::Fallback => return None,
        };
        state.misses = 0;
        let said = vec![said, Said::Step { entry: walked.clone(), step }];
        Some(self.say(state, self.decision.clone(), self.reason.clone(), said))
    }

    /// The next step, or the end.
    fn next_step(&self, mut state: DialogueState) -> Step {
        let Some(walkthrough) = &mut state.walkthrough else { return self.plain(state) };
        let entry = walkthrough.entry.clone();
        state.misses = 0;
        if walkthrough.step + 1 < self.n_steps(&entry).unwrap_or_default() {
            walkthrough.step += 1;
            let said = vec![Said::Step { entry, step: walkthrough.step }];
            return self.say_of_answer(state, said);
        }
        state.awaiting = Some(Awaiting::Solved);
        self.say_of_answer(state, vec![Said::Ending(entry), Said::YesOrNo(TextName::Solved)])
    }

    /// Says what else helps, and offers a person, who is told at which step it was.
    fn stuck(&self, mut state: DialogueState) -> Step {
        let Some(walkthrough) = &state.walkthrough else { return self.plain(state) };
        let said = vec![Said::WhatElse(walkthrough.entry.clone()), Said::YesOrNo(TextName::Stuck)];
        state.held_back = Some(Awaiting::Step);
        state.awaiting = Some(Awaiting::Person);
        self.say_of_answer(state, said)
    }

    /// Goes back to the step that was shown; to the one after it where that is asked for.
    pub(super) fn back_to_step(&self, mut state: DialogueState, text: TextName) -> Step {
        let Some(walkthrough) = state.walkthrough.clone() else { return self.plain(state) };
        if state.awaiting != Some(Awaiting::Step) {
            return self.leave_steps(state, vec![Said::Text(TextName::StepsLeft)]);
        }
        if self.given.cues.say(Cue::GoOn) {
            return self.next_step(state);
        }
        state.misses = 0;
        let Walkthrough { entry, step } = walkthrough;
        self.say_of_answer(state, vec![Said::Text(text), Said::Step { entry, step }])
    }

    fn leave_steps(&self, mut state: DialogueState, said: Vec<Said>) -> Step {
        state.awaiting = None;
        self.say_of_answer(state, said)
    }

    /// To a person, who is told at which step the customer is.
    pub(super) fn to_person_at_step(&self, state: DialogueState, decided: (Decision, Reason)) -> Step {
        let mut step = self.say(state, decided.0, decided.1, vec![Said::Text(TextName::HandoffStep)]);
        (step.state.task, step.state.awaiting) = (None, None);
        step
    }

    /// A message after it was asked whether an answer has helped.
    pub(super) fn after_answer(&self, mut state: DialogueState, is_again: bool) -> Step {
        let cues = self.given.cues;
        if cues.say(Cue::Yes) || cues.say(Cue::Solved) {
            return self.leave_steps(state, vec![Said::Text(TextName::SolvedThanks)]);
        }
        if cues.say(Cue::No) || cues.say(Cue::Unsolved) || cues.say(Cue::Stuck) && self.is_short() {
            return self.offer_person(state, Vec::new());
        }
        state.awaiting = None;
        self.outside(state, is_again)
    }

    /// A turn about the answer that was shown last.
    fn say_of_answer(&self, state: DialogueState, said: Vec<Said>) -> Step {
        let shown = state.walkthrough.as_ref().map(|walkthrough| &walkthrough.entry).or(state.topic.as_ref());
        let decision = shown.cloned().map_or(Decision::Fallback, Decision::Answer);
        self.say(state, decision, Reason::Dialogue, said)
    }

    fn is_short(&self) -> bool {
        let text = self.given.normalised;
        text.chars().filter(|c| !c.is_ascii()).count() <= SHORT && text.split(' ').count() <= SHORT_WORDS
    }
}
