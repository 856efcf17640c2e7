package outage

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"gapura/agreement/party"
)

var begin = time.Date(2026, 11, 28, 1, 0, 0, 0, time.UTC)

func TestAnOutageIsAnnouncedAheadAndIsOverByItself(t *testing.T) {
	now := begin.Add(-time.Hour)
	o := Outage{From: begin, To: begin.Add(2 * time.Hour), Reason: "pemeliharaan listrik."}
	if faults := o.Check(now); faults != nil {
		t.Fatal(faults)
	}
	var fails error
	b := &Board{Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Read: func(context.Context, time.Time) ([]Outage, error) { return []Outage{o}, fails }}
	if len(b.Standing()) != 0 {
		t.Error("told before it was read")
	}
	b.Refresh(t.Context())
	fails = errors.New("gone")
	b.Refresh(t.Context()) // and goes on telling what it knew
	for _, c := range []struct {
		at       time.Duration
		text     string
		underWay bool
		retry    string
	}{
		{-time.Hour, "Gangguan terencana: 28 November 2026 08.00 sampai 10.00 WIB, layanan mungkin tidak menjawab. Sebab: pemeliharaan " +
			"listrik.", false, ""},
		{0, "Gangguan terencana sedang berlangsung: 28 November 2026 08.00 sampai 10.00 WIB, layanan mungkin tidak menjawab. Sebab: " +
			"pemeliharaan listrik.", true, "7200"},
		{2*time.Hour - time.Millisecond, "Gangguan terencana sedang berlangsung: 28 November 2026 08.00 sampai 10.00 WIB, layanan " +
			"mungkin tidak menjawab. Sebab: pemeliharaan listrik.", true, "1"},
		{2 * time.Hour, "", false, ""},
	} {
		now = begin.Add(c.at)
		texts := b.Texts(party.WIB)
		text := ""
		if len(texts) == 1 {
			text = texts[0]
		}
		got, under := b.UnderWay()
		if text != c.text || under != c.underWay || under && got.RetryAfter(now) != c.retry {
			t.Errorf("%v: %q, under way %v", c.at, text, under)
		}
	}
	if o.Interval() != "2026-11-28T01:00:00Z/2026-11-28T03:00:00Z" {
		t.Error(o.Interval())
	}
	now = begin
	if o.Withdrawn = begin; o.Stands(now) || o.UnderWay(now) {
		t.Error("a withdrawn one stands")
	}
	if text := (Outage{From: begin, To: begin.Add(30 * time.Hour), Reason: "x"}).Period(party.WIB); text !=
		"28 November 2026 08.00 sampai 29 November 2026 14.00 WIB" {
		t.Error(text)
	}
}

func TestWhatCannotBeAnnouncedIsNamedByField(t *testing.T) {
	for field, o := range map[string]Outage{
		"mulai":   {From: begin.Add(-time.Minute), To: begin.Add(time.Hour), Reason: "x"},
		"selesai": {From: begin, To: begin, Reason: "x"},
		"sebab":   {From: begin, To: begin.Add(time.Hour)},
	} {
		if faults := o.Check(begin); len(faults) != 1 || faults.Of(field) == "" {
			t.Errorf("%s: %v", field, faults)
		}
	}
	if faults := (Outage{From: begin, To: begin.Add(8 * 24 * time.Hour), Reason: "x"}).Check(begin); faults.Of("selesai") == "" {
		t.Error("longer than a week")
	}
	if faults := (Outage{}).Check(begin); len(faults) != 3 {
		t.Error(faults)
	}
}
