package deskdb_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/internal/told"
	"gapura/person/nik"
	"gapura/store/storetest"
)

var now = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)

const number = "3303010101800001"

type counter struct {
	letter string // number of the one that was issued last
	*deskdb.DB
	dir     string
	officer int64
	service desk.Service
	t       *testing.T
}

func open(t *testing.T) *counter {
	t.Helper()
	c := &counter{dir: t.TempDir(), t: t}
	c.DB = storetest.Desk(t, filepath.Join(c.dir, "loket.db"), storetest.Keys(t))
	var err error
	if err := c.Services.Seed(t.Context(), desk.DefaultServices(), now); err != nil {
		t.Fatal(err)
	}
	if c.officer, err = c.AddUser(t.Context(), "Petugas", "Ratnasari Puspaningtyas", party.Officer, "hash", now); err != nil {
		t.Fatal(err)
	}
	if c.service, err = c.Services.Service(t.Context(), "pupuk", 0); err != nil {
		t.Fatal(err)
	}
	return c
}

func papers() desk.Papers {
	return desk.Papers{Identity: desk.KTP, Phone: "0812RAHASIA", Values: map[string]string{"nik": number, "nama_lengkap": "RAHASIA SEKALI"},
		Answers: map[string]string{"kelompok_tani": "TANI RAHASIA"}}
}

func (c *counter) take() int64 {
	c.t.Helper()
	id, err := c.Applications.Take(c.t.Context(), deskdb.New{Service: c.service, Papers: papers(), Files: []deskdb.File{
		{Document: "ktp", Media: "image/png", Content: []byte("PINDAIAN RAHASIA")}, {Document: "kelompok", Media: "image/png",
			Content: []byte("PINDAIAN RAHASIA")},
	}, By: c.officer, At: now, Day: party.WIB.Day(now)})
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *counter) move(id int64, seen desk.State, m deskdb.Move) error {
	m.Seen, m.Role, m.By, m.At = seen, party.Officer, c.officer, now
	return c.Applications.Move(c.t.Context(), id, m)
}

func (c *counter) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// approved is an application that waits for its handing over.
func (c *counter) approved() int64 {
	c.t.Helper()
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	c.must(c.move(id, desk.Checked, deskdb.Move{Act: desk.CrossDiff, Check: &desk.Check{Mode: desk.ByVerdict, Outcome: "found",
		Record: "1-5", Verdicts: []desk.Verdict{{Key: "nama_lengkap"}}}}))
	c.must(c.move(id, desk.Mismatched, deskdb.Move{Act: desk.Accept, Note: "ejaan RAHASIA"}))
	c.must(c.move(id, desk.Matched, deskdb.Move{Act: desk.Approve, Issue: func(n, code string) ([]byte,
		error) {
		c.letter = n
		return []byte("DOKUMEN RAHASIA " + n), nil
	}}))
	return id
}

func TestNothingPersonalLiesOpenOnTheDesksDisk(t *testing.T) {
	c := open(t)
	id := c.approved()
	c.must(c.SetToken(t.Context(), c.officer, "TOKEN-RAHASIA", now))
	c.must(c.Credentials.SetTOTP(t.Context(), party.User{ID: c.officer}, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0, now))
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	content, err := c.Applications.Content(t.Context(), id, a.Files[0].ID)
	c.must(err)
	doc, err := c.Applications.Document(t.Context(), id)
	c.must(err)
	token, err := c.Token(t.Context(), c.officer)
	c.must(err)
	if a.Papers.Values["nama_lengkap"] != "RAHASIA SEKALI" || string(content.Content) != "PINDAIAN RAHASIA" || !bytes.HasPrefix(doc.Content,
		[]byte("DOKUMEN RAHASIA 520/0001/2026")) || token != "TOKEN-RAHASIA" ||
		a.Steps[3].Note != "ejaan RAHASIA" || a.Document.Masked != "R****** S*****" {
		t.Fatalf("not kept: %d steps, %q", len(a.Steps), doc.Content)
	}
	scanned := 0
	c.must(filepath.WalkDir(c.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		scanned += len(raw)
		for _, secret := range []string{"RAHASIA", number, "GEZDGNBV"} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s holds %s", filepath.Base(path), secret)
			}
		}
		return err
	}))
	if scanned < 10_000 {
		t.Fatalf("scanned %d bytes", scanned)
	}
}

