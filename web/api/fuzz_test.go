package api_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gapura/agreement/party"
	"gapura/journal/journal"
)

// bodies are requests of each POST route as programs send them, whole and spoilt.
var bodies = map[string][]string{
	"/api/v1/lookups": {`{"nik":"3303010101800001","purpose":"verifikasi penerima bantuan","reference":"P-1"}`, `{"nik":3303010101800001}`,
		"\ufeff" + `{"nik":"3303 0101 0180 0001","purpose":""}`, `{"nik":"1","NIK":"2"}`, `null`, `[]`, `{"nik":null,"purpose":{}}`,
		`{"nik":"\u0000\ud800","reference":"` + strings.Repeat("é", 60) + `"}`},
	"/api/v1/matches": {`{"nik":"3303010101800001","purpose":"verifikasi penerima bantuan","claims":{"nama_lengkap":"SITI AMINAH"}}`,
		`{"nik":"3303010101800001","threshold":101,"claims":{"alamat":{"rt":1,"rw":"02","kelurahan":"Ds. Tidu"}}}`,
		`{"nik":"3303010101800001","claims":{"tanggal_lahir":"31-02-1985","jenis_kelamin":null}}`, `{"nik":"1","claims":[]}`,
		`{"nik":"1","claims":{"alamat":{"x":"y"}},"threshold":1e2}`, `{"nik":"3303010101800001","claims":{"tanggal_lahir":"SITI"}}`},
	"/api/v1/balikan": {`{"key":"kiriman-1","items":[{"nik":"3303010101800001","param":[{"NOMOR":"1","JENIS_BANTUAN":"Pupuk"}]}]}`,
		`{"key":"kiriman-2","items":[{"nik":"3303010101800001","reason":"mundur","reading":"BACA-1"}]}`,
		`{"key":"kiriman-3","items":[{"nik":"1","param":"[{\"NOMOR\":1}]"}]}`, `{"key":"x","items":null}`, `{"items":[null]}`},
	"/api/v1/card-reads": {`{"key":"bacaan-0001","nik":"3303010101800001","reader":"RDR-dinpertan-01",` +
		`"purpose":"verifikasi penerima bantuan",` +
		`"reference":"P-1","read_at":"2026-11-23T01:59:00Z"}`, `{"key":"bacaan-0002","reader":"","read_at":"2026-13-01"}`,
		`{"read_at":"9999-12-31T23:59:59Z"}`},
	"/api/v1/enrolments":          {`{"code":"ABCD-EFGH","name":"Loket 1","keys":{}}`, `{"code":1}`},
	"/api/v1/enrolments/state":    {`{"statement":"","signature":""}`},
	"/api/v1/enrolments/renewals": {`{"statement":"e30=","signature":"AA=="}`},
	"/api/v1/slips":               {`{"code":"ABCD-EFGH","half":"IJKL"}`, `{"code":""}`},
	"/api/v1/journal/alarms":      {`{"kind":"x","text":"y"}`, `{}`},
	"/api/v1/residents/uses":      {`{"nik":"3303010101800001"}`, `{"nik":[]}`},
}

// FuzzBodies: whatever a program posts to whatever route, the answer is JSON, of a known status, never a fault, and repeats nothing that it
// was sent but a key or a number of a record.
func FuzzBodies(f *testing.F) {
	routes := []string{}
	for path, list := range bodies {
		routes = append(routes, path)
		for _, b := range list {
			f.Add(path, []byte(b))
		}
	}
	d := newDoor(f)
	a := d.api
	a.TestPersons, a.Desks, a.Slips, a.Tokens, a.Cosigners = d.st.Canaries, d.st.Enrolment(), d.st.Credentials, d.st.Accounts, d.st.Witness
	a.Notary = &journal.Notary{Store: d.st.Journal, Anchor: d.st.Journal.Anchor(), Name: "gapura.example",
		Keys: []ed25519.PrivateKey{ed25519.NewKeyFromSeed([]byte(strings.Repeat("n", ed25519.SeedSize)))}, Now: a.Gate.Now}
	a.Alarm = func(context.Context, party.Institution, time.Time, string) error { return nil } // mails are no part of an answer
	d.handler = a.Handler()
	token := d.account("dinpertan").Token
	const marker = "RAHASIA77"
	f.Fuzz(func(t *testing.T, path string, body []byte) {
		if _, known := bodies[path]; !known {
			path = routes[len(body)%len(routes)]
		}
		text := strings.ReplaceAll(string(body), "SITI", marker)
		status, _, answer := d.post(path, token, text)
		switch status {
		case 200, 202, 400, 401, 403, 404, 405, 409, 413, 422, 429:
		default:
			t.Errorf("%s: %d %s", path, status, answer)
		}
		if !json.Valid([]byte(answer)) || !utf8.ValidString(answer) || strings.Contains(answer, marker) {
			t.Errorf("%s: %d %q", path, status, answer)
		}
		if d.log.Len() > 0 {
			t.Errorf("%s: %s", path, d.log.String())
			d.log.Reset()
		}
	})
}
