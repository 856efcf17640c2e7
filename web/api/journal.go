package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/journal/journal"
)

// Cosigners keeps what agencies sign of their logs.
type Cosigners interface {
	CosignerKey(ctx context.Context, agency int64) (string, error)
	KeepCosignature(ctx context.Context, agency, size int64, at time.Time, line string) (bool, error)
}

// An Alarm tells both sides what an agency's cosigner found.
type Alarm func(ctx context.Context, i party.Institution, at time.Time, text string) error

// read answers a file of the caller's log; ErrNoRecord is a 404.
func (a *API) read(w http.ResponseWriter, r *http.Request, content []byte, err error) {
	switch {
	case errors.Is(err, journal.ErrNoRecord):
		problem(w, http.StatusNotFound, "input", "bagian jurnal ini tidak ada atau belum ditandatangani", "")
	case err != nil:
		a.fail(w, r, err)
	default:
		write(w, "text/plain; charset=utf-8", http.StatusOK, content)
	}
}

func (a *API) checkpoint(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	content, err := a.Notary.Newest(r.Context(), s.Institution.ID)
	a.read(w, r, content, err)
}

func (a *API) tile(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	content, err := a.Notary.Tile(r.Context(), s.Institution.ID, "tile/"+r.PathValue("path"))
	a.read(w, r, content, err)
}

// proof proves that the log of one size begins with that of a smaller one.
func (a *API) proof(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	old, err1 := strconv.ParseInt(r.URL.Query().Get("old"), 10, 64)
	size, err2 := strconv.ParseInt(r.URL.Query().Get("size"), 10, 64)
	if err1 != nil || err2 != nil {
		problem(w, http.StatusUnprocessableEntity, "input", `parameter "old" dan "size" harus angka`, "")
		return
	}
	proof, err := a.Notary.Consistency(r.Context(), s.Institution.ID, size, old)
	a.read(w, r, journal.EncodeProof(proof), err)
}

func (a *API) receipt(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	id, err := journal.ParseID(r.PathValue("id"))
	if err != nil {
		a.read(w, r, nil, journal.ErrNoRecord)
		return
	}
	if err := a.allow(r, s, access.ToWitness, id.Log); err != nil {
		a.fail(w, r, err)
		return
	}
	content, err := a.Notary.Receipt(r.Context(), id)
	if err == nil {
		t := a.attempt(r, s, access.ToWitness, id.Log)
		t.By = access.Whose(content)
		if err := a.Authority.Allow(r.Context(), t); err != nil {
			a.fail(w, r, err)
			return
		}
		if t.By != s.User.ID {
			err = a.reads(r, s, access.ToWitness, "kuitansi "+id.String())
		}
	}
	a.read(w, r, content, err)
}

// note reads a checkpoint of the caller's log that the provider signed. When it returns false it has answered.
func (a *API) note(w http.ResponseWriter, r *http.Request, s *access.Standing) (signed []byte, c journal.Checkpoint, ok bool) {
	signed, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		problem(w, http.StatusBadRequest, "input", "isi permintaan tidak terbaca sampai selesai", "")
		return nil, c, false
	}
	signer, err := a.Notary.Signer(s.Institution.Code)
	if err != nil {
		a.fault(w, r, err)
		return nil, c, false
	}
	if c, err = journal.OpenCheckpoint(signed, signer.VerifierKeys()); err != nil {
		problem(w, http.StatusUnprocessableEntity, "input", "isi permintaan bukan checkpoint yang ditandatangani untuk log ini", "")
		return nil, c, false
	}
	return signed, c, true
}

func (a *API) cosign(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	signed, c, ok := a.note(w, r, s)
	if !ok {
		return
	}
	key, err := a.Cosigners.CosignerKey(r.Context(), s.Institution.ID)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	at, line, err := journal.CheckCosignature(signed, key)
	if key == "" || err != nil {
		problem(w, http.StatusUnprocessableEntity, "input", "tanda tangan instansi tidak ada atau kuncinya belum terdaftar", "")
		return
	}
	ok, err = a.Cosigners.KeepCosignature(r.Context(), s.Institution.ID, c.Size, at, line)
	if err == nil && !ok {
		err = journal.ErrNoRecord
	}
	a.read(w, r, nil, err)
}

