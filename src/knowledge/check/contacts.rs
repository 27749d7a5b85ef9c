//! Addresses, numbers and accounts in texts and variables: only those of official-contacts.yaml may be named.

use once_cell::sync::Lazy;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use crate::knowledge::content::Content;
use crate::knowledge::operator::Contacts;
use crate::knowledge::reader::Reader;
use crate::knowledge::source::Place;

/// Numbers of public services that belong to nobody: emergency, fire, ambulance, traffic, the anti-fraud line.
const PUBLIC_NUMBERS: [&str; 5] = ["110", "119", "120", "122", "96110"];

struct Finder {
    email: Regex,
    url: Regex,
    domain: Regex,
    phones: Vec<Regex>,
    called: Regex,
    account: Regex,
}

static FINDER: Lazy<Finder> = Lazy::new(|| {
    let regex = |pattern: &str| Regex::new(&format!("(?i){pattern}")).expect("a test compiles every pattern");
    Finder {
        email: regex(r"[a-z0-9._%+-]+@[\p{L}0-9-]+(\.[\p{L}0-9-]+)+"),
        url: regex(r"[a-z][a-z0-9+.-]*://[^\s()\[\]<>,;，。、“”「」]+"),
        domain: regex(
            r"[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)*\.(?:com|cn|net|org|io|app|cc|top|xyz|vip|example|info|co|hk|tw|shop|site|online|club|me|icu|link)\b",
        ),
        phones: [
            r"(?:\+|00)?(?:86[- ]?)?\b1[3-9]\d[- ]?\d{4}[- ]?\d{4}\b",
            r"\b[48]00[- ]?\d{3}[- ]?\d{4}\b",
            r"\b95\d{3,4}\b",
            r"\b0\d{2,3}[- ]\d{7,8}\b",
            r"\+\d[\d -]{6,16}\d",
        ]
        .map(regex)
        .into(),
        called: regex(r"(?:拨打|致电|热线|客服电话|call|dial|hotline)[^\d。！？\n{}]{0,8}(\d[\d -]{1,15}\d)"),
        account: regex(r"(?:微信号?|wechat(?: id)?|vx|qq群?号?)\s*[:：]?\s*([a-z0-9][a-z0-9_-]{4,})"),
    }
});

pub(super) fn check(reader: &mut Reader, content: &Content) {
    let contacts = &content.contacts;
    for written in reader.notes.written.clone() {
        for (found, offset) in strangers(&written.text, contacts) {
            report(reader, &found, reader.place_in(&written, offset));
        }
    }
    for (value, place) in std::mem::take(&mut reader.notes.values) {
        if let Some((found, _)) = strangers(&value, contacts).into_iter().next() {
            report(reader, &found, place);
        }
    }
}

fn report(reader: &mut Reader, found: &str, place: Place) {
    let hint = Some("use a variable, and list it in official-contacts.yaml".to_owned());
    reader.report("phishing-contact", place, format!("\"{found}\" is none of the official contacts"), hint);
}

/// Returns the contacts in a text that are not official, with their byte offsets.
fn strangers(text: &str, contacts: &Contacts) -> Vec<(String, usize)> {
    // Full-width letters and digits are read as what they look like, byte for byte of the original.
    let mut covered: Vec<std::ops::Range<usize>> = Vec::new();
    let mut found: Vec<(String, usize)> = Vec::new();
    let folded = fold(text);
    let mut take = |range: std::ops::Range<usize>, official: bool| {
        if !covered.iter().any(|known| known.start < range.end && range.start < known.end) {
            covered.push(range.clone());
            if !official {
                found.push((folded.text[range.clone()].to_owned(), folded.origin[range.start]));
            }
        }
    };
    for url in FINDER.url.find_iter(&folded.text) {
        take(url.range(), is_official_url(url.as_str(), contacts));
    }
    for email in FINDER.email.find_iter(&folded.text) {
        let domain = email.as_str().rsplit('@').next().unwrap_or_default();
        let official = contacts.emails.iter().any(|known| known.eq_ignore_ascii_case(email.as_str()))
            || is_official_domain(domain, contacts);
        take(email.range(), official);
    }
    for domain in FINDER.domain.find_iter(&folded.text) {
        take(domain.range(), is_official_domain(domain.as_str(), contacts));
    }
    for phone in FINDER.phones.iter().flat_map(|pattern| pattern.find_iter(&folded.text)) {
        take(phone.range(), is_official_phone(phone.as_str(), contacts));
    }
    for called in FINDER.called.captures_iter(&folded.text) {
        if let Some(number) = called.get(1) {
            take(number.range(), is_official_phone(number.as_str(), contacts));
        }
    }
    for account in FINDER.account.captures_iter(&folded.text) {
        if let Some(name) = account.get(1) {
            take(name.range(), contacts.wechat.iter().any(|known| known.eq_ignore_ascii_case(name.as_str())));
        }
    }
    found.sort_by_key(|(_, offset)| *offset);
    found
}

