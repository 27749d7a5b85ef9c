//! What an agent may not write to a customer: a request for a secret, a link that is not ours.

use once_cell::sync::Lazy;
use regex::Regex;
use thiserror::Error;

use crate::desk::contacts::{Verdict, verify};
use crate::knowledge::check::phishing::asks_for;
use crate::knowledge::operator::Contacts;

/// Why a text is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unsafe {
    /// It asks for what customers must never give.
    #[error("it asks for {0}, which a customer must never be asked for")]
    AsksFor(&'static str),
    /// It names an address on the web that is not on the list of official contacts.
    #[error("{0} is not on the list of official contacts")]
    Link(String),
}

static LINK: Lazy<Regex> = Lazy::new(|| {
    Regex::new(r"(?i)(?:https?://|www\.)[^\s<>，。；、（）()]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|cn|net|org|top|xyz|vip|cc|io|info|shop|site|online|club|app|link|me|example)\b(?:/[^\s<>，。；、（）()]*)?")
        .expect("a test compiles the pattern")
});

/// Looks at what an agent writes.
///
/// # Errors
/// Fails with the first thing that must not be sent.
pub fn check(text: &str, contacts: &Contacts) -> Result<(), Unsafe> {
    if let Some(what) = asks_for(text) {
        return Err(Unsafe::AsksFor(what));
    }
    for link in LINK.find_iter(text) {
        // What stands behind an at sign is a mailbox, which is verified whole.
        let start = text[..link.start()].rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let is_mailbox = text[start..link.start()].ends_with('@');
        let named = if is_mailbox { mailbox_at(text, link.start(), link.end()) } else { link.as_str() };
        if verify(named, contacts) != Verdict::Listed {
            return Err(Unsafe::Link(named.to_owned()));
        }
    }
    Ok(())
}

/// The mailbox whose part behind the at sign is known.
fn mailbox_at(text: &str, start: usize, end: usize) -> &str {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "._%+-@".contains(letter);
    let begins = text[..start]
        .rfind(|letter: char| !is_part(letter))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[begins..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_asked_for_and_no_foreign_link_is_sent() {
        let contacts = Contacts {
            domains: vec!["cgpay.example".to_owned()],
            emails: vec!["help@cgpay.example".to_owned()],
            ..Contacts::default()
        };
        for (text, expected) in [
            ("您好，请把短信验证码发给我，我帮您核实", Some("a secret")),
            ("Please tell me your password so that I can check", Some("a secret")),
            ("请下载向日葵，我远程帮您操作", Some("remote control")),
            ("请不要把验证码告诉任何人", None),
            ("退款记录在 https://cgpay.example/refunds 里可以看到", None),
            ("详见 help.cgpay.example", None),
            ("请写信到 help@cgpay.example", None),
            ("已为您登记，三个工作日内回复", None),
            ("请打开 https://cgpay-refund.top/x 办理退款", Some("link")),
            ("上 www.evil.com 看看", Some("link")),
            ("cgpay.example.evil.cn", Some("link")),
            ("写信给 refund@evil.com", Some("link")),
        ] {
            let found = match check(text, &contacts) {
                Ok(()) => None,
                Err(Unsafe::AsksFor(what)) => Some(what),
                Err(Unsafe::Link(_)) => Some("link"),
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
