package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// Whoever has the scans of what both offices signed holds an exported log against them: each access must rest on one of them.
func TestALogIsHeldAgainstTheSignedPapers(t *testing.T) {
	w := newWalk(t)
	program := w.actor("aplikasi.dinpertan")
	dir := t.TempDir()
	signed, other := filepath.Join(dir, "adendum.pdf"), filepath.Join(dir, "lain.pdf")
	for _, f := range []string{signed, other} {
		if err := os.WriteFile(f, []byte(f), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st, err := w.p.store.Rights.Agency(t.Context(), program.Institution)
	if err != nil {
		t.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(signed)))
	if _, err := w.p.store.Rights.Apply(t.Context(), journal.Change{At: w.at, Reason: "uji"}, procedure.AddAddendum{
		Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "A-9", EffectiveOn: w.at.AddDate(0, 0, -1),
			Document: hash}}); err != nil {
		t.Fatal(err)
	}
	w.send(program, "POST", "/api/v1/lookups", w.place(true), 0)
	out := filepath.Join(dir, "log")
	if err := (journalExport{Config: w.file, Agency: "dinpertan", Out: out}).Run(); err != nil {
		t.Fatal(err)
	}
	if err := (journalVerify{Dir: out, Document: []string{other, signed}}).Run(); err != nil {
		t.Error(err)
	}
	if err := (journalVerify{Dir: out, Document: []string{other}}).Run(); err == nil || !strings.Contains(err.Error(), hash) {
		t.Errorf("a log that rests on another paper: %v", err)
	}
}
