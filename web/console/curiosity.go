package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/snooping"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/curiosity"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

// CuriosityStore is what the pages about lookups without a service read.
type CuriosityStore interface {
	office.Curiosity
	CuriosityCases(ctx context.Context, open bool, before int64, most int) ([]curiosity.Case, error)
	Sums(ctx context.Context, since time.Time) ([]curiosity.Sum, error)
	Precision(ctx context.Context) ([]curiosity.Precision, error)
}

// Curiosity are the pages of lookups that nothing explains: how many there are, the cases, and an agency's rules with their trial.
type Curiosity struct {
	*site.Site
	Agencies site.Finder
	Store    CuriosityStore
	Office   *office.Office
}

// Pages are the templates.
func (c *Curiosity) Pages() []string {
	return []string{"tanpa-dasar", "tanpa-dasar-perkara", "instansi-tanpa-dasar"}
}

// Routes is the table.
func (c *Curiosity) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/tanpa-dasar", Act: access.ToLook, Handle: c.overview},
		{Pattern: "GET /konsol/tanpa-dasar/{id}", Act: access.ToLook, Handle: c.one},
		{Pattern: "POST /konsol/tanpa-dasar/{id}", Act: access.ToFile, Handle: c.take},
		{Pattern: "GET /konsol/instansi/{code}/tanpa-dasar", Act: access.ToLook, Handle: c.rules},
		{Pattern: "POST /konsol/instansi/{code}/tanpa-dasar", Act: access.ToSet, Handle: c.setRules},
	}
}

type curiosityPage struct {
	Sums      []curiositySum
	Cases     []curiosityRow
	Precision []curiosity.Precision
	All       bool
	Older     string
}

type curiositySum struct {
	curiosity.Sum
	Share string
}

type curiosityRow struct {
	ID                                   int64
	Agency, Login, Rule, Opened, Finding string
	State                                site.Tag
}

var curiosityTags = map[curiosity.State]string{curiosity.Open: "mid", curiosity.Proposed: "mid", curiosity.Closed: "ok"}

// overview shows what was explained beside what was not: a list of suspicions alone would make a good month look bad.
func (c *Curiosity) overview(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	ctx, p := r.Context(), curiosityPage{All: r.URL.Query().Get("semua") != ""}
	sums, err := c.Store.Sums(ctx, v.Today().AddDate(0, 0, -30))
	cases, err2 := c.Store.CuriosityCases(ctx, !p.All, site.Number(r.URL.Query().Get("sebelum")), site.PerPage+1)
	precision, err3 := c.Store.Precision(ctx)
	if err := errors.Join(err, err2, err3); err != nil {
		return err
	}
	for _, s := range sums {
		p.Sums = append(p.Sums, curiositySum{s, snooping.Percent(s.Explained, s.Lookups)})
	}
	if len(cases) > site.PerPage {
		cases = cases[:site.PerPage]
		p.Older = site.Link("/konsol/tanpa-dasar", "semua", r.URL.Query().Get("semua"), "sebelum", site.ID(cases[site.PerPage-1].ID))
	}
	for _, x := range cases {
		p.Cases = append(p.Cases, curiosityRow{x.ID, x.AgencyName, x.Login, x.Rule.Label(), site.Clock(x.Opened, v), x.Finding.Label(),
			site.Tag{Label: x.State.Label(), Kind: curiosityTags[x.State]}})
	}
	p.Precision = precision
	return c.Show(w, r, http.StatusOK, "tanpa-dasar", c.Page(r, v, "Pencarian tanpa dasar", p))
}

type curiosityCasePage struct {
	curiosity.Case
	Masked, Since, Until string
	Tag                  site.Tag
	Series               []agency.QuestionRow
	Lines                []entryLine
	Saw                  int
	May, Mine            bool // may add a line; proposed the finding that waits
	Findings             [][2]string
	Act, Text, Chosen    string
	Error                string
	Misuse               bool
	Day                  string
}

