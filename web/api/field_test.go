package api_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gapura/demo"
	"gapura/person/population"
)

// A fieldCase is a claim of testdata/field with what is right.
type fieldCase struct {
	NIK      string
	Claims   map[string]any
	Expected string // match, mismatch, 422, or the score of a name
}

// fieldCases reads the files as they came; each tells its cases in its own way.
func fieldCases(t *testing.T) (all []fieldCase) {
	t.Helper()
	read := func(file string, into any) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join("testdata", "field", file))
		if err == nil {
			err = json.Unmarshal(b, into)
		}
		if err != nil {
			t.Fatal(file, err)
		}
	}
	address := func(part, text string) map[string]any { return map[string]any{"alamat": map[string]any{part: text}} }

	var dates struct {
		NIK   string
		Cases []fieldCase
	}
	read("01-unreadable-claims.json", &dates)
	for _, c := range dates.Cases {
		all = append(all, fieldCase{dates.NIK, c.Claims, c.Expected})
	}

	var noRT struct {
		NIK    string
		Claims map[string]any
		Also   []string
	}
	read("02-no-rt.json", &noRT)
	all = append(all, fieldCase{noRT.NIK, noRT.Claims, "match"})
	for _, text := range noRT.Also {
		for _, part := range []string{"rt", "rw"} {
			all = append(all, fieldCase{noRT.NIK, address(part, text), "match"})
		}
	}

	var areas struct {
		Claims  map[string]any
		Also    []map[string]string
		Control map[string]string
	}
	read("06-kabupaten.json", &areas)
	all = append(all, fieldCase{dates.NIK, areas.Claims, "match"}, fieldCase{dates.NIK, address("kabupaten", areas.Control["kabupaten"]),
		areas.Control["expected"]})
	for _, also := range areas.Also {
		for part, text := range also {
			all = append(all, fieldCase{dates.NIK, address(part, text), "match"})
		}
	}

	var names struct {
		Cases []struct {
			NIK, Claim string
			Expected   any
		}
	}
	read("07-names.json", &names)
	for _, c := range names.Cases {
		want := "below 100"
		if score, ok := c.Expected.(float64); ok {
			want = strconv.Itoa(int(score))
		}
		all = append(all, fieldCase{c.NIK, map[string]any{"nama_lengkap": c.Claim}, want})
	}
	return all
}

// TestFilesThatFailedInTheFieldAtTheDoor: the files are held against the door as they came, on the registries that came with them.
func TestFilesThatFailedInTheFieldAtTheDoor(t *testing.T) {
	d := newDoor(t)
	token := d.account("dinpertan").Token
	rows := func(yield func(population.Row, error) bool) {
		for _, file := range []string{"01-registry.csv", "02-registry-no-rt.csv", "07-registry-names.csv"} {
			b, err := os.ReadFile(filepath.Join("..", "..", "person", "population", "testdata", "field", file))
			if err != nil {
				t.Fatal(err)
			}
			f, err := population.Reading{Kind: population.Full, Today: now}.Open(strings.NewReader(string(b)), int64(len(b)))
			if err != nil {
				t.Fatal(err)
			}
			for row, err := range f.Rows() {
				if !yield(row, err) {
					return
				}
			}
		}
	}
	in := population.Import{Report: population.Report{Kind: population.Full}, AsOf: now, At: now, Rows: rows}
	if report, err := d.st.Registry.Import(t.Context(), in); err != nil || report.Total != 4 {
		t.Fatal(report.Total, err)
	}
	all := fieldCases(t)
	if len(all) < 20 {
		t.Fatalf("%d cases", len(all))
	}
	for _, c := range all {
		sent, err := json.Marshal(map[string]any{"nik": c.NIK, "purpose": demo.Purpose, "reference": "F-1", "claims": c.Claims})
		if err != nil {
			t.Fatal(err)
		}
		status, _, answer := d.post("/api/v1/matches", token, string(sent))
		var got struct {
			Code     string
			Detail   string
			Verdicts map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			t.Fatal(err)
		}
		for element := range c.Claims {
			said := string(got.Verdicts[element])
			right := false
			switch want := c.Expected; {
			case strings.HasPrefix(want, "422"):
				right = status == 422 && strings.Contains(got.Detail, element)
			case want == "below 100":
				right = status == 200 && strings.Contains(said, `"verdict":"mismatch"`) && !strings.Contains(said, `"score":100`)
			case want == "100":
				right = status == 200 && strings.Contains(said, `"verdict":"match"`) && strings.Contains(said, `"score":100`)
			default:
				word, _, _ := strings.Cut(want, " ")
				right = status == 200 && strings.Contains(said, `"verdict":"`+word+`"`) && strings.Count(said, `"verdict"`) ==
					strings.Count(said, `"verdict":"`+word+`"`)
			}
			if !right {
				t.Errorf("%v: %d %s, want %s", c.Claims, status, answer, c.Expected)
			}
		}
	}
	mark, err := os.ReadFile(filepath.Join("testdata", "field", "12-bom.json"))
	if err != nil {
		t.Fatal(err)
	}
	if status, got, answer := d.post("/api/v1/lookups", token, string(mark)); status != 200 || got["outcome"] != "found" {
		t.Errorf("with a byte order mark: %d %s", status, answer)
	}
}
