// From an empty folder to the five firsts of an agency, by README.md's own commands and by what the pages show; nothing of the demo is there.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { authenticator, browserPath, wide } from './help.mjs';
import { Person, Post, Shell, Tally } from './newcomers.mjs';

const scan = { name: 'pindaian.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n% pindaian rekaan\n%%EOF\n') };
const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Asia/Jakarta' }).format(new Date());
const agency = 'Dinas Perikanan dan Peternakan';
// What a first may cost at most, in presses of links, buttons and boxes, and in fields that have to be typed, chosen or attached. A field that comes filled in,
// rightly, costs nothing; neither do README's commands and the configuration, which are the machine's keeper's. The bound is what the walk costs now.
const most = {
  'first portal lookup': [28, 16], 'first data balikan': [2, 3], 'agency administrator': [13, 9], 'first API lookup': [25, 14], 'first legacy call': [1, 0],
  'first desk application': [35, 22],
};
const purpose = 'verifikasi penerima bantuan';
const clerk = { login: 'puspitaningrum.dinperpet', name: 'Puspitaningrum Arumdalu', nik: '3303014507900002', nip: '19900705 201503 2 002', role: 'officer', methods: ['Web portal'] };
const program = { login: 'ratnasari.dinperpet', name: 'Ratnasari Puspaningtyas', nik: '3303014812880001', nip: '19881208 201503 2 001', role: 'application', methods: ['Web service (JSON)', 'Web service lama'] };
const leader = { login: 'gandaruwa.dinperpet', name: 'Gandaruwa Mahesworo', nik: '3303010203700003', nip: '19700302 199503 1 001', role: 'head', methods: ['Web portal'] };
// Tokens as their form names them.
const tokens = {
  'Token API': 'Token API, untuk pencarian oleh program', 'Token data balikan': 'Token data balikan',
  'Token loket': 'Token loket, untuk petugas yang mencari dari aplikasi loket',
};
const keeper = { name: 'Laksitarini Kencana', nik: '3303015203850003', nip: '19850312 201001 2 003', position: 'Sekretaris Dinas', email: 'laksita@dinperla.example' };
const [pks, userID, named] = ['Perjanjian kerja sama baru', 'Permohonan user ID', 'Penunjukan admin instansi'];
const password = (who) => `kalimat rekaan milik ${who}`;

let browser;
before(async () => { browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] }); });
after(() => browser?.close());

for (const [engine, database] of [['SQLite', ''], ['PostgreSQL', process.env.GAPURA_TEST_POSTGRES]]) {
  test(`a new office reaches its firsts on ${engine}`, { timeout: 900_000 }, async (t) => {
    assert.ok(database !== undefined, 'GAPURA_TEST_POSTGRES names an empty database');
    const dir = mkdtempSync(join(tmpdir(), 'gapura-first-'));
    const shell = new Shell(dir);
    const tally = new Tally(), post = new Post();
    const contexts = [];
    const somebody = async (name) => {
      const context = await browser.newContext({ viewport: wide, locale: 'id-ID', timezoneId: 'Asia/Jakarta' });
      contexts.push(context);
      return new Person(name, context, tally);
    };
    try {
      await walk({ shell, tally, somebody, database, post });
    } finally {
      for (const context of contexts) await context.close();
      await shell.end();
      post.close();
      rmSync(dir, { recursive: true, force: true });
    }
    for (const { name, clicks, fields } of tally.rows) {
      t.diagnostic(`figure: ${engine}, ${name}: ${clicks} clicks, ${fields} fields`);
      assert.ok(clicks <= most[name][0] && fields <= most[name][1], `${name} costs ${clicks} clicks and ${fields} fields, at most ${most[name]} are promised`);
    }
  });
}

