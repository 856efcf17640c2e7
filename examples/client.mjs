// Gapura's JSON API from Node: look a person up, compare values, deliver data balikan. No packages.
//
//     GAPURA_URL=https://gapura.example GAPURA_TOKEN=... GAPURA_PURPOSE=... node client.mjs lookup NIK REFERENCE

const { GAPURA_URL, GAPURA_TOKEN, GAPURA_PURPOSE } = process.env;

async function call(path, body) {
  const response = await fetch(GAPURA_URL + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + GAPURA_TOKEN },
    body: JSON.stringify(body),
    redirect: 'error', // the token and the NIK go to the configured host alone
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.json();
  // A problem has a text in Indonesian that may be shown.
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${answer.detail}`);
  return answer;
}

// The NIK is a string: as a number, those of Papua would lose their last digit.
const question = (nik, reference) => ({ nik, purpose: GAPURA_PURPOSE, reference });

async function lookup(nik, reference) {
  const answer = await call('/api/v1/lookups', question(nik, reference));
  return answer.outcome === 'found' ? `found: ${answer.person.nama_lengkap}` : `${answer.outcome}: ${answer.message}`;
}

async function match(nik, reference, name, born) {
  const claims = { nama_lengkap: name, tanggal_lahir: born };
  const answer = await call('/api/v1/matches', { ...question(nik, reference), threshold: 90, claims });
  if (answer.outcome !== 'found') return `${answer.outcome}: ${answer.message}`;
  // Three verdicts: match, mismatch, and not_compared, which is no difference.
  return Object.keys(claims).map((key) => `${key}=${answer.verdicts[key].verdict}`).join(' ');
}

// The same key with the same items may be sent again until it is accepted: it is taken once.
async function balikan(key, nik, number, kind) {
  const answer = await call('/api/v1/balikan', { key, items: [{ nik, param: [{ NOMOR: number, JENIS_BANTUAN: kind }] }] });
  return `accepted ${answer.accepted}${answer.repeated ? ' (already there)' : ''}`;
}

const [command, ...rest] = process.argv.slice(2);
try {
  console.log(await { lookup, match, balikan }[command](...rest));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
