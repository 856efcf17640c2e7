// Package console is the room of the provider's staff. It decodes what was typed, calls office or store, and shows what they say; it
// decides nothing. Its five parts have each their own pages, routes and store: Agencies, Cases, Records, Figures, Settings.
package console

import (
	"embed"
	"net/http"

	"gapura/web/site"
)

//go:embed templates
var files embed.FS

// A Part is some of the console's pages.
type Part interface {
	Routes() []site.Route
	Pages() []string // names of its templates
}

// A Console is made of parts that share a site. Safe for concurrent use.
type Console struct {
	*site.Site
	Parts []Part
}

// Routes is the table of all parts.
func (c *Console) Routes() (all []site.Route) {
	for _, p := range c.Parts {
		all = append(all, p.Routes()...)
	}
	return all
}

// Handler returns the pages. Cross-origin protection is the caller's.
func (c *Console) Handler() http.Handler {
	for _, p := range c.Parts {
		for _, name := range p.Pages() {
			c.Add(name, files, "templates/"+name+".html")
		}
	}
	mux := http.NewServeMux()
	c.Mount(mux, c.Routes())
	mux.HandleFunc("/", c.NotFound)
	return c.Wrap(mux)
}
