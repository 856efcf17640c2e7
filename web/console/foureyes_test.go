package console

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"gapura/store/storetest"
)

// The review lists who filled in and who decided, by what the database holds: a decision that was put in by hand under the name of who
// asked for it is found.
func TestTheReviewOfFourEyesFindsWhoDecidedAlone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		auditor := r.session("auditor")
		const path = "/konsol/empat-mata"
		if got := r.do(auditor, "GET", path+"?dari=2020-01-01&sampai=2020-01-31", nil, "").Body.String(); !strings.Contains(got,
			"Tidak ada putusan pada kurun ini.") {
			t.Error("of a time without cases:", got)
		}
		proposed := r.post(r.session("admin"), "/konsol/kalender", map[string][]string{"hari": {"2026-11-30"}, "jenis": {"libur"},
			"nama": {"Hari Rekaan"}, "dasar": {"Keputusan Rekaan 1/2026"}})
		r.settle(proposed)
		id := strings.TrimPrefix(proposed.Header().Get("Location"), "/konsol/berkas/")
		page := r.do(auditor, "GET", path, nil, "").Body.String()
		if !strings.Contains(page, "Semua putusan diambil orang lain") || !strings.Contains(page, `href="/konsol/berkas/`+id+`"`) ||
			strings.Contains(page, "satu orang") {
			t.Error("decided by two:", page)
		}
		driver := "sqlite"
		if strings.HasPrefix(url, "postgres") {
			driver = "pgx"
		}
		intruder, err := sql.Open(driver, url)
		if err != nil {
			t.Fatal(err)
		}
		defer intruder.Close()
		if _, err := intruder.ExecContext(t.Context(), `UPDATE case_steps SET by_user = (SELECT by_user FROM case_steps f WHERE f.case_id =
			case_steps.case_id AND f.seq = 0) WHERE case_id = $1`, id); err != nil {
			t.Fatal(err)
		}
		page = r.do(auditor, "GET", path, nil, "").Body.String()
		if !strings.Contains(page, "<strong>1 putusan diambil orang yang juga mengisinya:</strong>") {
			t.Error("decided by one:", page)
		}
		table := r.do(auditor, "GET", path+".csv", nil, "").Body.String()
		if !strings.Contains(table, "\n"+id+";") || !strings.Contains(table, ";satu orang") {
			t.Error(table)
		}
		for _, query := range []string{"?dari=kemarin", "?dari=2026-09-17&sampai=2026-09-16"} {
			for _, of := range []string{path, path + ".csv"} {
				if w := r.do(auditor, "GET", of+query, nil, ""); w.Code != http.StatusUnprocessableEntity {
					t.Errorf("%s%s: %d", of, query, w.Code)
				}
			}
		}
	})
}
