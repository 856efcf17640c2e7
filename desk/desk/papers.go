package desk

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/person/value"
)

// A PaperField is a field that is taken down from the applicant's own papers. The keys are those of the provider's elements, so that the
// two can be compared.
type PaperField struct {
	Key, Label string
	Kind       string   // text, nik, date, choice
	Options    []string // of a choice; of a text: proposed
	Required   bool
	Hint       string
}

// The fields in the order of a KTP-el.
var paperFields = []PaperField{
	{Key: "nik", Label: "NIK", Kind: "nik", Required: true},
	{Key: "nama_lengkap", Label: "Nama lengkap", Kind: "text", Required: true},
	{Key: "tempat_lahir", Label: "Tempat lahir", Kind: "text", Required: true},
	{Key: "tanggal_lahir", Label: "Tanggal lahir", Kind: "date", Required: true},
	{Key: "jenis_kelamin", Label: "Jenis kelamin", Kind: "choice", Options: value.Sexes(), Required: true},
	{Key: "status_perkawinan", Label: "Status perkawinan", Kind: "choice", Options: value.Maritals()},
	{Key: "jenis_pekerjaan", Label: "Pekerjaan", Kind: "text", Options: value.Occupations()},
	{Key: "alamat", Label: "Alamat", Kind: "text", Required: true},
	{Key: "alamat.rt", Label: "RT", Kind: "text"},
	{Key: "alamat.rw", Label: "RW", Kind: "text"},
	{Key: "alamat.kelurahan", Label: "Desa/Kelurahan", Kind: "text"},
	{Key: "alamat.kecamatan", Label: "Kecamatan", Kind: "text"},
	{Key: "alamat.kabupaten", Label: "Kabupaten/Kota", Kind: "text"},
	{Key: "alamat.provinsi", Label: "Provinsi", Kind: "text"},
}

// PaperFields are all fields of the applicant's papers.
func PaperFields() []PaperField { return slices.Clone(paperFields) }

// PaperLabel is a field's label; false for another key.
func PaperLabel(key string) (string, bool) {
	i := slices.IndexFunc(paperFields, func(f PaperField) bool { return f.Key == key })
	if i < 0 {
		return "", false
	}
	return paperFields[i].Label, true
}

// An Identity is the paper or device by which the applicant showed who they are.
type Identity string

// The identities. A card's place of issue is of no account (PKS 2(2)e), and an IKD that was shown is noted as shown, never as verified
// (H8).
const (
	KTP  Identity = "ktp-el"
	IKD  Identity = "ikd"
	Card Identity = "kartu" // KTP-el that a reader read
)

// Label is the identity in words.
func (i Identity) Label() string {
	switch i {
	case KTP:
		return "KTP-el diperlihatkan"
	case IKD:
		return "IKD ditunjukkan oleh pemegangnya; keasliannya tidak diperiksa"
	case Card:
		return "KTP-el dibaca dengan perangkat pembaca"
	}
	return string(i)
}

// Papers are what an application says, all of it from the applicant. They are personal and only kept sealed.
type Papers struct {
	Identity Identity          `json:"identity"`
	Note     string            `json:"note,omitempty"` // how a card was read (card.Origin.Note)
	Values   map[string]string `json:"values"`
	Answers  map[string]string `json:"answers"`
	Phone    string            `json:"phone,omitempty"`
}

// NIK is the number; zero when it is not well-formed.
func (p Papers) NIK() nik.NIK {
	n, _ := nik.Parse(p.Values["nik"])
	return n
}

// String shows nothing of it.
func (p Papers) String() string { return "berkas pemohon" }

// GoString shows nothing of it.
func (p Papers) GoString() string { return p.String() }

const maxValue = 200

// claim reads a value of the papers as the provider will.
func claim(key, text string, today time.Time) (population.Claim, error) {
	element, part, _ := strings.Cut(key, ".")
	e, err := population.ParseElement(element)
	if err != nil {
		return population.Claim{}, err
	}
	return population.ReadClaim(e, part, text, today)
}

// CheckPapers tidies the papers and says what is wrong with them for a service, without repeating a value; no birth is after today.
func CheckPapers(s Service, p *Papers, today time.Time) told.Errors {
	var out told.Errors
	add := func(key, label, text string) { out.Add(key, label+" "+text+".") }
	if p.Identity != KTP && p.Identity != IKD && p.Identity != Card {
		add("identitas", "Identitas", "harus dipilih")
	}
	values := map[string]string{}
	for _, f := range paperFields {
		v := strings.Join(strings.Fields(p.Values[f.Key]), " ")
		if f.Kind == "nik" {
			if n, err := nik.Parse(v); err == nil {
				v = n.Digits()
			} else if v != "" {
				add(f.Key, f.Label, "harus 16 angka sesuai format NIK")
			}
		}
		switch wrong := fit(v, f.Kind, f.Options); {
		case v == "" && f.Required:
			add(f.Key, f.Label, "harus diisi")
		case v != "" && wrong != "":
			add(f.Key, f.Label, wrong)
		case v != "":
			if _, err := claim(f.Key, v, today); err != nil && f.Kind != "nik" {
				add(f.Key, f.Label+":", err.Error())
			}
			values[f.Key] = v
		}
	}
	answers := map[string]string{}
	for _, q := range s.Questions {
		v := strings.Join(strings.Fields(p.Answers[q.Key]), " ")
		switch wrong := fit(v, q.Kind, q.Options); {
		case v == "" && !q.Optional:
			add("t."+q.Key, q.Label, "harus diisi")
		case v != "" && wrong != "":
			add("t."+q.Key, q.Label, wrong)
		case v != "":
			answers[q.Key] = v
		}
	}
	p.Phone = strings.TrimSpace(p.Phone)
	if wrong := fit(p.Phone, "text", nil); wrong != "" {
		add("telepon", "Nomor telepon", wrong)
	}
	p.Values, p.Answers = values, answers
	return out
}

// fit says what a value should have been; empty: it fits.
func fit(v, kind string, options []string) string {
	if len(v) > maxValue || !utf8.ValidString(v) || strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Sprintf("harus teks sampai %d karakter", maxValue)
	}
	switch {
	case v == "":
	case kind == "date":
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return "harus tanggal"
		}
	case kind == "number":
		if strings.Trim(v, "0123456789.,") != "" {
			return "harus angka"
		}
	case kind == "choice":
		if !slices.Contains(options, v) {
			return "harus dipilih dari daftar"
		}
	}
	return ""
}

// Claims are what a cross-check asks about: the service's elements that the papers tell. The NIK is the question itself.
func Claims(s Service, p Papers) map[string]string {
	out := map[string]string{}
	for key, v := range p.Values {
		element, _, _ := strings.Cut(key, ".")
		if v != "" && key != "nik" && slices.Contains(s.Elements, element) {
			out[key] = v
		}
	}
	return out
}
