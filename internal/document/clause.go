package document

import "strings"

// A Clause is one statement of a document, with the heading that it stands under and its label ("a.", "(1)"; empty: none).
type Clause struct {
	Under, Label string
	Text         string
}

// Clauses are the statements of the template with its values, in order: titles, paragraphs, items, fields and rows of tables. Two versions
// of a document are compared by them. An error says what is wrong with the template.
func Clauses(t Template, values map[string]string) (out []Clause, err error) {
	blocks, err := parse(t.Text)
	if err != nil {
		return nil, err
	}
	p := &printer{values: values}
	words := func(s string) string {
		var text strings.Builder
		for _, r := range p.runs(s) {
			text.WriteString(r.text)
		}
		return strings.Join(strings.Fields(text.String()), " ")
	}
	under := ""
	add := func(label, text string) {
		if text != "" {
			out = append(out, Clause{under, label, text})
		}
	}
	for n, b := range blocks {
		switch b.kind {
		case title, heading:
			switch run := headingsBefore(blocks[:n], b.kind); run {
			case 0:
				under = words(b.parts[0])
			case 1: // an article's number, and then its name
				under += " " + words(b.parts[0])
			}
			add("", words(b.parts[0]))
		case criterion:
			if len(b.parts) == 2 {
				under = b.parts[0] + " " + words(b.parts[1])
				add(b.parts[0], words(b.parts[1]))
			}
		case paragraph, note:
			add("", words(b.parts[0]))
		case item:
			add(b.label, words(b.parts[0]))
		case copies:
			for _, part := range b.parts {
				add("", "Tembusan: "+words(part))
			}
		case list:
			for i, l := range strings.Split(values[b.label], "\n") {
				add(nth(b.parts[0], i), strings.Join(strings.Fields(plain(l)), " "))
			}
		case field:
			add("", b.label+": "+words(b.parts[0]))
		case table, chart:
			for l := range strings.SplitSeq(values[b.label], "\n") {
				add("", strings.Join(strings.Fields(plain(strings.ReplaceAll(l, "\t", " | "))), " "))
			}
		case lanes:
			for _, s := range b.steps {
				out = append(out, Clause{under + ", " + words(b.parts[s.lane]), "", words(s.text)})
			}
		}
	}
	return out, nil
}

// headingsBefore is how many headings of a kind stand right before.
func headingsBefore(blocks []block, k kind) (n int) {
	for n < len(blocks) && blocks[len(blocks)-1-n].kind == k {
		n++
	}
	return n
}
