package population

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"
)

// reading reads as of a fixed day and takes an empty life status for living.
var (
	living  = Alive
	reading = Reading{Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC), EmptyStatus: &living}
)

// persons are those whom a full set tells of.
func persons(how Reading) func(r io.ReaderAt, size int64) iter.Seq2[Person, error] {
	return func(r io.ReaderAt, size int64) iter.Seq2[Person, error] {
		return func(yield func(Person, error) bool) {
			f, err := how.Open(r, size)
			if err != nil {
				yield(Person{}, err)
				return
			}
			for row, err := range f.Rows() {
				if !yield(row.person, err) {
					return
				}
			}
		}
	}
}

// text is a file's content.
func text(s string) (io.ReaderAt, int64) { return strings.NewReader(s), int64(len(s)) }

const goodRow = "3303010101800001,3303010101010001,BUDI,1,X,1980-01-01,1,1,JL,1,1,33,3,1,2001,0\n"

func TestHeaderMustBeClear(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "judul"}, {"\"", "judul"}, {strings.Replace(header, "ALAMAT,", "", 1) + goodRow, "ALAMAT"},
		{strings.Replace(header, "NIK,", "NIK,nik ,", 1) + goodRow, "NIK ada dua kali"},
	} {
		n := 0
		for _, err := range persons(reading)(text(c.in)) {
			var row *RowError
			if n++; err == nil || errors.As(err, &row) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: %v", c.in, err)
			}
		}
		if n != 1 {
			t.Errorf("%q: %d answers", c.in, n)
		}
	}
}

// A torn file can be read up to a place.
type torn struct {
	*strings.Reader
	from int64
	err  error
}

func (r torn) ReadAt(b []byte, at int64) (int, error) {
	if at+int64(len(b)) > r.from {
		b = b[:max(0, r.from-at)]
	}
	n, _ := r.Reader.ReadAt(b, at)
	return n, r.err
}

func TestReaderFaultEndsReading(t *testing.T) {
	fault, n := errors.New("disk"), 0
	whole := header + goodRow + strings.Repeat(goodRow, 1000)
	for _, err := range persons(reading)(torn{strings.NewReader(whole), int64(len(header) + len(goodRow)), fault}, int64(len(whole))) {
		if n++; err != nil && !errors.Is(err, fault) {
			t.Fatal(err)
		}
	}
	if n != 1 {
		t.Fatalf("%d answers", n)
	}
}

// TestRowsLostToAQuoteAreCounted: a quote that is not closed takes rows with it, and the error says which.
func TestRowsLostToAQuoteAreCounted(t *testing.T) {
	spoilt := strings.Replace(goodRow, "BUDI", `"BUDI`, 1)
	var last error
	for _, err := range persons(reading)(text(header + goodRow + spoilt + goodRow + goodRow)) {
		last = err
	}
	var row *RowError
	if !errors.As(last, &row) || row.Line != 3 || !strings.Contains(row.Problem, "baris 3 sampai") {
		t.Fatal(last)
	}
}

func TestReadingMayStopEarly(t *testing.T) {
	for _, err := range persons(reading)(text(header + "x\n" + goodRow)) {
		if err == nil {
			t.Fatal("went on")
		}
		break
	}
}

func TestCodesBecomeWords(t *testing.T) {
	read := func(column int, value string) (Person, error) {
		f := strings.Split(strings.TrimSpace(goodRow), ",")
		f[column] = value
		for p, err := range persons(reading)(text(header + strings.Join(f, ",") + "\r\n")) {
			return p, err
		}
		return Person{}, io.EOF
	}
	born := func(p Person) string { return p.BirthDate.Format(time.DateOnly) }
	for _, c := range []struct {
		column int
		value  string
		get    func(Person) string
		want   string
	}{
		{3, "Laki-Laki", func(p Person) string { return p.Sex.String() }, "Laki-Laki"},
		{3, "p", func(p Person) string { return p.Sex.String() }, "Perempuan"},
		{5, "31-12-1979", born, "1979-12-31"}, {5, "31/12/1979", born, "1979-12-31"}, {5, "1979-12-31", born, "1979-12-31"},
		{6, "4", func(p Person) string { return p.Marital }, "CERAI MATI"},
		{6, "KAWIN TERCATAT", func(p Person) string { return p.Marital }, "KAWIN TERCATAT"},
		{7, "64", func(p Person) string { return p.Occupation }, "DOSEN"}, {7, "09", func(p Person) string { return p.Occupation },
			"PETANI/PEKEBUN"},
		{7, "PAWANG UJAN", func(p Person) string { return p.Occupation }, "PAWANG UJAN"},
		{9, "0", func(p Person) string { return p.RT }, ""}, {9, "", func(p Person) string { return p.RT }, ""},
		{9, "7", func(p Person) string { return p.RT }, "007"},
		{13, "01", func(p Person) string { return p.Village }, "3303012001"},
	} {
		p, err := read(c.column, c.value)
		if err != nil || c.get(p) != c.want {
			t.Errorf("%s %q: %q %v", columns[c.column], c.value, c.get(p), err)
		}
	}
	for _, value := range []string{"1799-12-31", "2100-01-01", "30-02-1980", "", "-", "2026-11-28"} {
		if _, err := read(5, value); err == nil {
			t.Errorf("took the birth date %s", value)
		}
	}
}

