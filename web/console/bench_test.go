package console

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/store/storetest"
	"gapura/web/site"
)

// What a large province may come to in ten years.
const (
	manyAgencies = 200
	usersEach    = 10
	years        = 10
	casesEach    = 40
)

// BenchmarkPages prints the server's time of every page of the console on 200 agencies with 2,000 users and ten years of records (goal:
// under 100 ms), and fails when a table shows more than 50 rows. The records are one for each agency and day, 730,000 in all.
// GAPURA_BENCH_AGENCIES, _CASES and _DAYS make them fewer: 40, 10 and 90 are there within seconds, enough to hold two commits against each
// other, alternately and by processor time.
func BenchmarkPages(b *testing.B) {
	r := openLarge(b)
	admin := sessionOf(b, r, "admin")
	head := sessionOf(b, r, "kepala.dinpertan")
	code := fmt.Sprintf("dinas%03d", benchSize("AGENCIES", manyAgencies)/3)
	for _, page := range []struct{ session, path string }{
		{admin, "/konsol"}, {admin, "/konsol/instansi"},
		{admin, "/konsol/instansi?cari=dinas1&keadaan=berlaku"}, {admin, "/konsol/instansi?mulai=150"},
		{admin, "/konsol/instansi/" + code}, {admin, "/konsol/instansi/" + code + "/pengguna"}, {admin, "/konsol/instansi/" + code +
			"/dokumen"},
		{admin, "/konsol/instansi/" + code + "/riwayat"}, {admin, "/konsol/berkas"}, {admin, "/konsol/berkas?keadaan=semua"},
		{admin, "/konsol/berkas/baru?instansi=" + code},
		{admin, "/konsol/berkas/77"}, {admin, "/konsol/pengguna"}, {admin, "/konsol/pengguna?cari=orang+9"}, {admin, "/konsol/pembaca"},
		{admin, "/konsol/kepatuhan"},
		{admin, "/konsol/kepatuhan?mulai=150"}, {admin, "/konsol/kewajiban/" + code}, {admin, "/konsol/kalender"}, {admin, "/konsol/surat"},
		{admin, "/konsol/surat/nda"},
		{admin, "/konsol/agenda"}, {admin, "/konsol/riwayat"}, {admin, "/konsol/prosedur"}, {admin, "/konsol/surel"},
		{admin, "/konsol/data-penduduk"},
		{admin, "/pemberitahuan"},
		{admin, "/konsol/pengawasan"}, {admin, "/konsol/pengawasan/" + code + "/orang1." + code}, {admin, "/konsol/umpan"},
		{admin, "/konsol/instansi/" + code + "/pengawasan"}, {head, "/kewajiban"}, {admin, "/konsol/evaluasi"},
		{admin, "/konsol/evaluasi/" + code}, {admin, "/konsol/insiden"}, {head, "/insiden"},
		{admin, "/konsol/dasbor"}, {admin, "/konsol/dasbor?periode=semester"}, {admin, "/konsol/dasbor?instansi=" + code},
		{admin, "/konsol/dasbor?instansi=" + code + "&periode=semester"}, {head, "/dasbor"},
	} {
		b.Run(page.path, func(b *testing.B) {
			var times []time.Duration
			before, size := cpu(), 0
			for b.Loop() {
				q := r.request(page.session, page.path)
				begun := time.Now()
				w := r.answer(q)
				times = append(times, time.Since(begun))
				size = w.Body.Len()
				if w.Code != http.StatusOK {
					b.Fatalf("status %d: %s", w.Code, r.log)
				}
				for table := range strings.SplitSeq(w.Body.String(), "<table") {
					if n := strings.Count(table, "<tr>") - strings.Count(table, "<thead>"); n > site.PerPage {
						b.Fatalf("%d rows", n)
					}
				}
			}
			b.ReportMetric(float64((cpu()-before).Microseconds())/1000/float64(len(times)), "cpu-ms")
			b.ReportMetric(float64(size), "bytes")
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "p99-ms")
			b.ReportMetric(float64(slices.Max(times).Microseconds())/1000, "max-ms")
		})
	}
}

// benchSize is how many of something a benchmark makes, unless GAPURA_BENCH_ and its name say otherwise.
func benchSize(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv("GAPURA_BENCH_" + name)); err == nil {
		return n
	}
	return usual
}

