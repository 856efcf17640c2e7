package access

import (
	"slices"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
)

// An Act is what a route or a message lets somebody do. The set is closed, and each has one rule in rules; it stands in the records of what
// was refused.
type Act string

// The acts that anybody may do, from anywhere.
const (
	ToArrive Act = "arrive" // sign-in page, guide, static files, health: nothing of anybody's
)

// The acts of an agency's people and programs.
const (
	ToSignIn   Act = "sign_in"  // recorded by the gate, refused or not
	ToLookup   Act = "lookup"   // likewise
	ToMatch    Act = "match"    // likewise
	ToCard     Act = "card"     // likewise: tell of a KTP-el that a reader read
	ToActivate Act = "activate" // set the first password by a link
	ToAsk      Act = "ask"      // open the form of a lookup
	ToReview   Act = "review"   // read the history of accesses, with receipts
	ToDeliver  Act = "deliver"  // data balikan: what is owed, sent, explained
	ToFigures  Act = "figures"  // an agency's people: the agency's figures, or their own
	ToOwn      Act = "own"      // an agency's head or administrator: what the agency owes: duties, reports, incidents
	ToOversee  Act = "oversee"  // they too: the agency's people, agreement, contacts, cases, documents, readers, evaluations
	ToManage   Act = "manage"   // an agency's administrator: deactivate and unlock own people, ask for user ids
	ToAdmit    Act = "admit"    // an agency's head or administrator: let a machine become the agency's desk, or not
	ToNotices  Act = "notices"  // everybody's own notices
	ToAccount  Act = "account"  // everybody's own account: password, second factors, sessions
	ToWitness  Act = "witness"  // read, prove and cosign the agency's log
	ToReaders  Act = "readers"  // the agency's card readers
	ToCanaries Act = "canaries" // the agency's test persons
	ToEnrol    Act = "enrol"    // exchange keys with the agency's desk
	ToKnow     Act = "know"     // how a token stands, to whoever holds it
	ToRedeem   Act = "redeem"   // take a token by the two halves of its slip
)

// The acts of the provider's staff and programs.
const (
	ToLook   Act = "look"     // read agreements, cases, users, duties
	ToFile   Act = "file"     // open cases, take steps, deliver evidence
	ToJudge  Act = "judge"    // accept or refuse evidence
	ToSet    Act = "settings" // letters' templates, calendar
	ToTell   Act = "tell"     // tell a resident who asked for the resident's data
	ToTrace  Act = "trace"    // find the accesses that an incident is about; by NIK, recorded
	ToSearch Act = "search"   // search the journal for a NIK, recorded
	ToUses   Act = "uses"     // a citizen portal: tell a resident who is signed in there
)

// Token is the role of an institution that is known by its own token or code instead of by a user.
const Token party.Role = ""

// A rule says who may do an act.
type rule struct {
	roles []party.Role
	label string // Indonesian
	other Code   // told to other roles; empty: Role
	works bool   // the agency's agreement must be in force, and its head responsible
	// owing are the roles that may do it also while the agreement is suspended or over, for what is still owed (B10). Officers are not
	// among them: what they brought of data balikan, the agency's programs, head and administrator go on bringing, and a sign-in of theirs
	// would be for lookups.
	owing []party.Role
	// also by a user id that does not work yet, and by one that is for programs alone: its owner sits before a page for this once
	fresh bool
	open  bool // by anybody
	// with is a method of access, besides the door's own, that the agreement must grant, also one that is over, and the user be given
	with string
}

var (
	people    = []party.Role{party.Officer, party.HeadOfAgency, party.AgencyAdmin}
	leading   = []party.Role{party.HeadOfAgency, party.AgencyAdmin}
	agencys   = []party.Role{party.Officer, party.HeadOfAgency, party.Application}
	staff     = []party.Role{party.Administrator, party.Operator, party.Auditor}
	filing    = []party.Role{party.Administrator, party.Operator}
	deciding  = []party.Role{party.Administrator}
	answering = []party.Role{party.HeadOfAgency, party.Application} // read each record of the agency; the others their own
	asking    = []party.Role{party.Officer, party.Application}
	everybody = []party.Role{
		party.Officer, party.HeadOfAgency, party.AgencyAdmin, party.Application, party.Administrator, party.Operator, party.Auditor,
		party.CitizenPortal,
	}
)

