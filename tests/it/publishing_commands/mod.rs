//! Publishing, history, import, export, backup: the commands as a shell sees them, on a store of their own.

mod backups;
mod carrying;
mod drafts;
mod engines;
mod history;
mod pipeline;
