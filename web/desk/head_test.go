package desk_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/document/pdftest"
)

func TestRolesSecondFactorAndUsers(t *testing.T) {
	c := newCounter(t)
	o, h := c.signedIn("petugas"), c.signedIn("kepala")
	for _, page := range []string{"/layanan", "/layanan/pupuk", "/pengguna"} {
		o.get(page)
		o.expect(403)
		h.get(page)
		h.expect(200)
	}
	h.post("/pengguna", url.Values{"user": {"baru"}, "nama": {"Petugas Baru"}, "peran": {"officer"}})
	h.expect(200, "Lembar rahasia", "belum dicetak")
	slip := regexp.MustCompile(`/lembar/\d+/cetak`).FindString(h.body)
	h.post(slip, nil)
	h.expect(200)
	code := regexp.MustCompile(`[0-9A-Z]{4}(-[0-9A-Z]{4}){3}`).FindString(pdftest.Text(t, []byte(h.body)))
	draw := strings.TrimSuffix(slip, "/cetak")
	h.post(draw, nil)
	h.expect(409, "diserahkan oleh orang lain")
	o.post(slip, nil)
	o.expect(403)
	o.get("/lembar")
	o.expect(200, "Ambil kode kedua untuk baru")
	o.post(draw, nil)
	half := regexp.MustCompile(`id="kode-kedua">([0-9A-Z-]{14})<`).FindStringSubmatch(o.body)
	if code == "" || half == nil || strings.Contains(o.body, code) || strings.Contains(h.body, half[1]) {
		t.Fatal("the halves do not come from two hands")
	}
	n := c.person()
	n.post("/aktivasi", url.Values{"lembar": {strings.ToLower(strings.ReplaceAll(code, "-", " "))}})
	n.expect(200, "Kode kedua", "Petugas Baru")
	n.post("/aktivasi/"+code, url.Values{"kode": {"AAAA-AAAA-AAAA"}, "password": {better}})
	n.expect(422, "Kode kedua keliru")
	n.post("/aktivasi/"+code, url.Values{"kode": {half[1]}, "password": {"pendek"}})
	n.expect(422, "10 sampai 128 karakter")
	n.post("/aktivasi/"+code, url.Values{"kode": {half[1]}, "password": {better}})
	if n.expect(200); n.path != "/antrean" {
		t.Fatalf("who has just chosen a password is at %s", n.path)
	}
	n.post("/akun/token", url.Values{"token": {"token-yang-tidak-dikenal"}})
	n.expect(422, "Gagal Login", "Token tidak disimpan")
	n.post("/akun/token", url.Values{"token": {c.token()}})
	n.expect(200, "Token Dukcapil telah disimpan")

	n.get("/akun/kode")
	secret := regexp.MustCompile(`name="rahasia" value="([A-Z2-7]{32})"`).FindStringSubmatch(n.body)
	if secret == nil || !strings.Contains(n.body, `src="data:image/png;base64,`) {
		t.Fatal("no secret, or no image")
	}
	n.post("/akun/kode", url.Values{"lama": {better}, "rahasia": {secret[1]}, "kode": {"000000"}})
	n.expect(422, "Kode keliru", secret[1])
	n.post("/akun/kode", url.Values{"lama": {better}, "rahasia": {secret[1]}, "kode": {party.TOTPCode(secret[1], c.at)}})
	n.expect(200, "Kode verifikasi telah diaktifkan")
	x := c.person()
	x.post("/masuk", url.Values{"user": {"baru"}, "password": {better}})
	x.expect(200, "enam angka dari aplikasi autentikator")
	x.get("/antrean")
	if x.path != "/masuk" {
		t.Errorf("a password alone leads to %s", x.path)
	}
	x.post("/masuk", url.Values{"user": {"baru"}, "password": {better}})
	x.post("/masuk/kode", url.Values{"kode": {"000000"}})
	x.expect(422, "Kode keliru")
	c.at = c.at.Add(time.Minute)
	x.post("/masuk/kode", url.Values{"kode": {party.TOTPCode(secret[1], c.at)}})
	if x.path != "/antrean" {
		t.Errorf("with the code: %d %s", x.code, x.path)
	}
}

func TestTheHeadEditsServices(t *testing.T) {
	c := newCounter(t)
	h, o := c.signedIn("kepala"), c.signedIn("petugas")
	s, err := c.db.Services.Service(context.Background(), "pupuk", 0)
	if err != nil {
		t.Fatal(err)
	}
	edit := func(text, version string) {
		h.post("/layanan/pupuk", url.Values{"naskah": {text}, "versi": {version}})
	}
	edit(strings.Replace(s.SourceText, `kind = "number"`, `kind = "angka"`, 1), "1")
	h.expect(422, "Naskah belum disimpan", "kind = &#34;angka&#34;")
	edit(strings.Replace(s.SourceText, "Luas lahan (hektare)", "Luas garapan", 1), "1")
	h.expect(200, "Versi baru telah disimpan", "Versi 2", "Wiratmaja Sunarya")
	edit(s.SourceText, "1")
	h.expect(409, "sudah diubah orang lain")
	o.get("/permohonan/baru?layanan=pupuk")
	o.expect(200, "Luas garapan")
	edit(strings.Replace(s.SourceText, `code = "PB"`, "code = \"PB\"\nclosed = true", 1), "2")
	o.get("/permohonan/baru")
	if strings.Contains(o.body, "layanan=pupuk") {
		t.Error("a closed service is offered")
	}
	_, form := c.resident(6)
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	if strings.Contains(o.body, "PB-2026") {
		t.Error("a closed service takes an application")
	}
}
