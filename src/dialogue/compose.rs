//! The words of a decision, from what editors wrote, in the customer's language. Adds no sentence of its own.

mod steps;

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::dialogue::conversing::Said;
use crate::dialogue::decide::{Choice, Decision, Reason};
use crate::dialogue::effects::OrderChoice;
use crate::dialogue::languages::{fallback_language, pick, to_traditional};
use crate::dialogue::markdown::{is_safe_address, to_html, to_text};
use crate::dialogue::switches::Switches;
use crate::dialogue::template::{escape_markdown, fill};
use crate::knowledge::content::{Content, Localised};
use crate::knowledge::entry::{ActionTarget, Announcement, AnnouncementKind, Entry};
use crate::knowledge::intent::{Does, Flow, Intent, Slot, SlotFiller};
use crate::knowledge::texts::TextName;
use crate::text::language::LanguageTag;
use crate::text::language_map::LanguageMap;

/// What the customer sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Reply {
    /// Plain text.
    pub text: String,
    /// The same as safe HTML.
    pub html: String,
    /// The language it is in.
    pub language: String,
    /// What can be sent with one tap.
    pub quick_replies: Vec<QuickReply>,
    /// Where one can go.
    pub links: Vec<Link>,
}

/// A button that sends something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuickReply {
    /// What the button says.
    pub label: String,
    /// What is sent: stored word for word, so it leads where it says.
    pub send: String,
}

/// A button that opens something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// What the button says.
    pub label: String,
    /// A web page or `tel:`.
    pub href: String,
}

/// Related questions that are shown below an answer.
const MAX_RELATED: usize = 3;

/// Composes replies of one content at one instant in one language.
#[derive(Clone, Copy, Debug)]
pub struct Composer<'c> {
    /// What editors wrote.
    pub content: &'c Content,
    /// The language that is wanted.
    pub language: &'c LanguageTag,
    /// Which announcements are valid.
    pub now: Timestamp,
    /// What is not shown, and what stands before answers.
    pub switches: &'c Switches,
    /// What this conversation knows: a flow's slots, a case's number.
    pub facts: &'c BTreeMap<String, String>,
}

static NO_FACTS: BTreeMap<String, String> = BTreeMap::new();

impl<'c> Composer<'c> {
    /// Composes for somebody of whom nothing is known.
    pub fn new(content: &'c Content, language: &'c LanguageTag, now: Timestamp, switches: &'c Switches) -> Self {
        Self { content, language, now, switches, facts: &NO_FACTS }
    }

    /// Puts what is said in a conversation into words, one paragraph after the other; `decided` is what the message alone
    /// leads to.
    pub fn say(&self, said: &[Said], decided: (&Decision, &Reason)) -> Reply {
        let mut whole = Reply::default();
        for one in said {
            let part = match one {
                Said::Decision => self.reply(decided.0, decided.1, None),
                Said::Entry(id) => self.content.entry(id).map_or_else(|| self.fallback(), |entry| self.answer(entry)),
                Said::Opening(flow) => self.of_flow(flow, |flow| &flow.opening),
                Said::Confirm(flow) => {
                    self.with_buttons(self.of_flow(flow, |flow| &flow.confirm), &[TextName::Confirm, TextName::Wrong])
                }
                Said::Done(flow) => {
                    let reply = |flow: &'c Flow| flow.then.as_ref().map(|end| &end.reply);
                    let reply = self.content.flows.get(flow).and_then(reply);
                    reply.map_or_else(|| self.fallback(), |reply| self.localised(reply))
                }
                Said::Settled(flow) => {
                    let settled = self.content.flows.get(flow).and_then(|flow| flow.settled.as_ref());
                    settled.map_or_else(|| self.fallback(), |settled| self.localised(&settled.reply))
                }
                Said::Introduction(entry) => self.introduction(entry),
                Said::Step { entry, step } => self.step(entry, *step),
                Said::WhatElse(entry) => self.beyond_steps(entry),
                Said::Ending(entry) => self.ending(entry),
                Said::Ask { flow, slot } => self.ask(flow, slot, false),
                Said::Invalid { flow, slot } => self.ask(flow, slot, true),
                Said::Text(name) => self.localised(self.content.texts.get(*name)),
                Said::ConfirmOrNot(name) => {
                    let question = self.localised(self.content.texts.get(*name));
                    self.with_buttons(question, &[TextName::Confirm, TextName::Wrong])
                }
                Said::LastOrders(orders) => {
                    whole.quick_replies.extend(orders.iter().map(|order| self.order_choice(order)));
                    continue;
                }
                Said::YesOrNo(name) => {
                    let question = self.localised(self.content.texts.get(*name));
                    self.with_buttons(question, &[TextName::Yes, TextName::No])
                }
            };
            append(&mut whole, part);
        }
        if whole.language.is_empty() {
            whole.language = self.language.to_string();
        }
        whole
    }

