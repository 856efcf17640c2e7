package document

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rsc.io/qr"
)

// block prints the i-th block and returns how many more it has printed with it.
func (p *printer) block(all []block, i int) (more int) {
	b := all[i]
	p.regular()
	switch b.kind {
	case title:
		if isForm(all) {
			break // stands in its head
		}
		p.need(25)
		if i > 0 && slices.Contains([]kind{paragraph, item, list, field, table}, all[i-1].kind) {
			p.Ln(3)
		}
		p.SetFont(family, "B", 12)
		p.MultiCell(p.width, 6, p.text(b.parts[0]), "", "C", false)
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
		p.MultiCell(p.width, p.line, p.text(b.parts[0]), "", "L", false)
		p.Ln(1)
	case paragraph:
		if height, ok := p.closing(all[i:]); ok {
			p.need(height)
		}
		p.flow(p.left, p.width, p.runs(b.parts[0]))
		p.Ln(2.5)
	case item:
		p.hanging(b.depth, b.label, p.runs(b.parts[0]))
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
			p.MultiCell(p.width*0.8, p.line, p.text(part), "", "L", false)
		}
		p.Ln(4)
	case field:
		return p.fields(all[i:])
	case table:
		p.table(b)
	case chart:
		p.chart(b)
	case list:
		p.list(b)
	case lanes:
		p.lanes(b)
	case criterion:
		p.criterion(b)
	case copies:
		p.copies(b)
	case note:
		p.SetFont(family, "", 8.5)
		p.MultiCell(p.width, 4, p.text(b.parts[0]), "", "L", false)
	case newPage:
		p.endCriterion()
		p.AddPage()
	case stamp:
		p.stamped = atLast
		if p.text(b.label) == "1" {
			p.stamped = atFirst
		}
	case qrCode:
		p.qr(b)
	case signatures:
		p.signatures(b)
	}
	return 0
}

// closing is what the end of a document takes that begins with a paragraph: a signature never stands on a page without the text that is
// signed, nor without those beside which it stands. A line like that of place and date belongs to it.
func (p *printer) closing(all []block) (height float64, ok bool) {
	for n, b := range all {
		switch {
		case b.kind == stamp:
		case b.kind == signatures:
			height, ok = height+p.signatureHeight(b), true
			if n+1 < len(all) && all[n+1].kind == signatures {
				height += 3
			}
		case b.kind == paragraph && !ok:
			lines := len(p.SplitText(p.text(b.parts[0]), p.width))
			if n > 0 && lines > 1 {
				return 0, false
			}
			height += float64(lines)*p.line + 2.5
		default:
			return height, ok
		}
	}
	return height, ok
}

// need begins a new page when less than the height is left.
func (p *printer) need(height float64) {
	_, page := p.GetPageSize()
	if p.GetY()+height > page-p.bottom {
		p.AddPage()
	}
}

// hanging prints a label and a text beside it, as deep as the item lies.
func (p *printer) hanging(depth int, label string, text []run) {
	const indent = 8.0
	x := p.left + float64(depth)*indent
	p.need(2 * p.line) // a label never stands without its text
	p.SetX(x)
	p.CellFormat(indent, p.line, label, "", 0, "L", false, 0, "")
	p.flow(x+indent, p.left+p.width-x-indent, text)
	p.Ln(p.line / 6)
}

// list prints the lines of a value as items, labelled from the first label on.
func (p *printer) list(b block) {
	n := 0
	for l := range strings.SplitSeq(p.values[b.label], "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		p.hanging(b.depth, nth(b.parts[0], n), []run{{text: plain(l)}})
		n++
	}
}

// copies names who gets a copy, as a letter ends with it.
func (p *printer) copies(b block) {
	p.need(float64(len(b.parts)+2) * p.line)
	p.Ln(3)
	p.MultiCell(p.width, p.line, "Tembusan:", "", "L", false)
	for n, part := range b.parts {
		p.hanging(0, strconv.Itoa(n+1)+".", p.runs(part))
	}
}

