package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/office/procedure"
)

func owner(x procedure.Facts, login string) (party.User, bool) {
	i := slices.IndexFunc(x.Users, func(u party.User) bool { return u.Login == login })
	if i < 0 {
		return party.User{}, false
	}
	return x.Users[i], true
}

// waiting are the tokens that a user has not taken yet, as letters name them: by fingerprint, never by what they are.
func waiting(x procedure.Facts, user int64) (names, app string) {
	var list []string
	for _, t := range x.Tokens {
		if t.Owner == user && t.At(x.Now) == party.Prepared {
			list = append(list, t.Kind.Label()+", sidik "+t.Fingerprint)
			app = cmp.Or(app, t.AppName)
		}
	}
	slices.Sort(list)
	return strings.Join(list, "; "), app
}

// tokenValues are what a letter can say of the tokens that a case hands over.
func (o *Office) tokenValues(c *procedure.Case, x procedure.Facts, u party.User, v map[string]string) {
	names, app := waiting(x, u.ID)
	v["daftar_token"], v["aplikasi"] = cmp.Or(names, "-"), cmp.Or(app, c.Value("aplikasi"), "-")
	days := func(key string, usual time.Duration) string {
		return cmp.Or(c.Value(key), strconv.Itoa(int(usual.Hours()/24))) + " hari"
	}
	v["masa_token"], v["peralihan_token"] = days("masa_berlaku", party.TokenLife)+" sejak diambil", days("masa_peralihan", party.Overlap)
}

// A Sheet is what is printed of a slip.
type Sheet struct {
	Slip party.Slip
	Code string // the printed half
	URL  string // of this service, without a slash at its end
}

// Sheet renders a slip for a sealed envelope: the code, how to use it, and never the second half. It is kept nowhere.
func (o *Office) Sheet(ctx context.Context, s Sheet) ([]byte, error) {
	t, _, err := o.Text(ctx, "lembar-rahasia")
	if err != nil {
		return nil, err
	}
	x, err := o.Store.Cases.Facts(ctx, s.Slip.Agency, o.Now())
	if err != nil {
		return nil, err
	}
	u, ok := owner(x, s.Slip.OwnerLogin)
	if !ok {
		return nil, fmt.Errorf("owner of slip %d is not there", s.Slip.ID)
	}
	names, app := waiting(x, u.ID)
	v := map[string]string{
		"tempat": o.Details.Place, "tanggal": bahasa.Date(x.Today), "dinas": o.Details.Name,
		"nama": u.Name, "jabatan": u.Position, "instansi": x.Institution.Name, "instansi_alamat": cmp.Or(x.Institution.Address,
			"di tempat"),
		"user_id": u.Login, "aplikasi": cmp.Or(app, "-"), "daftar_token": cmp.Or(names, "-"), "nomor_surat": cmp.Or(s.Slip.Letter, "-"),
		"berlaku_sampai": bahasa.Date(x.Institution.Zone.Day(s.Slip.Until)), "kode": s.Code, "tautan": s.URL + "/aktivasi",
		"tautan_kode": s.URL + "/aktivasi/" + s.Code,
		"untuk":       "AKTIVASI USER ID", "langkah": "Tentukan kata sandi Saudara.",
		"kode_kedua": "Kode itu diserahkan kepada Saudara oleh orang lain daripada yang menyerahkan lembar ini.",
	}
	switch {
	case s.Slip.For != party.Password:
		v["untuk"], v["langkah"] = "PENYERAHAN TOKEN", "Token ditampilkan satu kali. Salin langsung ke pengaturan aplikasi Saudara."
	case names != "":
		v["langkah"] += " Setelah itu token ditampilkan satu kali. Salin langsung ke pengaturan aplikasi Saudara."
	}
	if s.Slip.Mailed {
		v["kode_kedua"] = "Kode itu telah dikirim ke alamat surel Saudara."
	}
	return document.Render(t, o.head(), fill(t, v), x.Now)
}
