//! Tables as other support desks export them: what becomes of them, and what is wrong with them.

use crate::exchange::{Format, Imported, Mapping, import};
use crate::knowledge::content::{Content, SourceFile};
use crate::knowledge::{ReadOptions, read};
use crate::text::language::LanguageTag;

const KNOWN: [(&str, &str); 5] = [
    ("knowledge-base/calendar.yaml", "timezone: Asia/Shanghai\nhours: {chat: always}\n"),
    ("knowledge-base/refund/_category.yaml", "title: {zh-CN: 退款, en: Refunds}\norder: 4\n"),
    (
        "knowledge-base/refund/refund-apply.md",
        "---\nquestion: 怎么申请退款？\nsimilar: [退钱怎么弄]\nactions: [{label: 打电话, phone: \"1\"}]\n---\n旧答案\n",
    ),
    ("knowledge-base/refund/refund-apply.en.md", "---\nquestion: How do I get a refund?\n---\nSo.\n"),
    ("knowledge-base/refund/tui-kuan-jin-du.md", "---\nquestion: 查退款\n---\n答\n"),
];

fn content() -> Content {
    let file = |(path, text): (&str, &str)| SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    read(KNOWN.map(file).to_vec(), &ReadOptions::default()).0
}

fn imported(csv: &str) -> Imported {
    import(Format::Table, csv.as_bytes(), &content(), &Mapping::default())
}

const EXPORTED: &str = "\
说明：带 * 的必填,,,,,,,,,
分类,*标准问法,相似问法,答案类型,答案内容,标签,否定关键词,渠道,生效时间,关联问题
退款,怎么申请退款,\"怎么退钱|退钱怎么弄？##如何退款\",文本,\"第一步
第二步\",热门,支付宝退款,微信、网页,2026/1/1 8:00,退款进度；退款进度
Refunds,退款进度,,文本,\"您好，{{user}}\",,,全部,,refund-apply
开票问题,怎么开发票,,文本,联系客服,,,,2026-01-01,
开票问题,怎么开发票？,\"发票怎么开;要发票\",文本,,,,,,
,=1+1等于几,,文本,'-2,,,,,
";

