package deskdb_test

import (
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
)

// Nobody at the desk sees both halves of another's slip: who prints it draws no second code, its owner draws none, and a sheet that is
// printed again takes the code before with it.
func TestTheHalvesOfASlipComeFromTwoHandsAndWorkOnceInTime(t *testing.T) {
	c := open(t)
	ctx, second := t.Context(), func(id, by int64) string {
		t.Helper()
		half, err := c.Slips.DrawSecond(t.Context(), id, by, now)
		if _, shown := told.Text(err); err != nil && !shown {
			t.Fatal(err)
		}
		return half
	}
	add := func(login string) int64 {
		id, err := c.AddUser(ctx, login, "Nama "+login, party.Officer, "hash", now)
		c.must(err)
		return id
	}
	printer, colleague := add("pencetak"), add("rekan")
	id, err := c.Slips.Issue(ctx, c.officer, now)
	c.must(err)
	if second(id, colleague) != "" {
		t.Error("a second code before the sheet is printed")
	}
	if s, err := c.Slips.Print(ctx, id, 0, now); err != nil || s.Second != "" {
		t.Error("the command line prints both halves though two people work at the desk", err)
	}
	first, err := c.Slips.Print(ctx, id, printer, now)
	c.must(err)
	if first.Second != "" || second(id, printer) != "" || second(id, c.officer) != "" {
		t.Error("who printed it, or its owner, has the second code")
	}
	old := second(id, colleague)
	if old == "" || second(id, colleague) != "" {
		t.Error("the second code is drawn once")
	}
	again, err := c.Slips.Print(ctx, id, printer, now)
	c.must(err)
	half := second(id, colleague)
	redeem := func(code, second string, at time.Time) bool {
		t.Helper()
		ok, err := c.Slips.Redeem(ctx, code, second, "new hash", at)
		c.must(err)
		return ok
	}
	if redeem(first.First, old, now) || redeem(again.First, old, now) || redeem(first.First, half, now) {
		t.Error("a half of the sheet before is good")
	}
	if redeem(again.First, half, now.Add(party.SlipLife+time.Second)) {
		t.Error("good after its time")
	}
	if !redeem(again.First, half, now) || redeem(again.First, half, now) {
		t.Error("not good once")
	}
	next, err := c.Slips.Issue(ctx, c.officer, now)
	c.must(err)
	s, err := c.Slips.Print(ctx, next, printer, now)
	c.must(err)
	good := second(next, colleague)
	for range party.MostTries {
		redeem(s.First, "AAAA-AAAA-AAAA", now)
	}
	if redeem(s.First, good, now) {
		t.Error("good after as many wrong tries as end it")
	}
}
