package office

import (
	"context"
	"strings"

	"gapura/access/access"
	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// StopUser stops a user's lookups for abuse, by the Watcher or by a person, and tells both sides (D2).
func (o *Office) StopUser(ctx context.Context, s *access.Standing, f guard.Finding) error {
	i, why := s.Institution, strings.Join(f.Reasons, " ")
	text := "Pencarian dengan User ID " + s.User.Login + " dihentikan: " + why
	ask := "Bila pencarian itu wajar, hubungi " + i.OfficeHelper() + "."
	path := "/konsol/pengawasan/" + i.Code + "/" + s.User.Login
	told := []procedure.Notice{
		{Agency: party.Provider, At: f.At, Text: i.Name + ": " + text, Path: path},
		{Agency: i.ID, At: f.At, Text: text + " " + ask},
	}
	provider, err := o.mails(ctx, party.Provider, f.At, "Pencarian dihentikan: "+i.Name, i.Name+"\n"+text+"\n\n"+o.link(path))
	if err != nil {
		return err
	}
	agency, err := o.mails(ctx, i.ID, f.At, "Pencarian dengan User ID "+s.User.Login+" dihentikan",
		text+"\n\n"+ask)
	if err != nil {
		return err
	}
	mails := append(provider, agency...)
	stopped, err := o.Store.Stops.StopUser(ctx, s.User, f, journal.Change{At: f.At, By: f.By, Reason: why}, told, mails)
	if err == nil {
		o.wake(stopped && len(mails) > 0)
	}
	return err
}
