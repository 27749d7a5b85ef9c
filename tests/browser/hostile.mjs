// Texts that would run in a page that took them for more than text: as elements, as links, as what breaks out of where it stands.

/** Fifty ways to have a script run, by kind. */
function payloads() {
  const run = 'window.hacked=1';
  const tags = ['img src=x onerror', 'svg onload', 'body onload', 'iframe onload', 'video src=x onerror', 'details open ontoggle', 'input autofocus onfocus',
    'marquee onstart', 'audio src=x onerror', 'object data=x onerror', 'select autofocus onfocus', 'textarea autofocus onfocus', 'a href=x onclick', 'div onpointerover',
    'style onload', 'link rel=stylesheet href=x onerror', 'embed src=x onerror', 'math onclick', 'form onsubmit', 'p onanimationstart'];
  const closers = ['"><img src=x onerror=@>', "'><img src=x onerror=@>", '</p><script>@</script>', '</title><script>@</script>', '</textarea><script>@</script>',
    '--><script>@</script>', ']]><script>@</script>', '<scr<script>ipt>@</script>', '<SCRIPT>@</SCRIPT>', '<script src=data:text/javascript,@></script>',
    '<script\n>@</script>', '<svg><script>@</script></svg>', '<svg><animate onbegin=@ attributeName=x dur=1s>', '<math><mtext></p><img src=x onerror=@>'];
  const links = ['[x](javascript:@)', '[x](JaVaScRiPt:@)', '[x](data:text/html,<script>@</script>)', '[x](vbscript:@)', '<javascript:@>', '![x](x"onerror="@)',
    '[x](java\tscript:@)', '<a href="javascript:@">x</a>', '<iframe srcdoc="<script>parent.@</script>">', '<base href="javascript:@//">'];
  const others = ['{{constructor.constructor("@")()}}', '${@}', '＜script＞@＜/script＞', '\u202e<img src=x onerror=@>', '<img src=x onerror=&#119;indow.hacked=1>', '&lt;script&gt;@&lt;/script&gt;'];
  return [...tags.map((tag) => `<${tag}="${run}">`), ...[...closers, ...links, ...others].map((text) => text.replaceAll('@', run))];
}

/** Each sets `window.hacked` where it runs. */
export const PAYLOADS = payloads();

/** What of a page is not as it would be made of plain text and safe links; all of it is nothing on a good page. */
export const strangeThings = (frame, root) => frame.evaluate((within) => ({
  hacked: 'hacked' in window,
  elements: document.querySelectorAll(`${within} :is(script, iframe, object, embed, svg, math, style, link, base, meta, video, audio, marquee, animate, title)`).length,
  handlers: [...document.querySelectorAll(`${within} *`)].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).length,
  links: [...document.querySelectorAll(`${within} a`)].filter(({ protocol }) => !['http:', 'https:', 'tel:', 'mailto:'].includes(protocol)).length,
  pictures: [...document.querySelectorAll(`${within} img`)].filter(({ src }) => !/^blob:|\/api\/v1\/desk\/files\//.test(src)).length,
}), root);

export const NOTHING_STRANGE = { hacked: false, elements: 0, handlers: 0, links: 0, pictures: 0 };
