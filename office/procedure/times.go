package procedure

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// What is written late changes nothing of the past (E2): here are the effects that carry a day of their own, with the bounds of that day.

var errSignedLater = told.Wrong("ditandatangani", "Tanggal penandatanganan tidak boleh di masa depan.")

// Addendum is what the case would change, with what was granted before; also for the draft that is printed before it is signed. Its number
// is that of the letter that was made for it. It takes effect on its day, or from today on when it names none.
func (c *Case) Addendum(x Facts) (AddAddendum, error) {
	if x.Agreement == nil {
		return AddAddendum{}, errNoAgreement
	}
	days, err := c.days("ditandatangani", "mulai")
	if err != nil {
		return AddAddendum{}, err
	}
	change, err := agreement.Amend(c.Value, *x.Grant)
	if err != nil {
		return AddAddendum{}, err
	}
	d := agreement.Addendum{Number: c.Letter(), SignedOn: days[0], EffectiveOn: days[1], Change: change, Document: c.Document()}
	if d.EffectiveOn.IsZero() {
		d.EffectiveOn = x.Today
	}
	return AddAddendum{*x.Agreement, d, *x.Grant}, nil
}

// addAddendum takes a signed addendum. It takes effect within the agreement, not before it was signed and not before it is known.
func addAddendum(c *Case, x Facts) ([]Effect, error) {
	e, err := c.Addendum(x)
	if err != nil {
		return nil, err
	}
	d, ends := e.Addendum, x.Grant.LastDay(x.Institution.Zone)
	if d.Change.EndsOn != nil {
		ends = *d.Change.EndsOn
	}
	switch {
	case !x.Grant.State.Works() && x.Grant.State != agreement.Suspended:
		return nil, told.Refuse("Perjanjian ini tidak berlaku lagi. Adendum tidak dapat dicatat; buatlah perjanjian baru.")
	case d.Change.EndsOn != nil && !x.Grant.Closes.IsZero():
		return nil, told.Refuse("Perjanjian ini diakhiri; hari terakhirnya " + bahasa.Date(x.Grant.LastDay(x.Institution.Zone)) +
			". Perpanjangan tidak dapat dicatat; buatlah perjanjian baru.")
	case d.SignedOn.After(x.Today):
		return nil, errSignedLater
	case d.SignedOn.Before(e.Agreement.SignedOn):
		return nil, told.Wrong("ditandatangani", "Adendum tidak dapat ditandatangani sebelum perjanjiannya, "+
			bahasa.Date(e.Agreement.SignedOn)+".")
	case d.EffectiveOn.Before(d.SignedOn) || d.EffectiveOn.Before(c.told(x)):
		return nil, told.Wrong("mulai", "Tanggal mulai berlaku, "+bahasa.Date(d.EffectiveOn)+
			", sudah lewat. Adendum tidak berlaku sebelum ditandatangani dan dicatat: buatlah draf dengan tanggal yang baru.")
	case d.EffectiveOn.After(ends):
		return nil, told.Wrong("mulai", "Adendum harus mulai berlaku sebelum perjanjian berakhir, "+bahasa.Date(ends)+".")
	}
	return []Effect{e}, nil
}

// told is the day on which the office was told that the addendum was signed. The decision after it may be later: until it is taken, nothing
// takes effect.
func (c *Case) told(x Facts) time.Time {
	for _, t := range slices.Backward(c.Taken) {
		if t.Values["ditandatangani"] != "" {
			return x.Institution.Zone.Day(t.At)
		}
	}
	return x.Today
}

// signAgreement brings the agreement, with the SPTJM that the head in office signed at the same table (B5); one that is signed later is a
// case of its own.
func signAgreement(c *Case, x Facts) ([]Effect, error) {
	a, err := c.Proposed(x)
	if err != nil {
		return nil, err
	}
	if a.SignedOn.After(x.Today) {
		return nil, errSignedLater
	}
	a.Document = c.Document()
	on, err := c.days("sptjm_ditandatangani")
	if err != nil {
		return nil, err
	}
	if h := x.Head(); !on[0].IsZero() {
		switch {
		case h.Name == "":
			return nil, errNoHead
		case on[0].Before(later(a.SignedOn, h.Since)):
			return nil, told.Wrong("sptjm_ditandatangani", "SPTJM ini tidak dapat ditandatangani sebelum "+
				bahasa.Date(later(a.SignedOn, h.Since))+": perjanjian atau pejabat yang disebutnya lebih baru.")
		}
		a.SPTJM = []agreement.SPTJM{{Head: h.ID, SignedOn: on[0], State: a.Extended(), Letter: c.Letter()}}
	}
	contacts, err := c.contacts(x, "ditandatangani")
	return append([]Effect{SignAgreement{a, x.Head()}}, contacts...), err
}

