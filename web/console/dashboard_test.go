package console

import (
	"fmt"
	"html"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/store/storetest"
	"gapura/web/agency"
)

// ask looks a NIK up as a user and returns the outcome.
func (r *room) ask(login, number string) access.Code {
	r.Helper()
	u, ok, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil || !ok {
		r.Fatal(login, err)
	}
	a, err := r.gate.Lookup(r.Context(), access.Request{
		Who: access.Known(u.ID), Method: agreement.Portal, Purpose: demo.Purpose, Reference: "P-1", NIK: number,
		Address: netip.MustParseAddr("127.0.0.1"),
	})
	if err != nil {
		r.Fatal(err)
	}
	return a.Code
}

// counted goes over an agency's records one by one, which is what the sums never do.
func (r *room) counted(agency, user int64, from, to time.Time) map[string]int {
	r.Helper()
	n := map[string]int{}
	for offset := 0; ; {
		rows, more, err := r.store.Journal.Records(r.Context(), access.HistoryQuery{Agency: agency, User: user, From: from, To: to,
			Offset: offset, Limit: 100})
		if err != nil {
			r.Fatal(err)
		}
		for _, x := range rows {
			if x.Act == journal.ActLookup {
				n[x.Outcome]++
				n["all"]++
				if x.Hit {
					n["hit"]++
				}
			}
		}
		if offset += len(rows); !more {
			return n
		}
	}
}

var tilePattern = regexp.MustCompile(`<b>([^<]*)</b>(?:<a href="[^"]*">|<span>)([^<]*)`)

func tilesOf(body string) map[string]string {
	out := map[string]string{}
	for _, m := range tilePattern.FindAllStringSubmatch(body, -1) {
		out[m[2]] = m[1]
	}
	return out
}

// Every figure of the dashboards is what the records say, for the office, a head and an officer; and a head sees the own agency's only.
func TestDashboardsAreWhatTheRecordsSay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		begun := r.now
		for day := range 3 {
			r.now = begun.AddDate(0, 0, day)
			for n := range 4 + day {
				r.ask("petugas.dinpertan", r.found[n])
				r.ask("petugas.dinsos", r.found[n])
			}
			r.ask("petugas.dinpertan", r.unknown)
			r.ask("petugas.dinpertan", "123")
			r.ask("petugas.dishub", r.found[0]) // refused: suspended
		}
		dinpertan, _, _ := must3(r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan"))
		dishub, _, _ := must3(r.store.Users.UserByLogin(t.Context(), "petugas.dishub"))
		zone := party.WIB
		today := zone.Begin(zone.Day(r.now))
		end := today.AddDate(0, 0, 1)
		want := r.counted(dinpertan.Institution, 0, today, end)
		if want["all"] != 8 || want["found"] != 6 || r.counted(dishub.Institution, 0, today, end)["institution_inactive"] != 1 {
			t.Fatalf("the records are not what was asked: %v", want)
		}
		check := func(login, path string, expect map[string]int) string {
			t.Helper()
			w := r.do(r.session(login), "GET", path, nil, "")
			if w.Code != http.StatusOK {
				t.Fatal(path, w.Code, r.log)
			}
			body := w.Body.String()
			got := tilesOf(body)
			for label, n := range expect {
				if got[label] != bahasa.Number(n) {
					t.Errorf("%s by %s: %s is %q, want %d", path, login, label, got[label], n)
				}
			}
			if strings.Contains(body, r.found[0]) {
				t.Errorf("%s shows a NIK", path)
			}
			return body
		}
		body := check("kepala.dinpertan", "/dasbor", map[string]int{"Pencarian hari ini": want["all"], "Hit hari ini": want["hit"],
			"Ditolak hari ini": 0})
		whole := r.counted(dinpertan.Institution, 0, begun.AddDate(0, 0, -29), end)
		for label, n := range map[string]int{"Data ditemukan": whole["found"], access.Unknown.Text(): whole["unknown"],
			access.Malformed.Text(): whole["malformed"], "petugas.dinpertan": whole["all"]} {
			if !regexp.MustCompile(regexp.QuoteMeta(label) + `</a></td><td class="r">` + fmt.Sprint(n) + `<`).MatchString(body) {
				t.Errorf("the head's table does not say %d for %s", n, label)
			}
		}
		for day := range 3 {
			at := begun.AddDate(0, 0, day)
			n := r.counted(dinpertan.Institution, 0, zone.Begin(zone.Day(at)), zone.Begin(zone.Day(at)).AddDate(0, 0, 1))
			row := fmt.Sprintf(`%s</a></td><td class="r">%d</td><td class="r">%d</td><td class="r">0</td>`, bahasa.Date(zone.Day(at)),
				n["found"], n["unknown"]+n["malformed"])
			if !strings.Contains(body, row) {
				t.Errorf("the chart's table does not hold %s", row)
			}
		}
		table := r.do(r.session("kepala.dinpertan"), "GET", "/dasbor?periode=7&bentuk=csv", nil, "")
		if got := table.Body.String(); !strings.HasPrefix(table.Header().Get("Content-Type"), "text/csv") || strings.Count(got,
			"\n") != 8 || !strings.Contains(got, "\ufeffhari;ditemukan;pemberitahuan;ditolak\r\n") || !strings.HasSuffix(got,
			"18 September 2026;6;2;0\r\n") {
			t.Errorf("the table to download: %s", got)
		}
		if strings.Contains(body, "Dinas Sosial") || strings.Contains(body, "petugas.dinsos") {
			t.Error("a head sees another agency")
		}
		check("petugas.dinsos", "/dasbor", map[string]int{"Pencarian hari ini": 6, "Hit hari ini": 6})
		check("kepala.dinkes", "/dasbor", map[string]int{"Pencarian hari ini": 0})
		check("kepala.dinkes", "/dasbor?instansi=dinpertan", map[string]int{"Pencarian hari ini": 0})
		check("auditor", "/konsol/dasbor?instansi=dinpertan", map[string]int{"Pencarian hari ini": want["all"],
			"Hit hari ini": want["hit"]})
		body = check("operator", "/konsol/dasbor", map[string]int{"Pencarian hari ini": want["all"] + 6 + 1, "Hit hari ini": want["hit"] +
			6, "Ditolak hari ini": 1})
		if !regexp.MustCompile(`Dinas Pertanian</a></td><td class="r" data-l="Pencarian">` + fmt.Sprint(whole["all"]) +
			`<`).MatchString(body) {
			t.Errorf("the office's table of agencies does not say %d for Dinas Pertanian", whole["all"])
		}
		one := check("admin", "/konsol/dasbor?dari=2026-09-17&sampai=2026-09-17", nil)
		sum := 0
		for _, login := range []string{"petugas.dinpertan", "petugas.dinsos", "petugas.dishub"} {
			u, _, _ := must3(r.store.Users.UserByLogin(t.Context(), login))
			day := zone.Begin(zone.Day(begun)).AddDate(0, 0, 1)
			sum += r.counted(u.Institution, 0, day, day.AddDate(0, 0, 1))["all"]
		}
		if !strings.Contains(one, fmt.Sprintf("<strong>%d</strong> pencarian", sum)) {
			t.Errorf("one day's total is not %d", sum)
		}

		// The tiles alone, as the page asks for them.
		q := r.request(r.session("kepala.dinpertan"), "/dasbor")
		q.Header.Set("HX-Request", "true")
		if part := r.answer(q).Body.String(); strings.Contains(part, "<html") || tilesOf(part)["Pencarian hari ini"] != bahasa.Number(
			want["all"]) {
			t.Error("the fresh tiles are not the tiles")
		}
	})
}

