package main

import (
	"database/sql"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
)

// Who cuts a log in the database of a running service is found by the next look: the service is not ready, nothing is answered for that
// agency, and people are told, once.
func TestACutLogStopsItsAgencyAndAlarmsPeople(t *testing.T) {
	w := newWalk(t)
	ctx := t.Context()
	ready := func() int {
		r := httptest.NewRecorder()
		w.h.ServeHTTP(r, httptest.NewRequest("GET", "/readyz", nil))
		return r.Code
	}
	if _, err := w.p.notary.Sign(ctx); err != nil || ready() != 200 {
		t.Fatal(err, ready())
	}
	db, err := sql.Open("sqlite", w.p.cfg.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	agency, _, found, err := w.p.store.Institutions.InstitutionByCode(ctx, "dinpertan")
	if err != nil || !found {
		t.Fatal(err)
	}
	for _, q := range []string{"DELETE FROM changes WHERE agency_id = %d AND seq = (SELECT MAX(seq) FROM changes WHERE agency_id = %[1]d)",
		"UPDATE logs SET size = size - 1 WHERE id = %d"} {
		if _, err := db.Exec(fmt.Sprintf(q, agency.ID)); err != nil {
			t.Fatal(err)
		}
	}
	a := w.p.logAlarms()
	told := func() (n int) {
		if err := db.QueryRow("SELECT COUNT(*) FROM notices WHERE text LIKE '%bukan lagi yang ditandatangani%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for range 2 {
		if _, err := w.p.notary.Sign(ctx); err == nil {
			t.Error("a log that was cut is signed")
		}
		a.raise(ctx)
		if told() != 2 { // the office and the agency
			t.Errorf("%d notices", told())
		}
	}
	if ready() != 503 {
		t.Error("the service is ready:", ready())
	}
	for _, account := range w.out.API {
		r := httptest.NewRequest("POST", "/api/v1/lookups", strings.NewReader(fmt.Sprintf(
			`{"nik":%q,"purpose":"x","reference":"P-1"}`, w.out.Sample.Found[0])))
		r.Header.Set("Authorization", "Bearer "+account.Token)
		r.Header.Set("Content-Type", "application/json")
		r.RemoteAddr = "127.0.0.1:9"
		answer := httptest.NewRecorder()
		w.h.ServeHTTP(answer, r)
		if (answer.Code == 503) != (account.Agency == "dinpertan") {
			t.Errorf("%s: %d %s", account.Agency, answer.Code, answer.Body)
		}
	}
}
