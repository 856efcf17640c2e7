package desk

import (
	"embed"
	"errors"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"gapura/exchange/balikan"
	"gapura/person/population"
)

//go:embed services/*.toml
var serviceFiles embed.FS

// A Service is a kind of aid, as data. Its text is TOML, which the head of the desk edits; each version is kept, and an application goes
// on under the one that it began with.
type Service struct {
	Key        string     `toml:"key"`
	Code       string     `toml:"code"` // begins every application's number
	Name       string     `toml:"name"`
	Closed     bool       `toml:"closed"`    // takes no new applications
	Aid        string     `toml:"aid"`       // kind of aid, as data balikan names it
	Purpose    string     `toml:"purpose"`   // of the agreement, for every cross-check
	Elements   []string   `toml:"elements"`  // that are cross-checked
	Threshold  int        `toml:"threshold"` // of likeness from which names match; 0: 100
	Decides    string     `toml:"decides"`   // "officer" or "head"
	Class      string     `toml:"class"`     // classification of the document's number
	Title      string     `toml:"title"`     // of the document
	Text       string     `toml:"text"`      // of the document: what is granted
	Balikan    Fields     `toml:"balikan"`
	Steps      []string   `toml:"steps"` // what the officer looks at, in the order of the work
	Documents  []Document `toml:"document"`
	Questions  []Question `toml:"question"`
	Version    int        `toml:"-"`
	SourceText string     `toml:"-"`
}

// Fields are values by the agreement's keys; {nomor} and {bantuan} stand for the document's number and the aid.
type Fields map[string]string

// A Document is asked of the applicant.
type Document struct {
	Key      string `toml:"key"`
	Name     string `toml:"name"`
	Optional bool   `toml:"optional"`
	Hint     string `toml:"hint"`
}

// A Question is asked of the applicant.
type Question struct {
	Key      string   `toml:"key"`
	Label    string   `toml:"label"`
	Kind     string   `toml:"kind"` // text, number, date, choice
	Options  []string `toml:"options"`
	Optional bool     `toml:"optional"`
	Hint     string   `toml:"hint"`
}

var (
	keyForm  = regexp.MustCompile(`^[a-z][a-z0-9_-]{1,31}$`)
	codeForm = regexp.MustCompile(`^[A-Z]{2,6}$`)
)

// ParseService reads a service's text. Errors are Indonesian, for the head who edits it.
func ParseService(text string) (Service, error) {
	var s Service
	meta, err := toml.Decode(text, &s)
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		return s, fmt.Errorf("baris %d: susunan TOML keliru", parse.Position.Line)
	}
	if err != nil {
		return s, errors.New("susunan TOML keliru: sebuah isian tidak bertipe yang diminta")
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return s, fmt.Errorf("isian “%s” tidak dikenal", unknown[0])
	}
	s.SourceText = text
	if s.Threshold == 0 {
		s.Threshold = 100
	}
	if s.Decides == "" {
		s.Decides = "officer"
	}
	return s, s.check()
}

func (s Service) check() error {
	for _, f := range []struct{ name, value string }{{"name", s.Name}, {"aid", s.Aid}, {"purpose", s.Purpose}, {"class", s.Class},
		{"title", s.Title}, {"text", s.Text}} {
		if strings.TrimSpace(f.value) == "" {
			return fmt.Errorf("isian “%s” harus diisi", f.name)
		}
	}
	switch {
	case !keyForm.MatchString(s.Key):
		return errors.New("isian “key” harus 2–32 huruf kecil, angka, garis bawah, atau tanda hubung")
	case !codeForm.MatchString(s.Code):
		return errors.New("isian “code” harus 2–6 huruf besar")
	case s.Decides != "officer" && s.Decides != "head":
		return errors.New("isian “decides” harus officer atau head")
	case s.Threshold < 1 || s.Threshold > 100:
		return errors.New("isian “threshold” harus 1 sampai 100")
	case len(s.Balikan) == 0:
		return errors.New("bagian “balikan” harus diisi")
	case len(s.Elements) == 0 || len(s.Documents) == 0:
		return errors.New("isian “elements” dan bagian “document” harus diisi")
	case len(s.Documents) > 20 || len(s.Questions) > 30 || len(s.Steps) > 20:
		return errors.New("paling banyak 20 dokumen, 30 pertanyaan, dan 20 langkah")
	}
	for _, e := range s.Elements {
		if _, err := population.ParseElement(e); err != nil || e == "nik" {
			return fmt.Errorf("elemen “%s” tidak dikenal atau tidak diperbandingkan", e)
		}
	}
	var keys []string
	for _, d := range s.Documents {
		if !keyForm.MatchString(d.Key) || d.Name == "" {
			return errors.New("setiap dokumen harus mempunyai “key” dan “name”")
		}
		keys = append(keys, "d."+d.Key)
	}
	for _, q := range s.Questions {
		if !keyForm.MatchString(q.Key) || q.Label == "" || !slices.Contains([]string{"text", "number", "date", "choice"}, q.Kind) {
			return errors.New("setiap pertanyaan harus mempunyai “key”, “label”, dan “kind” (text, number, date, choice)")
		}
		if (q.Kind == "choice") != (len(q.Options) > 0) {
			return fmt.Errorf("pertanyaan “%s”: “options” diisi tepat apabila “kind” adalah choice", q.Key)
		}
		keys = append(keys, "t."+q.Key)
	}
	if slices.Sort(keys); len(slices.Compact(slices.Clone(keys))) != len(keys) {
		return errors.New("sebuah “key” dipakai dua kali")
	}
	return nil
}

// DefaultServices come with the program.
func DefaultServices() []Service {
	entries, err := serviceFiles.ReadDir("services")
	if err != nil {
		panic(err)
	}
	var all []Service
	for _, e := range entries {
		text, err := serviceFiles.ReadFile(path.Join("services", e.Name()))
		if err != nil {
			panic(err)
		}
		s, err := ParseService(string(text))
		if err != nil {
			panic(e.Name() + ": " + err.Error()) // a defect of the build, found by the package's test
		}
		all = append(all, s)
	}
	return all
}

// Delivers says why data balikan under this service would be refused: it holds signs that stand for nothing, and would wait for ever. It
// is asked of new versions alone: one that is kept is read whatever it holds.
func (s Service) Delivers() error {
	for _, key := range slices.Sorted(maps.Keys(s.Balikan)) {
		if balikan.Filler(s.BalikanValues("1")[key]) {
			return fmt.Errorf("bagian “balikan”: “%s” harus diisi, bukan pengganti kosong", key)
		}
	}
	return nil
}

// BalikanValues are the values of data balikan for a document.
func (s Service) BalikanValues(number string) map[string]string {
	out := map[string]string{}
	for key, v := range s.Balikan {
		out[key] = strings.NewReplacer("{nomor}", number, "{bantuan}", s.Aid).Replace(v)
	}
	return out
}

// Missing are the required documents that are not there.
func (s Service) Missing(have map[string]bool) []Document {
	var out []Document
	for _, d := range s.Documents {
		if !d.Optional && !have[d.Key] {
			out = append(out, d)
		}
	}
	return out
}
