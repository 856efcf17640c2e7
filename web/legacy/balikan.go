package legacy

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/exchange/balikan"
)

// BalikanPath is where institutions send data balikan.
const BalikanPath = "/data_balikan/public/api/store"

// maxDelivery bounds a delivery: 10,000 records of the usual length.
const maxDelivery = 16 << 20

// Balikan serves BalikanPath. An answer says "Success" only after the delivery is durable.
func (l *Legacy) Balikan(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		l.say(w, http.StatusMethodNotAllowed, "layanan ini hanya menerima POST")
		return
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if token = strings.TrimSpace(token); token == "" || !strings.EqualFold(scheme, "Bearer") {
		l.say(w, http.StatusUnauthorized, "Token tidak dikenal")
		return
	}
	from, known, err := l.Deliveries.Sender(r.Context(), token)
	if err != nil {
		l.fault(w, r, err)
		return
	}
	if !known {
		l.say(w, http.StatusUnauthorized, "Token tidak dikenal")
		return
	}
	st, err := l.Deliveries.Agency(r.Context(), from.Agency)
	if err != nil {
		l.fault(w, r, err)
		return
	}
	now := l.Gate.Now()
	// What is owed is taken after the agreement's end as well; the network stays the last one that was agreed.
	spec := agreement.DefaultBalikan
	if g, ok := agreement.Current(st.Agreements, now, st.Institution.Zone.Day(now)); ok {
		if spec = g.Balikan; !g.Reaches(l.Peer(r)) {
			l.say(w, http.StatusForbidden, access.Network.Text())
			return
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDelivery))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		l.say(w, http.StatusRequestEntityTooLarge, "isi permintaan melebihi 16 MB")
		return
	}
	if err != nil {
		return // the client has gone
	}
	items, err := balikan.ReadWire(body, from, spec)
	if err == nil {
		err = l.Deliveries.TakeBalikan(r.Context(), balikan.Delivery{Agency: from.Agency, At: now, Via: balikan.ByWire, Items: items})
	}
	problem, bad := errors.AsType[*balikan.Problem](err)
	switch {
	case bad:
		l.say(w, http.StatusUnprocessableEntity, problem.Error())
	case errors.Is(err, balikan.ErrRepeated):
		l.say(w, http.StatusBadRequest, "Data sudah pernah dikirim")
	case err != nil:
		l.fault(w, r, err)
	default:
		l.say(w, http.StatusOK, "Success")
	}
}

func (l *Legacy) say(w http.ResponseWriter, status int, message string) {
	b, err := json.Marshal(struct {
		Message string `json:"message"`
	}{message})
	if err != nil {
		panic(err) // a text always encodes
	}
	write(w, status, b)
}
