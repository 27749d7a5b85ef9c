//! Is this contact ours? Looks a telephone number, address, mailbox or account up in the operator's list, and recognises
//! what only looks like one of the list. Never says that something is safe: numbers and senders can be faked.

use std::borrow::Cow;

use once_cell::sync::Lazy;
use regex::Regex;
use unicode_normalization::UnicodeNormalization;
use unicode_security::skeleton;

use crate::knowledge::operator::{Contacts, national_digits};
use crate::knowledge::texts::TextName;
use crate::text::normalise::normalise;
use crate::text::script::{is_han, is_ignorable};

/// What the list says about a contact, the gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is on the list.
    Listed,
    /// It is not on the list.
    NotListed,
    /// It is not on the list, but was made to look so.
    LookAlike,
}

impl Verdict {
    /// Returns the name of the sentence that is said about it.
    pub fn advice(self) -> TextName {
        match self {
            Verdict::Listed => TextName::ContactListed,
            Verdict::NotListed => TextName::ContactNotListed,
            Verdict::LookAlike => TextName::ContactLookAlike,
        }
    }
}

/// A telephone number, or what one might take for it: letters that look like digits are let in.
static PHONE: Lazy<Regex> = Lazy::new(|| pattern(r"^\+?[0-9oil(][0-9oil ()./·\u{2010}-\u{2015}-]{1,30}$"));

/// A mailbox; what stands before the @ may be anything but a space or a slash.
static EMAIL: Lazy<Regex> = Lazy::new(|| pattern(r"^[^\s@/]+@[^\s@/]+$"));

/// An address or a bare domain. 。 is what a Chinese keyboard types for a dot, and browsers take it for one.
static ADDRESS: Lazy<Regex> =
    Lazy::new(|| pattern(r"^[a-z][a-z0-9+.-]*:/*\S+$|^[^\s@]+[.。][^\s@]+$|^[^\s@/]+@\S+/\S*$"));

/// What is said before a contact and belongs to none.
static LABEL: Lazy<Regex> = Lazy::new(|| {
    pattern(
        r"^(?:mailto:|tel:|(?:客服)?(?:电话|热线|手机号?|号码|邮箱|邮件|网址|网站|微信号?|公众号|v信|qq号?|wechat|weixin|phone|e-?mail|website|site)\s*(?:是|为|[:：])?\s*)",
    )
});

/// Contacts within a sentence.
static WITHIN: Lazy<Regex> = Lazy::new(|| {
    pattern(concat!(
        r"[a-z][a-z0-9+.-]*://[^\s，。！？、；（）]+",
        r"|[a-z0-9._%+-]+@[\p{L}\p{N}.-]+\.[\p{L}\p{N}-]+",
        r"|[\p{Latin}\p{Cyrillic}\p{Greek}\p{N}][\p{Latin}\p{Cyrillic}\p{Greek}\p{N}.-]*\.[\p{Latin}\p{Cyrillic}\p{Greek}]{2,}(?:/\S*)?",
        r"|\+?[0-9][0-9 ()-]{3,20}[0-9]",
    ))
});

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a test compiles every pattern")
}

/// Looks a contact up; a sentence is judged by the gravest of the contacts that it names.
pub fn verify(contact: &str, contacts: &Contacts) -> Verdict {
    // Invisible characters within are the work of somebody who hides something.
    let trimmed =
        contact.trim_matches(|c: char| c.is_whitespace() || is_ignorable(c) || "<>\"'“”「」()（）".contains(c));
    let hides = trimmed.chars().any(is_ignorable);
    let folded: String = trimmed.nfkc().filter(|&c| !is_ignorable(c)).flat_map(char::to_lowercase).collect();
    let folded = LABEL.replace(folded.trim(), "");
    let known = verify_one(&folded, contacts);
    let verdict = match known {
        Some(verdict) => verdict,
        None => {
            let within = WITHIN.find_iter(&folded).filter_map(|found| verify_one(found.as_str(), contacts));
            within.max().unwrap_or_else(|| verify_name(&folded, contacts))
        }
    };
    if hides && verdict == Verdict::Listed { Verdict::LookAlike } else { verdict }
}

