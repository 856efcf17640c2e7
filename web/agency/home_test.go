package agency

import (
	"fmt"
	"net/http"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

var hrefs = regexp.MustCompile(`href="(/[^"#]*)`)

// main is a page without header and foot.
func mainOf(body string) string {
	_, body, _ = strings.Cut(body, `<main`)
	body, _, _ = strings.Cut(body, `</main>`)
	return strings.ReplaceAll(body, "&amp;", "&")
}

// The first page of head and administrator leads: what waits for the agency is named, and every link on it, on the figures and on the pages
// of the agency opens for whoever sees it.
func TestTheFirstPageLeadsWhereItsReaderMayGo(t *testing.T) {
	r := open(t)
	path := r.posts(asker, "/instansi/permohonan", newUser()).Header().Get("Location")
	for _, login := range []string{asker, "kepala.dinpertan"} {
		body := mainOf(r.as(login, "/instansi", nil).Body.String())
		for _, want := range []string{"Yang perlu dilakukan", "belum menandatangani NDA", "Sisa kuota hari ini", "Berlaku sampai", "PKS ",
			"Pembaca KTP-el aktif", "Kewajiban", `href="` + path + `"`} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the first page does not say %q", login, want)
			}
		}
		if strings.Contains(body, "belum dikirim") != (login == asker) {
			t.Errorf("%s: who sends the request is not told alone", login)
		}
		if strings.Contains(body, "Ajukan user ID") != (login == asker) {
			t.Errorf("%s: asking is offered to the wrong one", login)
		}
		for _, page := range []string{"/instansi", "/instansi/perjanjian", "/instansi/pengguna", "/instansi/pembaca",
			"/instansi/permohonan", "/dasbor", path} {
			for _, link := range hrefs.FindAllStringSubmatch(mainOf(r.as(login, page, nil).Body.String()), -1) {
				if strings.HasPrefix(link[1], "/balikan") || strings.HasPrefix(link[1], "/riwayat") && login != asker {
					continue // the portal's pages
				}
				if w := r.as(login, link[1], nil); w.Code != http.StatusOK {
					t.Errorf("%s: %s on %s leads to %d", login, link[1], page, w.Code)
				}
			}
		}
	}
	r.looksUp("petugas.dinpertan")
	if body := r.as("kepala.dinpertan", "/dasbor", nil).Body.String(); !strings.Contains(body, "/riwayat?") {
		t.Fatal("nobody is led to the records")
	}
	if body := r.as(asker, "/dasbor", nil).Body.String(); !strings.Contains(body, "Dasbor Dinas") || strings.Contains(body, "/riwayat") {
		t.Error("the administrator has no dashboard of the agency, or one that leads to records that are not theirs")
	}
}

// looksUp leaves the record of a lookup.
func (r *room) looksUp(login string) {
	r.Helper()
	s, err := r.store.Rights.Standing(r.Context(), r.user(login).ID)
	if err != nil {
		r.Fatal(err)
	}
	e := journal.Entry{Log: s.Institution.ID, Day: s.Institution.Zone.Day(start), Rights: s.Version, Decide: func(int) journal.Record {
		return journal.Record{At: start, User: s.User.ID, Act: journal.ActLookup, Method: "portal", Outcome: string(access.Unknown),
			Purpose: "verifikasi", Address: netip.MustParseAddr("127.0.0.1")}
	}}
	if err := r.store.Journal.AppendRecords(r.Context(), []*journal.Entry{&e}); err != nil {
		r.Fatal(err)
	}
}

