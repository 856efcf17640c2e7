package console

import (
	"net/netip"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/store/storetest"
)

// The journal names the application and the method of each record, the portal's too.
func TestTheJournalNamesApplicationAndMethod(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.ask("petugas.dinpertan", r.found[0])
	u, _, err := r.store.Users.UserByLogin(t.Context(), r.api.User)
	if err != nil {
		t.Fatal(err)
	}
	if a, err := r.gate.Lookup(t.Context(), access.Request{Who: access.Known(u.ID), Method: agreement.API, Purpose: demo.Purpose,
		Reference: "P-2", NIK: r.found[1], Address: netip.MustParseAddr("127.0.0.1")}); err != nil || a.Code != access.Found {
		t.Fatal(a.Code, err)
	}
	apps, err := r.store.Rights.Applications(t.Context(), u.Institution)
	if err != nil {
		t.Fatal(err)
	}
	name := ""
	for _, a := range apps {
		if a.ID == u.Application {
			name = a.Name
		}
	}
	body := r.do(r.session("auditor"), "GET", "/konsol/jurnal/dinpertan", nil, "").Body.String()
	for _, cell := range []string{">" + name + `<br><span class="hint">Web service (JSON)</span>`, `metode">Web portal</td>`} {
		if name == "" || !strings.Contains(body, cell) {
			t.Errorf("the page does not say %q", cell)
		}
	}
}
