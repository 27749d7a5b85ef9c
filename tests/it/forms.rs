//! Files as forms: what a form changes stands in the file, and nothing else is touched.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use yingda::files;
use yingda::knowledge::forms::{FormError, Value, read, write};

const RULES: &str = "intents/rules.yaml";

fn json_of(value: &Value) -> Json {
    serde_json::to_value(value).unwrap()
}

fn value_of(json: &Json) -> Value {
    serde_json::from_value(json.clone()).unwrap()
}

/// Changes what a file holds and returns its text.
fn changed(path: &str, text: &str, change: impl FnOnce(&mut Json)) -> String {
    let form = read(path, text).unwrap();
    let mut json = json_of(&form.value);
    change(&mut json);
    let written = write(path, text, &value_of(&json), form.body.as_deref()).unwrap();
    assert_eq!(json_of(&read(path, &written).unwrap().value), json);
    written
}

/// The lines of which there are more, or fewer, after than before.
fn differing(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let only = |a: &str, b: &str| {
        let mut others: Vec<&str> = b.lines().collect();
        let gone = |line: &&str| match others.iter().position(|other| other == line) {
            Some(at) => {
                others.remove(at);
                false
            }
            None => true,
        };
        a.lines().filter(gone).map(str::to_owned).collect()
    };
    (only(before, after), only(after, before))
}

fn sample() -> Vec<(String, String)> {
    let files = files::sample().into_iter();
    files.filter_map(|file| Some((file.path, String::from_utf8(file.bytes).ok()?))).collect()
}

fn sample_file(path: &str) -> String {
    sample().into_iter().find(|(other, _)| other == path).unwrap().1
}

#[test]
fn every_file_that_has_a_form_is_written_as_it_was() {
    let mut n = 0;
    for (path, text) in sample() {
        match read(&path, &text) {
            Err(error) => assert_eq!(error, FormError::NoForm, "{path}"),
            Ok(form) => {
                assert_eq!(write(&path, &text, &form.value, form.body.as_deref()).unwrap(), text, "{path}");
                assert!(serde_json::from_str::<Json>(form.schema).is_ok());
                n += 1;
            }
        }
    }
    assert!(n > 40, "{n}");
    for path in ["knowledge-base/refund/refund-apply.md", "knowledge-base/questions/held.jsonl", "notes.txt", ""] {
        assert_eq!(read(path, "").unwrap_err(), FormError::NoForm, "{path}");
    }
}

#[test]
fn a_form_changes_its_own_lines_only() {
    let calendar = sample_file("knowledge-base/calendar.yaml");
    let written = changed("knowledge-base/calendar.yaml", &calendar, |value| {
        value["holidays"]
            .as_array_mut()
            .unwrap()
            .push(json!({"from": "2028-01-01", "to": "2028-01-03", "name": "元旦"}));
        value["hours"]["phone"][0]["to"] = json!("20:00");
    });
    let (gone, new) = differing(&calendar, &written);
    assert_eq!(gone, ["  phone: [{days: mon-fri, from: \"09:00\", to: \"18:00\"}]"]);
    assert_eq!(
        new,
        [
            "  phone: [{days: mon-fri, from: \"09:00\", to: \"20:00\"}]",
            "  - {from: 2028-01-01, name: 元旦, to: 2028-01-03}"
        ]
    );

    let flow = sample_file("intents/flows/refund.yaml");
    let written = changed("intents/flows/refund.yaml", &flow, |value| {
        value["slots"][0]["tries"] = json!(5);
        value["slots"][2]["labels"].as_object_mut().unwrap().remove("other");
        value["then"]["reply"] = json!({"zh-CN": "第一行\n第二行", "en": "Recorded."});
    });
    let (gone, new) = differing(&flow, &written);
    assert_eq!(gone.len(), 3, "{gone:?}");
    assert_eq!(new, ["    tries: 5", "  reply:", "    en: Recorded.", "    zh-CN: |-", "      第一行", "      第二行"]);
    assert!(written.contains("    # Other ways to say it"));
}

