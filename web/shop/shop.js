// What the demonstration shop does: it speaks English to who reads no Chinese, and counts what is put into the cart. The
// Chinese words stand in the page.

import { byId } from '../shared/dom.js';
import { firstLanguage, keepLanguage, onLanguage, putWords } from '../shared/language.js';

const EN = {
  tag: 'en',
  name: 'Xiaoman General Store',
  demo: 'This shop is for demonstration: goods and orders are samples, and nothing is charged.',
  menu: 'Shop',
  languages: 'Language',
  goods: 'Goods',
  orders: 'My orders',
  help: 'Help centre',
  cart: 'Cart',
  welcome: 'Good things for everyday life',
  welcomeMore: 'A notebook, coffee, a warm lamp: all of it is what we use ourselves.',
  add: 'Add to cart',
  postcards: 'Hand-drawn postcards, set of ten',
  notebook: 'Thread-bound notebook',
  coffee: 'Drip coffee, ten bags',
  glass: 'Double-walled glass',
  scarf: 'Wool scarf',
  lamp: 'Warm table lamp',
  backpack: 'Canvas backpack',
  machine: 'Coffee machine',
  paidWith: 'All orders are paid with CGPay',
  paid: 'Paid',
  waiting: 'Charged, waiting for the merchant',
  pending: 'Payment is being processed',
  failed: 'Payment failed',
  refunding: 'Refund under way',
  refunded: 'Refunded',
  arrival: 'When does the refund arrive?',
  progress: 'How far is my refund?',
  stuck: 'Why is it still being processed?',
  twice: 'Charged twice?',
  notReceived: 'Charged, but the order did not change?',
  why: 'Why did the payment fail?',
  question: 'Trouble with a payment or a refund?',
  toHelp: 'Visit the CGPay help centre',
  widget: 'The live chat at the bottom right is the one line of script that you can put into your own shop.',
};

/** The words that stand in the page. */
function wordsOfPage() {
  /** @type {Record<string, string>} */
  const words = { tag: 'zh-CN' };
  const nodes = (/** @type {string} */ which) => /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(which));
  for (const node of nodes('[data-text]')) words[node.dataset.text ?? ''] = node.textContent ?? '';
  for (const node of nodes('[data-label]')) words[node.dataset.label ?? ''] = node.getAttribute('aria-label') ?? '';
  return words;
}

/** @type {Record<string, Record<string, string>>} */
const TEXT = { zh: wordsOfPage(), en: EN };

/** Puts the page into a language; its links lead to help in the same. @param {string} chosen */
function useLanguage(chosen) {
  putWords(TEXT[chosen], chosen);
  for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('a[href^="/help"]'))) {
    link.href = `${link.pathname}?language=${TEXT[chosen]?.tag}`;
  }
}

onLanguage((chosen) => {
  keepLanguage(chosen);
  useLanguage(chosen);
});
document.querySelector('.languages')?.removeAttribute('hidden');
for (const button of document.querySelectorAll('.add')) {
  button.addEventListener('click', () => { byId('cart').value = String(Number(byId('cart').value) + 1); });
}
useLanguage(firstLanguage(TEXT));
