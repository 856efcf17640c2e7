package console

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/site"
)

type approvalPage struct {
	Good    *approvalRow // nil: none
	May     bool
	Choices []site.Option
	Reason  string // as typed
	Witness string // likewise
	Key     string // likewise
	Faults  told.Errors
}

type approvalRow struct{ For, Reason, Asked, Approved, At, Until string }

// approveWitness is the choice of a witness's new key; what is approved then names witness and keys (journal.ApproveWitness).
const approveWitness = "witness"

// witnessKey is the approval of a witness's key that was typed.
func (c *Records) witnessKey(ctx context.Context, name, key string, faults *told.Errors) (string, error) {
	list, err := c.Store.Witnesses(ctx)
	if err != nil {
		return "", err
	}
	n := slices.IndexFunc(list, func(w witness.Standing) bool { return w.Name == name })
	if n < 0 {
		faults.Add("saksi", "Saksi dengan nama itu tidak terdaftar.")
		return "", nil
	}
	if journal.CheckCosignerKey(key) != nil || key == list[n].Key {
		faults.Add("kunci", "Kunci pemeriksa saksi tidak dapat dibaca, atau sudah terdaftar.")
	}
	return journal.ApproveWitness(name, list[n].Key, key), nil
}

// approvalWords says what two administrators approve.
func approvalWords(what string) string {
	switch {
	case what == journal.ApproveRestore:
		return "Memulihkan cadangan lama"
	case what == approveWitness || strings.HasPrefix(what, approveWitness+" "):
		return "Kunci baru saksi yang kehilangan kunci lamanya"
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
	for _, x := range []string{journal.ApproveRestore, journal.ApproveAnchor, approveWitness} {
		p.Choices = append(p.Choices, site.Option{Value: x, Label: approvalWords(x), Chosen: x == what})
	}
	return c.Show(w, r, status, "jangkar", c.Page(r, v, "Jangkar jurnal", p))
}

// proposeApproval proposes an exception: its file is there once another administrator has approved it.
func (c *Records) proposeApproval(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "untuk", "alasan", "saksi", "kunci")
	if err != nil {
		return err
	}
	p, what := approvalPage{Reason: strings.TrimSpace(f["alasan"]), Witness: f["saksi"], Key: strings.TrimSpace(f["kunci"])}, f["untuk"]
	fully, before := what, "Basis data yang lebih lama daripada jangkarnya tidak diterima."
	switch what {
	case journal.ApproveAnchor, journal.ApproveRestore:
	case approveWitness:
		before = "Kunci saksi diganti hanya dengan tanda tangan kunci lamanya."
		if fully, err = c.witnessKey(r.Context(), p.Witness, p.Key, &p.Faults); err != nil {
			return err
		}
	default:
		p.Faults.Add("untuk", "Pilih untuk apa persetujuan ini.")
	}
	if p.Reason == "" || len(p.Reason) > 200 {
		p.Faults.Add("alasan", "Alasan harus diisi, paling panjang 200 karakter.")
	}
	if p.Faults != nil {
		return c.writeApproval(w, r, v, http.StatusUnprocessableEntity, what, p)
	}
	return propose(c.Site, c.Office, w, r, v, office.Setting{Agency: party.Provider, Kind: procedure.SettingApproval,
		Subject: "Jangkar jurnal", Before: before,
		After: strings.TrimSpace(approvalWords(what)+" "+p.Witness+" "+p.Key) + ", satu kali, dalam tujuh hari sejak disetujui.",
		Value: journal.Approval{For: fully, Generation: c.Notary.Anchor.Generation(), Reason: p.Reason, Asked: v.User.Login}}, p.Reason)
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