#[test]
fn rules_come_go_and_move_with_their_comments_in_place() {
    let text = "# Head.\n\n# First\n- {id: a, any: [甲], intent: x} # why\n\n# Second\n- id: b\n  pattern: \"乙\"\n  intent: y\n";
    let added = changed(RULES, text, |value| {
        value.as_array_mut().unwrap().insert(1, json!({"id": "c", "any": ["丙"], "intent": "z"}));
    });
    assert_eq!(
        added,
        text.replace("# why\n", "# why\n- {any: [丙], id: c, intent: z}\n"),
        "keys of a JSON that knows no order stand in the order that it has"
    );
    let taken = changed(RULES, text, |value| drop(value.as_array_mut().unwrap().remove(0)));
    assert_eq!(taken, text.replace("- {id: a, any: [甲], intent: x} # why\n", ""));
    let first_key = changed(RULES, text, |value| drop(value[1].as_object_mut().unwrap().remove("id")));
    assert_eq!(first_key, text.replace("- id: b\n  pattern", "- pattern"));
    let word = changed(RULES, text, |value| value[0]["any"] = json!(["甲", "丁"]));
    assert_eq!(word, text.replace("[甲]", "[甲, 丁]"));
    let none = changed(RULES, text, |value| *value = json!([]));
    assert_eq!(none, "# Head.\n\n# First\n[]\n");
}

#[test]
fn words_that_mean_something_to_yaml_are_quoted() {
    for text in [
        "yes", "Null", "007", "1_000", "1e3", "0x1f", "12:30", " a", "a ", "- a", "a: b", "#a", "", "~", "[a",
        "\u{85}", "a\tb",
    ] {
        let written = changed(RULES, "a: b\n", |value| value["a"] = json!(text));
        assert!(written.starts_with("a: \""), "{written}");
    }
    for text in ["10m", "mon-fri", "2026-01-01", "Risk control", "2026-01-01T00:00:00+08:00", "风控"] {
        assert_eq!(changed(RULES, "a: \"b\"\n", |value| value["a"] = json!(text)), format!("a: {text}\n"));
    }
    assert_eq!(changed(RULES, "a: \"3\"\n", |value| value["a"] = json!(3)), "a: 3\n");
}

#[test]
fn lines_of_words_keep_their_comments() {
    let path = "knowledge-base/synonyms.txt";
    let text = "# Head\n退款, 退费  # money\n\n# One way\n花呗 => 信用\n";
    let form = read(path, text).unwrap();
    assert_eq!(json_of(&form.value), json!([{"words": ["退款", "退费"]}, {"words": ["花呗"], "means": ["信用"]}]));
    let written = changed(path, text, |value| {
        value[0]["words"].as_array_mut().unwrap().push(json!("退钱"));
        value.as_array_mut().unwrap().push(json!({"words": ["到账", "入账"]}));
    });
    assert_eq!(written, "# Head\n退款, 退费, 退钱  # money\n\n# One way\n花呗 => 信用\n到账, 入账\n");
    let first = changed(path, text, |value| value.as_array_mut().unwrap().insert(0, json!({"words": ["甲", "乙"]})));
    assert_eq!(first, text.replace("# Head\n", "# Head\n甲, 乙\n"));
    assert_eq!(
        changed(path, text, |value| drop(value.as_array_mut().unwrap().pop())),
        text.replace("花呗 => 信用\n", "")
    );
    for bad in [json!([{"words": ["a,b"]}]), json!([{"words": ["a#b"]}]), json!([{"words": []}]), json!({}), json!("a")]
    {
        assert_eq!(write(path, text, &value_of(&bad), None).unwrap_err(), FormError::Unwritable, "{bad}");
    }
    let path = "knowledge-base/dictionary.txt";
    let text = "# Words\n上班时间\n对账单 30\n小王 5 nr\n";
    let form = read(path, text).unwrap();
    let words = json!([{"word": "上班时间"}, {"word": "对账单", "frequency": 30}, {"word": "小王", "frequency": 5, "tag": "nr"}]);
    assert_eq!(json_of(&form.value), words);
    assert_eq!(changed(path, text, |value| value[0]["frequency"] = json!(7)), text.replace("上班时间", "上班时间 7"));
    let bad = json!([{"word": "a b"}]);
    assert_eq!(write(path, text, &value_of(&bad), None).unwrap_err(), FormError::Unwritable);
}

