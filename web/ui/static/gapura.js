// Script of the lookup page. Everything works without it: the form posts, the page answers, and the page leaves the result by itself.
(() => {
  'use strict';
  const form = document.getElementById('cari'), out = document.getElementById('hasil'), nik = document.getElementById('nik');
  if (!form || !out || !nik) return;
  let timer = 0, until = 0;

  const digits = (s) => s.replace(/\D/g, '').slice(0, 16);
  const grouped = (s) => s.replace(/(\d{4})(?=\d)/g, '$1 ');

  // How many digits stand there already, for the eye; the answer says it to everybody.
  const count = document.getElementById('hitung');
  const counted = () => { const n = nik.value.replace(/\D/g, '').length; if (count) count.textContent = n ? ` ${n} dari 16 angka.` : ''; };
  nik.addEventListener('input', counted);

  // The caret keeps its place among the digits, not among the characters.
  nik.addEventListener('input', () => {
    if (/[^\d\s.\-]/.test(nik.value)) return; // letters stay visible: the answer says what is wrong
    if (nik.value.replace(/\D/g, '').length > 16) return; // too long is told, never cut silently
    const left = nik.value.slice(0, nik.selectionStart).replace(/\D/g, '').length;
    nik.value = grouped(digits(nik.value));
    let at = 0, seen = 0;
    while (seen < left && at < nik.value.length) if (/\d/.test(nik.value[at++])) seen++;
    if (left && left % 4 === 0 && nik.value[at] === ' ') at++;
    nik.setSelectionRange(at, at);
  });
  // Backspace over a blank takes the digit before it.
  nik.addEventListener('keydown', (e) => {
    const at = nik.selectionStart;
    if (e.key === 'Backspace' && at === nik.selectionEnd && at > 0 && nik.value[at - 1] === ' ') nik.setSelectionRange(at - 1, at - 1);
    if (e.key === 'Delete' && at === nik.selectionEnd && nik.value[at] === ' ') nik.setSelectionRange(at + 1, at + 1);
  });

  const show = (id) => {
    clearInterval(timer);
    const t = document.getElementById(id);
    out.replaceChildren(t ? t.content.cloneNode(true) : '');
  };
  const wipe = (id) => { show(id); nik.value = ''; counted(); };

  const start = () => {
    clearInterval(timer);
    const card = out.querySelector('[data-blank]');
    if (!card) return;
    const left = card.querySelector('[data-left]'), more = card.querySelector('[data-more]'), span = Number(card.dataset.blank) * 1000;
    until = Date.now() + span;
    card.querySelectorAll('[data-script]').forEach((e) => { e.hidden = false; });
    const tick = () => {
      const n = Math.ceil((until - Date.now()) / 1000);
      if (n <= 0) { const inside = out.contains(document.activeElement); wipe('dikosongkan'); if (inside) nik.focus(); return; }
      if (left) left.textContent = n;
    };
    if (more) more.addEventListener('click', () => { until = Date.now() + span; more.remove(); nik.focus(); tick(); }, { once: true });
    tick();
    timer = setInterval(tick, 500);
  };

  document.addEventListener('keydown', (e) => {
    if (e.key !== 'Escape' || e.isComposing) return;
    if (window.htmx) window.htmx.trigger(form, 'htmx:abort');
    wipe('siap');
    const ref = document.getElementById('reference');
    if (ref) ref.value = '';
    nik.focus();
  });
  // Nothing personal waits in a page that was left.
  addEventListener('pagehide', () => wipe('siap'));
  addEventListener('pageshow', (e) => { if (e.persisted) { wipe('siap'); location.replace('/cari'); } });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && until && Date.now() > until && out.querySelector('[data-blank]')) wipe('dikosongkan'); });

  // While a question is under way the last person is not shown beside the next number.
  document.addEventListener('htmx:beforeRequest', () => show('menunggu'));
  document.addEventListener('htmx:beforeSwap', (e) => {
    if (e.detail.xhr.status >= 400) { e.detail.shouldSwap = true; e.detail.isError = false; }
  });
  // The next NIK can be typed at once, but on a narrow or enlarged screen the answer is what is scrolled to.
  document.addEventListener('htmx:afterSwap', () => {
    start();
    nik.focus({ preventScroll: true });
    nik.select();
    if (out.getBoundingClientRect().top > innerHeight * 0.8) out.scrollIntoView();
  });
  for (const name of ['htmx:sendError', 'htmx:timeout']) document.addEventListener(name, () => { show('terputus'); nik.focus(); });
  // htmx writes down the path it was loaded on; this browser is to keep nothing.
  document.addEventListener('DOMContentLoaded', () => sessionStorage.removeItem('htmx-current-path-for-history'));
  start();
})();