// signSPTJM takes the signed statement of the head in office, for the agreement that decides now as it stands, or for its extension while
// that is being decided (B5).
func signSPTJM(c *Case, x Facts) ([]Effect, error) {
	h := x.Head()
	if h.Name == "" {
		return nil, errNoHead
	}
	if x.Agreement == nil {
		return nil, errNoAgreement
	}
	days, err := c.days("ditandatangani", "berlaku_sampai")
	if err != nil {
		return nil, err
	}
	a := x.Agreement
	s := agreement.SPTJM{Head: h.ID, SignedOn: days[0], Until: days[1], State: a.Extended(), Letter: c.Letter()}
	// Not before what it speaks of: the agreement, the addendum by which it stands as it does, the request.
	from := later(a.SignedOn, h.Since)
	for _, d := range a.Addenda {
		if d.Change.EndsOn != nil {
			from = later(from, d.Signed())
		}
	}
	if asked := a.Asked(x.Now, x.Today, x.Grant.EndsOn); asked != nil {
		s.Extension, from = asked.Case, later(from, asked.On)
	} else if x.Grant.State == agreement.Ended || x.Grant.State == agreement.Terminated {
		return nil, told.Refuse("Perjanjian ini sudah berakhir, dan perpanjangannya tidak sedang diproses.")
	}
	switch {
	case s.SignedOn.After(x.Today):
		return nil, errSignedLater
	case s.SignedOn.Before(from):
		return nil, told.Wrong("ditandatangani", "SPTJM ini tidak dapat ditandatangani sebelum "+bahasa.Date(from)+
			": perjanjian, adendum, permohonan perpanjangan, atau pejabat yang disebutnya lebih baru.")
	case !s.Until.IsZero() && s.Until.Before(s.SignedOn):
		return nil, told.Wrong("berlaku_sampai", "Tanggal akhir SPTJM harus setelah tanggal penandatanganannya.")
	}
	return []Effect{SignSPTJM{*a, h, s}}, nil
}

// changeHead passes the responsibility on, on the day that the letter names, also a future one (B7).
func changeHead(c *Case, x Facts) ([]Effect, error) {
	days, err := c.days("kepala_sejak", "kepala_hingga")
	if err != nil {
		return nil, err
	}
	n := party.Head{Name: c.Value("kepala"), Position: c.Value("kepala_jabatan"), Acting: party.Acting(c.Value("kepala_status")),
		Since: days[0], Until: days[1], Letter: c.Letter()}
	if n.Acting == "definitif" {
		n.Acting = party.Definitive
	}
	old := x.Institution.Heads.Last()
	switch {
	case !n.Since.After(old.Since):
		return nil, told.Wrong("kepala_sejak",
			"Tanggal mulai menjabat harus setelah tanggal pejabat sebelumnya, "+bahasa.Date(old.Since)+".")
	case n.Acting == party.Plh && n.Until.IsZero():
		return nil, told.Wrong("kepala_hingga", "Pelaksana harian menjabat untuk waktu tertentu: isi tanggal terakhirnya.")
	case n.Acting == party.Definitive && !n.Until.IsZero():
		return nil, told.Wrong("kepala_hingga", "Tanggal terakhir diisi hanya untuk pelaksana tugas atau pelaksana harian.")
	case !n.Until.IsZero() && n.Until.Before(n.Since):
		return nil, told.Wrong("kepala_hingga", "Tanggal terakhir menjabat harus sama dengan atau setelah tanggal mulai.")
	}
	return []Effect{ChangeHead{x.Institution.ID, old, n}}, nil
}

// extension notes what became of a request to extend the agreement that decides now (E3).
func extension(kind string) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) ([]Effect, error) {
		if x.Agreement == nil {
			return nil, errNoAgreement
		}
		days, err := c.days("akses_sampai")
		if err != nil {
			return nil, err
		}
		e := agreement.ExtensionStep{Case: c.ID, Kind: kind, Letter: c.Letter(), From: x.Now}
		switch kind {
		case agreement.ExtensionAsked:
			e.From, e.On, e.Ends = time.Time{}, c.letterDay(), x.Grant.EndsOn
		case agreement.ExtensionGranted:
			e.Until = days[0]
		}
		return []Effect{StepExtension{*x.Agreement, e}}, nil
	}
}

// moveReaders moves the readers of a field on, from the day that another field names; from now on when that is empty. What opens begins
// with no day that has passed (E2).
func moveReaders(field, day string, to reader.State) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) ([]Effect, error) {
		on, err := c.days(day)
		if err != nil {
			return nil, err
		}
		if to == reader.Active && !on[0].After(x.Today) {
			on[0] = time.Time{}
		}
		var out []Effect
		for _, l := range lines(c.Value(field)) {
			p := append(strings.Split(l, "; "), "", "")
			old, ok := x.reader(p[0])
			if !ok {
				return nil, told.Refuse("Perangkat dengan nomor seri yang diisi belum terdaftar.")
			}
			if old.State == to {
				continue
			}
			if !old.State.May(to) {
				return nil, told.Refuse("Perangkat tidak dapat berpindah dari keadaan " + old.State.Label() + " ke " + to.Label() + ".")
			}
			n := reader.Reader{Serial: old.Serial, Model: old.Model, SAM: cmp.Or(p[2], old.SAM), State: to}
			if !on[0].IsZero() {
				if was := x.Institution.Zone.Day(old.Since); on[0].Before(was) {
					return nil, told.Wrong(day, "Perangkat "+old.Serial+" baru "+old.State.Label()+" sejak "+bahasa.Date(was)+
						": keadaan berikutnya tidak dapat dimulai sebelum itu.")
				}
				n.Since = later(x.Institution.Zone.Begin(on[0]), old.Since).In(x.Institution.Zone.Location())
			}
			out = append(out, SetReader{x.Institution.ID, old, n})
		}
		return out, nil
	}
}

// letterDay is the date of the case's last letter.
func (c *Case) letterDay() (day time.Time) {
	for _, t := range c.Taken {
		if t.Letter != "" {
			day = t.LetterDay
		}
	}
	return day
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
