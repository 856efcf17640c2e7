package console

import (
	"context"
	"crypto/ed25519"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store"
	"gapura/store/storetest"
)

// A resident is told every use of the own NIK and none of another's; the telling is a record itself, and the NIK is in no page, address or
// log line.
func TestResidentIsToldTheOwnUsesAndThatIsRecorded(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		mine, other := r.found[0], r.found[1]
		ask := func(login, number, reference string) {
			t.Helper()
			u, _, err := r.store.Users.UserByLogin(t.Context(), login)
			if err != nil {
				t.Fatal(err)
			}
			a, err := r.gate.Lookup(t.Context(), access.Request{
				Who: access.Known(u.ID), Method: "portal", Address: netip.MustParseAddr("127.0.0.1"), NIK: number, Purpose: demo.Purpose,
				Reference: reference,
			})
			if err != nil || a.Code != access.Found {
				t.Fatal(a.Code, err)
			}
		}
		ask("petugas.dinpertan", mine, "A/1")
		ask("petugas.dinkes", mine, "A/2")
		ask("petugas.dinkop", other, "A/3")
		operator := r.session("operator")
		form := values{"nik": {mine}, "surat": {"470/77/2026"}, "identitas": {"ya"}}
		w := r.post(operator, "/konsol/penduduk", form)
		body := w.Body.String()
		for _, want := range []string{"2 penggunaan", "Dinas Pertanian", "Dinas Kesehatan", "470/77/2026", demo.Purpose} {
			if !strings.Contains(body, want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		if strings.Contains(body, mine) || strings.Contains(body, "Dinas Koperasi") || strings.Contains(body, "A/1") ||
			w.Header().Get("Cache-Control") != "no-store" {
			t.Error("the page tells too much or may be kept")
		}
		// The telling is the resident's next use, and a record of the provider's log.
		rows, _, err := r.store.Journal.Records(t.Context(), access.HistoryQuery{Agency: party.Provider, Limit: 10})
		if err != nil || len(rows) != 1 || rows[0].Act != journal.ActTell || rows[0].Reference != "470/77/2026" ||
			rows[0].Login != "operator" || rows[0].NIK.Digits() != mine {
			t.Fatalf("%d records, %v", len(rows), err)
		}
		if body := r.post(operator, "/konsol/penduduk", form).Body.String(); !strings.Contains(body, "3 penggunaan") {
			t.Error("the telling is not told")
		}
		for name, bad := range map[string]values{
			"no letter": {"nik": {mine}, "surat": {""}, "identitas": {"ya"}}, "identity not checked": {"nik": {mine}, "surat": {"470/78"}},
			"a NIK as letter": {"nik": {mine}, "surat": {mine}, "identitas": {"ya"}},
			"no NIK":          {"nik": {"3303"}, "surat": {"470/78"}, "identitas": {"ya"}},
		} {
			if w := r.post(operator, "/konsol/penduduk", bad); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(),
				mine) {
				t.Errorf("%s: %d", name, w.Code)
			}
		}
		if strings.Contains(r.log.String(), mine) {
			t.Error("the log holds the NIK")
		}
	})
}

// An auditor sees every record with a masked NIK, checks the log with one press, and takes a record's receipt away.
func TestAuditorReadsAndChecksTheJournal(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		u, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinsos")
		if err != nil {
			t.Fatal(err)
		}
		a, err := r.gate.Lookup(t.Context(), access.Request{Who: access.Known(u.ID), Method: "portal",
			Address: netip.MustParseAddr("127.0.0.1"), NIK: r.found[0], Purpose: demo.Purpose, Reference: "A/1"})
		if err != nil {
			t.Fatal(err)
		}
		auditor := r.session("auditor")
		body := r.do(auditor, "GET", "/konsol/jurnal/dinsos?user=petugas.dinsos&hasil=found&dari=2026-09-16&sampai=2026-09-16", nil,
			"").Body.String()
		if !strings.Contains(body, a.Record.String()) || !strings.Contains(body, "A/1") || strings.Contains(body, r.found[0]) {
			t.Error("the record is not shown, or with its NIK")
		}
		for _, none := range []string{"user=petugas.dinkes", "user=tidak.ada", "hasil=quota", "dari=2026-09-17", "sampai=2026-09-15"} {
			if strings.Contains(r.do(auditor, "GET", "/konsol/jurnal/dinsos?"+none, nil, "").Body.String(), "A/1") {
				t.Errorf("%s: the record is shown", none)
			}
		}
		if w := r.post(auditor, "/konsol/jurnal/dinsos/periksa", nil); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		for said := ""; !strings.Contains(said, "Log utuh"); {
			said = r.do(auditor, "GET", "/konsol/jurnal/dinsos", nil, "").Body.String()
			if !strings.Contains(said, "Log utuh") && !strings.Contains(said, "sedang diperiksa") {
				t.Fatal("a whole log is not called so")
			}
		}
		w := r.do(auditor, "GET", "/konsol/kuitansi/"+a.Record.String(), nil, "")
		s, err := journal.NewSigner("gapura.example/dinsos", ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)))
		if err != nil {
			t.Fatal(err)
		}
		entry, id, _, err := journal.CheckReceipt(w.Body.Bytes(), s.VerifierKeys())
		// Its text is a commitment; that it is the lookup's follows from its number.
		if err != nil || id != a.Record || len(entry) == 0 || strings.Contains(string(entry), "A/1") {
			t.Errorf("receipt of %s: %v", id, err)
		}
	})
}

