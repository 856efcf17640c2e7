package office

import (
	"context"
	"slices"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/outage"
	"gapura/office/procedure"
)

// An OutageRegister keeps what is announced of planned outages.
type OutageRegister struct{ o *Office }

// OutagesOf is an office's.
func OutagesOf(o *Office) OutageRegister { return OutageRegister{o} }

// Announce announces a planned outage (M6): recorded, told to every agency whose agreement lets it look up, and on all doors until it
// is over. One administrator may, because no right changes by it.
func (reg OutageRegister) Announce(ctx context.Context, who Actor, x outage.Outage) error {
	now := reg.o.Now()
	if err := x.Check(now).Err(); err != nil {
		return err
	}
	notices, mails, err := reg.tellAll(ctx, "Gangguan terencana", func(z party.Zone) string { return x.Text(z, now) })
	if err != nil {
		return err
	}
	err = reg.o.Store.Outages.AnnounceOutage(ctx, journal.Change{At: now, By: who.User, Reason: x.Reason}, x, notices, mails)
	reg.o.wake(err == nil && len(mails) > 0)
	return err
}

// Withdraw takes an announcement back that is not over, and tells whom it was told.
func (reg OutageRegister) Withdraw(ctx context.Context, who Actor, id int64, reason string) error {
	standing, err := reg.o.Store.Outages.Standing(ctx, reg.o.Now())
	if err != nil {
		return err
	}
	x := outage.Outage{ID: id} // what does not stand any more is refused by the store
	if n := slices.IndexFunc(standing, func(x outage.Outage) bool { return x.ID == id }); n >= 0 {
		x = standing[n]
	}
	notices, mails, err := reg.tellAll(ctx, "Gangguan terencana ditarik", func(z party.Zone) string {
		return "Gangguan terencana " + x.Period(z) + " ditarik; layanan berjalan seperti biasa."
	})
	if err != nil {
		return err
	}
	err = reg.o.Store.Outages.WithdrawOutage(ctx, journal.Change{At: reg.o.Now(), By: who.User, Reason: reason}, x, notices, mails)
	reg.o.wake(err == nil && len(mails) > 0)
	return err
}

// tellAll are a notice and mails for every agency that is let in now, each with the text in its own time.
func (reg OutageRegister) tellAll(ctx context.Context, subject string, text func(party.Zone) string) (notices []procedure.Notice,
	mails []notify.Mail, err error) {
	all, err := reg.o.Store.Rights.Everyone(ctx)
	if err != nil {
		return nil, nil, err
	}
	now := reg.o.Now()
	for _, st := range all {
		i := st.Institution
		g, known := agreement.Current(st.Agreements, now, i.Zone.Day(now))
		if i.ID == party.Provider || !known || !g.Opens() {
			continue
		}
		say := text(i.Zone)
		notices = append(notices, procedure.Notice{Agency: i.ID, At: now, Text: say})
		list, err := reg.o.mails(ctx, i.ID, now, subject, salutation(i, i.Zone.Day(now))+"\n\n"+say)
		if err != nil {
			return nil, nil, err
		}
		mails = append(mails, list...)
	}
	return notices, mails, nil
}
