// Package wire is the legacy wire that agencies' applications already speak: its requests, its answers in three dialects, and the texts of
// its notices. It encodes and decodes, and decides nothing. Both sides use it: web/legacy, the door, and upstream, the client.
package wire

import (
	"strings"

	"gapura/access/access"
	"gapura/internal/told"
)

// Base is where all lookup paths begin.
const Base = "/dukcapil/get_json/"

// A Dialect is how a notice is written; clients count keys.
type Dialect string

// The dialects.
const (
	D1 Dialect = "D1" // {"RESPON"}
	D2 Dialect = "D2" // {"RESPONSE_CODE","RESPONSE_DESC"}
	D3 Dialect = "D3" // {"RESPONSE_CODE","RESPONSE_DESC","RESPONSE","RESPON"}
)

// Dialects are all of them.
var Dialects = []Dialect{D1, D2, D3}

// A Profile says how one path of one institution speaks. Where clients differ, the difference is a profile, never a guess at run time.
type Profile struct {
	ID       int64
	Agency   int64
	Path     string            // lower case, without Base: "dinpertan/call_nik", "33-03/dinpertan/call_nik"
	Verify   bool              // verification instead of full data
	Dialect  Dialect           //
	Purpose  string            // of every lookup on this path (A8)
	Texts    map[string]string // notice texts by code that differ from the defaults; clients compare them to the letter
	Unpadded bool              // codes without leading zero: "5"
	TextNIK  bool              // NIK as a string: JavaScript clients round numbers above 2^53
	EchoNIK  bool              // verification answers the NIK itself instead of its verdict
	Query    bool              // credentials may stand in the query string
}

// Words are how a path speaks, for records.
func (p Profile) Words() string {
	words := []string{"dialek " + string(p.Dialect), "tujuan " + p.Purpose}
	for _, w := range []struct {
		on   bool
		word string
	}{{p.Verify, "verifikasi"}, {p.Unpadded, "kode tanpa nol"}, {p.TextNIK, "NIK sebagai teks"}, {p.EchoNIK, "NIK dikembalikan"},
		{p.Query, "kredensial pada query"}, {len(p.Texts) > 0, "teks sendiri"}} {
		if w.on {
			words = append(words, w.word)
		}
	}
	return strings.Join(words, "; ")
}

// ErrTaken says that a path belongs to another institution.
var ErrTaken = told.Wrong("jalur", "Jalur ini sudah dipakai instansi lain.")

// Clean brings a path into the form of Profile.Path: lower case, without Base and slashes at the ends.
func Clean(path string) string {
	path = strings.ToLower(strings.TrimSpace(path))
	path = strings.TrimPrefix(path, Base)
	return strings.Trim(path, "/")
}

// Fits reports whether a path has the shape of the wire: institution/method, or region/institution/method.
func Fits(path string) bool {
	parts := strings.Split(path, "/")
	for _, p := range parts {
		if p == "" || strings.ContainsAny(p, " ?#%") || len(p) > 64 {
			return false
		}
	}
	return len(parts) == 2 || len(parts) == 3 && region(parts[0])
}

// region reports whether a segment is a region's code, PP or PP-KK.
func region(s string) bool {
	p, k, regency := strings.Cut(s, "-")
	digits := func(s string) bool { return len(s) == 2 && strings.Trim(s, "0123456789") == "" }
	return digits(p) && (!regency || digits(k))
}

// Default is the profile of a path that none is configured for; its purpose and agency are the caller's own.
func Default(path string) Profile {
	parts := strings.Split(path, "/")
	p := Profile{Path: path, Dialect: D1, Verify: strings.Contains(parts[len(parts)-1], "verif")}
	switch {
	case p.Verify:
		p.Dialect = D3
	case len(parts) == 3:
		p.Dialect = D2
	}
	return p
}

// The codes that do not come from a decision on rights.
const (
	codeIncomplete = "07"
	codeEmpty      = "09"
)

// codes are the wire's codes of outcomes. The wire has none for a method, full data or a purpose that is not granted, nor for a source that
// is down.
var codes = map[access.Code]string{
	access.Login: "03", access.Network: "04", access.Quota: "05", access.Purpose: codeIncomplete, access.Deceased: "11",
	access.Duplicate: "12",
	access.Unknown:   "13", access.Inactive: "14", access.Malformed: "15", access.InstitutionInactive: "16", access.Method: "16",
	access.PoC:       "16",
	access.MatchOnly: "16", access.UserInactive: "17",
	access.Abuse: "08", access.Source: "99",
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
	{"08", "NIK tidak dapat diproses", "", "ditolak aturan penyalahgunaan"},
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
