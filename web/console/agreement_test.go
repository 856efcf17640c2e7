package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// The page answers what was granted on a day, and what was believed of it on a day: an addendum that is recorded today was not known
// yesterday, and changes no day before (E2).
func TestThePageOfAnAgreementAnswersBothQuestions(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	page := func(query string, status int) string {
		t.Helper()
		w := r.do(r.session("operator"), "GET", "/konsol/perjanjian/dinsos/2"+query, nil, "")
		if w.Code != status {
			t.Fatalf("%s: %d", query, w.Code)
		}
		_, body, _ := strings.Cut(w.Body.String(), `id="pada-tanggal"`)
		body, _, _ = strings.Cut(body, "<h2>Linimasa")
		return body
	}
	st, err := r.store.Rights.Agency(t.Context(), 2)
	if err != nil || st.Institution.Code != "dinsos" {
		t.Fatal(st.Institution.Code, err)
	}
	today := party.WIB.Day(r.now)
	text := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	r.now = r.now.AddDate(0, 0, 10)
	quota := 777
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji"}, procedure.AddAddendum{
		Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "AD/77", SignedOn: today, EffectiveOn: today.AddDate(0, 0, 5),
			Change: agreement.Change{Quota: &quota}}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query          string
		quota, addenda bool
		says           string
	}{
		{"", true, true, "777 per hari"},
		{"?tanggal=" + text(10) + "&catatan=" + text(9), false, false, "200 per hari"}, // not known yesterday
		{"?tanggal=" + text(7), false, false, "200 per hari"},                          // written late: no day before has changed
		{"?tanggal=" + text(20) + "&catatan=" + text(9), false, false, "200 per hari"},
		{"?tanggal=" + text(20), true, true, "777 per hari"},
		{"?catatan=" + text(-1), false, false, "belum ada dalam catatan"},
		{"?tanggal=2020-01-01", false, false, "Pada hari itu perjanjian tidak berlaku"},
	} {
		body := page(c.query, http.StatusOK)
		if strings.Contains(body, "777 per hari") != c.quota || strings.Contains(body, "AD/77") != c.addenda || !strings.Contains(body,
			c.says) {
			t.Errorf("%q: %s", c.query, body)
		}
	}
	if body := page("", http.StatusOK); !strings.Contains(body, "Dra. Kusumawardani Lestarina, Kepala Dinas Sosial") ||
		!strings.Contains(body, "petugas.dinsos") {
		t.Error("who answers, and who uses:", body)
	}
	if body := page("?catatan="+text(-1), http.StatusOK); strings.Contains(body, "petugas.dinsos") {
		t.Error("a user id is shown that was not known then")
	}
	for _, bad := range []string{"?tanggal=x", "?catatan=2026-02-31"} {
		if body := page(bad, http.StatusBadRequest); !strings.Contains(body, "tidak dapat dibaca") {
			t.Errorf("%s: %s", bad, body)
		}
	}
}
