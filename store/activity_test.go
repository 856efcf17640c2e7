package store_test

import (
	"net/netip"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

func TestOwnActivityIsTheOwnSignInsAndChangesAndNobodyElses(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		u, other := d.user(t, "petugas.dinpertan"), d.user(t, "kepala.dinpertan")
		before, err := d.st.Credentials.Activity(ctx, u, 50)
		if err != nil {
			t.Fatal(err)
		}
		cred := d.st.Credentials
		d.now = now.Add(time.Hour)
		from := netip.MustParseAddr("127.0.0.1")
		addresses := map[int64]netip.Addr{u.ID: from, other.ID: from.Next()}
		for _, who := range []party.User{u, other} {
			a, err := d.gate.Enter(ctx, access.Request{Who: access.Known(who.ID), Method: agreement.Portal, Address: addresses[who.ID]})
			if err != nil || a.Code != access.Entered {
				t.Fatalf("%+v %v", a.Code, err)
			}
		}
		at := now.Add(2 * time.Hour)
		if err := cred.SetTOTP(ctx, other, party.NewTOTP(), 0, at); err != nil {
			t.Fatal(err)
		}
		if err := cred.SetTOTP(ctx, u, party.NewTOTP(), 0, at); err != nil {
			t.Fatal(err)
		}
		if err := d.st.Accounts.Unlock(ctx, journal.Change{At: at.Add(time.Hour), By: other.ID}, u); err != nil {
			t.Fatal(err)
		}
		got, err := cred.Activity(ctx, u, 50)
		if err != nil {
			t.Fatal(err)
		}
		got = got[:len(got)-len(before)]
		want := []string{"Dibuka kembali (bukan oleh Anda)", "Kode verifikasi dipasang", "Masuk dengan kata sandi"}
		if len(got) != len(want) {
			t.Fatalf("%+v", got)
		}
		for i, w := range want {
			if got[i].Text != w {
				t.Errorf("%d: %+v, want %q", i, got[i], w)
			}
		}
		if got[2].From != from.String() || !got[0].At.Equal(at.Add(time.Hour)) {
			t.Errorf("%+v", got)
		}
		if few, err := cred.Activity(ctx, u, 1); err != nil || len(few) != 1 || few[0] != got[0] {
			t.Errorf("the newest alone: %+v %v", few, err)
		}
	})
}
