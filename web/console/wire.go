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

// Wire keeps how paths of the legacy wire speak.
type Wire interface {
	Profiles(ctx context.Context) ([]wire.Profile, error)
}

type wirePage struct {
	site.Tabs
	Base     string
	Rows     []wire.Profile
	Form     wire.Profile
	Dialects []wire.Dialect
	Purposes []site.Option
	Texts    []wireText
	Error    string
	May      bool // set
	MayFile  bool // begin cases
}

type wireText struct{ Code, Reason, Default, Own string }

// wireProfiles shows how an agency's paths of the legacy wire speak; with the path in the query, that one's form.
func (c *Settings) wireProfiles(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeWire(w, r, v, http.StatusOK, wire.Profile{Path: wire.Clean(r.URL.Query().Get("jalur"))}, "")
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
	p := wirePage{Tabs: site.Tabs{Code: i.Code, Name: i.Name, Here: "layanan-lama"}, Base: wire.Base, Dialects: wire.Dialects,
		Error: problem, May: v.May(access.ToSet), MayFile: v.May(access.ToFile)}
	for _, x := range list {
		if x.Agency != i.ID {
			continue
		}
		p.Rows = append(p.Rows, x)
		if x.Path == form.Path && problem == "" {
			form = x
		}
	}
	if form.Dialect == "" {
		d := wire.Default(form.Path)
		form.Dialect, form.Verify = d.Dialect, d.Verify
	}
	p.Form = form
	purposes := map[string]bool{}
	for _, a := range all {
		for _, purpose := range a.At(v.Now, i.Zone.Day(v.Now)).Purposes {
			if !purposes[purpose] {
				purposes[purpose] = true
				p.Purposes = append(p.Purposes, site.Option{Value: purpose, Label: purpose, Chosen: purpose == form.Purpose})
			}
		}
	}
	for _, n := range wire.Notices {
		p.Texts = append(p.Texts, wireText{n.Code, n.Reason, n.Long, form.Texts[n.Code]})
	}
	return c.Show(w, r, status, "layanan-lama", c.Page(r, v, "Layanan lama "+i.Name, p))
}

// setWireProfile configures a path, or takes its profile away.
func (c *Settings) setWireProfile(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	i, _, err := institution(r, c.Store)
	if err != nil {
		return err
	}
	names := []string{"jalur", "jenis", "dialek", "tujuan", "tanpa-nol", "nik-teks", "nik-kembali", "query", "hapus", "alasan"}
	for _, n := range wire.Notices {
		names = append(names, "teks-"+n.Code)
	}
	f, err := c.Form(w, r, names...)
	if err != nil {
		return err
	}
	p := wire.Profile{
		Agency: i.ID, Path: wire.Clean(f["jalur"]), Verify: f["jenis"] == "verifikasi", Dialect: wire.Dialect(f["dialek"]),
		Purpose:  f["tujuan"],
		Unpadded: f["tanpa-nol"] != "", TextNIK: f["nik-teks"] != "", EchoNIK: f["nik-kembali"] != "", Query: f["query"] != "",
		Texts: map[string]string{},
	}
	for _, n := range wire.Notices {
		if t := strings.TrimSpace(f["teks-"+n.Code]); t != "" && len(t) <= 200 {
			p.Texts[n.Code] = t
		}
	}
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
