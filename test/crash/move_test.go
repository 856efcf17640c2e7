package crash

import (
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/store/storetest"
)

// rows are all rows of a table in words that both engines share, sorted.
func rows(t *testing.T, db *sql.DB, table string, columns []string) (out []string) {
	t.Helper()
	r, err := db.Query(`SELECT "` + strings.Join(columns, `", "`) + `" FROM "` + table + `"`)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for r.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := r.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			switch v := v.(type) {
			case bool:
				values[i] = map[bool]int{true: 1}[v]
			case []byte:
				values[i] = fmt.Sprintf("%x", v)
			case nil:
				values[i] = "" // SQLite's driver has no word of its own for an empty blob; no column here is without a value
			case float64:
				values[i] = fmt.Sprintf("%.12g", v)
			}
		}
		out = append(out, fmt.Sprintf("%q", fmt.Sprint(values...)))
	}
	if err := r.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func open(t *testing.T, driver, source string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// same holds each table of the copy against its original, row by row, by a way of its own. What is told of the copy, each in its log, is
// all that may be new.
func same(t *testing.T, d district, to string) (tables, all int) {
	t.Helper()
	pg := open(t, "pgx", to)
	for _, file := range []string{"gapura.db", "gapura-population.db", "gapura-derived.db"} {
		lite := open(t, "sqlite", filepath.Join(d.dir, file))
		var names []string
		r, err := lite.Query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
		if err != nil {
			t.Fatal(err)
		}
		for r.Next() {
			var n string
			if err := r.Scan(&n); err != nil {
				t.Fatal(err)
			}
			names = append(names, n)
		}
		r.Close()
		for _, n := range names {
			if strings.HasPrefix(n, "goose") {
				continue
			}
			var columns []string
			r, err := lite.Query("SELECT name FROM pragma_table_info(?)", n)
			if err != nil {
				t.Fatal(err)
			}
			for r.Next() {
				var c string
				if err := r.Scan(&c); err != nil {
					t.Fatal(err)
				}
				columns = append(columns, c)
			}
			r.Close()
			was, is := rows(t, lite, n, columns), rows(t, pg, n, columns)
			tables, all = tables+1, all+len(was)
			if slices.Equal(was, is) {
				continue
			}
			missing := slices.DeleteFunc(slices.Clone(was), func(s string) bool { _, ok := slices.BinarySearch(is, s); return ok })
			// the record of the move: a change, its log's row and what binds it
			if len(missing) > 1 || len(is)-len(was) > 1 || !slices.Contains([]string{"changes", "logs", "leaves", "hashes", "rights"}, n) {
				t.Errorf("table %s: %d rows, %d in the copy; %d are not there as they were", n, len(was), len(is), len(missing))
			}
		}
		if err := lite.Close(); err != nil { // or the program finds the file in use
			t.Fatal(err)
		}
	}
	return tables, all
}

// goesOn holds each column that PostgreSQL numbers itself: the next number is behind all that were copied.
func goesOn(t *testing.T, to string) {
	t.Helper()
	pg := open(t, "pgx", to)
	r, err := pg.Query(`SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)
		FROM information_schema.columns WHERE table_schema = current_schema() AND is_identity = 'YES'`)
	if err != nil {
		t.Fatal(err)
	}
	var series [][3]string
	for r.Next() {
		var s [3]string
		if err := r.Scan(&s[0], &s[1], &s[2]); err != nil {
			t.Fatal(err)
		}
		series = append(series, s)
	}
	r.Close()
	filled := 0
	for _, s := range series {
		var last, highest int64
		if err := pg.QueryRow(`SELECT (SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM `+s[2]+`), COALESCE(max("`+s[1]+
			`"), 0) FROM "`+s[0]+`"`).Scan(&last, &highest); err != nil {
			t.Fatal(err)
		}
		if last < highest {
			t.Errorf("%s.%s: after %d comes %d", s[0], s[1], highest, last+1)
		}
		filled += int(min(highest, 1))
	}
	if filled < 5 {
		t.Errorf("%d numbered tables hold something: nothing is proven", filled)
	}
}

// An installation moves from SQLite to PostgreSQL: not while it serves, not over another one; killed in the middle, it goes on; every row
// is there, the quota goes on, and the old files are not served any more beside it.
func TestAnInstallationMovesToPostgreSQL(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinkop"] // 200 a day
	address, process := d.serve(t)
	before := load(4, func(c, i int) (answer, bool) {
		a, status, err := lookup(address, l, d.found[(c+i)%len(d.found)], fmt.Sprintf("P-%d-%d", c, i))
		return a, i < 25 && err == nil && status == http.StatusOK
	})
	to := storetest.Postgres(t)
	move := []string{"database", "copy", "--config", d.config(), "--to", to}
	if says, code := command(move...); code != 1 || !strings.Contains(says, "sedang dipakai") {
		t.Errorf("while it serves: %d %s", code, says)
	}
	process.Process.Signal(os.Interrupt)
	process.Wait()

	other := storetest.Postgres(t)
	setUp(t, other)
	says, code := command("database", "copy", "--config", d.config(), "--to", other)
	if code != 1 || !strings.Contains(says, "tidak kosong") {
		t.Errorf("over another installation: %d %s", code, says)
	}

	pg := open(t, "pgx", to)
	killed := int64(0)
	for killed == 0 { // in the middle: something is copied, and not all
		c := exec.Command(program, move...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		for over := time.Now().Add(time.Minute); time.Now().Before(over); time.Sleep(time.Millisecond) {
			if pg.QueryRow("SELECT COALESCE(sum(rows), 0) FROM copying_tables").Scan(&killed) == nil && killed > 200 {
				break
			}
		}
		c.Process.Kill()
		c.Wait()
	}
	half := district{dir: t.TempDir(), database: to}
	for _, name := range []string{"gapura.key", "gapura.key.anchor", "provider.toml"} {
		text, err := os.ReadFile(filepath.Join(d.dir, name))
		if err == nil && name == "provider.toml" {
			was := string(text)
			text = []byte(strings.Replace(was, `database = "gapura.db"`, fmt.Sprintf("database = %q", to), 1))
			if string(text) == was {
				t.Fatal("the configuration names no database")
			}
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(half.dir, name), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if says, code := command("serve", "--config", half.config()); code != 2 || !strings.Contains(says, "belum selesai") {
		t.Errorf("serving from half a copy: %d %s", code, says)
	}
	began := time.Now()
	says, code = command(move...)
	if code != 0 || !strings.Contains(says, "Melanjutkan") || !strings.Contains(says, "sama dengan yang dibangun ulang dari jurnal") {
		t.Fatalf("going on: %d %s", code, says)
	}
	took := time.Since(began)
	tables, all := same(t, d, to)
	goesOn(t, to)
	t.Logf("killed after %d of %d rows in %d tables; the rest in %.1f s", killed, all, tables, took.Seconds())
	if says, code := command(move...); code != 1 || !strings.Contains(says, "tidak kosong") {
		t.Errorf("once more: %d %s", code, says)
	}

	moved := half
	moved.api, moved.found = d.api, d.found
	used := 0
	for _, r := range check(t, moved, before) {
		if r.Hit {
			used++
		}
	}
	address, process = moved.serve(t)
	after := load(8, func(c, i int) (answer, bool) {
		a, status, err := lookup(address, l, d.found[c%len(d.found)], fmt.Sprintf("Q-%d-%d", c, i))
		return a, err == nil && status == http.StatusOK
	})
	if used+len(after) != 200 {
		t.Errorf("%d hits before the move and %d after it, want 200 together", used, len(after))
	}
	process.Process.Signal(os.Interrupt)
	process.Wait()
	if says, code := command("journal", "replay", "--config", moved.config()); code != 0 {
		t.Errorf("replay: %d %s", code, says)
	}
	if err := os.Rename(filepath.Join(moved.dir, "gapura.key.anchor"), filepath.Join(d.dir, "gapura.key.anchor")); err != nil {
		t.Fatal(err)
	}
	if says, code := command("journal", "replay", "--config", d.config()); code == 0 {
		t.Errorf("the old files pass beside the new ones: %s", says)
	}
}

// copied are the tables of which an unfinished copy has rows.
func copied(t *testing.T, pg *sql.DB) (names []string) {
	t.Helper()
	r, err := pg.Query("SELECT name FROM copying_tables")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for r.Next() {
		var n string
		if err := r.Scan(&n); err != nil {
			t.Fatal(err)
		}
		names = append(names, n)
	}
	return names
}

// A copy that is not what it was made from is refused. What was written between a kill and the next run is not left
// out: the copy begins anew.
func TestAMoveIsComparedAndBeginsAnewWhenTheFilesWereWrittenTo(t *testing.T) {
	d := setUp(t, "")
	to := storetest.Postgres(t)
	move := []string{"database", "copy", "--config", d.config(), "--to", to}
	pg := open(t, "pgx", to)
	c := exec.Command(program, move...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	for n, over := 0, time.Now().Add(time.Minute); n == 0 && time.Now().Before(over); time.Sleep(time.Millisecond) {
		_ = pg.QueryRow("SELECT count(*) FROM copying_tables").Scan(&n)
	}
	c.Process.Kill()
	c.Wait()
	spoiled := "" // in the copy, which is compared at the end
	for _, n := range copied(t, pg) {
		if _, err := pg.Exec(`DELETE FROM "` + n + `"`); err == nil {
			spoiled = n
			break
		}
	}
	if says, code := command(move...); code != 1 || !strings.Contains(says, "tabel "+spoiled+" di PostgreSQL (0 baris) tidak sama") {
		t.Errorf("a copy that lost the rows of %q: %d %s", spoiled, code, says)
	}
	address, process := d.serve(t)
	a, status, err := lookup(address, d.api["dinpertan"], d.found[0], "between")
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	process.Process.Kill()
	process.Wait()
	if says, code := command(move...); code != 0 || strings.Contains(says, "Melanjutkan") {
		t.Fatalf("%d %s", code, says)
	}
	moved := d
	moved.database = to
	check(t, moved, []answer{a})
}