func TestCodecRefusesWhatItCannotGiveBack(t *testing.T) {
	good := take(1, 1)[0]
	for name, spoil := range map[string]func(*Person){
		"no NIK": func(p *Person) { *p = Person{} }, "sex": func(p *Person) { p.Sex = 3 }, "status": func(p *Person) { p.Status = 4 },
		"early": func(p *Person) { p.BirthDate = epoch.AddDate(0, 0, -1) }, "late": func(p *Person) {
			p.BirthDate = latest.AddDate(0, 0,
				1)
		},
		"no midnight": func(p *Person) { p.BirthDate = p.BirthDate.Add(time.Hour) },
	} {
		p := good
		spoil(&p)
		if b, err := p.AppendBinary(nil); err == nil || b != nil {
			t.Errorf("%s is encoded", name)
		}
	}
	for _, born := range []time.Time{epoch, latest} {
		p, q := good, Person{}
		p.BirthDate = born
		b, err := p.AppendBinary(nil)
		if err != nil || q.UnmarshalBinary(b) != nil || q != p {
			t.Errorf("%s does not come back", born)
		}
	}
}

// FuzzOneEncodingOnly: what decodes is the encoding of what it decodes to; a failure leaves the person as it was.
func FuzzOneEncodingOnly(f *testing.F) {
	for _, p := range take(5, 1) {
		b, _ := p.AppendBinary(nil)
		f.Add(b)
	}
	good := take(1, 9)[0]
	b, _ := good.AppendBinary(nil)
	f.Add(slices.Concat(b[:7], []byte{0x90, 0}, b[8:])) // the length 16 in two bytes
	f.Add(slices.Concat(b[:3], []byte{255, 255, 255, 255}, b[7:]))
	f.Fuzz(func(t *testing.T, b []byte) {
		p := good
		if len(b) > 0 && b[0] == codecEight {
			return // what was sealed before the further elements is read, and written in today's form
		}
		if p.UnmarshalBinary(b) != nil {
			if p != good {
				t.Fatal("a failure changed the person")
			}
			return
		}
		if again, err := p.AppendBinary(nil); err != nil || !bytes.Equal(again, b) {
			t.Fatal("two encodings of one person")
		}
	})
}

func TestEncodedPersonsAreSmall(t *testing.T) {
	total := 0
	list := take(1000, 1)
	for _, p := range list {
		b, _ := p.AppendBinary(nil)
		total += len(b)
	}
	if mean := total / len(list); mean > 180 {
		t.Errorf("%d bytes a person", mean)
	}
}

func BenchmarkCodec(b *testing.B) {
	p, buf, q := take(1, 1)[0], []byte(nil), Person{}
	b.Run("append", func(b *testing.B) {
		for b.Loop() {
			buf, _ = p.AppendBinary(buf[:0])
		}
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			q.UnmarshalBinary(buf)
		}
	})
}

// BenchmarkReadCSV reads 10 000 rows in one turn.
func BenchmarkReadCSV(b *testing.B) {
	var file bytes.Buffer
	if err := WriteCSV(&file, Generate(10_000, 1, "3303")); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, err := range persons(reading)(text(file.String())) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// TestARowIsReadWithLittleWork bounds what reading a row allocates, which stands for its work: a million of them are read in a minute or
// less beside lookups.
func TestARowIsReadWithLittleWork(t *testing.T) {
	const rows = 2_000
	var file strings.Builder
	if err := WriteCSV(&file, Generate(rows, 1, "3303")); err != nil {
		t.Fatal(err)
	}
	text := file.String()
	allocated := testing.AllocsPerRun(3, func() {
		f, err := Reading{Kind: Full, Today: time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)}.Open(strings.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for _, err := range f.Rows() {
			if count++; err != nil {
				t.Fatal(err)
			}
		}
		if count != rows {
			t.Fatal(count)
		}
	})
	t.Logf("%.0f allocations for a row", allocated/rows)
	if allocated > 40*rows {
		t.Errorf("%.0f allocations for a row", allocated/rows)
	}
}
