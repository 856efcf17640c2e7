package agreement

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/person/population"
)

// A Term is one thing that an agreement settles and an addendum changes. Table is the one place that knows the terms: the forms of
// procedures ask for their fields, agreements and addenda are read from what was filled in, grants follow from them, records, letters and
// pages say them in words.
type Term struct {
	Key    string             // in what is stored; never changed
	Name   string             // in sentences and tables, for instance "kuota"
	Title  string             // on the page of an agreement
	Clause string             // where the agreement or its guideline settles it, as an addendum names it
	Says   string             // begins its words in a sentence; empty: the name and a colon
	Own    bool               // a procedure of its own changes it: the forms of agreements and addenda do not ask for it
	Fields []Field            // what a form asks for
	Lifted func(Grant) string // words in place of what was settled, while something else lifts it; may be nil

	settled func(Change) bool
	words   func(Change) string
	granted func(Grant) string
	typed   func(g Grant, field string) string // what a form would have to hold for what is granted
	fill    func(c *Change, filled func(field string) string, before Grant) error
	decode  func([]byte) (any, error) // nil: Terms and Change have a field of their own for it
}

// A Field is what a form asks for: first when an agreement is made, later when an addendum changes it. The kinds are those of procedures.
type Field struct {
	Key, Kind        string
	Name, Hint       string
	Optional         bool // when an agreement is made; an addendum's are always optional
	NewName, NewHint string
	Preset           string // what it holds at first when an agreement is made
}

