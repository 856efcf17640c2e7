// Passkeys: answers the question of each such form in the page with the browser's authenticator, then sends the form. Without script the page names the other ways.
for (const form of document.querySelectorAll('form[data-passkey]')) (() => {
  'use strict';
  const said = form.querySelector('[data-said]'), button = form.querySelector('button');
  const say = (text) => { said.textContent = text; said.hidden = false; button.disabled = false; };
  form.hidden = false;
  const { rp, rpId } = JSON.parse(form.dataset.question).publicKey, host = rp ? rp.id : rpId;
  const cannot = !window.PublicKeyCredential ? 'Peramban ini tidak mengenal kunci sandi.'
    : location.hostname !== host ? `Kunci sandi berlaku pada alamat ${host}. Bukalah layanan ini dengan alamat tersebut.` : '';
  if (cannot) {
    say(cannot);
    button.disabled = true;
    return;
  }

  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
  const text = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  const known = (list) => (list || []).map((k) => ({ ...k, id: bytes(k.id) }));

  const ask = () => {
    const q = JSON.parse(form.dataset.question).publicKey;
    q.challenge = bytes(q.challenge);
    if (form.dataset.passkey === 'get') {
      q.allowCredentials = known(q.allowCredentials);
      return navigator.credentials.get({ publicKey: q });
    }
    q.user.id = bytes(q.user.id);
    q.excludeCredentials = known(q.excludeCredentials);
    return navigator.credentials.create({ publicKey: q });
  };

  const answer = (key) => {
    const r = key.response, response = { clientDataJSON: text(r.clientDataJSON) };
    for (const part of ['attestationObject', 'authenticatorData', 'signature', 'userHandle']) if (r[part]) response[part] = text(r[part]);
    if (r.getTransports) response.transports = r.getTransports();
    return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, authenticatorAttachment: key.authenticatorAttachment, clientExtensionResults: key.getClientExtensionResults(), response });
  };

  form.addEventListener('submit', async (e) => {
    e.preventDefault();
    button.disabled = true;
    said.hidden = true;
    try {
      form.elements.jawaban.value = answer(await ask());
      form.submit();
    } catch (err) {
      say(err.name === 'InvalidStateError' ? 'Gawai ini sudah mempunyai kunci sandi untuk akun Anda.' : 'Kunci sandi tidak jadi digunakan. Silakan coba lagi, atau pilih cara lain.');
    }
  });
  addEventListener('pageshow', () => { button.disabled = false; });
})();
