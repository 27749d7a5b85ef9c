//! Markdown with front matter: entries, their translations, announcements; and `_category.yaml`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::knowledge::content::{Content, Localised};
use crate::knowledge::entry::{
    Action, ActionTarget, Announcement, AnnouncementKind, Audience, CHANNELS, Category, Entry, EntryId, EntryText,
    StepsShown, Validity,
};
use crate::knowledge::front_matter::{self, Missing};
use crate::knowledge::intent::IntentName;
use crate::knowledge::reader::{Kind, Owner, Phrasing, Reader, Written};
use crate::knowledge::source::Place;
use crate::knowledge::steps::steps_of;
use crate::knowledge::yaml::Node;
use crate::text::language::LanguageTag;
use crate::text::language_map::LanguageMap;

/// A translation that waits for its entry or announcement.
pub(super) struct Translation {
    /// The path of the file that it translates.
    path: String,
    of: String,
    language: LanguageTag,
    place: Place,
    what: Translated,
}

enum Translated {
    Entry(EntryText),
    Announcement { title: Localised, body: String },
}

const AUDIENCES: [(&str, Audience); 3] =
    [("buyer", Audience::Buyer), ("merchant", Audience::Merchant), ("agent", Audience::Agent)];

const ENTRY_KEYS: [&str; 13] = [
    "question",
    "similar",
    "never",
    "related",
    "actions",
    "requires",
    "valid",
    "channels",
    "audience",
    "steps",
    "top",
    "owner",
    "review_by",
];
const TRANSLATION_KEYS: [&str; 4] = ["question", "similar", "never", "review_by"];

/// A Markdown file taken apart.
struct Page {
    front: Node,
    body: String,
    body_place: Place,
}

fn page(reader: &mut Reader, file: usize) -> Option<Page> {
    let text = reader.sources[file].text.clone();
    let start = Place { file, line: 1, column: 1 };
    let parts = match front_matter::split(&text) {
        Ok(parts) => parts,
        Err(missing) => {
            let message = match missing {
                Missing::Opening => "the file does not begin with \"---\"",
                Missing::Closing => "the front matter is not closed by \"---\"",
            };
            reader.report("missing-front-matter", start, message, None);
            return None;
        }
    };
    let written = &text[parts.front];
    let front = reader.yaml(file, written, 2)?;
    let after = &text[parts.body];
    let body = after.trim_start_matches('\n');
    let line = 3 + written.matches('\n').count() + (after.len() - body.len());
    Some(Page { front, body: body.trim_end().to_owned(), body_place: Place { file, line, column: 1 } })
}

/// Returns the path of the file that a translation translates.
fn translated_path(reader: &Reader, file: usize, id: &str) -> String {
    let path = &reader.sources[file].path;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{id}.md")
}

/// Reads a translation's language; an entry's own file is Chinese, so that no translation can be.
fn translation_language(reader: &mut Reader, name: &str, place: Place) -> Option<LanguageTag> {
    let language = reader.language(name, place)?;
    if language == LanguageTag::zh_cn() {
        let hint = Some("write it into the entry's own file".to_owned());
        reader.report("orphan-translation", place, "the file without a language in its name is zh-CN already", hint);
        return None;
    }
    Some(language)
}

/// Splits `refund-apply.en.md` into the id and the language.
fn file_stem(name: &str) -> (&str, Option<&str>) {
    let stem = name.strip_suffix(".md").unwrap_or(name);
    stem.split_once('.').map_or((stem, None), |(id, language)| (id, Some(language)))
}

pub(super) fn category(reader: &mut Reader, content: &mut Content, file: usize, name: &str) -> Option<()> {
    let text = reader.sources[file].text.clone();
    let node = reader.yaml(file, &text, 1)?;
    let fields = reader.fields(&node, &["title", "order"], &["title"]);
    let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    let order = fields.get("order").and_then(|node| reader.parsed(node, "whole number")).unwrap_or_default();
    content.categories.push(Category { name: name.to_owned(), title, order });
    Some(())
}

