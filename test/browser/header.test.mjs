// The header leaves the screen to the page: one row on an office's screen, at most a sixth of a phone's, at most a fifth at 200 % zoom.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { examine } from './axe.mjs';
import { narrow, wide, world } from './help.mjs';

const w = world();
const doubled = { width: 683, height: 384 }; // 1366 × 768 at 200 %
const visitors = [
  ['', '/masuk'], ['petugas.dinpertan', '/cari'], ['admin.dinpertan', '/dasbor'], ['kepala.dinpertan', '/instansi'],
  ['admin', '/konsol'], ['admin', '/konsol/instansi'], ['operator', '/konsol/kepatuhan'], ['admin', '/konsol/surat'],
  ['auditor', '/konsol/jurnal'],
];
for (const [user, path] of visitors) {
  test(`the header of ${path} for ${user || 'a visitor'} is low, and its menu opens and closes by keyboard`, async () => {
    const page = user ? await w.signedIn(user) : await w.page();
    const high = async (size) => {
      await page.setViewportSize(size);
      await page.goto(path);
      return page.locator('header').evaluate((e) => e.getBoundingClientRect().height);
    };
    assert.ok(await high(wide) <= 120, `${await high(wide)} px`);
    const tops = await page.locator('header nav a').evaluateAll((all) => all.map((a) => a.getBoundingClientRect().top));
    assert.ok(tops.every((y) => y === tops[0]), `one row: ${tops}`);
    if (user) assert.ok(await page.locator('.who p').first().evaluate((e) => e.clientWidth) >= 120, 'the name has room');
    const edge = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(edge <= wide.width, `nothing stands outside: ${edge}`);
    assert.ok(await high(doubled) <= doubled.height / 5, `at 200 %: ${await high(doubled)} px`);
    assert.ok(await high(narrow) <= narrow.height / 6, `on a phone: ${await high(narrow)} px`);

    const links = page.locator('header nav a');
    assert.ok(!await links.first().isVisible(), 'the menu is closed');
    const menu = page.getByRole('checkbox', { name: 'Menu' });
    await menu.focus();
    await page.keyboard.press('Space');
    for (const link of await links.all()) assert.ok(await link.isVisible());
    assert.deepEqual(await examine(page), [], 'axe, with the menu open');
    await page.keyboard.press('Space');
    assert.ok(!await links.first().isVisible(), 'the menu is closed again');
  });
}
