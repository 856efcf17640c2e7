package console

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// The page answers what was granted on a day, and what was believed of it on a day: an addendum that is recorded today was not known
// yesterday, and changes no day before (E2).
func TestThePageOfAnAgreementAnswersBothQuestions(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	page := func(query string, status int) string {
		t.Helper()
		w := r.do(r.session("operator"), "GET", "/konsol/perjanjian/dinsos/2"+query, nil, "")
		if w.Code != status {
			t.Fatalf("%s: %d", query, w.Code)
		}
		_, body, _ := strings.Cut(w.Body.String(), `id="pada-tanggal"`)
		body, _, _ = strings.Cut(body, "<h2>Linimasa")
		return body
	}
	st, err := r.store.Rights.Agency(t.Context(), 2)
	if err != nil || st.Institution.Code != "dinsos" {
		t.Fatal(st.Institution.Code, err)
	}
	today := party.WIB.Day(r.now)
	text := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
	r.now = r.now.AddDate(0, 0, 10)
	quota := 777
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji"}, procedure.AddAddendum{
		Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "AD/77", SignedOn: today, EffectiveOn: today.AddDate(0, 0, 5),
			Change: agreement.Change{Quota: &quota}}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		query          string
		quota, addenda bool
		says           string
	}{
		{"", true, true, "777 per hari"},
		{"?tanggal=" + text(10) + "&catatan=" + text(9), false, false, "200 per hari"}, // not known yesterday
		{"?tanggal=" + text(7), false, false, "200 per hari"},                          // written late: no day before has changed
		{"?tanggal=" + text(20) + "&catatan=" + text(9), false, false, "200 per hari"},
		{"?tanggal=" + text(20), true, true, "777 per hari"},
		{"?catatan=" + text(-1), false, false, "belum ada dalam catatan"},
		{"?tanggal=2020-01-01", false, false, "Pada hari itu perjanjian tidak berlaku"},
	} {
		body := page(c.query, http.StatusOK)
		if strings.Contains(body, "777 per hari") != c.quota || strings.Contains(body, "AD/77") != c.addenda || !strings.Contains(body,
			c.says) {
			t.Errorf("%q: %s", c.query, body)
		}
	}
	if body := page("", http.StatusOK); !strings.Contains(body, "Dra. Kusumawardani Lestarina, Kepala Dinas Sosial") ||
		!strings.Contains(body, "petugas.dinsos") {
		t.Error("who answers, and who uses:", body)
	}
	if body := page("?catatan="+text(-1), http.StatusOK); strings.Contains(body, "petugas.dinsos") {
		t.Error("a user id is shown that was not known then")
	}
	for _, bad := range []string{"?tanggal=x", "?catatan=2026-02-31"} {
		if body := page(bad, http.StatusBadRequest); !strings.Contains(body, "tidak dapat dibaca") {
			t.Errorf("%s: %s", bad, body)
		}
	}
}

// A last day that was agreed before the agreement's end stands on every page that tells until when it holds (PKS 5 a).
func TestAnAgreedLastDayStandsOnEveryPage(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	st, err := r.store.Rights.Agency(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	a := st.Agreements[0]
	end, last := bahasa.Date(a.EndsOn), bahasa.Date(party.WIB.Day(r.now).AddDate(0, 1, 0))
	until := regexp.MustCompile(`Berlaku sampai(?:</dt><dd>|">)([^<]*)`)
	pages := []string{"/konsol/perjanjian/dinsos/2", "/konsol/instansi/dinsos", "/konsol/instansi"}
	holds := func(want string) {
		t.Helper()
		for _, path := range pages {
			var said []string
			for _, m := range until.FindAllStringSubmatch(r.do(r.session("operator"), "GET", path, nil, "").Body.String(), -1) {
				said = append(said, m[1])
			}
			if !slices.Contains(said, want) || want == last && path != "/konsol/instansi" && slices.Contains(said, end) {
				t.Errorf("%s: %q, want %s", path, said, want)
			}
		}
	}
	holds(end)
	r.now = r.now.Add(time.Minute)
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji"}, procedure.Decide{Agreement: a,
		Decision: agreement.Decision{Kind: agreement.Terminate, Letter: "KK/1", Reason: "Layanan digabung.",
			From: party.WIB.Begin(party.WIB.Day(r.now).AddDate(0, 1, 1))}}); err != nil {
		t.Fatal(err)
	}
	r.now = r.now.Add(time.Minute)
	holds(last)
}

