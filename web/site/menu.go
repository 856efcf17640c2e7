package site

import (
	"slices"
	"strings"

	"gapura/access/access"
	"gapura/web/ui"
)

// A Section is one of the six places of the console's menu: its first page, and those that are reached from there.
type Section struct {
	Label, Path string
	List        string // what its first page lists, for the tabs beside its places; empty: its first page lists the places
	Says        string // what is found there, for the page that lists its places
	Places      []Place
	// Under are further addresses that belong here, each with everything below it.
	Under []string
}

// A Place is a page of a section.
type Place struct {
	Label, Path, Says string
	Act               access.Act // what somebody must be allowed to be shown it
}

// Sections is the console's menu. The last three have a page of their own that lists their places; the first three begin with a list.
var Sections = []Section{
	{Label: "Beranda", Path: "/konsol"},
	{Label: "Instansi", Path: "/konsol/instansi", List: "Instansi", Places: []Place{
		{"Pengguna", "/konsol/pengguna", "Semua user ID, menurut nama, user ID, atau instansi.", access.ToLook},
		{"Pembaca KTP-el", "/konsol/pembaca", "Perangkat semua instansi dan keadaannya.", access.ToLook},
		{"Data balikan", "/konsol/balikan", "Yang seharusnya diterima dan yang diterima dari setiap instansi.", access.ToLook},
	}, Under: []string{"/konsol/kewajiban", "/konsol/perjanjian", "/konsol/naskah", "/konsol/evaluasi/"}},
	{Label: "Berkas", Path: "/konsol/berkas", List: "Berkas", Places: []Place{
		{"Lembar rahasia", "/konsol/lembar",
			"Lembar aktivasi dan penyerahan token yang menunggu dicetak, atau menunggu kode keduanya.", access.ToLook},
		{"Agenda surat keluar", "/konsol/agenda", "Semua nomor surat yang dikeluarkan.", access.ToLook},
		{"Prosedur", "/konsol/prosedur", "Langkah setiap prosedur sesuai petunjuk teknis.", access.ToLook},
	}},
	{Label: "Pengawasan", Path: "/konsol/bagian/pengawasan", Says: "Apa yang perlu dijelaskan, dan bukti bahwa catatannya utuh.",
		Places: []Place{
			{"Pola pencarian", "/konsol/pengawasan", "Peringatan, bukti, penghentian, dan NIK umpan.", access.ToLook},
			{"Pencarian tanpa dasar", "/konsol/tanpa-dasar",
				"Pencarian yang tidak dijelaskan layanan apa pun, dan perkaranya.", access.ToLook},
			{"Insiden", "/konsol/insiden",
				"Register insiden, batas 3 × 24 jam, penduduk terdampak, dan surat pemberitahuan.", access.ToLook},
			{"Kepatuhan", "/konsol/kepatuhan", "Kewajiban semua instansi pada satu papan.", access.ToLook},
			{"Jurnal akses", "/konsol/jurnal", "Semua catatan akses, keutuhan log, dan kuitansinya.", access.ToLook},
			{"Tinjauan hak akses", "/konsol/hak-akses", "Siapa boleh apa hari ini, dengan ekspornya.", access.ToLook},
			{"Tinjauan empat mata", "/konsol/empat-mata", "Siapa mengisi dan siapa memutuskan, setiap putusan.", access.ToLook},
			{"Riwayat hak Dinas Dukcapil", "/konsol/riwayat",
				"Instansi yang didaftarkan, staf, kalender, dan templat: siapa mengubah apa, kapan, dan mengapa.", access.ToLook},
			{"Permintaan penduduk", "/konsol/penduduk", "Siapa yang meminta data seorang penduduk, kapan, dan untuk apa.", access.ToTell},
		}, Under: []string{"/konsol/umpan", "/konsol/kuitansi"}},
	{Label: "Laporan & evaluasi", Path: "/konsol/bagian/laporan",
		Says: "Angka setiap instansi dan semua instansi, menurut bulan dan semester.",
		Places: []Place{
			{"Dasbor", "/konsol/dasbor", "Pencarian, kuota, data balikan, dan kewajiban dalam gambar.", access.ToLook},
			{"Laporan semester", "/konsol/laporan", "Draf, terkirim, terlambat, dan diterima, setiap instansi.", access.ToLook},
			{"Evaluasi", "/konsol/evaluasi",
				"Nilai setiap instansi menurut semester, keputusan, dan laporan kepada Direktur Jenderal.", access.ToLook},
		}},
	{Label: "Pengaturan", Path: "/konsol/bagian/pengaturan", Says: "Apa yang berlaku bagi Dinas Dukcapil sendiri.", Places: []Place{
		{"Penanda tangan", "/konsol/penanda-tangan",
			"Siapa yang menandatangani atas nama Dinas Dukcapil, dari tanggal sampai tanggal.", access.ToLook},
		{"Templat surat", "/konsol/surat", "Naskah BAST, NDA, SPTJM, surat jawaban, dan surat lain.", access.ToLook},
		{"Kalender hari kerja", "/konsol/kalender", "Hari libur nasional dan cuti bersama.", access.ToLook},
		{"Aturan kata sandi", "/konsol/kata-sandi", "Panjang, jenis karakter, dan masa berlaku.", access.ToLook},
		{"Data penduduk", "/konsol/data-penduduk",
			"Tanggal data yang dipakai, impor yang sedang berjalan, dan apa yang berubah pada setiap impor.", access.ToLook},
		{"Gangguan terencana", "/konsol/gangguan",
			"Kapan layanan mungkin tidak menjawab, diumumkan sebelumnya kepada semua instansi.", access.ToLook},
		{"Jalur tanpa profil", "/konsol/layanan-lama", "Jalur layanan lama yang dipanggil aplikasi dengan bentuk bawaan.", access.ToLook},
		{"Antrean surel", "/konsol/surel", "Surel yang menunggu, terkirim, atau gagal.", access.ToLook},
	}},
}