    fn order_choice(&self, order: &OrderChoice) -> QuickReply {
        let chinese = self.language.primary() == "zh";
        let (amount, time) = (amount_in_words(&order.amount, chinese), time_in_words(&order.time, chinese));
        QuickReply { label: format!("{time} · {amount}"), send: order.order_number.clone() }
    }

    fn of_flow(&self, name: &str, text: impl Fn(&'c Flow) -> &'c Localised) -> Reply {
        self.content.flows.get(name).map_or_else(|| self.fallback(), |flow| self.localised(text(flow)))
    }

    fn with_buttons(&self, mut question: Reply, buttons: &[TextName]) -> Reply {
        for name in buttons {
            let label = self.localised(self.content.texts.get(*name)).text;
            question.quick_replies.push(QuickReply { label: label.clone(), send: label });
        }
        question
    }

    /// The question for a slot; what is said of an answer that does not fit, where editors wrote that.
    fn ask(&self, flow: &str, slot: &str, is_invalid: bool) -> Reply {
        let flow = self.content.flows.get(flow);
        let Some(slot) = flow.and_then(|flow| flow.slots.iter().find(|known| known.name == slot)) else {
            return self.fallback();
        };
        let text = if is_invalid && !slot.invalid.is_empty() { &slot.invalid } else { &slot.ask };
        let mut reply = self.localised(text);
        self.offer_choices(slot, &mut reply);
        if slot.required { reply } else { self.with_buttons(reply, &[TextName::Skip]) }
    }

    fn offer_choices(&self, slot: &Slot, reply: &mut Reply) {
        let SlotFiller::Choices(choices) = &slot.filler else { return };
        for choice in choices {
            let label = match pick(&choice.label, self.language) {
                (Some(label), convert) => self.in_script(label, convert).into_owned(),
                (None, _) => choice.value.clone(),
            };
            reply.quick_replies.push(QuickReply { label: label.clone(), send: label });
        }
    }

    /// Puts a decision into words; `next_slot` is what a flow asks for first.
    pub fn reply(&self, decision: &Decision, reason: &Reason, next_slot: Option<&str>) -> Reply {
        if let Reason::SwitchedOff(_) = reason {
            return self.localised(self.content.texts.get(TextName::SwitchedOff));
        }
        match decision {
            Decision::Answer(id) => self.content.entry(id).map_or_else(|| self.fallback(), |entry| self.answer(entry)),
            Decision::Clarify(choices) => self.clarify(choices),
            Decision::Flow { flow, .. } => {
                self.content.flows.get(flow).map_or_else(|| self.fallback(), |flow| self.open_flow(flow, next_slot))
            }
            Decision::Handoff { intent, .. } | Decision::Smalltalk(intent) => match self.content.intent(intent) {
                Some(intent) => self.intent_reply(intent),
                None => self.fallback(),
            },
            Decision::Fallback => self.fallback(),
        }
    }

    /// Returns an entry's standard question in the language.
    pub fn question(&self, entry: &Entry) -> String {
        let (text, convert) = pick(&entry.texts, self.language);
        text.map_or_else(String::new, |text| self.in_script(&text.question, convert).into_owned())
    }

    /// Puts an entry's answer into words, with the notices that stand before it and its buttons.
    pub fn answer(&self, entry: &Entry) -> Reply {
        let mut reply = self.below_notices(entry, self.body(entry));
        self.add_buttons(entry, &mut reply);
        reply
    }

    /// What can be done about an entry, and what may be asked next.
    fn add_buttons(&self, entry: &Entry, reply: &mut Reply) {
        for action in &entry.actions {
            self.add_action(&action.label, &action.target, reply);
        }
        let related =
            entry.related.iter().filter_map(|id| self.content.entry(id)).filter(|related| self.shows(related));
        reply.quick_replies.extend(related.take(MAX_RELATED).filter_map(|related| self.entry_choice(related)));
    }

    /// Puts an entry's own text into words, and nothing else.
    pub fn body(&self, entry: &Entry) -> Reply {
        let (Some(text), convert) = pick(&entry.texts, self.language) else { return Reply::default() };
        self.render(&text.body, convert, &self.content_language(&entry.texts))
    }

    /// An answer's text below the notices of its entry, which are in the language that it is in.
    fn below_notices(&self, entry: &Entry, body: Reply) -> Reply {
        if self.switches.notices.is_empty() {
            return body;
        }
        let language = self.content_language(&entry.texts);
        let composer = Composer { language: &language, ..*self };
        let mut whole = Reply { language: body.language.clone(), ..Reply::default() };
        for notice in self.switches.notices_before(&entry.id, self.now) {
            append(&mut whole, composer.localised(&notice.text));
        }
        append(&mut whole, body);
        whole
    }

    fn shows(&self, entry: &Entry) -> bool {
        !self.switches.hides(&entry.id)
            && entry.valid.contains(self.now)
            && entry.requires.as_ref().is_none_or(|feature| self.content.is_on(feature))
    }

    /// A button. Labels are written in Chinese; elsewhere an intent's own title and an address speak for themselves.
    fn add_action(&self, label: &str, target: &ActionTarget, reply: &mut Reply) {
        let chinese = self.language.primary() == "zh";
        let convert = self.language.is_traditional_chinese();
        let fill_plain = |template: &str| fill(template, |name| self.value(name).map(Cow::Owned));
        match target {
            ActionTarget::Intent(_) if chinese => {
                let shown = self.in_script(label, convert).into_owned();
                reply.quick_replies.push(QuickReply { label: shown, send: label.to_owned() });
            }
            ActionTarget::Intent(name) => {
                reply.quick_replies.extend(self.content.intent(name).and_then(|intent| self.intent_choice(intent)));
            }
            ActionTarget::Url(address) => {
                let href = fill_plain(address);
                let shown = if chinese { self.in_script(label, convert).into_owned() } else { href.clone() };
                if is_safe_address(&href) {
                    reply.links.push(Link { label: shown, href });
                }
            }
            ActionTarget::Phone(number) => {
                let number = fill_plain(number);
                let shown = if chinese { self.in_script(label, convert).into_owned() } else { number.clone() };
                let dialled: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
                reply.links.push(Link { label: shown, href: format!("tel:{dialled}") });
            }
        }
    }

    fn clarify(&self, choices: &[Choice]) -> Reply {
        let mut reply = self.localised(self.content.texts.get(TextName::Clarify));
        for choice in choices {
            match choice {
                Choice::Entry(id) => {
                    reply.quick_replies.extend(self.content.entry(id).and_then(|entry| self.entry_choice(entry)));
                }
                Choice::Intent(name) => {
                    reply.quick_replies.extend(self.content.intent(name).and_then(|intent| self.intent_choice(intent)));
                }
            }
        }
        reply
    }

    /// An entry as something to choose: its standard question, sent as it is stored whatever script it is shown in.
    fn entry_choice(&self, entry: &Entry) -> Option<QuickReply> {
        let (text, convert) = pick(&entry.texts, self.language);
        let question = &text?.question;
        Some(QuickReply { label: self.in_script(question, convert).into_owned(), send: question.clone() })
    }

    /// An intent as something to choose: its title, and an example of it to send.
    fn intent_choice(&self, intent: &Intent) -> Option<QuickReply> {
        let (examples, _) = pick(&intent.examples, self.language);
        let send = examples?.first()?.clone();
        let label = match pick(&intent.title, self.language) {
            (Some(title), convert) => self.in_script(title, convert).into_owned(),
            (None, _) => send.clone(),
        };
        Some(QuickReply { label, send })
    }

    fn open_flow(&self, flow: &Flow, next_slot: Option<&str>) -> Reply {
        let mut reply = self.localised(&flow.opening);
        let slot = flow.slots.iter().find(|slot| Some(slot.name.as_str()) == next_slot);
        if let Some(slot) = slot {
            append(&mut reply, self.localised(&slot.ask));
            self.offer_choices(slot, &mut reply);
        }
        reply
    }

    fn intent_reply(&self, intent: &Intent) -> Reply {
        match &intent.does {
            Does::Reply(reply) | Does::Record(_, reply) | Does::Handoff(_, reply) if !reply.is_empty() => {
                self.localised(reply)
            }
            Does::Handoff(..) => self.localised(self.content.texts.get(TextName::Handoff)),
            Does::Reply(_) | Does::Record(..) | Does::Flow(_) | Does::Search => self.fallback(),
        }
    }

    fn fallback(&self) -> Reply {
        let written = self.content.intents.iter().find(|intent| intent.name.0 == crate::dialogue::decide::OUT_OF_SCOPE);
        match written.map(|intent| &intent.does) {
            Some(Does::Reply(reply)) if !reply.is_empty() => self.localised(reply),
            _ => self.localised(self.content.texts.get(TextName::Fallback)),
        }
    }

    /// Puts a text of an editor into words.
    pub fn localised(&self, texts: &Localised) -> Reply {
        match pick(texts, self.language) {
            (Some(text), convert) => self.render(text, convert, &self.content_language(texts)),
            (None, _) => Reply { language: self.language.to_string(), ..Reply::default() },
        }
    }

    /// The language a reply is in: the wanted one where there is a text (or a conversion), else that of the text.
    fn content_language<T>(&self, texts: &LanguageMap<T>) -> LanguageTag {
        if texts.contains_key(self.language) || self.language.is_traditional_chinese() {
            return self.language.clone();
        }
        fallback_language(texts, self.language).cloned().unwrap_or_else(LanguageTag::zh_cn)
    }

    fn render(&self, template: &str, convert: bool, language: &LanguageTag) -> Reply {
        let filled = fill(template, |name| match name.strip_prefix("announcements.") {
            Some(kind) => Some(Cow::Owned(self.announcements(kind))),
            None => self.value(name).map(|value| Cow::Owned(escape_markdown(&value).into_owned())),
        });
        let markdown = self.in_script(&filled, convert);
        Reply {
            text: to_text(&markdown),
            html: to_html(&markdown),
            language: language.to_string(),
            quick_replies: Vec::new(),
            links: Vec::new(),
        }
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(fact) = self.facts.get(name) {
            return Some(self.shown_fact(name, fact));
        }
        if matches!(name, "first_reply_by" | "resolve_by") {
            return Some(self.localised(self.content.texts.get(TextName::Soon)).text);
        }
        let variable = self.content.variables.get(name)?;
        let language = if self.language.primary() == "zh" { LanguageTag::zh_cn() } else { self.language.clone() };
        variable.text(&language).map(str::to_owned)
    }

    /// A fact as it is read: sums and times in the language's own way, names of ours by their titles.
    fn shown_fact(&self, name: &str, fact: &str) -> String {
        let chinese = self.language.primary() == "zh";
        match name {
            "amount" => amount_in_words(fact, chinese),
            "time" | "date" | "first_reply_by" | "resolve_by" | "quieter_at" => time_in_words(fact, chinese),
            "department" => {
                let known = self.content.departments.get(fact);
                known.map_or_else(|| fact.to_owned(), |department| self.title(&department.title))
            }
            "wish" => {
                let intent = self.content.intents.iter().find(|intent| intent.name.0 == fact);
                intent.map_or_else(|| fact.to_owned(), |intent| self.title(&intent.title))
            }
            "question" => {
                let entry = self.content.entries.iter().find(|entry| entry.id.0 == fact);
                entry.map_or_else(|| fact.to_owned(), |entry| self.question(entry))
            }
            "case_status" => {
                let names = TextName::ALL.into_iter().find(|(_, key)| key.strip_prefix("status_") == Some(fact));
                names.map_or_else(|| fact.to_owned(), |(name, _)| self.localised(self.content.texts.get(name)).text)
            }
            _ => fact.to_owned(),
        }
    }

    /// Returns a title in the language.
    pub fn title(&self, titles: &Localised) -> String {
        let (title, convert) = pick(titles, self.language);
        title.map_or_else(String::new, |title| self.in_script(title, convert).into_owned())
    }

    /// Returns the announcements that are valid now, the newest first.
    pub fn valid_announcements(&self) -> Vec<&Announcement> {
        let is_valid = |announcement: &&Announcement| announcement.valid.contains(self.now);
        let mut valid: Vec<&Announcement> = self.content.announcements.iter().filter(is_valid).collect();
        valid.sort_by_key(|announcement| (std::cmp::Reverse(announcement.valid.from), &announcement.id));
        valid
    }

    /// The announcements of a kind that are valid now, the newest first, as Markdown.
    fn announcements(&self, kind: &str) -> String {
        let kind = match kind {
            "policy" => AnnouncementKind::Policy,
            "promotion" => AnnouncementKind::Promotion,
            "outage" => AnnouncementKind::Outage,
            _ => AnnouncementKind::Notice,
        };
        let of_kind = self.valid_announcements().into_iter().filter(|announcement| announcement.kind == kind);
        let markdown: Vec<String> = of_kind
            .map(|announcement| {
                let title = pick(&announcement.title, self.language).0.map_or("", String::as_str);
                let body = pick(&announcement.body, self.language).0.map_or("", String::as_str);
                let body =
                    fill(body, |name| self.value(name).map(|value| Cow::Owned(escape_markdown(&value).into_owned())));
                format!("**{}**\n\n{}", escape_markdown(title), body.trim())
            })
            .collect();
        if markdown.is_empty() {
            return pick(self.content.texts.get(TextName::NoAnnouncements), self.language)
                .0
                .cloned()
                .unwrap_or_default();
        }
        markdown.join("\n\n")
    }

    fn in_script<'t>(&self, text: &'t str, convert: bool) -> Cow<'t, str> {
        if convert { Cow::Owned(to_traditional(text, self.language)) } else { Cow::Borrowed(text) }
    }
}

