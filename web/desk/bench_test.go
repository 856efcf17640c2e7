package desk_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/keyring"
	"gapura/store/storetest"
	webdesk "gapura/web/desk"
	"gapura/web/site"
)

// A day's applications and the days of three years: what a desk may hold.
const (
	perDay = 500
	days   = 3 * 365
)

// BenchmarkPages measures the server's time of every page over 547,500 applications; the goal is 100 ms each.
func BenchmarkPages(b *testing.B) {
	ctx := context.Background()
	keys := storetest.Keys(b)
	path := filepath.Join(b.TempDir(), "loket.db")
	db := storetest.Desk(b, path, keys)
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	must(db.Services.Seed(ctx, desk.DefaultServices(), now))
	hash, err := party.HashPassword(ctx, password)
	must(err)
	officer, err := db.AddUser(ctx, "petugas", "Ratnasari", party.Officer, hash, now)
	must(err)
	head, err := db.AddUser(ctx, "kepala", "Wiratmaja", party.HeadOfAgency, hash, now)
	must(err)
	must(fillYears(ctx, path, keys, officer))

	clock := func() time.Time { return now }
	entry := admission.NewEntry(db.Accounts, db.Credentials, clock)
	far, err := client.New(client.Config{URL: "http://127.0.0.1:1"})
	must(err)
	d := &webdesk.Desk{
		Site: site.New(site.Config{May: desk.Allow, Entry: entry, Rights: deskdb.Rights{DB: db, Office: party.Institution{ID: 1,
			Name: "Dinas Pertanian", Zone: party.WIB}}, Now: clock, Nav: webdesk.Nav}),
		DB: db, Provider: far, Wake: func() {}, Office: desk.Office{Name: "Dinas Pertanian", URL: "http://loket.example"},
		Zone: party.WIB, Blank: time.Minute,
	}
	handler := d.Handler()
	sessions := map[bool]string{}
	for isHead, user := range map[bool]int64{false: officer, true: head} {
		sessions[isHead], err = entry.SignIn.Open(ctx, party.Session{User: user})
		must(err)
	}
	last := int64(days * perDay)
	for _, page := range []struct {
		name, path, find string
		head             bool
	}{
		{"queue of today", "/antrean", "", false}, {"queue, next page", fmt.Sprintf("/antrean?sebelum=%d", last-100), "", false},
		{"queue of a day two years ago", "/antrean?hari=2024-11-24", "", false},
		{"all that is open", "/antrean?semua=ya", "", false}, {"a day's list as CSV", "/antrean.csv", "", false},
		{"found by number", "/antrean", "PB-20250101-007", false},
		{"found by NIK", "/antrean", "3303010101800001", false}, {"new application", "/permohonan/baru?layanan=pupuk", "", false},
		{"application", fmt.Sprintf("/permohonan/%d", last/2), "", false},
		{"outbox", "/balikan", "", false}, {"check page", fmt.Sprintf("/periksa/kode-%d", last/3), "", false}, {"services", "/layanan", "",
			true}, {"users", "/pengguna", "", true}, {"account", "/akun", "", false},
	} {
		b.Run(page.name, func(b *testing.B) {
			var longest time.Duration
			for b.Loop() {
				r := httptest.NewRequest(http.MethodGet, page.path, nil)
				if page.find != "" {
					r = httptest.NewRequest(http.MethodPost, page.path, strings.NewReader(url.Values{"cari": {page.find}}.Encode()))
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				}
				r.AddCookie(&http.Cookie{Name: "gapura", Value: sessions[page.head]})
				w := httptest.NewRecorder()
				begin := time.Now()
				handler.ServeHTTP(w, r)
				longest = max(longest, time.Since(begin))
				if w.Code != http.StatusOK {
					b.Fatalf("%s: %d", page.path, w.Code)
				}
			}
			b.ReportMetric(float64(longest.Microseconds())/1000, "ms-longest")
			if longest > 100*time.Millisecond {
				b.Errorf("%s takes %s, more than 100 ms", page.name, longest)
			}
		})
	}
}

