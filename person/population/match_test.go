package population

import (
	"testing"
	"time"

	"gapura/person/nik"
	"gapura/person/value"
)

var matchDay = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

// said is the verdict on a claim, or the error with which it is refused.
func said(p Person, e Element, part, text string, threshold int) (value.Verdict, error) {
	c, err := ReadClaim(e, part, text, matchDay)
	if err != nil {
		return value.Verdict{}, err
	}
	return Compare(p, c, threshold), nil
}

func resident(t *testing.T) Person {
	n, err := nik.Parse("3303010102800001")
	if err != nil {
		t.Fatal(err)
	}
	return Person{NIK: n, Name: "MUHAMMAD SUPARDI", BirthPlace: "PURBALINGGA", Sex: Male, BirthDate: time.Date(1980, 2, 1, 0, 0, 0, 0,
		time.UTC),
		Marital: "KAWIN", Occupation: "PETANI/PEKEBUN", Address: "JL. MAWAR NO. 3", RT: "003", RW: "012", Village: "3303012001",
		FamilyNo: "3303010101010001", Religion: "ISLAM", Blood: "O", Education: "SLTA/SEDERAJAT", Relation: "KEPALA KELUARGA",
		Father: "KARTAM",
		Mother: "SITI AMINAH", Hamlet: "KRAJAN", PostCode: "53300"}
}

func TestEachElementIsComparedByItsKind(t *testing.T) {
	p := resident(t)
	for _, c := range []struct {
		el          Element
		part        string
		same, other string
	}{
		{ElNIK, "", "3303 0101 0280 0001", "3303010102800002"}, {ElName, "", "H. Moch. Soepardi, S.Pd.", "SUPARDI"},
		{ElSex, "", "L", "P"}, {ElBirthPlace, "", "Kab. Purbalingga", "KOTA PURBALINGGA"}, {ElBirthDate, "", "1 Februari 1980",
			"02-01-1980"},
		{ElMarital, "", "kawin tercatat", "cerai mati"}, {ElOccupation, "", "petani / pekebun", "PNS"},
		{ElFamilyNo, "", "3303-0101-0101-0001", "3303010101010002"},
		{ElAddress, "", "Jalan Mawar No 3", "Jalan Mawar No 4"}, {ElAddress, "alamat", "JL MAWAR NO 3", "JL MELATI NO 3"},
		{ElAddress, "provinsi", "Prov. Jawa Tengah", "JAWA TIMUR"}, {ElAddress, "kabupaten", "purbalingga", "KOTA PURBALINGGA"},
		{ElAddress, "kode_kecamatan", "33.03.01", "330302"}, {ElAddress, "nomor_kecamatan", "1", "2"},
		{ElAddress, "kecamatan", "KEC. KEMANGKON", "BUKATEJA"}, {ElAddress, "kelurahan", "DESA " + p.Place().Village, "LAIN"},
		{ElAddress, "rt", "RT.3", "4"}, {ElAddress, "rw", "12", "11"},
		{ElReligion, "", "1", "HINDU"}, {ElBlood, "", "o", "AB"}, {ElEducation, "", "SLTA", "STRATA II"},
		{ElRelation, "", "kepala keluarga", "ANAK"},
		{ElFather, "", "Kartam", "KARTO"}, {ElMother, "", "St. Aminah", "SITI"}, {ElHamlet, "", "Krajan", "LOR"}, {ElPostCode, "", "53300",
			"53301"},
	} {
		if v, err := said(p, c.el, c.part, c.same, 100); err != nil || !v.Match || v.Reason != "" {
			t.Errorf("%s %s: %q is said to differ: %+v %v", c.el, c.part, c.same, v, err)
		}
		if v, err := said(p, c.el, c.part, c.other, 100); err != nil || v.Match || v.Reason != "" {
			t.Errorf("%s %s: %q is said to be the same: %+v %v", c.el, c.part, c.other, v, err)
		}
		if v, err := said(p, c.el, c.part, " - ", 0); err != nil || v.Match || v.Reason != value.NotClaimed {
			t.Errorf("%s %s: nothing is claimed: %+v %v", c.el, c.part, v, err)
		}
		if v, err := said(Person{}, c.el, c.part, c.same, 0); err != nil || v.Match || v.Reason != value.NoValue {
			t.Errorf("%s %s: nothing is registered: %+v %v", c.el, c.part, v, err)
		}
	}
	if _, err := said(p, ElAddress, "desa", "X", 0); err == nil {
		t.Error("took an unknown part")
	}
	if _, err := said(p, elements, "", "X", 0); err == nil {
		t.Error("took an unknown element")
	}
}

// TestNoHouseNumberOnBothSidesIsNoDifference: a registry without RT and RW and papers that say 000 agree.
func TestNoHouseNumberOnBothSidesIsNoDifference(t *testing.T) {
	p := resident(t)
	p.RT, p.RW = "", ""
	for _, none := range []string{"000", "0", "-", ""} {
		for _, part := range []string{"rt", "rw"} {
			if v, err := said(p, ElAddress, part, none, 100); err != nil || !v.Match {
				t.Errorf("%s %q: %+v %v", part, none, v, err)
			}
		}
	}
}

func TestAnUnreadableClaimIsNeverADifference(t *testing.T) {
	p := resident(t)
	for _, c := range []struct {
		el         Element
		part, text string
	}{
		{ElBirthDate, "", "31-02-1985"}, {ElBirthDate, "", "5/3/85"}, {ElBirthDate, "", "2030-01-01"}, {ElSex, "", "X"},
		{ElMarital, "", "CERAI"},
		{ElNIK, "", "12"}, {ElFamilyNo, "", "12"}, {ElAddress, "rt", "satu"}, {ElAddress, "kode_kecamatan", "33"}, {ElBlood, "", "Z"},
		{ElPostCode, "", "5"},
		{ElName, "", string(make([]byte, 900))},
	} {
		if v, err := said(p, c.el, c.part, c.text, 100); err == nil {
			t.Errorf("%s %s %q: %+v", c.el, c.part, c.text, v)
		}
	}
}

func BenchmarkCompareName(b *testing.B) {
	p := Person{Name: "MUHAMMAD SUPARDI WIBOWO"}
	for b.Loop() {
		c, _ := ReadClaim(ElName, "", "Moh. Supardi Wibowa", matchDay)
		sink += Compare(p, c, 90).Score
	}
}
