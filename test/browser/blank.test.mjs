import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absent, find, officer, pause, text, world } from './help.mjs';

const w = world({ blank: 10 }); // the shortest that the configuration allows

test('a result leaves the screen by itself after the set time: counted down and said, prolonged once, anew for each question, without script too', async () => {
  // The waits run side by side; each has a browser profile of its own.
  const parts = [];
  const part = (name, run) => parts.push(run().catch((e) => { throw new Error(name, { cause: e }); }));
  const more = (page) => page.getByRole('button', { name: 'Tampilkan 10 detik lagi' });
  const left = async (page) => Number(await page.locator('[data-left]').innerText());

  part('with script it counts down, blanks at 10 s and says so', async () => {
    const page = await w.signedIn();
    const asked = Date.now();
    const person = await find(page, w.sample.found[0]);
    assert.ok(await left(page) >= 7);
    assert.equal(await page.locator('#hasil').getAttribute('aria-live'), 'polite', 'a screen reader hears it');
    await page.getByText('Hasil telah dikosongkan').waitFor({ timeout: 13_000 });
    assert.ok(Date.now() - asked >= 10_000, 'not before its time');
    await absent(page, person);
    assert.equal(await page.inputValue('#nik'), '');
    assert.match(await text(page.locator('#hasil')), /hanya ditampilkan selama 10 detik/);
  });

  part('with script it can be prolonged once, not twice', async () => {
    const page = await w.signedIn();
    const person = await find(page, w.sample.found[0]);
    await pause(4000);
    await more(page).click();
    assert.ok(await left(page) >= 8, 'the count begins anew');
    assert.equal(await more(page).count(), 0, 'the offer is gone');
    await pause(8000); // 12 s after the answer
    assert.equal(await page.locator('.card').count(), 1);
    await page.getByText('Hasil telah dikosongkan').waitFor({ timeout: 6000 });
    await absent(page, person);
  });

  part('a new question starts a new count', async () => {
    const page = await w.signedIn();
    await find(page, w.sample.found[0]);
    await pause(6000);
    await find(page, w.sample.found[1]);
    await pause(6000); // 12 s after the first answer
    assert.equal(await page.locator('.card').count(), 1);
  });

  part('without script the page leaves to the empty form by itself', async () => {
    const page = await w.signedIn(officer, { script: false });
    const asked = Date.now();
    const person = await find(page, w.sample.found[0]);
    assert.equal(await page.locator('.timer').isVisible(), false, 'no count that does not move, no button that does nothing');
    await page.locator('.card').waitFor({ state: 'detached', timeout: 13_000 });
    assert.ok(Date.now() - asked >= 10_000, 'not before its time');
    await page.getByText('Belum ada hasil').waitFor();
    assert.equal(new URL(page.url()).pathname, '/cari');
    await absent(page, person);
    await page.goBack({ waitUntil: 'commit' }).catch(() => {});
    await pause(300);
    await absent(page, person);
  });
  await Promise.all(parts);
});

test('without script sign-in, lookup, result and sign-out work', async () => {
  const page = await w.signedIn(officer, { script: false });
  assert.equal(new URL(page.url()).pathname, '/cari');
  await find(page, w.sample.found[0]);
  assert.match(await text(page.locator('.card')), /Data ditemukan.*Nomor catatan/s);
  assert.equal(await page.inputValue('#reference'), 'BPNT/2026/0042', 'the number of the application stays for the next member of the family');
  assert.equal(await page.inputValue('#nik'), '', 'the NIK does not');
  await page.getByRole('button', { name: 'Keluar' }).click();
  await page.waitForURL('**/masuk?alasan=keluar');
});
