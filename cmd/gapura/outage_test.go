package main

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/journal/journal"
	"gapura/office/outage"
	"gapura/store/storetest"
)

// A planned outage that one administrator announces is told on every door ahead, by another process too: pages of people who are signed in
// and who are not, the header of every answer, the status endpoint, the desk, the old wire where a profile asks for it, a notice and mails
// to the agencies that are served. While it is under way a source that is down is told with its reason and when to come again, and what is
// answered is answered as ever; after its end, or when it is withdrawn, nothing is told any more. Each is recorded (M6).
func TestAPlannedOutageIsToldOnEveryDoorAheadAndIsOverByItself(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		admin, officer, inside := w.actor("admin"), w.actor("petugas.dinpertan"), w.place(true)
		begin := w.at.Add(24 * time.Hour).Truncate(time.Minute)
		const reason = "pemeliharaan listrik"
		announce := func() *httptest.ResponseRecorder {
			b := begin.In(time.FixedZone("WIB", 7*3600))
			return w.fill(admin, "/konsol/gangguan", url.Values{"mulai": {b.Format(time.DateOnly)}, "jam_mulai": {b.Format("15:04")},
				"selesai": {b.Format(time.DateOnly)}, "jam_selesai": {b.Add(2 * time.Hour).Format("15:04")}, "sebab": {reason}}, inside)
		}
		if got := announce(); got.Code != 303 {
			t.Fatal(got.Code, got.Body)
		}
		other := &outage.Board{Read: w.p.store.Outages.Standing, Now: w.p.now}
		other.Refresh(t.Context())
		if len(other.Standing()) != 1 {
			t.Error("another process does not see it")
		}
		text := other.Standing()[0].Text("WIB", w.at)
		if !strings.Contains(text, reason) {
			t.Error(text)
		}
		interval := begin.UTC().Format(time.RFC3339) + "/" + begin.Add(2*time.Hour).UTC().Format(time.RFC3339)
		api := w.out.API[0]
		lookup := fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":"A/1"}`, w.out.Sample.Found[0], api.Purposes[0])
		ask := func() *httptest.ResponseRecorder {
			return w.ask("/api/v1/lookups", lookup, inside, basic(api.User, api.Password))
		}
		old := w.out.Legacy[0]
		legacy := func() *httptest.ResponseRecorder {
			body := fmt.Sprintf(`{"user_id":%q,"password":%q,"ip_user":"x","nik":%q}`, old.User, old.Password, w.out.Sample.Found[0])
			return w.ask(old.Path, body, inside, nil)
		}
		list, err := w.p.store.Wire.Profiles(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range list {
			if p.Announce = true; "/dukcapil/get_json/"+p.Path == old.Path {
				if err := w.p.store.Wire.PutProfile(t.Context(), journal.Change{At: w.at, Reason: "uji"}, p); err != nil {
					t.Fatal(err)
				}
			}
		}
		// told looks at every door.
		told := func(when string, want bool, say string) {
			t.Helper()
			for name, got := range map[string]*httptest.ResponseRecorder{
				"sign-in page": w.send(actor{}, "GET", "/masuk", inside, 0), "portal": w.send(officer, "GET", "/cari", inside, 0),
				"console": w.send(admin, "GET", "/konsol", inside, 0), "API": ask(), "old wire": legacy(),
				"status": w.send(actor{}, "GET", outage.StatusPath, inside, 0),
			} {
				header, body := got.Header().Get(outage.Header), html.UnescapeString(got.Body.String())
				in := strings.Contains(body, say)
				switch name {
				case "API":
					in = want // its body has no place for it
				case "status":
					in = strings.Contains(body, reason)
				}
				if got.Code != 200 || (header == interval) != want || in != want {
					t.Errorf("%s: %s: %d, header %q, %s", when, name, got.Code, header, body)
				}
			}
			desk := httptest.NewServer(w.h)
			defer desk.Close()
			c, err := client.New(client.Config{URL: desk.URL})
			if err != nil {
				t.Fatal(err)
			}
			all, err := c.Outages(t.Context(), w.at)
			if err != nil || (len(all) == 1 && all[0].Interval() == interval && all[0].Reason == reason) != want {
				t.Errorf("%s: the desk: %v, %v", when, all, err)
			}
		}
		told("ahead", true, text)
		var mails, notices int
		sent, err := w.p.store.Mails.MailList(t.Context(), 0, 100)
		for _, m := range sent {
			if strings.Contains(m.Body, reason) {
				mails++
			}
		}
		if err != nil || mails == 0 {
			t.Errorf("no mail: %v", err)
		}
		for _, code := range []string{"dinpertan", "disperin"} { // one that is served, one whose agreement has ended
			i, _, _, err := w.p.store.Institutions.InstitutionByCode(t.Context(), code)
			if err != nil {
				t.Fatal(err)
			}
			list, err := w.p.store.Notices.Notices(t.Context(), i.ID, 0, 50)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range list {
				if strings.Contains(n.Text, reason) {
					if notices++; code != "dinpertan" {
						t.Error("an agency that is not served is told")
					}
				}
			}
		}
		if notices != 1 {
			t.Errorf("%d notices", notices)
		}

		w.at = begin
		during := other.Standing()[0].Text("WIB", w.at)
		admin, officer = w.actor(admin.Login), w.actor(officer.Login)
		told("during", true, during)
		whole := w.h
		w.p.cfg.UpstreamURL = "http://127.0.0.1:1" // nobody answers there
		w.h = w.p.handler()
		got := ask()
		var problem struct{ Code, Detail string }
		if err := json.Unmarshal(got.Body.Bytes(), &problem); err != nil || got.Code != 503 || problem.Code != string(access.Source) ||
			!strings.Contains(problem.Detail, during) || got.Header().Get("Retry-After") != "7200" {
			t.Error(got.Code, got.Header(), got.Body)
		}
		if got := legacy(); got.Code != 503 || !strings.Contains(got.Body.String(), `"RESPON":"`+during) ||
			got.Header().Get("Retry-After") != "7200" {
			t.Error(got.Code, got.Header(), got.Body)
		}
		w.h = whole
		w.at = begin.Add(2 * time.Hour)
		admin, officer = w.actor(admin.Login), w.actor(officer.Login)
		told("over", false, "Gangguan terencana sedang")

		begin = w.at.Add(time.Hour)
		if got := announce(); got.Code != 303 {
			t.Fatal(got.Code, got.Body)
		}
		all, err := w.p.store.Outages.Outages(t.Context(), 0, 10)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		back := fmt.Sprintf("/konsol/gangguan/%d/tarik", all[0].ID)
		for n, want := range []int{303, 409} { // once only
			if got := w.fill(admin, back, url.Values{"alasan": {"ditunda"}}, inside); got.Code != want {
				t.Errorf("withdrawal %d: %d %s", n+1, got.Code, got.Body)
			}
		}
		told("withdrawn", false, "Gangguan terencana:")
		changes, err := w.p.store.Journal.Changes(t.Context(), party.Provider, 0, 50)
		var recorded []string
		for _, c := range changes {
			if c.Subject == "Gangguan terencana" && c.By == admin.ID {
				recorded = append(recorded, c.After+": "+c.Reason)
			}
		}
		if err != nil || len(recorded) != 3 || recorded[0] != "ditarik: ditunda" || !strings.HasSuffix(recorded[2], "WIB: "+reason) {
			t.Errorf("records %q, %v", recorded, err)
		}
	})
}
