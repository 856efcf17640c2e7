package document

import (
	"strconv"
	"strings"

	"gapura/internal/bahasa"
)

// A bar of a chart.
type bar struct {
	name string
	n    int
}

// barHeight is a bar with the room below it.
const barHeight = 7.0

func (p *printer) bars(b block) (rows []bar, most int) {
	most = 1
	for l := range strings.SplitSeq(p.values[b.label], "\n") {
		name, number, _ := strings.Cut(l, "\t")
		n, err := strconv.Atoi(strings.TrimSpace(number))
		if err != nil || n < 0 {
			continue
		}
		rows, most = append(rows, bar{plain(name), n}), max(most, n)
	}
	return rows, most
}

// startOf is how much room the beginning of a block needs, so that a heading does not stand alone at the end of a page.
func (p *printer) startOf(b block) float64 {
	switch b.kind {
	case table:
		return 3*p.line + 3
	case chart:
		rows, _ := p.bars(b)
		return p.line + 1 + float64(max(1, min(len(rows), 8)))*barHeight
	}
	return 10
}

// chart draws a bar for each row, the number beside it, so that nothing is told by the drawing alone.
func (p *printer) chart(b block) {
	const names, numbers, bar = 50.0, 22.0, 5.5
	rows, most := p.bars(b)
	p.need(p.startOf(b))
	p.bold()
	p.MultiCell(p.width, p.line, p.text(b.parts[0]), "", "L", false)
	p.Ln(1)
	p.SetFont(family, "", p.size-1.5)
	p.SetFillColor(11, 74, 160)
	for _, r := range rows {
		lines := p.SplitText(r.name, names-1)
		high := max(bar, float64(len(lines))*p.line)
		p.need(high + 1.5)
		y := p.GetY()
		for n, l := range lines {
			p.SetXY(p.left, y+float64(n)*p.line)
			p.CellFormat(names, bar, l, "", 0, "L", false, 0, "")
		}
		p.SetXY(p.left+names, y)
		long := (p.width - names - numbers) * float64(r.n) / float64(most)
		if long > 0 {
			p.Rect(p.GetX(), p.GetY()+0.6, long, bar-1.2, "F")
		}
		p.SetX(p.GetX() + long + 1.5)
		p.CellFormat(numbers, bar, bahasa.Number(r.n), "", 0, "L", false, 0, "")
		p.SetXY(p.left, y+high+1.5)
	}
	if len(rows) == 0 {
		p.CellFormat(p.width, bar, "Tidak ada", "", 1, "L", false, 0, "")
	}
	p.Ln(2)
}
