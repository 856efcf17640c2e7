package office_test

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// take takes the next step of a case with its scan, and moves nothing else.
func (w *world) take(who office.Actor, id int64, values map[string]string, letter string) {
	w.Helper()
	in := procedure.Input{Values: values, Verdict: procedure.Approve}
	if letter != "" {
		in.Letter, in.LetterDay = letter, party.WIB.Day(w.now)
	}
	if _, err := w.step(who, id, in); err != nil {
		w.Fatal(err)
	}
}

// sworn has the head sign an SPTJM today, and a second person approve it.
func (w *world) sworn(agency int64) {
	w.Helper()
	id := w.begin(agency, "sptjm", procedure.Input{})
	w.take(operator, id, map[string]string{"ditandatangani": party.WIB.Day(w.now).Format(time.DateOnly)}, "")
	w.take(admin, id, nil, "")
}

func (w *world) readers(agency int64) (states []reader.State) {
	w.Helper()
	if err := office.RemindersOf(w.office).Look(w.Context()); err != nil {
		w.Fatal(err)
	}
	x, err := w.store.Cases.Facts(w.Context(), agency, w.now)
	if err != nil {
		w.Fatal(err)
	}
	for _, r := range x.Readers {
		states = append(states, r.State)
	}
	return states
}

// asked is the demo's Dinkop, which has asked for its extension in time, and the case.
func asked(t *testing.T, url string) (w *world, agency, id int64, ends time.Time) {
	t.Helper()
	w = open(t, url)
	i, g := w.agency("dinkop")
	if day := agreement.AskBy(g.EndsOn); day.Before(party.WIB.Day(w.now)) {
		t.Fatal("it is too late to ask:", day)
	}
	id, err := w.office.Open(t.Context(), operator, i.ID, "perpanjangan")
	if err != nil {
		t.Fatal(err)
	}
	w.take(operator, id, map[string]string{"berlaku_sampai": g.EndsOn.AddDate(2, 0, 0).Format(time.DateOnly)}, "470/9/2026")
	return w, i.ID, id, g.EndsOn
}

// Access goes on after the end while an extension that was asked for in time is decided and an SPTJM for it is signed, and the basis names
// that; without the SPTJM the agency is not active from the day after the end on. Readers stay until it is clear that there is no
// extension, and come back with a later agreement (E3, E8).
func TestAnExtensionThatIsDecidedLateAndRefused(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w, agency, id, ends := asked(t, url)
		grant := func() *agreement.Grant { t.Helper(); _, g := w.agency("dinkop"); return g }
		if g := grant(); g.State != agreement.InForce && g.State != agreement.Expiring || !g.Opens() {
			t.Fatal(g.State)
		}
		w.now = ends.AddDate(0, 0, 1).Add(2 * time.Hour)
		if g := grant(); g.State != agreement.Ended || g.Opens() {
			t.Error("the day after the end, without an SPTJM for the extension:", g.State)
		}
		if states := w.readers(agency); states[0] != reader.Active {
			t.Error("readers go before it is clear that there is no extension:", states)
		}
		w.now = ends.AddDate(0, 0, -3).Add(2 * time.Hour)
		w.sworn(agency)
		for _, days := range []int{0, 1, 40} {
			w.now = ends.AddDate(0, 0, days).Add(2 * time.Hour)
			g := grant()
			if !g.Opens() || (g.State == agreement.Extending) != (days > 0) || strings.Contains(g.Basis, "; SPTJM ") != (days > 0) {
				t.Errorf("%d days after the end: %s, %q", days, g.State, g.Basis)
			}
		}
		if states := w.readers(agency); states[0] != reader.Active {
			t.Error("readers while the extension is decided:", states)
		}
		w.take(operator, id, map[string]string{"nomor_persetujuan": "400/1",
			"tanggal_persetujuan": party.WIB.Day(w.now).Format(time.DateOnly)}, "")
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Refuse, Reason: "tidak disetujui"}); err != nil {
			t.Fatal(err)
		}
		if g := grant(); g.State != agreement.Ended || g.Opens() {
			t.Error("refused:", g.State)
		}
		states := w.readers(agency)
		for _, s := range states {
			if s != reader.Deactivated {
				t.Error("once it is clear, readers are deactivated:", states)
			}
		}
		files, err := w.store.Files.Files(t.Context(), agency, 0, 10)
		if err != nil || len(files) == 0 || files[0].Kind != "bast-sam" {
			t.Error("without a BAST:", err)
		}
		w.begin(agency, "pembaca", procedure.Input{Letter: "470/20/2027", LetterDay: party.WIB.Day(w.now),
			Values: map[string]string{"perangkat": "RDR-dinkop-01; Pembaca KTP-el tipe A; SAM-2",
				"butir_dipenuhi": strings.Join(reader.DefaultSpecification.Missing(nil), "\n")}},
			procedure.File{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF-1.4")})
		x, err := w.store.Cases.Facts(t.Context(), agency, w.now)
		if err != nil || x.Readers[0].State != reader.Requested {
			t.Errorf("a reader of an agreement before is not taken in again: %+v, %v", x.Readers, err)
		}
	})
}