type entryLine struct{ Act, At, By, Text, Finding string }

func (c *Curiosity) one(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.write(w, r, v, http.StatusOK, curiosityCasePage{})
}

// write masks the NIK: whoever judges a lookup judges the officer, and need not learn about whom it was.
func (c *Curiosity) write(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p curiosityCasePage) error {
	id := site.Number(r.PathValue("id"))
	x, found, err := c.Store.CuriosityCase(r.Context(), id)
	if err == nil && !found {
		err = site.ErrNotFound
	}
	if err == nil {
		err = c.Reads(r, v, access.ToLook, "pencarian tanpa dasar "+site.ID(id))
	}
	if err != nil {
		return err
	}
	p.Case, p.Masked, p.Since, p.Saw = x, x.NIK.Masked(), site.Clock(x.Opened, v), len(x.Entries)
	p.Tag, p.Findings = site.Tag{Label: x.State.Label(), Kind: curiosityTags[x.State]}, curiosity.Findings
	p.May, p.Misuse = x.State != curiosity.Closed && v.May(access.ToFile), x.Finding == curiosity.Misuse
	if y := x.Proposal(); y != nil && x.State == curiosity.Proposed {
		p.Mine = y.By == v.User.ID
	}
	if !x.Closed.IsZero() {
		p.Until = site.Clock(x.Closed, v)
	}
	p.Day = x.Opened.In(v.Zone().Location()).Format(time.DateOnly)
	p.Series = agency.QuestionRows(x.Questions, v, curiosity.Question.Reason)
	for _, e := range x.Entries {
		by := e.ByName
		if e.By == 0 {
			by = "Gapura"
		}
		p.Lines = append(p.Lines, entryLine{curiosity.ActLabel(e.Act), site.Clock(e.At, v), by, e.Text, e.Finding.Label()})
	}
	return c.Show(w, r, status, "tanpa-dasar-perkara", c.Page(r, v, "Pencarian tanpa dasar "+site.ID(id), p))
}

// take adds a line to a case.
func (c *Curiosity) take(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "langkah", "baris", "uraian", "hasil")
	if err != nil {
		return err
	}
	id := site.Number(r.PathValue("id"))
	err = office.CuriosityOf(c.Office).Take(r.Context(), v.Actor(), id, int(site.Number(f["baris"])), curiosity.Entry{Act: f["langkah"],
		Text: f["uraian"], Finding: curiosity.Finding(f["hasil"])})
	if text, ok := told.Text(err); ok {
		status := http.StatusUnprocessableEntity
		if errors.Is(err, curiosity.ErrMoved) {
			status = http.StatusConflict
		}
		return c.write(w, r, v, status, curiosityCasePage{Error: text, Act: f["langkah"], Text: f["uraian"], Chosen: f["hasil"]})
	}
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/tanpa-dasar/"+site.ID(id))
}

type curiosityRulesPage struct {
	site.Tabs
	Now       string // what is in force, in words
	Rows      []curiosityRule
	Threshold string
	May       bool
	Error     string
	Trial     *curiosityTrial
	Reason    string
}

type curiosityRule struct{ Code, Name, Value, Was string }

type curiosityTrial struct {
	Words     string
	Before    snooping.Trial
	After     snooping.Trial
	Rules     []trialRule
	Explained string
}

type trialRule struct {
	Name          string
	Before, After int
}

// agency is whose rules the path names, with the choice that is in force.
func (c *Curiosity) agency(r *http.Request) (party.Institution, snooping.Choice, error) {
	i, _, err := institution(r, c.Agencies)
	if err != nil {
		return i, snooping.Choice{}, err
	}
	now, err := c.Store.Choice(r.Context(), i.ID)
	return i, now, err
}

func (c *Curiosity) rules(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, now, err := c.agency(r)
	if err != nil {
		return err
	}
	return c.writeRules(w, r, v, http.StatusOK, i, now, now, curiosityRulesPage{})
}

