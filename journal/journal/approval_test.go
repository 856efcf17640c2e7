package journal

import (
	"bytes"
	"crypto/sha256"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type testSealing string

func (k testSealing) Index(v string) []byte { h := sha256.Sum256([]byte(string(k) + v)); return h[:16] }

// An approval counts for what it was given for, in its installation, for a week, and until the anchor has begun anew.
func TestAnApprovalCountsOnceForWhatItIsFor(t *testing.T) {
	path, now := filepath.Join(t.TempDir(), "key.anchor"), time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)
	a, err := OpenAnchor(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Begin([]byte("installation"), nil); err != nil {
		t.Fatal(err)
	}
	given := Approval{For: ApproveRestore, Generation: a.Generation(), Reason: "cakram rusak", Asked: "admin", Approved: "admin2",
		At: now}
	file := given.File(testSealing("k"))
	refused := func(what string, file []byte, k testSealing, as string, at time.Time) {
		t.Helper()
		if _, err := a.ReadApproval(file, k, as, at); err == nil {
			t.Error("taken:", what)
		}
	}
	got, err := a.ReadApproval(file, testSealing("k"), ApproveRestore, now.Add(time.Hour))
	if err != nil || got != given || !IsApproval(file) || IsApproval([]byte("ABCDE-FGHIJ")) {
		t.Fatal(got, err)
	}
	refused("another installation's", file, "other", ApproveRestore, now)
	refused("for something else", file, "k", ApproveAnchor, now)
	refused("after eight days", file, "k", ApproveRestore, now.Add(8*24*time.Hour))
	refused("another reason", bytes.Replace(file, []byte("cakram"), []byte("kunci"), 1), "k", ApproveRestore, now)
	refused("a recovery code", []byte(strings.Repeat("ABCDE-", 5)), "k", ApproveRestore, now)
	given.Approved = given.Asked
	refused("one person's", given.File(testSealing("k")), "k", ApproveRestore, now)
	if err := a.Begin([]byte("installation"), nil); err != nil {
		t.Fatal(err)
	}
	refused("used", file, "k", ApproveRestore, now.Add(time.Hour))
}
