package document

import (
	"regexp"
	"strings"
)

// table prints the rows of a value, with the head again on each page.
func (p *printer) table(b block) {
	rows := [][]string{}
	for l := range strings.SplitSeq(p.values[b.label], "\n") {
		if strings.TrimSpace(l) == "" {
			continue
		}
		cells := strings.Split(l, "\t")
		for len(cells) < len(b.parts) {
			cells = append(cells, "")
		}
		rows = append(rows, cells[:len(b.parts)])
	}
	size, line := p.size, p.line
	defer func() {
		p.size, p.line = size, line
		p.regular()
	}()
	columns, fits := p.columns(b.parts, rows)
	for !fits && p.size > 8 { // smaller letters rather than broken words
		p.size, p.line = p.size-1, p.line-0.4
		columns, fits = p.columns(b.parts, rows)
	}
	aligns := alignments(rows)
	head := func() {
		p.bold()
		p.row(columns, aligns, b.parts, true)
		p.regular()
	}
	p.need(p.startOf(b))
	head()
	for _, r := range rows {
		for i := range r {
			r[i] = plain(r[i])
		}
		if _, page := p.GetPageSize(); p.GetY()+p.height(columns, r) > page-p.bottom {
			p.AddPage()
			head()
		}
		p.row(columns, aligns, r, false)
	}
	p.Ln(3)
}

// columns shares the width: each column gets what its longest word needs, and of the rest as much as its cells would like more. It fits
// when no word is broken.
func (p *printer) columns(heads []string, rows [][]string) (out []float64, fits bool) {
	const margin, widest, longest = 6.0, 90.0, 60.0
	least, more := make([]float64, len(heads)), make([]float64, len(heads))
	sumLeast, sumMore := 0.0, 0.0
	for i, h := range heads {
		p.bold()
		need := p.GetStringWidth(h)
		for w := range strings.FieldsSeq(h) {
			least[i] = max(least[i], p.GetStringWidth(w))
		}
		p.regular()
		for _, r := range rows {
			cell := plain(r[i])
			need = max(need, min(p.GetStringWidth(cell), widest))
			for w := range strings.FieldsSeq(cell) {
				least[i] = max(least[i], min(p.GetStringWidth(w), longest))
			}
		}
		least[i] += margin
		more[i] = max(0, need+margin-least[i])
		sumLeast, sumMore = sumLeast+least[i], sumMore+more[i]
	}
	out = make([]float64, len(heads))
	for i := range out {
		switch free := p.width - sumLeast; {
		case free < 0:
			out[i] = least[i] * p.width / sumLeast
		case sumMore == 0:
			out[i] = least[i] + free/float64(len(out))
		default:
			out[i] = least[i] + free*more[i]/sumMore
		}
	}
	return out, sumLeast <= p.width
}

func (p *printer) height(columns []float64, cells []string) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, len(p.SplitText(c, columns[i]-3)))
	}
	return float64(most)*p.line + 1.6
}

// figure is a number as bahasa.Number writes it, or a share.
var figure = regexp.MustCompile(`^\d{1,3}(\.\d{3})*(,\d+)?( %)?$`)

// alignments puts columns of figures to the right, so that their digits stand below each other; the first column names the row.
func alignments(rows [][]string) []string {
	var out []string
	for _, r := range rows {
		for i, c := range r {
			if len(out) <= i {
				out = append(out, "")
			}
			switch {
			case i == 0 || c != "" && !figure.MatchString(c):
				out[i] = "L"
			case c != "" && out[i] == "":
				out[i] = "R"
			}
		}
	}
	return out
}

func (p *printer) row(columns []float64, aligns, cells []string, head bool) {
	h := p.height(columns, cells)
	x, y := p.left, p.GetY()
	for i, c := range cells {
		style := "D"
		if head {
			p.SetFillColor(234, 238, 245)
			style = "FD"
		}
		p.Rect(x, y, columns[i], h, style)
		for n, l := range p.SplitText(c, columns[i]-3) {
			p.SetXY(x+0.5, y+0.8+float64(n)*p.line)
			align := "L"
			if i < len(aligns) && aligns[i] != "" {
				align = aligns[i]
			}
			p.CellFormat(columns[i]-1, p.line, l, "", 0, align, false, 0, "")
		}
		x += columns[i]
	}
	p.SetXY(p.left, y+h)
}
