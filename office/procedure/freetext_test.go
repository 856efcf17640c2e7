package procedure

import (
	"strings"
	"testing"
)

// A case's free texts hold no NIK and nothing unseen; a field for a NIK takes one.
func TestNoFreeTextOfACaseHoldsANIK(t *testing.T) {
	const number = "3303.0101.0180.0001"
	fields := []Field{{Key: "a", Name: "Uraian", Kind: "long"}, {Key: "b", Name: "Nama", Kind: "text"}, {Key: "c", Name: "Lain",
		Kind: "text"},
		{Key: "nik", Name: "NIK", Kind: "nik"}}
	values, faults := ReadFields(fields, map[string]string{"a": "lihat\n" + number, "b": "Budi " + number, "c": "dua\u202eub",
		"nik": number},
		Facts{})
	if len(faults) != 3 || faults.Of("a") == "" || faults.Of("b") == "" || faults.Of("c") == "" || strings.Contains(faults.Error(),
		"3303") {
		t.Error(faults)
	}
	if len(values) != 1 || values["nik"] == "" {
		t.Error("kept:", len(values))
	}
}
