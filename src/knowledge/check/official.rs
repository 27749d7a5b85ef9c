//! Whether a contact that a text names belongs to the operator. Takes folded text.

use crate::knowledge::operator::Contacts;
use crate::text::script::is_han;

/// Numbers of public services that belong to nobody: emergency, fire, ambulance, traffic, the anti-fraud line.
const PUBLIC_NUMBERS: [&str; 5] = ["110", "119", "120", "122", "96110"];

/// Digits that a national number has at least behind the country code.
const SHORTEST_NATIONAL: usize = 9;

/// Says whether an address leads to a listed domain, or to one below it.
pub(super) fn is_official_url(url: &str, contacts: &Contacts) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    // Browsers take a backslash for a slash.
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // `https://{{site}}/…` with a variable that is not defined: that is reported as such.
    if authority
        .strip_prefix("{{")
        .and_then(|rest| rest.strip_suffix("}}"))
        .is_some_and(|name| !name.contains(['{', '}']))
    {
        return true;
    }
    // What stands before an @ is no host, whatever it looks like.
    if authority.contains('@') {
        return false;
    }
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let digits = port.trim_start_matches(|c: char| c.is_ascii_digit());
    // Chinese text may follow without a space, but a dot behind it makes it part of the name.
    let (host, behind) = host.find(is_han).map_or((host, digits), |at| host.split_at(at));
    is_listed(host, contacts) && !behind.contains('.') && behind.chars().all(is_han)
}

/// Says whether a bare domain is listed; Chinese text may stand before it without a space.
pub(super) fn is_official_host(domain: &str, contacts: &Contacts) -> bool {
    is_listed(domain, contacts) || is_listed(domain.rsplit(is_han).next().unwrap_or_default(), contacts)
}

/// Says whether a mailbox is listed, or lies on a listed domain.
pub(super) fn is_official_email(email: &str, contacts: &Contacts) -> bool {
    let end = email.find(is_han).unwrap_or(email.len());
    let (email, behind) = email.split_at(end);
    let listed = contacts.emails.iter().any(|known| known.eq_ignore_ascii_case(email));
    !behind.contains('.') && (listed || is_listed(email.rsplit('@').next().unwrap_or_default(), contacts))
}

/// Says whether a telephone number is listed, with or without the country's code, or is a public service's.
pub(super) fn is_official_phone(phone: &str, contacts: &Contacts) -> bool {
    let digits = national_digits(phone);
    PUBLIC_NUMBERS.contains(&digits.as_str()) || contacts.phones.iter().any(|known| national_digits(known) == digits)
}

/// Says whether an account is listed.
pub(super) fn is_official_account(name: &str, contacts: &Contacts) -> bool {
    contacts.wechat.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn is_listed(domain: &str, contacts: &Contacts) -> bool {
    let domain = domain.trim_end_matches('.');
    contacts.domains.iter().map(|known| known.to_lowercase()).any(|known| {
        let below = domain.strip_suffix(&known).map(|below| below.strip_suffix('.').unwrap_or(below));
        let is_name = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
        domain == known
            || below.is_some_and(|below| domain.ends_with(&format!(".{known}")) && !below.is_empty() && is_name(below))
    })
}

/// The digits of a number without the country code of China and the zero before an area code.
fn national_digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    let national = digits.strip_prefix("86").filter(|rest| rest.len() >= SHORTEST_NATIONAL).unwrap_or(digits);
    national.strip_prefix('0').filter(|rest| rest.len() >= SHORTEST_NATIONAL).unwrap_or(national).to_owned()
}
