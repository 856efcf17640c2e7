package access

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/journal/journal"
	"gapura/person/nik"
)

const serial = "RDR-1"

// A shop has one reader, which can be changed.
type shop struct {
	moves []reader.Move
	fault error
}

func (o *shop) Devices(context.Context, int64) ([]reader.Device, error) {
	return []reader.Device{{Serial: "RDR-0"}, {Serial: serial, Moves: o.moves}}, o.fault
}

// put adds a word of the records, of today's hours before now: since when the reader is in a state, and since when that is known.
func (o *shop) put(s reader.State, from, known time.Duration) {
	o.moves = append(o.moves, reader.Move{State: s, From: testNow.Add(-from), Known: testNow.Add(-known)})
}

func cardDoor() (*house, *Gate, *shop) {
	h, g := built()
	s := h.standing
	s.User.Methods = []string{agreement.API, agreement.Reader}
	s.Agreements[0].Terms.Methods = []string{agreement.Portal, agreement.API, agreement.Reader}
	o := new(shop)
	o.put(reader.Active, 999*time.Hour, 999*time.Hour)
	g.Readers = o
	return h, g, o
}

func reading(change func(*CardRead)) CardRead {
	r := CardRead{Who: Known(5), Address: counter, Key: "baca-0001", NIK: someone, Reader: serial, Purpose: "bantuan", Reference: "K-1",
		At: testNow.Add(-time.Hour)}
	if change != nil {
		change(&r)
	}
	return r
}

// TestAReadingIsARecordWithoutHitOrValue (A4, F4): by method reader, with the reader's serial number and when it read; nothing is asked of
// the population source, nothing is charged, and enumeration is not looked for in what cards say.
func TestAReadingIsARecordWithoutHitOrValue(t *testing.T) {
	h, g, _ := cardDoor()
	a, repeated, err := g.Card(t.Context(), reading(nil))
	want := journal.Record{ID: journal.ID{Log: 1}, At: testNow, Act: journal.ActCard, User: 5, Agreement: 9, Basis: "PKS 1",
		Method: agreement.Reader, Purpose: "bantuan", Reference: "K-1", Address: counter, NIK: someone, Outcome: string(Card),
		Reader: serial, ReadAt: testNow.Add(-time.Hour)}
	if err != nil || repeated || a.Code != Card || a.Code.Refused() || a.Record != want.ID || len(h.records) != 1 || h.records[0] != want {
		t.Fatalf("%+v, %v\n%+v", a, err, h.records)
	}
	if h.asked != 0 || len(h.judged) != 0 {
		t.Errorf("source asked %d times, watch %d", h.asked, len(h.judged))
	}
	if a, _, err = g.Card(t.Context(), reading(func(r *CardRead) { r.NIK = nik.NIK{} })); err != nil || a.Code != Card ||
		!h.records[1].NIK.IsZero() {
		t.Errorf("a chip without NIK: %+v, %v", a, err)
	}
}

