package office_test

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/document/pdftest"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/storetest"
)

// traffic writes random records of an agency over a semester, its first and last instants among them.
func (w *world) traffic(agency int64, users []party.User, s obligation.Semester, n int) {
	w.Helper()
	version, err := w.store.Rights.Version(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	pick := func(of ...string) string { return of[rng.IntN(len(of))] }
	first := party.WIB.Begin(s.Begins())
	long := party.WIB.Begin(s.Next().Begins()).Sub(first)
	var batch []*journal.Entry
	for i := range n {
		at := first.Add(time.Duration(rng.Int64N(int64(long))) / time.Microsecond * time.Microsecond)
		switch i {
		case 0:
			at = first
		case 1:
			at = first.Add(long - time.Microsecond)
		case 2:
			at = first.Add(-time.Microsecond) // of the semester before
		case 3:
			at = first.Add(long)
		}
		r := journal.Record{
			At: at, Act: pick(journal.ActLookup, journal.ActLookup, journal.ActMatch, journal.ActSignIn, journal.ActCard),
			User: users[rng.IntN(len(users))].ID, Method: pick(agreement.Portal, agreement.API, agreement.Legacy),
			Purpose: pick("bantuan", "benih", ""), Reference: "P", Outcome: pick(string(access.Found), string(access.Found),
				string(access.Unknown), string(access.Deceased), string(access.Quota)),
		}
		if r.Hit = !access.Code(r.Outcome).Refused(); r.Act == journal.ActCard {
			r.Method, r.Outcome, r.Hit = agreement.Reader, pick(string(access.Card), string(access.Device)), false
		}
		batch = append(batch, &journal.Entry{Log: agency, Day: party.WIB.Day(at), Rights: version,
			Decide: func(int) journal.Record { return r }})
	}
	if err := w.store.Journal.AppendRecords(w.Context(), batch); err != nil {
		w.Fatal(err)
	}
}

// count counts records by the very query that a figure's link leads to.
func (w *world) count(q access.HistoryQuery) (c report.Counts) {
	w.Helper()
	q.Limit = 10_000
	rows, more, err := w.store.Journal.Records(w.Context(), q)
	if err != nil || more {
		w.Fatal(err, more)
	}
	for _, r := range rows {
		code := access.Code(r.Outcome)
		switch {
		case r.Act != journal.ActLookup && r.Act != journal.ActMatch:
			continue
		case code.Refused():
			c.Refused++
		case code.Notice():
			c.Notices++
		case r.Act == journal.ActMatch:
			c.Matches++
		default:
			c.Data++
		}
		if r.Hit {
			c.Hits++
		}
	}
	return c
}

// Every figure is the count of the records behind it; the printed and the calculable report say the same; what was sent does not change
// with rights, records or templates.
func TestReport(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		ctx := t.Context()
		s := obligation.Semester{Year: 2026, Half: 2}
		p := report.Semester(s)
		i, _ := w.agency("dinpertan")
		users, err := w.store.Users.UsersOfAgency(ctx, i.ID, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		logins := map[string]int64{}
		for _, u := range users {
			logins[u.Login] = u.ID
		}
		w.traffic(i.ID, users, s, 600)
		other, _ := w.agency("dinkes")
		w.traffic(other.ID, users, s, 50)
		w.now = party.WIB.Begin(s.Ends()).Add(9 * time.Hour)
		k, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
		if err != nil {
			t.Fatal(err)
		}
		span := func(p report.Period) access.HistoryQuery {
			return access.HistoryQuery{Agency: i.ID, From: party.WIB.Begin(p.From), To: party.WIB.Begin(p.After())}
		}
		same := func(what string, got, want report.Counts) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %+v, the records say %+v", what, got, want)
			}
		}
		same("total", k.Report.Total, w.count(span(p)))
		q := span(p)
		q.Method, q.Outcome, q.Limit = agreement.Reader, access.Card, 10_000
		if rows, _, err := w.store.Journal.Records(ctx, q); err != nil || len(rows) < 20 || k.Report.Reads != len(rows) {
			t.Errorf("%d cards read, the records say %d, %v", k.Report.Reads, len(rows), err)
		}
		if k.Report.Total.Asked() < 300 || len(k.Report.Months) != 6 {
			t.Fatalf("%+v in %d months", k.Report.Total, len(k.Report.Months))
		}
		for n, m := range p.Months() {
			same(k.Report.Months[n].Name, k.Report.Months[n].Counts, w.count(span(m)))
			// A figure's link finds as many records as the figure says.
			for _, c := range report.Columns {
				q := span(m)
				q.Figure, q.Limit = c.Figure, 10_000
				if rows, _, err := w.store.Journal.Records(ctx, q); err != nil || len(rows) != c.Of(k.Report.Months[n].Counts) {
					t.Errorf("%s, %s: %d records, %v; the report says %d", m.Month(), c.Name, len(rows), err,
						c.Of(k.Report.Months[n].Counts))
				}
			}
		}
		for _, l := range k.Report.Users {
			q := span(p)
			if q.User = logins[l.Key]; q.User == 0 {
				t.Errorf("a line of %q", l.Key)
			}
			same(l.Key, l.Counts, w.count(q))
		}
		for _, g := range []struct {
			lines []report.Line
			set   func(*access.HistoryQuery, string)
		}{
			{k.Report.Purposes, func(q *access.HistoryQuery, key string) { q.Purpose = cmp.Or(key, access.NoPurpose) }},
			{k.Report.Methods, func(q *access.HistoryQuery, key string) { q.Method = key }},
			{k.Report.Outcomes, func(q *access.HistoryQuery, key string) { q.Outcome = access.Code(key) }},
		} {
			sum := 0
			for _, l := range g.lines {
				q := span(p)
				g.set(&q, l.Key)
				same(l.Key, l.Counts, w.count(q))
				sum += l.Asked()
			}
			if sum != k.Report.Total.Asked() {
				t.Errorf("a table sums up to %d of %d", sum, k.Report.Total.Asked())
			}
		}

		// On the semester's last day there is a draft, once, and the head is told.
		for range 2 {
			if err := office.RemindersOf(w.office).Look(ctx); err != nil {
				t.Fatal(err)
			}
		}
		drafts := 0
		for _, n := range w.notices(i.ID) {
			if strings.Contains(n.Text, "Draf laporan Semester 2 Tahun 2026") {
				drafts++
			}
		}
		if kept, found, err := w.store.Reports.KeptReport(ctx, i.ID, s.String()); err != nil || !found || kept.State != report.Draft ||
			drafts != 1 {
			t.Fatalf("draft %v, %d notices, %v", found, drafts, err)
		}

		head, _, err := w.store.Users.UserByLogin(ctx, "kepala.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		who := office.Actor{User: head.ID, Role: party.HeadOfAgency}
		if _, ok := errors.AsType[*told.Error](office.ReportsOf(w.office).Send(ctx, who, i.ID, s)); !ok {
			t.Error("sent without a narrative")
		}
		if err := office.ReportsOf(w.office).Keep(ctx, i.ID, p, map[string]string{"pelaksanaan": "Layanan pupuk.", "manfaat": "Cepat.",
			"kendala": "Tidak ada.", "tindak_lanjut": "Lanjut."}); err != nil {
			t.Fatal(err)
		}
		if err := office.ReportsOf(w.office).Send(ctx, operator, i.ID, s); !errors.Is(err, procedure.ErrReadOnly) {
			t.Errorf("sent by somebody else: %v", err)
		}
		if err := office.ReportsOf(w.office).Send(ctx, who, i.ID, s); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(office.ReportsOf(w.office).Send(ctx, who, i.ID, s), office.ReportsOf(w.office).Keep(ctx, i.ID, p,
			nil)); !errors.Is(err,
			report.ErrSent) {
			t.Errorf("sent twice: %v", err)
		}
		duty := func() obligation.State {
			t.Helper()
			facts, err := w.store.Duties.DutyFacts(ctx, 0, w.now)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range obligation.Duties(facts[i.ID], obligation.NewCalendar(nil), party.WIB.Day(w.now)) {
				if d.Rule.Key == "laporan-semester" && d.Period == s.String() {
					return d.State
				}
			}
			return ""
		}
		if st := duty(); st != obligation.Waiting {
			t.Errorf("the duty is %s", st)
		}
		sent, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
		if err != nil || sent.State != report.Sent || sent.Report.Total != k.Report.Total {
			t.Fatalf("%s %+v %v", sent.State, sent.Report.Total, err)
		}
		pdf, err := office.ReportsOf(w.office).PDF(ctx, sent.Report)
		if err != nil {
			t.Fatal(err)
		}
		stored, err := w.store.Files.FileContent(ctx, sent.File)
		if err != nil || !bytes.Equal(stored, pdf) {
			t.Error("the evidence is not the report", err)
		}
		words := strings.Join(strings.Fields(pdftest.Text(t, pdf)), " ")
		for _, says := range []string{"Semester 2 Tahun 2026", "Layanan pupuk.", "Permintaan : " + fmt.Sprint(sent.Report.Total.Asked()),
			"petugas.dinpertan"} {
			if !strings.Contains(words, says) {
				t.Errorf("the print lacks %q", says)
			}
		}
		sheet(t, sent.Report)

		// The past stays: more records of the same days, a user who is gone, a new semester.
		w.now = w.now.AddDate(0, 0, 3)
		w.traffic(i.ID, users, s, 40)
		if _, err := w.store.Rights.Apply(ctx, journal.Change{At: w.now, Reason: "pindah"},
			procedure.Deactivate{User: users[0]}); err != nil {
			t.Fatal(err)
		}
		after, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
		if err != nil || !reflect.DeepEqual(after.Report, sent.Report) {
			t.Errorf("a report that was sent has changed, %v", err)
		}
		// Returned, it may be changed and sent again; accepted, it fulfils the duty.
		admin := int64(1)
		for _, accept := range []bool{false, true} {
			k, _, err := w.store.Reports.KeptReport(ctx, i.ID, s.String())
			if err != nil {
				t.Fatal(err)
			}
			if ok, err := w.store.Duties.Judge(ctx, k.Evidence, admin, w.now, accept, ""); err != nil || !ok {
				t.Fatal(ok, err)
			}
			if !accept {
				if k, err = office.ReportsOf(w.office).Report(ctx, i.ID, p); err != nil || k.State != report.Returned ||
					k.Report.Total.Asked() <= sent.Report.Total.Asked() {
					t.Errorf("returned: %s, %d, %v", k.State, k.Report.Total.Asked(), err)
				}
				if err := office.ReportsOf(w.office).Send(ctx, who, i.ID, s); err != nil {
					t.Fatal(err)
				}
			}
		}
		if st := duty(); st != obligation.Met {
			t.Errorf("the duty is %s", st)
		}
		list, err := w.store.Reports.Reports(ctx, 0, s.String())
		if err != nil || len(list) == 0 {
			t.Error(len(list), err)
		}
		mails, err := w.store.Mails.Claim(ctx, w.now, w.now.Add(time.Hour), 1000)
		if err != nil {
			t.Fatal(err)
		}
		carried := 0
		for _, m := range mails {
			if m.File == sent.File {
				carried++
			}
		}
		if carried == 0 {
			t.Error("no mail carries the report")
		}
	})
}

