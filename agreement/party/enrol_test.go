package party

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gapura/internal/told"
)

// The people about a desk's request. The code was made by the administrator maker.
var (
	deskHead   = User{ID: 11, Institution: 4, Role: HeadOfAgency}
	deskAdmin  = User{ID: 12, Institution: 4, Role: AgencyAdmin}
	maker      = User{ID: 21, Institution: Provider, Role: Administrator}
	otherAdmin = User{ID: 22, Institution: Provider, Role: Administrator}
)

func deskRequest() DeskRequest {
	return DeskRequest{ID: 1, Agency: 4, Cosigner: "new", CodeBy: maker.ID, Asked: noon, Until: noon.Add(DeskRequestLife)}
}

func TestADeskIsApprovedByTheAgencyAndByAnotherAdministratorWhenItReplacesAKey(t *testing.T) {
	for name, c := range map[string]struct {
		who      User
		inForce  string // the cosigner's key before
		kind     told.Kind
		byAgency int64 // who approved before
		byOffice int64
	}{
		"the head, for the first desk":                 {deskHead, "", "", 0, 0},
		"the agency's administrator":                   {deskAdmin, "", "", 0, 0},
		"the head, for the same key":                   {deskHead, "new", "", 0, 0},
		"the head, for another key":                    {deskHead, "old", "", 0, 0},
		"another administrator, for another key":       {otherAdmin, "old", "", 0, 0},
		"the office, when nothing is replaced":         {otherAdmin, "", told.Refused, 0, 0},
		"the office, for the same key":                 {otherAdmin, "new", told.Refused, 0, 0},
		"who made the code":                            {maker, "old", told.Refused, 0, 0},
		"the agency again":                             {deskAdmin, "old", told.Refused, deskHead.ID, 0},
		"the office again":                             {otherAdmin, "old", told.Refused, 0, 23},
		"the office after the agency":                  {otherAdmin, "old", "", deskHead.ID, 0},
		"the agency after the office":                  {deskHead, "old", "", 0, otherAdmin.ID},
		"another agency's head":                        {User{ID: 31, Institution: 5, Role: HeadOfAgency}, "", told.Forbidden, 0, 0},
		"an officer":                                   {User{ID: 13, Institution: 4, Role: Officer}, "", told.Forbidden, 0, 0},
		"an operator of the office":                    {User{ID: 24, Institution: Provider, Role: Operator}, "old", told.Forbidden, 0, 0},
		"who calls themselves administrator elsewhere": {User{ID: 32, Institution: 5, Role: Administrator}, "old", told.Forbidden, 0, 0},
		"the office's own head": {User{ID: 25, Institution: Provider, Role: HeadOfAgency}, "old", told.Forbidden,
			0, 0},
	} {
		r := deskRequest()
		r.AgencyBy, r.ProviderBy = c.byAgency, c.byOffice
		err := r.MayApprove(c.who, c.inForce, noon)
		said, _ := errors.AsType[*told.Error](err)
		if (err == nil) != (c.kind == "") || said != nil && said.Kind != c.kind {
			t.Errorf("%s: %v", name, err)
		}
		after, again := r.Approve(c.who, c.inForce, noon)
		if (again == nil) != (err == nil) || err != nil && after != r {
			t.Errorf("%s: %v changes %+v", name, again, after)
		}
	}
}

func TestNobodyApprovesADeskBesideThemselves(t *testing.T) {
	r, same := deskRequest(), Identity{NIP: "19700302 199503 1 001"}
	head, office := deskHead, otherAdmin
	head.Identity, office.Identity = same, same
	r.AgencyBy = head.ID
	if err := r.MayApprove(office, "old", noon, head); err == nil {
		t.Error("who approved for the agency approves for the office, with another user id")
	}
	r.AgencyBy = 0
	code := maker
	code.Identity = same
	if err := r.MayApprove(head, "", noon, code); err == nil {
		t.Error("who made the code approves for the agency")
	}
	if err := r.MayApprove(head, "", noon, maker); err != nil {
		t.Error(err)
	}
}

func TestADeskIsEnrolledWhenTheLastOfThoseApprovesWhoMust(t *testing.T) {
	at := noon.Add(time.Hour)
	alone, err := deskRequest().Approve(deskHead, "", at)
	if err != nil || alone.AgencyBy != deskHead.ID || !alone.AgencyAt.Equal(at) || !alone.Enrolled.Equal(at) ||
		alone.At(at) != DeskEnrolled {
		t.Errorf("a first desk: %+v %v", alone, err)
	}
	for _, order := range [][]User{{deskHead, otherAdmin}, {otherAdmin, deskAdmin}} {
		r := deskRequest()
		for i, u := range order {
			if r.Approved("old") || r.At(at) != DeskWaits {
				t.Errorf("in force after %d of two", i)
			}
			if r, err = r.Approve(u, "old", at); err != nil {
				t.Fatal(err)
			}
		}
		if !r.Approved("old") || !r.Enrolled.Equal(at) || r.ProviderBy != otherAdmin.ID || !r.ProviderAt.Equal(at) ||
			!r.AgencyAt.Equal(at) {
			t.Errorf("after both: %+v", r)
		}
		if _, err := r.Approve(deskHead, "old", at); err == nil {
			t.Error("approved after its end")
		}
	}
}

