package procedure

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/person/population"
)

func pointer[T any](v T) *T { return &v }

// terms are a change of everything that an addendum may change.
func allTerms() agreement.Change {
	return agreement.Change{
		Elements: pointer(population.Of(population.ElNIK, population.ElName)), Methods: []string{agreement.API, "lain"},
		Quota:    pointer(500),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("10.2.0.1/32")}, Purposes: []string{"bantuan",
			"pupuk"},
		Balikan: &agreement.Balikan{Fields: []string{"NOMOR"}, Days: 14}, EndsOn: pointer(day.AddDate(2, 0, 0)),
	}
}

// TestWordsOfEveryChangeOfARight: what the record of a change says is what auditors read, to the letter (invariant 7).
func TestWordsOfEveryChangeOfARight(t *testing.T) {
	x := facts()
	a, u, head := *x.Agreement, party.User{Login: "petugas.rekaan", Name: "Rekaan Dua", Position: "Loket", Role: party.Officer},
		x.Institution.Heads.Last()
	a.Terms.Elements, a.Terms.Networks = population.Of(population.ElNIK), []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	a.Terms.Balikan = &agreement.Balikan{Fields: []string{"NOMOR", "JENIS"}, Days: 30}
	was := agreement.Grant{
		Elements: population.Of(population.ElNIK), Methods: []string{agreement.Portal}, Quota: 200, Networks: a.Terms.Networks,
		Purposes: []string{"bantuan"},
		Balikan:  *a.Terms.Balikan, EndsOn: day,
	}
	renamed := x.Institution
	renamed.Name, renamed.Address, renamed.Email = "Dinas Baru", "Jalan Baru 2", "kantor@rekaan.example"
	signed, until := agreement.SPTJM{SignedOn: day}, agreement.SPTJM{SignedOn: day, Until: day.AddDate(1, 0, 0), Extension: 5}
	withMethods := u
	withMethods.Methods = []string{agreement.Portal, agreement.API}
	portal, later := party.Portal(7), day.AddDate(0, 1, 0)
	const pks, id = "Perjanjian 400.12/1/2026", "User ID petugas.rekaan"
	for _, c := range []struct {
		effect                 Effect
		subject, before, after string
	}{
		{CreateInstitution{x.Institution}, "Instansi dinrekaan", "",
			"didaftarkan: Dinas Rekaan, WIB; penanggung jawab Rekaan Satu, Kepala"},
		{RenameInstitution{x.Institution, renamed, day}, "Instansi dinrekaan", "Dinas Rekaan",
			"Dinas Baru, Jalan Baru 2, kantor@rekaan.example; sejak 16 September 2026"},
		{SetConnection{7, party.Connection{}, party.Connection{Provider: "Penyedia Rekaan", Bandwidth: "1 Mbps"}, day}, "Jaringan", "",
			"Penyedia Rekaan, 1 Mbps; sejak 16 September 2026"},
		{SetContacts{7, "agency", []party.Contact{{Name: "A"}, {Name: "B"}}, day}, "Narahubung instansi", "",
			"A, B; sejak 16 September 2026"},
		{SetContacts{7, "provider", []party.Contact{{Name: "A"}}, time.Time{}}, "Narahubung Dinas Dukcapil", "", "A"},
		{SignAgreement{Agreement: a}, pks, "", "ditandatangani 16 September 2025, berlaku sampai 16 September 2027; elemen: NIK; " +
			"metode: Web " +
			"portal; kuota: 200 per hari; " +
			"jaringan: 10.1.0.0/16; tujuan: bantuan; data balikan: NOMOR, JENIS, dalam 30 hari"},
		{AddAddendum{a, agreement.Addendum{EffectiveOn: day, Change: allTerms()}, was}, pks,
			"elemen: NIK; metode: Web portal; kuota: 200 per hari; jaringan: 10.1.0.0/16; tujuan: bantuan; data balikan: NOMOR, JENIS, " +
				"dalam 30 hari; " +
				"berlaku sampai 16 September 2026",
			"elemen: NIK, Nama Lengkap; metode: Web service (JSON), lain; kuota: 500 per hari; jaringan: 10.1.0.0/16, 10.2.0.1/32; " +
				"tujuan: bantuan, pupuk; " +
				"data balikan: NOMOR, dalam 14 hari; berlaku sampai 16 September 2028; mulai 16 September 2026"},
		{AddAddendum{a, agreement.Addendum{EffectiveOn: day, Change: agreement.Change{Quota: pointer(0)}}, was}, pks, "kuota: 200 per hari",
			"kuota: 0 per hari; mulai 16 September 2026"},
		{RecordPoC{Agreement: a, App: portal, Letter: agreement.PoCLetter{Passed: true, On: day}}, "Aplikasi Web portal",
			"dalam batas kuota harian", "PoC lulus, tanpa kuota harian mulai 16 September 2026"},
		{RecordPoC{Agreement: a, App: portal, Letter: agreement.PoCLetter{On: day, Until: later}}, "Aplikasi Web portal", "",
			"uji PoC dijadwalkan 16 September 2026 sampai 16 Oktober 2026, dalam batas kuota harian"},
		{RegisterApplication{App: party.App{Name: "A", Kind: party.ProgramApp, Methods: []string{agreement.API}, Answers: "B, C"}},
			"Aplikasi A", "", "didaftarkan: aplikasi layanan; metode: Web service (JSON); penanggung jawab: B, C; dokumen Petunjuk " +
				"Teknis diubah (Juknis II.D.3)"},
		{EndApplication{App: party.App{Name: "A"}}, "Aplikasi A", "terdaftar", "diakhiri beserta semua tokennya"},
		{RecordPoC{Agreement: a, App: portal}, "Aplikasi Web portal", "", "PoC tidak lulus, kuota harian tetap berlaku"},
		{DecideEvaluation{Period: "2026-1", Score: "81", Decision: "dilanjutkan"}, "Evaluasi 2026-1", "", "nilai 81, dilanjutkan"},
		{Decide{Agreement: a, Decision: agreement.Decision{Kind: agreement.Suspend}}, pks, "", "akses ditangguhkan"},
		{Decide{Agreement: a, Decision: agreement.Decision{Kind: agreement.Reinstate}}, pks, "", "akses diaktifkan kembali"},
		{Decide{Agreement: a, Decision: agreement.Decision{Kind: agreement.Terminate}}, pks, "", "perjanjian diakhiri"},
		{CreateUser{u}, id, "", "didaftarkan untuk Rekaan Dua, Loket, peran Petugas"},
		{CreateUser{withMethods}, id, "", "didaftarkan untuk Rekaan Dua, Loket, peran Petugas; metode: Web portal, Web service (JSON)"},
		{AssignApplication{u, "Antrean"}, id, "", "milik aplikasi Antrean"},
		{PrepareToken{User: u, Kind: party.APIToken, Application: "Antrean", Purpose: "verifikasi"}, id, "",
			"Token API disiapkan untuk aplikasi Antrean: verifikasi"},
		{IssueToken{User: u, Kind: party.DeskToken}, id, "", "lembar penyerahan Token loket diterbitkan"},
		{RevokeToken{party.Credential{Kind: party.BalikanToken, Fingerprint: "3FA09-77C1E"}}, "Token data balikan 3FA09-77C1E", "berlaku",
			"dicabut"},
		{ResetUser{u}, id, "", "semua kredensial dicabut: kata sandi, faktor kedua, token, dan sesi"},
		{Deactivate{User: u}, id, "aktif", "dinonaktifkan"},
		{Restore{u, false}, id, "dinonaktifkan", "diaktifkan kembali; kredensial lama dicabut dan kata sandi baru ditentukan pemiliknya"},
		{Restore{u, true}, id, "dinonaktifkan", "diaktifkan kembali; kredensial lama dicabut dan kata sandi baru ditentukan pemiliknya; " +
			"NDA lama tidak berlaku lagi, user ID bekerja setelah NDA baru ditandatangani"},
		{SignNDA{u, day, "F/1"}, id, "", "NDA ditandatangani 16 September 2026, formulir F/1"},
		{ChangeHead{7, head, party.Head{Name: "Rekaan Tiga", Position: "Kepala", Acting: party.Plt, Since: day}}, "Penanggung jawab",
			"Rekaan Satu", "Rekaan Tiga, Plt. Kepala, sejak 16 September 2026; SPTJM baru diperlukan"},
		{ChangeHead{7, head, party.Head{Name: "Rekaan Tiga", Position: "Kepala", Acting: party.Plh, Since: day, Until: day}},
			"Penanggung jawab", "Rekaan Satu",
			"Rekaan Tiga, Plh. Kepala, sejak 16 September 2026 sampai 16 September 2026; SPTJM baru diperlukan"},
		{SignSPTJM{a, head, signed}, "SPTJM Rekaan Satu", "", "ditandatangani 16 September 2026 untuk Perjanjian 400.12/1/2026, berlaku " +
			"sampai perjanjian berakhir atau adendum perpanjangannya ditandatangani"},
		{SignSPTJM{a, head, until}, "SPTJM Rekaan Satu", "", "ditandatangani 16 September 2026 untuk Perjanjian 400.12/1/2026, berlaku " +
			"selama proses perpanjangan, sampai adendumnya ditandatangani, paling lama sampai 16 September 2027"},
		{StepExtension{a, agreement.ExtensionStep{Kind: agreement.ExtensionGranted, Until: day.AddDate(1, 0, 0)}}, agreementName(a), "",
			"perpanjangan disetujui, adendum disusun; selama itu akses berjalan paling lama sampai 16 September 2027"},
		{StepExtension{a, agreement.ExtensionStep{Kind: agreement.ExtensionGranted}}, agreementName(a), "",
			"perpanjangan disetujui, adendum disusun"},
		{AddReaders{7, []reader.Reader{{Serial: "R-1"}, {Serial: "R-2"}}, ""}, "Pembaca KTP-el", "", "didaftarkan: R-1, R-2"},
		{AddReaders{7, []reader.Reader{{Serial: "R-1"}}, "memenuhi 7 dari 7 butir spesifikasi"}, "Pembaca KTP-el", "",
			"didaftarkan: R-1; model memenuhi 7 dari 7 butir spesifikasi"},
		{ReinstateUser{u, true}, id, "pencarian dihentikan", "pencarian diizinkan kembali; peringatan ternyata keliru"},
		{ReinstateUser{u, false}, id, "pencarian dihentikan", "pencarian diizinkan kembali setelah pembinaan"},
		{SettleObjection{Record: "7-12", Follow: FollowIncident, FollowWords: "Insiden dibuka"}, "Keberatan penduduk atas catatan 7-12", "",
			"diterima: Insiden dibuka"},
		{WithholdUses{From: day, To: day, Until: day.AddDate(1, 0, 0), Order: "P/1", Authority: "Kejaksaan"}, "Riwayat penduduk", "",
			"penggunaan 16 September 2026 sampai 16 September 2026 ditahan sampai 16 September 2027 atas perintah P/1 dari Kejaksaan"},
		{ProtectPerson{Watcher: party.User{Login: "pengawas"}, Until: day, Order: "P/1", Authority: "LPSK"},
			"Perlindungan data penduduk", "",
			"dilindungi sampai 16 September 2026 atas perintah P/1 dari LPSK; pengawas pengawas"},
		{EndProtection{Order: "P/1"}, "Perlindungan data penduduk", "dilindungi atas perintah P/1", "diakhiri"},
	} {
		if s, b, w := c.effect.Words(); s != c.subject || b != c.before || w != c.after {
			t.Errorf("%T:\n%q %q %q, want\n%q %q %q", c.effect, s, b, w, c.subject, c.before, c.after)
		}
	}
	rows := AddAddendum{a, agreement.Addendum{Change: allTerms()}, was}.Changes()
	want := [][3]string{
		{"Elemen (PKS Pasal 2 ayat (1) huruf a dan Pasal 3 ayat (2) huruf a)", "NIK", "NIK, Nama Lengkap"},
		{"Metode (PKS Pasal 2 ayat (1) huruf a dan Pasal 3 ayat (2) huruf a)", "Web portal", "Web service (JSON), lain"},
		{"Kuota (Juknis II.B)", "200 per hari", "500 per hari"},
		{"Jaringan (PKS Pasal 2 ayat (1) huruf b dan Juknis I.A)", "10.1.0.0/16", "10.1.0.0/16, 10.2.0.1/32"},
		{"Tujuan (PKS Pasal 1)", "bantuan", "bantuan, pupuk"},
		{"Data balikan (PKS Pasal 2 ayat (2) huruf b dan Pasal 3 ayat (1) huruf b)", "NOMOR, JENIS, dalam 30 hari",
			"NOMOR, dalam 14 hari"},
		{"Jangka waktu (PKS Pasal 4)", "sampai 16 September 2026", "sampai 16 September 2028"},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("the addendum's table: %q", rows)
	}
	if got := population.Labels([]string{"nik", "lain"}); !reflect.DeepEqual(got, []string{"NIK", "lain"}) {
		t.Error(got)
	}
}

