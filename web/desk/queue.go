package desk

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/bahasa"
	"gapura/person/nik"
	"gapura/web/site"
	"gapura/web/ui"
)

// lists are the pages that list applications.
type lists struct{ *Desk }

const perPage = 50

type queuePage struct {
	Title, Day    string
	Prev, Next    string // days beside
	Rows          []queueRow
	Older         string
	Counts        []stateCount
	States        []stateOption
	Chosen        desk.State
	Today, Found  bool
	Waiting       int    // letters in the outbox
	Down          string // since when the line is down
	Problem, Link string
	Alarm         string
}

type queueRow struct {
	ID                                       int64
	Queue                                    int
	Number, Name, NIK, Service, State, Class string
	Next, Time                               string
}

type stateCount struct {
	Label string
	N     int
}

type stateOption struct {
	Value, Label string
	Chosen       bool
}

// class is the colour of a state; the word stands beside it, for whoever sees no colours.
func class(s desk.State) string {
	switch s {
	case desk.Matched, desk.Issued, desk.HandedOver, desk.Done:
		return "ok"
	case desk.Mismatched, desk.Rejected:
		return "bad"
	}
	return "mid"
}

func (d lists) rows(r *http.Request, list []deskdb.Row) ([]queueRow, error) {
	names := map[string]string{}
	services, err := d.DB.Services.Services(r.Context())
	for _, s := range services {
		names[s.Key] = s.Name
	}
	out := make([]queueRow, len(list))
	for i, x := range list {
		out[i] = queueRow{
			ID: x.ID, Queue: x.Queue, Number: x.Number, Name: x.Papers.Values["nama_lengkap"], NIK: x.Papers.NIK().Masked(),
			Service: names[x.Service],
			State:   x.State.Label(), Class: class(x.State), Next: x.State.Next(), Time: ui.Clock(x.Created, d.Zone),
		}
	}
	return out, err
}

func (d lists) filter(r *http.Request) (f deskdb.Filter, day time.Time) {
	q := r.URL.Query()
	day, err := time.Parse(time.DateOnly, q.Get("hari"))
	if err != nil || day.Year() < 2000 || day.Year() > 2200 {
		day = d.today()
	}
	f = deskdb.Filter{Day: day, Most: perPage + 1}
	if s := desk.State(q.Get("keadaan")); deskdb.HasState(s) {
		f.State = s
	}
	if q.Get("semua") != "" { // what waits at the counter from whichever day
		f.Day, f.Open = time.Time{}, true
	}
	f.After, _ = strconv.ParseInt(q.Get("sebelum"), 10, 64)
	return f, day
}

// queue shows the queue of a day, newest first.
func (d lists) queue(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, day := d.filter(r)
	list, err := d.DB.Applications.Applications(r.Context(), f)
	if err != nil {
		return err
	}
	p := queuePage{Title: "Antrean hari ini", Day: bahasa.Date(day), Chosen: f.State, Today: day.Equal(d.today()),
		Link: day.Format(time.DateOnly)}
	switch {
	case f.Open:
		p.Title, p.Day = "Semua yang belum selesai di loket", ""
	case !p.Today:
		p.Title = "Antrean"
	}
	p.Prev, p.Next = day.AddDate(0, 0, -1).Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly)
	if len(list) > perPage {
		list = list[:perPage]
		q := url.Values{"sebelum": {strconv.FormatInt(list[perPage-1].ID, 10)}}
		if f.Open {
			q.Set("semua", "ya")
		} else {
			q.Set("hari", p.Link)
		}
		if f.State != "" {
			q.Set("keadaan", string(f.State))
		}
		p.Older = "/antrean?" + q.Encode()
	}
	return d.writeQueue(w, r, v, http.StatusOK, p, day, list)
}

func (d lists) writeQueue(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p queuePage, day time.Time,
	list []deskdb.Row) error {
	if d.Alarm != nil {
		p.Alarm = d.Alarm()
	}
	counts, err := d.DB.Applications.Counts(r.Context(), day)
	if err == nil {
		p.Waiting, err = d.DB.Outbox.Waiting(r.Context())
	}
	if err == nil {
		p.Rows, err = d.rows(r, list)
	}
	if err != nil {
		return err
	}
	for _, s := range desk.States {
		if counts[s] > 0 {
			p.Counts = append(p.Counts, stateCount{s.Label(), counts[s]})
		}
		p.States = append(p.States, stateOption{string(s), s.Label(), s == p.Chosen})
	}
	p.Down = d.lineDown()
	return d.Show(w, r, status, "antrean", d.Page(r, v, p.Title, p))
}

// search finds applications by number or NIK. It is a POST, so that no NIK comes into an address.
func (d lists) search(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "cari")
	if err != nil {
		return err
	}
	q := deskdb.Filter{Most: perPage}
	if n, err := nik.Parse(f["cari"]); err == nil {
		q.NIK = n
	} else {
		q.Number = strings.ToUpper(strings.TrimSpace(f["cari"]))
	}
	list, err := d.DB.Applications.Applications(r.Context(), q)
	if err != nil {
		return err
	}
	p := queuePage{Title: "Hasil pencarian permohonan", Found: true, Link: d.today().Format(time.DateOnly)}
	if len(list) == 0 {
		p.Problem = "Tidak ada permohonan dengan nomor atau NIK tersebut."
	}
	return d.writeQueue(w, r, v, http.StatusOK, p, d.today(), list)
}

// queueCSV is a day's list without anything personal.
func (d lists) queueCSV(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, day := d.filter(r)
	f.Most = 10_000 // more than a counter serves in a day
	list, err := d.DB.Applications.Applications(r.Context(), f)
	if err != nil {
		return err
	}
	rows, err := d.rows(r, list)
	if err != nil {
		return err
	}
	c := site.Table(w, "antrean-"+day.Format(time.DateOnly)+".csv", "Antrean", "Nomor permohonan", "Layanan", "Waktu", "Keadaan",
		"Berikutnya")
	for _, x := range rows {
		c.Row(x.Queue, x.Number, x.Service, x.Time, x.State, x.Next)
	}
	return c.End()
}
