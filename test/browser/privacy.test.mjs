// What was on the screen does not stay: not after a while, not after leaving, not on paper, not in the browser's stores.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, ask, find, narrow, officer, pause, text, wide, world } from './help.mjs';

const w = world();

test('after sign-out the Back button brings no person back', async () => {
  const page = await w.signedIn();
  const person = await find(page, w.sample.found[0]);
  await page.getByRole('button', { name: 'Keluar' }).click();
  await page.waitForURL('**/masuk?alasan=keluar');
  for (let i = 0; i < 3; i++) {
    await page.goBack({ waitUntil: 'commit' }).catch(() => {});
    await pause(300);
    await absent(page, person);
    assert.equal(await page.locator('.card').count(), 0);
  }
  await page.goto('/cari');
  assert.equal(new URL(page.url()).pathname, '/masuk', 'the session is over');
});

test('after another page the Back button brings no person back', async () => {
  const page = await w.signedIn();
  for (const link of ['Riwayat', 'Panduan']) {
    const person = await find(page, w.sample.found[0]);
    await page.getByRole('navigation', { name: 'Utama' }).getByRole('link', { name: link }).click();
    await page.waitForURL((u) => u.pathname !== '/cari');
    await absent(page, [person[0], person[1], person[2]]);
    await page.goBack();
    await page.waitForURL('**/cari');
    await page.getByText('Belum ada hasil').waitFor();
    await absent(page, person);
    assert.equal(await page.inputValue('#nik'), '');
  }
});

test('a page that a browser keeps in memory for Back is emptied when it is left and loaded anew when it returns', async () => {
  const page = await w.signedIn();
  const person = await find(page, w.sample.found[0]);
  // Chromium keeps no page that is no-store under automation; other browsers do, so the events come from here.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
  await absent(page, person);
  assert.equal(await page.locator('.card').count(), 0);
  const anew = page.waitForEvent('load');
  await page.evaluate(() => { setTimeout(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))); });
  await anew;
  assert.equal(page.url(), `${w.url}/cari`);
  await absent(page, person);
});

test('without script too, Back after sign-out and after another page brings no person back', async () => {
  for (const leave of [(p) => p.getByRole('button', { name: 'Keluar' }).click(), (p) => p.getByRole('link', { name: 'Riwayat' }).click()]) {
    const page = await w.signedIn(officer, { script: false });
    const person = await find(page, w.sample.found[0]);
    await leave(page);
    await page.waitForURL((u) => u.pathname !== '/cari');
    await page.goBack({ waitUntil: 'commit' }).catch(() => {}); // the browser asks before it posts again
    await pause(500);
    await absent(page, person);
  }
});

test('every answer with a person is no-store, as a page and as a part of one', async () => {
  for (const script of [true, false]) {
    const page = await w.signedIn(officer, { script });
    const answers = [];
    page.on('response', (r) => answers.push(r));
    const person = await find(page, w.sample.found[0]);
    let held = 0;
    for (const r of answers) {
      const body = await r.text().catch(() => '');
      if (!person.some((v) => body.includes(v))) continue;
      held++;
      assert.match(r.headers()['cache-control'] ?? '', /no-store/, r.url());
    }
    assert.equal(held, 1, 'exactly one answer holds the person');
  }
});

test('the address never holds what was asked or answered', async () => {
  for (const script of [true, false]) {
    const page = await w.signedIn(officer, { script });
    await ask(page, w.sample.found[0]);
    assert.equal(page.url(), `${w.url}/cari`);
  }
});

test('nothing is kept in the stores of the browser, and the only cookie is HttpOnly and SameSite=Strict', async () => {
  const page = await w.signedIn();
  await find(page, w.sample.found[0]);
  for (const path of ['/cari', '/riwayat', '/panduan']) {
    await page.goto(path);
    const kept = await page.evaluate(async () => ({
      local: localStorage.length, session: sessionStorage.length, databases: (await indexedDB.databases()).length,
      caches: (await caches.keys()).length, workers: (await navigator.serviceWorker.getRegistrations()).length, cookie: document.cookie,
    }));
    assert.deepEqual(kept, { local: 0, session: 0, databases: 0, caches: 0, workers: 0, cookie: '' }, path);
  }
  const cookies = await page.context().cookies();
  assert.deepEqual(cookies.map((c) => [c.name, c.httpOnly, c.sameSite, c.expires]), [['gapura', true, 'Strict', -1]]);
  await page.getByRole('button', { name: 'Keluar' }).click();
  await page.waitForURL('**/masuk?alasan=keluar');
  assert.deepEqual(await page.context().cookies(), [], 'sign-out takes the cookie away');
});