pub(super) fn entry(
    reader: &mut Reader,
    content: &mut Content,
    translations: &mut Vec<Translation>,
    file: usize,
    category: &str,
    name: &str,
) -> Option<()> {
    let (id, language) = file_stem(name);
    let place = Place { file, line: 1, column: 1 };
    // Known even when it cannot be read: what names it is no fault of its own.
    let first = language.is_some() || reader.define(Kind::Entry, id, place);
    let page = page(reader, file)?;
    let owner = Owner::Entry(id.to_owned());
    if let Some(language) = language {
        let language = translation_language(reader, language, place)?;
        let fields = reader.fields(&page.front, &TRANSLATION_KEYS, &["question"]);
        let text = entry_text(reader, &fields, &page, &owner, &language);
        let path = translated_path(reader, file, id);
        translations.push(Translation { path, of: id.to_owned(), language, place, what: Translated::Entry(text) });
        return Some(());
    }
    let fields = reader.fields(&page.front, &ENTRY_KEYS, &["question"]);
    let text = entry_text(reader, &fields, &page, &owner, &LanguageTag::zh_cn());
    let related = fields.get("related").map(|node| reader.texts(node)).unwrap_or_default();
    for (other, place) in &related {
        if other == id {
            reader.report("broken-related", *place, "an entry is not related to itself", None);
        } else {
            reader.refer(Kind::Entry, other, *place, "broken-related");
        }
    }
    let requires = fields.get("requires").and_then(|node| {
        let name = reader.text(node)?.to_owned();
        reader.refer(Kind::Switch, &name, node.place, "broken-requires");
        Some(name)
    });
    let steps = fields.get("steps").and_then(|node| steps(reader, node, &page));
    let entry = Entry {
        id: EntryId(id.to_owned()),
        category: category.to_owned(),
        texts: LanguageMap::from([(LanguageTag::zh_cn(), text)]),
        related: related.into_iter().map(|(id, _)| EntryId(id)).collect(),
        actions: fields.get("actions").map(|node| actions(reader, node)).unwrap_or_default(),
        requires,
        valid: fields.get("valid").map(|node| validity(reader, node, id)).unwrap_or_default(),
        channels: fields
            .get("channels")
            .map(|node| words(reader, node, &CHANNELS.map(|word| (word, word))))
            .unwrap_or_default()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        audience: fields.get("audience").map(|node| words(reader, node, &AUDIENCES)).unwrap_or_default(),
        steps,
        top: fields.get("top").and_then(|node| reader.parsed(node, "whole number")),
        owner: fields.get("owner").and_then(|node| reader.text(node)).map(str::to_owned),
    };
    if first {
        content.entries.push(entry);
    }
    Some(())
}

fn entry_text(
    reader: &mut Reader,
    fields: &BTreeMap<&str, &Node>,
    page: &Page,
    owner: &Owner,
    language: &LanguageTag,
) -> EntryText {
    let question = fields.get("question").and_then(|node| Some((reader.text(node)?.to_owned(), node.place)));
    let similar = fields.get("similar").map(|node| reader.texts(node)).unwrap_or_default();
    let never = fields.get("never").map(|node| reader.texts(node)).unwrap_or_default();
    for (text, place) in question.iter().chain(&similar) {
        reader.notes.phrasings.push(Phrasing { text: text.clone(), place: *place, owner: owner.clone() });
    }
    for (text, place) in &never {
        reader.notes.nevers.push(Phrasing { text: text.clone(), place: *place, owner: owner.clone() });
    }
    if page.body.is_empty() {
        reader.report("empty-text", page.front.place, "there is no answer below the front matter", None);
    }
    write_body(reader, page, language);
    let review_by: Option<Date> = fields.get("review_by").and_then(|node| reader.parsed(node, "date like 2027-05-01"));
    if let (Some(date), Some(node)) = (review_by, fields.get("review_by"))
        && let Ok(instant) = date.to_zoned(jiff::tz::TimeZone::UTC)
    {
        let (Owner::Entry(id) | Owner::Intent(id)) = owner;
        reader.notes.ends.push(("review-overdue", id.clone(), node.place, instant.timestamp()));
    }
    EntryText {
        question: question.map(|(text, _)| text).unwrap_or_default(),
        similar: similar.into_iter().map(|(text, _)| text).collect(),
        never: never.into_iter().map(|(text, _)| text).collect(),
        review_by,
        body: page.body.clone(),
    }
}

