package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"gapura/access/access"
	"gapura/access/admission"
	"gapura/agreement/party/passkey"
	"gapura/exchange/balikan"
	"gapura/exchange/upstream"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/api"
	"gapura/web/legacy"
	"gapura/web/portal"
	"gapura/web/server"
	"gapura/web/site"
)

// source is where persons are found: the own registry, or another service over the legacy wire.
func (p *provider) source() population.Source {
	if p.cfg.UpstreamURL == "" {
		return p.store.Registry
	}
	return upstream.New(upstream.Config{URL: p.cfg.UpstreamURL, User: p.cfg.UpstreamUser, Password: p.cfg.UpstreamPassword,
		Timeout: upstreamTimeout, Log: p.log})
}

// upstreamTimeout is how long an officer waits at most for another service.
const upstreamTimeout = 5 * time.Second

// entry is how people and programs are let in.
func (p *provider) entry() *admission.Entry {
	e := admission.NewEntry(p.store.Accounts, p.store.Credentials, p.now)
	e.Issuer, e.Phone, e.Passkeys = p.cfg.Office, p.phone, passkeys(p.address, p.cfg.Office)
	e.Policy = p.store.Letters.PasswordPolicy
	return e
}

// passkeys is what passkeys are bound to at an address: its host name. This machine itself has one, localhost; any other IP address has
// none, and no passkeys.
func passkeys(address, name string) *passkey.Site {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		u.Host = net.JoinHostPort("localhost", u.Port())
	}
	site, err := passkey.New(u.String(), name)
	if err != nil {
		return nil
	}
	return site
}

// doors are the ways in, each with its table of routes.
type doors struct {
	people *portal.Portal
	rooms  []server.Room
	json   *api.API
	old    *legacy.Legacy
}

func (p *provider) doors() doors {
	resolver := p.resolver()
	gate := &access.Gate{
		Rights: p.store.Rights, Source: honest{p.source(), p.ill}, Log: counted{kept{p.writer, p.disk}, p.metrics}, Watch: p.guard,
		Now: p.now, Networks: p.authority.Networks, Strangers: &p.strangers, Readers: p.store.Institutions,
		Limiter: p.limiter, Shield: &office.Shield{Office: p.office, Log: p.log},
	}
	entry := p.entry()
	intake := &balikan.Intake{Store: p.store.Deliveries(), Authority: p.authority}
	pages := site.New(site.Config{
		Entry: entry, Rights: p.store.Rights, Unread: func(ctx context.Context, v *site.Visitor) (int,
			error) {
			return p.store.Notices.Unread(ctx, v.User.ID)
		},
		May: p.authority.Allow, Read: p.authority.Read, Now: p.now, Peer: resolver.Addr, Secure: resolver.Secure, Provider: p.cfg.Office,
		Outages: p.outages, Ill: p.ill, DemoNote: p.cfg.Notice, Log: p.log,
	})
	people := &portal.Portal{Site: pages, Gate: gate, History: p.store.History(), Receipts: p.notary, Balikan: p.store.Balikan,
		Slips: p.store.Credentials, Intake: intake, Missed: p.authority.Missed,
		Blank: time.Duration(p.cfg.BlankSeconds) * time.Second}
	if p.cfg.UpstreamURL == "" {
		people.Data = p.store.Registry
	}
	told := p.disclosure()
	p.office.Tell, people.Letters, people.Public = told, p.office, office.PublicListOf(p.office, p.notary)
	people.Mails = office.SubscriptionsOf(p.office, told)
	json := &api.API{
		Gate: gate, TestPersons: p.store.Canaries, Desks: p.store.Enrolment(), Admission: entry.Admission, Slips: p.store.Credentials,
		Tokens: p.store.Accounts, Peer: resolver.Addr, Notary: p.notary, Authority: p.authority, Intake: intake,
		Readers: p.store.Institutions, Cosigners: p.store.Witness, Alarm: office.RemindersOf(p.office).Alarm, Tell: told,
		Outages: p.outages, Ill: p.ill, Log: p.log,
	}
	old := &legacy.Legacy{Gate: gate, Admission: entry.Admission, Profiles: p.store.Wire, Calls: p.store.Wire, Intake: intake,
		Peer: resolver.Addr, Outages: p.outages, Ill: p.ill, Log: p.log}
	return doors{people, p.rooms(pages, told), json, old}
}

// disclosure tells residents who asked for their data.
func (p *provider) disclosure() *access.Disclosure {
	return &access.Disclosure{Uses: p.store.Uses, Log: p.writer, Rights: p.store.Rights, Now: p.now}
}

// ready says why lookups cannot be answered: the database, a log that is not what was signed, or storage that takes no more.
func (p *provider) ready(ctx context.Context) error {
	return errors.Join(p.store.Ready(ctx), p.store.Journal.Anchor().Broken(), p.disk.Err())
}

func (p *provider) handler() http.Handler {
	d := p.doors()
	return server.New(server.Config{
		Portal: d.people.Handler(), Rooms: d.rooms, API: d.json.Handler(), Legacy: d.old, Metrics: p.metrics,
		Ready: p.ready, Peer: d.old.Peer,
		Allowed: p.cfg.Allowed, Restored: p.restored.String(), Outages: p.outages, Log: p.log,
	})
}

// counted counts outcomes on their way into the journal.
type counted struct {
	log     access.Log
	metrics *server.Metrics
}

func (c counted) Append(ctx context.Context, e *journal.Entry) error {
	err := c.log.Append(ctx, e)
	if err == nil {
		c.metrics.Outcome(e.Written.Method, e.Written.Outcome)
	}
	return err
}