// Table are the terms in the order in which people read them.
var Table = []*Term{
	define(Term{Key: "elements", Name: "elemen", Title: "Elemen data",
		Clause: "PKS Pasal 2 ayat (1) huruf a dan Pasal 3 ayat (2) huruf a", Fields: []Field{{
			Key: "elemen", Kind: "elements", Name: "Elemen data",
			Hint:    "PKS Pasal 2 menyebut kedelapan elemen. Kosongkan yang tidak diperlukan untuk tujuannya.",
			Preset:  strings.Join(population.PKSElements.Strings(), "\n"),
			NewName: "Elemen data yang baru",
			NewHint: "Pilih seluruh elemen yang berlaku setelah perubahan, atau kosongkan apabila tidak " +
				"berubah.",
		}}}, place[population.Elements]{
		func(c Change) (population.Elements, bool) { return deref(c.Elements) }, func(c *Change, v population.Elements) { c.Elements = &v },
		func(g *Grant) *population.Elements { return &g.Elements },
	}, func(s population.Elements) string { return strings.Join(population.Labels(s.Strings()), ", ") },
		one("elemen", func(v string) (population.Elements, error) { return population.ParseElements(strings.Split(v, "\n")) })),
	define(Term{Key: "methods", Name: "metode", Title: "Metode akses",
		Clause: "PKS Pasal 2 ayat (1) huruf a dan Pasal 3 ayat (2) huruf a", Fields: []Field{{
			Key: "metode", Kind: "methods", Name: "Metode akses", Preset: Portal,
			NewName: "Metode akses yang baru",
			NewHint: "Pilih seluruh metode yang berlaku setelah perubahan, atau kosongkan apabila tidak " +
				"berubah.",
		}}}, place[[]string]{
		func(c Change) ([]string, bool) { return c.Methods, c.Methods != nil }, func(c *Change, v []string) { c.Methods = v },
		func(g *Grant) *[]string { return &g.Methods },
	}, func(list []string) string { return strings.Join(MethodLabels(list), ", ") }, one("metode", texts)),
	define(Term{Key: "quota", Name: "kuota", Title: "Kuota harian", Clause: "Juknis II.B", Fields: []Field{{
		Key: "kuota", Kind: "number", Name: "Kuota harian sebelum PoC", Hint: "200 untuk web portal (Juknis II.B.1).", Preset: "200",
		NewName: "Kuota harian yang baru",
	}}, Lifted: func(g Grant) string {
		if g.Unlimited(PortalApplication) {
			return "tanpa batas"
		}
		return ""
	}}, place[int]{
		func(c Change) (int, bool) { return deref(c.Quota) }, func(c *Change, v int) { c.Quota = &v },
		func(g *Grant) *int { return &g.Quota },
	}, func(n int) string { return strconv.Itoa(n) + " per hari" }, one("kuota", strconv.Atoi)),
	define(Term{Key: "networks", Name: "jaringan", Title: "Jaringan", Clause: "PKS Pasal 2 ayat (1) huruf b dan Juknis I.A",
		Fields: []Field{{
			Key: "jaringan", Kind: "networks", Name: "Alamat jaringan tertutup",
			Hint:    "Satu alamat IP atau CIDR setiap baris, misalnya 10.33.4.0/24.",
			NewName: "Alamat jaringan yang baru",
		}}}, place[[]netip.Prefix]{
		func(c Change) ([]netip.Prefix, bool) { return c.Networks, c.Networks != nil },
		func(c *Change, v []netip.Prefix) { c.Networks = v },
		func(g *Grant) *[]netip.Prefix { return &g.Networks },
	}, func(list []netip.Prefix) string {
		names := make([]string, len(list))
		for i, p := range list {
			names[i] = p.String()
		}
		return strings.Join(names, ", ")
	}, one("jaringan", prefixes)),
	define(Term{Key: "purposes", Name: "tujuan", Title: "Tujuan", Clause: "PKS Pasal 1", Fields: []Field{{
		Key: "tujuan", Kind: "purposes", Name: "Tujuan pemanfaatan", Hint: "Satu tujuan setiap baris, sesuai PKS Pasal 1.",
		Preset:  "verifikasi penerima bantuan",
		NewName: "Tujuan pemanfaatan yang baru",
	}}}, place[[]string]{
		func(c Change) ([]string, bool) { return c.Purposes, c.Purposes != nil }, func(c *Change, v []string) { c.Purposes = v },
		func(g *Grant) *[]string { return &g.Purposes },
	}, func(list []string) string { return strings.Join(list, ", ") }, one("tujuan", texts)),
	perPurpose,
	define(Term{Key: "balikan", Name: "data balikan", Title: "Data balikan",
		Clause: "PKS Pasal 2 ayat (2) huruf b dan Pasal 3 ayat (1) huruf b", Fields: []Field{
			{Key: "kolom_balikan", Kind: "columns", Name: "Kolom data balikan", Optional: true,
				Hint:    "Satu kolom setiap baris selain NIK. Kosong: NOMOR dan JENIS_BANTUAN.",
				NewHint: "Satu kolom setiap baris selain NIK. Kosong: tidak berubah."},
			{Key: "hari_balikan", Kind: "number", Name: "Batas hari data balikan", Optional: true,
				Hint:    "Sejak data seseorang ditemukan. Kosong: 30 hari.",
				NewHint: "Sejak data seseorang ditemukan. Kosong: tidak berubah."},
		}}, place[Balikan]{
		func(c Change) (Balikan, bool) { return deref(c.Balikan) }, func(c *Change, v Balikan) { c.Balikan = &v },
		func(g *Grant) *Balikan { return &g.Balikan },
	}, func(b Balikan) string {
		return strings.Join(b.Fields, ", ") + ", dalam " + strconv.Itoa(b.Days) + " hari"
	}, readBalikan),
	define(Term{Key: "ends_on", Name: "jangka waktu", Title: "Jangka waktu", Clause: "PKS Pasal 4", Says: "berlaku ", Own: true,
		Fields: []Field{{Key: "berlaku_sampai", Kind: "date", Name: "Berlaku sampai yang baru"}}},
		place[time.Time]{
			func(c Change) (time.Time, bool) { return deref(c.EndsOn) }, func(c *Change, v time.Time) { c.EndsOn = &v },
			func(g *Grant) *time.Time { return &g.EndsOn },
		}, func(t time.Time) string { return "sampai " + bahasa.Date(t) }, readEnd),
	Permission,
	HeadGrace,
	Certificates,
}

// Permission is the office that may permit what users keep secret by their NDA to be told; empty: the provider's.
var Permission = Define(Term{Key: "permission", Name: "pemberi izin", Title: "Pemberi izin pengungkapan",
	Clause: "NDA", Fields: []Field{{
		Key: "pemberi_izin", Kind: "text", Name: "Pemberi izin pengungkapan informasi rahasia", Optional: true,
		Hint:    "Kantor yang izin tertulisnya disyaratkan dalam NDA. Kosong: Dinas Dukcapil.",
		NewName: "Pemberi izin pengungkapan yang baru",
		NewHint: "Kantor yang izin tertulisnya disyaratkan dalam NDA. Kosong: tidak berubah.",
	}}}, func(office string) string { return cmp.Or(office, "Dinas Dukcapil") },
	one("pemberi_izin", func(v string) (string, error) { return v, nil }))

// HeadGrace is for how many days access goes on after a change of office until the new head has signed the SPTJM (B7).
var HeadGrace = Define(Term{Key: "head_grace", Name: "masa peralihan pejabat", Title: "Masa peralihan pejabat",
	Clause: "Juknis VI.H", Fields: []Field{{
		Key: "hari_peralihan", Kind: "number", Name: "Masa peralihan pejabat (hari)", Optional: true,
		Hint:    "Akses berjalan paling lama sekian hari sejak pergantian pejabat sampai SPTJM baru ditandatangani. Kosong: 0 hari.",
		NewHint: "Akses berjalan paling lama sekian hari sejak pergantian pejabat. Kosong: tidak berubah.",
	}}}, func(n int) string { return strconv.Itoa(n) + " hari" }, one("hari_peralihan", strconv.Atoi))