// made builds an effect from what was filled in, as a case's last step does.
func made(t *testing.T, name string, x Facts, values ...string) ([]Effect, error) {
	t.Helper()
	filled := map[string]string{}
	for i := 0; i < len(values); i += 2 {
		filled[values[i]] = values[i+1]
	}
	c := Case{ID: 1, Agency: 7, Procedure: &Procedure{Name: "P"}, Taken: []Taken{{By: 5, At: x.Now, Letter: "S/1", Values: filled},
		{By: 6, Values: map[string]string{"alasan": "karena"}}}}
	return effects[name].build(&c, x)
}

// TestEveryEffectIsWhatWasFilledIn, field by field.
func TestEveryEffectIsWhatWasFilledIn(t *testing.T) {
	x := facts()
	prepare(&x, new(Step))
	x.Institution.Address = "Jalan Lama 1"
	later, end := day.AddDate(0, 1, 0), day.AddDate(3, 0, 0)
	network := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	n, err := nik.Parse("3303014507900002")
	if err != nil {
		t.Fatal(err)
	}
	head := party.Head{Name: "Rekaan Tiga", Position: "Kepala", Since: later, Letter: "S/1"}
	old := x.Institution.Heads.Last()
	inactive := x.Readers[0]
	inactive.State = reader.Deactivated
	was := *x.Grant
	addendum := func(c agreement.Change) []Effect {
		return []Effect{AddAddendum{*x.Agreement, agreement.Addendum{Number: "S/1", SignedOn: day, EffectiveOn: later, Change: c}, was}}
	}
	balikan := func(fields []string, days int) agreement.Change {
		return agreement.Change{Balikan: &agreement.Balikan{Fields: fields, Days: days}}
	}
	agreed := agreement.Agreement{
		Agency: 7, ProviderNumber: "P/1", AgencyNumber: "A/1", Subject: "layanan", SignedOn: day, EndsOn: end,
		Terms: agreement.Terms{Elements: population.Of(population.ElNIK), Methods: []string{"portal"}, Quota: 9, Networks: network,
			Purposes: []string{"bantuan"}},
	}
	for _, c := range []struct {
		effect string
		values []string
		want   []Effect
	}{
		{"set-contacts", []string{"narahubung_dinas", "A; Kabid; 0281; a@b.example\nB", "narahubung_instansi", "", "narahubung_sejak",
			"2026-10-16"}, []Effect{SetContacts{7, "provider", []party.Contact{
			{Side: "provider", Name: "A", Position: "Kabid", Phone: "0281", Email: "a@b.example"}, {Side: "provider", Name: "B"}}, later}}},
		{"set-network", []string{"penyedia", "Penyedia Rekaan", "bandwidth", "1 Mbps", "tanggal_tersambung", "2026-10-16"},
			[]Effect{SetConnection{7, party.Connection{}, party.Connection{Provider: "Penyedia Rekaan", Bandwidth: "1 Mbps"}, later}}},
		{"change-bandwidth", []string{"bandwidth_baru", "5 Mbps", "tanggal_perubahan", ""},
			[]Effect{SetConnection{7, party.Connection{}, party.Connection{Bandwidth: "5 Mbps"}, day}}},
		{"sign-agreement", []string{"nomor_dinas", "P/1", "nomor_instansi", "A/1", "tentang", "layanan", "ditandatangani", "2026-09-16",
			"berlaku_sampai", "2029-09-16",
			"elemen", "nik", "metode", "portal", "kuota", "9", "jaringan", "10.1.0.0/16", "tujuan", "bantuan", "narahubung_instansi", "A"},
			[]Effect{SignAgreement{agreed, x.Head()}, SetContacts{7, "agency", []party.Contact{{Side: "agency", Name: "A"}}, day}}},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "kuota", "7"},
			addendum(agreement.Change{Quota: pointer(7)})},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "jaringan", "10.1.0.0/16"},
			addendum(agreement.Change{Networks: network})},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "metode", "api"},
			addendum(agreement.Change{Methods: []string{"api"}})},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "tujuan", "x"},
			addendum(agreement.Change{Purposes: []string{"x"}})},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "kolom_balikan", "A\nB"},
			addendum(balikan([]string{"A", "B"}, was.Balikan.Days))},
		{"add-addendum", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "hari_balikan", "9"},
			addendum(balikan(was.Balikan.Fields, 9))},
		{"extend", []string{"ditandatangani", "2026-09-16", "mulai", "2026-10-16", "berlaku_sampai", "2029-09-16"},
			addendum(agreement.Change{EndsOn: &end})},
		{"schedule-poc", []string{"aplikasi", "Web portal", "poc_mulai", "2026-09-16", "poc_sampai", "2026-10-16"},
			[]Effect{RecordPoC{*x.Agreement, party.Portal(7, agreement.Portal),
				agreement.PoCLetter{Letter: "S/1", On: day, Until: later}}}},
		{"poc-failed", []string{"aplikasi", "aplikasi ternak"}, []Effect{RecordPoC{*x.Agreement, x.Apps[0],
			agreement.PoCLetter{Application: 4, Letter: "S/1", On: day}}}},
		{"end-application", []string{"aplikasi", "Aplikasi Ternak"}, []Effect{EndApplication{x.Apps[0]}}},
		{"suspend", nil, []Effect{Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Suspend, From: x.Now,
			Reason: "P: karena",
			Letter: "S/1"}}}},
		{"terminate", nil, []Effect{Decide{Agreement: *x.Agreement, Decision: agreement.Decision{Kind: agreement.Terminate, From: x.Now,
			Reason: "P: karena",
			Letter: "S/1"}}}},
		{"decide-evaluation", []string{"evaluasi", "12", "semester", "2026-1", "nilai", "81", "putusan", "lanjut"},
			[]Effect{DecideEvaluation{7, 3, 12, "2026-1", "81", "lanjut", 5}}},
		{"create-user", []string{"user_id", "petugas.baru", "nama", "N", "jabatan", "J", "peran", "officer", "metode_pengguna",
			"portal\napi", "surel", "a@b.example"},
			[]Effect{CreateUser{party.User{Institution: 7, Login: "petugas.baru", Name: "N", Position: "J", Role: party.Officer,
				Methods: []string{"portal", "api"}, Email: "a@b.example", EmailBy: 5}}}},
		{"name-admin", []string{"user_id", "admin.baru", "nama", "N", "jabatan", "J", "surel", "a@b.example", "peran", "officer"},
			[]Effect{CreateUser{party.User{Institution: 7, Login: "admin.baru", Name: "N", Position: "J", Role: party.AgencyAdmin,
				Methods: []string{"portal"}, Email: "a@b.example", EmailBy: 5}}}},
		{"name-admin", []string{"user_id", "admin.baru", "nama", "N", "jabatan", "J", "menggantikan", "admin.rekaan"},
			[]Effect{CreateUser{party.User{Institution: 7, Login: "admin.baru", Name: "N", Position: "J", Role: party.AgencyAdmin,
				Methods: []string{"portal"}}}, Deactivate{x.Users[2], x.Now}}},
		{"restore-user", []string{"pengguna", "lama.rekaan"}, []Effect{Restore{x.Users[1], true}}},
		{"renew-link", []string{"pengguna", "lama.rekaan"}, []Effect{IssueLink{User: x.Users[1]}}},
		{"deactivate-user", []string{"pengguna", "petugas.rekaan"}, []Effect{Deactivate{x.Users[0], x.Now}}},
		{"reinstate-user", []string{"pengguna", "petugas.rekaan", "hasil", "keliru"}, []Effect{ReinstateUser{x.Users[0], true}}},
		{"reinstate-user", []string{"pengguna", "petugas.rekaan", "hasil", "pembinaan"}, []Effect{ReinstateUser{x.Users[0], false}}},
		{"sign-nda", []string{"pengguna", "petugas.rekaan", "ditandatangani", "2026-10-16", "formulir", "F/1"},
			[]Effect{SignNDA{x.Users[0], later, "F/1"}}},
		{"sign-sptjm", []string{"ditandatangani", "2026-09-16", "berlaku_sampai", "2029-09-16"}, []Effect{SignSPTJM{*x.Agreement, old,
			agreement.SPTJM{Head: 4, SignedOn: day,
				Until: end, Letter: "S/1"}}}},
		{"change-head", []string{"kepala", "Rekaan Tiga", "kepala_jabatan", "Kepala", "kepala_sejak", "2026-10-16"},
			[]Effect{ChangeHead{7, old, head}}},
		{"register-readers", []string{"perangkat", "R-2; B; S-2\nR-3; C", "butir_dipenuhi", met},
			[]Effect{AddReaders{7, []reader.Reader{{Serial: "R-2", Model: "B", SAM: "S-2", State: reader.Requested},
				{Serial: "R-3", Model: "C", State: reader.Requested}}, "memenuhi 7 dari 7 butir spesifikasi"}}},
		{"deactivate-readers", []string{"nomor_seri", "R-1"}, []Effect{SetReader{7, x.Readers[0], inactive}}},
		{"activate-readers", []string{"perangkat", "R-1; A"}, nil}, // it is active already
		{"withhold-uses", []string{"nomor_perintah", "P/1", "pemberi_perintah", "K", "nik", "3303014507900002", "mulai", "2026-09-16",
			"sampai", "2026-09-16", "ditahan_sampai", "2026-09-16"},
			[]Effect{WithholdUses{x.Institution, n, day, day, day, "P/1", "K"}}},
		{"withhold-uses", []string{"nomor_perintah", "P/1", "pemberi_perintah", "K", "nik", "3303014507900002", "mulai", "2026-09-16",
			"sampai", "2026-09-16"}, []Effect{WithholdUses{x.Institution, n, day, day, day.AddDate(0, 0, 90), "P/1", "K"}}},
		{"protect-person", []string{"nomor_perintah", "P/1", "pemberi_perintah", "K", "nik", "3303014507900002", "pengawas",
			x.Users[0].Login, "dilindungi_sampai", "2026-09-16"}, []Effect{ProtectPerson{n, x.Users[0], day, "P/1", "K"}}},
		{"end-protection", []string{"nomor_perintah", "P/1", "nik", "3303014507900002"}, []Effect{EndProtection{n, "P/1"}}},
	} {
		got, err := made(t, c.effect, x, c.values...)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %q:\n%+v, %v, want\n%+v", c.effect, c.values, got, err, c.want)
		}
	}
}

