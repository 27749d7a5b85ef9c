//! The phishing lint: no text of ours may ask for a secret, a transfer to somebody or remote control.
//!
//! A request is a verb of giving near a secret, in one sentence, with nothing before it that denies or warns.

use once_cell::sync::Lazy;
use regex::Regex;

use crate::knowledge::content::Content;
use crate::knowledge::operator::VariableValue;
use crate::knowledge::reader::{Reader, Written};

/// What is asked for, with the patterns that ask. Case-insensitive; written for text without line breaks.
const REQUESTS: [(&str, &str); 9] = [
    (
        "a secret",
        "(提供|告诉|告知|发给|发送|发来|发到|回复|报给|报出|念给|说出|输入|填写|填入|上传|提交|截图)[^。！？\\n]{0,14}(密码|口令|验证码|校验码|动态码|短信码|cvv|cvc|安全码|卡背面三位|背面三位)",
    ),
    (
        "a secret",
        "(密码|口令|验证码|校验码|动态码|短信码|cvv|cvc|安全码|卡背面三位)[^。！？，,\\n]{0,8}(提供给|告诉|告知|发给|发送|发来|发到|回复给|报给|念给|说给|截图给|给我们|给客服|给工作人员)",
    ),
    (
        "a secret",
        r"\b(tell|give|send|provide|share|reply|enter|type|text|submit|confirm|read (it )?out|fill in)\b[^.!?\n]{0,48}\b(passwords?|passcode|pin|one[- ]time (code|password)|verification code|otp|cvv|cvc|security code|sms code)\b",
    ),
    (
        "a transfer",
        "(请|须|需要|务必|先|把|将|必须)[^。！？\\n]{0,14}(转账|汇款|打款|转钱|汇入|转入|转到|打到)(到|给|至)?[^。！？，,\\n]{0,10}(账户|账号|银行卡|我们|客服|专员|工作人员)",
    ),
    (
        "a transfer",
        r"\b(please|must|need to|have to|first|kindly)\b[^.!?\n]{0,24}\b(transfer|wire|remit)\b[^.!?\n]{0,32}\bto\b",
    ),
    ("a transfer", r"^\s*(transfer|wire|remit)\b[^.!?\n]{0,32}\bto\b"),
    (
        "remote control",
        "(下载|安装|打开|开启|使用|加入|进入|接受|允许|进行|扫码)[^。！？\\n]{0,10}(向日葵|todesk|teamviewer|anydesk|远程控制|远程协助|远程桌面|屏幕共享|共享屏幕)",
    ),
    ("remote control", "共享(你|您)?的?屏幕(给|，|。|$)"),
    (
        "remote control",
        r"\b(install|download|open|start|share|allow|grant|give|accept|join)\b[^.!?\n]{0,32}\b(todesk|teamviewer|anydesk|remote (control|access|desktop|assistance)|(your )?screen)\b",
    ),
];

/// Words before a request that deny it or speak of somebody else who asks.
const WARNINGS: &str = "(?i)不|勿|别|无需|禁止|拒绝|避免|防止|谨防|警惕|小心|有人|任何|对方|自称|冒充|假冒|骗|要求(你|您)|索要|诱导|谎称|陌生|没有|\\b(never|not|don't|won't|no one|nobody|anyone|someone|without|avoid|refuse|scam|fraud|beware|asked?s? (you|for)|asking|pretend\\w*|claims?|stop)\\b";

/// A clause that begins so asks anew, whatever was denied before it.
const ASKS_ANEW: [&str; 6] = ["请", "麻烦", "务必", "然后", "并", "please"];

static PATTERNS: Lazy<Vec<(&'static str, Regex)>> = Lazy::new(|| {
    let compiled = |&(what, pattern): &(&'static str, &str)| {
        (what, Regex::new(&format!("(?i){pattern}")).expect("a test compiles every pattern"))
    };
    REQUESTS.iter().map(compiled).collect()
});

static WARNING: Lazy<Regex> = Lazy::new(|| Regex::new(WARNINGS).expect("a test compiles the pattern"));

pub(super) fn check(reader: &mut Reader, content: &Content) {
    for written in reader.notes.written.clone() {
        let text = with_values(&written, content);
        let exact = text == written.text;
        for (what, offset) in requests(&text) {
            let place = if exact { reader.place_in(&written, offset) } else { written.place };
            reader.report(
                "phishing-request",
                place,
                format!("this asks for {what}"),
                Some("customers must never be asked for it".to_owned()),
            );
        }
    }
}

