// A shared office line: 1 Mbps, 50 ms. Bytes are promised and asserted; times depend on the machine too, so they are shown only.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, officer, pause, purpose, reference, world } from './help.mjs';
import { walk } from './walk.mjs';

const w = world();
const KB = 1024;

/** Puts a page on the slow line and returns a function that tells the bytes, with headers, since it was last called. */
async function slow(page) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 50, downloadThroughput: 125_000, uploadThroughput: 125_000 });
  let bytes = 0;
  const open = new Set();
  cdp.on('Network.requestWillBeSent', (e) => {
    open.add(e.requestId);
    bytes += e.redirectResponse?.encodedDataLength ?? 0; // a redirect's own answer is told with the request that follows it
  });
  cdp.on('Network.loadingFinished', (e) => { open.delete(e.requestId); bytes += e.encodedDataLength; });
  cdp.on('Network.loadingFailed', (e) => open.delete(e.requestId));
  return async () => {
    await page.waitForLoadState('load');
    for (let quiet = 0; quiet < 3; quiet = open.size ? 0 : quiet + 1) await pause(30);
    const taken = bytes;
    bytes = 0;
    return taken;
  };
}

function within(t, what, bytes, limit) {
  t.diagnostic(`figure: ${what}: ${(bytes / KB).toFixed(1)} KB of ${limit} KB`);
  assert.ok(bytes > 200, `${what}: ${bytes} bytes were counted`);
  assert.ok(bytes <= limit * KB, `${what}: ${bytes} bytes, promised ${limit} KB`);
}

const middle = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Milliseconds from the start of the visit to a painted page whose fields take input. */
const usable = (page) => page.evaluate(() => new Promise((done) => {
  const look = () => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0], nav = performance.getEntriesByType('navigation')[0];
    if (paint && nav.domContentLoadedEventEnd) done(Math.max(paint.startTime, nav.domContentLoadedEventEnd));
    else setTimeout(look, 10);
  };
  look();
}));

test('the first visit to the sign-in page takes 30 KB at most, and the lookup page after it 40 KB in all', async (t) => {
  const times = [];
  for (let i = 0; i < 3; i++) {
    const page = await w.page();
    const taken = await slow(page);
    await page.goto('/masuk');
    times.push(await usable(page));
    const login = await taken();
    if (i > 0) continue;
    within(t, 'sign-in page, first visit', login, 30);
    await page.fill('#user', officer);
    await page.fill('#password', w.password(officer));
    await page.keyboard.press('Enter');
    await page.waitForURL('**/cari');
    within(t, 'lookup page after the sign-in page, first visit', await taken(), 40);
  }
  t.diagnostic(`figure: first visit to a usable sign-in page: ${(middle(times) / 1000).toFixed(2)} s (goal 1.0 s; emulated 1 Mbps, 50 ms)`);
});

test('the lookup page with an empty cache takes 40 KB at most', async (t) => {
  const first = await w.signedIn();
  const [session] = await first.context().cookies();
  const page = await w.page();
  await page.context().addCookies([session]);
  const taken = await slow(page);
  await page.goto('/cari');
  const time = await usable(page);
  within(t, 'lookup page, empty cache', await taken(), 40);
  t.diagnostic(`figure: first visit to a usable lookup page: ${(time / 1000).toFixed(2)} s (emulated 1 Mbps, 50 ms)`);
});

test('every later page takes 12 KB at most, the fullest history included', async (t) => {
  const page = await w.signedIn();
  await page.evaluate(async ({ all, purpose }) => {
    for (const nik of all) {
      const body = new URLSearchParams({ nik, purpose, reference: `BPNT/2026/${crypto.randomUUID()}` });
      await (await fetch('/cari', { method: 'POST', headers: { 'HX-Request': 'true' }, body })).text();
    }
  }, { all: w.sample.found.slice(0, 60), purpose });
  const taken = await slow(page);
  for (const path of ['/cari', '/riwayat', '/riwayat?mulai=50', '/panduan', '/konsol', '/tidak-ada']) {
    await page.goto(path);
    within(t, `${path}, later`, await taken(), 12);
  }
  await page.goto('/riwayat');
  assert.ok(await page.locator('tbody tr').count() >= 50, 'the history is full');
  const admin = await w.signedIn('admin');
  const seen = await slow(admin);
  await admin.goto('/konsol');
  within(t, '/konsol of the administrator, later', await seen(), 12);
});

test('the answer of a lookup takes 4 KB at most', async (t) => {
  const page = await w.signedIn();
  // In the page: from the user's key to the frame that shows the card.
  await page.evaluate(() => {
    let from = 0;
    window.waits = [];
    document.getElementById('cari').addEventListener('submit', () => { from = performance.now(); }, true);
    new MutationObserver(() => {
      if (!from || !document.querySelector('#hasil .card, #hasil .note')) return;
      const start = from;
      from = 0;
      requestAnimationFrame(() => requestAnimationFrame((now) => window.waits.push(now - start)));
    }).observe(document.getElementById('hasil'), { childList: true, subtree: true });
  });
  const taken = await slow(page);
  await page.selectOption('#purpose', purpose);
  await page.fill('#reference', reference);
  let most = 0;
  const niks = [...w.sample.found.slice(0, 9), w.sample.deceased[0], w.sample.duplicate[0], w.sample.inactive[0], w.sample.unknown[0], w.sample.malformed[0]];
  for (const nik of niks) {
    await ask(page, nik);
    most = Math.max(most, await taken());
  }
  within(t, 'a lookup\'s answer, the largest', most, 4);
  const waits = await page.evaluate(() => window.waits);
  assert.equal(waits.length, niks.length);
  t.diagnostic(`figure: from submit to the visible answer: median ${(middle(waits) / 1000).toFixed(2)} s, longest ${(Math.max(...waits) / 1000).toFixed(2)} s (goal 0.4 s; emulated 1 Mbps, 50 ms)`);
});

// Over the provider's pages as each role finds them by their links; the desk's are in budget-desk.test.mjs.
for (const user of ['petugas.dinpertan', 'kepala.dinpertan', 'auditor', 'operator', 'admin']) {
  test(`every page that ${user} is led to takes 12 KB at most`, async (t) => {
    const { pages } = await walk(w, user, { presses: false });
    const [path, most] = [...pages].reduce((a, b) => (b[1] > a[1] ? b : a));
    within(t, `${pages.size} pages of ${user}, the largest ${path}`, most, 12);
  });
}
