package desk_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/desk/desk"
)

// whoMay is the desk's table of roles a second time, by route: whoever opens a page in the code must open it here. Letters: o officer, h
// head; * anybody.
var whoMay = map[string]string{
	"GET /{$}":                    "*",
	"GET /masuk":                  "*",
	"POST /masuk":                 "*",
	"GET /masuk/kode":             "*",
	"POST /masuk/kode":            "*",
	"POST /masuk/kunci":           "*",
	"GET /masuk/sandi":            "*",
	"POST /masuk/sandi":           "*",
	"POST /keluar":                "*",
	"GET /aktivasi":               "*",
	"POST /aktivasi":              "*",
	"GET /lembar":                 "oh",
	"POST /lembar/{id}":           "oh",
	"POST /lembar/{id}/cetak":     "h",
	"GET /aktivasi/{link}":        "*",
	"POST /aktivasi/{link}":       "*",
	"GET /bantuan":                "*",
	"GET /periksa/{code}":         "*",
	"GET /antrean":                "oh",
	"POST /antrean":               "oh",
	"GET /antrean.csv":            "oh",
	"GET /permohonan/baru":        "oh",
	"POST /permohonan/baru":       "oh",
	"GET /permohonan/{id}":        "oh",
	"GET /balikan":                "oh",
	"POST /balikan":               "oh",
	"GET /kartu":                  "oh",
	"POST /kartu":                 "oh",
	"GET /layanan":                "h",
	"GET /layanan/{key}":          "h",
	"POST /layanan/{key}":         "h",
	"GET /pengguna":               "h",
	"POST /pengguna":              "h",
	"POST /pengguna/{id}/{act}":   "h",
	"GET /keamanan":               "h",
	"GET /keamanan.csv":           "h",
	"GET /akun":                   "oh",
	"GET /akun/sandi":             "oh",
	"POST /akun/sandi":            "oh",
	"GET /akun/kode":              "oh",
	"POST /akun/kode":             "oh",
	"POST /akun/kode/hapus":       "oh",
	"GET /akun/kunci":             "oh",
	"POST /akun/kunci":            "oh",
	"POST /akun/kunci/{id}/hapus": "oh",
	"GET /akun/pemulihan":         "oh",
	"POST /akun/pemulihan":        "oh",
	"POST /akun/sesi":             "oh",
	"POST /akun/sesi/{id}":        "oh",
	"GET /akun/token":             "oh",
	"POST /akun/token":            "oh",

	"POST /permohonan/{id}/langkah":         "oh",
	"POST /permohonan/{id}/cabut":           "h",
	"POST /permohonan/{id}/lengkapi":        "oh",
	"POST /permohonan/{id}/krosscek":        "oh",
	"POST /permohonan/{id}/lihat":           "oh",
	"GET /permohonan/{id}/berkas/{file}":    "oh",
	"GET /permohonan/{id}/surat.pdf":        "oh",
	"GET /permohonan/{id}/kuitansi/{check}": "oh",
}

// Every page of the desk is opened by each role as its table says, and by nobody else; a page that no table knows is nobody's.
func TestEachRoleOpensWhatTheDesksTableSays(t *testing.T) {
	c := newCounter(t)
	routes := c.desk.Routes()
	if len(routes) != len(whoMay) {
		t.Errorf("%d routes, %d in the table", len(routes), len(whoMay))
	}
	logins := map[string]string{"": "", "o": "petugas", "h": "kepala"}
	hole := regexp.MustCompile(`\{[^}]*\}`)
	for _, route := range routes {
		who, known := whoMay[route.Pattern]
		if !known {
			t.Errorf("%s is in no table", route.Pattern)
			continue
		}
		if open := who == "*"; open != (route.Act == access.ToArrive) || open != (route.Open != nil) {
			t.Errorf("%s: open to anybody is %v in one table and not in the other", route.Pattern, open)
		}
		method, path, _ := strings.Cut(route.Pattern, " ")
		for letter, login := range logins {
			r := httptest.NewRequest(method, hole.ReplaceAllString(strings.TrimSuffix(path, "{$}"), "1"), nil)
			if login != "" { // a session of its own: pages end sessions
				token, err := c.desk.Entry.SignIn.Open(t.Context(), party.Session{User: c.user(login).ID})
				if err != nil {
					t.Fatal(err)
				}
				r.AddCookie(&http.Cookie{Name: "gapura", Value: token})
			}
			w := httptest.NewRecorder()
			c.pages.ServeHTTP(w, r)
			forbidden := w.Code == http.StatusForbidden && strings.Contains(w.Body.String(), "bukan untuk peran Anda")
			away := w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/masuk")
			switch {
			case who == "*":
				if forbidden {
					t.Errorf("%s is closed to %q", route.Pattern, letter)
				}
			case letter == "":
				if !away {
					t.Errorf("%s answers a stranger: %d", route.Pattern, w.Code)
				}
			case forbidden == strings.Contains(who, letter), away:
				t.Errorf("%s by %q: %d", route.Pattern, letter, w.Code)
			}
		}
	}
}

// Whatever is not in the table is nobody's: an act without a rule, and a role that works elsewhere.
func TestWhatNoRuleNamesIsClosedAtTheDesk(t *testing.T) {
	for _, role := range []party.Role{party.Officer, party.HeadOfAgency} {
		for _, act := range []access.Act{"", "desk_else", access.ToLook, access.ToLookup} {
			if desk.For(act, role) {
				t.Errorf("%q by %s", act, role)
			}
		}
	}
	for _, act := range []access.Act{desk.ToServe, desk.ToRevoke, desk.ToDecide, desk.ToOffer, desk.ToStaff, desk.ToAudit,
		access.ToAccount} {
		for _, role := range []party.Role{"", party.AgencyAdmin, party.Application, party.Administrator, party.Operator, party.Auditor,
			party.CitizenPortal} {
			if desk.For(act, role) {
				t.Errorf("%q by %s", act, role)
			}
		}
	}
}
