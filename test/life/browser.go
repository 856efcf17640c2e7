// Package life lives two years of a district by what its pages and programs' doors offer, and compares each day with a second, plain model
// of what the agreement says (E16). The wired program and its clock come from the caller (cmd/gapura).
package life

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Browser is one person at one place: it fills in the forms that pages show and follows where they lead, and knows no other way.
type Browser struct {
	T       testing.TB
	Handler http.Handler
	From    netip.Addr

	printed func(pdf []byte, before bool) // sees each letter that is fetched
	cookies map[string]*http.Cookie
	path    string // of the page that is shown
	page    *html.Node
	status  int
}

// Open shows the page at a path, over redirects.
func (b *Browser) Open(path string) {
	b.T.Helper()
	b.follow(httptest.NewRequest(http.MethodGet, path, nil))
}

func (b *Browser) follow(r *http.Request) {
	b.T.Helper()
	for range 10 {
		w := b.send(r)
		answer := w.Result()
		if b.cookies == nil {
			b.cookies = map[string]*http.Cookie{}
		}
		for _, c := range answer.Cookies() {
			if b.cookies[c.Name] = c; c.MaxAge < 0 || c.Value == "" {
				delete(b.cookies, c.Name)
			}
		}
		to := answer.Header.Get("Location")
		if answer.StatusCode/100 != 3 || to == "" {
			var err error
			if b.page, err = html.Parse(w.Body); err != nil {
				b.T.Fatal(err)
			}
			b.path, b.status = r.URL.Path, answer.StatusCode
			return
		}
		at, err := r.URL.Parse(to)
		if err != nil {
			b.T.Fatal(err)
		}
		r = httptest.NewRequest(http.MethodGet, at.RequestURI(), nil)
	}
	b.T.Fatalf("%s leads round in a circle", r.URL.Path)
}

func (b *Browser) send(r *http.Request) *httptest.ResponseRecorder {
	for _, name := range slices.Sorted(maps.Keys(b.cookies)) {
		r.AddCookie(b.cookies[name])
	}
	r.RemoteAddr = netip.AddrPortFrom(b.From, 40000).String()
	w := httptest.NewRecorder()
	b.Handler.ServeHTTP(w, r)
	return w
}

// Path is the page that is shown.
func (b *Browser) Path() string { return b.path }

// Text is what the page says within its main part, blanks put together.
func (b *Browser) Text() string {
	main := b.first(func(n *html.Node) bool { return n.DataAtom == atom.Main })
	if main == nil {
		main = b.page
	}
	return text(main)
}

// Says reports whether the page says something.
func (b *Browser) Says(what string) bool { return strings.Contains(b.Text(), what) }

// Faults are what the page says is wrong with a form.
func (b *Browser) Faults() string {
	if n := b.first(func(n *html.Node) bool { return attr(n, "id") == "kesalahan" || attr(n, "role") == "alert" }); n != nil {
		return text(n)
	}
	return ""
}

// Follow takes the link whose words begin so.
func (b *Browser) Follow(words string) {
	b.T.Helper()
	link := b.first(func(n *html.Node) bool {
		return n.DataAtom == atom.A && strings.HasPrefix(text(n), words) && attr(n, "href") != ""
	})
	if link == nil {
		b.T.Fatalf("%s has no link %q:\n%s", b.path, words, b.Text())
	}
	b.Open(attr(link, "href"))
}

// HasButton reports whether a button's words begin so.
func (b *Browser) HasButton(words string) bool { return b.button(words) != nil }

func (b *Browser) button(words string) *html.Node {
	return b.first(func(n *html.Node) bool {
		return n.DataAtom == atom.Button && strings.HasPrefix(text(n), words) && !has(n, "disabled")
	})
}

// Press presses the button whose words begin so, after filling in its form: values by the field's name; several, for boxes, one on each
// line. What is not named stays as the page shows it. A field "pindaian" in the form gets a scan when scan is set.
func (b *Browser) Press(words string, values map[string]string, scan bool) {
	b.T.Helper()
	button := b.button(words)
	if button == nil {
		b.T.Fatalf("%s has no button %q:\n%s", b.path, words, b.Text())
	}
	form := button
	for form != nil && form.DataAtom != atom.Form {
		form = form.Parent
	}
	if form == nil {
		b.T.Fatalf("%s: the button %q stands in no form", b.path, words)
	}
	fields := filled(form)
	for name, v := range values {
		if named(form, "f."+name) { // a field of a procedure's step
			name = "f." + name
		}
		if _, there := fields[name]; !there && !named(form, name) {
			b.T.Fatalf("%s: the form of %q has no field %s:\n%s\n%s", b.path, words, name, fields.Encode(), b.Text())
		}
		fields[name] = strings.Split(v, "\n")
		if area(form, name) {
			fields[name] = []string{v}
		}
	}
	if name := attr(button, "name"); name != "" {
		fields[name] = []string{attr(button, "value")}
	}
	b.post(form, fields, scan)
}

// post sends a form.
func (b *Browser) post(form *html.Node, fields url.Values, scan bool) {
	b.T.Helper()
	b.follow(b.request(form, fields, scan))
}

