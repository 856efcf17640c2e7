package procedure

import (
	"reflect"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/party"
)

func TestWhatIsLeftEmptyIsMadeOfWhatWasFilledIn(t *testing.T) {
	x := facts()
	filled := func(key string, values map[string]string) map[string]string {
		in := Input{LetterDay: day, Values: values}
		return find(t, key).Steps[0].Filled(in, x).Values
	}
	got := filled("instansi", map[string]string{"nama_instansi": "Dinas Perikanan"})
	if got["kepala_jabatan"] != "Kepala Dinas Perikanan" || got["kepala_sejak"] != day.Format(time.DateOnly) {
		t.Error(got)
	}
	got = filled("instansi", map[string]string{"nama_instansi": "RSUD", "kepala_jabatan": "Direktur", "kepala_sejak": "2025-01-02"})
	if got["kepala_jabatan"] != "Direktur" || got["kepala_sejak"] != "2025-01-02" {
		t.Error("what was filled in is changed", got)
	}
	if got = filled("instansi", nil); got["kepala_jabatan"] != "" {
		t.Error("made of nothing", got)
	}
	if got = filled("user-id", map[string]string{"nama": " Pu'spita  Arum"}); got["user_id"] != "puspita.dinrekaan" {
		t.Error(got["user_id"])
	}
	text := "key = \"a\"\nname = \"A\"\nclause = \"-\"\nneeds = \"agency\"\n[[step]]\nkey = \"s\"\nname = \"S\"\nby = " +
		"\"agency\"\n[[step.field]]\nkey = \"f\"\nname = \"F\"\nkind = \"text\"\ndefault = \"{f}\"\n"
	if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(text)}}, "p"); err == nil {
		t.Error("a field that is made of itself loads")
	}
}

// Who decided and had a letter made with it decides again; who filled a step in does not.
func TestALetterMadeWithADecisionIsNoStepOfItsAuthor(t *testing.T) {
	x := facts()
	c := Case{Agency: 7, Procedure: find(t, "user-id"), State: Open, Taken: []Taken{
		{Step: "permohonan", By: 1, Values: map[string]string{"user_id": "petugas.rekaan"}}, {Step: "keputusan", By: 2, Verdict: Approve},
		{Step: "bast", By: 2}, {Step: "penyerahan", By: 1},
	}}
	if err := c.MayTake(2, party.Administrator, x); err != nil {
		t.Error(err)
	}
	if err := c.MayTake(1, party.Administrator, x); err != ErrFourEyes {
		t.Error("who uploaded the papers confirms them:", err)
	}
	c.Taken[3].By = 2
	if err := c.MayTake(2, party.Administrator, x); err != ErrFourEyes {
		t.Error("who decided and uploaded the papers confirms them:", err)
	}
}

func TestAHandOverNotesTheNDAThatWasSignedWithTheBAST(t *testing.T) {
	x := facts()
	c := Case{Agency: 7, Procedure: find(t, "user-id"), State: Open, Taken: []Taken{{Step: "permohonan", By: 1,
		Values: map[string]string{"user_id": "petugas.rekaan", "masa_berlaku": "90"}}, {Step: "keputusan", By: 2}, {Step: "bast", By: 2},
		{Step: "penyerahan", By: 1, Values: map[string]string{}}}}
	made := func(values map[string]string) []Effect {
		t.Helper()
		c.Taken[3].Values = values
		r, err := c.Take(Input{By: 2, Role: party.Administrator, At: x.Now, Verdict: Approve}, x)
		if err != nil {
			t.Fatal(err)
		}
		return r.Effects
	}
	slip := IssueLink{User: x.Users[0], Life: 90 * 24 * time.Hour}
	if got := made(map[string]string{"nda_ditandatangani": "2026-09-15", "nda_formulir": "F/1"}); len(got) != 2 ||
		!reflect.DeepEqual(got[0], Effect(slip)) || !reflect.DeepEqual(got[1], Effect(SignNDA{x.Users[0], time.Date(2026, 9, 15, 0, 0,
		0, 0, time.UTC), "F/1"})) {
		t.Errorf("%+v", got)
	}
	if got := made(map[string]string{"nda_formulir": "F/1"}); len(got) != 1 || !reflect.DeepEqual(got[0], Effect(slip)) {
		t.Errorf("an NDA that comes later: %+v", got)
	}
}

func TestADecisionNamesWhatComesAfterIt(t *testing.T) {
	x := newcomer()
	next := func(key string, taken int) string {
		c := Case{Procedure: find(t, key), State: Open}
		for _, s := range c.Procedure.Steps[:taken] {
			c.Taken = append(c.Taken, Taken{Step: s.Key})
		}
		s, _ := c.Onward(x)
		return s.Procedure
	}
	last := func(key string) int { return len(find(t, key).Steps) - 1 }
	for _, c := range []struct {
		key   string
		taken int
		want  string
	}{
		{"instansi", last("instansi"), "pks"}, {"pks", last("pks"), "user-id"}, {"pks", 1, ""},
		{"user-id", last("user-id"), ""}, // its sheet has to be printed first
		{"penangguhan", 0, ""},
	} {
		if got := next(c.key, c.taken); got != c.want {
			t.Errorf("after step %d of %s: %q, want %q", c.taken, c.key, got, c.want)
		}
	}
	path := Path(x)
	if i := slices.IndexFunc(path, func(s Stage) bool { return s.Procedure == "nda" }); !slices.Contains(path[i].Within, "user-id") {
		t.Error("an NDA is signed with the request for a user id, too")
	}
}
