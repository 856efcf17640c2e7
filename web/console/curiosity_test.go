package console

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/snooping"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/office/curiosity"
	"gapura/office/office"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// lookup is one by an officer of dinpertan, at the room's time.
func (r *room) lookup(login, number, reference string) {
	r.Helper()
	u, _, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil {
		r.Fatal(err)
	}
	a, err := r.gate.Lookup(r.Context(), access.Request{Who: access.Known(u.ID), Method: agreement.Portal,
		Address: netip.MustParseAddr("127.0.0.1"), NIK: number, Purpose: demo.Purpose, Reference: reference})
	if err != nil || a.Code != access.Found {
		r.Fatal(a.Code, err)
	}
}

// evening holds the runs whose time has come at 17.00 of the room's day.
func (r *room) evening() {
	r.Helper()
	y, m, d := r.now.In(snoopingZone).Date()
	r.now = time.Date(y, m, d, 17, 5, 0, 0, snoopingZone)
	if err := office.CuriosityOf(r.office).Evening(r.Context()); err != nil {
		r.Fatal(err)
	}
}

var snoopingZone = time.FixedZone("WIB", 7*60*60)

func (r *room) morning(days int) {
	y, m, d := r.now.In(snoopingZone).Date()
	r.now = time.Date(y, m, d+days, 9, 0, 0, 0, snoopingZone)
}

// A lookup without a service is asked about the same evening, by a note to the officer and the head; the officer answers on a page; what
// repeats becomes a case that one person judges and another closes; and a rule's precision follows.
func TestALookupWithoutAServiceIsAskedAboutAndMayBecomeACase(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		r := open(t, where)
		agency, _, found, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil || !found {
			t.Fatal(err)
		}
		r.morning(0)
		if err := office.CuriosityOf(r.office).Evening(t.Context()); err != nil { // of the evening before
			t.Fatal(err)
		}
		served, err := nik.Parse(r.found[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.store.Curiosity.AddServices(t.Context(), agency.ID, 0, r.now, []snooping.Service{{Reference: "B-7", NIK: served,
			Day: snooping.DayOf(r.now), Kind: snooping.List}}); err != nil {
			t.Fatal(err)
		}
		const login = "petugas.dinpertan"
		victim := r.found[0]
		r.lookup(login, victim, "A-1")
		r.lookup(login, r.found[1], "B-7")
		officer := r.session(login)
		if page := r.do(officer, "GET", "/pertanyaan", nil, "").Body.String(); !strings.Contains(page, "Tidak ada yang perlu dijelaskan") {
			t.Error("the officer was asked before the evening")
		}
		r.evening()
		officer = r.session(login)
		head := r.session("kepala.dinpertan")
		page := r.do(officer, "GET", "/pertanyaan", nil, "").Body.String()
		if n := strings.Count(page, `type="checkbox" name="p-`); n != 1 || !strings.Contains(page, "A-1") || strings.Contains(page, "B-7") ||
			strings.Contains(page, victim) {
			t.Fatalf("the officer is asked about %d lookups, want that of A-1 alone, masked: %s", n, page)
		}
		w := r.do(head, "GET", "/pertanyaan", nil, "").Body.String()
		if !strings.Contains(w, "A-1") || strings.Contains(w, `type="checkbox" name="p-`) {
			t.Error("the head sees the question, and answers none")
		}
		if w := r.do(head, "GET", "/pemberitahuan", nil, "").Body.String(); !strings.Contains(w, login+" (1)") {
			t.Error("nobody was told that the officer was asked")
		}
		if err := office.CuriosityOf(r.office).Evening(t.Context()); err != nil {
			t.Fatal(err)
		}
		field := regexp.MustCompile(`p-\d+`).FindString(page)
		answer := func(why string) *httptest.ResponseRecorder {
			return r.post(officer, "/pertanyaan", url.Values{field: {"ya"}, "alasan": {why}})
		}
		if w := answer("warga " + victim); w.Code != http.StatusUnprocessableEntity || strings.Contains(w.Body.String(), victim) {
			t.Errorf("an answer with a NIK: %d", w.Code)
		}
		if w := r.post(head, "/pertanyaan", url.Values{field: {"ya"}, "alasan": {"layanan biasa"}}); w.Code == http.StatusSeeOther {
			t.Error("the head answered for the officer")
		}
		if w := answer("warga datang tanpa nomor"); w.Code != http.StatusSeeOther {
			t.Errorf("answer: %d %s", w.Code, w.Body)
		}
		r.morning(7)
		r.lookup(login, victim, "A-2")
		r.evening()
		r.closesByTwo(login, victim)
	})
}