func TestAnOldPageMovesNothing(t *testing.T) {
	c := open(t)
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	for _, m := range []struct {
		seen desk.State
		move deskdb.Move
	}{{desk.Submitted, deskdb.Move{Act: desk.Whole}}, {desk.Submitted, deskdb.Move{Act: desk.Reject, Note: "tidak layak",
		Reason: "mundur"}}, {desk.Checked, deskdb.Move{Act: desk.Approve}}, {desk.Checked, deskdb.Move{Act: desk.CrossMatch}},
		{desk.Checked, deskdb.Move{Act: desk.CrossMatch, Check: &desk.Check{Outcome: "unknown"}}}} {
		if err := c.move(id, m.seen, m.move); !errors.Is(err, desk.ErrAct) {
			t.Errorf("%s: %v", m.move.Act, err)
		}
	}
	if err := c.move(id, desk.Checked, deskdb.Move{Act: desk.Reject, Note: "tidak layak", Reason: "malas"}); !errors.Is(err, desk.ErrNote) {
		t.Errorf("unknown reason: %v", err)
	}
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if a.State != desk.Checked || len(a.Steps) != 2 || len(a.Checks) != 0 {
		t.Errorf("%s, %d steps", a.State, len(a.Steps))
	}
}

// A failed document leaves no decision, no number and no data balikan.
func TestADecisionIsWholeOrNotThere(t *testing.T) {
	c := open(t)
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	c.must(c.move(id, desk.Checked, deskdb.Move{Act: desk.CrossMatch, Check: &desk.Check{Outcome: "found", Record: "1-1",
		Verdicts: []desk.Verdict{{Key: "alamat", Match: true}}}}))
	broken := errors.New("printer")
	if err := c.move(id, desk.Matched, deskdb.Move{Act: desk.Approve, Issue: func(string, string) ([]byte, error) {
		return nil,
			broken
	}}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 {
		t.Error("data balikan without a decision")
	}
	var got string
	c.must(c.move(id, desk.Matched, deskdb.Move{Act: desk.Approve, Issue: func(n, _ string) ([]byte, error) {
		got = n
		return []byte("x"),
			nil
	}}))
	if n, _ := c.Outbox.Waiting(t.Context()); n != 1 || got != "520/0001/2026" {
		t.Errorf("%d wait, number %s", n, got)
	}
}

// A form sent by hand cannot say that papers are whole which are not there.
func TestPapersThatAreMissingAreNotWhole(t *testing.T) {
	c := open(t)
	n := deskdb.New{Service: c.service, Papers: papers(), Files: []deskdb.File{{Document: "ktp", Media: "image/png",
		Content: []byte("PINDAIAN")}}, By: c.officer, At: now, Day: party.WIB.Day(now)}
	id, err := c.Applications.Take(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	whole := deskdb.Move{Act: desk.Whole}
	if text, shown := told.Text(c.move(id, desk.Submitted, whole)); !shown || !strings.Contains(text, "Dokumen belum lengkap") {
		t.Fatalf("told %q", text)
	}
	for _, m := range []struct {
		seen desk.State
		move deskdb.Move
	}{
		{desk.Submitted, deskdb.Move{Act: desk.Incomplete, Note: "surat kelompok"}},
		{desk.Returned, deskdb.Move{Act: desk.Complete, Files: []deskdb.File{{Document: "kelompok", Media: "image/png",
			Content: []byte("SURAT")}}}},
		{desk.Completed, whole},
	} {
		if err := c.move(id, m.seen, m.move); err != nil {
			t.Fatalf("%s: %v", m.move.Act, err)
		}
	}
}

func TestANoticeIsNotExplainedAway(t *testing.T) {
	c := open(t)
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	c.must(c.move(id, desk.Checked, deskdb.Move{Act: desk.CrossDiff, Check: &desk.Check{Outcome: "deceased", Record: "1-3"}}))
	if err := c.move(id, desk.Mismatched, deskdb.Move{Act: desk.Accept, Note: "masih hidup"}); !errors.Is(err, desk.ErrAct) {
		t.Errorf("accepted: %v", err)
	}
}

func TestQueueServicesAndSearch(t *testing.T) {
	c := open(t)
	first, second := c.take(), c.take()
	list, err := c.Applications.Applications(t.Context(), deskdb.Filter{Day: party.WIB.Day(now), Most: 10})
	c.must(err)
	if len(list) != 2 || list[0].ID != second || list[1].ID != first || list[1].Number != "PB-20261124-001" || list[0].Queue != 2 {
		t.Errorf("%d rows", len(list))
	}
	n, err := nik.Parse(number)
	c.must(err)
	other, err := nik.Parse("3303010101800002")
	c.must(err)
	for f, want := range map[deskdb.Filter]int{{NIK: n, Most: 5}: 2, {NIK: other, Most: 5}: 0, {Open: true, Most: 5}: 2,
		{State: desk.Done, Most: 5}: 0, {After: second, Most: 5}: 1, {Number: "PB-20261124-002", Most: 5}: 1} {
		if got, err := c.Applications.Applications(t.Context(), f); err != nil || len(got) != want {
			t.Errorf("%d of %d, %v", len(got), want, err)
		}
	}
	s, err := desk.ParseService(strings.Replace(c.service.SourceText, "Pupuk bersubsidi", "Pupuk organik", 2))
	c.must(err)
	c.must(c.Services.PutService(t.Context(), s, 1, c.officer, now))
	if err := c.Services.PutService(t.Context(), s, 1, c.officer, now); !errors.Is(err, deskdb.ErrVersion) {
		t.Errorf("two at once: %v", err)
	}
	if err := c.Services.PutService(t.Context(), s, 0, c.officer, now); !errors.Is(err, deskdb.ErrKey) {
		t.Errorf("a new one under a key that is taken: %v", err)
	}
	a, err := c.Applications.Application(t.Context(), first)
	c.must(err)
	old, err := c.Services.Service(t.Context(), a.Service, a.Version)
	c.must(err)
	all, err := c.Services.Services(t.Context())
	c.must(err)
	if at := slices.IndexFunc(all, func(s desk.Service) bool { return s.Key == "pupuk" }); old.Name != "Pupuk bersubsidi" ||
		all[at].Name != "Pupuk organik" || all[at].Version != 2 || len(all) != 4 {
		t.Errorf("old %q, %d services", old.Name, len(all))
	}
	c.must(c.Services.Seed(t.Context(), desk.DefaultServices(), now))
	if now, _ := c.Services.Service(t.Context(), "pupuk", 0); now.Version != 2 {
		t.Error("starting again takes an edit back")
	}
}

// The list of those that wait holds an application in exactly the states in which somebody at the counter has something to do, whatever
// states there are.
func TestTheListOfWaitingFollowsTheWay(t *testing.T) {
	c := open(t)
	id := c.take()
	db, err := sql.Open("sqlite", filepath.Join(c.dir, "loket.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range desk.States {
		if _, err := db.Exec("UPDATE applications SET state = ? WHERE id = ?", string(s), id); err != nil {
			t.Fatal(err)
		}
		list, err := c.Applications.Applications(t.Context(), deskdb.Filter{Open: true, Most: 10})
		if err != nil || (len(list) == 1) != s.Waits() {
			t.Errorf("%s: %d applications wait, %v", s, len(list), err)
		}
	}
}
