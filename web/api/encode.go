package api

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"gapura/access"
	"gapura/population"
)

// The answer is appended by hand: it is small, its shape is fixed, and it is made for every lookup.

func begin(a access.Answer) []byte {
	b := make([]byte, 0, 768)
	b = appendText(append(b, `{"record":`...), a.Record.String())
	b = appendText(append(b, `,"outcome":`...), string(a.Code))
	if a.Code.Notice() {
		b = appendText(append(b, `,"message":`...), a.Code.Text())
	}
	return b
}

func end(b []byte, a access.Answer) []byte {
	b = append(b, `,"quota_left":`...)
	if a.Quota.Unlimited {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, int64(a.Quota.Remaining()), 10)
	}
	return append(b, '}', '\n')
}

func appendPerson(b []byte, p access.Person) []byte {
	b = append(b, '{')
	for el := range p.Elements.All() {
		b = appendText(b, el.String())
		b = append(b, ':')
		switch el {
		case population.ElNIK:
			b = appendValue(b, p.NIK.Digits())
		case population.ElFamilyNo:
			b = appendValue(b, p.FamilyNo)
		case population.ElName:
			b = appendValue(b, p.Name)
		case population.ElSex:
			b = appendValue(b, p.Sex)
		case population.ElBirthPlace:
			b = appendValue(b, p.BirthPlace)
		case population.ElBirthDate:
			if p.BirthDate.IsZero() {
				b = append(b, "null"...)
			} else {
				b = append(p.BirthDate.AppendFormat(append(b, '"'), "2006-01-02"), '"')
			}
		case population.ElMarital:
			b = appendValue(b, p.Marital)
		case population.ElOccupation:
			b = appendValue(b, p.Occupation)
		case population.ElAddress:
			b = appendAddress(b, p.Address)
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
	b = appendValue(append(b, `{"alamat":`...), a.Street)
	b = appendValue(append(b, `,"provinsi":`...), a.Province)
	b = appendValue(append(b, `,"kabupaten":`...), a.Regency)
	b = appendValue(append(b, `,"kode_kecamatan":`...), a.DistrictCode)
	b = appendValue(append(b, `,"kecamatan":`...), a.District)
	b = appendValue(append(b, `,"kelurahan":`...), a.Village)
	b = appendValue(append(b, `,"rt":`...), a.RT)
	b = appendValue(append(b, `,"rw":`...), a.RW)
	return append(b, '}')
}

// appendValue writes an unknown value as null.
func appendValue(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendText(b, s)
}

// appendText writes a JSON string; a text with anything to escape goes through encoding/json.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic(err) // texts always encode
			}
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

type verdict struct {
	Verdict string `json:"verdict"`
	Score   *int   `json:"score,omitempty"`
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
		out := verdict{Verdict: "mismatch"}
		if v.Match {
			out.Verdict = "match"
		}
		if v.Fuzzy {
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