// Every bar of an agency's chart leads to the records of its days and to no other: the bar of one day to that day's.
func TestEveryBarOfAnAgencyLeadsToItsOwnRecords(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, database string) {
		r := open(t, database)
		begun := r.now
		for day := range 3 {
			r.now = begun.AddDate(0, 0, day)
			for range 1 + day {
				r.ask("petugas.dinpertan", r.found[0])
			}
		}
		dinpertan, _, _ := must3(r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan"))
		auditor := r.session("auditor")
		body := r.do(auditor, "GET", "/konsol/dasbor?instansi=dinpertan&periode=7", nil, "").Body.String()
		bars, counts := map[string]bool{}, map[int]int{}
		for _, m := range regexp.MustCompile(`href="(/konsol/jurnal/dinpertan\?[^"]*)"`).FindAllStringSubmatch(body, -1) {
			path := html.UnescapeString(m[1])
			u, err := url.Parse(path)
			if err != nil {
				t.Fatal(err)
			}
			q := u.Query()
			if bars[path] || q.Get("dari") != q.Get("sampai") || q.Get("hasil") != "" || q.Get("user") != "" {
				continue
			}
			bars[path] = true
			day, err := time.Parse(time.DateOnly, q.Get("dari"))
			if err != nil {
				t.Fatal(path, err)
			}
			want := r.counted(dinpertan.Institution, 0, party.WIB.Begin(day), party.WIB.Begin(day).AddDate(0, 0, 1))["all"]
			got := strings.Count(r.do(auditor, "GET", path, nil, "").Body.String(), `<td data-l="Tindakan">Pencarian</td>`)
			if got != want {
				t.Errorf("%s shows %d records, want %d", path, got, want)
			}
			counts[got]++
		}
		if len(bars) != 3 || counts[1] != 1 || counts[2] != 1 || counts[3] != 1 {
			t.Errorf("%d bars with these counts of records: %v", len(bars), counts)
		}
	})
}

func must3[A, B any](a A, b B, err error) (A, B, error) {
	if err != nil {
		panic(err)
	}
	return a, b, err
}

// A day that cannot be read, or a span without end, is not an error but the usual thirty days.
func TestSpanOfDashboard(t *testing.T) {
	day := time.Date(2026, 9, 16, 0, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"": "2026-08-18 2026-09-17", "periode=7": "2026-09-10 2026-09-17", "periode=semester": "2026-07-01 2026-09-17",
		"periode=x":                         "2026-08-18 2026-09-17",
		"dari=2026-09-01&sampai=2026-09-01": "2026-09-01 2026-09-02", "dari=2026-09-02&sampai=2026-09-01": "2026-08-18 2026-09-17",
		"dari=1900-01-01&sampai=2026-09-01": "2026-08-18 2026-09-17",
		"dari=kemarin&sampai=2026-09-01":    "2026-08-18 2026-09-17",
	} {
		u, err := url.Parse("/dasbor?" + query)
		if err != nil {
			t.Fatal(err)
		}
		s := agency.SpanOf(&http.Request{URL: u}, day)
		if got := s.From.Format(time.DateOnly) + " " + s.To.Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
