//! A fixed generator of knowledge bases of any size: entries of one standard question and three similar ones about
//! combinations of product, action and problem, with some words of their own, and answers of 180 characters.
#![allow(dead_code, reason = "each bench uses its part")]

use yingda::evaluation::sets::SetEntry;

const PRODUCTS: [&str; 24] = [
    "余额",
    "银行卡",
    "信用卡",
    "储蓄卡",
    "二维码",
    "收款码",
    "自动扣款",
    "亲情账户",
    "商户账户",
    "企业账户",
    "红包",
    "优惠券",
    "话费充值",
    "水电缴费",
    "信用分",
    "理财账户",
    "保险",
    "机票",
    "火车票",
    "酒店",
    "外卖",
    "打车",
    "医保",
    "公积金",
];
const ACTIONS: [&str; 20] = [
    "绑定", "解绑", "充值", "提现", "转账", "退款", "付款", "冻结", "解冻", "注销", "开通", "关闭", "查询", "修改",
    "申请", "取消", "补办", "验证", "导出", "打印",
];
const PROBLEMS: [&str; 15] = [
    "失败",
    "没到账",
    "多久到账",
    "要手续费吗",
    "有没有限额",
    "提示错误",
    "收不到短信",
    "显示处理中",
    "重复扣款",
    "金额不对",
    "找不到入口",
    "需要什么材料",
    "审核不通过",
    "怎么办",
    "的步骤",
];
const FRAMES: [&str; 8] =
    ["请问{}", "我的{}", "{}怎么处理", "为什么{}", "{}是什么原因", "想了解{}", "{}，急", "昨天开始{}"];

/// A generator of pseudo-random numbers (SplitMix64): the same on every machine.
pub struct Numbers(u64);

impl Numbers {
    /// Starts at a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % n as u64) as usize
    }
}

fn own_word(numbers: &mut Numbers) -> String {
    (0..2).filter_map(|_| char::from_u32(0x4E00 + numbers.below(3000) as u32)).collect()
}

/// Generates `n` entries and one question for each: another wording of it, sometimes with a character lost.
pub fn generate(n: usize) -> (Vec<SetEntry>, Vec<String>) {
    let mut numbers = Numbers::new(42);
    let mut entries = Vec::with_capacity(n);
    let mut questions = Vec::with_capacity(n);
    for at in 0..n {
        let product = PRODUCTS[at % PRODUCTS.len()];
        let action = ACTIONS[(at / PRODUCTS.len()) % ACTIONS.len()];
        let problem = PROBLEMS[(at / (PRODUCTS.len() * ACTIONS.len())) % PROBLEMS.len()];
        // From the second round of the combinations on, words of its own tell an entry from the others.
        let own =
            if at < PRODUCTS.len() * ACTIONS.len() * PROBLEMS.len() { String::new() } else { own_word(&mut numbers) };
        let about = format!("{own}{product}{action}{problem}");
        let worded = |numbers: &mut Numbers| FRAMES[numbers.below(FRAMES.len())].replace("{}", &about);
        let similar = (0..3).map(|_| worded(&mut numbers)).collect();
        let mut question: Vec<char> = worded(&mut numbers).chars().collect();
        if numbers.below(4) == 0 {
            question.remove(numbers.below(question.len()));
        }
        questions.push(question.into_iter().collect());
        let answer: String =
            format!("关于{about}：请打开应用，进入相应页面，按提示操作。").chars().cycle().take(180).collect();
        entries.push(SetEntry { id: format!("e{at:06}"), question: about.clone(), similar, answer });
    }
    (entries, questions)
}

/// Where it happens: one more word that tells entries of the hard set apart.
const PLACES: [&str; 14] = [
    "手机端",
    "电脑端",
    "小程序",
    "香港",
    "澳门",
    "海外",
    "门店",
    "网店",
    "公众号",
    "平板",
    "柜台",
    "自助机",
    "车上",
    "学校",
];

/// Generates up to 100,800 entries of which any two neighbours differ by one domain word, without words of their own, and for
/// every `step`-th a question that names the same words in another order and frame, with its entry's place.
pub fn hard(n: usize, step: usize) -> (Vec<SetEntry>, Vec<(String, usize)>) {
    let mut numbers = Numbers::new(7);
    let (mut entries, mut questions) = (Vec::new(), Vec::new());
    let combinations = PLACES.iter().flat_map(|place| {
        PRODUCTS.iter().flat_map(move |product| {
            ACTIONS.iter().flat_map(move |action| PROBLEMS.iter().map(move |problem| (place, product, action, problem)))
        })
    });
    for (at, (place, product, action, problem)) in combinations.take(n).enumerate() {
        entries.push(SetEntry {
            id: format!("hard-{at:06}"),
            question: format!("{place}{product}{action}{problem}"),
            similar: Vec::new(),
            answer: String::new(),
        });
        if at % step == 0 {
            let frame = FRAMES[numbers.below(FRAMES.len())];
            questions.push((frame.replace("{}", &format!("{product}在{place}{action}{problem}")), at));
        }
    }
    (entries, questions)
}
