//! What the operator sees of the running service: log lines and metrics. No message text is in either.

pub mod logs;
pub mod metrics;
