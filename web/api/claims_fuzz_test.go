package api

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gapura/person/population"
	"gapura/person/value"
)

// FuzzClaims: whatever is claimed, it is refused by words that repeat none of it, or each claim is compared: with a score from 0 to 100,
// and with what it says itself it is the same.
func FuzzClaims(f *testing.F) {
	for _, seed := range []string{
		`{"nama_lengkap":"Dr. H. Moh. Soepardi, S.Pd."}`, `{"tanggal_lahir":"Selasa, 5 Maret 1985"}`, `{"jenis_kelamin":1}`,
		`{"tanggal_lahir":"31-02-1985"}`, `{"alamat":"Jl. Mawar No. 3 RT 01/02, Ds. Tidu"}`, `{"agama":"Katolik","golongan_darah":"O Rh+"}`,
		`{"alamat":{"alamat":"Blok C-3","rt":"RT 01","rw":2,"kelurahan":"Ds. Tidu","kabupaten":"Kab. Dati II Purbalingga"}}`,
		`{"pendidikan_akhir":"S-1","jenis_pekerjaan":"5 - PNS","status_perkawinan":"Kawin (Tercatat)"}`, `{"no_kk":3.303e15}`,
		`{"alamat":{}}`, `{"tanggal_lahir":"bukan tanggal melainkan teks panjang"}`, `{"alamat":{"rt":{}}}`,
		`{"nama_ibu":null,"kode_pos":"53382.0"}`, `{"nik":"3303010101800001"}`, `{"x":"y"}`,
	} {
		f.Add([]byte(seed))
	}
	today := time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		var in map[string]json.RawMessage
		if json.Unmarshal(body, &in) != nil {
			return
		}
		claims, err := readClaims(in, today)
		if err != nil {
			for _, raw := range in {
				if text, ok := claimText(raw); ok && len(text) > 25 && strings.Contains(err.Error(), text) {
					t.Errorf("%q is repeated: %v", text, err)
				}
			}
			return
		}
		for key, raw := range in {
			text, ok := claimText(raw)
			if !ok {
				continue
			}
			for _, c := range claims {
				if c.Element.String() != key || c.Part != "" {
					continue
				}
				v := population.CompareText(c, text, 100)
				if v.Score < 0 || v.Score > 100 || !v.Match && v.Reason != value.NotClaimed {
					t.Errorf("%s %q with itself: %+v", key, text, v)
				}
				if other := population.CompareText(c, "SITI AMINAH", 0); other.Score < 0 || other.Score > 100 {
					t.Errorf("%s %q: %+v", key, text, other)
				}
			}
		}
	})
}
