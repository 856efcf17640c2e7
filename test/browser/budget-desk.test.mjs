// The budget of the desk's pages: 12 KB, as they come, compressed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { world } from './help.mjs';
import { walk } from './walk.mjs';

const w = world({ desk: true });

for (const user of ['loket.dinpertan', 'kepalaloket.dinpertan']) {
  test(`every page that ${user} is led to takes 12 KB at most`, async (t) => {
    const { pages } = await walk(w, user, { presses: false });
    const [path, most] = [...pages].reduce((a, b) => (b[1] > a[1] ? b : a));
    t.diagnostic(`figure: ${pages.size} pages of ${user}, the largest ${path}: ${(most / 1024).toFixed(1)} KB of 12 KB`);
    assert.ok(most > 200 && most <= 12 * 1024, `${path}: ${most} bytes`);
  });
}
