package procedure

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// Every decision about an effect shows beforehand what the effect then brings about, word by word.
func TestWhoDecidesSeesWhatTheDecisionBringsAbout(t *testing.T) {
	decided := 0
	for _, p := range all(t) {
		walked(t, p, func(c Case, s *Step, in Input, x Facts) {
			if s.Effect == "" || !effects[s.Effect].widens() {
				return
			}
			decided++
			seen, err := c.Preview(x)
			if err != nil || seen == nil {
				t.Fatalf("%s, %s: nothing is shown: %v", p.Key, s.Key, err)
			}
			r, err := c.Take(in, x)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range r.Effects {
				if list := missing(append(noticed(e, x), stops(e, x)...), append(seen.Notices, seen.Stops...)); len(list) > 0 {
					t.Errorf("%s, %s: %q is not shown", p.Key, s.Key, list)
				}
				what, before, after := e.Words()
				want := [][3]string{{what, before, after}}
				if a, ok := e.(AddAddendum); ok {
					want = a.Changes()
				}
				for _, w := range want {
					if !slices.Contains(seen.Changes, w) {
						t.Errorf("%s, %s: %q is not shown: %q", p.Key, s.Key, w, seen.Changes)
					}
				}
			}
		})
	}
	if decided < 18 {
		t.Errorf("%d steps only", decided)
	}
}

// A decision without an effect shows the one that follows it; a form that asks for what the effect takes shows nothing.
func TestAPreviewIsOfWhatIsFixed(t *testing.T) {
	x := facts()
	c := Case{Agency: 7, Procedure: find(t, "perubahan-user"), State: Open}
	if p, err := c.Preview(x); p != nil || err != nil {
		t.Error("of a request:", p, err)
	}
	r, err := c.Take(input(c.Next(), 1, party.Operator), x)
	if err != nil {
		t.Fatal(err)
	}
	c.Taken = append(c.Taken, r.Taken)
	p, err := c.Preview(x)
	if err != nil || p == nil || p.Changes[0][0] != "User ID petugas.rekaan" {
		t.Error("before the decision:", p, err)
	}
	one := Case{Agency: 7, Procedure: find(t, "pencabutan-token"), State: Open}
	if p, err := one.Preview(x); p != nil || err != nil {
		t.Error("of a form of one step:", p, err)
	}
	stopped := Case{Agency: 7, Procedure: find(t, "pengaktifan"), State: Open, Taken: []Taken{{Step: "usulan", By: 1}}}
	if p, err := stopped.Preview(x); p != nil || err == nil {
		t.Error("of an effect that would be refused:", p, err)
	} else if _, ok := told.Text(err); !ok {
		t.Error(err)
	}
	ends := Case{Agency: 7, Procedure: find(t, "penghentian"), State: Open, Taken: []Taken{{Step: "usulan", By: 1,
		Values: map[string]string{"alasan": "x"}}}}
	if p, err := ends.Preview(x); err != nil || p == nil || len(p.Stops) != 1 || !strings.HasPrefix(p.Stops[0], "Seluruh akses") {
		t.Error("what stops with the agreement:", p, err)
	}
	for _, c := range []Case{{Procedure: find(t, "perselisihan"), State: Open}, {Procedure: find(t, "pks"), State: Done}} {
		if p, err := c.Preview(x); p != nil || err != nil {
			t.Error("of nothing:", p, err)
		}
	}
}

