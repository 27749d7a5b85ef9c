//! Small words that steer a conversation: yes, no, never mind, I don't know, that did not help. They are read in the
//! normalised text, and mostly only where they are the whole of it.

use once_cell::sync::Lazy;
use regex::Regex;

/// What a small word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cue {
    /// Yes, that is so.
    Yes,
    /// No, it is not.
    No,
    /// Let it be.
    Drop,
    /// Let it be, somewhere in a longer message.
    Leave,
    /// Go on with what was begun.
    GoOn,
    /// That step is done.
    Next,
    /// That step cannot be done.
    Stuck,
    /// All steps at once.
    All,
    /// It is solved.
    Solved,
    /// I leave that open.
    Skip,
    /// I cannot say.
    Unknown,
    /// That did not help.
    Unsolved,
    /// What was said before was wrong.
    Correction,
    /// The customer is worried.
    Worry,
    /// It is a question.
    Question,
    /// It goes on from what was said before.
    Ellipsis,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a test compiles every pattern")
}

static CUES: Lazy<Vec<(Cue, Regex)>> = Lazy::new(|| {
    let whole = |words: &str| {
        let tail = "吧|了|的|啊|呀|哦|呢|哈|谢谢|麻烦.{0,4}|快点.{0,10}|就这样|please|thanks|thank you";
        regex(&format!(r"^(?:嗯+|那|哦|噢|这回|这次|oh|well|um)?\s*(?:{words})(?:\s*(?:{words}|{tail}))*\s*$"))
    };
    vec![
        (
            Cue::Yes,
            whole(
                "是|是的|是呀|对|对对|没错|嗯+|好|好的|好吧|行|可以|可以的|确认|确定|确认无误|提交|提交吧|确认提交|要|要的|需要|没问题|正确|都对|信息没错|无误|同意|转吧|解决了|可以了|ok|okay|yes|yep|yeah|yes it is|yes please|sure|correct|that s? ?(?:right|correct)|all right|right|fine|submit|submit it|confirm|confirmed|go ahead|please do|it did|solved|shi|shi de|dui|hao",
            ),
        ),
        (
            Cue::No,
            whole(
                "不|不是|不对|不要|不用|不用转|不行|不可以|不需要|否|错|错了|有误|不正确|没有|没呢|还没|没解决|no|nope|nah|not correct|wrong|that s? ?wrong|incorrect|don t|no thanks|no thank you|not yet|bu|bu shi",
            ),
        ),
        (Cue::No, regex(r"^(?:不用|不必|不要|暂时不|先不|没有|no)(?:$|[^0-9]{1,8}$)")),
        (
            Cue::Drop,
            regex(
                r"^(?:那就?|还是|嗯+|哎|唉|ok|oh|well)?\s*(?:(?:[^，]{0,6}算了|不办|不弄|不退了|不申请|不投诉了|先不办|先不弄|先这样|改天再|下次再|不查了|不问了|不用查了|以后再|我再想想|不想弄|不想办|别办|never ?mind|forget (?:it|about it)|drop it|leave it|i changed my mind|i don t (?:want|need) (?:it|this|that) (?:any ?more|now)).{0,10}|(?:取消|退出|不用了|不要了|先不用|停止|停|cancel|cancel (?:it|that|this|this request|the request)|stop|quit|exit|not now|no longer needed)(?:吧|了|谢谢|please|thanks)*)$",
            ),
        ),
        (
            Cue::Leave,
            regex(
                r"先不弄|先不办|先不管|别管|不退了|不办了|不弄了|算了|先别|\b(?:forget|never ?mind|drop|leave) (?:it|that|this|the)\b|\binstead\b|\bnever ?mind\b",
            ),
        ),
        (Cue::GoOn, whole("继续|接着|接着办|先办这个|继续办|go on|continue|carry on|stay|stay here|keep going")),
        (
            Cue::Next,
            whole(
                "好了|做好了|做完了|做了|做过了|试过了|试了|完成|完成了|弄好了|弄完了|搞定|搞定了|都好了|下一步|下一个|然后呢|接下来呢|接着呢|下面呢|再然后|done|done that|did that|did it|finished|next|next step|next one|and then|then what|what next|what s next",
            ),
        ),
        (
            Cue::Stuck,
            regex(
                r"卡住|卡在|卡了|不行|做不了|做不到|走不通|弄不了|弄不好|不会弄|不会操作|找不到|没找到|没有这个|看不到|没看到|打不开|点不了|点不动|没反应|还是不|还是没|失败|\b(?:stuck|(?:does|do|did|is|are)(?: not|n t) work(?:ing)?|doesn t work|didn t work|not working|can t|cannot|can not|couldn t|fails|failed|don t see|no such)\b",
            ),
        ),
        (
            Cue::All,
            regex(
                r"看全部|全部步骤|所有步骤|全部(?:发|告诉|说)|一次(?:性)?(?:说完|说清|看完|发完|发给我|都发)|都发(?:给我|出来)|\bshow (?:me )?(?:all|everything|them all)\b|\ball (?:the )?steps\b|\ball at once\b",
            ),
        ),
        (
            Cue::Solved,
            whole(
                "解决了|可以了|能用了|好使了|登上了|登录上了|登进去了|能登录了|进去了|成功了|弄成了|没问题了|solved|it s solved|fixed|it s fixed|it works|it works now|works now|it worked|that worked|that helped|it did|i m in",
            ),
        ),
        (
            Cue::Skip,
            whole(
                "跳过|没有|没有了|没了|没别的|没有别的|不用|不用了|不要|不要了|不需要|不必|不填|不提供|无|暂无|就这些|no|none|nope|nah|skip|skip it|skip this|no thanks|no thank you|nothing|nothing else|nothing more|that s all|that is all|n a",
            ),
        ),
        (
            Cue::Unknown,
            regex(
                r"^(?:我|这个|那个|i)?\s*(?:真的?|也|都|really)?\s*(?:(?:不知道|不记得|忘|忘记|没有|找不到|查不到|不清楚|记不得|记不清|跳过|略过|没记|没存|don t (?:know|remember|have)|do not (?:know|remember|have)|no idea|not sure|forgot|can t find|cannot find|skip).{0,14})$",
            ),
        ),
        (
            Cue::Unsolved,
            regex(
                r"没解决|没有解决|没能解决|解决不了|还是不行|还是不能|还是没|还是一样|老样子|还是那样|不管用|没用啊?$|没有用|没帮助|不是我要的|答非所问|(?:didn t|did not|doesn t|does not|not) (?:really )?(?:help|helpful|solve|work)|not solved|still (?:not|doesn t|does not|can t|cannot|no)\b|not what i (?:asked|meant)",
            ),
        ),
        (
            Cue::Correction,
            regex(
                r"不对|不是|错了|写错|打错|说错|搞错|填错|记错|更正|改成|改为|改一下|应该是|应为|(?:^|\b)(?:sorry|actually|i mean|i meant|correction|wrong|should be|make that|rather)\b",
            ),
        ),
        (
            Cue::Worry,
            regex(
                r"急死|着急|好急|很急|特别急|太急|担心|害怕|怎么办啊|怎么办呀|慌|焦虑|崩溃|快疯了|吓死|\b(?:worried|urgent|urgently|scared|anxious|desperate|panicking|freaking out|stressed)\b",
            ),
        ),
        (
            Cue::Question,
            regex(
                r"吗$|怎么|怎样|如何|为什么|为啥|为何|多久|多少|几天|几个工作日|什么|哪里|哪儿|哪个|能不能|可不可以|是不是|有没有|会不会|要不要|^(?:how|what|when|where|why|who|which|can|could|do|does|did|is|are|will|would|should)\b",
            ),
        ),
        (Cue::Ellipsis, regex(r"^(?:那么?|然后|还有|它|这个|那个|之后|and|then|what about|how about|and then|so)|呢$")),
    ]
});

