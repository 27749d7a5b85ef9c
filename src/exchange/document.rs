//! One entry in all its languages, with everything an editor can set: the shape of the editors' API and of a line of
//! `jsonl`. Knows nothing of files and tables.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::knowledge::entry::{Action, ActionTarget, Audience, Entry, EntryId, EntryText, StepsShown, Validity};
use crate::knowledge::intent::IntentName;
use crate::text::language::LanguageTag;

/// An entry as editors set it; the keys are those of its files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryDocument {
    /// Its name, unique over all categories.
    pub id: EntryId,
    /// The folder it lies in.
    pub category: String,
    /// Its text per language; `zh-CN` is always there.
    #[schema(value_type = BTreeMap<String, TextDocument>)]
    pub texts: BTreeMap<LanguageTag, TextDocument>,
    /// What a reader of the answer may want next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<EntryId>,
    /// What a reader can do at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "actions")]
    #[schema(value_type = Vec<ActionFields>)]
    pub actions: Vec<Action>,
    /// The feature variable without which the entry is not indexed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requires: Option<String>,
    /// When it may be shown.
    #[serde(default, skip_serializing_if = "is_open")]
    pub valid: Validity,
    /// The channels it is for; empty for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Whom it is for; empty for every customer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audience: Vec<Audience>,
    /// How a conversation shows the steps of its answer; all at once where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<StepsShown>,
    /// Its place among the questions that are offered before anything is typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    /// The team that answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
}

/// What an entry says in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextDocument {
    /// The standard question.
    pub question: String,
    /// Other ways to ask it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<String>,
    /// Questions that must not get this answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// When somebody should read it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_by: Option<Date>,
    /// The answer, Markdown with `{{name}}`.
    pub body: String,
}

/// A button below an answer, as JSON writes it: a label and one of the others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionFields {
    /// What the button says.
    label: String,
    /// The intent that sending the label starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intent: Option<String>,
    /// The address that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The number that it calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
}

impl EntryDocument {
    /// Makes the document of an entry that says one thing in Chinese and nothing more.
    pub fn new(id: EntryId, category: String, text: TextDocument) -> Self {
        Self {
            id,
            category,
            texts: BTreeMap::from([(LanguageTag::zh_cn(), text)]),
            related: Vec::new(),
            actions: Vec::new(),
            requires: None,
            valid: Validity::default(),
            channels: Vec::new(),
            audience: Vec::new(),
            steps: None,
            top: None,
            owner: None,
        }
    }

    /// Makes the document of an entry, in its normal form.
    pub fn of(entry: &Entry) -> Self {
        let texts = entry.texts.iter().map(|(language, text)| (language.clone(), TextDocument::of(text)));
        let document = Self {
            id: entry.id.clone(),
            category: entry.category.clone(),
            texts: texts.collect(),
            related: entry.related.clone(),
            actions: entry.actions.clone(),
            requires: entry.requires.clone(),
            valid: entry.valid,
            channels: entry.channels.clone(),
            audience: entry.audience.clone(),
            steps: entry.steps,
            top: entry.top,
            owner: entry.owner.clone(),
        };
        document.normalised()
    }

    /// Returns the normal form, which every format carries unchanged: line ends are `\n`, there are no other control
    /// characters but tabs, no empty items, and an answer neither begins with a line break nor ends in white space.
    pub fn normalised(self) -> Self {
        Self {
            id: EntryId(clean(&self.id.0)),
            category: clean(&self.category),
            texts: self.texts.into_iter().map(|(language, text)| (language, text.normalised())).collect(),
            related: clean_items(self.related.into_iter().map(|id| id.0)).into_iter().map(EntryId).collect(),
            actions: self.actions.iter().map(clean_action).collect(),
            requires: clean_items(self.requires).pop(),
            channels: clean_items(self.channels),
            owner: clean_items(self.owner).pop(),
            ..self
        }
    }
}

impl TextDocument {
    fn of(text: &EntryText) -> Self {
        Self {
            question: text.question.clone(),
            similar: text.similar.clone(),
            never: text.never.clone(),
            review_by: text.review_by,
            body: text.body.clone(),
        }
    }

    fn normalised(self) -> Self {
        Self {
            question: clean(&self.question),
            similar: clean_items(self.similar),
            never: clean_items(self.never),
            review_by: self.review_by,
            body: clean(&self.body).trim_start_matches('\n').trim_end().to_owned(),
        }
    }
}

fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\t' => out.push(c),
            _ if c.is_control() => {}
            _ => out.push(c),
        }
    }
    out
}

fn clean_items(items: impl IntoIterator<Item = String>) -> Vec<String> {
    items.into_iter().map(|item| clean(&item)).filter(|item| !item.is_empty()).collect()
}

fn clean_action(action: &Action) -> Action {
    let target = match &action.target {
        ActionTarget::Intent(name) => ActionTarget::Intent(IntentName(clean(&name.0))),
        ActionTarget::Url(url) => ActionTarget::Url(clean(url)),
        ActionTarget::Phone(phone) => ActionTarget::Phone(clean(phone)),
    };
    Action { label: clean(&action.label), target }
}

fn is_open(valid: &Validity) -> bool {
    *valid == Validity::default()
}

impl From<&Action> for ActionFields {
    fn from(action: &Action) -> Self {
        let fields = Self { label: action.label.clone(), ..Self::default() };
        match &action.target {
            ActionTarget::Intent(name) => Self { intent: Some(name.0.clone()), ..fields },
            ActionTarget::Url(url) => Self { url: Some(url.clone()), ..fields },
            ActionTarget::Phone(phone) => Self { phone: Some(phone.clone()), ..fields },
        }
    }
}

impl TryFrom<ActionFields> for Action {
    type Error = &'static str;

    fn try_from(fields: ActionFields) -> Result<Self, Self::Error> {
        let target = match (fields.intent, fields.url, fields.phone) {
            (Some(name), None, None) => ActionTarget::Intent(IntentName(name)),
            (None, Some(url), None) => ActionTarget::Url(url),
            (None, None, Some(phone)) => ActionTarget::Phone(phone),
            _ => return Err("an action has one of \"intent\", \"url\", \"phone\""),
        };
        Ok(Self { label: fields.label, target })
    }
}

/// Actions as JSON; also what a cell of a table holds.
pub(crate) mod actions {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::exchange::document::ActionFields;
    use crate::knowledge::entry::Action;

    /// Writes actions as a list of `ActionFields`.
    pub(crate) fn serialize<S: Serializer>(actions: &[Action], serializer: S) -> Result<S::Ok, S::Error> {
        let fields: Vec<ActionFields> = actions.iter().map(ActionFields::from).collect();
        fields.serialize(serializer)
    }

    /// Reads actions from a list of `ActionFields`.
    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Action>, D::Error> {
        let fields = Vec::<ActionFields>::deserialize(deserializer)?;
        fields.into_iter().map(|fields| Action::try_from(fields).map_err(D::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_has_the_keys_of_the_files() {
        let json = r#"{"id":"refund-apply","category":"refund","texts":{"zh-CN":{"question":"怎么退款","similar":["退钱"],"review_by":"2027-05-01","body":"答"}},"actions":[{"label":"打电话","phone":"{{support_phone}}"}],"valid":{"from":"2026-01-01T00:00:00Z"},"audience":["buyer"],"top":2}"#;
        let document: EntryDocument = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&document).unwrap(), json);
        for (from, to) in [
            ("\"top\"", "\"tops\""),
            ("\"phone\":", "\"intent\":\"a\",\"phone\":"),
            ("\"from\"", "\"since\""),
            ("buyer", "buyers"),
            ("2027-05-01", "2027-05-32"),
        ] {
            let bad = json.replace(from, to);
            assert!(serde_json::from_str::<EntryDocument>(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_normal_form_has_one_kind_of_line_end_and_nothing_empty() {
        let text = TextDocument {
            question: "一\r\n二\u{0}".to_owned(),
            similar: vec![String::new(), "三\r四".to_owned()],
            body: "\r\n  答\r\n案 \n\u{3000}".to_owned(),
            ..TextDocument::default()
        };
        let mut document = EntryDocument::new(EntryId("a".to_owned()), "b".to_owned(), text);
        document.owner = Some(String::new());
        let normal = document.normalised();
        let text = &normal.texts[&LanguageTag::zh_cn()];
        assert_eq!((text.question.as_str(), text.body.as_str()), ("一\n二", "  答\n案"));
        assert_eq!((&text.similar, &normal.owner), (&vec!["三\n四".to_owned()], &None));
        assert_eq!(normal.clone().normalised(), normal);
    }
}