fn write_body(reader: &mut Reader, page: &Page, language: &LanguageTag) {
    reader.notes.written.push(Written {
        text: page.body.clone(),
        place: page.body_place,
        of_flow: false,
        markdown: true,
        language: language.clone(),
    });
}

/// Reads how the steps are shown; there must be steps then.
fn steps(reader: &mut Reader, node: &Node, page: &Page) -> Option<StepsShown> {
    let shown = reader.one_of(node, &[("guided", StepsShown::Guided)])?;
    if steps_of(&page.body).is_none() {
        let hint = Some("write the steps as a numbered list, or take `steps` away".to_owned());
        reader.report("guided-without-steps", node.place, "the answer has no numbered list", hint);
    }
    Some(shown)
}

/// A guided answer has as many steps in every language, so that a conversation can change its language on the way.
fn check_steps(reader: &mut Reader, entry: &Entry, text: &EntryText, place: Place) {
    let n_steps = |body: &str| steps_of(body).map_or(0, |steps| steps.items.len());
    let Some(own) = entry.texts.get(&LanguageTag::zh_cn()).filter(|_| entry.steps.is_some()) else { return };
    let (n_own, n_translated) = (n_steps(&own.body), n_steps(&text.body));
    if n_own != n_translated {
        let message = format!("the entry is guided through {n_own} steps, its translation through {n_translated}");
        reader.report("guided-steps-differ", place, message, None);
    }
}

fn words<T: Copy>(reader: &mut Reader, node: &Node, known: &[(&str, T)]) -> Vec<T> {
    let items = reader.items(node).to_vec();
    items.iter().filter_map(|item| reader.one_of(item, known)).collect()
}

fn actions(reader: &mut Reader, node: &Node) -> Vec<Action> {
    let items = reader.items(node).to_vec();
    items.iter().filter_map(|item| action(reader, item)).collect()
}

fn action(reader: &mut Reader, node: &Node) -> Option<Action> {
    let fields = reader.fields(node, &["label", "intent", "url", "phone"], &["label"]);
    let label_node = fields.get("label")?;
    let label = reader.text(label_node)?.to_owned();
    note_plain(reader, label_node, &label);
    let targets: Vec<&str> = ["intent", "url", "phone"].into_iter().filter(|name| fields.contains_key(name)).collect();
    let [target] = targets[..] else {
        reader.report("missing-key", node.place, "an action has one of \"intent\", \"url\", \"phone\"", None);
        return None;
    };
    let target_node = fields[target];
    let value = reader.text(target_node)?.to_owned();
    let target = if target == "intent" {
        reader.refer(Kind::Intent, &value, target_node.place, "broken-action");
        reader.notes.labels.push((label.clone(), value.clone(), label_node.place));
        ActionTarget::Intent(IntentName(value))
    } else {
        note_plain(reader, target_node, &value);
        if target == "url" { ActionTarget::Url(value) } else { ActionTarget::Phone(value) }
    };
    Some(Action { label, target })
}

/// Notes a label, address or number that customers see.
fn note_plain(reader: &mut Reader, node: &Node, text: &str) {
    let place = Place { column: node.place.column + usize::from(node.is_quoted()), ..node.place };
    let language = LanguageTag::zh_cn();
    reader.notes.written.push(Written { text: text.to_owned(), place, of_flow: false, markdown: false, language });
}

