// Package region holds the Kemendagri region codes and names, embedded from idn-area-data 4.0.1 (see data/). Codes are written without dots: province 2,
// regency 4, district 6, village 10 digits. A code that is not in the list is not wrong: regions split, and old codes stay in use.
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

//go:generate go run ./gen PACKAGE_DIR data/areas.tsv.gz

//go:embed data/areas.tsv.gz
var packed []byte

// A list is the whole table as one text of lines "code<TAB>name", sorted by code, with the offset of each line.
type list struct {
	text   string
	starts []uint32
}

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

// at is the index of the first line whose code is not below the given one.
func (l list) at(code string) int {
	return sort.Search(len(l.starts), func(i int) bool { c, _ := l.line(i); return c >= code })
}

// Name returns the upper-case name of a region; false when the code is not in the list.
func Name(code string) (string, bool) {
	l := load()
	i := l.at(code)
	if code == "" || i == len(l.starts) {
		return "", false
	}
	c, name := l.line(i)
	if c != code {
		return "", false
	}
	return name, true
}

// A Place is the names of a village and what it lies in; a name is empty when its code is not in the list.
type Place struct{ Province, Regency, District, Village string }

// Lookup names a village code or any shorter prefix of it.
func Lookup(code string) Place {
	var p Place
	for _, part := range []struct {
		digits int
		name   *string
	}{{2, &p.Province}, {4, &p.Regency}, {6, &p.District}, {10, &p.Village}} {
		if len(code) >= part.digits {
			*part.name, _ = Name(code[:part.digits])
		}
	}
	return p
}

// Villages are the codes of the villages below a prefix, ascending.
func Villages(prefix string) []string {
	l := load()
	var out []string
	for i := l.at(prefix); i < len(l.starts); i++ {
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
