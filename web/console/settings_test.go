package console

import (
	"bytes"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/document"
	"gapura/internal/told"
	"gapura/office/evaluation"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/office/report"
	"gapura/store/storetest"
)

// What the page of the template language shows can be written: each example is printed, and no sign that a template of the program uses is
// left out.
func TestTheTemplateLanguageIsDocumented(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	page := r.do(r.session("operator"), "GET", "/konsol/surat/bahasa", nil, "").Body.String()
	examples := regexp.MustCompile(`(?s)<pre class="contoh">(.*?)</pre>`).FindAllStringSubmatch(page, -1)
	if len(examples) < 20 {
		t.Fatalf("%d examples", len(examples))
	}
	shown := ""
	for _, x := range examples {
		text := html.UnescapeString(x[1])
		shown += "\n" + text
		if err := r.office.CheckText(document.Template{Key: "contoh", Name: "Contoh", Text: text}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	used := map[string]bool{}
	for _, d := range document.Defaults() {
		for _, m := range regexp.MustCompile(`(?m)^([a-z]{2,20})(:|$)`).FindAllStringSubmatch(d.Text, -1) {
			used[m[1]] = true
		}
	}
	for sign := range used {
		if !regexp.MustCompile(`(?m)^` + sign + `(:|$)`).MatchString(shown) {
			t.Errorf("the sign %q has no example", sign)
		}
	}
	for _, x := range regexp.MustCompile(`(?s)<pre class="contoh-toml">(.*?)</pre>`).FindAllStringSubmatch(page, -1) {
		if _, err := report.LoadLayout(html.UnescapeString(x[1])); err != nil {
			t.Error(err)
		}
	}
	for _, c := range report.Contents {
		if !strings.Contains(page, "<code>"+c.Key+"</code>") {
			t.Errorf("%s is not described", c.Key)
		}
	}
}

// Weights and the layout of workbooks are changed on a page, without a release; what cannot be used is refused with a clear message and
// nothing that was typed is lost.
func TestWeightsAndLayoutAreSettings(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		admin := r.session("admin")
		set := func(key, text, version string) string {
			t.Helper()
			w := r.post(admin, "/konsol/surat/"+key, url.Values{"teks": {text}, "versi": {version},
				"alasan": {"Format baru dari kementerian"}})
			if w.Code == http.StatusSeeOther {
				r.settle(w)
				return ""
			}
			if !strings.Contains(html.UnescapeString(w.Body.String()), strings.TrimSpace(text)) {
				t.Errorf("what was typed for %s is lost", key)
			}
			return html.UnescapeString(regexp.MustCompile(`(?s)role="alert"><p>(.*?)</p>`).FindString(w.Body.String()))
		}
		for text, want := range map[string]string{
			strings.Replace(evaluation.DefaultText, "bobot = 30", "bobot = 31", 1):       "Jumlah bobot adalah 101; harus 100.",
			strings.Replace(evaluation.DefaultText, "bobot = 30", "bobt = 30", 1):        "“bagian.bobt” bukan pengaturan yang dikenal.",
			strings.Replace(evaluation.DefaultText, `"balikan"`, `"entah"`, 1):           "Bagian “entah” tidak dikenal",
			strings.Replace(evaluation.DefaultText, "mulai = 0", "mulai = 10", 1):        "Peringkat yang terakhir harus mulai dari 0",
			strings.Replace(evaluation.DefaultText, "[pengurang]", "[penguranx]", 1):     "bukan pengaturan yang dikenal",
			strings.Replace(evaluation.DefaultText, `"dibatasi"`, `"dihapuskan"`, 1):     "Saran peringkat D harus",
			strings.Replace(evaluation.DefaultText, "di_bawah = 70", "di_bawah = 95", 1): "Saran bagian “balikan” harus berurut",
		} {
			if got := set("bobot-evaluasi", text, "0"); !strings.Contains(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		}
		before, err := r.office.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		swapped := strings.Replace(evaluation.DefaultText, "bobot = 30", "bobot = 5", 1)
		swapped = strings.Replace(swapped, "bobot = 10\n", "bobot = 35\n", 1)
		if got := set("bobot-evaluasi", swapped, "0"); got != "" {
			t.Fatal(got)
		}
		after, err := r.office.Rules(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f := evaluation.Figures{Found: 10, Met: 10, Report: evaluation.Missing}
		if a, b := before.Evaluate(f).Score, after.Evaluate(f).Score; a <= b {
			t.Errorf("a missing report weighs more now: %d, then %d", a, b)
		}
		changed := func(old, with string) string { return strings.Replace(report.DefaultLayout, old, with, 1) }
		for text, want := range map[string]string{
			changed(`isi = "tujuan"`, `isi = "entah"`):          "Lembar ke-4 “Tujuan”: isi “entah” tidak dikenal",
			changed(`"Tujuan"`, `"Metode"`):                     "namanya sudah dipakai lembar lain",
			changed(`["Bulan", "nama"]`, `["Bulan", "bulan"]`):  "isi kolom “bulan” tidak dikenal",
			changed(`["Instansi", "instansi"]`, `["Instansi"]`): "setiap baris ditulis sebagai [judul, isi]",
			changed(`"Ringkasan"`, `"Ring/kasan"`):              "nama harus 1 sampai 31 karakter",
			changed(`lebar = 42`, `lebar = 420`):                "lebar harus 1 sampai 200",
			"[[lembar]]\nnama = 'A'\nisi = 'metode'\nlebar = 9": "kolom harus 1 sampai 50",
			"nama = 'x": "Naskah tidak dapat dibaca",
			"# kosong":  "paling sedikit satu [[lembar]]",
		} {
			if got := set("tata-buku-kerja", text, "0"); !strings.Contains(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		}
		// What a model of a reader is compared with (H2).
		for text, want := range map[string]string{
			reader.DefaultText + "[[butir]]\nnama = \"Lain\"\n":                  "Butir ke-8 harus mempunyai nama dan uraian",
			strings.Replace(reader.DefaultText, "uraian = ", "keterangan = ", 1): "bukan pengaturan yang dikenal",
		} {
			if got := set(procedure.SpecificationKey, text, "0"); !strings.Contains(got, want) {
				t.Errorf("%q, want %q", got, want)
			}
		}
		if got := set(procedure.SpecificationKey, reader.DefaultText+"[[butir]]\nnama = \"Garansi\"\nuraian = \"Dua tahun.\"\n",
			"0"); got != "" {
			t.Fatal(got)
		}
		x, err := r.store.Cases.Facts(t.Context(), 1, r.now)
		if err != nil || len(x.Reader) != len(reader.DefaultSpecification)+1 || !x.Reader.Has("Garansi") {
			t.Errorf("%v, %v", x.Reader, err)
		}
		short := `[[lembar]]
nama = "Rekap kementerian"
isi = "metode"
lebar = 30
kolom = [["Cara", "nama"], ["Banyaknya", "permintaan"]]`
		if got := set("tata-buku-kerja", short, "0"); got != "" {
			t.Fatal(got)
		}
		k, err := office.ReportsOf(r.office).Report(t.Context(), 1, report.Semester(obligation.SemesterOf(r.now)))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := office.ReportsOf(r.office).XLSX(t.Context(), k.Report, false)
		if err != nil {
			t.Fatal(err)
		}
		if got := sheets(t, raw); len(got) != 1 || got["Rekap kementerian"][0][1] != "Banyaknya" {
			t.Errorf("%v", got)
		}
		if w := r.do(admin, "GET", "/konsol/surat/tata-buku-kerja/contoh.pdf", nil, ""); w.Code != http.StatusNotFound {
			t.Errorf("a layout is printed as a letter: %d", w.Code)
		}
	})
}

func sheets(t *testing.T, raw []byte) map[string][][]string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if out[name], err = f.GetRows(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// A joint decree is pasted on the calendar's page, shown with the days and the due dates that move, proposed, and holds once another
// administrator has approved it.
func TestADecreeIsImportedByTwo(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		r.now = time.Date(2027, 1, 4, 3, 0, 0, 0, time.UTC)
		admin := r.session("admin")
		form := url.Values{"tahun": {"2027"}, "dasar": {"SKB 3 Menteri Nomor 1 Tahun 2026"},
			"naskah": {"1 Januari 2027; libur; Tahun Baru\n" +
				"2027-01-05; libur; Isra Mikraj\n2027-01-06; cuti; Cuti bersama Isra Mikraj"}}
		page := r.post(admin, "/konsol/kalender/keputusan", form).Body.String()
		for _, want := range []string{"Cuti bersama Isra Mikraj (cuti bersama)", "Laporan semester 2026-2", "18 Januari 2027",
			"19 Januari 2027",
			"lebih lambat", "Ajukan perubahan kalender", "masih perkiraan"} {
			if !strings.Contains(page, want) {
				t.Errorf("the preview does not say %q", want)
			}
		}
		form.Set("ajukan", "ya")
		w := r.post(admin, "/konsol/kalender/keputusan", form)
		file := w.Header().Get("Location")
		if w.Code != http.StatusSeeOther || !strings.HasPrefix(file, "/konsol/berkas/") {
			t.Fatal(w.Code, w.Body)
		}
		decreed := func() bool {
			t.Helper()
			list, err := r.store.Calendar.Holidays(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c := obligation.NewCalendar(list)
			return c.Decreed(2027) && !c.IsWorkday(time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC)) &&
				c.IsWorkday(time.Date(2027, 3, 11, 0, 0, 0, 0, time.UTC)) && c.Decreed(2026)
		}
		approve := map[string]string{"langkah": "1", "keputusan": "approve"}
		if w := r.multipart(admin, file, approve, ""); w.Code != http.StatusConflict || decreed() {
			t.Errorf("whoever proposed it decides: %d", w.Code)
		}
		if w := r.multipart(r.session("admin2"), file, approve, ""); w.Code != http.StatusSeeOther || !decreed() {
			t.Errorf("approved: %d, decreed %v", w.Code, decreed())
		}
		if page := r.do(admin, "GET", "/konsol/kalender?tahun=2027", nil, "").Body.String(); strings.Contains(page, "perkiraan") {
			t.Error("the year still counts as an estimate")
		}
		form.Set("naskah", "1 Januari 2026; libur; Tahun Baru\n2 Januari 2027; merah; Libur rekaan")
		w = r.post(admin, "/konsol/kalender/keputusan", form)
		if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity ||
			!strings.Contains(body, "Baris 1: tanggal bukan pada tahun 2027") ||
			!strings.Contains(body, "Baris 2: jenis harus libur atau cuti") || !strings.Contains(body, "merah; Libur rekaan") {
			t.Errorf("a faulty decree: %d", w.Code)
		}
	})
}

// What the office asks of passwords is proposed by one and approved by another; from then on it is asked wherever a password is chosen, and
// one that is older has to be changed after the second factor, before anything else.
func TestRulesOfPasswordsAreChangedByTwoAndHoldAtOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r, ctx := open(t, engine), t.Context()
		admin := r.session("admin")
		rule := func(min, kinds, days string) *httptest.ResponseRecorder {
			return r.post(admin, "/konsol/kata-sandi", url.Values{"panjang": {min}, "jenis": {kinds}, "hari": {days},
				"alasan": {"Peraturan BSSN 4/2021"}})
		}
		w := rule("9", "5", "7")
		for _, want := range []string{"paling sedikit 10", "0 sampai 4", "30 sampai 3.650", `value="9"`, `value="7"`} {
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
				t.Errorf("%d: %q is not on the page", w.Code, want)
			}
		}
		stale := rule("12", "0", "0")
		r.settle(rule("14", "3", "90"))
		set, err := r.store.Letters.PasswordPolicy(ctx)
		if err != nil || set != (party.Policy{Min: 14, Kinds: 3, Days: 90}) {
			t.Fatalf("%+v %v", set, err)
		}
		if body := r.do(r.session("auditor"), "GET", "/konsol/kata-sandi", nil, "").Body.String(); !strings.Contains(body, set.Rule()) {
			t.Error("the rule is not shown")
		}
		if w := r.multipart(r.session("admin2"), stale.Header().Get("Location"), map[string]string{"langkah": "1",
			"keputusan": procedure.Approve}, ""); w.Code != http.StatusConflict {
			t.Errorf("a proposal that another decision overtook is approved: %d", w.Code)
		}
		r.entry.Policy = r.store.Letters.PasswordPolicy
		u, _, err := r.store.Users.UserByLogin(ctx, "operator")
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.Add(91 * 24 * time.Hour)
		token, err := r.entry.SignIn.Open(ctx, party.Session{User: u.ID, Stage: party.Enrol})
		if err != nil {
			t.Fatal(err)
		}
		pending := func(token string) party.Session {
			s, _, err := r.entry.SignIn.Pending(ctx, token)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		secret := party.NewTOTP()
		if token, err = r.entry.SetTOTP(ctx, token, pending(token), u, secret, party.TOTPCode(secret, r.now)); err != nil {
			t.Fatal(err)
		}
		if _, in, err := r.entry.SignIn.Session(ctx, token); in || err != nil || pending(token).Stage != party.Renew {
			t.Fatal("an old password is enough after the second factor", err)
		}
		about := party.About{Login: u.Login}
		for _, weak := range []string{"pendek", "ladang kopi lereng gunung"} {
			if _, err := r.entry.Choose(ctx, token, pending(token), u, weak, about); told.Invalids(err).Of("password") == "" {
				t.Errorf("%q is taken: %v", weak, err)
			}
		}
		if token, err = r.entry.Choose(ctx, token, pending(token), u, "Ladang kopi lereng Slamet 7", about); err != nil {
			t.Fatal(err)
		}
		if _, in, err := r.entry.SignIn.Session(ctx, token); !in || err != nil {
			t.Error("not signed in after the change", err)
		}
	})
}

