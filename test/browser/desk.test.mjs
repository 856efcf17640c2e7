// The agency's counter in a browser: the whole way of Lampiran II with its repair loop, with the provider stopped in the middle and back.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { absent, pause, text, world } from './help.mjs';

const w = world({ desk: true, blank: 10 });
const officer = 'loket.dinpertan', head = 'kepalaloket.dinpertan';

/** Someone of the registry, as their papers tell. */
const resident = async (i) => {
  const { token } = w.demo.api.find((a) => a.agency === 'dinpertan');
  const r = await fetch(`${w.demo.provider.url}/api/v1/lookups`, {
    method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ nik: w.sample.found[i], purpose: 'verifikasi penerima bantuan', reference: 'UJI-1' }),
  });
  return (await r.json()).person;
};

const image = (name) => ({ name, mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') });

const fill = async (page, p, name = p.nama_lengkap) => {
  await page.getByLabel('NIK').fill(p.nik);
  await page.getByLabel('Nama lengkap').fill(name);
  await page.getByLabel('Tempat lahir').fill(p.tempat_lahir);
  await page.getByLabel('Tanggal lahir').fill(p.tanggal_lahir);
  await page.getByLabel('Jenis kelamin').selectOption(p.jenis_kelamin.toUpperCase());
  await page.getByLabel('Alamat', { exact: true }).fill(p.alamat.alamat);
  await page.getByLabel('Nama kelompok tani').fill('Tani Makmur');
  await page.getByLabel('Luas lahan').fill('0,75');
  await page.getByLabel('Komoditas').selectOption('Padi');
};

const press = async (page, name) => {
  const arrived = page.waitForEvent('load');
  await page.getByRole('button', { name, exact: true }).click();
  await arrived;
};
const because = async (page, what, label, why) => {
  await page.locator('summary', { hasText: what }).click();
  await page.getByLabel(label).fill(why);
  await press(page, what);
};
const state = (page) => text(page.locator('h1 .tag'));
const steps = (page) => page.locator('.line strong').allInnerTexts().then((all) => all.map((s) => s.split('.')[0]).join(' '));

test('the whole way of Lampiran II, with the repair loop and the provider stopped in the middle', async () => {
  const who = await resident(0);
  const page = await w.signedIn(officer);
  await page.getByRole('link', { name: 'Permohonan baru' }).first().click();
  await page.getByRole('link', { name: 'Pilih Pupuk bersubsidi' }).click();
  assert.equal(await page.evaluate(() => document.activeElement.name), 'nik', 'the first field has the focus');
  await fill(page, who, `${who.nama_lengkap} KELIRU`);
  await page.getByLabel('KTP-el pemohon').setInputFiles(image('ktp.png'));
  await press(page, 'Terima permohonan');
  assert.equal(await state(page), 'Diajukan');
  assert.match(await text(page.locator('h1')), /PB-\d{8}-\d{3}/);
  assert.equal(await page.getByRole('button', { name: 'Dokumen lengkap' }).count(), 0, 'papers are missing');

  await because(page, 'Belum lengkap, minta perbaikan', 'Apa yang harus dilengkapi', 'Surat kelompok tani');
  assert.equal(await state(page), 'Menunggu perbaikan pemohon');
  await page.getByLabel('Surat keterangan kelompok tani').setInputFiles(image('surat.png'));
  await press(page, 'Perbaikan diterima');
  await press(page, 'Dokumen lengkap');
  assert.equal(await steps(page), '1 2 8 9 10');

  await w.stopProvider();
  await press(page, 'Krosscek sekarang');
  assert.match(await text(page.locator('#galat')), /Sambungan ke Dukcapil terputus/);
  assert.equal(await state(page), 'Dokumen lengkap', 'the cross-check waits');
  await page.goto('/permohonan/baru?layanan=benih');
  await page.getByLabel('NIK').fill(w.sample.found[5]);
  assert.match(await text(page.locator('h1')), /Bantuan benih/, 'the counter goes on');
  await page.goto('/antrean');
  assert.match(await text(page.locator('.note.warn')), /terputus sejak/);
  await page.locator('table a').first().click();
  await w.startProvider();

  await press(page, 'Krosscek sekarang');
  assert.equal(await state(page), 'Data tidak sesuai');
  assert.match(await text(page.locator('.verdicts')), /Nama lengkap: Tidak sesuai/);
  await because(page, 'Kembalikan untuk perbaikan', 'Apa yang harus diperbaiki', 'Nama berbeda dengan KTP-el');
  await page.getByLabel('Nama lengkap').fill(who.nama_lengkap);
  await press(page, 'Perbaikan diterima');
  await press(page, 'Dokumen lengkap');
  await press(page, 'Krosscek sekarang');
  assert.equal(await state(page), 'Data sesuai');

  await w.stopProvider();
  await press(page, 'Setujui dan terbitkan surat');
  assert.equal(await state(page), 'Dokumen terbit');
  const letter = await page.request.get(await page.getByRole('link', { name: 'Unduh surat' }).getAttribute('href'));
  assert.equal((await letter.body()).subarray(0, 4).toString(), '%PDF');
  await press(page, 'Surat telah diserahkan');
  assert.equal(await state(page), 'Dokumen diserahkan');
  const check = await page.locator('a[href*="/periksa/"]').getAttribute('href');
  const here = page.url();
  await page.goto('/balikan');
  assert.equal(await page.locator('form[action="/balikan"]').count(), 1, 'data balikan waits');
  await w.startProvider();
  await press(page, 'Kirim sekarang');
  for (let i = 0; await page.locator('form[action="/balikan"]').count(); i++) {
    assert.ok(i < 100, 'data balikan is not delivered');
    await pause(100);
    await page.reload();
  }
  await page.goto(here);
  assert.equal(await state(page), 'Selesai');
  assert.equal(await steps(page), '1 2 8 9 10 3 4b 8 9 10 3 4a 5 6 7');

  const anybody = await w.page();
  await anybody.goto(new URL(check).pathname);
  assert.match(await text(anybody.locator('main')), /Surat ini diterbitkan oleh Dinas Pertanian/);
  await absent(anybody, [who.nik, who.nama_lengkap, who.alamat.alamat]);
});

test('shown data stands beside the papers, is marked to the letter, leaves by itself, and lies nowhere on the desk', async () => {
  const who = await resident(1);
  const page = await w.signedIn(officer);
  await page.goto('/permohonan/baru?layanan=pupuk');
  await fill(page, who, 'ZZZZ');
  await page.getByLabel('Alamat', { exact: true }).fill('QQQQ');
  await page.getByLabel('KTP-el pemohon').setInputFiles(image('ktp.png'));
  await page.getByLabel('Surat keterangan kelompok tani').setInputFiles(image('surat.png'));
  await press(page, 'Terima permohonan');
  await press(page, 'Dokumen lengkap');
  const secrets = [who.nama_lengkap, who.alamat.alamat];
  const show = async () => {
    await press(page, 'Perlihatkan data pemohon');
    const shown = await text(page.locator('.compare'));
    for (const s of secrets) assert.ok(shown.includes(s), 'the data is shown');
    assert.ok(await page.locator('mark').count() >= 2, 'differences are marked');
  };
  await show();
  await page.getByRole('link', { name: 'Kembali ke permohonan' }).click();
  await page.waitForURL(/permohonan\/\d+$/);
  await absent(page, secrets);
  // The answer to a form that is not cached: the browser can only ask whether to send the form again.
  await page.goBack().catch((e) => assert.match(e.message, /ERR_CACHE_MISS/));
  await pause(500);
  await absent(page, secrets);
  await page.goto('/antrean');
  await page.locator('table a').first().click();
  await show();
  await page.keyboard.press('Escape');
  await page.waitForURL(/permohonan\/\d+$/);
  await show();
  await page.waitForURL(/permohonan\/\d+$/, { timeout: 15_000 });
  await absent(page, secrets);
  assert.equal(await page.evaluate(() => localStorage.length + sessionStorage.length), 0, 'the browser keeps nothing');
  const files = readdirSync(w.demo.desk.dir);
  assert.ok(files.includes('loket.db'));
  for (const f of files) for (const s of secrets) assert.ok(!readFileSync(join(w.demo.desk.dir, f)).includes(s), `${f} holds shown data`);
});

test('without script the comparison leaves by itself too', async () => {
  const page = await w.signedIn(officer, { script: false });
  await page.goto('/antrean?keadaan=tidak-sesuai');
  await page.locator('table a').first().click();
  await page.getByRole('button', { name: 'Perlihatkan data pemohon' }).click();
  await page.locator('.compare').waitFor();
  await page.waitForURL(/permohonan\/\d+$/, { timeout: 15_000 });
});

test('an officer comes to no page of the head', async () => {
  const page = await w.signedIn(officer);
  for (const path of ['/layanan', '/pengguna']) {
    await page.goto(path);
    assert.match(await text(page.locator('main')), /bukan untuk peran Anda/);
  }
  const boss = await w.signedIn(head);
  await boss.goto('/pengguna');
  assert.match(await text(boss.locator('main')), /loket\.dinpertan/);
});

test('everything can be done with the keyboard alone', async () => {
  const page = await w.signedIn(officer);
  await page.goto('/antrean?keadaan=diperiksa');
  await page.locator('table a').first().focus();
  const opened = page.waitForURL(/permohonan\/\d+$/);
  await page.keyboard.press('Enter');
  await opened;
  // The browser gives the focus a moment after it has loaded the page.
  await page.waitForFunction(() => document.activeElement.textContent === 'Krosscek sekarang');
  const done = page.waitForURL(/selesai=krosscek/);
  await page.keyboard.press('Enter');
  await done;
  assert.match(await state(page), /^Data (tidak )?sesuai$/);
});
