package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"gapura/access/access"
	"gapura/exchange/wire"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

// Wire keeps how paths of the legacy wire speak, and what those without a profile were called with.
type Wire interface {
	Profiles(ctx context.Context) ([]wire.Profile, error)
	CallsWithout(ctx context.Context) ([]wire.Call, error)
}

type wirePage struct {
	site.Tabs
	Base     string
	Rows     []wire.Profile
	Calls    []wireCall
	Form     wire.Profile
	Kinds    []wireKind
	Dialects []wire.Dialect
	Purposes []site.Option
	Options  []wireOption
	Texts    []wireText
	Origins  string
	Error    string
	May      bool // set
	MayFile  bool // begin cases
}

type (
	wireText   struct{ Code, Reason, Default, Own string }
	wireOption struct {
		wire.Option
		On bool
	}
	wireKind struct {
		wire.Kind
		Chosen bool
	}
	wireCall struct {
		wire.Call
		Last string
		Link string // to the agency's form, filled in; empty: whose it is, is not known
		Name string // of the agency
	}
)

// wireProfiles shows how an agency's paths of the legacy wire speak; with the path in the query, that one's form, filled in by a kind of
// client (bentuk) or by what the path was called with.
func (c *Settings) wireProfiles(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	form := wire.Profile{Path: wire.Clean(r.URL.Query().Get("jalur"))}
	return c.writeWire(w, r, v, http.StatusOK, form, "")
}

func (c *Settings) writeWire(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, form wire.Profile, problem string) error {
	i, all, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	list, err := c.Wire.Profiles(r.Context())
	if err != nil {
		return err
	}
	calls, err := c.Wire.CallsWithout(r.Context())
	if err != nil {
		return err
	}
	p := wirePage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "layanan-lama"}, Base: wire.Base, Dialects: wire.Dialects,
		Error: problem, May: v.May(access.ToSet), MayFile: v.May(access.ToFile)}
	for _, x := range calls {
		if x.Agency == i.ID || x.Agency == 0 && wire.Institution(x.Path) == strings.ToLower(i.Code) {
			p.Calls = append(p.Calls, wireCall{Call: x, Last: site.Clock(x.Last, v), Link: formOf(i.Code, x.Path)})
		}
	}
	for _, x := range list {
		if x.Agency == i.ID {
			p.Rows = append(p.Rows, x)
		}
	}
	kind, chosen := wire.KindOf(r.URL.Query().Get("bentuk"))
	if problem == "" {
		form = filled(form.Path, p, kind, chosen)
	}
	p.Form, p.Origins = form, strings.Join(form.Origins, " ")
	for _, k := range wire.Kinds {
		p.Kinds = append(p.Kinds, wireKind{k, chosen && k.Name == kind.Name})
	}
	for _, o := range wire.Options {
		p.Options = append(p.Options, wireOption{o, *o.Of(&form)})
	}
	purposes := map[string]bool{}
	for _, a := range all {
		for _, purpose := range a.At(v.Now, i.Zone.Day(v.Now)).Purposes {
			if !purposes[purpose] {
				purposes[purpose] = true
				p.Purposes = append(p.Purposes, site.Option{Value: purpose, Label: purpose, Chosen: purpose == form.Purpose})
			}
		}
	}
	if len(p.Purposes) == 1 {
		p.Purposes[0].Chosen = true
	}
	for _, n := range wire.Notices {
		p.Texts = append(p.Texts, wireText{n.Code, n.Reason, n.Long, form.Texts[n.Code]})
	}
	return c.Show(w, r, status, "layanan-lama", c.Page(r, v, "Layanan lama "+i.Name, p))
}

// filled is the form of a path: what is configured, what it was called with, or its default; a kind of client takes the place of all but
// the purpose.
func filled(path string, p wirePage, kind wire.Kind, chosen bool) wire.Profile {
	form := wire.Default(path)
	if at := slices.IndexFunc(p.Calls, func(c wireCall) bool { return c.Path == path }); at >= 0 {
		form = p.Calls[at].Profile()
	}
	if at := slices.IndexFunc(p.Rows, func(x wire.Profile) bool { return x.Path == path }); at >= 0 {
		form = p.Rows[at]
	}
	if chosen {
		ready := kind.Profile(path)
		ready.ID, ready.Purpose = form.ID, form.Purpose
		return ready
	}
	return form
}

func formOf(code, path string) string {
	return site.Link("/konsol/instansi/"+code+"/layanan-lama", "jalur", path) + "#profil"
}

type wireCallsPage struct {
	Base  string
	Calls []wireCall
	Path  string // whose agency is asked for
	Error string
}

