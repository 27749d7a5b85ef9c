export const ENGLISH_WORK = {};
