package procedure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/person/nik"
)

// An Effect is a change of a right. The store applies each in the transaction of its record (invariant 7).
type Effect interface {
	// Words are the change in Indonesian: what was changed, from what (empty: it is new), to what.
	Words() (subject, before, after string)
}

// The effects.
type (
	// CreateInstitution adds an agency with its responsible head.
	CreateInstitution struct{ Institution party.Institution }
	// RenameInstitution changes name, address or e-mail (E4).
	RenameInstitution struct {
		Old, New party.Institution
		On       time.Time // first day
	}
	// SetContacts replaces the contact persons of one side (E12).
	SetContacts struct {
		Agency   int64
		Side     string // "provider" or "agency"
		Contacts []party.Contact
		On       time.Time // first day
	}
	// SetConnection says who connects the agency to the closed network, and how broadly (E9).
	SetConnection struct {
		Agency   int64
		Old, New party.Connection
		On       time.Time // first day
	}
	// SignAgreement adds an agreement, with the SPTJM of the head in office when that is signed already.
	SignAgreement struct {
		Agreement agreement.Agreement
		Head      party.Head // who signed the SPTJM
	}
	// AddAddendum changes an agreement from a date on (E2).
	AddAddendum struct {
		Agreement agreement.Agreement
		Addendum  agreement.Addendum
		Was       agreement.Grant
	}
	// DecideEvaluation makes a proposed evaluation the provider's (I4).
	DecideEvaluation struct {
		Agency, Agreement, ID   int64
		Period, Score, Decision string // in words
		ProposedBy              int64
	}
	// Decide suspends, reinstates or terminates (E7).
	Decide struct {
		Agreement agreement.Agreement
		Decision  agreement.Decision
		LastDay   time.Time // in force before the decision's instant; zero: it is at once
	}
	// CreateUser adds a user id that does not work yet (B3).
	CreateUser struct{ User party.User }
	// AssignApplication says whose program a user id is (B9); the application is registered when it is new.
	AssignApplication struct {
		User        party.User
		Application string
	}
	// IssueLink issues the slip by which the owner chooses a password and takes the tokens that were prepared (B1).
	IssueLink struct {
		User party.User
		Life time.Duration // of those tokens; 0: party.TokenLife
	}
	// ChangeUser changes role, methods, purposes, or whether full data is granted.
	ChangeUser struct{ Old, New party.User }
	// PrepareToken makes a token that works once its owner has taken it (B9).
	PrepareToken struct {
		User                 party.User
		Kind                 party.Kind
		Application, Purpose string // the application is registered when it is new
		Agreement            int64
	}
	// IssueToken issues the slip by which the owner takes the tokens that were prepared, and no password.
	IssueToken struct {
		User          party.User
		Kind          party.Kind
		Life, Overlap time.Duration // 0: as usual
	}
	// RevokeToken ends a token at once.
	RevokeToken struct{ Token party.Credential }
	// ResetUser takes all credentials of a user back.
	ResetUser struct{ User party.User }
	// Deactivate ends a user id.
	Deactivate struct {
		User party.User
		At   time.Time
	}
	// Restore takes a deactivation back (B10). What it opened doors with is not given back: the owner redeems a new slip. An NDA of before
	// the agreement that decides now was for another assignment: the user id works once a new one is signed (B4).
	Restore struct {
		User   party.User
		NewNDA bool
	}
	// SignNDA records a signed NDA (B4).
	SignNDA struct {
		User party.User
		On   time.Time
		Form string
	}
	// ChangeHead passes the responsibility on, on the new head's first day (B7); the SPTJM is asked for again.
	ChangeHead struct {
		Agency   int64
		Old, New party.Head
	}
	// SignSPTJM records the signed SPTJM of the head in office (B5).
	SignSPTJM struct {
		Agreement agreement.Agreement
		Head      party.Head
		SPTJM     agreement.SPTJM
	}
	// StepExtension records what happened to a request to extend an agreement (E3).
	StepExtension struct {
		Agreement agreement.Agreement
		Step      agreement.ExtensionStep
	}
	// AddReaders registers readers (H1).
	AddReaders struct {
		Agency  int64
		Readers []reader.Reader
		// Compared is how their model stands against the specification, in words; empty: it was not held against any.
		Compared string
	}
	// SetReader moves a reader on, from New.Since.
	SetReader struct {
		Agency   int64
		Old, New reader.Reader
	}
	// ReinstateUser lets a user look persons up again whose lookups were stopped for abuse (D2).
	ReinstateUser struct {
		User       party.User
		FalseAlarm bool // the user was honest; otherwise evidence of the same kind weighs more for a while
	}
	// WithholdUses leaves an agency's uses of a resident's data out of what the resident is told, by a lawful order (UU 27/2022, article
	// 15). The uses stay in the log, and auditors see them.
	WithholdUses struct {
		Institution      party.Institution
		NIK              nik.NIK
		From, To         time.Time // first and last day of the uses
		Until            time.Time // last day on which they are withheld
		Order, Authority string
	}
	// ProtectPerson has no lookup answered with a person's data any more, by a lawful order (L6); each that asks is told to the watcher.
	ProtectPerson struct {
		NIK              nik.NIK
		Watcher          party.User // of the provider
		Until            time.Time  // last day; zero: until it is ended
		Order, Authority string
	}
	// EndProtection ends what an order protected.
	EndProtection struct {
		NIK   nik.NIK
		Order string
	}
)