// Certificates are those that the agency's programs show, by SHA-256 in hexadecimal; none: they show none (A5).
var Certificates = Define(Term{Key: "certificates", Name: "sertifikat aplikasi", Title: "Sertifikat aplikasi", Fields: []Field{{
	Key: "sertifikat", Kind: "fingerprints", Name: "Sertifikat klien aplikasi", Optional: true,
	Hint: "Sidik jari SHA-256 setiap sertifikat, satu baris satu. Bila diisi, aplikasi hanya dilayani melalui sambungan yang " +
		"menunjukkan salah " +
		"satunya. Kosong: tidak disyaratkan.",
	NewName: "Sertifikat klien aplikasi yang baru",
	NewHint: "Seluruh sidik jari SHA-256 yang berlaku setelah perubahan, satu baris satu, atau kata \"tanpa\" bila tidak " +
		"disyaratkan lagi. Kosong: tidak berubah.",
}}}, func(list Prints) string { return cmp.Or(strings.Join(list, ", "), "tidak disyaratkan") },
	one("sertifikat", func(v string) (Prints, error) {
		if v == NoPrints {
			return Prints{}, nil
		}
		return texts(v)
	}))

// NoPrints is what a form holds to ask for no certificate any more.
const NoPrints = "tanpa"

// Prints are fingerprints of certificates: SHA-256 as 64 digits in hexadecimal, lower case.
type Prints []string

// Typed is what a form holds.
func (p Prints) Typed(string) string { return strings.Join(p, "\n") }

// Shows reports whether a program may come with a connection on which the certificate was proved, by its SHA-256 (32 bytes; empty: none).
func (g *Grant) Shows(certificate string) bool {
	list := In[Prints](*g, Certificates)
	return len(list) == 0 || certificate != "" && slices.Contains(list, hex.EncodeToString([]byte(certificate)))
}

// A place is where changes and grants keep a T.
type place[T any] struct {
	get func(Change) (T, bool) // false: the change leaves it as it was
	set func(*Change, T)
	in  func(*Grant) *T
}

func define[T any](t Term, at place[T], words func(T) string, read func(filled func(string) string, before T) (*T, error)) *Term {
	t.settled = func(c Change) bool { _, ok := at.get(c); return ok }
	t.words = func(c Change) string { v, _ := at.get(c); return words(v) }
	t.granted = func(g Grant) string { return words(*at.in(&g)) }
	t.typed = func(g Grant, field string) string { return typed(*at.in(&g), field) }
	t.fill = func(c *Change, filled func(string) string, before Grant) error {
		v, err := read(filled, *at.in(&before))
		if err == nil && v != nil {
			at.set(c, *v)
		}
		return err
	}
	return &t
}

// Define makes a term for the table that needs no field in Terms, Change and Grant: it is kept as JSON under its key, and read with In.
// words say it without its name; read returns nil when nothing was filled in, and gets what was granted before.
func Define[T any](t Term, words func(T) string, read func(filled func(string) string, before T) (*T, error)) *Term {
	key := t.Key
	d := define(t, place[T]{
		func(c Change) (v T, ok bool) { v, ok = c.More[key].(T); return v, ok },
		func(c *Change, v T) { c.More = with(c.More, key, v) },
		func(g *Grant) *T { v, _ := g.More[key].(T); return &v },
	}, words, read)
	d.decode = func(b []byte) (any, error) {
		var v T
		err := json.Unmarshal(b, &v)
		return v, err
	}
	return d
}

// In is what a grant says about a term of Define; the zero T when nothing was settled.
func In[T any](g Grant, t *Term) T {
	v, _ := g.More[t.Key].(T)
	return v
}

func with(m map[string]any, key string, v any) map[string]any {
	if m = maps.Clone(m); m == nil {
		m = map[string]any{}
	}
	m[key] = v
	return m
}

// Propose reads the terms of a new agreement from what was filled in for the fields of forms.
func Propose(filled func(field string) string) (c Change, err error) {
	for _, t := range Table {
		if t.Own {
			continue
		}
		if err := t.fill(&c, filled, Grant{Balikan: DefaultBalikan}); err != nil {
			return c, fmt.Errorf("term %s: %w", t.Key, err)
		}
	}
	return c, c.fits(Grant{})
}