async function walk({ shell, tally, somebody, database, post }) {
  // Two administrators before their own screens. Who decides begins with it what the agency needs next; what waits for the other appears there.
  tally.toward('first portal lookup');
  const [url, first, second] = await install(shell, somebody, database, await post.open());
  await register(first);
  await decide(second, 'Pendaftaran instansi', `Setujui, lalu: ${pks}`);
  await agree(second, tally);
  await decide(first, pks, `Setujui, lalu: ${userID}`);
  const halves = await admit(first, second, clerk, { first: 'first desk application', methods: ['Web portal', 'Web service (JSON)'], tokens: ['Token loket'], app: 'Loket pelayanan' });
  const officer = await somebody('the officer');
  const own = await activate(officer, ...halves);
  await officer.go('link', 'Lanjutkan');
  const [one, two, three, four] = residents(shell);
  await lookUp(officer, one);

  tally.toward('first data balikan');
  await deliver(officer, one);

  tally.toward('agency administrator');
  const keep = await appoint(second, first, await somebody('the administrator of the agency'), post);
  tally.toward('first API lookup');
  // In one letter of the agency: the program, and the head, who will approve the desk.
  const head = await somebody('the head');
  const programs = await asked(keep, second, first, [await somebody('the programmer'), program, { methods: program.methods, tokens: ['Token API', 'Token data balikan'], app: 'Layanan ternak' }],
    [head, leader, 'first desk application']);
  assert.deepEqual(Object.keys(programs).sort(), ['Token API', 'Token data balikan']);
  await tryOut(first, second, 'Layanan ternak');
  await ask(url, programs['Token API'], two);
  await send(url, programs['Token data balikan'], two);
  tally.toward('first legacy call');
  await call(url, three);

  tally.toward('first desk application');
  await tryOut(second, first, 'Loket pelayanan'); // who handed the second code over has the sheets open
  const code = await invite(second);
  const counter = await openDesk(shell, somebody, url, code, (asked) => approve(head, asked));
  await bringToken(counter, own['Token loket']);
  await serveApplicant(counter, four);
  await confirm(first);
  assert.equal(shell.left.length, 0, 'the walk has taken every command of README.md');
}

/** What both offices signed is confirmed by an administrator with the passkey that they sign in with, from their first page on. */
async function confirm({ page }) {
  await page.goto(new URL('/konsol', page.url()).href);
  await page.locator('a[href$="#konfirmasi"]').first().click();
  const papers = page.locator('#konfirmasi');
  await papers.getByText('Belum dikonfirmasi').nth(1).waitFor();
  const before = await papers.getByText('Belum dikonfirmasi').count();
  await papers.getByRole('button', { name: /^Konfirmasi dengan kunci sandi/ }).first().click();
  await papers.getByText(/^Rekaan (Satu|Dua), /).first().waitFor();
  assert.equal(await papers.getByText('Belum dikonfirmasi').count(), before - 1, 'their side has confirmed, the head has not');
  assert.equal(await papers.getByRole('button', { name: /^Konfirmasi/ }).count(), 0, 'nothing is left for them to confirm');
}

/** The head names in a letter who looks after the agency's user ids; who that is signs in. */
async function appoint(one, other, person, post) {
  await one.go('link', agency);
  await one.go('link', 'Berkas baru');
  await one.go('button', `Mulai ${named}`);
  await step(one, { signed: true, fields: { 'Nomor surat': '470/16/2026', NIK: keeper.nik, 'Nama lengkap': keeper.name, NIP: keeper.nip, Jabatan: keeper.position, Surel: keeper.email } });
  const link = await sheet(one, other, named, 'admin.dinperpet');
  const [, half] = (await post.letter(new RegExp(`To: <${keeper.email}>[^]*Kode kedua Anda`))).match(/Kode kedua Anda: ([0-9A-Z-]{14})/);
  await activate(person, link, half);
  assert.equal(await person.text('h1'), agency, 'the page that leads');
  return person;
}

/** Two user ids that the agency's administrator asks for in one letter, to their activation; the tokens that the first brought. What the second needs counts with
 * another first. */
