package site

import "gapura/access/access"

// Advice says in plain language what to do next after a notice or a refusal.
var Advice = map[access.Code]string{
	access.Deceased:  "Periksa kembali NIK pada dokumen pemohon. Apabila NIK sudah benar, mintalah akta kematian atau keterangan dari keluarga, dan jangan melanjutkan pelayanan atas nama yang bersangkutan.",
	access.Duplicate: "Persilakan pemohon datang ke Dinas Dukcapil untuk menunggalkan data sebelum pelayanan dilanjutkan.",
	access.Unknown:   "Periksa kembali setiap angka pada dokumen pemohon. Apabila NIK sudah benar, persilakan pemohon menanyakan datanya ke Dinas Dukcapil.",
	access.Inactive:  "Persilakan pemohon datang ke Dinas Dukcapil dengan membawa KTP-el dan kartu keluarga untuk mengaktifkan kembali datanya.",
	access.Malformed: "NIK terdiri atas 16 angka dan memuat kode wilayah serta tanggal lahir. Periksa kembali angka yang Anda isikan. Permintaan ini tidak mengurangi kuota.",

	access.Login:               "Periksa kembali user ID dan kata sandi. Setelah beberapa kali gagal, tunggulah sebentar sebelum mencoba lagi.",
	access.UserInactive:        "User ID Anda tidak dapat digunakan. Hubungi admin instansi Anda agar keadaannya diperiksa.",
	access.InstitutionInactive: "Perjanjian atau SPTJM instansi Anda sedang tidak berlaku. Sampaikan hal ini kepada kepala instansi Anda.",
	access.Quota:               "Pencarian dapat dilanjutkan besok. Apabila kuota sering habis, sampaikan kepada kepala instansi Anda.",
	access.Method:              "Peran atau hak akses Anda tidak mencakup pencarian melalui halaman ini. Hubungi admin instansi Anda apabila hal ini keliru.",
	access.MatchOnly:           "Hasil pencocokan tersedia melalui aplikasi atau loket instansi Anda. Apabila pelayanan memerlukan data lengkap, mintalah perubahan hak user ID melalui kepala instansi Anda.",
	access.Office:              "Konsol hanya dapat dibuka dari jaringan kantor Dinas Dukcapil. Apabila alamat jaringan kantor berubah, beri tahu pengelola server agar konfigurasi console_networks disesuaikan.",
	access.Network:             "Gunakan komputer yang terhubung ke jaringan kantor yang terdaftar. Apabila alamat jaringan kantor berubah, sampaikan kepada kepala instansi Anda.",
	access.Purpose:             "Pilih tujuan pemanfaatan dari daftar dan isi nomor permohonan. Nomor permohonan paling panjang 64 karakter dan tidak boleh berupa NIK.",
	access.Abuse:               "Hubungi Admin Dinas Dukcapil, dan siapkan berkas pelayanan dari NIK yang Anda cari. Setelah diperiksa oleh dua petugas, pencarian dapat diizinkan kembali.",
	access.Source:              "Gangguan ini bukan karena isian Anda dan tidak mengurangi kuota. Tunggu sebentar, lalu tekan Cari sekali lagi.",
}
