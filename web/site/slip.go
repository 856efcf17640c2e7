package site

import (
	"net/http"
	"net/url"
	"strings"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
)

// OpenSlip leads from the code of a printed slip, as its owner typed it, to the slip's page, at portal and desk.
func (s *Site) OpenSlip(w http.ResponseWriter, r *http.Request) error {
	f, err := s.Form(w, r, "lembar")
	if err != nil {
		return err
	}
	code := strings.Join(strings.Fields(f["lembar"]), "-") // the sheet shows it in groups
	if code == "" {
		return s.Redirect(w, r, "/aktivasi")
	}
	return s.Redirect(w, r, "/aktivasi/"+url.PathEscape(code))
}

// SendSheet sends a sealed sheet with a code for a user id.
func SendSheet(w http.ResponseWriter, login string, pdf []byte) error {
	return Download(w, "lembar-rahasia-"+login+".pdf", PDF, pdf)
}

// A SlipRow is an open slip in the table of slips, at console and desk.
type SlipRow struct {
	Path            string // of the page of slips
	ID              int64
	For, Owner      string
	Letter, Until   string
	Printed         string // when; empty: not yet
	MayPrint        bool
	Mailed, Drawn   bool
	Mine, Permitted bool // the visitor printed it; the visitor may draw its second half
	Named           bool // the visitor named the address that its second half goes to, so that another prints it
	AtAgency        bool // the agency's own people hand its second half over
}

// SlipRowOf is the row of a slip for a visitor who may print it, or hand second halves over.
func SlipRowOf(x party.Slip, v *Visitor, path string, prints, hands bool) SlipRow {
	named := x.AddressBy != 0 && x.AddressBy == v.User.ID
	row := SlipRow{Path: path, ID: x.ID, For: x.For.Label(), Owner: x.OwnerLogin, Letter: x.Letter, MayPrint: prints && !named,
		Until: bahasa.Date(x.Until.In(v.Zone().Location())), Mailed: x.Mailed, Drawn: x.Second != party.Hash{}, Named: prints && named,
		Mine: x.IssuedBy == v.User.ID, Permitted: hands && x.MayDraw(v.User.ID, v.Now)}
	if !x.Printed.IsZero() {
		row.Printed = Clock(x.Printed, v)
	}
	return row
}
