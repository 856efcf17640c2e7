package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
)

// An incident goes its whole way: reported by an agency's head, accesses found, letters to the residents with their own data and no
// others', told, closed by another.
func TestIncidentFromReportToEnd(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		o := &office.Office{Store: d.st.Office(), Now: func() time.Time { return d.now }, Details: office.Details{Name: "Dinas Rekaan",
			LetterClass: "400.12", Ministry: "dirjen@pusat.example"}}
		officer, head, other := d.user(t, "petugas.dinpertan"), d.user(t, "kepala.dinpertan"), d.user(t, "petugas.dinsos")
		ask := func(u party.User, number string) {
			t.Helper()
			d.now = d.now.Add(time.Minute)
			if a, err := d.gate.Lookup(ctx, request(u, agreement.Portal, number)); err != nil || a.Code != access.Found {
				t.Fatal(a.Code, err)
			}
		}
		begun, s := d.now, d.out.Sample
		ask(officer, s.Found[0])
		ask(officer, s.Found[1])
		ask(officer, s.Found[0])
		ask(other, s.Found[2])
		if a, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, s.Unknown[0])); err != nil || a.Code != access.Unknown {
			t.Fatal(a.Code, err)
		}
		ended := d.now.Add(time.Second)
		ask(officer, s.Found[3]) // after the period

		const what = "Cetakan hasil pencarian tertinggal di RAHASIA-TEMPAT"
		actor := func(login string) office.Actor {
			u := d.user(t, login)
			return office.Actor{User: u.ID, Role: u.Role}
		}
		id, err := office.IncidentsOf(o).Report(ctx, actor("kepala.dinpertan"), incident.Incident{Agency: head.Institution,
			Kind: "kebocoran",
			User: officer.ID, Known: d.now, From: begun, To: ended}, what, "")
		if err != nil {
			t.Fatal(err)
		}
		get := func() incident.Incident {
			t.Helper()
			i, found, err := d.st.Incidents.Incident(ctx, id)
			if err != nil || !found {
				t.Fatal(found, err)
			}
			return i
		}
		if i := get(); i.State != incident.Reported || i.What() != what || i.Reporter != head.Name ||
			!i.Due().Equal(d.now.Add(72*time.Hour)) || i.Login != officer.Login {
			t.Fatalf("%+v", i)
		}
		uses, err := d.st.Incidents.FindUses(ctx, incident.Query{Agency: head.Institution, From: begun, To: ended})
		if err != nil || len(uses) != 3 {
			t.Fatalf("%d uses, %v; want the three answers of the period", len(uses), err)
		}
		if one, err := d.st.Incidents.FindUses(ctx, incident.Query{Agency: head.Institution, User: officer.ID + 1000, From: begun,
			To: ended}); err != nil || len(one) != 0 {
			t.Errorf("of a user who asked nothing: %d, %v", len(one), err)
		}
		if one, err := d.st.Incidents.FindUses(ctx, incident.Query{Agency: head.Institution, Purpose: "tujuan lain", From: begun,
			To: ended}); err != nil || len(one) != 0 {
			t.Errorf("of another purpose: %d, %v", len(one), err)
		}
		operator, admin := actor("operator"), actor("admin")
		saw := func() int { return len(get().Entries) }
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		must(office.IncidentsOf(o).AddUses(ctx, operator, id, saw(), uses, "periode"))
		must(office.IncidentsOf(o).AddUses(ctx, operator, id, saw(), uses[:2], "sekali lagi")) // adds nothing
		if i := get(); i.People != 2 || i.Uses != 3 {
			t.Fatalf("%d people, %d uses", i.People, i.Uses)
		}
		if err := office.IncidentsOf(o).AddUses(ctx, operator, id, 1, uses, "basi"); !errors.Is(err, incident.ErrMoved) {
			t.Errorf("a step on an old state: %v", err)
		}
		var people []string
		more, err := d.st.Incidents.IncidentPeople(ctx, id, 0, 1, func(p incident.Person) error {
			people = append(people, p.NIK.Digits())
			return nil
		})
		must(err)
		if !more {
			t.Error("the second person is left out")
		}
		if more, err = d.st.Incidents.IncidentPeople(ctx, id, 1, 1, func(p incident.Person) error {
			people = append(people, p.NIK.Digits())
			return nil
		}); err != nil || more || len(people) != 2 || people[0] == people[1] {
			t.Errorf("%d people, more %v, %v", len(people), more, err)
		}

		residents := d.st.Registry
		fault := func(err error) {
			t.Helper()
			if _, ok := errors.AsType[*told.Error](err); !ok {
				t.Errorf("no fault but %v", err)
			}
		}
		fault(office.IncidentsOf(o).MakeLetter(ctx, operator, id, saw(), incident.LetterResident, residents)) // without measures
		must(office.IncidentsOf(o).Take(ctx, operator, id, saw(), incident.ActHandle, "Cetakan ditemukan dan dimusnahkan."))
		for _, kind := range []string{incident.LetterResident, incident.LetterAgency, incident.LetterMinistry} {
			must(office.IncidentsOf(o).MakeLetter(ctx, operator, id, saw(), kind, residents))
		}
		for _, l := range get().Letters {
			content, err := d.st.Files.FileContent(ctx, l.File)
			must(err)
			text := pdftest.Text(t, content)
			if !strings.Contains(text, "RAHASIA-TEMPAT") || !strings.Contains(text, "dimusnahkan") {
				t.Errorf("%s does not say what happened:\n%s", l.Kind, text)
			}
			for n, number := range s.Found[:4] {
				x, err := nik.Parse(number)
				must(err)
				f, err := residents.Find(ctx, x)
				must(err)
				if got := strings.Contains(text, f.Person.Name); got != (l.Kind == incident.LetterResident && n < 2) {
					t.Errorf("%s names person %d: %v", l.Kind, n, got)
				}
			}
			fault(office.IncidentsOf(o).Take(ctx, operator, id, saw(), incident.ActNotify, "Semua."))
			way := map[string]string{incident.LetterResident: "pos"}[l.Kind]
			if way == "" {
				way = "surel"
			}
			if l.Kind == incident.LetterResident {
				fault(office.IncidentsOf(o).SendLetter(ctx, operator, id, saw(), l.Number, "surel"))
			}
			must(office.IncidentsOf(o).SendLetter(ctx, operator, id, saw(), l.Number, way))
			fault(office.IncidentsOf(o).SendLetter(ctx, operator, id, saw(), l.Number, way))
		}
		attached := map[string]bool{}
		mails, err := d.st.Mails.MailList(ctx, 0, 1000)
		must(err)
		for _, m := range mails {
			attached[m.To] = attached[m.To] || m.File != 0
			if strings.Contains(m.Body, "RAHASIA-TEMPAT") {
				t.Error("a mail holds the report")
			}
		}
		if !attached["dirjen@pusat.example"] || !attached["kantor@dinpertan.example"] {
			t.Errorf("letters by mail: %v", attached)
		}
		must(office.IncidentsOf(o).Take(ctx, operator, id, saw(), incident.ActNotify, "Semua surat disampaikan."))
		fault(office.IncidentsOf(o).Take(ctx, operator, id, saw(), incident.ActClose, "Selesai."))
		must(office.IncidentsOf(o).Take(ctx, admin, id, saw(), incident.ActClose, "Selesai."))
		if i := get(); i.State != incident.Closed || i.ClosedAt.IsZero() || i.NotifiedAt.IsZero() {
			t.Errorf("%+v", i)
		}
		if list, err := d.st.Incidents.Incidents(ctx, head.Institution, false, 0, 10); err != nil || len(list) != 1 {
			t.Error(len(list), err)
		}
		if list, err := d.st.Incidents.Incidents(ctx, other.Institution, false, 0, 10); err != nil || len(list) != 0 {
			t.Error("another agency has it too", len(list), err)
		}
		if list, err := d.st.Incidents.Incidents(ctx, -1, true, 0, 10); err != nil || len(list) != 0 {
			t.Error("closed and still open", len(list), err)
		}
		changes, err := d.st.Journal.Changes(ctx, head.Institution, 0, 3)
		must(err)
		if len(changes) != 3 || changes[0].Subject != "Insiden 1" || changes[0].After != "ditutup" {
			t.Errorf("the last change is %+v", changes[0])
		}
	})
}

