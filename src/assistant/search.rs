//! Many entries for one text: for who searches, and for who is still typing. The same matcher as for answers, a longer list.

use jiff::Timestamp;

use crate::assistant::Assistant;
use crate::assistant::compile::Goal;
use crate::assistant::turn::Message;
use crate::dialogue::compose::Composer;
use crate::knowledge::entry::{Entry, EntryId};
use crate::retrieval::Gather;
use crate::retrieval::forward::Scratch;
use crate::retrieval::gathering::choose_terms;
use crate::text::language::LanguageTag;
use crate::text::normalise::normalise;
use crate::text::sensitive;

/// Entries that a search finds at most.
pub const MAX_FOUND: usize = 200;

impl Assistant {
    /// Returns the entries that a text may be about, the likeliest first: those that an answer considers in their order,
    /// then others by their exact scores. Finds `enough` of them, or a few more, where there are so many.
    pub fn search(
        &self,
        message: &Message<'_>,
        index: &dyn Gather,
        now: Timestamp,
        enough: usize,
        keep: impl Fn(&Entry) -> bool,
    ) -> Vec<&Entry> {
        let masked = sensitive::mask(message.text);
        let findings = self.find(&masked.text, message, index, now);
        let ranked = findings.ranking.ranked.iter().map(|ranked| self.compiled.goals[ranked.target as usize]);
        let mut goals: Vec<Goal> = findings.verbatim.into_iter().collect();
        goals.extend(ranked.filter(|&goal| findings.verbatim != Some(goal)));
        let kept = |goal: Goal| self.entry(goal).filter(|entry| !message.switches.hides(&entry.id) && keep(entry));
        let mut found: Vec<&Entry> = goals.iter().filter_map(|&goal| kept(goal)).collect();
        if found.len() < enough {
            let forward = &self.compiled.forward;
            let terms = choose_terms(&findings.analysis, forward.gather_terms(&findings.analysis), forward.n_targets());
            let query = forward.query(&findings.analysis);
            let mut scratch = Scratch::default();
            let mut targets = index.candidates(&terms, MAX_FOUND);
            targets.retain(|&target| {
                let goal = self.compiled.goals[target as usize];
                kept(goal).is_some() && !goals.contains(&goal) && self.is_visible(goal, message, now)
            });
            let matches = forward.best_matches(&targets, &query, 1, &mut scratch);
            let mut further: Vec<(f32, u32, &Entry)> = targets
                .into_iter()
                .zip(matches)
                .filter_map(|(target, best)| {
                    Some((best.first()?.score, target, kept(self.compiled.goals[target as usize])?))
                })
                .collect();
            further.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.extend(further.into_iter().map(|(_, _, entry)| entry));
        }
        found.truncate(MAX_FOUND);
        found
    }

    /// Returns entries for a text that is still being typed: those whose question in the language begins with it, then
    /// those that hold it, then the likeliest others. For nothing typed, the top questions.
    pub fn suggest(
        &self,
        message: &Message<'_>,
        language: &LanguageTag,
        index: &dyn Gather,
        now: Timestamp,
    ) -> Vec<&Entry> {
        let typed = normalise(message.text);
        if typed.is_empty() {
            return self.top_questions(message, now);
        }
        let composer = Composer::new(&self.content, language, now, message.switches);
        // Of a character or two, hundreds of entries are equally likely: what their questions begin with parts them.
        let mut found = self.search(message, index, now, MAX_FOUND, |_| true);
        found.sort_by_cached_key(|entry| {
            let question = normalise(&composer.question(entry));
            (!question.starts_with(&typed), !question.contains(&typed))
        });
        found.truncate(message.limit);
        found
    }

    /// Returns the visible entries that editors gave a place among the top questions, in that order.
    fn top_questions(&self, message: &Message<'_>, now: Timestamp) -> Vec<&Entry> {
        let mut top: Vec<&Entry> = self.visible_entries(message, now).filter(|entry| entry.top.is_some()).collect();
        top.sort_by_key(|entry| (entry.top, &entry.id));
        top.truncate(message.limit);
        top
    }

    /// Returns an entry where this message's sender may see it.
    pub fn visible_entry(&self, id: &EntryId, message: &Message<'_>, now: Timestamp) -> Option<&Entry> {
        let at = self.content.entries.binary_search_by(|entry| entry.id.cmp(id)).ok()?;
        let entry = &self.content.entries[at];
        let is_on = entry.requires.as_ref().is_none_or(|feature| self.content.is_on(feature));
        (is_on && self.is_shown(Goal::Entry(at), message, now)).then_some(entry)
    }

    /// Returns the entries that this message's sender may see, by category and id.
    pub fn visible_entries<'s>(&'s self, message: &Message<'_>, now: Timestamp) -> impl Iterator<Item = &'s Entry> {
        let visible = self.compiled.goals.iter().filter(|goal| self.is_shown(**goal, message, now));
        let mut entries: Vec<&Entry> = visible.filter_map(|&goal| self.entry(goal)).collect();
        let place = |name: &str| self.content.categories.iter().position(|category| category.name == name);
        // Stable, and entries come by id; those of a folder without `_category.yaml` come last.
        entries.sort_by_cached_key(|entry| place(&entry.category).unwrap_or(usize::MAX));
        entries.into_iter()
    }

    /// Says whether a goal is visible to this message's sender, and no supervisor has switched it off.
    fn is_shown(&self, goal: Goal, message: &Message<'_>, now: Timestamp) -> bool {
        let is_off = self.entry(goal).is_some_and(|entry| message.switches.hides(&entry.id));
        !is_off && self.is_visible(goal, message, now)
    }
}
