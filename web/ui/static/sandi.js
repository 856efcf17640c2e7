// Shows what is typed as a new password to who wishes it; so it need not be typed twice (NIST SP 800-63B, 3.1.1.2). Without script it stays hidden.
(() => {
  'use strict';
  for (const row of document.querySelectorAll('[data-lihat]')) {
    const field = document.getElementById(row.dataset.lihat);
    const box = row.querySelector('input');
    row.hidden = false;
    box.addEventListener('change', () => { field.type = box.checked ? 'text' : 'password'; });
    field.form.addEventListener('submit', () => { field.type = 'password'; }); // so that no browser offers it as a word
  }
})();
