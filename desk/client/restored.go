package client

import (
	"strings"
	"time"
)

// RestoredHeader is the header of GET /healthz by which a provider tells that it has gone on from a backup; its value is Restored's text.
const RestoredHeader = "Gapura-Restored"

// Restored is when a provider went on from a backup, and since when what was brought to it may be lost by that. Zero: it never did.
type Restored struct{ At, Since time.Time }

// String is the value of the header: both instants, RFC 3339, with a blank between them; empty for the zero one.
func (r Restored) String() string {
	if r.At.IsZero() {
		return ""
	}
	return r.At.UTC().Format(time.RFC3339Nano) + " " + r.Since.UTC().Format(time.RFC3339Nano)
}

// readRestored reads the header; one that cannot be read says nothing.
func readRestored(text string) Restored {
	at, since, _ := strings.Cut(text, " ")
	a, err1 := time.Parse(time.RFC3339Nano, at)
	s, err2 := time.Parse(time.RFC3339Nano, since)
	if err1 != nil || err2 != nil {
		return Restored{}
	}
	return Restored{a, s}
}
