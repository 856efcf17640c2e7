package document

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

var (
	placeholder = regexp.MustCompile(`\{\{\s*\.([a-z][a-z0-9_]*)\s*\}\}`)
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	numbered    = regexp.MustCompile(`^(\(\d{1,2}\)|\d{1,2}[.)]|[A-Za-z][.)])\s+(.+)$`)
	figures     = regexp.MustCompile(`\d+`)
	labelForm   = regexp.MustCompile(`^(\(1\)|1[.)]|[Aa][.)])$`)
	directive   = regexp.MustCompile(`^([a-z]{2,20}\??):\s*(.*)$`)
)

type kind int

const (
	none kind = iota
	paragraph
	title
	heading
	letterhead
	classification
	form
	headLine // nomor, lampiran, hal, tanggal
	addressee
	field
	item
	list // items of a value
	table
	chart
	lanes
	criterion
	initials
	newPage
	note
	copies
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
	depth int        // of items
	may   bool       // a field or code that is printed only with a value
	steps []laneStep // of lanes
}

// A laneStep is one step of a flow.
type laneStep struct {
	lane        int // 0 and up
	text, arrow string
	from        int // the step that its arrow comes from, counted from 1; 0: the one before
}

var headLines = map[string]string{"nomor": "Nomor", "lampiran": "Lampiran", "hal": "Hal", "tanggal": ""}

func parse(text string) ([]block, error) {
	var out []block
	open := false // the last block is a paragraph, or an item, that the next line goes on
	var nest nesting
	for n, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, ";"):
			open = false
			continue
		case open && !begins(line):
			if err := marks(line); err != nil {
				return nil, fmt.Errorf("baris %d: %w", n+1, err)
			}
			out[len(out)-1].parts[0] += " " + line
			continue
		}
		b, err := parseLine(line, out)
		if err != nil {
			return nil, fmt.Errorf("baris %d: %w", n+1, err)
		}
		open = b.kind == paragraph || b.kind == item
		if b.kind == none { // the step of a flow, which is there already
			continue
		}
		b.depth = nest.depth(b)
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("baris 1: naskah kosong")
	}
	for _, b := range out {
		if b.kind == lanes && len(b.steps) == 0 {
			return nil, fmt.Errorf("baris 1: bagan belum mempunyai langkah")
		}
	}
	return out, nil
}

// begins reports whether a line is more than the next words of a paragraph.
func begins(line string) bool {
	return strings.HasPrefix(line, "# ") || strings.HasPrefix(line, "## ") || strings.HasPrefix(line, "- ") || strings.HasPrefix(line,
		"-? ") || line == "meterai" ||
		line == "halaman" || numbered.MatchString(line) || directive.MatchString(line)
}

// marks says what is wrong with a line's places for values.
func marks(line string) error {
	if rest := placeholder.ReplaceAllString(line, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		return fmt.Errorf("tanda {{ }} hanya boleh memuat nama isian, misalnya {{.nomor}}")
	}
	return nil
}

// parseLine reads a line that begins a block; of the kind none, it has added a step to the flow before.
func parseLine(line string, before []block) (block, error) {
	if err := marks(line); err != nil {
		return block{}, err
	}
	switch {
	case strings.HasPrefix(line, "## "):
		return block{kind: heading, parts: []string{line[3:]}}, nil
	case strings.HasPrefix(line, "# "):
		return block{kind: title, parts: []string{line[2:]}}, nil
	case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "-? "):
		mark, rest, _ := strings.Cut(line, " ")
		name, value, ok := strings.Cut(rest, " : ")
		if !ok {
			return block{}, fmt.Errorf("isian harus berbentuk “- nama : nilai”")
		}
		return block{kind: field, label: strings.TrimSpace(name), parts: []string{strings.TrimSpace(value)}, may: mark == "-?"}, nil
	case strings.HasPrefix(line, "> "):
		if len(before) == 0 || before[len(before)-1].kind != lanes {
			return block{}, fmt.Errorf("langkah harus menyusul sebuah bagan")
		}
		flow := &before[len(before)-1]
		step, err := parseStep(line[2:], flow)
		if err != nil {
			return block{}, err
		}
		flow.steps = append(flow.steps, step)
		return block{kind: none}, nil
	case line == "meterai":
		return block{kind: stamp}, nil
	case line == "halaman":
		return block{kind: newPage}, nil
	case numbered.MatchString(line):
		m := numbered.FindStringSubmatch(line)
		return block{kind: item, label: m[1], parts: []string{m[2]}}, nil
	case directive.MatchString(line):
		return parseDirective(directive.FindStringSubmatch(line))
	}
	return block{kind: paragraph, parts: []string{line}}, nil
}

// A nesting knows which kinds of labels stand around the next item.
type nesting []string

