// WCAG 2.2 AA and axe's best practice, on every page, on an office screen and on a small telephone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import axe from 'axe-core';
import { narrow, wide, zoomed } from './help.mjs';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with a page. */
export async function examine(page) {
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe.source); // past the page's policy, which allows no foreign script
  // The watermark is pale by purpose; the card says the same in full contrast, and screen readers do not read it 60 times.
  const r = await page.evaluate((tags) => window.axe.run({ exclude: [['.wm']] }, { runOnly: tags, rules: { 'target-size': { enabled: true } } }), tags);
  assert.ok(r.passes.length > 15, `axe looked at the page: ${r.passes.length} rules`);
  return r.violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`);
}

/** What makes a person scroll sideways: a page wider than the screen, or something cut off at its edge. A table may scroll in its own frame. */
const tooWide = (page) => page.evaluate(() => {
  const screen = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth > screen ? [`page ${document.documentElement.scrollWidth} px`] : [];
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('.scroll > *, .wm, .sr, .skip, thead, template') || !e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    if (r.width && (r.right > screen + 1 || r.left < -1)) wide.push(`${e.tagName}.${e.className} ${Math.round(r.left)}–${Math.round(r.right)} px`);
  }
  return wide;
});

/** Tests every page of a list. */
export function accessible(pages) {
  for (const [name, open] of pages) {
    test(`${name}: axe finds nothing at 1366 and 360 px, and nobody scrolls sideways down to 320 px`, async () => {
      const page = await open(wide);
      assert.deepEqual(await examine(page), [], 'at 1366 × 768');
      for (const size of [narrow, zoomed]) {
        await page.setViewportSize(size);
        assert.deepEqual(await tooWide(page), [], `at ${size.width} px`);
        if (size === narrow) assert.deepEqual(await examine(page), [], 'at 360 × 740');
      }
    });
  }
}
