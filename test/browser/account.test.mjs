// The own account and the second step of a sign-in, with a virtual authenticator that Chromium makes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible } from './axe.mjs';
import { authenticator, text, world } from './help.mjs';

const w = world({ named: true });
const path = (page) => new URL(page.url()).pathname;
const clerk = 'petugas.dinkes', loket = 'loket.dinpertan';

/** Sends a form by a button and waits for the page that answers. */
async function send(page, name) {
  const arrived = page.waitForEvent('load');
  await page.getByRole('button', { name, exact: true }).click();
  await arrived;
}

async function password(page, user, word = w.password(user)) {
  await page.goto('/masuk');
  await page.getByLabel('User ID').fill(user);
  await page.getByLabel('Kata sandi').fill(word);
  await send(page, 'Masuk');
}

const old = (page, user) => page.getByLabel('Kata sandi Anda saat ini').fill(w.password(user));

/** Sets a passkey up by what the pages show, from the header on. */
async function setUp(page, user, name) {
  await page.getByRole('link', { name: 'Akun', exact: true }).click();
  await page.getByRole('link', { name: 'Tambah kunci sandi' }).click();
  await page.getByLabel('Nama kunci').fill(name);
  await old(page, user);
  await send(page, 'Pasang kunci sandi');
  await page.getByText('Kunci sandi telah dipasang.').waitFor();
  await page.locator('.keys strong', { hasText: name }).waitFor();
}

/** Gives a user a passkey, in a browser that is thrown away. */
async function keyed(user) {
  const page = await w.page();
  await authenticator(page);
  await password(page, user);
  await setUp(page, user, 'Laptop loket');
}

/** A passkey of the user signs in on the second step, and one who has only the password does not get past it. */
async function passes(user, start) {
  const page = await w.page();
  const { cdp, authenticatorId } = await authenticator(page);
  await password(page, user);
  await setUp(page, user, 'Laptop loket');
  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
  assert.equal(credentials.length, 1);
  assert.equal(credentials[0].rpId, 'localhost');
  await send(page, 'Keluar');

  await password(page, user);
  assert.equal(path(page), '/masuk/kode');
  await send(page, 'Gunakan kunci sandi');
  assert.equal(path(page), start);

  const thief = await w.page();
  await authenticator(thief);
  await password(thief, user);
  await thief.getByRole('button', { name: 'Gunakan kunci sandi' }).click();
  await thief.getByText('Kunci sandi tidak jadi digunakan').waitFor();
  await thief.goto(start);
  assert.equal(path(thief), '/masuk', 'a password alone opens no page');
  return { page, cdp, authenticatorId };
}

test('an officer sets up a passkey and signs in with it; the password alone is not enough', async () => {
  const { page } = await passes(clerk, '/cari');
  // An answer that was given belongs to its question, once.
  await send(page, 'Keluar');
  await password(page, clerk);
  let body;
  page.on('request', (r) => { if (new URL(r.url()).pathname === '/masuk/kunci') body = r.postData(); });
  await send(page, 'Gunakan kunci sandi');
  assert.equal(path(page), '/cari');
  await send(page, 'Keluar');
  await password(page, clerk);
  const again = await page.evaluate((b) => fetch('/masuk/kunci', { method: 'POST', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: b }).then((r) => r.status), body).catch(() => 0);
  assert.equal(again, 409, 'an old answer is refused');
  page.context().seen.length = 0; // the refusal that was asked for
  await page.goto('/cari');
  assert.equal(path(page), '/masuk');
});

test('staff have a passkey beside their codes, and their last second factor stays', async () => {
  const page = await w.signedIn('admin');
  await authenticator(page);
  await page.goto('/akun');
  assert.equal(await page.getByText('Matikan', { exact: true }).count(), 0, 'the only second factor of staff cannot be taken away');
  await setUp(page, 'admin', 'Kunci USB');
  await page.locator('.keys summary').click();
  await old(page, 'admin');
  await send(page, 'Hapus kunci sandi');
  await page.getByText('Kunci sandi telah dihapus.').waitFor();
});

test('the desk takes passkeys of its own', async () => {
  const { url } = w;
  w.url = w.desk;
  try {
    const { page } = await passes(loket, '/antrean');
    await page.close();
  } finally {
    w.url = url;
  }
});

test('where the address has another name, the page says which one passkeys are for', async () => {
  const user = 'petugas.dinsos', { url } = w;
  await keyed(user);
  w.url = url.replace('localhost', '127.0.0.1');
  try {
    const page = await w.page();
    await password(page, user);
    await page.getByText('Kunci sandi berlaku pada alamat localhost').waitFor();
    assert.ok(await page.getByRole('button', { name: 'Gunakan kunci sandi' }).isDisabled());
  } finally {
    w.url = url;
  }
});

