package document

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansregular"
)

// Measures in millimetres, sizes in points.
const (
	marginLeft, marginTop, marginRight, marginBottom = 25.0, 18.0, 20.0, 20.0
	family                                           = "sans"
	initialsRoom                                     = 13.0
)

// Render prints the template with the values. Made becomes the document's date, so that the same input gives the same bytes. A value that
// the text uses and that is missing is an error.
func Render(t Template, head Letterhead, values map[string]string, made time.Time) ([]byte, error) {
	return RenderAll(t, head, []map[string]string{values}, made)
}

// RenderAll prints one letter for each of the values, one after the other in one document; each begins on a page of its own.
func RenderAll(t Template, head Letterhead, all []map[string]string, made time.Time) ([]byte, error) {
	blocks, err := parse(t.Text)
	if err != nil {
		return nil, err
	}
	for _, values := range all {
		for _, f := range t.Fields() {
			if _, ok := values[f]; !ok {
				return nil, fmt.Errorf("isian “%s” tidak tersedia", f)
			}
		}
	}
	if len(all) == 0 {
		return nil, errors.New("tidak ada surat yang dicetak")
	}
	p := &printer{Fpdf: fpdf.New("P", "mm", "A4", ""), head: head, size: 11, line: 5.4, counted: len(all) <= 10}
	p.SetCatalogSort(true)
	p.SetCreationDate(made)
	p.SetModificationDate(made)
	p.SetTitle(t.Name, true)
	p.SetCreator("Gapura", true)
	p.SetLang("id-ID")
	p.AddUTF8FontFromBytes(family, "", liberationsansregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", liberationsansbold.TTF)
	for n, values := range all {
		p.values, p.begins, p.pages = values, p.PageNo()+1, fmt.Sprintf("{%d}", n+1)
		p.frame()
		foot := p.prepare(blocks)
		p.AddPage() // with the foot of the letter before
		p.SetFooterFunc(foot)
		for i := 0; i < len(blocks); i++ {
			i += p.block(blocks, i)
		}
		p.endCriterion()
		if p.counted {
			p.RegisterAlias(p.pages, strconv.Itoa(p.PageNo()-p.begins+1))
		}
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return out.Bytes(), nil
}

type printer struct {
	*fpdf.Fpdf
	values  map[string]string
	head    Letterhead
	counted bool   // few letters: pages are counted
	begins  int    // page on which the letter begins
	pages   string // stands for the number of its pages until that is known
	stamped stamping
	size    float64
	line    float64
	sign    float64 // room to sign

	left, width, bottom float64    // where text stands now
	open                *guideline // the row of a guideline's table that is being printed; nil: none
}

// A stamping is where the next signature block has room for the duty stamp.
type stamping int

const (
	unstamped stamping = iota
	atFirst            // signer
	atLast
)

// frame puts text between the margins of a page.
func (p *printer) frame() {
	p.left, p.width, p.bottom = marginLeft, 210-marginLeft-marginRight, marginBottom
	p.SetMargins(p.left, marginTop, marginRight)
	p.SetAutoPageBreak(true, p.bottom)
}

// text puts the values in; what they hold is text, whatever it looks like.
func (p *printer) text(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string { return plain(p.values[placeholder.FindStringSubmatch(m)[1]]) })
}

// plain leaves out what the font cannot show and what is no text; a line break becomes a blank.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == unicode.ReplacementChar:
			return -1
		case r > 0x24ff || unicode.Is(unicode.Cf, r):
			return '?'
		}
		return r
	}, s)
}

func (p *printer) regular() { p.SetFont(family, "", p.size) }
func (p *printer) bold()    { p.SetFont(family, "B", p.size) }

