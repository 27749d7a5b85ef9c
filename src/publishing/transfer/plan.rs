//! What an import would change: files in, edits out. Knows no store.

use std::collections::{BTreeMap, BTreeSet};

use crate::exchange::document::EntryDocument;
use crate::exchange::{self, Fault, Mapping, Note, files_of};
use crate::knowledge::content::SourceFile;
use crate::knowledge::difference::touched_entry;
use crate::knowledge::{ReadOptions, read};
use crate::publishing::transfer::faults;

/// Paths with what they hold from now on; `None` removes the file.
pub(super) type Edits = BTreeMap<String, Option<Vec<u8>>>;

/// What an import would do.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) counts: Counts,
    pub(super) edits: Edits,
    pub(super) faults: Vec<Fault>,
    pub(super) notes: Vec<Note>,
}

/// How many of what.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) entries: usize,
    pub(super) phrasings: usize,
    pub(super) created: usize,
    pub(super) updated: usize,
    pub(super) unchanged: usize,
    pub(super) removed: usize,
}

/// Plans the import of a file that holds entries, over the content as it stands.
pub(super) fn of_entries(standing: &[SourceFile], format: exchange::Format, bytes: &[u8], mapping: &Mapping) -> Plan {
    let (content, known) = read(standing, &ReadOptions::default());
    let imported = exchange::import(format, bytes, &content, mapping);
    let there = Paths::of(standing);
    let mut plan = Plan { notes: imported.notes, ..Plan::default() };
    for document in imported.documents.iter().map(|placed| &placed.document) {
        let was = content.entry(&document.id).map(EntryDocument::of);
        if !plan.counts.count(was.as_ref(), document) {
            plan.edits.extend(there.edits_of(was.as_ref(), document));
        }
    }
    for category in imported.categories {
        plan.edits.insert(category.path, Some(category.bytes));
    }
    let after = laid_over(standing, &plan.edits);
    let (_, found) = read(after, &ReadOptions::default());
    let errors = faults::new_errors(&known, found);
    plan.faults = faults::of_rows(imported.faults, &imported.documents, &plan.edits, errors);
    plan
}

/// Plans the import of a folder: what makes of `before`, the files that it started from, those that it holds.
pub(super) fn of_folder(standing: &[SourceFile], before: &[SourceFile], files: &[SourceFile]) -> Plan {
    let mut plan = Plan { edits: between(before, files), ..Plan::default() };
    let (was, _) = read(before, &ReadOptions::default());
    let (is, _) = read(files, &ReadOptions::default());
    for entry in &is.entries {
        let was = was.entry(&entry.id).map(EntryDocument::of);
        plan.counts.count(was.as_ref(), &EntryDocument::of(entry));
    }
    plan.counts.removed = was.entries.iter().filter(|entry| is.entry(&entry.id).is_none()).count();
    let (_, known) = read(standing, &ReadOptions::default());
    let after = laid_over(standing, &plan.edits);
    let (_, found) = read(after.as_slice(), &ReadOptions::default());
    plan.faults = faults::of_lines(&after, faults::new_errors(&known, found));
    plan
}

impl Counts {
    /// Counts a document; says whether it is there already, and the same.
    fn count(&mut self, was: Option<&EntryDocument>, document: &EntryDocument) -> bool {
        self.entries += 1;
        self.phrasings += document.texts.values().map(|text| 1 + text.similar.len()).sum::<usize>();
        let is_same = was == Some(document);
        match was {
            None => self.created += 1,
            Some(_) if is_same => self.unchanged += 1,
            Some(_) => self.updated += 1,
        }
        is_same
    }
}

/// What lies where: all files, and those of each entry.
struct Paths<'f> {
    bytes: BTreeMap<&'f str, &'f [u8]>,
    of_entry: BTreeMap<&'f str, Vec<&'f str>>,
}

impl<'f> Paths<'f> {
    fn of(files: &'f [SourceFile]) -> Self {
        let mut paths = Self { bytes: BTreeMap::new(), of_entry: BTreeMap::new() };
        for file in files {
            paths.bytes.insert(&file.path, &file.bytes);
            if let Some(entry) = touched_entry(&file.path) {
                paths.of_entry.entry(entry).or_default().push(&file.path);
            }
        }
        paths
    }

    /// Returns what makes an entry's files those of a document. A file whose language says what it said stays as its editor
    /// wrote it.
    fn edits_of(&self, was: Option<&EntryDocument>, document: &EntryDocument) -> Edits {
        let before: BTreeMap<String, Vec<u8>> =
            was.iter().flat_map(|was| files_of(was)).map(|file| (file.path, file.bytes)).collect();
        let after = files_of(document);
        let kept: BTreeSet<&str> = after.iter().map(|file| file.path.as_str()).collect();
        let there = self.of_entry.get(document.id.0.as_str()).into_iter().flatten();
        let gone = there.filter(|path| !kept.contains(**path)).map(|path| ((*path).to_owned(), None));
        let mut edits: Edits = gone.collect();
        for file in after {
            let is_there = self.bytes.get(file.path.as_str());
            let says_the_same = is_there.is_some() && before.get(&file.path) == Some(&file.bytes);
            if !says_the_same && is_there != Some(&file.bytes.as_slice()) {
                edits.insert(file.path, Some(file.bytes));
            }
        }
        edits
    }
}

/// Returns what makes one set of files another.
fn between(before: &[SourceFile], after: &[SourceFile]) -> Edits {
    let was: BTreeMap<&str, &[u8]> = before.iter().map(|file| (file.path.as_str(), file.bytes.as_slice())).collect();
    let is: BTreeSet<&str> = after.iter().map(|file| file.path.as_str()).collect();
    let gone = was.keys().filter(|path| !is.contains(**path)).map(|path| ((*path).to_owned(), None));
    let differs = |file: &&SourceFile| was.get(file.path.as_str()) != Some(&file.bytes.as_slice());
    let changed = after.iter().filter(differs).map(|file| (file.path.clone(), Some(file.bytes.clone())));
    gone.chain(changed).collect()
}

fn laid_over(files: &[SourceFile], edits: &Edits) -> Vec<SourceFile> {
    let stays = files.iter().filter(|file| !edits.contains_key(&file.path)).cloned();
    let edited = edits.iter().filter_map(|(path, bytes)| {
        let bytes = bytes.clone()?;
        Some(SourceFile { path: path.clone(), bytes })
    });
    stays.chain(edited).collect()
}
