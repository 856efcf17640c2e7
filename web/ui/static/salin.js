// Copies a secret that is shown once. Without script its text is selected by a click.
(() => {
  'use strict';
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll('[data-salin]')) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.salin).textContent);
      button.textContent = 'Tersalin';
      setTimeout(() => { button.textContent = words; }, 3000);
    });
  }
})();
