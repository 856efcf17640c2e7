package crash

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Callers who never finish their request hold nobody up, are sent away, and leave no record.
func TestSlowClients(t *testing.T) {
	d := setUp(t, "")
	l := d.api["dinpertan"]
	url, _ := d.serve(t)
	var slow []net.Conn
	for i := range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		request := "POST /api/v1/lookups HTTP/1.1\r\nHost: gapura\r\nX-Slow: "
		if i%2 == 0 { // half of them stop in the body
			request = fmt.Sprintf("POST /api/v1/lookups HTTP/1.1\r\nHost: gapura\r\nAuthorization: Bearer %s\r\nContent-Length: "+
				"90\r\n\r\n{\"nik\":\"%s\"", l.Token, d.found[0])
		}
		if _, err := io.WriteString(c, request); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, c)
	}
	got := load(8, func(c, i int) (answer, bool) {
		if i == 20 {
			return answer{}, false
		}
		a, status, err := lookup(url, l, d.found[c], fmt.Sprintf("S-%d-%d", c, i))
		if err != nil || status != http.StatusOK {
			t.Errorf("beside slow callers: %d %v", status, err)
		}
		return a, err == nil
	})
	if records := check(t, d, got); len(records) != len(got) {
		t.Errorf("%d records for %d finished lookups", len(records), len(got))
	}
	for i, c := range slow {
		c.SetReadDeadline(time.Now().Add(30 * time.Second))
		answer, err := io.ReadAll(c)
		if err != nil {
			t.Fatalf("caller %d was not sent away: %v", i, err)
		}
		if i%2 == 0 && !strings.Contains(string(answer), "tidak terbaca sampai selesai") {
			t.Errorf("caller %d, who stopped in the body, was told %q", i, answer)
		}
	}
}
