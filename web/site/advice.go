package site

import (
	"fmt"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/person/nik"
)

// What stands in advice for whom an institution's people turn to: their administrator, their head, the provider's contact persons.
const (
	admin = "{admin}"
	head  = "{kepala}"
	dinas = "{dinas}"
)

// HelperOf is whom somebody who is known turns to: the provider's own people turn to their administrator.
func HelperOf(s *access.Standing) string {
	if s.OfProvider() {
		return "administrator Dinas Dukcapil"
	}
	return s.Institution.Helper()
}

// Advice says in plain language what somebody of an institution does next after a notice or a refusal on a day, and names whom they turn
// to; empty when there is nothing to say.
func Advice(c access.Code, i party.Institution, day time.Time) string {
	return strings.NewReplacer(admin, i.Helper(), head, i.Leader(day), dinas, i.OfficeHelper()).Replace(advice[c])
}

// Misread says which digits of a typed NIK cannot be right, without repeating any; empty when they can.
func Misread(typed string) string {
	part, digits := nik.Misread(typed)
	switch part {
	case nik.Whole:
		return ""
	case nik.Characters:
		return "Isian memuat tanda yang bukan angka, misalnya huruf O untuk angka 0."
	case nik.Length:
		return fmt.Sprintf("Isian memuat %d angka, seharusnya 16.", digits)
	case nik.Day:
		return "Angka ke-7 dan ke-8 (tanggal lahir) seharusnya 01 sampai 31, atau 41 sampai 71 bagi perempuan."
	case nik.Month:
		return "Angka ke-9 dan ke-10 (bulan lahir) seharusnya 01 sampai 12."
	case nik.Date:
		return "Angka ke-7 sampai ke-12 bukan tanggal yang ada pada kalender."
	default:
		return "Empat angka terakhir (nomor urut) tidak mungkin 0000."
	}
}

var advice = map[access.Code]string{
	access.Deceased: "Periksa kembali NIK pada dokumen pemohon. Apabila NIK sudah benar, mintalah akta kematian atau keterangan dari " +
		"keluarga, dan jangan melanjutkan pelayanan atas nama yang bersangkutan.",
	access.Duplicate: "Persilakan pemohon datang ke Dinas Dukcapil untuk menunggalkan data sebelum pelayanan dilanjutkan.",
	access.Unknown: "Periksa kembali setiap angka pada dokumen pemohon. Apabila NIK sudah benar, persilakan pemohon menanyakan " +
		"datanya ke Dinas Dukcapil.",
	access.Inactive: "Persilakan pemohon datang ke Dinas Dukcapil dengan membawa KTP-el dan kartu keluarga untuk mengaktifkan kembali " +
		"datanya.",
	access.Malformed: "NIK terdiri atas 16 angka dan memuat kode wilayah serta tanggal lahir. Periksa kembali angka yang Anda isikan. " +
		"Permintaan ini tidak mengurangi kuota.",

	access.Login:               "Periksa kembali user ID dan kata sandi. " + party.Waiting() + " Apabila tetap gagal, hubungi {admin}.",
	access.UserInactive:        "User ID Anda tidak dapat digunakan. Hubungi {admin}, agar keadaannya diperiksa.",
	access.InstitutionInactive: "Perjanjian atau SPTJM instansi Anda sedang tidak berlaku. Sampaikan hal ini kepada {kepala}.",
	access.Quota:               "Pencarian dapat dilanjutkan besok. Apabila kuota sering habis, sampaikan kepada {kepala}.",
	access.MatchOnly: "Hasil pencocokan tersedia melalui aplikasi atau loket instansi Anda. Apabila pelayanan memerlukan data " +
		"lengkap, mintalah perubahan hak user ID melalui {kepala}.",
	access.Office: "Konsol hanya dapat dibuka dari jaringan kantor Dinas Dukcapil. Apabila alamat jaringan kantor berubah, " +
		"beri tahu pengelola server agar konfigurasi console_networks disesuaikan.",
	access.Method: "Peran atau hak akses Anda tidak mencakup pencarian melalui halaman ini. Hubungi {admin}, apabila hal " +
		"ini keliru.",
	access.PoC: "Aplikasi instansi didaftarkan dan diuji (PoC) lebih dahulu. Keadaannya terlihat pada halaman Instansi, Aplikasi. " +
		"Hubungi {admin}, apabila hal ini keliru.",
	access.Network: "Gunakan komputer yang terhubung ke jaringan kantor yang terdaftar. Apabila alamat jaringan kantor " +
		"berubah, sampaikan kepada {kepala}.",
	access.Purpose: "Pilih tujuan pemanfaatan dari daftar dan isi nomor permohonan. Nomor permohonan paling panjang 64 " +
		"karakter dan tidak boleh berupa NIK.",
	access.Abuse: "Hubungi {admin}, dan siapkan berkas pelayanan dari NIK yang Anda cari. Setelah diperiksa " +
		"oleh dua petugas Dinas Dukcapil, pencarian dapat diizinkan kembali.",
	access.Protected: "Persilakan pemohon datang sendiri ke Dinas Dukcapil dengan membawa KTP-el. Permintaan ini dicatat dan tidak " +
		"mengurangi kuota.",
	access.Source: "Gangguan ini bukan karena isian Anda dan tidak mengurangi kuota. Tunggu sebentar, lalu tekan Cari " +
		"sekali lagi.",
}
