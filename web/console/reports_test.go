package console

import (
	"fmt"
	"html"
	"net/http"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

// A head fills a report in and sends it; the provider sees it late, receives it, and each figure leads to its records; nobody else's can be
// opened.
func TestReportsPages(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		officer, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		for n := range 3 {
			a, err := r.gate.Lookup(t.Context(), access.Request{
				Who: access.Known(officer.ID), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: r.found[n],
				Purpose: demo.Purpose, Reference: fmt.Sprintf("P-%d", n),
			})
			if err != nil || a.Code != access.Found {
				t.Fatal(a.Code, err)
			}
		}
		for purpose, want := range map[string]access.Code{demo.Purpose: access.Unknown, "": access.Purpose} { // a notice and a refusal
			a, err := r.gate.Lookup(t.Context(), access.Request{
				Who: access.Known(officer.ID), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: "3303010101900999",
				Purpose: purpose, Reference: "P-9",
			})
			if err != nil || a.Code != want {
				t.Fatal(a.Code, err)
			}
		}
		s := obligation.SemesterOf(start)
		head, admin := r.session("kepala.dinpertan"), r.session("admin")
		page := r.do(head, "GET", "/laporan/2026-2", nil, "").Body.String()
		link := regexp.MustCompile(`<a href="(/riwayat\?[^"]*angka=data[^"]*)">3</a>`).FindStringSubmatch(page)
		if link == nil || strings.Contains(page, r.found[0]) {
			t.Fatal("the page has no linked figure, or a NIK")
		}
		// Each figure's link leads to a list of as many records as it says.
		links := regexp.MustCompile(`<a href="(/konsol/jurnal/dinpertan\?[^"]*)">(\d+)</a>`).FindAllStringSubmatch(r.do(admin, "GET",
			"/konsol/laporan/dinpertan/2026-2", nil, "").Body.String(), -1)
		for _, l := range links {
			list := r.do(admin, "GET", html.UnescapeString(l[1]), nil, "").Body.String()
			if n := strings.Count(list, `href="/konsol/kuitansi/`); strconv.Itoa(n) != l[2] {
				t.Errorf("%s leads to %d records, not %s", l[1], n, l[2])
			}
		}
		if len(links) < 25 {
			t.Errorf("%d figures with a link", len(links))
		}
		text := map[string][]string{"pelaksanaan": {"<b>Layanan</b> pupuk"}, "manfaat": {"Cepat"}, "kendala": {"Tidak ada"},
			"tindak_lanjut": {"Lanjut"}}
		with := func(key, value string) map[string][]string {
			f := map[string][]string{key: {value}}
			for k, v := range text {
				if k != key {
					f[k] = v
				}
			}
			return f
		}
		if w := r.post(head, "/laporan/2026-2", with("kirim", "ya")); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(),
			"sejak hari terakhir semester") {
			t.Errorf("sent before the semester's end: %d", w.Code)
		}
		r.now = party.WIB.Begin(s.Next().Begins()).AddDate(0, 2, 0) // late
		admin, head = r.session("admin"), r.session("kepala.dinpertan")
		if first := r.do(admin, "GET", "/konsol", nil, "").Body.String(); !strings.Contains(first, `href="/konsol/kewajiban/dinpertan"`) ||
			!strings.Contains(first, "Terlambat") {
			t.Error("the late duty is not on the console's first page")
		}
		if board := r.do(admin, "GET", "/konsol/laporan?semester=2026-2", nil, "").Body.String(); !strings.Contains(board, "terlambat") {
			t.Error("the board shows nothing late")
		}
		if w := r.post(head, "/laporan/2026-2", with("kendala", strings.Repeat("x", 4001))); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(w.Body.String(), "Kendala") {
			t.Errorf("too long: %d", w.Code)
		}
		if w := r.post(head, "/laporan/2026-2", with("kendala", "")); w.Code != http.StatusSeeOther {
			t.Errorf("a draft: %d", w.Code)
		}
		incomplete := with("kendala", "")
		incomplete["kirim"] = []string{"ya"}
		if w := r.post(head, "/laporan/2026-2", incomplete); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(),
			"harus diisi") {
			t.Errorf("sent without a field: %d", w.Code)
		}
		if w := r.post(head, "/laporan/2026-2", with("kirim", "ya")); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		if w := r.post(head, "/laporan/2026-2", text); w.Code != http.StatusConflict {
			t.Errorf("changed after it was sent: %d", w.Code)
		}
		seen := r.do(admin, "GET", "/konsol/laporan/dinpertan/2026-2", nil, "").Body.String()
		bukti := regexp.MustCompile(`action="(/konsol/bukti/\d+)"`).FindStringSubmatch(seen)
		if bukti == nil || !strings.Contains(seen, "&lt;b&gt;Layanan&lt;/b&gt; pupuk") || !strings.Contains(seen,
			"/konsol/jurnal/dinpertan?") {
			t.Fatal("the provider cannot judge, or text is markup, or figures lead nowhere")
		}
		// Returned with a note, sent once more, received.
		if w := r.post(admin, bukti[1], map[string][]string{"keputusan": {"tolak"}, "kode": {"dinpertan"},
			"alasan": {"Kendala terlalu ringkas."}}); w.Header().Get("Location") != "/konsol/laporan/dinpertan/2026-2" {
			t.Fatal(w.Code, w.Header())
		}
		if page := r.do(head, "GET", "/pemberitahuan", nil, "").Body.String(); !strings.Contains(page,
			"Laporan semester 2026-2. Catatan pemeriksa: Kendala terlalu ringkas.") {
			t.Error("the head is not told what to mend")
		}
		if w := r.post(head, "/laporan/2026-2", with("kirim", "ya")); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		bukti = regexp.MustCompile(`action="(/konsol/bukti/\d+)"`).FindStringSubmatch(r.do(admin, "GET", "/konsol/laporan/dinpertan/2026-2",
			nil, "").Body.String())
		if w := r.post(admin, bukti[1], map[string][]string{"keputusan": {"terima"},
			"kode": {"dinpertan"}}); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		if page := r.do(head, "GET", "/laporan", nil, "").Body.String(); !strings.Contains(page, "Diterima") || !strings.Contains(page,
			"terlambat") {
			t.Error("the head does not see that it was received, and late")
		}
		if page := r.do(admin, "GET", "/konsol/laporan?semester=2026-1", nil, "").Body.String(); !strings.Contains(page,
			"Dipenuhi dengan bukti lain") {
			t.Error("the board asks for a report that came on paper")
		}
		for path, want := range map[string]string{"/laporan/2026-2/pdf": "%PDF", "/laporan/2026-2/xlsx": "PK",
			"/laporan/2026-07-01_2026-09-30/pdf": "%PDF"} {
			if w := r.do(head, "GET", path, nil, ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), want) {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		for _, path := range []string{"/laporan/2026-3", "/laporan/x", "/laporan/2030-1", "/laporan/2026-2/exe",
			"/laporan/2026-09-30_2026-07-01", "/konsol/laporan/tidakada/2026-2"} {
			who := head
			if strings.HasPrefix(path, "/konsol") {
				who = admin
			}
			if w := r.do(who, "GET", path, nil, ""); w.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, w.Code)
			}
		}
		if w := r.do(head, "GET", "/laporan?dari=2026-09-30&sampai=2026-07-01", nil, ""); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("a period the wrong way round: %d", w.Code)
		}
		if w := r.do(head, "GET", "/laporan?dari=2026-07-01&sampai=2026-09-30", nil,
			""); w.Header().Get("Location") != "/laporan/2026-07-01_2026-09-30" {
			t.Errorf("a period leads to %s", w.Header().Get("Location"))
		}
		if r.log.Len() > 0 {
			t.Error(r.log)
		}
	})
}

