package document

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"rsc.io/qr"
)

// Measures in millimetres, sizes in points.
const (
	left, top, right, bottom = 25.0, 20.0, 20.0, 22.0
	width                    = 210 - left - right
	family                   = "go"
	signatureRoom            = 24.0
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
	p := &printer{Fpdf: fpdf.New("P", "mm", "A4", ""), head: head, size: 10.5, line: 5.2, single: len(all) == 1}
	p.SetCatalogSort(true)
	p.SetCreationDate(made)
	p.SetModificationDate(made)
	p.SetTitle(t.Name, true)
	p.SetCreator("Gapura", true)
	p.SetLang("id-ID")
	p.AddUTF8FontFromBytes(family, "", goregular.TTF)
	p.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	p.SetMargins(left, top, right)
	p.SetAutoPageBreak(true, bottom)
	p.AliasNbPages("")
	for _, p.values = range all {
		p.begins = p.PageNo() + 1
		p.prepare(blocks)
		p.AddPage()
		for i := 0; i < len(blocks); i++ {
			i += p.block(blocks, i)
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
	single  bool // one letter: its pages are counted
	begins  int  // page on which the letter begins
	stamped bool // the next signature block has room for the duty stamp
	size    float64
	line    float64
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

// prepare sets what stands on every page.
func (p *printer) prepare(blocks []block) {
	var box *block
	var class, number string
	withHead := false
	for i, b := range blocks {
		switch {
		case b.kind == form:
			box = &blocks[i]
			p.size, p.line = 9.5, 4.5 // the ministry's forms are dense
		case b.kind == classification:
			class = p.text(b.parts[0])
		case b.kind == headLine && b.label == "Nomor":
			number = p.text(b.parts[0])
		case b.kind == letterhead:
			withHead = b.label == "ya"
		}
	}
	if v := p.values["nomor"]; number == "" && v != "" {
		number = plain(v)
	}
	p.SetHeaderFunc(func() {
		if class != "" {
			p.SetFont(family, "B", 8)
			p.CellFormat(width, 5, class, "", 1, "C", false, 0, "")
		}
		if withHead && p.PageNo() == p.begins {
			p.letterhead()
		}
		if box != nil {
			p.form(*box)
		}
		p.regular()
	})
	p.SetFooterFunc(func() {
		p.SetY(-15)
		p.SetFont(family, "", 8)
		p.CellFormat(width/2, 5, number, "T", 0, "L", false, 0, "")
		page := fmt.Sprintf("Halaman %d", p.PageNo()-p.begins+1)
		if p.single {
			page += " dari {nb}"
		}
		p.CellFormat(width/2, 5, page, "T", 0, "R", false, 0, "")
	})
}

func (p *printer) letterhead() {
	p.SetFont(family, "", 12)
	p.CellFormat(width, 6, strings.ToUpper(plain(p.head.Government)), "", 1, "C", false, 0, "")
	p.SetFont(family, "B", 13)
	p.MultiCell(width, 6.5, strings.ToUpper(plain(p.head.Office)), "", "C", false)
	p.SetFont(family, "", 9)
	p.CellFormat(width, 5, plain(p.head.Address), "", 1, "C", false, 0, "")
	y := p.GetY() + 1.5
	p.SetLineWidth(0.8)
	p.Line(left, y, left+width, y)
	p.SetLineWidth(0.2)
	p.Line(left, y+1.1, left+width, y+1.1)
	p.SetY(y + 5)
}

// form draws the box of a form as the ministry's forms have it.
func (p *printer) form(b block) {
	p.SetFont(family, "", 8)
	const label, value = 24.0, 52.0
	y := p.GetY()
	for i, row := range [][2]string{
		{"No. Dokumen", p.text(b.parts[0])}, {"Revisi", p.text(b.parts[1])}, {"Tanggal Berlaku", p.text(b.parts[2])},
		{"Halaman", fmt.Sprintf("%d dari {nb}", p.PageNo())},
	} {
		p.SetXY(left+width-label-value, y+float64(i)*4.6)
		p.CellFormat(label, 4.6, row[0], "1", 0, "L", false, 0, "")
		p.CellFormat(value, 4.6, row[1], "1", 0, "L", false, 0, "")
	}
	p.SetXY(left, y)
	p.SetFont(family, "B", 16)
	p.CellFormat(60, 12, "FORMULIR", "", 0, "L", false, 0, "")
	p.SetXY(left, y+4*4.6+5)
}

// block prints the i-th block and returns how many more it has printed with it.
func (p *printer) block(all []block, i int) (more int) {
	b := all[i]
	p.regular()
	switch b.kind {
	case title:
		p.need(20)
		p.SetFont(family, "B", 12)
		p.MultiCell(width, 6, p.text(b.parts[0]), "", "C", false)
		if i+1 < len(all) && all[i+1].kind != title {
			p.Ln(3)
		}
	case heading:
		room := 10.0
		if i+1 < len(all) {
			room = p.startOf(all[i+1])
		}
		p.need(room + p.line + 3)
		p.Ln(2)
		p.bold()
		p.MultiCell(width, p.line, p.text(b.parts[0]), "", "L", false)
		p.Ln(1)
	case paragraph:
		if i+1 < len(all) && (all[i+1].kind == signatures || all[i+1].kind == stamp) {
			// A signature never stands on a page without the text that is signed.
			p.need(float64(len(p.SplitText(p.text(b.parts[0]), width)))*p.line + signatureRoom + 8*p.line)
		}
		p.MultiCell(width, p.line, p.text(b.parts[0]), "", "J", false)
		p.Ln(2.5)
	case item, subItem:
		indent := 7.0
		if b.kind == subItem {
			indent = 14
		}
		p.hanging(left+indent-7, 7, b.label, p.text(b.parts[0]), "J")
		p.Ln(1)
		if i+1 < len(all) && all[i+1].kind == paragraph {
			p.Ln(1.5)
		}
	case headLine:
		return p.headLines(all[i:])
	case addressee:
		p.Ln(2)
		for n, part := range b.parts {
			if n == 0 {
				part = "Yth. " + part
			}
			p.MultiCell(width*0.6, p.line, p.text(part), "", "L", false)
		}
		p.Ln(4)
	case field:
		return p.fields(all[i:])
	case table:
		p.table(b)
	case chart:
		p.chart(b)
	case stamp:
		p.stamped = true
	case qrCode:
		p.qr(b)
	case signatures:
		p.signatures(b)
	}
	return 0
}

// need begins a new page when less than the height is left.
func (p *printer) need(height float64) {
	_, page := p.GetPageSize()
	if p.GetY()+height > page-bottom {
		p.AddPage()
	}
}

// hanging prints a label and a text beside it.
func (p *printer) hanging(x, indent float64, label, text, align string) {
	p.need(p.line)
	p.SetX(x)
	p.CellFormat(indent, p.line, label, "", 0, "L", false, 0, "")
	p.SetLeftMargin(x + indent)
	p.MultiCell(left+width-x-indent, p.line, text, "", align, false)
	p.SetLeftMargin(left)
	p.SetX(left)
}

func (p *printer) headLines(all []block) (more int) {
	y := p.GetY()
	for n, b := range all {
		if b.kind != headLine {
			break
		}
		more = n
		if b.label == "" {
			at := p.GetY()
			p.SetXY(left+width*0.55, y)
			p.CellFormat(width*0.45, p.line, p.text(b.parts[0]), "", 0, "R", false, 0, "")
			p.SetXY(left, at)
			continue
		}
		p.SetX(left)
		p.CellFormat(22, p.line, b.label, "", 0, "L", false, 0, "")
		p.CellFormat(4, p.line, ":", "", 0, "L", false, 0, "")
		p.SetLeftMargin(left + 26)
		p.MultiCell(width*0.55-26, p.line, p.text(b.parts[0]), "", "L", false)
		p.SetLeftMargin(left)
		p.SetX(left)
	}
	p.Ln(2)
	return more
}

// fields prints neighbouring fields with one width of their names.
func (p *printer) fields(all []block) (more int) {
	wide := 30.0
	n := 0
	for ; n < len(all) && all[n].kind == field; n++ {
		wide = max(wide, p.GetStringWidth(all[n].label)+4)
	}
	wide = min(wide, 70)
	for _, b := range all[:n] {
		p.need(p.line)
		p.SetX(left + 4)
		p.CellFormat(wide, p.line, b.label, "", 0, "L", false, 0, "")
		p.CellFormat(4, p.line, ":", "", 0, "L", false, 0, "")
		p.SetLeftMargin(left + 8 + wide)
		p.MultiCell(width-8-wide, p.line, p.text(b.parts[0]), "", "L", false)
		p.SetLeftMargin(left)
		p.SetX(left)
	}
	p.Ln(2.5)
	return n - 1
}

// signatures keeps a block together: titles, room to sign, names.
func (p *printer) signatures(b block) {
	const column = width/2 - 4
	p.need(signatureRoom + 8*p.line)
	p.Ln(3)
	y := p.GetY()
	x := func(n int) float64 {
		if len(b.sides) == 1 || n == 1 {
			return left + width - column
		}
		return left
	}
	names := y
	for n, side := range b.sides {
		p.SetXY(x(n), y)
		p.SetLeftMargin(x(n))
		p.MultiCell(column, p.line, p.text(side[0]), "", "C", false)
		names = max(names, p.GetY())
	}
	last := len(b.sides) - 1
	if p.stamped {
		p.stamped = false
		p.SetFont(family, "", 7.5)
		p.SetDashPattern([]float64{1, 1}, 0)
		p.Rect(x(last)+4, names+3, 22, 16, "D")
		p.SetDashPattern(nil, 0)
		p.SetXY(x(last)+4, names+8)
		p.CellFormat(22, 5, "Meterai 10.000", "", 0, "C", false, 0, "")
	}
	for n, side := range b.sides {
		p.SetLeftMargin(x(n))
		p.SetXY(x(n), names+signatureRoom)
		for i, part := range side[1:] {
			if p.regular(); i == 0 {
				p.bold()
			}
			p.SetX(x(n))
			p.MultiCell(column, p.line, p.text(part), "", "C", false)
		}
	}
	p.SetLeftMargin(left)
	p.SetXY(left, max(p.GetY(), names+signatureRoom+2*p.line)+3)
}

// qr draws the code in modules of half a millimetre or more, with the quiet zone that readers need, and the text beside it.
func (p *printer) qr(b block) {
	code, err := qr.Encode(p.text(b.label), qr.M)
	if err != nil {
		p.SetError(fmt.Errorf("make QR code: %w", err))
		return
	}
	const side = 32.0
	p.need(side + 2)
	module := side / float64(code.Size+8)
	x, y := p.GetX()+4*module, p.GetY()+4*module
	p.SetFillColor(0, 0, 0)
	for row := range code.Size {
		for column := range code.Size {
			if code.Black(column, row) {
				p.Rect(x+float64(column)*module, y+float64(row)*module, module, module, "F")
			}
		}
	}
	end := p.GetY() + side
	p.SetXY(left+side+3, p.GetY()+4)
	p.MultiCell(width-side-3, p.line, p.text(b.parts[0]), "", "L", false)
	p.SetXY(left, max(end, p.GetY())+2)
}
