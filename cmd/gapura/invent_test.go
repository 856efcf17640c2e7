package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/store/storetest"
)

// takes takes a step of a case with a signed scan.
func (w *walk) takes(a actor, path string, n int, values map[string]string) int {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	m.WriteField("langkah", fmt.Sprint(n))
	for k, v := range values {
		m.WriteField(k, v)
	}
	part, err := m.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="pindaian"; filename="surat.pdf"`}})
	if err != nil {
		w.Fatal(err)
	}
	io.WriteString(part, "%PDF-1.7\nisi rekaan\n%%EOF")
	m.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.RemoteAddr = netip.AddrPortFrom(w.place(true), 1).String()
	r.AddCookie(&http.Cookie{Name: "gapura", Value: a.session})
	out := httptest.NewRecorder()
	w.h.ServeHTTP(out, r)
	return out.Code
}

// said is what a command prints.
func said(t *testing.T, run func() error) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "said")
	if err != nil {
		t.Fatal(err)
	}
	stdout := os.Stdout
	os.Stdout = file
	err = run()
	os.Stdout = stdout
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var anyHalf = regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){2,6}`)

// halvesOf are the halves of secrets that somebody of the office with a shell on the server, two user ids and a mailbox can get of an open
// slip: by its sheet, by its second code, by mail.
func (w *walk) halvesOf(slip int64, mailbox string, all ...actor) (halves []string) {
	w.Helper()
	for _, a := range all {
		print := w.form(a, fmt.Sprintf("/konsol/lembar/%d/cetak", slip), false, nil)
		if print.Code == http.StatusOK && print.Header().Get("Content-Type") == "application/pdf" {
			halves = append(halves, "sheet")
			break
		}
	}
	for _, a := range all {
		drawn := w.form(a, fmt.Sprintf("/konsol/lembar/%d", slip), false, nil)
		if drawn.Code == http.StatusOK && strings.Contains(drawn.Body.String(), `id="kode-kedua"`) {
			halves = append(halves, "drawn")
			break
		}
	}
	mails, err := w.p.store.Mails.MailList(w.Context(), 0, 100)
	if err != nil {
		w.Fatal(err)
	}
	if slices.ContainsFunc(mails, func(m notify.Mail) bool { return m.To == mailbox && strings.Contains(m.Body, "Kode kedua Anda") }) {
		halves = append(halves, "mailed")
	}
	return halves
}

// One person of the office, with two user ids, a shell on the server and a mailbox that nobody knows, files a request for somebody who does
// not exist. Even when it is approved by another who is deceived, the one has never both halves of what opens it; nor by any command.
func TestNobodyOfTheOfficeInventsAPersonAlone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		one, deceived := w.actor("admin"), w.actor("admin2")
		w.create(party.User{Login: "kedua", Role: party.Administrator, Identity: party.Identity{NIP: one.Identity.NIP}})
		self := w.actor("kedua")
		day := w.at.Format("2006-01-02")
		request := map[string]string{
			"surat": "1", "tanggal_surat": day, "f.nik": "3303014507900002", "f.nip": "777", "f.nama": "Rekaan Tiada",
			"f.status_kepegawaian": "pns", "f.jabatan": "Petugas", "f.kode_wilayah": "33.03", "f.kantor": "K",
			"f.metode_pengguna": "portal", "f.nda_ditandatangani": day, "f.nda_formulir": "FR.01", "f.alasan": "x",
		}
		approve := map[string]string{"keputusan": "approve"}
		only := func(what string, halves []string, want ...string) {
			t.Helper()
			if !slices.Equal(halves, want) {
				t.Errorf("%s: the one has %v, want %v", what, halves, want)
			}
		}
		for _, x := range []struct{ procedure, login, role string }{{"user-id", "tiada.dinpertan", "officer"},
			{"admin-instansi", "admin.tiada", ""}} {
			got := w.form(one, "/konsol/berkas", false, map[string][]string{"prosedur": {x.procedure}, "instansi": {"dinpertan"}})
			path, values := got.Header().Get("Location"), maps.Clone(request)
			mailbox := x.login + "@luar.example"
			values["f.user_id"], values["f.peran"], values["f.surel"] = x.login, x.role, mailbox
			for n, by := range []actor{one, deceived, {}, one, deceived} {
				if n == 2 {
					continue // the BAST is made with the decision
				}
				if with := map[bool]map[string]string{true: approve, false: values}[n == 1 || n == 4]; w.takes(by, path, n, with) !=
					http.StatusSeeOther {
					t.Fatalf("%s: step %d is not taken", x.procedure, n)
				}
			}
			only(x.procedure, w.halvesOf(w.slipOf(x.login), mailbox, one, self)) // none: no sheet, so that nothing is mailed
			if w.form(deceived, fmt.Sprintf("/konsol/lembar/%d/cetak", w.slipOf(x.login)), false, nil).Code != http.StatusOK {
				t.Fatal("another does not print it")
			}
			only(x.procedure+", printed by another", w.halvesOf(w.slipOf(x.login), mailbox, one, self), "mailed")
			// A new slip by a command: no half on the server, and none in the console but what it had.
			if out := said(t, inviteCommand{Config: w.file, Letter: "1", Login: x.login}.Run); anyHalf.MatchString(out) {
				t.Errorf("the command prints a half: %s", out)
			}
			only(x.procedure+", invited", w.halvesOf(w.slipOf(x.login), "", one, self))
		}
		if out := said(t, portalCommand{Config: w.file, Letter: "1", Name: "P", Login: "portal.tiada"}.Run); anyHalf.MatchString(out) {
			t.Errorf("the command prints a half: %s", out)
		}
		only("the account of a portal", w.halvesOf(w.slipOf("portal.tiada"), "", one, self), "sheet")
		// A token from the command line has its first half there; the second one is the agency's.
		if out := said(t, tokenIssueCommand{Config: w.file, User: "aplikasi.dinpertan", For: "api", Letter: "1",
			Days: 1}.Run); !anyHalf.MatchString(
			out) {
			t.Fatal(out)
		}
		slip := w.slipOf("aplikasi.dinpertan")
		drawn := func(a actor, path string) bool {
			return strings.Contains(w.form(a, fmt.Sprint(path, slip), false, nil).Body.String(), `id="kode-kedua"`)
		}
		for _, a := range []actor{one, self, deceived} {
			if drawn(a, "/konsol/lembar/") || drawn(a, "/kode-kedua/") {
				t.Errorf("%s draws the second half of a token from the command line", a.Login)
			}
		}
		if drawn(w.actor("kepala.dinsos"), "/kode-kedua/") || !drawn(w.actor("admin.dinpertan"), "/kode-kedua/") ||
			drawn(w.actor("kepala.dinpertan"), "/kode-kedua/") {
			t.Error("the agency's own people draw it, once, and no other's")
		}
	})
}

// slipOf is the open slip of a user id.
func (w *walk) slipOf(login string) int64 {
	w.Helper()
	open, err := w.p.store.Credentials.OpenSlips(w.Context(), -1, w.at)
	if err != nil {
		w.Fatal(err)
	}
	i := slices.IndexFunc(open, func(s party.Slip) bool { return s.OwnerLogin == login })
	if i < 0 {
		w.Fatalf("%s has no slip", login)
	}
	return open[i].ID
}
