package office

import (
	"context"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
)

// Alarm keeps what an agency's cosigner found wrong with its log and tells both sides: the log does not go on from what the provider signed
// before.
func (reg ReminderRegister) Alarm(ctx context.Context, i party.Institution, at time.Time, text string) error {
	told := []procedure.Notice{
		{Agency: party.Provider, At: at, Text: i.Name + ": " + text, Path: "/konsol/jurnal/" + i.Code},
		{Agency: i.ID, At: at, Text: text},
	}
	body := i.Name + "\n" + text + "\n\nJangan mengubah apa pun. Amankan basis data, cadangan, dan checkpoint yang disimpan instansi, " +
		"lalu periksa bersama."
	provider, err := reg.o.mails(ctx, party.Provider, at, "Jurnal akses tidak utuh: "+i.Name,
		body+"\n\n"+reg.o.link("/konsol/jurnal/"+i.Code))
	if err != nil {
		return err
	}
	agency, err := reg.o.mails(ctx, i.ID, at, "Jurnal akses tidak utuh", body)
	if err != nil {
		return err
	}
	if err := reg.o.Store.Witness.RaiseAlarm(ctx, i.ID, at, text, told, append(provider, agency...)); err != nil {
		return err
	}
	reg.o.wake(len(provider)+len(agency) > 0)
	return nil
}
