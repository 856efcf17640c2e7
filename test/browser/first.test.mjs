// From an empty folder to the five firsts of an agency, by README.md's own commands and by what the pages show; nothing of the demo is there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { totp, wide } from './help.mjs';
import { Person, Shell, Tally } from './newcomers.mjs';

const scan = { name: 'pindaian.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% pindaian rekaan\n%%EOF\n') };
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta' }).format(new Date());
const agency = 'Dinas Perikanan dan Peternakan';
// What a first may cost at most, in presses of links, buttons and boxes, and in fields that have to be typed, chosen or attached. A field that comes filled in,
// rightly, costs nothing; neither do README's commands and the configuration, which are the machine's keeper's. The bound is what the walk costs now.
const most = {
  'first portal lookup': [29, 30], 'first data balikan': [2, 3], 'first API lookup': [26, 15], 'first legacy call': [1, 0], 'first desk application': [41, 31],
};
const purpose = 'verifikasi penerima bantuan';
const clerk = { login: 'puspitaningrum.dinperla', name: 'Puspitaningrum Arumdalu', nik: '3303014507900002', nip: '19900705 201503 2 002', role: 'officer', methods: ['Web portal'] };
const program = { login: 'ratnasari.dinperla', name: 'Ratnasari Puspaningtyas', nik: '3303014812880001', nip: '19881208 201503 2 001', role: 'application', methods: ['Web service (JSON)', 'Web service lama'] };
const leader = { login: 'gandaruwa.dinperla', name: 'Gandaruwa Mahesworo', nik: '3303010203700003', nip: '19700302 199503 1 001', role: 'head', methods: ['Web portal'] };
// Tokens as their form names them.
const tokens = {
  'Token API': 'Token API, untuk pencarian oleh program', 'Token data balikan': 'Token data balikan',
  'Token loket': 'Token loket, untuk petugas yang mencari dari aplikasi loket',
};
const [pks, sptjm] = ['Perjanjian kerja sama baru', 'Surat pernyataan tanggung jawab mutlak (SPTJM)'];
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
  // Two administrators before their own screens. Who decides begins with it what the agency needs next; what waits for the other appears there.
  tally.toward('first portal lookup');
  const [url, first, second] = await install(shell, somebody, database);
  await register(first);
  await decide(second, 'Pendaftaran instansi', `Setujui, lalu: ${pks}`);
  await agree(second, tally);
  await decide(first, pks, 'Setujui, lalu: Permohonan user ID');
  const halves = await admit(first, second, clerk, { first: 'first desk application', methods: ['Web portal', 'Web service (JSON)'], tokens: ['Token loket'], app: 'Loket pelayanan' });
  await step(second, { signed: true }, goOn(second, `${sptjm}, ${leader.name}`));
  await decide(first, sptjm);
  const officer = await somebody('the officer');
  const own = await activate(officer, ...halves, clerk.login);
  await officer.go('link', 'Lanjutkan');
  const [one, two, three, four] = residents(shell);
  await lookUp(officer, one);

  tally.toward('first data balikan');
  await deliver(officer, one);

  tally.toward('first API lookup');
  const programs = await add(second, first, await somebody('the programmer'), program, { first: 'first API lookup', methods: program.methods, tokens: ['Token API', 'Token data balikan'], app: 'Layanan ternak' });
  assert.deepEqual(Object.keys(programs).sort(), ['Token API', 'Token data balikan']);
  await tryOut(first, second, 'Layanan ternak');
  await ask(url, programs['Token API'], two);
  await send(url, programs['Token data balikan'], two);
  tally.toward('first legacy call');
  await call(url, three);

  tally.toward('first desk application');
  const head = await somebody('the head');
  await add(first, second, head, leader);
  await tryOut(second, first, 'Loket pelayanan'); // who handed the second code over has the sheets open
  const code = await invite(second);
  const counter = await openDesk(shell, somebody, url, code, (asked) => approve(head, asked));
  await bringToken(counter, own['Token loket']);
  await serveApplicant(counter, four);
  assert.equal(shell.left.length, 0, 'the walk has taken every command of README.md');
}

/** Another user id, from the agency's page to its activation; the tokens that it brought. */
async function add(one, other, owner, user, more) {
  await one.go('link', agency);
  await one.go('button', 'Permohonan user ID');
  return activate(owner, ...await admit(one, other, user, more), user.login);
}

/** A program is used from the first day of its PoC's schedule. */
async function tryOut(one, other, app) {
  await one.go('link', agency);
  await one.go('link', 'Aplikasi');
  await one.go('button', 'Proof of Concept (PoC)');
  await step(one, { fields: { 'Nomor surat': '470/15/2026', 'Tanggal surat': today, Aplikasi: app } });
  await step(one, { fields: { 'Hari terakhir pelaksanaan': today, 'Tempat pelaksanaan': 'Ruang rapat' } });
  await decide(other, 'Proof of Concept (PoC)');
}