test('a result carries the user and the time all over, and says who asked, when and why', async () => {
  const page = await w.signedIn();
  await find(page, w.sample.found[0]);
  const marks = await page.locator('.wm span').allInnerTexts();
  assert.ok(marks.length >= 20, `${marks.length} marks`);
  for (const m of marks) assert.match(m, /^petugas\.dinpertan · 16 September 2026 09\.\d\d WIB$/);
  // A picture of any third of the card still tells who took it.
  for (const size of [wide, narrow]) {
    await page.setViewportSize(size);
    const card = await page.locator('.card').boundingBox();
    const boxes = await page.locator('.wm span').evaluateAll((all) => all.map((e) => e.getBoundingClientRect().toJSON()));
    for (const part of [0, 1, 2].map((i) => card.y + i * card.height / 3)) {
      const whole = boxes.filter((b) => b.left >= card.x && b.right <= card.x + card.width && b.top >= part && b.bottom <= part + card.height / 3);
      assert.ok(whole.length > 0, `at ${size.width} px the third from ${part} px has no whole mark`);
    }
  }
  const meta = await text(page.locator('.card dl.meta'));
  for (const part of [officer, '16 September 2026', 'verifikasi penerima bantuan', 'BPNT/2026/0042', 'tanpa batas kuota']) assert.ok(meta.includes(part), part);
  assert.match(meta, /Nomor catatan\s+\d+-\d+/);
});

test('on paper there is no result but a sentence', async () => {
  for (const script of [true, false]) {
    const page = await w.signedIn(officer, { script });
    await find(page, w.sample.found[0]);
    await page.emulateMedia({ media: 'print' });
    const printed = await page.locator('body').innerText(); // what is not displayed is not in it
    assert.match(printed, /tidak dapat dicetak/);
    assert.doesNotMatch(printed, /Data ditemukan|Nama lengkap/);
    assert.equal(await page.locator('.card').isVisible(), false);
    assert.equal(await page.locator('#nik').isVisible(), false);
  }
});

test('while the next NIK is being asked, the last person is no longer shown', async () => {
  const page = await w.signedIn();
  const person = await find(page, w.sample.found[0]);
  let go;
  const held = new Promise((done) => { go = done; });
  await page.route('**/cari', async (r) => { await held; await r.continue(); });
  await page.fill('#nik', w.sample.found[1]);
  await page.keyboard.press('Enter');
  await page.locator('#hasil').getByText('Sedang mencari').waitFor();
  await absent(page, person);
  go();
  await page.locator('.card').waitFor();
});

test('a broken connection is told, and the answer can be asked for again', async () => {
  const page = await w.signedIn();
  await page.fill('#nik', w.sample.found[0]);
  await page.selectOption('#purpose', 'verifikasi penerima bantuan');
  await page.fill('#reference', 'A-1');
  await page.context().setOffline(true);
  await page.keyboard.press('Enter');
  await page.getByText('Jawaban tidak diterima').waitFor();
  await page.context().setOffline(false);
  page.context().seen.length = 0; // the browser itself notes the missing connection
  await page.keyboard.press('Enter');
  await page.locator('.card').waitFor();
});

test('a session that has ended leads to the sign-in page, which says why', async () => {
  const page = await w.signedIn();
  const other = await page.context().newPage();
  await other.goto('/panduan');
  await other.getByRole('button', { name: 'Keluar' }).click();
  await other.waitForURL('**/masuk?alasan=keluar');
  // The cookie is put back: a token that the server no longer knows.
  await page.context().addCookies([{ name: 'gapura', value: 'x'.repeat(43), url: w.url, httpOnly: true, sameSite: 'Strict' }]);
  await page.fill('#nik', w.sample.found[0]);
  await page.selectOption('#purpose', 'verifikasi penerima bantuan');
  await page.fill('#reference', 'A-1');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/masuk?alasan=sesi');
  assert.match(await text(page.getByRole('status')), /Sesi Anda telah berakhir/);
});