// sheet checks that a workbook's figures are numbers and the report's.
func sheet(t *testing.T, r report.Report) {
	t.Helper()
	layout, err := report.LoadLayout(report.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.XLSX(layout, "")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for n, m := range r.Months {
		for col, want := range map[string]int{"B": m.Data, "C": m.Matches, "D": m.Notices, "E": m.Refused, "F": m.Asked(), "G": m.Hits} {
			cell := fmt.Sprintf("%s%d", col, n+2)
			got, err := f.GetCellValue("Bulanan", cell)
			kind, err2 := f.GetCellType("Bulanan", cell)
			if err != nil || err2 != nil || got != fmt.Sprint(want) || kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
				t.Errorf("%s is %q (%v), want %d", cell, got, kind, want)
			}
		}
	}
}

// A report that was never sent says too who was a user, head and owed what at the end of its period, whatever changes after.
func TestReportHoldsWhatWasAtTheEnd(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		ctx := t.Context()
		s := obligation.Semester{Year: 2026, Half: 2}
		p := report.Semester(s)
		i, _ := w.agency("dinpertan")
		look := func(at time.Time) report.Report {
			t.Helper()
			w.now = at
			if err := office.RemindersOf(w.office).Look(ctx); err != nil {
				t.Fatal(err)
			}
			k, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
			if err != nil {
				t.Fatal(err)
			}
			return k.Report
		}
		change := func(list ...procedure.Effect) {
			t.Helper()
			if _, err := w.store.Rights.Apply(ctx, journal.Change{At: w.now, Reason: "sesuai surat"}, list...); err != nil {
				t.Fatal(err)
			}
		}
		last := party.WIB.Begin(s.Ends()).Add(time.Hour)
		draft := look(last)
		users, err := w.store.Users.UsersOfAgency(ctx, i.ID, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		readers := func() []reader.Reader {
			x, err := w.store.Cases.Facts(ctx, i.ID, w.now)
			if err != nil {
				t.Fatal(err)
			}
			return x.Readers
		}
		n := slices.IndexFunc(readers(), func(r reader.Reader) bool { return r.State == reader.Active })
		old := readers()[n]
		off := old
		off.State = reader.Deactivated
		w.now = w.now.Add(time.Hour) // still the last day
		change(procedure.SetReader{Agency: i.ID, Old: old, New: off})
		over := look(last.AddDate(0, 0, 1))
		if reflect.DeepEqual(over.Readers, draft.Readers) {
			t.Error("what changed on the last day is not in the report")
		}
		late := i.Heads.Last()
		late.Name, late.Since = "Dra. Penerus", w.now.AddDate(0, 0, -3) // a letter that came late dates back
		for _, u := range users {
			if u.Role == party.Officer {
				change(procedure.SignNDA{User: u, On: party.WIB.Day(w.now), Form: "N-2"}, procedure.Deactivate{User: u,
					At: last.AddDate(0, 0, -30)})
			}
		}
		off2 := off
		off2.State = reader.Returned
		change(procedure.SetReader{Agency: i.ID, Old: off, New: off2}, procedure.ChangeHead{Agency: i.ID, Old: i.Heads.Last(), New: late})
		renamed := i
		renamed.Name = "Dinas Ketahanan Pangan"
		change(procedure.RenameInstitution{Old: i, New: renamed})
		for _, at := range []time.Time{last.AddDate(0, 0, 5), last.AddDate(0, 3, 0)} {
			after := look(at)
			after.Made = over.Made
			if !reflect.DeepEqual(after, over) {
				t.Errorf("a report of the past has changed:\n%+v\n%+v", over, after)
			}
		}
		seen, err := office.ReportsOf(w.office).Report(ctx, i.ID, p)
		if err != nil {
			t.Fatal(err)
		}
		if err := office.ReportsOf(w.office).Keep(ctx, i.ID, p, map[string]string{"kendala": "Ada."}); err != nil {
			t.Fatal(err)
		}
		if err := w.store.Reports.KeepDraft(ctx, seen, nil, nil); !errors.Is(err, report.ErrMoved) {
			t.Errorf("a draft that is behind was kept: %v", err)
		}
		if k, err := office.ReportsOf(w.office).Report(ctx, i.ID, p); err != nil || !reflect.DeepEqual(k.Report.People, over.People) ||
			k.Report.Agency != over.Agency || k.Report.Narrative["kendala"] != "Ada." {
			t.Errorf("a narrative has changed the report: %v", err)
		}
	})
}
