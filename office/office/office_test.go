package office_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/demo/demotest"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

var start = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

type world struct {
	*testing.T
	store  *store.DB
	office *office.Office
	now    time.Time
}

func open(t *testing.T, url string) *world {
	t.Helper()
	w := &world{T: t, now: start}
	w.store, _, _ = demotest.District(t, url, start, 10, 1)
	w.office = &office.Office{Store: w.store.Office(), Procedures: procedure.Defaults(), Now: func() time.Time { return w.now },
		Details: office.Details{Name: "Dinas Rekaan", Email: "dukcapil@rekaan.example", LetterClass: "400.12"}}
	return w
}

var (
	operator = office.Actor{User: 3, Role: party.Operator}
	chief    = office.Actor{User: 2, Role: party.Administrator}
)

func (w *world) agency(code string) (party.Institution, *agreement.Grant) {
	w.Helper()
	i, all, found, err := w.store.Institutions.InstitutionByCode(w.Context(), code)
	if err != nil || !found {
		w.Fatal(code, err)
	}
	g, _ := agreement.Current(all, w.now, i.Zone.Day(w.now))
	return i, g
}

func (w *world) notices(agency int64) []procedure.Notice {
	w.Helper()
	all, err := w.store.Notices.Notices(w.Context(), agency, 0, 10_000)
	if err != nil {
		w.Fatal(err)
	}
	return all
}

// Looking twice sends nothing twice, a machine that slept sends what stands now, and readers end with their agreement, once, with a BAST.
func TestLookIsRepeatable(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		look := func() int {
			t.Helper()
			if err := office.RemindersOf(w.office).Look(t.Context()); err != nil {
				t.Fatal(err)
			}
			return len(w.notices(party.Provider))
		}
		first := look()
		if again := look(); again != first || first == 0 {
			t.Fatalf("%d notices, then %d", first, again)
		}
		// Disperin's agreement had ended when the district was made; its readers go at the first look.
		ended, _ := w.agency("disperin")
		x, err := w.store.Cases.Facts(t.Context(), ended.ID, w.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range x.Readers {
			if r.State != reader.Deactivated {
				t.Errorf("%s is %s", r.Serial, r.State)
			}
		}
		files, err := w.store.Files.Files(t.Context(), ended.ID, 0, 10)
		if err != nil || len(files) != 1 || files[0].Kind != "bast-sam" {
			t.Errorf("%d letters, %v", len(files), err)
		}
		content, err := w.store.Files.FileContent(t.Context(), files[0].ID)
		if err != nil || !strings.HasPrefix(string(content), "%PDF") {
			t.Errorf("the BAST is no PDF: %v", err)
		}
		pertanian, g := w.agency("dinpertan")
		count := func() (n int) {
			for _, x := range w.notices(pertanian.ID) {
				if strings.Contains(x.Text, "perpanjangan") {
					n++
				}
			}
			return n
		}
		if n := count(); n != 0 {
			t.Fatalf("%d reminders of an extension that is far away", n)
		}
		for i, ahead := range []struct{ months, days int }{{6, 0}, {2, 20}, {2, 10}, {2, 5}, {2, 1}, {1, 0}} {
			w.now = g.EndsOn.AddDate(0, -ahead.months, -ahead.days).Add(2 * time.Hour)
			look()
			look()
			if n := count(); n != i+1 {
				t.Errorf("%d months and %d days before the end: %d reminders, want %d", ahead.months, ahead.days, n, i+1)
			}
		}
		mails, err := w.store.Mails.MailList(t.Context(), 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(mails, func(m notify.Mail) bool {
			return m.To == "kantor@dinpertan.example" && strings.Contains(m.Subject, "perpanjangan") && strings.Contains(m.Body,
				"Juknis VI.F")
		}) {
			t.Error("the agency got no mail of the extension")
		}
	})
}

// A change of office takes effect on its day and not before, also when it is made known ahead (B7).
func TestChangeOfHeadAsksForTheSPTJMAgain(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinsos")
		agency := func() access.Standing {
			st, err := w.store.Rights.Agency(t.Context(), i.ID)
			if err != nil {
				t.Fatal(err)
			}
			return st
		}
		today := party.WIB.Day(w.now)
		opens := func(day time.Time) bool {
			g, _ := agreement.Current(agency().Agreements, day.Add(time.Hour), day)
			return g.Opens()
		}
		if !opens(today) {
			t.Fatal("nobody answers for the demo's agency")
		}
		note := journal.Change{At: w.now, By: 1, Reason: "uji"}
		tomorrow := today.AddDate(0, 0, 1)
		next := party.Head{Name: "Rekaan Empat", Position: "Kepala Dinas Sosial", Since: tomorrow}
		if _, err := w.store.Rights.Apply(t.Context(), note, procedure.ChangeHead{Agency: i.ID, Old: i.Head(today),
			New: next}); err != nil {
			t.Fatal(err)
		}
		i = agency().Institution
		if i.Head(today).Name == next.Name || i.Head(tomorrow).Name != next.Name || len(i.Heads) != 2 {
			t.Errorf("%+v", i.Heads)
		}
		if !opens(today) || opens(tomorrow) {
			t.Errorf("today %v, tomorrow %v", opens(today), opens(tomorrow))
		}
		if _, err := w.store.Rights.Apply(t.Context(), note, procedure.SignSPTJM{Agreement: agency().Agreements[0], Head: i.Head(tomorrow),
			SPTJM: agreement.SPTJM{Head: i.Head(tomorrow).ID, SignedOn: tomorrow}}); err != nil {
			t.Fatal(err)
		}
		if !opens(today) || !opens(tomorrow) {
			t.Error("the new SPTJM does not count")
		}
	})
}

