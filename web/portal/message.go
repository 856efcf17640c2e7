package portal

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
)

// A message is a page, or the place of a result, that only says something.
type message struct {
	Kind    string // class of the box: error, warn, info
	Heading string
	Text    string // exact words; empty: none
	Advice  []string
	Number  string // request number of a fault
}

func (p *Portal) say(w http.ResponseWriter, r *http.Request, status int, v *visitor, m message) {
	if m.Kind == "" {
		m.Kind = "error"
	}
	var err error
	if fragment(r) {
		err = p.pages.Fragment(w, r, status, "pesan", "message", m)
	} else {
		err = p.pages.Page(w, r, status, "pesan", p.page(r, v, m.Heading, m))
	}
	if err != nil {
		p.Log.ErrorContext(r.Context(), "portal: write message", "err", err)
		http.Error(w, "Terjadi gangguan", http.StatusInternalServerError)
	}
}

func (p *Portal) notFound(w http.ResponseWriter, r *http.Request) {
	v, err := p.visitor(r)
	if err != nil {
		p.fault(w, r, err)
		return
	}
	p.say(w, r, http.StatusNotFound, v, message{
		Kind: "info", Heading: "Halaman tidak ditemukan",
		Advice: []string{"Alamat yang Anda buka tidak ada pada layanan ini. Silakan kembali ke halaman awal melalui menu di atas."},
	})
}

// fault answers an internal error with a number only; the log has the rest. The log holds the route's pattern, never the path, because an
// activation link is a secret.
func (p *Portal) fault(w http.ResponseWriter, r *http.Request, err error) {
	b := make([]byte, 4)
	rand.Read(b)
	number := hex.EncodeToString(b)
	p.Log.ErrorContext(r.Context(), "portal: fault", "request", number, "route", r.Pattern, "err", err)
	p.say(w, r, http.StatusInternalServerError, nil, message{
		Heading: "Terjadi gangguan",
		Advice:  []string{"Permintaan Anda tidak dapat diselesaikan. Silakan coba beberapa saat lagi. Apabila gangguan berulang, sampaikan nomor permintaan berikut kepada administrator."},
		Number:  number,
	})
}

// guard turns a panic into a fault page. A page is written in one piece, so nothing was sent before it, except by a download, which is
// broken off instead.
func (p *Portal) guard(h http.Handler) http.Handler {
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
			p.Log.ErrorContext(r.Context(), "portal: panic", "type", fmt.Sprintf("%T", e), "stack", string(debug.Stack()))
			p.fault(w, r, errors.New("panic"))
		}()
		h.ServeHTTP(w, r)
	})
}
