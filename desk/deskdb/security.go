package deskdb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
)

// Security is the desk's security log: who came in, what was done with users and their ways in, with the desk's keys, and who opened
// scanned papers. Entries are only added, in the transaction of what they tell of; each is chained to the one before by a MAC under a key
// outside the database. No entry holds a NIK or what anybody typed. It finds what was changed, taken out or cut off; an old copy of the
// whole file is found only by a size that was noted elsewhere, as the certificates of searches do.
type Security struct{ db *DB }

// A Kind is what an entry tells of.
type Kind string

// The kinds.
const (
	CameIn     Kind = "masuk"
	CameOut    Kind = "keluar"
	NotIn      Kind = "gagal"
	HeldOff    Kind = "ditahan"
	UserMade   Kind = "pengguna"
	RoleMoved  Kind = "peran"
	WayChanged Kind = "kredensial"
	TokenSet   Kind = "token"
	Enrolled   Kind = "pendaftaran"
	Scanned    Kind = "pemeriksaan"
	PaperSeen  Kind = "berkas"
	Restored   Kind = "pemulihan"
)

// Kinds are all kinds, with their Indonesian names.
func Kinds() []struct {
	Kind  Kind
	Label string
} {
	return []struct {
		Kind  Kind
		Label string
	}{
		{CameIn, "Masuk"}, {CameOut, "Sesi diakhiri"}, {NotIn, "Gagal masuk"}, {HeldOff, "Ditahan setelah gagal"}, {UserMade, "User ID"},
		{RoleMoved, "Peran"},
		{WayChanged, "Kata sandi dan faktor kedua"},
		{TokenSet, "Token Dukcapil"}, {Enrolled, "Pendaftaran loket"}, {Scanned, "Pemeriksaan penyimpanan"},
		{PaperSeen, "Pindaian, surat, dan kuitansi dibuka"},
		{Restored, "Cadangan dan pemulihan"},
	}
}

// An Entry is one line of the log.
type Entry struct {
	Seq       int64
	At        time.Time
	Kind      Kind
	By, About int64  // user ids; 0: nobody that has one here. By 0 with About is the machine's own command line
	Source    string // address; empty: not known, or the machine itself
	Text      string // Indonesian
}

type actorKey struct{}

type actor struct {
	user   int64
	source string
}

// As is a context in which a user of the desk acts, from an address: entries of what is done in it name them. Without it an act is its own
// user's, or the machine's.
func As(ctx context.Context, user int64, source string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor{user, source})
}

// Tell appends an entry of what was done to the desk as a whole.
func (d *Security) Tell(ctx context.Context, e Entry) error {
	return d.db.tx(ctx, func(t *sql.Tx) error { return d.db.note(ctx, t, e) })
}

// note appends an entry in the transaction of what it tells of.
func (d *DB) note(ctx context.Context, t *sql.Tx, e Entry) error {
	if a, ok := ctx.Value(actorKey{}).(actor); ok {
		e.By = a.user
		if e.Source == "" {
			e.Source = a.source
		}
	}
	size, last, err := d.head(ctx, t)
	if err != nil {
		return err
	}
	e.Seq = size + 1
	sealed := d.notes.Seal([]byte(e.Text), bound("security", e.Seq))
	mac := d.link(e, sealed, last)
	_, err1 := t.ExecContext(ctx,
		`INSERT INTO security (seq, at_us, kind, by_user, about, source, sealed, mac) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`,
		e.Seq, micros(e.At), string(e.Kind), e.By, e.About, e.Source, sealed, mac)
	_, err2 := t.ExecContext(ctx, `INSERT INTO security_head (id, mac) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET mac = excluded.mac`,
		d.headMAC(e.Seq, mac))
	if err := errors.Join(err1, err2); err != nil {
		return fmt.Errorf("note in the security log: %w", err)
	}
	return nil
}

// head is the log's size and the MAC of its last entry.
func (d *DB) head(ctx context.Context, t *sql.Tx) (size int64, last []byte, err error) {
	err = t.QueryRowContext(ctx, `SELECT seq, mac FROM security ORDER BY seq DESC LIMIT 1`).Scan(&size, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, nil
	}
	return size, last, err
}

func (d *DB) link(e Entry, sealed, last []byte) []byte {
	return d.chain.Index(fmt.Sprintf("%d\x00%d\x00%s\x00%d\x00%d\x00%q\x00%x\x00%x", e.Seq, micros(e.At), e.Kind, e.By, e.About, e.Source,
		sealed, last))
}

func (d *DB) headMAC(size int64, last []byte) []byte {
	return d.chain.Index(fmt.Sprintf("head\x00%d\x00%x", size, last))
}

