package legacy

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/internal/told"
	"gapura/web/bodies"
	"gapura/web/peer"
)

// BalikanBases are where the paths of data balikan begin, folded: today's and the older one.
var BalikanBases = []string{"/data_balikan/public", "/databalikan"}

// balikanRoot is kept for the service that the first of them is a part of.
const balikanRoot = "/data_balikan"

// storePath is where institutions send data balikan, below a base.
const storePath = "api/store"

func belowBalikan(folded string) (rest string, ok bool) {
	for _, base := range BalikanBases {
		if rest, ok := wire.Below(base, folded); ok {
			return rest, true
		}
	}
	_, ok = wire.Below(balikanRoot, folded)
	return "", ok // where nothing is
}

// maxDelivery bounds a delivery: 10,000 records of the usual length.
const maxDelivery = 16 << 20

// delivery serves what lies below a base of data balikan. An answer says "Success" only after the delivery is durable.
func (l *Legacy) delivery(w http.ResponseWriter, r *http.Request, path string) {
	if path != storePath {
		l.say(w, http.StatusNotFound, "alamat ini tidak dikenal; data balikan dikirim ke "+BalikanBases[0]+"/"+storePath)
		return
	}
	if !allowed(w, r, wire.Profile{}) {
		if r.Method != http.MethodOptions {
			l.say(w, http.StatusMethodNotAllowed, "layanan ini hanya menerima POST")
		}
		return
	}
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") {
		token = "" // which is nobody's
	}
	from, who, err := l.sender(r, token)
	if err != nil {
		l.fault(w, r, message, err)
		return
	}
	err = l.take(w, r, from, who)
	refusal, refused := errors.AsType[*access.Refusal](err)
	_, large := errors.AsType[*http.MaxBytesError](err)
	there, repeated := errors.AsType[*balikan.AlreadySent](err)
	problem, bad := errors.AsType[*told.Error](err)
	switch {
	case err == nil:
		l.say(w, http.StatusOK, "Success")
	case refused && refusal.Code == access.Login:
		l.say(w, http.StatusUnauthorized, "Token tidak dikenal")
	case refused:
		l.say(w, http.StatusForbidden, refusal.Error())
	case large:
		l.say(w, http.StatusRequestEntityTooLarge, "isi permintaan melebihi 16 MB")
	case repeated:
		write(w, http.StatusBadRequest, delivered{there.Error(), there.Items}.text())
	case bad && problem.Kind != told.Busy:
		l.say(w, http.StatusUnprocessableEntity, problem.Text)
	default:
		l.fault(w, r, message, err)
	}
}

// take takes what the body holds; who may not deliver is refused before it is read.
func (l *Legacy) take(w http.ResponseWriter, r *http.Request, from balikan.Sender, who *access.Standing) error {
	intake, err := l.Intake.Open(r.Context(), balikan.Parcel{Who: who, Method: agreement.Legacy, Address: l.Peer(r),
		Certificate: peer.Certificate(r),
		Via:         balikan.ByWire})
	if err != nil {
		return err
	}
	if err := bodies.Process.Take(r, maxDelivery); err != nil {
		return err
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDelivery))
	if _, large := errors.AsType[*http.MaxBytesError](err); err != nil && !large {
		err = told.Wrong("", "isi permintaan tidak terbaca sampai selesai")
	}
	if err != nil {
		return err
	}
	items, err := balikan.ReadWire(body, from, intake.Terms)
	if err != nil {
		return err
	}
	_, err = intake.Take(r.Context(), balikan.Content{Items: items})
	return err
}

// sender is the institution that a token belongs to, with its standing; nil when it is nobody's.
func (l *Legacy) sender(r *http.Request, token string) (balikan.Sender, *access.Standing, error) {
	in, err := l.Admission.Authenticate(r.Context(), admission.Attempt{Door: admission.Balikan, Kind: party.BalikanToken, Secret: token,
		Source: l.Peer(r)})
	if err != nil || in.Credential == 0 {
		return balikan.Sender{}, nil, err
	}
	return l.Intake.From(r.Context(), in.Agency)
}

// delivered is an answer to a delivery.
type delivered struct {
	Message string `json:"message"`
	// Sent are the numbers of records that are there already, from 1, in the order of the body over all blocks.
	Sent []int `json:"sudah_ada,omitempty"`
}

func (l *Legacy) say(w http.ResponseWriter, status int, text string) { write(w, status, message(text)) }

// message is the form of all that is said about data balikan.
func message(text string) []byte { return delivered{Message: text}.text() }

func (d delivered) text() []byte {
	b, err := json.Marshal(d)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return b
}
