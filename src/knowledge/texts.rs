//! The few sentences that belong to no entry and no intent (`intents/texts.yaml`), with what is said without that file.

use std::collections::BTreeMap;

use crate::knowledge::content::Localised;
use crate::text::language::LanguageTag;

/// Which sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextName {
    /// Above the choices of a question back.
    Clarify,
    /// When nothing was understood.
    Fallback,
    /// In place of announcements when none is valid.
    NoAnnouncements,
    /// Before a hand-off that has no reply of its own.
    Handoff,
    /// Before a hand-off of what a supervisor has switched off.
    SwitchedOff,
    /// To whoever asks about a contact that is on the official list.
    ContactListed,
    /// To whoever asks about a contact that is not.
    ContactNotListed,
    /// To whoever asks about a contact that only looks like one of the list.
    ContactLookAlike,
    /// When somebody lets a flow be.
    Dropped,
    /// Before a flow goes on that was left for a while.
    GoOn,
    /// When something else is wished in the middle of a flow.
    Switch,
    /// When a person is offered.
    OfferPerson,
    /// When what is to be confirmed is wrong.
    WhatIsWrong,
    /// When an order is not as the customer says.
    Mismatch,
    /// When an account needs to be looked at by risk control.
    RiskControl,
    /// After an answer to what was found out.
    Solved,
    /// To whoever says that it is solved.
    SolvedThanks,
    /// When there is no such case, or not for this customer.
    CaseUnknown,
    /// How a case stands.
    CaseProgress,
    /// When there is an open case for the same order.
    CaseExists,
    /// After a hand-off that has opened a case.
    CaseOpened,
    /// To the customer of a case, before money moves.
    CaseConfirm,
    /// To whoever agrees.
    CaseConfirmed,
    /// To whoever does not agree.
    CaseDeclined,
    /// To the customer of a case that stands otherwise now.
    CaseMoved,
    /// To the customer of a case that takes longer than was promised.
    CaseLate,
    /// To the customer of a case that goes to the next level.
    CaseEscalated,
    /// In place of a time that nobody has promised.
    Soon,
    /// Before a person takes over, where nobody of the department works now.
    OutOfHours,
    /// Before a person takes over in a busy hour.
    Peak,
    /// Before a person takes over, where nobody of the department is at work, though it is open.
    NobodyNow,
    /// Before a person takes over, where so many wait that what was asked is recorded.
    Crowded,
    /// Before a person takes over, where others wait.
    QueuePlace,
    /// Where so many wait that a call-back is better.
    OfferCallback,
    /// To whoever takes a case back.
    CaseWithdrawn,
    /// Before the answer to somebody who is worried.
    Acknowledge,
    /// Above a step of a guided answer.
    Step,
    /// To whoever is stuck at a step.
    Stuck,
    /// To whoever leaves a guided answer.
    StepsLeft,
    /// Before a hand-off from a step of a guided answer.
    HandoffStep,
    /// When an order is not as the customer says, who was not asked for the time.
    MismatchUntimed,
    /// The button that says that a step is done.
    StepDone,
    /// The button that says that a step cannot be done.
    StepStuck,
    /// The button that asks for all steps at once.
    StepAll,
    /// The button that leaves a question open.
    Skip,
    /// The button that says yes.
    Yes,
    /// The button that says no.
    No,
    /// The button that confirms.
    Confirm,
    /// The button that says that something is wrong.
    Wrong,
    /// How a case stands that nobody has taken up.
    StatusOpen,
    /// How a case stands that waits for the customer.
    StatusWaitingCustomer,
    /// How a case stands that somebody works on.
    StatusInReview,
    /// How a case stands that was decided for the customer.
    StatusApproved,
    /// How a case stands that was decided against the customer.
    StatusRejected,
    /// How a case stands when what was decided is done.
    StatusDone,
    /// How a case stands that has ended.
    StatusClosed,
    /// To whoever sends a file that belongs to no case yet.
    FileReceived,
    /// To whoever sends a file for a case.
    FileAdded,
    /// When a conversation ends in which nothing is said any more.
    ClosedIdle,
    /// Above the refund form.
    FormTitle,
    /// How the refund form is filled in, what to attach, where to send it.
    FormHow,
    /// The form's field for the order's number.
    FormOrderNumber,
    /// The form's field for when it was paid.
    FormTime,
    /// The form's field for the sum.
    FormAmount,
    /// The form's field for the last four digits of the account that paid.
    FormAccount,
    /// The form's field for the reason.
    FormReason,
    /// The form's field for what happened.
    FormDescription,
    /// The form's field for how its sender is reached.
    FormContact,
    /// The form's field for signature and date.
    FormSignature,
    /// The link to the form as a sheet.
    FormDownload,
}

