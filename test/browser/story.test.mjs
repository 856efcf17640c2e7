// The whole story of a new agency, from its first letter to the end of its agreement; time is moved by starting the server at another time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, reference, sheet, text, world } from './help.mjs';

const w = world();
const agency = 'dinperla', officerLogin = 'petugas.dinperla', secret = 'sebuah kata sandi loket';
const scan = { name: 'pindaian.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% pindaian rekaan\n%%EOF\n') };

/** Opens a case and returns its path. */
async function open(page, name, code = '') {
  await page.goto(`/konsol/berkas/baru${code && `?instansi=${code}`}`);
  await page.getByRole('button', { name: `Mulai ${name}`, exact: true }).click();
  await page.waitForURL(/\/konsol\/berkas\/\d+$/);
  return new URL(page.url()).pathname;
}

/** Fills in the step that comes now and saves it. */
async function step(page, path, { letter, fields = {}, boxes = [], verdict, reason, signed } = {}) {
  await page.goto(path);
  const before = await page.locator('input[name=langkah]').first().inputValue();
  if (letter) {
    await page.getByLabel('Nomor surat').fill(letter);
    await page.getByLabel('Tanggal surat').fill(w.today);
  }
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByLabel(label, { exact: false }).first();
    if (await field.evaluate((e) => e.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
  // What a form proposes is taken away first, so that just these are chosen.
  for (const group of new Set(boxes.map(([name]) => name))) {
    for (const box of await page.getByRole('group', { name: group }).getByRole('checkbox').all()) await box.uncheck();
  }
  for (const [group, label] of boxes) await page.getByRole('group', { name: group }).getByLabel(label, { exact: true }).check();
  if (reason) await page.getByLabel('Alasan').first().fill(reason);
  if (signed) await page.getByLabel('Pindaian').setInputFiles(scan);
  await page.locator('.now').getByRole('button', { name: verdict ?? 'Simpan langkah ini', exact: true }).click();
  await page.waitForLoadState();
  const wrong = page.locator('#kesalahan');
  assert.equal(await wrong.count(), 0, `step after ${before} of ${path}: ${await wrong.allInnerTexts()}`);
}

async function moveTo(day) {
  w.today = day;
  await w.start(`${day}T09:00:00+07:00`);
}

/** What a refused sign-in says, or nothing. */
async function refusal(user, password) {
  const page = await w.page();
  await w.enter(page, user, password);
  return (await page.locator('.notice-text').allInnerTexts()).join();
}

/** Names the part of the story in which something failed; a test of its own would end the pages that the next part goes on with. */
async function part(name, tell) {
  try {
    await tell();
  } catch (e) {
    e.message = `${name}: ${e.message}`;
    throw e;
  }
}

test('a new agency, from its first letter to the end of its agreement', { timeout: 900_000 }, async () => {
  w.today = '2026-09-16';
  let operator = await w.signedIn('operator'), admin = await w.signedIn('admin');
  const officerPage = async () => { const p = await w.page(); await w.enter(p, officerLogin, secret); return p; };

  await part('the agency is registered by one person and approved by another', async () => {
    const path = await open(operator, 'Pendaftaran instansi');
    await step(operator, path, { letter: '470/11/2026', fields: {
      'Kode instansi': agency, 'Nama instansi': 'Dinas Perikanan dan Peternakan', 'Alamat kantor': 'Jalan Rekaan Nomor 9', 'Surel instansi': 'kantor@dinperla.example',
      'Zona waktu': 'WIB', 'Nama kepala instansi': 'Ir. Gandaruwa Mahesworo', 'Jabatan kepala instansi': 'Kepala Dinas Perikanan dan Peternakan', 'Menjabat sejak': '2025-01-02',
    }, signed: true });
    assert.match(await text(operator.locator('.now')), /hanya dapat diambil oleh administrator/);
    await step(admin, path, { verdict: 'Setujui' });
    await admin.goto(`/konsol/instansi/${agency}`);
    assert.match(await text(admin.locator('main')), /Instansi ini sedang tidak dilayani. Belum ada perjanjian/);
  });

  await part('the agreement is drafted, approved and signed', async () => {
    const path = await open(operator, 'Perjanjian kerja sama baru', agency);
    await step(operator, path, { letter: '470/12/2026' });
    await step(operator, path, {
      fields: { Tentang: 'Pemanfaatan NIK dalam layanan bantuan ternak', 'Kuota harian sebelum PoC': '200', 'Alamat jaringan tertutup': '127.0.0.0/8\n::1',
        'Nomor persetujuan Direktur Jenderal': '400.8.1.2/8765/Dukcapil', 'Tanggal persetujuan Direktur Jenderal': w.today, 'Berlaku sampai': '2028-09-16',
        'Tujuan pemanfaatan': 'verifikasi penerima bantuan', 'Narahubung instansi': 'Laksitarini Kencana; Sekretaris; (0281) 000-001; laksita@dinperla.example' },
      boxes: [...['NIK', 'Nama Lengkap', 'Jenis Pekerjaan', 'Alamat Sekarang'].map((e) => ['Elemen data', e]), ['Metode akses', 'Web portal'], ['Metode akses', 'Web service (JSON)'], ['Metode akses', 'Pembaca KTP-el']],
      signed: true,
    });
    await step(operator, path, { fields: { 'Nomor PKS dari Dinas Dukcapil': '400.12/3001/2026', 'Nomor PKS dari instansi': '470/13/2026', 'Tanggal penandatanganan': w.today, 'SPTJM ditandatangani pada': '' }, signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    await admin.goto(`/konsol/instansi/${agency}`);
    assert.match(await text(admin.locator('main')), /SPTJM penanggung jawab tidak berlaku/);
  });

  let link, half;
  await part('a user id is requested, decided, handed over with BAST and a slip', async () => {
    const path = await open(operator, 'Permohonan user ID', agency);
    await step(operator, path, { letter: '470/14/2026', fields: {
      NIK: '3303014507900002', 'Nama lengkap': 'Puspitaningrum Arumdalu', 'NIP atau nomor pegawai': '19900705 201503 2 002', 'Status kepegawaian': 'pns', Jabatan: 'Petugas Loket',
      'Kode wilayah kantor': '33.03', 'Nama dan alamat kantor': 'Dinas Perikanan dan Peternakan', 'User ID yang diminta': officerLogin, Peran: 'officer',
    }, boxes: [['Metode akses pengguna', 'Web portal'], ['Metode akses pengguna', 'Web service (JSON)']] });
    assert.ok(!(await operator.content()).includes('3303014507900002'), 'the NIK of the form is masked');
    await step(admin, path, { verdict: 'Setujui' });
    await operator.goto(path);
    const made = operator.locator('.files a').last();
    const [download] = await Promise.all([operator.waitForEvent('download'), made.click()]);
    assert.match(download.suggestedFilename(), /\.pdf$/);
    await step(operator, path, { fields: { 'NDA ditandatangani pada': '' }, signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    await operator.goto(path);
    const [printed] = await Promise.all([operator.waitForEvent('download'), operator.getByRole('button', { name: `Cetak lembar Kata sandi untuk ${officerLogin}` }).click()]);
    const code = sheet(await printed.path()).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/)[0];
    assert.ok(!(await operator.content()).includes(code), 'no page shows what was printed');
    link = `/aktivasi/${code}`;
    // The second half is never the printer's to hand over.
    const take = (of) => of.getByRole('button', { name: `Ambil kode kedua untuk ${officerLogin}` });
    await operator.goto('/konsol/lembar');
    assert.equal(await take(operator).count(), 0, 'who issued the slip cannot take its second half');
    await admin.goto('/konsol/lembar');
    await take(admin).click();
    half = await text(admin.locator('#kode-kedua'));
    await admin.goto('/konsol/lembar');
    assert.equal(await take(admin).count(), 0, 'the second half is shown once');
  });

  await part('the user id works only after SPTJM and NDA', async () => {
    const page = await w.page();
    await page.goto(link);
    await page.getByLabel('Kode kedua').fill(half);
    await page.getByLabel('Kata sandi baru', { exact: true }).fill(secret);
    await page.getByRole('button').last().click();
    await page.waitForURL('**/masuk?alasan=aktif');
    assert.equal(await refusal(officerLogin, secret), 'User ID non aktif, silahkan menghubungi Admin');
    let path = await open(operator, 'Pernyataan menjaga kerahasiaan (NDA)', agency);
    await step(operator, path, { fields: { Pengguna: officerLogin } });
    await step(operator, path, { fields: { 'Tanggal penandatanganan': w.today, 'Nomor formulir': 'FR.01-SOP-08/DITJEN-DUKCAPIL, revisi 01' }, signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    assert.equal(await refusal(officerLogin, secret), 'Instansi tidak aktif');
    path = await open(operator, 'Surat pernyataan tanggung jawab mutlak (SPTJM)', agency);
    await step(operator, path);
    await step(operator, path, { fields: { 'Tanggal penandatanganan': w.today }, signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    assert.equal(await refusal(officerLogin, secret), '');
  });

  await part('the first lookup has 200 hits a day, and a passed PoC none', async () => {
    const page = await officerPage();
    await ask(page, w.sample.found[0]);
    assert.match(await text(page.locator('.card')), /199 dari 200/);
    assert.match(await text(page.locator('.card')), /Jenis pekerjaan/i);
    const path = await open(operator, 'Proof of Concept (PoC)', agency);
    await step(operator, path, { letter: '470/15/2026', fields: { Aplikasi: 'Web portal' } });
    await step(operator, path, { fields: { 'Hari terakhir pelaksanaan': w.today, 'Tempat pelaksanaan': 'Ruang rapat' } });
    await step(admin, path, { verdict: 'Setujui' });
    const checks = ['Pencarian hanya untuk tujuan', 'Hanya elemen yang diberikan', 'Notifikasi diperlihatkan', 'Data kependudukan tidak disimpan', 'Akses hanya melalui', 'Data balikan dapat dikirim'];
    await step(operator, path, { fields: { ...Object.fromEntries(checks.map((c) => [c, 'sesuai'])), Temuan: 'Tidak ada temuan.' } });
    await step(admin, path, { verdict: 'Setujui' });
    await ask(page, w.sample.found[1]);
    assert.match(await text(page.locator('.card')), /tanpa batas kuota/);
  });

  const byProgram = async () => (await fetch(`${w.url}/api/v1/lookups`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa(`${officerLogin}:${secret}`)}` },
    body: JSON.stringify({ nik: w.sample.found[0], purpose: 'verifikasi penerima bantuan', reference }),
  })).json();
  await part('the portal\'s PoC opens no other application: the desk has its own', async () => {
    assert.equal((await byProgram()).code, 'poc');
    let path = await open(operator, 'Pendaftaran aplikasi', agency);
    await step(operator, path, { letter: '470/18/2026', fields: { 'Nama aplikasi': 'Loket Ternak', 'Jenis aplikasi': 'desk', 'Penanggung jawab aplikasi': 'Laksitarini Kencana, Sekretaris', 'Kegunaan aplikasi': 'Melayani pemohon di loket.' } });
    await step(admin, path, { verdict: 'Setujui' });
    assert.equal((await byProgram()).code, 'poc');
    path = await open(operator, 'Proof of Concept (PoC)', agency);
    await step(operator, path, { letter: '470/19/2026', fields: { Aplikasi: 'Loket Ternak' } });
    await step(operator, path, { fields: { 'Hari terakhir pelaksanaan': w.today, 'Tempat pelaksanaan': 'Ruang rapat' } });
    await step(admin, path, { verdict: 'Setujui' });
    assert.equal((await byProgram()).quota_left, 199, 'on the day of its schedule it is used within the quota, which what has passed does not touch');
    await operator.goto(`/konsol/instansi/${agency}/aplikasi`);
    assert.match(await text(operator.locator('main')), /Loket Ternak.*uji PoC/s);
  });

  await part('an addendum takes an element from every door', async () => {
    const path = await open(operator, 'Perubahan metode, elemen, atau ketentuan akses', agency);
    await step(operator, path, { letter: '470/16/2026', boxes: ['NIK', 'Nama Lengkap', 'Alamat Sekarang'].map((e) => ['Elemen data yang baru', e]), signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    await step(operator, path, { fields: { 'Nomor persetujuan Direktur Jenderal': '400.8.1.2/9001/Dukcapil', 'Tanggal persetujuan Direktur Jenderal': w.today, 'Mulai berlaku': w.today }, signed: true });
    await step(operator, path, { fields: { 'Tanggal penandatanganan': w.today }, signed: true });
    await step(admin, path, { verdict: 'Setujui' });
    const page = await officerPage();
    await ask(page, w.sample.found[0]);
    assert.doesNotMatch(await text(page.locator('.card')), /Jenis pekerjaan/i);
    assert.deepEqual(Object.keys((await byProgram()).person), ['nik', 'nama_lengkap', 'alamat']);
    await admin.goto(`/konsol/instansi/${agency}`);
    await admin.getByRole('link', { name: '400.12/3001/2026' }).click();
    assert.match(await text(admin.locator('.line')), /Elemen \(PKS Pasal 2 ayat \(1\) huruf a dan Pasal 3 ayat \(2\) huruf a\)\s+NIK, Nama Lengkap, Jenis Pekerjaan, Alamat Sekarang\s+NIK, Nama Lengkap, Alamat Sekarang/);
    await admin.getByLabel('Berlaku pada').fill('2026-09-15');
    await admin.getByRole('button', { name: 'Tampilkan' }).click();
    assert.match(await text(admin.locator('main')), /Pada hari itu perjanjian tidak berlaku/);
  });

  await part('readers become active by a decision', async () => {
    const path = await open(operator, 'Pengadaan pembaca KTP-el dan aktivasi SAM', agency);
    const met = ['Antarmuka nirsentuh: Membaca cip ISO/IEC 14443 tipe A dan tipe B pada 13,56 MHz.', 'Slot kartu SAM: Slot ISO/IEC 7816 untuk kartu SAM yang dipersonalisasi dan diaktifkan melalui SIFILMA.', 'Pemindai sidik jari: Membandingkan sidik jari pemegang dengan isi cip pada perangkat (satu lawan satu).', 'Biodata dan foto: Menampilkan biodata dan foto dari cip setelah autentikasi dengan kartu SAM.', 'Tanpa penyimpanan: Perangkat dan layanannya tidak menyimpan isi kartu yang dibaca.', 'Sambungan ke komputer loket: USB dengan pengandar PC/SC, atau layanan pada komputer petugas sendiri.'];
    await step(operator, path, { letter: '470/17/2026', fields: { Perangkat: 'RDR-LA-01; Tipe A; SAM-LA-01\nRDR-LA-02; Tipe A', Pengecualian: 'Sertifikat alat menyusul, surat 470/16/2026' }, boxes: met.map((point) => ['Butir spesifikasi teknis', point]) });
    await step(operator, path);
    await step(admin, path, { verdict: 'Setujui' });
    await admin.goto(`/konsol/instansi/${agency}`);
    assert.match(await text(admin.locator('main')), /2 bekerja dari 2/);
  });

  await part('six months and two months before the end both sides are reminded of the extension', async () => {
    await moveTo('2028-03-17');
    admin = await w.signedIn('admin');
    await admin.goto('/pemberitahuan');
    await admin.getByText(/Pengingat kewajiban|[Pp]erpanjangan/).first().waitFor(); // one line for all agencies
    await admin.goto(`/konsol/kewajiban/${agency}`);
    await admin.getByRole('row', { name: /[Pp]erpanjangan/ }).first().waitFor();
    await moveTo('2028-07-18');
    admin = await w.signedIn('admin');
    await admin.goto(`/konsol/kewajiban/${agency}`);
    assert.match(await text(admin.getByRole('row', { name: /[Pp]erpanjangan/ }).first()), /Terlambat/);
  });

  await part('the day after the end nothing works, and the readers are deactivated with BAST', async () => {
    await moveTo('2028-09-16');
    assert.equal(await refusal(officerLogin, secret), '', 'the last day is in force');
    await moveTo('2028-09-17');
    assert.equal(await refusal(officerLogin, secret), 'Instansi tidak aktif');
    admin = await w.signedIn('admin');
    await admin.goto('/konsol/pembaca?keadaan=deactivated');
    assert.match(await text(admin.locator('table')), /RDR-LA-01[\s\S]*RDR-LA-02/);
    await admin.goto(`/konsol/instansi/${agency}/dokumen`);
    assert.match(await text(admin.locator('table')), /penonaktifan/i);
    await admin.goto(`/konsol/instansi/${agency}/riwayat`);
    assert.match(await text(admin.locator('table')), /Pembaca KTP-el RDR-LA-01: dari Aktif menjadi Nonaktif/);
  });
});
