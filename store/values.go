package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

const dateLayout = "2006-01-02"

// dayText is the stored form of a date; the zero date is empty.
func dayText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(dateLayout)
}

// A stored row reads what is stored as text in one row. What cannot be read is a fault that names table and column, never "none": rights
// rest on it. The fault says nothing of the value, which may be a person's.
type stored struct {
	table string
	key   any // names the row within its table
	err   error
}

func (r *stored) fail(column, what string) {
	r.err = errors.Join(r.err, fmt.Errorf("%s.%s (%v) is not %s", r.table, column, r.key, what))
}

// day is the reverse of dayText.
func (r *stored) day(column, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(dateLayout, text)
	if err != nil {
		r.fail(column, "a date")
	}
	return t
}

// json is the reverse of jsonText.
func (r *stored) json(column, text string, into any) {
	if json.Unmarshal([]byte(text), into) != nil {
		r.fail(column, "JSON of its form")
	}
}

// micros is the stored form of an instant; the zero instant is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func parseAddr(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}
	}
	return a
}

// jsonText is for values of our own types, which always encode.
func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
