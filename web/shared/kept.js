// What somebody has switched on or off in this browser, and finds so again. Storage may be blocked: it holds until the page is left then.

/** @param {string} key @param {boolean} usually */
export function isKept(key, usually) {
  try {
    return (localStorage.getItem(key) ?? (usually ? 'yes' : 'no')) === 'yes';
  } catch {
    return usually;
  }
}

/** @param {string} key @param {boolean} isOn */
export function keep(key, isOn) {
  try {
    localStorage.setItem(key, isOn ? 'yes' : 'no');
  } catch { /* it holds until the page is left */ }
  return isOn;
}
