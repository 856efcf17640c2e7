package office_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

func (w *world) actor(login string) office.Actor {
	w.Helper()
	u := w.user(login)
	return office.Actor{User: u.ID, Role: u.Role, Agency: u.Institution}
}

func (w *world) user(login string) party.User {
	w.Helper()
	u, ok, err := w.store.Users.UserByLogin(w.Context(), login)
	if err != nil || !ok {
		w.Fatal(login, ok, err)
	}
	return u
}

// step takes the next step of a case as somebody.
func (w *world) step(who office.Actor, id int64, in procedure.Input) (office.Outcome, error) {
	w.Helper()
	c, _, err := w.store.Cases.Case(w.Context(), id, w.office.Procedures)
	if err != nil {
		w.Fatal(err)
	}
	scan := procedure.File{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF-1.4")}
	return w.office.Take(w.Context(), who, id, len(c.Taken), in, []procedure.File{scan})
}

var (
	admin   = office.Actor{User: 1, Role: party.Administrator}
	request = map[string]string{
		"nik": "3303014507900002", "nama": "Rekaan Baru", "nip": "19900101 202012 1 001", "status_kepegawaian": "pns",
		"jabatan":      "Petugas Loket",
		"kode_wilayah": "33.03", "kantor": "Dinas Pertanian, Jalan Contoh Nomor 1", "surel": "baru@dinpertan.example",
		"user_id": "petugas2.dinpertan",
		"peran":   "officer", "metode_pengguna": "portal",
	}
	letter = procedure.Input{Letter: "470/5/2026", LetterDay: start.Truncate(24 * time.Hour)}
)

// What an agency's administrator asks for is kept until it is sent, printed as the agreement's form with all its fields, decided by
// another, and nobody else's to see.
func TestAnAgencyAsksForAUserID(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		own, other := w.actor("admin.dinpertan"), w.actor("admin.dinsos")
		if _, err := office.RequestsOf(w.office).Ask(t.Context(), own, "user-id",
			procedure.Input{Values: map[string]string{"nik": "1"}}); told.Invalids(
			err).Of("nik") == "" {
			t.Fatal(err)
		}
		half, err := office.RequestsOf(w.office).Ask(t.Context(), own, "user-id",
			procedure.Input{Values: map[string]string{"nip": "19900101"}})
		if err != nil {
			t.Fatal("half a form is not kept:", err)
		}
		scan := procedure.File{Title: "Surat", Media: "application/pdf", Content: []byte("%PDF-1.4")}
		if _, err := w.office.Take(t.Context(), own, half, 0, letter, []procedure.File{scan}); len(told.Invalids(err)) < 4 {
			t.Error("half a form is sent:", err)
		}
		if _, err := office.RequestsOf(w.office).Ask(t.Context(), own, "penangguhan", procedure.Input{}); err == nil {
			t.Error("an agency suspends")
		}
		for _, who := range []office.Actor{w.actor("kepala.dinpertan"), w.actor("petugas.dinpertan")} {
			if _, err := office.RequestsOf(w.office).Ask(t.Context(), who, "user-id", procedure.Input{Values: request}); !errors.Is(err,
				procedure.ErrReadOnly) {
				t.Errorf("asked by %s: %v", who.Role, err)
			}
		}
		id, err := office.RequestsOf(w.office).Ask(t.Context(), own, "user-id", procedure.Input{Values: request})
		if err != nil {
			t.Fatal(err)
		}
		changed := map[string]string{"nik": "", "jabatan": "Kepala Seksi"}
		if err := office.RequestsOf(w.office).AskAnew(t.Context(), own, id, procedure.Input{Values: changed}); err != nil {
			t.Fatal(err)
		}
		c, _, err := w.store.Cases.Case(t.Context(), id, w.office.Procedures)
		if err != nil || !c.Asked() || c.Draft["nik"] != request["nik"] || c.Draft["jabatan"] != "Kepala Seksi" ||
			c.Draft["nama"] != request["nama"] {
			t.Fatalf("%v %v", c.Draft, err)
		}
		pdf, err := office.RequestsOf(w.office).Form(t.Context(), own, id)
		if err != nil {
			t.Fatal(err)
		}
		text := pdftest.Text(t, pdf)
		for _, want := range []string{"3303014507900002", "Rekaan Baru", "19900101 202012 1 001", "PNS", "Kepala Seksi", "33.03",
			"Dinas Pertanian, Jalan Contoh Nomor 1", "baru@dinpertan.example",
			"petugas2.dinpertan", "Petugas", "Web portal", "Nomor Induk Kependudukan", "Status Kepegawaian", "Kode Wilayah Kantor",
			"Nama dan Alamat Kantor", "Ir. Wiratmaja Sunarya"} {
			if !strings.Contains(text, want) {
				t.Errorf("the form does not say %q", want)
			}
		}
		if strings.Contains(text, "…………………………") || strings.Contains(text, "Nomor: ") {
			t.Error("the form has blanks, or a number of the office")
		}
		// To another agency it is not there.
		for what, err := range map[string]error{
			"changed":   office.RequestsOf(w.office).AskAnew(t.Context(), other, id, procedure.Input{Values: changed}),
			"withdrawn": w.office.TakeBack(t.Context(), other, id, 0, "x"),
			"printed":   second(office.RequestsOf(w.office).Form(t.Context(), other, id)), "sent": second(w.step(other, id, letter)),
		} {
			if e, ok := errors.AsType[*told.Error](err); !ok || e.Kind != told.Missing {
				t.Errorf("%s by another agency: %v", what, err)
			}
		}
		if _, err := w.step(own, id, letter); err != nil {
			t.Fatal(err)
		}
		if n := w.notices(party.Provider); !slices.ContainsFunc(n, func(n procedure.Notice) bool {
			return strings.Contains(n.Text, "Menunggu keputusan: Permohonan user ID")
		}) {
			t.Error("nobody is told that a decision waits")
		}
		if err := office.RequestsOf(w.office).AskAnew(t.Context(), own, id, procedure.Input{Values: changed}); err == nil {
			t.Error("what was sent is changed")
		}
		if ok, err := w.store.Cases.Redraft(t.Context(), id, changed); ok || err != nil {
			t.Error("the store changes what was sent", err)
		}
		if _, err := w.step(own, id, procedure.Input{Verdict: procedure.Approve}); err == nil {
			t.Error("the agency decides its own request")
		}
		if _, ok, _ := w.store.Users.UserByLogin(t.Context(), "petugas2.dinpertan"); ok {
			t.Error("a user id before the decision")
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		if u := w.user("petugas2.dinpertan"); u.Institution != own.Agency || u.Position != "Kepala Seksi" || u.Email != request["surel"] ||
			u.Active(w.now, party.WIB.Day(w.now)) {
			t.Errorf("%+v", u)
		}
		c, _, err = w.store.Cases.Case(t.Context(), id, w.office.Procedures)
		if err != nil || c.Draft != nil || c.Taken[0].By != own.User || c.Taken[0].Values["nik"] != request["nik"] {
			t.Errorf("%+v %v", c, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }

// An agency's administrator takes away at once and for one of the own people only; what was taken away comes back by a case, decided by the
// provider, with a new password.
func TestTakenAwayAtOnceAndGivenBackByACase(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		own := w.actor("admin.dinpertan")
		for login, why := range map[string]string{"kepala.dinpertan": "surat kepala", "admin.dinpertan": "sendiri",
			"petugas.dinsos": "tidak ditemukan", "admin": "tidak ditemukan", "lama.dinpertan": "sudah nonaktif"} {
			err := office.RequestsOf(w.office).EndUser(t.Context(), own, login, "x")
			if text, ok := told.Text(err); !ok || !strings.Contains(text, why) {
				t.Errorf("%s: %v", login, err)
			}
		}
		if err := office.RequestsOf(w.office).EndUser(t.Context(), own, "petugas.dinpertan",
			" \n "); told.Invalids(err).Of("alasan") == "" {
			t.Errorf("without a reason: %v", err)
		}
		for _, who := range []office.Actor{w.actor("kepala.dinpertan"), w.actor("petugas.dinpertan"), operator, admin} {
			who.Agency = own.Agency
			if err := office.RequestsOf(w.office).EndUser(t.Context(), who, "petugas.dinpertan", "x"); !errors.Is(err,
				procedure.ErrReadOnly) {
				t.Errorf("by %s: %v", who.Role, err)
			}
		}
		before, err := w.store.Rights.Standing(t.Context(), w.user("petugas.dinpertan").ID)
		if err != nil || !before.User.Active(w.now, party.WIB.Day(w.now)) {
			t.Fatal(before, err)
		}
		if err := office.RequestsOf(w.office).EndUser(t.Context(), own, "petugas.dinpertan", "Pindah  tugas"); err != nil {
			t.Fatal(err)
		}
		after, err := w.store.Rights.Standing(t.Context(), before.User.ID)
		if err != nil || after.User.Active(w.now, party.WIB.Day(w.now)) || after.Version == before.Version {
			t.Error("it does not take effect at once", err)
		}
		last, err := w.store.Journal.Changes(t.Context(), own.Agency, 0, 1)
		if err != nil || last[0].By != own.User || last[0].Subject != "User ID petugas.dinpertan" || last[0].Reason != "Pindah tugas" ||
			last[0].After != "dinonaktifkan" {
			t.Errorf("%+v %v", last, err)
		}
		for _, agency := range []int64{party.Provider, own.Agency} {
			if n := w.notices(agency); !strings.Contains(n[0].Text, "Pindah tugas") {
				t.Errorf("institution %d is not told: %q", agency, n[0].Text)
			}
		}
		id, err := office.RequestsOf(w.office).Ask(t.Context(), own, "pengaktifan-user",
			procedure.Input{Values: map[string]string{"pengguna": "petugas.dinpertan", "alasan": "Kembali bertugas"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(own, id, letter); err != nil {
			t.Fatal(err)
		}
		if w.user("petugas.dinpertan").Deactivated.IsZero() {
			t.Fatal("given back before the decision")
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		if u := w.user("petugas.dinpertan"); !u.Deactivated.IsZero() || u.HasPassword ||
			u.At(w.now, party.WIB.Day(w.now)) != party.Unactivated {
			t.Errorf("given back with the old password: %+v", u)
		}
		if out, err := w.step(operator, id, procedure.Input{}); err != nil || out.State != procedure.Done || out.Slip == 0 {
			t.Errorf("%+v %v", out, err)
		}
	})
}

// Who is named by the head's letter becomes an administrator by the decision of a second person, takes the place of the one before, and is
// named to the agency's people.
func TestTheHeadNamesTheAdministrator(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		pertanian, _ := w.agency("dinpertan")
		if h := pertanian.Helpers; len(h) != 1 || h[0].Name != "Mandalika Prasetyawan" || h[0].OfProvider {
			t.Fatalf("%+v", h)
		}
		if o := pertanian.Office; len(o) == 0 || o[0].Phone == "" || o[0].Email == "" || !o[0].OfProvider {
			t.Fatalf("whom an agency turns to at the office: %+v", o)
		}
		id, err := w.office.Open(t.Context(), operator, pertanian.ID, "admin-instansi")
		if err != nil {
			t.Fatal(err)
		}
		in := letter
		in.Values = map[string]string{"user_id": "admin2.dinpertan", "menggantikan": "admin.dinpertan"}
		for _, key := range []string{"nik", "nama", "nip", "status_kepegawaian", "jabatan", "kode_wilayah", "kantor", "surel"} {
			in.Values[key] = request[key]
		}
		if _, err := w.step(w.actor("admin.dinpertan"), id, in); !errors.Is(err, procedure.ErrReadOnly) {
			t.Errorf("an administrator names the next one: %v", err)
		}
		if _, err := w.step(operator, id, in); err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		if u := w.user("admin2.dinpertan"); u.Role != party.AgencyAdmin || u.Institution != pertanian.ID ||
			u.Active(w.now, party.WIB.Day(w.now)) {
			t.Errorf("%+v", u)
		}
		if w.user("admin.dinpertan").Deactivated.IsZero() {
			t.Error("the one before goes on")
		}
		if again, _ := w.agency("dinpertan"); slices.ContainsFunc(again.Helpers, func(p party.Person) bool { return !p.OfProvider }) {
			t.Errorf("named before the user id works: %+v", again.Helpers)
		}
		everyone, err := w.store.Rights.Everyone(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range everyone {
			if one, _ := w.agency(st.Institution.Code); !slices.Equal(one.Helpers, st.Institution.Helpers) ||
				!slices.Equal(one.Office, st.Institution.Office) {
				t.Errorf("%s: %v alone, %v among all", st.Institution.Code, one.Helpers, st.Institution.Helpers)
			}
		}
	})
}

// A user id that is given back works only with an NDA of the agreement that decides now: one of before was for another assignment (B4).
func TestAnNDAOfBeforeTheAgreementIsAskedForAgain(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		w := open(t, url)
		own, u := w.actor("admin.dinpertan"), w.user("petugas.dinpertan")
		st, err := w.store.Rights.Standing(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		old := st.Agreements[len(st.Agreements)-1].SignedOn.AddDate(0, 0, -1)
		if _, err := w.store.Rights.Apply(t.Context(), journal.Change{At: w.now, Reason: "uji"},
			procedure.SignNDA{User: u, On: old, Form: "F-1"}); err != nil {
			t.Fatal(err)
		}
		if err := office.RequestsOf(w.office).EndUser(t.Context(), own, u.Login, "Pindah tugas"); err != nil {
			t.Fatal(err)
		}
		w.now = w.now.Add(time.Hour)
		id, err := office.RequestsOf(w.office).Ask(t.Context(), own, "pengaktifan-user",
			procedure.Input{Values: map[string]string{"pengguna": u.Login, "alasan": "Kembali bertugas"}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(own, id, letter); err != nil {
			t.Fatal(err)
		}
		if _, err := w.step(admin, id, procedure.Input{Verdict: procedure.Approve}); err != nil {
			t.Fatal(err)
		}
		day := party.WIB.Day(w.now)
		if got := w.user(u.Login); !got.Deactivated.IsZero() || !got.NDASigned.IsZero() || got.At(w.now, day) != party.NoNDA {
			t.Errorf("given back: %+v", got)
		}
		last, err := w.store.Journal.Changes(t.Context(), own.Agency, 0, 1)
		if err != nil || !strings.Contains(last[0].After, "setelah NDA baru ditandatangani") {
			t.Errorf("%+v %v", last, err)
		}
		x, err := w.store.Cases.Facts(t.Context(), own.Agency, w.now)
		if err != nil {
			t.Fatal(err)
		}
		path := procedure.Path(x)
		if i := slices.IndexFunc(path, func(s procedure.Stage) bool { return s.Procedure == "nda" }); path[i].Done {
			t.Error("the agency's page does not lead to the NDA")
		}
	})
}