// What an addendum changes stands in its draft as a table: what, as it was, as it becomes (Juknis II.C.3.c).
func TestTheAddendumSaysWhatWasAndWhatBecomes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		i, g := w.agency("dinkes")
		id, err := w.office.Open(t.Context(), operator, i.ID, "perubahan")
		if err != nil {
			t.Fatal(err)
		}
		today := party.WIB.Day(w.now)
		w.take(operator, id, map[string]string{"kuota": strconv.Itoa(g.Quota + 123)}, "470/12/REKAAN")
		w.take(admin, id, nil, "")
		w.take(operator, id, map[string]string{"nomor_persetujuan": "400/2", "tanggal_persetujuan": today.Format(time.DateOnly),
			"mulai": today.AddDate(0, 0, 7).Format(time.DateOnly)}, "")
		said := w.letterOf(id)
		row := regexp.MustCompile(fmt.Sprintf(`Ketentuan Semula Menjadi .*[Kk]uota[^|]{0,40}? %d\b.{0,20}? %d\b`, g.Quota, g.Quota+123))
		if !row.MatchString(said) {
			t.Errorf("the quota was %d and becomes %d: %s", g.Quota, g.Quota+123, said)
		}
	})
}

// An office may call its procedure as it likes: what asks for an extension by its effect is met as a duty, and the SPTJM is that of the
// extension and names its letter.
func TestAnOfficesOwnProcedureAsksForAnExtension(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		shipped, _ := procedure.Find(w.office.Procedures, "perpanjangan")
		own := *shipped
		own.Key, own.Steps = "masa-baru", slices.Clone(shipped.Steps)
		own.Steps[0].Key = "surat-masuk"
		w.office.Procedures = append(slices.DeleteFunc(slices.Clone(w.office.Procedures), func(p *procedure.Procedure) bool {
			return p == shipped
		}), &own)
		i, g := w.agency("dinkop")
		asked := func() time.Time {
			t.Helper()
			facts, err := w.store.Duties.DutyFacts(t.Context(), i.ID, w.now)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range facts[i.ID] {
				if f.Agreement == g.Agreement {
					return f.ExtensionAsked
				}
			}
			t.Fatal("no duties of the agreement")
			return time.Time{}
		}
		if day := asked(); !day.IsZero() {
			t.Error("nobody has asked:", day)
		}
		today := i.Zone.Day(w.now)
		id := w.begin(i.ID, "masa-baru", procedure.Input{Letter: "470/9/REKAAN", LetterDay: today,
			Values: map[string]string{"berlaku_sampai": g.EndsOn.AddDate(2, 0, 0).Format(time.DateOnly)}},
			procedure.File{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF-1.4")})
		if day := asked(); !day.Equal(today) {
			t.Errorf("asked on %v, want %v", day, today)
		}
		if said := w.letterOf(w.begin(i.ID, "sptjm", procedure.Input{})); !strings.Contains(said,
			"surat permohonan Perpanjangan Perjanjian Kerja Sama Nomor 470/9/REKAAN tanggal") {
			t.Error(said)
		}
		if err := w.office.TakeBack(t.Context(), operator, id, 1, "Surat keliru."); err != nil {
			t.Fatal(err)
		}
		if day := asked(); !day.IsZero() {
			t.Error("the request was withdrawn:", day)
		}
	})
}

