package office

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// The sides of an agreement.
const (
	ProviderSide = "provider"
	AgencySide   = "agency"
)

// A Confirmation says that somebody of one side has held what was signed against its hash (E19). It is never changed.
type Confirmation struct {
	Agency   int64
	Document string // the hashes, as agreement.Agreement.Document
	Side     string
	At       time.Time
	By       int64
	ByName   string
}

// A Paper is an agreement or addendum as both offices signed it, known by its hash, with who has confirmed that.
type Paper struct {
	Agency           int64
	Code, AgencyName string // as List gives them
	Agreement        int64
	Name             string
	Document         string
	Due              time.Time     // last day on which both should have confirmed; nothing stops after it
	Provider, Office *Confirmation // of the provider and of the agency; nil: not yet
}

// paperDays is how long both sides have to confirm what was recorded, in days.
const paperDays = 14

// Lacks reports whether a side has still to confirm.
func (p Paper) Lacks(side string) bool {
	return side == ProviderSide && p.Provider == nil || side == AgencySide && p.Office == nil
}

// Papers are an agency's agreements and addenda that are known by their hash, oldest first. Those of before documents were kept by their
// hash have none and are not among them.
func Papers(all []agreement.Agreement, done []Confirmation) (out []Paper) {
	add := func(a agreement.Agreement, name, document string, known, signed time.Time) {
		if document == "" || slices.ContainsFunc(out, func(p Paper) bool { return p.Document == document }) {
			return
		}
		if known.Before(signed) {
			known = signed
		}
		p := Paper{Agency: a.Agency, Agreement: a.ID, Name: name, Document: document, Due: known.AddDate(0, 0, paperDays)}
		for _, c := range done {
			if c.Agency != a.Agency || c.Document != document {
				continue
			}
			if c.Side == ProviderSide {
				p.Provider = &c
			} else {
				p.Office = &c
			}
		}
		out = append(out, p)
	}
	for _, a := range all {
		add(a, "PKS "+a.ProviderNumber, a.Document, a.Known, a.SignedOn)
		for _, d := range a.Addenda {
			add(a, "Adendum "+d.Number+" dari PKS "+a.ProviderNumber, d.Document, d.Known, d.SignedOn)
		}
	}
	return out
}

// A PaperRegister is the way in to the confirmation of what was signed.
type PaperRegister struct{ o *Office }

// PapersOf is an office's.
func PapersOf(o *Office) PaperRegister { return PaperRegister{o} }

// List are the papers of an agency, or of all (below 0).
func (reg PaperRegister) List(ctx context.Context, agency int64) (out []Paper, err error) {
	done, err := reg.o.Store.Rights.Confirmations(ctx, agency)
	if err != nil {
		return nil, err
	}
	all, err := reg.o.Store.Rights.Everyone(ctx)
	for _, st := range all {
		if agency < 0 || st.Institution.ID == agency {
			for _, p := range Papers(st.Agreements, done) {
				p.Code, p.AgencyName = st.Institution.Code, st.Institution.Name
				out = append(out, p)
			}
		}
	}
	return out, err
}

// SideOf is the side for which a user confirms: the agency's head, or an administrator of the provider; "" for anybody else.
func SideOf(role party.Role) string {
	switch role {
	case party.HeadOfAgency:
		return AgencySide
	case party.Administrator:
		return ProviderSide
	}
	return ""
}

var errPaper = told.Refuse("Dokumen ini tidak dikenal, atau sudah dikonfirmasi.")

// Confirm records that the actor's side has confirmed a paper; whoever calls has asked for the actor's second factor. It changes no right.
func (reg PaperRegister) Confirm(ctx context.Context, who Actor, agency int64, document string) error {
	side := SideOf(who.Role)
	if side == "" || side == AgencySide && who.Agency != agency {
		return told.Refuse("Konfirmasi diberikan oleh kepala instansi dan oleh administrator Dinas Dukcapil.")
	}
	list, err := reg.List(ctx, agency)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(list, func(p Paper) bool { return p.Document == document && p.Lacks(side) })
	if at < 0 {
		return errPaper
	}
	now, p := reg.o.Now(), list[at]
	by := map[string]string{ProviderSide: "Dinas Dukcapil", AgencySide: "kepala instansi"}[side]
	c := journal.Change{At: now, By: who.User, Reason: "PKS 10", Subject: "Dokumen " + p.Name,
		After: "SHA-256 " + document + " dikonfirmasi oleh " + by}
	note := []procedure.Notice{{Agency: party.Provider, At: now, Text: p.AgencyName + ": " + p.Name + " dikonfirmasi oleh " + by,
		Path: fmt.Sprintf("/konsol/perjanjian/%s/%d", p.Code, p.Agreement)}, {Agency: agency, At: now,
		Text: p.Name + " dikonfirmasi oleh " + by, Path: "/instansi/perjanjian"}}
	wrote, err := reg.o.Store.Rights.Confirm(ctx, c, Confirmation{Agency: agency, Document: document, Side: side, At: now,
		By: who.User}, note)
	if err == nil && !wrote {
		return errPaper
	}
	return err
}
