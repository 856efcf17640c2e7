package portal

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// genuine is the code of the one letter that the office of these tests has made.
const genuine = "7K2M-9QXT-4ZVA-0B3C"

func (w *world) Genuine(number string, day time.Time, code string) bool {
	return number == "400.12/0001/2026" && day.Format(time.DateOnly) == "2026-09-16" && code == genuine
}

// Anybody, signed in or not, learns by its number, day and code whether a letter is genuine; another code, and what cannot be read,
// never is.
func TestAnybodyMayCheckALetter(t *testing.T) {
	d := open(t)
	check := func(number, day, code string) (int, string) {
		w := d.do("GET", "/periksa?"+url.Values{"nomor": {number}, "tanggal": {day}, "kode": {code}}.Encode(), nil)
		return w.Code, w.Body.String()
	}
	if w := d.do("GET", "/periksa", nil); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	status, page := check(" 400.12/0001/2026 ", "2026-09-16", genuine)
	d.wants(page, "Surat ini asli", "400.12/0001/2026", "16 September 2026", "Dukcapil Kabupaten Rekaan")
	if status != http.StatusOK {
		t.Error(status)
	}
	for _, other := range [][3]string{{"400.12/0002/2026", "2026-09-16", genuine}, {"400.12/0001/2026", "2026-09-17", genuine},
		{"400.12/0001/2026", "2026-09-16", "7K2M-9QXT-4ZVA-0B3D"}} {
		_, page := check(other[0], other[1], other[2])
		d.wants(page, "Surat tidak dikenal")
	}
	for _, unread := range [][3]string{{"400.12/0001/2026", "16 September", genuine}, {"", "2026-09-16", genuine}, {"x", "2026-09-16",
		""}} {
		status, page := check(unread[0], unread[1], unread[2])
		if d.wants(page, "harus diisi"); status != http.StatusUnprocessableEntity {
			t.Error(status)
		}
	}
}
