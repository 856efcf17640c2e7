package console

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/store/storetest"
)

// A second machine takes the desk's key over when both sides approve by their pages, the provider's by an administrator who did not make
// the code; until then the key in force stays.
func TestASecondDeskIsApprovedByBothSidesPages(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r, ctx := open(t, engine), t.Context()
		const page = "/konsol/instansi/dinpertan/loket"
		admin, admin2, head := r.session("admin"), r.session("admin2"), r.session("kepala.dinpertan")
		i, _, _, err := r.store.Institutions.InstitutionByCode(ctx, "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		form := regexp.MustCompile(`name="permintaan" value="(\d+)"><input type="hidden" name="putusan" value="setuju"`)
		ask := func(key string) {
			t.Helper()
			w := r.post(admin, page, url.Values{"alasan": {"BAST loket"}})
			code := regexp.MustCompile(`<strong>Kode pendaftaran: <code>([^<]+)<`).FindStringSubmatch(w.Body.String())
			if code == nil {
				t.Fatalf("%d: no code", w.Code)
			}
			_, ok, err := r.store.Desks.AskDesk(ctx, html.UnescapeString(code[1]), party.DeskRequest{Desk: party.Desk{Key: "kunci " + key},
				Cosigner: "penanda " + key, Machine: "loket-" + key, From: "10.33.4.9", Asked: r.now})
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
		}
		approve := func(session, path, want string) {
			t.Helper()
			id := form.FindStringSubmatch(r.do(session, "GET", path, nil, "").Body.String())
			if id == nil {
				t.Fatalf("%s offers no approval", path)
			}
			w := r.post(session, path, url.Values{"permintaan": {id[1]}, "putusan": {"setuju"}})
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), want) {
				t.Fatalf("%d: %q is not said", w.Code, want)
			}
		}
		inForce := func(want string) {
			t.Helper()
			if key, err := r.store.Witness.CosignerKey(ctx, i.ID); err != nil || key != want {
				t.Fatalf("in force: %q %v, want %q", key, err, want)
			}
		}
		ask("satu")
		if form.MatchString(r.do(admin2, "GET", page, nil, "").Body.String()) {
			t.Error("the office approves a first desk, which is the agency's alone")
		}
		approve(head, "/loket", "sekarang loket instansi")
		inForce("penanda satu")

		r.now = r.now.Add(time.Minute)
		ask("dua")
		body := r.do(admin, "GET", page, nil, "").Body.String()
		if form.MatchString(body) || !strings.Contains(body, "Kode pendaftarannya Anda buat sendiri") {
			t.Error("who made the code is offered the approval")
		}
		list, err := r.store.Desks.DeskRequests(ctx, i.ID, 1)
		if err != nil {
			t.Fatal(err)
		}
		id := regexp.MustCompile(`name="permintaan" value="(\d+)"`).FindStringSubmatch(body)
		own := url.Values{"permintaan": {id[1]}, "putusan": {"setuju"}}
		if w := r.post(admin, page, own); w.Code == http.StatusOK {
			t.Error("who made the code approved it")
		}
		refuse := url.Values{"permintaan": {id[1]}, "putusan": {"tolak"}}
		if w := r.post(admin2, page, refuse); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("refused without a reason: %d", w.Code)
		}
		if !strings.Contains(r.do(admin2, "GET", page, nil, "").Body.String(), list[0].Words()) {
			t.Error("the words to compare are not shown")
		}
		approve(admin2, page, "Loket yang lama tetap berlaku")
		inForce("penanda satu")
		approve(head, "/loket", "sekarang loket instansi")
		inForce("penanda dua")
	})
}