// closesByTwo goes on with the case that the repeated lookup became.
func (r *room) closesByTwo(login, victim string) {
	r.Helper()
	admin, admin2 := r.session("admin"), r.session("admin2")
	list := r.do(admin, "GET", "/konsol/tanpa-dasar", nil, "").Body.String()
	path := regexp.MustCompile(`/konsol/tanpa-dasar/\d+`).FindString(list)
	if path == "" || !strings.Contains(list, "Berulang pada hari lain") {
		r.Fatal(list)
	}
	page := r.do(admin, "GET", path, nil, "").Body.String()
	if !strings.Contains(page, "A-1") || !strings.Contains(page, "A-2") || !strings.Contains(page, "warga datang tanpa nomor") ||
		strings.Contains(page, victim) {
		r.Fatalf("the case lacks its series or the officer's statement: %s", page)
	}
	step := func(session, act, finding string, saw int) int {
		return r.post(session, path, url.Values{"langkah": {act}, "baris": {fmt.Sprint(saw)}, "hasil": {finding},
			"uraian": {"sudah ditanyakan kepada kepala"}}).Code
	}
	if step(admin, "close", "", 1) != http.StatusUnprocessableEntity || step(admin, "propose", "", 1) != http.StatusUnprocessableEntity ||
		step(admin, "propose", "penyalahgunaan", 1) != http.StatusSeeOther ||
		step(admin, "close", "", 2) != http.StatusUnprocessableEntity ||
		step(admin2, "close", "", 1) != http.StatusConflict || step(admin2, "close", "", 2) != http.StatusSeeOther ||
		step(admin2, "note", "", 3) != http.StatusUnprocessableEntity {
		r.Error("a case is closed by a second person, with the finding that a first one proposed, and then stays so")
	}
	if page = r.do(admin, "GET", "/konsol/tanpa-dasar?semua=ya", nil, "").Body.String(); !strings.Contains(page, "100,0 %") {
		r.Error("the rule's precision does not follow from the case")
	}
	if u, _, err := r.store.Users.UserByLogin(r.Context(), login); err != nil || !u.Stopped.IsZero() {
		r.Error("a case stopped the officer by itself")
	}
}

