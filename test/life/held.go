package life

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
)

// What stands in records, and whom and how much an agreement's page of a day names.

// A login is a user id in the model.
type login struct {
	name, methods string
	from, off     time.Time // days; off zero: it works on
}

// methodNames are the methods as pages name them.
var methodNames = strings.NewReplacer("\n", ", ", "portal", "Web portal", "api", "Web service (JSON)", "legacy", "Web service lama",
	"reader", "Pembaca KTP-el")

// granted is what an agreement's page says of methods and quota: they stay through the story.
func (a *agency) granted() string {
	return "Metode akses " + methodNames.Replace(a.methods("portal\napi\nlegacy")) + " Kuota harian 200 per hari"
}

// logins holds the user ids that the page of a day names, with their methods, against the model's.
func (s *story) logins(p *pact, day time.Time) {
	var got, want []string
	for _, cells := range s.One.Rows() {
		if len(cells) == 6 && cells[0] != "User ID" {
			got = append(got, cells[0]+" | "+cells[3]+" | "+off(cells[5] == "Nonaktif"))
		}
	}
	for _, a := range s.agencies() {
		if !slices.Contains(a.pacts, p) {
			continue
		}
		for _, l := range a.logins {
			if !l.from.After(day) {
				want = append(want, l.name+" | "+methodNames.Replace(l.methods)+" | "+off(!l.off.IsZero() && !l.off.After(day)))
			}
		}
	}
	s.sets("user ids of "+p.key(day), got, want)
}

func off(is bool) string {
	if is {
		return "Nonaktif"
	}
	return "tidak nonaktif"
}

// recorded holds the basis that stands in a lookup's record against the model's. The record is read as the agency does, by its receipt:
// on each day while an extension is being decided, when the basis is another one than the program was answered on before, and on one day in
// ten besides.
func (s *story) recorded(g *program, record, basis string) {
	if g.tried == g.under {
		basis += "; PoC " + g.poc
	}
	if strings.Contains(basis, "SPTJM") || g.basis != basis || s.lot.IntN(10) == 0 {
		s.compared++
		if got := agreement.Papers(s.W.Record(g.token, record, counter).Basis); got != basis {
			s.differs("%s, record %s of %s: it rests on %q, in the model on %q", s.today(), record, g.name, got, basis)
		}
	}
	g.basis = basis
}

// Record is what stands in a record, by its receipt.
func (w *World) Record(token, id string, from netip.Addr) journal.Record {
	w.T.Helper()
	r := httptest.NewRequest(http.MethodGet, "/api/v1/records/"+id+"/receipt", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	r.RemoteAddr = netip.AddrPortFrom(from, 40000).String()
	answer := httptest.NewRecorder()
	w.Handler.ServeHTTP(answer, r)
	out, ok := journal.ReceiptRecord(answer.Body.Bytes())
	if answer.Code != http.StatusOK || !ok {
		w.T.Fatalf("record %s: %d %s", id, answer.Code, answer.Body)
	}
	return out
}
