package procedure

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// asked is a case of a procedure as an agency's administrator begins it.
func asked(t *testing.T, key string) Case {
	t.Helper()
	return Case{ID: 1, Agency: 7, Procedure: find(t, key), State: Open}
}

// The administrator of an agency takes the request, which is the first step of a procedure that says so, and the statement that is asked
// of the agency, and nothing else.
func TestAnAgencysAdministratorAsksAndTakesNoFurtherStep(t *testing.T) {
	may := map[string]bool{"user-id": true, "tautan": true, "perubahan-user": true, "pengaktifan-user": true, "token": true,
		"aplikasi": true, "aplikasi-berakhir": true, "poc": true}
	for _, p := range Defaults() {
		c := Case{ID: 1, Agency: 7, Procedure: p, State: Open}
		for i := range p.Steps {
			mine := may[p.Key] && i == 0 || p.Key == "keberatan" && i == 1
			if err := c.MayTake(9, party.AgencyAdmin, facts()); (err == nil) != mine {
				t.Errorf("%s, %s: %v", p.Key, p.Steps[i].Key, err)
			}
			if err := c.MayTake(9, party.HeadOfAgency, facts()); err == nil {
				t.Errorf("%s, %s by the head", p.Key, p.Steps[i].Key)
			}
			c.Taken = append(c.Taken, Taken{Step: p.Steps[i].Key, By: 5})
		}
	}
	// What was asked is decided by the provider's administrator, who still needs to be another person than whoever filled a step in.
	c := asked(t, "user-id")
	c.Taken = []Taken{{Step: "permohonan", By: 9}}
	if err := c.MayTake(1, party.Administrator, facts()); err != nil {
		t.Error(err)
	}
	if err := c.MayTake(9, party.Administrator, facts()); !errors.Is(err, ErrFourEyes) {
		t.Error(err)
	}
}

// A draft is what the first step will be: checked like it, without letter and scan; kept where the form is silent, changed where it speaks.
func TestADraftBecomesTheRequest(t *testing.T) {
	x, c := facts(), asked(t, "user-id")
	in := input(c.Next(), 9, party.AgencyAdmin)
	in.Letter, in.Scans = "", 0
	draft, err := c.Fill(in, x)
	if err != nil || draft["nik"] != "3303014507900002" || draft["user_id"] != "petugas.baru" {
		t.Fatalf("%v %v", draft, err)
	}
	bad := in
	bad.Values = maps.Clone(in.Values)
	bad.Values["nik"], bad.Values["nama"] = "1", ""
	_, err = c.Fill(bad, x)
	if faults := told.Invalids(err); faults.Of("nik") == "" || len(faults) != 1 {
		t.Errorf("%v", err)
	}
	// Half of it is kept, and not sent.
	bad.Values["nik"] = ""
	half := asked(t, "user-id")
	if half.Draft, err = half.Fill(bad, x); err != nil || half.Draft["jabatan"] != "teks" {
		t.Fatal("nothing typed is lost:", half.Draft, err)
	}
	if !slices.Equal(half.Missing(), []string{"NIK", "Nama lengkap"}) {
		t.Errorf("what is missing: %q", half.Missing())
	}
	_, err = half.Take(Input{By: 9, Role: party.AgencyAdmin, At: day, Letter: "470/1", LetterDay: day, Scans: 1}, x)
	if faults := told.Invalids(err); faults.Of("nik") == "" || faults.Of("nama") == "" || len(faults) != 2 {
		t.Errorf("an incomplete request is sent: %v", err)
	}
	for _, role := range []party.Role{party.HeadOfAgency, party.Officer} {
		in.Role = role
		if _, err := c.Fill(in, x); !errors.Is(err, ErrReadOnly) {
			t.Errorf("%s: %v", role, err)
		}
	}
	if c.Draft = draft; !c.Asked() || !c.Waits() || c.Value("nama") != "teks" {
		t.Error("a draft is not seen")
	}
	sent, err := c.Take(Input{By: 9, Role: party.AgencyAdmin, At: day, Letter: "470/1", LetterDay: day, Scans: 1,
		Values: map[string]string{"nik": "", "nama": "Lain"}}, x)
	if err != nil || sent.Taken.Values["nik"] != draft["nik"] || sent.Taken.Values["nama"] != "Lain" ||
		sent.Taken.Values["jabatan"] != "teks" {
		t.Fatalf("%v %v", sent, err)
	}
	if _, err := c.Take(Input{By: 9, Role: party.AgencyAdmin, At: day, Letter: "470/1", LetterDay: day}, x); told.Invalids(err).Of(
		"pindaian") == "" {
		t.Errorf("sent without the head's letter: %v", err)
	}
	if _, err := c.Take(Input{By: 9, Role: party.AgencyAdmin, At: day, Scans: 1}, x); told.Invalids(err).Of("surat") == "" {
		t.Errorf("sent without a letter: %v", err)
	}
	if r, err := c.TakeBack(Input{By: 9, Role: party.AgencyAdmin, At: day, Reason: "keliru"}, facts()); err != nil || r.State != Withdrawn {
		t.Error(r, err)
	}
	c.Taken = append(c.Taken, sent.Taken)
	back := Input{By: 9, Role: party.AgencyAdmin, At: day, Reason: "keliru"}
	if r, err := c.TakeBack(back, facts()); err != nil || r.State != Withdrawn {
		t.Error("what waits for its decision is not withdrawn by the agency", err)
	}
	if _, err := c.Fill(in, x); err == nil || c.Asked() || c.Waits() {
		t.Error("what was sent is filled in again")
	}
	c.Taken = append(c.Taken, Taken{Step: "keputusan", By: 1, Verdict: Approve})
	if _, err := c.TakeBack(back, facts()); !errors.Is(err, ErrReadOnly) || c.MayTakeBack() {
		t.Error("what was decided is withdrawn by the agency", err)
	}
	other := Case{ID: 2, Agency: 7, Procedure: find(t, "penonaktifan-user"), State: Open}
	if _, err := other.TakeBack(back, facts()); !errors.Is(err, ErrReadOnly) {
		t.Error("a case of the office is withdrawn by the agency", err)
	}
}