// A reader that was lost days before it was told stood active in what was believed until then, and not in what is known since (E2, H1).
func TestThePageOfAnAgreementAnswersForReaders(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	devices, err := r.store.Institutions.Devices(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	list := reader.At(devices, r.now, r.now)
	n := slices.IndexFunc(list, func(x reader.Reader) bool { return x.State == reader.Active })
	if n < 0 {
		t.Fatal("the demo's agency has no active reader")
	}
	was, today := list[n], party.WIB.Day(r.now)
	lost := was
	lost.State, lost.Since = reader.Deactivated, party.WIB.Begin(today.AddDate(0, 0, 5))
	r.now = r.now.AddDate(0, 0, 10)
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "uji"}, procedure.SetReader{Agency: 2, Old: was,
		New: lost}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on, known int
		want      string
	}{{10, 10, "Nonaktif"}, {7, 10, "Nonaktif"}, {7, 9, "Aktif"}, {10, 9, "Aktif"}, {4, 10, "Aktif"}, {0, -400, ""}} {
		text := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
		body := r.do(r.session("operator"), "GET", "/konsol/perjanjian/dinsos/2?tanggal="+text(c.on)+"&catatan="+text(c.known), nil,
			"").Body.String()
		_, row, shown := strings.Cut(body, `<td data-l="Perangkat">`+was.Serial+"<")
		row, _, _ = strings.Cut(row, "</tr>")
		if shown != (c.want != "") || !strings.Contains(row, c.want) {
			t.Errorf("on %d, known %d: %q, want %q", c.on, c.known, row, c.want)
		}
	}
}

