package procedure

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// A bound is a day that a date may not pass: a day that is known, or another date of the case, and so much before or after it:
// "hari_ini", "pks_berakhir + 5 tahun", "ditandatangani - 1 hari".
type bound struct {
	from                string // a word of days, or the key of a date
	years, months, days int
}

// A knownDay is a word that a bound can begin with.
type knownDay struct {
	agreement bool // it is known only of an agency with an agreement
	of        func(x Facts) time.Time
}

var days = map[string]*knownDay{
	"hari_ini":           {of: func(x Facts) time.Time { return x.Today }},
	"pks_ditandatangani": {true, func(x Facts) time.Time { return x.Agreement.SignedOn }},
	"pks_berakhir":       {true, func(x Facts) time.Time { return x.Grant.LastDay(x.Institution.Zone) }},
}

var boundForm = regexp.MustCompile(`^([a-z][a-z0-9_]*)(?: ([+-]) (\d{1,4}) (hari|bulan|tahun))?$`)

func parseBound(text string) (b bound, err error) {
	m := boundForm.FindStringSubmatch(text)
	if m == nil {
		return b, fmt.Errorf("bound %q is not of the form: day, or day + 3 bulan", text)
	}
	b.from = m[1]
	if m[3] == "" {
		return b, nil
	}
	n, err := strconv.Atoi(m[2] + m[3])
	switch m[4] {
	case "hari":
		b.days = n
	case "bulan":
		b.months = n
	case "tahun":
		b.years = n
	}
	return b, err
}

// day is the bound's day; false when it is not known, because the date that it rests on was left empty.
func (b bound) day(date func(key string) string, x Facts) (time.Time, bool) {
	var t time.Time
	if known := days[b.from]; known != nil {
		if known.agreement && (x.Agreement == nil || x.Grant == nil) {
			return t, false
		}
		t = known.of(x)
	} else {
		var err error
		if t, err = time.Parse(time.DateOnly, date(b.from)); err != nil {
			return t, false
		}
	}
	return t.AddDate(b.years, b.months, b.days), true
}

// Span is the first and the last day that may be filled in for a field of kind "date", as far as they are known; date gives other dates of
// the form.
func (f Field) Span(date func(key string) string, x Facts) (first, last time.Time) {
	each := func(list []string, take func(t time.Time)) {
		for _, text := range list {
			if b, err := parseBound(text); err == nil { // the procedure was loaded
				if t, ok := b.day(date, x); ok {
					take(t)
				}
			}
		}
	}
	each(f.Min, func(t time.Time) {
		if t.After(first) {
			first = t
		}
	})
	each(f.Max, func(t time.Time) {
		if last.IsZero() || t.Before(last) {
			last = t
		}
	})
	return first, last
}

// within adds a fault for every date of the fields that lies outside its bounds.
func (c *Case) within(fields []Field, values map[string]string, x Facts, faults *told.Errors) {
	date := func(key string) string {
		if v, typed := values[key]; typed {
			return v
		}
		return c.Value(key)
	}
	for _, f := range fields {
		v, err := time.Parse(time.DateOnly, values[f.Key])
		if f.Kind != "date" || err != nil {
			continue
		}
		switch first, last := f.Span(date, x); {
		case v.Before(first):
			faults.Add(f.Key, f.Name+" paling awal tanggal "+bahasa.Date(first)+".")
		case !last.IsZero() && v.After(last):
			faults.Add(f.Key, f.Name+" paling akhir tanggal "+bahasa.Date(last)+".")
		}
	}
}
