package main

import (
	"net/http"
	"strings"
	"testing"

	"gapura/access/access"
)

// owedStill are the routes that stay open to people of a suspended or ended agency, by their letters; everything else is closed to them,
// whatever their role (B10). Their own account (/akun), without which nobody signs in safely, is open to all.
var owedStill = map[string]string{
	"GET /balikan": "hm", "POST /balikan": "hm", "POST /balikan/alasan": "hm", "GET /balikan/unggah": "hm", "POST /balikan/unggah": "hm",
	"POST /balikan/kirim":     "hm",
	"GET /balikan/contoh.csv": "hm", "GET /balikan/contoh.xlsx": "hm", "GET /insiden": "hm", "GET /insiden/baru": "hm",
	"POST /insiden": "hm", "GET /insiden/{id}": "hm",
	"POST /insiden/{id}": "hm",
	"GET /pemberitahuan": "hm", "GET /laporan": "hm", "GET /laporan/{period}": "hm", "POST /laporan/{period}": "hm",
	"GET /laporan/{period}/{form}": "hm",
	"GET /kewajiban":               "hm", "POST /kewajiban": "hm", "GET /kewajiban/dokumen/{id}": "hm",
}

// Head and administrator of a suspended and of an ended agency sign in from the last network, open what is owed and nothing else, and every
// page says so; their officers do not get in, and the doors of data go on answering that the agency is not active.
func TestWhoStillOwesGetsInForThatAlone(t *testing.T) {
	w := newWalk(t)
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "petugas.dishub", "{period}", "2026-2",
		"{form}", "pdf", "{$}", "")
	for _, agency := range []string{"dishub", "disperin"} {
		for _, login := range []string{"kepala.", "admin."} {
			a := w.actor(login + agency)
			for pattern, act := range w.routes {
				method, target, cut := strings.Cut(path.Replace(pattern), " ")
				if whoMay[pattern] == "*" || !cut || strings.HasPrefix(target, "/api/") || !strings.Contains(whoMay[pattern],
					letterOf[a.Role]) {
					continue
				}
				got := w.send(a, method, target, w.place(true), 0)
				inactive := strings.Contains(got.Body.String(), access.InstitutionInactive.Text())
				if open := strings.HasPrefix(target, "/akun") || strings.Contains(owedStill[pattern], letterOf[a.Role]); open &&
					(got.Code == 403 || got.Code >= 500) || !open && (got.Code != 403 || !inactive) {
					t.Errorf("%s %s by %s: %d", pattern, act, a.Login, got.Code)
				}
				if got := w.send(a, method, target, w.place(false), 0); got.Code != 403 {
					t.Errorf("%s by %s from elsewhere: %d", pattern, a.Login, got.Code)
				}
			}
			for _, page := range []string{"/kewajiban", "/laporan", "/insiden", "/balikan", "/pemberitahuan"} {
				if got := w.send(a, "GET", page, w.place(true), 0).Body.String(); !strings.Contains(got, `id="terbatas"`) ||
					strings.Contains(got, `href="/instansi`) || strings.Contains(got, `href="/riwayat`) {
					t.Errorf("%s of %s does not say what is restricted, or offers more", page, a.Login)
				}
			}
			if got := w.signIn(a.Login, true); got.Code != http.StatusSeeOther {
				t.Errorf("%s signs in: %d", a.Login, got.Code)
			}
			if got := w.signIn(a.Login, false); got.Code != http.StatusForbidden {
				t.Errorf("%s signs in from elsewhere: %d", a.Login, got.Code)
			}
		}
		if got := w.signIn("petugas."+agency, true); got.Code != http.StatusForbidden || !strings.Contains(got.Body.String(),
			access.InstitutionInactive.Text()) {
			t.Errorf("an officer of %s signs in: %d", agency, got.Code)
		}
		program := w.actor("aplikasi." + agency)
		for _, route := range []string{"/api/v1/lookups", "/api/v1/matches"} {
			if got := w.send(program, "POST", route, w.place(true), 0); got.Code != 403 || !strings.Contains(got.Body.String(),
				"institution_inactive") {
				t.Errorf("%s of %s: %d %s", route, agency, got.Code, got.Body)
			}
		}
		if got := w.send(program, "POST", "/api/v1/balikan", w.place(true), 0); got.Code == 401 || got.Code == 403 {
			t.Errorf("data balikan of %s: %d", agency, got.Code)
		}
	}
	if got := w.send(w.actor("kepala.dinpertan"), "GET", "/kewajiban", w.place(true), 0).Body.String(); strings.Contains(got,
		`id="terbatas"`) {
		t.Error("an agency in force is told that it is restricted")
	}
}
