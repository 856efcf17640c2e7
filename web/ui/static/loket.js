// Script of the desk's comparison. Without it the page leaves by a refresh.
(() => {
  'use strict';
  const card = document.querySelector('[data-blank]');
  if (!card) return;
  const leave = card.dataset.leave, until = Date.now() + Number(card.dataset.blank) * 1000, left = card.querySelector('[data-left]');
  const wipe = () => { const out = document.getElementById('hasil'); if (out) out.replaceChildren(); };
  const go = () => { wipe(); location.replace(leave); };
  card.querySelectorAll('[data-script]').forEach((e) => { e.hidden = false; });
  const tick = () => {
    const n = Math.ceil((until - Date.now()) / 1000);
    if (n <= 0) go(); else if (left) left.textContent = n;
  };
  tick();
  setInterval(tick, 500);
  document.addEventListener('keydown', (e) => { if (e.key === 'Escape' && !e.isComposing) go(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
  // Nothing personal waits in a page that was left.
  addEventListener('pagehide', wipe);
  addEventListener('pageshow', (e) => { if (e.persisted) go(); });
})();