func sessionOf(b *testing.B, r *room, login string) string {
	b.Helper()
	u, ok, err := r.store.Users.UserByLogin(b.Context(), login)
	if err != nil || !ok {
		b.Fatal(login, err)
	}
	token, err := r.entry.SignIn.Open(b.Context(), party.Session{User: u.ID})
	if err != nil {
		b.Fatal(err)
	}
	return token
}

func openLarge(b *testing.B) *room {
	b.Helper()
	url := storetest.SQLite(b)
	if os.Getenv("GAPURA_BENCH_POSTGRES") != "" {
		url = storetest.Postgres(b)
	}
	r := open(b, url)
	ctx := b.Context()
	days := benchSize("DAYS", years*365)
	first := party.WIB.Day(start).AddDate(0, 0, -days)
	note := journal.Change{At: start, Reason: "PKS"}
	poc, _ := procedure.Find(r.office.Procedures, "poc")
	for n := range benchSize("AGENCIES", manyAgencies) {
		code := fmt.Sprintf("dinas%03d", n)
		done, err := r.store.Rights.Apply(ctx, note, procedure.CreateInstitution{Institution: party.Institution{Code: code,
			Name: fmt.Sprintf("Dinas Rekaan %d", n), Zone: party.WIB, Heads: party.Heads{{
				Name: "Rekaan", Position: "Kepala", Since: first,
			}}}})
		if err != nil {
			b.Fatal(err)
		}
		id := done[0].ID
		var effects []procedure.Effect
		for year := 0; year < years; year += 2 {
			signed := party.WIB.Day(start).AddDate(year-years+1, 0, 0)
			effects = append(effects, procedure.SignAgreement{Agreement: agreement.Agreement{
				Agency: id, ProviderNumber: fmt.Sprintf("400.12/%d/%d", n, year), SignedOn: signed, EndsOn: signed.AddDate(2, 0, 0),
				Terms: agreement.Terms{Elements: population.PKSElements, Methods: []string{agreement.Portal}, Quota: 200,
					Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Purposes: []string{"bantuan"}},
				Addenda: []agreement.Addendum{{Number: "A", EffectiveOn: signed.AddDate(0, 6, 0),
					Change: agreement.Change{Purposes: []string{"bantuan", "benih"}}}},
			}})
		}
		for u := range usersEach {
			effects = append(effects, procedure.CreateUser{User: party.User{Institution: id, Login: fmt.Sprintf("orang%d.%s", u, code),
				Name: fmt.Sprintf("Orang %d Rekaan", u), Role: party.Officer}})
		}
		for d := range 3 {
			effects = append(effects, procedure.AddReaders{Agency: id, Readers: []reader.Reader{{Serial: fmt.Sprintf("R-%d-%d", n, d),
				Model: "A", State: reader.Active}}})
		}
		if _, err := r.store.Rights.Apply(ctx, note, effects...); err != nil {
			b.Fatal(err)
		}
		for range benchSize("CASES", casesEach) {
			c, err := r.office.Open(ctx, office.Actor{User: 1, Role: party.Operator}, id, poc.Key)
			if err != nil {
				b.Fatal(err)
			}
			in := procedure.Input{Letter: "470/1", LetterDay: party.WIB.Day(start),
				Values: map[string]string{"aplikasi": party.PortalApp.Label()}}
			if _, err := r.office.Take(ctx, office.Actor{User: 1, Role: party.Operator}, c, 0, in, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	fill(ctx, b, r, first, days)
	if err := r.store.Derived.Fill(ctx); err != nil { // the server does so all the time
		b.Fatal(err)
	}
	if err := office.RemindersOf(r.office).Look(ctx); err != nil {
		b.Fatal(err)
	}
	return r
}

// fill writes one record for each agency and day.
func fill(ctx context.Context, b *testing.B, r *room, first time.Time, days int) {
	b.Helper()
	all, err := r.store.Rights.Everyone(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for d := range days {
		version, err := r.store.Rights.Version(ctx)
		if err != nil {
			b.Fatal(err)
		}
		day := first.AddDate(0, 0, d)
		var batch []*journal.Entry
		for _, st := range all {
			batch = append(batch, &journal.Entry{Log: st.Institution.ID, Day: day, Rights: version, Decide: func(int) journal.Record {
				return journal.Record{At: day.Add(3 * time.Hour), Act: journal.ActLookup, User: 1, Method: agreement.Portal,
					Purpose: "bantuan", Reference: "B/1", Outcome: "found", Hit: true}
			}})
		}
		if err := r.store.Journal.AppendRecords(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
}