// fits holds the terms of a change against each other, with what stays as it was.
func (c Change) fits(before Grant) error {
	purposes, elements := before.Purposes, before.Elements
	if c.Purposes != nil {
		purposes = c.Purposes
	}
	if c.Elements != nil {
		elements = *c.Elements
	}
	n, _ := c.More[perPurpose.Key].(Narrowed)
	return n.fits(purposes, elements)
}

// Settle makes what was proposed the terms of an agreement. The error is a *told.Error when a term is missing.
func (c Change) Settle() (Terms, error) {
	for _, t := range Table {
		for _, f := range t.Fields {
			if !t.Own && !f.Optional && !t.settled(c) {
				return Terms{}, told.Wrong(f.Key, f.Name+" harus diisi.")
			}
		}
	}
	elements, _ := deref(c.Elements)
	quota, _ := deref(c.Quota)
	return Terms{Elements: elements, Methods: c.Methods, Quota: quota, Networks: c.Networks, Purposes: c.Purposes, Balikan: c.Balikan,
		More: c.More}, nil
}

// ErrNoChange says that an addendum would change nothing.
var ErrNoChange = told.Refuse("Tidak ada ketentuan yang berubah. Isi paling sedikit satu ketentuan yang baru.")

// Typed is what the form of an addendum holds for a field when nothing changes, one value a line.
func Typed(g Grant, field string) string {
	for _, t := range Table {
		if slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Key == field }) {
			return t.typed(g, field)
		}
	}
	return ""
}

// typed is a term as a form holds it; a type of its own says it by a method Typed.
func typed(v any, field string) string {
	switch v := v.(type) {
	case interface{ Typed(field string) string }:
		return v.Typed(field)
	case population.Elements:
		return strings.Join(v.Strings(), "\n")
	case []string:
		return strings.Join(v, "\n")
	case []netip.Prefix:
		list := make([]string, len(v))
		for i, p := range v {
			list[i] = p.String()
		}
		return strings.Join(list, "\n")
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return ""
}

// Typed is what a form holds for one of the two fields.
func (b Balikan) Typed(field string) string {
	if field == "kolom_balikan" {
		return strings.Join(b.Fields, "\n")
	}
	return strconv.Itoa(b.Days)
}

// Amend reads what an addendum changes from what was filled in, against what was granted before. What was left empty, or as it was, stays
// so.
func Amend(typed func(field string) string, before Grant) (c Change, err error) {
	filled := func(field string) string {
		v := typed(field)
		if sorted(v) == sorted(Typed(before, field)) && field != "berlaku_sampai" {
			return ""
		}
		return v
	}
	for _, t := range Table {
		if err := t.fill(&c, filled, before); err != nil {
			return c, fmt.Errorf("term %s: %w", t.Key, err)
		}
	}
	if !slices.ContainsFunc(Table, func(t *Term) bool { return t.settled(c) }) {
		return c, ErrNoChange
	}
	return c, c.fits(before)
}

// Words are the terms in one sentence.
func (t Terms) Words() string {
	words, _ := t.change().Words(Grant{})
	return words
}

// Words are what a change settles in one sentence, and the same terms as they were granted before.
func (c Change) Words(before Grant) (after, was string) {
	var now, old []string
	for _, t := range Table {
		if t.settled(c) {
			says := t.Says
			if says == "" {
				says = t.Name + ": "
			}
			now, old = append(now, says+t.words(c)), append(old, says+t.granted(before))
		}
	}
	return strings.Join(now, "; "), strings.Join(old, "; ")
}

// Rows are what a change settles, as a table: term, was, becomes.
func (c Change) Rows(before Grant) (rows [][3]string) {
	for _, t := range Table {
		if t.settled(c) {
			name := strings.ToUpper(t.Name[:1]) + t.Name[1:]
			if t.Clause != "" {
				name += " (" + t.Clause + ")"
			}
			rows = append(rows, [3]string{name, t.granted(before), t.words(c)})
		}
	}
	return rows
}

// Rows are what is granted, as a table: title and words.
func (g Grant) Rows() (rows [][2]string) {
	for _, t := range Table {
		words := t.granted(g)
		if t.Lifted != nil && t.Lifted(g) != "" {
			words = t.Lifted(g)
		}
		rows = append(rows, [2]string{t.Title, words})
	}
	return rows
}

// change is the agreement's own terms as what changes a grant that is empty.
func (t Terms) change() Change {
	return Change{Elements: &t.Elements, Methods: t.Methods, Quota: &t.Quota, Networks: t.Networks, Purposes: t.Purposes,
		Balikan: t.Balikan, More: t.More}
}