func TestIncidentIsRemindedOnceForEachThreshold(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		o := &office.Office{Store: d.st.Office(), Procedures: procedure.Defaults(), Now: func() time.Time { return d.now },
			Details: office.Details{Name: "Dinas Rekaan", LetterClass: "400.12"}}
		head := d.user(t, "kepala.dinpertan")
		if _, err := office.IncidentsOf(o).Report(ctx, office.Actor{User: head.ID, Role: head.Role},
			incident.Incident{Agency: head.Institution,
				Kind: "lainnya", Known: d.now}, "Uraian.", ""); err != nil {
			t.Fatal(err)
		}
		count := func(agency int64) (n int) {
			t.Helper()
			list, err := d.st.Notices.Notices(ctx, agency, 0, 10_000)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				if strings.Contains(x.Text, "Insiden 1:") {
					n++
				}
			}
			return n
		}
		begun := d.now
		for _, x := range []struct{ hours, want int }{{1, 0}, {25, 1}, {40, 1}, {49, 2}, {67, 3}, {73, 4}, {500, 4}} {
			d.now = begun.Add(time.Duration(x.hours) * time.Hour)
			for range 2 {
				if err := office.RemindersOf(o).Look(ctx); err != nil {
					t.Fatal(err)
				}
			}
			for _, agency := range []int64{party.Provider, head.Institution} {
				if n := count(agency); n != x.want {
					t.Errorf("after %d hours: %d reminders of institution %d, want %d", x.hours, n, agency, x.want)
				}
			}
		}
	})
}

