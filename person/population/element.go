package population

import (
	"encoding/json"
	"fmt"
	"iter"
	"math/bits"
	"strings"
)

// An Element is one kind of population data that an agreement can grant.
type Element uint8

// The elements; the first eight are the agreement's (PKS 2(1)a), the others are granted by an addendum alone. The values are stored in
// records: append only.
const (
	ElNIK Element = iota
	ElName
	ElSex
	ElBirthPlace
	ElBirthDate
	ElMarital
	ElOccupation
	ElAddress
	ElFamilyNo
	ElReligion
	ElBlood
	ElEducation
	ElRelation
	ElFather
	ElMother
	ElHamlet
	ElPostCode
	elements
)

var elementTexts = [elements]struct{ key, label string }{
	ElNIK: {"nik", "NIK"}, ElName: {"nama_lengkap", "Nama Lengkap"}, ElSex: {"jenis_kelamin", "Jenis Kelamin"},
	ElBirthPlace: {"tempat_lahir", "Tempat Lahir"}, ElBirthDate: {"tanggal_lahir", "Tanggal Lahir"},
	ElMarital: {"status_perkawinan", "Status Perkawinan"}, ElOccupation: {"jenis_pekerjaan", "Jenis Pekerjaan"},
	ElAddress: {"alamat", "Alamat Sekarang"}, ElFamilyNo: {"no_kk", "Nomor Kartu Keluarga"},
	ElReligion: {"agama", "Agama"}, ElBlood: {"golongan_darah", "Golongan Darah"}, ElEducation: {"pendidikan_akhir", "Pendidikan Terakhir"},
	ElRelation: {"status_hubungan_keluarga", "Status Hubungan dalam Keluarga"}, ElFather: {"nama_ayah", "Nama Lengkap Ayah"},
	ElMother: {"nama_ibu", "Nama Lengkap Ibu"}, ElHamlet: {"dusun", "Dusun"}, ElPostCode: {"kode_pos", "Kode Pos"},
}

// String is the element's key in the JSON API and in configurations.
func (e Element) String() string {
	if e < elements {
		return elementTexts[e].key
	}
	return "?"
}

// Label is the element's Indonesian name, as pages show it.
func (e Element) Label() string {
	if e < elements {
		return elementTexts[e].label
	}
	return "?"
}

// ParseElement reads a key.
func ParseElement(key string) (Element, error) {
	for e := range elements {
		if elementTexts[e].key == key {
			return e, nil
		}
	}
	return 0, fmt.Errorf("unknown element %q", key)
}

// Elements is a set of elements.
type Elements uint32

// PKSElements are the eight of the agreement (PKS 2(1)a).
const PKSElements Elements = 1<<ElFamilyNo - 1

// AllElements are those that an agreement can grant.
const AllElements Elements = 1<<elements - 1

// Of is the set of the given elements.
func Of(list ...Element) Elements {
	var s Elements
	for _, e := range list {
		s |= 1 << e
	}
	return s
}

// ParseElements reads keys.
func ParseElements(keys []string) (Elements, error) {
	var s Elements
	for _, k := range keys {
		e, err := ParseElement(k)
		if err != nil {
			return 0, err
		}
		s |= 1 << e
	}
	return s, nil
}

// Has reports whether e is in the set.
func (s Elements) Has(e Element) bool { return s&(1<<e) != 0 }

// With is the set and e.
func (s Elements) With(e Element) Elements { return s | 1<<e }

// Without is the set less e.
func (s Elements) Without(e Element) Elements { return s &^ (1 << e) }

// Intersect is what both sets hold.
func (s Elements) Intersect(t Elements) Elements { return s & t }

// All yields the elements in their order.
func (s Elements) All() iter.Seq[Element] {
	return func(yield func(Element) bool) {
		for s != 0 {
			e := Element(bits.TrailingZeros32(uint32(s)))
			s &= s - 1
			if !yield(e) {
				return
			}
		}
	}
}

// Strings are the keys in their order.
func (s Elements) Strings() []string {
	out := []string{}
	for e := range s.All() {
		out = append(out, e.String())
	}
	return out
}

// String is the keys, separated by commas.
func (s Elements) String() string { return strings.Join(s.Strings(), ",") }

// MarshalJSON writes a list of keys.
func (s Elements) MarshalJSON() ([]byte, error) { return json.Marshal(s.Strings()) }

// UnmarshalJSON reads a list of keys.
func (s *Elements) UnmarshalJSON(b []byte) error {
	var keys []string
	if err := json.Unmarshal(b, &keys); err != nil {
		return err
	}
	set, err := ParseElements(keys)
	*s = set
	return err
}

// Labels are the names of elements by their keys; an unknown key stays as it is.
func Labels(keys []string) []string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k
		if e, err := ParseElement(k); err == nil {
			names[i] = e.Label()
		}
	}
	return names
}