// TestEffectsThatTheFactsForbidAreRefused in words, and never brought about in part.
func TestEffectsThatTheFactsForbidAreRefused(t *testing.T) {
	none := func(x *Facts) { x.Agreement, x.Grant = nil, nil }
	ends := facts().Grant.EndsOn
	for _, c := range []struct {
		effect string
		spoil  func(*Facts)
		values []string
		want   string
	}{
		{"add-addendum", none, nil, "erjanjian"}, {"poc-passed", none, []string{"aplikasi", "Web portal"}, "erjanjian"},
		{"suspend", none, nil, "erjanjian"},
		{"decide-evaluation", none, []string{"evaluasi", "1"}, "erjanjian"},
		{"add-addendum", nil, []string{"mulai", "2026-10-16"}, "berubah"},
		{"extend", nil, []string{"mulai", "2026-10-16", "berlaku_sampai", ends.Format(time.DateOnly)},
			"harus setelah tanggal berakhir sekarang"},
		{"sign-agreement", nil, []string{"elemen", "nik", "kuota", "1", "ditandatangani", "2026-09-16", "berlaku_sampai", "2026-09-16"},
			"harus setelah tanggal penandatanganan"},
		{"reinstate", nil, nil, "tidak sedang ditangguhkan"},
		{"reinstate-user", func(x *Facts) { x.Users[0].Stopped = time.Time{} }, []string{"pengguna", "petugas.rekaan"},
			"tidak sedang dihentikan"},
		{"deactivate-user", nil, []string{"pengguna", "tidak.ada"}, "tidak ditemukan"},
		{"restore-user", nil, []string{"pengguna", "petugas.rekaan"}, "tidak sedang nonaktif"},
		{"restore-user", func(x *Facts) { x.Users[0].Deactivated = x.Now.Add(time.Second) }, []string{"pengguna", "petugas.rekaan"},
			"tidak sedang nonaktif"},
		{"name-admin", nil, []string{"user_id", "a.b", "menggantikan", "petugas.rekaan"}, "bukan admin instansi ini"},
		{"name-admin", nil, []string{"user_id", "a.b", "menggantikan", "tidak.ada"}, "bukan admin instansi ini"},
		{"name-admin", func(x *Facts) { prepare(x, new(Step)); x.Users[2].Deactivated = day }, []string{"user_id", "a.b", "menggantikan",
			"admin.rekaan"}, "bukan admin instansi ini"},
		{"name-admin", func(x *Facts) { x.InUse.Logins = []string{"a.b"} }, []string{"user_id", "a.b"}, "sudah dipakai"},
		{"create-user", nil, []string{"user_id", "petugas.baru", "peran", "admin"}, "Peran tidak sesuai"},
		{"create-user", func(x *Facts) { x.Institution.ID = party.Provider }, []string{"user_id", "petugas.baru", "peran", "officer"},
			"Peran tidak sesuai"},
		{"sign-sptjm", func(x *Facts) { x.Institution.Heads = nil }, []string{"ditandatangani", "2026-09-16"},
			"belum mempunyai penanggung jawab"},
		{"change-head", func(x *Facts) { x.Institution.Heads[0].Since = day }, []string{"kepala_sejak", "2026-09-16"},
			"harus setelah tanggal pejabat sebelumnya"},
		{"activate-readers", nil, []string{"perangkat", "R-9; A"}, "belum terdaftar"},
		{"return-readers", nil, []string{"nomor_seri", "R-1"}, "tidak dapat berpindah"},
		{"withhold-uses", nil, []string{"nik", "3303014507900002", "mulai", "2026-09-16", "sampai", "2026-09-15", "ditahan_sampai",
			"2026-12-01"}, "setelah tanggal mulainya"},
		{"withhold-uses", nil, []string{"nik", "3303014507900002", "mulai", "2026-09-01", "sampai", "2026-09-02", "ditahan_sampai",
			"2026-09-15"}, "sudah lewat"},
	} {
		x := facts()
		if c.spoil != nil {
			c.spoil(&x)
		}
		got, err := made(t, c.effect, x, c.values...)
		text, refused := told.Text(err)
		if got != nil || !refused || !strings.Contains(text, c.want) {
			t.Errorf("%s %q: %v, %q (%v); want %q", c.effect, c.values, got, text, err, c.want)
		}
	}
	// What the form let through and cannot be read is a fault.
	for _, values := range [][]string{{"elemen", "lain"}, {"kuota", "x"}, {"jaringan", "x"}, {"hari_balikan", "x"}} {
		for _, effect := range []string{"add-addendum", "sign-agreement"} {
			_, err := made(t, effect, facts(), append(values, "mulai", "2026-10-16")...)
			if _, refused := told.Text(err); err == nil || refused {
				t.Errorf("%s %q: %v", effect, values, err)
			}
		}
	}
}

