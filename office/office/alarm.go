package office

import (
	"context"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
)

// Alarm keeps what an agency's cosigner found wrong with its log and tells both sides: the log does not go on from what the provider signed
// before.
func (o *Office) Alarm(ctx context.Context, i party.Institution, at time.Time, text string) error {
	told := []procedure.Notice{
		{Agency: party.Provider, At: at, Text: i.Name + ": " + text, Path: "/konsol/jurnal/" + i.Code},
		{Agency: i.ID, At: at, Text: text},
	}
	body := i.Name + "\n" + text + "\n\nJangan mengubah apa pun. Amankan basis data, cadangan, dan checkpoint yang disimpan instansi, " +
		"lalu periksa bersama."
	provider, err := o.mails(ctx, party.Provider, at, "Jurnal akses tidak utuh: "+i.Name, body+"\n\n"+o.link("/konsol/jurnal/"+i.Code))
	if err != nil {
		return err
	}
	agency, err := o.mails(ctx, i.ID, at, "Jurnal akses tidak utuh", body)
	if err != nil {
		return err
	}
	if err := o.Store.Witness.RaiseAlarm(ctx, i.ID, at, text, told, append(provider, agency...)); err != nil {
		return err
	}
	o.wake(len(provider)+len(agency) > 0)
	return nil
}
