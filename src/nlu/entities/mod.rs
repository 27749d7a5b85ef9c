//! What a message names: order and case numbers, amounts, times, telephone numbers, mailboxes, ids, addresses.

mod amount;
mod numbers;
mod when;

use std::ops::Range;

use jiff::Zoned;
use once_cell::sync::Lazy;
use regex::Regex;
use serde::Serialize;

use crate::text::folded::Folded;

/// What an entity is; named as the slots it fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// An order's number.
    OrderNumber,
    /// A case's number.
    CaseNumber,
    /// A sum of money.
    Amount,
    /// A date with a time of day.
    Time,
    /// A date alone.
    Date,
    /// A telephone number.
    Phone,
    /// A mailbox.
    Email,
    /// A payment card's number.
    Card,
    /// A resident identity number, 18 characters.
    ResidentId,
    /// A web address.
    Url,
    /// A merchant's number.
    MerchantId,
}

impl EntityKind {
    /// Returns the name of the slot it fills.
    pub fn slot_name(self) -> &'static str {
        match self {
            EntityKind::OrderNumber => "order_number",
            EntityKind::CaseNumber => "case_number",
            EntityKind::Amount => "amount",
            EntityKind::Time => "time",
            EntityKind::Date => "date",
            EntityKind::Phone => "phone",
            EntityKind::Email => "email",
            EntityKind::Card => "card",
            EntityKind::ResidentId => "resident_id",
            EntityKind::Url => "url",
            EntityKind::MerchantId => "merchant_id",
        }
    }
}

/// Something that a message names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Its canonical form: `CG20261123000001`, `128.50 CNY`, `2026-11-23T15:00`, `2026-11-22`.
    pub value: String,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
}

/// Patterns that an operator sets.
#[derive(Clone, Debug)]
pub struct EntityPatterns {
    order_number: Regex,
}

impl EntityPatterns {
    /// Makes patterns with the operator's own order numbers, for instance `cg[0-9]{14}` (lower case, without separators).
    ///
    /// # Errors
    /// Fails on what is no regular expression.
    pub fn new(order_number: &str) -> Result<Self, regex::Error> {
        Ok(Self { order_number: Regex::new(&format!("(?i){order_number}"))? })
    }
}

static SAMPLE_PATTERNS: Lazy<EntityPatterns> = Lazy::new(|| EntityPatterns {
    order_number: Regex::new(r"cg(?:[ -]?[0-9]){14}").expect("a test compiles the pattern"),
});

impl Default for EntityPatterns {
    fn default() -> Self {
        SAMPLE_PATTERNS.clone()
    }
}

struct Simple {
    kind: EntityKind,
    regex: Regex,
    group: usize,
}

static SIMPLE: Lazy<Vec<Simple>> = Lazy::new(|| {
    let simple = |kind, pattern: &str, group| Simple {
        kind,
        regex: Regex::new(pattern).expect("a test compiles every pattern"),
        group,
    };
    vec![
        simple(EntityKind::Url, r"(?:https?://|www\.)[^\s，。、！？;；）)】」>]+", 0),
        simple(EntityKind::Email, r"[a-z0-9][a-z0-9._%+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", 0),
        simple(EntityKind::CaseNumber, r"[a-z]{2}-[0-9]{8}-[0-9]{4}-[0-9]", 0),
        simple(
            EntityKind::MerchantId,
            r"(?:商户号|商户编号|商户id|商户|merchant id|merchant number|mch_?id)\s*(?:是|为|:|=|is)?\s*([a-z]{0,3}[0-9]{6,15})",
            1,
        ),
        simple(EntityKind::ResidentId, r"[0-9]{17}[0-9x]", 0),
        simple(EntityKind::Card, r"[0-9](?:[ -]?[0-9]){14,18}", 0),
        simple(EntityKind::Phone, r"(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}", 0),
        simple(EntityKind::Phone, r"\+[0-9](?:[ ()-]?[0-9]){7,14}", 0),
        simple(EntityKind::Phone, r"0[0-9]{2,3}-[0-9]{7,8}", 0),
    ]
});

