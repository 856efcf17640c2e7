// Keeps a part of a page fresh without loading the page anew: the figures of a dashboard, or what waits (data-live names the address, data-every the
// seconds). Everything works without it. It asks only while somebody sits there, because each question would keep the session open.
(() => {
  'use strict';
  const box = document.querySelector('[data-live]');
  if (!box) return;
  const every = 1000 * (box.dataset.every || 15), patience = 600_000;
  let touched = Date.now(), shown;
  for (const name of ['pointermove', 'keydown', 'scroll']) addEventListener(name, () => { touched = Date.now(); }, { passive: true });
  setInterval(async () => {
    if (document.hidden || Date.now() - touched > patience) return;
    try {
      const r = await fetch(box.dataset.live || location.href, { headers: { 'HX-Request': 'true' }, cache: 'no-store' });
      if (r.headers.has('HX-Redirect')) { location.assign(r.headers.get('HX-Redirect')); return; }
      if (r.ok) {
        const text = await r.text();
        if (text !== shown) box.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.childNodes); // focus stays where nothing changed
        shown = text;
      }
    } catch { /* the line is down: the figures say when they were taken */ }
  }, every);
})();