/// Judges a text that is a contact and nothing else; `None` for any other text.
fn verify_one(folded: &str, contacts: &Contacts) -> Option<Verdict> {
    if contacts.has_account(folded) {
        return Some(Verdict::Listed);
    }
    if PHONE.is_match(folded) {
        return Some(verify_phone(folded, contacts));
    }
    if EMAIL.is_match(folded) {
        return Some(verify_email(folded, contacts));
    }
    ADDRESS.is_match(folded).then(|| verify_address(folded, contacts))
}

fn verify_phone(phone: &str, contacts: &Contacts) -> Verdict {
    let as_digits: String = phone
        .chars()
        .map(|c| match c {
            'o' => '0',
            'i' | 'l' => '1',
            c => c,
        })
        .collect();
    // Also before a service number, which has no country code by itself.
    let within_china = ["+86", "0086"].iter().find_map(|code| as_digits.strip_prefix(code)).unwrap_or(&as_digits);
    if contacts.has_phone(&as_digits) || contacts.has_phone(within_china) {
        return if as_digits == phone { Verdict::Listed } else { Verdict::LookAlike };
    }
    let written: String = as_digits.chars().filter(char::is_ascii_digit).collect();
    let digits = national_digits(&as_digits);
    let resembles = contacts.phones.iter().map(|known| national_digits(known)).any(|known| {
        // Another country's code, or an extension, around our number; or one digit of it changed.
        let around = known.len() >= SHORTEST_NAME && digits.contains(&known);
        around || is_one_slip(&known, &digits) || is_one_slip(&known, &written)
    });
    if resembles { Verdict::LookAlike } else { Verdict::NotListed }
}

fn verify_email(email: &str, contacts: &Contacts) -> Verdict {
    if contacts.has_email(email) {
        return Verdict::Listed;
    }
    let (name, host) = email.rsplit_once('@').unwrap_or(("", email));
    let host = ascii_host(host);
    let slip = contacts.emails.iter().any(|known| is_same_or_slip(&known.to_lowercase(), &format!("{name}@{host}")));
    // A mailbox of ours that is not listed is somebody's guess; one elsewhere that bears our name is an imitation.
    let imitates = !contacts.has_domain(&host) && (resembles_domain(&host, contacts) || bears_name(name, contacts));
    if slip || imitates { Verdict::LookAlike } else { Verdict::NotListed }
}

fn verify_address(address: &str, contacts: &Contacts) -> Verdict {
    let (scheme, rest) = address
        .split_once(':')
        .filter(|(scheme, rest)| rest.starts_with('/') && !scheme.contains('.'))
        .unwrap_or(("https", address));
    // Browsers take a backslash for a slash, and any number of slashes.
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let host = ascii_host(host);
    let plain = user.is_empty() && port.chars().all(|c| c.is_ascii_digit()) && matches!(scheme, "http" | "https");
    if plain && contacts.has_domain(&host) {
        return Verdict::Listed;
    }
    // A script or a login in the address of a host of ours is no page of ours either.
    let ours = contacts.has_domain(&host);
    if ours || resembles_domain(&host, contacts) || bears_name(rest, contacts) {
        Verdict::LookAlike
    } else {
        Verdict::NotListed
    }
}

/// An account, an application or any other text.
fn verify_name(name: &str, contacts: &Contacts) -> Verdict {
    let known_names = contacts.wechat.iter().chain(&contacts.apps);
    let (folded, shape) = (normalise(name), skeleton_of(name));
    let mut resembling = known_names.map(|known| known.to_lowercase()).filter(|known| {
        normalise(known) == folded || skeleton_of(known) == shape || is_one_slip(&normalise(known), &folded)
    });
    if resembling.next().is_some() || bears_name(name, contacts) { Verdict::LookAlike } else { Verdict::NotListed }
}

/// The host as browsers look it up: percent signs and 。 resolved, other scripts in punycode.
fn ascii_host(host: &str) -> String {
    let host = host.replace('。', ".");
    let host = host.trim_end_matches('.');
    let plain = percent_decoded(host);
    idna::domain_to_ascii(&plain).unwrap_or_else(|_| plain.into_owned())
}

