package table

import "io"

// A near passes on what it reads, but never more than so many bytes beyond where the parser has got to: a parser that holds one token or
// one record whole cannot be made to hold the file.
type near struct {
	r         io.Reader
	most      int64
	why       error // when more would be needed
	given, at int64
}

func (n *near) Read(p []byte) (int, error) {
	if n.given-n.at > n.most {
		return 0, n.why
	}
	c, err := n.r.Read(p)
	n.given += int64(c)
	return c, err
}