// busyOnce is the notary's storage, whose first read of entries fails as a busy database does.
type busyOnce struct {
	*store.Journal
	asked atomic.Int64
}

func (b *busyOnce) Leaves(ctx context.Context, log, from, to int64, give func([]byte) error) error {
	if b.asked.Add(1) == 1 {
		return errors.New("database is locked")
	}
	return b.Journal.Leaves(ctx, log, from, to, give)
}

// lines hands on what is written, line by line.
type lines chan string

func (l lines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// The log's page cries tampering for evidence only: a check that failed in passing is tried again, and one that was given up is to be
// repeated.
func TestLogPageCriesTamperingForEvidenceOnly(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		busy := &busyOnce{Journal: r.store.Journal}
		r.records.Notary.Store = busy
		told := make(lines, 100)
		r.records.Log = slog.New(slog.NewTextHandler(told, nil))
		auditor := r.session("auditor")
		page := func() string { return r.do(auditor, "GET", "/konsol/jurnal/dinsos", nil, "").Body.String() }
		if w := r.post(auditor, "/konsol/jurnal/dinsos/periksa", nil); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code)
		}
		for said := ""; !strings.Contains(said, "Log utuh"); {
			if said = page(); !strings.Contains(said, "Log utuh") && !strings.Contains(said, "sedang diperiksa") {
				t.Fatal("a check that failed in passing is told as", said)
			}
		}
		if line := <-told; busy.asked.Load() != 2 || !strings.Contains(line, "database is locked") {
			t.Errorf("asked %d times; the program's log says %s", busy.asked.Load(), line)
		}
		dinsos, _, _ := must3(r.store.Users.UserByLogin(t.Context(), "petugas.dinsos"))
		for _, want := range []struct {
			state journal.CheckState
			words string
		}{
			{journal.CheckState{By: dinsos.ID, Began: r.now, Size: 9}, "terputus. Silakan ulangi."},
			{journal.CheckState{By: dinsos.ID, Began: r.now, Seen: r.now, Size: 9, Ended: true, Broken: "record 7-3: is missing"},
				"Log tidak utuh."},
		} {
			if err := r.store.Journal.SaveCheck(t.Context(), dinsos.Institution, want.state); err != nil {
				t.Fatal(err)
			}
			if said := page(); !strings.Contains(said, want.words) || strings.Contains(said, "Log tidak utuh.") != want.state.Ended {
				t.Errorf("%+v is told as %s", want.state, said)
			}
		}
	})
}

// One sentence says of all logs together whether they are whole: never before each was read to its end, and with the names of those that
// are not, also when they are on a later page.
func TestOneSentenceSaysWhetherAllLogsAreWhole(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		r := open(t, url)
		auditor := r.session("auditor")
		said := func() string {
			body := r.do(auditor, "GET", "/konsol/jurnal?setelah=zzzz", nil, "").Body.String()
			_, after, _ := strings.Cut(body, `id="putusan">`)
			text, _, _ := strings.Cut(after, "</p>")
			return text
		}
		if got := said(); !strings.Contains(got, "Belum selesai diperiksa:") {
			t.Errorf("before they were read: %s", got)
		}
		for range 3 { // a round for each of the entries that reading itself leaves
			if _, err := r.records.Notary.Sign(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := r.records.Notary.Reread(t.Context(), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		if got := said(); !strings.Contains(got, "<strong>Utuh:</strong>") {
			t.Errorf("after they were read: %s", got)
		}
		i, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinsos")
		if err != nil {
			t.Fatal(err)
		}
		if err := office.RemindersOf(r.office).Alarm(t.Context(), i, r.now, "catatan 7-3 hilang"); err != nil {
			t.Fatal(err)
		}
		if got := said(); !strings.Contains(got, "Tidak utuh:") || !strings.Contains(got, `/konsol/jurnal/dinsos">`) ||
			strings.Contains(got, "dinkes") {
			t.Errorf("with an alarm: %s", got)
		}
	})
}

// A resident from whom a lawful order withholds a use is told how many there are, and not what they are; an auditor sees them.
func TestAResidentIsToldHowManyUsesAreWithheld(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.lookup("petugas.dinpertan", r.found[0], "A-1")
	n, err := nik.Parse(r.found[0])
	if err != nil {
		t.Fatal(err)
	}
	i, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"nik": {r.found[0]}, "surat": {"470/9"}, "identitas": {"ya"}}
	ask := func(path, login string) string { return r.post(r.session(login), path, form).Body.String() }
	if page := ask("/konsol/penduduk", "operator"); strings.Contains(page, "belum dapat disampaikan") || !strings.Contains(page, i.Name) {
		t.Error("something is withheld without an order")
	}
	today := i.Zone.Day(r.now)
	if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, Reason: "perintah", Letter: "470/8"}, procedure.WithholdUses{
		Institution: i, NIK: n, From: today, To: today, Until: today.AddDate(0, 1, 0), Order: "B-12/2026", Authority: "Lembaga Rekaan",
	}); err != nil {
		t.Fatal(err)
	}
	page := ask("/konsol/penduduk", "operator")
	if !strings.Contains(page, "1 penggunaan lain belum dapat disampaikan") || strings.Contains(page, i.Name) {
		t.Errorf("the resident is not told the number alone: %s", page)
	}
	if page := ask("/konsol/jurnal/cari/nik", "auditor"); !strings.Contains(page, i.Name) {
		t.Error("the auditor does not see what is withheld")
	}
}
