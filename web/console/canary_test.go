package console

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/store/storetest"
)

// Canaries are planted with a record, found like residents, told apart by agency, and gone when they are taken away.
func TestCanaries(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		admin := r.session("admin")
		at := "/konsol/instansi/dinpertan/orang-uji"
		form := func(pairs ...string) map[string][]string {
			f := map[string][]string{"kecamatan": {"33.03.01"}, "jumlah": {"3"}, "alasan": {"Pemeriksaan semester"}}
			for i := 0; i < len(pairs); i += 2 {
				f[pairs[i]] = []string{pairs[i+1]}
			}
			return f
		}
		for _, wrong := range [][2]string{{"kecamatan", "999999"}, {"kecamatan", "3303"}, {"jumlah", "0"}, {"jumlah", "21"},
			{"alasan", " "}} {
			if w := r.post(admin, at, form(wrong[0], wrong[1])); w.Code != http.StatusUnprocessableEntity ||
				!strings.Contains(w.Body.String(), `role="alert"`) {
				t.Errorf("%v: %d", wrong, w.Code)
			}
		}
		if w := r.post(admin, at, form()); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		officer, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.store.Canaries.Canaries(t.Context(), officer.Institution)
		if err != nil || len(list) != 3 {
			t.Fatal(len(list), err)
		}
		a, err := r.gate.Lookup(t.Context(), access.Request{
			Who: access.Known(officer.ID), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: list[0].NIK.Digits(),
			Purpose: demo.Purpose, Reference: "P-1",
		})
		if err != nil || a.Code != access.Found || a.Person.Name != list[0].Name {
			t.Fatal(a.Code, err)
		}
		list, err = r.store.Canaries.Canaries(t.Context(), officer.Institution)
		seen := map[string]int{}
		for _, c := range list {
			for _, v := range c.Values() {
				seen[v]++
			}
			if len(c.Records) > 0 && (c.Records[0] != a.Record.String() || len(c.Records) != 1) {
				t.Error("records", c.Records)
			}
		}
		if err != nil || len(seen) != 15 {
			t.Errorf("%d different values, %v", len(seen), err)
		}
		other, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinkes")
		if err != nil {
			t.Fatal(err)
		}
		if list, err := r.store.Canaries.Canaries(t.Context(), other.Institution); err != nil || len(list) != 0 {
			t.Error("another agency's", len(list), err)
		}
		if w := r.post(admin, at, form("cabut", "ya")); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		if f, err := r.store.Registry.Find(t.Context(), list[0].NIK); err != nil || f.Known {
			t.Error("found after it was taken away", err)
		}
		changes, err := r.store.Journal.Changes(t.Context(), officer.Institution, 0, 2)
		if err != nil || len(changes) != 2 || changes[0].Subject != "Orang uji" || changes[1].After != "3 ditanam" {
			t.Errorf("%+v, %v", changes, err)
		}
	})
}
