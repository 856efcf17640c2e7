package population

import (
	"time"

	"gapura/person/value"
)

// A Claim is a value that a caller holds against a person's, read by ReadClaim: what cannot be read is the caller's error and never a
// difference.
type Claim struct {
	Element Element
	Part    string // of the address ("kelurahan"); empty for other elements and for an address as one text
	form    string // as value.Kind.Read gives it; empty: none was brought
}

// AddressParts are the parts of the element alamat that can be claimed one by one.
var AddressParts = []string{"alamat", "provinsi", "kabupaten", "kode_kecamatan", "nomor_kecamatan", "kecamatan", "kelurahan", "rt", "rw"}

var (
	elementKinds = [elements]value.Kind{
		ElNIK: value.NIK, ElName: value.Name, ElSex: value.Sex, ElBirthPlace: value.BirthPlace, ElBirthDate: value.BirthDate,
		ElMarital:    value.Marital,
		ElOccupation: value.Occupation, ElAddress: value.Street, ElFamilyNo: value.FamilyNo, ElReligion: value.Religion,
		ElBlood:     value.Blood,
		ElEducation: value.Education, ElRelation: value.Relation, ElFather: value.Name, ElMother: value.Name, ElHamlet: value.Hamlet,
		ElPostCode: value.PostCode,
	}
	partKinds = map[string]value.Kind{
		"": value.Street, "alamat": value.Street, "provinsi": value.Province, "kabupaten": value.Regency,
		"kode_kecamatan":  value.DistrictCode,
		"nomor_kecamatan": value.DistrictNo, "kecamatan": value.District, "kelurahan": value.Village, "rt": value.RT, "rw": value.RW,
	}
)

// kind is how a claim is read and compared; false when there is no such part.
func kind(e Element, part string) (value.Kind, bool) {
	if e == ElAddress {
		k, ok := partKinds[part]
		return k, ok
	}
	if e >= elements || part != "" {
		return 0, false
	}
	return elementKinds[e], true
}

// ReadClaim reads a claimed value. An error says what a right value looks like, names no element and repeats nothing; today bounds birth
// dates.
func ReadClaim(e Element, part, text string, today time.Time) (Claim, error) {
	k, ok := kind(e, part)
	if !ok {
		return Claim{}, value.ErrText
	}
	form, err := k.Read(text, today)
	return Claim{Element: e, Part: part, form: form}, err
}

// Asked is what the claim is about, without what it claims.
func (c Claim) Asked() Claim { return Claim{Element: c.Element, Part: c.Part} }

// Compare holds a claim against a person's value; names, places and streets match from the threshold (0 to 100) on.
func Compare(p Person, c Claim, threshold int) value.Verdict {
	return CompareText(c, p.text(c.Element, c.Part), threshold)
}

// CompareText is Compare for a side that holds the value alone, as it was answered.
func CompareText(c Claim, registered string, threshold int) value.Verdict {
	k, ok := kind(c.Element, c.Part)
	if !ok {
		return value.Verdict{Reason: value.NotClaimed}
	}
	// What the registry holds was read when it was imported; what an older import left unreadable is no value.
	stored, err := k.Read(registered, value.Ever)
	if err != nil {
		stored = ""
	}
	return k.Compare(stored, c.form, threshold)
}

// text is a value as it is registered.
func (p Person) text(e Element, part string) string {
	switch e {
	case ElNIK:
		return p.NIK.Digits()
	case ElName:
		return p.Name
	case ElSex:
		return p.Sex.String()
	case ElBirthPlace:
		return p.BirthPlace
	case ElBirthDate:
		if p.BirthDate.IsZero() {
			return ""
		}
		return p.BirthDate.Format(time.DateOnly)
	case ElMarital:
		return p.Marital
	case ElOccupation:
		return p.Occupation
	case ElAddress:
		return p.addressText(part)
	case ElFamilyNo:
		return p.FamilyNo
	case ElReligion:
		return p.Religion
	case ElBlood:
		return p.Blood
	case ElEducation:
		return p.Education
	case ElRelation:
		return p.Relation
	case ElFather:
		return p.Father
	case ElMother:
		return p.Mother
	case ElHamlet:
		return p.Hamlet
	case ElPostCode:
		return p.PostCode
	}
	return ""
}

func (p Person) addressText(part string) string {
	place := p.Place()
	switch part {
	case "provinsi":
		return place.Province
	case "kabupaten":
		return place.Regency
	case "kecamatan":
		return place.District
	case "kelurahan":
		return place.Village
	case "kode_kecamatan":
		return place.DistrictCode
	case "nomor_kecamatan":
		return place.DistrictCode[max(0, len(place.DistrictCode)-2):]
	case "rt":
		return p.RT
	case "rw":
		return p.RW
	}
	return p.Address
}