// alarm takes the last checkpoint that an agency has seen, when the log does not go on from it. It is believed only because the provider
// itself signed it.
func (a *API) alarm(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	_, c, ok := a.note(w, r, s)
	if !ok {
		return
	}
	fits, err := a.Notary.GoesOnFrom(r.Context(), s.Institution.ID, c)
	if err != nil {
		a.fault(w, r, err)
		return
	}
	if fits {
		problem(w, http.StatusConflict, "input", "log sesuai dengan checkpoint ini", "")
		return
	}
	text := "log tidak lagi memuat " + strconv.FormatInt(c.Size, 10) +
		" catatan pertama yang pernah ditandatangani: dimundurkan, dipotong, atau ditulis ulang."
	if err := a.Alarm(r.Context(), s.Institution, a.Gate.Now(), text); err != nil {
		a.fault(w, r, err)
		return
	}
	a.Log.Error("journal: an agency's cosigner reports that its log does not go on from a signed checkpoint", "agency", s.Institution.Code,
		"size", c.Size)
	a.read(w, r, nil, nil)
}

// A usesBody asks for a resident's history in the shape of Estonia's Data Tracker.
type usesBody struct {
	NIK       *string `json:"nik"`
	Reference string  `json:"reference"` // the portal's number of the request
	From      string  `json:"from"`      // RFC 3339; empty: from the beginning
	To        string  `json:"to"`
	Offset    int     `json:"offset"`
	Limit     *int    `json:"limit"`
}

type useOut struct {
	Record   string `json:"record"`
	Time     string `json:"time"`
	Action   string `json:"action"`
	Receiver string `json:"receiver"`
	Name     string `json:"receiver_name"`
	System   string `json:"system"`
	Purpose  string `json:"purpose"`
	Salt     []byte `json:"salt"`
}

var useActions = map[string]string{journal.ActLookup: "Data dilihat", journal.ActMatch: "Data dicocokkan",
	journal.ActCard: "KTP-el dibaca dengan perangkat pembaca",
	journal.ActTell: "Riwayat diberikan", journal.ActSearch: "Jurnal diperiksa"}

// uses tells a citizen portal, which has signed the resident in, who asked for the resident's data (UU 27/2022, K4).
func (a *API) uses(w http.ResponseWriter, r *http.Request, s *access.Standing) {
	var b usesBody
	if !decode(w, r, &b) {
		return
	}
	q := access.DisclosureRequest{User: s.User.ID, Method: agreement.API, Address: a.Peer(r), Reference: b.Reference, Offset: b.Offset,
		Limit: access.MaxUses}
	if b.Limit != nil {
		q.Limit = *b.Limit
	}
	var err error
	bad := ""
	for _, t := range []struct {
		name, text string
		to         *time.Time
	}{{"from", b.From, &q.From}, {"to", b.To, &q.To}} {
		if t.text == "" {
			continue
		}
		if *t.to, err = time.Parse(time.RFC3339, t.text); err != nil {
			bad = `field "` + t.name + `" harus waktu RFC 3339`
		}
	}
	switch {
	case b.NIK == nil:
		bad = `field "nik" harus diisi`
	case !access.ValidReference(b.Reference):
		bad = `field "reference" harus diisi, paling panjang 64 byte, dan tidak boleh berupa NIK`
	case q.Limit < 1 || q.Limit > access.MaxUses:
		bad = `field "limit" harus 1 sampai 1000`
	case q.Offset < 0 || q.Offset > 1_000_000:
		bad = `field "offset" harus 0 sampai 1000000`
	}
	if bad == "" {
		q.NIK = *b.NIK
		var id journal.ID
		var found access.Told
		if id, found, err = a.Tell.Tell(r.Context(), q); err == nil {
			a.sendUses(w, id, found)
			return
		}
		if !errors.Is(err, access.ErrNIK) {
			a.fault(w, r, err)
			return
		}
		bad = `field "nik" tidak sesuai format`
	}
	problem(w, http.StatusUnprocessableEntity, "input", bad, "")
}

func (a *API) sendUses(w http.ResponseWriter, id journal.ID, found access.Told) {
	out := struct {
		Record string `json:"record"` // of this disclosure
		Total  int    `json:"total"`
		// Delayed is how many other uses a lawful order withholds for now.
		Delayed int      `json:"delayed"`
		Uses    []useOut `json:"uses"`
	}{id.String(), found.Total, found.Delayed, make([]useOut, 0, len(found.Uses))}
	for _, u := range found.Uses {
		o := useOut{
			Record: u.ID.String(), Time: u.At.Format(time.RFC3339), Action: useActions[u.Act], Receiver: u.Code, Name: u.Agency,
			System: u.Method, Purpose: u.Purpose, Salt: u.Salt[:],
		}
		if u.Outcome == access.OutcomeNoted {
			o.Action = "Pemberitahuan lewat surel diatur"
		} else if code := access.Code(u.Outcome); code.Notice() || code.Refused() && u.Outcome != access.OutcomeTold {
			o.Action = strings.TrimSpace(o.Action + ", tidak ditampilkan: " + code.Text())
		}
		out.Uses = append(out.Uses, o)
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	a.send(w, b)
}
