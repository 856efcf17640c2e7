// Command gen makes areas.tsv.gz from the unpacked npm package idn-area-data 4.0.1:
//
//	go run ./person/region/gen PACKAGE_DIR person/region/data/areas.tsv.gz
//
// Each line is the code without dots, a tab, and the name in upper case; the lines are sorted. The same package gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: gen PACKAGE_DIR OUT")
	}
	var lines []string
	for _, name := range []string{"provinces", "regencies", "districts", "villages"} {
		f, err := os.Open(filepath.Join(os.Args[1], "data", name+".csv"))
		if err != nil {
			log.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range rows[1:] {
			lines = append(lines, strings.ReplaceAll(r[0], ".", "")+"\t"+strings.ToUpper(r[len(r)-1])+"\n")
		}
	}
	slices.Sort(lines)
	var buf bytes.Buffer
	z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	for _, l := range lines {
		fmt.Fprint(z, l)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[2], buf.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
