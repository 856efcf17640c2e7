package office

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/office/procedure"
)

// tell adds to the step whom it tells: the provider's staff when a decision waits, both sides when the case is over.
func (o *Office) tell(ctx context.Context, n *Step, after *procedure.Case, x procedure.Facts) error {
	path := fmt.Sprintf("/konsol/berkas/%d", after.ID)
	name := caseName(after, x.Institution)
	next := after.Next()
	switch {
	case next != nil && next.Decision:
		n.Notices = append(n.Notices, procedure.Notice{Agency: party.Provider, At: x.Now, Text: "Menunggu keputusan: " + name, Path: path})
		return o.mail(ctx, n, party.Provider, x.Now, "Menunggu keputusan: "+after.Procedure.Name,
			"Berkas berikut menunggu keputusan administrator:\n\n"+name+"\n\n"+o.link(path))
	case next != nil && next.AgencyTakes:
		text := "Diminta dari instansi Anda: " + next.Name + ", " + name
		if due, ok := after.Procedure.StepDue(after.Opened, len(after.Taken)); ok {
			text += ", paling lambat " + moment(due, x.Institution.Zone)
		}
		n.Notices = append(n.Notices, procedure.Notice{Agency: after.Agency, At: x.Now, Text: text, Path: ownPath(after)})
		return o.mail(ctx, n, after.Agency, x.Now, after.Procedure.Name+": "+next.Name, salutation(x.Institution, x.Today)+"\n\n"+text+
			".\n\n"+o.link(ownPath(after)))
	case next != nil && n.Result.Taken.Verdict == procedure.Approve && after.Procedure.AgencyAsks:
		n.Notices = append(n.Notices, procedure.Notice{Agency: after.Agency, At: x.Now, Text: "Disetujui: " + name + ". Berikutnya: " +
			next.Name + ".", Path: ownPath(after)})
	case after.State == procedure.Done || after.State == procedure.Refused:
		text := map[procedure.State]string{procedure.Done: "Selesai: ", procedure.Refused: "Ditolak: "}[after.State] + name
		n.Notices = append(n.Notices, procedure.Notice{Agency: party.Provider, At: x.Now, Text: text, Path: path})
		if after.Agency == party.Provider || !after.Procedure.SeenByAgency(after.State) {
			return nil
		}
		n.Notices = append(n.Notices, procedure.Notice{Agency: after.Agency, At: x.Now, Text: text, Path: ownPath(after)})
		body := salutation(x.Institution, x.Today) + "\n\n" + text + "."
		if why := n.Result.Taken.Values["alasan"]; why != "" {
			body += "\nAlasan: " + why
		}
		return o.mail(ctx, n, after.Agency, x.Now, after.Procedure.Name+": "+strings.ToLower(after.State.Label()), body+"\n\n"+o.link("/"))
	}
	return nil
}

// withdrawn tells both sides that a case was withdrawn; the agency of those that it sees.
func withdrawn(c *procedure.Case, who Actor, x procedure.Facts) []procedure.Notice {
	by := "Dinas Dukcapil"
	if who.Role == party.AgencyAdmin {
		by = "admin instansi"
	}
	text := "Ditarik oleh " + by + ": " + caseName(c, x.Institution)
	out := []procedure.Notice{{Agency: party.Provider, At: x.Now, Text: text, Path: fmt.Sprintf("/konsol/berkas/%d", c.ID)}}
	if c.Agency != party.Provider && c.Procedure.SeenByAgency(procedure.Withdrawn) {
		out = append(out, procedure.Notice{Agency: c.Agency, At: x.Now, Text: text, Path: ownPath(c)})
	}
	return out
}

// ownPath is where the agency's own people see a case.
func ownPath(c *procedure.Case) string { return fmt.Sprintf("/instansi/permohonan/%d", c.ID) }

func (o *Office) mail(ctx context.Context, n *Step, agency int64, at time.Time, subject, body string) error {
	list, err := o.mails(ctx, agency, at, subject, body)
	n.Mails = append(n.Mails, list...)
	return err
}

// mails are one mail for each address of an institution. No mail holds data of a resident or a secret.
func (o *Office) mails(ctx context.Context, agency int64, at time.Time, subject, body string) ([]notify.Mail, error) {
	to, err := o.Store.Institutions.Emails(ctx, agency)
	if err != nil {
		return nil, err
	}
	return o.mailsTo(to, at, subject, body), nil
}

func (o *Office) mailsTo(to []string, at time.Time, subject, body string) []notify.Mail {
	out := make([]notify.Mail, len(to))
	for i, a := range to {
		out[i] = notify.Mail{To: a, Subject: "[Gapura] " + subject, Body: body + "\n\n-- \n" + o.Details.Name +
			"\nSurel ini dikirim otomatis oleh Gapura.", Created: at}
	}
	return out
}

// ministryMails is a mail to the Director General's office; none without an address.
func (o *Office) ministryMails(at time.Time, subject, body string) []notify.Mail {
	if o.Details.Ministry == "" {
		return nil
	}
	return o.mailsTo([]string{o.Details.Ministry}, at, subject, body)
}

func (o *Office) link(path string) string {
	if o.Details.URL == "" {
		return "Silakan buka Gapura."
	}
	return "Silakan buka " + strings.TrimSuffix(o.Details.URL, "/") + path
}
