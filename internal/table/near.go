package table

import "io"

// A near passes on what it reads, but never more than so many bytes beyond where the parser has got to: a parser that holds one token or
// one record whole cannot be made to hold the file.
type near struct {
	r         io.Reader
	most      int64
	why       error // when more would be needed
	given, at int64
	keeps     bool
	kept      []byte // if so: the last of what was given, from at or before
}

// from is what was given from a place on, no further back than the parser had got to before.
func (n *near) from(place int64) []byte { return n.kept[int64(len(n.kept))-(n.given-place):] }

func (n *near) Read(p []byte) (int, error) {
	if n.given-n.at > n.most {
		return 0, n.why
	}
	c, err := n.r.Read(p)
	n.given += int64(c)
	if n.keeps {
		if open := n.given - n.at; int64(len(n.kept)) > 2*open+1<<16 {
			n.kept = append(n.kept[:0], n.kept[int64(len(n.kept))-open+int64(c):]...)
		}
		n.kept = append(n.kept, p[:c]...)
	}
	return c, err
}
