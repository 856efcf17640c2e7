package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// The second half of a slip reaches its owner by an address that the case fixed before its decision, or by somebody's hand; in either case
// nobody who could have the first half has a say in it.

// errNamed refuses to print a slip whose second half goes to an address that the same person named.
var errNamed = told.Refuse("Anda sendiri yang mencatat alamat surel pemilik User ID ini, dan kode kedua dikirim ke alamat itu. Lembarnya " +
	"dicetak oleh orang lain.")

// mailed reports whether the second half goes to the owner's address. Whoever named the address prints no slip of the owner, so that nobody
// who invents a person has both halves. From the command line, where nobody knows who prints, it goes to none but one that the agency's own
// people named. Whoever asks for a user id of the staff could have named an own address; a colleague hands that code over.
func (s *Credentials) mailed(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User) (bool, error) {
	if u.Email == "" || u.Role.OfProvider() {
		return false, nil
	}
	of, printing, err := s.db.hands(ctx, q, party.User{ID: c.By}, u.Institution, u.EmailBy)
	if err != nil {
		return false, err
	}
	if c.By == 0 {
		return slices.ContainsFunc(of, func(named party.User) bool { return named.Institution == u.Institution }), nil
	}
	if slices.ContainsFunc(of, func(named party.User) bool { return party.SamePerson(named, printing) }) {
		return false, errNamed
	}
	return true, nil
}

// mailSecond sends the second half, and tells the addresses that were known before, the agency's own and the same person's others, where it
// went: whoever is impersonated learns of it.
func (s *Credentials) mailSecond(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, x party.Slip, half string,
	until time.Time) error {
	list := []notify.Mail{{To: u.Email, Created: c.At, Subject: "Kode kedua untuk User ID " + u.Login, Body: "Kode kedua Anda: " + half +
		"\n\n" +
		"Kode ini dipakai bersama kode pada lembar " + slipWords(x.For) + " yang Anda terima secara terpisah, paling lambat " +
		until.In(party.WIB.Location()).Format("02-01-2006 15.04") +
		" WIB.\nJangan memberikan kode ini kepada siapa pun, juga tidak kepada petugas. Jika Anda tidak menunggu lembar tersebut, " +
		"beri tahu administrator instansi Anda.\n"}}
	before, err := s.knownBefore(ctx, q, u)
	if err != nil {
		return err
	}
	for _, to := range before {
		list = append(list, notify.Mail{To: to, Created: c.At, Subject: "Lembar " + slipWords(x.For) + " untuk User ID " + u.Login,
			Body: "Dinas Dukcapil menerbitkan lembar " + slipWords(x.For) + " untuk User ID " + u.Login + " atas nama " + u.Name +
				". Kode keduanya dikirim ke " + maskedAddress(u.Email) + ".\nJika Anda tidak mengetahui permohonannya, atau alamat itu " +
				"bukan milik yang bersangkutan, segera beri tahu Dinas Dukcapil: lembar itu dapat dibatalkan.\n"})
	}
	return s.db.tell(ctx, q, nil, list)
}

