//! The one place that makes random names, which need not be hard to guess, and random bytes, which must be.

/// Returns a new trace id; never zero, which W3C Trace Context forbids.
pub fn new_trace_id() -> u128 {
    fastrand::u128(1..)
}

/// Returns a new span id; never zero.
pub fn new_span_id() -> u64 {
    fastrand::u64(1..)
}

/// Returns a new id of a kind of thing (`user_…`), with 80 random bits.
pub fn new_id(kind: &str) -> String {
    format!("{kind}_{:020x}", fastrand::u128(..) >> 48)
}

/// Returns a number from 0 to 1, to spread in time what would come at once.
pub fn jitter() -> f64 {
    fastrand::f64()
}

/// Returns bytes that nobody can guess, for secrets and salts.
///
/// # Errors
/// Fails where the system gives none.
pub fn secret_bytes<const N: usize>() -> Result<[u8; N], getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_its_kind_and_is_new() {
        let (one, other) = (new_id("user"), new_id("user"));
        assert!(one.starts_with("user_") && one.len() == 25 && one != other, "{one} {other}");
        assert_ne!(secret_bytes::<32>().unwrap(), secret_bytes::<32>().unwrap());
    }
}