// What is explained after it was asked about is settled by itself, and evenings that were slept through are made up for, each once.
func TestAQuestionIsSettledByWhatComesLater(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	agency, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	r.morning(0)
	r.evening()
	r.morning(1)
	r.lookup("petugas.dinpertan", r.found[0], "A-1")
	r.morning(2) // an evening went by
	r.lookup("petugas.dinpertan", r.found[1], "A-2")
	r.evening()
	list, err := r.store.Curiosity.Questions(t.Context(), agency.ID, 0, 10)
	if err != nil || len(list) != 2 || !list[1].Run.Before(list[0].Run) {
		t.Fatal(err, len(list))
	}
	n, err := nik.Parse(r.found[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.store.Curiosity.AddServices(t.Context(), agency.ID, 0, r.now, []snooping.Service{{Reference: "A-1", NIK: n,
		Day: snooping.DayOf(r.now).AddDate(0, 0, -2), Kind: snooping.Letter}}); err != nil {
		t.Fatal(err)
	}
	r.morning(1) // on a day without lookups
	r.evening()
	if list, err = r.store.Curiosity.Questions(t.Context(), agency.ID, 0, 10); err != nil {
		t.Fatal(err)
	}
	settled := 0
	for _, q := range list {
		if !q.Answered.IsZero() && q.Ref == "A-1" {
			settled++
		}
	}
	if settled != 1 || len(list) != 2 {
		t.Errorf("%d questions, %d settled; want 2 and that of A-1", len(list), settled)
	}
}

// A change of the rules is tried on the past 90 days, says what it would bring, and holds once somebody else approves.
func TestRulesAreTriedOnThePastAndDecidedByTwo(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	agency, _, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
	if err != nil {
		t.Fatal(err)
	}
	r.morning(0)
	r.lookup("petugas.dinpertan", r.found[0], "A-1")
	const path = "/konsol/instansi/dinpertan/tanpa-dasar"
	admin := r.session("admin")
	if w := r.post(admin, path, url.Values{"bobot-nowhere": {"9"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a weight of 9: %d", w.Code)
	}
	w := r.post(admin, path, url.Values{"bobot-nowhere": {"4"}})
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Referensi tidak ditemukan ×4") ||
		!strings.Contains(w.Body.String(), "Hasil uji") {
		t.Errorf("the trial: %d %s", w.Code, w.Body)
	}
	if c, err := r.store.Curiosity.Choice(t.Context(), agency.ID); err != nil || len(c.Weights) != 0 {
		t.Error("a trial changed the rules", err)
	}
	if w := r.post(admin, path, url.Values{"bobot-nowhere": {"4"}, "usulkan": {"ya"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a proposal without a reason: %d", w.Code)
	}
	r.settle(r.post(admin, path, url.Values{"bobot-nowhere": {"4"}, "usulkan": {"ya"}, "alasan": {"terlalu sedikit peringatan"}}))
	if c, err := r.store.Curiosity.Choice(t.Context(), agency.ID); err != nil || c.Weights["nowhere"] != 4 {
		t.Error("the rules were not changed", err)
	}
}

// What the registry knows of a person and the officer is the provider's to read: a question tells the agency of no address, name or card.
func TestTheAgencyReadsNoReasonThatRestsOnTheRegistry(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		r := open(t, where)
		const login = "petugas.dinpertan"
		registry := []snooping.Rule{snooping.Family, snooping.Namesake, snooping.Neighbor, snooping.Self}
		id := r.openCuriosity(login, append(registry, snooping.Nowhere, snooping.Late)...)
		words := func(rule snooping.Rule) string {
			_, text, _ := strings.Cut(snooping.Reason([]snooping.Rule{rule}), "; ")
			return strings.TrimSuffix(text, ".")
		}
		page := r.do(r.session("admin"), "GET", fmt.Sprintf("/konsol/tanpa-dasar/%d", id), nil, "").Body.String()
		for _, rule := range registry[:3] {
			if strings.Count(page, words(rule)) != 2 { // in the series, and in the line that began the case
				t.Errorf("the office does not read %q: %s", words(rule), page)
			}
		}
		for _, who := range []string{login, "kepala.dinpertan"} {
			page := r.do(r.session(who), "GET", "/pertanyaan", nil, "").Body.String()
			for _, rule := range registry {
				if strings.Contains(page, words(rule)) {
					t.Errorf("%s reads %q", who, words(rule))
				}
			}
			if !strings.Contains(page, words(snooping.Nowhere)+"; "+words(snooping.Late)) {
				t.Errorf("%s does not read what the agency did itself: %s", who, page)
			}
		}
	})
}

// A case takes the questions of its series that the Judge still remembers, and reads no older records.
func TestACaseTakesTheQuestionsOfNinetyDays(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		r := open(t, where)
		const login = "petugas.dinpertan"
		r.morning(0)
		r.asked(login, false, snooping.Nowhere)
		r.morning(60)
		r.asked(login, false, snooping.Nowhere)
		r.morning(40)
		c, _, err := r.store.Curiosity.CuriosityCase(t.Context(), r.openCuriosity(login, snooping.Family))
		if err != nil || len(c.Questions) != 2 || r.now.Sub(c.Questions[0].At) > 41*24*time.Hour &&
			r.now.Sub(c.Questions[1].At) > 41*24*time.Hour {
			t.Errorf("%d questions, want today's and that of 40 days ago: %v", len(c.Questions), err)
		}
	})
}

// openCuriosity has a case begin with a lookup by an officer.
func (r *room) openCuriosity(login string, rules ...snooping.Rule) int64 {
	r.Helper()
	r.asked(login, true, rules...)
	list, err := r.store.Curiosity.CuriosityCases(r.Context(), true, 0, 1)
	if err != nil || len(list) != 1 {
		r.Fatal(err, len(list))
	}
	return list[0].ID
}

// asked has an officer look somebody up, and the evening's run ask about it.
func (r *room) asked(login string, alert bool, rules ...snooping.Rule) {
	r.Helper()
	r.lookup(login, r.found[0], "A-1")
	u, _, err := r.store.Users.UserByLogin(r.Context(), login)
	if err != nil {
		r.Fatal(err)
	}
	rows, _, err := r.store.Journal.Records(r.Context(), access.HistoryQuery{Agency: u.Institution, Limit: 1})
	if err != nil || len(rows) != 1 {
		r.Fatal(err, len(rows))
	}
	day := snooping.DayOf(r.now)
	if kept, err := r.store.Curiosity.KeepRun(r.Context(), curiosity.Run{Agency: u.Institution, Day: day, At: r.now, Lookups: 1,
		Questions: []curiosity.Question{{ID: rows[0].ID, Run: day, User: u.ID, At: rows[0].At, NIK: rows[0].NIK, Alert: alert, Score: 7,
			Rules: rules}}}, nil, nil); err != nil || !kept {
		r.Fatal(err, kept)
	}
}
