package document

// lanes draws a flow: a column for each party, a box for each step in the column of who takes it, and an arrow from the step before.
func (p *printer) lanes(b block) {
	const gap, inner, head = 6.0, 3.0, 8.0
	wide := p.width / float64(len(b.parts))
	top, from := 0.0, 0.0
	begin := func() {
		top = p.GetY()
		p.SetFont(family, "B", 9.5)
		p.SetFillColor(234, 238, 245)
		for _, name := range b.parts {
			p.CellFormat(wide, head, p.text(name), "1", 0, "C", true, 0, "")
		}
		from = top + head
		p.SetY(from)
	}
	var labels []func() // of arrows, which stand over the lines of the columns
	end := func(y float64) {
		for n := range b.parts {
			p.Rect(p.left+float64(n)*wide, from, wide, y-from, "D")
		}
		for _, draw := range labels {
			draw()
		}
		labels = nil
	}
	begin()
	p.SetFont(family, "", 9)
	const line = 4.3
	y := from + 4
	middles := map[int]float64{} // of the boxes on this page, by step
	for n, s := range b.steps {
		lines := p.SplitText(p.text(s.text), wide-2*inner-4)
		high := float64(len(lines))*line + 3
		if _, page := p.GetPageSize(); y+high+4 > page-p.bottom {
			end(y)
			p.AddPage()
			begin()
			p.SetFont(family, "", 9)
			y = from + 4
			clear(middles)
		}
		x, label := p.left+float64(s.lane)*wide, p.text(s.arrow)
		before := n - 1
		if s.from > 0 {
			before = s.from - 1
		}
		switch at, here := middles[before]; {
		case !here && label != "" && n > 0: // the arrow would come from another page
			labels = append(labels, func() { p.label(x+inner, y-0.2, label) })
		case here && before == n-1:
			middle := p.left + (float64(b.steps[before].lane)+0.5)*wide
			p.arrow(middle, y-gap, x+wide/2, y)
			if at, y := min(middle, x+wide/2)+2, y-gap/2; label != "" {
				labels = append(labels, func() { p.label(at, y, label) })
			}
		case here:
			out := p.left + float64(b.steps[before].lane)*wide
			to := p.around(out, wide, inner, at, x, y+high/2)
			if y := y + high/2; label != "" {
				labels = append(labels, func() { p.label(to, y, label) })
			}
		}
		p.SetFillColor(255, 255, 255)
		p.Rect(x+inner, y, wide-2*inner, high, "FD")
		for n, l := range lines {
			p.SetXY(x+inner, y+1.5+float64(n)*line)
			p.CellFormat(wide-2*inner, line, l, "", 0, "C", false, 0, "")
		}
		middles[n] = y + high/2
		y += high + gap
	}
	end(y - gap + 4)
	p.SetXY(p.left, y-gap+8)
	p.regular()
}

// around draws the arrow of a branch: beside the boxes between its ends, from the edge of the one column's box to that of the other's. It
// returns where a label on its last part may begin.
func (p *printer) around(from, wide, inner, fromY, to, toY float64) (label float64) {
	side, rail, tip := from+inner, from+inner/2, to+wide-inner // towards the left
	if from < to {
		side, rail, tip = from+wide-inner, from+wide-inner/2, to+inner
	}
	if from == to {
		tip = to + inner
	}
	p.Line(side, fromY, rail, fromY)
	p.Line(rail, fromY, rail, toY)
	p.Line(rail, toY, tip, toY)
	back := 2.0
	if tip > rail {
		back = -2
	}
	p.Line(tip, toY, tip+back, toY-1.2)
	p.Line(tip, toY, tip+back, toY+1.2)
	return min(rail, tip) + 3
}

// arrow goes down, across and down again.
func (p *printer) arrow(x, y, toX, toY float64) {
	half := (y + toY) / 2
	p.Line(x, y, x, half)
	p.Line(x, half, toX, half)
	p.Line(toX, half, toX, toY)
	p.Line(toX, toY, toX-1.2, toY-2)
	p.Line(toX, toY, toX+1.2, toY-2)
}

// label stands on an arrow's way across.
func (p *printer) label(x, y float64, text string) {
	p.SetFont(family, "B", 8)
	p.SetFillColor(255, 255, 255)
	p.SetXY(x, y-3.4)
	p.CellFormat(p.GetStringWidth(text)+2, 3, text, "", 0, "L", true, 0, "")
}
