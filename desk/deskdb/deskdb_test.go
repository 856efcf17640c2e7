package deskdb_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gapura/access/admission"
	"gapura/agreement/party"
	"gapura/desk/client"
	"gapura/desk/courier"
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

// A line is a provider that fails as it is told to, and otherwise takes each key once.
type line struct {
	err   error
	lost  bool // the answer is lost after the delivery was taken
	taken map[string]int
	cards []client.CardRead

	restored client.Restored
}

func (l *line) Deliver(_ context.Context, token string, d client.Delivery) (client.Taken, error) {
	if l.err != nil {
		return client.Taken{}, l.err
	}
	if token == "" {
		return client.Taken{}, &client.Refused{Status: 401, Code: "login"}
	}
	repeated := l.taken[d.Key] > 0
	l.taken[d.Key]++
	if l.lost {
		l.lost = false
		return client.Taken{}, client.ErrDown
	}
	return client.Taken{Key: d.Key, Accepted: len(d.Items), At: now, Repeated: repeated}, nil
}

func (l *line) TellCard(_ context.Context, _ string, r client.CardRead) (client.Taken, error) {
	l.cards = append(l.cards, r)
	switch {
	case l.err != nil:
		return client.Taken{}, l.err
	case l.lost:
		l.lost = false
		return client.Taken{}, client.ErrDown
	}
	return client.Taken{Key: r.Key, At: now, Record: "1-7"}, nil
}

func (l *line) Ping(context.Context) (client.Restored, error) { return l.restored, l.err }
func (l *line) DownSince() time.Time                          { return time.Time{} }

func (l *line) Receipt(context.Context, string, string) ([]byte, error) {
	if l.err != nil {
		return nil, l.err
	}
	return []byte("kuitansi"), nil
}