// The agreement's page names its terms, dates, addenda, contact persons and documents. A document is downloaded on record, by the own
// agency alone, and never when an order keeps its case from the agency.
func TestTheAgreementsPageAndItsDocuments(t *testing.T) {
	r := open(t)
	own := r.user(asker).Institution
	scan := []procedure.File{{Title: "Perjanjian bertanda tangan", Media: "application/pdf", Content: []byte("%PDF-1.4 pks")}}
	file := func(agency int64, key string) int64 {
		admin := office.Actor{User: 1, Role: party.Administrator}
		id, err := r.office.Open(t.Context(), admin, agency, key)
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := r.store.Cases.Case(t.Context(), id, r.office.Procedures)
		if err != nil {
			t.Fatal(err)
		}
		taken := procedure.Taken{Step: c.Procedure.Steps[0].Key, At: start, By: 1, Values: map[string]string{}}
		f := scan[0]
		f.Agency, f.Kind, f.By, f.At = agency, "scan", 1, start
		if _, err := r.store.Cases.TakeStep(t.Context(), office.Step{Case: &c, Result: procedure.Result{Taken: taken,
			State: procedure.Open},
			Files: []procedure.File{f}}); err != nil {
			t.Fatal(err)
		}
		list, err := r.store.Files.FilesOfCase(t.Context(), id)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		return list[0].ID
	}
	mine, hidden := file(own, "dokumen"), file(own, "penahanan-riwayat")
	theirs := file(r.user("admin.dinsos").Institution, "dokumen")
	body := r.as("kepala.dinpertan", "/instansi/perjanjian", nil).Body.String()
	for _, want := range []string{"Ditandatangani", "Berlaku sampai", "Elemen data", "Kuota harian", "Jaringan", "Linimasa", "Narahubung",
		"Widuri Prasetyaningsih", "Mandalika Prasetyawan", "Dinas Dukcapil", "telepon", fmt.Sprintf(`href="/instansi/dokumen/%d"`, mine)} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(body, fmt.Sprintf("dokumen/%d\"", hidden)) || strings.Contains(body, fmt.Sprintf("dokumen/%d\"", theirs)) {
		t.Error("a document that is not for the agency is offered")
	}
	if r.readBy(asker) {
		t.Fatal("something was read before")
	}
	if w := r.as(asker, fmt.Sprintf("/instansi/dokumen/%d", mine), nil); w.Code != http.StatusOK || w.Body.String() != "%PDF-1.4 pks" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !r.readBy(asker) {
		t.Error("that the document was read is not recorded")
	}
	for what, id := range map[string]int64{"hidden": hidden, "another agency's": theirs, "missing": 1 << 40} {
		if w := r.as(asker, fmt.Sprintf("/instansi/dokumen/%d", id), nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", what, w.Code)
		}
	}
	if w := r.as("petugas.dinpertan", fmt.Sprintf("/instansi/dokumen/%d", mine), nil); w.Code != http.StatusForbidden {
		t.Errorf("an officer reads a document: %d", w.Code)
	}
}

// Who waits after failed sign-ins stands on the list with what ends it; each user id with what it may see, and for what.
func TestTheListOfPeopleShowsRightsAndWhoIsHeld(t *testing.T) {
	r := open(t)
	if body := r.as(asker, "/instansi/pengguna", nil).Body.String(); strings.Contains(body, "Masuk tertahan") ||
		strings.Contains(body, "/buka") || !strings.Contains(body, "Data lengkap") || !strings.Contains(body, "semua tujuan perjanjian") ||
		!strings.Contains(body, "prosedur=perubahan-user") || !strings.Contains(body, "prosedur=pengaktifan-user") {
		t.Error("rights, or what may be asked for, are not shown, or somebody is held")
	}
	line := func(login string) string { // of a user id, cut at its cells
		t.Helper()
		_, body, found := strings.Cut(r.as(asker, "/instansi/pengguna", nil).Body.String(), `<span class="hint">`+login+",")
		if !found {
			t.Fatalf("%s is not on the list", login)
		}
		body, _, _ = strings.Cut(body, "</tr>")
		return body
	}
	users, err := r.store.Users.UsersOfAgency(t.Context(), r.user(asker).Institution, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	without := 0
	for _, u := range users {
		want := `ok">Ditandatangani`
		if u.NDASigned.IsZero() {
			want = `bad">Belum ada`
			without++
		}
		if _, cell, _ := strings.Cut(line(u.Login), `data-l="NDA">`); !strings.Contains(strings.SplitN(cell, "</td>", 2)[0], want) {
			t.Errorf("%s: NDA is shown as %s, want %s", u.Login, cell, want)
		}
	}
	body := r.as(asker, "/instansi/pengguna", nil).Body.String()
	want := fmt.Sprintf("<strong>%d pengguna belum menandatangani NDA.</strong>", without)
	if without == 0 || !strings.Contains(body, want) {
		t.Errorf("no %q", want)
	}
	const used = `data-l="Terakhir dipakai">`
	if !strings.Contains(body, `<th scope="col">NDA</th>`) || strings.Contains(line("petugas.dinpertan"), used+"16 September 2026 10.00") {
		t.Error("the column of NDAs is missing, or somebody has used what nobody did")
	}
	r.looksUp("petugas.dinpertan")
	if got := line("petugas.dinpertan"); !strings.Contains(got, used+"16 September 2026 10.00") {
		t.Errorf("when it was used last is not told: %s", got)
	}
	long := start.Add(-30 * 24 * time.Hour) // a wait that is over
	if err := r.store.Accounts.Count(t.Context(), r.user("petugas.dinpertan").ID, admission.Strangers, long, 20); err != nil {
		t.Fatal(err)
	}
	if body := r.as(asker, "/instansi/pengguna", nil).Body.String(); strings.Contains(body, "Masuk tertahan") {
		t.Error("a wait that is over is shown")
	}
	if err := r.store.Accounts.Count(t.Context(), r.user("petugas.dinpertan").ID, admission.Strangers, start, 20); err != nil {
		t.Fatal(err)
	}
	held := func(login string) (bool, bool) {
		body := r.as(login, "/instansi/pengguna", nil).Body.String()
		return strings.Contains(body, "Masuk tertahan"), strings.Contains(body, "/instansi/pengguna/petugas.dinpertan/buka")
	}
	if shown, may := held(asker); !shown || !may {
		t.Error("who is held is not shown to the administrator with the way out")
	}
	if shown, may := held("kepala.dinpertan"); !shown || may {
		t.Error("the head is not told, or may unlock")
	}
	if shown, _ := held("admin.dinsos"); shown {
		t.Error("another agency sees who is held")
	}
	if body := r.as(asker, "/instansi", nil).Body.String(); !strings.Contains(body, "1 pengguna tertahan") {
		t.Error("the first page does not lead to who is held")
	}
	if w := r.as(asker, "/instansi/pengguna/petugas.dinpertan/buka", map[string][]string{}); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code, w.Body)
	}
	if shown, _ := held(asker); shown {
		t.Error("still held")
	}
	if access.ToManage.For(party.HeadOfAgency) {
		t.Error("the head manages")
	}
}

