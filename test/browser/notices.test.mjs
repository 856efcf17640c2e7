// The Juknis prescribes nine texts (II.C.2.b). They stand here in its words, not read from the program.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, officer, purpose, text, world } from './help.mjs';

const w = world();

const notices = {
  deceased: 'Data Ditemukan, Meninggal Dunia',
  duplicate: 'Data Ditemukan, Data Ganda',
  unknown: 'Data tidak ditemukan, NIK tidak terdapat di database kependudukan',
  inactive: 'Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil',
  malformed: 'Data tidak ditemukan, NIK tidak sesuai format Dukcapil',
};
const failed = 'Gagal Login';
const userInactive = 'User ID non aktif, silahkan menghubungi Admin';
const institutionInactive = 'Instansi tidak aktif';
const quotaUsedUp = 'Kuota akses hari ini telah habis';

for (const [kind, words] of Object.entries(notices)) {
  for (const script of [true, false]) {
    test(`a ${kind} NIK is answered "${words}" where the result would be, ${script ? 'with' : 'without'} script`, async () => {
      const page = await w.signedIn(officer, { script });
      await ask(page, w.sample[kind][0]);
      assert.equal(await text(page.locator('#hasil .notice-text')), words);
      assert.equal(await page.locator('.card').count(), 0, 'no element stands beside a notice');
      assert.match(await text(page.locator('#hasil .notice-text + p')), /\w{3,}.*\./, 'what to do next follows');
    });
  }
}

const refusals = [
  ['a wrong password', officer, 'bukan-kata-sandinya', failed],
  ['an unknown user ID', 'tidak.ada', 'bukan-kata-sandinya', failed],
  ['a user who was deactivated', 'lama.dinpertan', null, userInactive],
  ['a user without a signed NDA', 'baru.dinpertan', null, userInactive],
  ['a user whose agency has an expired agreement', 'petugas.disperin', null, institutionInactive],
  ['a user whose agency is suspended', 'petugas.dishub', null, institutionInactive],
];
for (const [who, user, password, words] of refusals) {
  test(`${who} is told "${words}" on the sign-in page`, async () => {
    const page = await w.page();
    await w.enter(page, user, password ?? w.password(user));
    assert.equal(new URL(page.url()).pathname, '/masuk');
    assert.equal(await text(page.getByRole('alert').locator('.notice-text')), words);
    assert.equal(await page.getByLabel('Kata sandi').inputValue(), '', 'the password is not handed back');
    assert.deepEqual(await page.context().cookies(), [], 'nobody is signed in');
  });
}

test(`the 201st lookup of a quota of 200 is told "${quotaUsedUp}", after a warning at 80 %`, async () => {
  const page = await w.signedIn('petugas.dinkes');
  // The page's own request, without the typing.
  const spend = (n) => page.evaluate(async ({ n, nik, purpose }) => {
    for (let i = 0; i < n; i++) {
      const r = await fetch('/cari', { method: 'POST', headers: { 'HX-Request': 'true' }, body: new URLSearchParams({ nik, purpose, reference: `uji ${i}` }) });
      if (!r.ok) throw new Error(`answer ${r.status}`);
      await r.text();
    }
  }, { n, nik: w.sample.unknown[0], purpose });
  await spend(159);
  await ask(page, w.sample.found[0]);
  assert.match(await text(page.locator('#hasil')), /80 % kuota hari ini.*40 dari 200/s);
  await spend(39);
  await ask(page, w.sample.found[0]);
  assert.equal(await text(page.locator('#sisa')), '0 dari 200', 'the last hit is answered and the header counts it');
  assert.equal(await page.locator('.card').count(), 1);
  await ask(page, w.sample.found[0]);
  assert.equal(await text(page.locator('#hasil .notice-text')), quotaUsedUp);
  assert.equal(await page.locator('.card').count(), 0);
});

test('the guide explains every notice in the same words', async () => {
  const page = await w.page();
  await page.goto('/panduan');
  const listed = await page.locator('#pesan + dl dt').allInnerTexts();
  for (const words of [...Object.values(notices), failed, userInactive, institutionInactive, quotaUsedUp]) assert.ok(listed.includes(words), words);
});
