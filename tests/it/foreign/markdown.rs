//! Microsoft's `.qna` files.

use serde_json::json;
use yingda::exchange::Foreign;

use crate::foreign::{check, check_faults, entry, with};

const QNA: &str = r##"> !# @kb.name = 支付
> 一条注释
[更多](./more.qna)

$到账 : qna-alterations=
- 入账
- 收到

# ? 怎么付款
- 如何付款
- 付款方法

**Filters:**
- category = 退款
- city = 上海

```markdown
扫码，<br>或者：

- 刷卡
- 转账
```

**Prompts:**
- [退款](#?怎么-退款)
- [限额](#12) `context-only`

### ? 怎么 退款
    ```
    点**退款**。

        三天到账。
    ```

<a id = "12"></a>

## ?每天最多付多少
- [别处的问法](./other.lu#limit)
```
五万元。
```
"##;

#[test]
fn a_qna_file_has_variants_filters_and_prompts() {
    let pay =
        entry("zen-me-fu-kuan", "refund", "怎么付款", &["如何付款", "付款方法"], "扫码，  \n或者：\n\n- 刷卡\n- 转账");
    let expected = [
        with(pay, "related", json!(["zen-me-tui-kuan", "mei-tian-zui-duo-fu-duo-shao"])),
        entry("zen-me-tui-kuan", "imported", "怎么 退款", &[], "点**退款**。\n\n    三天到账。"),
        entry("mei-tian-zui-duo-fu-duo-shao", "imported", "每天最多付多少", &[], "五万元。"),
    ];
    let notes = [
        "3 : what another file or page holds is left out: [更多](./more.qna)",
        "5 alterations: synonyms are left out: $到账 : qna-alterations=",
        "15 Filters: the filter \"city\" is left out",
        "26 Prompts: this was asked only after this question; here it is answered always",
        "38 similar: phrasings of another file are left out: [别处的问法](./other.lu#limit)",
    ];
    check(Foreign::Qna, QNA.as_bytes(), &expected, &notes);
    check(Foreign::Qna, QNA.replace('\n', "\r\n").as_bytes(), &expected, &notes);
}

#[test]
fn a_qna_file_names_the_line_of_each_fault() {
    check_faults(
        Foreign::Qna,
        &[
            (b"> nothing\n", &["1 "]),
            ("# ?\n```\n答\n```\n".as_bytes(), &["1 question"]),
            ("# ? 怎么付款\n- 如何付款\n".as_bytes(), &["1 answer"]),
            ("# ? 怎么付款\n```\n答\n".as_bytes(), &["2 answer"]),
            ("# ? 怎么付款\n```\n答\n```\n```\n又\n```\n".as_bytes(), &["5 answer"]),
            ("```\n答\n```\n".as_bytes(), &["1 answer"]),
            ("- 如何付款\n".as_bytes(), &["1 "]),
            ("# ? 怎么付款\n```\n答\n```\n随便写的\n".as_bytes(), &["5 "]),
            ("# ? 怎么付款\n```\n答\n```\n**Prompts:**\n- 退款\n".as_bytes(), &["6 Prompts"]),
            ("# ? 怎么付款\n```\n答\n```\n**Prompts:**\n- [退](#9)\n".as_bytes(), &["6 Prompts"]),
            ("# ? 怎么付款\n```\n答\n```\n# ? 怎么付款\n```\n另\n```\n".as_bytes(), &["5 answer"]),
        ],
    );
}
