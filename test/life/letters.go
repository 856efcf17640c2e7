package life

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"gapura/internal/document/pdftest"
)

// Every letter and form that comes out of the story is read as it is printed: none has a place that is empty although the house knows what
// belongs there.

// scanned is within the scans that the story hands in, which are no letters of the house.
const scanned = "pindaian rekaan"

// letters reads the letters that the page links to and that nobody has read yet. before: they are of an agreement that is being made.
func (w *World) letters(b *Browser, before bool) {
	w.T.Helper()
	each(b.page, func(n *html.Node) {
		to := attr(n, "href")
		if n.DataAtom != atom.A || w.read[to] || !letterPath.MatchString(to) {
			return
		}
		if w.read == nil {
			w.read = map[string]bool{}
		}
		w.read[to] = true
		a := b.send(httptest.NewRequest(http.MethodGet, to, nil))
		if a.Code != http.StatusOK {
			w.T.Fatalf("%s: %d", to, a.Code)
		}
		w.letter(a.Body.Bytes(), before)
	})
}

var letterPath = regexp.MustCompile(`^/konsol/dokumen/\d+$|^/laporan/.*/pdf$|/formulir$`)

// letter holds one letter; run with -artifacts, the test leaves it to be looked at.
func (w *World) letter(pdf []byte, before bool) {
	w.T.Helper()
	if !bytes.HasPrefix(pdf, []byte("%PDF")) || bytes.Contains(pdf, []byte(scanned)) {
		return
	}
	title := pdftest.Title(w.T, pdf)
	w.titles = append(w.titles, title)
	file := fmt.Sprintf("%03d %s %s.pdf", len(w.titles), w.Day().Format(time.DateOnly), strings.ReplaceAll(title, "/", "-"))
	if err := os.WriteFile(filepath.Join(w.T.ArtifactDir(), file), pdf, 0o600); err != nil {
		w.T.Fatal(err)
	}
	said := pdftest.Text(w.T, pdf)
	for _, gap := range Gaps(said, before) {
		w.T.Errorf("%s: %q", file, gap)
	}
}

var (
	// byHand are the places that the signers fill in with a pen: the day of the signing, and the number that an agency gives its minutes.
	byHand = regexp.MustCompile(`(Pada hari ini|tanggal|Tanggal|bulan|tahun|Purbalingga,|SAM DAN PENONAKTIFAN CARD READER Nomor:) …{3,}`)
	// unnumbered are those of a statement that is signed together with the agreement, whose numbers are not known before.
	unnumbered = regexp.MustCompile(`Nomor …{3,} dan Nomor …{3,}`)
	// emptyField is a field that ends where its value should begin.
	emptyField = regexp.MustCompile(`(?m)^ *(?:[\p{L}0-9*/()-]+ ){0,7}[\p{L}0-9*/()-]+ +:[ -]*$`)
	// nothing is what programs write for nothing.
	nothing = regexp.MustCompile(`<nil>|%!|\{\{|\}\}|\?{2,}|…+|map\[|0001-01|1 Januari 1\b|<no value>`)
	// emptyWord is a word after which its value is missing.
	emptyWord = regexp.MustCompile(
		`\b(?:[Nn]omor (?:dan|tanggal|antara|tentang|perihal|hal)|[Tt]anggal (?:dan|antara|tentang|perihal|hal|PIHAK|berlaku)|` +
			`NIP [^\da]|NIP$|(?:antara|tentang|oleh|perihal|sejak|sampai dengan|sampai|bagi|kepada|dari) ?[,;)]|` +
			`(?:[Nn]omor|[Tt]anggal|antara|tentang|oleh|perihal|sejak|sampai|bagi|kepada|dari|dan) ?\.(?: |$)|antara dan|dan tanggal)`)
	// emptyPlace is what is left between two marks.
	emptyPlace = regexp.MustCompile(` [,;.](?: |$)|,,|\( *\)|“ *”|: ;|Yth\. (?:di|$)`)
)

// Gaps are the places of a printed letter that say nothing where a value belongs. before: it was printed before its agreement was signed.
func Gaps(printed string, before bool) (out []string) {
	for _, line := range emptyField.FindAllString(printed, -1) {
		if l := strings.TrimSpace(line); !strings.HasPrefix(l, "Lampiran ") {
			out = append(out, l)
		}
	}
	flat := byHand.ReplaceAllString(strings.Join(strings.Fields(printed), " "), "$1 (diisi tangan)")
	if before {
		flat = unnumbered.ReplaceAllString(flat, "Nomor (diisi tangan)")
	}
	for _, missing := range []*regexp.Regexp{nothing, emptyWord, emptyPlace} {
		for _, at := range missing.FindAllStringIndex(flat, -1) {
			out = append(out, strings.ToValidUTF8(flat[max(0, at[0]-60):min(len(flat), at[1]+40)], ""))
		}
	}
	return out
}
