package ui

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// A Renderer writes pages. Add is called before it is shared; Page and Fragment are safe for concurrent use.
type Renderer struct {
	// parsed when they are first written, because parsed pages are most of what lives in memory
	pages   map[string]func() *template.Template
	buffers sync.Pool
	writers sync.Pool
}

// NewRenderer returns a Renderer without pages.
func NewRenderer() *Renderer {
	return &Renderer{
		pages:   map[string]func() *template.Template{},
		buffers: sync.Pool{New: func() any { return new(bytes.Buffer) }},
		writers: sync.Pool{New: func() any { return gzip.NewWriter(nil) }},
	}
}

// Add adds a page: the layout with files that define "main". It panics on a name that is taken, and the page when it does not parse,
// defects of the build.
func (d *Renderer) Add(name string, files fs.FS, patterns ...string) {
	if d.pages[name] != nil {
		panic("page " + name + " is there already")
	}
	d.pages[name] = sync.OnceValue(func() *template.Template {
		t := template.Must(template.New(name).Funcs(funcs).ParseFS(layoutFiles, "templates/layout.html", "templates/chart.html",
			"templates/parts.html"))
		return template.Must(t.ParseFS(files, patterns...))
	})
}

// Page writes a whole page. When it returns an error nothing was written.
func (d *Renderer) Page(w http.ResponseWriter, r *http.Request, status int, name string, p Page) error {
	return d.write(w, r, status, name, "layout", p)
}

// Fragment writes one template of a page, without the layout. When it returns an error nothing was written.
func (d *Renderer) Fragment(w http.ResponseWriter, r *http.Request, status int, name, part string, data any) error {
	return d.write(w, r, status, name, part, data)
}

func (d *Renderer) write(w http.ResponseWriter, r *http.Request, status int, name, part string, data any) error {
	page := d.pages[name]
	if page == nil {
		return fmt.Errorf("render: no page %q", name)
	}
	t := page()
	b := d.buffer()
	defer d.release(b)
	if err := t.ExecuteTemplate(b, part, data); err != nil {
		return fmt.Errorf("render %s: %w", name, err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept-Encoding, HX-Request, Cookie")
	if !acceptsGzip(r) || b.Len() < 512 {
		send(w, r, status, b.Bytes())
		return nil
	}
	z := d.buffer()
	defer d.release(z)
	g := d.writers.Get().(*gzip.Writer)
	defer d.writers.Put(g)
	g.Reset(z)
	if _, err := g.Write(b.Bytes()); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	if err := g.Close(); err != nil {
		return fmt.Errorf("compress page: %w", err)
	}
	h.Set("Content-Encoding", "gzip")
	send(w, r, status, z.Bytes())
	return nil
}

func (d *Renderer) buffer() *bytes.Buffer { return d.buffers.Get().(*bytes.Buffer) }

// release wipes the buffer: it may have held a person.
func (d *Renderer) release(b *bytes.Buffer) {
	all := b.Bytes()
	clear(all[:cap(all)])
	b.Reset()
	if cap(all) <= 256<<10 {
		d.buffers.Put(b)
	}
}

// send cannot report a failure: the reader is gone then.
func send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		w.Write(body)
	}
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		f, err := strconv.ParseFloat(q, 64)
		return !ok || (err == nil && f > 0)
	}
	return false
}
