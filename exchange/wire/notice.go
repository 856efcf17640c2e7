package wire

import (
	"strings"

	"gapura/access/access"
)

// The codes that are named.
const (
	codeIncomplete  = "07"
	codeEmpty       = "09"
	codeInstitution = "16"
	codeDown        = "99"
)

// codes are the wire's codes of outcomes. The wire has none for a method, full data or a purpose that is not granted, nor for a source that
// is down.
var codes = map[access.Code]string{
	access.Login: "03", access.Network: "04", access.Quota: "05", access.Purpose: codeIncomplete, access.Deceased: "11",
	access.Duplicate: "12",
	access.Unknown:   "13", access.Inactive: "14", access.Malformed: "15", access.InstitutionInactive: codeInstitution,
	access.Method: codeInstitution, access.PoC: codeInstitution, access.MatchOnly: codeInstitution, access.UserInactive: "17",
	access.Abuse: "08", access.Protected: "08", access.Source: codeDown,
}

// A Notice is a code with its default texts.
type Notice struct {
	Code   string
	Long   string // D2 and D3
	Short  string // D1
	Reason string // what it tells, for the console
}

// Notices are the wire's notices in order of their codes.
var Notices = []Notice{
	{"03", "Login Gagal", "", "gagal login"},
	{"04", "IP Tidak Sesuai", "IP Address Tidak Sesuai", "alamat jaringan tidak terdaftar"},
	{"05", "Kuota Akses Hari Ini Telah Habis", "Kuota Akses Hari ini telah Habis", "kuota harian habis"},
	{"07", "Parameter Tidak Lengkap / Tidak Valid", "", "parameter tidak lengkap"},
	{"08", "NIK tidak dapat diproses", "", "ditolak aturan penyalahgunaan, atau data dilindungi"},
	{"09", "User, password dan IP tidak boleh kosong", "", "kredensial kosong"},
	{"11", "Data Ditemukan, Meninggal Dunia", "", "meninggal dunia"},
	{"12", "Data Ditemukan, Data Ganda", "", "data ganda"},
	{"13", "Data Tidak Ditemukan, NIK tidak terdapat di database Kependudukan", "Data Tidak Ditemukan", "tidak terdaftar"},
	{"14", "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil", "", "non aktif"},
	{"15", "Data Tidak Ditemukan, NIK tidak sesuai format Dukcapil", "Data Tidak Ditemukan", "NIK tidak sesuai format"},
	{"16", "Instansi Tidak Aktif", "", "instansi tidak aktif"},
	{"17", "User ID Tidak Aktif", "", "user ID tidak aktif"},
	{"99", "Sumber data kependudukan sedang tidak dapat dihubungi", "", "sumber data tidak dapat dihubungi"},
}

// text is what the profile says for a code.
func (p Profile) text(code string) string {
	if t, ok := p.Texts[code]; ok {
		return t
	}
	for _, n := range Notices {
		if n.Code == code {
			if p.Dialect == D1 && n.Short != "" {
				return n.Short
			}
			return n.Long
		}
	}
	return ""
}

// code is a code as the profile writes it.
func (p Profile) code(code string) string {
	if p.Unpadded {
		return strings.TrimLeft(code, "0")
	}
	return code
}

// A Status is what a notice says of a person, numbered as population.LifeStatus where it is one.
type Status int

// The statuses beyond those of a life.
const (
	StatusUnknown Status = -1 // the person is not in the service's database
	StatusRefused Status = -2 // the caller, or the service itself, is in the way
)

// NoticeOf reads the notice of another service from its code and texts; ok is false when there is none. Dialect D1 has texts alone, so a
// text that no notice has is a refusal: better no answer than a wrong one.
func NoticeOf(code, long, short string) (s Status, ok bool) {
	if code == "" && long == "" && short == "" {
		return 0, false
	}
	if len(code) == 1 {
		code = "0" + code
	}
	if code == "" {
		for _, n := range Notices {
			if fold(short) == fold(n.Long) || n.Short != "" && fold(short) == fold(n.Short) {
				code = n.Code
			}
		}
	}
	switch code {
	case "11":
		return 1, true
	case "12":
		return 2, true
	case "13", "15": // D1 has one text for both
		return StatusUnknown, true
	case "14":
		return 3, true
	}
	return StatusRefused, true
}

func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