func TestIncidentLiesSealed(t *testing.T) {
	path := storetest.SQLite(t)
	d := open(t, path)
	o := &office.Office{Store: d.st.Office(), Now: func() time.Time { return d.now }}
	head := d.user(t, "kepala.dinpertan")
	id, err := office.IncidentsOf(o).Report(t.Context(), office.Actor{User: head.ID, Role: head.Role},
		incident.Incident{Agency: head.Institution,
			Kind: "lainnya", Known: d.now}, "URAIAN-YANG-RAHASIA", "TINDAKAN-YANG-RAHASIA")
	if err != nil {
		t.Fatal(err)
	}
	if i, _, err := d.st.Incidents.Incident(t.Context(), id); err != nil || i.State != incident.Handled {
		t.Errorf("reported with its measures: %s, %v", i.State, err)
	}
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("-YANG-RAHASIA")) {
			t.Errorf("the report lies open in gapura.db%s", suffix)
		}
	}
}

// What happened long ago lies in the archive, partly; nobody is left out of a list because of that.
func TestAffectedAccessesAreFoundInTheArchive(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		log := d.user(t, "petugas.dinpertan").Institution
		begun := d.now
		for i := range 300 {
			d.now = begun.Add(time.Duration(i) * time.Minute)
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i%40])
		}
		ended := d.now.Add(time.Second)
		if err := d.st.Derived.Fill(ctx); err != nil {
			t.Fatal(err)
		}
		q := incident.Query{Agency: log, From: begun.Add(100 * time.Minute), To: ended}
		before, err := d.st.Incidents.FindUses(ctx, q)
		if err != nil || len(before) != 200 {
			t.Fatal(len(before), err)
		}
		d.now = begun.AddDate(1, 0, 0)
		for i := range 10 {
			d.ask(t, "petugas.dinpertan", d.out.Sample.Found[i])
		}
		a, err := notary(d.st).Archive(ctx, d.st.Journal, log, "dinpertan", begun.AddDate(0, 6, 0), journal.Change{At: d.now,
			Reason: "masa simpan", Letter: "470/3"})
		if err != nil || a == nil || a.Size() != 256 {
			t.Fatal(a, err)
		}
		after, err := d.st.Incidents.FindUses(ctx, q)
		if err != nil || len(after) != len(before) {
			t.Fatalf("%d of %d are found after archiving, %v", len(after), len(before), err)
		}
		for n := range before {
			if before[n] != after[n] {
				t.Fatalf("use %d is %+v, was %+v", n, after[n], before[n])
			}
		}
	})
}