// rules is the one table of who may do what. Whose data it may be about follows from the side: an agency's people reach their agency's own,
// the provider's all.
var rules = map[Act]rule{
	ToArrive: {open: true, label: "Halaman umum"},

	ToSignIn:   {roles: everybody, label: "Masuk", works: true, owing: leading, other: Method},
	ToLookup:   {roles: asking, label: "Pencarian", works: true, other: Method},
	ToMatch:    {roles: asking, label: "Pencocokan", works: true, other: Method},
	ToCard:     {roles: asking, label: "Pembacaan KTP-el", other: Method}, // what it rests on is as of the reading: see decideCard
	ToActivate: {roles: everybody, label: "Aktivasi user ID", fresh: true},
	ToAsk:      {roles: asking, label: "Halaman pencarian"},
	ToReview:   {roles: agencys, label: "Riwayat akses", works: true},
	ToDeliver: {roles: []party.Role{party.Officer, party.HeadOfAgency, party.AgencyAdmin, party.Application, Token}, label: "Data balikan",
		other: Method},
	ToFigures: {roles: people, label: "Dasbor", works: true},
	ToOwn:     {roles: leading, label: "Kewajiban instansi"},
	ToOversee: {roles: leading, label: "Halaman instansi", works: true},
	ToManage:  {roles: []party.Role{party.AgencyAdmin}, label: "Pengelolaan pengguna instansi", works: true},
	ToAdmit:   {roles: leading, label: "Persetujuan loket", works: true},
	ToNotices: {roles: []party.Role{party.Officer, party.HeadOfAgency, party.AgencyAdmin, party.Administrator, party.Operator,
		party.Auditor}, label: "Pemberitahuan"},
	ToAccount: {roles: []party.Role{party.Officer, party.HeadOfAgency, party.AgencyAdmin, party.Administrator, party.Operator,
		party.Auditor}, label: "Akun sendiri"},
	ToWitness:  {roles: agencys, label: "Jurnal instansi", other: Method},
	ToReaders:  {roles: agencys, label: "Alat pembaca", other: Method, with: agreement.Reader},
	ToCanaries: {roles: agencys, label: "Orang uji", other: Method},
	ToEnrol:    {roles: []party.Role{Token}, label: "Pendaftaran loket"},
	ToKnow:     {roles: []party.Role{Token}, label: "Keadaan token"},
	ToRedeem:   {roles: []party.Role{Token, party.CitizenPortal}, label: "Pengambilan token"},

	ToLook:   {roles: staff, label: "Halaman konsol"},
	ToFile:   {roles: filing, label: "Berkas konsol"},
	ToJudge:  {roles: deciding, label: "Keputusan konsol"},
	ToSet:    {roles: deciding, label: "Pengaturan konsol"},
	ToTell:   {roles: filing, label: "Riwayat penduduk"},
	ToTrace:  {roles: deciding, label: "Penelusuran akses insiden"},
	ToSearch: {roles: []party.Role{party.Administrator, party.Auditor}, label: "Pencarian jurnal"},
	ToUses:   {roles: []party.Role{party.CitizenPortal}, label: "Riwayat untuk portal penduduk", other: Method},
}

// For reports whether a role may do the act at all; where and to whose data is Authorise's.
func (a Act) For(r party.Role) bool { return slices.Contains(rules[a].roles, r) }

// Gated reports whether a gate authorises the act itself, together with the act's record.
func (a Act) Gated() bool { return a == ToSignIn || a == ToLookup || a == ToMatch || a == ToCard }

// Label is the act in Indonesian; empty when there is no such act.
func (a Act) Label() string { return rules[a].label }
