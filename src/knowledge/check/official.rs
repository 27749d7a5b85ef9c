//! Whether a contact that a text names belongs to the operator. Takes folded text.

use crate::knowledge::operator::{Contacts, national_digits};
use crate::text::script::is_han;

/// Numbers of public services that belong to nobody: emergency, fire, ambulance, traffic, the anti-fraud line.
const PUBLIC_NUMBERS: [&str; 5] = ["110", "119", "120", "122", "96110"];

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
    contacts.has_domain(host) && !behind.contains('.') && behind.chars().all(is_han)
}

/// Says whether a bare domain is listed; Chinese text may stand before it without a space.
pub(super) fn is_official_host(domain: &str, contacts: &Contacts) -> bool {
    contacts.has_domain(domain) || contacts.has_domain(domain.rsplit(is_han).next().unwrap_or_default())
}

/// Says whether a mailbox is listed, or lies on a listed domain.
pub(super) fn is_official_email(email: &str, contacts: &Contacts) -> bool {
    let end = email.find(is_han).unwrap_or(email.len());
    let (email, behind) = email.split_at(end);
    let own_mailbox = contacts.has_email(email) || contacts.has_domain(email.rsplit('@').next().unwrap_or_default());
    !behind.contains('.') && own_mailbox
}

/// Says whether a telephone number is listed, with or without the country's code, or is a public service's.
pub(super) fn is_official_phone(phone: &str, contacts: &Contacts) -> bool {
    PUBLIC_NUMBERS.contains(&national_digits(phone).as_str()) || contacts.has_phone(phone)
}

/// Says whether an account is listed.
pub(super) fn is_official_account(name: &str, contacts: &Contacts) -> bool {
    contacts.has_account(name)
}
