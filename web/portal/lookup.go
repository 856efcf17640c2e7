package portal

import (
	"net/http"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/internal/bahasa"
	"gapura/person/population"
	"gapura/web/site"
	"gapura/web/ui"
)

type lookupPage struct {
	Purposes  []purpose
	Reference string // kept between lookups without script
	Empty     string // why nothing can be asked now; empty: something can
	Quota     string
	AsOf      time.Time // day of the data; zero: not known
	Warn      bool
	Blank     int
	Result    *result // nil: nothing was asked
}

type purpose struct {
	Name   string
	Chosen bool
}

// A result is what stands in the place of the answer.
type result struct {
	Text, Advice string // of a notice or a refusal
	Warning      string // why the lookups draw attention
	Notice       bool
	Rows         []row // granted elements
	Login, Name  string
	Institution  string
	At           time.Time // in the agency's zone
	Clock        string
	Purpose      string
	Reference    string
	Record       string
	Basis        string
	Quota        string
	AsOf         time.Time // day of the data; zero: not known
	Warn         bool
	Blank        int
	Mark         []struct{} // repetitions of the watermark
	Swap         bool       // answered to htmx: the header's figure is brought along
}

type row struct{ Label, Value string }

// watermarks is enough to cover a card of all elements on a wide screen.
const watermarks = 60

func (p *Portal) lookupForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	if !v.User.Role.Asks() {
		return p.Redirect(w, r, v.Start())
	}
	page, err := p.lookupPage(r, v, "", "", nil)
	if err != nil {
		return err
	}
	return p.Show(w, r, http.StatusOK, "cari", page)
}

func (p *Portal) lookup(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := p.Form(w, r, "nik", "purpose", "reference")
	if err != nil {
		return err
	}
	reference := strings.TrimSpace(f["reference"])
	// Whoever is signed in passes the gate, which has the exact words for those who may not ask and records them.
	a, err := p.Gate.Lookup(r.Context(), access.Request{
		Who: access.Known(v.User.ID), Method: agreement.Portal, Address: p.Peer(r), NIK: f["nik"], Purpose: f["purpose"],
		Reference: reference,
	})
	if err != nil {
		return err
	}
	res := p.result(v, a, f["purpose"], reference)
	if a.Code == access.Malformed {
		res.Advice = strings.TrimSpace(site.Misread(f["nik"]) + " " + res.Advice)
	}
	if site.Fragment(r) {
		res.Swap = true
		return p.ShowPart(w, r, http.StatusOK, "cari", "result", res)
	}
	if a.Code == access.Found || a.Code.Notice() || a.Code == access.Quota {
		v.Left = a.Quota
	}
	if !access.ValidReference(reference) {
		reference = "" // it may be a NIK
	}
	page, err := p.lookupPage(r, v, f["purpose"], reference, &res)
	if err != nil {
		return err
	}
	if a.Code == access.Found {
		page.Blank = int(p.Blank.Seconds())
	}
	return p.Show(w, r, http.StatusOK, "cari", page)
}

func (p *Portal) lookupPage(r *http.Request, v *site.Visitor, chosen, reference string, res *result) (ui.Page, error) {
	b := lookupPage{Reference: reference, Quota: site.Quota(v.Left, v.Grant != nil), Blank: int(p.Blank.Seconds()), Result: res}
	rights := v.Rights(0, agreement.Portal, v.Now)
	if v.Grant != nil {
		may := rights.Serves(v.Grant.Purposes)
		for _, name := range may {
			b.Purposes = append(b.Purposes, purpose{name, name == chosen || len(may) == 1})
		}
	}
	switch {
	case !v.Working():
		b.Empty = "User ID Anda sedang tidak aktif. Silakan menghubungi " + v.Institution.Helper() + "."
	case !v.Served():
		b.Empty = "Instansi Anda sedang tidak aktif: perjanjian atau SPTJM penanggung jawab belum atau tidak lagi berlaku. Silakan " +
			"menghubungi " + v.Institution.Leader(v.Today()) + "."
	case !v.User.Stopped.IsZero():
		b.Empty = access.Abuse.Text() + ". " + site.Advice(access.Abuse, v.Institution, v.Today())
	case rights.MatchOnly:
		b.Empty = access.MatchOnly.Text() + ". " + site.Advice(access.MatchOnly, v.Institution, v.Today())
	default:
		b.Warn = v.Left.Warn()
	}
	if p.Data != nil && res == nil {
		set, err := p.Data.Current(r.Context())
		if err != nil {
			return ui.Page{}, err
		}
		b.AsOf = set.AsOf
	}
	page := p.Page(r, v, "Pencarian data", b)
	page.Lookup = true
	return page, nil
}

