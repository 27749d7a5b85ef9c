//! The refund form, as whoever fills it in sees it: on a page, on paper, as a sheet.

use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};

use super::TestApp;

/// Language asked for; language of the page; title; a label; a reason of the flow.
const FORMS: [(&str, &str, &str, &str, &str); 5] = [
    ("zh-CN", "zh-CN", "退款申请表", "付款账户（只填后四位）", "还没发货"),
    ("zh-TW", "zh-TW", "退款申請表", "付款賬戶（只填後四位）", "還沒發貨"),
    ("zh-HK", "zh-HK", "退款申請表", "付款賬户（只填後四位）", "還沒發貨"),
    ("en", "en", "Refund request form", "Paying account (last four digits only)", "Not shipped yet"),
    ("de", "en", "Refund request form", "Paying account (last four digits only)", "Not shipped yet"),
];

#[test]
fn the_form_is_a_page_to_print_in_the_customers_language() {
    let app = TestApp::start();
    for (language, lang, title, label, reason) in FORMS {
        let reply = app.get(&format!("/forms/refund?language={language}"));
        let page = reply.text();
        assert_eq!(reply.status, 200, "{page}");
        assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{language}: {page}");
        for piece in [title, label, reason, "refund@cgpay.example", "type=\"radio\"", "maxlength=\"4\""] {
            assert!(page.contains(piece), "{language} lacks {piece}: {page}");
        }
        for never in ["{{", "<script", "<form", "src=", "http://"] {
            assert!(!page.contains(never), "{language} has {never}: {page}");
        }
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    }
    assert!(app.get("/forms/refund").text().contains("退款申请表"));
    for path in ["/forms/refund?language=_", "/forms/refund?lang=en", "/forms/refund.xlsx?language=_"] {
        assert_eq!(app.get(path).problem(), "invalid_field", "{path}");
    }
}

#[test]
fn the_form_is_a_sheet_with_the_reasons_to_choose_from() {
    let app = TestApp::start();
    for (language, _, title, label, reason) in FORMS {
        let reply = app.get(&format!("/forms/refund.xlsx?language={language}"));
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"refund-form.xlsx\""));
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(reply.body.clone())).unwrap();
        let form = workbook.worksheet_range("form").unwrap();
        let cells: Vec<String> = form.used_cells().map(|(_, _, cell): (_, _, &Data)| cell.to_string()).collect();
        assert!(cells.iter().any(|cell| cell == title) && cells.iter().any(|cell| cell == label), "{cells:?}");
        assert!(cells.iter().all(|cell| !cell.contains("{{")), "{cells:?}");
        let choices = workbook.worksheet_range("choices").unwrap();
        let choices: Vec<String> = choices.used_cells().map(|(_, _, cell)| cell.to_string()).collect();
        assert!(choices.len() == 5 && choices[0] == reason, "{choices:?}");
        let mut archive = zip::ZipArchive::new(Cursor::new(reply.body)).unwrap();
        assert!(archive.file_names().all(|name| !name.unwrap().contains("vba")), "no macros");
        let mut sheet = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        assert!(sheet.contains("type=\"list\"") && sheet.contains("<formula1>choices!$A$1:$A$5</formula1>"), "{sheet}");
    }
}

#[test]
fn the_answer_about_the_form_leads_to_it() {
    let app = TestApp::start();
    let answer = app.ask("退款申请表在哪里下载？");
    assert_eq!(answer["entry"], "refund-form");
    assert!(answer["reply"]["html"].as_str().unwrap().contains("https://cgpay.example/forms/refund\""), "{answer}");
}
