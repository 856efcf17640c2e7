package abuse

import (
	"time"

	"gapura/person/nik"
)

// A point is a NIK as a place in the space that enumeration walks through: region × birth date × serial.
type point struct {
	region   uint32 // 6 digits
	day      int32  // birth date in days since 1970-01-01
	year     uint16
	monthDay uint16 // MMDD
	serial   uint16
	female   bool
}

// at places a NIK. Of the two centuries that a year of two digits can mean, it takes the later one that is not in the future.
func at(n nik.NIK, now time.Time) point {
	d := n.Digits()
	number := func(from, to int) (v int) {
		for i := from; i < to; i++ {
			v = v*10 + int(d[i]-'0')
		}
		return v
	}
	day, month, year := number(6, 8), number(8, 10), number(10, 12)
	p := point{region: uint32(number(0, 6)), serial: uint16(number(12, 16)), female: day > 40}
	if p.female {
		day -= 40
	}
	if 2000+year <= now.Year() {
		year += 2000
	} else {
		year += 1900
	}
	p.day, p.year, p.monthDay = dayNumber(year, month, day), uint16(year), uint16(month*100+day)
	return p
}

// key is different for different points.
func (p point) key() uint64 {
	k := uint64(p.region)<<32 | uint64(uint16(p.day+1<<15))<<15 | uint64(p.serial)<<1
	if p.female {
		k |= 1
	}
	return k
}

// An elder date is one that officials wrote for people who did not know theirs: 1 January, 1 July, 31 December. Many share it.
func elder(monthDay uint16) bool { return monthDay == 101 || monthDay == 701 || monthDay == 1231 }

// elderWithin counts the elder dates within w days of p's date.
func (p point) elderWithin(w int32) (n float64) {
	year := int(p.year)
	for _, d := range [...]int32{dayNumber(year-1, 12, 31), dayNumber(year, 1, 1), dayNumber(year, 7, 1), dayNumber(year, 12, 31),
		dayNumber(year+1, 1, 1)} {
		if d >= p.day-w && d <= p.day+w {
			n++
		}
	}
	return n
}

// dayNumber counts the days from 1970-01-01 in the Gregorian calendar; much faster than package time, which the inner loops need. An
// impossible date gets the number of some other.
func dayNumber(year, month, day int) int32 {
	if month <= 2 {
		year--
		month += 12
	}
	return int32(365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719469)
}
