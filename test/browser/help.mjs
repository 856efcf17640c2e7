// What every browser test needs: an invented district of its own, a real Chromium, and eyes on what a page does behind the user's back.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { chromium } from 'playwright-core';

export { pause };

const program = process.env.GAPURA || resolve(import.meta.dirname, '../../bin/gapura');
export const browserPath = process.env.CHROMIUM || '/usr/bin/chromium-headless-shell';

export const wide = { width: 1366, height: 768 };
export const narrow = { width: 360, height: 740 };
export const zoomed = { width: 320, height: 256 }; // 1280 × 1024 at 400 %

export const officer = 'petugas.dinpertan'; // of the agency without quota, granted every element of the PKS
export const purpose = 'verifikasi penerima bantuan';
export const reference = 'BPNT/2026/0042';

/** Starts a demo and a browser before the tests of a file and ends them after; every page opened by it is watched for stray behaviour. Named: it is opened as
 * localhost, because without a host name browsers make no passkeys. */
export function world({ blank = 60, desk = false, named = false } = {}) {
  const w = { blank };
  const open = new Set();
  const env = { ...process.env, GAPURA_BLANK_SECONDS: String(blank), GAPURA_DESK_BLANK_SECONDS: String(blank) };

  const end = async (server) => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
  };
  const stop = async () => { await end(w.server); await end(w.provider); };

  /** Runs a role by itself until it answers. */
  const role = async (name, args, url) => {
    const server = spawn(program, [...args, '--config', join(w.dir, `${name}.toml`)], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    server.stderr.on('data', (b) => { said = (said + b).slice(-4000); });
    process.once('exit', () => server.kill('SIGKILL'));
    for (let i = 0; !await fetch(`${url}/healthz`).then((r) => r.ok, () => false); i++) {
      assert.ok(i < 400 && server.exitCode === null, `${name} did not start: ${said}`);
      await pause(50);
    }
    return server;
  };

  /** Sets the district up and runs provider and desk as two processes, so that one of them can be stopped; pages are the desk's. */
  w.apart = async () => {
    const free = () => new Promise((done) => { const s = createServer().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => done(port)); }); });
    const at = { provider: `127.0.0.1:${await free()}`, desk: `127.0.0.1:${await free()}` };
    execFileSync(program, ['demo', '--dir', w.dir, '--listen', at.provider, '--loket', at.desk, '--residents', '2000', '--exit-after-setup'], { stdio: 'ignore' });
    w.demo = JSON.parse(readFileSync(join(w.dir, 'demo.json'), 'utf8'));
    w.url = w.demo.desk.url;
    w.sample = w.demo.sample;
    w.logins = w.demo.logins;
    w.password = (user) => w.demo.logins.find((l) => l.user === user).password;
    w.startProvider = async () => { w.provider = await role('provider', ['serve'], w.demo.provider.url); };
    w.stopProvider = () => end(w.provider);
    await w.startProvider();
    w.server = await role('desk', ['loket'], w.url);
  };

  /** Starts the demo at a time, after ending the one that runs: this is how a test moves time. */
  w.start = async (clock) => {
    // A page that refreshes itself would ask a server that is gone.
    for (const context of open) for (const page of context.pages()) await page.goto('about:blank');
    await stop();
    const args = ['demo', '--dir', w.dir, '--listen', '127.0.0.1:0', '--loket', '127.0.0.1:0', '--residents', '2000', '--clock', clock];
    const file = join(w.dir, 'demo.json');
    rmSync(file, { force: true });
    const server = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    server.stderr.on('data', (b) => { said = (said + b).slice(-4000); });
    w.server = server;
    w.killed ??= process.once('exit', () => w.server.kill('SIGKILL'));
    for (let i = 0; !existsSync(file); i++) {
      assert.ok(i < 400 && server.exitCode === null, `the demo did not start: ${said}`);
      await pause(50);
    }
    const demo = JSON.parse(readFileSync(file, 'utf8'));
    const at = (url) => (named ? url.replace('127.0.0.1', 'localhost') : url);
    w.url = at(demo.provider.url);
    w.desk = at(demo.desk.url);
    w.sample = demo.sample;
    w.logins = demo.logins;
    w.password = (user) => demo.logins.find((l) => l.user === user).password;
  };

  before(async () => {
    for (const need of [program, browserPath]) assert.ok(existsSync(need), `${need} is missing`);
    w.dir = mkdtempSync(join(tmpdir(), 'gapura-browser-'));
    // A fixed morning: the run does not cross a day's end, when quotas begin anew.
    await (desk ? w.apart() : w.start('2026-09-16T09:00:00+07:00'));
    // Playwright would turn the back/forward cache off, which is where a left page could survive.
    w.browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'], ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  });

  after(async () => {
    await w.browser?.close();
    await stop();
    if (w.dir) rmSync(w.dir, { recursive: true, force: true });
  });

  // Every test of every file proves on the way that no page calls out, complains or breaks its policy.
  afterEach(async () => {
    const all = [...open];
    open.clear();
    for (const context of all) await context.close();
    for (const { seen } of all) assert.deepEqual(seen, [], 'requests to other hosts, console errors, script errors or policy violations');
  });

  /** A page of a fresh browser profile. */
  w.page = async ({ script = true, size = wide } = {}) => {
    const context = await w.browser.newContext({ baseURL: w.url, javaScriptEnabled: script, viewport: size, locale: 'id-ID', timezoneId: 'Asia/Jakarta' });
    const seen = context.seen = [];
    open.add(context);
    context.setDefaultTimeout(30_000);
    const opened = w.url; // an icon may still be asked for when the test has gone on to the other address
    context.on('request', (r) => { if (![opened, w.url].includes(new URL(r.url()).origin) && r.url() !== 'about:blank') seen.push(`request ${r.url()}`); });
    context.on('weberror', (e) => seen.push(`script error ${e.error()}`));
    context.on('console', (m) => {
      // Chromium notes a page that answers 403 or 404 by design as if a part of the page were missing.
      const refusal = /the server responded with a status of (4\d\d|502)/.test(m.text()) && m.location().url === m.page()?.url();
      if (['error', 'warning'].includes(m.type()) && !refusal) seen.push(`console ${m.type()}: ${m.text()}`);
    });
    const page = await context.newPage();
    if (script) {
      await page.addInitScript(() => document.addEventListener('securitypolicyviolation', (e) => console.error(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
    }
    return page;
  };

  /** Signs in and waits for the first page of the role. */
  w.enter = async (page, user = officer, password = w.password(user)) => {
    await page.goto('/masuk');
    await page.getByLabel('User ID').fill(user);
    await page.getByLabel('Kata sandi').fill(password);
    const arrived = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Masuk' }).click();
    await arrived;
    const secret = w.logins.find((l) => l.user === user)?.totp_secret;
    if (secret && new URL(page.url()).pathname === '/masuk/kode') {
      await page.getByLabel('Kode', { exact: true }).fill(await w.code(secret));
      const entered = page.waitForEvent('load');
      await page.getByRole('button', { name: 'Lanjutkan' }).click();
      await entered;
      sessions[user] = await page.context().cookies();
    }
  };

  // A code works once, so somebody with a second factor goes on with the session of the test before while it lives.
  const sessions = {};
  const codes = {};
  w.code = async (secret) => {
    const now = () => Math.floor(Date.now() / 30_000);
    // The step before this one leaves one more code to use; in the second half of a step it could be over before the form arrives.
    const first = Math.round(Date.now() / 30_000) - 1;
    const step = codes[secret] = Math.max((codes[secret] ?? 0) + 1, first);
    while (step > now() + 1) await pause(500);
    return totp(secret, step);
  };

  /** A page of a signed-in user. */
  w.signedIn = async (user = officer, options = {}) => {
    const page = await w.page(options);
    if (sessions[user]) {
      await page.context().addCookies(sessions[user]);
      await page.goto('/');
      if (new URL(page.url()).pathname !== '/masuk') return page;
    }
    await w.enter(page, user);
    return page;
  };

  /** The path of an activation slip that the command line issued and an operator printed; its second half is handed over by another. */
  w.invite = async (user) => {
    execFileSync(program, ['user', 'invite', '--config', join(w.dir, 'provider.toml'), '--letter', '400.12/001/2026', user]);
    const printer = await w.signedIn('operator');
    await printer.goto('/konsol/lembar');
    const [file] = await Promise.all([printer.waitForEvent('download'), printer.getByRole('button', { name: `Cetak lembar Kata sandi untuk ${user}` }).click()]);
    const [code] = sheet(await file.path()).match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/);
    await printer.close();
    return `/aktivasi/${code}`;
  };

  return w;
}

/** What is printed on a PDF, by Debian's poppler-utils. */
export const sheet = (path) => execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });

/** The code of an authenticator (RFC 6238) at a step of 30 seconds. */
export function totp(secret, step = Math.floor(Date.now() / 30_000)) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const sum = createHmac('sha1', key).update(counter).digest();
  return String((sum.readUInt32BE(sum[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Asks for a NIK through the form and waits for the answer. */
export async function ask(page, nik) {
  await page.getByLabel('NIK', { exact: true }).fill(nik);
  await page.getByLabel('Tujuan pemanfaatan').selectOption(purpose);
  await page.getByLabel('Nomor permohonan').fill(reference);
  const answered = page.waitForResponse((r) => r.request().method() === 'POST' && new URL(r.url()).pathname === '/cari');
  await page.getByRole('button', { name: 'Cari' }).click();
  await answered;
  await page.locator('#hasil .card, #hasil .note').first().waitFor();
}

/** Asks for a NIK that has an answer and returns the shown values that point to one person. */
export async function find(page, nik) {
  await ask(page, nik);
  const shown = await page.locator('.card dl.num').evaluate((dl) => {
    const of = {};
    for (const dt of dl.querySelectorAll('dt')) of[dt.textContent] = dt.nextElementSibling.textContent;
    return of;
  });
  assert.equal(shown.NIK.replaceAll(' ', ''), nik, 'the answer is about the NIK that was asked for');
  return [shown.NIK, nik, shown['Nama lengkap'], shown.Alamat, shown['Tanggal lahir']];
}

/** Fails when a value stands anywhere in the document, in a field or in the address. A page that leaves by itself is read where it arrives. */
export async function absent(page, values) {
  const read = () => page.evaluate(() => [
    document.documentElement.outerHTML,
    ...Array.from(document.querySelectorAll('template'), (e) => e.innerHTML),
    ...Array.from(document.querySelectorAll('input, select, textarea'), (e) => e.value),
    location.href, JSON.stringify(history.state), window.name,
  ].join('\n'));
  const held = await read().catch(async (e) => {
    if (!e.message.includes('context was destroyed')) throw e;
    await page.waitForLoadState('load');
    return read();
  });
  for (const v of values) assert.ok(!held.includes(v), `a value of the person is still in the page at ${page.url()}`);
}

/** Keeps the texts of a page that a message says. */
export const text = async (locator) => (await locator.innerText()).trim();

/** Gives a page's browser an authenticator that always agrees; returns the session by which its keys are seen. */
export async function authenticator(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasUserVerification: true, isUserVerified: true, hasResidentKey: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options });
  return { cdp, authenticatorId };
}
