// Every page in every state that looks different, for the tests that go over all of them.
import { ask } from './help.mjs';

/** Returns a function that opens a path, signed in when a user is given. */
const opener = (w) => (path, user) => async (size) => {
  const page = user ? await w.signedIn(user, { size }) : await w.page({ size });
  await page.goto(path);
  return page;
};

/** Returns [name, open] pairs of the portal's pages; open gives a page that shows it. */
export function portal(w) {
  const at = opener(w);
  const refused = (user, password) => async (size) => {
    const page = await w.page({ size });
    await w.enter(page, user, password ?? w.password(user));
    return page;
  };
  const asked = (nik, user = 'petugas.dinpertan') => async (size) => {
    const page = await w.signedIn(user, { size });
    await ask(page, nik());
    return page;
  };
  const links = {};
  const link = (user) => (links[user] ??= w.invite(user));
  return [
    ['masuk', at('/masuk')],
    ['masuk-gagal', refused('tidak.ada', 'bukan-kata-sandinya')],
    ['masuk-instansi-tidak-aktif', refused('petugas.dishub')],
    ['masuk-sesi-berakhir', at('/masuk?alasan=sesi')],
    ['masuk-telah-keluar', at('/masuk?alasan=keluar')],
    ['cari', at('/cari', 'petugas.dinsos')],
    ['cari-hasil', asked(() => w.sample.found[0])],
    ['cari-hasil-elemen-sebagian', asked(() => w.sample.found[1], 'petugas.dinkes')],
    ['cari-pemberitahuan', asked(() => w.sample.deceased[0])],
    ['cari-nik-keliru', asked(() => '33030101018000AB')],
    ['cari-dikosongkan', async (size) => {
      const page = await asked(() => w.sample.found[0])(size);
      // The test of the blanking waits for it; here only its look matters.
      await page.fill('#nik', '');
      await page.evaluate(() => document.getElementById('hasil').replaceChildren(document.getElementById('dikosongkan').content.cloneNode(true)));
      return page;
    }],
    ['riwayat-petugas', at('/riwayat', 'petugas.dinpertan')],
    ['riwayat-kepala', at('/riwayat', 'kepala.dinpertan')],
    ['riwayat-kosong', at('/riwayat?hasil=duplicate', 'petugas.dinsos')],
    ['riwayat-tanggal-keliru', at('/riwayat?dari=kemarin', 'kepala.dinpertan')],
    ['balikan', async (size) => {
      const page = await asked(() => w.sample.found[0])(size);
      await page.goto('/balikan');
      return page;
    }],
    ['balikan-unggah', at('/balikan/unggah', 'petugas.dinpertan')],
    ['balikan-unggah-periksa', async (size) => {
      const page = await at('/balikan/unggah', 'petugas.dinpertan')(size);
      const buffer = Buffer.from(`NIK;NOMOR;JENIS_BANTUAN\n${w.sample.found[1]};7;Pupuk bersubsidi\n3303;8;Benih\n`);
      await page.getByLabel('Berkas CSV atau XLSX').setInputFiles({ name: 'balikan.csv', mimeType: 'text/csv', buffer });
      await page.getByRole('button', { name: 'Periksa berkas' }).click();
      await page.getByText('1 baris siap dikirim').waitFor();
      return page;
    }],
    ['panduan', at('/panduan')],
    ['untuk-penduduk', at('/untuk-penduduk')],
    ['periksa', at('/periksa')],
    ['kabar-tidak-berlaku', at('/kabar/tidak-ada')],
    ['periksa-tidak-dikenal', at('/periksa?nomor=400.12%2F0001%2F2026&tanggal=2026-09-16&kode=7K2M-9QXT-4ZVA-0B3C')],
    ...['akun', 'akun/sandi', 'akun/kode', 'akun/kunci', 'akun/pemulihan'].map((path) => [path.replace('/', '-'), at(`/${path}`, 'petugas.dinpertan')]),
    ['akun-sandi-keliru', async (size) => {
      const page = await at('/akun/sandi', 'kepala.dinpertan')(size);
      await page.getByLabel('Kata sandi Anda saat ini').fill(w.password('kepala.dinpertan'));
      await page.getByLabel('Kata sandi baru', { exact: true }).fill('password123');
      await page.getByRole('button', { name: 'Ganti kata sandi' }).click();
      await page.getByRole('alert').waitFor();
      return page;
    }],
    ['akun-pemulihan-kode', async (size) => {
      const page = await at('/akun/pemulihan', 'kepala.dinpertan')(size);
      await page.getByLabel('Kata sandi Anda saat ini').fill(w.password('kepala.dinpertan'));
      await page.getByRole('button', { name: 'Buat sepuluh kode' }).click();
      await page.locator('.codes').waitFor();
      return page;
    }],
    ['masuk-kode', async (size) => {
      const page = await w.page({ size });
      await page.goto('/masuk');
      await page.getByLabel('User ID').fill('admin');
      await page.getByLabel('Kata sandi').fill(w.password('admin'));
      await page.getByRole('button', { name: 'Masuk' }).click();
      await page.getByRole('heading', { name: 'Kode verifikasi' }).waitFor();
      return page;
    }],
    ['aktivasi', async (size) => at(await link('petugas.dinkop'))(size)],
    ['aktivasi-keliru', async (size) => {
      const page = await at(await link('petugas.dinkop'))(size);
      await page.fill('#kode', 'AAAA-AAAA-AAAA');
      await page.fill('#password', 'sepuluh huruf ini');
      await page.getByRole('button', { name: 'Aktifkan user ID' }).click();
      await page.getByRole('alert').waitFor();
      return page;
    }],
    ['aktivasi-tidak-berlaku', at('/aktivasi/tidak-ada')],
    ['tidak-ditemukan', at('/tidak-ada')],
    ['bukan-peran', at('/konsol', 'petugas.dinpertan')],
    ['isian-tidak-terbaca', async (size) => {
      const page = await at('/masuk')(size);
      await page.evaluate(() => { const f = document.forms[0]; f.enctype = 'text/plain'; f.noValidate = true; f.submit(); });
      await page.getByRole('heading', { name: 'Isian tidak dapat dibaca' }).waitFor();
      return page;
    }],
  ];
}

