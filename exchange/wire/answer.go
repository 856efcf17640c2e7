package wire

import (
	"strconv"
	"strings"

	"gapura/access/access"
	"gapura/internal/quote"
	"gapura/person/population"
	"gapura/person/value"
)

const (
	head = `{"content":[{`
	tail = `}],"lastPage":true,"numberOfElements":1,"sort":null,"totalElements":1,"firstPage":true,"number":0,"size":1`
)

// AsOf is the header that tells the day of the data, YYYY-MM-DD, that an answer rests on. Its body has no place for it: clients count keys.
const AsOf = "Data-As-Of"

// finish closes the envelope; on verification it tells the hits left today where a quota applies.
func (p Profile) finish(b []byte, left *access.Left) []byte {
	b = append(b, tail...)
	if p.Verify && left != nil && !left.Unlimited {
		b = strconv.AppendInt(append(b, `,"quotaLimiter":`...), int64(left.Remaining()), 10)
	}
	return append(b, '}')
}

// Incomplete is the notice for parameters that are missing or cannot be read; a is what the gate says of the attempt.
func (p Profile) Incomplete(a access.Answer) []byte { return p.notice(codeIncomplete, "", p.left(a)) }

// Empty is the notice for what Fields.Empty reports.
func (p Profile) Empty() []byte { return p.notice(codeEmpty, "", nil) }

// Notice writes an outcome other than found.
func (p Profile) Notice(a access.Answer) []byte { return p.notice(codes[a.Code], "", p.left(a)) }

// Trouble is the notice of a fault or an overload, told by a text unless the profile has one of its own for a source that is down.
func (p Profile) Trouble(text string) []byte { return p.notice(codeDown, text, nil) }

// Down is the notice of a source that is down, told by a text unless the profile has one of its own; a is what the gate says of the
// attempt.
func (p Profile) Down(a access.Answer, text string) []byte {
	return p.notice(codeDown, text, p.left(a))
}

// Announced puts an announcement into the envelope of an answer, beside content, whose keys clients count; where the profile asks for it.
func (p Profile) Announced(answer []byte, text string) []byte {
	if !p.Announce || text == "" || len(answer) == 0 {
		return answer
	}
	return append(quote.Text(p.key(append(answer[:len(answer)-1], ','), "PENGUMUMAN"), text), '}')
}

// left is what quotaLimiter tells: where there is a grant and the institution is active.
func (p Profile) left(a access.Answer) *access.Left {
	if a.Basis == "" || codes[a.Code] == codeInstitution {
		return nil
	}
	return &a.Quota
}

// notice writes a code with its text, or with another where the profile has none of its own.
func (p Profile) notice(code, other string, left *access.Left) []byte {
	b := append(make([]byte, 0, 384), head...)
	text := p.text(code)
	if _, own := p.Texts[code]; other != "" && !own {
		text = other
	}
	pair := func(key, value string) { b = append(quote.Text(p.key(b, key), value), ',') }
	if p.Dialect != D1 {
		pair("RESPONSE_CODE", p.code(code))
		pair("RESPONSE_DESC", text)
	}
	if p.Dialect == D3 {
		pair("RESPONSE", text)
	}
	if p.Dialect != D2 {
		pair("RESPON", text)
	}
	return p.finish(b[:len(b)-1], left)
}

// key opens a pair.
func (p Profile) key(b []byte, key string) []byte {
	b = append(b, '"')
	if p.Lower {
		key = strings.ToLower(key)
	}
	return append(append(b, key...), `":`...)
}

// comes reports whether a column is in the profile's answers, and whether it is granted: what is not comes as null or not at all.
func (p Profile) comes(c column, granted population.Elements) (in, has bool) {
	has = granted.Has(c.element)
	return p.Full || has && (!c.code || p.Codes && !p.Verify), has
}

