package desk

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/person/value"
)

var at = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

// walk takes acts one after the other and returns the numbers of the steps.
func walk(t *testing.T, s Service, acts ...Act) (numbers []string, end State) {
	t.Helper()
	sent := false
	for _, a := range acts {
		steps, next, err := Take(s, Facts{State: end, Sent: sent, Have: whole(s), Found: true}, a, party.HeadOfAgency, 7, at, "alasan")
		if err != nil {
			t.Fatalf("%s in %q: %v", a, end, err)
		}
		for _, x := range steps {
			numbers = append(numbers, x.Number)
		}
		sent = sent || a == Sent
		end = next
	}
	return numbers, end
}

// whole are all documents of a service.
func whole(s Service) map[string]bool {
	have := map[string]bool{}
	for _, d := range s.Documents {
		have[d.Key] = true
	}
	return have
}

func TestPapersAreWholeWithEveryDocument(t *testing.T) {
	for _, s := range DefaultServices() {
		for _, d := range s.Documents {
			have := whole(s)
			delete(have, d.Key)
			for _, state := range []State{Submitted, Completed} {
				f := Facts{State: state, Have: have}
				_, next, err := Take(s, f, Whole, party.HeadOfAgency, 1, at, "")
				text, shown := told.Text(err)
				if ok := err == nil && next == Checked && slices.Contains(May(s, f, party.Officer), Whole); ok != d.Optional {
					t.Errorf("%s without %s in %s: %v", s.Key, d.Key, state, err)
				}
				if !d.Optional && (!shown || !strings.Contains(text, d.Name)) {
					t.Errorf("%s: the refusal does not name %s: %v", s.Key, d.Name, err)
				}
			}
		}
	}
}

func TestNobodyExplainsAPersonWhoWasNotFound(t *testing.T) {
	s := DefaultServices()[0]
	for _, found := range []bool{false, true} {
		f := Facts{State: Mismatched, Found: found}
		_, _, err := Take(s, f, Accept, party.HeadOfAgency, 1, at, "masih hidup")
		if (err == nil) != found || slices.Contains(May(s, f, party.HeadOfAgency), Accept) != found {
			t.Errorf("found %v: %v", found, err)
		}
	}
}

func TestTheWayIsThatOfLampiranII(t *testing.T) {
	s := DefaultServices()[0]
	for name, c := range map[string]struct {
		acts []Act
		want string
		end  State
	}{
		"straight":     {[]Act{Submit, Whole, CrossMatch, Approve, HandOver, Sent}, "1 2 3 4a 5 6 7", Done},
		"line quicker": {[]Act{Submit, Whole, CrossMatch, Approve, Sent, HandOver}, "1 2 3 4a 6 5 7", Done},
		"repair loop": {[]Act{Submit, Whole, CrossDiff, Return, Complete, Whole, CrossMatch, Approve, HandOver, Sent},
			"1 2 3 4b 8 9 10 3 4a 5 6 7", Done},
		"incomplete, twice":   {[]Act{Submit, Incomplete, Complete, Incomplete, Complete, Whole}, "1 2 8 9 10 8 9 10", Checked},
		"rejected":            {[]Act{Submit, Whole, CrossDiff, Reject, Sent}, "1 2 3 4b 6 11", Done},
		"difference accepted": {[]Act{Submit, Whole, CrossDiff, Accept, Approve}, "1 2 3 3 4a", Issued},
	} {
		numbers, end := walk(t, s, c.acts...)
		if got := strings.Join(numbers, " "); got != c.want || end != c.end {
			t.Errorf("%s: %s → %s, want %s → %s", name, got, end, c.want, c.end)
		}
		for _, n := range numbers {
			if StepText(n) == "" {
				t.Errorf("step %s has no text", n)
			}
		}
	}
}