// TestKindsTakeWhatIsFitAndNothingElse: every kind of field at its bounds; "" says that it is fit.
func TestKindsTakeWhatIsFitAndNothingElse(t *testing.T) {
	x := facts()
	x.InUse.Codes, x.InUse.Logins = []string{"dinlama"}, []string{"lama.sekali"}
	many := func(n int, line string) string { return strings.TrimSpace(strings.Repeat(line+"\n", n)) }
	numbered := func(n int, line string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.ReplaceAll(line, "#", strings.Repeat("x", i+1)) + "\n")
		}
		return b.String()
	}
	f := Field{Options: []Option{{"ya", "Ya"}}}
	for _, c := range []struct{ kind, typed, value, problem string }{
		{"text", " a\tb\x00\ufffd ", "a b", ""}, {"text", strings.Repeat("é", 200), strings.Repeat("é", 200), ""},
		{"text", strings.Repeat("é", 201), "", "terlalu panjang."},
		{"long", " a \r\n b\n", "a\nb", ""}, {"long", strings.Repeat("x", 4000), strings.Repeat("x", 4000), ""},
		{"long", strings.Repeat("x", 4001), "", "terlalu panjang."},
		{"date", " 2026-02-28 ", "2026-02-28", ""}, {"date", "", "", ""}, {"date", "2026-02-29", "", "bukan tanggal yang benar."},
		{"number", "1.000.000", "1000000", ""}, {"number", "0", "0", ""}, {"number", "", "", ""}, {"number", "1000001", "",
			"harus berupa angka 0 sampai 1.000.000."},
		{"number", "-1", "", "harus berupa angka 0 sampai 1.000.000."}, {"number", "x", "", "harus berupa angka 0 sampai 1.000.000."},
		{"nik", "3303 0145 0790 0002", "3303014507900002", ""}, {"nik", " ", "", ""}, {"nik", "3303", "", "tidak sesuai format."},
		{"email", " a@b.example ", "a@b.example", ""}, {"email", "", "", ""}, {"email", "A <a@b.example>", "",
			"bukan alamat surel yang benar."}, {"email", "a", "", "bukan alamat surel yang benar."},
		{"email", strings.Repeat("a", 190) + "@b.example", strings.Repeat("a", 190) + "@b.example", ""},
		{"email", strings.Repeat("a", 191) + "@b.example", "", "bukan alamat surel yang benar."},
		{"code", " DinBaru ", "dinbaru", ""}, {"code", "", "", ""},
		{"code", "di", "", "hanya boleh berisi huruf kecil dan angka, 3 sampai 30 karakter."}, {"code", "dinlama", "",
			"sudah dipakai instansi lain."},
		{"login", " Petugas.Baru ", "petugas.baru", ""}, {"login", "", "", ""},
		{"login", "a/b", "", "hanya boleh berisi huruf kecil, angka, titik, dan tanda hubung, 3 sampai 60 karakter."},
		{"login", "lama.sekali", "", "sudah dipakai pengguna lain."},
		{"fingerprints", strings.Repeat("ab:", 10) + "cd", "", "baris 1 bukan sidik jari SHA-256 (64 angka heksadesimal)."},
		{"fingerprints", strings.Repeat("ab", 32), strings.Repeat("ab", 32), ""},
		{"user", " Petugas.Rekaan ", "petugas.rekaan", ""}, {"user", "", "", ""}, {"user", "lain", "", "bukan pengguna instansi ini."},
		{"zone", "WIT", "WIT", ""}, {"zone", "", "", ""}, {"zone", "UTC", "", "harus WIB, WITA, atau WIT."},
		{"choice", " ya ", "ya", ""}, {"choice", "", "", ""}, {"choice", "tidak", "", "harus dipilih dari daftar."},
		{"elements", "nik\n\nnik\nnama_lengkap", "nik\nnama_lengkap", ""}, {"elements", "gaji", "", "memuat elemen yang tidak dikenal."},
		{"methods", "portal\napi", "portal\napi", ""}, {"methods", "surat", "", "memuat metode yang tidak dikenal."},
		{"purposes", strings.Repeat("x", 100), strings.Repeat("x", 100), ""}, {"purposes", strings.Repeat("x", 101), "",
			"paling panjang 100 karakter setiap baris."},
		{"purposes", numbered(50, "#"), strings.TrimSpace(numbered(50, "#")), ""}, {"purposes", numbered(51, "#"), "",
			"paling banyak 50 baris."},
		{"columns", "nomor\nJENIS_BANTUAN", "NOMOR\nJENIS_BANTUAN", ""}, {"columns", "nomor\nnik", "",
			"baris 2 hanya boleh berisi huruf, angka, dan garis bawah, dan bukan NIK."},
		{"columns", "1A", "", "baris 1 hanya boleh berisi huruf, angka, dan garis bawah, dan bukan NIK."}, {"columns", numbered(20, "#"),
			strings.ToUpper(strings.TrimSpace(numbered(20, "#"))), ""},
		{"columns", numbered(21, "#"), "", "paling banyak 20 baris."},
		{"networks", "10.1.2.3/24\n10.9.9.9\n2001:db8::1", "10.1.2.0/24\n10.9.9.9/32\n2001:db8::1/128", ""}, {"networks", "10.1.2.3\nx", "",
			"baris 2 bukan alamat IP atau CIDR."},
		{"networks", "10.1.2.3/99", "", "baris 1 bukan alamat IP atau CIDR."},
		{"readers", "R-1 ;A;  S-1\nR-2;B", "R-1; A; S-1\nR-2; B", ""}, {"readers", "R-1; A\nR-2", "",
			"baris 2 harus berbentuk: nomor seri; model; nomor SAM."},
		{"readers", "a;b;c;d", "", "baris 1 harus berbentuk: nomor seri; model; nomor SAM."},
		{"readers", ";b", "", "baris 1 harus berbentuk: nomor seri; model; nomor SAM."},
		{"readers", "a;", "", "baris 1 harus berbentuk: nomor seri; model; nomor SAM."}, {"readers", "a; " + strings.Repeat("x", 197),
			"a; " + strings.Repeat("x", 197), ""},
		{"readers", "a; " + strings.Repeat("x", 198), "", "baris 1 harus berbentuk: nomor seri; model; nomor SAM."},
		{"readers", many(201, "a; b"), "a; b", ""}, {"readers", numbered(201, "#; b"), "", "paling banyak 200 baris."},
		{"serials", "R-1", "R-1", ""}, {"serials", "R-1\nR-9", "", "baris 2 bukan perangkat instansi ini."},
	} {
		if v, p := kinds[c.kind](f, c.typed, x); v != c.value || p != c.problem {
			t.Errorf("%s %.40q: %.60q %q, want %q", c.kind, c.typed, v, p, c.problem)
		}
	}
}