// writeRules shows what is in force beside what was typed; after a trial on the past the typed choice stays in the form.
func (c *Curiosity) writeRules(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, i party.Institution,
	now, shown snooping.Choice, p curiosityRulesPage) error {
	p.Tabs, p.Now, p.May = site.Tabs{Code: i.Code, Name: i.Name, Here: "pengawasan"}, now.Words(), v.May(access.ToSet)
	text := func(x float64) string { return strings.ReplaceAll(strconv.FormatFloat(x, 'f', -1, 64), ".", ",") }
	for x := range snooping.Rules {
		row := curiosityRule{Code: x.String(), Name: x.Label(), Value: "1", Was: "1"}
		if n, ok := shown.Weights[row.Code]; ok {
			row.Value = text(n)
		}
		if n, ok := now.Weights[row.Code]; ok {
			row.Was = text(n)
		}
		p.Rows = append(p.Rows, row)
	}
	if shown.AlertAt != 0 {
		p.Threshold = text(shown.AlertAt)
	}
	return c.Show(w, r, status, "instansi-tanpa-dasar", c.Page(r, v, "Aturan pencarian tanpa dasar "+i.Name, p))
}

// setRules tries a choice on the past 90 days and shows what it would have brought; with a reason it proposes it. What is proposed was so
// always tried.
func (c *Curiosity) setRules(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, now, err := c.agency(r)
	if err != nil {
		return err
	}
	names := []string{"ambang", "alasan", "usulkan"}
	for x := range snooping.Rules {
		names = append(names, "bobot-"+x.String())
	}
	f, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	set, p := snooping.Choice{Weights: map[string]float64{}}, curiosityRulesPage{Reason: strings.TrimSpace(f["alasan"])}
	number := func(key string, otherwise float64) float64 {
		t := strings.ReplaceAll(strings.TrimSpace(f[key]), ",", ".")
		if t == "" {
			return otherwise
		}
		n, err := strconv.ParseFloat(t, 64)
		if err != nil || n < 0 || n > 100 {
			p.Error = "Bobot dan ambang diisi dengan angka, misalnya 1,5."
		}
		return n
	}
	for x := range snooping.Rules {
		if n := number("bobot-"+x.String(), 1); n != 1 {
			set.Weights[x.String()] = n
		}
	}
	set.AlertAt = number("ambang", 0)
	if text, bad := told.Text(set.Check()); bad && p.Error == "" {
		p.Error = text
	}
	propose1 := f["usulkan"] != ""
	if propose1 && p.Reason == "" && p.Error == "" {
		p.Error = "Alasan perubahan harus diisi."
	}
	if propose1 && p.Error == "" && set.Words() == now.Words() {
		p.Error = "Tidak ada yang berubah."
	}
	if p.Error != "" {
		return c.writeRules(w, r, v, http.StatusUnprocessableEntity, i, now, set, p)
	}
	before, err := office.CuriosityOf(c.Office).Try(r.Context(), i, now)
	if err != nil {
		return err
	}
	after, err := office.CuriosityOf(c.Office).Try(r.Context(), i, set)
	if err != nil {
		return err
	}
	if propose1 {
		return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: i.ID, Kind: procedure.SettingSnooping,
			Subject: "Aturan pencarian tanpa dasar", Before: now.Words(), After: set.Words(), Value: set}, p.Reason+" (uji 90 hari: "+
			strconv.Itoa(before.Alerts)+" peringatan menjadi "+strconv.Itoa(after.Alerts)+")")
	}
	t := &curiosityTrial{Words: set.Words(), Before: before, After: after, Explained: snooping.Percent(after.Explained, after.Lookups)}
	for x := range snooping.Rules {
		if before.ByRule[x] != 0 || after.ByRule[x] != 0 {
			t.Rules = append(t.Rules, trialRule{x.Label(), before.ByRule[x], after.ByRule[x]})
		}
	}
	p.Trial = t
	return c.writeRules(w, r, v, http.StatusOK, i, now, set, p)
}
