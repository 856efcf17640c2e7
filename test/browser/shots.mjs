// Pictures of every page for people to look at, in the folder that GAPURA_SHOTS names; proves nothing. Run: GAPURA_SHOTS=folder node --test shots.mjs, with GAPURA_SHOTS_OF=loket for the desk's pages, =instansi for those of an agency's own people.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { narrow, wide, world } from './help.mjs';
import { loket, office, own, portal } from './pages.mjs';

const folder = process.env.GAPURA_SHOTS;
assert.ok(folder, 'GAPURA_SHOTS names no folder');
mkdirSync(folder, { recursive: true });
const of = process.env.GAPURA_SHOTS_OF ?? '';
const w = world({ desk: of === 'loket' });
const lists = { loket: [loket], instansi: [own], '': [portal, own, office] };
for (const [name, open] of lists[of].flatMap((list) => list(w))) {
  test(`picture of ${name}`, async () => {
    const page = await open(wide);
    for (const size of [wide, narrow]) {
      await page.setViewportSize(size);
      await page.screenshot({ path: join(folder, `${name}-${size.width}.png`), fullPage: true });
    }
  });
}