func (e CreateInstitution) Words() (string, string, string) {
	i := e.Institution
	return "Instansi " + i.Code, "", fmt.Sprintf("didaftarkan: %s, %s; penanggung jawab %s, %s", i.Name, i.Zone, i.Heads.Last().Name,
		i.Heads.Last().Office())
}

func institutionWords(i party.Institution) string {
	return strings.Join(slices.DeleteFunc([]string{i.Name, i.Address, i.Email}, func(s string) bool { return s == "" }), ", ")
}

func (e RenameInstitution) Words() (string, string, string) {
	return "Instansi " + e.Old.Code, institutionWords(e.Old), institutionWords(e.New) + since(e.On)
}

func (e SetContacts) Words() (string, string, string) {
	names := make([]string, len(e.Contacts))
	for i, c := range e.Contacts {
		names[i] = c.Name
	}
	side := "instansi"
	if e.Side == "provider" {
		side = "Dinas Dukcapil"
	}
	return "Narahubung " + side, "", strings.Join(names, ", ") + since(e.On)
}

func (e SetConnection) Words() (string, string, string) {
	return "Jaringan", e.Old.Words(), e.New.Words() + since(e.On)
}

// since is the first day of what is not since ever.
func since(day time.Time) string {
	if day.IsZero() {
		return ""
	}
	return "; sejak " + bahasa.Date(day)
}

func agreementName(a agreement.Agreement) string { return "Perjanjian " + a.ProviderNumber }

func (e SignAgreement) Words() (string, string, string) {
	a := e.Agreement
	after := fmt.Sprintf("ditandatangani %s, berlaku sampai %s; %s", bahasa.Date(a.SignedOn), bahasa.Date(a.EndsOn), a.Terms.Words())
	for _, s := range a.SPTJM {
		after += "; SPTJM " + e.Head.Name + " ditandatangani " + bahasa.Date(s.SignedOn)
	}
	return agreementName(a), "", after + hashed(a.Document)
}

func (e AddAddendum) Words() (string, string, string) {
	after, was := e.Addendum.Change.Words(e.Was)
	return agreementName(e.Agreement), was, after + "; mulai " + bahasa.Date(e.Addendum.EffectiveOn) + hashed(e.Addendum.Document)
}

// hashed names what was signed by its hash.
func hashed(document string) string {
	if document == "" {
		return ""
	}
	return "; SHA-256 naskah " + document
}

// Changes are the rows of the table in an addendum: term, was, becomes.
func (e AddAddendum) Changes() [][3]string { return e.Addendum.Change.Rows(e.Was) }

func (e DecideEvaluation) Words() (string, string, string) {
	return "Evaluasi " + e.Period, "", "nilai " + e.Score + ", " + e.Decision
}

func (e Decide) Words() (string, string, string) {
	after := map[string]string{agreement.Suspend: "akses ditangguhkan", agreement.Reinstate: "akses diaktifkan kembali",
		agreement.Terminate: "perjanjian diakhiri", agreement.Renew: "berakhir apabila tidak diperbarui"}[e.Decision.Kind]
	if !e.LastDay.IsZero() {
		after += "; hari terakhir " + bahasa.Date(e.LastDay)
	}
	return agreementName(e.Agreement), "", after
}

func userName(u party.User) string { return "User ID " + u.Login }

func (e CreateUser) Words() (string, string, string) {
	u := e.User
	return userName(u), "", fmt.Sprintf("didaftarkan untuk %s, %s, %s", u.Name, u.Position, UserRights(u))
}

func (e ChangeUser) Words() (string, string, string) {
	return userName(e.Old), UserRights(e.Old), UserRights(e.New)
}

// UserRights is what a user id may do, in words.
func UserRights(u party.User) string {
	words := "peran " + u.Role.Label()
	if len(u.Methods) > 0 {
		words += "; metode: " + strings.Join(agreement.MethodLabels(u.Methods), ", ")
	}
	return words + Narrowing(u.MatchOnly, u.Purposes)
}

// Narrowing is what somebody's rights, or an application's, are narrower by than the agreement, in words that go on after others;
// empty: by nothing.
func Narrowing(matchOnly bool, purposes []string) (words string) {
	if matchOnly {
		words = "; hanya pencocokan data"
	}
	if len(purposes) > 0 {
		words += "; tujuan: " + strings.Join(purposes, ", ")
	}
	return words
}

func (e AssignApplication) Words() (string, string, string) {
	return userName(e.User), "", "milik aplikasi " + e.Application
}

func (e IssueLink) Words() (string, string, string) {
	return userName(e.User), "", "lembar aktivasi sekali pakai diterbitkan"
}

