package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// Institutions are institutions with their heads, contacts and readers.
type Institutions struct{ db *DB }

// Institution reads an institution with its heads.
func (s *Institutions) Institution(ctx context.Context, id int64) (party.Institution, error) {
	row, err := s.db.mainRead.q.Institution(ctx, id)
	if err != nil {
		return party.Institution{}, fmt.Errorf("read institution %d: %w", id, err)
	}
	heads, err := s.db.mainRead.q.Heads(ctx, id)
	if err != nil {
		return party.Institution{}, fmt.Errorf("read heads of institution %d: %w", id, err)
	}
	i := institutionOf(row)
	byAgency, err := headsOf(heads)
	if err != nil {
		return i, err
	}
	i.Heads = byAgency[id]
	all, err := s.helpers(ctx, id)
	i.Helpers, i.Office = all[id].of()
	return i, err
}

// helpers are whom the people of an agency, below 0 of each, turn to.
func (s *Institutions) helpers(ctx context.Context, agency int64) (map[int64]helpers, error) {
	admins, err := s.db.mainRead.q.AgencyAdmins(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read administrators of agencies: %w", err)
	}
	contacts, err := s.db.mainRead.q.ContactsInForce(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read contact persons: %w", err)
	}
	out := map[int64]helpers{}
	reach := map[string]sqldb.Contact{} // of the agencies' own, by agency and name
	for _, c := range contacts {
		if c.Side == "provider" {
			of := out[c.AgencyID]
			of.office = append(of.office, party.Person{Name: c.Name, Position: c.Position, Phone: c.Phone, Email: c.Email,
				OfProvider: true})
			out[c.AgencyID] = of
		} else {
			reach[fmt.Sprint(c.AgencyID, strings.ToLower(c.Name))] = c
		}
	}
	for _, u := range admins {
		c := reach[fmt.Sprint(u.AgencyID, strings.ToLower(u.Name))]
		of := out[u.AgencyID]
		of.own = append(of.own, party.Person{Name: u.Name, Position: u.Position, Phone: c.Phone, Email: c.Email})
		out[u.AgencyID] = of
	}
	return out, nil
}

// helpers are whom an agency's people turn to: its own administrators, and the contact persons at the provider.
type helpers struct{ own, office []party.Person }

func (h helpers) of() (helpers, office []party.Person) {
	if len(h.own) == 0 {
		return h.office, h.office
	}
	return h.own, h.office
}

func institutionOf(r sqldb.Institution) party.Institution {
	return party.Institution{ID: r.ID, Code: r.Code, Name: r.Name, Zone: party.Zone(r.Zone), Address: r.Address, Email: r.Email,
		Desk: party.Desk{Pin: string(r.DeskPin), Key: r.DeskKey, Since: instant(r.DeskSinceUs)}}
}

// headsOf are heads by their agency.
func headsOf(rows []sqldb.Head) (map[int64]party.Heads, error) {
	out := map[int64]party.Heads{}
	for _, h := range rows {
		in := stored{table: "heads", key: h.ID}
		out[h.AgencyID] = append(out[h.AgencyID], party.Head{
			ID: h.ID, Name: h.Name, Position: h.Position, Acting: party.Acting(h.Acting), Since: in.day("since", h.Since),
			Until: in.day("until", h.Until), Letter: h.AppointedBy, Known: instant(h.KnownUs),
		})
		if in.err != nil {
			return nil, in.err
		}
	}
	return out, nil
}

// InstitutionByCode finds an institution.
func (s *Institutions) InstitutionByCode(ctx context.Context, code string) (party.Institution, access.Agreements, bool, error) {
	r, err := s.db.mainRead.q.InstitutionByCode(ctx, code)
	if ok, err := foundRow(err, "institution"); !ok {
		return party.Institution{}, nil, false, err
	}
	st, err := s.db.Rights.Agency(ctx, r.ID)
	return st.Institution, st.Agreements, err == nil, err
}

// Contacts are an agency's contact persons of both sides.
func (s *Institutions) Contacts(ctx context.Context, agency int64) ([]party.Contact, error) {
	rows, err := s.db.mainRead.q.Contacts(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read contacts: %w", err)
	}
	return each(rows, contactOf), nil
}

func contactOf(r sqldb.Contact) party.Contact {
	return party.Contact{Side: r.Side, Name: r.Name, Position: r.Position, Phone: r.Phone, Email: r.Email}
}

