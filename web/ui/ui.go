// Package ui holds what every page of Gapura shares: layout, stylesheet, script, headers and the way a page is written. It promises that
// nothing it writes asks for another host, that pages are never cached, and that a page is complete or not begun. It knows no domain.
package ui

import (
	"embed"
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates/layout.html
var layoutFiles embed.FS

// A Page is what the layout shows around a page's own content.
type Page struct {
	Title    string
	Provider string // name of the office
	Demo     string // banner text; empty normally
	Visitor  *Visitor
	Nav      []Link
	Lookup   bool // load the lookup page's scripts
	Blank    int  // seconds after which a page without script leaves the result; 0: never
	Body     any
}

// A Visitor is the signed-in user as the header shows them.
type Visitor struct {
	Login, Name, Role, Institution string
	Quota                          string // "sisa kuota" in words; empty: not shown
	Unread                         int    // notices
}

// A Link is an entry of the navigation.
type Link struct {
	Label, Path string
	Here        bool
}

var months = [...]string{"Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"}

// Date is "16 September 2025" in t's own location; the zero time is "-".
func Date(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return strconv.Itoa(t.Day()) + " " + months[t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// A Zone is a time zone as it is written behind a time.
type Zone interface {
	~string
	Location() *time.Location
}

// Clock is "14.05 WIB".
func Clock[Z Zone](t time.Time, z Z) string {
	return t.In(z.Location()).Format("15.04") + " " + string(z)
}

// Number is "1.234,5" for any integer or float; at most two decimals.
func Number(v any) string {
	switch n := v.(type) {
	case int:
		return group(strconv.Itoa(n))
	case int64:
		return group(strconv.FormatInt(n, 10))
	case float64:
		s := strconv.FormatFloat(math.Round(n*100)/100, 'f', -1, 64)
		whole, frac, ok := strings.Cut(s, ".")
		if ok {
			return group(whole) + "," + frac
		}
		return group(whole)
	}
	return ""
}

func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

var funcs = template.FuncMap{"tanggal": Date, "angka": Number, "asset": AssetPath}
