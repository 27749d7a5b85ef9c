//! Sentences that ask for what they must not, and sentences that only speak of it: a line of data each.

use super::*;

const ASKING: &[&str] = &[
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
    // denials that deny something else
    "不用担心，把验证码发给客服即可",
    "别着急把验证码告诉客服就行",
    "任何问题，回复验证码即可",
    "请提供密码，不会泄露验证码",
    "如果收不到短信，把验证码截图发给我们",
    "如果您不确定，请提供支付密码",
    "我们绝不会收费，请把验证码发给我们",
    "请把验证码发给我们，不要告诉别人",
    "特别提醒：回复验证码完成认证",
    "无法登录的话，把密码告诉客服",
    "客服会要求您提供验证码",
    // other ways to write it
    "請把驗證碼發給我們",
    "請提供您的支付密碼",
    "请把验 证 码发给我们",
    "请把ＯＴＰ告诉客服",
    "先安装ToDesk，再联系我们",
    "配合工作人员进行远程协助",
    "把钱转到安全账户",
    // English
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
    "Don't worry, just send us your PIN",
    "Do not hesitate to send us your password",
    "We never ask for money, but send us your OTP",
    "Send your name, card number and PIN",
    "Tell us the code you received",
    "If you have not received the refund, send us your OTP",
    "We asked the bank, and you share your screen with our agent",
    "Wire the deposit to our safe account",
    "Allow remote access so that our staff can check",
];

const HARMLESS: &[&str] = &[
    "我们绝不会索要密码或短信验证码",
    "请勿把验证码告诉任何人",
    "按页面提示设置新密码",
    "忘记支付密码可以重置",
    "收不到验证码时，请检查手机信号",
    "收不到验证码时请检查信号",
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
    "验证码会发送到您的手机",
    "系统会将验证码发送至预留手机号",
    "点击发送验证码",
    "输入手机号，点击获取验证码",
    "请勿向任何人透露密码、提供验证码",
    "请勿提供：密码、验证码、卡背面三位数",
    "有人冒充客服要求您提供验证码，请挂断",
    "对方以退款为由，让您共享屏幕，就是诈骗",
    "骗子会让您把验证码发给他们",
    "請勿把驗證碼告訴任何人",
    "我们不会以任何理由要求您转账到安全账户",
    "请提供订单号，我们不会索要密码",
    "款项会打款到您的银行账户",
    "请在提现前确认，我们将打款到你的银行卡",
    // English
    "We never ask for your password or a verification code",
    "Do not share your OTP with anyone",
    "Never enter your PIN on a page that somebody sent you",
    "Anyone who asks you to transfer money to a safe account is a fraud",
    "Set a new password as the page tells you",
    "Please send the order number and the amount",
    "Refunds go back to the account you paid from",
    "Nobody at CGPay will tell you to share your screen",
    "If the code does not arrive, check the signal",
    "Our staff won’t ask you to install TeamViewer",
    "We will send a verification code to your phone",
    "A text message with the verification code arrives within a minute",
    "Enter a new password",
    "If someone asks for your PIN, hang up",
    "Please send the form, and never your password",
    "Open the app and tap the button on the home screen",
    "We never ask for passwords or codes, and never want you to move money, share a screen or add a private account",
    "You are asked for passwords or codes, or to share your screen with meeting or remote-control software",
    "We transfer the refund to the card you paid with",
];

fn found(text: &str) -> Vec<(&'static str, String)> {
    let folded = Readable::of_value(text).text;
    requests(&folded).into_iter().map(|(what, range)| (what, folded[range].to_owned())).collect()
}

#[test]
fn what_asks_is_found() {
    let missed: Vec<&&str> = ASKING.iter().filter(|text| found(text).is_empty()).collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_only_speaks_of_it_is_not() {
    let wrong: Vec<_> = HARMLESS.iter().map(|text| (text, found(text))).filter(|(_, found)| !found.is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
