// From an empty folder to the five firsts of an agency, by README.md's own commands and by what the pages show; nothing of the demo is there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { totp, wide } from './help.mjs';
import { Person, Shell, Tally } from './newcomers.mjs';

const scan = { name: 'pindaian.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% pindaian rekaan\n%%EOF\n') };
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta' }).format(new Date());
const agency = 'Dinas Perikanan dan Peternakan';
// What a first may cost at most, in presses of links, buttons and boxes, and in fields that have to be filled in.
const most = { 'first portal lookup': [37, 44], 'first data balikan': [2, 3], 'first API lookup': [19, 14], 'first legacy call': [1, 0] };
const purpose = 'verifikasi penerima bantuan';
const clerk = { login: 'petugas.dinperla', name: 'Puspitaningrum Arumdalu', role: 'officer', methods: ['Web portal'] };
const program = { login: 'aplikasi.dinperla', name: 'Ratnasari Puspaningtyas', role: 'application', methods: ['Web service (JSON)', 'Web service lama'] };
const signed = { 'Tanggal penandatanganan': today, 'Nomor formulir': 'FR.01-SOP-08/DITJEN-DUKCAPIL, revisi 01' };
const password = (who) => `kalimat rekaan milik ${who}`;

let browser;
before(async () => { browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] }); });
after(() => browser?.close());

for (const [engine, database] of [['SQLite', ''], ['PostgreSQL', process.env.GAPURA_TEST_POSTGRES]]) {
  test(`a new office reaches its firsts on ${engine}`, { timeout: 180_000 }, async (t) => {
    assert.ok(database !== undefined, 'GAPURA_TEST_POSTGRES names an empty database');
    const dir = mkdtempSync(join(tmpdir(), 'gapura-first-'));
    const shell = new Shell(dir);
    const tally = new Tally();
    const contexts = [];
    const somebody = async (name) => {
      const context = await browser.newContext({ viewport: wide, locale: 'id-ID', timezoneId: 'Asia/Jakarta' });
      contexts.push(context);
      return new Person(name, context, tally);
    };
    try {
      await walk({ shell, tally, somebody, database });
    } finally {
      for (const context of contexts) await context.close();
      await shell.end();
      rmSync(dir, { recursive: true, force: true });
    }
    for (const { name, clicks, fields } of tally.rows) {
      t.diagnostic(`figure: ${engine}, ${name}: ${clicks} clicks, ${fields} fields`);
      assert.ok(clicks <= most[name][0] && fields <= most[name][1], `${name} costs ${clicks} clicks and ${fields} fields, at most ${most[name]} are promised`);
    }
  });
}

async function walk({ shell, tally, somebody, database }) {
  // Who decided a case has it open, and begins the next one.
  tally.toward('first portal lookup');
  const [url, first, second] = await install(shell, somebody, database);
  await register(first, second);
  await agree(second, first, tally);
  await goOn(first, 'Permohonan user ID');
  const halves = await admit(first, second, clerk);
  await step(second, { fields: signed, signed: true }, goOn(second, `Pernyataan menjaga kerahasiaan (NDA), ${clerk.name}`));
  await step(second, { fields: { 'Tanggal penandatanganan': today }, signed: true }, goOn(second, 'Surat pernyataan tanggung jawab mutlak (SPTJM), Gandaruwa Mahesworo'));
  const officer = await somebody('the officer');
  await activate(officer, ...halves, clerk.login);
  await signIn(officer, clerk.login, password(clerk.login));
  const [one, two, three] = residents(shell);
  await lookUp(officer, one);
  tally.toward('first data balikan');
  await deliver(officer, one);
  tally.toward('first API lookup');
  await second.go('link', agency);
  await second.go('button', 'Permohonan user ID');
  await activate(await somebody('the programmer'), ...await admit(second, first, program), program.login);
  await step(first, { fields: signed, signed: true }, goOn(first, `Pernyataan menjaga kerahasiaan (NDA), ${program.name}`));
  await ask(url, two);
  tally.toward('first legacy call');
  await call(url, three);
}

