package console

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
	"gapura/web/ui"
)

type alertsPage struct {
	Rows  []agency.AlertRow
	Mild  bool
	Older string
	May   bool
}

// alerts lists what the Watcher found, the latest first.
func (c *Records) alerts(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	q := r.URL.Query()
	p := alertsPage{Mild: q.Get("catatan") != "", May: v.May(access.ToSet)}
	ask := guard.AlertsQuery{Mild: p.Mild, Most: site.PerPage + 1}
	if before := site.Number(q.Get("sebelum")); before > 0 {
		ask.Before = time.UnixMicro(before)
	}
	list, err := c.Watching.Alerts(r.Context(), ask)
	if err != nil {
		return err
	}
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/konsol/pengawasan", "catatan", q.Get("catatan"), "sebelum",
			strconv.FormatInt(list[site.PerPage-1].Last.UnixMicro(), 10))
	}
	p.Rows = agency.AlertRows(list, v)
	return c.Show(w, r, http.StatusOK, "pengawasan", c.Page(r, v, "Pengawasan", p))
}

// A dot is a lookup, or an hour, on the time line.
type dot struct {
	X     int // thousandths of the day
	Class string
	Hour  int
}

type evidencePage struct {
	Code, Agency, Login, Name string
	Day, Before, After        string // as in addresses
	DayWords                  string
	Stopped                   string // since when; empty: not stopped
	MayStop, MayFile          bool
	Alerts                    []agency.AlertRow
	Dots                      []dot
	Hours                     []dot
	Rows                      []lookupRow
	Stops                     []stopRow
	Error                     string
}

type lookupRow struct{ Number, Clock, NIK, Outcome, Tag string }

type stopRow struct{ From, To, Rule, End string }

// watchedUser finds the user of the path.
func (c *Records) watchedUser(r *http.Request) (party.Institution, party.User, error) {
	i, _, found, err := c.Store.InstitutionByCode(r.Context(), r.PathValue("code"))
	var u party.User
	if err == nil && found {
		u, found, err = c.Store.UserByLogin(r.Context(), r.PathValue("login"))
	}
	if err == nil && (!found || u.Institution != i.ID || i.ID == party.Provider) {
		err = site.ErrNotFound
	}
	return i, u, err
}

// evidence shows a user's lookups of a day on a time line beside what was found about them.
func (c *Records) evidence(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, u, err := c.watchedUser(r)
	if err != nil {
		return err
	}
	return c.writeEvidence(w, r, v, i, u, http.StatusOK, "")
}

