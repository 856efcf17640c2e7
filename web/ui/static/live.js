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
// Keeps what is typed in a form (data-konsep names the address) at the server, without files, so that a broken line or a session that ended loses
// nothing. It is asked for when somebody pauses, and when the page is left.
(() => {
  'use strict';
  for (const form of document.querySelectorAll('form[data-konsep]')) {
    let waits = 0, dirty = false;
    const keep = (keepalive) => {
      clearTimeout(waits);
      if (!dirty) return;
      dirty = false;
      const typed = new FormData(form);
      for (const field of form.querySelectorAll('[type=file]')) typed.delete(field.name);
      fetch(form.dataset.konsep, { method: 'POST', body: typed, keepalive }).then((r) => { dirty ||= !r.ok && r.status >= 500; }, () => { dirty = true; });
    };
    form.addEventListener('input', () => { dirty = true; clearTimeout(waits); waits = setTimeout(keep, 2000); });
    form.addEventListener('submit', () => { dirty = false; clearTimeout(waits); });
    addEventListener('pagehide', () => keep(true));
    addEventListener('online', () => keep());
  }
})();
