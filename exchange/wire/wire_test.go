package wire

import (
	"strings"
	"testing"
	"time"
)

func TestKeysAreReadInEverySpelling(t *testing.T) {
	for _, key := range []string{"user_id", "userId", "USER_ID", "UserID", "userid"} {
		for _, address := range []string{"ip_user", "IP_USER", "ip_users", "ip_address", "ipUser"} {
			f, err := Read([]byte(`{"` + key + `":"a","password":"b","` + address + `":"10.1.2.3","NIK":3303010101800001,"lain":[1]}`))
			if err != nil || f.User() != "a" || f.Password() != "b" || f.Claimed() != "10.1.2.3" || f.NIK() != "3303010101800001" ||
				f.Empty() {
				t.Errorf("%s, %s: %v %v", key, address, f, err)
			}
		}
	}
}

// A key that is sent twice in two spellings is read the same every time, whatever the order in which a map is walked.
func TestTwoSpellingsOfOneKeyAreReadTheSame(t *testing.T) {
	for range 100 {
		for _, body := range []string{`{"nik":"2","NIK":"1","Nik":""}`, "nik=2&NIK=1&Nik=", `{"nik":"1","NIK":" "}`} {
			if f, err := Read([]byte(body)); err != nil || f.NIK() != "1" {
				t.Fatalf("%s: %v %v", body, f, err)
			}
		}
	}
}

func TestEmptyIsUserOrPassword(t *testing.T) {
	for body, want := range map[string]bool{
		`{"user_id":"a","password":"b"}`: false, `{"user_id":"a","password":"b","ip_user":"x"}`: false,
		`{"user_id":"a","password":"b","ip_user":null}`: false,
		`{"user_id":"a","password":"b","ip_user":" "}`:  false, `{"user_id":"a","password":"b","ip_user":"","ip_address":"x"}`: false,
		`{"user_id":"","password":"b","ip_user":"x"}`: true, `{"user_id":"a","ip_user":"x"}`: true, `user_id=a&password=b&IP_USER=`: false,
		`user_id=a&password=`: true, ``: true,
	} {
		if f, err := Read([]byte(body)); err != nil || f.Empty() != want {
			t.Errorf("%s: %v %v", body, f.Empty(), err)
		}
	}
}

func TestThreshold(t *testing.T) {
	for body, want := range map[string]int{
		`{}`: 100, `{"TRESHOLD":80}`: 80, `{"treshold":"80"}`: 80, `{"THRESHOLD":"0"}`: 0, `{"threshold":90.0}`: 90,
		`{"TRESHOLD":" "}`: 100, `TRESHOLD=75`: 75,
		`{"TRESHOLD":101}`: -1, `{"TRESHOLD":-1}`: -1, `{"TRESHOLD":"tinggi"}`: -1, `{"TRESHOLD":"80%"}`: -1,
	} {
		f, err := Read([]byte(body))
		if got, ok := f.Threshold(); err != nil || ok != (want >= 0) || ok && got != want {
			t.Errorf("%s: %d %v %v", body, got, ok, err)
		}
	}
}

func TestBlanksAndZeroDatesAreNotSent(t *testing.T) {
	f, err := Read([]byte(`{"NAMA_LGKP":" ","TMPT_LHR":"","TGL_LHR":"00-00-0000","JENIS_KLMIN":"laki-laki","NO_RT":"001","NO_RW":2}`))
	if err != nil {
		t.Fatal(err)
	}
	claims, ok := f.Claims(time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC))
	var got []string
	for _, c := range claims {
		got = append(got, c.Element.String()+c.Part)
	}
	if s := strings.Join(got, " "); s != "jenis_kelamin alamatrt alamatrw" || !ok {
		t.Error(s, ok)
	}
}

func TestNoticesOfAnotherService(t *testing.T) {
	for _, c := range []struct {
		code, long, short string
		want              Status
		ok                bool
	}{
		{"", "", "", 0, false}, {"13", "", "", StatusUnknown, true}, {"15", "", "", StatusUnknown, true}, {"11", "x", "", 1, true},
		{"5", "", "", StatusRefused, true},
		{"", "", "data  tidak ditemukan", StatusUnknown, true}, {"", "", "Data Ditemukan, Data Ganda", 2, true},
		{"", "", "teks lain", StatusRefused, true}, {"99", "", "", StatusRefused, true},
	} {
		if got, ok := NoticeOf(c.code, c.long, c.short); got != c.want || ok != c.ok {
			t.Errorf("%+v: %d %v", c, got, ok)
		}
	}
}
