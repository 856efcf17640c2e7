package legacy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gapura/exchange/wire"
	"gapura/store/storetest"
)

// What a path without a profile is called with is kept: whose it was, the names of keys, how often; no value, and nothing once it has a
// profile.
func TestCallsWithoutAProfileAreKept(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d := open(t, where)
		calls := func() []wire.Call {
			t.Helper()
			list, err := d.st.Wire.CallsWithout(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		whole := with(d.credentials(), "nik", d.out.Sample.Found[0])
		for range 3 {
			d.post(wire.Base+"Dinpertan/CEK", "", text(whole))
		}
		d.now = now.Add(time.Minute)
		d.post(wire.Base+"dinpertan/cek/", "", text(whole))
		d.now = now.Add(2 * time.Minute)
		d.post(wire.Base+"rsud/cek?user_id=a&password=RAHASIA", "", "nik=3303010101800001&TRESHOLD=80")
		list := calls()
		if len(list) != 2 || list[0].Path != "rsud/cek" || list[0].Agency != 0 || fmt.Sprint(list[0].Keys, list[0].Query) !=
			"[TRESHOLD nik] [password user_id]" || !list[0].Last.Equal(d.now) {
			t.Fatalf("%+v", list)
		}
		if c := list[1]; c.Path != "dinpertan/cek" || c.Agency != d.user("aplikasi.dinpertan").Institution || c.Count != 4 ||
			fmt.Sprint(c.Keys, c.Query) != "[ip_user nik password user_id] []" {
			t.Errorf("%+v", c)
		}
		d.profile(wire.Profile{Path: "dinpertan/cek", Dialect: wire.D1})
		d.post(wire.Base+"dinpertan/cek", "", text(whole))
		if list := calls(); len(list) != 1 || list[0].Path != "rsud/cek" {
			t.Errorf("a path with a profile: %+v", list)
		}
		for n := range 80 { // strangers write little, however many paths they think of, and the latest stay
			d.now = now.Add(time.Duration(n/20+3) * time.Minute)
			d.post(fmt.Sprintf("%sasing/%d", wire.Base, n), "", "nik=1")
		}
		if list := calls(); len(list) != 41 || list[0].Path != "asing/60" || list[40].Path != "rsud/cek" {
			t.Errorf("%d calls of strangers are kept, first %s", len(list), list[0].Path)
		}
		for n := range 60 {
			d.now = now.Add(time.Duration(n+10) * time.Minute)
			d.post(fmt.Sprintf("%slain/%d", wire.Base, n), "", "nik=1")
		}
		if list := calls(); len(list) != 50 || list[0].Path != "lain/59" {
			t.Errorf("%d calls of strangers are kept", len(list))
		}
		if strings.Contains(d.log.String(), "RAHASIA") || d.log.Len() > 0 {
			t.Error(d.log.String())
		}
	})
}
