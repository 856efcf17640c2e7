package ui

import (
	"strconv"

	"gapura/internal/bahasa"
)

// A Series is one colour of a chart: Class is ok, mid or bad.
type Series struct{ Name, Class string }

// A Column is one place on a chart's axis with a value for each series.
type Column struct {
	Label  string // in words, for the table and the pointer
	Tick   string // below the axis; empty: none
	Link   string // where the records are; empty: nowhere
	Values []int
}

// A Chart is columns stacked by series, drawn as SVG on the server, with its figures as a table below. The template "chart" shows it.
type Chart struct {
	Title, Unit string
	Axis        string // heading of the table's first column
	Level       bool   // values are levels, for instance scores: their sum means nothing and is not shown
	Series      []Series
	Columns     []Column
}

// The chart's measures, in the drawing's own units.
const (
	chartWidth  = 1000
	chartHeight = 220
	chartLeft   = 84
	chartTop    = 12
	chartBase   = chartHeight - 28
	chartWidest = 90 // of a bar
)

// A Bar is a drawn part of a column.
type Bar struct {
	X, Y, Width, Height float64
	Class               string
}

// A Mark is a text on an axis.
type Mark struct {
	X, Y float64
	Text string
	Line bool // a line across at this height
}

// A DrawnColumn is a column's bars with what the pointer says.
type DrawnColumn struct {
	Title string
	Bars  []Bar
}

// Total is the sum over all columns.
func (c Chart) Total() (n int) {
	for _, x := range c.Columns {
		n += sum(x.Values)
	}
	return n
}

func sum(values []int) (n int) {
	for _, v := range values {
		n += v
	}
	return n
}

// top is the axis's end: one, two or five times a power of ten, not below the highest column.
func (c Chart) top() int {
	highest := 1
	for _, x := range c.Columns {
		highest = max(highest, sum(x.Values))
	}
	for unit := 1; ; unit *= 10 {
		for _, n := range []int{1, 2, 5} {
			if n*unit >= highest {
				return n * unit
			}
		}
	}
}

// Drawn are the columns as rectangles.
func (c Chart) Drawn() []DrawnColumn {
	if len(c.Columns) == 0 {
		return nil
	}
	top, step := float64(c.top()), float64(chartWidth-chartLeft)/float64(len(c.Columns))
	var out []DrawnColumn
	for n, x := range c.Columns {
		if sum(x.Values) == 0 {
			continue
		}
		d := DrawnColumn{Title: x.Label + ": " + bahasa.Number(sum(x.Values)) + " " + c.Unit}
		y := float64(chartBase)
		for i, v := range x.Values {
			if v == 0 {
				continue
			}
			h := float64(v) / top * float64(chartBase-chartTop)
			y -= h
			width := min(step*0.8, chartWidest)
			d.Bars = append(d.Bars, Bar{X: round(chartLeft + (float64(n)+0.5)*step - width/2), Y: round(y), Width: round(width),
				Height: round(h), Class: c.Series[i].Class})
		}
		out = append(out, d)
	}
	return out
}

func round(x float64) float64 { return float64(int(x*10+0.5)) / 10 }

// Marks are the figures of the axis with lines across, and the ticks below.
func (c Chart) Marks() []Mark {
	top := c.top()
	var out []Mark
	for _, part := range []int{0, top / 2, top} {
		if part == top/2 && top%2 != 0 {
			continue
		}
		out = append(out, Mark{X: chartLeft - 8, Y: round(float64(chartBase) - float64(part)/float64(top)*float64(chartBase-chartTop)),
			Text: bahasa.Number(part), Line: true})
	}
	step := float64(chartWidth-chartLeft) / float64(max(1, len(c.Columns)))
	for n, x := range c.Columns {
		if x.Tick != "" {
			out = append(out, Mark{X: round(chartLeft + (float64(n)+0.5)*step), Y: chartHeight - 6, Text: x.Tick})
		}
	}
	return out
}

// Alternative is what the drawing says, for those who do not see it; the table below holds the figures.
func (c Chart) Alternative() string {
	highest, at := 0, ""
	for _, x := range c.Columns {
		if n := sum(x.Values); n > highest {
			highest, at = n, x.Label
		}
	}
	text := c.Title
	if !c.Level {
		text += ": " + bahasa.Number(c.Total()) + " " + c.Unit
	}
	if at != "" {
		text += ", paling banyak " + bahasa.Number(highest) + " pada " + at
	}
	return text + ". Angkanya ada pada tabel di bawah gambar."
}

// Rows are the columns with anything, for the table.
func (c Chart) Rows() []Column {
	var out []Column
	for _, x := range c.Columns {
		if sum(x.Values) != 0 {
			out = append(out, x)
		}
	}
	return out
}

// A Share is a part of a whole for the template "share": a bar beside its figure.
type Share struct {
	Part, Whole int
	Class       string
}

// Width is the bar's width of 100.
func (s Share) Width() string {
	if s.Whole <= 0 {
		return "0"
	}
	return strconv.FormatFloat(round(min(1, float64(s.Part)/float64(s.Whole))*100), 'f', -1, 64)
}