// Nothing is approved without a cross-check that came out well, or that an officer explained, whatever the order of acts.
func TestNoApprovalWithoutCrossCheck(t *testing.T) {
	all := []Act{Submit, Whole, Incomplete, CrossMatch, CrossDiff, Accept, Return, Complete, Approve, Reject, HandOver, Sent}
	s := DefaultServices()[0]
	rapid.Check(t, func(t *rapid.T) {
		state, crossed, checked := State(""), false, false
		for range 30 {
			act := rapid.SampledFrom(all).Draw(t, "act")
			_, next, err := Take(s, Facts{State: state, Have: whole(s), Found: true}, act, party.Officer, 1, at, "alasan")
			if err != nil {
				if next != state {
					t.Fatal("a refused act moves the state")
				}
				continue
			}
			switch act {
			case Whole:
				checked, crossed = true, false
			case CrossMatch, Accept:
				if !checked {
					t.Fatal("cross-checked before the papers were complete")
				}
				crossed = true
			case CrossDiff, Return, Incomplete, Complete:
				crossed = false
			case Approve:
				if !crossed {
					t.Fatal("approved without a cross-check")
				}
			}
			state = next
		}
	})
}

func TestSomeDecisionsAreTheHeads(t *testing.T) {
	s := DefaultServices()[2]
	for _, act := range []Act{Approve, Reject} {
		if _, _, err := Take(s, Facts{State: Matched}, act, party.Officer, 1, at, "alasan"); !errors.Is(err, ErrRole) {
			t.Errorf("%s by an officer: %v", act, err)
		}
	}
	if acts := May(s, Facts{State: Matched}, party.Officer); slices.Contains(acts, Approve) {
		t.Error("offered to an officer")
	}
	if acts := May(s, Facts{State: Matched}, party.HeadOfAgency); !slices.Contains(acts, Approve) {
		t.Error("not offered to the head")
	}
	if _, _, err := Take(s, Facts{State: Mismatched}, Return, party.Officer, 1, at, ""); !errors.Is(err, ErrNote) {
		t.Errorf("return without a reason: %v", err)
	}
}

// Every state of the way is in the list, has words, and says what is to be done exactly when somebody at the counter can do it.
func TestNoStateIsForgotten(t *testing.T) {
	for act, list := range moves {
		for _, m := range list {
			for _, s := range append(slices.Clone(m.from), m.to) {
				if s != "" && !slices.Contains(States, s) {
					t.Errorf("%s: state %q is not in the list", act, s)
				}
			}
		}
	}
	s := Service{}
	for _, state := range States {
		if state.Label() == "" || (state.Next() == "") != (state == Done) {
			t.Errorf("%s: %q, %q", state, state.Label(), state.Next())
		}
		_, _, err := Take(s, Facts{State: state}, CrossMatch, party.HeadOfAgency, 1, time.Time{}, "")
		if can := err == nil || len(May(s, Facts{State: state}, party.HeadOfAgency)) > 0; can != state.Waits() ||
			can != slices.Contains(Waiting(), state) {
			t.Errorf("%s waits: %v, and something can be done: %v", state, state.Waits(), can)
		}
		if decided := slices.Contains([]State{Issued, HandedOver, Rejected, Done}, state); state.Open() == decided {
			t.Errorf("%s is open: %v", state, state.Open())
		}
	}
}