func TestACasesLetterReasonAndNextStepAreItsLast(t *testing.T) {
	p := find(t, "user-id")
	c := Case{Procedure: p, State: Open, Taken: []Taken{{Step: p.Steps[0].Key, Letter: "S/1",
		Values: map[string]string{"a": "1"}}, {Step: p.Steps[1].Key, Values: map[string]string{"a": "2"}}}}
	if c.Letter() != "S/1" || c.Value("a") != "2" || c.Value("b") != "" || c.Reason() != p.Name || c.Next().Key != p.Steps[2].Key {
		t.Errorf("%q %q %q %q %s", c.Letter(), c.Value("a"), c.Value("b"), c.Reason(), c.Next().Key)
	}
	c.Taken = append(c.Taken, Taken{Verdict: Withdraw})
	if c.Next().Key != p.Steps[2].Key {
		t.Error("a withdrawal counts as a step")
	}
	r, err := c.TakeBack(Input{By: 5, Role: party.Operator, At: day, Reason: " keliru "}, facts())
	want := Result{State: Withdrawn, Taken: Taken{Step: "penarikan", At: day, By: 5, Verdict: Withdraw,
		Values: map[string]string{"alasan": "keliru"}}}
	if err != nil || !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := c.TakeBack(Input{Role: party.Operator, Reason: " "}, facts()); told.Invalids(err).Of("alasan_tarik") == "" {
		t.Error("taken back without a reason:", err)
	}
	c.State = Done
	if _, err := c.TakeBack(Input{Role: party.Operator, Reason: "x"}, facts()); err != ErrOver || c.Next() != nil {
		t.Error("a case that is over is taken back:", err)
	}
	if err := c.MayTake(5, party.Administrator, facts()); err != ErrOver {
		t.Error(err)
	}
	if (&Case{Procedure: p, Taken: []Taken{{}}}).Letter() != "" {
		t.Error("a letter out of nothing")
	}
	if s, ok := p.Step(p.Steps[1].Key); !ok || s != &p.Steps[1] {
		t.Error("a step by its key")
	}
	if _, ok := p.Step("tidak-ada"); ok {
		t.Error("a step that there is not")
	}
	if _, ok := Find(Defaults(), "tidak-ada"); ok {
		t.Error("a procedure that there is not")
	}
}

