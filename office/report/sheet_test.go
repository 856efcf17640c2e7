package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
)

// A flat document of LibreOffice, as far as the test reads it.
type flat struct {
	Tables []struct {
		Name string `xml:"name,attr"`
		Rows []struct {
			Cells []struct {
				Type  string   `xml:"value-type,attr"`
				Value string   `xml:"value,attr"`
				Date  string   `xml:"date-value,attr"`
				Texts []string `xml:"p"`
			} `xml:"table-cell"`
		} `xml:"table-row"`
	} `xml:"body>spreadsheet>table"`
}

// opened is the workbook as LibreOffice reads it: cells as "float 12", "date 2026-07-01", "string abc" by sheet, row and column, and the
// workbook that it writes again.
func opened(t *testing.T, xlsx []byte) (cells map[string][][]string, again *excelize.File) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.xlsx"), xlsx, 0o600); err != nil {
		t.Fatal(err)
	}
	convert := func(to string) []byte {
		out, err := exec.Command("soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless", "--convert-to", to,
			"--outdir", filepath.Join(dir, "out"), filepath.Join(dir, "a.xlsx")).CombinedOutput()
		if err != nil {
			t.Fatalf("soffice (Debian package libreoffice-calc-nogui): %v %s", err, out)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "out", "a."+to))
		if err != nil {
			t.Fatalf("soffice wrote nothing: %s", out)
		}
		return raw
	}
	raw := convert("fods")
	var doc flat
	if err := xml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	cells = map[string][][]string{}
	for _, table := range doc.Tables {
		for _, row := range table.Rows {
			var line []string
			for _, c := range row.Cells {
				text := strings.Join(c.Texts, " ")
				switch c.Type {
				case "float":
					text = c.Value
				case "date":
					text = c.Date
				}
				line = append(line, c.Type+" "+text)
			}
			cells[table.Name] = append(cells[table.Name], line)
		}
	}
	again, err := excelize.OpenReader(bytes.NewReader(convert("xlsx")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { again.Close() })
	return cells, again
}

// LibreOffice reads every figure of the workbook as a number, every date as a date, and nothing as a formula; figures lead to their
// records.
func TestWorkbookIsReadByLibreOffice(t *testing.T) {
	p, err := ParsePeriod("2026-07-15_2026-09-30")
	if err != nil {
		t.Fatal(err)
	}
	day := func(m time.Month, d int) time.Time { return time.Date(2026, m, d, 0, 0, 0, 0, time.UTC) }
	months := [][]Usage{
		{{1, journal.ActLookup, agreement.Portal, "bantuan", string(access.Found), 1200, 1200}, {2, journal.ActMatch, agreement.API, "=1+1",
			string(access.Found), 30, 30}},
		{{1, journal.ActLookup, agreement.Portal, "", string(access.Purpose), 4, 0}, {1, journal.ActSignIn, agreement.Portal, "",
			string(access.Entered), 99, 0}},
		{{2, journal.ActLookup, agreement.API, "bantuan", string(access.Deceased), 7, 7}},
	}
	r := Make(p, day(10, 1), Facts{
		Code: "dinpertan", Agency: "Dinas Pertanian", SPTJM: day(1, 2), People: []Person{{ID: 1, Login: "petugas", NDA: day(2, 3)},
			{ID: 2, Login: "aplikasi"}},
		Balikan: []BalikanLine{{"petugas", balikan.Rate{Opened: 9, Met: 5, Late: 2, Excused: 1}}}, Incidents: []Named{{"Nomor 1", 17}},
		Narrative: map[string]string{"kendala": "=HYPERLINK(\"x\")"},
	}, months)
	xlsx, err := r.XLSX(defaultLayout(t), "https://gapura.example/riwayat")
	if err != nil {
		t.Fatal(err)
	}
	cells, again := opened(t, xlsx)
	row := func(sheet string, n int, want ...string) {
		t.Helper()
		if n >= len(cells[sheet]) || fmt.Sprint(cells[sheet][n][:min(len(want), len(cells[sheet][n]))]) != fmt.Sprint(want) {
			t.Errorf("%s, row %d: %q, want %q", sheet, n+1, cells[sheet], want)
		}
	}
	row("Bulanan", 0, "string Bulan", "string Data", "string Verifikasi", "string Pemberitahuan", "string Ditolak", "string Permintaan",
		"string Kuota")
	row("Bulanan", 1, "string Juli 2026", "float 1200", "float 30", "float 0", "float 0", "float 1230", "float 1230")
	row("Bulanan", 2, "string Agustus 2026", "float 0", "float 0", "float 0", "float 4", "float 4", "float 0")
	row("Bulanan", 3, "string September 2026", "float 0", "float 0", "float 7", "float 0", "float 7", "float 7")
	row("Pengguna", 1, "string petugas", "float 1200", "float 0", "float 0", "float 4", "float 1204", "float 1200")
	row("Tujuan", 2, "string =1+1", "float 0", "float 30")
	row("Tujuan", 3, "string Tanpa tujuan", "float 0", "float 0", "float 0", "float 4")
	row("Data balikan", 1, "string petugas", "float 9", "float 5", "float 2", "float 1", "float 3")
	row("Insiden", 1, "string Nomor 1", "float 17")
	row("Ringkasan", 3, "string Dari", "date 2026-07-15")
	found := 0
	for _, line := range cells["Ringkasan"] {
		switch line[0] {
		case "string Permintaan":
			found++
			if line[1] != "float 1241" {
				t.Error(line)
			}
		case "string Kendala":
			found++
			if line[1] != `string =HYPERLINK("x")` {
				t.Error(line)
			}
		}
	}
	if found != 2 {
		t.Errorf("%q", cells["Ringkasan"])
	}
	for at, want := range map[string]string{
		"Bulanan!B2": "angka=data&dari=2026-07-15&sampai=2026-07-31", "Bulanan!E4": "angka=ditolak&dari=2026-09-01&sampai=2026-09-30",
		"Pengguna!F2": "angka=permintaan&dari=2026-07-15&sampai=2026-09-30&user=petugas",
		"Tujuan!E4":   "angka=ditolak&dari=2026-07-15&sampai=2026-09-30&tujuan=-",
		"Hasil!G2":    "angka=kuota&dari=2026-07-15&hasil=found&sampai=2026-09-30",
	} {
		sheet, cell, _ := strings.Cut(at, "!")
		ok, link, err := again.GetCellHyperLink(sheet, cell)
		if err != nil || !ok {
			t.Errorf("%s leads nowhere, %v", at, err)
			continue
		}
		u, err := url.Parse(link)
		if err != nil || u.Host+u.Path != "gapura.example/riwayat" || u.Query().Encode() != want {
			t.Errorf("%s leads to %q, %v", at, link, err)
		}
	}
	if plain, err := r.XLSX(defaultLayout(t), ""); err != nil || strings.Contains(string(plain), "gapura.example") {
		t.Error("links without a list", err)
	}
}

func defaultLayout(t testing.TB) Layout {
	t.Helper()
	l, err := LoadLayout(DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	return l
}
