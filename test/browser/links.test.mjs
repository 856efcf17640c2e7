// Every link and every button that a role is shown leads somewhere. What one role does may change what the next is shown: those who may do least come first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, world } from './help.mjs';
import { walk } from './walk.mjs';

const w = world();

test('there is something to be shown: lookups found and not found, and an alarm', async () => {
  const page = await w.signedIn('petugas.dinpertan');
  for (const nik of [w.sample.found[0], w.sample.found[1], w.sample.unknown[0]]) await ask(page, nik);
  const stopped = await w.signedIn('petugas.dinkes');
  await ask(stopped, w.sample.decoy[0]);
});

for (const user of ['petugas.dinpertan', 'kepala.dinpertan', 'admin.dinpertan', 'auditor', 'operator', 'admin']) {
  test(`every link and button that ${user} is shown leads somewhere`, async (t) => {
    const { pages, buttons, faults } = await walk(w, user);
    t.diagnostic(`figure: ${user}: ${pages.size} pages read, ${buttons} buttons pressed`);
    assert.deepEqual(faults, []);
  });
}
