//! What editors wrote: file texts in, `Content` and every fault out. Reads no disk; knows nothing of matching.

pub mod calendar;
pub mod content;
pub mod diagnostic;
pub mod entry;
pub mod intent;
pub mod operator;
pub mod texts;
pub mod rule;

// stand-ins until the reader is merged
#[allow(missing_docs)]
#[derive(Default, Clone)] pub struct ReadOptions { pub at: Option<jiff::Timestamp> }
#[allow(missing_docs)]
pub fn read(_: &[content::SourceFile], _: &ReadOptions) -> (content::Content, Vec<diagnostic::Diagnostic>) { Default::default() }
impl diagnostic::Diagnostic { #[allow(missing_docs)] pub fn render(&self) -> String { self.message.clone() } }