/** A resident's history at the counter, and the case of an objection to its newest use: its form, and what the agency is asked. */
function counter(w) {
  const at = opener(w);
  const history = async (size) => {
    await ask(await w.signedIn('petugas.dinpertan'), w.sample.found[0]);
    const page = await at('/konsol/penduduk', 'operator')(size);
    await page.getByLabel('NIK pemohon').fill(w.sample.found[0]);
    await page.getByLabel('Nomor surat permintaan').fill('470/7/2026');
    await page.getByLabel('Identitas pemohon sudah diperiksa').check();
    await page.getByRole('button', { name: 'Tampilkan riwayat' }).click();
    await page.getByRole('button', { name: /^Ajukan keberatan/ }).first().waitFor();
    return page;
  };
  const objection = async (size) => {
    const page = await history(size);
    await page.getByRole('button', { name: /^Ajukan keberatan/ }).first().click();
    await page.locator('.now').waitFor();
    return page;
  };
  let filed;
  const asked = async (size) => {
    if (!filed) {
      const page = await objection();
      for (const [name, value] of Object.entries({ surat: '470/8/2026', tanggal_surat: '2026-09-16', 'f.uraian': 'Tidak pernah mengajukan permohonan.', 'f.nama_pemohon': 'Rekaan Penduduk', 'f.alamat_pemohon': 'Jalan Rekaan 1' })) {
        await page.locator(`[name="${name}"]`).fill(value);
      }
      for (const [name, value] of [['f.jenis', 'bukan-saya'], ['f.identitas', 'ktp']]) await page.locator(`select[name="${name}"]`).selectOption(value);
      await page.getByRole('button', { name: 'Simpan langkah ini' }).click();
      await page.getByText('470/8/2026').waitFor();
      filed = `/instansi/permohonan/${new URL(page.url()).pathname.split('/').pop()}`;
    }
    const page = await at(filed, 'admin.dinpertan')(size);
    await page.locator('.now').waitFor();
    return page;
  };
  return { history, objection, asked };
}