/// The text with its variables put in, so that a request cannot be hidden in one.
fn with_values(written: &Written, content: &Content) -> String {
    let mut text = written.text.clone();
    for (name, variable) in &content.variables {
        let VariableValue::Text(_) = variable.value else { continue };
        // Only values that matter to this lint: most are numbers, names of menus, addresses.
        if let Some(value) = variable.text(&written.language).filter(|value| suspicious(value)) {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
    }
    text
}

fn suspicious(value: &str) -> bool {
    let lower = value.to_lowercase();
    ["密码", "验证码", "码", "转账", "汇款", "远程", "屏幕", "password", "code", "transfer", "remote", "cvv"]
        .iter()
        .any(|word| lower.contains(word))
}

/// Returns what a text asks for that it must not, with the byte offsets.
fn requests(text: &str) -> Vec<(&'static str, usize)> {
    let mut found: Vec<(&'static str, usize)> = Vec::new();
    for (start, sentence) in sentences(text) {
        for (what, pattern) in PATTERNS.iter() {
            for asked in pattern.find_iter(sentence) {
                if !is_denied(sentence, asked.start())
                    && !WARNING.is_match(asked.as_str())
                    && !found.iter().any(|&(known, at)| known == *what && at >= start)
                {
                    found.push((what, start + asked.start()));
                }
            }
        }
    }
    found
}

fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    text.split_inclusive(['。', '！', '？', '!', '?', '\n', '；', ';']).map(move |sentence| {
        let at = start;
        start += sentence.len();
        (at, sentence)
    })
}

/// Says whether something before the request denies it: in its own clause, or in the one before unless it asks anew.
fn is_denied(sentence: &str, at: usize) -> bool {
    let before = &sentence[..at];
    let clause_start = before
        .rfind(['，', ',', '：', ':'])
        .map_or(0, |comma| comma + before[comma..].chars().next().map_or(0, char::len_utf8));
    if WARNING.is_match(&before[clause_start..]) {
        return true;
    }
    let clause = sentence[clause_start..].trim_start().to_lowercase();
    !ASKS_ANEW.iter().any(|word| clause.starts_with(word)) && WARNING.is_match(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_is_found_and_what_warns_is_not() {
        let asking = [
            "请把短信验证码发给我们",
            "请提供您的支付密码以便核实",
            "为了安全，请告诉客服您的登录密码",
            "回复六位验证码即可完成退款",
            "请输入卡背面三位安全码",
            "请将验证码告知工作人员",
            "不要着急，请把验证码报给客服",
            "上传您的银行卡密码截图",
            "请先转账到安全账户",
            "需要将资金转入指定账户进行核验",
            "务必汇款至以下账号",
            "请下载向日葵协助处理",
            "请打开屏幕共享",
            "安装 TeamViewer 后联系我们",
            "请填写 CVV 和有效期",
            "麻烦念给我们听，先说出验证码",
            "把动态码发送到客服邮箱",
            "Please send us your password",
            "Reply with the verification code",
            "Tell the agent your PIN to continue",
            "Enter your CVV below",
            "Please provide the one-time code you received",
            "Share your OTP with our agent",
            "Please transfer the money to this account",
            "You must wire the funds to us first",
            "Install AnyDesk so that we can help",
            "Please share your screen with the agent",
        ];
        for text in asking {
            assert!(!requests(text).is_empty(), "asks: {text}");
        }
        let harmless = [
            "我们绝不会索要密码或短信验证码",
            "请勿把验证码告诉任何人",
            "按页面提示设置新密码",
            "忘记支付密码可以重置",
            "收不到验证码时，请检查手机信号",
            "如果有人要求您转账到安全账户，请立即挂断",
            "不要点击陌生链接，输入密码前先核对网址",
            "工作人员不会让您提供密码",
            "切勿在电话里说出验证码",
            "任何让您下载向日葵、开启屏幕共享的都是骗局",
            "请提供订单号、交易时间和金额",
            "设置支付密码时避开生日",
            "请勿转账给自称客服的人",
            "验证码五分钟内有效",
            "退款会退回原支付账户",
            "在安全中心修改登录密码",
            "请填写退款申请表",
            "验证码收不到怎么办，请看下面",
            "We never ask for your password or a verification code",
            "Do not share your OTP with anyone",
            "Never enter your PIN on a page that somebody sent you",
            "Anyone who asks you to transfer money to a safe account is a fraud",
            "Set a new password as the page tells you",
            "Please send the order number and the amount",
            "Refunds go back to the account you paid from",
            "Nobody at CGPay will tell you to share your screen",
            "If the code does not arrive, check the signal",
        ];
        for text in harmless {
            assert!(requests(text).is_empty(), "harmless: {text}: {:?}", requests(text));
        }
    }
}
