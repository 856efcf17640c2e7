package server

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
)

// agencyAt has an agreement in force for its network, whose programs show the certificates.
func agencyAt(id int64, network string, methods []string, certificates ...string) access.Standing {
	day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	terms := agreement.Terms{Methods: methods, Networks: []netip.Prefix{netip.MustParsePrefix(network)}}
	if len(certificates) > 0 {
		terms.More = map[string]any{agreement.Certificates.Key: agreement.Prints(certificates)}
	}
	return access.Standing{Institution: party.Institution{ID: id, Zone: party.WIB},
		Agreements: access.Agreements{{ID: id, Agency: id, SignedOn: day, EndsOn: day.AddDate(2, 0, 0), Terms: terms}}}
}

// Where only agencies are let in, nothing of a request is looked at before its network, and its certificate where one was agreed (A5).
func TestNobodyIsHeardFromElsewhereOrWithoutTheAgreedCertificate(t *testing.T) {
	own := []byte("certificate of the program")
	sum := sha256.Sum256(own)
	both := []string{agreement.API, agreement.Legacy}
	refused := 0
	o := &Outer{
		Agencies: func(context.Context) ([]access.Standing, error) {
			return []access.Standing{agencyAt(1, "10.1.0.0/16", both), agencyAt(2, "10.2.0.0/16", both, hex.EncodeToString(sum[:])),
				agencyAt(3, "10.3.0.0/16", []string{agreement.API})}, nil
		},
		Now:     func() time.Time { return time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC) },
		Refused: func(string, netip.Addr, access.Code) { refused++ }, Log: slog.New(slog.DiscardHandler),
	}
	within := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	old, programs := o.Old(within), o.Programs(within)
	const wire, api, enrol = "/dukcapil/get_json/x/call_nik", "/api/v1/lookups", "/api/v1/enrolments"
	for _, c := range []struct {
		door        http.Handler
		path, from  string
		certificate []byte
		want        int
	}{
		{old, wire, "10.1.0.9:1", nil, 200}, {old, wire, "10.9.0.9:1", nil, 403}, {old, wire, "127.0.0.1:1", nil, 403},
		{old, wire, "10.3.0.9:1", nil, 403}, // whose agreement has not that method
		{old, wire, "10.2.0.9:1", nil, 403}, // whose programs are to show a certificate, which nobody can in clear
		{old, api, "10.1.0.9:1", nil, 404}, {old, "/masuk", "10.1.0.9:1", nil, 404},
		{programs, api, "10.1.0.9:1", nil, 200}, {programs, api, "10.9.0.9:1", own, 403},
		{programs, api, "10.2.0.9:1", nil, 403}, {programs, api, "10.2.0.9:1", []byte("another"), 403}, {programs, api, "10.2.0.9:1", own,
			200},
		{programs, wire, "10.2.0.9:1", nil, 403}, {programs, wire, "10.2.0.9:1", own, 200},
		{programs, enrol, "10.2.0.9:1", []byte("a desk's"), 200}, {programs, enrol, "10.9.0.9:1", nil, 403},
	} {
		r := httptest.NewRequest("POST", c.path, nil)
		r.RemoteAddr = c.from
		if c.certificate != nil {
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{Raw: c.certificate}}}
		}
		w, before := httptest.NewRecorder(), refused
		c.door.ServeHTTP(w, r)
		if w.Code != c.want || (refused > before) != (w.Code == 403) {
			t.Errorf("%s from %s with %q: %d, counted %v", c.path, c.from, c.certificate, w.Code, refused > before)
		}
	}
}

// What is expected is read once for all who ask: while one door's read stalls the other door answers, and who asked first may go away.
func TestAStalledReadHoldsUpNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reads, stall := 0, make(chan struct{})
		o := &Outer{Now: time.Now}
		o.Agencies = func(ctx context.Context) ([]access.Standing, error) {
			if reads++; reads > 1 {
				return nil, ctx.Err()
			}
			select {
			case <-stall:
			case <-ctx.Done():
			}
			return nil, ctx.Err()
		}
		first, leave := context.WithCancel(t.Context())
		got := make(chan error, 3)
		ask := func(ctx context.Context, method string) {
			_, err := o.expects(ctx, method)
			got <- err
		}
		go ask(first, agreement.API)
		synctest.Wait()
		go ask(t.Context(), agreement.API)
		synctest.Wait()
		go ask(t.Context(), agreement.Legacy)
		synctest.Wait()
		if len(got) != 1 || <-got != nil {
			t.Fatal("another door waits for the read")
		}
		leave()
		synctest.Wait()
		if len(got) != 1 || !errors.Is(<-got, context.Canceled) {
			t.Fatal("who went away still waits")
		}
		close(stall)
		if err := <-got; err != nil || reads != 2 {
			t.Errorf("who waited on: %v, after %d reads", err, reads)
		}
	})
}
