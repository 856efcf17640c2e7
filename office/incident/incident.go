// Package incident holds the register of incidents: failures to protect population data (PKS 2(2)g), their states, their clock of 3×24
// hours and who must be told before it runs out. It is pure: time comes in, and nothing here reads or writes.
package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
	"gapura/person/population"
)

// Window is how long after an incident became known the residents and the authority must have been told in writing (UU 27/2022 Pasal
// 46(1)).
const Window = 3 * 24 * time.Hour

// A State of an incident.
type State string

// The states, in their order.
const (
	Reported State = "reported"
	Handled  State = "handled"
	Notified State = "notified"
	Closed   State = "closed"
)

var labels = map[State]string{Reported: "Dilaporkan", Handled: "Ditangani", Notified: "Diberitahukan", Closed: "Ditutup"}

// Label is the state in Indonesian.
func (s State) Label() string { return labels[s] }

// A Kind of incident, as the form offers it.
type Kind struct{ Key, Label string }

// Kinds are all kinds.
var Kinds = []Kind{
	{"kebocoran", "Kebocoran data kependudukan"}, {"akses-tidak-sah", "Akses oleh orang yang tidak berhak"},
	{"penyalahgunaan", "Penyalahgunaan di luar tujuan perjanjian"},
	{"user-dipinjamkan", "User ID dipakai bersama atau kata sandi diketahui orang lain"},
	{"perangkat-hilang", "Perangkat, kartu SAM, atau dokumen hilang"}, {"lainnya", "Lainnya"},
}

// KindLabel is a kind in Indonesian.
func KindLabel(key string) string {
	for _, k := range Kinds {
		if k.Key == key {
			return k.Label
		}
	}
	return ""
}

// The acts of the register.
const (
	ActReport = "report"
	ActNote   = "note"
	ActHandle = "handle" // measures taken
	ActUses   = "uses"   // accesses were found to be affected
	ActLetter = "letter" // a letter was made
	ActSend   = "send"   // a letter was delivered
	ActNotify = "notify" // everybody who must be told was
	ActClose  = "close"
)

// The letters, by the keys of their templates.
const (
	LetterResident = "insiden-penduduk"
	LetterAgency   = "insiden-instansi"
	LetterMinistry = "insiden-dirjen"
)

// An Entry is a line of the register. Its text is kept sealed: it may name people.
type Entry struct {
	At     time.Time
	By     int64
	ByName string // when read
	Act    string
	Text   string
}

// A Letter was made for an incident.
type Letter struct {
	Kind, Number string
	File         int64
	Made         time.Time
	Sent         time.Time // zero: not yet
}

// An Incident is one entry of the register with what was done about it.
type Incident struct {
	ID               int64
	Agency           int64 // whose access it is about; the provider's own: 0
	AgencyName, Code string
	Kind             string
	State            State
	User             int64     // the user id concerned; 0: none, or not known
	Login            string    // of User, when read
	Known            time.Time // when it became known: the clock begins
	From, To         time.Time // days on which it happened; zero: not known
	Reported         time.Time
	Reporter         string // name of who reported, when read
	NotifiedAt       time.Time
	ClosedAt         time.Time
	Entries          []Entry
	Letters          []Letter
	People, Uses     int // affected residents and accesses found in the journal
}

// Due is the last instant at which those who must be told can be told in time.
func (i *Incident) Due() time.Time { return i.Known.Add(Window) }

// A Clock says how an incident stands against its window.
type Clock struct {
	Due     time.Time
	Left    time.Duration // below zero: so much too late
	Stopped bool          // everybody was told; Left is what was left then
}

// Late reports whether the window was missed.
func (c Clock) Late() bool { return c.Left < 0 }

// Clock is the clock at an instant.
func (i *Incident) Clock(now time.Time) Clock {
	c := Clock{Due: i.Due()}
	if !i.NotifiedAt.IsZero() {
		now, c.Stopped = i.NotifiedAt, true
	}
	c.Left = c.Due.Sub(now)
	return c
}

// thresholds are the hours before the end of the window at which people are reminded.
var thresholds = []int{6, 24, 48}

// Threshold is the reminder that stands: so many hours or fewer are left, or -1 when the window has passed. Because it is the nearest that
// has been reached, a machine that was off still reminds.
func (i *Incident) Threshold(now time.Time) (hours int, due bool) {
	c := i.Clock(now)
	if c.Stopped || i.State == Closed {
		return 0, false
	}
	if c.Late() {
		return -1, true
	}
	for _, h := range thresholds {
		if c.Left <= time.Duration(h)*time.Hour {
			return h, true
		}
	}
	return 0, false
}

// What is the report's own text.
func (i *Incident) What() string { return i.last(ActReport) }

// Measures are those noted last.
func (i *Incident) Measures() string { return i.last(ActHandle) }

func (i *Incident) last(act string) (text string) {
	for _, e := range i.Entries {
		if e.Act == act {
			text = e.Text
		}
	}
	return text
}

// ForAgency is the incident as the agency's own people may see it: notes of the provider's staff are the provider's own, and of the letters
// only that to the agency is theirs, because those to residents name them. own reports whether a user is the agency's.
func (i Incident) ForAgency(own func(user int64) bool) Incident {
	i.Entries = slices.DeleteFunc(slices.Clone(i.Entries), func(e Entry) bool { return e.Act == ActNote && !own(e.By) })
	i.Letters = slices.DeleteFunc(slices.Clone(i.Letters), func(l Letter) bool { return l.Kind != LetterAgency })
	return i
}

