// Package notices holds the licence texts of what others wrote and the program contains: Go modules, the standard library, embedded data,
// scripts and fonts. notices.txt.gz is made by make notices; make check refuses it when it is older than what is built.
package notices

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
)

//go:embed notices.txt.gz
var compressed []byte

// Write writes all notices as text (UTF-8).
func Write(w io.Writer) error {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}
