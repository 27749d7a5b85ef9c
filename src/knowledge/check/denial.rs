//! Whether a sentence denies what a part of it asks for: it forbids it, says that nobody asks, or warns of those who do.
//! Takes folded text.

use std::ops::Range;

use once_cell::sync::Lazy;
use regex::Regex;

struct Words {
    /// Holds a word of denial and denies nothing: "don't worry", "特别", "收不到短信时".
    idle: Regex,
    /// Denies what follows in its clause.
    negative: Regex,
    /// Forbids, and so also what follows in the next clause.
    forbids: Regex,
    /// Speaks of a stranger who asks.
    stranger: Regex,
    /// Speaks of somebody who asks: a stranger unless it is said that we do.
    somebody: Regex,
    /// Begins a clause that goes on with what the one before began.
    goes_on: Regex,
    us: Regex,
    /// Asks anew, whatever was denied before.
    asks_anew: Regex,
    /// Right before what asks anew: it is told of, not said.
    told_of: Regex,
    /// Behind the request: it was told of as a fraud.
    judged: Regex,
}

static WORDS: Lazy<Words> = Lazy::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).expect("a test compiles every pattern");
    Words {
        idle: regex(concat!(
            "(不用|不要|不必|不需要|不需|无需|别|勿|请勿)(太|过于|再)?(担心|着急|急|怕|紧张|慌|惊慌|客气|害怕|犹豫|顾虑|挂断|挂机|关闭|离开|退出|错过|拖延|等待)",
            "|别人|特别|分别|识别|区别|级别|性别|类别|个别|鉴别|甄别|辨别|不同|不论|不管|无论|不明白|不清楚|不仅|不但|不只|不方便|不确定|不过|不然|差不多|不久|不足|不是(诈骗|骗局|骗子)|并非(诈骗|骗局)",
            "|(无法|不了|不到|没收|没有收|未收|未到|不能登录|不能支付)[^,。]{0,8}(时候?|的话)",
            r"|\b(don't|do not|no need to|not to|never)( you)? (worry|panic|hesitate|be afraid|fear|hang up|close|delay|wait|leave|miss)\b",
            r"|\bwithout (delay|hesitation|waiting)\b|\bno (problem|worries|doubt|later)\b|\bif (\w+ ){0,3}(do|does|did|have|has|is|are|can|could)( not|n't)\b[^,]*,|\bnot only\b|\b(is|are) (not|no) (a )?(scams?|frauds?)\b",
        )),
        negative: regex(concat!(
            "不(要|会|得|应|该|需|必|用|能|可|允|许|准|向|将|把|让|找|以|主动|通过|在|问|叫|请|再|随意|随便|轻易|建议|宜|泄露|透露|提供|告诉|告知|发|输|填|上传|下载|安装|打开|开启|转|给|索|接受|同意|点|相信|存在)",
            "|勿|别|无需|无须|毋需|禁止|严禁|拒绝|避免|防止|谨防|提防|警惕|小心|当心|杜绝|没有|没人|从未|停止|从不|绝不|决不|忌",
            r"|\b(never|not|cannot|no one|nobody|none|neither|nor|without|avoid|refuse|beware|stop|instead of|rather than|against)\b|n't\b|\bno (member|employee|agent|staff|colleague|one|body|bank|need|reason)\b",
        )),
        forbids: regex(
            r"^[^a-z\p{Han}]*(请|一定|千万|切|万)?(不要|勿|请勿|切勿|别|禁止|严禁|谨防|警惕|小心|当心|不得|不可|拒绝)|(客服|我们|工作人员|员工|平台)[^,]{0,6}(绝?不会|从不|不得)|^\W*(please )?(never|do not|don't|beware|avoid|refuse)\b|\b(we|nobody|no one|staff|agents?)( will| would)?( never|n't| not)?\b[^,]{0,12}\b(never|not|n't)\b|\bnever (want|ask|tell|request|need|require)\b",
        ),
        goes_on: regex(r"^ *(或|以及|并|(or|and|nor)\b)"),
        stranger: regex(concat!(
            "有人|谁|凡是|对方|自称|冒充|假冒|仿冒|冒用|假(客服|网站|平台|app|链接|页面|短信|工作人员)|骗|诈|谎称|声称|陌生|诱导|诱骗|索要|索取|钓鱼|不法|可疑|犯罪|套取|盗取|窃取|一旦|他人|来历不明|所谓",
            "|任何(人|单位|机构|个人|理由|形式|方式|渠道|情况|要求|让|叫|以|工作人员|客服|员工|平台|网站|电话|索|向)",
            r"|\b(anyone|someone|anybody|somebody|whoever|callers?|strangers?|fraudsters?|scammers?|criminals?|scams?|frauds?|phish\w*|claim\w*|pretend\w*|pos(e|es|ing) as|impersonat\w*|fake|suspicious|unsolicited|tricks?|others)\b",
        )),
        somebody: regex(
            r"(要求|让|叫|(^|[^需])要|请求)(你|我|客户|用户|他|提供|下载|转|安装|开|共享|输|汇)|\b(asks?|asked|asking)( \w+)? (you|to|for|that)\b|\b(tells?|told|telling|wants?|urges?|invites?) (you|me) to\b|\bdemands?\b|\brequests? (you|that|your|for)\b|\bif asked\b",
        ),
        us: regex(r"我们|客服|工作人员|专员|人工|坐席|\b(us|we|our|agents?|support|staff)\b"),
        asks_anew: regex(
            r"请(把|将|先|立即|马上|直接|提供|回复|发|告|输|填|尽快|务必|配合|下载|安装|打开|开启|共享|转|上传|念|报)|麻烦|务必|\bplease\b|\bkindly\b|\bbut\b|\bthen\b|但|然后",
        ),
        told_of: regex("(不会?|让|叫|要求|说|称|写着|声称|提示|[“\"「:]|邀|申|不要|勿)(你|客户|用户)?$"),
        judged: regex(
            r"(是|属于?|为)(典型的?|常见的?|电信|网络|假的?|冒充)*(诈骗|骗局|骗子|骗术|骗人|钓鱼|欺诈|骗|陷阱|假冒)|挂断|挂掉|报警|举报|不要(相信|理会|理睬|照做|点|听|信|配合|操作)|(勿|别)(信|理|听)|切勿(相信|轻信)|会导致|可能(会)?(导致|造成|泄露)|会被(盗|骗)|有风险|\b(is|are) (always |most likely |certainly |probably )?(a )?(scams?|frauds?|fraudsters?|fake|phishing|trying to)\b|\bhang up\b|\b(ignore|report) (it|them|him|her)\b",
        ),
    }
});

