// Package conformance runs the suite of the legacy wire, which is data (README.md), against a real server over TCP, byte by byte.
package conformance

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/store"
	"gapura/store/storetest"
	"gapura/web/legacy"
	"gapura/web/server"
)

var now = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// setup is setup.json.
type setup struct {
	Accounts []account
	Balikan  []struct {
		Institution, Token string
		ID                 string `json:"id_lembaga"`
		Name               string `json:"nama_lembaga"`
	}
	Profiles []struct {
		Path, Institution, Kind string
		Dialect                 wire.Dialect
		Verify                  bool
		Options, Origins        []string
		Texts                   map[string]string
	}
}

type account struct {
	User, Password, Institution, Purpose, Network string
	Elements                                      population.Elements
	Quota                                         int // 0: without
	Suspended, Deactivated                        bool
}

// A house is a server that stands as setup.json and registry.csv say.
type house struct {
	testing.TB
	st       *store.DB
	agencies map[string]int64
	users    map[string]int64
	address  string
}

func note() journal.Change {
	return journal.Change{At: now.AddDate(0, -1, 0), Reason: "uji", Letter: "1"}
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) apply(list ...procedure.Effect) []office.Applied {
	h.Helper()
	made, err := h.st.Rights.Apply(h.Context(), note(), list...)
	h.must(err)
	return made
}

// start builds a house of its own for a file of cases.
func start(t *testing.T) *house {
	t.Helper()
	h := &house{TB: t, agencies: map[string]int64{}, users: map[string]int64{}}
	h.st = storetest.Open(t, storetest.SQLite(t), storetest.Keys(t))
	h.must(h.st.Rights.CreateProvider(t.Context(), note(), party.Institution{Code: "dukcapil", Name: "Dinas Rekaan", Zone: party.WIB}))
	h.residents()
	raw, err := os.ReadFile("setup.json")
	h.must(err)
	var s setup
	h.must(json.Unmarshal(raw, &s))
	for _, a := range s.Accounts {
		h.account(a)
	}
	for _, b := range s.Balikan {
		agency := h.agencies[b.Institution]
		h.must(h.st.Balikan.SetSender(t.Context(), note(), balikan.Sender{Agency: agency, ID: b.ID, Name: b.Name}))
		h.must(h.st.Credentials.AddToken(t.Context(), note(), party.Credential{Kind: party.BalikanToken, Agency: agency,
			Owner: h.users[b.Institution]}, b.Token))
	}
	for _, x := range s.Profiles {
		p := wire.Profile{Path: x.Path, Dialect: x.Dialect, Verify: x.Verify, Texts: x.Texts, Origins: x.Origins}
		if k, ok := wire.KindOf(x.Kind); ok {
			p = k.Profile(x.Path)
		}
		for _, o := range wire.Options {
			for _, name := range x.Options {
				if o.Name == name {
					*o.Of(&p) = true
				}
			}
		}
		p.Agency, p.Purpose = h.agencies[x.Institution], s.Accounts[0].Purpose
		h.must(h.st.Wire.PutProfile(t.Context(), note(), p))
	}
	h.serve()
	return h
}

func (h *house) residents() {
	h.Helper()
	raw, err := os.ReadFile("registry.csv")
	h.must(err)
	f, err := population.Reading{Kind: population.Full, Today: now}.Open(strings.NewReader(string(raw)), int64(len(raw)))
	h.must(err)
	_, err = h.st.Registry.Import(h.Context(), population.Import{Report: population.Report{Kind: population.Full, By: "uji"}, AsOf: now,
		At: now, Rows: f.Rows()})
	h.must(err)
}