// What an effect takes away is said beforehand.
func TestWhatWillStopIsSaid(t *testing.T) {
	x := facts()
	x.Users = []party.User{
		{ID: 11, Login: "petugas", Role: party.Officer, Methods: []string{agreement.Portal, agreement.API}, HasPassword: true},
		{ID: 12, Login: "program", Role: party.Application, Methods: []string{agreement.API}},
		{ID: 13, Login: "lama", Role: party.Officer, Methods: []string{agreement.API}, Deactivated: day},
	}
	x.Tokens[0].Owner = 12
	x.Grant.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	x.Grant.Methods = []string{agreement.Portal, agreement.API}
	quota := 7
	change := AddAddendum{Agreement: *x.Agreement, Was: *x.Grant, Addendum: agreement.Addendum{EffectiveOn: day, Change: agreement.Change{
		Methods: []string{agreement.Portal}, Quota: &quota, Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
		Purposes: []string{"lain"}}}}
	head := party.Head{Name: "Rekaan"}
	old, narrow := x.Users[0], x.Users[0]
	narrow.Methods, narrow.MatchOnly, narrow.Role = []string{agreement.Portal}, true, party.HeadOfAgency
	const token = "Token API 3FA09-77C1E berhenti bekerja"
	for name, c := range map[string]struct {
		effect Effect
		want   []string
	}{
		"addendum": {change, []string{"Metode Web service (JSON) ditutup bagi petugas, program.",
			"193 pencarian sehari berkurang bagi aplikasi yang belum lulus PoC: setelah pencarian ke-7 pada hari itu, semuanya ditolak " +
				"sampai pergantian hari.",
			"Akses dari jaringan 10.0.0.0/8 ditolak.",
			"Pencarian untuk tujuan bantuan ditolak."}},
		"suspension": {Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Suspend}}, []string{
			"Seluruh akses Dinas Rekaan berhenti: 2 user ID, 1 token, 1 pembaca KTP-el."}},
		"reinstatement": {Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Reinstate}}, nil},
		"deactivation": {Deactivate{x.Users[1], day}, []string{"User ID program dan sesinya yang sedang dibuka berhenti bekerja.",
			token + "."}},
		"reset":     {ResetUser{x.Users[0]}, []string{"Kata sandi, faktor kedua, dan sesi petugas berhenti berlaku."}},
		"new slip":  {IssueLink{User: x.Users[0]}, []string{"Kata sandi lama petugas berhenti berlaku ketika lembarnya digunakan."}},
		"first one": {IssueLink{User: x.Users[1]}, nil},
		"token":     {RevokeToken{x.Tokens[0]}, []string{token + " seketika."}},
		"head": {ChangeHead{Old: head}, []string{"Tanggung jawab dan SPTJM Rekaan berakhir. Instansi tidak dilayani sampai SPTJM pejabat " +
			"baru disahkan."}},
		"reader":     {SetReader{Old: x.Readers[0]}, []string{"Pembaca KTP-el R-1 berhenti bekerja."}},
		"new reader": {SetReader{Old: reader.Reader{State: reader.Personalised}}, nil},
		"agreement":  {SignAgreement{}, []string{"Hak akses tidak lagi berdasarkan perjanjian 400.12/1/2026."}},
		"narrower": {ChangeUser{old, narrow}, []string{"Metode Web service (JSON) ditutup bagi petugas.",
			"Programnya tidak dapat mencari lagi.", "Data lengkap tidak ditampilkan lagi kepada petugas.", "Hak peran Petugas berakhir."}},
		"the same user": {ChangeUser{old, old}, nil},
		"NDA":           {SignNDA{}, nil},
	} {
		if got := stops(c.effect, x); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	x = facts()
	fewer := x.Grant.Elements.Strings()[:2]
	e, err := agreement.Amend(func(field string) string {
		return map[string]string{"elemen": strings.Join(fewer, "\n")}[field]
	}, *x.Grant)
	if err != nil {
		t.Fatal(err)
	}
	change = AddAddendum{*x.Agreement, agreement.Addendum{EffectiveOn: day, Change: e}, *x.Grant}
	if got := stops(change, x); !slices.Equal(got, []string{"6 elemen data tidak diberikan lagi pada semua pintu: Jenis Kelamin, " +
		"Tempat Lahir, Tanggal Lahir, Status Perkawinan, Jenis Pekerjaan, Alamat Sekarang."}) {
		t.Errorf("%q", got)
	}
	x.Agreement = nil
	if got := stops(SignAgreement{}, x); got != nil {
		t.Error("the first agreement ends nothing:", got)
	}
}

// The form of a change begins with what is granted now, and changes nothing as it stands.
func TestTheFormOfAChangeBeginsWithWhatIsGranted(t *testing.T) {
	x := facts()
	x.Grant.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("10.9.9.9/32")}
	held := map[string]string{}
	for _, f := range find(t, "perubahan").Steps[0].Fields {
		held[f.Key] = f.Initially(x)
	}
	if held["metode"] != "portal" || held["kuota"] != "200" || held["tujuan"] != "bantuan" ||
		held["jaringan"] != "10.0.0.0/8\n10.9.9.9/32" ||
		strings.Count(held["elemen"], "\n") != 7 || held["kolom_balikan"] != "NOMOR\nJENIS_BANTUAN" || held["hari_balikan"] != "30" {
		t.Errorf("%q", held)
	}
	if _, err := agreement.Amend(func(f string) string { return held[f] }, *x.Grant); err != agreement.ErrNoChange {
		t.Error(err)
	}
	held["kuota"], held["jaringan"] = "300", "10.9.9.9/32\n10.0.0.0/8"
	c, err := agreement.Amend(func(f string) string { return held[f] }, *x.Grant)
	if after, was := c.Words(*x.Grant); err != nil || after != "kuota: 300 per hari" || was != "kuota: 200 per hari" {
		t.Errorf("%q, %v", after, err)
	}
	x.Grant = nil
	if f := (Field{Preset: "{berlaku_kuota}"}); f.Initially(x) != "" || !f.known() || (Field{Preset: "{berlaku_gaji}"}).known() {
		t.Error("what is granted of nothing", fmt.Sprint(f.known()))
	}
}

