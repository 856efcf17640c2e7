// Package population holds what the registry knows of a person, the elements by which an agreement grants parts of it, and the
// sources that a person is found in. It promises nothing about who may see what: that is decided in package access alone.
package population

import (
	"context"
	"time"

	"gapura/person/nik"
	"gapura/person/region"
)

// A Person is one resident as the registry (SIAK) knows them. Texts are as registered, mostly upper case; an unknown value is the empty
// string or the zero date.
type Person struct {
	NIK        nik.NIK
	FamilyNo   string // NO_KK, 16 digits
	Name       string // NAMA_LGKP
	Sex        Sex
	BirthPlace string
	BirthDate  time.Time // UTC midnight
	Marital    string    // STAT_KWN in words: BELUM KAWIN, KAWIN, CERAI HIDUP, CERAI MATI, ...
	Occupation string    // JENIS_PKRJN in words
	Address    string
	RT, RW     string // three digits, as printed on a KTP-el
	Village    string // Kemendagri code without dots: province 2, regency 2, district 2, village 4 digits
	Elsewhere  *Place // names as another service gave them; nil: those of Village
	Status     LifeStatus

	// Further elements, as registered in words.
	Religion  string // AGAMA
	Blood     string // GOL_DRH
	Education string // PDDK_AKH
	Relation  string // STAT_HBKEL, to the head of the family
	Father    string // NAMA_LGKP_AYAH
	Mother    string // NAMA_LGKP_IBU
	Hamlet    string // DUSUN
	PostCode  string // KODE_POS, 5 digits
}

// A Place is where an address lies, in names, with the district's code: 6 digits, or its number within the regency when only that is known.
type Place struct {
	region.Place
	DistrictCode string
}

// Place is where the person's address lies.
func (p Person) Place() Place {
	if p.Elsewhere != nil {
		return *p.Elsewhere
	}
	return Place{region.Lookup(p.Village), p.Village[:min(6, len(p.Village))]}
}

// VillageCode is the code of the village that the address lies in; empty when only names are known.
func (p Person) VillageCode() string {
	if p.Elsewhere != nil {
		return ""
	}
	return p.Village
}

// A Source finds a person by NIK. Known is false when the source does not know the NIK; an error means that it could not answer;
// of told.Busy it means that this installation itself is ill, and nothing is known of the source.
// Implementations are safe for concurrent use.
type Source interface {
	Find(ctx context.Context, n nik.NIK) (Finding, error)
}

// Sex is the registered sex.
type Sex byte

// The registered sexes, numbered as SIAK does (JENIS_KLMIN).
const (
	SexUnknown Sex = 0
	Male       Sex = 1
	Female     Sex = 2
)

// String is the word of the legacy wire and of the KTP-el form: Laki-Laki or Perempuan; empty when unknown.
func (s Sex) String() string {
	switch s {
	case Male:
		return "Laki-Laki"
	case Female:
		return "Perempuan"
	}
	return ""
}

// LifeStatus says whether a person's record may be shown (FLAG_STATUS).
type LifeStatus byte

// The life statuses, numbered as FLAG_STATUS in the import file.
const (
	Alive     LifeStatus = 0
	Deceased  LifeStatus = 1
	Duplicate LifeStatus = 2
	Inactive  LifeStatus = 3
)