impl TextName {
    /// All names with their keys in the file.
    pub const ALL: [(TextName, &'static str); 70] = [
        (TextName::Clarify, "clarify"),
        (TextName::Fallback, "fallback"),
        (TextName::NoAnnouncements, "no_announcements"),
        (TextName::Handoff, "handoff"),
        (TextName::SwitchedOff, "switched_off"),
        (TextName::ContactListed, "contact_listed"),
        (TextName::ContactNotListed, "contact_not_listed"),
        (TextName::ContactLookAlike, "contact_look_alike"),
        (TextName::Dropped, "dropped"),
        (TextName::GoOn, "go_on"),
        (TextName::Switch, "switch"),
        (TextName::OfferPerson, "offer_person"),
        (TextName::WhatIsWrong, "what_is_wrong"),
        (TextName::Mismatch, "mismatch"),
        (TextName::RiskControl, "risk_control"),
        (TextName::Solved, "solved"),
        (TextName::SolvedThanks, "solved_thanks"),
        (TextName::CaseUnknown, "case_unknown"),
        (TextName::CaseProgress, "case_progress"),
        (TextName::CaseExists, "case_exists"),
        (TextName::CaseOpened, "case_opened"),
        (TextName::CaseConfirm, "case_confirm"),
        (TextName::CaseConfirmed, "case_confirmed"),
        (TextName::CaseDeclined, "case_declined"),
        (TextName::CaseMoved, "case_moved"),
        (TextName::CaseLate, "case_late"),
        (TextName::CaseEscalated, "case_escalated"),
        (TextName::Soon, "soon"),
        (TextName::OutOfHours, "out_of_hours"),
        (TextName::Peak, "peak"),
        (TextName::NobodyNow, "nobody_now"),
        (TextName::Crowded, "crowded"),
        (TextName::QueuePlace, "queue_place"),
        (TextName::OfferCallback, "offer_callback"),
        (TextName::CaseWithdrawn, "case_withdrawn"),
        (TextName::Acknowledge, "acknowledge"),
        (TextName::Step, "step"),
        (TextName::Stuck, "stuck"),
        (TextName::StepsLeft, "steps_left"),
        (TextName::HandoffStep, "handoff_step"),
        (TextName::MismatchUntimed, "mismatch_untimed"),
        (TextName::StepDone, "step_done"),
        (TextName::StepStuck, "step_stuck"),
        (TextName::StepAll, "step_all"),
        (TextName::Skip, "skip"),
        (TextName::Yes, "yes"),
        (TextName::No, "no"),
        (TextName::Confirm, "confirm"),
        (TextName::Wrong, "wrong"),
        (TextName::StatusOpen, "status_open"),
        (TextName::StatusWaitingCustomer, "status_waiting_customer"),
        (TextName::StatusInReview, "status_in_review"),
        (TextName::StatusApproved, "status_approved"),
        (TextName::StatusRejected, "status_rejected"),
        (TextName::StatusDone, "status_done"),
        (TextName::StatusClosed, "status_closed"),
        (TextName::FileReceived, "file_received"),
        (TextName::FileAdded, "file_added"),
        (TextName::ClosedIdle, "closed_idle"),
        (TextName::FormTitle, "form_title"),
        (TextName::FormHow, "form_how"),
        (TextName::FormOrderNumber, "form_order_number"),
        (TextName::FormTime, "form_time"),
        (TextName::FormAmount, "form_amount"),
        (TextName::FormAccount, "form_account"),
        (TextName::FormReason, "form_reason"),
        (TextName::FormDescription, "form_description"),
        (TextName::FormContact, "form_contact"),
        (TextName::FormSignature, "form_signature"),
        (TextName::FormDownload, "form_download"),
    ];

    /// Says whether the sentence may hold values of a flow (`{{case_number}}`).
    pub(crate) fn is_of_flow(self) -> bool {
        matches!(
            self,
            Self::Switch
                | Self::CaseProgress
                | Self::CaseExists
                | Self::CaseOpened
                | Self::CaseConfirm
                | Self::CaseConfirmed
                | Self::CaseDeclined
                | Self::CaseMoved
                | Self::CaseLate
                | Self::CaseEscalated
                | Self::OutOfHours
                | Self::Peak
                | Self::NobodyNow
                | Self::Crowded
                | Self::QueuePlace
                | Self::CaseWithdrawn
                | Self::Step
                | Self::HandoffStep
                | Self::FileAdded
        )
    }

    fn built_in(self) -> [(LanguageTag, &'static str); 2] {
        let (chinese, english) = match self {
            TextName::Clarify => ("请问您想了解的是下面哪一个？", "Which of these do you mean?"),
            TextName::Fallback => (
                "抱歉，这个问题我还不会回答。您可以换一种说法再问一次，或者回复「转人工」。",
                "Sorry, I have no answer to that. Please put it another way, or reply \"talk to a person\".",
            ),
            TextName::NoAnnouncements => ("目前没有新的公告。", "There is no announcement at the moment."),
            TextName::Handoff => {
                ("正在为您转接人工客服，请稍候。", "I am passing you on to a colleague, one moment please.")
            }
            TextName::SwitchedOff => (
                "这个问题暂时由人工客服为您解答，正在转接，请稍候。",
                "A colleague is answering this at the moment; I am passing you on, one moment please.",
            ),
            TextName::ContactListed => (
                "它在我们公布的官方联系方式名单上。来电号码和发件人都可以伪造：如果是对方找您，请先挂断，再由您自己拨打。",
                "It is on our list of official contacts. Numbers and senders can be faked: if they contacted you, hang up and dial yourself.",
            ),
            TextName::ContactNotListed => (
                "它不在我们公布的官方联系方式名单上。请不要付款，也不要透露任何验证信息。",
                "It is not on our list of official contacts. Do not pay and do not give any codes.",
            ),
            TextName::ContactLookAlike => (
                "请小心：它和我们的官方联系方式很像，但不是同一个。请不要打开、回拨或付款。",
                "Careful: it resembles one of our official contacts but is not the same. Do not open it, call it or pay.",
            ),
            TextName::Dropped => (
                "好的，已经停下，什么都没有提交。还有什么可以帮您？",
                "All right, I have stopped; nothing was submitted. Is there anything else?",
            ),
            TextName::GoOn => ("好的，我们继续。", "All right, let us go on."),
            TextName::Switch => (
                "您正在办理一项申请。要放下它，先办「{{wish}}」吗？",
                "You are in the middle of a request. Shall I leave it for \"{{wish}}\"?",
            ),
            TextName::OfferPerson => ("需要为您转接人工客服吗？", "Shall I pass you on to a colleague?"),
            TextName::WhatIsWrong => {
                ("哪一项不对？请直接把正确的内容发给我。", "Which part is wrong? Just send me what is right.")
            }
            TextName::Mismatch => (
                "您提供的信息与这笔订单的记录对不上，请核对订单号、时间和金额，再把正确的发给我。",
                "What you gave me does not agree with our record of this order. Please check the number, the time and the amount, and send me what is right.",
            ),
            TextName::RiskControl => (
                "这笔交易需要风控同事核实账户情况，正在为您转接，请稍候。",
                "A colleague of risk control has to look at the account; I am passing you on, one moment please.",
            ),
            TextName::Solved => ("这样解决您的问题了吗？", "Does this solve it?"),
            TextName::SolvedThanks => ("太好了。以后有问题随时找我。", "Good to hear. I am here whenever you need me."),
            TextName::CaseUnknown => (
                "没有查到这个编号的案件，请核对后再发一次。",
                "I find no case with this number. Please check it and send it again.",
            ),
            TextName::CaseProgress => (
                "案件 {{case_number}} 目前的状态：{{case_status}}。有变化我们会主动通知您。",
                "Your case {{case_number}} stands at: {{case_status}}. We tell you when it changes.",
            ),
            TextName::CaseExists => (
                "这笔订单已经有一个处理中的案件 {{case_number}}，不用重复提交，有进展会通知您。",
                "There is an open case {{case_number}} for this order already; there is no need to submit it again, and we tell you about progress.",
            ),
            TextName::CaseOpened => (
                "已登记，编号 {{case_number}}，预计 {{first_reply_by}} 前有同事联系您。",
                "It is recorded as {{case_number}}; a colleague gets back to you by {{first_reply_by}}.",
            ),
            TextName::CaseConfirm => (
                "案件 {{case_number}}：将退回 {{amount}}，退到 {{account}}。您确认吗？",
                "Case {{case_number}}: {{amount}} will go back to {{account}}. Do you agree?",
            ),
            TextName::CaseConfirmed => (
                "已收到您的确认，案件 {{case_number}} 继续处理，结果会主动通知您。",
                "Thank you, case {{case_number}} goes on; we tell you the result.",
            ),
            TextName::CaseDeclined => (
                "好的，案件 {{case_number}} 先不办理退回。请告诉我们哪里不对，同事会重新核实。",
                "All right, nothing is paid back for {{case_number}} yet. Tell us what is wrong, and a colleague looks at it again.",
            ),
            TextName::CaseMoved => (
                "案件 {{case_number}} 有新进展：{{case_status}}。",
                "There is news of case {{case_number}}: {{case_status}}.",
            ),
            TextName::CaseLate => (
                "抱歉，案件 {{case_number}} 比预计的时间长。我们已转交{{department}}跟进，预计 {{resolve_by}} 前办结，有进展会主动通知您。",
                "We are sorry: case {{case_number}} takes longer than we said. {{department}} is looking after it now; we expect to finish by {{resolve_by}} and tell you about progress.",
            ),
            TextName::CaseEscalated => (
                "案件 {{case_number}} 已升级，由{{department}}跟进，预计 {{resolve_by}} 前办结。",
                "Case {{case_number}} has been passed on to {{department}}; we expect to finish by {{resolve_by}}.",
            ),
            TextName::Soon => ("近期", "the earliest possible time"),
            TextName::OutOfHours => (
                "现在是非工作时间，您的问题已登记，编号 {{case_number}}，同事会在 {{first_reply_by}} 前回复您。",
                "Nobody is at the desk right now. Your question is recorded as {{case_number}}; a colleague gets back to you by {{first_reply_by}}.",
            ),
            TextName::Peak => (
                "现在是咨询高峰，等候时间可能较长；{{quieter_at}} 以后会快一些。",
                "This is a busy hour and you may have to wait; it is quieter after {{quieter_at}}.",
            ),
            TextName::NobodyNow => (
                "同事暂时不在线。您的问题已登记，编号 {{case_number}}，会在 {{first_reply_by}} 前回复您，您可以先离开，回复会留在这里。",
                "No colleague is online right now. Your question is recorded as {{case_number}}; somebody gets back to you by {{first_reply_by}}. You can leave, the reply stays here.",
            ),
            TextName::Crowded => (
                "现在等候的人较多。您的问题已登记，编号 {{case_number}}，会在 {{first_reply_by}} 前回复您，您可以先离开，回复会留在这里。",
                "Many people are waiting right now. Your question is recorded as {{case_number}}; somebody gets back to you by {{first_reply_by}}. You can leave, the reply stays here.",
            ),
            TextName::QueuePlace => (
                "您排在第 {{queue_place}} 位，预计等候约 {{wait_minutes}} 分钟。",
                "You are number {{queue_place}} in the queue; the wait is about {{wait_minutes}} minutes.",
            ),
            TextName::OfferCallback => (
                "现在等候的人较多。不想等的话，可以回复「请给我回电话」，我们按您方便的时间打给您。",
                "Many people are waiting right now. If you would rather not wait, reply \"please call me back\" and we call you at a time that suits you.",
            ),
            TextName::CaseWithdrawn => (
                "案件 {{case_number}} 已按您的要求撤回。需要时可以重新提交。",
                "Case {{case_number}} has been withdrawn as you asked. You can submit it again at any time.",
            ),
            TextName::Acknowledge => {
                ("我明白您着急，我们一起来解决。", "I understand that this is worrying; let us sort it out.")
            }
            TextName::Step => {
                ("第 {{step_number}} 步，共 {{step_count}} 步：", "Step {{step_number}} of {{step_count}}:")
            }
            TextName::Stuck => (
                "没走通也没关系。回复「下一步」可以先试后面的，也可以请同事接着帮您。需要为您转接人工客服吗？",
                "No harm done. Reply \"next\" to try what comes after it, or let a colleague take over. Shall I pass you on to a colleague?",
            ),
            TextName::StepsLeft => {
                ("好的，先到这里。需要时再问我。", "All right, we leave it there. Ask me whenever you need it.")
            }
            TextName::HandoffStep => (
                "正在为您转接人工客服，并告诉同事：您在看「{{question}}」，停在第 {{step_number}} 步。",
                "I am passing you on to a colleague, who is told that you are at step {{step_number}} of \"{{question}}\".",
            ),
            TextName::MismatchUntimed => (
                "您提供的信息与这笔订单的记录对不上，请核对订单号和金额，再把正确的发给我。",
                "What you gave me does not agree with our record of this order. Please check the number and the amount, and send me what is right.",
            ),
            TextName::StepDone => ("做好了", "Done"),
            TextName::StepStuck => ("卡住了", "I am stuck"),
            TextName::StepAll => ("看全部步骤", "Show all steps"),
            TextName::Skip => ("跳过", "Skip"),
            TextName::Yes => ("是", "Yes"),
            TextName::No => ("不用", "No"),
            TextName::Confirm => ("确认", "Confirm"),
            TextName::Wrong => ("不对", "That is wrong"),
            TextName::StatusOpen => ("已登记，等待处理", "recorded, waiting to be taken up"),
            TextName::StatusWaitingCustomer => ("等待您补充或确认", "waiting for you"),
            TextName::StatusInReview => ("审核中", "under review"),
            TextName::StatusApproved => ("已通过", "approved"),
            TextName::StatusRejected => ("未通过", "declined"),
            TextName::StatusDone => ("已办结", "done"),
            TextName::StatusClosed => ("已关闭", "closed"),
            TextName::FileReceived => (
                "文件已收到，会和您的问题一起交给同事。",
                "I have got your file; it goes to a colleague together with your request.",
            ),
            TextName::FileAdded => {
                ("文件已附到案件 {{case_number}}。", "Your file has been added to case {{case_number}}.")
            }
            TextName::ClosedIdle => (
                "您有一段时间没有说话，这次会话先结束了。需要时再发一条消息就能继续。",
                "Nothing was said for a while, so this conversation ends here. Send another message to go on.",
            ),
            TextName::FormTitle => ("退款申请表", "Refund request form"),
            TextName::FormHow => (
                "请逐项填写，附上相关凭证，交给我们的客服。请不要填写密码、验证码或完整的卡号。",
                "Please fill in every field, attach your evidence and send it to our support. Never write a password, a code or a whole card number.",
            ),
            TextName::FormOrderNumber => ("订单号", "Order number"),
            TextName::FormTime => ("交易时间", "Time of the transaction"),
            TextName::FormAmount => ("退款金额", "Amount to be refunded"),
            TextName::FormAccount => ("付款账户（只填后四位）", "Paying account (last four digits only)"),
            TextName::FormReason => ("退款原因", "Reason"),
            TextName::FormDescription => ("情况说明", "What happened"),
            TextName::FormContact => ("联系方式", "How we reach you"),
            TextName::FormSignature => ("申请人（签名）和日期", "Applicant (signature) and date"),
            TextName::FormDownload => ("下载 Excel 表格", "Download as an Excel sheet"),
        };
        [(LanguageTag::zh_cn(), chinese), (LanguageTag::en(), english)]
    }
}

/// The sentences, each in every language there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(BTreeMap<TextName, Localised>);

impl Texts {
    /// Replaces a sentence.
    pub fn set(&mut self, name: TextName, text: Localised) {
        self.0.insert(name, text);
    }

    /// Returns a sentence.
    pub fn get(&self, name: TextName) -> &Localised {
        &self.0[&name]
    }
}

impl Default for Texts {
    fn default() -> Self {
        let built_in = |(name, _): (TextName, &str)| {
            (name, name.built_in().into_iter().map(|(language, text)| (language, text.to_owned())).collect())
        };
        Self(TextName::ALL.into_iter().map(built_in).collect())
    }
}
