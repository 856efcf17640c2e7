package portal

import (
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/web/site"
)

const csvBatch = 1000

// historyCSV exports every row of the filter with masked NIKs. A download that cannot be finished is broken off, so that it is not taken
// for the whole.
func (p *Portal) historyCSV(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	_, b, q, some, err := p.historyQuery(r, v)
	if err != nil {
		return err
	}
	if b.Error != "" {
		return &site.Problem{Status: http.StatusBadRequest, Message: site.Message{Heading: "Isian tidak dapat dibaca",
			Advice: []string{b.Error}}}
	}
	// Rows that come in meanwhile must not shift the offsets.
	if end := v.Now.Add(time.Millisecond); q.To.IsZero() || q.To.After(end) {
		q.To = end
	}
	q.Limit = csvBatch
	var rows []access.HistoryRow
	var more bool
	if some {
		var err error
		if rows, more, err = p.History.Records(r.Context(), q); err != nil {
			return err
		}
	}
	if err := p.Reads(r, v, access.ToReview, "ekspor riwayat akses"); err != nil {
		return err
	}
	out := site.Table(w, "riwayat-akses.csv", "nomor_catatan", "waktu", "zona", "user", "tindakan", "nik_tersamar", "tujuan",
		"nomor_permohonan", "hasil", "mengurangi_kuota", "aplikasi", "metode")
	zone := v.Institution.Zone
	for {
		for _, rec := range rows {
			h := showRecord(rec, zone)
			hit := "tidak"
			if h.Hit {
				hit = "ya"
			}
			out.Row(h.Record, rec.At.In(zone.Location()).Format(time.DateTime), string(zone), h.Login, h.Act,
				strings.ReplaceAll(h.NIK, "•", "*"), h.Purpose, h.Reference, h.Outcome, hit, h.App,
				h.Method)
		}
		if !more || len(rows) == 0 {
			break
		}
		q.Offset += len(rows)
		var err error
		if rows, more, err = p.History.Records(r.Context(), q); err != nil {
			p.Log.ErrorContext(r.Context(), "portal: export broken off", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
	return out.End()
}
