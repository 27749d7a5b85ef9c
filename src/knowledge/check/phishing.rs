//! The phishing lint: no text of ours may ask for a secret, a transfer to somebody or remote control.
//!
//! A request is a verb of giving near what is asked for, in one sentence, that nothing in the sentence denies.

use std::ops::Range;

use once_cell::sync::Lazy;
use regex::Regex;

use crate::knowledge::check::denial::{is_denied, is_negative};
use crate::knowledge::check::readable::Readable;
use crate::knowledge::reader::{Reader, Written};

/// A verb and what it asks for, near one another; on folded text.
struct Request {
    what: &'static str,
    /// The first of the two, in the text's order.
    first: Regex,
    second: Regex,
    /// Characters that may stand between them.
    reach: usize,
    /// What makes the pair harmless: matched on the words between with those right before the first and behind the second.
    harmless: Regex,
}

/// Words around a pair that the harmless patterns see, in characters.
const AROUND: usize = 24;

/// Where the first ends and the second begins, in what the harmless patterns see.
const EDGE: char = '\u{1F}';

const SECRET: &str = "密码|口令|验证码|校验码|动态码|短信码|安全码|背面的?(后|末)?三位|cvv2?|cvc2?|(?-u:\\b)otp(?-u:\\b)|(?-u:\\b)pin(?-u:\\b)|短信(里|中|上)?的?(数字|代码)";
const GIVE: &str = "提供|告诉|告知|告之|发给|发送|发来|发到|发我|回复|报给|报出|报一下|念给|说出|输入|填写|填入|填上|上传|提交|截图|出示|交给|转发";
const GIVE_US: &str = "(提供|告诉|告知|发|发送|回复|报|念|说|截图|转发|交)(一下|过来)?(给|到|至|我们|我|客服|工作人员|专员|人工|坐席)|告诉|告知|回复|(报|说|念|读|发|给)(一下|一遍)|发来|发过来|报过来|发到|给(我|客服|工作人员|专员|人工|坐席)";
const REMOTE: &str = "向日葵|to ?desk|team ?viewer|any ?desk|rust ?desk|远程(控制|协助|桌面|操作|软件)|(屏幕|荧幕|萤幕)(共享|分享)|(共享|分享)(你的?)?(手机)?(屏幕|荧幕|萤幕)";

static REQUESTS: Lazy<[Request; 8]> = Lazy::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).expect("a test compiles every pattern");
    let request = |what, first: &str, second: &str, reach, harmless: &str| {
        let harmless = regex(&harmless.replace('~', "\u{1F}"));
        Request { what, first: regex(first), second: regex(second), reach, harmless }
    };
    let new_secret = "(获取|重置|修改|设置|设定|新的?|找回|更改|更换|忘记|忘了|收不到|没收到|没有收到)(一个)?(你的?)?(登录|登陆|支付|短信|交易)?~[^~]*$";
    let delivered = "^[^~]*(系统|平台|点击|重新|自动|收到)(会|将|已|把)?~|~[^~]*~了";
    [
        request(
            "a secret",
            GIVE,
            SECRET,
            22,
            &format!(
                "{new_secret}|^[^~]*~[^~]*~(之?前|提示|页面|框)|~(了|过)[^~]*~|(关闭|退出|断开|停止)[^~]*再~|(点击|点|按|系统|平台|将|已|会|重新|再次|自动)[“\"「【\\[]?~[^~]{{0,6}}~"
            ),
        ),
        request(
            "a secret",
            SECRET,
            GIVE_US,
            14,
            &format!("{delivered}|~(短信|已|会|将|由系统)[^~]*~|~(到|至|给)?你|~(到|至)?(绑定|预留|注册|登记|原)"),
        ),
        request(
            "a secret",
            r"\b(tell|give|send|provide|share|reply|enter|type|text|submit|confirm|read|fill in|forward|email|e-mail|message|supply|disclose|by (sharing|sending|giving|telling|entering|providing|reading)|let (us|me) have)\b",
            r"\b(passwords?|passcodes?|pins?|(one[- ]time|verification|security|sms|text message|login|auth\w*) codes?|otps?|cvv2?|cvc2?)\b",
            64,
            r"\b(new|reset|change|forgot(ten)?|set|create|choose|changing|resetting)( a| your| the| my)?( \w+)? ~[^~]*$|^[^~]*\b(we|system|it|bank|cgpay|they|which|a|an|the|by|via|your|of|this|each|text|sms)( will| can| may| then| also)? ~|^[^~]*~s\b|^[^~]*~ you\b",
        ),
        request(
            "a secret",
            r"\b(tell|give|send|text|read|forward|email|message|report)\b",
            r"\b(codes?|digits|numbers?) (that |which )?(you|we|i) (have |just |have just )?(got|received|get|sent|were sent)\b|\bcode\b[^.!?\n]{0,12}\bto (us|me|our|the agent|support)\b|\b(us|me|our agent|the agent|support) the (sms |text |[\w-]+[- ]digit )?codes?\b",
            24,
            r"^[^~]*\b(we|system|it|bank|which)( will| can| may| then| also)? ~|^[^~]*~ you\b|\border ~",
        ),
        request(
            "a transfer",
            "请|须|需要?|务必|先|把|将|必须|应当|立即|马上",
            "(转账|汇款|打款|转钱|转款|汇入|转入|转到|转至|打到|汇到|汇至)(到|给|至)?[^你原。!?,\n]{0,10}(账户|账号|银行卡|我们|客服|专员|工作人员)",
            14,
            "^[^~]*~[^~]*,[^~]*~|~(金额|记录|凭证|截图|失败)[^~]*$",
        ),
        request(
            "a transfer",
            "(转账|汇款|打款|转钱|转移|转到|转入|转至|汇到|汇入|存入|划转|打到)",
            "安全账户|安全账号|指定账户|指定账号|监管账户|验资账户",
            12,
            "\u{1F}\u{1F}\u{1F}\u{1F}",
        ),
        request(
            "a transfer",
            r"(^|\n|[,;:] ?|\bthen |\band |\bplease |\bkindly |\bfirst |\bmust |\b(need|have|want you|ask you) to |\bshould |\bto [^.!?\n]{1,30}, )(transfer|wire|remit)\b",
            r"\bto\b",
            40,
            r"\bto the (same|original)\b|^[^~]*~[^~]*~ (see|check|know|learn|find)\b",
        ),
        request(
            "remote control",
            r"下载|安装|打开|开启|使用|加入|进入|接受|允许|进行|扫码|启动|同意|配合|授权|发起|请|\b(install|download|open|start|share|allow|grant|give|accept|join|turn on|enable|run|launch)\b",
            &format!(
                r"{REMOTE}|\b(remote (control|access|desktop|assistance|support)|(your )?screen|screen sharing)\b"
            ),
            40,
            r"\b(login|log-in|home|first|next|payment|confirmation|settings|start|full|lock|touch) ~[^~]*$|\b(on|from|off|of) (the|your|this) ~[^~]*$|~(了|过)[^~]*~|~[^~]*(关闭|退出|卸载|停止|断开|删除|close|uninstall|remove|turn off)[^~]*~",
        ),
    ]
});