async function asked(keeper, one, other, [owner, user, more], [second, colleague, goal]) {
  await keeper.go('link', 'Ajukan user ID');
  await request(keeper, user, more);
  await keeper.tally.during(goal, async () => {
    await keeper.go('button', 'Tambah pengguna');
    const theirs = (label) => `${label}, pengguna 2`;
    const { nik, name, nip, role, methods } = colleague;
    await keeper.fillAll({ [theirs('NIK')]: nik, [theirs('Nama lengkap')]: name, [theirs('NIP atau nomor pegawai')]: nip, [theirs('Peran')]: role });
    await keeper.unfold('Kantor, hak, dan token, pengguna 2');
    await keeper.tick(theirs('Metode akses pengguna'), methods);
  });
  await keeper.go('button', 'Simpan konsep');
  await keeper.fill('Nomor surat', '470/14/2026');
  await keeper.fill('Pindaian', scan);
  await keeper.go('button', 'Kirim permohonan');
  assert.match(await keeper.text(), /Menunggu Dinas Dukcapil/);
  const sheets = { [user.login]: await sheet(one, other, userID, user.login) };
  await one.tally.during(goal, async () => { sheets[colleague.login] = await printed(other, colleague.login); });
  const half = async (login) => {
    await one.go('button', `Ambil kode kedua untuk ${login}`);
    return one.text('#kode-kedua');
  };
  const tokens = await activate(owner, sheets[user.login], await half(user.login), password(user.login)); // which its old program holds
  await one.tally.during(goal, async () => activate(second, sheets[colleague.login], await half(colleague.login)));
  return tokens;
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
async function install(shell, somebody, database, mail) {
  shell.run('config example');
  shell.edit('provider.toml', {
    listen: '127.0.0.1:0', office: 'Dinas Dukcapil Kabupaten Rekaan', government: 'Pemerintah Kabupaten Rekaan', address: 'Jalan Rekaan Nomor 1', place: 'Rekaan', region: '33.03', official: 'Kusumaningrum Adiwinata',
    smtp_host: '127.0.0.1', smtp_port: mail, smtp_from: 'dukcapil@rekaan.example', smtp_tls: 'none',
    tls_certificate: '', tls_key: '', tls_authority: '', // at this machine alone: its browser would have to be told to trust the office's authority
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
    // Their role needs a second factor, which they set up at their first sign-in: a passkey of the machine that they sit at.
    await person.open('about:blank');
    const { cdp, authenticatorId } = await authenticator(person.page);
    await activate(person, url.replace('127.0.0.1', 'localhost') + printed[n].trim(), '');
    await person.go('button', 'Pasang kunci sandi');
    assert.equal((await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length, 1, 'the passkey is the machine\'s');
    people.push(person);
  }
  return [url, ...people];
}

/** With the second half of the slip (empty: the address holds both) and a password of their own, if they have one. */
async function activate(person, link, half, own) {
  await person.open(link);
  if (half) await person.fill('Kode kedua', half);
  if (own) {
    await person.fill('Kata sandi baru', own);
  } else { // the page proposes one, which is what the browser keeps
    await person.click('button', 'Usulkan kata sandi');
    assert.match(await person.page.getByLabel('Kata sandi baru').inputValue(), /^[A-Z][a-z]{3}(-[a-z]{4}){4}-[0-7]$/);
    assert.ok(await person.page.getByLabel('Tampilkan kata sandi').isChecked(), 'it is shown');
  }
  await person.go('button', 'Aktifkan user ID');
  // The tokens that come with it, by their kind.
  return Object.fromEntries(await person.page.locator('section.box:has(.secret)').evaluateAll((all) => all.map((s) => [s.querySelector('h2').innerText, s.querySelector('.secret').innerText])));
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

async function register(first) {
  await first.go('button', 'Daftarkan instansi');
  await step(first, { fields: {
    'Nomor surat': '470/11/2026', 'Tanggal surat': today, 'Nama instansi': agency, 'Alamat kantor': 'Jalan Rekaan Nomor 9', 'Zona waktu': 'WIB',
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
  await step(first, { fields: { 'Nomor PKS dari instansi': '470/13/2026', 'Tanggal penandatanganan': today, 'SPTJM ditandatangani pada': today }, signed: true });
  assert.match(await first.text(), /Nomor PKS dari Dinas Dukcapil\s+\S*\/\d{4}\/\d{4}\s/, 'the number comes from the register of letters');
}

/** The form for a user id, with what the walk counts with another first (more.first). */
async function request(person, { name, nik, nip, role, methods }, more) {
  await person.fill('Peran', role);
  await person.tick('Metode akses pengguna', more?.first ? methods : more?.methods ?? methods);
  const programs = async () => {
    await person.tick('Metode akses pengguna', more.methods);
    await person.tick('Token yang diminta', more.tokens.map((kind) => tokens[kind]));
    await person.fill('Nama aplikasi', more.app);
  };
  if (more) await (more.first ? person.tally.during(more.first, programs) : programs());
  await person.fillAll({ NIK: nik, 'Nama lengkap': name, NIP: nip });
}

/** A user id from request to BAST; returns the two halves of its slip, each from another hand. */
async function admit(first, second, user, more) {
  await request(first, user, more);
  await step(first); // in the letter that led here
  return handOver(first, second, userID, user.login);
}

/** From the decision about a user id to the two halves of its slip. */
async function handOver(first, second, name, login) {
  const link = await sheet(first, second, name, login);
  await first.go('button', `Ambil kode kedua untuk ${login}`);
  return [link, await first.text('#kode-kedua')];
}

/** From the decision about a user id to its sheet, whose address it returns. */
async function sheet(first, second, name, login) {
  await decide(second, name);
  await open(first, name);
  await step(first, { signed: true }); // the BAST and the NDA that were made with the decision
  await decide(second, name);
  return printed(second, login);
}

/** The address on somebody's sheet, which is printed from its case. */
async function printed(person, login) {
  const [link] = (await person.download(`Cetak lembar Kata sandi untuk ${login}`)).match(/https?:\/\/\S+\/aktivasi\/[0-9A-Z-]{19}/);
  return link;
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
    listen: `127.0.0.1:${await free()}`, provider, agency: 'dinperpet', office: agency, government: 'Pemerintah Kabupaten Rekaan', address: 'Jalan Rekaan Nomor 9', place: 'Rekaan',
  }, writeFileSync);
  assert.match(shell.run('init'), /Langkah berikutnya/);
  const user = shell.take('loket user');
  assert.match(user.note, /twice: the head, then an officer \(--role officer\)/);
  const links = [[leader.name, 'kepala'], [clerk.name, 'loket', '--role', 'officer']].map(([name, login, ...role]) => shell
    .gapura(...user.args.map((a) => ({ NAME: name, LOGIN: login })[a] ?? a), ...role).trim());
  const enrolled = shell.begin('loket enrol', { CODE: code });
  await approve(enrolled);
  const url = await shell.serve('loket');
  const head = await somebody('the head of the desk');
  await activate(head, links[0], '');
  const officer = await somebody('the officer at the counter');
  await activate(officer, links[1], '');
  return officer;
}

/** What the officer brings from the provider: the token of the slip. */
async function bringToken(officer, token) {
  await officer.go('link', 'Akun');
  await officer.go('link', 'Buka Token Dukcapil');
  await officer.fill('Token', token);
  await officer.go('button', 'Simpan token');
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
    body: JSON.stringify({ nik: resident.NIK, id_lembaga: 'dinperpet', nama_lembaga: agency, param: [{ NOMOR: 'BTT/2026/0002', JENIS_BANTUAN: 'Benih ikan' }] }),
  });
  assert.deepEqual(await answer.json(), { message: 'Success' });
}

/** The agency's old program asks as it asked the ministry. */
async function call(url, resident) {
  const answer = await fetch(`${url}/dukcapil/get_json/dinperpet/call_nik`, { method: 'POST', body: JSON.stringify({ NIK: resident.NIK, user_id: program.login, password: password(program.login), IP_USER: '127.0.0.1' }) });
  const { content: [person] } = await answer.json();
  assert.equal(person.NAMA_LGKP, resident.NAMA_LGKP, JSON.stringify(Object.keys(person)));
}
