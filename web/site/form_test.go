package site

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gapura/internal/told"
)

// What people write freely is refused at every form's door when it holds a NIK, by the field's name and without the value; the field for a
// NIK is not.
func TestNoFormTakesANIKInAFreeText(t *testing.T) {
	s := &Site{}
	const number = "3303 0101 0180 0001"
	for _, field := range append(slices.Collect(maps.Keys(called)), "a-field-that-is-new", "langkah", "sampai") {
		r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{field: {"menurut " + number}, "nik": {number}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		_, err := s.Form(httptest.NewRecorder(), r, field, "nik")
		if faults := told.Invalids(err); faults.Of(field) == "" || strings.Contains(err.Error(), "3303") {
			t.Errorf("%s: %v", field, err)
		}
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(url.Values{"alasan": {"surat 470/12/2026"}, "nik": {number}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if f, err := s.Form(httptest.NewRecorder(), r, "alasan", "nik"); err != nil || f["nik"] != number {
		t.Error(f, err)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("keterangan", "menurut "+number)
	_ = w.Close()
	r = httptest.NewRequest("POST", "/", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	if _, err := s.Parts(httptest.NewRecorder(), r, 1<<20, 1<<20, func(string) bool { return false }); told.Invalids(err).Of(
		"keterangan") == "" {
		t.Error("a form with files takes it:", err)
	}
}
