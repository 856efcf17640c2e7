// Package region holds the Kemendagri region codes and names, embedded from idn-area-data 4.0.1 (see data/). Codes are written without
// dots: province 2, regency 4, district 6, village 10 digits. A code that is not in the list is not wrong: regions split, and old codes
// stay in use.
package region

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

// IDN_AREA_DATA is the directory of the unpacked npm package: npm pack idn-area-data@4.0.1 && tar xf idn-area-data-4.0.1.tgz
//
//go:generate go run ./gen $IDN_AREA_DATA data/areas.tsv.gz

//go:embed data/areas.tsv.gz
var packed []byte

// A list is the whole table as one text of lines "code<TAB>name", sorted by code, with the offset of each line.
type list struct {
	text   string
	starts []uint32
}

// load unpacks the table once, at the first question, and may be called by many at once; about 3 MB stay in memory.
var load = sync.OnceValue(func() list {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(fmt.Sprintf("embedded regions: %v", err))
	}
	b, err := io.ReadAll(z)
	if err != nil {
		panic(fmt.Sprintf("embedded regions: %v", err))
	}
	l := list{text: string(b)}
	for at := 0; at < len(b); {
		l.starts = append(l.starts, uint32(at))
		at += bytes.IndexByte(b[at:], '\n') + 1
	}
	return l
})

// line splits the i-th line.
func (l list) line(i int) (code, name string) {
	rest := l.text[l.starts[i]:]
	code, rest, _ = strings.Cut(rest, "\t")
	name, _, _ = strings.Cut(rest, "\n")
	return code, name
}

// at is the index of the first line that is not below the code; the lines before from are known to be below. Codes of different lengths
// sort as texts, because the tab after a code is below every digit.
func (l list) at(code string, from int) int {
	return from + sort.Search(len(l.starts)-from, func(i int) bool {
		line := l.text[l.starts[from+i]:]
		if len(line) > len(code) {
			line = line[:len(code)]
		}
		return line >= code
	})
}

// find is the name of a code and the index at which it stands or would stand.
func (l list) find(code string, from int) (name string, at int, ok bool) {
	at = l.at(code, from)
	if code == "" || at == len(l.starts) {
		return "", at, false
	}
	c, name := l.line(at)
	if c != code {
		return "", at, false
	}
	return name, at, true
}

// Name returns the upper-case name of a region; false when the code is not in the list.
func Name(code string) (string, bool) {
	name, _, ok := load().find(code, 0)
	return name, ok
}

// A Place is the names of a village and what it lies in; a name is empty when its code is not in the list.
type Place struct{ Province, Regency, District, Village string }

// Lookup names a village code (10 digits) or any shorter prefix of it. It takes well under a microsecond after the first call.
func Lookup(code string) Place {
	var p Place
	l, at := load(), 0
	// What lies in a region follows it in the list, so each search goes on from the one before.
	for _, part := range [...]struct {
		digits int
		name   *string
	}{{2, &p.Province}, {4, &p.Regency}, {6, &p.District}, {10, &p.Village}} {
		if len(code) >= part.digits {
			*part.name, at, _ = l.find(code[:part.digits], at)
		}
	}
	return p
}

// Villages are the codes of the villages below a prefix, ascending.
func Villages(prefix string) []string {
	l := load()
	var out []string
	for i := l.at(prefix, 0); i < len(l.starts); i++ {
		code, _ := l.line(i)
		if !strings.HasPrefix(code, prefix) {
			break
		}
		if len(code) == 10 {
			out = append(out, code)
		}
	}
	return out
}