// What somebody outside orders to be kept from an agency never shows there; what the office proposes shows when it is over.
func TestAnAgencySeesWhatIsItsOwn(t *testing.T) {
	for key, want := range map[string][2]bool{"user-id": {true, true}, "pks": {true, true}, "penangguhan": {false, true},
		"evaluasi": {false, true}, "penahanan-riwayat": {false, false}} {
		p := find(t, key)
		if got := [2]bool{p.SeenByAgency(Open), p.SeenByAgency(Done)}; got != want {
			t.Errorf("%s: %v, want %v", key, got, want)
		}
	}
}

// TestWhatAnAgencyAsksForIsARequestAndNothingElse, and a withdrawal changes nothing that would need a form or a second person.
func TestWhatAnAgencyAsksForIsARequestAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(p *Procedure)
		says  string
	}{
		"as it is":                         {func(*Procedure) {}, ""},
		"by the office":                    {func(p *Procedure) { p.Steps[0].By = "provider" }, "agency_asks"},
		"a decision":                       {func(p *Procedure) { p.Steps[0].Decision = true }, "agency_asks"},
		"the office's letter":              {func(p *Procedure) { p.Steps[0].Document = "nda" }, "agency_asks"},
		"an effect":                        {func(p *Procedure) { p.Steps[0].Effect = "suspend" }, "agency_asks"},
		"of the provider":                  {func(p *Procedure) { p.Needs = "provider" }, "agency_asks"},
		"hidden":                           {func(p *Procedure) { p.AgencySees = "closed" }, "agency_sees"},
		"seen by whim":                     {func(p *Procedure) { p.AgencyAsks, p.AgencySees = false, "sometimes" }, "agency_sees"},
		"an unknown withdrawal":            {func(p *Procedure) { p.Withdrawn = "fly" }, "withdrawn"},
		"a withdrawal that opens":          {func(p *Procedure) { p.Withdrawn = "reinstate" }, "withdrawn"},
		"a withdrawal that needs a reader": {func(p *Procedure) { p.Withdrawn = "deactivate-readers" }, "withdrawn"},
		"a withdrawal that needs nothing":  {func(p *Procedure) { p.Withdrawn = "withdraw-extension" }, ""},
	} {
		p := find(t, "user-id").copyOf()
		c.spoil(p)
		if err := p.check(); (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(effects["deactivate-readers"].asks()); n != 1 {
		t.Errorf("deactivate-readers needs %d fields: take another that needs one", n)
	}
}
