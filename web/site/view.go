package site

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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

// devices and systems are told by a browser's own words, the first that fits; Edge and Opera call themselves Chrome too, and Chrome calls
// itself Safari.
var devices = [][2]string{{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"Firefox/", "Firefox"},
	{"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
var systems = [][2]string{{"Windows", "Windows"}, {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Mac OS X", "macOS"},
	{"CrOS", "ChromeOS"}, {"Linux", "Linux"}}

// Device is the browser of a User-Agent as people name it, for instance "Firefox di Windows". It is a claim, and tells people apart,
// nothing else.
func Device(agent string) string {
	name := func(list [][2]string, unknown string) string {
		for _, x := range list {
			if strings.Contains(agent, x[0]) {
				return x[1]
			}
		}
		return unknown
	}
	return name(devices, "Peramban lain") + " di " + name(systems, "gawai lain")
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

// Part is what a page shows of a list that is in memory, from the number in the query "mulai" on, with links to what comes before and
// after.
func Part[T any](r *http.Request, list []T, most int, path string, pairs ...string) (part []T, newer, older string) {
	first := min(int(Number(r.URL.Query().Get("mulai"))), len(list))
	to := func(n int) string { return Link(path, append(slices.Clip(pairs), "mulai", strconv.Itoa(n))...) }
	if first > 0 {
		newer = to(max(0, first-most))
	}
	end := min(first+most, len(list))
	if end < len(list) {
		older = to(end)
	}
	return list[first:end], newer, older
}

// ID is an id in a path; empty for none.
func ID(id int64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprint(id)
}