fn amount_in_words(amount: &str, chinese: bool) -> String {
    let (number, currency) = amount.split_once(' ').unwrap_or((amount, ""));
    let number = number.parse::<rust_decimal::Decimal>().map_or_else(|_| number.to_owned(), |sum| format!("{sum:.2}"));
    match (currency, chinese) {
        ("CNY", true) => format!("{number} 元"),
        _ => format!("{number} {currency}").trim_end().to_owned(),
    }
}

fn time_in_words(time: &str, chinese: bool) -> String {
    let (day, clock) = time.split_once('T').unwrap_or((time, ""));
    let Ok(day) = day.parse::<jiff::civil::Date>() else { return time.to_owned() };
    let day = if chinese { format!("{}月{}日", day.month(), day.day()) } else { day.strftime("%-d %B").to_string() };
    format!("{day} {clock}").trim_end().to_owned()
}

/// Adds a text as a paragraph of its own.
fn append(reply: &mut Reply, further: Reply) {
    if reply.language.is_empty() {
        reply.language = further.language;
    }
    reply.quick_replies.extend(further.quick_replies);
    reply.links.extend(further.links);
    if !reply.text.is_empty() && !further.text.is_empty() {
        reply.text.push_str("\n\n");
        reply.html.push('\n');
    }
    reply.text.push_str(&further.text);
    reply.html.push_str(&further.html);
}
