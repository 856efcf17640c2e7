package agency

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/web/site"
)

// A PaperView is what both offices signed, as a page shows it, with who has confirmed its hash (E19).
type PaperView struct {
	Name, Document   string
	Hashes           []string
	Provider, Office string // who confirmed, and when; empty: not yet
	Due              string
	Late             bool   // it is past, and somebody has not confirmed
	Mine             bool   // the visitor may confirm it now
	Path             string // where to
	Question         string // for a passkey in place of a code; empty: the visitor has none, or nothing to confirm
}

// PaperViews are papers as the visitor sees them; path is where the form of one goes. The visitor's browser is asked for a passkey once
// for all of them; script answers that.
func PaperViews(s *site.Site, r *http.Request, list []office.Paper, v *site.Visitor, path string) (out []PaperView, script string,
	err error) {
	question := ""
	if slices.ContainsFunc(list, func(p office.Paper) bool { return p.Lacks(office.SideOf(v.User.Role)) }) {
		if question, err = s.PasskeyQuestion(r, v); err != nil {
			return nil, "", err
		}
	}
	if question != "" {
		script = site.PasskeyScript
	}
	side := office.SideOf(v.User.Role)
	who := func(c *office.Confirmation) string {
		if c == nil {
			return ""
		}
		return c.ByName + ", " + site.Clock(c.At, v)
	}
	for _, p := range list {
		out = append(out, PaperView{Name: p.Name, Document: p.Document, Hashes: strings.Split(p.Document, ", "), Provider: who(p.Provider),
			Office: who(p.Office), Due: bahasa.Date(p.Due.In(v.Zone().Location())),
			Late: v.Now.After(p.Due) && (p.Lacks(office.ProviderSide) || p.Lacks(office.AgencySide)),
			Mine: p.Lacks(side), Path: path, Question: question})
	}
	return out, script, nil
}

// ConfirmPaper takes the visitor's confirmation of the hash of what was signed, with a code or a passkey as proof that it is them.
// fault is what is to be shown beside the form; empty: it is confirmed.
func ConfirmPaper(s *site.Site, o *office.Office, w http.ResponseWriter, r *http.Request, v *site.Visitor, agency int64) (fault string,
	err error) {
	f, err := s.Form(w, r, "dokumen", "kode", "jawaban")
	if err != nil {
		return "", err
	}
	if office.SideOf(v.User.Role) == "" {
		return "", told.Refuse("Konfirmasi diberikan oleh kepala instansi dan oleh administrator Dinas Dukcapil.")
	}
	if f["jawaban"] != "" {
		err = s.Entry.ProveByPasskey(r.Context(), v.Session, v.User, []byte(f["jawaban"]))
	} else {
		err = s.Entry.Prove(r.Context(), v.Session, v.User, f["kode"])
	}
	if err == nil {
		err = office.PapersOf(o).Confirm(r.Context(), v.Actor(), agency, f["dokumen"])
	}
	if e, ok := errors.AsType[*told.Error](err); ok && e.Kind != told.Busy {
		return e.Text, nil
	}
	return "", err
}

// confirmPaper is the head's.
func (c *Agency) confirmPaper(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	fault, err := ConfirmPaper(c.Site, c.Office, w, r, v, v.Institution.ID)
	if err != nil {
		return err
	}
	if fault != "" {
		return c.writeAgreement(w, r, v, http.StatusUnprocessableEntity, fault)
	}
	return c.Redirect(w, r, "/instansi/perjanjian#konfirmasi")
}

// papersToConfirm are those that wait for the visitor, who is the agency's head.
func papersToConfirm(list []office.Paper, v *site.Visitor) (out []office.Paper) {
	for _, p := range list {
		if v.User.Role == party.HeadOfAgency && p.Lacks(office.AgencySide) {
			out = append(out, p)
		}
	}
	return out
}
