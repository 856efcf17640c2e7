package store_test

import (
	"strings"
	"testing"
	"time"

	"gapura/store/storetest"
)

// A token of before tokens named their agreement goes on under the one that was signed last, and ends with it. An agency's that has none
// works for 90 days more, of which both sides are told; the office's own is left as it is.
func TestTheUpgradeBindsTokensToTheirAgreement(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		db, p := older(t, url, beforeBound)
		do := func(query string, args ...any) {
			t.Helper()
			if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
				t.Fatal(query, err)
			}
		}
		for id, code := range []string{"dukcapil", "dinlama", "dinbaru"} {
			do("INSERT INTO institutions (id, code, name, zone) VALUES ($1, $2, $3, 'WIB')", id, code, "Dinas "+code)
		}
		for id, signed := range map[int]string{7: "2024-01-12", 8: "2026-01-12"} {
			do(`INSERT INTO agreements (id, agency_id, provider_number, agency_number, subject, signed_on, ends_on, terms, known_us)
				VALUES ($1, 1, 'P', 'A', 'S', $2, '2028-01-12', '{"elements":["nik"],"methods":["portal"],"quota":200,"networks":[],"purposes":[]}', 1)`, id, signed)
		}
		soon := time.Now().Add(24 * time.Hour).UnixMicro()
		for id, of := range map[int][3]int64{1: {1, 0, 7}, 2: {1, 0, 0}, 3: {2, 0, 0}, 4: {0, 0, 0}, 5: {2, soon, 0}} {
			do(`INSERT INTO credentials (id, kind, agency_id, user_id, hash, issued_us, expires_us, agreement_id)
				VALUES ($1, 'api', $2, 0, $3, 1, $4, $5)`, id, of[0], []byte{byte(id)}, of[1], of[2])
		}
		if _, err := p.Up(t.Context()); err != nil {
			t.Fatal(err)
		}
		grace := time.Now().Add(90 * 24 * time.Hour)
		for id, want := range map[int]struct {
			agreement int64
			ends      time.Time
		}{1: {7, time.Time{}}, 2: {8, time.Time{}}, 3: {0, grace}, 4: {0, time.Time{}}, 5: {0, time.UnixMicro(soon)}} {
			var agreement, expires int64
			if err := db.QueryRowContext(t.Context(), "SELECT agreement_id, expires_us FROM credentials WHERE id = $1", id).Scan(&agreement,
				&expires); err != nil {
				t.Fatal(err)
			}
			off := time.UnixMicro(expires).Sub(want.ends).Abs()
			if agreement != want.agreement || want.ends.IsZero() != (expires == 0) || !want.ends.IsZero() && off > time.Minute {
				t.Errorf("token %d: agreement %d, ends %v", id, agreement, time.UnixMicro(expires))
			}
		}
		for agency, path := range map[int]string{0: "/konsol/instansi/dinbaru/kredensial", 2: "/kredensial"} {
			var text, to string
			if err := db.QueryRowContext(t.Context(), "SELECT text, path FROM notices WHERE agency_id = $1", agency).Scan(&text,
				&to); err != nil || to != path || !strings.Contains(text, grace.UTC().Format(time.DateOnly)) {
				t.Errorf("agency %d is told %q at %s: %v", agency, text, to, err)
			}
		}
	})
}
