//! Sums of money: ¥128.50, 128元, 一百二十八块, 1.2万, 128块5, RMB 300, $20.

use std::ops::Range;

use once_cell::sync::Lazy;
use regex::{Captures, Regex};
use rust_decimal::Decimal;

use crate::nlu::entities::numbers::{NUMERALS, parse};

static AMOUNT: Lazy<Regex> = Lazy::new(|| {
    let number = format!(r"(?:[0-9]{{1,3}}(?:,[0-9]{{3}})+(?:\.[0-9]{{1,2}})?|[0-9]+(?:\.[0-9]+)?|[{NUMERALS}]+)");
    let before = r"(?:[¥$€£]|rmb|cny|usd|hk\$|us\$)";
    let after = r"(?:元|块钱|块|圆|人民币|rmb|yuan|cny|美元|美金|欧元|港币|usd|dollars?|euros?)";
    Regex::new(&format!(
        r"(?P<sign>{before})\s*(?P<signed>{number})(?P<signed_wan>万)?|(?P<number>{number})\s*(?P<wan>万)?(?:(?P<unit>{after})(?P<tenths>[0-9一二两三四五六七八九](?:毛|角)?)?|(?P<mao>毛钱?|角钱?))|(?P<bare>[0-9]+(?:\.[0-9]+)?)万|(?P<words>[一二两三四五六七八九十百千]+万[一二两三四五六七八九]?)"
    ))
    .expect("a test compiles the pattern")
});

/// Finds sums in folded text: where they stand, and `128.5 CNY`.
pub(super) fn find(text: &str) -> Vec<(Range<usize>, String)> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(captures) = AMOUNT.captures_at(text, from) {
        let Some(whole) = captures.get(0) else { break };
        // A number within a longer one ("20261123元" is none, but "第12块" is): digits right before end it. What stands behind
        // its comma may be a number of its own: "CG20261102000003,128.5元".
        let joined = text[..whole.start()].chars().next_back().is_some_and(|c| c.is_ascii_digit() || c == '.');
        from = match whole.as_str().find(',').filter(|_| joined) {
            Some(comma) => whole.start() + comma + 1,
            None => whole.end(),
        };
        found.extend(read(&captures).filter(|_| !joined).map(|value| (whole.range(), value)));
    }
    found
}

fn read(captures: &Captures<'_>) -> Option<String> {
    let group = |name: &str| captures.name(name).map(|found| found.as_str());
    let ten_thousand = Decimal::from(10_000);
    let (mut value, currency) = if let Some(sign) = group("sign") {
        let value = parse(group("signed")?)?;
        (if group("signed_wan").is_some() { value.checked_mul(ten_thousand)? } else { value }, currency(sign))
    } else if let Some(number) = group("number") {
        let value = parse(number)?;
        let value = if group("wan").is_some() { value.checked_mul(ten_thousand)? } else { value };
        match group("mao") {
            Some(_) => (value.checked_div(Decimal::TEN)?, "CNY"),
            None => (value, currency(group("unit").unwrap_or_default())),
        }
    } else if let Some(bare) = group("bare") {
        (parse(bare)?.checked_mul(ten_thousand)?, "CNY")
    } else {
        (parse(group("words")?)?, "CNY")
    };
    if let Some(tenths) = group("tenths").and_then(|tenths| parse(tenths.trim_end_matches(['毛', '角']))) {
        value = value.checked_add(tenths.checked_div(Decimal::TEN)?)?;
    }
    (!value.is_zero()).then(|| format!("{} {currency}", value.normalize()))
}

fn currency(sign: &str) -> &'static str {
    match sign {
        "$" | "us$" | "usd" | "美元" | "美金" | "dollar" | "dollars" => "USD",
        "€" | "欧元" | "euro" | "euros" => "EUR",
        "£" => "GBP",
        "hk$" | "港币" => "HKD",
        _ => "CNY",
    }
}
