package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/store/storetest"
)

// People see which witnesses outside the office do not cosign, since when, and how far each is behind.
func TestThePageOfWitnessesTellsWhoIsMissing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r, ctx := open(t, url), t.Context()
		auditor := r.session("auditor")
		page := func(path string) string {
			w := r.do(auditor, "GET", path, nil, "")
			if w.Code != http.StatusOK {
				t.Fatal(path, w.Code)
			}
			return w.Body.String()
		}
		if said := page("/konsol/saksi"); !strings.Contains(said, "Belum ada saksi") {
			t.Error(said)
		}
		change := journal.Change{At: r.now, Reason: "uji"}
		if err := r.store.Witness.Enlist(ctx, change, []journal.PolicyWitness{{Name: "inspektorat", Key: "k1"},
			{Name: "provinsi", Key: "k2"}}); err != nil {
			t.Fatal(err)
		}
		dinsos, _, _, err := r.store.Institutions.InstitutionByCode(ctx, "dinsos")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.records.Notary.Sign(ctx); err != nil {
			t.Fatal(err)
		}
		sizes, err := r.store.Witness.NewestCheckpoints(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.store.Witness.KeepGiven(ctx, witness.Given{Log: dinsos.ID, Size: sizes[dinsos.ID],
			Cosignature: journal.Cosignature{Witness: "inspektorat", At: r.now, Line: "— x y\n"}}, r.now); err != nil {
			t.Fatal(err)
		}
		since := r.now.Add(-2 * time.Hour)
		for _, at := range []time.Time{since, r.now} { // told since the first time
			if err := r.store.Witness.WitnessFailed(ctx, "provinsi", at, "it answers with status 503"); err != nil {
				t.Fatal(err)
			}
		}
		said := page("/konsol/saksi")
		clock := since.In(time.FixedZone("WIB", 7*60*60)).Format("15.04")
		for _, want := range []string{"inspektorat", "tidak menandatangani</b> sejak ", clock, "it answers with status 503"} {
			if !strings.Contains(said, want) {
				t.Errorf("%q is missing: %s", want, said)
			}
		}
		if said := page("/konsol/jurnal"); !strings.Contains(said, "Saksi di luar kantor tidak menandatangani:") ||
			!strings.Contains(said, "provinsi sejak ") || strings.Contains(said, "inspektorat sejak ") {
			t.Error(said)
		}
		if said := page("/konsol/jurnal/dinsos"); !strings.Contains(said, "inspektorat: ") {
			t.Error("the log's page doesn't tell who cosigned it")
		}
	})
}