/** README's commands, up to the running service, and the two administrators at their first page. */
async function install(shell, somebody, database) {
  shell.run('config example');
  shell.edit('provider.toml', {
    listen: '127.0.0.1:0', office: 'Dinas Dukcapil Kabupaten Rekaan', government: 'Pemerintah Kabupaten Rekaan', address: 'Jalan Rekaan Nomor 1', place: 'Rekaan', official: 'Kusumaningrum Adiwinata',
    ...(database && { database }),
  }, writeFileSync);
  assert.match(shell.run('init'), /Langkah berikutnya/);
  shell.gapura('population', 'generate', '--residents', '200', '--seed', '7', '--out', 'PEOPLE.csv');
  shell.run('population import');
  const admin = shell.take('user admin');
  assert.match(admin.note, /twice/);
  const printed = [['Rekaan Satu', 'admin.satu', '991'], ['Rekaan Dua', 'admin.dua', '992']]
    .map(([name, login, nip]) => shell.gapura(...admin.args.map((a) => ({ NAME: name, LOGIN: login, NIP: nip })[a] ?? a)));
  const url = await shell.serve('serve');
  const people = [];
  for (const [n, login] of ['admin.satu', 'admin.dua'].entries()) {
    const person = await somebody(login);
    const [path, half] = printed[n].trim().split('\nkode kedua: ');
    await activate(person, url + path, half, login);
    await signIn(person, login, password(login));
    // Their role needs a second factor: they set it up at their first sign-in.
    await person.fillAll({ Kode: totp(await person.text('#rahasia-teks')) });
    await person.go('button', 'Lanjutkan');
    people.push(person);
  }
  return [url, ...people];
}

async function activate(person, link, half, who) {
  await person.open(link);
  await person.fillAll({ 'Kode kedua': half, 'Kata sandi baru': password(who), 'Ulangi kata sandi baru': password(who) });
  await person.go('button', 'Aktifkan user ID');
}

async function signIn(person, login, secret) {
  await person.fillAll({ 'User ID': login, 'Kata sandi': secret });
  await person.go('button', 'Masuk');
}

/** Fills in the step that the page shows as the one to be taken now, after what leads there, and saves it. */
async function step(person, { fields = {}, boxes = {}, verdict, signed } = {}, arrived = Promise.resolve()) {
  await arrived;
  await person.fillAll(fields);
  for (const [group, labels] of Object.entries(boxes)) await person.tick(group, labels);
  if (signed) await person.fill('Pindaian', scan);
  await person.go('button', verdict ?? 'Simpan langkah ini', person.page.locator('.now'));
  const wrong = person.page.locator('#kesalahan');
  assert.equal(await wrong.count(), 0, `${await person.text('h1')}: ${await wrong.allInnerTexts()}`);
}

/** Somebody else finds the case on the first page, approves, and has it open then. */
async function decide(other, name) {
  await other.go('link', 'Instansi');
  await other.go('link', name);
  await step(other, { verdict: 'Setujui' });
}

/** Goes on to the case that the page names as the next one. */
const goOn = (person, name) => person.go('button', new RegExp(`^Langkah berikutnya: ${name.replace(/[()]/g, '\\$&')}`));

async function register(first, second) {
  await first.go('button', 'Daftarkan instansi');
  await step(first, { fields: {
    'Nomor surat': '470/11/2026', 'Tanggal surat': today, 'Kode instansi': 'dinperla', 'Nama instansi': agency, 'Alamat kantor': 'Jalan Rekaan Nomor 9', 'Zona waktu': 'WIB',
    'Nama kepala instansi': 'Gandaruwa Mahesworo', 'Jabatan kepala instansi': 'Kepala Dinas', 'Menjabat sejak': '2025-01-02',
  } });
  await decide(second, 'Pendaftaran instansi');
}

async function agree(first, second, tally) {
  const name = 'Perjanjian kerja sama baru';
  await goOn(first, name);
  await step(first, { fields: { 'Nomor surat': '470/12/2026', 'Tanggal surat': today } });
  tally.toward('first API lookup');
  await first.tick('Metode akses', ['Web portal', 'Web service (JSON)']);
  tally.toward('first legacy call');
  await first.tick('Metode akses', ['Web portal', 'Web service (JSON)', 'Web service lama']);
  tally.toward('first portal lookup');
  await step(first, {
    fields: { Tentang: `Pemanfaatan NIK, Data Kependudukan, dan KTP-el dalam Layanan ${agency}`, 'Kuota harian': '200', 'Alamat jaringan tertutup': '127.0.0.0/8\n::1', 'Tujuan pemanfaatan': purpose },
  });
  await decide(second, name);
  await step(second, { fields: { 'Nomor PKS dari Dinas': '400.12/3001/2026', 'Nomor PKS dari instansi': '470/13/2026', 'Tanggal penandatanganan': today, 'Berlaku sampai': `${Number(today.slice(0, 4)) + 2}${today.slice(4)}` }, signed: true });
}

