// Package pdftest reads PDFs with another program than the one that writes them: pdftotext of Debian's poppler-utils. Without it tests
// fail; make deps installs it.
package pdftest

import (
	"bytes"
	"os/exec"
	"testing"
)

// Text is what a PDF says, laid out as on paper, with a form feed after each page. Only go test -short (make quick) leaves it out, by the
// test's name.
func Text(t testing.TB, pdf []byte) string {
	t.Helper()
	if testing.Short() {
		t.Skip("-short leaves pdftotext out; make test runs it")
	}
	c := exec.Command("pdftotext", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatalf("pdftotext (Debian package poppler-utils): %v", err)
	}
	return string(out)
}
