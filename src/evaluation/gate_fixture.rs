//! A knowledge base of a few entries, and edits of it, for the tests of the gate.

use std::sync::LazyLock;

use jiff::Timestamp;

use crate::assistant::Assistant;
use crate::assistant::compile::{Known, Senses, compile};
use crate::assistant::turn::{Message, Turn};
use crate::evaluation::gate::{Answering, DEFAULT_FLOOR, Gate, Live, judge};
use crate::evaluation::verdict::GateReport;
use crate::knowledge::content::SourceFile;
use crate::knowledge::diagnostic::Diagnostic;
use crate::knowledge::difference::Difference;
use crate::knowledge::{ReadOptions, read};
use crate::retrieval::policy::ShippedPolicies;
use crate::retrieval::{Gather, GatherTerm, Target};

pub(crate) const RULES: &str = "intents/rules.yaml";
pub(crate) const SYNONYMS: &str = "knowledge-base/synonyms.txt";
pub(crate) const VARIABLES: &str = "knowledge-base/variables.yaml";
pub(crate) const QUESTIONS: &str = "knowledge-base/questions/held.jsonl";
pub(crate) const APPLY: &str = "knowledge-base/refund/refund-apply.md";
pub(crate) const TIME: &str = "knowledge-base/refund/refund-time.md";
pub(crate) const WITHDRAW: &str = "knowledge-base/balance/balance-withdraw.md";
pub(crate) const GREET: &str = "intents/smalltalk.greet.yaml";

/// The files of the live revision.
const LIVE: &[(&str, &str)] = &[
    ("knowledge-base/refund/_category.yaml", "title: 退款\n"),
    ("knowledge-base/balance/_category.yaml", "title: 余额\n"),
    (APPLY, "---\nquestion: 怎么申请退款\nsimilar: [退款要走哪些步骤, 我想退款要怎么操作]\n---\n\n点退款。\n"),
    ("knowledge-base/refund/refund-apply.en.md", "---\nquestion: How do I request a refund?\n---\n\nTap refund.\n"),
    (TIME, "---\nquestion: 退款多久到账\nsimilar: [退款几天能到]\nnever: [转账多久到账]\n---\n\n三天。\n"),
    (
        WITHDRAW,
        "---\nquestion: 余额怎么提现\nsimilar: [提现到银行卡要怎么操作]\nrequires: feature.balance\n---\n\n点提现。\n",
    ),
    ("knowledge-base/balance/balance-desk.md", "---\nquestion: 余额对账怎么查\naudience: [agent]\n---\n\n查台账。\n"),
    (
        "knowledge-base/balance/balance-old.md",
        "---\nquestion: 去年的余额活动是什么\nvalid: {until: 2026-01-01T00:00:00+08:00}\nchannels: [email]\n---\n\n满减。\n",
    ),
    (
        "knowledge-base/balance/balance-later.md",
        "---\nquestion: 余额理财怎么开通\nrequires: feature.fund\n---\n\n还没有。\n",
    ),
    (VARIABLES, "feature.balance: {value: true}\nfeature.fund: {value: false}\n"),
    (SYNONYMS, "退款, 退费\n"),
    ("knowledge-base/departments.yaml", "risk: {title: {zh-CN: 风控}}\n"),
    (GREET, "examples: {zh-CN: [你好, 哈喽, 在吗]}\ndoes: {reply: 您好}\n"),
    (
        "intents/security.incident.yaml",
        "examples: {zh-CN: [我的卡被盗刷了, 账户被盗了]}\ndoes: {handoff: {department: risk, priority: urgent}, reply: 马上转接}\n",
    ),
    ("intents/out_of_scope.yaml", "examples: {zh-CN: [今天天气怎么样, 讲个笑话]}\ndoes: {reply: 这个我不会}\n"),
    (RULES, "- {id: stolen, any: [被盗刷], intent: security.incident}\n"),
    (
        QUESTIONS,
        "{\"id\": \"q1\", \"text\": \"退款要怎么操作\", \"accept\": [\"refund-apply\"]}\n\
         {\"id\": \"q2\", \"text\": \"退费几天能到账\", \"accept\": [\"refund-time\"]}\n\
         {\"id\": \"q3\", \"text\": \"我要提现怎么操作\", \"accept\": [\"balance-withdraw\"]}\n\
         {\"id\": \"q4\", \"text\": \"卡被盗刷怎么办\", \"accept\": [\"intent:security.incident\"], \"never\": [\"balance-withdraw\"]}\n",
    ),
];

/// An answering revision.
pub(crate) struct Revision {
    pub(crate) files: Vec<SourceFile>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) assistant: Assistant,
}

pub(crate) static BEFORE: LazyLock<Revision> = LazyLock::new(|| Revision::of(&[]));

/// Gathers everything there is.
struct All(usize);

impl Gather for All {
    fn candidates(&self, _: &[GatherTerm], limit: usize) -> Vec<Target> {
        (0..self.0 as Target).take(limit).collect()
    }
}

impl Revision {
    /// Compiles the live files with edits: a path with its new text, or with an empty one to take it away.
    pub(crate) fn of(edits: &[(&str, &str)]) -> Self {
        let kept = LIVE.iter().filter(|(path, _)| !edits.iter().any(|(edited, _)| edited == path));
        let file =
            |(path, text): &(&str, &str)| SourceFile { path: (*path).to_owned(), bytes: text.as_bytes().to_vec() };
        let files: Vec<SourceFile> = kept.chain(edits.iter().filter(|(_, text)| !text.is_empty())).map(file).collect();
        let (content, diagnostics) = read(files.as_slice(), &ReadOptions::default());
        let compiled = compile(&content, &Senses::none(), Known::default());
        let policies = ShippedPolicies::load().policies(true, false);
        Self { files, diagnostics, assistant: Assistant::new(content, compiled, policies, String::new()) }
    }

    pub(crate) fn answer(&self, message: &Message<'_>, now: Timestamp) -> Turn {
        self.assistant.answer(message, &All(self.assistant.compiled().goals.len()), now)
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-23T10:00:00+08:00".parse().unwrap()
}

pub(crate) fn gate_of<'g>(new: &'g Revision, answer: Answering<'g>) -> Gate<'g> {
    let content = new.assistant.content();
    let diagnostics = &new.diagnostics;
    Gate {
        diagnostics,
        content,
        new: answer,
        live: None,
        wrong_before: None,
        recent: &[],
        floor: DEFAULT_FLOOR,
        now: now(),
    }
}

/// Judges edits of the live files against these.
pub(crate) fn judged(edits: &[(&str, &str)]) -> GateReport {
    judged_as(edits, |_, gate| judge(&gate, &|_| {}))
}

pub(crate) fn judged_as(edits: &[(&str, &str)], judge: impl FnOnce(&Revision, Gate<'_>) -> GateReport) -> GateReport {
    let new = Revision::of(edits);
    let difference = Difference::between(&BEFORE.files, &new.files);
    let live = Live {
        content: BEFORE.assistant.content(),
        answer: &|message, now| BEFORE.answer(message, now),
        difference: &difference,
    };
    judge(&new, Gate { live: Some(live), ..gate_of(&new, &|message, now| new.answer(message, now)) })
}
