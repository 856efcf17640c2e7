import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { narrow, wide, world, ask, officer } from './help.mjs';
import { office, portal } from './pages.mjs';
const folder = process.env.GAPURA_SHOTS, only = new RegExp(process.env.GAPURA_ONLY || '.');
mkdirSync(folder, { recursive: true });
const w = world();
test('fill', async () => {
  const page = await w.signedIn(officer);
  for (const n of [w.sample.found[0], w.sample.found[1], w.sample.found[2], w.sample.unknown[0], w.sample.deceased[0], '123']) await ask(page, n);
});
for (const [name, open] of [...portal(w), ...office(w)]) {
  if (!only.test(name)) continue;
  test(`picture of ${name}`, async () => {
    const page = await open(wide);
    for (const size of [wide, narrow]) {
      await page.setViewportSize(size);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) console.log(name, size.width, 'overflows by', over);
      await page.screenshot({ path: join(folder, `${name}-${size.width}.png`), fullPage: true });
    }
  });
}