func (b *Browser) request(form *html.Node, fields url.Values, scan bool) *http.Request {
	b.T.Helper()
	method, action := strings.ToUpper(attr(form, "method")), attr(form, "action")
	if action == "" {
		action = b.path
	}
	if method != http.MethodPost {
		return httptest.NewRequest(http.MethodGet, action+"?"+fields.Encode(), nil)
	}
	body, kind := strings.NewReader(fields.Encode()), "application/x-www-form-urlencoded"
	if attr(form, "enctype") == "multipart/form-data" {
		body, kind = parts(b.T, fields, scan)
	}
	r := httptest.NewRequest(http.MethodPost, action, body)
	r.Header.Set("Content-Type", kind)
	return r
}

// labelled is the form around the button with the label.
func (b *Browser) labelled(label string) *html.Node {
	n := b.first(func(n *html.Node) bool { return n.DataAtom == atom.Button && attr(n, "aria-label") == label })
	for n != nil && n.DataAtom != atom.Form {
		n = n.Parent
	}
	if n == nil {
		b.T.Fatalf("%s has no button %q:\n%s", b.path, label, b.Text())
	}
	return n
}

// PressLabelled presses the button with the label.
func (b *Browser) PressLabelled(label string) {
	b.T.Helper()
	form := b.labelled(label)
	b.post(form, filled(form), false)
}

// print presses the button that makes a sheet, and gives the sheet's text; the page stays.
func (b *Browser) print(label string) string {
	b.T.Helper()
	form := b.labelled(label)
	return b.read(b.request(form, filled(form), false))
}

// parts is a form as multipart, with a scan when asked.
func parts(t testing.TB, fields url.Values, scan bool) (*strings.Reader, string) {
	t.Helper()
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, v := range fields[name] {
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if scan {
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="pindaian"; filename="pindaian.pdf"`}, "Content-Type": {"application/pdf"}})
		if err == nil {
			_, err = part.Write([]byte("%PDF-1.4\n% pindaian rekaan\n%%EOF\n"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.NewReader(out.String()), w.FormDataContentType()
}

// filled are the values that a form shows.
func filled(form *html.Node) url.Values {
	out := url.Values{}
	each(form, func(n *html.Node) {
		name := attr(n, "name")
		if name == "" || has(n, "disabled") {
			return
		}
		switch n.DataAtom {
		case atom.Input:
			switch attr(n, "type") {
			case "file", "submit", "button":
			case "checkbox", "radio":
				if has(n, "checked") {
					out.Add(name, attr(n, "value"))
				}
			default:
				out.Add(name, attr(n, "value"))
			}
		case atom.Textarea:
			out.Add(name, raw(n))
		case atom.Select:
			chosen, first := "", true
			each(n, func(o *html.Node) {
				if o.DataAtom == atom.Option && (first || has(o, "selected")) {
					chosen, first = attr(o, "value"), false
					if !has(o, "value") {
						chosen = text(o)
					}
				}
			})
			out.Add(name, chosen)
		}
	})
	return out
}

func named(form *html.Node, name string) bool {
	found := false
	each(form, func(n *html.Node) { found = found || attr(n, "name") == name })
	return found
}

func area(form *html.Node, name string) bool {
	found := false
	each(form, func(n *html.Node) { found = found || n.DataAtom == atom.Textarea && attr(n, "name") == name })
	return found
}

func (b *Browser) first(is func(*html.Node) bool) *html.Node {
	var found *html.Node
	each(b.page, func(n *html.Node) {
		if found == nil && n.Type == html.ElementNode && is(n) {
			found = n
		}
	})
	return found
}

// Rows are the cells of a table's rows, each table's after the other.
func (b *Browser) Rows() [][]string {
	var out [][]string
	each(b.page, func(n *html.Node) {
		if n.DataAtom != atom.Tr {
			return
		}
		var cells []string
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Td || c.DataAtom == atom.Th {
				cells = append(cells, text(c))
			}
		}
		out = append(out, cells)
	})
	return out
}

// Secret is the text of the element with the class, for instance a code that is shown once.
func (b *Browser) Secret(class string) string {
	n := b.first(func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), class) })
	if n == nil {
		b.T.Fatalf("%s shows no %s:\n%s", b.path, class, b.Text())
	}
	return text(n)
}

// ByID is the text of the element with the id.
func (b *Browser) ByID(id string) string {
	n := b.first(func(n *html.Node) bool { return attr(n, "id") == id })
	if n == nil {
		b.T.Fatalf("%s shows no %s:\n%s", b.path, id, b.Text())
	}
	return text(n)
}

func each(n *html.Node, do func(*html.Node)) {
	do(n)
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		each(c, do)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == name })
}

func raw(n *html.Node) string {
	var s strings.Builder
	each(n, func(c *html.Node) {
		if c.Type == html.TextNode {
			s.WriteString(c.Data)
		}
	})
	return s.String()
}

func text(n *html.Node) string {
	var s strings.Builder
	each(n, func(c *html.Node) {
		if c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style {
			s.WriteString(c.Data + " ")
		}
	})
	return strings.Join(strings.Fields(s.String()), " ")
}

func (b *Browser) has(id string) bool {
	return b.first(func(n *html.Node) bool { return attr(n, "id") == id }) != nil
}

// Secrets are all secrets that the page shows.
func (b *Browser) Secrets() (out []string) {
	each(b.page, func(n *html.Node) {
		if n.Type == html.ElementNode && slices.Contains(strings.Fields(attr(n, "class")), "secret") {
			out = append(out, text(n))
		}
	})
	return out
}
