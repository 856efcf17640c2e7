// Package pdftest reads PDFs with other programs than the one that writes them: pdftotext and pdfinfo of Debian's poppler-utils. Without
// it tests fail; make deps installs it.
package pdftest

import (
	"bytes"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// Text is what a PDF says, laid out as on paper, with a form feed after each page. Only go test -short (make quick) leaves it out, by the
// test's name.
func Text(t testing.TB, pdf []byte) string { return read(t, pdf, "-layout") }

// Body is what a PDF says between the head and the foot of its pages, both in millimetres, in the order in which it was written.
func Body(t testing.TB, pdf []byte, head, foot float64) string {
	const point = 72 / 25.4
	area := func(mm float64) string { return strconv.Itoa(int(mm * point)) }
	return read(t, pdf, "-raw", "-x", "0", "-y", area(head), "-W", area(210), "-H", area(297-head-foot))
}

// Title is what a PDF calls itself.
func Title(t testing.TB, pdf []byte) string {
	t.Helper()
	for line := range strings.Lines(run(t, pdf, "pdfinfo", "-")) {
		if title, ok := strings.CutPrefix(line, "Title:"); ok {
			return strings.TrimSpace(title)
		}
	}
	return ""
}

func read(t testing.TB, pdf []byte, how ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves pdftotext out; make test runs it")
	}
	return run(t, pdf, "pdftotext", append(how, "-", "-")...)
}

func run(t testing.TB, pdf []byte, program string, args ...string) string {
	t.Helper()
	c := exec.Command(program, args...)
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s (Debian package poppler-utils): %v", program, err)
	}
	return string(out)
}
