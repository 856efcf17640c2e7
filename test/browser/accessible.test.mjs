import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible } from './axe.mjs';
import { ask, find, narrow, officer, world, zoomed } from './help.mjs';
import { portal } from './pages.mjs';

const w = world();
accessible(portal(w));

test('on a small or enlarged screen the answer is scrolled to, though the NIK keeps the focus', async () => {
  for (const size of [narrow, zoomed]) {
    const page = await w.signedIn(officer, { size });
    for (const answer of [() => find(page, w.sample.found[0]), () => ask(page, w.sample.unknown[0])]) {
      await answer();
      const top = (await page.locator('#hasil').boundingBox()).y;
      assert.ok(top >= -1 && top < size.height * 0.8, `at ${size.width} px the answer begins at ${top} px of ${size.height}`);
      assert.equal(await page.evaluate(() => document.activeElement.id), 'nik');
    }
  }
});
