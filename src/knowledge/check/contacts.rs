//! Addresses, numbers and accounts in texts and variables: only those of official-contacts.yaml may be named.

use std::ops::Range;

use once_cell::sync::Lazy;
use regex::Regex;

use crate::knowledge::check::official::{
    is_official_account, is_official_email, is_official_host, is_official_phone, is_official_url,
};
use crate::knowledge::check::readable::Readable;
use crate::knowledge::content::Content;
use crate::knowledge::operator::Contacts;
use crate::knowledge::reader::{Reader, Written};
use crate::knowledge::source::Place;

struct Finder {
    email: Regex,
    url: Regex,
    domain: Regex,
    phones: [Regex; 5],
    /// Five digits that may be an amount.
    short_phone: Regex,
    /// Any number that somebody is told to call.
    called: Regex,
    account: Regex,
}

/// Top-level domains that a bare word with a dot is read as an address for; words of English that often stand behind a
/// full stop without a space are left out.
const TOP_LEVEL: &str = "com|cn|net|org|io|app|cc|top|xyz|vip|example|info|co|hk|tw|mo|sg|jp|kr|ru|su|uk|de|fr|eu|ca|au|nl|biz|pw|ltd|tech|store|shop|site|online|club|me|icu|link|live|wang|fun|mobi|asia|tv|ws|tk|ml|ga|cf|gq|dev|ai|website|space|press|pub|ren|red|win|bid|loan|group|cloud|host|click|download|gov|edu|ly|sh|gg";

/// Top-level domains in Han script; "1.公司" is a numbered line.
const TOP_LEVEL_HAN: &str = "中国|公司|网络|网址|商城|在线";

/// Between the digits of a number.
const GAP: &str = r"[-. ()·\u{2010}-\u{2015}]{0,2}";

static FINDER: Lazy<Finder> = Lazy::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).expect("a test compiles every pattern");
    let number = |pattern: &str| regex(&pattern.replace('~', GAP));
    Finder {
        email: regex(r"[a-z0-9._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"),
        url: regex(r#"[a-z][a-z0-9+.-]*://(?:\[[^\]\s]*\])?[^\s()\[\]<>,;，。、“”「」"|]*"#),
        domain: regex(&format!(
            r"[\p{{L}}\p{{N}}_-]+(?:\.[\p{{L}}\p{{N}}_-]+)*[.。](?:{TOP_LEVEL})(?-u:\b)(?:\.[a-z0-9-]+)*|[\p{{L}}\p{{N}}_.-]*\p{{L}}[\p{{N}}_-]*\.(?:{TOP_LEVEL_HAN})"
        )),
        phones: [
            number(r"(?:(?:\+|00)?86~)?1~[3-9](?:~\d){9}"),
            number(r"(?:(?:\+|00)?86~)?[48]00(?:~\d){7}"),
            number(r"\(?\b0\d{2,3}~\d{3,4}~\d{4}"),
            number(r"\(?0\d{2,3}~\d{7,8}"),
            number(r"\+\d(?:~\d){7,15}"),
        ],
        short_phone: regex(r"95\d{3,4}|1\d{4}"),
        called: regex(r"(?:拨打|致电|热线|客服电话|call|dial|hotline|ring)[^\d。!?\n{}]{0,8}(\d[\d -]{1,15}\d)"),
        account: regex(
            r"(?:微信|v信|薇信|wechat|weixin|vx|wx|qq)((?:\s|公众|客服|好友|账|群|号|id|account|number|是|为|添加|加|:)*)([a-z0-9][a-z0-9_-]{4,})",
        ),
    }
});

