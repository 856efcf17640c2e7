package population

import (
	"encoding/binary"
	"errors"
	"time"

	"gapura/nik"
)

// codecVersion is the first byte of an encoded person.
const codecVersion = 1

// errEncoding says that bytes are not an encoded person; it shows none of them.
var errEncoding = errors.New("population: not an encoded person")

// AppendBinary appends the compact form in which a person is sealed in the database: version, sex, status, birth date as days since 1800, then
// each text with its length.
func (p Person) AppendBinary(b []byte) ([]byte, error) {
	b = append(b, codecVersion, byte(p.Sex), byte(p.Status))
	days := uint32(0)
	if !p.BirthDate.IsZero() {
		days = uint32(p.BirthDate.Sub(epoch)/(24*time.Hour)) + 1
	}
	b = binary.BigEndian.AppendUint32(b, days)
	for _, s := range [...]string{p.NIK.Digits(), p.FamilyNo, p.Name, p.BirthPlace, p.Marital, p.Occupation, p.Address, p.RT, p.RW, p.Village} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b, nil
}

// epoch lies before any birth date that a registry holds; ReadCSV refuses earlier ones.
var epoch = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)

// UnmarshalBinary reads the form of AppendBinary. It refuses bytes that are cut off or too long.
func (p *Person) UnmarshalBinary(b []byte) error {
	if len(b) < 7 || b[0] != codecVersion || b[1] > byte(Female) || b[2] > byte(Inactive) {
		return errEncoding
	}
	*p = Person{Sex: Sex(b[1]), Status: LifeStatus(b[2])}
	if days := binary.BigEndian.Uint32(b[3:]); days > 0 {
		p.BirthDate = epoch.AddDate(0, 0, int(days-1))
	}
	all := string(b[7:]) // one allocation; the fields share it
	var number string
	for _, s := range [...]*string{&number, &p.FamilyNo, &p.Name, &p.BirthPlace, &p.Marital, &p.Occupation, &p.Address, &p.RT, &p.RW, &p.Village} {
		n, used := binary.Uvarint(b[len(b)-len(all):])
		if used <= 0 || uint64(len(all)-used) < n {
			return errEncoding
		}
		*s, all = all[used:used+int(n)], all[used+int(n):]
	}
	if all != "" {
		return errEncoding
	}
	var err error
	p.NIK, err = nik.Parse(number)
	return err
}