/** A user id from request to BAST; returns the two halves of its slip, each from another hand. */
async function admit(first, second, { login, name, role, methods }) {
  await step(first, {
    fields: {
      'Nomor surat': '470/14/2026', 'Tanggal surat': today, NIK: '3303014507900002', 'Nama lengkap': name, NIP: '19900705 201503 2 002', 'Status kepegawaian': 'pns', Jabatan: 'Petugas Loket',
      'Kode wilayah kantor': '33.03', 'Nama dan alamat kantor': `${agency}, Jalan Rekaan Nomor 9`, 'User ID yang diminta': login, Peran: role,
    },
    boxes: { 'Metode akses pengguna': methods },
  });
  await decide(second, 'Permohonan user ID');
  await step(second);
  await step(second, { signed: true });
  const sheet = await second.download(`Cetak lembar Kata sandi untuk ${login}`);
  const [link] = sheet.match(/https?:\/\/\S+\/aktivasi\/[0-9A-Z-]{19}/);
  await second.go('link', 'Kembali ke berkas');
  await first.go('link', 'Lainnya');
  await first.go('link', 'Lembar rahasia');
  await first.go('button', `Ambil kode kedua untuk ${login}`);
  return [link, await first.text('#kode-kedua')];
}

/** Residents of the invented population, by its columns. */
function residents(shell) {
  const [heading, ...rows] = readFileSync(join(shell.dir, 'PEOPLE.csv'), 'utf8').trim().split('\n').map((l) => l.split(','));
  return rows.map((row) => Object.fromEntries(heading.map((column, n) => [column, row[n]]))).filter((r) => r.FLAG_STATUS === '0');
}

async function lookUp(officer, resident) {
  await officer.fillAll({ NIK: resident.NIK, 'Tujuan pemanfaatan': purpose, 'Nomor permohonan': 'BTT/2026/0001' });
  await officer.click('button', 'Cari');
  await officer.page.locator('#hasil .card, #hasil .note').first().waitFor();
  const shown = await officer.text('#hasil');
  assert.match(shown, /Data ditemukan/);
  assert.ok(shown.includes(resident.NAMA_LGKP), 'the person who was asked for is shown');
  assert.match(shown, /199 dari 200/);
}

async function deliver(officer, resident) {
  await officer.go('link', 'Data balikan');
  await officer.fillAll({ NIK: resident.NIK, NOMOR: 'BTT/2026/0001', JENIS_BANTUAN: 'Benih ikan' });
  await officer.go('button', 'Kirim');
  assert.match(await officer.text('[role=status]'), /diterima|terkirim|tersimpan/i);
  assert.match(await officer.text(), /Tidak ada yang tertunggak/);
}

/** The agency's program asks by the JSON API. */
async function ask(url, resident) {
  const answer = await fetch(`${url}/api/v1/lookups`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Basic ${btoa(`${program.login}:${password(program.login)}`)}` },
    body: JSON.stringify({ nik: resident.NIK, purpose, reference: 'BTT/2026/0002' }),
  });
  const got = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(got));
  assert.equal(Object.keys(got.person).length, 8, 'what the agreement grants');
  assert.equal(got.person.nama_lengkap, resident.NAMA_LGKP);
}

/** The agency's old program asks as it asked the ministry. */
async function call(url, resident) {
  const answer = await fetch(`${url}/dukcapil/get_json/dinperla/call_nik`, { method: 'POST', body: JSON.stringify({ NIK: resident.NIK, user_id: program.login, password: password(program.login), IP_USER: '127.0.0.1' }) });
  const { content: [person] } = await answer.json();
  assert.equal(person.NAMA_LGKP, resident.NAMA_LGKP, JSON.stringify(Object.keys(person)));
}
