package server

import (
	"net/http"

	"gapura/office/outage"
)

// announced has an answer tell of the next planned outage by its header; while one is under way, an answer that the service is down says
// when to come again, unless it says so itself.
func announced(w http.ResponseWriter, b *outage.Board) http.ResponseWriter {
	standing := b.Standing()
	if len(standing) == 0 {
		return w
	}
	w.Header().Set(outage.Header, standing[0].Interval())
	if o, now := b.UnderWay(); now {
		return &later{w, o.RetryAfter(b.Now())}
	}
	return w
}

// later adds Retry-After to an answer with status 503.
type later struct {
	http.ResponseWriter
	after string
}

func (l *later) WriteHeader(status int) {
	if h := l.Header(); status == http.StatusServiceUnavailable && h.Get("Retry-After") == "" {
		h.Set("Retry-After", l.after)
	}
	l.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (l *later) Unwrap() http.ResponseWriter { return l.ResponseWriter }