/// Reads `{from, until}`; notes the end, and reports one that is not behind the beginning.
pub(super) fn validity(reader: &mut Reader, node: &Node, what: &str) -> Validity {
    let fields = reader.fields(node, &["from", "until"], &[]);
    let mut instant = |name: &str| -> Option<Timestamp> {
        let node = fields.get(name)?;
        reader.parsed(node, "time like 2027-01-01T00:00:00+08:00")
    };
    let valid = Validity { from: instant("from"), until: instant("until") };
    if let (Some(from), Some(until)) = (valid.from, valid.until)
        && from >= until
    {
        reader.report("bad-validity", node.place, "\"until\" is not behind \"from\"", None);
    }
    if let Some(until) = valid.until {
        reader.notes.ends.push(("expired", what.to_owned(), node.place, until));
    }
    valid
}

pub(super) fn announcement(
    reader: &mut Reader,
    content: &mut Content,
    translations: &mut Vec<Translation>,
    file: usize,
    name: &str,
) -> Option<()> {
    const KINDS: [(&str, AnnouncementKind); 4] = [
        ("policy", AnnouncementKind::Policy),
        ("promotion", AnnouncementKind::Promotion),
        ("notice", AnnouncementKind::Notice),
        ("outage", AnnouncementKind::Outage),
    ];
    let page = page(reader, file)?;
    let (id, language) = file_stem(name);
    let place = Place { file, line: 1, column: 1 };
    if let Some(language) = language {
        let language = translation_language(reader, language, place)?;
        let fields = reader.fields(&page.front, &["title"], &["title"]);
        let title = fields.get("title").and_then(|node| reader.text(node)).map(str::to_owned);
        write_body(reader, &page, &language);
        let title = title.into_iter().map(|title| (language.clone(), title)).collect();
        let path = translated_path(reader, file, id);
        let what = Translated::Announcement { title, body: page.body };
        translations.push(Translation { path, of: id.to_owned(), language, place, what });
        return Some(());
    }
    let fields = reader.fields(&page.front, &["title", "valid", "kind"], &["title", "kind"]);
    write_body(reader, &page, &LanguageTag::zh_cn());
    let kind = fields.get("kind").and_then(|node| reader.one_of(node, &KINDS))?;
    let valid = fields.get("valid").map(|node| validity(reader, node, id)).unwrap_or_default();
    let title = fields.get("title").map(|node| reader.localised(node, false, false)).unwrap_or_default();
    reader.notes.announcements.push((id.to_owned(), fields.get("valid").map_or(place, |node| node.place)));
    let body = LanguageMap::from([(LanguageTag::zh_cn(), page.body)]);
    content.announcements.push(Announcement { id: id.to_owned(), title, valid, kind, body });
    Some(())
}

/// Puts translations to their entries and announcements, which lie in the same folder.
pub(super) fn add_translations(reader: &mut Reader, content: &mut Content, translations: Vec<Translation>) {
    for Translation { path, of, language, place, what } in translations {
        if !reader.sources.iter().any(|source| source.path == path) {
            let elsewhere = reader.sources.iter().find(|source| source.path.ends_with(&format!("/{of}.md")));
            let hint = elsewhere.map(|source| format!("put it beside {}", source.path));
            reader.report("orphan-translation", place, format!("there is no \"{path}\" that this translates"), hint);
            continue;
        }
        // What it translates may be unreadable, which is reported there.
        match what {
            Translated::Entry(text) => {
                if let Some(entry) = content.entries.iter_mut().find(|entry| entry.id.0 == of) {
                    check_steps(reader, entry, &text, place);
                    entry.texts.insert(language, text);
                }
            }
            Translated::Announcement { title, body } => {
                if let Some(announcement) = content.announcements.iter_mut().find(|known| known.id == of) {
                    announcement.title.extend(title);
                    announcement.body.insert(language, body);
                }
            }
        }
    }
}