func TestTheOutboxWaitsForTheLineAndDeliversOnce(t *testing.T) {
	c := open(t)
	id := c.approved()
	at := now
	l := &line{err: client.ErrDown, taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	round := func() {
		t.Helper()
		c.must(k.Round(t.Context()))
	}
	letter := func() deskdb.Letter {
		t.Helper()
		list, err := c.Outbox.Letters(t.Context(), false, 10)
		c.must(err)
		if len(list) != 1 {
			t.Fatalf("%d letters wait", len(list))
		}
		return list[0]
	}
	round() // nobody has a token
	if x := letter(); !strings.Contains(x.Trouble, "token") || x.Tries != 1 {
		t.Errorf("%+v", x)
	}
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	for want := 2; want <= 4; want++ {
		at = letter().Next
		round()
		if x := letter(); x.Tries != want || !strings.Contains(x.Trouble, "terputus") || x.Next.Sub(at) < 10*time.Second<<(want-1) {
			t.Errorf("try %d: next after %s, %s", want, x.Next.Sub(at), x.Trouble)
		}
		round() // too early
		if x := letter(); x.Tries != want {
			t.Errorf("tried too early: %d", x.Tries)
		}
	}
	l.err, l.lost = nil, true
	key := letter().Key
	at = letter().Next
	round()
	at = letter().Next
	round()
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 {
		t.Error("still waits")
	}
	if len(l.taken) != 1 {
		t.Errorf("%d keys", len(l.taken))
	}
	round()
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if a.State != desk.Issued || a.Sent.IsZero() || a.Steps[len(a.Steps)-1].Number != "6" || !a.Checks[0].Receipt {
		t.Errorf("%s, receipt %v", a.State, a.Checks[0].Receipt)
	}
	steps := len(a.Steps)
	c.must(c.Outbox.Delivered(t.Context(), deskdb.Letter{Application: id, Key: key}, client.Taken{At: at}, at))
	if again, _ := c.Applications.Application(t.Context(), id); len(again.Steps) != steps || !again.Sent.Equal(a.Sent) {
		t.Error("noted twice")
	}
	c.must(c.move(id, desk.Issued, deskdb.Move{Act: desk.HandOver}))
	if a, _ = c.Applications.Application(t.Context(), id); a.State != desk.Done || a.Steps[len(a.Steps)-1].Number != "7" {
		t.Errorf("after handing over: %s", a.State)
	}
	if r, err := c.Outbox.Receipt(t.Context(), id, a.Checks[0].ID); err != nil || string(r) != "kuitansi" {
		t.Errorf("receipt %q %v", r, err)
	}
}

// When the line is back nothing waits for the next try that was set while it was down.
func TestTheCourierHurriesWhenTheLineIsBack(t *testing.T) {
	c := open(t)
	c.approved()
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	at := now
	l := &line{err: client.ErrDown, taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	for range 8 {
		c.must(k.Round(t.Context()))
		list, err := c.Outbox.Letters(t.Context(), false, 1)
		c.must(err)
		at = list[0].Next
	}
	c.must(k.Round(t.Context()))
	l.err, at = nil, at.Add(5*time.Second) // the next try would be a quarter of an hour away
	c.must(k.Round(t.Context()))
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 || len(l.taken) != 1 {
		t.Errorf("%d wait though the line is back", n)
	}
}

// What a provider may have lost by going on from a backup is sent again, once, with the key of the first time.
func TestADeskSendsAgainWhatARestoredProviderMayHaveLost(t *testing.T) {
	c := open(t)
	id := c.approved()
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	at := now
	l := &line{taken: map[string]int{}}
	k := courier.New(c.DB, l, func() time.Time { return at }, slog.New(slog.DiscardHandler))
	c.must(k.Round(t.Context()))
	before, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	later := func(r client.Restored) int {
		t.Helper()
		l.restored, at = r, at.Add(6*time.Minute)
		c.must(k.Round(t.Context()))
		c.must(k.Round(t.Context()))
		n := 0
		for _, times := range l.taken {
			n += times
		}
		return n
	}
	if n := later(client.Restored{}); n != 1 || before.Sent.IsZero() {
		t.Fatalf("taken %d times", n)
	}
	if n := later(client.Restored{At: at, Since: now.Add(time.Hour)}); n != 1 {
		t.Errorf("what the backup holds was sent %d times", n)
	}
	r := client.Restored{At: at.Add(time.Hour), Since: now.Add(-time.Hour)}
	if n := later(r); n != 2 || len(l.taken) != 1 {
		t.Errorf("taken %d times under %d keys, want twice under one", n, len(l.taken))
	}
	if n := later(r); n != 2 {
		t.Errorf("sent %d times for one restoration", n)
	}
	after, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if after.State != before.State || len(after.Steps) != len(before.Steps) {
		t.Errorf("sending again moved the application: %s, %d steps", after.State, len(after.Steps))
	}
}

// After a restore no number is given out that may have been given out since the backup.
func TestNumbersJumpAfterARestore(t *testing.T) {
	c := open(t)
	first := c.take()
	a, err := c.Applications.Application(t.Context(), first)
	c.must(err)
	one, err := c.Applications.Consent(t.Context(), c.officer, now, "R-1")
	c.must(err)
	c.must(c.Resume(t.Context(), now.AddDate(0, 0, -2), now))
	b, err := c.Applications.Application(t.Context(), c.take())
	c.must(err)
	two, err := c.Applications.Consent(t.Context(), c.officer, now, "R-1")
	c.must(err)
	if b.Queue < a.Queue+1000 || two < one+1000 {
		t.Errorf("queue %d after %d, consent %d after %d", b.Queue, a.Queue, two, one)
	}
	if c.approved(); c.letter != "520/3001/2026" {
		t.Errorf("letter %s", c.letter)
	}
	if _, _, err := c.Security.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestARejectionOwesItsReasonOnlyAfterALookup(t *testing.T) {
	c := open(t)
	id := c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Reject, Note: "bukan petani", Reason: "tidak-memenuhi"}))
	a, err := c.Applications.Application(t.Context(), id)
	c.must(err)
	if n, _ := c.Outbox.Waiting(t.Context()); n != 0 || a.State != desk.Done || a.Steps[len(a.Steps)-1].Number != "11" {
		t.Errorf("without a lookup: %d wait, %s", n, a.State)
	}
	id = c.take()
	c.must(c.move(id, desk.Submitted, deskdb.Move{Act: desk.Whole}))
	c.must(c.move(id, desk.Checked, deskdb.Move{Act: desk.CrossDiff, Check: &desk.Check{Outcome: "found", Record: "1-9"}}))
	c.must(c.move(id, desk.Mismatched, deskdb.Move{Act: desk.Reject, Note: "bukan petani", Reason: "tidak-memenuhi"}))
	list, err := c.Outbox.Due(t.Context(), now, 10)
	c.must(err)
	if len(list) != 1 || list[0].Delivery.Items[0].Reason != "tidak-memenuhi" || list[0].Delivery.Items[0].NIK != number {
		t.Errorf("%d letters", len(list))
	}
}

