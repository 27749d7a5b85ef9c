//! The one place that makes random names: of requests and traces. They need not be hard to guess.

/// Returns a new trace id; never zero, which W3C Trace Context forbids.
pub fn new_trace_id() -> u128 {
    fastrand::u128(1..)
}

/// Returns a new span id; never zero.
pub fn new_span_id() -> u64 {
    fastrand::u64(1..)
}