// prepare sets what stands on top of every page, and returns what stands at its foot.
func (p *printer) prepare(blocks []block) (foot func()) {
	var box *block
	var class, titles, signed []string
	var number string
	withHead := false
	p.size, p.line, p.sign = 11, 5.4, 21
	for i, b := range blocks {
		switch {
		case b.kind == form:
			box = &blocks[i]
			p.size, p.line, p.sign = 9, 4.05, 18.5 // the ministry's forms are dense: each is one sheet
			p.bottom = 18
			p.SetAutoPageBreak(true, p.bottom)
		case b.kind == criterion:
			p.size, p.line = 10, 4.9
		case b.kind == title:
			titles = append(titles, p.text(b.parts[0]))
		case b.kind == classification:
			class = b.parts
		case b.kind == initials:
			signed = nil
			for _, name := range b.parts {
				signed = append(signed, p.text(name)+":")
			}
			p.bottom = marginBottom + initialsRoom
			p.SetAutoPageBreak(true, p.bottom)
		case b.kind == headLine && b.label == "Nomor":
			number = p.text(b.parts[0])
		case b.kind == letterhead:
			withHead = b.label == "ya"
		}
	}
	if v := p.values["nomor"]; number == "" && box == nil { // a form has a number of its own
		number = plain(v)
	}
	if strings.Trim(number, "…") == "" { // to be written by hand, on top
		number = ""
	}
	p.SetHeaderFunc(func() {
		if class != nil && box == nil {
			p.SetFont(family, "B", 8)
			p.SetX(marginLeft)
			p.CellFormat(210-marginLeft-marginRight, 5, strings.Join(class, " – "), "", 1, "C", false, 0, "")
		}
		if withHead && p.PageNo() == p.begins {
			p.letterhead()
		}
		if box != nil {
			p.form(*box, class, titles)
		}
		p.continueCriterion()
		p.regular()
	})
	begins, pages := p.begins, p.pages
	return func() {
		p.breakCriterion()
		p.initials(signed)
		p.SetXY(marginLeft, -15)
		p.SetFont(family, "", 8)
		half := (210 - marginLeft - marginRight) / 2
		p.CellFormat(half, 5, number, "T", 0, "L", false, 0, "")
		page := fmt.Sprintf("Halaman %d", p.PageNo()-begins+1)
		if p.counted {
			page += " dari " + pages
		}
		p.CellFormat(half, 5, page, "T", 0, "R", false, 0, "")
	}
}

func (p *printer) letterhead() {
	p.SetFont(family, "", 13)
	p.CellFormat(p.width, 6, strings.ToUpper(plain(p.head.Government)), "", 1, "C", false, 0, "")
	p.SetFont(family, "B", 15)
	p.MultiCell(p.width, 7, strings.ToUpper(plain(p.head.Office)), "", "C", false)
	p.SetFont(family, "", 9.5)
	p.MultiCell(p.width, 4.6, plain(p.head.Address), "", "C", false)
	y := p.GetY() + 1.5
	p.SetLineWidth(0.9)
	p.Line(p.left, y, p.left+p.width, y)
	p.SetLineWidth(0.2)
	p.Line(p.left, y+1.1, p.left+p.width, y+1.1)
	p.SetY(y + 6)
}

// form draws the head of a form as the ministry's forms have it: what it is and who may see it, its title, and number, revision, date and
// page beside it.
func (p *printer) form(b block, class, titles []string) {
	const label, value, row = 27.0, 55.0, 4.8
	wide, y := p.width-label-value, p.GetY()
	p.SetXY(p.left, y)
	p.SetFont(family, "B", 13)
	p.CellFormat(wide, 11, "FORMULIR", "1", 0, "C", false, 0, "")
	p.Rect(p.left+wide, y, label+value, 11, "D")
	for n, line := range class {
		p.SetXY(p.left+wide, y+1.2+float64(n)*4.3)
		p.SetFont(family, map[bool]string{true: "B", false: ""}[n == 0], 9)
		p.CellFormat(label+value, 4.3, p.text(line), "", 0, "C", false, 0, "")
	}
	y += 11
	p.Rect(p.left, y, wide, 4*row, "D")
	p.SetFont(family, "B", 11)
	var lines []string
	for _, t := range titles {
		lines = append(lines, p.SplitText(t, wide-4)...)
	}
	for n, line := range lines {
		p.SetXY(p.left, y+(4*row-float64(len(lines))*5)/2+float64(n)*5)
		p.CellFormat(wide, 5, line, "", 0, "C", false, 0, "")
	}
	p.SetFont(family, "", 8.5)
	page := strconv.Itoa(p.PageNo() - p.begins + 1)
	if p.counted {
		page += " dari " + p.pages
	}
	for i, r := range [][2]string{
		{"No. Dokumen", p.text(b.parts[0])}, {"Revisi", p.text(b.parts[1])}, {"Tanggal Berlaku", p.text(b.parts[2])}, {"Halaman", page},
	} {
		p.SetXY(p.left+wide, y+float64(i)*row)
		p.CellFormat(label, row, r[0], "1", 0, "L", false, 0, "")
		p.CellFormat(value, row, r[1], "1", 0, "L", false, 0, "")
	}
	p.SetXY(p.left, y+4*row+5)
}

// initials draws boxes for those who initial every page, the first at the left, the others at the right.
func (p *printer) initials(names []string) {
	const box, high = 22.0, 9.0
	p.SetFont(family, "", 8.5)
	x := 210 - marginRight
	for n := len(names) - 1; n >= 0; n-- {
		wide := p.GetStringWidth(names[n]) + 4
		if x -= wide + box; n == 0 {
			x = marginLeft
		}
		p.SetXY(x, -15-initialsRoom+2)
		p.CellFormat(wide, high, names[n], "", 0, "L", false, 0, "")
		p.CellFormat(box, high, "", "1", 0, "", false, 0, "")
		x -= 4
	}
}