func (e PrepareToken) Words() (string, string, string) {
	return userName(e.User), "", e.Kind.Label() + " disiapkan untuk aplikasi " + e.Application + ": " + e.Purpose
}

func (e IssueToken) Words() (string, string, string) {
	return userName(e.User), "", "lembar penyerahan " + e.Kind.Label() + " diterbitkan"
}

func (e RevokeToken) Words() (string, string, string) {
	return e.Token.Kind.Label() + " " + e.Token.Fingerprint, "berlaku", "dicabut"
}

func (e ResetUser) Words() (string, string, string) {
	return userName(e.User), "", "semua kredensial dicabut: kata sandi, faktor kedua, token, dan sesi"
}

func (e Deactivate) Words() (string, string, string) {
	return userName(e.User), "aktif", "dinonaktifkan"
}

func (e Restore) Words() (string, string, string) {
	after := "diaktifkan kembali; kredensial lama dicabut dan kata sandi baru ditentukan pemiliknya"
	if e.NewNDA {
		after += "; NDA lama tidak berlaku lagi, user ID bekerja setelah NDA baru ditandatangani"
	}
	return userName(e.User), "dinonaktifkan", after
}

func (e SignNDA) Words() (string, string, string) {
	return userName(e.User), "", "NDA ditandatangani " + bahasa.Date(e.On) + ", formulir " + e.Form
}

func (e ChangeHead) Words() (string, string, string) {
	until := ""
	if !e.New.Until.IsZero() {
		until = " sampai " + bahasa.Date(e.New.Until)
	}
	return "Penanggung jawab", e.Old.Name, fmt.Sprintf("%s, %s, sejak %s%s; SPTJM baru diperlukan", e.New.Name, e.New.Office(),
		bahasa.Date(e.New.Since), until)
}

func (e SignSPTJM) Words() (string, string, string) {
	until := "sampai perjanjian berakhir atau adendum perpanjangannya ditandatangani"
	if e.SPTJM.Extension != 0 {
		until = "selama proses perpanjangan, sampai adendumnya ditandatangani"
	}
	if !e.SPTJM.Until.IsZero() {
		until += ", paling lama sampai " + bahasa.Date(e.SPTJM.Until)
	}
	return "SPTJM " + e.Head.Name, "", "ditandatangani " + bahasa.Date(e.SPTJM.SignedOn) + " untuk " + agreementName(e.Agreement) +
		", berlaku " + until
}

func (e StepExtension) Words() (string, string, string) {
	s, after := e.Step, map[string]string{agreement.ExtensionGranted: "perpanjangan disetujui, adendum disusun",
		agreement.ExtensionRefused: "perpanjangan ditolak", agreement.ExtensionWithdrawn: "permohonan perpanjangan ditarik"}[e.Step.Kind]
	if s.Kind == agreement.ExtensionAsked {
		after = "perpanjangan dimohon dengan surat " + s.Letter + " tanggal " + bahasa.Date(s.On)
		if s.On.After(agreement.AskBy(s.Ends)) {
			after += ", lewat batas " + bahasa.Date(agreement.AskBy(s.Ends))
		}
	}
	if !s.Until.IsZero() {
		after += "; selama itu akses berjalan paling lama sampai " + bahasa.Date(s.Until)
	}
	return agreementName(e.Agreement), "", after
}

func (e AddReaders) Words() (string, string, string) {
	serials := make([]string, len(e.Readers))
	for i, r := range e.Readers {
		serials[i] = r.Serial
	}
	after := "didaftarkan: " + strings.Join(serials, ", ")
	if e.Compared != "" {
		after += "; model " + e.Compared
	}
	return "Pembaca KTP-el", "", after
}

func (e SetReader) Words() (string, string, string) {
	return "Pembaca KTP-el " + e.New.Serial, e.Old.State.Label(), e.New.State.Label() + since(e.New.Since)
}

// Words name the order, never the resident: changes are kept in clear.
func (e ReinstateUser) Words() (string, string, string) {
	if e.FalseAlarm {
		return userName(e.User), "pencarian dihentikan", "pencarian diizinkan kembali; peringatan ternyata keliru"
	}
	return userName(e.User), "pencarian dihentikan", "pencarian diizinkan kembali setelah pembinaan"
}

func (e WithholdUses) Words() (string, string, string) {
	return "Riwayat penduduk", "", fmt.Sprintf("penggunaan %s sampai %s ditahan sampai %s atas perintah %s dari %s", bahasa.Date(e.From),
		bahasa.Date(e.To),
		bahasa.Date(e.Until), e.Order, e.Authority)
}

// Words name the order, never the person: changes are kept in clear.
func (e ProtectPerson) Words() (string, string, string) {
	until := ""
	if !e.Until.IsZero() {
		until = " sampai " + bahasa.Date(e.Until)
	}
	return "Perlindungan data penduduk", "", fmt.Sprintf("dilindungi%s atas perintah %s dari %s; pengawas %s", until, e.Order, e.Authority,
		e.Watcher.Login)
}

func (e EndProtection) Words() (string, string, string) {
	return "Perlindungan data penduduk", "dilindungi atas perintah " + e.Order, "diakhiri"
}
