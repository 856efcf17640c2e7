package access

import (
	"gapura/person/nik"
	"gapura/person/population"
	"time"
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
}

// An Address is the element alamat (PKS 2(1)a: "alamat sekarang" with the names and codes of Juknis II.C.2.a).
type Address struct {
	Street, Province, Regency, DistrictCode, District, Village, RT, RW string
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
		}
	}
	return c
}

func address(p population.Person) Address {
	place := p.Place()
	return Address{
		Street: p.Address, RT: p.RT, RW: p.RW, Province: place.Province, Regency: place.Regency, DistrictCode: place.DistrictCode,
		District: place.District, Village: place.Village,
	}
}

// A Claim is a value that a caller brings for an element; Part names the part of the address ("kelurahan"), empty for other elements.
type Claim struct {
	Element population.Element
	Part    string
	Value   string
}

// A ClaimVerdict answers a claim; never with the stored value.
type ClaimVerdict struct {
	Claim
	population.Verdict
	Granted bool // false: the element is not granted, and nothing was compared
}

func compare(p population.Person, granted population.Elements, claims []Claim, threshold int) []ClaimVerdict {
	out := make([]ClaimVerdict, 0, len(claims))
	for _, c := range claims {
		v := ClaimVerdict{Claim: c, Granted: granted.Has(c.Element)}
		if v.Granted && c.Part != "" {
			v.Verdict = population.CompareAddressPart(p, c.Part, c.Value, threshold)
		} else if v.Granted {
			v.Verdict = population.Compare(p, c.Element, c.Value, threshold)
		}
		v.Value = ""
		out = append(out, v)
	}
	return out
}
