package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gapura/demo"
	"gapura/store/storetest"
)

// writings are a number as people write it.
func writings(digits string) map[string]string {
	in := func(zero rune) string {
		return strings.Map(func(r rune) rune { return zero + r - '0' }, digits)
	}
	grouped := digits[:4] + " " + digits[4:8] + " " + digits[8:12] + " " + digits[12:]
	return map[string]string{"plain": digits, "grouped": grouped, "dotted": strings.ReplaceAll(grouped, " ", "."),
		"Arabic": in('\u0660'), "full width": in('\uff10'), "Balinese": in('\u1b50')}
}

// fieldNames are the names of all fields in the pages' templates.
func fieldNames(t *testing.T) []string {
	found, name := map[string]bool{}, regexp.MustCompile(`\bname="([a-z][a-z0-9_.-]*)"`)
	err := filepath.WalkDir(filepath.Join("..", "..", "web"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".html") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range name.FindAllSubmatch(text, -1) {
			found[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(found) < 80 {
		t.Fatal(len(found), err)
	}
	return slices.Sorted(maps.Keys(found))
}

// A day in which every text that anybody could send, at every door that takes a form or a message, held a resident's number in some
// writing: afterwards none lies in the database with its mails, in an export or archive of a log, in what the service wrote, or in a
// temporary file. What is typed where a number is asked for is sealed.
func TestNoTextOfAWholeDayLeavesANIKAnywhere(t *testing.T) {
	names := fieldNames(t)
	storetest.Engines(t, func(t *testing.T, where string) {
		temporary := t.TempDir()
		t.Setenv("TMPDIR", temporary)
		w := newWalkOn(t, where)
		var log bytes.Buffer
		w.p.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		numbers := writings(w.out.Sample.Found[0])
		w.typeEverywhere(names, numbers)
		officer := w.actor("petugas.dinpertan")
		for range 260 { // an archive takes whole bundles of 256
			w.send(officer, "POST", "/cari", w.place(true), 0)
		}
		end := w.p.background()
		end()
		dir := filepath.Dir(w.file)
		out := filepath.Join(dir, "handed-out")
		if err := (journalExport{Config: w.file, Agency: "dinpertan", Out: out}).Run(); err != nil {
			t.Fatal(err)
		}
		if a, err := w.p.notary.Archive(t.Context(), w.p.store.Journal, officer.Institution, "dinpertan", w.at.AddDate(0, 0, 1),
			fromHere(w.p, "470/1")); err != nil || a == nil {
			t.Fatal("nothing is archived:", err)
		}
		places := map[string][]byte{"log of the service": log.Bytes(), "database": w.dump(where)}
		for _, folder := range []string{dir, temporary} {
			err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					places[path], err = os.ReadFile(path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if left, _ := os.ReadDir(temporary); len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
		}
		if !bytes.Contains(places["database"], []byte("petugas.dinpertan")) {
			t.Fatal("the search sees nothing")
		}
		for place, content := range places {
			for how, number := range numbers {
				if at := bytes.Index(content, []byte(number)); at >= 0 {
					t.Errorf("%s holds the number, %s: %q", place, how, content[max(0, at-60):min(len(content), at+60)])
				}
			}
		}
	})
}

// asked are fields that ask for a number or hold what is no text.
var asked = map[string]bool{"nik": true, "identitas": true, "cari": true, "cabut": true}

// typeEverywhere sends each form and message that there is, with a number in every text of it, and in one text after the other.
func (w *walk) typeEverywhere(names []string, numbers map[string]string) {
	w.Helper()
	path := strings.NewReplacer("{code}", "dinpertan", "{id}", "1", "{key}", "nda", "{login}", "petugas.dinpertan", "{period}", "2026-1",
		"{form}", "pdf", "{link}", "x", "{sidik}", "x", "{$}", "")
	who := map[string]actor{"o": w.actor("petugas.dinpertan"), "h": w.actor("kepala.dinpertan"), "m": w.actor("admin.dinpertan"),
		"a": w.actor("admin"), "r": w.actor("operator"), "u": w.actor("auditor")}
	writing := slices.Sorted(maps.Values(numbers))
	free := []string{"alasan", "alasan_tarik", "alasan_keputusan", "catatan", "uraian", "tindakan", "keterangan", "judul", "surat", "nama",
		"rekomendasi", "teks", "nomor", "jabatan", "dasar", "f.keterangan", "f.uraian"}
	sent := 0
	for _, pattern := range slices.Sorted(maps.Keys(w.routes)) {
		method, target, _ := strings.Cut(path.Replace(pattern), " ")
		if method != http.MethodPost || target == "/keluar" {
			continue
		}
		if strings.HasPrefix(target, "/api/") {
			for n, number := range writing {
				body := fmt.Sprintf(`{"nik":%q,"purpose":%q,"reference":%q,"key":%[3]q,"machine":%[3]q,"reader":%[3]q,"code":%[3]q}`,
					numbers["plain"], map[bool]string{true: demo.Purpose, false: number}[n%2 == 0], number)
				w.ask(target, body, w.place(true), bearer(who["o"].token))
				w.ask(target, fmt.Sprintf(`{"key":"kunci-%08d","items":[{"nik":%q,"param":[{"NOMOR":%q,"JENIS_BANTUAN":"Benih"}]}]}`, n,
					numbers["plain"], number), w.place(true), bearer(who["o"].token))
				sent += 2
			}
			continue
		}
		for letter, a := range who {
			if !strings.Contains(whoMay[pattern], letter) {
				continue
			}
			all := url.Values{}
			for n, name := range names {
				if all.Set(name, "menurut "+writing[n%len(writing)]); asked[name] {
					all.Set(name, numbers["plain"])
				}
			}
			w.form(a, target, false, all)
			w.form(a, target, true, all)
			for n, one := range free {
				values := url.Values{}
				for _, name := range names {
					values.Set(name, "1")
				}
				values.Set(one, writing[n%len(writing)])
				w.form(a, target, n%2 == 0, values)
			}
			sent += 2 + len(free)
		}
	}
	if sent < 1000 {
		w.Errorf("only %d messages were sent", sent)
	}
	for _, number := range writing { // programs at the old wire, and what stands in an address
		w.legacy("dinpertan/call_nik", "aplikasi.dinpertan", number, netip.MustParseAddr("127.0.0.9"))
		r := httptest.NewRequest("GET", "/konsol/pengguna?cari="+url.QueryEscape(number), nil)
		r.AddCookie(&http.Cookie{Name: "gapura", Value: who["a"].session})
		r.RemoteAddr = "127.0.0.9:1"
		w.h.ServeHTTP(httptest.NewRecorder(), r)
	}
}

// dump is all that the tables of the database hold.
func (w *walk) dump(where string) []byte {
	w.Helper()
	driver, address, list := "sqlite", "file:"+w.p.cfg.Database, "SELECT name FROM sqlite_master WHERE type = 'table'"
	if strings.HasPrefix(where, "postgres") {
		driver, address, list = "pgx", where, "SELECT tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		w.Fatal(err)
	}
	defer db.Close()
	rows := func(query string, each func([]any)) {
		r, err := db.Query(query)
		if err != nil {
			w.Fatal(query, err)
		}
		defer r.Close()
		columns, _ := r.Columns()
		for r.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := r.Scan(values...); err != nil {
				w.Fatal(err)
			}
			each(values)
		}
	}
	var tables []string
	rows(list, func(v []any) { tables = append(tables, fmt.Sprint(*v[0].(*any))) })
	var out bytes.Buffer
	for _, name := range tables {
		rows(`SELECT * FROM "`+name+`"`, func(v []any) {
			for _, x := range v {
				if b, ok := (*x.(*any)).([]byte); ok {
					out.Write(b)
				} else {
					fmt.Fprint(&out, *x.(*any))
				}
				out.WriteByte('|')
			}
			out.WriteByte('\n')
		})
	}
	return out.Bytes()
}