// writeEvidence shows the day once more when a stop was not taken, so that the reason is typed beside what it is about.
func (c *Records) writeEvidence(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, u party.User, status int,
	problem string) error {
	ctx, today := r.Context(), i.Zone.Day(v.Now)
	day, err := time.Parse(time.DateOnly, r.URL.Query().Get("hari"))
	if err != nil || day.After(today) { // no day, or one that has not come
		day = today
	}
	p := evidencePage{
		Code: i.Code, Agency: i.Name, Login: u.Login, Name: u.Name, Day: day.Format(time.DateOnly), Before: day.AddDate(0, 0,
			-1).Format(time.DateOnly),
		DayWords: bahasa.Date(day), MayStop: v.May(access.ToJudge), MayFile: v.May(access.ToFile), Error: problem,
	}
	if day.Before(today) {
		p.After = day.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	if !u.Stopped.IsZero() {
		p.Stopped = site.Clock(u.Stopped, v)
	}
	list, err := c.Watching.AlertsOn(ctx, u, day)
	if err != nil {
		return err
	}
	p.Alerts = agency.AlertRows(list, v)
	seen, err := c.Watching.LookupsOn(ctx, u, i.Zone, day, 1000)
	if err != nil {
		return err
	}
	if err := c.Reads(r, v, access.ToLook, "pencarian user "+site.ID(u.ID)); err != nil {
		return err
	}
	begin := i.Zone.Begin(day)
	for h := 0; h <= 24; h += 3 {
		p.Hours = append(p.Hours, dot{X: h * 1000 / 24, Hour: h})
	}
	for _, x := range seen {
		class, tag := "ok", ""
		switch {
		case x.Outcome == access.Abuse:
			class, tag = "bad", "bad"
		case x.Outcome != access.Found:
			class, tag = "mid", "mid"
		}
		p.Dots = append(p.Dots, dot{X: int(x.At.Sub(begin) * 1000 / (24 * time.Hour)), Class: class})
		masked, outcome := "bukan NIK", x.Outcome.Text()
		if !x.NIK.IsZero() {
			masked = x.NIK.Masked()
		}
		if x.Outcome == access.Found {
			outcome = "Data ditemukan"
		}
		p.Rows = append(p.Rows, lookupRow{journal.ID{Log: i.ID, Seq: x.Seq}.String(), ui.Clock(x.At, i.Zone), masked, outcome, tag})
	}
	// The time line shows the whole day; under it the last lookups are enough, because whoever wants all has the journal.
	slices.Reverse(p.Rows)
	p.Rows = p.Rows[:min(len(p.Rows), 2*site.PerPage)]
	stops, err := c.Watching.Stops(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, s := range slices.Backward(stops) {
		if s.User != u.ID {
			continue
		}
		row := stopRow{From: site.Clock(s.At, v), To: site.Clock(s.Ended, v), Rule: agency.RuleName(s.Rule.String()),
			End: "setelah pembinaan"}
		switch {
		case s.Ended.IsZero():
			row.End = "masih berlaku"
		case s.FalseAlarm:
			row.End = "peringatan keliru"
		}
		p.Stops = append(p.Stops, row)
	}
	return c.Show(w, r, status, "pengawasan-pengguna", c.Page(r, v, "Pengawasan "+u.Login, p))
}

// stopUser stops a user's lookups by hand.
func (c *Records) stopUser(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, u, err := c.watchedUser(r)
	if err != nil {
		return err
	}
	f, err := c.Form(w, r, "alasan")
	if err != nil {
		return err
	}
	reason := strings.TrimSpace(f["alasan"])
	if reason == "" || len(reason) > 500 {
		return c.writeEvidence(w, r, v, i, u, http.StatusUnprocessableEntity, "Alasan harus diisi, paling panjang 500 karakter.")
	}
	err = c.Office.StopUser(r.Context(), &access.Standing{User: u, Institution: i}, guard.Finding{At: v.Now, By: v.User.ID,
		Reasons: []string{reason}})
	if err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/pengawasan/"+i.Code+"/"+u.Login)
}

type watchPage struct {
	site.Tabs
	Steps []watchField
	Pace  []watchField
	Hours []watchField
	Rules []ruleRow
	guard.Settings
	Error string
	May   bool
}

type watchField struct{ Key, Name, Value, Default string }

type ruleRow struct {
	Code, Name string
	On, Fixed  bool
}

// watchSettings shows an agency's settings of the Watcher.
func (c *Records) watchSettings(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	s, err := c.Watching.AbuseSettings(r.Context(), i.ID)
	if err != nil {
		return err
	}
	return c.writeWatch(w, r, v, i, s, http.StatusOK, "")
}

func (c *Records) writeWatch(w http.ResponseWriter, r *http.Request, v *site.Visitor, i party.Institution, s guard.Settings, status int,
	problem string) error {
	text := func(x float64) string {
		if x == 0 {
			return ""
		}
		return strconv.FormatFloat(x, 'f', -1, 64)
	}
	hour := func(m int) string {
		if s.Opens == 0 && s.Closes == 0 {
			return ""
		}
		return fmt.Sprintf("%02d.%02d", m/60, m%60)
	}
	p := watchPage{
		Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "pengawasan"}, Settings: s, Error: problem, May: v.May(access.ToSet),
		Steps: []watchField{{"catat", "Dicatat mulai", text(s.RecordAt), "15"}, {"peringatkan", "Diperingatkan mulai", text(s.WarnAt),
			"30"},
			{"perlambat", "Diperlambat mulai", text(s.SlowAt), "60"}, {"hentikan", "Dihentikan mulai", text(s.SuspendAt), "100"}},
		Pace: []watchField{{"menit", "NIK setiap menit", text(s.PerMinute), "4"}, {"sehari", "NIK setiap hari", text(float64(s.PerDay)),
			"300"}},
		Hours: []watchField{{"buka", "Jam buka", hour(s.Opens), "06.00"}, {"tutup", "Jam tutup", hour(s.Closes), "18.00"}},
	}
	for _, x := range agency.Rules {
		p.Rules = append(p.Rules, ruleRow{x[0], x[1], !slices.Contains(s.Off, x[0]), x[0] == "decoy"})
	}
	return c.Show(w, r, status, "instansi-pengawasan", c.Page(r, v, "Pengawasan "+i.Name, p))
}

// setWatch changes an agency's settings of the Watcher.
func (c *Records) setWatch(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	names := []string{"catat", "peringatkan", "perlambat", "hentikan", "menit", "sehari", "buka", "tutup", "minggu", "alasan"}
	for _, x := range agency.Rules {
		names = append(names, "aturan-"+x[0])
	}
	f, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	problem := ""
	figure := func(key string) float64 {
		t := strings.ReplaceAll(strings.TrimSpace(f[key]), ",", ".")
		if t == "" {
			return 0
		}
		x, err := strconv.ParseFloat(t, 64)
		if err != nil || x <= 0 || x > 100_000 {
			problem = "Isilah setiap batas dengan angka di atas 0, atau kosongkan untuk nilai bawaan."
		}
		return x
	}
	minutes := func(key string) int {
		t := strings.TrimSpace(f[key])
		if t == "" {
			return 0
		}
		at, err := time.Parse("15.04", strings.ReplaceAll(t, ":", "."))
		if err != nil {
			problem = "Jam ditulis seperti 07.30."
		}
		return at.Hour()*60 + at.Minute()
	}
	s := guard.Settings{
		RecordAt: figure("catat"), WarnAt: figure("peringatkan"), SlowAt: figure("perlambat"), SuspendAt: figure("hentikan"),
		PerMinute: figure("menit"),
		PerDay:    int(figure("sehari")), Opens: minutes("buka"), Closes: minutes("tutup"), Sundays: f["minggu"] != "",
	}
	for _, x := range agency.Rules {
		if f["aturan-"+x[0]] == "" && x[0] != "decoy" {
			s.Off = append(s.Off, x[0])
		}
	}
	reason := strings.TrimSpace(f["alasan"])
	if reason == "" && problem == "" {
		problem = "Alasan perubahan harus diisi."
	}
	if err := s.Check(); err != nil && problem == "" {
		problem = err.Error()
	}
	if problem != "" {
		return c.writeWatch(w, r, v, i, s, http.StatusUnprocessableEntity, problem)
	}
	was, err := c.Watching.AbuseSettings(r.Context(), i.ID)
	if err != nil {
		return err
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: i.ID, Kind: procedure.SettingWatch,
		Subject: "Pengawasan pola pencarian",
		Before:  was.Words(), After: s.Words(), Value: s}, reason)
}