/// Finds what a text names, in the order of the text; what overlaps goes to the more specific kind.
///
/// `now` gives "yesterday" its meaning, and its zone is the zone of every time that is found.
pub fn find(text: &str, patterns: &EntityPatterns, now: &Zoned) -> Vec<Entity> {
    let folded = Folded::new(text);
    let mut found: Vec<(Range<usize>, EntityKind, String)> = Vec::new();
    let mut add = |range: Range<usize>, kind: EntityKind, value: String| {
        if !found.iter().any(|(taken, ..)| taken.start < range.end && range.start < taken.end) {
            found.push((range, kind, value));
        }
    };
    for order in
        patterns.order_number.find_iter(&folded.text).filter(|order| stands_alone(&folded.text, &order.range()))
    {
        let value = order.as_str().chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        add(order.range(), EntityKind::OrderNumber, value);
    }
    for simple in SIMPLE.iter() {
        for captures in simple.regex.captures_iter(&folded.text) {
            let Some(value) = captures.get(simple.group).filter(|value| stands_alone(&folded.text, &value.range()))
            else {
                continue;
            };
            add(value.range(), simple.kind, canonical(simple.kind, value.as_str()));
        }
    }
    for (range, when) in when::find(&folded.text, now) {
        let kind = if when.contains('T') { EntityKind::Time } else { EntityKind::Date };
        add(range, kind, when);
    }
    for (range, amount) in amount::find(&folded.text) {
        add(range, EntityKind::Amount, amount);
    }
    found.sort_by_key(|(range, ..)| range.start);
    found.into_iter().map(|(range, kind, value)| Entity { kind, value, span: folded.original(&range) }).collect()
}

fn canonical(kind: EntityKind, value: &str) -> String {
    match kind {
        EntityKind::CaseNumber | EntityKind::ResidentId => value.to_ascii_uppercase(),
        EntityKind::Card => value.chars().filter(char::is_ascii_digit).collect(),
        EntityKind::Phone => {
            let digits: String = value.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
            let mainland = digits.trim_start_matches('+').trim_start_matches("00");
            mainland.strip_prefix("86").filter(|rest| rest.len() == 11).map_or(digits.clone(), str::to_owned)
        }
        _ => value.to_owned(),
    }
}

