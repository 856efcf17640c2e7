package console

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/web/site"
)

// Imports tell how the residents came in.
type Imports interface {
	Current(ctx context.Context) (population.Set, error)
	LastImport(ctx context.Context) (population.Run, bool, error)
	Sets(ctx context.Context, before int64, limit int) ([]population.Made, error)
	Leave(ctx context.Context) (population.Leave, error)
}

type importsPage struct {
	AsOf    string
	Total   int
	Trouble string // why the last import made nothing
	Running *runningImport
	Rows    []importRow
	Older   string
	Leave   leaveForm
}

// A leaveForm is the leave to answer from the own registry, and the form by which another is proposed.
type leaveForm struct {
	Own                         bool // answers rest on the own registry
	Now                         string
	Holds                       bool // today
	May                         bool
	Number, Date, Until, Reason string // as typed
	Faults                      told.Errors
}

type runningImport struct {
	Kind, Began, By string
	Rows            int
}

type importRow struct {
	At, AsOf, By, Kind, Hash string
	Taken, Bad               int
	Changes                  []importChange
	Notes                    []string
}

type importChange struct {
	Name  string
	Count int
	Lines string
}

var importKinds = map[population.Kind]string{population.Full: "Seluruh penduduk", population.Changes: "Perubahan"}

// imports shows the set that is answered from, an import that runs, and what each import changed: counts and lines, nobody's values.
func (c *Settings) imports(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeImports(w, r, v, http.StatusOK, leaveForm{})
}

// writeImports shows what the last import found, by kind and line: a population file is judged by the people who know it. An own registry
// rests on a leave of the Director General (A10), which is shown with its day.
func (c *Settings) writeImports(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, f leaveForm) error {
	ctx := r.Context()
	leave, err := c.Imports.Leave(ctx)
	if err != nil {
		return err
	}
	f.Own, f.Now, f.Holds, f.May = c.OwnRegistry, leave.Words(), leave.Holds(party.WIB.Day(v.Now)), v.May(access.ToSet)
	set, err := c.Imports.Current(ctx)
	if err != nil {
		return err
	}
	run, known, err := c.Imports.LastImport(ctx)
	if err != nil {
		return err
	}
	list, err := c.Imports.Sets(ctx, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	if err != nil {
		return err
	}
	p := importsPage{AsOf: dayOf(set), Leave: f}
	switch {
	case known && run.Running(time.Now()): // by the clock of the machine, as the import tells it
		p.Running = &runningImport{importKinds[run.Kind], site.Clock(run.Began, v), run.By, run.Rows}
	case known && run.Set == 0:
		p.Trouble = fmt.Sprintf("Impor terakhir, %s, tidak mengubah apa pun: %s.", site.Clock(run.Began, v), stopped(run))
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/data-penduduk", "sebelum", site.ID(list[site.PerPage-1].Set.Number))
	}
	for _, m := range list {
		if m.Set == set {
			p.Total = m.Report.Total
		}
		p.Rows = append(p.Rows, importRowOf(m, v))
	}
	return c.Show(w, r, status, "data-penduduk", c.Page(r, v, "Data penduduk", p))
}

// setLeave proposes a leave for the own registry: it counts once another administrator has approved it.
func (c *Settings) setLeave(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "nomor", "tanggal", "sampai", "alasan")
	if err != nil {
		return err
	}
	now, err := c.Imports.Leave(r.Context())
	if err != nil {
		return err
	}
	today := party.WIB.Day(v.Now)
	p := leaveForm{Number: strings.TrimSpace(f["nomor"]), Date: f["tanggal"], Until: f["sampai"], Reason: strings.TrimSpace(f["alasan"])}
	day := func(key string) time.Time {
		d, err := time.Parse(time.DateOnly, f[key])
		if err != nil {
			p.Faults.Add(key, "Tanggal harus diisi.")
		}
		return d
	}
	set := population.Leave{Number: p.Number, Date: day("tanggal"), Until: day("sampai")}
	switch {
	case p.Faults != nil:
	case set.Number == "" || len(set.Number) > 100:
		p.Faults.Add("nomor", "Nomor surat harus diisi, paling panjang 100 karakter.")
	case set.Date.After(today):
		p.Faults.Add("tanggal", "Tanggal surat belum tiba.")
	case !set.Valid(today):
		p.Faults.Add("sampai", "Akhir masa berlaku tidak boleh sebelum tanggal surat atau lebih dari 10 tahun sesudahnya.")
	case set == now:
		p.Faults.Add("nomor", "Surat ini sudah tercatat.")
	}
	if p.Reason == "" || len(p.Reason) > 200 {
		p.Faults.Add("alasan", "Alasan harus diisi, paling panjang 200 karakter.")
	}
	if p.Faults != nil {
		return c.writeImports(w, r, v, http.StatusUnprocessableEntity, p)
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingRegistry,
		Subject: "Izin registri sendiri", Before: now.Words(), After: set.Words(), Value: set}, p.Reason)
}

// stopped is why an import did not end; one that was killed could say nothing.
func stopped(run population.Run) string {
	if run.Problem != "" {
		return run.Problem
	}
	return "terhenti sebelum selesai"
}

// dayOf is the day that a set of residents is of; empty for one that does not say.
func dayOf(s population.Set) string {
	if s.AsOf.IsZero() {
		return ""
	}
	return bahasa.Date(s.AsOf)
}

// importRowOf counts and names lines, never residents: the page is read by people who need not see them.
func importRowOf(m population.Made, v *site.Visitor) importRow {
	row := importRow{At: site.Clock(m.At, v), AsOf: dayOf(m.Set), By: m.Report.By, Kind: importKinds[m.Report.Kind],
		Hash: m.Report.Hash[:min(16, len(m.Report.Hash))], Taken: m.Report.Rows, Bad: m.Report.Bad}
	for _, e := range population.Effects {
		if n := m.Report.Counts[e]; n > 0 {
			row.Changes = append(row.Changes, importChange{string(e), n, linesOf(m.Report.Lines[e])})
		}
	}
	for _, column := range slices.Sorted(maps.Keys(m.Report.Unread)) {
		row.Notes = append(row.Notes, fmt.Sprintf("%s: %s isian tidak terbaca dan dikosongkan", column,
			bahasa.Number(m.Report.Unread[column])))
	}
	if len(m.Report.Dropped) > 0 {
		row.Notes = append(row.Notes, "tidak diambil karena dilindungi undang-undang: "+strings.Join(m.Report.Dropped, ", "))
	}
	for _, left := range m.Report.Left {
		row.Notes = append(row.Notes, "tidak dibaca: "+left)
	}
	return row
}

// linesOf are the first lines of an effect in the file.
func linesOf(list []int) string {
	if len(list) == 0 {
		return ""
	}
	words := make([]string, min(3, len(list)))
	for i := range words {
		words[i] = strconv.Itoa(list[i])
	}
	text := "baris " + strings.Join(words, ", ")
	if len(list) > len(words) {
		text += ", …"
	}
	return text
}
