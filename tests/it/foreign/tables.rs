//! Tables: QnA Maker, FastGPT, Dify, MaxKB, and QnABot's workbook.

use serde_json::json;
use yingda::exchange::Foreign;

use crate::foreign::{check, check_faults, entry, imported, with, workbook};

const QNA_MAKER: &str = "\
Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId\tSourceDisplayName
怎么看退款进度？\t在订单页点**退款进度**。\\n\\n一般三天到账。\tEditorial\tcategory:退款|team:甲\t[]\tFalse\t[{\"displayOrder\":1,\"qnaId\":3,\"displayText\":\"多久到账\"},{\"displayOrder\":0,\"qnaId\":2,\"displayText\":\"退不了\"}]\t1\tEditorial
退款到哪一步了\t在订单页点**退款进度**。\\n\\n一般三天到账。\tEditorial\tcategory:退款|team:甲\t[]\tFalse\t[{\"displayOrder\":1,\"qnaId\":3,\"displayText\":\"多久到账\"},{\"displayOrder\":0,\"qnaId\":2,\"displayText\":\"退不了\"}]\t1\tEditorial
退款失败怎么办\t<p>请先<b>核对卡号</b>。</p>\tEditorial\t[{\"name\":\"category\",\"value\":\"退款\"},{\"name\":\"team\",\"value\":\"甲\"}]\t[{\"clusterHead\":\"x\"}]\tFalse\t[]\t2\tEditorial
到账要几天\t一到三天。\tEditorial\t\t[]\tTrue\t[{\"displayOrder\":0,\"displayText\":\"别的\"}]\t3
";

#[test]
fn qna_maker_has_variants_prompts_and_metadata() {
    let progress = entry(
        "zen-me-kan-tui-kuan-jin-du",
        "refund",
        "怎么看退款进度？",
        &["退款到哪一步了"],
        "在订单页点**退款进度**。\n\n一般三天到账。",
    );
    let expected = [
        with(progress, "related", json!(["tui-kuan-shi-bai-zen-me-ban", "dao-zhang-yao-ji-tian"])),
        entry("tui-kuan-shi-bai-zen-me-ban", "refund", "退款失败怎么办", &[], "请先**核对卡号**。"),
        entry("dao-zhang-yao-ji-tian", "imported", "到账要几天", &[], "一到三天。"),
    ];
    let notes = [
        "2 Metadata: the metadata \"team\" is left out",
        "4 SuggestedQuestions: questions that were suggested and not accepted are left out",
        "5 Prompts: the prompt \"别的\" names no QnaId and is left out",
        "5 IsContextOnly: this was answered only after another question; here it is answered always",
    ];
    check(Foreign::QnaMaker, QNA_MAKER.as_bytes(), &expected, &notes);
    let without_ids = "Question\tAnswer\n怎么开发票\t点开票。\n发票在哪里开\t点开票。\n";
    let expected = [entry("zen-me-kai-fa-piao", "imported", "怎么开发票", &["发票在哪里开"], "点开票。")];
    check(Foreign::QnaMaker, without_ids.as_bytes(), &expected, &[]);
}

#[test]
fn qna_maker_names_row_and_column_of_each_fault() {
    let header = "Question\tAnswer\tMetadata\tPrompts\tQnaId\n";
    let with = |rows: &str| format!("{header}{rows}").into_bytes();
    check_faults(
        Foreign::QnaMaker,
        &[
            (b"Question\tSource\n1\t2\n", &["1 Answer"]),
            (&with("\t答\t\t\t1\n问\t\t\t\t2\n"), &["2 Question", "3 Answer"]),
            (&with("问\t答\t[{\t\t1\n问二\t答\t\t{\"a\":1}\t2\n"), &["2 Metadata", "3 Prompts"]),
            (&with("问\t答\t\t[{\"qnaId\":7,\"displayText\":\"x\"}]\t1\n"), &["2 Prompts"]),
            (&with("问\t答\t\t\t1\n问二\t答二\t\t\t1\n"), &["3 Answer"]),
            (&with("问\t答\t\t\t1\n问？\t答二\t\t\t2\n"), &["3 Answer"]),
            (&with("？？\t答\t\t\t1\n"), &["2 Question"]),
        ],
    );
}

#[test]
fn fastgpt_has_phrasings_in_all_columns_behind() {
    let csv = "\u{FEFF}q,a,indexes\n怎么付款,扫码即可。,如何付款,\"付款方法\n怎么给钱\"\n\"一段说明\",,\n怎么充值,\"点充值，<br>输入金额。\",,\n";
    let expected = [
        entry("zen-me-fu-kuan", "imported", "怎么付款", &["如何付款", "付款方法", "怎么给钱"], "扫码即可。"),
        entry("zen-me-chong-zhi", "imported", "怎么充值", &[], "点充值，  \n输入金额。"),
    ];
    check(Foreign::FastGpt, csv.as_bytes(), &expected, &["3 a: a piece of text without an answer is left out"]);
    check_faults(
        Foreign::FastGpt,
        &[
            (b"a,q,indexes\n1,2,3\n", &["1 a"]),
            (b"q,a\n1,2\n", &["1 "]),
            ("q,a,indexes\n,答,\n".as_bytes(), &["2 q"]),
            ("q,a,indexes\n问,答,\n问,另,\n".as_bytes(), &["3 a"]),
            ("q,a,indexes\n问,`{{x}}`,\n".as_bytes(), &["2 a"]),
            ("q,a,indexes\n一段,,\n".as_bytes(), &["1 "]),
        ],
    );
}

#[test]
fn dify_has_questions_and_answers_in_either_language() {
    let expected = [
        entry("zen-me-fu-kuan", "imported", "怎么付款", &[], "扫码，\n或者刷卡。"),
        entry("ke-yi-kai-fa-piao-ma", "imported", "可以开发票吗", &[], "可以。"),
    ];
    for header in ["question,answer", "\u{FEFF}问题,答案", "Question,Answer"] {
        let csv = format!("{header}\n怎么付款,\"扫码，\n或者刷卡。\"\n\n可以开发票吗,可以。\n");
        check(Foreign::Dify, csv.as_bytes(), &expected, &[]);
    }
    let more = "question,answer,hits\n可以开发票吗,可以。,3\n";
    check(Foreign::Dify, more.as_bytes(), &expected[1..], &["1 hits: the column is left out"]);
    check_faults(
        Foreign::Dify,
        &[
            (b"q,a\n1,2\n", &["1 "]),
            ("问题,答案\n怎么付款,\n,扫码\n".as_bytes(), &["2 答案", "3 问题"]),
            ("question,answer\n怎么付款,扫码\n怎么付款？,刷卡\n".as_bytes(), &["3 answer"]),
        ],
    );
}

const MAX_KB: &str = "\
分段标题（选填）,分段内容（必填，问题答案））,问题（选填，单元格内一行一个）
收银台,\"打开收银台，![图](./api/image/1)选择付款方式。\",\"怎么付款
付款方式有哪些\"
退款时间,一到三天。,
限额,每天五万元。,每天最多付多少
限额,每月二十万元。,每月最多付多少
,没有人问的一段话。,
";

#[test]
fn maxkb_has_titles_and_questions_in_lines() {
    let expected = [
        entry("zen-me-fu-kuan", "imported", "怎么付款", &["付款方式有哪些", "收银台"], "打开收银台，图选择付款方式。"),
        entry("tui-kuan-shi-jian", "imported", "退款时间", &[], "一到三天。"),
        entry("mei-tian-zui-duo-fu-duo-shao", "imported", "每天最多付多少", &[], "每天五万元。"),
        entry("mei-yue-zui-duo-fu-duo-shao", "imported", "每月最多付多少", &[], "每月二十万元。"),
    ];
    let notes = [
        "2 分段内容: a picture is left out",
        "4 分段标题: the title \"限额\" stands above several answers and is left out",
        "5 分段标题: the title \"限额\" stands above several answers and is left out",
        "6 问题: a piece of text without title and question is left out",
    ];
    check(Foreign::MaxKb, MAX_KB.as_bytes(), &expected, &notes);
    let (gbk, ..) = encoding_rs::GBK.encode(MAX_KB);
    check(Foreign::MaxKb, &gbk, &expected, &notes);
    let workbook = workbook(&[
        &["分段标题（选填）", "分段内容（必填，问题答案）", "问题（选填，单元格内一行一个）"],
        &["退款时间", "一到三天。", ""],
    ]);
    check(Foreign::MaxKb, &workbook, &expected[1..2], &[]);
    check_faults(
        Foreign::MaxKb,
        &[
            ("分段标题,问题\n1,2\n".as_bytes(), &["1 分段内容"]),
            ("分段标题,分段内容,问题\n标题,,怎么付款\n".as_bytes(), &["2 分段内容"]),
            ("分段标题,分段内容,问题\n,答,怎么付款\n,另,怎么付款\n".as_bytes(), &["3 分段内容"]),
        ],
    );
}

#[test]
fn qnabots_workbook_has_numbered_columns() {
    let header: &[&str] = &[
        "qid",
        "question1",
        "question2",
        "question3",
        "answer",
        "topic",
        "markdown",
        "ssml",
        "cardtitle",
        "cardsubtitle",
        "cardimageurl",
        "displaytext1",
        "buttonvalue1",
        "displaytext2",
        "buttonvalue2",
        "next",
        "l",
    ];
    let bytes = workbook(&[
        header,
        &[
            "pay.001",
            "怎么付款",
            "如何付款",
            "",
            "扫码即可。",
            "退款",
            "扫码**即可**。",
            "<speak>扫码</speak>",
            "还想知道什么？",
            "点一下",
            "https://img.example/a.png",
            "转人工",
            "转人工",
            "退款",
            "QID::refund.001",
            "refund.001",
            "",
        ],
        &["refund.001", "怎么退款", "", "退款怎么弄", "点退款。", "", "", "", "", "", "", "", "", "", "", "", "lambda"],
    ]);
    let pay = entry("pay-001", "refund", "怎么付款", &["如何付款"], "扫码**即可**。\n\n还想知道什么？\n\n点一下");
    let expected = [
        with(
            with(pay, "actions", json!([{ "label": "转人工", "intent": "handoff.agent" }])),
            "related",
            json!(["refund-001"]),
        ),
        entry("refund-001", "imported", "怎么退款", &[], "点退款。"),
    ];
    let notes = [
        "2 alt.ssml: what is spoken (SSML) is left out",
        "2 r.imageUrl: the picture is left out",
        "3 question3: a question behind an empty one is left out",
        "3 l: the Lambda hook is left out: the answer is what stands here",
    ];
    check(Foreign::QnaBot, &bytes, &expected, &notes);
    let faulty =
        |row: &[&str]| workbook(&[&["qid", "question1", "answer", "displaytext1", "buttonvalue1", "next"], row]);
    check_faults(
        Foreign::QnaBot,
        &[
            (&workbook(&[&["question1", "answer"], &["问", "答"]]), &["1 qid"]),
            (&faulty(&["", "问", "答"]), &["2 qid"]),
            (&faulty(&["a b", "问", "答"]), &["2 qid"]),
            (&faulty(&["a", "", "答"]), &["2 question1"]),
            (&faulty(&["a", "问", ""]), &["2 answer"]),
            (&faulty(&["a", "问", "答", "按钮", ""]), &["2 buttonvalue1"]),
            (&faulty(&["a", "问", "答", "", "", "nowhere"]), &["2 next"]),
        ],
    );
}

#[test]
fn bytes_that_are_no_text_are_a_fault_of_their_row() {
    let more = "退货".repeat(20);
    let bytes =
        [b"question,answer\n".as_slice(), "怎么付款,".as_bytes(), b"\xFF\xFE\n", more.as_bytes(), ",好\n".as_bytes()]
            .concat();
    let faults = imported(Foreign::Dify, &bytes).faults;
    assert_eq!((faults.len(), faults[0].row), (1, 2), "{faults:?}");
}