/// Words of worry that say the opposite.
static CALM: Lazy<Regex> = Lazy::new(|| regex(r"不着急|不急|别着急|不用着急|别急|not urgent|no hurry|不担心|不用担心"));

/// What small words say in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cues(Vec<Cue>);

impl Cues {
    /// Reads the normalised text; `typed` is the text as it was written, for its question mark.
    pub fn of(normalised: &str, typed: &str) -> Self {
        let mut cues: Vec<Cue> =
            CUES.iter().filter(|(_, pattern)| pattern.is_match(normalised)).map(|(cue, _)| *cue).collect();
        if typed.trim_end().ends_with(['?', '？']) && !cues.contains(&Cue::Question) {
            cues.push(Cue::Question);
        }
        if CALM.is_match(normalised) {
            cues.retain(|cue| *cue != Cue::Worry);
        }
        Self(cues)
    }

    /// Says whether a text says something.
    pub fn say(&self, cue: Cue) -> bool {
        self.0.contains(&cue)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalise::normalise;

    #[test]
    fn small_words_are_read() {
        use Cue::{
            All, Correction, Drop, Ellipsis, GoOn, Next, No, Question, Skip, Solved, Stuck, Unknown, Unsolved, Worry,
            Yes,
        };
        let mut wrong = String::new();
        for (text, cue, expected) in [
            ("是的。", Yes, true),
            ("嗯，对的", Yes, true),
            ("确认提交吧", Yes, true),
            ("That's right", Yes, true),
            ("yes please", Yes, true),
            ("好慢啊", Yes, false),
            ("是昨天付的", Yes, false),
            ("不对", No, true),
            ("不用了，谢谢", Drop, true),
            ("no thanks", No, true),
            ("不是这个订单", No, false),
            ("算了，不退了", Drop, true),
            ("还是算了吧", Drop, true),
            ("never mind", Drop, true),
            ("取消", Drop, true),
            ("订单取消了", Drop, false),
            ("怎么取消订单", Drop, false),
            ("继续", GoOn, true),
            ("好了", Next, true),
            ("做完了，下一步", Next, true),
            ("Done, next step", Next, true),
            ("好了没有", Next, false),
            ("下一步怎么收费", Next, false),
            ("卡住了", Stuck, true),
            ("页面打不开", Stuck, true),
            ("It doesn't work", Stuck, true),
            ("看全部步骤", All, true),
            ("show me all steps", All, true),
            ("可以了，谢谢", Solved, true),
            ("it works now", Solved, true),
            ("没有了", Skip, true),
            ("Skip it, thanks", Skip, true),
            ("没有收到货", Skip, false),
            ("不知道啊", Unknown, true),
            ("我忘了", Unknown, true),
            ("I don't have it", Unknown, true),
            ("没有收到货", Unknown, true),
            ("没解决", Unsolved, true),
            ("that didn't help", Unsolved, true),
            ("不对，是CG20261101000001", Correction, true),
            ("sorry, it was 58 yuan", Correction, true),
            ("急死我了", Worry, true),
            ("不着急", Worry, false),
            ("多久到账", Question, true),
            ("Refund?", Question, true),
            ("那多久到账", Ellipsis, true),
        ] {
            if Cues::of(&normalise(text), text).say(cue) != expected {
                wrong.push_str(&format!("{text}: {cue:?} is not {expected}\n"));
            }
        }
        assert!(wrong.is_empty(), "{wrong}");
    }
}
