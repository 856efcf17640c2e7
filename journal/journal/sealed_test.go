package journal

import (
	"bytes"
	"testing"
	"time"
)

// What a person wrote is in no leaf: only what binds it, and whose key opens it.
func TestLeavesHoldNoTextAndBindIt(t *testing.T) {
	r, salt := record(5), NewSalt()
	n, text := Commit(salt, r.NIK), CommitText(salt, r.SealedText())
	closed := Closed{Period: PeriodOf(r.At), NIK: &n, Text: &text}
	entry := EncodeRecord(r, closed)
	want := `{"v":2,"log":7,"seq":5,"at":"2026-09-16T02:03:04.567891Z","act":"lookup","key":"2026-09","user":12,"agreement":3,` +
		`"basis":"PKS 1","method":"portal","purpose":"bantuan \u003cternak\u003e \u0026 benih","text":"` + base64Text(text[:]) +
		`","address":"","nik":"` + base64Text(n[:]) + `","outcome":"found","hit":true,"elements":["nik","nama_lengkap"]}`
	if string(entry) != want {
		t.Errorf("the encoding has changed:\n%s\n%s", entry, want)
	}
	got, c, ok, err := DecodeRecord(entry)
	if err != nil || !ok || c.Period != closed.Period || *c.NIK != n || *c.Text != text || got.Reference != "" || got.Purpose != r.Purpose {
		t.Error("what was encoded is not read again", got, c, err)
	}
	if again := EncodeRecord(got, c); !bytes.Equal(again, entry) {
		t.Errorf("an entry whose sealed parts were destroyed is another:\n%s", again)
	}
	x := Change{ID: ID{7, 6}, At: r.At, By: 1, Subject: "User ID a", Before: "aktif", After: "dinonaktifkan", Reason: "pindah",
		Letter: "470/1"}
	if want := `{"before":"aktif","after":"dinonaktifkan","reason":"pindah","letter":"470/1"}`; string(x.SealedText()) != want {
		t.Errorf("%s", x.SealedText())
	}
	text = CommitText(salt, x.SealedText())
	change := EncodeChange(x, Closed{Period: 202609, Text: &text})
	if want := `{"v":2,"log":7,"seq":6,"at":"2026-09-16T02:03:04.567891Z","act":"change","key":"2026-09","user":1,"subject":"User ID a",` +
		`"text":"` + base64Text(text[:]) + `"}`; string(change) != want {
		t.Errorf("the encoding has changed:\n%s\n%s", change, want)
	}
	var y Change
	if err := y.OpenText(x.SealedText()); err != nil || y.Before != "aktif" || y.After != "dinonaktifkan" || y.Reason != "pindah" ||
		y.Letter != "470/1" {
		t.Error(y, err)
	}
	if _, _, _, err := DecodeRecord(bytes.Replace(entry, []byte(`"2026-09"`), []byte(`"2026-13"`), 1)); err == nil {
		t.Error("a month that there is not was taken")
	}
}

func TestAMonthIsTheSameEverywhere(t *testing.T) {
	late := time.Date(2026, 11, 1, 3, 0, 0, 0, time.FixedZone("WIB", 7*3600))
	if p := PeriodOf(late); p != 202610 || p.String() != "2026-10" {
		t.Error(p)
	}
	if p, err := ParsePeriod("2026-10"); err != nil || p != 202610 || Period(0).String() != "" {
		t.Error(p, err)
	}
}