/// Says whether a part of a sentence denies what follows.
pub(super) fn is_negative(part: &str) -> bool {
    WORDS.negative.is_match(&without_idle(part))
}

/// Says whether something in the sentence denies what a range of it asks for.
pub(super) fn is_denied(sentence: &str, asked: &Range<usize>) -> bool {
    let before = without_idle(&sentence[..asked.start]);
    let clause = &sentence[asked.clone()];
    let after = without_idle(&sentence[asked.end..]);
    if WORDS.judged.is_match(&after) {
        return true;
    }
    let clause_start = before.rfind(',').map_or(0, |comma| comma + 1);
    // What asks anew, in this clause, ends what was denied before it.
    let with_verb = without_idle(&sentence[..asked.end]);
    let anew =
        WORDS.asks_anew.find_iter(&with_verb).filter(|found| !WORDS.told_of.is_match(&with_verb[..found.start()]));
    let anew = anew.last().map(|found| found.start()).filter(|&at| at >= clause_start && at <= before.len());
    let own = &before[anew.unwrap_or(clause_start)..];
    if WORDS.negative.is_match(own) || WORDS.stranger.is_match(own) {
        return true;
    }
    let rest_of_clause = after.split(',').next().unwrap_or_default();
    let to_us = WORDS.us.is_match(clause) || WORDS.us.is_match(rest_of_clause);
    if WORDS.somebody.is_match(&format!("{own}{clause}"))
        && !(WORDS.us.is_match(own) && !own.contains(['如', '若', '遇']) && !own.contains("if "))
    {
        return true;
    }
    if anew.is_some() {
        return false;
    }
    let earlier = &before[..clause_start];
    let last = earlier.trim_end_matches(',').rsplit(',').next().unwrap_or_default();
    let goes_on = WORDS.goes_on.is_match(&sentence[clause_start..]) && WORDS.somebody.is_match(last);
    goes_on || WORDS.stranger.is_match(earlier) || (!to_us && WORDS.forbids.is_match(last))
}

/// Blanks out what only looks like a denial.
fn without_idle(text: &str) -> String {
    WORDS.idle.replace_all(text, |found: &regex::Captures<'_>| "_".repeat(found[0].len())).into_owned()
}