// nth is the label that stands n places after the first.
func nth(first string, n int) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r + rune(n)
		}
		return r
	}, strings.Replace(first, "1", strconv.Itoa(n+1), 1))
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
			p.SetXY(p.left+p.width*0.55, y)
			p.CellFormat(p.width*0.45, p.line, p.text(b.parts[0]), "", 0, "R", false, 0, "")
			p.SetXY(p.left, at)
			continue
		}
		p.SetX(p.left)
		p.CellFormat(22, p.line, b.label, "", 0, "L", false, 0, "")
		p.CellFormat(4, p.line, ":", "", 0, "L", false, 0, "")
		p.SetLeftMargin(p.left + 26)
		wide := p.width * 0.55
		if p.GetY() > y { // below the date
			wide = p.width * 0.8
		}
		p.MultiCell(wide-26, p.line, p.text(b.parts[0]), "", "L", false)
		p.SetLeftMargin(p.left)
		p.SetX(p.left)
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
		if b.may && strings.Trim(p.text(b.parts[0]), "…- ") == "" {
			continue
		}
		p.need(p.line)
		p.SetX(p.left + 4)
		p.CellFormat(wide, p.line, b.label, "", 0, "L", false, 0, "")
		p.CellFormat(4, p.line, ":", "", 0, "L", false, 0, "")
		p.SetLeftMargin(p.left + 8 + wide)
		p.MultiCell(p.width-8-wide, p.line, p.text(b.parts[0]), "", "L", false)
		p.SetLeftMargin(p.left)
		p.SetX(p.left)
	}
	p.Ln(2.5)
	return n - 1
}

func (p *printer) signatureColumn() float64 { return p.width/2 - 4 }

// titles are the lines above a signature; a value may be two of them.
func (p *printer) titles(title string) []string { return split(p.text(title), " // ") }

// signatureHeight is what a block of signatures takes.
func (p *printer) signatureHeight(b block) float64 {
	title, names := 0, 0
	for _, side := range b.sides {
		lines := func(parts []string) (n int) {
			p.bold() // the widest that a line can be
			for _, part := range parts {
				n += len(p.SplitText(part, p.signatureColumn()-2))
			}
			p.regular()
			return n
		}
		below := make([]string, len(side)-1)
		for i, part := range side[1:] {
			below[i] = p.text(part)
		}
		title, names = max(title, lines(p.titles(side[0]))), max(names, lines(below))
	}
	return 3 + float64(title+names)*p.line + p.sign
}

// signatures keeps a block together: titles, room to sign, names.
func (p *printer) signatures(b block) {
	column := p.signatureColumn()
	p.need(p.signatureHeight(b))
	p.Ln(3)
	y := p.GetY()
	x := func(n int) float64 {
		if len(b.sides) == 1 || n == 1 {
			return p.left + p.width - column
		}
		return p.left
	}
	names := y
	for n, side := range b.sides {
		p.SetXY(x(n), y)
		p.SetLeftMargin(x(n))
		for _, line := range p.titles(side[0]) {
			p.SetX(x(n))
			p.MultiCell(column, p.line, line, "", "C", false)
		}
		names = max(names, p.GetY())
	}
	last := len(b.sides) - 1
	if p.stamped == atFirst {
		last = 0
	}
	if p.stamped != unstamped {
		p.stamped = unstamped
		p.SetFont(family, "", 7.5)
		p.SetDashPattern([]float64{1, 1}, 0)
		top := names + p.sign - 18.5 // clear of the name below
		p.Rect(x(last)+4, top, 22, 16, "D")
		p.SetDashPattern(nil, 0)
		p.SetXY(x(last)+4, top+5)
		p.CellFormat(22, 5, "Meterai 10.000", "", 0, "C", false, 0, "")
	}
	for n, side := range b.sides {
		p.SetLeftMargin(x(n))
		p.SetXY(x(n), names+p.sign)
		for i, part := range side[1:] {
			if p.regular(); i == 0 {
				p.bold()
			}
			p.SetX(x(n))
			p.MultiCell(column, p.line, p.text(part), "", "C", false)
		}
	}
	p.SetLeftMargin(p.left)
	p.SetXY(p.left, max(p.GetY(), names+p.sign+2*p.line)+3)
}

// qr draws the code in modules of half a millimetre or more, with the quiet zone that readers need, and the text beside it.
func (p *printer) qr(b block) {
	if b.may && strings.Trim(p.text(b.label), "…- ") == "" {
		return
	}
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
	p.SetXY(p.left+side+3, p.GetY()+4)
	p.MultiCell(p.width-side-3, p.line, p.text(b.parts[0]), "", "L", false)
	p.SetXY(p.left, max(end, p.GetY())+2)
}

// isForm reports whether the blocks are those of a form with its head.
func isForm(all []block) bool {
	return slices.ContainsFunc(all, func(b block) bool { return b.kind == form })
}