// TestStepAsksForItsLetterScanAndVerdict at their bounds.
func TestStepAsksForItsLetterScanAndVerdict(t *testing.T) {
	p := &Procedure{Key: "p", Name: "P", Steps: []Step{{Key: "s", Letter: true, Scan: "must", Decision: true}}}
	for name, c := range map[string]struct {
		change func(*Input)
		field  string
	}{
		"whole":                {func(*Input) {}, ""},
		"letter of 100":        {func(in *Input) { in.Letter = strings.Repeat("x", 100) }, ""},
		"letter of 101":        {func(in *Input) { in.Letter = strings.Repeat("x", 101) }, "surat"},
		"no letter":            {func(in *Input) { in.Letter = " " }, "surat"},
		"letter of today":      {func(in *Input) { in.LetterDay = day }, ""},
		"letter of tomorrow":   {func(in *Input) { in.LetterDay = day.AddDate(0, 0, 1) }, "tanggal_surat"},
		"letter without a day": {func(in *Input) { in.LetterDay = time.Time{} }, "tanggal_surat"},
		"no scan":              {func(in *Input) { in.Scans = 0 }, "pindaian"},
		"no scan, but refused": {func(in *Input) { in.Scans, in.Verdict, in.Reason = 0, Refuse, "x" }, ""},
		"no verdict":           {func(in *Input) { in.Verdict = "" }, "keputusan"},
		"refused, no reason":   {func(in *Input) { in.Verdict, in.Reason = Refuse, " " }, "alasan"},
		"a reason of 2000":     {func(in *Input) { in.Reason = strings.Repeat("x", 2000) }, ""},
		"a reason of 2001":     {func(in *Input) { in.Reason = strings.Repeat("x", 2001) }, "alasan"},
	} {
		in := input(&p.Steps[0], 5, party.Administrator)
		c.change(&in)
		_, err := (&Case{Procedure: p, State: Open}).Take(in, facts())
		if got := told.Invalids(err); c.field == "" && err != nil || c.field != "" && (len(got) != 1 || got.Of(c.field) == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProceduresWithoutTheirPartsAreRefused(t *testing.T) {
	good := "key = \"a\"\nname = \"A\"\nclause = \"B\"\nneeds = \"agency\"\n[[step]]\nkey = \"x\"\nname = \"X\"\nby = \"agency\"\n"
	step := "[[step]]\nkey = \"y\"\nname = \"Y\"\nby = \"provider\"\n"
	choice := "[[step.field]]\nkey = \"f\"\nname = \"F\"\nkind = \"choice\"\n"
	for name, c := range map[string]struct{ text, says string }{
		"key": {strings.Replace(good, `key = "a"`, "", 1), "key, name, clause"}, "name": {strings.Replace(good, `name = "A"`, "", 1),
			"key, name, clause"},
		"clause": {strings.Replace(good, `clause = "B"`, "", 1), "key, name, clause"}, "steps": {good[:strings.Index(good, "[[")],
			"key, name, clause"},
		"needs": {strings.Replace(good, `"agency"`, `"all"`, 1), "needs"}, "step's key": {strings.Replace(good, `key = "x"`, "", 1),
			"a key of its own"},
		"step's name": {strings.Replace(good, `name = "X"`, "", 1), "a key of its own"}, "two of a key": {good + strings.Replace(step,
			`"y"`, `"x"`, 1), "a key of its own"},
		"scan": {good + "scan = \"often\"\n", "scan or by"}, "choice without options": {good + choice, "options for a choice"},
		"options without choice": {good + strings.Replace(choice, "choice", "text", 1) +
			"[[step.field.option]]\nvalue = \"v\"\nlabel = \"L\"\n", "options for a choice"},
		"a field twice": {good + strings.Repeat(strings.Replace(choice, "choice", "text", 1), 2), "field"},
		"otherwise":     {good + "otherwise = \"poc-failed\"\n", "for decisions"},
		"field's name":  {good + "[[step.field]]\nkey = \"f\"\nkind = \"text\"\n", "field"},
		"field's key":   {good + "[[step.field]]\nname = \"f\"\nkind = \"text\"\n", "field"},
	} {
		if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(c.text)}}, "p"); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(good)}, "p/b.toml": {Data: []byte(good)}}, "p"); err == nil ||
		!strings.Contains(err.Error(), "is taken") {
		t.Error("two of a key:", err)
	}
	whole := good + step + choice + "[[step.field.option]]\nvalue = \"v\"\nlabel = \"L\"\n"
	all, err := Read(fstest.MapFS{"p/a.toml": {Data: []byte(whole)}}, "p")
	if err != nil || len(all) != 1 {
		t.Fatal(err)
	}
	c := Case{Procedure: all[0], Taken: []Taken{{Values: map[string]string{"f": "v", "g": "w"}}}}
	if c.label("f") != "L" || c.label("g") != "w" {
		t.Error(c.label("f"), c.label("g"))
	}
	groups := Groups([]*Procedure{{Key: "1", Group: "A"}, {Key: "2"}, {Key: "3", Group: "A"}, {Key: "4"}})
	if len(groups) != 2 || groups[0].Name != "A" || groups[1].Name != "Lainnya" || len(groups[0].Procedures) != 2 ||
		len(groups[1].Procedures) != 2 {
		t.Errorf("%+v", groups)
	}
	for _, x := range []struct {
		step    Step
		verdict string
		want    bool
	}{{Step{Document: "nda"}, Approve, true}, {Step{Document: "nda"}, Refuse, false}, {Step{Document: "nda", Refused: true}, Refuse, true},
		{Step{}, Approve, false}} {
		if x.step.MakesDocument(x.verdict) != x.want {
			t.Errorf("%+v %s", x.step, x.verdict)
		}
	}
}

