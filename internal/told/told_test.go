package told

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestOnlyWhatIsToldIsShown(t *testing.T) {
	named := Refuse("Berkas ini sudah selesai.")
	form := Errors{Wrong("nik", "NIK harus diisi."), Wrong("nama", "Nama harus diisi.")}
	for _, c := range []struct {
		err      error
		text     string
		shown    bool
		invalids int
	}{
		{nil, "", false, 0},
		{io.EOF, "", false, 0},
		{fmt.Errorf("read case 7: %w", io.EOF), "", false, 0},
		{named, "Berkas ini sudah selesai.", true, 0},
		{fmt.Errorf("take step: %w", named), "Berkas ini sudah selesai.", true, 0},
		{Wrong("nik", "NIK harus diisi."), "NIK harus diisi.", true, 1},
		{fmt.Errorf("take step: %w", form), "NIK harus diisi. Nama harus diisi.", true, 2},
		{form.Err(), "NIK harus diisi. Nama harus diisi.", true, 2},
		{Errors(nil).Err(), "", false, 0},
	} {
		text, shown := Text(c.err)
		if text != c.text || shown != c.shown || len(Invalids(c.err)) != c.invalids {
			t.Errorf("%v: told %q %v, %d faults of a form", c.err, text, shown, len(Invalids(c.err)))
		}
	}
	if !errors.Is(fmt.Errorf("again: %w", named), named) || errors.Is(Refuse(named.Text), named) {
		t.Error("a named error is not told from another with its text")
	}
	if form.Of("nama") != "Nama harus diisi." || form.Of("alamat") != "" {
		t.Error("a field's fault is not found")
	}
}