test('a one-time code is set up by its QR code, works once, and a recovery code stands in for it once', async () => {
  const user = 'kepala.dinkes';
  const page = await w.page({ script: false });
  await password(page, user);
  await page.goto('/akun/kode');
  const secret = await text(page.locator('#rahasia-teks'));
  await page.getByLabel('Enam angka dari aplikasi').fill(await w.code(secret));
  await old(page, user);
  await send(page, 'Aktifkan');
  await page.getByText('Kode verifikasi telah diaktifkan.').waitFor();
  await page.getByRole('link', { name: 'Buat kode pemulihan' }).first().click();
  await old(page, user);
  await send(page, 'Buat sepuluh kode');
  const codes = await page.locator('.codes li').allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('.codes').isVisible(), 'the codes are printed');
  assert.ok(!await page.locator('header').isVisible());
  await page.emulateMedia({ media: 'screen' });
  await page.goto('/akun/pemulihan');
  assert.ok(!(await page.content()).includes(codes[0]), 'the codes are shown once');

  const enter = async (code) => {
    const other = await w.page({ script: false });
    await password(other, user);
    await other.getByLabel('Kode', { exact: true }).fill(code);
    await send(other, 'Lanjutkan');
    return path(other);
  };
  const code = await w.code(secret);
  assert.equal(await enter(code), '/instansi');
  assert.equal(await enter(code), '/masuk/kode', 'a code that was used');
  assert.equal(await enter(codes[0]), '/instansi');
  assert.equal(await enter(codes[0]), '/masuk/kode', 'a recovery code that was used');
  await page.goto('/akun');
  await page.getByText('Tersisa 9 kode').waitFor();
  assert.ok(!(await page.content()).includes(secret), 'the secret is not shown again');
});

test('own sessions are seen with their browser and ended from another; a new password ends the others', async () => {
  const user = 'petugas.dinpertan', better = 'ladang kopi lereng Slamet 7';
  const [here, there] = [await w.page(), await w.page()];
  await password(here, user);
  await password(there, user);
  await here.goto('/akun');
  const rows = here.getByRole('region', { name: 'Tabel sesi' }).getByRole('row');
  assert.match(await text(rows.nth(1)), /(Chrome|Edge) di Linux\s+127\.0\.0\.1/);
  assert.equal(await here.getByText('sesi ini').count(), 1);
  await send(here, await here.getByRole('button', { name: /^Akhiri sesi/ }).first().evaluate((b) => b.textContent.replace(/\s+/g, ' ')));
  await here.getByText('Sesi telah diakhiri.').waitFor();
  await there.goto('/cari');
  assert.equal(path(there), '/masuk');

  await password(there, user);
  await here.goto('/akun/sandi');
  await old(here, user);
  await here.getByLabel('Kata sandi baru', { exact: true }).fill(better);
  await send(here, 'Ganti kata sandi');
  await here.getByText('Kata sandi telah diganti.').waitFor();
  await here.getByText('Kata sandi diganti', { exact: true }).waitFor(); // in the own activity
  await there.goto('/cari');
  assert.equal(path(there), '/masuk');
  await password(there, user);
  assert.equal(path(there), '/masuk', 'the old password');
  await password(there, user, better);
  assert.equal(path(there), '/cari');
});

test('a wrong password, an unknown user and one who has a second factor are answered alike', async () => {
  const answers = [];
  for (const [user, word] of [['tidak.ada', 'bukan kata sandi'], ['petugas.dinsos', 'bukan kata sandi'], ['operator', 'bukan kata sandi'], [clerk, 'bukan kata sandi']]) {
    const page = await w.page();
    await password(page, user, word);
    answers.push(await page.locator('main').innerHTML());
  }
  assert.equal(new Set(answers).size, 1);
});

/** The second step and the form of a new passkey, as somebody with a passkey sees them. */
const clerkWithKey = 'kepala.dinsos';
let key;
accessible([
  ['second step with a passkey', async (size) => {
    await (key ??= keyed(clerkWithKey));
    const page = await w.page({ size });
    await password(page, clerkWithKey);
    await page.getByRole('button', { name: 'Gunakan kunci sandi' }).waitFor();
    return page;
  }],
  ['form of a new passkey', async (size) => {
    const page = await w.page({ size });
    await password(page, 'kepala.dinpertan');
    await page.goto('/akun/kunci');
    await page.getByLabel('Nama kunci').waitFor();
    return page;
  }],
]);
