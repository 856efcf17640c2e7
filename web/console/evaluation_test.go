package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document/pdftest"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/evaluation"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
	"gapura/web/site"
)

// An evaluation is judged on what the records say, frozen when it is proposed, decided by somebody else, recorded, told to the agency and
// reported to the Director General.
func TestEvaluationFromFiguresToReport(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url_ string) {
		r := open(t, url_)
		ctx := t.Context()
		r.office.Details.Ministry = "dirjen@pusat.example"
		for n := range 6 {
			r.ask("petugas.dinpertan", r.found[n])
		}
		for range 3 {
			r.ask("petugas.dinpertan", r.unknown)
		}
		r.ask("petugas.dinpertan", "12")
		officer, _, err := r.store.Users.UserByLogin(ctx, "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		agency := officer.Institution
		period := obligation.SemesterOf(start)
		if err := r.store.Derived.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		// The month's days pass, so that what is without data balikan is overdue.
		r.now = r.now.AddDate(0, 2, 0)
		if period != obligation.SemesterOf(r.now) {
			t.Fatal("the half-year has changed")
		}
		all, err := office.ReportsOf(r.office).Figures(ctx, period)
		if err != nil {
			t.Fatal(err)
		}
		want := r.counted(agency, 0, time.Time{}, r.now)
		f := all[agency]
		if f.Lookups != want["all"] || f.Found != want["found"] || f.Unknown != want["unknown"] || f.Malformed != want["malformed"] ||
			f.Hits != want["hit"] || f.Refused != 0 || f.Notices != 4 || want["all"] != 10 {
			t.Errorf("%+v, the records say %v", f, want)
		}
		if one, err := office.ReportsOf(r.office).FiguresOf(ctx, agency, period); err != nil || one != f {
			t.Errorf("one agency's figures are %+v, among all %+v, %v", one, f, err)
		}
		if f.Opened != 6 || f.Overdue != 6 || f.Met != 0 {
			t.Errorf("data balikan: %+v", f)
		}
		if other := all[agency+1]; other.Lookups != 0 || other.Overdue != 0 {
			t.Errorf("another agency has them too: %+v", other)
		}

		operator, admin, path := r.session("operator"), r.session("admin"), "/konsol/evaluasi/dinpertan?semester="+period.String()
		body := r.do(operator, "GET", path, nil, "").Body.String()
		result := evaluation.DefaultRules.Evaluate(f)
		for _, label := range []string{">" + bahasa.Number(result.Score) + "<", result.Grade + ", " + result.Name, result.Advice[0]} {
			if !strings.Contains(body, label) {
				t.Errorf("the page does not say %s", label)
			}
		}
		w := r.post(operator, path, url.Values{"semester": {period.String()}, "keputusan": {"limit"},
			"rekomendasi": {"Kirim data balikan.\nPeriksa NIK."}})
		file := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(file, "/konsol/berkas/") {
			t.Fatal(w.Code, w.Body)
		}
		if w := r.post(operator, path, url.Values{"semester": {period.String()}, "keputusan": {"warn"}}); w.Code != http.StatusConflict {
			t.Errorf("a second proposal while the first waits: %d", w.Code)
		}
		if w := r.post(r.session("auditor"), path, url.Values{"semester": {period.String()},
			"keputusan": {"warn"}}); w.Code != http.StatusForbidden {
			t.Errorf("an auditor proposes: %d", w.Code)
		}
		approve := map[string]string{"langkah": "1", "keputusan": "approve"}
		if w := r.multipart(operator, file, approve, ""); w.Code != http.StatusConflict {
			t.Errorf("the proposer decides: %d", w.Code)
		}
		// What happens between proposal and decision does not change what is decided on.
		r.ask("petugas.dinpertan", r.unknown)
		if w := r.multipart(admin, file, approve, ""); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body, r.log)
		}
		list, err := r.store.Evaluations.EvaluationsOfAgency(ctx, agency, 10)
		if err != nil || len(list) != 1 {
			t.Fatal(len(list), err)
		}
		if e := list[0]; e.Figures != f || e.Result.Score != result.Score || e.Decided.IsZero() || e.Decision != evaluation.Limit ||
			!slices.Equal(e.Result.Advice, []string{"Kirim data balikan.", "Periksa NIK."}) {
			t.Errorf("decided: %+v", e)
		}
		if live, err := office.ReportsOf(r.office).Figures(ctx, period); err != nil || live[agency].Unknown != f.Unknown+1 {
			t.Errorf("the live figures stand still: %+v, %v", live[agency], err)
		}
		changes, err := r.store.Journal.Changes(ctx, agency, 0, 1)
		if err != nil || len(changes) != 1 || changes[0].Subject != "Evaluasi "+period.String() || !strings.Contains(changes[0].After,
			"Dibatasi") || changes[0].Letter == "" {
			t.Errorf("the change is %+v, %v", changes, err)
		}
		facts, err := r.store.Duties.DutyFacts(ctx, 0, r.now)
		if err != nil {
			t.Fatal(err)
		}
		duties := obligation.Duties(facts[agency], obligation.NewCalendar(obligation.DefaultHolidays()), party.WIB.Day(r.now))
		if !slices.ContainsFunc(duties, func(d obligation.Duty) bool {
			return d.Rule.Key == "evaluasi" && d.Period == period.String() && d.State == obligation.Met
		}) {
			t.Error("the provider's duty of the half-year is not met")
		}
		body = r.do(operator, "GET", path, nil, "").Body.String()
		if !strings.Contains(body, "Diputuskan") || !strings.Contains(body, `name="prosedur" value="perubahan"`) {
			t.Error("the page does not lead on to the procedure that limits")
		}
		if g := strings.Contains(r.do(operator, "GET", "/konsol/berkas/baru?instansi=dinpertan", nil, "").Body.String(),
			"Keputusan evaluasi"); g {
			t.Error("the procedure can be begun without figures")
		}
		head := r.session("kepala.dinpertan")
		if body := r.do(head, "GET", "/evaluasi", nil, "").Body.String(); !strings.Contains(body, "Dibatasi") || !strings.Contains(body,
			"Periksa NIK.") {
			t.Error("the head does not see the own agency's evaluation")
		}
		if got := tilesOf(r.do(head, "GET", "/dasbor", nil, "").Body.String())["Evaluasi "+period.Words()]; got != bahasa.Number(
			result.Score)+" ("+result.Grade+")" {
			t.Errorf("the head's dashboard says %q", got)
		}
		if body := r.do(r.session("kepala.dinkes"), "GET", "/evaluasi", nil, "").Body.String(); !strings.Contains(body,
			"Belum ada evaluasi") {
			t.Error("another head sees it too")
		}
		letters, err := r.store.Files.Files(ctx, agency, 0, 10)
		if err != nil || len(letters) == 0 || letters[0].Kind != "evaluasi" {
			t.Fatal(letters, err)
		}
		content, err := r.store.Files.FileContent(ctx, letters[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if words := strings.Join(strings.Fields(pdftest.Text(t, content)), " "); !strings.Contains(words, "Dibatasi") ||
			!strings.Contains(words, period.Words()) || !strings.Contains(words, "Periksa NIK.") || !strings.Contains(words,
			"Data balikan 30 %") {
			t.Errorf("the letter: %s", words)
		}

		// The letter waits for all agencies that had an agreement, and tells of no other.
		w = r.post(operator, "/konsol/evaluasi", url.Values{"semester": {period.String()}})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "belum diputuskan (Dinas Kesehatan,") {
			t.Errorf("a letter with undecided evaluations: %d", w.Code)
		}
		if reports, err := r.store.Evaluations.MinistryReports(ctx, period); err != nil || len(reports) != 0 {
			t.Errorf("%d letters were made, %v", len(reports), err)
		}
		if _, err := r.store.Rights.Apply(ctx, journal.Change{At: r.now, Reason: "uji"}, procedure.CreateInstitution{
			Institution: party.Institution{Code: "dinbaru", Name: "Dinas Baru", Zone: party.WIB, Heads: party.Heads{{Name: "Rekaan Baru",
				Position: "Kepala", Since: period.Begins()}}}}); err != nil {
			t.Fatal(err)
		}
		without := r.decideAll(operator, admin, period)
		if len(without) == 0 {
			t.Fatal("every agency has an agreement")
		}
		w = r.post(operator, "/konsol/evaluasi", url.Values{"semester": {period.String()}})
		if w.Code != http.StatusSeeOther || !strings.Contains(w.Header().Get("Location"), "terkirim") {
			t.Fatal(w.Code, w.Header())
		}
		reports, err := r.store.Evaluations.MinistryReports(ctx, period)
		if err != nil || len(reports) != 1 || reports[0].Sent.IsZero() {
			t.Fatal(reports, err)
		}
		mails, err := r.store.Mails.MailList(ctx, 0, 100)
		if err != nil || !slices.ContainsFunc(mails, func(m notify.Mail) bool {
			return m.To == "dirjen@pusat.example" &&
				m.File == reports[0].File
		}) {
			t.Errorf("no mail with the report, %v", err)
		}
		content, err = r.store.Files.FileContent(ctx, reports[0].File)
		if err != nil {
			t.Fatal(err)
		}
		words := strings.ReplaceAll(strings.Join(strings.Fields(pdftest.Text(t, content)), " "), " %", "%")
		if !strings.Contains(words, "Dinas Pertanian 10 0%") || !strings.Contains(words, "Dibatasi") || !strings.Contains(words,
			"Dinas Sosial 0 —") || strings.Contains(words, "belum diputuskan") {
			t.Errorf("the report: %s", words)
		}
		for _, name := range without {
			if strings.Contains(words, name) {
				t.Errorf("%s had no agreement and is reported: %s", name, words)
			}
		}
		r.office.Details.Ministry = ""
		if w := r.post(operator, "/konsol/evaluasi", url.Values{"semester": {period.String()}}); !strings.Contains(
			w.Header().Get("Location"), "dibuat") {
			t.Error(w.Code, w.Header())
		}
		if reports, err = r.store.Evaluations.MinistryReports(ctx, period); err != nil || len(reports) != 2 || !reports[0].Sent.IsZero() {
			t.Fatal(reports, err)
		}
		if w := r.post(operator, "/konsol/evaluasi", url.Values{"semester": {period.String()},
			"berkas": {site.ID(reports[0].File)}}); w.Code != http.StatusSeeOther {
			t.Error(w.Code)
		}
		if w := r.post(operator, "/konsol/evaluasi", url.Values{"semester": {"2020-1"},
			"berkas": {site.ID(reports[0].File)}}); w.Code != http.StatusNotFound {
			t.Errorf("a report of another half-year: %d", w.Code)
		}
		if reports, err = r.store.Evaluations.MinistryReports(ctx, period); err != nil || reports[0].Sent.IsZero() {
			t.Error("it is not marked as delivered", err)
		}
	})
}

