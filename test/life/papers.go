package life

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"gapura/internal/document"
)

// The papers that the other chapters leave out: every letter and form of the house is made once in the story, by pages.

func (s *story) papers(e events) {
	e.on("2025-01-07", func() { s.drawUp(s.a) })
	e.on("2025-01-20", func() {
		s.admit(s.a, "admin.dinperla", map[string]string{"surel": s.a.mail}) // the procedure that names an administrator
	})
	e.on("2025-02-17", func() {
		s.file(s.a, "jaringan", map[string]string{"penyedia": "PT Jaringan Rekaan", "bandwidth": "1 Mbps",
			"perkiraan_tersambung": s.today(), "tanggal_tersambung": s.today()})
		s.file(s.a, "bandwidth", map[string]string{"bandwidth_baru": "2 Mbps", "tanggal_perubahan": s.today()})
	})
	e.on("2025-02-18", func() { s.askByForm(s.a) })
	e.on("2025-05-19", func() {
		s.file(s.a, "sifilma", map[string]string{"penerima": "Puspitaningrum Arumdalu", "penerima_jabatan": "Pranata Komputer",
			"penerima_nip": "19900705 201503 2 099", "user_sifilma": "dinperla-rekaan", "versi_manual": "Panduan SIFILMA versi 2"})
	})
	e.on("2025-07-15", func() {
		s.file(s.a, "teguran", map[string]string{"kewajiban": "Sertifikat ISO/IEC 27001 (PKS Pasal 2 ayat (2) huruf i).",
			"tenggat": "2025-07-31", "tindak_lanjut": "Sertifikat disampaikan pada bulan ini."})
	})
	e.on("2025-11-03", s.tellResident, func() { s.object(s.a) })
	// Somebody comes for a month.
	e.on("2025-09-02", func() { s.admit(s.b, "magang.dinkoprek", map[string]string{"metode_pengguna": "portal"}) })
	e.on("2025-10-02", func() {
		s.file(s.b, "penonaktifan-user", map[string]string{"pengguna": "magang.dinkoprek", "alasan": "Masa magang selesai."})
		s.b.logins[len(s.b.logins)-1].off = s.W.Day()
	})
	// Two agreements end before their time: one that both sides agree to end, and one by a decision.
	e.on("2027-02-22", func() { s.agreeToEnd(s.c, "2027-03-04") })
	e.on("2027-03-05", func() { s.end(s.b) })
}

// drawUp has agreement and guideline drawn up and read.
func (s *story) drawUp(a *agency) {
	for _, kind := range []string{"Susun perjanjian kerja sama", "Susun petunjuk teknis"} {
		s.One.Open("/konsol/naskah/" + a.code)
		s.One.Follow("Susun naskah")
		s.One.Press(kind, map[string]string{"urusan": "perikanan", "singkatan": "DINPERLA", "layanan": "verifikasi penerima bantuan",
			"peraturan_daerah": "Peraturan Bupati Rekaan Nomor 12 Tahun 2016 tentang Susunan Organisasi", "titik": "1",
			"bandwidth": "1 Mbps", "tersambung": "minggu ke-3 bulan Januari 2025", "url_balikan": "https://gapura.example/api/v1/balikan",
			"url_sifilma": "https://sifilma.example", "juknis_nomor": "400.12/9/2025", "nomor_persetujuan": "400.8.1.2/1/Dukcapil",
			"tanggal_persetujuan": "2024-12-20", "kepala_nip": "19700202 199503 1 002"}, false)
		if fault := s.One.Faults(); fault != "" {
			s.W.T.Fatalf("%s: %s", kind, fault)
		}
		s.W.letters(s.One, kind == "Susun perjanjian kerja sama") // which is dated when it is signed
	}
}