func text(list []Span) string {
	var b strings.Builder
	for _, s := range list {
		if s.Differs {
			fmt.Fprintf(&b, "[%s]", s.Text)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestDifferencesAreMarkedToTheLetter(t *testing.T) {
	for _, c := range [][4]string{
		{"SITI NURJANAH", "SITI NURJANNAH", "SITI NURJANAH", "SITI NURJAN[N]AH"},
		{"Budi", "BUDI", "Budi", "BUDI"},
		{"", "ADA", "", "[ADA]"},
		{"BLOK A", "BLOK B", "BLOK [A]", "BLOK [B]"},
	} {
		a, b := Diff(c[0], c[1])
		if text(a) != c[2] || text(b) != c[3] {
			t.Errorf("%s | %s: %s | %s", c[0], c[1], text(a), text(b))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := rapid.StringMatching(`[A-D ]{0,12}`).Draw(t, "x"), rapid.StringMatching(`[A-D ]{0,12}`).Draw(t, "y")
		a, b := Diff(x, y)
		join := func(list []Span, same bool) (out string) {
			for _, s := range list {
				if !same || !s.Differs {
					out += s.Text
				}
			}
			return out
		}
		if join(a, false) != x || join(b, false) != y || join(a, true) != join(b, true) {
			t.Fatalf("%q %q: %v %v", x, y, a, b)
		}
	})
}

func TestACheckIsGoodOnlyWhenSomethingWasComparedAndAllAgrees(t *testing.T) {
	get := func(values map[string]string) func(string) (string, bool) {
		return func(k string) (string, bool) { v, ok := values[k]; return v, ok }
	}
	claims := map[string]string{"nama_lengkap": "H. Moch. Sarwono", "tanggal_lahir": "1980-02-01", "alamat": "JALAN MAWAR NO 3",
		"alamat.rt": "1", "jenis_kelamin": "LAKI-LAKI", "alamat.kabupaten": "KAB. PURBALINGGA"}
	values := map[string]string{"nama_lengkap": "MUHAMMAD SARWONO", "tanggal_lahir": "1980-02-01", "alamat.alamat": "JL. MAWAR NO. 3",
		"alamat.rt": "001", "jenis_kelamin": "Laki-Laki", "alamat.kabupaten": "KABUPATEN PURBALINGGA"}
	differing := map[string]string{"tanggal_lahir": "1980-01-02", "alamat.rt": "002", "jenis_kelamin": "Perempuan"}
	check := func(values map[string]string) Check {
		c := Check{Outcome: "found"}
		for _, l := range Compare(claims, get(values), 100) {
			c.Verdicts = append(c.Verdicts, l.Verdict)
			if s := fmt.Sprintf("%v %#v", l, l); strings.Contains(s, "SARWONO") {
				t.Errorf("a line shows a value: %s", s)
			}
		}
		return c
	}
	if c := check(values); !c.Same() || len(c.Verdicts) != 6 || c.Act() != CrossMatch {
		t.Errorf("equal by the rules: %+v", c.Verdicts)
	}
	if c := check(map[string]string{}); c.Same() {
		t.Error("nothing granted counts as the same")
	}
	for key := range values {
		other := map[string]string{}
		for k, v := range values {
			other[k] = v
		}
		if other[key] = "LAIN"; differing[key] != "" {
			other[key] = differing[key]
		}
		if c := check(other); c.Same() || c.Act() != CrossDiff {
			t.Errorf("%s differs and passes", key)
		}
	}
	// What the registry does not know makes nothing differ, and is shown as not compared.
	values["alamat.rt"], values["tanggal_lahir"] = "", "-"
	if c := check(values); !c.Same() || c.Verdicts[1].Reason != value.NoValue || c.Verdicts[1].Compared() {
		t.Errorf("%+v", c.Verdicts)
	}
	if (Check{Outcome: "deceased", Verdicts: []Verdict{{Match: true}}}).Same() {
		t.Error("a notice passes")
	}
}

func TestPapersAreCheckedWithoutRepeatingThem(t *testing.T) {
	s := DefaultServices()[0]
	p := Papers{Identity: KTP, Values: map[string]string{
		"nik": "3303 0101 0180 0001", "nama_lengkap": " SITI  AMINAH ", "tempat_lahir": "PURBALINGGA", "tanggal_lahir": "1980-01-01",
		"jenis_kelamin": "PEREMPUAN", "alamat": "JL. CONTOH 1", "agama": "tidak diminta",
	}, Answers: map[string]string{"kelompok_tani": "Tani Makmur", "luas": "0,75", "komoditas": "Padi"}}
	if faults := CheckPapers(s, &p, at); len(faults) != 0 {
		t.Fatalf("%v", faults)
	}
	if p.Values["nama_lengkap"] != "SITI AMINAH" || p.Values["nik"] != "3303010101800001" || p.Values["agama"] != "" {
		t.Error("not tidied")
	}
	if c := Claims(s, p); c["nik"] != "" || c["nama_lengkap"] == "" || c["status_perkawinan"] != "" {
		t.Errorf("claims %d", len(c))
	}
	bad := Papers{Values: map[string]string{"nik": "12", "tanggal_lahir": "kemarin"}, Answers: map[string]string{"luas": "banyak",
		"komoditas": "Ganja"}}
	wrong := CheckPapers(s, &bad, at)
	faults := fmt.Sprint(wrong)
	for _, want := range []string{"identitas", "nik", "nama_lengkap", "tanggal_lahir", "t.luas", "t.komoditas", "t.kelompok_tani"} {
		if wrong.Of(want) == "" {
			t.Errorf("no fault of %s", want)
		}
	}
	if strings.Contains(faults, "kemarin") || strings.Contains(faults, "Ganja") || strings.Contains(fmt.Sprintf("%v %+v %#v", p, p, p),
		"AMINAH") {
		t.Error("a value is repeated")
	}
}

func TestServicesAreData(t *testing.T) {
	all := DefaultServices()
	if len(all) != 4 || all[0].Key != "pupuk" || all[0].BalikanValues("520/0001/2026")["NOMOR"] != "520/0001/2026" ||
		all[0].BalikanValues("")["JENIS_BANTUAN"] != "PUPUK BERSUBSIDI" {
		t.Errorf("%d services", len(all))
	}
	if m := all[0].Missing(map[string]bool{"ktp": true}); len(m) != 1 || m[0].Key != "kelompok" {
		t.Errorf("missing %v", m)
	}
	good := all[0].SourceText
	for change, want := range map[[2]string]string{
		{`key = "pupuk"`, `key = "PUPUK!"`}:                             "key",
		{`decides = "officer"`, `decides = "nobody"`}:                   "decides",
		{`"jenis_kelamin"`, `"sidik_jari"`}:                             "sidik_jari",
		{`threshold = 100`, `threshold = "x"`}:                          "TOML",
		{`threshold = 100`, `ambang = 3`}:                               "ambang",
		{`key = "lahan"`, `key = "ktp"`}:                                "dua kali",
		{`kind = "number"`, `kind = "choice"`}:                          "options",
		{`title = "SURAT KETERANGAN PENERIMA PUPUK BERSUBSIDI"`, `= "`}: "baris",
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		if text == good {
			t.Fatalf("%s is not in the text", change[0])
		}
		if _, err := ParseService(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change[1], err)
		}
	}
}

// TestAServiceThatDeliversNothingIsNotSaved: the provider would refuse each of its deliveries.
func TestAServiceThatDeliversNothingIsNotSaved(t *testing.T) {
	for _, s := range DefaultServices() {
		if err := s.Delivers(); err != nil {
			t.Errorf("%s: %v", s.Key, err)
		}
	}
	s := DefaultServices()[0]
	for _, filler := range []string{"", "-", "N/A", "0"} {
		s.Balikan = Fields{"NOMOR": "{nomor}", "JENIS_BANTUAN": filler}
		if err := s.Delivers(); err == nil || !strings.Contains(err.Error(), "JENIS_BANTUAN") {
			t.Errorf("%q: %v", filler, err)
		}
	}
}

func TestNumbersAndMasks(t *testing.T) {
	if n := Number("PB", at, 7); n != "PB-20261124-007" {
		t.Error(n)
	}
	if m := MaskName("Siti Nur Aminah"); m != "S*** N** A*****" {
		t.Error(m)
	}
}