/** The console's code for a machine that is to be the agency's desk. */
async function invite(admin) {
  await admin.go('link', agency);
  await admin.go('link', 'Loket');
  await admin.fill('Alasan', 'Loket pertama');
  await admin.go('button', 'Buat kode sekali pakai');
  return (await admin.text('[role=status] strong code'));
}

/** The head compares the words that the machine shows with those of the page. */
async function approve(head, asked) {
  await asked.says(/\S/);
  await head.go('link', 'Loket');
  await head.go('button', 'Kata pengenal cocok, setujui');
  await asked.ended;
}

/** A port of this machine that nobody listens on. */
const free = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });

/** README's commands, up to the running service, and the two administrators at their first page. */
async function install(shell, somebody, database) {
  shell.run('config example');
  shell.edit('provider.toml', {
    listen: '127.0.0.1:0', office: 'Dinas Dukcapil Kabupaten Rekaan', government: 'Pemerintah Kabupaten Rekaan', address: 'Jalan Rekaan Nomor 1', place: 'Rekaan', region: '33.03', official: 'Kusumaningrum Adiwinata',
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
    // Their role needs a second factor: they set it up at their first sign-in.
    await person.fillAll({ Kode: totp(await person.text('#rahasia-teks')) });
    await person.go('button', 'Lanjutkan');
    people.push(person);
  }
  return [url, ...people];
}

async function activate(person, link, half, who) {
  await person.open(link);
  await person.fillAll({ 'Kode kedua': half, 'Kata sandi baru': password(who) });
  await person.go('button', 'Aktifkan user ID');
  // The tokens that come with it, by their kind.
  return Object.fromEntries(await person.page.locator('section.box:has(.secret)').evaluateAll((all) => all.map((s) => [s.querySelector('h2').innerText, s.querySelector('.secret').innerText])));
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

/** The case appears among what waits on the other's screen; they open it, and decide with it before them. */
async function decide(other, name, verdict = 'Setujui') {
  await open(other, name, 'Menunggu keputusan');
  await step(other, { verdict });
}

const open = (person, name, state = '') => person.go('link', name, person.page.locator('[data-live] li', { hasText: state }));

/** Goes on to the case that the page names as the next one. */
const goOn = (person, name) => person.go('button', new RegExp(`^Langkah berikutnya: ${name.replace(/[()]/g, '\\$&')}`));

async function register(first) {
  await first.go('button', 'Daftarkan instansi');
  await step(first, { fields: {
    'Nomor surat': '470/11/2026', 'Tanggal surat': today, 'Kode instansi': 'dinperla', 'Nama instansi': agency, 'Alamat kantor': 'Jalan Rekaan Nomor 9', 'Zona waktu': 'WIB',
    'Nama kepala instansi': 'Gandaruwa Mahesworo',
  } });
}

async function agree(first, tally) {
  await step(first); // asked for by the letter that registered the agency
  await tally.during('first API lookup', () => first.tick('Metode akses', ['Web portal', 'Web service (JSON)']));
  await tally.during('first legacy call', () => first.tick('Metode akses', ['Web portal', 'Web service (JSON)', 'Web service lama']));
  await step(first, {
    signed: true,
    fields: { 'Nomor persetujuan Direktur Jenderal': '400.8.1.2/8765/Dukcapil', 'Tanggal persetujuan Direktur Jenderal': today,
      Tentang: `Pemanfaatan NIK, Data Kependudukan, dan KTP-el dalam Layanan ${agency}`, 'Kuota harian': '200', 'Alamat jaringan tertutup': '127.0.0.0/8\n::1', 'Tujuan pemanfaatan': purpose },
  });
  await step(first, { fields: { 'Nomor PKS dari Dinas': '400.12/3001/2026', 'Nomor PKS dari instansi': '470/13/2026', 'Tanggal penandatanganan': today }, signed: true });
}

/** A user id from request to BAST; returns the two halves of its slip, each from another hand. */
async function admit(first, second, { login, name, nik, nip, role, methods }, more) {
  await first.fill('Peran', role);
  await first.tick('Metode akses pengguna', methods);
  if (more) {
    await first.tally.during(more.first, async () => {
      await first.tick('Metode akses pengguna', more.methods);
      await first.tick('Token yang diminta', more.tokens.map((kind) => tokens[kind]));
      await first.fill('Nama aplikasi', more.app);
    });
  }
  await step(first, {
    fields: {
      'Nomor surat': '470/14/2026', 'Tanggal surat': today, NIK: nik, 'Nama lengkap': name, NIP: nip, 'Status kepegawaian': 'pns', Jabatan: 'Petugas Loket',
      'Kode wilayah kantor': '33.03', 'Nama dan alamat kantor': `${agency}, Jalan Rekaan Nomor 9`,
    },
  });
  await decide(second, 'Permohonan user ID');
  await open(first, 'Permohonan user ID');
  await step(first, { signed: true }); // the BAST and the NDA that were made with the decision
  await decide(second, 'Permohonan user ID');
  const sheet = await second.download(`Cetak lembar Kata sandi untuk ${login}`);
  const [link] = sheet.match(/https?:\/\/\S+\/aktivasi\/[0-9A-Z-]{19}/);
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

/** The desk, by README's commands, with its head and an officer signed in. */
async function openDesk(shell, somebody, provider, code, approve) {
  shell.run('config example --desk');
  shell.edit('desk.toml', {
    listen: `127.0.0.1:${await free()}`, provider, agency: 'dinperla', office: agency, government: 'Pemerintah Kabupaten Rekaan', address: 'Jalan Rekaan Nomor 9', place: 'Rekaan',
  }, writeFileSync);
  assert.match(shell.run('init'), /Langkah berikutnya/);
  const printed = shell.run('loket user', { NAME: leader.name, LOGIN: 'kepala' }).trim();
  const enrolled = shell.begin('loket enrol', { CODE: code });
  await approve(enrolled);
  const url = await shell.serve('loket');
  const head = await somebody('the head of the desk');
  await activateAtDesk(head, printed, 'kepala');
  await head.go('link', 'Pengguna');
  await head.fillAll({ 'User ID': 'loket', 'Nama lengkap': clerk.name, Peran: 'officer' });
  await head.go('button', 'Buat dan undang');
  const officer = await somebody('the officer at the counter');
  await activateAtDesk(officer, await head.text('.secret'), 'loket');
  return officer;
}

/** What the officer brings from the provider: the token of the slip. */
async function bringToken(officer, token) {
  await officer.go('link', 'Akun');
  await officer.go('link', 'Buka Token Dukcapil');
  await officer.fill('Token', token);
  await officer.go('button', 'Simpan token');
}

async function activateAtDesk(person, link, login) {
  await person.open(link);
  await person.fillAll({ 'Kata sandi baru': password(login) });
  await person.go('button', 'Aktifkan user ID');
}

/** An application from its papers to the letter in the applicant's hand. */
async function serveApplicant(officer, resident) {
  await officer.go('link', 'Permohonan baru');
  await officer.go('link', 'Pilih Bantuan benih');
  await officer.fillAll({
    NIK: resident.NIK, 'Nama lengkap': resident.NAMA_LGKP, 'Tempat lahir': resident.TMPT_LHR, 'Tanggal lahir': resident.TGL_LHR, 'Jenis kelamin': resident.JENIS_KLMIN === '1' ? 'LAKI-LAKI' : 'PEREMPUAN',
    Alamat: resident.ALAMAT, 'Jenis benih': 'Padi', 'Kebutuhan (kilogram)': '25', 'KTP-el pemohon': scan, 'Surat usulan kelompok tani': scan,
  });
  await officer.go('button', 'Terima permohonan');
  await officer.go('button', 'Dokumen lengkap');
  await officer.go('button', 'Krosscek sekarang');
  await officer.go('button', 'Setujui dan terbitkan surat');
  await officer.go('button', 'Surat telah diserahkan');
  const letter = await officer.page.request.get(new URL(await officer.page.getByRole('link', { name: 'Unduh surat' }).getAttribute('href'), officer.page.url()).href);
  assert.equal((await letter.body()).subarray(0, 4).toString(), '%PDF');
}

/** The agency's program asks by the JSON API. */
async function ask(url, token, resident) {
  const answer = await fetch(`${url}/api/v1/lookups`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ nik: resident.NIK, purpose, reference: 'BTT/2026/0002' }),
  });
  const got = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(got));
  assert.equal(Object.keys(got.person).length, 8, 'what the agreement grants');
  assert.equal(got.person.nama_lengkap, resident.NAMA_LGKP);
}

/** The agency's program sends data balikan for what it asked. */
async function send(url, token, resident) {
  const answer = await fetch(`${url}/data_balikan/public/api/store`, {
    method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ nik: resident.NIK, id_lembaga: 'dinperla', nama_lembaga: agency, param: [{ NOMOR: 'BTT/2026/0002', JENIS_BANTUAN: 'Benih ikan' }] }),
  });
  assert.deepEqual(await answer.json(), { message: 'Success' });
}

/** The agency's old program asks as it asked the ministry. */
async function call(url, resident) {
  const answer = await fetch(`${url}/dukcapil/get_json/dinperla/call_nik`, { method: 'POST', body: JSON.stringify({ NIK: resident.NIK, user_id: program.login, password: password(program.login), IP_USER: '127.0.0.1' }) });
  const { content: [person] } = await answer.json();
  assert.equal(person.NAMA_LGKP, resident.NAMA_LGKP, JSON.stringify(Object.keys(person)));
}
