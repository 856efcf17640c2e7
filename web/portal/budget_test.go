package portal

import (
	"compress/gzip"
	"io"
	"net/http/httptest"
	"testing"

	"gapura/person/population"
)

func packed(t *testing.T, w *httptest.ResponseRecorder) int {
	t.Helper()
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	n := w.Body.Len()
	g, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, g); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestBudgets(t *testing.T) {
	d := open(t)
	d.w.agree[0].Terms.Elements = ^population.Elements(0) >> 1 & population.PKSElements
	size := func(path string) int { return packed(t, d.do("GET", path, nil, "Accept-Encoding", "gzip")) }
	login := size("/masuk") + size("/static/gapura.css")
	d.enter("budi")
	lookup := size("/cari") + size("/static/gapura.css") + size("/static/gapura.js") + size("/static/htmx.min.js")
	answer := packed(t, d.do("POST", "/cari", ask(known), "HX-Request", "true", "Accept-Encoding", "gzip"))
	for range 80 {
		d.w.rows = append(d.w.rows, d.w.rows[len(d.w.rows)-1])
	}
	history, guide := size("/riwayat"), size("/panduan")
	t.Logf("login %d, lookup %d, answer %d, history %d, guide %d bytes", login, lookup, answer, history, guide)
	if login > 30<<10 || lookup > 40<<10 || answer > 4<<10 || history > 12<<10 || guide > 12<<10 {
		t.Error("over budget")
	}
}
