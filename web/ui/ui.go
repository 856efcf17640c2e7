// Package ui holds what every page of Gapura shares: layout, stylesheet, script, headers and the way a page is written. It promises that
// nothing it writes asks for another host, that pages are never cached, and that a page is complete or not begun. It knows no domain.
package ui

import (
	"embed"
	"html/template"
	"time"

	"gapura/agreement/agreement"
	"gapura/internal/bahasa"
)

//go:embed static
var staticFiles embed.FS

//go:embed templates/layout.html templates/chart.html templates/parts.html
var layoutFiles embed.FS

// A Page is what the layout shows around a page's own content.
type Page struct {
	Title    string
	Provider string   // name of the office
	Demo     string   // banner text; empty normally
	Limited  string   // what the visitor is restricted to, above the content; empty normally
	Outages  []string // planned outages in words, above the content
	Visitor  *Visitor
	Nav      []Link
	Crumb    *Link  // where the page belongs, above it; nil: it says so itself
	Beside   *Tabs  // pages of its kind, above it; nil: none
	Guide    string // path of the guide; default /panduan
	Script   string // a static file beside the layout's own; empty: none
	Lookup   bool   // load the lookup page's scripts
	Leave    string // where the page goes then; default /cari
	Blank    int    // seconds after which a page without script leaves the result; 0: never
	Body     any
}

// A Visitor is the signed-in user as the header shows them.
type Visitor struct {
	Login, Name, Role, Institution string
	Quota                          string // "sisa kuota" in words; empty: not shown
	Unread                         int    // notices
	NoBell                         bool   // there are no notices here
}

// A Link is an entry of the navigation.
type Link struct {
	Label, Path string
	Here        bool
}

// Tabs are pages beside each other.
type Tabs struct {
	Label string // what they are, for screen readers
	Links []Link
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

var funcs = template.FuncMap{"tanggal": bahasa.Date, "angka": bahasa.Number, "asset": AssetPath, "dasar": agreement.Papers}
