package console

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/internal/document/pdftest"
	"gapura/person/population"
	"gapura/store/storetest"
)

// What a purpose never used in the half-year is named for removal: on the page, in the case, in the letter, and to the agency (A11). A
// purpose whose lookups opened all is not named; one that only compared names keeps the name and the NIK.
func TestElementsThatAPurposeNeverUsedAreNamedForRemoval(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url_ string) {
		r := open(t, url_)
		r.ask("petugas.dinpertan", r.found[0])
		second := "verifikasi penerima pupuk bersubsidi"
		officer, _, err := r.store.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		claim, err := population.ReadClaim(population.ElName, "", "Sri Rekaan", r.now)
		if err != nil {
			t.Fatal(err)
		}
		a, _, err := r.gate.Match(t.Context(), access.Request{Who: access.Known(officer.ID), Method: agreement.Portal,
			Address: netip.MustParseAddr("127.0.0.1"), NIK: r.found[1], Purpose: second, Reference: "P-2"}, []population.Claim{claim}, 100)
		if err != nil || a.Code != access.Found {
			t.Fatal(a.Code, err)
		}
		period := obligation.SemesterOf(party.WIB.Day(r.now))
		operator, admin, path := r.session("operator"), r.session("admin"), "/konsol/evaluasi/dinpertan?semester="+period.String()
		rest := "Jenis Kelamin, Tempat Lahir, Tanggal Lahir, Status Perkawinan, Jenis Pekerjaan, Alamat Sekarang"
		page := func(session, path string) string {
			t.Helper()
			body := r.do(session, "GET", path, nil, "").Body.String()
			if !strings.Contains(body, second+"</td><td data-l=\"Elemen\">"+rest+"</td>") || strings.Contains(body, demo.Purpose+"</td>") {
				t.Errorf("%s does not name what was never used: %s", path, body)
			}
			return body
		}
		page(operator, path)
		w := r.post(operator, path, url.Values{"semester": {period.String()}, "keputusan": {"continue"}})
		if w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body)
		}
		file := w.Header().Get("Location")
		if body := r.do(admin, "GET", file, nil, "").Body.String(); !strings.Contains(body, second+": "+rest) {
			t.Error("the case does not say what is to be removed")
		}
		if w := r.multipart(admin, file, map[string]string{"langkah": "1", "keputusan": "approve"}, ""); w.Code != http.StatusSeeOther {
			t.Fatal(w.Code, w.Body, r.log)
		}
		if body := page(operator, path); !strings.Contains(body, "Buka berkas penghapusan elemen (adendum)") {
			t.Error("nothing leads on to the addendum")
		}
		page(r.session("kepala.dinpertan"), "/evaluasi")
		letters, err := r.store.Files.Files(t.Context(), officer.Institution, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		content, err := r.store.Files.FileContent(t.Context(), letters[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if words := strings.Join(strings.Fields(pdftest.Text(t, content)), " "); !strings.Contains(words, second+": "+rest) {
			t.Errorf("the letter: %s", words)
		}
	})
}
