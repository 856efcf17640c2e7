package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/store/storetest"
)

// A head reports an incident of the own agency and no other head sees it; the office finds the accesses, without a NIK in any page or
// address, and searching for one is itself a record.
func TestIncidentPages(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url_ string) {
		r := open(t, url_)
		officer, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		q := access.Request{Who: access.Known(officer.ID), Method: agreement.Portal, Purpose: demo.Purpose, Reference: "P-1",
			NIK: r.found[0]}
		q.Address = netip.MustParseAddr("127.0.0.1")
		if a, err := r.gate.Lookup(t.Context(), q); err != nil || a.Code != access.Found {
			t.Fatal(a.Code, err)
		}
		head := r.session("kepala.dinpertan")
		report := url.Values{"jenis": {"kebocoran"}, "tanggal_diketahui": {"2026-09-16"}, "jam_diketahui": {"09:00"},
			"user": {"petugas.dinpertan"}, "uraian": {"Cetakan tertinggal."}}
		w := r.post(head, "/insiden", report)
		path := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(path, "/insiden/") {
			t.Fatal(w.Code, w.Body)
		}
		if body := r.do(head, "GET", path, nil, "").Body.String(); !strings.Contains(body, "Cetakan tertinggal.") || !strings.Contains(body,
			"Sisa 72 jam") {
			t.Error("the head does not see the own report or the clock")
		}
		first := func() string { return r.do(r.session("auditor"), "GET", "/konsol", nil, "").Body.String() }
		if !strings.Contains(first(), `href="/konsol`+path+`"`) || !strings.Contains(first(), "Sisa 72 jam") {
			t.Error("the incident is not on the console's first page")
		}
		foreign := url.Values{"jenis": {"kebocoran"}, "tanggal_diketahui": {"2026-09-16"}, "jam_diketahui": {"09:00"},
			"user": {"petugas.dinsos"}, "uraian": {"x"}, "instansi": {"dinsos"}}
		if w := r.post(head, "/insiden", foreign); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a report on another agency's user: %d", w.Code)
		}
		other := r.session("kepala.dinsos")
		if w := r.do(other, "GET", path, nil, ""); w.Code != http.StatusNotFound {
			t.Errorf("another head reads it: %d", w.Code)
		}
		if body := r.do(other, "GET", "/insiden", nil, "").Body.String(); strings.Contains(body, "Nomor 1") {
			t.Error("another head sees it in the list")
		}
		note := url.Values{"langkah": {"note"}, "baris": {"1"}, "uraian": {"catatan"}}
		if w := r.post(other, path, note); w.Code != http.StatusNotFound {
			t.Errorf("another head writes to it: %d", w.Code)
		}
		for _, act := range []string{"close", "handle", "notify"} {
			if w := r.post(head, path, url.Values{"langkah": {act}, "baris": {"1"},
				"uraian": {"x"}}); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("a head takes the step %s: %d", act, w.Code)
			}
		}
		if w := r.post(r.session("operator"), "/konsol"+path, url.Values{"langkah": {"close"}, "baris": {"1"},
			"uraian": {"x"}}); w.Code != http.StatusForbidden {
			t.Errorf("an operator closes: %d", w.Code)
		}

		admin := r.session("admin")
		if body := r.do(admin, "GET", "/konsol/insiden/baru?instansi=dinpertan&user=petugas.dinpertan&hari=2026-09-16", nil,
			"").Body.String(); !strings.Contains(body, `<option value="dinpertan" selected>`) ||
			!strings.Contains(body, `name="user" maxlength="100" value="petugas.dinpertan"`) || !strings.Contains(body,
			`name="dari" type="date" value="2026-09-16"`) {
			t.Error("what an alert says is not in the form")
		}
		before, _, err := r.store.Journal.LogState(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		w = r.post(admin, "/konsol"+path+"/akses", url.Values{"baris": {"1"}, "nik": {r.found[0]}})
		after, _, err := r.store.Journal.LogState(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "1 akses, 1 orang") || strings.Contains(body,
			r.found[0]) {
			t.Errorf("search by NIK: %d", w.Code)
		}
		if after.Tree.Size != before.Tree.Size+1 {
			t.Errorf("a search by NIK made %d records", after.Tree.Size-before.Tree.Size)
		}
		w = r.post(admin, "/konsol"+path+"/akses", url.Values{"baris": {"1"}, "instansi": {"dinpertan"}, "dari": {"2026-09-16"},
			"sampai": {"2026-09-16"}, "catat": {"ya"}})
		if w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		body := r.do(admin, "GET", "/konsol"+path, nil, "").Body.String()
		if !strings.Contains(body, "1 orang, 1 akses") || strings.Contains(body, r.found[0]) {
			t.Error("the affected resident is not there once and masked")
		}
		if strings.Contains(r.log.String(), r.found[0]) {
			t.Error("a NIK is in the log")
		}
	})
}
