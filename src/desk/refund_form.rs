//! The refund form on paper or as a sheet: what is asked, in editors' words; the reasons are those of the flow `refund`.

use crate::dialogue::compose::Composer;
use crate::knowledge::intent::SlotFiller;
use crate::knowledge::texts::TextName;

/// The flow that asks for the same in a conversation.
const FLOW: &str = "refund";
const REASON: &str = "reason";

/// The form in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundForm {
    /// The language it is in.
    pub language: String,
    /// What stands above it.
    pub title: String,
    /// How it is filled in and where it goes, as plain text.
    pub how: String,
    /// The same as safe HTML.
    pub how_html: String,
    /// What is filled in, in its order.
    pub fields: Vec<Field>,
    /// What the link to the sheet says.
    pub download: String,
}

/// One thing to fill in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the page.
    pub name: &'static str,
    /// What it asks for.
    pub label: String,
    /// How it is filled in.
    pub room: Room,
}

/// How something is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// On one line.
    Line,
    /// By the last four characters of something: nobody needs the rest.
    LastFour,
    /// In several lines.
    Lines,
    /// By one of these.
    OneOf(Vec<String>),
    /// By hand, on paper.
    ByHand,
}

/// Puts the form together.
pub fn refund_form(composer: &Composer<'_>) -> RefundForm {
    let texts = &composer.content.texts;
    let said = |name| composer.localised(texts.get(name));
    let field = |name, label, room| Field { name, label: said(label).text, room };
    let how = said(TextName::FormHow);
    let title = said(TextName::FormTitle);
    RefundForm {
        language: title.language,
        title: title.text,
        how: how.text,
        how_html: how.html,
        fields: vec![
            field("order_number", TextName::FormOrderNumber, Room::Line),
            field("time", TextName::FormTime, Room::Line),
            field("amount", TextName::FormAmount, Room::Line),
            field("account", TextName::FormAccount, Room::LastFour),
            field("reason", TextName::FormReason, reasons(composer)),
            field("description", TextName::FormDescription, Room::Lines),
            field("contact", TextName::FormContact, Room::Line),
            field("signature", TextName::FormSignature, Room::ByHand),
        ],
        download: said(TextName::FormDownload).text,
    }
}

/// The reasons that the flow offers; room to write one where it offers none.
fn reasons(composer: &Composer<'_>) -> Room {
    let flow = composer.content.flows.get(FLOW);
    let slot = flow.and_then(|flow| flow.slots.iter().find(|slot| slot.name == REASON));
    let Some(SlotFiller::Choices(choices)) = slot.map(|slot| &slot.filler) else { return Room::Line };
    let label = |value: &str, label: String| if label.is_empty() { value.to_owned() } else { label };
    Room::OneOf(choices.iter().map(|choice| label(&choice.value, composer.title(&choice.label))).collect())
}