// wireCalls shows what paths without a profile were called with. With a path and an agency's code in the query it leads to the form.
func (c *Settings) wireCalls(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	calls, err := c.Wire.CallsWithout(r.Context())
	if err != nil {
		return err
	}
	everyone, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	p := wireCallsPage{Base: wire.Base, Path: wire.Clean(r.URL.Query().Get("jalur"))}
	code := strings.TrimSpace(r.URL.Query().Get("instansi"))
	for _, s := range everyone {
		if p.Path != "" && code != "" && strings.EqualFold(s.Institution.Code, code) {
			http.Redirect(w, r, formOf(s.Institution.Code, p.Path), http.StatusSeeOther)
			return nil
		}
	}
	if code != "" {
		p.Error = "Instansi dengan kode itu tidak ada."
	}
	for _, x := range calls {
		row := wireCall{Call: x, Last: site.Clock(x.Last, v)}
		for _, s := range everyone {
			if s.Institution.ID == x.Agency || x.Agency == 0 && strings.ToLower(s.Institution.Code) == wire.Institution(x.Path) {
				row.Name, row.Link = s.Institution.Name, formOf(s.Institution.Code, x.Path)
			}
		}
		p.Calls = append(p.Calls, row)
	}
	return c.Show(w, r, http.StatusOK, "layanan-lama-panggilan", c.Page(r, v, "Jalur tanpa profil", p))
}

// setWireProfile configures a path, or takes its profile away.
func (c *Settings) setWireProfile(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	p, f, err := c.readWire(w, r)
	if err != nil {
		return err
	}
	p.Agency = i.ID
	again := func(text string) error { return c.writeWire(w, r, v, http.StatusUnprocessableEntity, p, text) }
	reason := strings.TrimSpace(f["alasan"])
	subject := "Layanan lama " + wire.Base + p.Path
	switch {
	case !wire.Fits(p.Path):
		return again("Jalur harus berbentuk instansi/metode atau kode wilayah/instansi/metode, misalnya 33-03/dinpertan/call_nik.")
	case reason == "":
		return again("Alasan perubahan harus diisi.")
	case f["hapus"] != "":
		return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: i.ID, Kind: procedure.SettingWire, Subject: subject,
			Before: "berprofil", After: "profil dihapus", Value: office.ProfileChange{Profile: p, Drop: true}}, reason)
	case !slices.Contains(wire.Dialects, p.Dialect):
		return again("Dialek harus dipilih dari daftar.")
	case p.Purpose == "":
		return again("Tujuan pemanfaatan harus dipilih: setiap pencarian pada jalur ini dicatat dengan tujuan itu.")
	case slices.ContainsFunc(p.Origins, func(o string) bool { return !wire.FitsOrigin(o) }):
		return again("Asal halaman harus berbentuk https://nama-host dengan huruf kecil, misalnya https://rs.example.")
	}
	before, err := c.profileBefore(r.Context(), i.ID, p.Path)
	if text, shown := told.Text(err); shown {
		return again(text)
	}
	if err != nil {
		return err
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: i.ID, Kind: procedure.SettingWire, Subject: subject,
		Before: before, After: p.Words(), Value: office.ProfileChange{Profile: p}}, reason)
}

// readWire reads the form of a path.
func (c *Settings) readWire(w http.ResponseWriter, r *http.Request) (p wire.Profile, f map[string]string, err error) {
	names := []string{"jalur", "jenis", "dialek", "tujuan", "asal", "hapus", "alasan"}
	for _, o := range wire.Options {
		names = append(names, o.Name)
	}
	for _, n := range wire.Notices {
		names = append(names, "teks-"+n.Code)
	}
	if f, err = c.Form(w, r, names...); err != nil {
		return p, nil, err
	}
	p = wire.Profile{Path: wire.Clean(f["jalur"]), Verify: f["jenis"] == "verifikasi", Dialect: wire.Dialect(f["dialek"]),
		Purpose: f["tujuan"], Origins: strings.Fields(f["asal"]), Texts: map[string]string{}}
	for _, o := range wire.Options {
		*o.Of(&p) = f[o.Name] != ""
	}
	for _, n := range wire.Notices {
		if t := strings.TrimSpace(f["teks-"+n.Code]); t != "" && len(t) <= 200 {
			p.Texts[n.Code] = t
		}
	}
	return p, f, nil
}

// profileBefore is how a path speaks now, in words; a refusal when it is another institution's.
func (c *Settings) profileBefore(ctx context.Context, agency int64, path string) (string, error) {
	list, err := c.Wire.Profiles(ctx)
	for _, x := range list {
		switch {
		case x.Path != path:
		case x.Agency != agency:
			return "", wire.ErrTaken
		default:
			return x.Words(), nil
		}
	}
	return "profil bawaan", err
}
