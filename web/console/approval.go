package console

import (
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type approvalPage struct {
	Good    *approvalRow // nil: none
	May     bool
	Choices []site.Option
	Reason  string // as typed
	Faults  told.Errors
}

type approvalRow struct{ For, Reason, Asked, Approved, At, Until string }

// approvalWords says what two administrators approve.
func approvalWords(what string) string {
	if what == journal.ApproveRestore {
		return "Memulihkan cadangan lama"
	}
	return "Memulai jangkar baru"
}

// approval shows the approval that is good now, and the form by which one is proposed.
func (c *Records) approval(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeApproval(w, r, v, http.StatusOK, "", approvalPage{})
}

func (c *Records) writeApproval(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, what string, p approvalPage) error {
	a, _, good, err := c.Store.Approval(r.Context(), c.Now())
	if err != nil {
		return err
	}
	if good {
		p.Good = &approvalRow{approvalWords(a.For), a.Reason, a.Asked, a.Approved, site.Clock(a.At, v),
			site.Clock(a.At.Add(journal.ApprovalLife), v)}
	}
	p.May = v.May(access.ToSet)
	for _, x := range []string{journal.ApproveRestore, journal.ApproveAnchor} {
		p.Choices = append(p.Choices, site.Option{Value: x, Label: approvalWords(x), Chosen: x == what})
	}
	return c.Show(w, r, status, "jangkar", c.Page(r, v, "Jangkar jurnal", p))
}

// proposeApproval proposes an exception: its file is there once another administrator has approved it.
func (c *Records) proposeApproval(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "untuk", "alasan")
	if err != nil {
		return err
	}
	p, what := approvalPage{Reason: strings.TrimSpace(f["alasan"])}, f["untuk"]
	if what != journal.ApproveAnchor && what != journal.ApproveRestore {
		p.Faults.Add("untuk", "Pilih untuk apa persetujuan ini.")
	}
	if p.Reason == "" || len(p.Reason) > 200 {
		p.Faults.Add("alasan", "Alasan harus diisi, paling panjang 200 karakter.")
	}
	if p.Faults != nil {
		return c.writeApproval(w, r, v, http.StatusUnprocessableEntity, what, p)
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingApproval,
		Subject: "Jangkar jurnal", Before: "Basis data yang lebih lama daripada jangkarnya tidak diterima.",
		After: approvalWords(what) + ", satu kali, dalam tujuh hari sejak disetujui.",
		Value: journal.Approval{For: what, Generation: c.Notary.Anchor.Generation(), Reason: p.Reason, Asked: v.User.Login}}, p.Reason)
}

// approvalFile hands the file out; where there is none, the page says so.
func (c *Records) approvalFile(w http.ResponseWriter, r *http.Request, _ *site.Visitor) error {
	_, file, good, err := c.Store.Approval(r.Context(), c.Now())
	if err != nil {
		return err
	}
	if !good {
		return c.Redirect(w, r, "/konsol/jurnal/jangkar/persetujuan")
	}
	return site.Download(w, "persetujuan-jangkar.json", site.Text, file)
}
