package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
)

// Balikan takes deliveries and tells an agency's own readers.
type Balikan interface {
	// TakeBalikan is durable when it returns nil; see balikan.Store.
	TakeBalikan(ctx context.Context, d balikan.Delivery) error
	AgencyReaders(ctx context.Context, agency int64) ([]reader.Reader, error)
}

// maxDelivery bounds a delivery: 10,000 items of the usual length.
const maxDelivery = 4 << 20

type deliveryBody struct {
	Key   string         `json:"key"`
	Items []deliveryItem `json:"items"`
}

type deliveryItem struct {
	NIK    string              `json:"nik"`
	Param  []map[string]string `json:"param"`
	Reason string              `json:"reason"`
}

var deliveryKey = regexp.MustCompile(`^[A-Za-z0-9_-]{8,64}$`)

// balikan takes data balikan, as the portal's form does, with a key by which a delivery may be repeated. What is owed is taken after the agreement's end as well.
func (a *API) balikan(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		decode(w, r, nil) // it has the answer to other methods
		return
	}
	s := a.reader(w, r)
	if s == nil {
		return
	}
	var body deliveryBody
	if !decodeUpTo(w, r, &body, maxDelivery) {
		return
	}
	now := a.Gate.Now()
	spec := agreement.DefaultBalikan
	if g, ok := agreement.Current(s.Agreements, now, s.Institution.Zone.Day(now)); ok {
		spec = g.Balikan
	}
	d := balikan.Delivery{Agency: s.Institution.ID, By: s.User.ID, At: now, Via: balikan.ByAPI, Key: body.Key}
	var err error
	if d.Items, err = deliveryItems(body, spec); err == nil {
		err = a.Balikan.TakeBalikan(r.Context(), d)
	}
	problemOf, unfit := errors.AsType[*balikan.Problem](err)
	repeat, repeated := errors.AsType[*balikan.Repeat](err)
	switch {
	case unfit:
		problem(w, http.StatusUnprocessableEntity, "input", problemOf.Error(), "")
	case repeated && !repeat.Same:
		problem(w, http.StatusConflict, "key", "kunci kiriman sudah dipakai untuk isi yang lain", "")
	case repeated:
		a.delivered(w, d, repeat.At, true)
	case errors.Is(err, balikan.ErrRepeated):
		problem(w, http.StatusConflict, "repeated", "Data sudah pernah dikirim", "")
	case err != nil:
		a.fault(w, r, err)
	default:
		a.delivered(w, d, now, false)
	}
}

func deliveryItems(body deliveryBody, spec agreement.Balikan) ([]balikan.Item, error) {
	switch {
	case !deliveryKey.MatchString(body.Key):
		return nil, &balikan.Problem{Field: "key", Text: "harus 8 sampai 64 huruf, angka, garis bawah, atau tanda hubung"}
	case len(body.Items) == 0:
		return nil, &balikan.Problem{Field: "items", Text: "harus diisi"}
	case len(body.Items) > balikan.MaxItems:
		return nil, &balikan.Problem{Field: "items", Text: fmt.Sprintf("lebih dari %d data dalam satu kiriman", balikan.MaxItems)}
	}
	items := make([]balikan.Item, len(body.Items))
	for n, i := range body.Items {
		var err error
		switch {
		case i.Reason != "" && len(i.Param) > 0:
			err = &balikan.Problem{Item: n + 1, Field: "reason", Text: "tidak boleh bersama param"}
		case i.Reason != "":
			items[n], err = balikan.NewReason(n+1, i.NIK, i.Reason)
		default:
			if items[n], err = balikan.NewItem(n+1, i.NIK, i.Param, spec); err == nil && items[n].Incomplete {
				err = &balikan.Problem{Item: n + 1, Field: "param", Text: "harus diisi, atau reason"}
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return items, nil
}

func (a *API) delivered(w http.ResponseWriter, d balikan.Delivery, at time.Time, repeated bool) {
	a.sendJSON(w, struct {
		Key      string    `json:"key"`
		Accepted int       `json:"accepted"`
		At       time.Time `json:"received_at"`
		Repeated bool      `json:"repeated"`
	}{d.Key, len(d.Items), at.UTC().Truncate(time.Microsecond), repeated})
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

// readers tells the caller's own readers and whether they may work at all: a SAM works only while the agreement is in force (Juknis IV.E).
func (a *API) readers(w http.ResponseWriter, r *http.Request) {
	s := a.reader(w, r)
	if s == nil {
		return
	}
	list, err := a.Balikan.AgencyReaders(r.Context(), s.Institution.ID)
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
	}{ok && g.State.Works() && s.Institution.Head.Responsible(day), []readerAnswer{}}
	for _, x := range list {
		out.Readers = append(out.Readers, readerAnswer{x.Serial, x.Model, x.SAM, x.State})
	}
	a.sendJSON(w, out)
}
