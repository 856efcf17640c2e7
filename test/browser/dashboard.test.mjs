// A dashboard keeps its figures fresh without loading anew, works without script, and asks for nothing while nobody sits there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, world } from './help.mjs';

const w = world();
const figure = (page, label) => page.locator('.tiles li', { hasText: label }).locator('b').innerText();

test('figures come fresh without a new page, and no more when the head has gone', async () => {
  const officer = await w.signedIn('petugas.dinpertan');
  await ask(officer, w.sample.found[0]);
  const head = await w.page();
  await head.clock.install();
  await w.enter(head, 'kepala.dinpertan');
  await head.goto('/dasbor');
  assert.equal(await figure(head, 'Pencarian hari ini'), '1');
  await head.evaluate(() => { window.sameDocument = true; });
  await ask(officer, w.sample.found[1]);
  await ask(officer, w.sample.unknown[0]);
  const fresh = head.waitForResponse((r) => new URL(r.url()).pathname === '/dasbor');
  await head.clock.runFor(16_000);
  const answer = await fresh;
  await head.locator('.tiles li', { hasText: 'Pencarian hari ini' }).locator('b', { hasText: '3' }).waitFor();
  assert.ok(await head.evaluate(() => window.sameDocument), 'the page was not loaded anew');
  const bytes = (await answer.request().sizes()).responseBodySize;
  assert.ok(bytes < 2048, `an answer of ${bytes} bytes`);
  console.log(`figure: fresh tiles of a dashboard: ${bytes} bytes`);

  let asked = 0;
  head.on('request', () => { asked++; });
  await head.clock.runFor(11 * 60_000);
  const before = asked;
  await head.clock.runFor(5 * 60_000);
  assert.ok(before > 30 && asked === before, `asked ${before} times in eleven minutes and ${asked - before} times after`);
});

test('without script the figures and the table below the drawing are there', async () => {
  const officer = await w.signedIn('petugas.dinpertan');
  await ask(officer, w.sample.found[2]);
  const page = await w.signedIn('kepala.dinpertan', { script: false });
  await page.goto('/dasbor?periode=7');
  assert.ok(Number(await figure(page, 'Pencarian hari ini')) >= 1);
  await page.getByText('Angka dalam tabel').click();
  await page.getByRole('link', { name: '16 September 2026' }).click();
  await page.getByRole('heading', { name: 'Riwayat akses' }).waitFor();
  assert.equal(new URL(page.url()).search, '?dari=2026-09-16&sampai=2026-09-16');
  await page.goto('/dasbor');
  await page.getByLabel('Periode').selectOption('90');
  await page.getByRole('button', { name: 'Terapkan' }).click();
  await page.getByRole('heading', { name: '19 Juni 2026 sampai 16 September 2026' }).waitFor();
});

test('an incident goes from the report of a head to letters in the office', async () => {
  const officer = await w.signedIn('petugas.dinpertan');
  await ask(officer, w.sample.found[3]);
  const head = await w.signedIn('kepala.dinpertan');
  await head.goto('/insiden/baru');
  await head.getByLabel('Jenis insiden').selectOption('kebocoran');
  await head.getByLabel('Dari tanggal').fill('2026-09-16');
  await head.getByLabel('Sampai tanggal').fill('2026-09-16');
  await head.getByLabel('Apa yang terjadi').fill('Cetakan tertinggal di meja pelayanan.');
  await head.getByRole('button', { name: 'Laporkan' }).click();
  await head.getByText('Sisa 71 jam').waitFor();
  const path = new URL(head.url()).pathname;

  const admin = await w.signedIn('admin');
  await admin.goto(`/konsol${path}`);
  await admin.getByRole('button', { name: 'Cari akses' }).click();
  await admin.getByRole('heading', { name: /akses, \d+ orang/ }).waitFor();
  assert.ok(!(await admin.content()).includes(w.sample.found[3]), 'a NIK is shown whole');
  await admin.getByRole('button', { name: 'Catat sebagai terdampak' }).click();
  await admin.getByRole('region', { name: 'Tabel penduduk terdampak' }).waitFor();
  await admin.getByLabel('Upaya penanganan dan pemulihan').fill('Cetakan ditemukan dan dimusnahkan.');
  await admin.getByRole('button', { name: 'Catat tindakan' }).click();
  for (const name of ['penduduk terdampak', 'instansi', 'Direktur Jenderal']) {
    await admin.getByRole('button', { name: `Buat Surat kepada ${name}` }).click();
    await admin.getByRole('link', { name: `Surat kepada ${name}` }).waitFor();
  }
  const download = admin.waitForEvent('download');
  await admin.getByRole('link', { name: 'Surat kepada penduduk terdampak' }).click();
  assert.match((await download).suggestedFilename(), /\.pdf$/);
  for (let n = 0; n < 3; n++) {
    await admin.getByLabel(/^Cara penyampaian/).first().selectOption('pos');
    await admin.getByRole('button', { name: 'Catat', exact: true }).first().click();
    await admin.waitForLoadState();
  }
  await admin.getByLabel('Keterangan', { exact: true }).fill('Semua surat disampaikan.');
  await admin.getByRole('button', { name: 'Nyatakan lengkap' }).click();
  await admin.getByText('Tepat waktu').waitFor();
});

test('an evaluation is proposed by one, decided by another, and seen by the head', async () => {
  const operator = await w.signedIn('operator');
  await operator.goto('/konsol/evaluasi?semester=2026-1');
  await operator.getByRole('link', { name: 'Dinas Pertanian' }).click();
  await operator.getByLabel('Keputusan', { exact: true }).selectOption('warn');
  await operator.getByLabel('Rekomendasi').fill('Kirim data balikan setiap hari.');
  await operator.getByRole('button', { name: 'Usulkan' }).click();
  await operator.getByText('Keputusan hanya dapat diambil oleh administrator.').waitFor();
  const file = new URL(operator.url()).pathname;

  const admin = await w.signedIn('admin2');
  await admin.goto(file);
  await admin.locator('.now').getByRole('button', { name: 'Setujui' }).click();
  await admin.getByRole('link', { name: /hasil evaluasi/ }).first().waitFor();

  const head = await w.signedIn('kepala.dinpertan');
  await head.goto('/dasbor');
  await head.getByRole('link', { name: 'Evaluasi Semester 1 Tahun 2026' }).click();
  await head.getByText('Kirim data balikan setiap hari.').waitFor();
  await head.getByText('Diperingatkan').waitFor();
  if (process.env.GAPURA_SHOTS) await head.screenshot({ path: `${process.env.GAPURA_SHOTS}/evaluasi-kepala.png`, fullPage: true });

  await operator.goto('/konsol/evaluasi?semester=2026-1');
  await operator.getByRole('button', { name: 'Buat laporan Semester 1 Tahun 2026' }).click();
  // No letter goes to the Director General while an agency's evaluation is undecided; the page names those.
  await operator.getByText(/Laporan belum dapat dibuat: evaluasi \d+ instansi belum diputuskan \(.*Dinas/).waitFor();
});
