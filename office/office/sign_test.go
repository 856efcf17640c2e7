package office_test

import (
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// A letter is signed by whoever has the mandate on its date: the head before, after, and again once the mandate is ended; no other letter
// changes. It takes two people.
func TestALetterIsSignedByWhoHasTheMandateOnItsDate(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		w.office.Details.OfficialPosition = "Kepala Dinas Rekaan"
		i, _ := w.agency("dinkes")
		scan := procedure.File{Title: "surat.pdf", Media: "application/pdf", Content: []byte("%PDF-1.7 rekaan")}
		day := func(n int) string { return party.WIB.Day(w.now).AddDate(0, 0, n).Format(time.DateOnly) }
		letter := func() string {
			t.Helper()
			id := w.begin(i.ID, "bandwidth", procedure.Input{Letter: "470/1", LetterDay: i.Zone.Day(w.now),
				Values: map[string]string{"bandwidth_lama": "1 Mbps", "bandwidth_baru": "5 Mbps"}}, scan)
			w.take(chief, id, nil, "")
			return w.letterOf(id)
		}
		mandate := func(name, as string, from, until int) {
			t.Helper()
			id := w.begin(party.Provider, "penanda-tangan", procedure.Input{Letter: "800/1", LetterDay: party.WIB.Day(w.now),
				Values: map[string]string{"penanda_tangan": name, "penanda_tangan_jabatan": "Sekretaris",
					"penanda_tangan_nip": "19800101 200501 1 001",
					"sebagai":            as, "mandat_mulai": day(from), "mandat_sampai": day(until)}}, scan)
			if _, err := w.step(operator, id, procedure.Input{Verdict: procedure.Approve}); err == nil {
				t.Error("one person gives the mandate")
			}
			w.take(chief, id, nil, "")
		}
		signed := func(want string) {
			t.Helper()
			got := letter()
			_, block, _ := strings.Cut(got, "terima kasih.")
			if !strings.Contains(block, want) {
				t.Errorf("signed %q, want %q", block, want)
			}
		}
		head := "Kepala Dinas Rekaan " + w.office.Details.Official
		mandate("Rekaan Sekretaris", "an", 2, 10)
		signed(head)
		w.now = w.now.AddDate(0, 0, 2)
		signed("a.n. Kepala Dinas Rekaan Sekretaris Rekaan Sekretaris NIP 19800101 200501 1 001")
		mandate("Rekaan Harian", "plh", 0, 1)
		signed("Plh. Kepala Dinas Rekaan Rekaan Harian")
		w.now = w.now.AddDate(0, 0, 2)
		signed("a.n. Kepala Dinas Rekaan Sekretaris")
		w.begin(party.Provider, "penanda-tangan-berakhir", procedure.Input{Letter: "800/3", LetterDay: party.WIB.Day(w.now),
			Values: map[string]string{"kembali_mulai": day(1)}}, scan)
		signed("a.n. Kepala Dinas Rekaan Sekretaris")
		w.now = w.now.AddDate(0, 0, 1)
		signed(head)
		all, err := w.store.Letters.Signatories(t.Context())
		if err != nil || len(all) != 3 || all[0].Letter != "800/1" || all[0].Known.IsZero() {
			t.Errorf("%+v, %v", all, err)
		}
		id, err := w.office.Open(t.Context(), operator, party.Provider, "penanda-tangan-berakhir")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(operator, id, procedure.Input{Letter: "800/4", LetterDay: party.WIB.Day(w.now),
			Values: map[string]string{"kembali_mulai": day(1)}}); err == nil {
			t.Error("a mandate that has ended is ended again")
		}
	})
}
