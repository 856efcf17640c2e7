package portal

import (
	"bytes"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/demo/demotest"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/store/storetest"
	"gapura/web/site"
)

// Data balikan by the portal's form, by a reason, and by a table with good rows, bad ones and one that was sent before; on the demo's
// district.
func TestBalikanByThePortal(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		at := time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)
		clock := func() time.Time { return at }
		st, built, _ := demotest.District(t, where, at, 50, 1)
		officer, _, err := st.Users.UserByLogin(t.Context(), "petugas.dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		w := journal.NewWriter(st.Journal)
		t.Cleanup(w.Close)
		gate := &access.Gate{Rights: st.Rights, Source: st.Registry, Log: w, Now: clock}
		entry := admission.NewEntry(st.Accounts, st.Credentials, clock)
		log := new(bytes.Buffer)
		authority := &access.Authority{Log: w, Rights: st.Rights, Now: clock}
		p := &Portal{Site: site.New(site.Config{May: authority.Allow, Read: authority.Read, Entry: entry, Rights: st.Rights, Now: clock,
			Log: slog.New(slog.NewTextHandler(log, nil))}), Gate: gate, History: st.History(), Balikan: st.Balikan}
		p.Intake = &balikan.Intake{Store: st.Deliveries(), Authority: authority}
		h := p.Handler()
		token, err := entry.SignIn.Open(t.Context(), party.Session{User: officer.ID})
		if err != nil {
			t.Fatal(err)
		}
		send := func(path, kind string, body []byte) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", path, bytes.NewReader(body))
			if body == nil {
				r = httptest.NewRequest("GET", path, nil)
			}
			r.RemoteAddr = "127.0.0.1:1"
			r.Header.Set("Content-Type", kind)
			r.AddCookie(&http.Cookie{Name: "gapura", Value: token})
			out := httptest.NewRecorder()
			h.ServeHTTP(out, r)
			return out
		}
		form := func(path string, f url.Values) *httptest.ResponseRecorder {
			return send(path, "application/x-www-form-urlencoded", []byte(f.Encode()))
		}
		upload := func(table string, more ...string) string {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			f, _ := m.CreateFormFile("berkas", "x.csv")
			f.Write([]byte(table))
			for i := 0; i+1 < len(more); i += 2 {
				m.WriteField(more[i], more[i+1])
			}
			m.Close()
			return send("/balikan/unggah", m.FormDataContentType(), b.Bytes()).Body.String()
		}
		found := built.Sample.Found
		choosesWhatIsRead(t, upload, found)
		for n := range 4 {
			a, err := gate.Lookup(t.Context(), access.Request{
				Who: access.Known(officer.ID), Method: agreement.Portal, Address: netip.MustParseAddr("127.0.0.1"), NIK: found[n],
				Purpose: demo.Purpose, Reference: fmt.Sprintf("P-%d", n),
			})
			if err != nil || a.Code != access.Found {
				t.Fatal(a.Code, err)
			}
		}
		page := send("/balikan", "", nil).Body.String()
		if !strings.Contains(page, "4 orang") || strings.Contains(page, found[0]) || !strings.Contains(page, "P-3") {
			t.Error("the page misses what is open or shows a NIK")
		}
		one := url.Values{"nik": {found[0]}, "NOMOR": {"1"}, "JENIS_BANTUAN": {"Pupuk"}}
		for _, c := range []struct {
			field, value, says string
		}{{"nik", "33030101", "nik"}, {"JENIS_BANTUAN", "", "harus diisi"}, {"NOMOR", "a\x07b", "NOMOR"},
			{"JENIS_BANTUAN", "N/A", "Isian JENIS_BANTUAN: harus diisi"}} {
			bad := url.Values{}
			for k, v := range one {
				bad[k] = v
			}
			bad.Set(c.field, c.value)
			if r := form("/balikan", bad); r.Code/100 != 4 || !strings.Contains(r.Body.String(), c.says) {
				t.Errorf("%s: %d", c.field, r.Code)
			}
		}
		if strings.Contains(page, "perlu diperiksa") {
			t.Error("something is doubtful before anything was sent")
		}
		if r := form("/balikan", one); r.Code != http.StatusSeeOther || r.Header().Get("Location") != "/balikan?selesai=data" {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		// Somebody whom nobody looked up is taken, and the sender is told on the page that follows.
		r := form("/balikan", url.Values{"nik": {found[9]}, "NOMOR": {"1"}, "JENIS_BANTUAN": {"Pupuk"}})
		if r.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		told := send(r.Header().Get("Location"), "", nil).Body.String()
		for _, says := range []string{"telah diterima", "NIK yang belum pernah dicari oleh instansi Anda", "perlu diperiksa",
			"•" + found[9][14:]} {
			if !strings.Contains(told, says) {
				t.Errorf("the page lacks %q", says)
			}
		}
		if strings.Contains(told, found[9]) || strings.Count(told, "belum pernah dicari oleh instansi Anda</td>") != 1 {
			t.Error("the page shows a NIK, or the wrong ones")
		}
		if r := form("/balikan", one); r.Code != http.StatusUnprocessableEntity || !strings.Contains(r.Body.String(),
			"sudah pernah dikirim") {
			t.Errorf("a repeat: %d", r.Code)
		}
		// the first that is due; it is found[0]'s, which is met by now
		seq := regexp.MustCompile(`name="catatan" value="(\d+)"`).FindStringSubmatch(page)
		if r := form("/balikan/alasan", url.Values{"catatan": {seq[1]}, "alasan": {"mundur"}}); r.Code != http.StatusConflict {
			t.Errorf("a reason for what has data balikan: %d", r.Code)
		}
		seq = regexp.MustCompile(`name="catatan" value="(\d+)"`).FindStringSubmatch(send("/balikan", "", nil).Body.String())
		if r := form("/balikan/alasan", url.Values{"catatan": {seq[1]}, "alasan": {"karangan"}}); r.Code != http.StatusUnprocessableEntity {
			t.Errorf("a reason that does not exist: %d", r.Code)
		}
		if r := form("/balikan/alasan", url.Values{"catatan": {seq[1]}, "alasan": {"mundur"}}); r.Code != http.StatusSeeOther {
			t.Errorf("a reason: %d %s", r.Code, r.Body)
		}

		table := "NIK;Nomor;Jenis bantuan\n" + found[2] + ";2;Benih\n" + found[0] + ";1;Pupuk\nRAHASIA;3;Benih\n" + found[3] + ";;Benih\n"
		preview := upload(table)
		for _, says := range []string{"3 baris tidak dapat dikirim", "sudah pernah dikirim", "field nik", "field NOMOR",
			"1 baris siap dikirim"} {
			if !strings.Contains(preview, says) {
				t.Errorf("the preview lacks %q", says)
			}
		}
		if strings.Contains(preview, "RAHASIA") {
			t.Error("the preview repeats a value that is wrong")
		}
		if got, err := st.Balikan.Received(t.Context(), officer.Institution, time.Time{}, false, 10); err != nil || len(got) != 2 {
			t.Fatal("a preview sent something", len(got), err)
		}
		data := regexp.MustCompile(`(?s)<textarea name="data" hidden>(.*?)</textarea>`).FindStringSubmatch(preview)
		if r := form("/balikan/kirim", url.Values{"data": {data[1]}}); r.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", r.Code, r.Body)
		}
		if r := form("/balikan/kirim", url.Values{"data": {data[1]}}); r.Code != http.StatusUnprocessableEntity {
			t.Errorf("sent twice: %d", r.Code)
		}
		for _, bad := range []string{"", "a;b\n1;2", "\x00\x01", "NIK;NOMOR\n1;2"} {
			if body := upload(bad); strings.Contains(body, "siap dikirim") || !strings.Contains(body, `role="alert"`) {
				t.Errorf("%q was taken for a table", bad)
			}
		}
		rates, err := st.Balikan.AllRates(t.Context(), at.AddDate(0, -1, 0), time.Time{})
		if err != nil || rates[officer.Institution] != (balikan.Rate{Opened: 4, Met: 2, Excused: 1}) {
			t.Errorf("%+v %v", rates[officer.Institution], err)
		}
		if log.Len() > 0 {
			t.Error(log)
		}
	})
}