// Person writes the granted elements, and no others; a value that is not known is null.
func (p Profile) Person(a access.Answer) []byte {
	b := append(make([]byte, 0, 768), head...)
	for _, c := range columns {
		in, has := p.comes(c, a.Person.Elements)
		if !in {
			continue
		}
		if b = p.key(b, c.key); has {
			b = append(p.value(b, c, a.Person), ',')
		} else {
			b = append(b, "null,"...)
		}
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return p.finish(b, p.left(a))
}

func (p Profile) value(b []byte, c column, w access.Person) []byte {
	a := w.Address
	switch c.key {
	case "NIK":
		if p.TextNIK {
			return quote.Text(b, w.NIK.Digits())
		}
		return appendNumber(b, w.NIK.Digits())
	case "NO_KK":
		if p.TextNIK {
			return quote.Known(b, w.FamilyNo)
		}
		return appendNumber(b, w.FamilyNo)
	case "NAMA_LGKP":
		return quote.Known(b, w.Name)
	case "JENIS_KLMIN":
		return quote.Known(b, w.Sex)
	case "TMPT_LHR":
		return quote.Known(b, w.BirthPlace)
	case "TGL_LHR":
		if w.BirthDate.IsZero() {
			return append(b, "null"...)
		}
		return append(w.BirthDate.AppendFormat(append(b, '"'), "2006-01-02"), '"')
	case "STATUS_KAWIN":
		return quote.Known(b, w.Marital)
	case "JENIS_PKRJN":
		return quote.Known(b, w.Occupation)
	case "ALAMAT":
		return quote.Known(b, a.Street)
	case "NO_PROP":
		return appendNumber(b, a.RegionCode(0, 2))
	case "PROP_NAME":
		return quote.Known(b, province(a.Province))
	case "NO_KAB":
		return appendNumber(b, a.RegionCode(2, 4))
	case "KAB_NAME":
		return quote.Known(b, short(a.Regency))
	case "NO_KEC":
		return appendNumber(b, a.DistrictCode[max(0, len(a.DistrictCode)-2):]) // its number within the regency
	case "NO_KEL":
		return appendNumber(b, a.RegionCode(6, 10))
	case "KEC_NAME":
		return quote.Known(b, a.District)
	case "KEL_NAME":
		return quote.Known(b, a.Village)
	case "NO_RT":
		return appendNumber(b, a.RT)
	case "NO_RW":
		return appendNumber(b, a.RW)
	case "DUSUN":
		return quote.Known(b, w.Hamlet)
	case "KODE_POS":
		return quote.Known(b, w.PostCode)
	case "AGAMA":
		return quote.Known(b, w.Religion)
	case "GOL_DARAH":
		return quote.Known(b, w.Blood)
	case "PDDK_AKH":
		return quote.Known(b, w.Education)
	case "STAT_HBKEL":
		return quote.Known(b, w.Relation)
	case "NAMA_LGKP_AYAH":
		return quote.Known(b, w.Father)
	case "NAMA_LGKP_IBU":
		return quote.Known(b, w.Mother)
	}
	return append(b, "null"...)
}

// Verdicts writes one text for each granted element: an exact one is the same or not, a fuzzy one has its score. What the registry has no
// value of is null unless the profile says that it differs. There is no RESPONSE_CODE.
func (p Profile) Verdicts(a access.Answer, asked string, list []access.ClaimVerdict) []byte {
	b := append(make([]byte, 0, 768), head...)
	for _, c := range columns {
		in, has := p.comes(c, a.Person.Elements)
		if !in {
			continue
		}
		b = p.key(b, c.key)
		var v access.ClaimVerdict
		for _, x := range list {
			if x.Element == c.element && x.Part == c.part {
				v = x
			}
		}
		switch {
		case !has, c.code:
			b = append(b, "null"...)
		case c.element == population.ElNIK && p.EchoNIK && p.TextNIK:
			b = quote.Text(b, asked)
		case c.element == population.ElNIK && p.EchoNIK:
			b = appendNumber(b, asked)
		case c.element == population.ElNIK: // it was found by this NIK
			b = append(b, `"Sesuai"`...)
		case v.Reason == value.NoValue && !p.Differs:
			b = append(b, "null"...)
		default:
			b = appendVerdict(b, v.Match, c.fuzzy, v.Score)
		}
		b = append(b, ',')
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return p.finish(b, p.left(a))
}

func appendVerdict(b []byte, match, fuzzy bool, score int) []byte {
	b = append(b, '"')
	if !match {
		b = append(b, "Tidak "...)
	}
	b = append(b, "Sesuai"...)
	if fuzzy {
		b = append(strconv.AppendInt(append(b, " ("...), int64(score), 10), ')')
	}
	return append(b, '"')
}

// appendNumber writes digits as a number without leading zeros; what is no number is null.
func appendNumber(b []byte, digits string) []byte {
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return append(b, "null"...)
	}
	if digits = strings.TrimLeft(digits, "0"); digits == "" {
		digits = "0"
	}
	return append(b, digits...)
}
