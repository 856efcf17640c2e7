package life

import (
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"

	"gapura/desk/client"
)

// closed is what every door says of an agency that is not served (Juknis II.C.2.b).
const closed = "instansi tidak aktif"

// doors asks at every door of an agency, by its people and its program, and holds each answer against the model's: all are open or all say
// the same.
func (s *story) doors(a *agency) {
	_, open, _ := a.opens(s.W.Now(), s.W.Day())
	all := map[string]func(*agency, string) string{"portal": s.atPortal, "API": s.atAPI, "wire": s.onWire, "desk": s.atDesk}
	if a.cards {
		all["reader"] = s.atReader
	}
	for _, door := range slices.Sorted(maps.Keys(all)) {
		who := s.next(a)
		said := all[door](a, who)
		s.compared++
		if right := open && said == "" || !open && strings.HasPrefix(strings.ToLower(said), closed); !right {
			s.differs("%s, %s of %s: the house says %q, in the model it is open: %t", s.today(), door, a.code, said, open)
		}
		if open {
			s.seen(a, who)
		}
	}
}

// atPortal is an officer's lookup in the browser; what is said when there is none.
func (s *story) atPortal(a *agency, who string) string {
	b := s.W.Somebody()
	if !s.W.enter(b, "petugas."+a.code) {
		return b.Faults() // with an advice behind it
	}
	b.Open("/cari")
	b.Press("Cari", map[string]string{"nik": who, "purpose": purpose, "reference": "Loket-" + s.today()}, false)
	if !b.Says("Data ditemukan") {
		return b.Text()
	}
	s.noticesOf(b, a.code)
	return ""
}

func (s *story) atAPI(a *agency, who string) string {
	return s.W.Lookup(a.programs[0].token, who, purpose, counter).Detail
}

// onWire asks as an old program does, by the password of its user id.
func (s *story) onWire(a *agency, who string) string {
	login := "aplikasi." + a.code
	r := httptest.NewRequest(http.MethodPost, "/dukcapil/get_json/"+a.code+"/call_nik",
		strings.NewReader(`{"user_id":"`+login+`","password":"`+s.W.secrets[login]+`","ip_user":"10.0.0.1","nik":"`+who+`"}`))
	r.RemoteAddr = netip.AddrPortFrom(counter, 40000).String()
	w := httptest.NewRecorder()
	s.W.Handler.ServeHTTP(w, r)
	_, said, refused := strings.Cut(w.Body.String(), `"RESPON":"`)
	if said, _, _ = strings.Cut(said, `"`); !refused && !strings.Contains(w.Body.String(), who) {
		return w.Body.String()
	}
	return said
}

// atDesk is an officer's lookup by the desk's own client, which is also told which readers the agency has and whether they may read.
func (s *story) atDesk(a *agency, who string) string {
	server := httptest.NewServer(s.W.Handler)
	defer server.Close()
	c, err := client.New(client.Config{URL: server.URL})
	if err != nil {
		s.W.T.Fatal(err)
	}
	_, open, _ := a.opens(s.W.Now(), s.W.Day())
	list, may, err := c.Readers(s.W.T.Context(), a.desk)
	var got, want []string
	for _, r := range list {
		got = append(got, r.Serial+" "+map[string]string{"active": "Aktif", "deactivated": "Nonaktif", "personalised": "Dipersonalisasi",
			"returned": "Dikembalikan"}[string(r.State)])
	}
	for _, d := range a.devices {
		want = append(want, d.serial+" "+d.state(s.W.Now(), s.W.Now()))
	}
	refused, _ := errors.AsType[*client.Refused](err)
	switch ungranted := refused != nil && refused.Code == "method"; {
	case err != nil && !ungranted:
		s.W.T.Fatalf("%s, readers of %s: %v", s.today(), a.code, err)
	case ungranted == a.cards || may != (open && a.cards):
		s.differs("%s, readers at the desk of %s: the house lets them read: %t, %v; the model: %t, granted %t", s.today(), a.code, may, err,
			open, a.cards)
	}
	s.sets(s.today()+", readers at the desk of "+a.code, got, want)
	_, err = c.Lookup(s.W.T.Context(), a.desk, client.Question{NIK: who, Purpose: purpose, Reference: "Loket-" + s.today()})
	if refused, ok := errors.AsType[*client.Refused](err); ok {
		return refused.Text
	}
	if err != nil {
		s.W.T.Fatal(err)
	}
	return ""
}

// atReader tells of a card that the agency's first reader read.
func (s *story) atReader(a *agency, who string) string {
	return s.W.Card(a.desk, "Baca-"+a.code+"-"+itoa(a.asked), who, a.devices[0].serial, purpose, counter)
}

// knock has all doors of an agency tried on some days.
func (s *story) knock(e events, a **agency, days ...string) {
	for _, day := range days {
		e.on(day, func() { s.doors(*a) })
	}
}
