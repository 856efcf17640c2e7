// The same of the agency's desk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { world } from './help.mjs';
import { walk } from './walk.mjs';

const w = world({ desk: true });

for (const user of ['loket.dinpertan', 'kepalaloket.dinpertan']) {
  test(`every link and button that ${user} is shown leads somewhere`, async (t) => {
    const { pages, buttons, faults } = await walk(w, user);
    t.diagnostic(`figure: ${user}: ${pages.size} pages read, ${buttons} buttons pressed`);
    assert.deepEqual(faults, []);
  });
}
