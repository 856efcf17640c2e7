package api

import (
	"encoding/json"
	"strconv"
	"time"

	"gapura/access/access"
	"gapura/internal/quote"
	"gapura/person/population"
	"gapura/person/value"
)

// The answer is appended by hand: it is small, its shape is fixed, and it is made for every lookup.

func begin(a access.Answer) []byte {
	b := make([]byte, 0, 768)
	b = quote.Text(append(b, `{"record":`...), a.Record.String())
	b = quote.Text(append(b, `,"outcome":`...), string(a.Code))
	if a.Code.Notice() {
		b = quote.Text(append(b, `,"message":`...), a.Code.Text())
	}
	return b
}

func end(b []byte, a access.Answer) []byte {
	if !a.AsOf.IsZero() {
		b = append(a.AsOf.AppendFormat(append(b, `,"data_as_of":"`...), time.DateOnly), '"')
	}
	b = append(b, `,"quota_left":`...)
	if a.Quota.Unlimited {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, int64(a.Quota.Remaining()), 10)
	}
	if a.Warning != "" {
		b = quote.Text(append(b, `,"warning":`...), a.Warning)
	}
	return append(b, '}', '\n')
}

func appendPerson(b []byte, p access.Person) []byte {
	b = append(b, '{')
	for el := range p.Elements.All() {
		b = quote.Text(b, el.String())
		b = append(b, ':')
		switch el {
		case population.ElNIK:
			b = quote.Known(b, p.NIK.Digits())
		case population.ElFamilyNo:
			b = quote.Known(b, p.FamilyNo)
		case population.ElName:
			b = quote.Known(b, p.Name)
		case population.ElSex:
			b = quote.Known(b, p.Sex)
		case population.ElBirthPlace:
			b = quote.Known(b, p.BirthPlace)
		case population.ElBirthDate:
			if p.BirthDate.IsZero() {
				b = append(b, "null"...)
			} else {
				b = append(p.BirthDate.AppendFormat(append(b, '"'), "2006-01-02"), '"')
			}
		case population.ElMarital:
			b = quote.Known(b, p.Marital)
		case population.ElOccupation:
			b = quote.Known(b, p.Occupation)
		case population.ElAddress:
			b = appendAddress(b, p.Address)
		case population.ElReligion:
			b = quote.Known(b, p.Religion)
		case population.ElBlood:
			b = quote.Known(b, p.Blood)
		case population.ElEducation:
			b = quote.Known(b, p.Education)
		case population.ElRelation:
			b = quote.Known(b, p.Relation)
		case population.ElFather:
			b = quote.Known(b, p.Father)
		case population.ElMother:
			b = quote.Known(b, p.Mother)
		case population.ElHamlet:
			b = quote.Known(b, p.Hamlet)
		case population.ElPostCode:
			b = quote.Known(b, p.PostCode)
		default:
			b = append(b, "null"...)
		}
		b = append(b, ',')
	}
	if b[len(b)-1] == ',' {
		b = b[:len(b)-1]
	}
	return append(b, '}')
}

func appendAddress(b []byte, a access.Address) []byte {
	b = quote.Known(append(b, `{"alamat":`...), a.Street)
	b = quote.Known(append(b, `,"provinsi":`...), a.Province)
	b = quote.Known(append(b, `,"kabupaten":`...), a.Regency)
	b = quote.Known(append(b, `,"kode_kecamatan":`...), a.DistrictCode)
	b = quote.Known(append(b, `,"kecamatan":`...), a.District)
	b = quote.Known(append(b, `,"kelurahan":`...), a.Village)
	b = quote.Known(append(b, `,"rt":`...), a.RT)
	b = quote.Known(append(b, `,"rw":`...), a.RW)
	return append(b, '}')
}

type verdict struct {
	Verdict string       `json:"verdict"`
	Reason  value.Reason `json:"reason,omitempty"` // why nothing was compared
	Score   *int         `json:"score,omitempty"`
}

func appendVerdicts(b []byte, list []access.ClaimVerdict) []byte {
	verdicts, refused := map[string]any{}, []string{}
	for _, v := range list {
		key := v.Element.String()
		if !v.Granted {
			if v.Part == "" || len(refused) == 0 || refused[len(refused)-1] != key {
				refused = append(refused, key)
			}
			continue
		}
		out := verdict{Verdict: "mismatch", Reason: v.Reason}
		switch {
		case v.Reason != "":
			out.Verdict = "not_compared"
		case v.Match:
			out.Verdict = "match"
		}
		if v.Fuzzy && v.Reason == "" {
			out.Score = &v.Score
		}
		if v.Part == "" {
			verdicts[key] = out
			continue
		}
		parts, ok := verdicts[key].(map[string]any)
		if !ok {
			parts = map[string]any{}
			verdicts[key] = parts
		}
		parts[v.Part] = out
	}
	text, err := json.Marshal(struct {
		Verdicts   map[string]any `json:"verdicts"`
		NotGranted []string       `json:"not_granted"`
	}{verdicts, refused})
	if err != nil {
		panic(err) // keys, words and numbers always encode
	}
	return append(append(b, ','), text[1:len(text)-1]...)
}
