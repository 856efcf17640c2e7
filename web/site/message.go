package site

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
)

// A Message is a page, or the place of a result, that only says something.
type Message struct {
	Kind    string // class of the box: error, warn, info
	Heading string
	Text    string // exact words; empty: none
	Advice  []string
	Number  string // request number of a fault
}

// A Problem is an error that is a page of its own words.
type Problem struct {
	Status int
	Message
}

func (p *Problem) Error() string { return p.Heading }

// The errors of a page that is not there, or not for the visitor.
var (
	ErrNotFound = &Problem{http.StatusNotFound, Message{
		Kind: "info", Heading: "Halaman tidak ditemukan",
		Advice: []string{"Alamat yang Anda buka tidak ada pada layanan ini. Silakan kembali ke halaman awal melalui menu di atas."},
	}}
	ErrForbidden = &Problem{http.StatusForbidden, Message{
		Kind: "info", Heading: "Halaman ini bukan untuk peran Anda",
		Advice: []string{"Silakan gunakan menu di atas untuk membuka halaman yang tersedia bagi Anda."},
	}}
)

// refused is a refusal as a page: in its exact words, or as one that is not for the role or, so that its existence is not told, not there.
func refused(c access.Code, v *Visitor) *Problem {
	var of party.Institution
	var day time.Time
	if v != nil {
		of, day = v.Institution, v.Today()
	}
	switch c {
	case access.Role:
		return ErrForbidden
	case access.Foreign:
		return ErrNotFound
	}
	return &Problem{http.StatusForbidden, Message{Heading: "Permintaan ditolak", Text: c.Text(), Advice: []string{Advice(c, of, day)}}}
}

// Named is a refusal that names whom an institution's people turn to, for a page whose reader is known but not signed in; any other error
// stays as it is.
func Named(err error, of party.Institution, now time.Time) error {
	if refusal, ok := errors.AsType[*access.Refusal](err); ok {
		return refused(refusal.Code, &Visitor{Standing: &access.Standing{Institution: of}, Now: now})
	}
	return err
}

// say writes a page, or the place of a result, that only says something.
func (s *Site) say(w http.ResponseWriter, r *http.Request, status int, v *Visitor, m Message) {
	if m.Kind == "" {
		m.Kind = "error"
	}
	var err error
	if Fragment(r) {
		err = s.pages.Fragment(w, r, status, "pesan", "message", m)
	} else {
		err = s.pages.Page(w, r, status, "pesan", s.Page(r, v, m.Heading, m))
	}
	if err != nil {
		s.Log.ErrorContext(r.Context(), "site: write message", "err", err)
		http.Error(w, "Terjadi gangguan", http.StatusInternalServerError)
	}
}

// Answer is the one place where an error becomes a page: what a person may see in its words, everything else as a fault.
func (s *Site) Answer(w http.ResponseWriter, r *http.Request, v *Visitor, err error) {
	if p, ok := errors.AsType[*Problem](err); ok {
		s.say(w, r, p.Status, v, p.Message)
		return
	}
	if refusal, ok := errors.AsType[*access.Refusal](err); ok {
		p := refused(refusal.Code, v)
		s.say(w, r, p.Status, v, p.Message)
		return
	}
	text, shown := told.Text(err)
	if !shown {
		e := s.Ill.Of(err)
		if e == nil {
			s.fault(w, r, v, err)
			return
		}
		v, err, text = nil, e, e.Text // the page of a visitor needs the storage
	}
	m := Message{Heading: "Tidak dapat diproses", Text: text}
	e, _ := errors.AsType[*told.Error](err)
	switch {
	case e == nil || e.Kind == told.Invalid:
		m = Message{Heading: "Isian tidak dapat diterima", Advice: []string{text, "Silakan kembali dan isi formulir sekali lagi."}}
	case e.Kind == told.Moved:
		m = Message{Kind: "warn", Heading: e.Field + " sudah berubah", Advice: []string{text}}
	}
	if after, busy := told.RetryAfter(err); busy {
		w.Header().Set("Retry-After", after)
	}
	s.say(w, r, Status(err), v, m)
}

// fault answers an internal error with a number only; the log has the rest. The log holds the route's pattern, never the path, because an
// activation link is a secret.
func (s *Site) fault(w http.ResponseWriter, r *http.Request, v *Visitor, err error) {
	whom := "administrator"
	if v != nil {
		whom = HelperOf(v.Standing)
	}
	b := make([]byte, 4)
	rand.Read(b)
	number := hex.EncodeToString(b)
	s.Log.ErrorContext(r.Context(), "site: fault", "request", number, "route", r.Pattern, "err", err)
	if _, bad := errors.AsType[*journal.Tampered](err); bad {
		s.say(w, r, http.StatusServiceUnavailable, nil, Message{
			Heading: "Layanan dihentikan sementara",
			Advice: []string{"Jurnal akses tidak utuh, sehingga tidak ada yang dicatat dan tidak ada data yang diberikan. Dinas Dukcapil " +
				"perlu memeriksanya; sampaikan nomor permintaan berikut kepada " + whom + "."},
			Number: number,
		})
		return
	}
	s.say(w, r, http.StatusInternalServerError, nil, Message{
		Heading: "Terjadi gangguan",
		Advice: []string{"Permintaan Anda tidak dapat diselesaikan. Silakan coba beberapa saat lagi. Apabila gangguan berulang, " +
			"sampaikan nomor permintaan berikut kepada " + whom + "."},
		Number: number,
	})
}

// guard turns a panic into a fault page. A page is written in one piece, so nothing was sent before it, except by a download, which is
// broken off instead.
func (s *Site) guard(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			e := recover()
			if e == nil {
				return
			}
			if e == http.ErrAbortHandler {
				panic(e)
			}
			// The value of a panic may hold anything; its type and place are enough.
			s.Log.ErrorContext(r.Context(), "site: panic", "type", fmt.Sprintf("%T", e), "stack", string(debug.Stack()))
			s.fault(w, r, nil, errors.New("panic"))
		}()
		h.ServeHTTP(w, r)
	})
}

// statuses are the answers' status codes by what a person may see.
var statuses = map[told.Kind]int{
	told.Refused: http.StatusConflict, told.Forbidden: http.StatusForbidden, told.Invalid: http.StatusUnprocessableEntity,
	told.Missing: http.StatusNotFound,
	told.Moved:   http.StatusConflict, told.Busy: http.StatusServiceUnavailable,
}

// Status is the status code for an error that a page shows in its own place, for instance beside a field.
func Status(err error) int {
	if e, ok := errors.AsType[*told.Error](err); ok {
		return statuses[e.Kind]
	}
	if told.Invalids(err) != nil {
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}
