package office

import (
	"context"
	"fmt"
	"slices"

	"gapura/agreement/reader"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/office/evaluation"
	"gapura/office/procedure"
	"gapura/office/report"
)

// The settings that an office writes as text beside its letters (I6).
const (
	weightsKey = "bobot-evaluasi"
	layoutKey  = "tata-buku-kerja"
)

// Settings are those texts as they come with the program. They are kept, versioned and recorded as the templates of letters are.
func Settings() []document.Template {
	return []document.Template{
		{Key: weightsKey, Name: "Bobot, ambang, dan peringkat evaluasi", Text: evaluation.DefaultText},
		{Key: layoutKey, Name: "Tata letak buku kerja laporan (XLSX)", Text: report.DefaultLayout},
		{Key: procedure.SpecificationKey, Name: "Spesifikasi teknis pembaca KTP-el", Text: reader.DefaultText},
	}
}

// IsSetting reports whether a text is a setting, and no letter that can be printed.
func IsSetting(key string) bool {
	return slices.ContainsFunc(Settings(), func(t document.Template) bool { return t.Key == key })
}

// Text is the office's own text of a letter or a setting, or the one that comes with the program, with its version; 0: never changed.
func (o *Office) Text(ctx context.Context, key string) (document.Template, int, error) {
	t, ok := document.Default(key)
	if i := slices.IndexFunc(Settings(), func(t document.Template) bool { return t.Key == key }); i >= 0 {
		t, ok = Settings()[i], true
	}
	if !ok {
		return t, 0, fmt.Errorf("there is no template %q", key)
	}
	text, version, found, err := o.Store.Letters.Template(ctx, key)
	if err != nil {
		return t, 0, err
	}
	if found {
		t.Text = text
	}
	return t, version, nil
}

// CheckText says what is wrong with a text before it is kept, in Indonesian; nil when it can be used.
func (o *Office) CheckText(t document.Template) error {
	switch t.Key {
	case weightsKey:
		_, err := evaluation.Load(t.Text)
		return err
	case procedure.SpecificationKey:
		_, err := reader.LoadSpecification(t.Text)
		return err
	case layoutKey:
		_, err := report.LoadLayout(t.Text)
		return err
	}
	if err := t.Check(); err != nil {
		return told.Wrong("teks", err.Error())
	}
	if _, err := o.Sample(t); err != nil {
		return told.Wrong("teks", "Templat tidak dapat dicetak: "+err.Error())
	}
	return nil
}

// Rules are the office's weights of an evaluation.
func (o *Office) Rules(ctx context.Context) (evaluation.Rules, error) {
	t, _, err := o.Text(ctx, weightsKey)
	if err != nil {
		return evaluation.Rules{}, err
	}
	return evaluation.Load(t.Text)
}

// Values are the names that the text of a letter can use: those that the program's own text uses, and of the semester report all that there
// are.
func Values(key string) []string {
	t, _ := document.Default(key)
	names := t.Fields()
	if key == reportRule {
		for name := range (report.Report{}).Values() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
