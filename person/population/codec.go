package population

import (
	"encoding/binary"
	"errors"
	"time"

	"gapura/person/nik"
)

// The first byte of an encoded person: the eight further elements came with the second version.
const (
	codecEight   = 1
	codecVersion = 2
)

// errEncoding says that bytes are not an encoded person; it shows none of them.
var errEncoding = errors.New("population: not an encoded person")

// errUnfit says that a person has a value that the encoding cannot hold; it does not say which value.
var errUnfit = errors.New("population: person cannot be encoded")

const day = 24 * 60 * 60 // seconds

// epoch and latest bound the birth dates that a registry can hold: a NIK means 19YY or 20YY, and the first people registered were born
// before that.
var (
	epoch  = time.Date(1800, 1, 1, 0, 0, 0, 0, time.UTC)
	latest = time.Date(2099, 12, 31, 0, 0, 0, 0, time.UTC)
)

// AppendBinary appends the compact form in which a person is sealed in the database: version, sex, status, birth date as days since 1800
// plus one (0 is unknown), then each text with its length.
// It refuses a person without NIK, whose birth date is no UTC midnight of 1800 to
// 2099, or whose sex or status is none: UnmarshalBinary would not take them back.
func (p Person) AppendBinary(b []byte) ([]byte, error) {
	days := int64(0)
	if !p.BirthDate.IsZero() {
		seconds := p.BirthDate.Unix() - epoch.Unix()
		days = seconds/day + 1
		if p.BirthDate.Before(epoch) || p.BirthDate.After(latest) || seconds%day != 0 || p.BirthDate.Nanosecond() != 0 {
			return nil, errUnfit
		}
	}
	if p.NIK.IsZero() || p.Sex > Female || p.Status > Inactive {
		return nil, errUnfit
	}
	b = append(b, codecVersion, byte(p.Sex), byte(p.Status))
	b = binary.BigEndian.AppendUint32(b, uint32(days))
	for _, s := range [...]string{p.NIK.Digits(), p.FamilyNo, p.Name, p.BirthPlace, p.Marital, p.Occupation, p.Address, p.RT, p.RW,
		p.Village, p.Religion, p.Blood, p.Education, p.Relation, p.Father, p.Mother, p.Hamlet, p.PostCode} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b, nil
}

// UnmarshalBinary reads the form of AppendBinary and no other: bytes that are cut off, too long or written in another way are refused, and
// p then stays as it was.
func (p *Person) UnmarshalBinary(b []byte) error {
	if len(b) < 7 || b[0] != codecVersion && b[0] != codecEight || b[1] > byte(Female) || b[2] > byte(Inactive) {
		return errEncoding
	}
	q := Person{Sex: Sex(b[1]), Status: LifeStatus(b[2])}
	if days := binary.BigEndian.Uint32(b[3:]); days > 0 {
		q.BirthDate = time.Unix(epoch.Unix()+int64(days-1)*day, 0).UTC()
		if q.BirthDate.After(latest) {
			return errEncoding
		}
	}
	all := string(b[7:]) // one allocation; the fields share it
	var number string
	texts := [...]*string{&number, &q.FamilyNo, &q.Name, &q.BirthPlace, &q.Marital, &q.Occupation, &q.Address, &q.RT, &q.RW, &q.Village,
		&q.Religion, &q.Blood, &q.Education, &q.Relation, &q.Father, &q.Mother, &q.Hamlet, &q.PostCode}
	known := texts[:]
	if b[0] == codecEight {
		known = texts[:10]
	}
	for _, s := range known {
		n, used := binary.Uvarint(b[len(b)-len(all):])
		if used <= 0 || used > 1 && n < 1<<(7*(used-1)) || uint64(len(all)-used) < n {
			return errEncoding
		}
		*s, all = all[used:used+int(n)], all[used+int(n):]
	}
	if all != "" {
		return errEncoding
	}
	var err error
	if q.NIK, err = nik.Parse(number); err != nil || q.NIK.Digits() != number {
		return errEncoding
	}
	*p = q
	return nil
}