pub(super) fn check(reader: &mut Reader, written: &Written, text: &Readable) {
    let mut last = None;
    for (what, range) in requests(&text.text) {
        let place = reader.place_in(written, text.origin(range.start));
        if last != Some((what, place)) {
            reader.report(
                "phishing-request",
                place,
                format!("this asks for {what}"),
                Some("customers must never be asked for it".to_owned()),
            );
        }
        last = Some((what, place));
    }
}

/// Returns what a text that somebody types asks for that it must not.
pub(crate) fn asks_for(text: &str) -> Option<&'static str> {
    requests(&Readable::of_value(text).text).into_iter().next().map(|(what, _)| what)
}

/// Returns what a folded text asks for that it must not, once for a sentence and thing, with where it asks.
fn requests(text: &str) -> Vec<(&'static str, Range<usize>)> {
    let mut found: Vec<(&'static str, Range<usize>)> = Vec::new();
    for sentence in sentences(text) {
        let of_sentence = found.len();
        for request in REQUESTS.iter() {
            let known = found[of_sentence..].iter().any(|(what, _)| *what == request.what);
            if let Some(asked) = asked(request, &text[sentence.clone()]).filter(|_| !known) {
                found.push((request.what, sentence.start + asked.start..sentence.start + asked.end));
            }
        }
    }
    found.sort_by_key(|(_, range)| range.start);
    found
}

fn asked(request: &Request, sentence: &str) -> Option<Range<usize>> {
    let seconds: Vec<Range<usize>> = request.second.find_iter(sentence).map(|second| second.range()).collect();
    request.first.find_iter(sentence).find_map(|first| {
        let near = seconds.iter().filter(|second| first.end() <= second.start).find(|second| {
            let between = &sentence[first.end()..second.start];
            between.chars().count() <= request.reach
                && !is_negative(between)
                && !is_harmless(request, sentence, &first.range(), second)
        })?;
        let asked = first.start()..near.end;
        (!is_denied(sentence, &asked)).then_some(asked)
    })
}

fn is_harmless(request: &Request, sentence: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    let before: Vec<char> = sentence[..first.start].chars().rev().take(AROUND).collect();
    let mut around: String = before.into_iter().rev().collect();
    around.push(EDGE);
    around.push_str(&sentence[first.end..second.start]);
    around.push(EDGE);
    around.extend(sentence[second.end..].chars().take(AROUND));
    request.harmless.is_match(&around)
}

/// Returns the sentences of a text; a full stop ends one only before white space.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        let ends = matches!(c, '。' | '!' | '?' | '\n' | ';') || (c == '.' && next.is_none_or(char::is_whitespace));
        if ends || next.is_none() {
            sentences.push(start..at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    sentences
}

#[cfg(test)]
#[path = "phishing_tests.rs"]
mod tests;
