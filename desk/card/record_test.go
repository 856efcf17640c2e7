package card

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"gapura/agreement/reader"
)

// An invented person, as a service's leaves.
var sari = []pair{
	{"nik", "3303014101800001"}, {"namaLengkap", "SARI WULANDARI"}, {"tempatLahir", "PURBALINGGA"}, {"tanggalLahir", "01-01-1980"},
	{"jenisKelamin", "PEREMPUAN"},
	{"golonganDarah", "O"}, {"alamat", "JL. MAWAR 7"}, {"rt", "001"}, {"rw", "002"}, {"kelurahan", "KEMANGKON"}, {"kecamatan", "KEMANGKON"},
	{"kabupaten", "PURBALINGGA"},
	{"provinsi", "JAWA TENGAH"}, {"agama", "ISLAM"}, {"statusPerkawinan", "KAWIN"}, {"pekerjaan", "PETANI/PEKEBUN"},
	{"kewarganegaraan", "WNI"},
	{"berlakuHingga", "SEUMUR HIDUP"},
}

func builtIn(t testing.TB) table {
	t.Helper()
	names, err := newTable(nil)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func sariRecord(t testing.TB) Record {
	t.Helper()
	r, err := builtIn(t).fold("Contoh", sari)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reveals fails the test when a text shows a value of the person.
func reveals(t testing.TB, text string) {
	t.Helper()
	for _, p := range sari {
		if len(p.value) > 3 && strings.Contains(text, p.value) {
			t.Errorf("a value of field %s is shown", p.name)
		}
	}
	if strings.Contains(text, "1980") {
		t.Error("the birth date is shown")
	}
}

func TestRecordShowsNoValueByAccident(t *testing.T) {
	r := sariRecord(t)
	if r.Count() != len(sari) {
		t.Fatalf("%d fields of %d", r.Count(), len(sari))
	}
	hidden := struct {
		record Record
		list   []Record
	}{r, []Record{r}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&out, verb+verb+verb, r, &r, hidden)
	}
	fmt.Fprint(&out, errors.New(r.String()), hidden)
	slog.New(slog.NewTextHandler(&out, nil)).Info("read", "record", r, "hidden", hidden)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("read", "record", r, "hidden", hidden)
	if err := json.NewEncoder(&out).Encode(map[string]any{"record": r, "all": hidden}); err != nil {
		t.Fatal(err)
	}
	reveals(t, out.String())
	if !strings.Contains(out.String(), "KTP-el (18 isian)") {
		t.Error("the record is not told at all")
	}
}

func TestWipedRecordIsEmptyInAllCopies(t *testing.T) {
	r := sariRecord(t)
	r.content().uid, r.content().photo = []byte{1, 2}, []byte{3}
	other, uid, photo := r, r.UID(), r.Photo()
	r.Wipe()
	if other.Count() != 0 || !other.NIK().IsZero() || other.UID() != nil || other.Photo() != nil {
		t.Error("a copy still has values")
	}
	if !bytes.Equal(uid, []byte{0, 0}) || !bytes.Equal(photo, []byte{0}) {
		t.Error("bytes are not wiped")
	}
	Record{}.Wipe()
}

// H7, H8: what only a SAM or the ministry can establish is never claimed, in whatever words.
func TestNothingIsCalledVerified(t *testing.T) {
	claims := regexp.MustCompile(`(?i)verif|sahih|\basli\b|terbukti|autentik|terjamin|\bvalid`)
	var texts []string
	for _, sam := range []Claim{ClaimNone, ClaimUsed, ClaimUnused} {
		texts = append(texts, Origin{Service: "Contoh", SAM: sam}.Note())
	}
	texts = append(texts, Origin{}.Note())
	for _, s := range texts {
		if !strings.Contains(s, "tidak diperiksa") {
			t.Errorf("%q does not say what was not checked", s)
		}
	}
	for _, m := range messages {
		texts = append(texts, m.text, m.err.Error())
	}
	for _, f := range Fields() {
		texts = append(texts, f.String(), f.Label())
	}
	for _, s := range texts {
		if claims.MatchString(s) {
			t.Errorf("%q", s)
		}
	}
}

func TestMessageForEveryError(t *testing.T) {
	if Message(nil) != "" || Message(errors.New("x")) == "" {
		t.Error("no error, or one unknown")
	}
	seen := map[string]error{}
	for _, m := range messages {
		got := Message(fmt.Errorf("while reading: %w", m.err))
		if got != m.text {
			t.Errorf("%v: %s", m.err, got)
		}
		seen[got] = m.err
	}
	if len(seen) < len(messages)-1 { // only ErrReset and ErrBusy are near each other
		t.Errorf("%d texts for %d errors", len(seen), len(messages))
	}
}

// H3, Juknis IV.E: neither the card nor the service hears of a read by a device that may not work.
func TestInactiveDeviceReadsNothing(t *testing.T) {
	for _, state := range reader.States {
		for _, inForce := range []bool{true, false} {
			asked := 0
			way := wayFunc(func() (Record, error) { asked++; return sariRecord(t), nil })
			r, err := Read(t.Context(), way, reader.Reader{State: state}, inForce)
			if state == reader.Active && inForce {
				if err != nil || asked != 1 || r.Count() == 0 {
					t.Errorf("%s: %v", state, err)
				}
			} else if !errors.Is(err, ErrInactive) || asked != 0 || r.Count() != 0 {
				t.Errorf("%s, in force %v: %v, asked %d", state, inForce, err, asked)
			}
		}
	}
}
