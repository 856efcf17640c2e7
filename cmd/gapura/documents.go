package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
)

// restsOn holds the signed documents that the accesses of a log name by their hash against files (E19): a refusal names the first access
// that rests on a document which is none of them. It tells how many rest on each.
func restsOn(log fs.FS, size int64, files []string) error {
	of, count := map[string]string{}, map[string]int{}
	for _, f := range files {
		content, err := os.ReadFile(f)
		if err != nil {
			return fmt.Errorf("--document: %w", err)
		}
		of[fmt.Sprintf("%x", sha256.Sum256(content))] = f
	}
	unnamed := 0
	err := journal.Entries(log, size, func(entry []byte) error {
		r, _, access, err := journal.DecodeRecord(entry)
		if err != nil || !access || r.Basis == "" {
			return err
		}
		hashes := agreement.Hashes(r.Basis)
		if len(hashes) == 0 {
			unnamed++
		}
		for _, h := range hashes {
			if of[h] == "" {
				return refusal{fmt.Errorf("entry %s rests on a document with the hash %s, which is none of those given", r.ID, h)}
			}
			count[h]++
		}
		return nil
	})
	if err != nil {
		return err
	}
	for h, f := range of {
		fmt.Printf("%d accesses rest on %s (SHA-256 %s)\n", count[h], f, h)
	}
	if unnamed > 0 {
		fmt.Fprintf(os.Stderr, "note: %d accesses rest on agreements of before documents were known by their hash\n", unnamed)
	}
	return nil
}
