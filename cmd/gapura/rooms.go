package main

import (
	"gapura/access/access"
	"gapura/access/admission"
	"gapura/office/office"
	"gapura/web/account"
	"gapura/web/agency"
	"gapura/web/console"
	"gapura/web/server"
	"gapura/web/site"
)

// rooms are the pages of the agencies' people and of the provider's staff; the portal stands for itself.
func (p *provider) rooms(pages *site.Site, tell *access.Disclosure) []server.Room {
	db := p.store
	own := &agency.Agency{
		Site: pages, Store: db.Pages(), Office: p.office, Balikan: db.Balikan, Sums: db.Sums, Incidents: db.Incidents,
		Evaluations: db.Evaluations, Watching: db.Guard, Tokens: db.Credentials,
		Desks: db.Enrolment(),
	}
	mine := &account.Account{Site: pages, Store: db.Credentials, Door: admission.Portal}
	questions := &agency.Questions{Site: pages, Store: db.Curiosity}
	return []server.Room{mine, own, questions, &console.Console{Site: pages, Parts: []console.Part{
		&console.Home{Site: pages, Store: db.Pages(), Office: p.office, Slips: db.Credentials, Incidents: db.Incidents, Watching: db.Guard,
			Curiosity: db.Curiosity, Ills: p.ills, Deciders: db.Credentials.Deciders},
		&console.Agencies{Site: pages, Store: db.Pages(), Office: p.office, Balikan: db.Balikan, Tokens: db.Credentials,
			Slips: db.Credentials},
		&console.Cases{Site: pages, Store: db.Pages(), Office: p.office, Agency: own, Slips: db.Credentials},
		&console.Records{
			Site: pages, Store: db.Pages(), Office: p.office, Agency: own, Tell: tell, Notary: p.notary, Watching: db.Guard,
			Incidents: db.Incidents,
			Residents: db.Registry, Mails: office.SubscriptionsOf(p.office, tell),
		},
		&console.Curiosity{Site: pages, Agencies: db.Pages(), Store: db.Curiosity, Office: p.office},
		&console.Figures{
			Site: pages, Store: db.Pages(), Office: p.office, Agency: own, Balikan: db.Balikan, Sums: db.Sums, Evaluations: db.Evaluations,
			Watching: db.Guard,
		},
		&console.Settings{
			Site: pages, Store: db.Pages(), Office: p.office, Wire: db.Wire, Desks: db.Enrolment(), TestPersons: db.Canaries,
			Residents: db.Registry, Imports: db.Registry, OutageStore: db.Outages, OwnRegistry: p.cfg.UpstreamURL == "",
		},
	}}}
}
