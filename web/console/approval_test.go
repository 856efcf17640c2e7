package console

import (
	"net/http"
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