// askByForm has the agency's administrator fill in each form that the agency may ask by, print it, and throw it away.
func (s *story) askByForm(a *agency) {
	b := s.W.Somebody()
	s.W.SignIn(b, "admin."+a.code)
	officer := "petugas." + a.code
	all := map[string]map[string]string{
		"user-id": {"nik": "3303014507900077", "nama": "Rekaan Tujuh", "nip": "19900705 201503 2 077",
			"kode_wilayah": "33.03", "metode_pengguna": "portal"},
		"perubahan-user": {"tujuan_pengguna": purpose, "kode_wilayah": "33.03"},
		"token":          {"pengguna": officer, "token": "desk", "aplikasi": a.loket(), "kegunaan": "Layanan loket"},
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		b.Open("/instansi/permohonan/baru?prosedur=" + key + "&pengguna=" + officer)
		b.Press("Simpan konsep", all[key], false)
		if !b.Says("Unduh formulir") {
			s.W.T.Fatalf("%s: no form is printed: %s", key, b.Text())
		}
		s.W.letters(b, false)
		b.Press("Tarik permohonan", map[string]string{"alasan_tarik": "Tidak jadi."}, false)
	}
}

// tellResident writes to a resident who asked in the office who saw their data.
func (s *story) tellResident() {
	s.Begin("", "riwayat-penduduk").Run(map[string]string{"nik": s.W.People[0], "nama_pemohon": "Rekaan Delapan",
		"alamat_pemohon": "Jalan Rekaan Nomor 8", "identitas": "ktp"}, agreed, "")
}

// object has a resident object to a lookup of the agency, whose administrator says what it was for; the resident gets an answer.
func (s *story) object(a *agency) {
	who := s.next(a)
	use := s.W.Lookup(a.programs[0].token, who, purpose, counter).Record
	s.seen(a, who)
	c := s.Begin(a.code, "keberatan")
	s.letters++
	s.One.Press("Simpan langkah ini", map[string]string{"surat": "470/" + itoa(s.letters) + "/" + s.W.Day().Format("2006"),
		"tanggal_surat": s.today(), "catatan": use, "jenis": "bukan-saya", "uraian": "Tidak pernah mengajukan permohonan.",
		"nama_pemohon": "Rekaan Delapan", "alamat_pemohon": "Jalan Rekaan Nomor 8", "identitas": "ktp"}, false)
	s.expects(a.mail, "Keberatan penduduk: Pernyataan instansi")
	b := s.W.Somebody()
	s.W.SignIn(b, "admin."+a.code)
	b.Open("/instansi/permohonan/" + c.path[strings.LastIndex(c.path, "/")+1:])
	b.Press("Kirim jawaban", map[string]string{"pernyataan": "Pemohon bantuan datang sendiri ke loket."}, false)
	if fault := b.Faults(); fault != "" {
		s.W.T.Fatal(fault)
	}
	c.Run(map[string]string{"tindak_lanjut": "peringatan"}, agreed, "")
	cover := s.One.send(httptest.NewRequest(http.MethodGet, c.path+"/sampul.pdf", nil)) // for the shelf, once the case is over
	if cover.Code != http.StatusOK {
		s.W.T.Fatal("no cover: ", cover.Code)
	}
	s.W.letter(cover.Body.Bytes(), false)
}

// agreeToEnd ends an agreement by consent, whose last day is to come (PKS 5 a).
func (s *story) agreeToEnd(a *agency, last string) {
	s.file(a, "pengakhiran-bersama", map[string]string{"berlaku_terakhir": last, "alasan": "Layanan digabung."})
	a.latest().endings = append(a.latest().endings, ending{midnight(last).AddDate(0, 0, 1), s.W.Now()})
}

// end ends an agreement at once, by a decision (PKS 9(1)).
func (s *story) end(a *agency) {
	s.file(a, "penghentian", map[string]string{"alasan": "Kewajiban tidak dilaksanakan."})
	a.latest().endings = append(a.latest().endings, ending{s.W.Now(), s.W.Now()})
}

// everyLetter holds that the story has made each letter and form that the house has.
func (s *story) everyLetter() {
	for _, t := range document.Defaults() {
		if !slices.Contains(s.W.titles, t.Name) {
			s.W.T.Errorf("the story makes no %s (%s)", t.Name, t.Key)
		}
	}
}
