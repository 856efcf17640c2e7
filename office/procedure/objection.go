package procedure

import (
	"slices"
	"time"

	"gapura/agreement/party"
)

// What follows when a resident's objection is accepted.
const (
	FollowAlert      = "peringatan" // the lookup is among the watch's alerts
	FollowIncident   = "insiden"    // an incident is opened
	FollowCorrection = "perbaikan"  // a case in which the resident's data are corrected
)

// SettleObjection accepts a resident's objection to a use of their data, with what follows (UU 27/2022, articles 6 to 11).
type SettleObjection struct {
	Institution party.Institution
	Record      string // number of the use, "log-place"
	Follow      string // one of the Follow constants
	FollowWords string
	What        string // the resident's own words
	Case        int64
}

// Words name the record, never the resident.
func (e SettleObjection) Words() (string, string, string) {
	return "Keberatan penduduk atas catatan " + e.Record, "", "diterima: " + e.FollowWords
}

func settleObjection(c *Case, x Facts) ([]Effect, error) {
	return []Effect{SettleObjection{Institution: x.Institution, Record: c.Value("catatan"), Follow: c.Value("tindak_lanjut"),
		FollowWords: c.label("tindak_lanjut"), What: c.Value("uraian"), Case: c.ID}}, nil
}

// Due is when a case must be over, of a procedure that has hours; ok is false for others. The hours run from its opening, by day and night.
func (p *Procedure) Due(opened time.Time) (due time.Time, ok bool) { return after(opened, p.Hours) }

// StepDue is when the step after so many is due; ok is false when it has no hours, or there is none.
func (p *Procedure) StepDue(opened time.Time, taken int) (due time.Time, ok bool) {
	if taken >= len(p.Steps) {
		return due, false
	}
	return after(opened, p.Steps[taken].Hours)
}

func after(opened time.Time, hours int) (time.Time, bool) {
	return opened.Add(time.Duration(hours) * time.Hour), hours > 0
}

// record reads the number of a use of the institution's log; who takes the step has looked up whether it is there.
func record(_ Field, v string, x Facts) (string, string) {
	if v = clean(v); v != "" && !slices.Contains(x.InUse.Records, v) {
		return "", "tidak ada dalam jurnal instansi ini."
	}
	return v, ""
}