// Every new head is reminded of the SPTJM, also when the one before was.
func TestEachHeadIsRemindedOfTheSPTJM(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		for n := range 3 {
			i, _ := w.agency("dinsos")
			next := party.Head{Name: fmt.Sprintf("Rekaan %d", n), Position: "Kepala Dinas Sosial", Since: party.WIB.Day(w.now)}
			if _, err := w.store.Rights.Apply(t.Context(), journal.Change{At: w.now, By: 1, Reason: "uji"},
				procedure.ChangeHead{Agency: i.ID, Old: i.Heads.Last(), New: next}); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.AddDate(0, 0, 15)
			for range 2 {
				if err := office.RemindersOf(w.office).Look(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			told := 0
			for _, x := range w.notices(i.ID) {
				if strings.Contains(x.Text, "SPTJM") && strings.Contains(x.Text, "telah lewat") {
					told++
				}
			}
			if told != n+1 {
				t.Errorf("head %d: %d reminders", n+1, told)
			}
			w.now = w.now.AddDate(0, 0, 1)
		}
	})
}

// A terminated agreement owes nothing that became due later. One whose end lies ahead still works, and owes by that end.
func TestTerminationEndsTheDuties(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, all, _, err := w.store.Institutions.InstitutionByCode(t.Context(), "dinsos")
		if err != nil {
			t.Fatal(err)
		}
		at := w.now.AddDate(0, 0, 3)
		end := procedure.Decide{Agreement: all[0], Decision: agreement.Decision{Kind: agreement.Terminate, From: at, Reason: "uji",
			Letter: "1"}}
		if _, err := w.store.Rights.Apply(t.Context(), journal.Change{At: w.now, By: 1, Reason: "uji"}, end); err != nil {
			t.Fatal(err)
		}
		facts := func(now time.Time) obligation.Facts {
			t.Helper()
			f, err := w.store.Duties.DutyFacts(t.Context(), 0, now)
			if err != nil || len(f[i.ID]) != 1 {
				t.Fatal(f[i.ID], err)
			}
			return f[i.ID][0]
		}
		if f := facts(w.now); !f.Works || !f.Closes || !f.EndsOn.Equal(party.WIB.Day(at)) {
			t.Errorf("before: %+v", f)
		}
		later := at.AddDate(1, 0, 0)
		f := facts(later)
		if f.Works || !f.EndsOn.Equal(party.WIB.Day(at)) {
			t.Errorf("after: %+v", f)
		}
		for _, x := range obligation.Duties([]obligation.Facts{f}, obligation.NewCalendar(obligation.DefaultHolidays()),
			party.WIB.Day(later)) {
			if x.Rule.Kind == "extension" || x.Period > "2026-2" {
				t.Errorf("%s %s is owed after the termination", x.Rule.Key, x.Period)
			}
		}
	})
}