// Listed are the sections whose first page lists their places.
func Listed() []Section {
	return slices.DeleteFunc(slices.Clone(Sections), func(s Section) bool { return s.List != "" || len(s.Places) == 0 })
}

// For are the places of a section that somebody may be shown.
func (s *Section) For(v *Visitor) []Place {
	return slices.DeleteFunc(slices.Clone(s.Places), func(p Place) bool { return !v.May(p.Act) })
}

// below reports whether an address is another or lies under it. One that ends in a slash is only what lies under it.
func below(at, path string) bool {
	return at == path || strings.HasPrefix(at, strings.TrimSuffix(path, "/")+"/")
}

// holds is how many bytes of an address are a section's; the section with most has the page.
func (s *Section) holds(at string) (most int) {
	paths := append([]string{s.Path}, s.Under...)
	for _, p := range s.Places {
		paths = append(paths, p.Path)
	}
	for _, p := range paths {
		if p == "/konsol" && at != p {
			continue // everything lies under it
		}
		if below(at, p) {
			most = max(most, len(p))
		}
	}
	return most
}

// sectionOf is the section that a page of the console belongs to; nil: none.
func sectionOf(at string) (of *Section) {
	most := 0
	for i := range Sections {
		if n := Sections[i].holds(at); n > most {
			of, most = &Sections[i], n
		}
	}
	return of
}

// around is what stands above a place: a way back to its section's page where that lists the places, else all of them beside each other.
// Pages below a place say themselves where they belong.
func around(at string, v *Visitor) (crumb *ui.Link, beside *ui.Tabs) {
	s := sectionOf(at)
	if s == nil || len(s.Places) == 0 || at != s.Path && !slices.ContainsFunc(s.Places, func(p Place) bool { return p.Path == at }) {
		return nil, nil
	}
	if s.List == "" {
		if at == s.Path {
			return nil, nil
		}
		return &ui.Link{Label: s.Label, Path: s.Path}, nil
	}
	beside = &ui.Tabs{Label: s.Label, Links: []ui.Link{{Label: s.List, Path: s.Path, Here: at == s.Path}}}
	for _, p := range s.For(v) {
		beside.Links = append(beside.Links, ui.Link{Label: p.Label, Path: p.Path, Here: at == p.Path})
	}
	return nil, beside
}

// menu is the navigation of the portal and the console, without anything that the visitor may not open. Where it is long it leaves out the
// guide, which is at the foot of every page too.
func menu(at string, v *Visitor) (nav []ui.Link) {
	link := func(label, path string) {
		nav = append(nav, ui.Link{Label: label, Path: path, Here: below(at, path)})
	}
	switch {
	case v == nil:
		link("Masuk", "/masuk")
	case v.User.Role.OfProvider():
		here := sectionOf(at)
		for i := range Sections {
			s := &Sections[i]
			nav = append(nav, ui.Link{Label: s.Label, Path: s.Path, Here: s == here})
		}
		return nav
	case v.Restricted():
		link("Kewajiban", "/kewajiban")
		link("Laporan", "/laporan")
		link("Data balikan", "/balikan")
		link("Insiden", "/insiden")
	case v.May(access.ToOversee):
		link("Instansi", "/instansi") // with tabs for its people, requests, desk, tokens, evaluations
		link("Dasbor", "/dasbor")
		if v.May(access.ToReview) {
			link("Riwayat", "/riwayat")
		}
		link("Data balikan", "/balikan")
		link("Kewajiban", "/kewajiban")
		link("Laporan", "/laporan")
		link("Insiden", "/insiden")
		return nav
	default:
		link("Pencarian", "/cari")
		link("Dasbor", "/dasbor")
		link("Riwayat", "/riwayat")
		link("Data balikan", "/balikan")
	}
	link("Panduan", "/panduan")
	return nav
}