// fillYears writes three years of finished applications and a day of open ones past the desk's own methods, which would sync millions of
// times.
func fillYears(ctx context.Context, path string, keys *keyring.Ring, officer int64) error {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer db.Close()
	papers, err := keys.Sealer("desk papers")
	if err != nil {
		return err
	}
	niks, err := keys.Indexer("desk nik")
	if err != nil {
		return err
	}
	plain, err := json.Marshal(desk.Papers{Identity: desk.KTP, Answers: map[string]string{"kelompok_tani": "Tani Makmur", "luas": "0,75",
		"komoditas": "Padi"}, Values: map[string]string{
		"nik": "3303010101800001", "nama_lengkap": "SULASTRI PARTINI WIJAYANTI", "tempat_lahir": "PURBALINGGA",
		"tanggal_lahir": "1980-01-01", "jenis_kelamin": "PEREMPUAN", "alamat": "JL. RAYA DESA NO. 69",
		"alamat.rt": "009", "alamat.rw": "005", "alamat.kelurahan": "GUMIWANG", "alamat.kecamatan": "KEJOBONG",
		"alamat.kabupaten": "KABUPATEN PURBALINGGA", "alamat.provinsi": "JAWA TENGAH",
	}})
	if err != nil {
		return err
	}
	t, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer t.Rollback()
	insert, err := t.PrepareContext(ctx,
		`INSERT INTO applications (number, day, queue, service, service_version, state, nik_index, sealed, created_us, created_by, changed_us, sent_us) VALUES (?1, ?2, ?3, 'pupuk', 1, ?4, ?5, ?6, ?7, ?8, ?7, ?9)`)
	if err != nil {
		return err
	}
	n := 0
	for d := days - 1; d >= 0; d-- {
		day := now.AddDate(0, 0, -d)
		for q := 1; q <= perDay; q++ {
			n++
			number, state, sent := desk.Number("PB", day, q), desk.Done, day.UnixMicro()
			if d == 0 && q > perDay/2 {
				state, sent = desk.States[q%6], 0
			}
			// One NIK in 500 comes again and again, as an applicant of every year does.
			index := niks.Index(fmt.Sprintf("33030101018%05d", n%500+1))
			if q == 1 && d%100 == 0 {
				index = niks.Index("3303010101800001")
			}
			if _, err := insert.ExecContext(ctx, number, day.Format(time.DateOnly), q, string(state), index,
				papers.Seal(plain, []byte(number)), day.UnixMicro(), officer, sent); err != nil {
				return err
			}
		}
	}
	done := `FROM applications a`
	for _, q := range []string{
		`INSERT INTO steps (application, step, act, at_us, by_user) SELECT a.id, s.column1, s.column2, a.created_us, a.created_by ` + done +
			`, (VALUES ('1', 'ajukan'), ('2', 'periksa'), ('3', 'krosscek-sesuai'), ('4a', 'setujui'), ('5', 'serahkan'), ('6', 'balikan'), ('7', 'balikan')) s`,
		`INSERT INTO checks (application, mode, at_us, by_user, outcome, message, record, verdicts, receipt) SELECT a.id, 'match', a.created_us, a.created_by, 'found', '', '1-' || a.id, '[{"key":"nama_lengkap","match":true,"score":100},{"key":"alamat","match":true,"score":100}]', x'00' ` + done,
		`INSERT INTO documents (application, number, code, kind, masked, at_us, by_user, sealed) SELECT a.id, '520/' || a.id, 'kode-' || a.id, 'Pupuk bersubsidi', 'S*******', a.created_us, a.created_by, x'00' ` + done,
		`INSERT INTO outbox (application, key, user_id, sealed, made_us, tries, next_us, sent_us) SELECT a.id, 'k' || a.id, a.created_by, x'00', a.created_us, 1, a.created_us, a.sent_us ` + done,
		`INSERT INTO files (application, document, media, size, at_us, by_user, sealed) SELECT a.id, s.column1, 'image/png', 100000, a.created_us, a.created_by, x'00' ` + done + `, (VALUES ('ktp'), ('kelompok')) s`,
	} {
		if _, err := t.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("fill: %w", err)
		}
	}
	return t.Commit()
}
