import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, officer, purpose, text, world } from './help.mjs';

const w = world();

// Some browsers and every other program send what a form would hold back.
const unguarded = (page) => page.evaluate(() => { document.getElementById('cari').noValidate = true; });

for (const script of [true, false]) {
  const how = script ? 'with' : 'without';

  test(`letters in a NIK are told by the field's name and not repeated, ${how} script`, async () => {
    const page = await w.signedIn(officer, { script });
    await ask(page, '33030101018000ab');
    const said = await text(page.locator('#hasil'));
    assert.match(said, /NIK tidak sesuai format/);
    assert.match(said, /NIK terdiri atas 16 angka/);
    const part = script ? await page.locator('#hasil').innerHTML() : await page.content();
    for (const v of ['33030101018000ab', '8000ab', '3303 0101']) assert.ok(!part.includes(v), 'the value is not repeated');
  });

  test(`a missing purpose is told by the field's name, ${how} script`, async () => {
    const page = await w.signedIn(officer, { script });
    await unguarded(page);
    await page.fill('#nik', w.sample.found[0]);
    await page.fill('#reference', 'A-1');
    await page.getByRole('button', { name: 'Cari' }).click();
    await page.locator('#hasil .note').waitFor();
    assert.match(await text(page.locator('#hasil')), /Pilih tujuan pemanfaatan dari daftar/);
    assert.ok(!(await page.content()).includes(w.sample.found[0]), 'the NIK is not repeated');
  });

  test(`a NIK in the place of the application's number is refused and not repeated, ${how} script`, async () => {
    const page = await w.signedIn(officer, { script });
    await page.fill('#nik', w.sample.found[0]);
    await page.selectOption('#purpose', purpose);
    await page.fill('#reference', w.sample.found[1]);
    await page.getByRole('button', { name: 'Cari' }).click();
    await page.locator('#hasil .note').waitFor();
    assert.match(await text(page.locator('#hasil')), /Nomor permohonan .* tidak boleh berupa NIK/);
    assert.ok(!(await page.content()).includes(w.sample.found[1]));
    await page.goto('/riwayat');
    assert.ok(!(await page.content()).includes(w.sample.found[1]), 'nor does the history hold it');
  });
}

test('the browser holds an incomplete form back and leads to the missing field', async () => {
  const page = await w.signedIn();
  let sent = 0;
  page.on('request', (r) => { if (r.method() === 'POST') sent++; });
  const fill = [['nik', () => page.fill('#nik', w.sample.found[0])], ['purpose', () => page.selectOption('#purpose', purpose)], ['reference', () => page.fill('#reference', 'A-1')]];
  for (const [field, complete] of fill) {
    await page.focus('#reference');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), field);
    assert.equal(sent, 0);
    await complete();
  }
  await page.keyboard.press('Enter');
  await page.locator('.card').waitFor();
  assert.equal(sent, 1);
});

test('a NIK of 15 or 17 digits is told, never cut to fit', async () => {
  const page = await w.signedIn();
  for (const nik of ['330301010180001', '33030101018000012']) {
    await page.fill('#nik', '');
    await page.focus('#nik');
    await page.keyboard.type(nik);
    assert.equal((await page.inputValue('#nik')).replaceAll(' ', ''), nik);
    await ask(page, nik);
    assert.match(await text(page.locator('#hasil .notice-text')), /NIK tidak sesuai format/);
  }
});

test('an activation asks for the second half and a password, which can be seen, works once, signs in and then says that it is spent', async () => {
  const link = await w.invite('petugas.dinkop');
  const admin = await w.signedIn('admin');
  await admin.goto('/konsol/lembar');
  await admin.getByRole('button', { name: 'Ambil kode kedua untuk petugas.dinkop' }).click();
  const half = await text(admin.locator('#kode-kedua'));
  const page = await w.page();
  const choose = async (chosen, code = half) => {
    await page.fill('#kode', code);
    await page.fill('#password', chosen);
    await page.getByRole('button', { name: 'Aktifkan user ID' }).click();
  };
  await page.goto(link);
  const kind = () => page.locator('#password').getAttribute('type');
  assert.equal(await kind(), 'password');
  await page.getByLabel('Tampilkan kata sandi').check();
  assert.equal(await kind(), 'text');
  await page.getByLabel('Tampilkan kata sandi').uncheck();
  assert.equal(await kind(), 'password');
  await choose('sepuluh huruf ini', 'AAAA-AAAA-AAAA');
  assert.match(await text(page.getByRole('alert')), /Kode kedua keliru/);
  assert.ok(!(await page.content()).includes('sepuluh huruf'), 'no password is handed back');
  await choose('sepuluh huruf ini');
  await page.waitForURL('**/cari');
  const again = await w.page();
  await again.goto(link);
  assert.equal(await text(again.locator('h1')), 'Lembar ini tidak berlaku');
});
