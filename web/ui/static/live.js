// Keeps the figures of a dashboard fresh without loading the page anew. Everything works without it. It asks only while somebody sits there, because each
// question would keep the session open.
(() => {
  'use strict';
  const box = document.querySelector('[data-live]');
  if (!box) return;
  const every = 15_000, patience = 600_000;
  let touched = Date.now();
  for (const name of ['pointermove', 'keydown', 'scroll']) addEventListener(name, () => { touched = Date.now(); }, { passive: true });
  setInterval(async () => {
    if (document.hidden || Date.now() - touched > patience) return;
    try {
      const r = await fetch(location.href, { headers: { 'HX-Request': 'true' }, cache: 'no-store' });
      if (r.headers.has('HX-Redirect')) { location.assign(r.headers.get('HX-Redirect')); return; }
      if (r.ok) box.replaceChildren(...new DOMParser().parseFromString(await r.text(), 'text/html').body.childNodes);
    } catch { /* the line is down: the figures say when they were taken */ }
  }, every);
})();
