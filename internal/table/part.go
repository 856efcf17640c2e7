package table

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
)

// maxToken bounds a tag or a text of a workbook, in bytes: Excel's longest cell is 32,767 characters, each perhaps an entity.
const maxToken = 1 << 20

// maxDepth is how many elements stand open at once; those of a text in a cell of a sheet are seven.
const maxDepth = 64

// A part is a file of a workbook, read token by token.
type part struct {
	d     *xml.Decoder
	from  *near
	close func() error
	depth int
}

// open reads no more of a file than the archive says that it unpacks to, because that is what was counted; one byte further the archive's
// own check fails.
func open(f *zip.File) (*part, error) {
	r, err := f.Open()
	if err != nil {
		return nil, ErrFormat
	}
	from := &near{r: io.LimitReader(r, int64(f.UncompressedSize64)+1), most: maxToken, why: ErrCell}
	return &part{d: xml.NewDecoder(from), from: from, close: r.Close}, nil
}

// next is the next token, good until the one after; io.EOF behind the last.
func (p *part) next() (xml.Token, error) {
	t, err := p.d.RawToken()
	p.from.at = p.d.InputOffset()
	switch {
	case errors.Is(err, io.EOF) && p.depth == 0:
		return nil, io.EOF
	case errors.Is(err, ErrCell):
		return nil, ErrCell
	case err != nil:
		return nil, ErrFormat
	}
	switch t.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, ErrFormat
		}
	case xml.EndElement:
		p.depth--
	}
	return t, nil
}

// text is what stands in v and t below the element that was opened last, up to its end; of what is longer than most bytes enough to be
// seen as too long. Readings aids (rPh) are no part of a text.
func (p *part) text(most int) (string, error) {
	var b []byte
	shown, aside := false, false
	for until := p.depth - 1; p.depth > until; {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			err = ErrFormat
		}
		if err != nil {
			return "", err
		}
		switch v := token.(type) {
		case xml.StartElement:
			shown = v.Name.Local == "v" || v.Name.Local == "t"
			aside = aside || v.Name.Local == "rPh"
		case xml.EndElement:
			shown = false
			aside = aside && v.Name.Local != "rPh"
		case xml.CharData:
			if shown && !aside && len(b) <= most {
				b = append(b, v...)
			}
		}
	}
	return string(b), nil
}

// each tells of the elements that open in a file; none when there is no such file.
func each(f *zip.File, do func(*part, xml.StartElement) error) error {
	if f == nil {
		return nil
	}
	p, err := open(f)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := do(p, start); err != nil {
				return err
			}
		}
	}
}

// attribute is the value of an element's attribute; empty when it has none.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