// TestAnAgencySeesHowItsReadersStandAndAreUsed (H1, H3): state with its history, last reading, readings of the half-year without those that
// were refused; why an active one does not read; how to ask where there is none.
func TestAnAgencySeesHowItsReadersStandAndAreUsed(t *testing.T) {
	r := open(t)
	s, err := r.store.Rights.Standing(r.Context(), r.user("petugas.dinpertan").ID)
	if err != nil {
		t.Fatal(err)
	}
	for n, x := range []journal.Record{
		{Outcome: string(access.Card), Reader: "RDR-dinpertan-01", ReadAt: start},
		{Outcome: string(access.Card), Reader: "RDR-dinpertan-01", ReadAt: start.Add(time.Minute)},
		{Outcome: string(access.Card), Reader: "RDR-dinpertan-01", ReadAt: start.AddDate(-1, 0, 0)},
		{Outcome: string(access.Device), Reader: "RDR-dinpertan-02", ReadAt: start},
	} {
		x.At, x.Act, x.Method, x.User = start.Add(time.Duration(n)*time.Second), journal.ActCard, agreement.Reader, s.User.ID
		e := journal.Entry{Log: s.Institution.ID, Day: s.Institution.Zone.Day(start), Rights: s.Version,
			Decide: func(int) journal.Record { return x }}
		if err := r.store.Journal.AppendRecords(r.Context(), []*journal.Entry{&e}); err != nil {
			t.Fatal(err)
		}
	}
	for login, review := range map[string]bool{"kepala.dinpertan": true, asker: false} {
		body := mainOf(r.as(login, "/instansi/pembaca", nil).Body.String())
		for _, want := range []string{"RDR-dinpertan-01", "SAM-dinpertan-01", "Aktif", `data-l="Semester ini">2<`, "RDR-dinpertan-02",
			`data-l="Semester ini">0<`, "Belum pernah", "Diberikan dalam perjanjian", site.Clock(start.Add(time.Minute), &site.Visitor{
				Standing: s})} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %q in %s", login, want, body)
			}
		}
		if strings.Contains(body, "/riwayat?metode=reader") != review {
			t.Errorf("%s: led to the records %v", login, !review)
		}
	}
	if body := r.as("kepala.dinkes", "/instansi/pembaca", nil).Body.String(); !strings.Contains(body,
		"Perjanjian tidak memberikan metode pembaca KTP-el") || strings.Contains(body, "RDR-dinpertan") {
		t.Error(body)
	}
}
