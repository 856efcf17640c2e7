// Package wire is the legacy wire that agencies' applications already speak: its requests, its answers in three dialects, and the texts of
// its notices. It encodes and decodes, and decides nothing. Both sides use it: web/legacy, the door, and upstream, the client.
package wire

import (
	"net/url"
	"slices"
	"strings"

	"gapura/internal/told"
)

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
	Lower    bool              // keys of content in lower case
	Codes    bool              // NO_PROP, NO_KAB and NO_KEL come with the address
	Full     bool              // every key that the wire knows comes, as null when it is not granted
	Differs  bool              // verification: what the registry has no value of is "Tidak Sesuai" instead of null
	Announce bool              // planned outages are told in the envelope, by the key PENGUMUMAN
	Origins  []string          // of web pages whose scripts may call the path: "https://host"
}

// An Option is what a profile can turn on.
type Option struct {
	Name  string // of its form field
	Label string // of it
	Word  string // in records
	Of    func(*Profile) *bool
}

// Options are all of them.
var Options = []Option{
	{"tanpa-nol", "Kode tanpa angka nol di depan", "kode tanpa nol", func(p *Profile) *bool { return &p.Unpadded }},
	{"nik-teks", "NIK dan nomor KK sebagai teks", "NIK sebagai teks", func(p *Profile) *bool { return &p.TextNIK }},
	{"nik-kembali", "Verifikasi mengembalikan NIK", "NIK dikembalikan", func(p *Profile) *bool { return &p.EchoNIK }},
	{"query", "Kredensial boleh pada alamat (query)", "kredensial pada query", func(p *Profile) *bool { return &p.Query }},
	{"huruf-kecil", "Kunci jawaban dengan huruf kecil", "kunci huruf kecil", func(p *Profile) *bool { return &p.Lower }},
	{"nomor-wilayah", "Nomor provinsi, kabupaten, dan kelurahan ikut alamat", "nomor wilayah", func(p *Profile) *bool { return &p.Codes }},
	{"semua-kunci", "Semua kunci; yang tidak diberikan berisi null", "semua kunci", func(p *Profile) *bool { return &p.Full }},
	{"tanpa-nilai", "Verifikasi: elemen tanpa nilai di data kependudukan dijawab Tidak Sesuai, bukan null",
		"tanpa nilai berarti tidak sesuai", func(p *Profile) *bool { return &p.Differs }},
	{"pengumuman", "Gangguan terencana diumumkan pada setiap jawaban (kunci PENGUMUMAN, di luar content)", "pengumuman gangguan terencana",
		func(p *Profile) *bool { return &p.Announce }},
}

// Words are how a path speaks, for records and for whoever decides on it.
func (p Profile) Words() string {
	words := []string{"dialek " + string(p.Dialect), "tujuan " + p.Purpose}
	if p.Verify {
		words = append(words, "verifikasi")
	}
	for _, o := range Options {
		if *o.Of(&p) {
			words = append(words, o.Word)
		}
	}
	if len(p.Origins) > 0 {
		words = append(words, "asal "+strings.Join(p.Origins, " "))
	}
	for _, n := range Notices {
		if t, ok := p.Texts[n.Code]; ok {
			words = append(words, "teks "+n.Code+" \""+t+"\"")
		}
	}
	return strings.Join(words, "; ")
}

// ErrTaken says that a path belongs to another institution.
var ErrTaken = told.Wrong("jalur", "Jalur ini sudah dipakai instansi lain.")

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

// Allows reports whether scripts of a web page of an origin may call the path.
func (p Profile) Allows(origin string) bool {
	return origin != "" && slices.Contains(p.Origins, strings.ToLower(origin))
}

// FitsOrigin reports whether a text is an origin as browsers send it: scheme, host and perhaps a port, in lower case.
func FitsOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && text == strings.ToLower(u.Scheme+"://"+u.Host)
}
