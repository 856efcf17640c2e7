package console

import (
	"crypto/ed25519"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// An exception from the anchor is proposed by one administrator and approved by another; only then is there a file, which counts once.
func TestAnExceptionFromTheAnchorNeedsTwoAdministrators(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r, ctx := open(t, engine), t.Context()
		admin := r.session("admin")
		const page, file = "/konsol/jurnal/jangkar/persetujuan", "/konsol/jurnal/jangkar/persetujuan/berkas"
		ask := func(what, why string) string {
			w := r.post(admin, page, url.Values{"untuk": {what}, "alasan": {why}})
			if why == "" && (w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Alasan harus diisi")) {
				t.Errorf("without a reason: %d", w.Code)
			}
			return w.Header().Get("Location")
		}
		ask(journal.ApproveAnchor, "")
		w := r.post(admin, page, url.Values{"untuk": {journal.ApproveAnchor}, "alasan": {"Cakram diganti"}})
		if r.do(admin, "GET", file, nil, "").Code != http.StatusSeeOther {
			t.Error("there is a file before anybody approved")
		}
		r.settle(w)
		got := r.do(admin, "GET", file, nil, "")
		if body := r.do(r.session("auditor"), "GET", page, nil, "").Body.String(); got.Code != http.StatusOK ||
			!strings.Contains(body, "Cakram diganti") || !strings.Contains(body, "admin2") {
			t.Fatal(got.Code, body)
		}
		approval := got.Body.Bytes()
		change := journal.Change{At: r.now, Reason: "uji"}
		if _, refused := told.Text(r.store.Journal.BeginAnchor(ctx, change, journal.ApproveRestore, approval)); !refused {
			t.Error("it is taken for something else")
		}
		if err := r.store.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, approval); err != nil {
			t.Fatal(err)
		}
		if _, refused := told.Text(r.store.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, approval)); !refused {
			t.Error("it is taken twice")
		}
		if r.do(admin, "GET", file, nil, "").Code != http.StatusSeeOther {
			t.Error("a used one is handed out")
		}
	})
}

// A witness that lost its key gets another by two administrators alone, once, and only that key.
func TestALostWitnessesKeyNeedsTwoAdministrators(t *testing.T) {
	r, ctx := open(t, storetest.SQLite(t)), t.Context()
	key := func(seed string) string {
		c, err := journal.NewCosigner("a.example/saksi", ed25519.NewKeyFromSeed([]byte(strings.Repeat(seed, ed25519.SeedSize))))
		if err != nil {
			t.Fatal(err)
		}
		return c.VerifierKey()
	}
	change := journal.Change{At: r.now, Reason: "uji", Letter: "470/1"}
	if err := r.store.Witness.Enlist(ctx, change, []journal.PolicyWitness{{Name: "inspektorat", Key: key("a")}}); err != nil {
		t.Fatal(err)
	}
	admin := r.session("admin")
	const page, file = "/konsol/jurnal/jangkar/persetujuan", "/konsol/jurnal/jangkar/persetujuan/berkas"
	ask := func(name, k string) *httptest.ResponseRecorder {
		return r.post(admin, page, url.Values{"untuk": {"witness"}, "alasan": {"surat Inspektur 700/12"}, "saksi": {name}, "kunci": {k}})
	}
	for name, k := range map[string]string{"lain": key("n"), "inspektorat": key("a")} {
		if w := ask(name, k); w.Code != http.StatusUnprocessableEntity || !strings.Contains(html.UnescapeString(w.Body.String()), k) {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	w := ask("inspektorat", key("n"))
	if r.do(admin, "GET", file, nil, "").Code != http.StatusSeeOther {
		t.Error("there is a file before anybody approved")
	}
	r.settle(w)
	approval := r.do(admin, "GET", file, nil, "").Body.Bytes()
	if err := r.store.Witness.ReplaceWitness(ctx, change, "inspektorat", key("o"), "", approval); err == nil {
		t.Error("another key is taken")
	}
	if err := r.store.Journal.BeginAnchor(ctx, change, journal.ApproveAnchor, approval); err == nil {
		t.Error("the anchor begins anew by it")
	}
	if err := r.store.Witness.ReplaceWitness(ctx, change, "inspektorat", key("n"), "", approval); err != nil {
		t.Fatal(err)
	}
	if err := r.store.Witness.ReplaceWitness(ctx, change, "inspektorat", key("n"), "", approval); err == nil {
		t.Error("it is taken twice")
	}
	list, err := r.store.Journal.Changes(ctx, 0, 0, 1)
	if err != nil || !strings.Contains(list[0].After, "admin dan admin2: surat Inspektur 700/12") {
		t.Errorf("the log tells %+v, %v", list, err)
	}
}