// An agreed end holds from the day after the last one, in the agency's zone; the agreement works until then.
func TestAnAgreedEndIsAfterItsLastDay(t *testing.T) {
	x := facts()
	last := day.AddDate(0, 1, 0)
	list, err := made(t, "terminate", x, "berlaku_terakhir", last.Format(time.DateOnly))
	if err != nil {
		t.Fatal(err)
	}
	d := list[0].(Decide)
	if next := x.Institution.Zone.Begin(last.AddDate(0, 0, 1)); !d.Decision.From.Equal(next) || d.Decision.Kind != agreement.Terminate {
		t.Errorf("%+v", d)
	}
	if _, _, after := d.Words(); after != "perjanjian diakhiri; hari terakhir 16 Oktober 2026" {
		t.Error(after)
	}
	if got := stops(d, x); len(got) != 1 || !strings.HasPrefix(got[0], "Setelah 16 Oktober 2026: Seluruh akses") {
		t.Error(got)
	}
	a := d.Agreement
	a.Decisions = append(a.Decisions, d.Decision)
	for instant, works := range map[time.Time]bool{d.Decision.From.Add(-time.Second): true, d.Decision.From: false} {
		if s := a.At(instant, x.Institution.Zone.Day(instant)).State; s.Works() != works {
			t.Errorf("%s: %s", instant, s)
		}
	}
}

