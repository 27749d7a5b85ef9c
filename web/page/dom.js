// Small tools for building the page: elements, safe HTML in one place, bars.

export const byId = (id) => document.getElementById(id);

/** Builds an element: `name.class`, then attributes (`on…` listens), then text and elements. */
export function el(name, ...children) {
  const [tag, ...classes] = name.split('.');
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(' ');
  const isPlain = children[0]?.constructor === Object;
  for (const [key, value] of Object.entries(isPlain ? children.shift() : {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

/** Shows safe HTML, which the server made from editors' Markdown. The one place where HTML comes in. */
export function showHtml({ html, language: lang }) {
  const element = el('div.prose', { lang });
  element.innerHTML = html;
  element.querySelectorAll('a[href]').forEach(openElsewhere);
  return element;
}

/** Lets web pages open beside this one; `tel:` stays as it is. */
export function openElsewhere(link) {
  if (!/^https?:/i.test(link.getAttribute('href'))) return;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
}

/** Has a screen reader say something. */
export const say = (text) => byId('said').replaceChildren(el('p', text));

export const button = (label, onclick) => el('button', { type: 'button', onclick }, label);
export const percent = (share) => `${Math.round(share * 100)}%`;
export const terms = (pairs) => el('dl', pairs.map(([name, value]) => el('div', el('dt', name), el('dd', value))));

/** A bar whose length is a share of its track. */
export function bar(share, kind = 'for') {
  const fill = el(`span.fill.${kind}`);
  fill.style.width = percent(share);
  return el('span.track', { 'aria-hidden': 'true' }, fill);
}