/** The same of the console. */
export function office(w) {
  const at = opener(w);
  const step = (procedure) => async (size) => {
    const page = await at('/konsol/berkas/baru?instansi=dinpertan', 'operator')(size);
    await page.getByRole('button', { name: `Mulai ${procedure}` }).click();
    await page.locator('.now').waitFor();
    return page;
  };
  // A dashboard is empty until somebody asks.
  const used = (path, user) => async (size) => {
    const officer = await w.signedIn('petugas.dinpertan');
    for (const nik of [w.sample.found[0], w.sample.unknown[0]]) await ask(officer, nik);
    return at(path, user)(size);
  };
  // Two versions of a guideline, the second with another bandwidth.
  const naskah = (then) => async (size) => {
    const page = await at('/konsol/naskah/dinpertan/susun?perjanjian=1', 'operator')(size);
    for (const bandwidth of ['1 Mbps', '2 Mbps']) {
      await page.goto('/konsol/naskah/dinpertan/susun?perjanjian=1');
      for (const [name, value] of [['Bidang urusan pemerintahan instansi', 'pertanian'], ['Peraturan tentang susunan organisasi Dinas Dukcapil', 'Peraturan Bupati Rekaan Nomor 12 Tahun 2016'],
        ['Nomor surat persetujuan Direktur Jenderal', '400.8/1/Dukcapil'], ['Tanggal surat persetujuan Direktur Jenderal', '2025-07-25'], ['Besaran bandwidth', bandwidth],
        ['Jaringan diperkirakan tersambung pada', 'minggu ke-3 bulan September 2026']]) await page.getByLabel(name).fill(value);
      await page.getByRole('button', { name: 'Susun petunjuk teknis' }).click();
      await page.getByRole('heading', { name: /^Naskah Dinas/ }).waitFor();
    }
    if (then) await then(page);
    return page;
  };
  const incident = (user, path) => async (size) => {
    const page = await at(`${path}/baru`, user)(size);
    await page.getByLabel('Jenis insiden').selectOption('kebocoran');
    await page.getByLabel('Apa yang terjadi').fill('Cetakan hasil pencarian tertinggal di meja pelayanan dan difoto pengunjung.');
    await page.getByRole('button', { name: 'Laporkan' }).click();
    await page.getByRole('heading', { name: /^Insiden \d/ }).waitFor();
    return page;
  };
  return [
    ['konsol-admin', at('/konsol', 'admin')],
    ...['instansi/dinpertan', 'instansi/dinpertan/pengguna', 'instansi/dinpertan/dokumen', 'instansi/dinpertan/riwayat', 'perjanjian/dinpertan/1', 'berkas', 'berkas?keadaan=semua', 'berkas?nomor=999999', 'berkas?dari=kemarin', 'berkas/baru',
      'berkas/baru?instansi=dinpertan', 'pengguna', 'hak-akses', 'empat-mata', 'pembaca', 'kepatuhan', 'kewajiban/dinpertan', 'instansi', 'bagian/pengawasan', 'bagian/laporan', 'bagian/pengaturan', 'layanan-lama', 'kalender', 'surat', 'surat/nda', 'agenda', 'riwayat', 'prosedur', 'surel', 'gangguan', 'penduduk', 'penduduk/surel', 'jurnal', 'jurnal/dinpertan', 'jurnal/cari/nik', 'saksi',
      'umpan', 'instansi/dinpertan/pengawasan', 'balikan', 'balikan/dinpertan', 'instansi/dinpertan/layanan-lama', 'instansi/dinpertan/orang-uji', 'instansi/dinpertan/loket',
    ].map((path) => [`konsol-${path.replace(/\W+/g, '-')}`, at(`/konsol/${path}`, 'admin')]),
    ['konsol-penduduk-riwayat', counter(w).history],
    ['konsol-keberatan', counter(w).objection],
    ['konsol-gangguan-diumumkan', async (size) => {
      const page = await at('/konsol/gangguan', 'admin')(size);
      if (!await page.getByRole('button', { name: 'Tarik' }).count()) { // one is enough for all visits
        const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
        for (const [label, value] of [['Tanggal mulai', day], ['Jam mulai', '08:00'], ['Tanggal selesai', day], ['Jam selesai', '10:00'], ['Sebab', 'pemeliharaan jaringan listrik gedung']]) {
          await page.getByLabel(label).fill(value);
        }
        await page.getByRole('button', { name: 'Umumkan' }).click();
      }
      await page.getByRole('button', { name: 'Tarik' }).first().waitFor();
      return page;
    }],
    ['konsol-berkas-langkah', step('Permohonan user ID')],
    ['konsol-berkas-keliru', async (size) => {
      const page = await step('Perubahan metode, elemen, atau ketentuan akses')(size);
      await page.locator('.now button').click();
      await page.locator('#kesalahan').waitFor();
      return page;
    }],
    ...['insiden', 'insiden/baru'].map((path) => [`konsol-${path.replace(/\W+/g, '-')}`, at(`/konsol/${path}`, 'admin')]),
    ['konsol-naskah', naskah()],
    ['konsol-naskah-susun', at('/konsol/naskah/dinpertan/susun?perjanjian=1', 'operator')],
    ['konsol-naskah-banding', naskah(async (page) => { await page.getByRole('link', { name: 'Bandingkan dengan versi sebelumnya' }).first().click(); await page.locator('mark').first().waitFor(); })],
    ['konsol-insiden-satu', incident('admin', '/konsol/insiden')],
    ['konsol-evaluasi', at('/konsol/evaluasi', 'admin')],
    ['konsol-evaluasi-instansi', at('/konsol/evaluasi/dinpertan?semester=2026-2', 'admin')],
    ['konsol-evaluasi-usulan', async (size) => {
      const page = await at('/konsol/evaluasi/dinkes?semester=2026-1', 'operator')(size);
      if (await page.getByRole('button', { name: 'Usulkan' }).count()) {
        await page.getByRole('button', { name: 'Usulkan' }).click();
        await page.locator('.now').waitFor();
      }
      return page;
    }],
    ['evaluasi-kepala', at('/evaluasi', 'kepala.dinpertan')],
    ['konsol-dasbor', used('/konsol/dasbor', 'admin')],
    ['konsol-dasbor-instansi', used('/konsol/dasbor?instansi=dinpertan&periode=semester', 'admin')],
    ['dasbor-kepala', used('/dasbor?periode=7', 'kepala.dinpertan')],
    ['dasbor-petugas', used('/dasbor', 'petugas.dinpertan')],
    ['dasbor-kosong', at('/dasbor', 'petugas.dinsos')],
    ['insiden-kepala', at('/insiden', 'kepala.dinpertan')],
    ['insiden-kepala-satu', incident('kepala.dinpertan', '/insiden')],
    ['pemberitahuan', at('/pemberitahuan', 'admin')],
    ['kewajiban-kepala', at('/kewajiban', 'kepala.dinpertan')],
    ['laporan-kepala', at('/laporan', 'kepala.dinpertan')],
    ['laporan-semester', at('/laporan/2026-2', 'kepala.dinpertan')],
    ['konsol-laporan', at('/konsol/laporan', 'admin')],
    ['konsol-laporan-instansi', at('/konsol/laporan/dinpertan/2026-1', 'admin')],
    ['konsol-auditor', at('/konsol', 'auditor')],
    ['cari-dihentikan', async (size) => {
      const page = await at('/cari', 'petugas.dinkes')(size);
      await ask(page, w.sample.decoy[0]);
      return page;
    }],
    // After the page before, which sets off the alarm.
    ['konsol-pengawasan', at('/konsol/pengawasan', 'admin')],
    ['konsol-tanpa-dasar', at('/konsol/tanpa-dasar', 'admin')],
    ['konsol-instansi-tanpa-dasar', at('/konsol/instansi/dinkes/tanpa-dasar', 'admin')],
    ['pertanyaan', at('/pertanyaan', 'petugas.dinpertan')],
    ['dasar-layanan', at('/dasar-layanan', 'admin.dinpertan')],
    ['konsol-pengawasan-pengguna', at('/konsol/pengawasan/dinkes/petugas.dinkes', 'admin')],
  ];
}