struct Folded {
    text: String,
    /// For each byte of `text`, the byte of the original that it came from.
    origin: Vec<usize>,
}

fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len()) };
    for (at, c) in text.char_indices() {
        for c in std::iter::once(c).nfkc() {
            folded.text.push(c);
            folded.origin.resize(folded.text.len(), at);
        }
    }
    folded
}

fn is_official_url(url: &str, contacts: &Contacts) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // What stands before an @ is no host, whatever it looks like.
    let host = authority.rsplit('@').next().unwrap_or_default().split(':').next().unwrap_or_default();
    // `https://{{site}}/…`: the variable's own value is checked where it is defined.
    if authority.starts_with("{{") && authority.ends_with("}}") {
        return true;
    }
    !authority.contains('@') && is_official_domain(host, contacts)
}

fn is_official_domain(domain: &str, contacts: &Contacts) -> bool {
    let domain = domain.to_lowercase();
    contacts
        .domains
        .iter()
        .map(|known| known.to_lowercase())
        .any(|known| domain == known || domain.ends_with(&format!(".{known}")))
}

fn is_official_phone(phone: &str, contacts: &Contacts) -> bool {
    let digits = national_digits(phone);
    PUBLIC_NUMBERS.contains(&digits.as_str()) || contacts.phones.iter().any(|known| national_digits(known) == digits)
}

/// The digits of a number without the country code of China.
fn national_digits(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix("00").unwrap_or(&digits);
    digits.strip_prefix("86").filter(|rest| rest.len() >= 9).unwrap_or(digits).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contacts() -> Contacts {
        let list = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect();
        Contacts {
            domains: list(&["cgpay.example"]),
            phones: list(&["400-000-0000", "+86 21 0000 0000"]),
            emails: list(&["service@cgpay.example"]),
            wechat: list(&["cgpay_service"]),
            apps: Vec::new(),
        }
    }

    #[test]
    fn only_official_contacts_pass() {
        for official in [
            "请打开 https://cgpay.example/help 或 https://m.cgpay.example",
            "https://{{site}}/refund",
            "写信到 service@cgpay.example 或 refund@cgpay.example",
            "拨打 4000000000，海外拨打 +86 21 0000 0000",
            "遇到诈骗请拨打 110 或 96110",
            "微信号：cgpay_service",
            "订单号 CG20261123000001，金额 1280.50 元，2026-11-23",
            "限额 10000 元，1380 个商家",
        ] {
            assert_eq!(strangers(official, &contacts()), [], "{official}");
        }
        for stranger in [
            "https://cgpay.example.evil.cn/refund",
            "https://cgpay.example@evil.cn/",
            "ｃｇｐａｙ.com",
            "请打开 cgpay-help.com",
            "аgpay.com",
            "service@evil.example.com",
            "拨打 13800138000",
            "联系 400-123-4567",
            "call 021-12345678",
            "拨打 12315",
            "微信号：evil_888",
            "QQ 12345678",
            "+852 1234 5678",
            "95188",
        ] {
            assert_eq!(strangers(stranger, &contacts()).len(), 1, "{stranger}");
        }
    }
}
