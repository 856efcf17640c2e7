package procedure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// A draft of a procedure's file: values by key of its head, of its first step and of that step's field, as TOML writes them.
type draft struct{ head, step, field map[string]string }

func whole() draft {
	return draft{map[string]string{"key": `"a"`, "name": `"A"`, "clause": `"-"`, "needs": `"agency"`},
		map[string]string{"key": `"s"`, "name": `"S"`, "by": `"provider"`},
		map[string]string{"key": `"x"`, "name": `"X"`, "kind": `"text"`}}
}

// read reads the draft with changes: "step.by", "agency" and so on; an empty value leaves a key out.
func (d draft) read(changes ...string) error {
	of := map[string]map[string]string{"head": maps.Clone(d.head), "step": maps.Clone(d.step), "field": maps.Clone(d.field)}
	for i := 0; i < len(changes); i += 2 {
		part, key, _ := strings.Cut(changes[i], ".")
		of[part][key] = changes[i+1]
	}
	var b strings.Builder
	for _, part := range []struct{ name, begin string }{{"head", ""}, {"step", "[[step]]\n"}, {"field", "[[step.field]]\n"}} {
		b.WriteString(part.begin)
		for _, key := range slices.Sorted(maps.Keys(of[part.name])) {
			if v := of[part.name][key]; v != "" {
				fmt.Fprintf(&b, "%s = %s\n", key, v)
			}
		}
	}
	_, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(b.String())}}, "p")
	return err
}