// decideAll proposes and decides whatever is not decided of a half-year, and returns the names of the agencies that cannot be.
func (r *room) decideAll(operator, admin string, p obligation.Semester) (without []string) {
	r.Helper()
	list, err := r.store.Evaluations.EvaluationsOfPeriod(r.Context(), p)
	if err != nil {
		r.Fatal(err)
	}
	all, err := r.store.Rights.Everyone(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	for _, st := range all {
		i := st.Institution
		if slices.ContainsFunc(list, func(e evaluation.Evaluation) bool { return e.Agency == i.ID && !e.Decided.IsZero() }) {
			continue
		}
		path := "/konsol/evaluasi/" + i.Code + "?semester=" + p.String()
		page := r.do(operator, "GET", path, nil, "").Body.String()
		w := r.post(operator, path, url.Values{"semester": {p.String()}, "keputusan": {"continue"}})
		if w.Code == http.StatusConflict && strings.Contains(w.Body.String(), "tidak mempunyai perjanjian") {
			if !strings.Contains(page, "tidak dinilai") || strings.Contains(page, "Usulkan keputusan") {
				r.Errorf("%s had no agreement, and the page does not say so", i.Name)
			}
			without = append(without, i.Name)
			continue
		}
		file := w.Header().Get("Location")
		if w = r.multipart(admin, file, map[string]string{"langkah": "1", "keputusan": "approve"}, ""); w.Code != http.StatusSeeOther {
			r.Fatal(i.Name, w.Code, w.Body)
		}
	}
	return without
}
