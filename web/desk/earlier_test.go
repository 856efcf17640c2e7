package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"gapura/desk/deskdb"
	"gapura/person/nik"
)

// Before a second application of a person is begun, the desk names the open one of any service and the valid letter of the same one, with a
// link, and takes nothing until the officer says so. What is over says nothing.
func TestTheDeskSaysWhatAnApplicantAlreadyHas(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(0)
	taken := func() int {
		t.Helper()
		list, err := c.db.Applications.Applications(t.Context(), deskdb.Filter{Most: 100})
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	send := func(change map[string]string, code int, says ...string) {
		t.Helper()
		f := map[string]string{}
		for _, m := range []map[string]string{form, change} {
			for k, v := range m {
				f[k] = v
			}
		}
		before := taken()
		o.send("/permohonan/baru", f, "ktp", "kelompok")
		o.expect(code, says...)
		if n := taken() - before; (n == 1) != (code == 200) || n > 1 {
			t.Errorf("%d taken", n)
		}
	}
	send(nil, 200)
	first := o.path
	told := []string{"Pemohon ini sudah ada di loket", `href="` + first + `"`, "PB-20261124-001", "belum selesai: Diajukan", "Tani Makmur",
		`name="tetap"`}
	send(nil, 409, told...)
	send(map[string]string{"nik": form["nik"][:6] + " " + form["nik"][6:]}, 409, told...)
	_, other := c.resident(1)
	send(other, 200)
	send(map[string]string{"tetap": "ya"}, 200)
	second := o.path

	for _, app := range []string{first, second} {
		o.act(app, "periksa", "diajukan", "")
		o.expect(200)
		o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
		o.expect(200, "Data sesuai")
	}
	o.act(second, "tolak", "sesuai", "Sudah ada permohonan")
	o.expect(200, "Ditolak")
	o.act(first, "setujui", "sesuai", "")
	o.expect(200, "Dokumen terbit")
	send(nil, 409, `href="`+first+`"`, "sudah ada surat")
	if strings.Contains(o.body, second) {
		t.Error("a rejected application is told")
	}
	person, err := nik.Parse(form["nik"])
	if err != nil {
		t.Fatal(err)
	}
	if list, err := c.db.Applications.Earlier(t.Context(), person, "benih"); err != nil || len(list) != 0 {
		t.Error("a letter for another service:", list, err)
	}
	h := c.signedIn("kepala")
	h.post(first+"/cabut", url.Values{"catatan": {"Salah terbit"}})
	h.expect(200, "Surat telah dicabut")
	send(nil, 200)
}