// Many people at once: a step is taken by one of them, and no number of a letter is given twice.
func TestStepsAndLetterNumbersAreTakenOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinkes")
		const cases = 6
		var mu sync.Mutex
		var taken, moved int
		var wg sync.WaitGroup
		for range cases {
			id, err := w.office.Open(t.Context(), operator, i.ID, "bandwidth")
			if err != nil {
				t.Fatal(err)
			}
			study := []procedure.File{{Title: "Kajian", Media: "application/pdf", Content: []byte("%PDF")}}
			if _, err := w.office.Take(t.Context(), operator, id, 0, procedure.Input{Letter: "470/1", LetterDay: party.WIB.Day(w.now),
				Values: map[string]string{"bandwidth_lama": "1 Mbps", "bandwidth_baru": "5 Mbps"}}, study); err != nil {
				t.Fatal(err)
			}
			for range 4 {
				wg.Go(func() {
					_, err := w.office.Take(t.Context(), chief, id, 1, procedure.Input{Verdict: procedure.Approve}, nil)
					mu.Lock()
					defer mu.Unlock()
					switch {
					case err == nil:
						taken++
					case errors.Is(err, office.ErrMoved):
						moved++
					default:
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		if taken != cases || moved != 3*cases {
			t.Errorf("%d taken, %d told that the case moved on", taken, moved)
		}
		files, err := w.store.Files.Files(t.Context(), i.ID, 0, 100)
		files = slices.DeleteFunc(files, func(f procedure.File) bool { return f.Kind != "perubahan-bandwidth" })
		if err != nil || len(files) != cases {
			t.Fatalf("%d letters, %v", len(files), err)
		}
		numbers := map[string]bool{}
		for _, f := range files {
			numbers[f.Number] = true
		}
		if len(numbers) != cases {
			t.Errorf("%d numbers for %d letters", len(numbers), cases)
		}
	})
}

// A correction is a further entry of the same step: both stay, the last one counts, and the case waits for the same step as before.
func TestACorrectionIsAFurtherEntry(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, _ := w.agency("dinkes")
		id, err := w.office.Open(t.Context(), operator, i.ID, "perselisihan")
		if err != nil {
			t.Fatal(err)
		}
		in := procedure.Input{Letter: "470/1", LetterDay: party.WIB.Day(w.now), Values: map[string]string{"uraian": "keliru"}}
		if _, err := w.office.Take(t.Context(), operator, id, 0, in, nil); err != nil {
			t.Fatal(err)
		}
		in.Letter, in.Values = "470/2", map[string]string{"uraian": "benar"}
		for _, c := range []struct {
			who  office.Actor
			saw  int
			want bool
		}{{chief, 1, false}, {operator, 0, false}, {operator, 1, true}, {operator, 1, false}} {
			if _, err := w.office.Correct(t.Context(), c.who, id, c.saw, in, nil); (err == nil) != c.want {
				t.Errorf("by %d who saw %d: %v", c.who.User, c.saw, err)
			}
		}
		c, _, err := w.store.Cases.Case(t.Context(), id, w.office.Procedures)
		if err != nil || len(c.Taken) != 2 || c.Taken[0].Values["uraian"] != "keliru" || c.Value("uraian") != "benar" ||
			c.Letter() != "470/2" ||
			c.Next().Key != "penyelesaian" {
			t.Errorf("%+v, %v", c, err)
		}
		rows, err := w.store.Cases.Cases(t.Context(), i.ID, procedure.Open, 0, 10)
		if err != nil || len(rows) == 0 || rows[0].ID != id || rows[0].Steps != 1 {
			t.Errorf("%+v, %v", rows, err)
		}
	})
}

// A form that is not complete takes no number from the register.
func TestIncompleteFormTakesNoNumber(t *testing.T) {
	w := open(t, storetest.SQLite(t))
	i, _ := w.agency("dinkes")
	id, err := w.office.Open(t.Context(), operator, i.ID, "nda")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.office.Take(t.Context(), operator, id, 0, procedure.Input{Values: map[string]string{"pengguna": "tidak.ada"}}, nil)
	if _, ok := errors.AsType[told.Errors](err); !ok {
		t.Fatal(err)
	}
	if list, err := w.store.Letters.Letters(t.Context(), "", 2026, 0, 10); err != nil || len(list) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestProcedureMustFitTheInstitution(t *testing.T) {
	w := open(t, storetest.SQLite(t))
	i, _ := w.agency("dinkes")
	for _, c := range []struct {
		who    office.Actor
		agency int64
		key    string
	}{
		{operator, i.ID, "staf"}, {operator, party.Provider, "pks"}, {operator, i.ID, "tidak-ada"},
		{office.Actor{User: 4, Role: party.Auditor}, i.ID, "pks"},
		{office.Actor{User: 5, Role: party.HeadOfAgency}, i.ID, "pks"},
	} {
		_, err := w.office.Open(t.Context(), c.who, c.agency, c.key)
		if _, ok := errors.AsType[*told.Error](err); !ok {
			t.Errorf("%s for %d by %s: %v", c.key, c.agency, c.who.Role, err)
		}
	}
}

// What stands in a form or a scan cannot be read from the database's files.
func TestFormsAndScansAreSealed(t *testing.T) {
	path := storetest.SQLite(t)
	w := open(t, path)
	i, _ := w.agency("dinkes")
	id, err := w.office.Open(t.Context(), operator, i.ID, "user-id")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"nik": "3303014507900002", "nama": "NAMA-RAHASIA-FORMULIR", "nip": "1", "status_kepegawaian": "pns",
		"jabatan": "Petugas", "kode_wilayah": "33.03", "kantor": "K", "user_id": "petugas.baru", "peran": "officer",
		"metode_pengguna": "portal"}
	scan := []procedure.File{{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF ISI-RAHASIA-PINDAIAN")}}
	if _, err := w.office.Take(t.Context(), operator, id, 0, procedure.Input{Letter: "470/1", LetterDay: party.WIB.Day(w.now),
		Values: values}, scan); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		for _, secret := range []string{"3303014507900002", "NAMA-RAHASIA-FORMULIR", "ISI-RAHASIA-PINDAIAN"} {
			if strings.Contains(readFile(t, path+suffix), secret) {
				t.Errorf("%s lies open in gapura.db%s", secret, suffix)
			}
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
