// Shows what is typed as a new password to who wishes it; so it need not be typed twice (NIST SP 800-63B, 3.1.1.2). Without script it stays hidden.
// Who has no idea is proposed one, made here and shown, to be noted or kept by the browser: ten syllables of 64, that is 60 bits, and more
// when the office asks for more characters; with a capital, a digit and a hyphen, for offices that ask for kinds.
(() => {
  'use strict';
  const consonants = 'bdfghjklmnprstwy', vowels = 'aeiu';
  const random = (n) => Array.from(crypto.getRandomValues(new Uint8Array(n)));
  const word = () => random(2).map((b) => consonants[b & 15] + vowels[b >> 4 & 3]).join('');
  const propose = (least) => {
    const words = Array.from({ length: Math.max(5, Math.ceil(least / 5)) }, word);
    words[0] = words[0][0].toUpperCase() + words[0].slice(1);
    return words.join('-') + '-' + (random(1)[0] & 7);
  };
  for (const row of document.querySelectorAll('[data-lihat]')) {
    const field = document.getElementById(row.dataset.lihat);
    const box = row.querySelector('input');
    const show = () => { field.type = box.checked ? 'text' : 'password'; };
    row.hidden = false;
    box.addEventListener('change', show);
    field.form.addEventListener('submit', () => { field.type = 'password'; }); // so that no browser offers it as a word
    const usul = document.querySelector(`[data-usul="${field.id}"]`);
    usul.hidden = false;
    usul.addEventListener('click', () => {
      field.value = propose(field.minLength);
      box.checked = true;
      show();
      field.focus();
    });
  }
})();
