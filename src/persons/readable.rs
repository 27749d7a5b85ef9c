//! What is kept of a customer as a text that they can read, in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::persons::export::{ExportedCase, ExportedConversation, ExportedEvent, PersonExport};

/// Writes an export down for people.
pub fn markdown(export: &PersonExport) -> String {
    let mut text = String::from("# 我们保存的您的数据 / What we keep of you\n\n");
    line(&mut text, "导出时间 / put together", &export.exported_at.to_string());
    if let Some(subject) = &export.subject {
        line(&mut text, "客户标识 / known as", subject);
    }
    for conversation in &export.conversations {
        of_conversation(&mut text, conversation);
    }
    for case in &export.cases {
        of_case(&mut text, case);
    }
    for answered in &export.surveys {
        let _ = writeln!(text, "\n## 问卷 / Survey {}\n", one_line(&answered.survey));
        line(&mut text, "时间 / when", &answered.at.to_string());
        line(&mut text, "回答 / answers", &answered.answers.to_string());
    }
    for file in &export.files {
        let _ = writeln!(text, "\n## 文件 / File {}\n", one_line(&file.name));
        line(&mut text, "时间 / when", &file.at.to_string());
        line(&mut text, "类型 / type", &file.media_type);
        line(&mut text, "会话 / conversation", &file.conversation);
        if let Some(number) = &file.case_number {
            line(&mut text, "案件 / case", number);
        }
    }
    text
}

/// Writing into a string does not fail.
fn line(text: &mut String, what: &str, value: &str) {
    let _ = writeln!(text, "- {what}: {}", one_line(value));
}

fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn of_conversation(text: &mut String, conversation: &ExportedConversation) {
    let _ = writeln!(text, "\n## 会话 / Conversation {}\n", conversation.id);
    let period = format!("{} – {}", conversation.began_at, conversation.updated_at);
    line(text, "时间 / when", &period);
    line(text, "渠道 / channel", &conversation.channel);
    if let Some(language) = &conversation.language {
        line(text, "语言 / language", language);
    }
    if let Some(identity) = &conversation.identity {
        line(text, "商户提供的身份信息 / the shop says of you", &identity.to_string());
    }
    line(text, "页面提供的信息 / the page says", &conversation.claims.to_string());
    slots(text, &conversation.given);
    for event in &conversation.events {
        of_event(text, event);
    }
}

fn slots(text: &mut String, slots: &BTreeMap<String, String>) {
    for (slot, value) in slots {
        line(text, slot, value);
    }
}

fn of_event(text: &mut String, event: &ExportedEvent) {
    let (who, said) = match (event.kind.as_str(), &event.data["text"]) {
        ("message", Value::String(said)) => (event.data["author"].as_str().unwrap_or_default(), said.clone()),
        (kind, _) => (kind, event.data.to_string()),
    };
    quoted(text, &format!("{} {who}", event.at), &said);
}

/// Quoted line by line, so that nothing that was said looks like a heading of ours.
fn quoted(text: &mut String, head: &str, said: &str) {
    let _ = writeln!(text, "\n**{head}**\n");
    for said in said.lines() {
        let _ = writeln!(text, "> {said}");
    }
}

fn of_case(text: &mut String, case: &ExportedCase) {
    let _ = writeln!(text, "\n## 工单 / Case {}\n", case.number);
    line(text, "类别 / kind", case.kind.name());
    line(text, "状态 / state", case.status.name());
    line(text, "部门 / department", &case.department);
    line(text, "时间 / when", &format!("{} – {}", case.opened_at, case.updated_at));
    if let Some(order_number) = &case.order_number {
        line(text, "订单 / order", order_number);
    }
    slots(text, &case.slots);
    if let Some(asked) = &case.confirmation {
        line(text, "请您确认 / you were asked to confirm", &format!("{} → {}", asked.amount, asked.account));
    }
    if let Some(assessment) = &case.assessment {
        line(text, "评估 / assessment", &assessment.to_string());
    }
    for step in &case.history {
        quoted(text, &format!("{} {} {}", step.at, step.by, step.what), &step.text);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_said_is_quoted_and_forges_no_heading() {
        let at = Timestamp::UNIX_EPOCH;
        let message = json!({ "author": "visitor", "text": "你好\n# 工单" });
        let events = vec![
            ExportedEvent { seq: 1, at, kind: "message".to_owned(), data: message },
            ExportedEvent { seq: 2, at, kind: "rating".to_owned(), data: json!({ "helpful": true }) },
        ];
        let conversation = ExportedConversation {
            id: "conv_1".to_owned(),
            channel: "web".to_owned(),
            language: None,
            status: "bot".to_owned(),
            began_at: at,
            updated_at: at,
            identity: None,
            claims: json!({}),
            given: BTreeMap::from([("phone".to_owned(), "138\n## 00138000".to_owned())]),
            events,
        };
        let export = PersonExport {
            exported_at: at,
            subject: None,
            conversations: vec![conversation],
            cases: vec![],
            files: Vec::new(),
            surveys: vec![],
        };
        let text = markdown(&export);
        assert!(text.contains("> 你好\n> # 工单\n"), "{text}");
        assert!(text.contains("> {\"helpful\":true}"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with('#')).count(), 2, "{text}");
    }
}