/** What an agency's administrator types into the request for a user id. */
export const newcomer = {
  NIK: '3303014507900002', 'Nama lengkap': 'Puspitaningrum Arumdalu', 'NIP atau nomor pegawai': '19900705 201503 2 002', 'Status kepegawaian': 'pns', Jabatan: 'Petugas Loket',
  'Kode wilayah kantor': '33.03', 'Nama dan alamat kantor': 'Dinas Pertanian, Jalan Rekaan Nomor 3', 'User ID yang diminta': 'baru2.dinpertan', Peran: 'officer',
};

/** Fills in the fields of a request. */
export async function fill(page, fields) {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByLabel(label, { exact: true }).first();
    if (await field.evaluate((e) => e.tagName === 'SELECT')) await field.selectOption(value);
    else await field.fill(value);
  }
}

/** The same of the pages of an agency's own head and administrator. */
export function own(w) {
  const at = opener(w), admin = 'admin.dinpertan', head = 'kepala.dinpertan';
  const form = async (size) => at('/instansi/permohonan/baru?prosedur=user-id', admin)(size);
  let draft;
  const saved = async (size) => {
    if (draft) return at(draft, admin)(size);
    const page = await form(size);
    await fill(page, newcomer);
    await page.getByRole('button', { name: 'Simpan konsep' }).click();
    await page.waitForURL(/permohonan\/\d+$/);
    draft = new URL(page.url()).pathname;
    return page;
  };
  return [
    ['instansi-permohonan-konsep', saved],
    ...['', '/perjanjian', '/pengguna', '/pembaca', '/permohonan', '/permohonan/baru?prosedur=user-id', '/permohonan/baru?prosedur=perubahan-user', '/permohonan/baru?prosedur=token',
      '/permohonan/baru?prosedur=perubahan-user&pengguna=petugas.dinpertan'].map((path) => [`instansi${path.replace(/\W+/g, '-')}`, at(`/instansi${path}`, admin)]),
    ['instansi-permohonan-keliru', async (size) => {
      const page = await form(size);
      await page.getByLabel('NIK', { exact: true }).fill('12345');
      await page.getByRole('button', { name: 'Simpan konsep' }).click();
      await page.locator('#kesalahan').waitFor();
      return page;
    }],
    ['instansi-keberatan', counter(w).asked],
    ['instansi-dasbor', at('/dasbor', admin)],
    ['instansi-kredensial', at('/kredensial', admin)],
    ['instansi-loket', at('/loket', admin)],
    ...['', '/perjanjian', '/pengguna', '/pembaca', '/permohonan'].map((path) => [`instansi-kepala${path.replace(/\W+/g, '-')}`, at(`/instansi${path}`, head)]),
    ['instansi-kepala-konsep', async (size) => { await saved(size); return at(draft, head)(size); }],
  ];
}

