package agency

import (
	"context"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/web/site"
)

// Desks are the requests of machines that would be the agency's desk.
type Desks interface {
	CosignerKey(ctx context.Context, agency int64) (string, error)
	DeskRequests(ctx context.Context, agency int64, most int) ([]party.DeskRequest, error)
	DecideDesk(ctx context.Context, now time.Time, by party.User, agency, id int64, approve bool, why string) (party.DeskRequest, error)
}

// A DeskView is an agency's desk and the requests for one, as both sides' pages show them.
type DeskView struct {
	Since                 string // empty: none is enrolled
	Pin, Key, Cosigner    string
	Words                 string
	Requests              []DeskRow // those that wait first
	Waiting               bool
	Action, Done, Problem string
}

// A DeskRow is one request.
type DeskRow struct {
	ID                                  int64
	Machine, From, Asked, Until, Words  string
	Pin, Key, Cosigner                  string
	State                               site.Tag
	Waits, MayApprove, MayRefuse        bool
	Replaces                            bool
	ByAgency, ByProvider, Enrolled, Why string
	NoApproval                          string // why the visitor may not approve what waits
}

// mostDesks is how many requests a page shows.
const mostDesks = 10

// ViewDesk reads what a page about an agency's desk shows; action is where its forms go.
func ViewDesk(ctx context.Context, d Desks, i party.Institution, v *site.Visitor, action string) (DeskView, error) {
	inForce, err := d.CosignerKey(ctx, i.ID)
	if err != nil {
		return DeskView{}, err
	}
	list, err := d.DeskRequests(ctx, i.ID, mostDesks)
	if err != nil {
		return DeskView{}, err
	}
	p := DeskView{Pin: hex.EncodeToString([]byte(i.Desk.Pin)), Key: i.Desk.Key, Cosigner: inForce, Action: action}
	if !i.Desk.Since.IsZero() {
		p.Since, p.Words = site.Clock(i.Desk.Since, v), party.DeskWords(i.Desk, inForce)
	}
	for _, r := range list {
		row := deskRow(r, inForce, v)
		p.Waiting = p.Waiting || row.Waits
		p.Requests = append(p.Requests, row)
	}
	return p, nil
}

func deskRow(r party.DeskRequest, inForce string, v *site.Visitor) DeskRow {
	clock := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return site.Clock(t, v)
	}
	row := DeskRow{
		ID: r.ID, Machine: r.Machine, From: r.From, Asked: clock(r.Asked), Until: clock(r.Until), Words: r.Words(),
		Pin: hex.EncodeToString([]byte(r.Desk.Pin)), Key: r.Desk.Key,
		Cosigner: r.Cosigner, ByAgency: clock(r.AgencyAt), ByProvider: clock(r.ProviderAt), Enrolled: clock(r.Enrolled), Why: r.Why,
	}
	switch r.At(v.Now) {
	case party.DeskWaits:
		row.Waits, row.Replaces, row.State = true, r.Replaces(inForce), site.Tag{Kind: "mid", Label: "Menunggu persetujuan"}
		if err := r.MayApprove(v.User, inForce, v.Now); err != nil {
			row.NoApproval = err.Error()
		} else {
			row.MayApprove = true
		}
		_, err := r.Refuse(v.User, "", v.Now)
		row.MayRefuse = err == nil
	case party.DeskEnrolled:
		row.State = site.Tag{Kind: "ok", Label: "Disetujui dan terdaftar"}
	case party.DeskRefused:
		row.State = site.Tag{Kind: "", Label: "Ditolak"}
	case party.DeskLapsed:
		row.State = site.Tag{Kind: "", Label: "Lewat waktunya"}
	}
	return row
}

// DecideDesk takes the form of a request: "putusan" is "setuju" or "tolak", the latter with "alasan". It returns what to tell of it.
func DecideDesk(ctx context.Context, d Desks, v *site.Visitor, agency int64, f map[string]string) (done string, err error) {
	why := strings.TrimSpace(f["alasan"])
	approve := f["putusan"] == "setuju"
	switch {
	case !approve && f["putusan"] != "tolak":
		return "", told.Wrong("putusan", "Pilih setuju atau tolak.")
	case !approve && (why == "" || len(why) > 200):
		return "", told.Wrong("alasan", "Alasan penolakan harus diisi, paling panjang 200 karakter.")
	case approve:
		why = "kata pengenal cocok"
	}
	r, err := d.DecideDesk(ctx, v.Now, v.User, agency, site.Number(f["permintaan"]), approve, why)
	switch {
	case err != nil:
		return "", err
	case !approve:
		return "Permintaan ditolak. Komputer itu tidak menjadi loket.", nil
	case r.At(v.Now) == party.DeskEnrolled:
		return "Disetujui. Komputer " + r.Machine + " sekarang loket instansi.", nil
	}
	return "Persetujuan dicatat. Loket yang lama tetap berlaku sampai pihak lain juga menyetujui.", nil
}

// ownDesk shows the agency's people their desk and the machines that ask to become it.
func (c *Agency) ownDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return c.writeDesk(w, r, v, http.StatusOK, "", "")
}

func (c *Agency) writeDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, done, problem string) error {
	p, err := ViewDesk(r.Context(), c.Desks, v.Institution, v, "/loket")
	if err != nil {
		return err
	}
	p.Done, p.Problem = done, problem
	return c.Show(w, r, status, "loket-sendiri", c.Page(r, v, "Loket", p))
}

func (c *Agency) decideDesk(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "permintaan", "putusan", "alasan")
	if err != nil {
		return err
	}
	done, err := DecideDesk(r.Context(), c.Desks, v, v.Institution.ID, f)
	if wrong, ok := errors.AsType[*told.Error](err); ok {
		return c.writeDesk(w, r, v, site.Status(err), "", wrong.Text)
	}
	if err != nil {
		return err
	}
	// What was enrolled a moment ago is read anew.
	i, _, _, err := c.Store.InstitutionByCode(r.Context(), v.Institution.Code)
	if err != nil {
		return err
	}
	v.Institution = i
	return c.writeDesk(w, r, v, http.StatusOK, done, "")
}
