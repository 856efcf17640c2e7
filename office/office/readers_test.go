package office_test

import (
	"testing"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/storetest"
)

// A report of the past that nobody kept shows the readers as they were at its end: neither one that came later, nor what became of one
// since.
func TestAPastReportShowsTheReadersOfThen(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinsos")
		x, err := w.store.Cases.Facts(t.Context(), i.ID, w.now)
		if err != nil {
			t.Fatal(err)
		}
		var works reader.Reader
		for _, r := range x.Readers {
			if r.State == reader.Active {
				works = r
			}
		}
		if works.Serial == "" {
			t.Fatal("the demo's agency has no active reader")
		}
		active := func(s obligation.Semester) (n int) {
			t.Helper()
			k, err := office.ReportsOf(w.office).Report(t.Context(), i.ID, report.Semester(s))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range k.Report.Readers {
				if r.Name == reader.Active.Label() {
					n = r.N
				}
			}
			return n
		}
		semester := obligation.SemesterOf(w.now)
		w.now = semester.Next().Begins().AddDate(0, 0, 9).Add(3 * time.Hour)
		gone := works
		gone.State = reader.Deactivated
		if _, err := w.store.Rights.Apply(t.Context(), journal.Change{At: w.now, By: 1, Reason: "uji"},
			procedure.SetReader{Agency: i.ID, Old: works, New: gone}); err != nil {
			t.Fatal(err)
		}
		for s, want := range map[obligation.Semester]int{semester.Previous(): 0, semester: 1, semester.Next(): 0} {
			if got := active(s); got != want {
				t.Errorf("%s: %d active readers, want %d", s, got, want)
			}
		}
	})
}
