package life

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// option is the value of the option of a list whose words are one of those given.
func (b *Browser) option(list string, words ...string) string {
	b.T.Helper()
	n := b.first(func(n *html.Node) bool {
		return n.DataAtom == atom.Option && attr(n.Parent, "name") == list && slices.Contains(words, text(n))
	})
	if n == nil {
		b.T.Fatalf("%s: the list %s has none of %q:\n%s", b.path, list, words, b.Text())
	}
	return attr(n, "value")
}

// pressIn presses the button of the form that is meant, with values for its fields.
func (b *Browser) pressIn(is func(*html.Node) bool, values map[string]string) {
	b.T.Helper()
	form := b.first(func(n *html.Node) bool { return n.DataAtom == atom.Form && is(n) })
	if form == nil {
		b.T.Fatalf("%s has no such form:\n%s", b.path, b.Text())
	}
	fields := filled(form)
	for name, v := range values {
		fields.Set(name, v)
	}
	b.post(form, fields, false)
}

// pressInRow presses the button of the first row that begins with the words and has it.
func (b *Browser) pressInRow(row, words string) {
	b.T.Helper()
	var button *html.Node
	each(b.page, func(n *html.Node) {
		if n.DataAtom != atom.Tr || !strings.HasPrefix(text(n), row+" ") || button != nil {
			return
		}
		each(n, func(c *html.Node) {
			if c.DataAtom == atom.Button && strings.HasPrefix(text(c), words) && button == nil {
				button = c
			}
		})
	})
	if button == nil {
		b.T.Fatalf("%s: no row %q with a button %q:\n%s", b.path, row, words, b.Text())
	}
	form := button
	for form.DataAtom != atom.Form {
		form = form.Parent
	}
	fields := filled(form)
	fields.Set(attr(button, "name"), attr(button, "value"))
	b.post(form, fields, false)
}

// heading is what the page is about.
func (b *Browser) heading() string {
	return text(b.first(func(n *html.Node) bool { return n.DataAtom == atom.H1 }))
}

func (b *Browser) hasField(name string) bool {
	return b.first(func(n *html.Node) bool { return attr(n, "name") == name }) != nil
}
