// Package curiosity holds what the evening's run of package snooping leads to (requirements D5, D6): questions to officers, and cases with
// their series, statement, and an end that two people come to. It is pure: time comes in, and nothing here reads or writes.
package curiosity

import (
	"slices"
	"strings"
	"time"

	"gapura/access/snooping"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/freetext"
	"gapura/person/nik"
)

// A Past is what an agency's runs judge: lookups of persons by its officers, oldest first.
type Past struct {
	Lookups  []snooping.Lookup
	Seqs     []int64 // their places in the agency's log
	Services []snooping.Service
	Who      snooping.Directory
	Officers int
}

// A Question is a lookup that its officer is asked about.
type Question struct {
	ID       journal.ID // of the lookup's record
	Run      time.Time  // day of the run that asks
	User     int64
	Login    string    // when read
	At       time.Time // of the lookup
	NIK      nik.NIK   // when read; zero: destroyed
	Purpose  string    // when read
	Ref      string    // the reference, when read
	Sample   bool      // it is explained, and asked about by chance
	Alert    bool
	Score    float64
	Rules    []snooping.Rule // strongest first
	By       snooping.Kind   // of a sample: what explains it
	Repeats  int
	Case     int64     // that it belongs to; 0: none
	Answered time.Time // zero: not yet
	Answer   string    // the officer's, or why it is settled by itself
}

// Reason says why the lookup is asked about, for the provider alone: see snooping.Rule.OfRegistry.
func (q Question) Reason() string { return q.reason(q.Rules) }

// Told says to the agency why the lookup is asked about: circumstances of its own doings only.
func (q Question) Told() string {
	return q.reason(slices.DeleteFunc(slices.Clone(q.Rules), snooping.Rule.OfRegistry))
}

func (q Question) reason(rules []snooping.Rule) string {
	if q.Sample {
		return "Dipilih secara acak; pencarian ini telah dijelaskan oleh " + q.By.Label() + "."
	}
	return snooping.Reason(rules)
}

// Later is the answer of a question that a service settled after it was asked.
const Later = "Dijelaskan kemudian oleh layanan yang tercatat."

// A Run is what one evening's run found.
type Run struct {
	Agency             int64
	Day                time.Time
	At                 time.Time
	Lookups, Explained int
	Questions          []Question // not answered
	Settled            []int64    // places of earlier questions that are explained since
}

// A State of a case.
type State string

// The states.
const (
	Open     State = "open"
	Proposed State = "proposed"
	Closed   State = "closed"
)

// Label is the state in Indonesian.
func (s State) Label() string {
	return map[State]string{Open: "Diperiksa", Proposed: "Menunggu penutupan", Closed: "Ditutup"}[s]
}

// A Finding is what an examination came to.
type Finding string

// The findings.
const (
	Justified Finding = "wajar"
	Unproven  Finding = "tidak-terbukti"
	Misuse    Finding = "penyalahgunaan"
)

// Findings are all, with their words.
var Findings = [][2]string{{string(Justified), "Pencarian wajar"}, {string(Unproven), "Tidak terbukti"},
	{string(Misuse), "Penyalahgunaan terbukti"}}

// Label is the finding in Indonesian.
func (f Finding) Label() string {
	for _, x := range Findings {
		if x[0] == string(f) {
			return x[1]
		}
	}
	return ""
}

// The acts of a case.
const (
	ActAlert   = "alert"
	ActNote    = "note"
	ActPropose = "propose"
	ActReturn  = "return"
	ActClose   = "close"
)

// ActLabel is an act in Indonesian.
func ActLabel(act string) string {
	return map[string]string{ActAlert: "Peringatan", ActNote: "Catatan", ActPropose: "Hasil diusulkan", ActReturn: "Dikembalikan",
		ActClose: "Ditutup"}[act]
}

// An Entry is a line of a case; its text is kept sealed.
type Entry struct {
	At      time.Time
	By      int64 // 0: the program
	ByName  string
	Act     string
	Finding Finding
	Text    string
}

// A Case is a series of lookups of one person by one officer that nothing explains.
type Case struct {
	ID, Agency, User int64
	AgencyName, Code string
	Login, UserName  string
	NIK              nik.NIK
	State            State
	Rule             snooping.Rule // strongest of the first alert
	Opened, Closed   time.Time
	Finding          Finding
	Entries          []Entry    // when read whole
	Questions        []Question // likewise, oldest first
}

// ErrMoved means that somebody else added a line meanwhile.
var ErrMoved = &told.Error{Kind: told.Moved, Field: "Perkara",
	Text: "Orang lain telah menambahkan langkah pada perkara ini. Periksa keadaannya, lalu kirim kembali."}

// Take says which state a line leads to; a *told.Error when it may not be added. same tells whether two user ids are one person's: who
// proposes a finding does not close the case, and neither examines a lookup of their own.
func (c *Case) Take(e Entry, same func(a, b int64) bool) (State, error) {
	text := strings.TrimSpace(e.Text)
	switch {
	case c.State == Closed:
		return c.State, told.Refuse("Perkara ini sudah ditutup.")
	case text == "" || len(text) > 4000:
		return c.State, told.Wrong("uraian", "Uraian harus diisi, paling panjang 4.000 karakter.")
	case freetext.Problem(text) != "":
		return c.State, told.Wrong("uraian", freetext.Problem(text))
	case same(e.By, c.User):
		return c.State, told.Refuse("Perkara tidak diperiksa oleh petugas yang bersangkutan.")
	}
	switch e.Act {
	case ActNote:
		return c.State, nil
	case ActPropose:
		if e.Finding.Label() == "" {
			return c.State, told.Wrong("hasil", "Pilih hasil pemeriksaan.")
		}
		if c.State != Open {
			return c.State, told.Refuse("Hasil pemeriksaan sudah diusulkan.")
		}
		return Proposed, nil
	case ActReturn, ActClose:
		p := c.Proposal()
		if c.State != Proposed || p == nil {
			return c.State, told.Refuse("Belum ada hasil pemeriksaan yang diusulkan.")
		}
		if same(p.By, e.By) {
			return c.State, told.Refuse("Perkara ditutup oleh orang lain daripada yang mengusulkan hasilnya.")
		}
		if e.Act == ActReturn {
			return Open, nil
		}
		return Closed, nil
	}
	return c.State, told.Refuse("Langkah tidak dikenal.")
}

// Proposal is the finding that was proposed last; nil: none.
func (c *Case) Proposal() *Entry {
	for i := len(c.Entries) - 1; i >= 0; i-- {
		if c.Entries[i].Act == ActPropose {
			return &c.Entries[i]
		}
	}
	return nil
}

// CheckAnswer says what is wrong with an officer's answer.
func CheckAnswer(text string) error {
	text = strings.TrimSpace(text)
	if len(text) < 5 || len(text) > 1000 {
		return told.Wrong("alasan", "Alasan harus diisi, 5 sampai 1.000 karakter.")
	}
	if p := freetext.Problem(text); p != "" {
		return told.Wrong("alasan", p)
	}
	return nil
}

// A Precision is how the closed cases of a rule ended.
type Precision struct {
	Rule                              snooping.Rule
	Open, Misuse, Unproven, Justified int
}

// Share is how many of the closed cases were misuse, in words.
func (p Precision) Share() string { return snooping.Percent(p.Misuse, p.Misuse+p.Unproven+p.Justified) }

// A Sum is an agency's share of explained lookups.
type Sum struct {
	Agency, Code                string
	Lookups, Explained, Waiting int
}
