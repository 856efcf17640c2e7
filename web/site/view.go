package site

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"gapura/internal/bahasa"
	"gapura/web/ui"
)

// A Tag is a state in words with its colour.
type Tag struct{ Label, Kind string }

// An Option is one choice of a form.
type Option struct {
	Value, Label string
	Chosen       bool
}

// Number reads a positive number of the path or the query; 0 when it is none.
func Number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// Clock is the instant as pages show it.
func Clock(t time.Time, v *Visitor) string {
	if t.IsZero() {
		return "-"
	}
	return bahasa.Date(t.In(v.Zone().Location())) + " " + ui.Clock(t, v.Zone())
}

// Link makes a path with a query of the pairs whose value is not empty.
func Link(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// ID is an id in a path; empty for none.
func ID(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