// TestAnOwnRegistryAnswersByALeaveOfTwo (A10): the Director General's letter with number, date and last day is proposed by one and approved
// by another; until it holds, and from its end on, the page warns.
func TestAnOwnRegistryAnswersByALeaveOfTwo(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		admin := r.session("admin")
		const warned = "Registri sendiri dipakai tanpa izin yang berlaku"
		day := func(n int) string { return r.now.AddDate(0, 0, n).Format(time.DateOnly) }
		leave := func(number, date, until, reason string) *httptest.ResponseRecorder {
			return r.post(admin, "/konsol/data-penduduk", url.Values{"nomor": {number}, "tanggal": {date}, "sampai": {until},
				"alasan": {reason}})
		}
		page := func() string {
			return r.do(r.session("auditor"), "GET", "/konsol/data-penduduk", nil, "").Body.String()
		}
		if !strings.Contains(page(), warned) {
			t.Error("no warning without a leave")
		}
		for _, c := range [][5]string{
			{"", day(-9), day(30), "x", "Nomor surat harus diisi"}, {"470/1", "", day(30), "x", "Tanggal harus diisi"},
			{"470/1", day(-9), "", "x", "Tanggal harus diisi"}, {"470/1", day(2), day(30), "x", "Tanggal surat belum tiba"},
			{"470/1", day(-9), day(-10), "x", "tidak boleh sebelum tanggal surat"},
			{"470/1", day(-9), day(365 * 11), "x", "lebih dari 10 tahun"}, {"470/1", day(-9), day(30), " ", "Alasan harus diisi"},
		} {
			if w := leave(c[0], c[1], c[2], c[3]); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), c[4]) {
				t.Errorf("%q: %d", c, w.Code)
			}
		}
		stale := leave("470/1/RALAT", day(-9), day(60), "Surat Direktur Jenderal")
		w := leave("470/1", day(-9), day(30), "Surat Direktur Jenderal")
		file := w.Header().Get("Location")
		approve := map[string]string{"langkah": "1", "keputusan": procedure.Approve}
		if w := r.multipart(admin, file, approve, ""); w.Code != http.StatusConflict || !strings.Contains(page(), warned) {
			t.Errorf("whoever proposed it decides: %d", w.Code)
		}
		r.settle(w)
		got, err := r.store.Registry.Leave(t.Context())
		if err != nil || got.Number != "470/1" || got.Date.Format(time.DateOnly) != day(-9) || got.Until.Format(time.DateOnly) != day(30) {
			t.Fatalf("%+v %v", got, err)
		}
		if text := page(); strings.Contains(text, warned) || !strings.Contains(text, "nomor 470/1 tanggal") {
			t.Error("the leave is not shown")
		}
		if w := r.multipart(r.session("admin2"), stale.Header().Get("Location"), approve, ""); w.Code != http.StatusConflict {
			t.Errorf("a proposal that another decision overtook is approved: %d", w.Code)
		}
		r.now = r.now.AddDate(0, 0, 31)
		if !strings.Contains(r.do(r.session("auditor"), "GET", "/konsol/data-penduduk", nil, "").Body.String(), warned) {
			t.Error("no warning after its end")
		}
	})
}
