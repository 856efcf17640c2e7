package agency

import (
	"net/http"
	"slices"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/web/site"
)

type ownReadersPage struct {
	Here    string
	Rows    []readerRow
	Review  bool   // the visitor may read the records
	Granted bool   // the agreement grants the method
	Desk    string // since when the agency has a desk; empty: it has none
	Reads   string // of all, this semester
}

type readerRow struct {
	Serial, Model, SAM, Since, Last, Reads string
	State                                  site.Tag
	Idle                                   string // why one that is active does not read
	History                                []string
}

// ReaderTags are the kinds of tags of readers' states.
var ReaderTags = map[reader.State]string{reader.Requested: "mid", reader.Personalised: "mid", reader.Active: "ok",
	reader.Deactivated: "bad", reader.Returned: ""}

// ownReaders shows an agency its card readers: how each stands and stood, and how much it was used (H1, H3).
func (c *Agency) ownReaders(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	zone := v.Institution.Zone
	list, err := c.Store.ReaderUses(r.Context(), v.Institution.ID, zone.Begin(SemesterBegin(v.Today())))
	if err != nil {
		return err
	}
	p := ownReadersPage{Here: "pembaca", Review: v.May(access.ToReview), Granted: v.Grant != nil && v.Grant.Allows(agreement.Reader)}
	if d := v.Institution.Desk; !d.Since.IsZero() {
		p.Desk = bahasa.Date(zone.Day(d.Since))
	}
	idle := NotServed(v.Grant)
	if idle == "" && !p.Granted {
		idle = "Perjanjian tidak memberikan metode pembaca KTP-el."
	}
	total := 0
	for _, x := range list {
		now, _ := x.At(v.Now, v.Now)
		row := readerRow{Serial: x.Serial, Model: x.Model, SAM: x.SAM, Reads: bahasa.Number(x.Reads), Since: site.Clock(now.Since, v),
			State: site.Tag{Label: now.State.Label(), Kind: ReaderTags[now.State]}}
		if !x.Last.IsZero() {
			row.Last = site.Clock(x.Last, v)
		}
		if now.State == reader.Active {
			row.Idle = idle
		}
		for _, m := range slices.Backward(x.Moves) {
			row.History = append(row.History, moveWords(m, v))
		}
		total += x.Reads
		p.Rows = append(p.Rows, row)
	}
	p.Reads = bahasa.Number(total)
	return c.Show(w, r, http.StatusOK, "pembaca-sendiri", c.Page(r, v, "Pembaca KTP-el", p))
}

// moveWords are one word of the records about a reader: when it took effect, and when that was recorded, if not then.
func moveWords(m reader.Move, v *site.Visitor) string {
	words := m.State.Label() + ", " + site.Clock(m.From, v)
	if !m.Known.Equal(m.From) {
		words += "; dicatat " + site.Clock(m.Known, v)
	}
	return words
}