// Signed late: until the addendum access rests on the SPTJM, after it on the addendum and a new SPTJM; a withdrawal and the day that the
// decision names end it as well (E3, B5).
func TestAnExtensionThatIsSignedLate(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w, agency, id, ends := asked(t, url)
		grant := func() *agreement.Grant { t.Helper(); _, g := w.agency("dinkop"); return g }
		w.sworn(agency)
		today := func() string { return party.WIB.Day(w.now).Format(time.DateOnly) }
		last := ends.AddDate(0, 0, 30)
		w.take(operator, id, map[string]string{"nomor_persetujuan": "400/1", "tanggal_persetujuan": today(),
			"akses_sampai": last.Format(time.DateOnly)}, "")
		w.take(admin, id, nil, "")
		for days, opens := range map[int]bool{29: true, 30: true, 31: false} {
			w.now = ends.AddDate(0, 0, days).Add(2 * time.Hour)
			if g := grant(); g.Opens() != opens {
				t.Errorf("%d days after the end, to the day that the decision names: %s", days, g.State)
			}
		}
		w.now = ends.AddDate(0, 0, 20).Add(2 * time.Hour)
		before := *grant()
		w.take(operator, id, map[string]string{"mulai": today()}, "")
		number := w.letterNumber(id)
		w.take(operator, id, map[string]string{"ditandatangani": today()}, "")
		w.take(admin, id, nil, "")
		g := grant()
		scan := fmt.Sprintf("%x", sha256.Sum256([]byte("%PDF-1.4"))) // by whose hash the addendum is known
		if g.State != agreement.InForce || !g.EndsOn.Equal(ends.AddDate(2, 0, 0)) || !g.Opens() || !strings.HasSuffix(g.Basis,
			"; Adendum "+number+" (SHA-256 "+scan+")") {
			t.Errorf("on the day of the signing: %s to %s, %q; the letter has number %s", g.State, g.EndsOn, g.Basis, number)
		}
		st, err := w.store.Rights.Agency(t.Context(), agency)
		if err != nil {
			t.Fatal(err)
		}
		then, _ := st.Agreements[0].Believed(w.now.Add(-time.Second))
		if b := then.At(w.now.Add(-time.Second), party.WIB.Day(w.now)); b.State != before.State || b.Basis != before.Basis {
			t.Errorf("what was believed before the signing has changed: %s %q", b.State, b.Basis)
		}
		w.now = w.now.AddDate(0, 0, 1)
		if grant().Opens() {
			t.Error("the SPTJM outlives the signing of the addendum")
		}
		w.sworn(agency)
		if g := grant(); !g.Opens() || g.SPTJM.State != 1 {
			t.Errorf("with a new SPTJM: %+v", g)
		}
	})
}

// letterNumber is the number of the letter that a case made last.
func (w *world) letterNumber(id int64) string {
	w.Helper()
	files, err := w.store.Files.FilesOfCase(w.Context(), id)
	if err != nil {
		w.Fatal(err)
	}
	for i := len(files) - 1; i >= 0; i-- {
		if files[i].Kind == "perpanjangan" {
			return files[i].Number
		}
	}
	return ""
}

// What is withdrawn is over at once (E3).
func TestAWithdrawnExtensionEndsTheAccess(t *testing.T) {
	w, agency, id, ends := asked(t, storetest.SQLite(t))
	w.sworn(agency)
	w.now = ends.AddDate(0, 0, 5).Add(2 * time.Hour)
	if _, g := w.agency("dinkop"); !g.Opens() {
		t.Fatal(g.State)
	}
	if err := w.office.TakeBack(t.Context(), operator, id, 1, "tidak jadi"); err != nil {
		t.Fatal(err)
	}
	if _, g := w.agency("dinkop"); g.Opens() || g.State != agreement.Ended {
		t.Error(g.State)
	}
}