// An application stands on the page from its registration to its end, with where its PoC stood then, by what was recorded (E2, E11).
func TestThePageOfAnAgreementAnswersForApplications(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	today, start := party.WIB.Day(r.now), r.now
	on := func(n int) time.Time { return start.AddDate(0, 0, n) }
	apply := func(n int, e procedure.Effect) {
		t.Helper()
		r.now = on(n)
		if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Letter: "L/1", Reason: "uji"}, e); err != nil {
			t.Fatal(err)
		}
	}
	st, err := r.store.Rights.Agency(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	app := party.App{Agency: 2, Name: "Aplikasi Antrean", Kind: party.ProgramApp, Methods: []string{agreement.API}, Answers: "Rekaan",
		Since: on(5), MatchOnly: true, Purposes: []string{"bantuan", "pupuk"}}
	apply(5, procedure.RegisterApplication{App: app})
	apps, err := r.store.Rights.Applications(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	app = apps[slices.IndexFunc(apps, func(a party.App) bool { return a.Name == app.Name })]
	apply(10, procedure.RecordPoC{Agreement: st.Agreements[0], App: app, Letter: agreement.PoCLetter{Letter: "PoC/7", Application: app.ID,
		On: today.AddDate(0, 0, 10), Passed: true}})
	apply(20, procedure.EndApplication{App: app})
	if body := r.do(r.session("operator"), "GET", "/konsol/instansi/dinsos/aplikasi", nil, "").Body.String(); !strings.Contains(body,
		`Web service (JSON)<br><span class="hint">hanya pencocokan data; tujuan: bantuan, pupuk</span>`) {
		t.Errorf("the register does not say what an application narrows: %s", body)
	}
	r.now = on(30)
	for _, c := range []struct {
		on, known int
		want      string
	}{{4, 30, ""}, {30, 4, ""}, {7, 30, "belum PoC"}, {12, 30, "lulus PoC"}, {12, 9, "belum PoC"}, {25, 30, ""}, {25, 15, "surat PoC/7"}} {
		text := func(n int) string { return today.AddDate(0, 0, n).Format(time.DateOnly) }
		body := r.do(r.session("operator"), "GET", "/konsol/perjanjian/dinsos/2?tanggal="+text(c.on)+"&catatan="+text(c.known), nil,
			"").Body.String()
		if !strings.Contains(body, `data-l="Aplikasi">Web portal<`) {
			t.Errorf("on %d, known %d: the portal is missing", c.on, c.known)
		}
		_, row, shown := strings.Cut(body, `<td data-l="Aplikasi">`+app.Name+"<")
		row, _, _ = strings.Cut(row, "</tr>")
		if shown != (c.want != "") || !strings.Contains(row, c.want) ||
			shown && !strings.Contains(row, "hanya pencocokan data; tujuan: bantuan, pupuk") {
			t.Errorf("on %d, known %d: %q, want %q", c.on, c.known, row, c.want)
		}
	}
}

// What an institution was called, whom to turn to and how it was connected are answered for any day, by what was recorded until any other;
// what the records say of today stands on the agency's own page, with what was before.
func TestNamesContactsAndNetworkHaveTwoTimes(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		st, err := r.store.Rights.Agency(t.Context(), 2)
		if err != nil || st.Institution.Code != "dinsos" {
			t.Fatal(st.Institution.Code, err)
		}
		i, today := st.Institution, party.WIB.Day(r.now)
		day := func(n int) time.Time { return today.AddDate(0, 0, n) }
		renamed := i
		renamed.Name, renamed.Address = "Dinas Sosial dan Permukiman", "Jalan Baru 2"
		person := func(name string) []party.Contact {
			return []party.Contact{{Side: "provider", Name: name, Position: "Kabid"}}
		}
		slow, fast := party.Connection{Provider: "Penyedia Rekaan", Bandwidth: "1 Mbps"}, party.Connection{Provider: "Penyedia Rekaan",
			Bandwidth: "5 Mbps"}
		for _, x := range []struct {
			known  int
			effect procedure.Effect
		}{
			{1, procedure.SetContacts{Agency: 2, Side: "provider", Contacts: person("Rekaan Awal"), On: day(1)}},
			{2, procedure.SetConnection{Agency: 2, New: slow, On: day(2)}},
			{10, procedure.RenameInstitution{Old: i, New: renamed, On: day(5)}},
			{10, procedure.SetContacts{Agency: 2, Side: "provider", Contacts: person("Rekaan Ganti"), On: day(8)}},
			{10, procedure.SetConnection{Agency: 2, Old: slow, New: fast, On: day(20)}},
		} {
			at := party.WIB.Begin(day(x.known)).Add(9 * time.Hour)
			if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: at, Reason: "uji"}, x.effect); err != nil {
				t.Fatal(err)
			}
		}
		r.now = party.WIB.Begin(day(12)).Add(9 * time.Hour)
		for _, c := range []struct {
			on, known int
			says      []string
			not       []string
		}{
			{12, 12, []string{"Dinas Sosial dan Permukiman", "Jalan Baru 2", "Rekaan Ganti", "Penyedia Rekaan, 1 Mbps"},
				[]string{"Rekaan Awal"}},
			{12, 9, []string{"<dd>Dinas Sosial</dd>", "Rekaan Awal", "1 Mbps"}, []string{"Permukiman", "Rekaan Ganti"}},
			{6, 12, []string{"Dinas Sosial dan Permukiman", "Rekaan Awal"}, []string{"Rekaan Ganti"}},
			{4, 12, []string{"<dd>Dinas Sosial</dd>", "Rekaan Awal"}, []string{"Permukiman"}},
			{1, 12, []string{"Rekaan Awal"}, []string{"Mbps"}},
			{25, 12, []string{"Penyedia Rekaan, 5 Mbps"}, []string{"1 Mbps"}},
		} {
			w := r.do(r.session("operator"), "GET", "/konsol/perjanjian/dinsos/2?tanggal="+day(c.on).Format(time.DateOnly)+"&catatan="+
				day(c.known).Format(time.DateOnly), nil, "")
			_, body, _ := strings.Cut(w.Body.String(), `id="instansi-pada"`)
			body, _, _ = strings.Cut(body, "</section>")
			for _, s := range c.says {
				if !strings.Contains(body, s) {
					t.Errorf("on %d, known %d: no %s in %s", c.on, c.known, s, body)
				}
			}
			for _, s := range c.not {
				if strings.Contains(body, s) {
					t.Errorf("on %d, known %d: %s in %s", c.on, c.known, s, body)
				}
			}
		}
		own := r.do(r.session("admin.dinsos"), "GET", "/instansi/perjanjian", nil, "").Body.String()
		for _, s := range []string{"Rekaan Ganti", "<dd>5 Mbps</dd>", "Penyedia Rekaan, 1 Mbps, sejak", "<li>Dinas Sosial,"} {
			if !strings.Contains(own, s) {
				t.Errorf("the agency's page does not say %s", s)
			}
		}
		if strings.Contains(own, "Rekaan Awal") {
			t.Error("a contact person of before is shown")
		}
		if body := r.do(r.session("operator"), "GET", "/konsol/instansi/dinsos", nil, "").Body.String(); !strings.Contains(body,
			"<dt>Jaringan</dt><dd>Penyedia Rekaan, 1 Mbps</dd>") {
			t.Error("the console does not show today's network")
		}
	})
}
