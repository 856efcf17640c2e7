package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/web/agency"
	"gapura/web/site"
)

// mostReviewed is how many cases a review of four eyes reads: an office has some tens in a month.
const mostReviewed = 1000

type fourEyesPage struct {
	From, To, Error string
	Rows            []decisionRow
	Alone           []decisionRow // of them, taken by somebody who had filled in
	Cases           int
	More            bool // there are more cases than are read
	CSV             string
}

// A decisionRow is a decision of a case.
type decisionRow struct {
	Case                                                           int64
	Procedure, Agency, Step, Filled, Decided, Verdict, At, Finding string
	Alone                                                          bool
}

// reviewed reads the decisions of all cases that began in the days of the form, this month's when none are typed.
func (c *Cases) reviewed(r *http.Request, v *site.Visitor) (p fourEyesPage, err error) {
	q, today := r.URL.Query(), v.Today()
	p.From, p.To = strings.TrimSpace(q.Get("dari")), strings.TrimSpace(q.Get("sampai"))
	if p.From == "" && p.To == "" {
		p.From, p.To = today.AddDate(0, 0, 1-today.Day()).Format(time.DateOnly), today.Format(time.DateOnly)
	}
	p.CSV = site.Link("/konsol/empat-mata.csv", "dari", p.From, "sampai", p.To)
	s := caseSearch{From: p.From, To: p.To, State: allStates}
	f, wrong := s.filter(nil, v.Zone())
	if p.From, p.To, p.Error = s.From, s.To, wrong; wrong != "" {
		return p, nil
	}
	same, err := c.onePerson(r.Context(), v.Now)
	if err != nil {
		return p, err
	}
	list, err := c.Store.FindCases(r.Context(), f, 0, mostReviewed+1)
	if err != nil {
		return p, err
	}
	if p.More = len(list) > mostReviewed; p.More {
		list = list[:mostReviewed]
	}
	p.Cases = len(list)
	for n, row := range caseRows(c.Office.Procedures, list, v) {
		x, found, err := c.Store.Case(r.Context(), list[n].ID, c.Office.Procedures)
		if err != nil {
			return p, err
		}
		if !found {
			continue
		}
		for _, d := range x.Decisions(same) {
			at := d.At.In(v.Zone().Location())
			line := decisionRow{Case: x.ID, Procedure: row.Procedure, Agency: row.Agency, Step: d.Step,
				Filled: strings.Join(d.Filled, ", "), Decided: d.By, Verdict: agency.VerdictTags[d.Verdict].Label,
				At: bahasa.Date(at) + ", " + at.Format("15.04"), Alone: d.Alone, Finding: "dua orang"}
			if d.Alone {
				line.Finding = "satu orang"
				p.Alone = append(p.Alone, line)
			}
			p.Rows = append(p.Rows, line)
		}
	}
	return p, nil
}

// onePerson says whether two user ids of the office are one person's.
func (c *Cases) onePerson(ctx context.Context, now time.Time) (func(a, b int64) bool, error) {
	x, err := c.Store.Facts(ctx, party.Provider, now)
	if err != nil {
		return nil, err
	}
	staff := map[int64]party.User{}
	for _, u := range x.Staff {
		staff[u.ID] = u
	}
	return func(a, b int64) bool {
		one, there := staff[a]
		other, too := staff[b]
		return there && too && party.SamePerson(one, other)
	}, nil
}

// fourEyes shows every decision with who filled in and who decided, as it was recorded and not as the engine would have it.
func (c *Cases) fourEyes(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p, err := c.reviewed(r, v)
	if err == nil {
		err = c.Reads(r, v, access.ToLook, "tinjauan empat mata")
	}
	if err != nil {
		return err
	}
	if len(p.Rows) > site.PerPage {
		p.Rows = p.Rows[:site.PerPage]
	}
	status := http.StatusOK
	if p.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return c.Show(w, r, status, "empat-mata", c.Page(r, v, "Tinjauan empat mata", p))
}

// fourEyesCSV is all of it as a table. Who takes it along is recorded.
func (c *Cases) fourEyesCSV(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	p, err := c.reviewed(r, v)
	if err != nil {
		return err
	}
	if p.Error != "" || p.More {
		return &site.Problem{Status: http.StatusUnprocessableEntity, Message: site.Message{Heading: "Kurun tidak dapat dibaca",
			Advice: []string{"Pilih kurun yang lebih pendek, dengan tanggal yang benar."}}}
	}
	if err := c.Reads(r, v, access.ToLook, "ekspor tinjauan empat mata"); err != nil {
		return err
	}
	out := site.Table(w, "empat-mata-"+p.From+"-"+p.To+".csv", "Berkas", "Jenis", "Instansi", "Langkah", "Diisi oleh", "Diputuskan oleh",
		"Putusan", "Waktu", "Temuan")
	for _, x := range p.Rows {
		out.Row(site.ID(x.Case), x.Procedure, x.Agency, x.Step, x.Filled, x.Decided, x.Verdict, x.At, x.Finding)
	}
	return out.End()
}