// After a change of name the agreement ends on the day that was set, unless it has ended before; an agency without one owes no renewal.
func TestAChangeOfNameEndsTheAgreementUnlessItIsRenewed(t *testing.T) {
	x := facts()
	filled := []string{"nama_instansi", "Dinas Baru", "tenggat_pembaruan", day.AddDate(0, 3, 0).Format(time.DateOnly)}
	list, err := made(t, "rename-institution", x, filled...)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	d := list[1].(Decide)
	a := d.Agreement
	a.Decisions = append(a.Decisions, d.Decision)
	by, ok := a.RenewBy()
	if !ok || !by.Equal(x.Institution.Zone.Begin(day.AddDate(0, 3, 1))) {
		t.Error(by, ok)
	}
	if s := a.At(by.Add(-time.Second), day.AddDate(0, 3, 0)).State; !s.Works() {
		t.Error("the last day is in force:", s)
	}
	if s := a.At(by, day.AddDate(0, 3, 1)).State; s != agreement.Terminated {
		t.Error("the day after:", s)
	}
	if from, ended := a.Terminated(by); !ended || !from.Equal(by) {
		t.Error(from, ended)
	}
	successor := agreement.Agreement{ID: 9, SignedOn: day.AddDate(0, 1, 0), EndsOn: day.AddDate(2, 0, 0)}
	if g, ok := agreement.Current([]agreement.Agreement{a, successor}, by, day.AddDate(0, 3, 1)); !ok || g.Agreement != 9 ||
		!g.State.Works() {
		t.Error("the successor:", g)
	}
	if _, _, after := d.Words(); after != "berakhir apabila tidak diperbarui; hari terakhir 16 Desember 2026" {
		t.Error(after)
	}
	x.Grant.State = agreement.Ended
	if list, err := made(t, "rename-institution", x, filled...); err != nil || len(list) != 1 {
		t.Error("an agreement that has ended:", list, err)
	}
	x.Agreement, x.Grant = nil, nil
	if list, err := made(t, "rename-institution", x, filled...); err != nil || len(list) != 1 {
		t.Error("without an agreement:", list, err)
	}
}