// Note appends an entry that tells of nothing else in the database.
func (s *Security) Note(ctx context.Context, e Entry) error {
	return s.db.tx(ctx, func(t *sql.Tx) error { return s.db.note(ctx, t, e) })
}

// A SecurityFilter narrows the list; zero fields do not.
type SecurityFilter struct {
	Kind   Kind
	User   int64 // who did it, or whom it is about
	From   time.Time
	Until  time.Time // excluded
	Before int64     // sequence number
	Most   int
}

// Entries are entries of the log, newest first.
func (s *Security) Entries(ctx context.Context, f SecurityFilter) ([]Entry, error) {
	last, until := int64(1)<<62, int64(1)<<62
	if f.Before > 0 {
		last = f.Before
	}
	if !f.Until.IsZero() {
		until = micros(f.Until)
	}
	return rows(ctx, s.db.read, func(r *sql.Rows) (Entry, error) { e, _, _, err := s.db.scanEntry(r); return e, err },
		`SELECT seq, at_us, kind, by_user, about, source, sealed, mac FROM security WHERE seq < ?1 AND (?2 = '' OR kind = ?2) AND (?3 = 0 OR by_user = ?3 OR about = ?3)
			AND at_us >= ?4 AND at_us < ?5 ORDER BY seq DESC LIMIT ?6`, last, string(f.Kind), f.User, micros(f.From), until, f.Most)
}

func (d *DB) scanEntry(r *sql.Rows) (e Entry, sealed, mac []byte, err error) {
	var at int64
	if err := r.Scan(&e.Seq, &at, &e.Kind, &e.By, &e.About, &e.Source, &sealed, &mac); err != nil {
		return e, nil, nil, err
	}
	e.At = instant(at)
	text, err := d.notes.Open(nil, sealed, bound("security", e.Seq))
	e.Text = string(text)
	return e, sealed, mac, err
}

// ErrBroken says that the security log was changed beside this program; its text says where.
type ErrBroken struct{ Seq int64 }

func (e *ErrBroken) Error() string {
	return fmt.Sprintf("catatan keamanan loket tidak utuh pada entri %d: ada yang diubah, dihapus, atau dipotong di luar program", e.Seq)
}

// Check reads the whole log and holds its chain; it returns the size and what names its end. An *ErrBroken says where it does not hold.
func (s *Security) Check(ctx context.Context) (size int64, end string, err error) {
	d := s.db
	t, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, "", err
	}
	defer t.Rollback()
	r, err := t.QueryContext(ctx, `SELECT seq, at_us, kind, by_user, about, source, sealed, mac FROM security ORDER BY seq`)
	if err != nil {
		return 0, "", err
	}
	defer r.Close()
	var last []byte
	for r.Next() {
		var e Entry
		var at int64
		var sealed, mac []byte
		if err := r.Scan(&e.Seq, &at, &e.Kind, &e.By, &e.About, &e.Source, &sealed, &mac); err != nil {
			return size, "", err
		}
		e.At = instant(at)
		if !bytes.Equal(mac, d.link(e, sealed, last)) {
			return size, "", &ErrBroken{size + 1}
		}
		size, last = e.Seq, mac
	}
	if err := errors.Join(r.Err(), r.Close()); err != nil {
		return size, "", err
	}
	var mac []byte // says the size too
	err = t.QueryRowContext(ctx, `SELECT mac FROM security_head`).Scan(&mac)
	switch {
	case errors.Is(err, sql.ErrNoRows) && size == 0:
		return 0, "", nil
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return size, "", err
	case err != nil || !bytes.Equal(mac, d.headMAC(size, last)):
		return size, "", &ErrBroken{size + 1}
	}
	return size, hex.EncodeToString(last), nil
}

// did notes what was done with a user's ways in, in the transaction that does it: by the user unless the context names another.
func (d *DB) did(ctx context.Context, t *sql.Tx, k Kind, user int64, at time.Time, text, source string) error {
	return d.note(ctx, t, Entry{At: at, Kind: k, By: user, About: user, Source: source, Text: text})
}

// Activity is what was lately done with a user's ways in, newest first.
func (own *Credentials) Activity(ctx context.Context, u party.User, most int) ([]party.Activity, error) {
	return rows(ctx, own.db.read, func(r *sql.Rows) (party.Activity, error) {
		e, _, _, err := own.db.scanEntry(r)
		return party.Activity{At: e.At, Text: e.Text, From: e.Source}, err
	}, `SELECT seq, at_us, kind, by_user, about, source, sealed, mac FROM security WHERE about = ?1 AND kind <> 'berkas' ORDER BY seq DESC LIMIT ?2`, u.ID, most)
}