// knownBefore are the addresses besides a user's that were known before: the agency's own, and those of the same person's other user ids.
func (s *Credentials) knownBefore(ctx context.Context, q *sqldb.Queries, u party.User) ([]string, error) {
	agency, err := q.Institution(ctx, u.Institution)
	if err != nil {
		return nil, fmt.Errorf("read institution: %w", err)
	}
	people, err := s.db.withIdentity(ctx, q, u.Institution)
	if err != nil {
		return nil, err
	}
	list := []string{agency.Email}
	if i := slices.IndexFunc(people, func(o party.User) bool { return o.ID == u.ID }); i >= 0 {
		for _, o := range people {
			if party.SamePerson(o, people[i]) {
				list = append(list, o.Email)
			}
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(a string) bool { return a == "" || strings.EqualFold(a, u.Email) }), nil
}

// maskedAddress is an e-mail address that its owner knows again: l•••@dinas.example.
func maskedAddress(a string) string {
	local, domain, _ := strings.Cut(a, "@")
	return string([]rune(local)[:1]) + "•••@" + domain // a local part is never empty
}

// errDrawn refuses a second half in words.
var errDrawn = told.Refuse("Kode kedua sudah diambil, lembarnya sudah tidak berlaku, atau Anda sendiri yang menerbitkannya. Kode kedua " +
	"diserahkan oleh orang lain.")

// handsAtAgency refuses a token's slip from the command line when nobody of the agency could hand its second half over, and tells them of
// it.
func (s *Credentials) handsAtAgency(ctx context.Context, q *sqldb.Queries, c journal.Change, u party.User, kind party.Kind,
	day time.Time) error {
	people, err := s.db.withIdentity(ctx, q, u.Institution)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(people, func(o party.User) bool {
		return (o.Role == party.AgencyAdmin || o.Role == party.HeadOfAgency) && o.Active(c.At, day)
	}) {
		return told.Refuse("Instansi ini belum mempunyai admin atau kepala instansi yang dapat menyerahkan kode keduanya: ajukan berkas " +
			"“Token aplikasi” di konsol.")
	}
	return s.db.tell(ctx, q, []procedure.Notice{{Agency: u.Institution, At: c.At, Path: "/kredensial", Text: "Lembar " + slipWords(kind) +
		" untuk User ID " + u.Login + " diterbitkan dari server Dinas Dukcapil dengan surat " + c.Letter + ". Kode keduanya diambil pada " +
		"halaman Kredensial, kecuali dikirim ke surel pemiliknya. Beri tahu Dinas apabila instansi Anda tidak memintanya."}}, nil)
}

// errOthers refuses a second half to the side that could have the first one.
var errOthers = told.Refuse("Lembar yang diterbitkan dari baris perintah diserahkan kode keduanya oleh admin atau kepala instansi, dan " +
	"yang lain oleh pegawai Dinas Dukcapil.")

// DrawSecond draws the second half of a slip that was not mailed, once, by another person than the one who issued it: one of the office,
// or, when the first half was printed at the command line, the agency's own. It is shown to that person alone, who hands it over.
func (s *Credentials) DrawSecond(ctx context.Context, slip, by int64, now time.Time) (second string, err error) {
	r, err := s.db.mainRead.q.Slip(ctx, slip)
	if ok, err := foundRow(err, "slip"); !ok {
		return "", errors.Join(err, errDrawn)
	}
	x := slipOf(r)
	if !x.MayDraw(by, now) {
		return "", errDrawn
	}
	of, drawing, err := s.db.hands(ctx, s.db.mainRead.q, party.User{ID: by}, x.Agency, by, x.IssuedBy)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(of, func(u party.User) bool { return u.ID == by })
	switch {
	case i < 0 || x.Unseen() != (of[i].Institution != party.Provider):
		return "", errOthers
	case slices.ContainsFunc(of, func(u party.User) bool { return u.ID != by && party.SamePerson(u, drawing) }):
		return "", errDrawn // by another user id of the one who printed it
	}
	second = party.NewSecondCode()
	x = x.Draw(second, by, false)
	u, err := s.db.mainRead.q.User(ctx, x.Owner)
	if err != nil {
		return "", fmt.Errorf("read user %d: %w", x.Owner, err)
	}
	c := journal.Change{At: now, By: by, Letter: x.Letter, Subject: "User ID " + u.Login, After: "kode kedua lembar " + slipWords(x.For) +
		" diserahkan"}
	return second, s.db.change(ctx, x.Agency, c, func(q *sqldb.Queries) error {
		n, err := q.DrawSlip(ctx, sqldb.DrawSlipParams{ID: slip, Second: x.Second[:], DrawnBy: by, Code: x.Code[:]})
		if err == nil && n == 0 {
			err = errDrawn // by somebody else, a moment ago
		}
		return err
	})
}
