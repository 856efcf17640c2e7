package main

import (
	"encoding/json"
	"errors"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// Anybody reads which agency may ask for what, without signing in: those in force and no other, as of this moment. The list is signed, a
// command checks it offline, and what was changed in it, or signed for something else, is refused.
func TestWhoMayAskForWhatIsPublicAndSigned(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		w := newWalkOn(t, where)
		get := func(path string) string {
			t.Helper()
			got := w.send(actor{}, "GET", path, w.place(true), 0)
			if got.Code != 200 {
				t.Fatal(path, got.Code, got.Body)
			}
			return got.Body.String()
		}
		var list struct {
			Permits []office.Permit `json:"izin"`
			Note    string          `json:"naskah_bertanda_tangan"`
			Keys    []string        `json:"kunci"`
		}
		read := func() (codes []string) {
			t.Helper()
			if err := json.Unmarshal([]byte(get("/untuk-penduduk.json")), &list); err != nil {
				t.Fatal(err)
			}
			for _, p := range list.Permits {
				codes = append(codes, p.Code)
			}
			return codes
		}
		codes := read()
		if !slices.Contains(codes, "dinpertan") || slices.Contains(codes, "disperin") { // whose agreement has ended
			t.Error(codes)
		}
		page := html.UnescapeString(get("/untuk-penduduk"))
		for _, p := range list.Permits {
			if !strings.Contains(page, p.Agreement) || len(p.Purposes) == 0 || len(p.Purposes[0].Elements) == 0 ||
				!strings.Contains(page, list.Keys[0]) {
				t.Errorf("the page lacks %+v", p)
			}
		}
		file := filepath.Join(t.TempDir(), "list.txt")
		check := func(text string) error {
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return journalPermits{File: file, Key: strings.Join(list.Keys, "\n")}.Run()
		}
		if err := check(get("/untuk-penduduk.txt")); err != nil {
			t.Error(err)
		}
		checkpoint, err := w.p.notary.Signer(office.PermitsName)
		if err != nil {
			t.Fatal(err)
		}
		other, err := checkpoint.SignText("gapura/lain\n\n")
		if err != nil {
			t.Fatal(err)
		}
		for name, forged := range map[string]string{"another purpose": strings.Replace(list.Note, list.Permits[0].Purposes[0].Purpose,
			"apa saja", 1), "other text": string(other)} {
			if err := check(forged); err == nil || !errors.As(err, new(refusal)) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// A suspension takes the agency away at once.
		i, all, _, err := w.p.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		g, _ := agreement.Current(all, w.at, i.Zone.Day(w.at))
		at := slices.IndexFunc(all, func(a agreement.Agreement) bool { return a.ID == g.Agreement })
		if _, err := w.p.store.Rights.Apply(t.Context(), journal.Change{At: w.at, Reason: "uji", Letter: "470/1"}, procedure.Decide{
			Agreement: all[at], Decision: agreement.Decision{Kind: agreement.Suspend, From: w.at, Reason: "uji",
				Letter: "470/1"}}); err != nil {
			t.Fatal(err)
		}
		if slices.Contains(read(), "dinpertan") || strings.Contains(get("/untuk-penduduk"), "dinpertan") {
			t.Error("a suspended agency is told as one that may ask")
		}
	})
}