/// Judges what a text names, in what is read of it and in the addresses behind its links.
pub(super) fn check(reader: &mut Reader, content: &Content, written: &Written, readable: &(Readable, Vec<Readable>)) {
    let (text, addresses) = readable;
    let mut reported: Vec<(String, usize)> = Vec::new();
    for readable in std::iter::once(text).chain(addresses) {
        for range in strangers(&readable.text, &content.contacts) {
            let place = reader.place_in(written, readable.origin(range.start));
            let found = readable.text[range.clone()].to_owned();
            // A value is reported where it is defined; a link's text and address often say the same.
            let known = reported.iter().any(|(known, line)| *line == place.line && known.contains(&found));
            if !readable.is_value(&range) && !known {
                report(reader, &found, place);
                reported.push((found, place.line));
            }
        }
    }
}

/// Judges what the values of variables name.
pub(super) fn check_values(reader: &mut Reader, content: &Content) {
    let contacts = &content.contacts;
    for (value, place) in std::mem::take(&mut reader.notes.values) {
        let readable = Readable::of_value(&value);
        if let Some(range) = strangers(&readable.text, contacts).into_iter().next() {
            report(reader, &readable.text[range], place);
        }
    }
}

fn report(reader: &mut Reader, found: &str, place: Place) {
    let hint = Some("use a variable, and list it in official-contacts.yaml".to_owned());
    reader.report("phishing-contact", place, format!("\"{found}\" is none of the official contacts"), hint);
}

/// Returns where a folded text names contacts that are not official.
fn strangers(text: &str, contacts: &Contacts) -> Vec<Range<usize>> {
    let mut covered: Vec<Range<usize>> = Vec::new();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut take = |range: Range<usize>, official: bool| {
        if !covered.iter().any(|known| known.start < range.end && range.start < known.end) {
            covered.push(range.clone());
            if !official {
                found.push(range);
            }
        }
    };
    for url in FINDER.url.find_iter(text) {
        take(url.range(), is_official_url(url.as_str(), contacts));
    }
    for email in FINDER.email.find_iter(text) {
        take(email.range(), is_official_email(email.as_str(), contacts));
    }
    for domain in FINDER.domain.find_iter(text) {
        take(domain.range(), is_official_host(&domain.as_str().replace('。', "."), contacts));
    }
    for phone in FINDER.phones.iter().flat_map(|pattern| pattern.find_iter(text)) {
        if stands_alone(text, &phone.range()) {
            take(phone.range(), is_official_phone(phone.as_str(), contacts));
        }
    }
    for phone in FINDER.short_phone.find_iter(text) {
        let told = phone.as_str().starts_with('9') || is_told_to_call(&text[..phone.start()]);
        if told && stands_alone(text, &phone.range()) && !is_amount(text, &phone.range()) {
            take(phone.range(), is_official_phone(phone.as_str(), contacts));
        }
    }
    for called in FINDER.called.captures_iter(text) {
        if let Some(number) = called.get(1).filter(|number| !is_amount(text, &number.range())) {
            take(number.range(), is_official_phone(number.as_str(), contacts));
        }
    }
    for account in FINDER.account.captures_iter(text) {
        let (Some(between), Some(name)) = (account.get(1), account.get(2)) else { continue };
        // "wechat official", "wechat payments": a word is an account's name only when it is called one.
        let is_called_one = [":", "号", "id"].iter().any(|word| between.as_str().contains(word));
        if is_called_one || name.as_str().contains(|c: char| c.is_ascii_digit() || c == '_') {
            take(name.range(), is_official_account(name.as_str(), contacts));
        }
    }
    found.sort_by_key(|range| range.start);
    found
}

/// Says whether a number is no part of a longer number or name.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    !joins(text[..range.start].chars().next_back()) && !joins(text[range.end..].chars().next())
}

/// Says whether a number counts something.
fn is_amount(text: &str, range: &Range<usize>) -> bool {
    let (before, after) = (text[..range.start].trim_end(), text[range.end..].trim_start());
    let unit = [
        "元", "块", "笔", "个", "字", "人", "家", "次", "天", "分", "秒", "万", "rmb", "cny", "yuan", "usd", ".", ",",
        "%", ":", "-",
    ];
    before.ends_with(['¥', '$', '€', '.', ',', '-', ':'])
        || unit.iter().any(|unit| after.starts_with(unit) && is_unit(after, unit))
}

