package console

import (
	"net/http"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

type values = map[string][]string

func TestCalendarAndTemplatesAreChangedWithARecord(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		admin := r.session("admin")
		before, err := r.store.Calendar.Holidays(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		day := map[string][]string{"hari": {"2026-11-30"}, "jenis": {"libur"}, "nama": {"Hari Rekaan"},
			"dasar": {"Keputusan Rekaan 1/2026"}}
		proposed := r.post(admin, "/konsol/kalender", day)
		if now, err := r.store.Calendar.Holidays(t.Context()); err != nil || len(now) != len(before) {
			t.Errorf("a day that was only proposed: %d, %v", len(now), err)
		}
		r.settle(proposed)
		after, err := r.store.Calendar.Holidays(t.Context())
		if err != nil || len(after) != len(before)+1 {
			t.Errorf("%d days, then %d, %v", len(before), len(after), err)
		}
		page := r.do(admin, "GET", "/konsol/surat/nda", nil, "").Body.String()
		if !strings.Contains(page, "Naskah bawaan") {
			t.Fatal("the template was changed before")
		}
		text, _, err := r.office.Text(t.Context(), "nda")
		if err != nil {
			t.Fatal(err)
		}
		change := map[string][]string{"teks": {text.Text + "\nKalimat tambahan kantor.\n"}, "versi": {"0"},
			"alasan": {"Permintaan kepala dinas"}}
		second := r.post(admin, "/konsol/surat/nda", change)
		r.settle(r.post(admin, "/konsol/surat/nda", change))
		if w := r.multipart(r.session("admin2"), second.Header().Get("Location"), map[string]string{"langkah": "1",
			"keputusan": procedure.Approve}, ""); w.Code == http.StatusSeeOther {
			t.Error("a text that was proposed for an older version was written over the newer one")
		}
		if text, version, err := r.office.Text(t.Context(), "nda"); err != nil || version != 1 || !strings.HasSuffix(text.Text,
			"tambahan kantor.\n") {
			t.Errorf("version %d, %v", version, err)
		}
		if w := r.post(admin, "/konsol/surat/nda", change); w.Code != http.StatusConflict {
			t.Errorf("written over a newer version: %d", w.Code)
		}
		changes, err := r.store.Journal.Changes(t.Context(), party.Provider, 0, 10)
		if err != nil || len(changes) < 2 || changes[0].Subject != "Templat nda" || changes[1].Subject != "Kalender 2026-11-30" {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}

func TestSentencesSayWhatChanged(t *testing.T) {
	for _, c := range []struct {
		change journal.Change
		want   string
	}{
		{journal.Change{Subject: "User ID a", After: "dinonaktifkan"}, "User ID a: dinonaktifkan."},
		{journal.Change{Subject: "User ID a", Before: "aktif", After: "dinonaktifkan"}, "User ID a: dari aktif menjadi dinonaktifkan."},
		{journal.Change{Subject: "Kalender", Before: "Hari Rekaan"}, "Kalender: Hari Rekaan dihapus."},
	} {
		if got := sentence(c.change.Before, c.change.Subject, c.change.After); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