func TestARequestOfADeskWaitsAWeekAndIsDecidedOnce(t *testing.T) {
	r := deskRequest()
	if r.At(noon.AddDate(0, 0, 7)) != DeskWaits || r.At(noon.AddDate(0, 0, 7).Add(1)) != DeskLapsed {
		t.Error("a request lives a week")
	}
	late := r.Until.Add(1)
	if r.MayApprove(deskHead, "", late) == nil {
		t.Error("approved too late")
	}
	if _, err := r.Refuse(deskHead, "Mesin tidak dikenal", late); err == nil {
		t.Error("refused too late")
	}
	for name, u := range map[string]User{"head": deskHead, "agency's administrator": deskAdmin, "maker": maker,
		"administrator": otherAdmin} {
		no, err := r.Refuse(u, "Mesin tidak dikenal", noon)
		if err != nil || no.At(noon) != DeskRefused || no.Why != "Mesin tidak dikenal" || !no.Refused.Equal(noon) {
			t.Errorf("%s refuses: %+v %v", name, no, err)
		}
		if no.MayApprove(deskHead, "", noon) == nil {
			t.Error("approved after a refusal")
		}
	}
	for name, u := range map[string]User{"another agency's head": {ID: 31, Institution: 5, Role: HeadOfAgency},
		"an officer": {ID: 13, Institution: 4, Role: Officer}, "an operator": {ID: 24, Institution: Provider, Role: Operator},
		"an administrator of nowhere": {ID: 32, Institution: 5, Role: Administrator}} {
		if after, err := r.Refuse(u, "Mesin tidak dikenal", noon); err == nil || after != r {
			t.Errorf("%s refuses", name)
		}
	}
}

// The words are compared on two screens, which may show programs of different versions: the same keys give the same words for ever.
func TestTheWordsOfADeskNameItsKeys(t *testing.T) {
	desk := Desk{Pin: strings.Repeat("\x01", 32), Key: "desk+0a1b+AbCd"}
	r := DeskRequest{Desk: desk, Cosigner: "cosigner+0c0d+EfGh"}
	const want = "kadiz jogal nihin junah munof"
	if got := r.Words(); got != want {
		t.Errorf("%q", got)
	}
	for what, other := range map[string]string{
		"certificate": DeskWords(Desk{Pin: strings.Repeat("\x02", 32), Key: desk.Key}, r.Cosigner),
		"key":         DeskWords(Desk{Pin: desk.Pin, Key: "desk+0a1b+AbCe"}, r.Cosigner),
		"cosigner":    DeskWords(desk, "cosigner+0c0d+EfGi"),
		"no pin":      DeskWords(Desk{Key: desk.Key}, r.Cosigner),
	} {
		if other == want {
			t.Errorf("another %s has the same words", what)
		}
	}
}

// The examples of the proposal (arXiv:0901.4016).
func TestWordsAreProquints(t *testing.T) {
	for n, word := range map[uint16]string{0x7f00: "lusab", 0x0001: "babad", 0x3f54: "gutih", 0xdcc1: "tugad", 0x8c62: "mudof",
		0xc18d: "sakat", 0x40ff: "haguz", 0x06c8: "biram", 0xffff: "zuzuz"} {
		if got := proquint(n); got != word {
			t.Errorf("%04x: %q, want %q", n, got, word)
		}
	}
}

func TestEachPartOfADesksStatementIsSigned(t *testing.T) {
	one := DeskStatement{Agency: "dinpertan", Code: "c", Old: "o", Desk: Desk{Pin: "p", Key: "k"}, Cosigner: "s", At: noon}
	for what, change := range map[string]func(*DeskStatement){
		"agency": func(s *DeskStatement) { s.Agency = "dinsos" }, "code": func(s *DeskStatement) { s.Code = "d" },
		"old key": func(s *DeskStatement) { s.Old = "" }, "certificate": func(s *DeskStatement) { s.Desk.Pin = "q" },
		"key": func(s *DeskStatement) { s.Desk.Key = "l" }, "cosigner": func(s *DeskStatement) { s.Cosigner = "t" },
		"time": func(s *DeskStatement) { s.At = noon.Add(time.Microsecond) },
		"key that ends in the line of the cosigner": func(s *DeskStatement) { s.Desk.Key, s.Cosigner = "k\"\ns", "" },
	} {
		other := one
		change(&other)
		if string(other.Text()) == string(one.Text()) {
			t.Errorf("another %s has the same text", what)
		}
	}
	if strings.Contains(string(DeskStatement{Code: "rahasia-sekali"}.Text()), "rahasia-sekali") {
		t.Error("the statement tells the code")
	}
}

func TestARenewalIsOfNowAndAfterTheEnrolmentThatItRenews(t *testing.T) {
	since := noon.Add(-time.Hour)
	for name, c := range map[string]struct {
		at    time.Time
		fresh bool
	}{
		"now": {noon, true}, "five minutes ago": {noon.Add(-5 * time.Minute), true}, "longer ago": {noon.Add(-5*time.Minute - 1), false},
		"a clock that is fast": {noon.Add(5 * time.Minute), true}, "one that is too fast": {noon.Add(5*time.Minute + 1), false},
	} {
		if got := (DeskStatement{At: c.at}).Fresh(noon, since); got != c.fresh {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (DeskStatement{At: noon}).Fresh(noon, noon) || !(DeskStatement{At: noon.Add(1)}).Fresh(noon, noon) {
		t.Error("a statement counts for the enrolment that it made")
	}
}
