package document

// The table of a guideline (Juknis) is three columns: number, criterion, and the instruction, which is text with items over several pages.
const (
	numberColumn    = 11.0
	criterionColumn = 33.0
)

// A guideline is the row that is being printed.
type guideline struct {
	from float64 // where it began on this page
}

// criterion ends the row before and begins the next one.
func (p *printer) criterion(b block) {
	first := p.open == nil
	p.closeRow(p.GetY() + 1)
	if len(b.parts) < 2 {
		p.Ln(4)
		return
	}
	if first {
		p.Ln(3)
	}
	page := p.PageNo()
	p.need(30)
	if first || p.PageNo() != page {
		p.guidelineHead()
	}
	from := p.GetY()
	p.bold()
	p.SetXY(marginLeft, from+1)
	p.CellFormat(numberColumn, p.line, b.parts[0], "", 0, "C", false, 0, "")
	for n, line := range p.SplitText(p.text(b.parts[1]), criterionColumn-2) {
		p.SetXY(marginLeft+numberColumn, from+1+float64(n)*p.line)
		p.CellFormat(criterionColumn, p.line, line, "", 0, "L", false, 0, "")
	}
	p.regular()
	p.open = &guideline{from: from}
	p.left += numberColumn + criterionColumn
	p.width -= numberColumn + criterionColumn
	p.SetLeftMargin(p.left)
	p.SetXY(p.left, from+1)
}

func (p *printer) guidelineHead() {
	p.bold()
	p.SetFillColor(234, 238, 245)
	p.SetX(marginLeft)
	for _, c := range []struct {
		wide float64
		name string
	}{{numberColumn, "No."}, {criterionColumn, "KRITERIA"}, {210 - marginLeft - marginRight - numberColumn - criterionColumn, "PETUNJUK"}} {
		p.CellFormat(c.wide, p.line+2, c.name, "1", 0, "C", true, 0, "")
	}
	p.SetXY(p.left, p.GetY()+p.line+2)
}

// closeRow draws the lines around what stands between the row's beginning on this page and y, and goes back to the page's margins.
func (p *printer) closeRow(y float64) {
	if p.open == nil {
		return
	}
	p.rowLines(y)
	p.open = nil
	p.left, p.width = marginLeft, 210-marginLeft-marginRight
	p.SetLeftMargin(p.left)
	p.SetXY(p.left, y)
}

func (p *printer) rowLines(y float64) {
	x := marginLeft
	for _, wide := range []float64{numberColumn, criterionColumn, 210 - marginLeft - marginRight - numberColumn - criterionColumn} {
		p.Rect(x, p.open.from, wide, y-p.open.from, "D")
		x += wide
	}
}

// endCriterion ends a table that was not ended.
func (p *printer) endCriterion() { p.closeRow(p.GetY() + 1) }

// breakCriterion draws the lines of a row that goes on over the page, continueCriterion repeats the table's head there.
func (p *printer) breakCriterion() {
	if p.open != nil {
		_, page := p.GetPageSize()
		p.rowLines(page - p.bottom)
	}
}

func (p *printer) continueCriterion() {
	if p.open != nil {
		p.guidelineHead()
		p.open.from = p.GetY()
		p.SetY(p.GetY() + 1)
		p.SetX(p.left)
	}
}