/// Says whether a find is no part of a longer identifier.
fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let first = text[range.clone()].chars().next();
    let last = text[range.clone()].chars().next_back();
    let goes_on_before = joins(first) && joins(text[..range.start].chars().next_back());
    let goes_on_after = joins(last) && joins(text[range.end..].chars().next());
    !goes_on_before && !goes_on_after
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn now() -> Zoned {
        // A Monday.
        "2026-11-23T10:00:00+08:00[Asia/Shanghai]".parse().unwrap()
    }

    /// A text and what is found in it: `slot=value`, in order.
    const CASES: &[(&str, &[&str])] = &[
        ("订单 CG20261123000001 没到账", &["order_number=CG20261123000001"]),
        ("cg2026-1123-000001", &["order_number=CG20261123000001"]),
        ("ＣＧ２０２６１１２３０００００１", &["order_number=CG20261123000001"]),
        ("XCG20261123000001", &[]),
        ("CG2026112300000", &[]),
        ("案件RF-20261123-0007-5", &["case_number=RF-20261123-0007-5"]),
        ("付了¥128.50", &["amount=128.5 CNY"]),
        ("￥1,280.00", &["amount=1280 CNY"]),
        ("128元", &["amount=128 CNY"]),
        ("一百二十八块", &["amount=128 CNY"]),
        ("两千五百元", &["amount=2500 CNY"]),
        ("1.2万块", &["amount=12000 CNY"]),
        ("3万", &["amount=30000 CNY"]),
        ("一万二", &["amount=12000 CNY"]),
        ("128块5", &["amount=128.5 CNY"]),
        ("五毛钱", &["amount=0.5 CNY"]),
        ("RMB 300", &["amount=300 CNY"]),
        ("300 yuan", &["amount=300 CNY"]),
        ("paid $20", &["amount=20 USD"]),
        ("20 dollars", &["amount=20 USD"]),
        ("€15.5", &["amount=15.5 EUR"]),
        ("退款要3天", &[]),
        ("今天下午3点付的", &["time=2026-11-23T15:00"]),
        ("昨天晚上八点半", &["time=2026-11-22T20:30"]),
        ("前天", &["date=2026-11-21"]),
        ("11月20号", &["date=2026-11-20"]),
        ("12月20日", &["date=2025-12-20"]),
        ("11月20日14:05", &["time=2026-11-20T14:05"]),
        ("2026-11-20 10:05", &["time=2026-11-20T10:05"]),
        ("2026年11月20日", &["date=2026-11-20"]),
        ("2026/11/20", &["date=2026-11-20"]),
        ("11/20", &["date=2026-11-20"]),
        ("上周五", &["date=2026-11-20"]),
        ("周六买的", &["date=2026-11-21"]),
        ("3天前", &["date=2026-11-20"]),
        ("三天前", &["date=2026-11-20"]),
        ("两小时前", &["time=2026-11-23T08:00"]),
        ("刚才", &["time=2026-11-23T10:00"]),
        ("今早9点", &["time=2026-11-23T09:00"]),
        ("昨晚", &["date=2026-11-22"]),
        ("昨晚八点", &["time=2026-11-22T20:00"]),
        ("昨天大概下午三点", &["time=2026-11-22T15:00"]),
        ("yesterday around 3 pm", &["time=2026-11-22T15:00"]),
        ("明天上午十点", &["time=2026-11-24T10:00"]),
        ("下周一", &["date=2026-11-30"]),
        ("CG20261102000003，128.5元", &["order_number=CG20261102000003", "amount=128.5 CNY"]),
        ("下午3:20", &["time=2026-11-23T15:20"]),
        ("yesterday at 3pm", &["time=2026-11-22T15:00"]),
        ("Nov 20", &["date=2026-11-20"]),
        ("20 November 2026", &["date=2026-11-20"]),
        ("last Friday", &["date=2026-11-20"]),
        ("2 days ago", &["date=2026-11-21"]),
        ("today at 9:15 am", &["time=2026-11-23T09:15"]),
        ("13月40日", &[]),
        ("25:61", &[]),
        ("手机13800138000", &["phone=13800138000"]),
        ("+86 138-0013-8000", &["phone=13800138000"]),
        ("021-12345678", &["phone=02112345678"]),
        ("zhang@example.com", &["email=zhang@example.com"]),
        ("https://cgpay.example/a?b=1 打不开", &["url=https://cgpay.example/a?b=1"]),
        ("4111 1111 1111 1111", &["card=4111111111111111"]),
        ("34052419800101001x", &["resident_id=34052419800101001X"]),
        ("商户号：10002345", &["merchant_id=10002345"]),
        ("merchant id M1234567", &["merchant_id=m1234567"]),
        (
            "昨天下午两点付了328块，单号CG20261122000001",
            &["time=2026-11-22T14:00", "amount=328 CNY", "order_number=CG20261122000001"],
        ),
        ("", &[]),
        ("哈哈😀", &[]),
    ];

    #[test]
    fn finds_what_is_named() {
        let mut wrong = String::new();
        for (text, expected) in CASES {
            let found: Vec<String> = find(text, &EntityPatterns::default(), &now())
                .iter()
                .map(|e| format!("{}={}", e.kind.slot_name(), e.value))
                .collect();
            if found.iter().map(String::as_str).ne(expected.iter().copied()) {
                wrong.push_str(&format!("{text}: {found:?}, expected {expected:?}\n"));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }

    #[test]
    fn an_operator_sets_its_own_order_numbers() {
        let patterns = EntityPatterns::new(r"ord-\d{6}").unwrap();
        let found = find("单号 ORD-123456", &patterns, &now());
        assert_eq!(found[0].value, "ORD123456");
        assert!(EntityPatterns::new("(").is_err());
    }

    proptest! {
        #[test]
        fn spans_lie_on_character_boundaries(text in "(\\PC{0,5}|[0-9]{1,6}|[年月日号点半块元万毛千百十一二两三前后上周天今昨]{1,5}|¥|ago| |:|/|-){0,10}") {
            for entity in find(&text, &EntityPatterns::default(), &now()) {
                prop_assert!(text.get(entity.span.clone()).is_some());
            }
        }
    }
}