// AgencyMay reports whether an agency's people may take a step of an incident: they add notes, all else is the provider's.
func AgencyMay(act string) bool { return act == ActNote }

// ErrMoved means that somebody else has added to the incident meanwhile.
var ErrMoved = &told.Error{Kind: told.Moved, Field: "Insiden",
	Text: "Orang lain telah menambahkan sesuatu. Silakan buka kembali insiden ini dan periksa keadaannya."}

// maxText bounds what is typed, in characters.
const maxText = 4000

// Check looks at a new report: when it became known cannot lie ahead, and what happened must be said.
func (i *Incident) Check(what, measures string, now time.Time) error {
	switch {
	case KindLabel(i.Kind) == "":
		return told.Wrong("jenis", "Pilih jenis insiden.")
	case i.Known.IsZero() || i.Known.After(now):
		return told.Wrong("tanggal_diketahui", "Waktu diketahui harus diisi dan tidak boleh di masa depan.")
	case !i.From.IsZero() && !i.To.IsZero() && i.To.Before(i.From), i.From.After(now) || i.To.After(now):
		return told.Wrong("dari", "Periode kejadian tidak dapat dibaca: awal harus mendahului akhir, dan keduanya tidak boleh di masa "+
			"depan.")
	case strings.TrimSpace(what) == "":
		return told.Wrong("uraian", "Uraikan apa yang terjadi.")
	}
	return cmp.Or(long("uraian", what), long("tindakan", measures))
}

func long(field, text string) error {
	if len([]rune(text)) > maxText {
		return told.Wrong(field, "Uraian paling panjang 4.000 karakter.")
	}
	return nil
}

// Missing says who must still be told in writing, in Indonesian.
func (i *Incident) Missing() []string {
	sent := map[string]bool{}
	open := map[string]bool{}
	for _, l := range i.Letters {
		if l.Sent.IsZero() {
			open[l.Kind] = true
		} else {
			sent[l.Kind] = true
		}
	}
	var out []string
	need := func(kind, who string) {
		if !sent[kind] || open[kind] {
			out = append(out, who)
		}
	}
	if i.People > 0 {
		need(LetterResident, "penduduk terdampak")
	}
	if i.Agency != 0 {
		need(LetterAgency, "instansi")
	}
	need(LetterMinistry, "Direktur Jenderal")
	return out
}

func (i *Incident) untold() error {
	if missing := i.Missing(); len(missing) > 0 {
		return told.Refuse("Surat pemberitahuan belum disampaikan kepada " + strings.Join(missing, ", ") + ".")
	}
	return nil
}

// Take checks a step of a person and returns the state after it. A *told.Error says why it cannot be taken. Who says that everybody was
// told does not also close the incident.
func (i *Incident) Take(e Entry) (State, error) {
	if i.State == Closed {
		return i.State, told.Refuse("Insiden ini sudah ditutup.")
	}
	if e.Act != ActUses && e.Act != ActLetter && e.Act != ActSend && strings.TrimSpace(e.Text) == "" {
		return i.State, told.Wrong("uraian", "Isian tidak boleh kosong.")
	}
	if err := long("uraian", e.Text); err != nil {
		return i.State, err
	}
	switch e.Act {
	case ActNote, ActUses, ActSend:
		return i.State, nil
	case ActLetter:
		if i.Measures() == "" {
			return i.State, told.Refuse("Catat lebih dahulu tindakan penanganan: surat pemberitahuan harus memuatnya (UU 27/2022 Pasal " +
				"46 ayat (2)).")
		}
		return i.State, nil
	case ActHandle:
		if i.State == Reported {
			return Handled, nil
		}
		return i.State, nil
	case ActNotify:
		if i.State == Notified || i.Measures() == "" { // also measures that came with the report
			return i.State, told.Refuse("Pemberitahuan dinyatakan lengkap setelah insiden ditangani.")
		}
		if err := i.untold(); err != nil {
			return i.State, err
		}
		return Notified, nil
	case ActClose:
		if i.State != Notified {
			return i.State, told.Refuse("Insiden ditutup setelah semua pihak diberi tahu.")
		}
		if err := i.untold(); err != nil { // more was found since
			return i.State, err
		}
		for _, x := range i.Entries {
			if x.Act == ActNotify && x.By == e.By {
				return i.State, told.Refuse("Insiden ditutup oleh petugas lain daripada yang menyatakan pemberitahuan lengkap.")
			}
		}
		return Closed, nil
	}
	return i.State, told.Refuse("Langkah tidak dikenal.")
}

// A Query says which accesses may be affected: those that showed data, of an agency, by a user or by all, in a period, for a purpose or for
// any.
type Query struct {
	Agency   int64
	User     int64     // 0: all
	From, To time.Time // To is the first instant after
	Purpose  string    // "": any
}

// A Use is an access that showed a resident's data.
type Use struct {
	ID           journal.ID
	At           time.Time
	User         int64
	Login        string
	Agency, Code string
	NIK          nik.NIK
	Purpose      string
	Reference    string
	Elements     population.Elements
}

// MaxUses is how many accesses one search takes in at most.
const MaxUses = 100_000

// A Person is an affected resident, with what was seen.
type Person struct {
	NIK  nik.NIK
	Uses []Use // by time
}

// First and Last are when the person's data were seen first and last.
func (p Person) First() time.Time { return p.Uses[0].At }

// Last is when the person's data were seen last.
func (p Person) Last() time.Time { return p.Uses[len(p.Uses)-1].At }

// Elements are all elements that were seen.
func (p Person) Elements() (all population.Elements) {
	for _, u := range p.Uses {
		all |= u.Elements
	}
	return all
}
