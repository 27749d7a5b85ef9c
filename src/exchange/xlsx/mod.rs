//! Workbooks of Excel: one sheet of texts out, the first sheet that is seen in.

pub(crate) mod read;
pub(crate) mod write;