/** The same of the agency's desk. */
export function loket(w) {
  const at = opener(w);
  const officer = 'loket.dinpertan', head = 'kepalaloket.dinpertan';
  return [
    ['loket-masuk', at('/masuk')],
    ['loket-masuk-gagal', async (size) => {
      const page = await w.page({ size });
      await w.enter(page, 'tidak.ada', 'bukan-kata-sandinya');
      return page;
    }],
    ...['antrean', 'antrean?semua=ya', 'antrean?hari=2020-01-01', 'permohonan/baru', 'permohonan/baru?layanan=pupuk', 'permohonan/3', 'permohonan/4', 'permohonan/1', 'balikan', 'akun', 'akun/token', 'akun/sandi', 'kartu', 'bantuan', 'tidak-ada']
      .map((path) => [`loket-${path.replace(/\W+/g, '-')}`, at(`/${path}`, officer)]),
    ...['layanan', 'layanan/pupuk', 'pengguna', 'permohonan/2'].map((path) => [`loket-kepala-${path.replace(/\W+/g, '-')}`, at(`/${path}`, head)]),
    ['loket-periksa-keliru', at('/periksa/tidak-ada')],
    ['loket-baru-keliru', async (size) => {
      const page = await at('/permohonan/baru?layanan=pupuk', officer)(size);
      await page.evaluate(() => { document.querySelector('main form').noValidate = true; });
      await page.getByRole('button', { name: 'Terima permohonan' }).click();
      await page.locator('#kesalahan').waitFor();
      return page;
    }],
    ['loket-krosscek', async (size) => {
      const page = await at('/permohonan/3', officer)(size);
      await page.getByRole('button', { name: 'Krosscek sekarang' }).click();
      await page.getByText('nomor catatan').first().waitFor();
      return page;
    }],
    ['loket-banding', async (size) => {
      const page = await at('/permohonan/3', officer)(size);
      await page.getByRole('button', { name: 'Perlihatkan data pemohon' }).click();
      await page.locator('.compare').waitFor();
      return page;
    }],
  ];
}