// Past is all that the records say of an agency's particulars, contact persons and network.
func (s *Institutions) Past(ctx context.Context, agency int64) (p party.Past, err error) {
	q := s.db.mainRead.q
	names, err1 := q.Particulars(ctx, agency)
	contacts, err2 := q.AllContacts(ctx, agency)
	if err := errors.Join(err1, err2); err != nil {
		return p, fmt.Errorf("read past of institution %d: %w", agency, err)
	}
	for _, r := range names {
		in := stored{table: "particulars", key: r.ID}
		p.Particulars = append(p.Particulars, party.Dated[party.Particulars]{Value: party.Particulars{Name: r.Name, Address: r.Address,
			Email: r.Email}, On: in.day("on_day", r.OnDay), Known: instant(r.KnownUs)})
		if in.err != nil {
			return p, in.err
		}
	}
	p.Contacts = map[string][]party.Dated[[]party.Contact]{}
	for _, r := range contacts { // those of one word were recorded at once
		in := stored{table: "contacts", key: r.ID}
		list, on, known := p.Contacts[r.Side], in.day("on_day", r.OnDay), instant(r.KnownUs)
		if in.err != nil {
			return p, in.err
		}
		if n := len(list); n == 0 || !list[n-1].Known.Equal(known) {
			list = append(list, party.Dated[[]party.Contact]{On: on, Known: known})
		}
		last := &list[len(list)-1]
		last.Value = append(last.Value, contactOf(r))
		p.Contacts[r.Side] = list
	}
	p.Connections, err = s.connections(ctx, agency)
	return p, err
}

func (s *Institutions) connections(ctx context.Context, agency int64) ([]party.Dated[party.Connection], error) {
	rows, err := s.db.mainRead.q.Connections(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read network of institution %d: %w", agency, err)
	}
	return eachRead(rows, func(r sqldb.Connection) (party.Dated[party.Connection], error) {
		in := stored{table: "connections", key: r.ID}
		d := party.Dated[party.Connection]{Value: party.Connection{Provider: r.Provider, Bandwidth: r.Bandwidth},
			On: in.day("on_day", r.OnDay), Known: instant(r.KnownUs)}
		return d, in.err
	})
}

// Emails is the institution's own address and those of its people.
func (s *Institutions) Emails(ctx context.Context, agency int64) ([]string, error) {
	i, err := s.db.mainRead.q.Institution(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read institution %d: %w", agency, err)
	}
	var list []string
	if i.Email != "" {
		list = append(list, i.Email)
	}
	people, err := s.db.mainRead.q.StaffEmails(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read addresses of institution %d: %w", agency, err)
	}
	for _, p := range people {
		if p != i.Email {
			list = append(list, p)
		}
	}
	return list, nil
}

// Devices are the readers of one agency, in the order of their registration.
func (s *Institutions) Devices(ctx context.Context, agency int64) ([]reader.Device, error) {
	return devices(ctx, s.db.mainRead.q, agency)
}

func devices(ctx context.Context, q *sqldb.Queries, agency int64) ([]reader.Device, error) {
	all, err := devicesOf(of(ctx, q.ReadersOfAgency, agency, "readers"), of(ctx, q.ReaderStates, agency, "states of readers"))
	return all[agency], err
}

// allDevices are those of all agencies.
func allDevices(ctx context.Context, q *sqldb.Queries) (map[int64][]reader.Device, error) {
	return devicesOf(every(ctx, q.AllReaders, "readers"), every(ctx, q.AllReaderStates, "states of readers"))
}

// devicesOf puts states to their readers, by agency.
func devicesOf(readers read[sqldb.Reader], states read[sqldb.ReaderState]) (map[int64][]reader.Device, error) {
	moves := map[string][]reader.Move{}
	for _, x := range states.rows {
		moves[x.Serial] = append(moves[x.Serial], reader.Move{State: reader.State(x.State), From: instant(x.FromUs),
			Known: instant(x.KnownUs)})
	}
	out := map[int64][]reader.Device{}
	for _, r := range readers.rows {
		out[r.AgencyID] = append(out[r.AgencyID], reader.Device{Serial: r.Serial, Model: r.Model, SAM: r.Sam, Moves: moves[r.Serial]})
	}
	return out, errors.Join(readers.err, states.err)
}

// ReaderUses implements agency.OwnStore: in the order of registration; reads are those since an instant.
func (s *Institutions) ReaderUses(ctx context.Context, agency int64, since time.Time) ([]reader.Use, error) {
	list, err := s.Devices(ctx, agency)
	if err != nil {
		return nil, err
	}
	uses, err := s.db.mainRead.q.ReaderUses(ctx, sqldb.ReaderUsesParams{AgencyID: agency, SinceUs: micros(since)})
	if err != nil {
		return nil, fmt.Errorf("read uses of readers: %w", err)
	}
	return each(list, func(d reader.Device) reader.Use {
		out := reader.Use{Device: d}
		for _, u := range uses {
			if u.Reader == d.Serial {
				out.Last, out.Reads = instant(u.LastUs), int(u.Reads)
			}
		}
		return out
	}), nil
}

// Readers returns readers of all agencies after an id, in a state at an instant or in any.
func (s *Institutions) Readers(ctx context.Context, state reader.State, at time.Time, after int64, most int) ([]procedure.ReaderRow,
	error) {
	rows, err := s.db.mainRead.q.Readers(ctx, sqldb.ReadersParams{After: after, State: string(state), AtUs: micros(at), Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read readers: %w", err)
	}
	return each(rows, func(r sqldb.ReadersRow) procedure.ReaderRow {
		return procedure.ReaderRow{
			ID: r.ID, Agency: r.AgencyID, AgencyName: r.AgencyName, AgencyCode: r.AgencyCode,
			Reader: reader.Reader{Serial: r.Serial, Model: r.Model, SAM: r.Sam, State: reader.State(r.State), Since: instant(r.FromUs)},
		}
	}), nil
}
