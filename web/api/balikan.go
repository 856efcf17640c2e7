package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
	"gapura/web/peer"
)

// Readers tells an agency's own readers.
type Readers interface {
	Devices(ctx context.Context, agency int64) ([]reader.Device, error)
}

// maxDelivery bounds a delivery: 10,000 items of the usual length.
const maxDelivery = 4 << 20

type deliveryBody struct {
	Key   string          `json:"key"`
	Items []balikan.Given `json:"items"`
}

// balikan takes data balikan with a key by which a delivery may be repeated.
func (a *API) balikan(w http.ResponseWriter, r *http.Request, _ *access.Standing) {
	s, err := a.caller(r)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	intake, err := a.Intake.Open(r.Context(), balikan.Parcel{
		Who: s, Method: agreement.API, Address: a.Peer(r), Certificate: peer.Certificate(r), Via: balikan.ByAPI,
	})
	if err != nil {
		a.fail(w, r, err)
		return
	}
	var body deliveryBody
	if !decodeUpTo(w, r, &body, maxDelivery) {
		return
	}
	content, err := balikan.ReadGiven(body.Key, body.Items, intake.Terms)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	taken, err := intake.Take(r.Context(), content)
	if there, ok := errors.AsType[*balikan.AlreadySent](err); ok {
		write(w, problemType, http.StatusConflict, problemText(struct {
			problemBody
			Sent []int `json:"sudah_ada"`
		}{newProblem(http.StatusConflict, codes[balikan.ErrRepeated], there.Error(), ""), there.Items}))
		return
	}
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.sendJSON(w, struct {
		Key      string    `json:"key"`
		Accepted int       `json:"accepted"`
		At       time.Time `json:"received_at"`
		Repeated bool      `json:"repeated"`
		// NotLookedUp are the numbers, from 1, of items about somebody whom nobody of the agency has looked up.
		NotLookedUp []int `json:"tanpa_pencarian"`
	}{taken.Key, len(taken.Items), taken.At.UTC().Truncate(time.Microsecond), taken.Repeated, append([]int{}, taken.Unmatched...)})
}

func (a *API) sendJSON(w http.ResponseWriter, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts, numbers and times always encode
	}
	a.send(w, append(b, '\n'))
}

type readerAnswer struct {
	Serial string       `json:"serial"`
	Model  string       `json:"model"`
	SAM    string       `json:"sam"`
	State  reader.State `json:"state"`
}

// readers tells the caller's own readers and whether they may work at all: a SAM works only while the agreement is in force (Juknis
// IV.E).
func (a *API) readers(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	list, err := a.Readers.Devices(r.Context(), s.Institution.ID)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	now := a.Gate.Now()
	day := s.Institution.Zone.Day(now)
	g, ok := agreement.Current(s.Agreements, now, day)
	out := struct {
		InForce bool           `json:"in_force"`
		Readers []readerAnswer `json:"readers"`
	}{ok && g.Opens(), []readerAnswer{}}
	for _, x := range reader.At(list, now, now) {
		out.Readers = append(out.Readers, readerAnswer{x.Serial, x.Model, x.SAM, x.State})
	}
	a.sendJSON(w, out)
}