// What an effect gives is said beforehand too: to how many, how much, and from when.
func TestWhatPeopleWillNoticeIsSaid(t *testing.T) {
	x := facts()
	x.Users = []party.User{
		{ID: 11, Login: "petugas", Role: party.Officer, Methods: []string{agreement.Portal}, HasPassword: true},
		{ID: 12, Login: "program", Role: party.Application, Methods: []string{agreement.API}},
		{ID: 13, Login: "kepala", Role: party.HeadOfAgency},
		{ID: 14, Login: "lama", Role: party.Officer, Methods: []string{agreement.API}, Deactivated: day},
	}
	from := day.AddDate(0, 0, 5)
	amend := func(fields map[string]string) AddAddendum {
		t.Helper()
		c, err := agreement.Amend(func(key string) string { return fields[key] }, *x.Grant)
		if err != nil {
			t.Fatal(err)
		}
		return AddAddendum{*x.Agreement, agreement.Addendum{EffectiveOn: from, Change: c}, *x.Grant}
	}
	start := "Mulai " + bahasa.Date(from) + ": "
	until := x.Agreement.EndsOn.AddDate(0, 0, 90)
	longer := AddAddendum{*x.Agreement, agreement.Addendum{EffectiveOn: from, Change: agreement.Change{EndsOn: &until}}, *x.Grant}
	sooner := x.Agreement.EndsOn.AddDate(0, 0, -30)
	shorter := AddAddendum{*x.Agreement, agreement.Addendum{EffectiveOn: from, Change: agreement.Change{EndsOn: &sooner}}, *x.Grant}
	all := append(slices.Clone(x.Grant.Elements.Strings()), "no_kk")
	was := party.User{Login: "petugas", Role: party.Officer, Methods: []string{agreement.Portal}, MatchOnly: true,
		Purposes: []string{"bantuan"}}
	wide := was
	wide.Methods, wide.MatchOnly, wide.Purposes = []string{agreement.Portal, agreement.API}, false, nil
	for name, c := range map[string]struct {
		effect Effect
		want   []string
	}{
		"quota": {amend(map[string]string{"kuota": "1500"}), []string{start +
			"1.300 pencarian sehari bertambah, dari 200 menjadi 1.500, bagi 2 user ID bersama."}},
		"elements": {amend(map[string]string{"elemen": strings.Join(all, "\n")}), []string{start +
			"1 elemen data baru terlihat oleh 2 user ID: Nomor Kartu Keluarga."}},
		"methods": {amend(map[string]string{"metode": agreement.Portal + "\n" + agreement.API}),
			[]string{start + "metode Web service (JSON) dibuka; 1 user ID sudah memilikinya."}},
		"purposes": {amend(map[string]string{"tujuan": "bantuan\nsensus"}), []string{start + "pencarian untuk tujuan sensus diterima."}},
		"dates":    {longer, []string{"Akses berlangsung 90 hari lebih lama, sampai " + bahasa.Date(until) + "."}},
		"earlier":  {shorter, nil},
		"user": {CreateUser{party.User{Login: "baru", Role: party.Officer}}, []string{"baru menjadi user ID ke-4 yang terdaftar. " +
			"User ID ini bekerja setelah NDA ditandatangani dan lembar aktivasinya digunakan."}},
		"end": {Deactivate{x.Users[0], day}, []string{"User ID lain instansi ini yang tetap terdaftar: 2."}},
		"wider": {ChangeUser{was, wide}, []string{"Seketika: petugas dapat memakai metode Web service (JSON).",
			"Seketika: data lengkap ditampilkan kepada petugas.", "Seketika: petugas dapat mencari untuk semua tujuan perjanjian."}},
		"narrower": {ChangeUser{wide, was}, nil},
		"again": {Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Reinstate}}, []string{
			"2 user ID dapat mencari lagi seketika."}},
	} {
		if got := noticed(c.effect, x); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := stops(shorter, x); !slices.Equal(got, []string{"Akses berakhir 30 hari lebih awal, setelah " + bahasa.Date(sooner) + "."}) {
		t.Errorf("%q", got)
	}
	if got := stops(ChangeUser{wide, was}, x); !slices.Contains(got, "petugas hanya dapat mencari untuk tujuan bantuan.") {
		t.Errorf("%q", got)
	}
}
