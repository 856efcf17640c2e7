package wire

import (
	"slices"
	"strings"
	"testing"

	"gapura/access/access"
)

// The hospital information system knows five texts and shows an empty person on any other: each notice comes as one of them, with one key.
func TestHospitalsAreToldWhatTheyKnow(t *testing.T) {
	known := []string{"Data Tidak Ditemukan", "Login Gagal", "IP Address Tidak Sesuai", "IP Client  Tidak terdaftar",
		"Kuota Akses Hari ini telah Habis"}
	for _, name := range []string{"simrs", "simrs-query"} {
		k, ok := KindOf(name)
		p := k.Profile("33-03/rsud/call_nik")
		if !ok || p.Verify || p.Path != "33-03/rsud/call_nik" || p.Query != (name == "simrs-query") {
			t.Errorf("%s: %+v", name, p)
		}
		var told []string
		for code := range codes {
			told = append(told, content(string(p.Notice(access.Answer{Code: code}))))
		}
		told = append(told, content(string(p.Incomplete(access.Answer{}))), content(string(p.Empty())),
			content(string(p.Trouble("Terjadi gangguan"))))
		for _, answer := range told {
			text := strings.TrimSuffix(strings.TrimPrefix(answer, `{"RESPON":"`), `"}`)
			if !slices.Contains(known, text) {
				t.Errorf("%s is told %s", name, answer)
			}
		}
	}
}

func TestOtherKindsOfClients(t *testing.T) {
	for name, want := range map[string]Profile{
		"hitung-kunci": {Verify: true, Dialect: D1}, "huruf-kecil": {Verify: true, Dialect: D3, Lower: true},
		"semua-kunci": {Verify: true, Dialect: D3, Full: true},
	} {
		k, _ := KindOf(name)
		if p := k.Profile("x/verif"); p.Words() != want.Words() {
			t.Errorf("%s: %s, want %s", name, p.Words(), want.Words())
		}
	}
	if k, _ := KindOf("huruf-kecil"); k.Profile("33/x/call_nik").Dialect != D2 {
		t.Error("a kind that speaks as its path does not")
	}
	if _, ok := KindOf(""); ok {
		t.Error("no name is a kind")
	}
}

// What is kept of a call are names of keys as they were spelt; what may be a value is none.
func TestNamesOfKeysHoldNoValues(t *testing.T) {
	for body, want := range map[string]string{
		`{"userId":"a","NIK":"3303010101800001","TRESHOLD":80}`: "NIK TRESHOLD userId",
		`[{"nik":1,"user_id":"a"}]`:                             "nik user_id", "user_id=a&nik=1&nik=2": "nik user_id",
		`{"3303010101800001":1,"SITI AMINAH":2,"nik":3}`: "nik", "3303010101800001": "", "SITI": "", "3303010101800001=": "",
		"data[nik]=1&param[0][NOMOR]=2": "data[nik] param[0][NOMOR]", "{": "", "": "", "--": "", "\ufeff{\"nik\":1}": "nik",
		strings.Repeat("a", 41) + "=1&nik=1": "nik", "n\xe9k=1&nik=2": "nik",
		multi("user_id", "a", "NIK", "3303010101800001"): "NIK user_id",
	} {
		keys, query := Named([]byte(body), "user_id=a&password=rahasia&3303010101800001=x&SITI")
		if got := strings.Join(keys, " "); got != want || strings.Join(query, " ") != "password user_id" {
			t.Errorf("%s: %s %s", body, got, query)
		}
	}
	var many []string
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		many = append(many, string(c)+"=1")
	}
	if keys, _ := Named([]byte(strings.Join(many, "&")), ""); len(keys) != maxNamed {
		t.Errorf("%d names are kept", len(keys))
	}
}

// What a call brought says where its credentials stand and whether it verifies.
func TestACallFillsAProfileIn(t *testing.T) {
	for _, c := range []struct {
		call Call
		want Profile
	}{
		{Call{Path: "rsud/call_nik", Keys: []string{"nik"}, Query: []string{"user_id", "password"}}, Profile{Dialect: D1, Query: true}},
		{Call{Path: "33/x/cek", Keys: []string{"nik", "NAMA_LGKP"}, Query: []string{"v"}}, Profile{Dialect: D3, Verify: true}},
		{Call{Path: "x/cek", Keys: []string{"nik", "data[treshold]"}}, Profile{Dialect: D3, Verify: true}},
		{Call{Path: "33/x/cek", Keys: []string{"nik", "user_id", "ip_user"}}, Profile{Dialect: D2}},
	} {
		if got := c.call.Profile(); got.Words() != c.want.Words() {
			t.Errorf("%+v: %s, want %s", c.call, got.Words(), c.want.Words())
		}
	}
	for path, want := range map[string]string{"x/call_nik": "x", "33-03/x/call_nik": "x", "x": "x"} {
		if got := Institution(path); got != want {
			t.Errorf("%s: %s", path, got)
		}
	}
}