#[test]
fn an_exported_table_becomes_entries() {
    let Imported { documents, categories, faults, .. } = imported(EXPORTED);
    assert_eq!(faults, []);
    let rows: Vec<(usize, &str, &str)> = documents
        .iter()
        .map(|placed| (placed.row, placed.document.category.as_str(), placed.document.id.0.as_str()))
        .collect();
    assert_eq!(
        rows,
        [
            (3, "refund", "refund-apply"),
            (4, "refund", "tui-kuan-jin-du-2"),
            (5, "kai-piao-wen-ti", "zen-me-kai-fa-piao"),
            (7, "imported", "1-1-deng-yu-ji")
        ]
    );
    let own = LanguageTag::zh_cn();
    let apply = &documents[0].document;
    assert_eq!(apply.texts[&own].question, "怎么申请退款");
    assert_eq!(apply.texts[&own].similar, ["退钱怎么弄", "怎么退钱", "如何退款"]);
    assert_eq!(apply.texts[&own].never, ["支付宝退款"]);
    assert_eq!(apply.texts[&own].body, "第一步\n第二步");
    assert_eq!(apply.channels, ["wechat", "web"]);
    assert_eq!(apply.valid.from.unwrap().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(apply.related[0].0, "tui-kuan-jin-du-2");
    assert_eq!((apply.related.len(), apply.actions.len(), apply.texts.len()), (1, 1, 2), "what was there stays");
    let progress = &documents[1].document;
    assert_eq!(progress.texts[&own].body, "您好，{\\{user}\\}");
    assert_eq!((progress.channels.len(), progress.related[0].0.as_str()), (0, "refund-apply"));
    let invoice = &documents[2].document;
    assert_eq!(invoice.texts[&own].similar, ["发票怎么开", "要发票"]);
    assert_eq!(invoice.texts[&own].body, "联系客服");
    assert_eq!(documents[3].document.texts[&own].body, "-2");
    let files: Vec<(&str, &str)> =
        categories.iter().map(|file| (file.path.as_str(), std::str::from_utf8(&file.bytes).unwrap())).collect();
    assert_eq!(
        files,
        [
            ("knowledge-base/kai-piao-wen-ti/_category.yaml", "title: {zh-CN: 开票问题}\norder: 5\n"),
            ("knowledge-base/imported/_category.yaml", "title: {zh-CN: 导入}\norder: 6\n")
        ]
    );
}

#[test]
fn a_table_that_is_imported_twice_changes_nothing() {
    let mut files: Vec<SourceFile> =
        KNOWN.map(|(path, text)| SourceFile { path: path.to_owned(), bytes: text.as_bytes().to_vec() }).to_vec();
    let first = imported(EXPORTED);
    for placed in &first.documents {
        let written = crate::exchange::files_of(&placed.document);
        files.retain(|file| written.iter().all(|new| new.path != file.path));
        files.extend(written);
    }
    files.extend(first.categories);
    let content = read(files, &ReadOptions::default()).0;
    let second = import(Format::Table, EXPORTED.as_bytes(), &content, &Mapping::default());
    assert_eq!((second.documents, second.faults), (first.documents, vec![]));
    assert!(second.categories.is_empty());
}

#[test]
fn columns_are_found_as_they_are_named() {
    let own = LanguageTag::zh_cn();
    let numbered = imported("问题1,问题2,相似问1,相似问2,回复\n怎么付款,付款方法,如何付款,,扫码\n");
    assert_eq!(numbered.documents[0].document.texts[&own].similar, ["付款方法", "如何付款"]);
    let csv = "题目,说明,答案\n怎么付款,扫码,不是这个\n";
    let mapping = "question=题目,answer=说明".parse().unwrap();
    let mapped = import(Format::Table, csv.as_bytes(), &content(), &mapping);
    assert_eq!(mapped.documents[0].document.texts[&own].body, "扫码");
    let missing = import(Format::Table, csv.as_bytes(), &content(), &"question=题目,similar=别的".parse().unwrap());
    assert_eq!((missing.faults[0].row, missing.faults[0].column.as_str()), (1, "别的"));
    let (gbk, ..) = encoding_rs::GBK.encode("标准问\t答案\r\n怎么付款\t扫码\r\n");
    let decoded = import(Format::Table, &gbk, &content(), &Mapping::default());
    assert_eq!(decoded.documents[0].document.id.0, "zen-me-fu-kuan");
}

#[test]
fn a_workbook_is_a_table_too() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let page = workbook.add_worksheet();
    page.write_row(0, 0, ["标准问", "答案", "失效时间"]).unwrap();
    page.write_row(1, 0, ["客服电话", ""]).unwrap().write_number(1, 1, 95588).unwrap();
    page.write_datetime_with_format(1, 2, rust_xlsxwriter::ExcelDateTime::from_ymd(2027, 1, 1).unwrap(), &date)
        .unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let Imported { documents, faults, .. } = import(Format::Table, &bytes, &content(), &Mapping::default());
    assert_eq!(faults, []);
    assert_eq!(documents[0].document.texts[&LanguageTag::zh_cn()].body, "95588");
    assert_eq!(documents[0].document.valid.until.unwrap().to_string(), "2026-12-31T16:00:00Z");
    let old = import(Format::Table, b"\xD0\xCF\x11\xE0", &content(), &Mapping::default());
    assert!(old.faults[0].message.contains(".xlsx"), "{:?}", old.faults);
}

/// A table, and all faults as `row column`.
const FAULTS: &[(&str, &[&str])] = &[
    ("", &["1 "]),
    ("a,b\n1,2\n", &["1 "]),
    ("问题,答案\n怎么付款,\n,扫码\n？？,扫码\n", &["2 答案", "3 问题", "4 问题"]),
    ("问题,答案\n怎么付款,扫码\n怎么付款？,刷卡\n", &["3 答案"]),
    ("问题,答案,分类\n怎么付款,扫码,付款\n怎么付款,扫码,支付\n", &["3 分类"]),
    ("问题,答案\n怎么申请退款,甲\n退钱怎么弄,乙\n", &["3 问题"]),
    ("问题,答案,渠道,生效时间\n怎么付款,扫码,抖音,明天\n", &["2 渠道", "2 生效时间"]),
    ("问题,答案,关联问题\n怎么付款,扫码,没有这个\n", &["2 关联问题"]),
    ("问题,答案\n怎么付款,`{{x}}`\n", &["2 答案"]),
];

#[test]
fn each_fault_has_its_row_and_heading() {
    for (csv, expected) in FAULTS {
        let faults: Vec<String> =
            imported(csv).faults.iter().map(|fault| format!("{} {}", fault.row, fault.column)).collect();
        assert_eq!(faults, *expected, "{csv}");
    }
    assert!(FAULTS.iter().skip(3).all(|(csv, _)| imported(csv).documents.len() < 2));
}
