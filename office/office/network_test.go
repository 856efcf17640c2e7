package office_test

import (
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// The network that the agency named and the bandwidth that the provider changed are what holds from the day of the case on; the next case
// begins with them, and the day before keeps what was then (E9).
func TestNetworkAndBandwidthFollowTheirCases(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinsos")
		scan := procedure.File{Title: "surat.pdf", Media: "application/pdf", Content: []byte("%PDF-1.7 rekaan")}
		day := func(n int) string { return i.Zone.Day(w.now).AddDate(0, 0, n).Format(time.DateOnly) }
		letter := procedure.Input{Letter: "470/5", LetterDay: i.Zone.Day(w.now)}
		named := letter
		named.Values = map[string]string{"penyedia": "Penyedia Rekaan", "bandwidth": "1 Mbps", "perkiraan_tersambung": day(3)}
		id := w.begin(i.ID, "jaringan", named, scan)
		w.take(chief, id, nil, "")
		if x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now); err != nil || x.Connection != (party.Connection{}) {
			t.Errorf("connected before it is: %v, %v", x.Connection, err)
		}
		w.take(operator, id, map[string]string{"tanggal_tersambung": day(-1)}, "")
		w.now = w.now.AddDate(0, 0, 5)
		x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now)
		slow := party.Connection{Provider: "Penyedia Rekaan", Bandwidth: "1 Mbps"}
		if err != nil || x.Connection != slow {
			t.Fatal(x.Connection, err)
		}
		bandwidth, _ := procedure.Find(w.office.Procedures, "bandwidth")
		if got := bandwidth.Steps[0].Fields[0].Initially(x); got != "1 Mbps" {
			t.Errorf("the change of bandwidth begins with %q", got)
		}
		asked := letter
		asked.LetterDay, asked.Values = i.Zone.Day(w.now), map[string]string{"bandwidth_lama": "1 Mbps", "bandwidth_baru": "5 Mbps"}
		id = w.begin(i.ID, "bandwidth", asked, scan)
		w.take(chief, id, nil, "")
		w.take(operator, id, map[string]string{"tanggal_perubahan": day(7)}, "")
		past, err := w.store.Institutions.Past(t.Context(), i.ID)
		if err != nil || len(past.Connections) != 2 {
			t.Fatal(past.Connections, err)
		}
		for n, want := range map[int]party.Connection{6: slow, 7: {Provider: "Penyedia Rekaan", Bandwidth: "5 Mbps"}} {
			if got, _ := party.AsOf(past.Connections, i.Zone.Day(w.now).AddDate(0, 0, n), w.now); got != want {
				t.Errorf("in %d days: %v, want %v", n, got, want)
			}
		}
	})
}
