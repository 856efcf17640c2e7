package office

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/office/procedure"
)

// verdicts are a decision's ends in words.
var verdicts = map[string]string{procedure.Approve: "disetujui", procedure.Refuse: "ditolak", procedure.Withdraw: "ditarik"}

// Cover prints the cover of a case for the shelf (PDF): number, agency, kind, letter, each step with who and when, its documents and the
// decision. What was filled in is left out, because it may be about persons; it stays in the case.
func Cover(ctx context.Context, o *Office, c *procedure.Case, files []procedure.File, zone party.Zone) ([]byte, error) {
	t, _, err := o.Text(ctx, "sampul-berkas")
	if err != nil {
		return nil, err
	}
	x, err := o.Store.Cases.Facts(ctx, c.Agency, o.Now())
	if err != nil {
		return nil, err
	}
	return document.Render(t, o.head(), fill(t, cover(c, files, x, zone)), x.Now)
}

// cover are the values of a case's cover.
func cover(c *procedure.Case, files []procedure.File, x procedure.Facts, zone party.Zone) map[string]string {
	at := func(t time.Time) string {
		local := t.In(zone.Location())
		return bahasa.Date(local) + " " + local.Format("15.04") + " " + string(zone)
	}
	letter := func(number string, day time.Time) string {
		if number == "" || day.IsZero() {
			return cmp.Or(number, "-")
		}
		return number + " tanggal " + bahasa.Date(day)
	}
	v := map[string]string{"nomor_berkas": strconv.FormatInt(c.ID, 10), "prosedur": strings.ToUpper(c.Procedure.Name),
		"instansi": x.Institution.Name, "dasar": cmp.Or(c.Procedure.Clause, "-"), "surat": "-", "dimulai": at(c.Opened),
		"keadaan": c.State.Label(), "putusan": "belum ada", "tanggal": bahasa.Date(x.Today)}
	for _, taken := range c.Taken {
		if v["surat"] == "-" {
			v["surat"] = letter(taken.Letter, taken.LetterDay)
		}
		if said := verdicts[taken.Verdict]; said != "" {
			v["putusan"] = said + " oleh " + taken.ByName + ", " + at(taken.At)
			if why := taken.Values["alasan"]; why != "" {
				v["putusan"] += ": " + why
			}
		}
	}
	v["daftar_langkah"] = rows(len(c.Taken), func(n int) []string {
		taken := c.Taken[n]
		name := "Penarikan berkas"
		if s, ok := c.Procedure.Step(taken.Step); ok {
			name = s.Name
		}
		said := cmp.Or(verdicts[taken.Verdict], "dicatat")
		if c.Replaced(n) {
			said = "diperbaiki kemudian"
		}
		return []string{name, cmp.Or(taken.ByName, "Sistem"), at(taken.At), letter(taken.Letter, taken.LetterDay), said}
	})
	v["daftar_dokumen"] = rows(len(files), func(n int) []string {
		f := files[n]
		kind := "surat yang dibuat"
		if f.Kind == "scan" {
			kind = "pindaian"
		}
		return []string{f.Title, cmp.Or(f.Number, "-"), kind, at(f.At)}
	})
	for _, list := range []string{"daftar_langkah", "daftar_dokumen"} {
		v[list] = cmp.Or(v[list], "-")
	}
	return v
}
