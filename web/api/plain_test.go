package api

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// What is read without reflection is what encoding/json reads, and nothing else is; a usual body is.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		`{"nik":"3303011505870001","purpose":"verifikasi penerima bantuan","reference":"P-1"}`,
		"{ \"nik\" :\t\"1\" ,\n\"purpose\":\"\"}\r\n",
		`{"nik":"1","nik":"2"}`, `{"NIK":"1"}`, `{"nik":"\u0031"}`, `{"nik":1}`, `{"nik":"1"} x`, `{"nik":"1",}`, `{}`, `{"nik":"é"}`,
		`{"purpose":"","purpose":"x"}`,
		"{\"nik\":\"\t\"}", "\u00a0{\"nik\":\"1\"}", `{"nik"}`, `{"nik":"1","reference":"a\\"}`, `{"nik":null}`, `{"nik":"1"}}`,
		`,"nik":"1"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if !utf8.Valid(data) {
			return // was refused before
		}
		var got, want lookupBody
		if !got.plain(data) {
			if got != (lookupBody{}) {
				t.Errorf("%q left half read: %+v", data, got)
			}
			return
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q is no JSON: %v", data, err)
		}
		if (got.NIK == nil) != (want.NIK == nil) || got.NIK != nil && *got.NIK != *want.NIK || got.Purpose != want.Purpose ||
			got.Reference != want.Reference {
			t.Errorf("%q: %+v, want %+v", data, got, want)
		}
	})
}

func TestAUsualBodyIsReadWithoutReflection(t *testing.T) {
	var b lookupBody
	if !b.plain([]byte(` {"nik": "3303011505870001", "reference":"P-1" , "purpose":"verifikasi"} `+"\n")) ||
		*b.NIK != "3303011505870001" ||
		b.Reference != "P-1" || b.Purpose != "verifikasi" {
		t.Errorf("%+v", b)
	}
}
