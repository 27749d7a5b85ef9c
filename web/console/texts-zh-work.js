export const CHINESE_WORK = {};