// depth is how deep the block lies: a kind of label that is not around it is a level deeper than the last; what is no item ends all levels.
func (n *nesting) depth(b block) int {
	shape := ""
	switch b.kind {
	case item:
		shape = b.label
	case list:
		shape = b.parts[0]
	default:
		*n = nil
		return 0
	}
	shape = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return 'A'
		case unicode.IsLower(r):
			return 'a'
		}
		return r
	}, figures.ReplaceAllString(shape, "1"))
	i := slices.Index(*n, shape)
	if i < 0 {
		*n, i = append(*n, shape), len(*n)
	}
	*n = (*n)[:i+1]
	return i
}

// split cuts at a mark and takes the blanks around away.
func split(s, by string) []string {
	parts := strings.Split(s, by)
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

func parseDirective(m []string) (block, error) {
	name, rest := m[1], m[2]
	switch name {
	case "kop":
		if rest != "ya" && rest != "tidak" {
			return block{}, fmt.Errorf("kop harus “ya” atau “tidak”")
		}
		return block{kind: letterhead, label: rest}, nil
	case "klasifikasi":
		return block{kind: classification, parts: split(rest, " / ")}, nil
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
	case "tabel", "grafik", "daftar", "bagan", "kriteria":
		return parseDrawn(name, rest)
	case "paraf":
		parts := split(rest, "|")
		if rest == "" || len(parts) > 3 {
			return block{}, fmt.Errorf("paraf memuat satu sampai tiga nama")
		}
		return block{kind: initials, parts: parts}, nil
	case "tembusan":
		if rest == "" {
			return block{}, fmt.Errorf("tembusan harus menyebut penerimanya, dipisahkan dengan “ / ”")
		}
		return block{kind: copies, parts: split(rest, " / ")}, nil
	case "catatan":
		return block{kind: note, parts: []string{rest}}, nil
	case "meterai":
		return block{kind: stamp, label: rest}, nil
	case "qr", "qr?":
		value, beside, ok := strings.Cut(rest, "|")
		if !ok || !placeholder.MatchString(value) {
			return block{}, fmt.Errorf("qr harus berbentuk “{{.isian}} | keterangan”")
		}
		return block{kind: qrCode, label: strings.TrimSpace(value), parts: []string{strings.TrimSpace(beside)}, may: name == "qr?"}, nil
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

// parseStep reads a step of a flow: lane, text, what its arrow says, which step the arrow comes from.
func parseStep(line string, flow *block) (laneStep, error) {
	parts := split(line, "|")
	n, err := strconv.Atoi(parts[0])
	if err != nil || n < 1 || n > len(flow.parts) || len(parts) < 2 || len(parts) > 4 {
		return laneStep{}, fmt.Errorf("langkah harus berbentuk “> nomor lajur | kegiatan”")
	}
	s := laneStep{lane: n - 1, text: parts[1]}
	if len(parts) > 2 {
		s.arrow = parts[2]
	}
	if len(parts) == 4 {
		if s.from, err = strconv.Atoi(parts[3]); err != nil || s.from < 1 || s.from > len(flow.steps) {
			return laneStep{}, fmt.Errorf("panah harus berasal dari langkah yang mendahuluinya, dihitung mulai dari 1")
		}
	}
	return s, nil
}

// parseDrawn reads a directive of tables, lists and drawings.
func parseDrawn(name, rest string) (block, error) {
	parts := split(rest, "|")
	switch name {
	case "tabel":
		if len(parts) < 2 || len(parts) > 8 || !nameForm.MatchString(parts[0]) {
			return block{}, fmt.Errorf("tabel harus berbentuk “nama_isian | judul kolom | …”, paling banyak 7 kolom")
		}
		return block{kind: table, label: parts[0], parts: parts[1:]}, nil
	case "grafik":
		if len(parts) != 2 || !nameForm.MatchString(parts[0]) {
			return block{}, fmt.Errorf("grafik harus berbentuk “nama_isian | judul”")
		}
		return block{kind: chart, label: parts[0], parts: parts[1:]}, nil
	case "daftar":
		if len(parts) != 2 || !nameForm.MatchString(parts[0]) || !labelForm.MatchString(parts[1]) {
			return block{}, fmt.Errorf("daftar harus berbentuk “nama_isian | tanda butir pertama”, misalnya a. atau 1)")
		}
		return block{kind: list, label: parts[0], parts: parts[1:]}, nil
	case "bagan":
		if rest == "" || len(parts) > 4 {
			return block{}, fmt.Errorf("bagan memuat satu sampai empat lajur")
		}
		return block{kind: lanes, parts: parts}, nil
	}
	if rest != "selesai" && len(parts) != 2 {
		return block{}, fmt.Errorf("kriteria harus berbentuk “nomor | judul”, atau “selesai”")
	}
	return block{kind: criterion, parts: parts}, nil
}