// choosesWhatIsRead: what a workbook holds beside its first sheet is named, and read when the sender chooses it.
func choosesWhatIsRead(t *testing.T, upload func(table string, more ...string) string, found []string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	rows := func(sheet string, list ...[]any) {
		for i, row := range list {
			if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	rows("Sheet1", []any{"Rekap bantuan tahun ini"})
	if _, err := f.NewSheet("Penerima & aid"); err != nil {
		t.Fatal(err)
	}
	heading := []any{"NIK", "NOMOR", "JENIS_BANTUAN"}
	rows("Penerima & aid", heading, []any{found[1], "KT-1", "Pupuk"}, []any{found[2], "KT-2", "Benih"})
	if err := f.SetRowVisible("Penerima & aid", 3, false); err != nil {
		t.Fatal(err)
	}
	out, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	book := out.String()
	const choice = "<option>Penerima &amp; aid</option>"
	if page := upload(book); !strings.Contains(page, "judul kolom") || !strings.Contains(page, choice) {
		t.Errorf("another sheet cannot be chosen: %s", page)
	}
	page := upload(book, "lembar", "Penerima & aid")
	for _, want := range []string{"1 baris siap dikirim", "KT-1", "1 baris tersembunyi (mulai baris 3)", "lembar &#34;Sheet1&#34;",
		"<option selected>Penerima &amp; aid</option>", `name="tersembunyi"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the preview lacks %q: %s", want, page)
		}
	}
	if strings.Contains(page, "KT-2") {
		t.Error("a hidden row is read unasked")
	}
	if page := upload(book, "lembar", "Penerima & aid", "tersembunyi", "ya"); !strings.Contains(page, "2 baris siap dikirim") {
		t.Errorf("hidden rows cannot be chosen: %s", page)
	}
	if page := upload(book, "lembar", "Tidak ada"); !strings.Contains(page, "embar yang dipilih tidak ada") {
		t.Errorf("a sheet that is not there: %s", page)
	}
}
