package manuscript

import (
	"cmp"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"gapura/internal/document"
)

// A Row is one clause of two versions beside each other.
type Row struct {
	Under    string // heading that it stands under
	Old, New Side
	Changed  bool
}

// A Side is a clause of one version; the zero Side: it has none there.
type Side struct {
	Label  string
	Pieces []Piece
}

// A Piece is a part of a clause; marked when the other version does not have it.
type Piece struct {
	Text   string
	Marked bool
}

// Compare puts the clauses of two versions beside each other. A clause that was put in the place of another stands beside it.
func Compare(before, after []document.Clause) (rows []Row) {
	for _, h := range hunks(texts(before), texts(after)) {
		if h.same {
			for n := range h.old {
				rows = append(rows, row(&before[h.oldAt+n], &after[h.newAt+n]))
			}
			continue
		}
		for n := range max(h.old, h.new) {
			var o, a *document.Clause
			if n < h.old {
				o = &before[h.oldAt+n]
			}
			if n < h.new {
				a = &after[h.newAt+n]
			}
			rows = append(rows, row(o, a))
		}
	}
	return rows
}

// Same reports whether two versions say the same.
func Same(before, after []document.Clause) bool {
	h := hunks(texts(before), texts(after))
	return len(h) == 0 || len(h) == 1 && h[0].same
}

func texts(list []document.Clause) []string {
	out := make([]string, len(list))
	for n, c := range list {
		out[n] = c.Text
	}
	return out
}

func row(before, after *document.Clause) (r Row) {
	var was, is string
	if before != nil {
		r.Under, r.Old.Label, was = before.Under, before.Label, before.Text
	}
	if after != nil {
		r.Under, r.New.Label, is = cmp.Or(after.Under, r.Under), after.Label, after.Text
	}
	r.Changed = was != is
	old, now := strings.Fields(was), strings.Fields(is)
	for _, h := range hunks(old, now) {
		r.Old.add(old[h.oldAt:h.oldAt+h.old], !h.same)
		r.New.add(now[h.newAt:h.newAt+h.new], !h.same)
	}
	return r
}

func (s *Side) add(words []string, marked bool) {
	if len(words) > 0 {
		s.Pieces = append(s.Pieces, Piece{strings.Join(words, " "), marked})
	}
}

// A hunk is a run of elements that both lists have, or that one has in the place of the other's.
type hunk struct {
	same       bool
	oldAt, old int // place and number in the list before
	newAt, new int
}

// hunks compares two lists of texts without line breaks.
func hunks(before, after []string) (out []hunk) {
	was, is := lines(before), lines(after)
	o, n, at := 0, 0, 0 // elements passed, bytes of was passed
	for _, e := range udiff.Lines(was, is) {
		if same := strings.Count(was[at:e.Start], "\n"); same > 0 {
			out = append(out, hunk{true, o, same, n, same})
			o, n = o+same, n+same
		}
		gone, come := strings.Count(was[e.Start:e.End], "\n"), strings.Count(e.New, "\n")
		if last := len(out) - 1; last >= 0 && !out[last].same { // two edits at one place are one
			out[last].old, out[last].new = out[last].old+gone, out[last].new+come
		} else {
			out = append(out, hunk{false, o, gone, n, come})
		}
		o, n, at = o+gone, n+come, e.End
	}
	if same := len(before) - o; same > 0 {
		out = append(out, hunk{true, o, same, n, same})
	}
	return out
}

func lines(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return strings.Join(list, "\n") + "\n"
}