// TestAReadingIsJudgedAsOfWhenItWasRead (H3): what counts is what was in force then, whatever has changed since.
func TestAReadingIsJudgedAsOfWhenItWasRead(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*house, *shop, *CardRead)
		want  Code
		keyed bool
	}{
		"all well": {nil, Card, true},
		"agreement without the method": {func(h *house, _ *shop, _ *CardRead) {
			h.standing.Agreements[0].Terms.Methods = []string{agreement.API}
		}, Method, true},
		"user without the method": {func(h *house, _ *shop, _ *CardRead) {
			h.standing.User.Methods = []string{agreement.API}
		}, Method, true},
		"method taken away by an addendum before": {func(h *house, _ *shop, r *CardRead) {
			h.standing.Agreements[0].Addenda = []agreement.Addendum{{EffectiveOn: today, Change: agreement.Change{
				Methods: []string{agreement.API}}}}
		}, Method, true},
		"method taken away by an addendum after it was read": {func(h *house, _ *shop, r *CardRead) {
			h.standing.Agreements[0].Addenda = []agreement.Addendum{{EffectiveOn: today, Change: agreement.Change{
				Methods: []string{agreement.API}}}}
			r.At = testNow.AddDate(0, 0, -1)
		}, Card, true},
		"suspended when it was read": {func(h *house, _ *shop, _ *CardRead) {
			h.standing.Agreements[0].Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: testNow.Add(-2 * time.Hour)}}
		}, InstitutionInactive, true},
		"suspended since": {func(h *house, _ *shop, _ *CardRead) {
			h.standing.Agreements[0].Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: testNow.Add(-time.Minute)}}
		}, Card, true},
		"ended since":  {func(h *house, _ *shop, r *CardRead) { ended(h); r.At = testNow.AddDate(0, 0, -2) }, Card, true},
		"ended before": {func(h *house, _ *shop, _ *CardRead) { ended(h) }, InstitutionInactive, true},
		"reader not active": {func(_ *house, o *shop, _ *CardRead) {
			o.put(reader.Deactivated, 2*time.Hour, 2*time.Hour)
		}, Device, true},
		"reader lost before, as is known since": {func(_ *house, o *shop, _ *CardRead) {
			o.put(reader.Deactivated, 2*time.Hour, time.Minute)
		}, Device, true},
		"reader deactivated since": {func(_ *house, o *shop, _ *CardRead) {
			o.put(reader.Deactivated, time.Minute, time.Minute)
		}, Card, true},
		"reader of somebody else": {func(_ *house, _ *shop, r *CardRead) { r.Reader = "RDR-9" }, Device, true},
		"purpose not agreed":      {func(_ *house, _ *shop, r *CardRead) { r.Purpose = "lain" }, Purpose, true},
		"purpose that is not the desk's": {func(h *house, _ *shop, r *CardRead) {
			h.standing.Apps = []party.App{{ID: 4, Kind: party.DeskApp, Methods: []string{agreement.API}, Purposes: []string{"lain"},
				Since: r.At}}
		}, Purpose, true},
		"purpose that is not the desk's, which was registered since": {func(h *house, _ *shop, r *CardRead) {
			h.standing.Apps = []party.App{{ID: 4, Kind: party.DeskApp, Methods: []string{agreement.API}, Purposes: []string{"lain"},
				Since: r.At.Add(time.Second)}}
		}, Card, true},
		"desk for verdicts alone, registered without a reader": {func(h *house, _ *shop, r *CardRead) {
			h.standing.Apps = []party.App{{ID: 4, Kind: party.DeskApp, Methods: []string{agreement.API}, MatchOnly: true}}
		}, Card, true},
		"no reference":         {func(_ *house, _ *shop, r *CardRead) { r.Reference = "" }, Purpose, true},
		"from another network": {func(_ *house, _ *shop, r *CardRead) { r.Address = nowhere }, Network, false},
		"nobody whom we know":  {func(_ *house, _ *shop, r *CardRead) { r.Who = Known(0) }, Login, false},
		"user inactive": {func(h *house, _ *shop, _ *CardRead) {
			h.standing.User.Deactivated = testNow
		}, UserInactive, false},
	} {
		h, g, o := cardDoor()
		r := reading(nil)
		if c.spoil != nil {
			c.spoil(h, o, &r)
		}
		a, _, err := g.Card(t.Context(), r)
		if err != nil || a.Code != c.want || len(h.records) != 1 || (a.Code != Card) != a.Code.Refused() {
			t.Errorf("%s: %+v, %v", name, a, err)
			continue
		}
		rec := h.records[0]
		if rec.Outcome != string(c.want) || rec.Hit || rec.NIK != someone || rec.Method != agreement.Reader || rec.Reader == "RDR-9" {
			t.Errorf("%s: recorded as %+v", name, rec)
		}
		if (h.key != "") != c.keyed {
			t.Errorf("%s: under key %q", name, h.key)
		}
	}
}

func ended(h *house) { h.standing.Agreements[0].EndsOn = today.AddDate(0, 0, -1) }

func TestAReadingThatCannotBeRecordedIsNotAnswered(t *testing.T) {
	fault := errors.New("broken")
	for name, spoil := range map[string]func(*house, *shop){
		"log": func(h *house, _ *shop) { h.broken = fault }, "rights": func(h *house, _ *shop) { h.unread = fault },
		"readers": func(_ *house, o *shop) { o.fault = fault },
	} {
		h, g, o := cardDoor()
		spoil(h, o)
		if a, told, err := g.Card(t.Context(), reading(nil)); !errors.Is(err, fault) || a != (Answer{}) || told {
			t.Errorf("%s: %+v, told before %v, %v", name, a, told, err)
		}
	}
	h, g, _ := cardDoor()
	h.stale = 2
	if a, _, err := g.Card(t.Context(), reading(nil)); err != nil || a.Code != Card || h.forgot != 2 {
		t.Errorf("stale rights: %+v, %v", a, err)
	}
	h, g, _ = cardDoor()
	h.broken = journal.ErrKey
	if _, _, err := g.Card(t.Context(), reading(nil)); !errors.Is(err, ErrCardKey) || strings.Contains(err.Error(), someone.Digits()) {
		t.Errorf("%v", err)
	}
}
