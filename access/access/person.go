package access

import (
	"time"

	"gapura/person/nik"
	"gapura/person/population"
	"gapura/person/value"
)

// A Person holds granted elements and nothing else: a value that is not in Elements is empty in memory too, so that no door can leak it.
type Person struct {
	Elements   population.Elements
	NIK        nik.NIK
	FamilyNo   string
	Name       string
	Sex        string
	BirthPlace string
	BirthDate  time.Time
	Marital    string
	Occupation string
	Address    Address
	Religion   string
	Blood      string
	Education  string
	Relation   string
	Father     string
	Mother     string
	Hamlet     string
	PostCode   string
}

// An Address is the element alamat (PKS 2(1)a: "alamat sekarang" with the names and codes of Juknis II.C.2.a).
type Address struct {
	Street, Province, Regency, DistrictCode, District, Village, RT, RW string

	village string // its code of 10 digits; empty when only names are known
}

// RegionCode is a part of the village's code, from one digit to another: province 0 to 2, regency 2 to 4, district 4 to 6, village 6 to 10;
// empty when the code is not known so far.
func (a Address) RegionCode(from, to int) string {
	code := a.village
	if code == "" {
		code = a.DistrictCode
	}
	if len(code) < max(to, 6) {
		return ""
	}
	return code[from:to]
}

// cut copies the granted elements, and only them.
func cut(p population.Person, granted population.Elements) Person {
	c := Person{Elements: granted}
	for el := range granted.All() {
		switch el {
		case population.ElNIK:
			c.NIK = p.NIK
		case population.ElFamilyNo:
			c.FamilyNo = p.FamilyNo
		case population.ElName:
			c.Name = p.Name
		case population.ElSex:
			c.Sex = p.Sex.String()
		case population.ElBirthPlace:
			c.BirthPlace = p.BirthPlace
		case population.ElBirthDate:
			c.BirthDate = p.BirthDate
		case population.ElMarital:
			c.Marital = p.Marital
		case population.ElOccupation:
			c.Occupation = p.Occupation
		case population.ElAddress:
			c.Address = address(p)
		case population.ElReligion:
			c.Religion = p.Religion
		case population.ElBlood:
			c.Blood = p.Blood
		case population.ElEducation:
			c.Education = p.Education
		case population.ElRelation:
			c.Relation = p.Relation
		case population.ElFather:
			c.Father = p.Father
		case population.ElMother:
			c.Mother = p.Mother
		case population.ElHamlet:
			c.Hamlet = p.Hamlet
		case population.ElPostCode:
			c.PostCode = p.PostCode
		}
	}
	return c
}

func address(p population.Person) Address {
	place := p.Place()
	return Address{
		village: p.VillageCode(), Street: p.Address, RT: p.RT, RW: p.RW, Province: place.Province, Regency: place.Regency,
		DistrictCode: place.DistrictCode,
		District:     place.District, Village: place.Village,
	}
}

// A ClaimVerdict answers a claim; never with the stored value.
type ClaimVerdict struct {
	population.Claim
	value.Verdict
	Granted bool // false: the element is not granted, and nothing was compared
}

func compare(p population.Person, granted population.Elements, claims []population.Claim, threshold int) []ClaimVerdict {
	out := make([]ClaimVerdict, 0, len(claims))
	for _, c := range claims {
		v := ClaimVerdict{Claim: c.Asked(), Granted: granted.Has(c.Element)}
		if v.Granted {
			v.Verdict = population.Compare(p, c, threshold)
		}
		out = append(out, v)
	}
	return out
}