// BenchmarkReport prints how long a semester's report takes on many records (GAPURA_BENCH_RECORDS, 1,000,000 unless set; goal on
// 10,000,000: under 10 s), and the pages on it.
func BenchmarkReport(b *testing.B) {
	r, records := openMany(b)
	s := obligation.SemesterOf(start)
	head, admin := sessionOf(b, r, "kepala.dinpertan"), sessionOf(b, r, "admin")
	for b.Loop() {
		for name, path := range map[string]struct{ session, path string }{
			"pdf-ms": {head, "/laporan/" + s.String() + "/pdf"}, "xlsx-ms": {head, "/laporan/" + s.String() + "/xlsx"},
			"page-ms":   {head, "/laporan/" + s.String()},
			"dasbor-ms": {head, "/dasbor"}, "konsol-dasbor-ms": {admin, "/konsol/dasbor"},
		} {
			begun := time.Now()
			w := r.do(path.session, "GET", path.path, nil, "")
			if w.Code != http.StatusOK {
				b.Fatal(name, w.Code, r.log)
			}
			b.ReportMetric(float64(time.Since(begun).Microseconds())/1000, name)
		}
	}
	b.ReportMetric(float64(records), "records")
	b.ReportMetric(peakMemory(b), "peak-MB")
}

// openMany is the demo's district with records of one agency and its users all over a semester, summed up.
func openMany(b *testing.B) (*room, int) {
	b.Helper()
	n := benchSize("RECORDS", 1_000_000)
	url := storetest.SQLite(b)
	if os.Getenv("GAPURA_BENCH_POSTGRES") != "" {
		url = storetest.Postgres(b)
	}
	r := open(b, url)
	ctx := b.Context()
	officer, _, err := r.store.Users.UserByLogin(ctx, "petugas.dinpertan")
	if err != nil {
		b.Fatal(err)
	}
	users, err := r.store.Users.UsersOfAgency(ctx, officer.Institution, "", 100)
	if err != nil {
		b.Fatal(err)
	}
	version, err := r.store.Rights.Version(ctx)
	if err != nil {
		b.Fatal(err)
	}
	s := obligation.SemesterOf(start)
	first := party.WIB.Begin(s.Begins())
	step := start.Sub(first) / time.Duration(n)
	outcomes := []access.Code{access.Found, access.Found, access.Found, access.Unknown, access.Deceased, access.Quota}
	begun := time.Now()
	for done := 0; done < n; {
		var batch []*journal.Entry
		for range min(5_000, n-done) {
			at := first.Add(time.Duration(done) * step).Truncate(time.Microsecond)
			rec := journal.Record{
				At: at, Act: []string{journal.ActLookup, journal.ActMatch}[done%7/6], User: users[done%len(users)].ID,
				Method: []string{agreement.Portal, agreement.API}[done%2], Purpose: demo.Purpose,
				Reference: "P", Outcome: string(outcomes[done%len(outcomes)]), Hit: true,
			}
			batch = append(batch, &journal.Entry{Log: officer.Institution, Day: party.WIB.Day(at), Rights: version,
				Decide: func(int) journal.Record { return rec }})
			done++
		}
		if err := r.store.Journal.AppendRecords(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	appended := time.Since(begun)
	begun = time.Now()
	if err := r.store.Derived.Fill(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d records appended in %.0f s, summed up in %.0f s", n, appended.Seconds(), time.Since(begun).Seconds())
	return r, n
}

// peakMemory is the process's largest resident set so far, in MB.
func peakMemory(b *testing.B) float64 {
	b.Helper()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(raw)
	if m == nil {
		b.Fatal("no VmHWM in /proc/self/status")
	}
	kb, err := strconv.Atoi(string(m[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kb) / 1024
}
