package incident

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gapura/internal/told"
)

var known = time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)

func report() *Incident {
	return &Incident{Agency: 7, Kind: "kebocoran", State: Reported, Known: known, Entries: []Entry{{At: known, By: 1, Act: ActReport,
		Text: "Berkas tercetak hilang."}}}
}

func TestClockRunsThreeTimes24Hours(t *testing.T) {
	for _, x := range []struct {
		after time.Duration
		hours int
		due   bool
	}{
		{0, 0, false}, {23*time.Hour + 59*time.Minute, 0, false}, {24 * time.Hour, 48, true}, {47 * time.Hour, 48, true},
		{48 * time.Hour, 24, true}, {66 * time.Hour, 6, true},
		{72 * time.Hour, 6, true}, {72*time.Hour + time.Microsecond, -1, true}, {1000 * time.Hour, -1, true},
	} {
		if h, due := report().Threshold(known.Add(x.after)); h != x.hours || due != x.due {
			t.Errorf("after %s: %d %v, want %d %v", x.after, h, due, x.hours, x.due)
		}
	}
	i := report()
	i.NotifiedAt = known.Add(71 * time.Hour)
	if c := i.Clock(known.Add(100 * time.Hour)); !c.Stopped || c.Late() || c.Left != time.Hour {
		t.Errorf("told an hour before the end: %+v", c)
	}
	if _, due := i.Threshold(known.Add(100 * time.Hour)); due {
		t.Error("reminds although everybody was told")
	}
	i.NotifiedAt = known.Add(73 * time.Hour)
	if !i.Clock(known.Add(100 * time.Hour)).Late() {
		t.Error("told too late and not shown as late")
	}
}

// An incident goes from state to state only with what the next one needs.
func TestStates(t *testing.T) {
	i := report()
	i.People = 2
	refuse := func(e Entry) {
		t.Helper()
		if s, err := i.Take(e); err == nil || s != i.State {
			t.Errorf("%s in %s: %s, %v", e.Act, i.State, s, err)
		} else if _, ok := errors.AsType[*told.Error](err); !ok {
			t.Errorf("%s: %v", e.Act, err)
		}
	}
	take := func(e Entry, want State) {
		t.Helper()
		s, err := i.Take(e)
		if err != nil || s != want {
			t.Fatalf("%s in %s: %s, %v", e.Act, i.State, s, err)
		}
		i.State, i.Entries = s, append(i.Entries, e)
	}
	refuse(Entry{Act: ActLetter, By: 1})
	refuse(Entry{Act: ActNotify, By: 1, Text: "x"})
	refuse(Entry{Act: ActClose, By: 1, Text: "x"})
	refuse(Entry{Act: ActHandle, By: 1, Text: " "})
	refuse(Entry{Act: "unknown", By: 1, Text: "x"})
	take(Entry{Act: ActNote, By: 1, Text: "catatan"}, Reported)
	take(Entry{Act: ActHandle, By: 1, Text: "User ID dinonaktifkan."}, Handled)
	take(Entry{Act: ActLetter, By: 1}, Handled)
	for n, kind := range []string{LetterResident, LetterAgency, LetterMinistry} {
		refuse(Entry{Act: ActNotify, By: 2, Text: "x"})
		if len(i.Missing()) != 3-n {
			t.Errorf("missing: %v", i.Missing())
		}
		i.Letters = append(i.Letters, Letter{Kind: kind, Sent: known})
	}
	i.Letters = append(i.Letters, Letter{Kind: LetterResident}) // one more was made and not delivered
	refuse(Entry{Act: ActNotify, By: 2, Text: "x"})
	i.Letters[3].Sent = known
	take(Entry{Act: ActNotify, By: 2, Text: "Semua surat telah disampaikan."}, Notified)
	refuse(Entry{Act: ActClose, By: 2, Text: "Selesai."})
	take(Entry{Act: ActClose, By: 3, Text: "Selesai."}, Closed)
	refuse(Entry{Act: ActNote, By: 3, Text: "lagi"})
}

func TestReportIsChecked(t *testing.T) {
	for name, change := range map[string]func(i *Incident){
		"no kind": func(i *Incident) { i.Kind = "" }, "known ahead": func(i *Incident) { i.Known = known.Add(time.Hour) },
		"not known":             func(i *Incident) { i.Known = time.Time{} },
		"ends before it begins": func(i *Incident) { i.From, i.To = known, known.Add(-time.Hour) },
	} {
		i := report()
		change(i)
		if i.Check("Uraian.", "", known) == nil {
			t.Error(name)
		}
	}
	if report().Check("", "", known) == nil || report().Check("Uraian.", "", known) != nil {
		t.Error("the text is not what decides")
	}
	if err := report().Check("Uraian.", strings.Repeat("a", maxText+1), known); told.Invalids(err).Of("tindakan") == "" {
		t.Error("measures without a bound:", err)
	}
}

// TestMeasuresOfTheReportNeedNotBeTypedAgain, also in an incident that was entered while its state did not tell of them.
func TestMeasuresOfTheReportNeedNotBeTypedAgain(t *testing.T) {
	i := report()
	i.Agency = 0
	i.Letters = []Letter{{Kind: LetterMinistry, Sent: known}}
	all := Entry{Act: ActNotify, By: 1, Text: "Surat telah disampaikan."}
	if s, err := i.Take(all); err == nil {
		t.Errorf("without measures: %s", s)
	}
	i.Entries = append(i.Entries, Entry{At: known, By: 1, Act: ActHandle, Text: "Cetakan diambil."})
	if s, err := i.Take(all); s != Notified || err != nil {
		t.Errorf("with the report's: %s, %v", s, err)
	}
}

// The provider's notes and the letters that name residents are not the agency's to read; all else of the register is.
func TestAnAgencySeesItsOwnSideOfAnIncident(t *testing.T) {
	const officer, head = 3, 7
	whole := Incident{
		Entries: []Entry{{By: head, Act: ActReport, Text: "laporan"}, {By: officer, Act: ActNote, Text: "rahasia kantor"},
			{By: head, Act: ActNote, Text: "catatan kami"}, {By: officer, Act: ActHandle, Text: "tindakan"}},
		Letters: []Letter{{Kind: LetterResident, Number: "1"}, {Kind: LetterAgency, Number: "2"}, {Kind: LetterMinistry, Number: "3"}},
	}
	seen := whole.ForAgency(func(user int64) bool { return user == head })
	var texts []string
	for _, e := range seen.Entries {
		texts = append(texts, e.Text)
	}
	if got := strings.Join(texts, ", "); got != "laporan, catatan kami, tindakan" {
		t.Errorf("entries: %s", got)
	}
	if len(seen.Letters) != 1 || seen.Letters[0].Kind != LetterAgency {
		t.Errorf("letters: %+v", seen.Letters)
	}
	if len(whole.Entries) != 4 || len(whole.Letters) != 3 || whole.Entries[1].Text != "rahasia kantor" {
		t.Error("the incident itself was changed")
	}
	for _, act := range []string{ActReport, ActHandle, ActUses, ActLetter, ActSend, ActNotify, ActClose} {
		if AgencyMay(act) {
			t.Errorf("an agency may %s", act)
		}
	}
	if !AgencyMay(ActNote) {
		t.Error("an agency may not add a note")
	}
}
