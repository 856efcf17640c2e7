import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, ask, find, officer, reference, text, wide, world } from './help.mjs';

const w = world();

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());

test('from the sign-in page to a result and out again by the keyboard alone', async () => {
  const page = await w.page();
  const keys = page.keyboard, nik = w.sample.found[0];
  await page.goto('/masuk');
  assert.equal(await focused(page), 'user', 'the first field has the focus');
  await keys.type(officer);
  await keys.press('Tab');
  await keys.type(w.password(officer));
  await keys.press('Enter');
  await page.waitForURL('**/cari');
  assert.equal(await focused(page), 'nik', 'the NIK has the focus');
  await keys.type(nik);
  assert.equal(await page.inputValue('#nik'), nik.replace(/(....)(?=.)/g, '$1 '), 'digits are grouped as they are typed');
  await keys.press('Tab');
  assert.equal(await focused(page), 'purpose');
  await keys.type('verifikasi penerima b');
  await keys.press('Tab');
  await keys.type(reference);
  await keys.press('Enter');
  await page.locator('.card').waitFor();
  assert.match(await text(page.locator('.card')), /Data ditemukan/);
  assert.equal(await focused(page), 'nik', 'the next NIK can be typed at once');
  assert.equal(await page.evaluate(() => getSelection().toString()), await page.inputValue('#nik'), 'and replaces the last');
  for (let i = 0; await focused(page) !== 'Keluar'; i++) {
    assert.ok(i < 20, 'sign-out is reached by Tab');
    await keys.press('Shift+Tab');
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    assert.equal(ring, 'solid', `"${await focused(page)}" shows that it has the focus`);
  }
  await keys.press('Enter');
  await page.waitForURL('**/masuk?alasan=keluar');
  assert.match(await text(page.getByRole('status')), /Anda telah keluar/);
});

test('the first stop of Tab skips the header', async () => {
  const page = await w.page();
  await page.goto('/panduan');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Langsung ke isi');
  assert.ok((await page.locator('.skip').boundingBox()).y >= 0, 'and can be seen');
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'isi');
});

test('a NIK pasted with blanks, dots or line ends is found', async () => {
  const page = await w.signedIn();
  const nik = w.sample.found[1], grouped = nik.replace(/(....)(?=.)/g, '$1 ');
  for (const copied of [` ${nik.slice(0, 6)} ${nik.slice(6, 12)}  ${nik.slice(12)} `, nik.replace(/(....)(?=.)/g, '$1.'), nik]) {
    // Cut from one field and pasted into the other, as people do.
    await page.fill('#reference', copied);
    await page.focus('#reference');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+X');
    await page.focus('#nik');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Control+V');
    assert.equal(await page.inputValue('#nik'), grouped);
  }
  await ask(page, `  ${nik.slice(0, 8)} ${nik.slice(8)}\t`);
  assert.equal(await page.locator('.card dl.num dd').first().innerText(), grouped);
});

test('a digit can be inserted and deleted in the middle of a grouped NIK', async () => {
  const page = await w.signedIn();
  await page.focus('#nik'); // the focus that a page gives itself may come a moment after it has loaded
  await page.keyboard.type('3303010101800001');
  for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowLeft'); // before the blank of the last group
  await page.keyboard.press('Backspace');
  assert.equal(await page.inputValue('#nik'), '3303 0101 0180 001');
  await page.keyboard.type('9');
  assert.equal(await page.inputValue('#nik'), '3303 0101 0189 0001');
});

test('Esc clears the form and the result and returns to the NIK', async () => {
  const page = await w.signedIn();
  const person = await find(page, w.sample.found[2]);
  await page.focus('#reference');
  await page.keyboard.press('Escape');
  assert.equal(await page.inputValue('#nik'), '');
  assert.equal(await page.inputValue('#reference'), '');
  assert.equal(await focused(page), 'nik');
  assert.match(await text(page.locator('#hasil')), /Belum ada hasil/);
  await absent(page, person);
});

test('a history can be filtered and paged by the keyboard, and its table scrolled', async () => {
  const page = await w.signedIn('kepala.dinpertan', { size: wide });
  await page.goto('/riwayat');
  await page.focus('#user');
  await page.keyboard.type(officer);
  await page.keyboard.press('Enter');
  await page.waitForURL(/user=petugas/);
  assert.equal(await page.inputValue('#user'), officer);
  await page.focus('.scroll');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'scroll');
});