func TestNothingOfACardIsKeptWithoutItsConsent(t *testing.T) {
	c := open(t)
	n := deskdb.New{Service: c.service, Papers: papers(), By: c.officer, At: now, Day: party.WIB.Day(now)}
	n.Papers.Identity = desk.Card
	if _, err := c.Applications.Take(t.Context(), n); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("without consent: %v", err)
	}
	var err error
	n.Consent, err = c.Applications.Consent(t.Context(), c.officer, now, "RDR-1")
	c.must(err)
	c.must(c.Applications.CardRead(t.Context(), n.Consent, "Keaslian kartu tidak diperiksa.", c.officer, client.CardRead{Reader: "RDR-1",
		ReadAt: now}))
	id, err := c.Applications.Take(t.Context(), n)
	c.must(err)
	if a, err := c.Applications.Application(t.Context(), id); err != nil || a.Papers.Note != "Keaslian kartu tidak diperiksa." ||
		a.Queue != 1 {
		t.Errorf("queue %d, note %q, %v", a.Queue, a.Papers.Note, err)
	}
	if _, err := c.Applications.Take(t.Context(), n); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("one consent for two: %v", err)
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

// An entry of the desk's officer, whose clock the test moves.
func (c *counter) entry(at *time.Time) *admission.Entry {
	return admission.NewEntry(c.DB, c.Credentials, func() time.Time { return *at })
}

func TestWrongCodesHoldTheAccountAndACodeWorksOnce(t *testing.T) {
	c := open(t)
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	at := time.Unix(1111111111, 0)
	e, u := c.entry(&at), party.User{ID: c.officer, Login: "petugas"}
	try := func(code string) bool {
		t.Helper()
		token, err := e.SignIn.Open(t.Context(), party.Session{User: c.officer, Stage: party.AskCode})
		c.must(err)
		s, _, err := e.SignIn.Pending(t.Context(), token)
		c.must(err)
		signed, err := e.Code(t.Context(), token, s, u, code)
		if err != nil {
			if _, told := errors.AsType[*told.Error](err); !told {
				t.Fatal(err)
			}
			return false
		}
		if _, ok, _ := e.SignIn.Session(t.Context(), token); ok {
			t.Error("the pending session was taken over")
		}
		_, ok, err := e.SignIn.Session(t.Context(), signed)
		c.must(err)
		return ok
	}
	if try("050471") {
		t.Error("a code of nobody")
	}
	c.must(c.Credentials.SetTOTP(t.Context(), u, secret, 0, at))
	if try("") || try("000000") {
		t.Error("passed without the code")
	}
	if !try("050471") || try("050471") {
		t.Error("a code works once")
	}
	codes, err := e.RecoveryCodes(t.Context(), u)
	c.must(err)
	if !try(codes[3]) || try(codes[3]) {
		t.Error("a recovery code works once")
	}
	at = time.Unix(1234567890, 0)
	for range 5 {
		try("000000")
	}
	if try("005924") || try(codes[4]) {
		t.Error("not held after five wrong codes")
	}
}

func TestAUserIDThatEndedIsNobody(t *testing.T) {
	c := open(t)
	c.must(c.SetToken(t.Context(), c.officer, "T", now))
	id, err := c.Slips.Issue(t.Context(), c.officer, now)
	c.must(err)
	slip, err := c.Slips.Print(t.Context(), id, 0, now)
	c.must(err)
	hash, err := party.HashPassword(t.Context(), "kata sandi panjang")
	c.must(err)
	if ok, err := c.Slips.Redeem(t.Context(), slip.First, slip.Second, hash, now); !ok || err != nil {
		t.Fatal(ok, err)
	}
	if ok, _ := c.Slips.Redeem(t.Context(), slip.First, slip.Second, hash, now); ok {
		t.Error("a slip works twice")
	}
	at := now
	e := c.entry(&at)
	enter := func(login string) int64 {
		in, err := e.Admission.Authenticate(t.Context(), admission.Attempt{Door: admission.Desk, Login: login,
			Secret: "kata sandi panjang"})
		c.must(err)
		return in.User
	}
	if user := enter("PETUGAS"); user != c.officer {
		t.Fatal(user)
	}
	token, err := e.SignIn.Open(t.Context(), party.Session{User: c.officer})
	c.must(err)
	c.must(c.Deactivate(t.Context(), c.officer, now))
	if enter("petugas") != 0 {
		t.Error("signs in")
	}
	if _, ok, _ := e.SignIn.Session(t.Context(), token); ok {
		t.Error("stays signed in")
	}
	if _, err := c.AnyToken(t.Context()); !errors.Is(err, deskdb.ErrNone) {
		t.Errorf("token: %v", err)
	}
	if _, err := c.AddUser(t.Context(), "petugas", "Lain", party.Officer, "", now); !errors.Is(err, deskdb.ErrLogin) {
		t.Errorf("login again: %v", err)
	}
}