/// A full stop or comma counts only before another digit.
fn is_unit(after: &str, unit: &str) -> bool {
    !matches!(unit, "." | "," | ":" | "-") || after[unit.len()..].starts_with(|c: char| c.is_ascii_digit())
}

/// Says whether the words before a short number speak of calling.
fn is_told_to_call(before: &str) -> bool {
    const NEAR: usize = 8;
    let near: String = before.chars().rev().take(NEAR).collect::<Vec<_>>().into_iter().rev().collect();
    ["电话", "联系", "拨", "致电", "热线", "call", "dial", "phone"].iter().any(|word| near.contains(word))
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
    fn official_contacts_and_what_is_none_pass() {
        for official in [
            "请打开 https://cgpay.example/help 或 https://m.cgpay.example",
            "请访问cgpay.example。",
            "请打开https://cgpay.example查看详情",
            "官网cgpay.example和m.cgpay.example都可以",
            "写信到 service@cgpay.example 或 refund@cgpay.example",
            "写信到service@cgpay.example联系我们",
            "拨打 4000000000，海外拨打 +86 21 0000 0000",
            "拨打400-000-0000转人工",
            "国内拨打 021-0000 0000",
            "遇到诈骗请拨打 110 或 96110",
            "拨打96110咨询",
            "微信号：cgpay_service",
            "You can use our WeChat official account or WeChat payments",
            "QQ钱包、微信支付 support",
            "订单号 CG20261123000001，金额 1280.50 元，2026-11-23",
            "订单号 20261123000001",
            "限额 10000 元，1380 个商家，95000 元",
            "电话服务时间 09:00-18:00，2027-01-01 起",
            "下载 refund.pdf，版本 2.0.1",
            "好的。公司会联系您。1.公司名称",
        ] {
            let readable = Readable::of_value(official);
            let found: Vec<&str> =
                strangers(&readable.text, &contacts()).into_iter().map(|range| &readable.text[range]).collect();
            assert_eq!(found, Vec::<&str>::new(), "{official}");
        }
    }

    #[test]
    fn strangers_are_found_however_they_are_written() {
        for stranger in [
            "https://cgpay.example.evil.cn/refund",
            "https://cgpay.example.evil.zz/refund",
            "https://cgpay.example@evil.cn/",
            "https://evil.xyz\\.cgpay.example/",
            "https://evil.xyz%2f.cgpay.example/",
            "https://cgpay.example查.cn/",
            "https://[2001:db8::1]/",
            "http://3627734734/",
            "ｃgpay.example.com",
            "cgpay.example.evil.zz",
            "请打开 cgpay-help.com",
            "请打开cgpay-help.com查看",
            "cgpay.ru",
            "evil。com",
            "аgpay.com",
            "骗子.公司",
            "service@evil.example.com",
            "拨打 13800138000",
            "联系电话13800138000。",
            "手机８６１３８００１３８０００",
            "手机 138-0013-8000",
            "1 3 8 0 0 1 3 8 0 0 0",
            "+86 138 0013 8000",
            "联系 400-123-4567",
            "客服4001234567为您服务",
            "call 021-12345678",
            "座机02112345678",
            "座机 (021)12345678",
            "拨打 12315",
            "联系12345",
            "微信号：evil_888",
            "加微信 evil888",
            "微信公众号：evilpay",
            "WeChat ID: evilpay",
            "QQ 12345678",
            "QQ群：12345678",
            "+852 1234 5678",
            "95188",
        ] {
            let readable = Readable::of_value(stranger);
            let found: Vec<&str> =
                strangers(&readable.text, &contacts()).into_iter().map(|range| &readable.text[range]).collect();
            assert_eq!(found.len(), 1, "{stranger}: {found:?}");
        }
    }
}