// Each thing that a file may have wrong is refused by itself, everything else being right; what is right is read.
func TestEachFaultOfAFileIsRefusedByItself(t *testing.T) {
	for _, right := range [][]string{
		nil, {"step.scan", `"may"`}, {"step.scan", `"must"`}, {"step.by", `"agency"`}, {"head.needs", `"agreement"`},
		{"head.needs", `"provider"`}, {"step.document", `"bast-token"`}, {"step.document", `"bast-token"`, "step.enclosed", `["nda"]`},
		{"step.document", `"bast-token"`, "step.letterhead", `"agency"`}, {"head.agency_sees", `"closed"`}, {"head.agency_sees", `"never"`},
		{"step.by", `"agency"`, "step.agency_takes", "true"}, {"step.by", `"agency"`, "head.agency_asks", "true"},
		{"step.by", `"agency"`, "head.agency_asks", "true", "head.form", `"nda"`},
		{"field.kind", `"date"`, "field.min", `["hari_ini"]`, "field.max", `["hari_ini"]`},
		{"field.key", `"pengguna"`, "field.kind", `"user"`, "step.effect", `"deactivate-user"`},
		{"field.kind", `"number"`}, {"field.kind", `"nik"`}, {"step.by", `"agency"`, "step.letter", "true"},
	} {
		if err := whole().read(right...); err != nil {
			t.Errorf("%q: %v", right, err)
		}
	}
	asks := []string{"head.agency_asks", "true", "step.by", `"agency"`}
	takes := []string{"step.agency_takes", "true", "step.by", `"agency"`}
	for _, wrong := range [][]string{
		{"head.key", ""}, {"head.name", ""}, {"head.clause", ""}, {"head.needs", `"nobody"`}, {"head.agency_sees", `"rarely"`},
		{"step.key", ""}, {"step.name", ""}, {"step.by", `"nobody"`}, {"step.scan", `"perhaps"`},
		{"step.enclosed", `["nda"]`}, {"step.document", `"none"`}, {"step.document", `"bast-token"`, "step.enclosed", `["none"]`},
		{"step.letterhead", `"agency"`}, {"step.document", `"bast-token"`, "step.letterhead", `"nobody"`},
		{"step.otherwise", `"deactivate-user"`}, {"step.effect", `"none"`}, {"head.withdrawn", `"none"`}, {"head.withdrawn", `"restore"`},
		{"head.form", `"none"`}, {"head.form", `"nda"`},
		{"field.kind", `"date"`}, {"field.kind", `"date"`, "field.min", `["hari_ini"]`}, {"field.kind", `"date"`, "field.max", `["hari_ini"]`},
		{"field.min", `["hari_ini"]`}, {"field.max", `["hari_ini"]`},
		{"field.key", `"pengguna"`, "field.kind", `"user"`, "step.effect", `"deactivate-user"`, "field.each", `"own"`, "step.persons", "5"},
		{"step.effect", `"deactivate-user"`}, {"field.key", `"pengguna"`, "step.effect", `"deactivate-user"`},
		{"field.key", ""}, {"field.name", ""}, {"field.kind", `"none"`}, {"field.kind", `"choice"`}, {"field.preset", `"{none}"`},
		{"field.default", `"{none}"`}, {"field.default", `"{x}"`},
		slices.Concat(asks, []string{"step.by", `"provider"`}), slices.Concat(asks, []string{"step.decision", "true"}),
		slices.Concat(asks, []string{"step.document", `"bast-token"`}), slices.Concat(asks, []string{"head.needs", `"provider"`}),
		slices.Concat(asks, []string{"head.agency_sees", `"closed"`}),
		slices.Concat(asks, []string{"step.effect", `"deactivate-user"`, "field.key", `"pengguna"`, "field.kind", `"user"`}),
		slices.Concat(takes, []string{"step.by", `"provider"`}), slices.Concat(takes, []string{"step.decision", "true"}),
		slices.Concat(takes, []string{"step.letter", "true"}), slices.Concat(takes, []string{"step.scan", `"may"`}),
		slices.Concat(takes, []string{"step.document", `"bast-token"`}), slices.Concat(takes, []string{"head.agency_sees", `"never"`}),
		slices.Concat(takes, []string{"head.needs", `"provider"`}),
		slices.Concat(takes, []string{"step.effect", `"deactivate-user"`, "field.key", `"pengguna"`, "field.kind", `"user"`}),
	} {
		if err := whole().read(wrong...); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

// A reason is kept as it was typed, is at most 2,000 characters long and holds no NIK; a refusal needs one.
func TestAReasonIsKeptBoundedAndWithoutANIK(t *testing.T) {
	decide := func(verdict, reason string) (Result, error) {
		c := asked(t, "user-id")
		c.Taken = []Taken{{Step: "permohonan", By: 5, Values: map[string]string{}}}
		in := input(c.Next(), 6, party.Administrator)
		in.Verdict, in.Reason = verdict, reason
		return c.Take(in, facts())
	}
	for reason, wrong := range map[string]string{
		"belum lengkap": "", strings.Repeat("a", 2000): "", strings.Repeat("a", 2001): "Alasan paling panjang 2.000 karakter.",
		"tentang 3303014507900002": "Alasan ", "": "Alasan penolakan harus diisi.", " \t": "Alasan penolakan harus diisi.",
	} {
		r, err := decide(Refuse, reason)
		got := told.Invalids(err).Of("alasan")
		if !strings.HasPrefix(got, wrong) || (wrong == "") != (got == "") || strings.Contains(got, "3303014507900002") {
			t.Errorf("%.20q: %q, %v", reason, got, err)
		}
		if wrong == "" && r.Taken.Values["alasan"] != reason {
			t.Errorf("%.20q is kept as %.20q", reason, r.Taken.Values["alasan"])
		}
	}
	if r, _ := decide(Refuse, " belum  lengkap "); r.Taken.Values["alasan"] == "" || strings.HasPrefix(r.Taken.Values["alasan"], " ") {
		t.Errorf("blanks: %q", r.Taken.Values["alasan"])
	}
}

// What the agency's administrator asked for is theirs to take back until the office has done something, and never without having asked.
func TestWhatWasAskedIsTakenBackUntilItIsAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		taken int
		draft bool
		state State
		asks  bool
		may   bool
	}{
		"asked": {1, false, Open, true, true}, "drafted": {0, true, Open, true, true}, "begun by the office": {0, false, Open, true, false},
		"answered": {2, false, Open, true, false}, "over": {1, false, Done, true, false}, "of the office": {1, false, Open, false, false},
	} {
		file := Case{Procedure: &Procedure{AgencyAsks: c.asks}, State: c.state, Taken: make([]Taken, c.taken)}
		if c.draft {
			file.Draft = map[string]string{}
		}
		if got := file.MayTakeBack(); got != c.may {
			t.Errorf("%s: %v", name, got)
		}
	}
}
