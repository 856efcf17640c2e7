// Package document makes numbered letters and forms as PDF (A4) from templates that an office can change. It promises that a value is never
// read as markup, that the text can be searched and copied, and that the same input gives the same bytes.
//
// A template is text, line by line:
//
//	; comment
//	kop: ya                          letterhead on the first page
//	klasifikasi: INTERNAL …          banner on top of every page
//	formulir: NUMBER | REVISION | DATE   box of a form at the top right of every page
//	nomor: …  lampiran: …  hal: …    head of a letter; tanggal: … stands at its right
//	kepada: LINE / LINE              whom it is for
//	# title                          centred; ## heading
//	- name : value                   a field; fields are aligned
//	1. text                          numbered; a. text is one level deeper
//	tabel: list | Heading | Heading  rows of the value "list": one a line, cells separated by tabs
//	grafik: list | Heading           bars: one a line of the value "list", its name and its whole number separated by a tab
//	meterai                          box for the duty stamp in the next signature block, at its last signer
//	qr: value | text                 the value as a QR code, with the text beside it
//	ttd: title / name / line || title / name / line   signatures side by side; one stands at the right
//
// Everything else is a paragraph; an empty line ends it. {{.name}} is the value of that name.
package document

import (
	"embed"
	"fmt"
	"path"
	"regexp"
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
		for _, list := range []string{"tabel:", "grafik:"} {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(line), list); ok {
				name, _, _ := strings.Cut(rest, "|")
				out = append(out, strings.TrimSpace(name))
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

var (
	placeholder = regexp.MustCompile(`\{\{\s*\.([a-z][a-z0-9_]*)\s*\}\}`)
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	numbered    = regexp.MustCompile(`^(\d{1,2}\.|[a-z]\.)\s+(.+)$`)
	directive   = regexp.MustCompile(`^([a-z]{2,20}):\s*(.*)$`)
)

type kind int

const (
	paragraph kind = iota
	title
	heading
	letterhead
	classification
	form
	headLine // nomor, lampiran, hal, tanggal
	addressee
	field
	item
	subItem
	table
	chart
	stamp
	qrCode
	signatures
)

// A block is one piece of a template, its texts with their placeholders.
type block struct {
	kind  kind
	label string
	parts []string
	sides [][]string // of signatures
}

var headLines = map[string]string{"nomor": "Nomor", "lampiran": "Lampiran", "hal": "Hal", "tanggal": ""}

func parse(text string) ([]block, error) {
	var out []block
	open := false // the last block is a paragraph, or an item, that the next line goes on
	for n, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		if rest := placeholder.ReplaceAllString(line, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
			if !strings.HasPrefix(line, ";") {
				return nil, fmt.Errorf("baris %d: tanda {{ }} hanya boleh memuat nama isian, misalnya {{.nomor}}", n+1)
			}
		}
		goesOn := false
		switch {
		case line == "" || strings.HasPrefix(line, ";"):
		case strings.HasPrefix(line, "## "):
			out = append(out, block{kind: heading, parts: []string{line[3:]}})
		case strings.HasPrefix(line, "# "):
			out = append(out, block{kind: title, parts: []string{line[2:]}})
		case strings.HasPrefix(line, "- "):
			name, value, ok := strings.Cut(line[2:], " : ")
			if !ok {
				return nil, fmt.Errorf("baris %d: isian harus berbentuk “- nama : nilai”", n+1)
			}
			out = append(out, block{kind: field, label: strings.TrimSpace(name), parts: []string{strings.TrimSpace(value)}})
		case line == "meterai":
			out = append(out, block{kind: stamp})
		case numbered.MatchString(line):
			m := numbered.FindStringSubmatch(line)
			k := item
			if m[1][0] >= 'a' {
				k = subItem
			}
			out = append(out, block{kind: k, label: m[1], parts: []string{m[2]}})
			goesOn = true
		case directive.MatchString(line):
			b, err := parseDirective(directive.FindStringSubmatch(line))
			if err != nil {
				return nil, fmt.Errorf("baris %d: %w", n+1, err)
			}
			out = append(out, b)
		case open:
			last := &out[len(out)-1]
			last.parts[0] += " " + line
			goesOn = true
		default:
			out = append(out, block{kind: paragraph, parts: []string{line}})
			goesOn = true
		}
		open = goesOn
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("baris 1: naskah kosong")
	}
	return out, nil
}

func parseDirective(m []string) (block, error) {
	name, rest := m[1], m[2]
	split := func(s, by string) []string {
		parts := strings.Split(s, by)
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return parts
	}
	switch name {
	case "kop":
		if rest != "ya" && rest != "tidak" {
			return block{}, fmt.Errorf("kop harus “ya” atau “tidak”")
		}
		return block{kind: letterhead, label: rest}, nil
	case "klasifikasi":
		return block{kind: classification, parts: []string{rest}}, nil
	case "formulir":
		parts := split(rest, "|")
		if len(parts) != 3 {
			return block{}, fmt.Errorf("formulir harus berbentuk “nomor | revisi | tanggal berlaku”")
		}
		return block{kind: form, parts: parts}, nil
	case "nomor", "lampiran", "hal", "tanggal":
		return block{kind: headLine, label: headLines[name], parts: []string{rest}}, nil
	case "kepada":
		return block{kind: addressee, parts: split(rest, " / ")}, nil
	case "tabel":
		parts := split(rest, "|")
		if len(parts) < 2 || len(parts) > 8 || !nameForm.MatchString(parts[0]) {
			return block{}, fmt.Errorf("tabel harus berbentuk “nama_isian | judul kolom | …”, paling banyak 7 kolom")
		}
		return block{kind: table, label: parts[0], parts: parts[1:]}, nil
	case "grafik":
		parts := split(rest, "|")
		if len(parts) != 2 || !nameForm.MatchString(parts[0]) {
			return block{}, fmt.Errorf("grafik harus berbentuk “nama_isian | judul”")
		}
		return block{kind: chart, label: parts[0], parts: parts[1:]}, nil
	case "qr":
		value, beside, ok := strings.Cut(rest, "|")
		if !ok || !placeholder.MatchString(value) {
			return block{}, fmt.Errorf("qr harus berbentuk “{{.isian}} | keterangan”")
		}
		return block{kind: qrCode, label: strings.TrimSpace(value), parts: []string{strings.TrimSpace(beside)}}, nil
	case "ttd":
		b := block{kind: signatures}
		for _, side := range split(rest, "||") {
			b.sides = append(b.sides, split(side, " / "))
		}
		if len(b.sides) > 2 || rest == "" {
			return block{}, fmt.Errorf("ttd memuat satu atau dua penanda tangan")
		}
		return b, nil
	}
	return block{}, fmt.Errorf("perintah “%s” tidak dikenal", name)
}

// LetterNumber is "400.12/0042/2026".
func LetterNumber(classification string, sequence, year int) string {
	return fmt.Sprintf("%s/%04d/%d", strings.TrimSpace(classification), sequence, year)
}
