// As a school's application calls the service: Node's fetch, one object for all answers. What it prints is compared by the test.
const { HOST, NATIONAL, REGIONAL, VERIFY, USER_ID, PASSWORD, FOUND, DECEASED, UNKNOWN, NAME, TOKEN, ID, LEMBAGA, RUN } = process.env;

async function post(path, body) {
  const response = await fetch(HOST + path, { method: 'POST', headers: { 'Content-Type': 'application/json; charset=utf-8', Authorization: 'Basic abc' }, body: JSON.stringify(body) });
  if (response.status !== 200) throw new Error('layanan tidak tersedia');
  const answer = await response.json();
  if (!answer.lastPage || answer.numberOfElements !== 1) throw new Error('amplop tidak utuh');
  return answer.content[0];
}
const who = { userId: USER_ID, password: PASSWORD, ipUser: '127.0.0.1' };

const person = await post(NATIONAL, { ...who, NIK: Number(FOUND) });
if (typeof person.NIK !== 'number' || String(person.NIK) !== FOUND) throw new Error('NIK bukan angka');
console.log('nama=' + person.NAMA_LGKP);
const notice = await post(NATIONAL, { ...who, nik: DECEASED });
console.log('meninggal=' + (Object.keys(notice).length === 1 ? notice.RESPON : 'jumlah kunci'));
const two = await post(REGIONAL, { ...who, nik: UNKNOWN });
console.log('wilayah=' + (Object.keys(two).length === 2 ? two.RESPONSE_CODE : 'jumlah kunci'));
console.log('salah=' + (await post(REGIONAL, { ...who, password: 'salah', nik: FOUND })).RESPONSE_DESC);
const form = new URLSearchParams({ nik: FOUND, user_id: USER_ID, password: PASSWORD, ip_user: '' });
console.log('formulir=' + (await (await fetch(HOST + NATIONAL.toUpperCase(), { method: 'POST', body: form })).json()).content[0].NAMA_LGKP);
console.log('cocok=' + (await post(VERIFY, { ...who, NIK: FOUND, THRESHOLD: '90', NAMA_LGKP: NAME })).NAMA_LGKP);

async function send(body, token = TOKEN, headers = { 'Content-Type': 'application/json' }) {
  const response = await fetch(HOST + '/data_balikan/public/api/store', { method: 'POST', headers: { ...headers, Authorization: 'Bearer ' + token }, body });
  return [response.status, (await response.json()).message];
}
const institution = { id_lembaga: ID, nama_lembaga: LEMBAGA };
const one = JSON.stringify({ nik: FOUND, ...institution, param: [{ NOMOR: `${RUN}-1`, JENIS_BANTUAN: 'Pupuk' }] });
console.log('balikan=' + (await send(one)).join(' '));
console.log('ulang=' + (await send(one)).join(' '));
const parts = new FormData();
for (const [k, v] of Object.entries({ nik: FOUND, ...institution, param: JSON.stringify([{ NOMOR: `${RUN}-2`, JENIS_BANTUAN: 'Benih' }]) })) parts.append(k, v);
console.log('multipart=' + (await send(parts, TOKEN, {})).join(' '));
const batch = [{ ...institution, data: [FOUND, DECEASED].map((NIK, i) => ({ NIK, param: [{ NOMOR: `${RUN}-${3 + i}`, JENIS_BANTUAN: 'Benih' }] })) }];
console.log('banyak=' + (await send(JSON.stringify(batch))).join(' '));
console.log('token=' + (await send(one, 'salah'))[0]);
