package office

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gapura/internal/document"
	"gapura/office/procedure"
)

// letter renders the document of the step that r takes; more are values that the case does not hold.
func (o *Office) letter(ctx context.Context, c *procedure.Case, r procedure.Result, key, number string, x procedure.Facts,
	more map[string]string) (procedure.File, error) {
	var err error
	if x.Request, err = o.Store.Cases.Request(ctx, c.Agency, o.Procedures); err != nil {
		return procedure.File{}, err
	}
	if key == "sptjm" && x.Request.Extension && x.Request.Open {
		key = "sptjm-perpanjangan" // point 1 and what it holds for differ while an extension is asked for
	}
	t, _, err := o.Text(ctx, key)
	if err != nil {
		return procedure.File{}, err
	}
	after := *c
	after.Taken = append(append([]procedure.Taken(nil), c.Taken...), r.Taken)
	s, _ := c.Procedure.Step(r.Taken.Step)
	var all []map[string]string
	if slices.Contains(s.Enclosed, key) { // signed by each person for themselves
		all, err = o.valuesOfEach(&after, r, number, x)
	} else {
		all = make([]map[string]string, 1)
		all[0], err = o.values(&after, r, number, x)
	}
	if err != nil {
		return procedure.File{}, fmt.Errorf("fill in %s: %w", key, err)
	}
	if key == "pendaftaran-aplikasi" {
		if all[0]["perubahan_juknis"], err = ManuscriptsOf(o).revisedFor(ctx, c); err != nil {
			return procedure.File{}, err
		}
	}
	for i, values := range all {
		maps.Copy(values, more)
		if checked(t) {
			o.checkValues(number, x, values)
		}
		all[i] = fill(t, values)
	}
	head := o.head()
	if s.Letterhead == procedure.OfAgency {
		head = agencyHead(x)
	}
	pdf, err := document.RenderAll(t, head, all, x.Now)
	if err != nil {
		return procedure.File{}, fmt.Errorf("render %s: %w", key, err)
	}
	return procedure.File{Kind: key, Title: t.Name, Number: number, Media: "application/pdf", Content: pdf}, nil
}

func (o *Office) head() document.Letterhead {
	return document.Letterhead{Government: o.Details.Government, Office: o.Details.Name, Address: o.Details.Address}
}

// agencyHead is the letterhead of what an agency signs alone.
func agencyHead(x procedure.Facts) document.Letterhead {
	return document.Letterhead{Office: x.Institution.Name, Address: x.Institution.Address}
}

// blank is what stands on paper for a value that nobody gave: room to write it by hand.
const blank = "…………………………"

// fill gives every field of a template a value.
func fill(t document.Template, values map[string]string) map[string]string {
	out := maps.Clone(values)
	for _, f := range t.Fields() {
		if strings.TrimSpace(out[f]) == "" {
			out[f] = blank
		}
	}
	return out
}

// Sample renders a template with blanks, for people who change it.
func (o *Office) Sample(t document.Template) ([]byte, error) {
	return document.Render(t, o.head(), fill(t, map[string]string{}), o.Now())
}
