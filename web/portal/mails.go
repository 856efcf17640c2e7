package portal

import (
	"context"
	"net/http"
	"net/netip"

	"gapura/web/site"
)

// Mails are what residents are told by e-mail, as the link in each of them finds it; see office.Subscriptions. Safe for concurrent use.
type Mails interface {
	Find(ctx context.Context, link string) (confirmed, found bool, err error)
	// Confirm and Stop are false when the link leads nowhere, as after a stop.
	Confirm(ctx context.Context, link string, from netip.Addr) (bool, error)
	Stop(ctx context.Context, link string, from netip.Addr) (bool, error)
}

type mailsPage struct {
	Office           string
	Begun, Confirmed bool // what was just done; what stands
	Stopped          bool
}

// mailsForm asks whoever opens the link of an e-mail what they want. Opening alone changes nothing: programs that look at mails open links.
func (p *Portal) mailsForm(w http.ResponseWriter, r *http.Request) error {
	confirmed, found, err := p.Mails.Find(r.Context(), r.PathValue("link"))
	if err != nil {
		return err
	}
	if !found {
		return p.noMails(r)
	}
	return p.showMails(w, r, mailsPage{Confirmed: confirmed})
}

func (p *Portal) showMails(w http.ResponseWriter, r *http.Request, m mailsPage) error {
	m.Office = p.Provider
	w.Header().Set("Cache-Control", "no-store")
	return p.Show(w, r, http.StatusOK, "kabar", p.Page(r, nil, "Pemberitahuan lewat surel", m))
}

// changeMails begins or ends them.
func (p *Portal) changeMails(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Form(w, r, "pilihan")
	if err != nil {
		return err
	}
	do := p.Mails.Stop
	if f["pilihan"] == "setuju" {
		do = p.Mails.Confirm
	}
	found, err := do(r.Context(), r.PathValue("link"), p.Peer(r))
	if err != nil {
		return err
	}
	if !found {
		return p.noMails(r)
	}
	return p.showMails(w, r, mailsPage{Begun: f["pilihan"] == "setuju", Confirmed: true, Stopped: f["pilihan"] != "setuju"})
}

// noMails is a link that leads nowhere; guessing one is counted as guessing a password is.
func (p *Portal) noMails(r *http.Request) error {
	if err := p.Entry.Admission.Guess(p.Peer(r)); err != nil {
		return err
	}
	return &site.Problem{Status: http.StatusGone, Message: site.Message{Kind: "warn", Heading: "Tautan ini tidak berlaku lagi",
		Advice: []string{"Pemberitahuan lewat surel sudah dihentikan, diganti, atau tidak pernah disetujui. Tidak ada yang dikirim lagi. " +
			"Permintaan baru disampaikan di loket " + p.Provider + "."}}}
}
