// An agency asks for a user id by its own pages, and the office brings it into service: nothing but what the pages show is clicked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, sheet, text, world } from './help.mjs';
import { fill, newcomer } from './pages.mjs';

const w = world();
const login = newcomer['User ID yang diminta'], secret = 'sebuah kata sandi loket baru', day = '2026-09-16';
const scan = { name: 'pindaian.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% pindaian rekaan\n%%EOF\n') };

/** Clicks a link or button by its name and waits for the page that it leads to. */
async function go(page, role, name, within = page) {
  const arrived = page.waitForEvent('load');
  await within.getByRole(role, { name, exact: true }).first().click();
  await arrived;
}

/** Takes the step of a case that comes now. */
async function step(page, name, { fields = {}, signed } = {}) {
  await fill(page, fields);
  if (signed) await page.locator('#f-pindaian').setInputFiles(scan);
  await go(page, 'button', name, page.locator('.now'));
  assert.equal(await page.locator('#kesalahan').count(), 0, await page.locator('#kesalahan').allInnerTexts().then(String));
}

test('an agency asks, the office decides and hands over, and the user looks somebody up', { timeout: 900_000 }, async () => {
  const own = await w.signedIn('admin.dinpertan');
  assert.equal(new URL(own.url()).pathname, '/instansi', 'the administrator lands on the page that leads');
  await go(own, 'link', 'Ajukan user ID');
  await fill(own, { ...newcomer, NIK: '12345' });
  await go(own, 'button', 'Simpan konsep');
  assert.match(await text(own.locator('#kesalahan')), /NIK/);
  assert.equal(await own.getByLabel('Nama lengkap').inputValue(), newcomer['Nama lengkap'], 'nothing typed is lost');
  await own.getByLabel('NIK', { exact: true }).fill('');
  await go(own, 'button', 'Simpan konsep');
  assert.match(await text(own.locator('main')), /belum lengkap\. Sebelum dikirim, isi: NIK\./);
  assert.equal(await own.getByRole('button', { name: 'Kirim permohonan' }).count(), 0, 'what is not complete is not sent');
  await own.getByLabel('NIK', { exact: true }).fill(newcomer.NIK);
  await go(own, 'button', 'Simpan perubahan');
  const request = new URL(own.url()).pathname;
  assert.match(await text(own.locator('h1')), /Belum dikirim/);
  const [form] = await Promise.all([own.waitForEvent('download'), own.getByRole('link', { name: 'Unduh formulir (PDF)' }).click()]);
  const printed = sheet(await form.path());
  for (const said of [newcomer.NIK, newcomer['Nama lengkap'], newcomer['NIP atau nomor pegawai'], 'PNS', newcomer.Jabatan, newcomer['Kode wilayah kantor'], 'Jalan Rekaan Nomor 3', login]) {
    assert.ok(printed.replace(/\s+/g, ' ').includes(said), `the form does not say ${said}`);
  }
  await fill(own, { 'Nomor surat': '470/31/2026', 'Tanggal surat': day });
  await own.locator('#f-pindaian').setInputFiles(scan);
  await go(own, 'button', 'Kirim permohonan');
  assert.match(await text(own.locator('main')), /Menunggu Dinas Dukcapil/);

  // The office: a decision waits for a second person, then BAST and NDA, signed.
  const admin = await w.signedIn('admin'), operator = await w.signedIn('operator');
  await admin.goto('/pemberitahuan');
  await admin.getByRole('link', { name: /Menunggu keputusan: Permohonan user ID, Dinas Pertanian/ }).first().click();
  await admin.waitForURL(/\/konsol\/berkas\/\d+$/);
  const file = new URL(admin.url()).pathname;
  assert.ok(!(await admin.content()).includes(newcomer.NIK), 'the NIK is masked');
  await operator.goto(file);
  assert.match(await text(operator.locator('.now')), /hanya dapat diambil oleh administrator/);
  await step(admin, 'Setujui');
  await own.goto('/pemberitahuan');
  await own.getByRole('link', { name: /Disetujui: Permohonan user ID/ }).first().click();
  await own.waitForURL(`**${request}`);
  await operator.goto(file);
  await step(operator, 'Simpan langkah ini', { signed: true }); // BAST and NDA, which were made with the decision
  await admin.goto(file);
  await step(admin, 'Setujui');
  await operator.goto(file);
  const [slip] = await Promise.all([operator.waitForEvent('download'), operator.getByRole('button', { name: `Cetak lembar Kata sandi untuk ${login}` }).click()]);
  const code = sheet(await slip.path()).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/)[0];
  await admin.goto('/konsol/lembar');
  await go(admin, 'button', `Ambil kode kedua untuk ${login}`);
  const half = await text(admin.locator('#kode-kedua'));

  // The agency follows it: the BAST is there to be downloaded, its user's activation is what is missing.
  await own.goto('/instansi');
  await go(own, 'link', 'Perjanjian', own.locator('.tabs'));
  const [bast] = await Promise.all([own.waitForEvent('download'), own.locator('a[href^="/instansi/dokumen/"]').filter({ hasText: /serah terima/i }).first().click()]);
  assert.ok(sheet(await bast.path()).includes(login), 'the BAST names the user id');
  await go(own, 'link', 'Pengguna', own.locator('.tabs'));
  assert.match(await text(own.getByRole('row', { name: login })), /Menunggu aktivasi/);

  // The new user chooses a password and works.
  const user = await w.page();
  await user.goto(`/aktivasi/${code}`);
  await user.getByLabel('Kode kedua').fill(half);
  await user.getByLabel('Kata sandi baru', { exact: true }).fill(secret);
  await go(user, 'button', 'Aktifkan user ID');
  if (new URL(user.url()).pathname === '/masuk') await w.enter(user, login, secret);
  await user.goto('/cari');
  await ask(user, w.sample.found[0]);
  await user.locator('.card').waitFor();
  await own.goto('/instansi/pengguna');
  assert.match(await text(own.getByRole('row', { name: login })), /Aktif/);
});

test('what was asked for can be withdrawn until it is decided, by the keyboard alone', async () => {
  const own = await w.signedIn('admin.dinpertan');
  await own.goto('/instansi/permohonan/baru?prosedur=perubahan-user');
  await own.getByLabel('User ID yang diubah').selectOption('petugas.dinpertan');
  await own.getByLabel('User ID yang diubah').press('Tab');
  let arrived = own.waitForEvent('load');
  await own.keyboard.press('Enter');
  await arrived;
  assert.ok(await own.getByLabel('Web portal').isChecked(), 'the form starts from what is granted now');
  await own.getByLabel('Hak atas data').selectOption('match');
  await own.getByRole('button', { name: 'Simpan konsep' }).focus();
  arrived = own.waitForEvent('load');
  await own.keyboard.press('Enter');
  await arrived;
  const withdraw = own.locator('summary', { hasText: 'Tarik permohonan ini' });
  await withdraw.focus();
  await own.keyboard.press('Enter');
  await own.keyboard.press('Tab');
  assert.equal(await own.evaluate(() => document.activeElement.id), 'f-alasan_tarik');
  await own.keyboard.type('Tidak jadi');
  arrived = own.waitForEvent('load');
  await own.keyboard.press('Enter');
  await arrived;
  assert.match(await text(own.locator('h1')), /Ditarik/);
});
