//! stand-in
#![allow(missing_docs)]
#[derive(Default)] pub struct EntityPatterns;
pub struct Kind; impl Kind { pub fn slot_name(&self) -> &'static str { "" } }
pub struct Entity { pub kind: Kind }
pub fn find(_: &str, _: &EntityPatterns, _: &jiff::Zoned) -> Vec<Entity> { Vec::new() }
