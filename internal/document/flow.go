package document

import (
	"regexp"
	"strings"
)

// A run is text of one weight.
type run struct {
	text string
	bold bool
}

// A word is what a line does not break; glued: it stands right behind the one before.
type word struct {
	text        string
	bold, glued bool
	wide        float64
}

var strong = regexp.MustCompile(`\*\*[^*\s][^*]*\*\*`)

// runs cuts a template's text at its marks of bold text, and puts the values in after that: what they hold is never a mark.
func (p *printer) runs(part string) (out []run) {
	add := func(text string, bold bool) {
		if text != "" {
			out = append(out, run{p.text(text), bold})
		}
	}
	at := 0
	for _, m := range strong.FindAllStringIndex(part, -1) {
		add(part[at:m[0]], false)
		add(part[m[0]+2:m[1]-2], true)
		at = m[1]
	}
	add(part[at:], false)
	return out
}

func (p *printer) weigh(bold bool) {
	if bold {
		p.bold()
	} else {
		p.regular()
	}
}

// words cuts runs at blanks; a word that is wider than a line is cut where the line ends.
func (p *printer) words(runs []run, width float64) (out []word) {
	open := false // the run before ended without a blank
	for _, r := range runs {
		p.weigh(r.bold)
		for n, w := range strings.Fields(r.text) {
			glued := n == 0 && open && !strings.HasPrefix(r.text, " ")
			for _, piece := range p.pieces(w, width) {
				out = append(out, word{piece, r.bold, glued, p.GetStringWidth(piece)})
				glued = false
			}
		}
		open = !strings.HasSuffix(r.text, " ")
	}
	return out
}

// pieces cuts a word that is wider than a line.
func (p *printer) pieces(w string, width float64) []string {
	if p.GetStringWidth(w) <= width {
		return []string{w}
	}
	return p.SplitText(w, width)
}

// flow prints text between x and x plus the width, both edges straight, and ends below it. Of more than three lines
// none stands alone on a page.
func (p *printer) flow(x, width float64, runs []run) {
	const margin = 1.0
	p.regular()
	blank := p.GetStringWidth(" ")
	lines := lines(p.words(runs, width-2*margin), width-2*margin, blank)
	for n, line := range lines {
		room := p.line
		if len(lines) > 3 && (n == 0 || n == len(lines)-2) {
			room = 2 * p.line
		}
		p.need(room)
		gap := blank
		if n < len(lines)-1 {
			gap = justified(line, width-2*margin, blank)
		}
		at, y := x+margin, p.GetY()
		_, size := p.GetFontSize()
		for i, w := range line {
			if i > 0 && !w.glued {
				at += gap
			}
			p.weigh(w.bold)
			p.Text(at, y+0.5*p.line+0.3*size, w.text)
			at += w.wide
		}
		p.SetXY(p.left, y+p.line)
	}
	p.regular()
}

// lines breaks words into lines that are not wider than the width.
func lines(words []word, width, blank float64) (out [][]word) {
	var line []word
	used := 0.0
	for n := 0; n < len(words); {
		piece, wide := words[n:n+1], words[n].wide // a word with those glued to it
		for n+len(piece) < len(words) && words[n+len(piece)].glued {
			wide += words[n+len(piece)].wide
			piece = words[n : n+len(piece)+1]
		}
		if len(line) > 0 && used+blank+wide > width {
			out, line, used = append(out, line), nil, 0
		}
		if len(line) > 0 {
			used += blank
		}
		line, used, n = append(line, piece...), used+wide, n+len(piece)
	}
	if len(line) > 0 {
		out = append(out, line)
	}
	return out
}

// justified is the gap between words with which a line fills the width; a line with few words keeps its blanks.
func justified(line []word, width, blank float64) float64 {
	gaps := 0
	for i, w := range line {
		width -= w.wide
		if i > 0 && !w.glued {
			gaps++
		}
	}
	if gaps == 0 || width/float64(gaps) > 6*blank {
		return blank
	}
	return width / float64(gaps)
}
