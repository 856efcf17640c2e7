// Package document makes numbered letters and forms as PDF (A4) from templates that an office can change. It promises that a value is never
// read as markup, that the text can be searched and copied, and that the same input gives the same bytes.
//
// A template is text, line by line:
//
//	; comment
//	kop: ya                          letterhead on the first page
//	klasifikasi: INTERNAL / Akses …  banner on top of every page; on a form, the words of its box
//	formulir: NUMBER | REVISION | DATE   head of a form on every page: title, number, revision, date, page
//	nomor: …  lampiran: …  hal: …    head of a letter; tanggal: … stands at its right
//	kepada: LINE / LINE              whom it is for
//	# title                          centred; ## heading
//	- name : value                   a field; fields are aligned. -? name : value is printed only when there is a value
//	1. text                          numbered, as A. 1. a. 1) a) or (1): each new kind of label lies a level deeper
//	daftar: list | a.                numbered from the label on: one a line of the value "list"
//	tabel: list | Heading | Heading  rows of the value "list": one a line, cells separated by tabs
//	grafik: list | Heading           bars: one a line of the value "list", its name and its whole number separated by a tab
//	bagan: lane | lane               a flow, one step a line: > lane | text | label of its arrow | step that it comes from
//	kriteria: I. | heading           row of a guideline's table, up to the next one or to "kriteria: selesai"
//	paraf: name | name               boxes for initials at the foot of every page
//	tembusan: LINE / LINE            who gets a copy, at the end of a letter
//	catatan: text                    a note in small print
//	halaman                          a new page
//	meterai                          box for the duty stamp in the next signature block, at its last signer; meterai: 1 at its first
//	qr: value | text                 the value as a QR code, with the text beside it; qr?: is printed only when there is a value
//	ttd: title / name / line || title / name / line   signatures side by side; one stands at the right; a title's lines are cut by //
//
// Everything else is a paragraph; an empty line ends it. **text** is bold. {{.name}} is the value of that name.
package document

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed templates/*.txt
var files embed.FS

// A Template is a letter or form. Text is the part that an office changes.
type Template struct {
	Key  string // "bast-user-id"
	Name string // Indonesian, for lists
	Text string
}

// A Letterhead stands on top of a letter's first page.
type Letterhead struct{ Government, Office, Address string }

var defaults = func() []Template {
	entries, err := files.ReadDir("templates")
	if err != nil {
		panic(err)
	}
	var all []Template
	for _, e := range entries {
		raw, err := files.ReadFile(path.Join("templates", e.Name()))
		if err != nil {
			panic(err)
		}
		// The first line is a comment that holds the name.
		name, _, _ := strings.Cut(string(raw), "\n")
		all = append(all, Template{Key: strings.TrimSuffix(e.Name(), ".txt"), Name: strings.TrimSpace(strings.TrimPrefix(name, ";")),
			Text: string(raw)})
	}
	return all
}()

// Defaults returns the templates that come with the program, by key.
func Defaults() []Template { return slices.Clone(defaults) }

// Default returns one of them.
func Default(key string) (Template, bool) {
	i := slices.IndexFunc(defaults, func(t Template) bool { return t.Key == key })
	if i < 0 {
		return Template{}, false
	}
	return defaults[i], true
}

// Check says what is wrong with the text, in Indonesian and with the line's number; nil when it can be printed.
func (t Template) Check() error {
	_, err := parse(t.Text)
	return err
}

// Fields are the names of the values that the text uses, sorted.
func (t Template) Fields() []string {
	var out []string
	for _, line := range strings.Split(t.Text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), ";") {
			continue
		}
		for _, m := range placeholder.FindAllStringSubmatch(line, -1) {
			out = append(out, m[1])
		}
		for _, list := range []string{"tabel:", "grafik:", "daftar:"} {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), list); ok {
				name, _, _ := strings.Cut(rest, "|")
				out = append(out, strings.TrimSpace(name))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// The series of numbers: letters sent, and minutes of a handover (berita acara serah terima), which are numbered by themselves.
const (
	Letters = ""
	Minutes = "BAST"
)

// Series is the series that the template's number comes from; numbered is false for a form, which has none.
func (t Template) Series() (series string, numbered bool) {
	if strings.HasPrefix(t.Key, "bast-") {
		series = Minutes
	}
	return series, slices.Contains(t.Fields(), "nomor")
}

// LetterNumber is "400.12/0042/2026", of another series than that of letters "400.12/0042/BAST/2026".
func LetterNumber(classification, series string, sequence, year int) string {
	if series != Letters {
		series += "/"
	}
	return fmt.Sprintf("%s/%04d/%s%d", strings.TrimSpace(classification), sequence, series, year)
}
