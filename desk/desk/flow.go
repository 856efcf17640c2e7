package desk

import (
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// A State of an application, after Lampiran II.
type State string

// The states.
const (
	Submitted  State = "diajukan"     // step 1 done: waits for the check of its papers
	Checked    State = "diperiksa"    // step 2 or 10 done: waits for the cross-check
	Matched    State = "sesuai"       // step 3 done: waits for the decision
	Mismatched State = "tidak-sesuai" // step 3 done, something differs or a notice came
	Returned   State = "perbaikan"    // step 4b: the applicant repairs (8)
	Completed  State = "dilengkapi"   // step 9 done: waits for the second check (10)
	Issued     State = "terbit"       // step 4a done: the document waits for its handing over
	HandedOver State = "diserahkan"   // step 5 done: data balikan has not been accepted yet
	Rejected   State = "ditolak"      // decided: the reason has not been accepted yet
	Done       State = "selesai"      // step 7 or 11
)

// States are all states in the order of the way.
var States = []State{Submitted, Checked, Matched, Mismatched, Returned, Completed, Issued, HandedOver, Rejected, Done}

var stateTexts = map[State]struct{ label, next string }{
	Submitted:  {"Diajukan", "Periksa kelengkapan dokumen"},
	Checked:    {"Dokumen lengkap", "Krosscek dengan data kependudukan"},
	Matched:    {"Data sesuai", "Putuskan permohonan"},
	Mismatched: {"Data tidak sesuai", "Kembalikan untuk perbaikan atau putuskan"},
	Returned:   {"Menunggu perbaikan pemohon", "Lengkapi dokumen dari pemohon"},
	Completed:  {"Dokumen dilengkapi", "Periksa kembali dokumen"},
	Issued:     {"Dokumen terbit", "Serahkan dokumen kepada pemohon"},
	HandedOver: {"Dokumen diserahkan", "Data balikan sedang dikirim"},
	Rejected:   {"Ditolak", "Alasan sedang dikirim sebagai data balikan"},
	Done:       {"Selesai", ""},
}

// Label is the state in words; Next what is to be done.
func (s State) Label() string { return stateTexts[s].label }

// Next is what is to be done; empty when nothing is.
func (s State) Next() string { return stateTexts[s].next }

// Open reports whether the application is still before its decision. A cross-check is possible in these states alone.
func (s State) Open() bool { return s.leaves(func(a Act) bool { return a == Reject }) }

// Waits reports whether somebody at the counter has something to do: an act that is not the program's own leads on.
func (s State) Waits() bool { return s.leaves(func(a Act) bool { return a != Sent }) }

// leaves reports whether one of some acts is possible in the state.
func (s State) leaves(acts func(Act) bool) bool {
	for act, list := range moves {
		if acts(act) && slices.ContainsFunc(list, func(m move) bool { return slices.Contains(m.from, s) }) {
			return true
		}
	}
	return false
}

// Waiting are the states in which somebody at the counter has something to do.
func Waiting() []State {
	return slices.DeleteFunc(slices.Clone(States), func(s State) bool { return !s.Waits() })
}

// Steps of Lampiran II, by number, in its words with DINPERTAN left out.
var lampiran = map[string]string{
	"1":  "Pemohon mengajukan permohonan ke loket dengan melampirkan kelengkapan dokumen yang dipersyaratkan",
	"2":  "Petugas memeriksa data permohonan dan lampiran dokumen yang dipersyaratkan",
	"3":  "Petugas melakukan krosscek dokumen kependudukan yang dilampirkan menggunakan kata kunci NIK",
	"4a": "Persetujuan dan penerbitan dokumen",
	"4b": "Hasil verifikasi tidak ditemukan atau tidak sesuai", "5": "Petugas menyerahkan dokumen yang telah diterbitkan kepada pemohon",
	"6": "Pengiriman data balikan ke Dukcapil",
	"7": "Proses pelayanan selesai", "8": "Pemohon melakukan perbaikan kelengkapan dokumen", "9": "Petugas melengkapi dokumen pemohon",
	"10": "Proses pengecekan kembali dokumen pemohon", "11": "Selesai",
}

// StepText is the text of a step of Lampiran II.
func StepText(number string) string { return lampiran[number] }

// An Act moves an application.
type Act string

// The acts. Sent is the program's own, when the provider has accepted the data balikan.
const (
	Submit     Act = "ajukan"
	Whole      Act = "periksa"       // the papers are complete
	Incomplete Act = "tidak-lengkap" // they are not
	CrossMatch Act = "krosscek-sesuai"
	CrossDiff  Act = "krosscek-tidak-sesuai"
	Accept     Act = "nyatakan-sesuai" // the officer explains a difference
	Return     Act = "kembalikan"
	Complete   Act = "lengkapi"
	Approve    Act = "setujui"
	Reject     Act = "tolak"
	HandOver   Act = "serahkan"
	Sent       Act = "balikan"
)

var actLabels = map[Act]string{
	Submit: "Permohonan diterima", Whole: "Dokumen lengkap", Incomplete: "Dokumen belum lengkap", CrossMatch: "Krosscek: sesuai",
	CrossDiff: "Krosscek: tidak sesuai",
	Accept:    "Perbedaan dijelaskan, dinyatakan sesuai", Return: "Dikembalikan untuk perbaikan", Complete: "Perbaikan diterima",
	Approve: "Disetujui", Reject: "Ditolak",
	HandOver: "Dokumen diserahkan", Sent: "Data balikan diterima Dukcapil",
}

// Label is the act in words.
func (a Act) Label() string { return actLabels[a] }

// NeedsNote reports whether an act asks for a reason in words.
func (a Act) NeedsNote() bool { return a == Incomplete || a == Accept || a == Return || a == Reject }

// Decides reports whether the act is the decision, which a service may leave to the head.
func (a Act) Decides() bool { return a == Approve || a == Reject }

type move struct {
	from  []State
	steps []string
	to    State
}

// moves is the whole of Lampiran II with its loop. Whole and Incomplete are step 2, and step 10 after a repair.
var moves = map[Act][]move{
	Submit:     {{[]State{""}, []string{"1"}, Submitted}},
	Whole:      {{[]State{Submitted}, []string{"2"}, Checked}, {[]State{Completed}, []string{"10"}, Checked}},
	Incomplete: {{[]State{Submitted}, []string{"2"}, Returned}, {[]State{Completed}, []string{"10"}, Returned}},
	CrossMatch: {{[]State{Checked, Matched, Mismatched}, []string{"3"}, Matched}},
	CrossDiff:  {{[]State{Checked, Matched, Mismatched}, []string{"3"}, Mismatched}},
	Accept:     {{[]State{Mismatched}, []string{"3"}, Matched}},
	Return:     {{[]State{Mismatched, Matched}, []string{"4b"}, Returned}},
	Complete:   {{[]State{Returned}, []string{"8", "9"}, Completed}},
	Approve:    {{[]State{Matched}, []string{"4a"}, Issued}},
	Reject:     {{[]State{Submitted, Checked, Matched, Mismatched, Returned, Completed}, []string{"4b"}, Rejected}},
	HandOver:   {{[]State{Issued}, []string{"5"}, HandedOver}},
	Sent: {{[]State{Issued}, []string{"6"}, Issued}, {[]State{HandedOver}, []string{"6", "7"}, Done},
		{[]State{Rejected}, []string{"6", "11"}, Done}},
}

// ErrAct says that an act does not fit the application's state: another was quicker, or a page is old.
var ErrAct = &told.Error{Kind: told.Moved, Field: "Permohonan", Text: "Permohonan ini sudah berubah sejak halaman dibuka, atau langkah " +
	"tersebut belum gilirannya. Periksa keadaan terbaru di bawah ini."}

// ErrRole says that the service leaves its decision to the head.
var ErrRole = &told.Error{Kind: told.Forbidden, Text: "Keputusan untuk layanan ini diambil oleh kepala."}

// ErrNote says that a reason is missing.
var ErrNote = told.Wrong("catatan", "Alasan harus diisi.")

// A Step is one step that was taken; it is kept with who and when. By is 0 for the program.
type Step struct {
	Number string // of Lampiran II
	Act    Act
	At     time.Time
	By     int64
	Note   string
}

// Facts are what an act rests on. The zero value is an application that is about to be made.
type Facts struct {
	State State
	Sent  bool            // its data balikan was accepted: then handing over ends it
	Have  map[string]bool // the documents that are there, by key
	Found bool            // the last cross-check found somebody
}

// incomplete names the documents that a service asks for and that are not there; nil: none.
func incomplete(s Service, have map[string]bool) error {
	var names []string
	for _, d := range s.Missing(have) {
		names = append(names, d.Name)
	}
	if len(names) == 0 {
		return nil
	}
	return told.Refuse("Dokumen belum lengkap: " + strings.Join(names, ", ") + ".")
}

// Take decides an act: what is written, and the state after. Papers are whole only with every document that the service asks for, and a
// difference is explained only of somebody who was found: no explanation makes a person of a NIK that is not there.
func Take(s Service, f Facts, act Act, role party.Role, by int64, at time.Time, note string) ([]Step, State, error) {
	now := f.State
	i := slices.IndexFunc(moves[act], func(m move) bool { return slices.Contains(m.from, now) })
	missing := incomplete(s, f.Have)
	switch {
	case i < 0 || act == Accept && !f.Found:
		return nil, now, ErrAct
	case act == Whole && missing != nil:
		return nil, now, missing
	case act.Decides() && s.Decides == "head" && !For(ToDecide, role):
		return nil, now, ErrRole
	case act.NeedsNote() && note == "":
		return nil, now, ErrNote
	}
	m := moves[act][i]
	numbers, to := m.steps, m.to
	if act == HandOver && f.Sent {
		numbers, to = append(slices.Clone(numbers), "7"), Done
	}
	steps := make([]Step, len(numbers))
	for n, number := range numbers {
		steps[n] = Step{Number: number, Act: act, At: at, By: by}
	}
	steps[0].Note = note
	return steps, to, nil
}

// May lists the acts that a person may take, without those of the cross-check and the program.
func May(s Service, f Facts, role party.Role) []Act {
	var out []Act
	for _, a := range []Act{Whole, Incomplete, Accept, Return, Complete, Approve, Reject, HandOver} {
		if _, _, err := Take(s, f, a, role, 0, time.Time{}, "-"); err == nil {
			out = append(out, a)
		}
	}
	return out
}
