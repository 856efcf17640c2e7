package manuscript

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/document"
	"gapura/person/population"
)

func source() Source {
	terms := agreement.Terms{Elements: population.PKSElements, Methods: []string{agreement.Portal}, Quota: 200,
		Networks: []netip.Prefix{netip.MustParsePrefix("10.33.4.0/24")}, Purposes: []string{"verifikasi penerima bantuan"}}
	day := func(v string) time.Time { t, _ := time.Parse(time.DateOnly, v); return t }
	a := agreement.Agreement{ID: 1, ProviderNumber: "400.12/1001/2025", AgencyNumber: "470/2002/2025", SignedOn: day("2025-09-16"),
		EndsOn: day("2027-09-16"), Subject: "Pemanfaatan Data Kependudukan", Terms: terms}
	return Source{Government: "Pemerintah Kabupaten Rekaan", Office: "Dinas Kependudukan dan Pencatatan Sipil Kabupaten Rekaan",
		Address: "Jalan Contoh Nomor 1", Place: "Rekaan", URL: "https://gapura.rekaan.example/", Agreement: a,
		Grant: a.At(day("2026-01-01"), day("2026-01-01")), Institution: party.Institution{Code: "dinpertan", Name: "Dinas Pertanian"},
		Contacts: []party.Contact{{Side: "provider", Name: "Rekaan Satu", Phone: "0811"}, {Side: "agency", Name: "Rekaan Dua"}},
	}
}

// What the documents say of numbers, days and lists is written as agreements write it; what nobody knows is room to write by hand.
func TestValuesAreWrittenAsAgreementsWriteThem(t *testing.T) {
	s := source()
	v := s.Values(s.Initially(map[string]string{"urusan": "pertanian", "bandwidth": "2 Mbps", "titik": "3"}))
	for name, want := range map[string]string{
		"hari_penandatanganan": "Selasa tanggal enam belas bulan September tahun dua ribu dua puluh lima",
		"berakhir_kata":        "enam belas bulan September tahun dua ribu dua puluh tujuh", "elemen_jumlah": "8 (delapan)",
		"balikan_kata": "nomor/keterangan penerima bantuan dan jenis bantuan yang diterima", "titik_jaringan": "3 (tiga)",
		"daftar_balikan": "NIK;\nnomor/keterangan penerima bantuan; dan\njenis bantuan yang diterima.", "bandwidth": "2 Mbps",
		"dinas_singkat": "Dinas Dukcapil Kabupaten Rekaan", "singkatan": "DINPERTAN", "layanan": "verifikasi penerima bantuan",
		"url_balikan": "https://gapura.rekaan.example/api/v1/balikan", "kepala_nip": blank, "peraturan_daerah": blank,
		"daftar_pic_dinas": "Rekaan Satu, 0811", "pic_instansi": "Rekaan Dua", "metode_kapital": "WEB PORTAL", "jaringan": "10.33.4.0/24",
	} {
		if v[name] != want {
			t.Errorf("%s is %q, want %q", name, v[name], want)
		}
	}
	if v["elemen_kata"] != "NIK, nama lengkap, jenis kelamin, tempat lahir, tanggal/bulan/tahun lahir, status perkawinan, jenis "+
		"pekerjaan, dan alamat sekarang" {
		t.Error(v["elemen_kata"])
	}
	s.Agreement.SignedOn, s.Agreement.ProviderNumber = time.Time{}, ""
	if v := s.Values(nil); v["pks_nomor"] != blank || !strings.Contains(v["hari_penandatanganan"], "…") || v["pks_tanggal"] != blank {
		t.Errorf("an agreement that is not signed: %q, %q", v["pks_nomor"], v["hari_penandatanganan"])
	}
}

// An element that only some purposes may see is listed with them (A11).
func TestTheGuidelineSaysWhatEachPurposeMaySee(t *testing.T) {
	s := source()
	s.Grant.Purposes = []string{"bantuan", "beasiswa"}
	s.Grant.More = map[string]any{"purpose_elements": agreement.Narrowed{"beasiswa": population.PKSElements.Without(
		population.ElOccupation)}}
	v := s.Values(nil)["daftar_elemen"]
	if !strings.Contains(v, "Jenis Pekerjaan, hanya bagi tujuan bantuan;") || strings.Count(v, "hanya bagi") != 1 {
		t.Error(v)
	}
}

// The two templates use no value that is not drawn up.
func TestTheTemplatesAskForNothingElse(t *testing.T) {
	v := source().Values(nil)
	for _, k := range Kinds {
		tpl, ok := document.Default(string(k))
		if !ok {
			t.Fatal(k)
		}
		for _, f := range tpl.Fields() {
			if _, ok := v[f]; !ok && f != "meterai" {
				t.Errorf("%s: %s", k, f)
			}
		}
	}
}

func clauses(list ...string) (out []document.Clause) {
	for _, text := range list {
		out = append(out, document.Clause{Under: "Pasal 1", Label: "a.", Text: text})
	}
	return out
}

func words(s Side) string {
	var out []string
	for _, p := range s.Pieces {
		if p.Marked {
			p.Text = "[" + p.Text + "]"
		}
		out = append(out, p.Text)
	}
	return strings.Join(out, " ")
}

// Each clause of both versions stands in the comparison once, in order; what differs is marked word by word.
func TestVersionsAreComparedClauseByClause(t *testing.T) {
	before := clauses("satu dua tiga", "tetap", "akan hilang", "ekor")
	after := clauses("baru di depan", "satu lima tiga", "tetap", "ekor", "tambahan")
	var got []string
	for _, r := range Compare(before, after) {
		mark := "="
		if r.Changed {
			mark = "!"
		}
		got = append(got, mark+words(r.Old)+"|"+words(r.New))
	}
	want := "![satu dua tiga]|[baru di depan] / !|[satu lima tiga] / =tetap|tetap / ![akan hilang]| / =ekor|ekor / !|[tambahan]"
	if s := strings.Join(got, " / "); s != want {
		t.Errorf("%s\nwant %s", s, want)
	}
	rows := Compare(clauses("a", "kuota 200 hit per hari", "c"), clauses("a", "kuota 500 hit per hari", "c"))
	if len(rows) != 3 || words(rows[1].Old) != "kuota [200] hit per hari" || words(rows[1].New) != "kuota [500] hit per hari" ||
		!rows[1].Changed || rows[0].Changed || rows[1].Under != "Pasal 1" || rows[1].New.Label != "a." {
		t.Errorf("%+v", rows)
	}
	if !Same(before, before) || !Same(nil, nil) || Same(before, after) || Same(before, before[:3]) || Same(nil, before) {
		t.Error("what is the same")
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("a\nb\nc", "a\nx\nc\nd")
	f.Fuzz(func(t *testing.T, was, is string) {
		split := func(s string) (out []document.Clause) {
			for line := range strings.SplitSeq(s, "\n") {
				if line = strings.Join(strings.Fields(line), " "); line != "" {
					out = append(out, document.Clause{Text: line})
				}
			}
			return out
		}
		before, after := split(was), split(is)
		var old, now []string
		for _, r := range Compare(before, after) {
			for side, list := range map[*Side]*[]string{&r.Old: &old, &r.New: &now} {
				var text []string
				for _, p := range side.Pieces {
					text = append(text, p.Text)
				}
				if len(text) > 0 {
					*list = append(*list, strings.Join(text, " "))
				}
			}
		}
		if strings.Join(old, "\n") != strings.Join(texts(before), "\n") || strings.Join(now, "\n") != strings.Join(texts(after), "\n") {
			t.Fatalf("%q, %q", old, now)
		}
	})
}
