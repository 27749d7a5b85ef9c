//! Which entry and which category another system means, and names for those that are new.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::exchange::faults::RESERVED_FOLDERS;
use crate::exchange::slug::{slug, untaken};
use crate::exchange::write::scalar;
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::entry::{Entry, EntryId};
use crate::text::normalise::normalise;

/// The category of entries that name none.
const NO_CATEGORY: (&str, &str) = ("imported", "导入");

/// What is called how, in the content and in the file so far.
pub(crate) struct Naming<'c> {
    content: &'c Content,
    /// Entries by their phrasings, folded.
    asked: FxHashMap<String, &'c Entry>,
    /// Folders by their names and titles, folded.
    folders: FxHashMap<String, String>,
    /// Names that no new folder gets.
    folder_names: BTreeSet<String>,
    /// Names that no new entry gets.
    ids: BTreeSet<String>,
    /// The next number of each name that was taken.
    next: FxHashMap<String, usize>,
    /// The next new category's place.
    order: i64,
    /// The files of new categories.
    pub(crate) new_categories: Vec<SourceFile>,
}

impl<'c> Naming<'c> {
    /// Takes the names of all content.
    pub(crate) fn of(content: &'c Content) -> Self {
        let mut folders = FxHashMap::default();
        for category in &content.categories {
            for name in std::iter::once(&category.name).chain(category.title.values()) {
                folders.entry(normalise(name)).or_insert_with(|| category.name.clone());
            }
        }
        for entry in &content.entries {
            folders.entry(normalise(&entry.category)).or_insert_with(|| entry.category.clone());
        }
        let mut asked = FxHashMap::default();
        for entry in &content.entries {
            for phrasing in entry.texts.values().flat_map(|text| text.phrasings()) {
                asked.entry(normalise(phrasing)).or_insert(entry);
            }
        }
        Self {
            content,
            asked,
            folder_names: RESERVED_FOLDERS.into_iter().map(str::to_owned).chain(folders.values().cloned()).collect(),
            folders,
            next: FxHashMap::default(),
            ids: content.entries.iter().map(|entry| entry.id.0.clone()).collect(),
            order: content.categories.iter().map(|category| category.order).max().map_or(1, |last| last + 1),
            new_categories: Vec::new(),
        }
    }

    /// Returns the entry that a question is a phrasing of.
    pub(crate) fn entry_asked(&self, question: &str) -> Option<&'c Entry> {
        self.asked.get(&normalise(question)).copied()
    }

    /// Finds an entry of the content by its id or by a question.
    pub(crate) fn find(&self, named: &str) -> Option<EntryId> {
        let called = self.content.entry(&EntryId(named.to_owned()));
        called.or_else(|| self.entry_asked(named)).map(|entry| entry.id.clone())
    }

    /// Returns the entry that has the id which a name of another system's becomes.
    pub(crate) fn entry_called(&self, name: &str) -> Option<&'c Entry> {
        self.content.entry(&EntryId(slug(name, "")))
    }

    /// Gives a new entry its id: by what the other system calls it, else by its question.
    pub(crate) fn new_id(&mut self, name: &str, question: &str) -> EntryId {
        let named = Some(slug(name, "")).filter(|id| !id.is_empty()).unwrap_or_else(|| slug(question, "entry"));
        let id = untaken(named, &mut self.next, |id| self.ids.contains(id));
        self.ids.insert(id.clone());
        EntryId(id)
    }

    /// Returns the folder of a category by its name or title; one that is not known becomes a new one.
    pub(crate) fn folder(&mut self, category: &str) -> String {
        let (name, title) = if category.is_empty() { NO_CATEGORY } else { (category, category) };
        if let Some(folder) = self.folders.get(&normalise(name)) {
            return folder.clone();
        }
        let folder = untaken(slug(name, "category"), &mut self.next, |folder| self.folder_names.contains(folder));
        self.folder_names.insert(folder.clone());
        self.folders.insert(normalise(name), folder.clone());
        let text = format!("title: {{zh-CN: {}}}\norder: {}\n", scalar(title), self.order);
        self.order += 1;
        self.new_categories
            .push(SourceFile { path: format!("knowledge-base/{folder}/_category.yaml"), bytes: text.into_bytes() });
        folder
    }
}
