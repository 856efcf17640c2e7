// Walks all that a role is shown: follows every link and presses every button, and notes each that leads nowhere.
import assert from 'node:assert/strict';

const most = 2; // instances of one shape of address, for instance /konsol/instansi/{code}

/** The shape of an address: what names one of many things is left out, and of a query its names stay. */
function shapes(w) {
  const codes = new Set(w.logins.flatMap((l) => [l.agency, l.user]).filter(Boolean));
  const part = (p) => (codes.has(p) ? '{code}' : /^[\d-]+$/.test(p) ? '{n}' : p);
  return (url) => {
    const { pathname, searchParams } = new URL(url, w.url);
    const path = pathname.replace(/^(\/konsol\/surat|\/aktivasi|\/periksa|\/layanan)\/[^/]+/, '$1/{key}').split('/').map(part).join('/');
    return [path, ...[...searchParams.keys()].sort()].join(' ');
  };
}

/** Asks for a page without showing it. Runs in the browser, with the session of the page that is open. */
async function read(address) {
  performance.clearResourceTimings();
  const answer = await fetch(address);
  const body = await answer.text();
  const bytes = performance.getEntriesByType('resource').reduce((n, e) => n + e.transferSize, 0); // as they came, compressed, with headers
  return { status: answer.status, type: (answer.headers.get('Content-Type') ?? '').split(';')[0], at: answer.url, body, bytes };
}

/** What a page offers: a page that was read, or (without text) the one that is open. */
function offers(body) {
  const doc = body ? new DOMParser().parseFromString(body, 'text/html') : document;
  return {
    heading: doc.querySelector('h1')?.textContent.trim() ?? '',
    links: Array.from(doc.querySelectorAll('a'), (a) => ({
      href: a.getAttribute('href'), text: a.textContent.trim(), nowhere: a.getAttribute('href')?.startsWith('#') && !doc.getElementById(a.hash.slice(1)),
    })),
    buttons: Array.from(doc.querySelectorAll('button'), (b) => ({
      action: b.getAttribute('formaction') ?? b.form?.getAttribute('action'), inForm: !!b.form && b.type === 'submit', text: b.textContent.trim(), value: `${b.name}=${b.value}`,
    })),
  };
}

/** Presses a button of a page with empty or untouched fields and returns what is wrong with what comes back. */
async function press(page, url, n, button) {
  const answers = [];
  const note = (r) => { if (['document', 'xhr', 'fetch'].includes(r.request().resourceType())) answers.push(r.status()); };
  await page.goto(url);
  await page.evaluate(() => {
    for (const f of document.forms) f.noValidate = true;
    for (const d of document.querySelectorAll('details')) d.open = true;
  });
  const b = page.locator('button').nth(n);
  // One that the browser cannot use here says why and is not to be pressed.
  if (!await b.isVisible() || !await b.isEnabled()) return '';
  page.on('response', note);
  try {
    if (!button.inForm) {
      await b.click();
      return '';
    }
    const answered = page.waitForResponse((r) => ['document', 'xhr', 'fetch'].includes(r.request().resourceType()) && r.status() !== 303);
    await b.click();
    const last = await answered;
    const file = /attachment|pdf|csv|sheet/.test(`${last.headers()['content-disposition']} ${last.headers()['content-type']}`);
    if (!file) await page.waitForLoadState('load');
    const bad = answers.find((s) => s >= 500 || [401, 403, 404, 405].includes(s));
    if (bad) return `is answered by ${bad}`;
    if (!file && !(await page.locator('h1').first().innerText()).trim()) return 'leads to a page without a heading';
    return '';
  } finally {
    page.off('response', note);
  }
}

/** Walks from the first page of a signed-in user, and presses buttons when told to; returns the pages with their bytes and every fault that was found. */
export async function walk(w, user, { presses = true } = {}) {
  const shape = shapes(w);
  const page = await w.signedIn(user);
  page.on('dialog', (d) => d.accept());
  const home = page.url();
  const queue = [home], known = new Set([home]), count = {}, pressed = new Set(), faults = [];
  const pages = new Map();
  const enqueue = (url) => {
    url = url.split('#')[0];
    const s = shape(url);
    if (known.has(url) || (count[s] ?? 0) >= most) return;
    known.add(url);
    count[s] = (count[s] ?? 0) + 1;
    queue.push(url);
  };
  const follow = (url, links) => {
    const at = url.slice(w.url.length);
    for (const { href, text, nowhere } of links) {
      if (!href || /(^|[^:])\/\/|undefined|nil|%!|[{}]/.test(href)) faults.push(`${at}: link "${text}" leads to "${href}"`);
      else if (nowhere) faults.push(`${at}: link "${text}" leads to no part of the page`);
      else if (!href.startsWith('#') && new URL(href, url).origin === w.url) enqueue(new URL(href, url).href);
    }
  };
  while (queue.length) {
    const url = queue.shift();
    const at = url.slice(w.url.length);
    await page.goto(home); // a button may have ended elsewhere
    const got = await page.evaluate(read, url);
    if (got.status !== 200) faults.push(`${at}: ${got.status}`);
    if (new URL(got.at).pathname === '/masuk') faults.push(`${at} leads to the sign-in page`);
    if (!got.body) faults.push(`${at} is empty`);
    if (got.type !== 'text/html' || got.status !== 200) continue;
    pages.set(at, got.bytes);
    const { heading, links, buttons } = await page.evaluate(offers, got.body);
    if (!heading) faults.push(`${at} has no heading`);
    follow(url, links);
    for (const [n, b] of presses ? buttons.entries() : []) {
      const key = `${shape(new URL(b.action || at, url).href)} ${b.value} ${b.text}`;
      if (pressed.has(key) || b.action === '/keluar') continue;
      pressed.add(key);
      const wrong = await press(page, url, n, b).catch((e) => `: ${e.message.split('\n')[0]}`);
      if (wrong) faults.push(`${at}: button "${b.text}" ${wrong}`);
      if (page.url() !== url) follow(page.url(), (await page.evaluate(offers)).links);
    }
  }
  await page.goto(home);
  await page.getByRole('button', { name: 'Keluar' }).click();
  await page.waitForURL((u) => u.pathname === '/masuk');
  assert.ok(pages.size > 3 && (!presses || pressed.size > 0), `${user} was shown ${pages.size} pages and ${pressed.size} buttons only`);
  return { pages, buttons: pressed.size, faults };
}
