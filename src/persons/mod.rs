//! What is kept of a customer: found, handed out, erased; and cases that nobody may forget or erase for now.

pub mod erasing;
pub mod export;
pub mod finding;
pub mod holding;
pub mod readable;
