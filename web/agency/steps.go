package agency

import (
	"fmt"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// CaseTags are the colours of a case's states.
var CaseTags = map[procedure.State]string{procedure.Open: "mid", procedure.Done: "ok", procedure.Refused: "bad", procedure.Withdrawn: "bad"}

// A Step is a step of a case as pages show it: taken, to be taken now, or to come.
type Step struct {
	Name, State, By, At, Letter, LetterDay string
	Verdict                                site.Tag
	Values                                 [][2]string
	Files                                  []FileRow
	Now                                    bool
	MayCorrect                             bool // by who sees the page, as the step taken last
}

// VerdictTags are the ends of a decision with their colours.
var VerdictTags = map[string]site.Tag{
	procedure.Approve:  {Label: "Disetujui", Kind: "ok"},
	procedure.Refuse:   {Label: "Ditolak", Kind: "bad"},
	procedure.Withdraw: {Label: "Ditarik", Kind: "bad"},
}

// StepOf is a step that was taken, with those of the case's files that came with it. What the office filled in for itself is not shown to
// an agency's people, except its reasons.
func StepOf(cs *procedure.Case, t procedure.Taken, seq int, stored []procedure.File, v *site.Visitor) Step {
	s := Step{Name: "Penarikan berkas", State: "selesai", By: t.ByName, At: site.Clock(t.At, v), Letter: t.Letter,
		Verdict: VerdictTags[t.Verdict]}
	if cs.Replaced(seq) {
		s.Verdict = site.Tag{Label: "Diperbaiki, lihat isian berikutnya", Kind: "mid"}
	}
	if t.By == 0 {
		s.By = "Sistem"
	}
	if !t.LetterDay.IsZero() {
		s.LetterDay = bahasa.Date(t.LetterDay)
	}
	if st, ok := cs.Procedure.Step(t.Step); ok {
		s.Name = st.Name
		for _, f := range cs.FieldsOf(t) {
			val := t.Values[f.Key]
			if val == "" || f.Kind == "setting" || f.Key == "alasan" || st.By != "agency" && !f.Shared && !v.OfProvider() {
				continue
			}
			if f.Kind == "nik" {
				val = site.Masked(val)
			}
			s.Values = append(s.Values, [2]string{f.Name, office.Words(f, val)})
		}
	}
	if why := t.Values["alasan"]; why != "" {
		s.Values = append(s.Values, [2]string{"Alasan", why})
	}
	for _, f := range stored {
		if f.CaseSeq == seq && (v.OfProvider() || f.Agency != party.Provider) {
			s.Files = append(s.Files, FileRowOf(f, v))
		}
	}
	return s
}

// A FileRow is a letter or scan in a list.
type FileRow struct {
	ID                     int64
	Path                   string // where the visitor downloads it
	Title, Number, Kind    string
	Version                int
	Size, SHA256, At, Case string
}

// FileRowOf is a file as the visitor sees it.
func FileRowOf(f procedure.File, v *site.Visitor) FileRow {
	kind, path := "Surat yang dibuat", "/instansi/dokumen/"
	if f.Kind == "scan" {
		kind = "Pindaian"
	}
	if v.OfProvider() {
		path = "/konsol/dokumen/"
	}
	return FileRow{f.ID, path + site.ID(f.ID), f.Title, f.Number, kind, f.Version, size(f.Size), fmt.Sprintf("%x", f.SHA256),
		site.Clock(f.At, v), site.ID(f.Case)}
}

// size is "120 KB" or "1,2 MB".
func size(n int64) string {
	if n < 1<<20 {
		return bahasa.Number(max(1, n>>10)) + " KB"
	}
	return bahasa.Number(float64(n*10>>20)/10) + " MB"
}
