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

// What has a form of its own is not read as text: the numbers of networks and fingerprints are none of a resident.
func TestNetworksAndFingerprintsAreNoNIK(t *testing.T) {
	const networks, print = "172.16.0.0/12\n192.168.1.0/24\n10.33.4.0/24",
		"3303010101800001330301010180000133030101018000013303010101800001"
	fields := []Field{{Key: "a", Name: "Jaringan", Kind: "networks"}, {Key: "b", Name: "Sidik jari", Kind: "fingerprints"}}
	values, faults := ReadFields(fields, map[string]string{"a": networks, "b": print}, Facts{})
	if len(faults) > 0 || values["a"] != networks || values["b"] != print {
		t.Error(faults, values)
	}
}
