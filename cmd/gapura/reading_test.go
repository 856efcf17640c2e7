package main

import (
	"fmt"
	"testing"

	"gapura/access/access"
)

// What the provider's people and an agency's programs read of what was kept of others is a record that names it.
func TestWhatIsReadOfOthersIsRecorded(t *testing.T) {
	w := newWalk(t)
	admin, auditor, program := w.actor("admin"), w.actor("auditor"), w.actor("aplikasi.dinpertan")
	scan, _ := w.letter(program.Institution)
	if got := w.send(program, "POST", "/api/v1/lookups", w.place(true), 0); got.Code != 200 {
		t.Fatal(got.Code, got.Body)
	}
	rows, _, err := w.p.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: program.Institution, Limit: 1})
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	receipt := rows[0].ID
	for _, c := range []struct {
		by         actor
		path, what string
	}{
		{admin, "/konsol/instansi/dinpertan/orang-uji", "orang uji dinpertan"},
		{program, "/api/v1/canaries", "orang uji dinpertan"},
		{auditor, fmt.Sprintf("/konsol/dokumen/%d", scan), fmt.Sprintf("berkas %d", scan)},
		{auditor, "/konsol/kuitansi/" + receipt.String(), "kuitansi " + receipt.String()},
	} {
		from := w.place(true)
		got := w.send(c.by, "GET", c.path, from, 0)
		rec, there := w.recorded(c.by, from)
		if got.Code != 200 || !there || rec.Outcome != string(access.Read) || rec.Reference != c.what {
			t.Errorf("%s by %s: %d, recorded %v %q %q", c.path, c.by.Login, got.Code, there, rec.Outcome, rec.Reference)
		}
	}
}
