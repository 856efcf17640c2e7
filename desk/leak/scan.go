package leak

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Finding is a value at a place; the value is told by its number only.
type Finding struct {
	File     string `json:"file"`
	Offset   int64  `json:"offset"` // of its end, in the file or in what was unpacked
	Within   string `json:"within"` // "gzip > zlib"; empty: the file itself
	Encoding string `json:"encoding"`
	Value    int    `json:"value"` // from 0
}

const (
	maxDepth    = 4         // of what is packed in what is packed
	maxUnpacked = 512 << 20 // bytes that one packed part may become
	maxFindings = 1000      // of one file: enough to see that it leaks
	pageHead    = 4         // of an overflow page of SQLite: the number of the next
	edge        = 256       // on each side of a page's end; longer than a value in any of its forms within reason
)

// A Report is what a scan has seen.
type Report struct {
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes"`
	Findings []Finding `json:"findings"`
	Unread   []string  `json:"unread"` // files that could not be read, with the reason: a scan with any is not clean
}

// Clean reports whether everything was read and nothing was found.
func (r *Report) Clean() bool { return len(r.Findings) == 0 && len(r.Unread) == 0 }

// Folder searches every regular file under a path, or the one file. A file that vanishes meanwhile is left out.
func (s *Search) Folder(root string, r *Report) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if os.IsNotExist(err) && path != root {
			return nil
		}
		if err != nil {
			r.Unread = append(r.Unread, path+": "+reason(err))
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		f, err := os.Open(path)
		if os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			r.Unread = append(r.Unread, path+": "+reason(err))
			return nil
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			r.Unread = append(r.Unread, path+": "+reason(err))
			return nil
		}
		r.Files, r.Bytes = r.Files+1, r.Bytes+info.Size()
		found, err := s.In(path, f, info.Size())
		r.Findings = append(r.Findings, found...)
		if err != nil {
			r.Unread = append(r.Unread, path+": "+reason(err))
		}
		return nil
	})
}

// reason is an error without the path that it repeats.
func reason(err error) string {
	if e, ok := err.(*fs.PathError); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// In searches one content of a known size.
func (s *Search) In(name string, f io.ReaderAt, size int64) ([]Finding, error) {
	x := &scan{search: s, file: name}
	if err := x.layer(io.NewSectionReader(f, 0, size), size, ""); err != nil {
		return x.found, err
	}
	return x.found, x.pages(f, size)
}

type scan struct {
	search *Search
	file   string
	found  []Finding
	depth  int
}

// layer searches a content, and what is packed in it.
func (x *scan) layer(r io.ReaderAt, size int64, within string) error {
	x.depth++
	defer func() { x.depth-- }()
	packed, err := x.raw(io.NewSectionReader(r, 0, size), within)
	if err != nil || x.depth > maxDepth {
		return err
	}
	for _, p := range packed {
		if len(x.found) >= maxFindings {
			return nil
		}
		x.unpack(io.NewSectionReader(r, p.at, size-p.at), p.kind, within)
	}
	return nil
}

// A part is a place where something packed seems to begin.
type part struct {
	at   int64
	kind string
}

// raw goes through a content once: the automaton over its bytes, and the beginnings of packed parts.
func (x *scan) raw(r io.Reader, within string) (packed []part, err error) {
	buf := make([]byte, 256<<10)
	state, at := int32(0), int64(0)
	var tail uint32 // the last four bytes
	next, found := x.search.next, x.search.found
	for {
		n, err := r.Read(buf)
		for i, b := range buf[:n] {
			if state = next[state][b]; found[state] != 0 && len(x.found) < maxFindings {
				f := x.search.forms[found[state]-1]
				x.found = append(x.found, Finding{File: x.file, Offset: at + int64(i) + 1, Within: within, Encoding: f.encoding,
					Value: f.value})
			}
			tail = tail<<8 | uint32(b)
			switch {
			case tail&0xffffff == 0x1f8b08:
				packed = append(packed, part{at + int64(i) - 2, "gzip"})
			case tail&0xff00 == 0x7800 && (b == 0x01 || b == 0x5e || b == 0x9c || b == 0xda):
				packed = append(packed, part{at + int64(i) - 1, "zlib"})
			case tail == 0x504b0304:
				packed = append(packed, part{at + int64(i) - 3, "zip"})
			}
		}
		at += int64(n)
		if err == io.EOF {
			return packed, nil
		}
		if err != nil {
			return packed, err
		}
	}
}

// unpack searches what a packed part holds, as far as it can be unpacked.
func (x *scan) unpack(r *io.SectionReader, kind, within string) {
	var plain io.Reader
	in := bufio.NewReaderSize(r, 4096)
	switch kind {
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return
		}
		z.Multistream(false)
		plain = z
	case "zlib":
		z, err := zlib.NewReader(in)
		if err != nil {
			return
		}
		plain = z
	case "zip":
		head := make([]byte, 30)
		if _, err := r.ReadAt(head, 0); err != nil || binary.LittleEndian.Uint16(head[8:]) != 8 { // stored parts lie open
			return
		}
		begins := 30 + int64(binary.LittleEndian.Uint16(head[26:])) + int64(binary.LittleEndian.Uint16(head[28:]))
		plain = flate.NewReader(bufio.NewReaderSize(io.NewSectionReader(r, begins, max(0, r.Size()-begins)), 4096))
	}
	// What cannot be unpacked to its end is searched as far as it goes: the end of a file that is being written is missing.
	content, _ := io.ReadAll(io.LimitReader(plain, maxUnpacked))
	if len(content) >= MinValue {
		x.layer(bytes.NewReader(content), int64(len(content)), strings.TrimPrefix(within+" > "+kind, " > "))
	}
}

// pages searches a SQLite database across its pages: a long value of a row goes on behind the four-byte head of an overflow page, which is
// named where the row's part in the page before ends. Whatever could be such a name is followed.
func (x *scan) pages(f io.ReaderAt, size int64) error {
	head := make([]byte, 18)
	if _, err := f.ReadAt(head, 0); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return nil
	}
	long := int64(binary.BigEndian.Uint16(head[16:]))
	if long == 1 {
		long = 65536
	}
	if long < 512 {
		return nil
	}
	pages := size / long
	page, next := make([]byte, long), make([]byte, pageHead+edge)
	follow := func(a, to int64, end []byte) error {
		if to < 2 || to > pages || to == a {
			return nil
		}
		if _, err := f.ReadAt(next, (to-1)*long); err != nil && err != io.EOF {
			return err
		}
		_, err := x.raw(bytes.NewReader(slices.Concat(end[max(0, len(end)-edge):], next[pageHead:])), fmt.Sprintf("page %d to %d", a, to))
		return err
	}
	for a := int64(1); a <= pages; a++ {
		if _, err := f.ReadAt(page, (a-1)*long); err != nil {
			return err
		}
		if err := follow(a, int64(binary.BigEndian.Uint32(page)), page); err != nil { // as an overflow page
			return err
		}
		for i := pageHead; i+pageHead <= len(page); i++ { // as a page of rows
			if err := follow(a, int64(binary.BigEndian.Uint32(page[i:])), page[:i]); err != nil {
				return err
			}
		}
	}
	return nil
}
