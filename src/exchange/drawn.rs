//! Documents drawn at random, with texts that are hard on files and tables.

use jiff::Timestamp;
use jiff::civil::Date;
use proptest::collection::{btree_map, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::exchange::document::{EntryDocument, TextDocument};
use crate::knowledge::entry::{Action, ActionTarget, Audience, CHANNELS, EntryId, StepsShown, Validity};
use crate::knowledge::intent::IntentName;
use crate::text::language::LanguageTag;

/// Pieces of texts that some format gives a meaning to.
const PIECES: [&str; 44] = [
    "no",
    "null",
    "~",
    "5",
    "5.0",
    "1e5",
    "2026-01-01",
    "TRUE",
    "---",
    "\n---\n",
    "\n...\n",
    "a: b",
    "# x",
    " #y",
    "- z",
    "? q",
    "[a, b]",
    "{{name}}",
    "\"",
    "'",
    "''",
    "\\",
    "\\n",
    "\\\\",
    "\n",
    "\n\n",
    "\r\n",
    "\t",
    ",",
    ";",
    "|",
    "=1+1",
    "+1",
    "-1",
    "@x",
    "＝1",
    "<r>a</r>",
    "<b>&amp;",
    "_x0041_",
    "😭👨‍👩‍👧",
    "\u{202E}مرحبا",
    "\u{FEFF}",
    "\u{2028}",
    "退款多久到账？",
];

/// Draws a document in its normal form, without a fault.
pub(crate) fn document() -> impl Strategy<Value = EntryDocument> {
    let others = btree_map(select(vec!["en", "zh-TW", "ja", "zh-Hant-HK"]), text_document(), 0..3);
    let lists = (
        vec(name(), 0..3),
        vec(action(), 0..3),
        subsequence(CHANNELS.to_vec(), 0..4),
        subsequence(vec![Audience::Buyer, Audience::Merchant, Audience::Agent], 0..3),
    );
    let options = (of(text()), of(instant()), of(instant()), of(any::<u32>()), of(text()));
    (name(), name(), text_document(), others, lists, options).prop_map(
        |(id, category, own, others, (related, actions, channels, audience), (requires, from, until, top, owner))| {
            let mut document = EntryDocument::new(EntryId(id), category, own);
            for (language, text) in others {
                document.texts.insert(LanguageTag::parse(language).unwrap(), text);
            }
            document.related = related.into_iter().map(EntryId).collect();
            document.actions = actions;
            document.channels = channels.into_iter().map(str::to_owned).collect();
            document.audience = audience;
            document.requires = requires;
            document.valid = Validity { from, until };
            document.steps = top.filter(|top| top % 2 == 0).map(|_| StepsShown::Guided);
            document.top = top;
            document.owner = owner;
            document.normalised()
        },
    )
}

fn name() -> impl Strategy<Value = String> {
    "[a-z0-9][a-z0-9_-]{1,12}x"
}

/// Draws a text of any characters.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(PIECES.to_vec()).prop_map(str::to_owned),
        2 => "[ -~]{0,12}",
        1 => "\\PC{0,8}",
        1 => any::<String>().prop_map(|text| text.chars().take(12).collect::<String>()),
        1 => "[\u{4e00}-\u{9fff}]{1,8}",
    ];
    vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

/// Draws a text that is more than white space and controls.
fn visible_text() -> impl Strategy<Value = String> {
    let is_visible = |c: char| !c.is_whitespace() && !c.is_control();
    text().prop_map(move |text| if text.contains(is_visible) { text } else { format!("{text}退款") })
}

fn text_document() -> impl Strategy<Value = TextDocument> {
    (visible_text(), vec(text(), 0..4), vec(text(), 0..3), of(date()), visible_text()).prop_map(
        |(question, similar, never, review_by, body)| TextDocument { question, similar, never, review_by, body },
    )
}

fn action() -> impl Strategy<Value = Action> {
    let target = prop_oneof![
        text().prop_map(|text| ActionTarget::Intent(IntentName(text))),
        text().prop_map(ActionTarget::Url),
        text().prop_map(ActionTarget::Phone),
    ];
    (text(), target).prop_map(|(label, target)| Action { label, target })
}

fn instant() -> impl Strategy<Value = Timestamp> {
    (-100_000_000_000_i64..100_000_000_000, prop_oneof![Just(0), 0..1_000_000_000])
        .prop_map(|(second, nanosecond)| Timestamp::new(second, nanosecond).unwrap())
}

fn date() -> impl Strategy<Value = Date> {
    (1..9999_i16, 1..13_i8, 1..29_i8).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

/// Draws a few documents with ids of their own.
pub(crate) fn documents() -> impl Strategy<Value = Vec<EntryDocument>> {
    vec(document(), 0..3).prop_map(|mut documents| {
        for (at, document) in documents.iter_mut().enumerate() {
            document.id.0.push_str(&at.to_string());
        }
        documents
    })
}