func (p *Portal) result(v *site.Visitor, a access.Answer, purpose, reference string) result {
	zone := v.Institution.Zone
	res := result{
		Text: a.Code.Text(), Advice: site.Advice(a.Code, v.Institution, v.Today()), Warning: a.Warning, Notice: a.Code.Notice(),
		Record: a.Record.String(), Basis: a.Basis,
		Login: v.User.Login, Name: v.User.Name, Institution: v.Institution.Name,
		At: a.At.In(zone.Location()), Clock: ui.Clock(a.At, zone), AsOf: a.AsOf,
		Blank: int(p.Blank.Seconds()),
	}
	if a.Basis != "" {
		res.Quota, res.Warn = site.Quota(a.Quota, true), a.Quota.Warn()
	}
	if a.Code == access.Found {
		// Both passed the gate's checks, so neither is text of unknown content.
		res.Purpose, res.Reference = purpose, reference
		res.Rows, res.Mark = elements(a.Person), make([]struct{}, watermarks)
	}
	return res
}

// elements lists the granted elements, and only them; a granted value that the registry does not know is "-".
func elements(p access.Person) []row {
	var rows []row
	add := func(el population.Element, label, value string) {
		if !p.Elements.Has(el) {
			return
		}
		if strings.TrimSpace(value) == "" {
			value = "-"
		}
		rows = append(rows, row{label, value})
	}
	number := ""
	if !p.NIK.IsZero() {
		number = p.NIK.Digits() // String masks
	}
	add(population.ElNIK, "NIK", fours(number))
	add(population.ElFamilyNo, "Nomor KK", fours(p.FamilyNo))
	add(population.ElName, "Nama lengkap", p.Name)
	add(population.ElSex, "Jenis kelamin", p.Sex)
	add(population.ElBirthPlace, "Tempat lahir", p.BirthPlace)
	add(population.ElBirthDate, "Tanggal lahir", bahasa.Date(p.BirthDate))
	add(population.ElMarital, "Status perkawinan", p.Marital)
	add(population.ElOccupation, "Jenis pekerjaan", p.Occupation)
	a := p.Address
	add(population.ElAddress, "Alamat", a.Street)
	add(population.ElAddress, "RT / RW", strings.Trim(a.RT+" / "+a.RW, " /"))
	add(population.ElAddress, "Desa/Kelurahan", a.Village)
	district := a.District
	if a.DistrictCode != "" {
		district = strings.TrimSpace(district + " (" + a.DistrictCode + ")")
	}
	add(population.ElAddress, "Kecamatan", district)
	add(population.ElAddress, "Kabupaten/Kota", a.Regency)
	add(population.ElAddress, "Provinsi", a.Province)
	add(population.ElHamlet, population.ElHamlet.Label(), p.Hamlet)
	add(population.ElPostCode, population.ElPostCode.Label(), p.PostCode)
	add(population.ElReligion, population.ElReligion.Label(), p.Religion)
	add(population.ElBlood, population.ElBlood.Label(), p.Blood)
	add(population.ElEducation, population.ElEducation.Label(), p.Education)
	add(population.ElRelation, population.ElRelation.Label(), p.Relation)
	add(population.ElFather, population.ElFather.Label(), p.Father)
	add(population.ElMother, population.ElMother.Label(), p.Mother)
	return rows
}

// fours groups a 16-digit number as people read it.
func fours(s string) string {
	if len(s) != 16 {
		return s
	}
	return s[:4] + " " + s[4:8] + " " + s[8:12] + " " + s[12:]
}