#[test]
fn a_page_is_a_form_with_a_body() {
    let path = "knowledge-base/announcements/fees.md";
    let text = "---\ntitle: 费率调整 # yearly\nkind: policy\n---\n\n正文\n";
    let form = read(path, text).unwrap();
    assert_eq!(
        (json_of(&form.value), form.body.as_deref()),
        (json!({"title": "费率调整", "kind": "policy"}), Some("正文"))
    );
    assert_eq!(changed(path, text, |value| value["kind"] = json!("notice")), text.replace("policy", "notice"));
    let written = write(path, text, &form.value, Some("---\n# 新\n\n---\n")).unwrap();
    assert_eq!(written, "---\ntitle: 费率调整 # yearly\nkind: policy\n---\n---\n# 新\n\n---\n");
    assert_eq!(write(path, text, &form.value, None).unwrap_err(), FormError::Unwritable);
    for bad in ["", "---\ntitle: a\n", "title: a\n---\n"] {
        assert!(matches!(read(path, bad), Err(FormError::Unreadable { line: 1, .. })), "{bad}");
    }
    let bad = "---\ntitle: a\nkind: {\n---\n";
    assert!(matches!(read(path, bad), Err(FormError::Unreadable { line: 4 | 3, .. })), "{:?}", read(path, bad));
}

#[test]
fn what_other_machines_put_into_a_file_is_no_fault() {
    let text = "\u{feff}- {id: a, any: [甲], intent: x}\r\n- {id: b, any: [乙], intent: x}\r\n";
    let written = changed(RULES, text, |value| value[1]["id"] = json!("c"));
    assert_eq!(written, "- {id: a, any: [甲], intent: x}\n- {id: c, any: [乙], intent: x}\n");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        "[退款到账，。：“”]{1,6}",
        "[ \\-:#\\[\\]{},&*!|>'\"%@`?~\\\\\n\ta-c0-9]{0,10}",
        any::<String>().prop_filter("no surrogate half can be typed", |text| !text.contains('\0')),
    ]
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        (-999_999_i64..999_999).prop_map(Json::from),
        any_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Json::from),
            btree_map("[a-e]|[a-z]{2,8}|[\\-:# ]{1,3}[a-z]", inner, 0..5)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

fn any_file() -> impl Strategy<Value = Json> {
    prop_oneof![
        vec(any_json(), 1..6).prop_map(Json::from),
        btree_map("[a-e]|[a-z]{2,8}", any_json(), 1..6).prop_map(|map| Json::Object(map.into_iter().collect())),
    ]
}

proptest! {
    /// Whatever a file holds and whatever it is to hold, it holds that then.
    #[test]
    fn what_is_written_is_read(before in any_file(), after in any_file()) {
        let text = write(RULES, "# Head\n", &value_of(&before), None).unwrap();
        prop_assert!(text.starts_with("# Head\n"));
        prop_assert_eq!(json_of(&read(RULES, &text).unwrap().value), before);
        let written = write(RULES, &text, &value_of(&after), None).unwrap();
        prop_assert_eq!(json_of(&read(RULES, &written).unwrap().value), after);
    }

    /// No text and no value makes it panic.
    #[test]
    fn nothing_panics(text in "[ \\-:#\\[\\]{},&*!|>'\"%@`?~\\\\\n\ta-c0-9，退]{0,60}", after in any_file()) {
        for path in [RULES, "knowledge-base/synonyms.txt", "knowledge-base/dictionary.txt", "knowledge-base/announcements/a.md"] {
            if let Ok(written) = write(path, &text, &value_of(&after), Some("a")) {
                prop_assert_eq!(json_of(&read(path, &written).unwrap().value), after.clone());
            }
        }
    }
}
