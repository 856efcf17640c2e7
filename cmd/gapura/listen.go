package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"

	"gapura/access/access"
	"gapura/internal/pki"
	"gapura/web/peer"
	"gapura/web/server"
)

// resolver finds callers' addresses, behind the proxies of the configuration too.
func (p *provider) resolver() peer.Resolver { return peer.Resolver{Trusted: p.cfg.Trusted} }

// listen opens every address of the configuration; the first is the one that people open. What was opened before one failed is closed.
func (p *provider) listen(ctx context.Context) (doors []server.Door, address string, err error) {
	var listeners []net.Listener
	defer func() {
		for _, l := range listeners {
			if err != nil {
				err = errors.Join(err, l.Close())
			}
		}
	}()
	open := func(key, at string) (net.Listener, error) {
		l, err := net.Listen("tcp", at)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		listeners = append(listeners, l)
		return l, nil
	}
	main, err := open("listen", p.cfg.Listen)
	if err != nil {
		return nil, "", err
	}
	scheme, certificate := "http", (*pki.Live)(nil)
	if p.cfg.TLSCertificate != "" {
		scheme = "https"
		if certificate, err = liveCertificate(p.cfg.TLS, p.cfg.Hosts, p.log); err != nil {
			return nil, "", err
		}
	}
	address = scheme + "://" + main.Addr().String()
	p.address = cmp.Or(p.cfg.URL, address) // with port 0 it is known only now
	h := p.handler()
	crowd := server.NewCrowd()
	door := func(h http.Handler, l net.Listener, asking bool) {
		srv := server.HTTP(server.Private(p.resolver(), h))
		srv.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
		l = crowd.Door(srv, l)
		if certificate != nil {
			l = server.Secure(l, certificate.Get, p.cfg.LeastTLS(), asking)
		}
		doors = append(doors, server.Door{Server: srv, Listener: l})
	}
	door(h, main, false)
	outer := &server.Outer{Agencies: p.store.Rights.Everyone, Peer: p.resolver(), Now: p.now, Log: p.log,
		Refused: func(method string, from netip.Addr, c access.Code) {
			p.metrics.Outcome(method, string(c))
			p.strangers.Add(method, from, p.now())
		}}
	if p.cfg.AgencyListen != "" {
		// An address of its own, because a browser that is asked for a certificate bothers its user.
		l, err := open("agency_listen", p.cfg.AgencyListen)
		if err != nil {
			return nil, "", err
		}
		door(outer.Programs(h), l, true)
	}
	if p.cfg.LegacyListen != "" {
		l, err := open("legacy_listen", p.cfg.LegacyListen)
		if err != nil {
			return nil, "", err
		}
		srv := server.HTTP(outer.Old(h))
		srv.ErrorLog = slog.NewLogLogger(p.log.Handler(), slog.LevelWarn)
		doors = append(doors, server.Door{Server: srv, Listener: crowd.Door(srv, l)})
	}
	if certificate != nil {
		go renewing(ctx, certificate)
	}
	return doors, address, nil
}