fn percent_decoded(host: &str) -> Cow<'_, str> {
    if !host.contains('%') {
        return Cow::Borrowed(host);
    }
    let mut bytes = Vec::with_capacity(host.len());
    let mut rest = host.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code.to_ascii_lowercase());
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Names shorter than this are in too many others to prove an imitation.
const SHORTEST_NAME: usize = 4;

/// Says whether a host was made to look like a listed domain.
fn resembles_domain(host: &str, contacts: &Contacts) -> bool {
    let (shown, _) = idna::domain_to_unicode(host);
    let shape = skeleton_of(&shown);
    contacts.domains.iter().map(|known| known.to_lowercase()).any(|known| {
        let own_shape = skeleton_of(&known);
        // The shape of a listed domain, or of what lies below one, in other letters.
        let below = shape.strip_suffix(&own_shape).is_some_and(|below| below.is_empty() || below.ends_with('.'));
        below || is_one_slip(&own_shape, &shape) || bears_name_of(&shape, &known)
    })
}

/// Says whether a text bears the name of a listed domain (`cgpay` of `cgpay.example`), or nearly.
fn bears_name(text: &str, contacts: &Contacts) -> bool {
    let shape = skeleton_of(text);
    contacts.domains.iter().any(|known| bears_name_of(&shape, &known.to_lowercase()))
}

fn bears_name_of(shape: &str, domain: &str) -> bool {
    let name = skeleton_of(domain.split('.').next().unwrap_or_default());
    if name.len() < SHORTEST_NAME {
        return false;
    }
    let mut words = shape.split(|c: char| !c.is_alphanumeric() || is_han(c));
    shape.contains(&name) || words.any(|word| is_one_slip(&name, word))
}

/// How a text looks: confusable letters of all scripts and digits folded into one (UTS #39).
fn skeleton_of(text: &str) -> String {
    let once: String = skeleton(text).flat_map(char::to_lowercase).collect();
    // 0 looks like a capital O, and 1 and I like l: folding the case may have made new letters.
    skeleton(&once)
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'i' { 'l' } else { c })
        .collect::<String>()
        .replace("vv", "w")
}

fn is_same_or_slip(known: &str, other: &str) -> bool {
    skeleton_of(known) == skeleton_of(other) || is_one_slip(known, other)
}

