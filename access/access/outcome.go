package access

import (
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
)

// A Code names an outcome; it is stable and kept in the record.
type Code string

// The outcomes: an answer, five notices (Juknis II.C.2.b), and refusals.
const (
	Found     Code = "found"
	Deceased  Code = "deceased"
	Duplicate Code = "duplicate"
	Unknown   Code = "unknown"
	Inactive  Code = "inactive"
	Malformed Code = "malformed"

	Login               Code = "login"
	UserInactive        Code = "user_inactive"
	InstitutionInactive Code = "institution_inactive"
	Quota               Code = "quota"
	Method              Code = "method"
	Network             Code = "network"
	PoC                 Code = "poc" // the application has not passed its Proof of Concept, nor is it tried today
	Purpose             Code = "purpose"
	Abuse               Code = "abuse"
	Source              Code = "source"
	Protected           Code = "protected"      // a lawful order keeps the person's data from every answer (L6)
	MatchOnly           Code = "match_only"     // full data is asked for by a user who is granted verdicts
	Office              Code = "office_network" // the provider's staff from outside the office

	Second Code = "second_step" // of a sign-in: the password was right, the code or passkey after it was not

	// Of pages and routes: the act is not the role's, or the data is another institution's.
	Role    Code = "role"
	Foreign Code = "foreign"

	// Device is that the reader of a card was not the agency's, or not active when it read (Juknis IV.E).
	Device Code = "reader"

	// Entered is a sign-in that was let through.
	Entered Code = "entered"
	// Card is a reading of a KTP-el that a desk told of.
	Card Code = "card_read"
	// Read is that somebody read what was kept of others: a scan, a letter, a proof, test persons (see Authority.Read).
	Read Code = "read"
)

// Codes are all codes of lookups, sign-ins and refusals, in the order in which pages offer them.
var Codes = []Code{
	Found, Deceased, Duplicate, Unknown, Inactive, Malformed, Login, Second, UserInactive, InstitutionInactive, Quota, Method, MatchOnly,
	Network, PoC, Office, Purpose, Abuse, Protected, Source, Role, Foreign, Device, Entered, Card,
}

// texts are what the user reads. The first nine are the Juknis's words, to the letter (II.C.2.b).
var texts = map[Code]string{
	Deceased:  "Data Ditemukan, Meninggal Dunia",
	Duplicate: "Data Ditemukan, Data Ganda",
	Unknown:   "Data tidak ditemukan, NIK tidak terdapat di database kependudukan",
	Inactive:  "Data Ditemukan, Status Non Aktif silahkan hubungi Dinas Dukcapil",
	Malformed: "Data tidak ditemukan, NIK tidak sesuai format Dukcapil",

	Login:               "Gagal Login",
	Quota:               "Kuota akses hari ini telah habis",
	InstitutionInactive: "Instansi tidak aktif",
	UserInactive:        "User ID non aktif, silahkan menghubungi Admin",

	MatchOnly: "User ID atau aplikasi ini hanya diberi hak pencocokan data, bukan data lengkap",
	Method:    "Metode akses ini tidak diberikan kepada pengguna atau instansi Anda",
	Network:   "Alamat jaringan ini tidak terdaftar dalam perjanjian instansi Anda",
	PoC:       "Aplikasi ini belum terdaftar atau belum lulus Proof of Concept (PoC), dan hari ini bukan jadwal PoC-nya",
	Purpose:   "Tujuan pemanfaatan harus sesuai perjanjian dan nomor permohonan harus diisi",
	Second:    "Langkah kedua gagal: kode atau kunci sandi keliru",
	Office:    "Alamat jaringan ini tidak terdaftar sebagai jaringan kantor Dinas Dukcapil",
	Abuse:     "Pencarian dengan User ID ini dihentikan karena pola masukan NIK yang tidak wajar, silakan menghubungi Admin",
	Protected: "Data ini tidak dapat diberikan melalui layanan ini, silakan menghubungi Dinas Dukcapil",
	Role:      "Halaman atau layanan ini bukan untuk peran Anda",
	Foreign:   "Data ini bukan milik instansi Anda",
	Device:    "Perangkat pembaca ini tidak terdaftar atas nama instansi Anda, atau tidak aktif ketika kartu dibaca",
	Source:    "Sumber data kependudukan sedang tidak dapat dihubungi, silakan coba beberapa saat lagi",
}

// Text is the Indonesian text of a notice or refusal; empty for an answer.
func (c Code) Text() string { return texts[c] }

// Notice reports whether the code is one of the five notices.
func (c Code) Notice() bool {
	switch c {
	case Deceased, Duplicate, Unknown, Inactive, Malformed:
		return true
	}
	return false
}

// Refused reports whether the code refuses the request.
func (c Code) Refused() bool {
	return c != Found && c != Entered && c != Read && c != Card && !c.Notice()
}

// A Standing is everything about a user that a decision rests on, as of one version of the rights.
type Standing struct {
	Version     int64
	User        party.User
	Institution party.Institution
	Agreements  Agreements
	Apps        []party.App // of the institution's register, ended ones too
}

// Application is the one through which the user asks by a method (E11): that of the token that was shown (0: none), or the user id's own,
// or for a person the desk in use. open is false when it is none of the register that is in use for the method. The portal is one at its
// own door alone.
func (s *Standing) Application(token int64, method string, now time.Time) (a party.App, open bool) {
	if method == agreement.Portal {
		return party.Portal(s.Institution.ID, agreement.Portal), true
	}
	if token == 0 {
		token = s.User.Application
	}
	a, ok := party.Find(s.Apps, token, method, now)
	return a, ok && a.Uses(method, now)
}

// Rights are what the user may do through that application, and the user's own where there is none.
func (s *Standing) Rights(token int64, method string, now time.Time) party.Rights {
	a, _ := s.Application(token, method, now)
	return s.User.Through(&a)
}