// account is an institution of its own with its agreement, its application and one user.
func (h *house) account(a account) {
	h.Helper()
	signed := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	made := h.apply(procedure.CreateInstitution{Institution: party.Institution{Code: a.Institution, Name: "Dinas " + a.Institution,
		Zone: party.WIB, Address: "Jalan Contoh", Email: "kantor@" + a.Institution + ".example",
		Heads: party.Heads{{Name: "Kepala " + a.Institution, Position: "Kepala", Since: signed.AddDate(-1, 0, 0)}}}})
	agency := made[0].ID
	inst, err := h.st.Institutions.Institution(h.Context(), agency)
	h.must(err)
	network := netip.MustParsePrefix("127.0.0.0/8")
	if a.Network != "" {
		network = netip.MustParsePrefix(a.Network)
	}
	g := agreement.Agreement{Agency: agency, ProviderNumber: "P/" + a.Institution, AgencyNumber: "A/" + a.Institution, Subject: "Uji",
		SignedOn: signed, EndsOn: signed.AddDate(2, 0, 0), SPTJM: []agreement.SPTJM{{Head: inst.Heads.Last().ID, SignedOn: signed}},
		Terms: agreement.Terms{Elements: a.Elements, Methods: []string{agreement.Portal, agreement.Legacy}, Quota: max(a.Quota, 1),
			Purposes: []string{a.Purpose}, Networks: []netip.Prefix{network}}}
	if a.Suspended {
		g.Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: now.AddDate(0, 0, -7).Truncate(24 * time.Hour), Reason: "uji",
			Letter: "1"}}
	}
	g.ID = h.apply(procedure.SignAgreement{Agreement: g})[0].ID
	app := party.App{Agency: agency, Name: "Aplikasi", Kind: party.ProgramApp, Methods: []string{agreement.Legacy},
		Since: party.WIB.Begin(signed)}
	app.ID = h.apply(procedure.RegisterApplication{App: app})[0].ID
	begun := agreement.PoCLetter{Application: app.ID, Letter: "J", On: signed.AddDate(0, 0, 7), Until: signed.AddDate(1, 0, 0)}
	h.apply(procedure.RecordPoC{Agreement: g, App: app, Letter: begun})
	if a.Quota == 0 {
		h.apply(procedure.RecordPoC{Agreement: g, App: app, Letter: agreement.PoCLetter{Application: app.ID, Letter: "H",
			On: signed.AddDate(0, 1, 0), Passed: true}})
	}
	hash, err := party.HashPassword(h.Context(), a.Password)
	h.must(err)
	u := party.User{Institution: agency, Application: app.ID, Login: a.User, Name: "Aplikasi", Position: "Aplikasi",
		Role:    party.Application,
		Methods: []string{agreement.Legacy}, NDASigned: signed}
	u.ID, err = h.st.Rights.CreateUser(h.Context(), note(), u, hash)
	h.must(err)
	if a.Deactivated {
		h.apply(procedure.Deactivate{User: u, At: now.AddDate(0, 0, -1)})
	}
	h.agencies[a.Institution], h.users[a.Institution] = agency, u.ID
}

// serve listens on a free port until the test ends.
func (h *house) serve() {
	h.Helper()
	clock := func() time.Time { return now }
	w := journal.NewWriter(h.st.Journal)
	h.Cleanup(w.Close)
	log := slog.New(slog.NewTextHandler(h.Output(), nil))
	door := &legacy.Legacy{
		Gate:      &access.Gate{Rights: h.st.Rights, Source: h.st.Registry, Log: w, Now: clock},
		Admission: admission.New(h.st.Accounts, clock), Profiles: h.st.Wire, Calls: h.st.Wire,
		Intake: &balikan.Intake{Store: h.st.Deliveries(), Authority: &access.Authority{Log: w, Rights: h.st.Rights, Now: clock}},
		Peer:   func(r *http.Request) netip.Addr { return netip.MustParseAddrPort(r.RemoteAddr).Addr() }, Log: log,
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	ctx, stop := context.WithCancel(h.Context())
	done := make(chan error, 1)
	go func() {
		done <- server.Run(ctx, server.Door{Server: server.HTTP(server.New(server.Config{Portal: http.NotFoundHandler(),
			API:     http.NotFoundHandler(),
			Legacy:  door,
			Metrics: server.NewMetrics(), Peer: door.Peer, Log: log})), Listener: l})
	}()
	h.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			h.Error(err)
		}
	})
	h.address = l.Addr().String()
}

// files are the suite's files of cases.
func files(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob("cases/*.jsonl")
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}