/// Says whether two texts differ by one character changed, added, left out, or two neighbours swapped.
fn is_one_slip(known: &str, other: &str) -> bool {
    let (known, other): (Vec<char>, Vec<char>) = (known.chars().collect(), other.chars().collect());
    if known.len() < SHORTEST_NAME || known.len().abs_diff(other.len()) > 1 || known == other {
        return false;
    }
    let same_start = known.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (a, b) = (&known[same_start..], &other[same_start..]);
    match (a, b) {
        ([x, y, a_rest @ ..], [p, q, b_rest @ ..]) if x == q && y == p && a_rest == b_rest => true,
        _ if known.len() == other.len() => a[1..] == b[1..],
        _ if known.len() > other.len() => a[1..] == *b,
        _ => *a == b[1..],
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contacts() -> Contacts {
        let list = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect();
        Contacts {
            domains: list(&["cgpay.example", "alipay.com"]),
            phones: list(&["400-000-0000", "+86 21 0000 0000", "95188"]),
            emails: list(&["service@cgpay.example"]),
            wechat: list(&["CGPay官方服务"]),
            apps: list(&["CGPay App"]),
        }
    }

    const CONTACTS: &[(&str, Verdict)] = {
        use Verdict::{Listed, LookAlike, NotListed};
        &[
            ("400-000-0000", Listed),
            ("4000000000", Listed),
            ("４００－０００－００００", Listed),
            ("+86 400 000 0000", Listed),
            ("0086-400-000-0000", Listed),
            ("电话：400 000 0000", Listed),
            ("tel:4000000000", Listed),
            ("021-0000 0000", Listed),
            ("(021) 0000-0000", Listed),
            ("95188", Listed),
            ("+86 95188", Listed),
            ("0086 9 5 1 8 8", Listed),
            ("952188", LookAlike),
            ("95189", LookAlike),
            ("400-000-0001", LookAlike),
            ("400-00-0000", LookAlike),
            ("4oo-ooo-oooo", LookAlike),
            ("+1 400 000 0000", LookAlike),
            ("13800138000", NotListed),
            ("110", NotListed),
            ("cgpay.example", Listed),
            ("CGPAY.EXAMPLE", Listed),
            ("ｃｇｐａｙ.example", Listed),
            ("https://cgpay.example/help?from=sms", Listed),
            ("https://pay.cgpay.example:8443/", Listed),
            ("http://m.cgpay.example#x", Listed),
            ("cgpay.example.", Listed),
            ("cgpay。example", Listed),
            ("cgpay.example.evil.cn", LookAlike),
            ("https://alipay.com.evil.cn/refund", LookAlike),
            ("https://cgpay.example@evil.cn/", LookAlike),
            ("alipay.com@evil.cn", LookAlike),
            ("https://user@cgpay.example/", LookAlike),
            ("https://evil.xyz\\.cgpay.example/", LookAlike),
            ("https://evil.cn/cgpay.example", LookAlike),
            ("javascript://cgpay.example/%0aalert(1)", LookAlike),
            ("аlipay.com", LookAlike),        // Cyrillic а
            ("xn--lipay-53d.com", LookAlike), // the same in punycode
            ("cgpаy.example", LookAlike),
            ("cg\u{200B}pay.example", LookAlike),
            ("a1ipay.com", LookAlike),
            ("aIipay.com", LookAlike),
            ("aliqay.com", LookAlike),
            ("alipay.cm", LookAlike),
            ("cgpay-help.com", LookAlike),
            ("cgpay.cn", LookAlike),
            ("cgpya.example", LookAlike),
            ("https://cgpay%2eexample.evil.cn", LookAlike),
            ("example.com", NotListed),
            ("https://192.168.0.1/", NotListed),
            ("https://[2001:db8::1]/", NotListed),
            ("service@cgpay.example", Listed),
            ("Service@CGPay.example", Listed),
            ("mailto:service@cgpay.example", Listed),
            ("servlce@cgpay.example", LookAlike),
            ("service@cgpay.exarnple", LookAlike),
            ("service@cgpay-mail.com", LookAlike),
            ("cgpay@evil.cn", LookAlike),
            ("boss@cgpay.example", NotListed),
            ("someone@example.com", NotListed),
            ("CGPay官方服务", Listed),
            ("微信号：CGPay官方服务", Listed),
            ("cgpay app", Listed),
            ("CGPay官方客服", LookAlike),
            ("CGPay官方服務", LookAlike),
            ("某某客服", NotListed),
            ("这个号码 400-000-0000 是你们的吗", Listed),
            ("有人让我打开 https://cgpay-help.com/x 说是官方", LookAlike),
            ("先打 400-000-0000 再打 13800138000", NotListed),
            ("", NotListed),
            ("？？？", NotListed),
        ]
    };

    #[test]
    fn what_is_listed_and_what_only_looks_so() {
        let wrong: Vec<String> = CONTACTS
            .iter()
            .map(|(contact, expected)| (contact, expected, verify(contact, &contacts())))
            .filter(|(_, expected, found)| **expected != *found)
            .map(|(contact, expected, found)| format!("{contact:?}: {found:?}, not {expected:?}"))
            .collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn every_single_slip_in_a_number_is_noticed() {
        let known = "4000000000";
        for at in 0..known.len() {
            for digit in ('0'..='9').filter(|&digit| !known[at..].starts_with(digit)) {
                let mut changed = known.to_owned();
                changed.replace_range(at..=at, &digit.to_string());
                assert_eq!(verify(&changed, &contacts()), Verdict::LookAlike, "{changed}");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_a_verdict(text in "\\PC{0,60}") {
            verify(&text, &contacts());
        }
    }
}
