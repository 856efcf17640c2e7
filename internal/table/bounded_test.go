package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"
)

// uploads are the limits of what an agency's people may send (see exchange/balikan).
var uploads = Limits{Rows: 5_000, Columns: 100, Cell: 4_000, Unpacked: 64 << 20}

// workbook is an XLSX of given parts, those that every one has apart.
func workbook(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	const r = `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	all := map[string]string{
		"xl/workbook.xml":            `<workbook ` + r + `><sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheetOf(`<row r="1"><c r="A1" t="inlineStr"><is><t>NIK</t></is></c></row>`),
	}
	for name, text := range parts {
		all[name] = text
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range all {
		f, err := w.Create(name)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func sheetOf(rows string) string { return `<worksheet><sheetData>` + rows + `</sheetData></worksheet>` }

const sheet1, shared, styles = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"

// bombs are files that are small, or not large, and ask for much.
func bombs(t *testing.T) map[string]struct {
	content []byte
	want    error // nil: it is read
} {
	const heading = `<row r="1"><c r="A1" t="inlineStr"><is><t>NIK</t></is></c></row>`
	text := func(n int) string { return strings.Repeat("a", n) }
	references := strings.Repeat(`<c t="s"><v>0</v></c>`, 100)
	sheets := strings.Repeat(`<sheet name="x" sheetId="1" r:id="rId1"/>`, 200_000)
	return map[string]struct {
		content []byte
		want    error
	}{
		"a million columns":      {[]byte("NIK\n" + strings.Repeat(";", 1_000_000) + "\n1\n"), ErrRow},
		"five million columns":   {[]byte("NIK;A\n" + strings.Repeat("1;", 2_500_000)), ErrRow},
		"a million headings":     {[]byte(strings.Repeat("NIK;", 1_000_000)), ErrRow},
		"one quote":              {[]byte("NIK;A\n1;\"x\n" + strings.Repeat("2;3\n", 1_000_000)), ErrRow},
		"quotes upon quotes":     {[]byte("NIK;A\n1;\"" + strings.Repeat(`""`, 2_000_000)), ErrRow},
		"empty lines":            {[]byte("NIK\n" + strings.Repeat("\n", 100_000)), nil},
		"a million rows":         {[]byte("NIK\n" + strings.Repeat("1\n", 1_000_000)), ErrRows},
		"deep XML":               {workbook(t, map[string]string{sheet1: strings.Repeat("<a>", 20_000_000)}), ErrFormat},
		"deep shared texts":      {workbook(t, map[string]string{shared: "<sst><si>" + strings.Repeat("<r>", 20_000_000)}), ErrFormat},
		"a cell's deep XML":      {workbook(t, map[string]string{sheet1: `<row><c>` + strings.Repeat("<v>", 20_000_000)}), ErrFormat},
		"ten million attributes": {workbook(t, map[string]string{sheet1: "<row" + strings.Repeat(` a=""`, 10_000_000) + "/>"}), ErrCell},
		"a giant tag":            {workbook(t, map[string]string{styles: "<" + text(60<<20) + "/>"}), ErrCell},
		"a giant comment":        {workbook(t, map[string]string{sheet1: "<!--" + text(60<<20) + "-->"}), ErrCell},
		"a giant text":           {workbook(t, map[string]string{shared: "<sst><si><t>" + text(60<<20) + "</t></si></sst>"}), ErrCell},
		"a text of a million runs": {workbook(t, map[string]string{shared: "<sst><si>" + strings.Repeat("<r><t>aaaaaaaa</t></r>",
			2_000_000) + "</si></sst>"}), nil},
		"a long text everywhere": {workbook(t, map[string]string{shared: "<sst><si>" + strings.Repeat("<r><t>"+text(1<<19)+"</t></r>", 40) +
			"</si></sst>",
			sheet1: sheetOf(heading + strings.Repeat("<row>"+references+"</row>", 5_000))}), ErrCell},
		"a long text in hidden rows": {workbook(t, map[string]string{shared: "<sst><si>" + strings.Repeat("<r><t>"+text(1<<19)+"</t></r>",
			40) + "</si></sst>",
			sheet1: sheetOf(heading + strings.Repeat(`<row hidden="1">`+references+"</row>", 20_000))}), nil},
		"ten million shared texts": {workbook(t, map[string]string{shared: "<sst>" + strings.Repeat("<si/>", 10_000_000) + "</sst>"}),
			ErrUnpacked},
		"many sheets": {workbook(t, map[string]string{"xl/workbook.xml": `<workbook xmlns:r="x"><sheets>` + sheets +
			`</sheets></workbook>`}), ErrSheets},
		"a sheet of a long name": {workbook(t, map[string]string{"xl/workbook.xml": `<workbook><sheet name="` + text(1<<19) +
			`" id="1"/></workbook>`}), ErrSheets},
		"many relations": {workbook(t, map[string]string{"xl/_rels/workbook.xml.rels": `<Relationships>` +
			strings.Repeat(`<Relationship Id="x" Target="y"/>`, 1_000_000) +
			`<Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`}), nil},
		"many styles": {workbook(t, map[string]string{styles: `<styleSheet><cellXfs>` + strings.Repeat(`<xf/>`, 10_000_000) +
			`</cellXfs></styleSheet>`}), ErrFormat},
		"many formats": {workbook(t, map[string]string{styles: `<styleSheet><numFmts>` + numbered(1_000_000) + `</numFmts></styleSheet>`}),
			ErrFormat},
		"a format of a million zeros": {workbook(t, map[string]string{
			styles: `<styleSheet><numFmts><numFmt numFmtId="200" formatCode="` + strings.Repeat("0", 1_000_000) +
				`"/></numFmts><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>`,
			sheet1: sheetOf(heading + strings.Repeat("<row>"+strings.Repeat(`<c s="0"><v>1</v></c>`, 100)+"</row>", 4_000))}), nil},
		"a million hidden rows": {workbook(t, map[string]string{sheet1: sheetOf(heading + strings.Repeat(`<row hidden="1"/>`,
			3_000_000))}), nil},
		"a million rows of a sheet": {workbook(t, map[string]string{sheet1: sheetOf(heading + strings.Repeat(`<row><c><v>1</v></c></row>`,
			1_000_000))}), ErrRows},
		"cells without end": {workbook(t, map[string]string{sheet1: sheetOf(heading + "<row>" + strings.Repeat(`<c/>`, 10_000_000) +
			"</row>")}), ErrColumns},
		"one cell far away": {workbook(t, map[string]string{sheet1: sheetOf(heading + `<row><c r="XFDXFDXFDXFDXFD1"/></row>`)}),
			ErrColumns},
		"more than it unpacks to": {workbook(t, map[string]string{shared: text(70 << 20)}), ErrUnpacked},
		"less than it says":       {lying(t, 100, 0), ErrFormat},
		"another check sum":       {lying(t, 0, 1), ErrFormat},
		"what it says":            {lying(t, 0, 0), nil},
	}
}

func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<numFmt numFmtId="%d" formatCode="0"/>`, i)
	}
	return b.String()
}

// lying is a workbook with a part of which the archive tells another size or check sum.
func lying(t *testing.T, size, check int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="A" id="1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="1" Target="worksheets/sheet1.xml"/></Relationships>`,
		sheet1:                       sheetOf(strings.Repeat(`<row><c t="str"><v>NIK</v></c></row>`, 1000)),
	} {
		h := &zip.FileHeader{Name: name, CRC32: crc32.ChecksumIEEE([]byte(text)), CompressedSize64: uint64(len(text)),
			UncompressedSize64: uint64(len(text))}
		if name == sheet1 {
			h.UncompressedSize64 -= uint64(size)
			h.CRC32 += uint32(check)
		}
		f, err := w.CreateRaw(h)
		if err == nil {
			_, err = f.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A watched is a file that looks, while it is read, at what is held in memory then.
type watched struct {
	bytes.Reader
	most uint64
}

func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	w.look()
	return w.Reader.ReadAt(p, at)
}

func (w *watched) look() (allocated uint64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	w.most = max(w.most, m.HeapAlloc)
	return m.TotalAlloc
}

// TestNoFileAsksForMoreThanItsShare reads what is made to fill the memory: at no time is more held for it than a workbook may unpack to,
// and all that was ever allocated, which stands for the work, is at most fifteen times that (measured: ten; the race detector adds to it).
func TestNoFileAsksForMoreThanItsShare(t *testing.T) {
	for name, c := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			file := &watched{Reader: *bytes.NewReader(c.content)}
			began := file.look()
			base := file.most
			opened, err := Open(file, int64(len(c.content)), uploads, Choice{})
			if err == nil {
				for _, e := range opened.Rows() {
					err = e
				}
			}
			allocated := file.look() - began
			runtime.KeepAlive(opened)
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			held := file.most - base
			t.Logf("%d KB: %d MB held, %d MB allocated in all", len(c.content)>>10, held>>20, allocated>>20)
			if held > uint64(uploads.Unpacked) || allocated > 15*uint64(uploads.Unpacked) {
				t.Errorf("%d KB: %d MB held, %d MB allocated in all", len(c.content)>>10, held>>20, allocated>>20)
			}
		})
	}
}
