package balikan

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/internal/table"
)

// TestFilesThatFailedInTheField: files as offices' programs wrote them (invented persons), each with what is right: rows that are taken as
// "NIK NOMOR JENIS_BANTUAN", or what is said of them, and what is named as left out.
func TestFilesThatFailedInTheField(t *testing.T) {
	const asNumber = "disimpan sebagai angka"
	for file, want := range map[string]struct{ rows, left []string }{
		"03-card-number-as-number.xlsx": {rows: []string{"2 field NOMOR: " + asNumber, "3 field NOMOR: " + asNumber}},
		"03-nik-typed-as-number.xlsx":   {rows: []string{"2 field NIK: " + asNumber}},
		"04-second-sheet.xlsx":          {rows: []string{"2 1030250305850015 KT-1 UREA"}, left: []string{"lembar"}},
		"09-utf16-tab.txt":              {rows: []string{"2 1030250305850001 KT-1 UREA"}},
		"14-leading-apostrophe.csv":     {rows: []string{"2 1030250305850006 KT-1 UREA", "3 1030250305850007 KT-2 UREA"}},
	} {
		content, err := os.ReadFile(filepath.Join("testdata", "field", file))
		if err != nil {
			t.Fatal(err)
		}
		read, err := ReadTable(content, agreement.DefaultBalikan, table.Choice{})
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		var rows []string
		for _, r := range read.Rows {
			said := ""
			if r.Problem != nil {
				said = r.Problem.Error()
			} else {
				said = strings.Join([]string{r.Item.NIK.Digits(), r.Item.Params[0]["NOMOR"], r.Item.Params[0]["JENIS_BANTUAN"]}, " ")
			}
			rows = append(rows, string(rune('0'+r.Line))+" "+said)
		}
		starts := func(got, want []string) bool {
			return slices.EqualFunc(got, want, strings.HasPrefix)
		}
		if !starts(rows, want.rows) || !starts(read.Left, want.left) {
			t.Errorf("%s: %q, left out %q", file, rows, read.Left)
		}
	}
}
