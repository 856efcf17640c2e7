package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/access/snooping"
	"gapura/agreement/party"
	"gapura/office/curiosity"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// AddServices keeps what may explain lookups; those that are there already are not counted.
func (s *Curiosity) AddServices(ctx context.Context, agency, by int64, at time.Time, list []snooping.Service) (fresh int, err error) {
	err = s.db.main.tx(ctx, func(q *sqldb.Queries) error {
		fresh = 0
		for _, x := range list {
			digits := ""
			if !x.NIK.IsZero() {
				digits = x.NIK.Digits()
			}
			day := dayText(x.Day)
			digest := s.db.nikIndex.Index(strings.Join([]string{x.Kind.String(), day, snooping.Reference(x.Reference), digits}, "\x00"))
			n, err := q.InsertService(ctx, sqldb.InsertServiceParams{AgencyID: agency, Digest: digest, Day: day, Kind: x.Kind.String(),
				AtUs: micros(at), ByUser: by, Sealed: s.db.nikSeal.Seal([]byte(digits+"\x00"+x.Reference), serviceContext(agency, digest))})
			if err != nil {
				return fmt.Errorf("insert service: %w", err)
			}
			fresh += int(n)
		}
		return nil
	})
	return fresh, err
}

func serviceContext(agency int64, digest []byte) []byte {
	return append(binary.BigEndian.AppendUint64([]byte("service"), uint64(agency)), digest...)
}

func (s *Curiosity) service(r sqldb.Service) (x snooping.Service, err error) {
	plain, err := s.db.nikSeal.Open(nil, r.Sealed, serviceContext(r.AgencyID, r.Digest))
	if err != nil {
		return x, fmt.Errorf("open service of agency %d: %w", r.AgencyID, err)
	}
	in := stored{table: "services", key: r.AgencyID}
	x.Day = in.day("day", r.Day)
	kind, ok := snooping.ParseKind(r.Kind)
	if in.err == nil && !ok {
		in.err = errors.New("services.kind is not known")
	}
	digits, reference, _ := strings.Cut(string(plain), "\x00")
	x.Kind, x.Reference = kind, reference
	if digits != "" && in.err == nil {
		x.NIK, in.err = nik.Parse(digits)
	}
	return x, in.err
}

// Services are what was added last, newest first.
func (s *Curiosity) Services(ctx context.Context, agency int64, most int) ([]snooping.Service, error) {
	rows, err := s.db.mainRead.q.LatestServices(ctx, sqldb.LatestServicesParams{AgencyID: agency, Limit: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read services: %w", err)
	}
	return eachRead(rows, s.service)
}

// Past implements office.Curiosity. Programs are left out: whom they look up for is not known here.
func (s *Curiosity) Past(ctx context.Context, i party.Institution, from, to time.Time) (p curiosity.Past, err error) {
	first, err := s.db.Guard.PlaceAt(ctx, i.ID, from)
	if err != nil {
		return p, err
	}
	end, err := s.db.Guard.PlaceAt(ctx, i.ID, to)
	if err != nil || first >= end {
		return p, err
	}
	who := &neighbourhood{people: map[nik.NIK]snooping.Person{}, own: map[int64]nik.NIK{}}
	users, err := s.db.withIdentity(ctx, s.db.mainRead.q, i.ID)
	if err != nil {
		return p, err
	}
	officers := map[int64]bool{}
	for _, u := range users {
		if u.Application == 0 && u.Role == party.Officer {
			officers[u.ID], who.own[u.ID] = true, u.Identity.NIK
			if !u.Identity.NIK.IsZero() {
				if err := s.meet(ctx, who, u.Identity.NIK); err != nil {
					return p, err
				}
			}
		}
	}
	p.Who, p.Officers = who, len(officers)
	byIndex := map[string]nik.NIK{}
	zone := i.Zone.Location()
	for ; first < end; first += leafBatch {
		rows, err := s.db.mainRead.q.RecordsFrom(ctx, sqldb.RecordsFromParams{AgencyID: i.ID, Seq: first, Seq_2: min(first+leafBatch, end)})
		if err != nil {
			return p, fmt.Errorf("read lookups of log %d: %w", i.ID, err)
		}
		for _, row := range rows {
			if !isLookup(row.Act, row.UserID) || !officers[row.UserID] ||
				row.Outcome != string(access.Found) && !access.Code(row.Outcome).Notice() {
				continue
			}
			r, _, err := s.db.Journal.openRecord(ctx, row)
			if err != nil {
				return p, err
			}
			if r.NIK.IsZero() { // malformed, or its number was destroyed
				continue
			}
			if byIndex[string(row.NikIndex)].IsZero() {
				byIndex[string(row.NikIndex)] = r.NIK
				if err := s.meet(ctx, who, r.NIK); err != nil {
					return p, err
				}
			}
			p.Seqs = append(p.Seqs, r.ID.Seq)
			p.Lookups = append(p.Lookups, snooping.Lookup{At: r.At.In(zone), User: r.User, NIK: r.NIK, Purpose: r.Purpose,
				Reference: r.Reference})
		}
	}
	p.Services, err = s.served(ctx, i, from, byIndex)
	return p, err
}

// served are services that may explain lookups from an instant on: what was told, and data balikan of persons who were looked up.
func (s *Curiosity) served(ctx context.Context, i party.Institution, from time.Time, byIndex map[string]nik.NIK) ([]snooping.Service,
	error) {
	rows, err := s.db.mainRead.q.ServicesFrom(ctx, sqldb.ServicesFromParams{AgencyID: i.ID,
		Day: dayText(i.Zone.Day(from.Add(-snooping.Memory)))})
	if err != nil {
		return nil, fmt.Errorf("read services: %w", err)
	}
	out, err := eachRead(rows, s.service)
	if err != nil {
		return nil, err
	}
	came, err := s.db.mainRead.q.BalikanFrom(ctx, sqldb.BalikanFromParams{AgencyID: i.ID, AtUs: micros(from.Add(-snooping.Memory))})
	if err != nil {
		return nil, fmt.Errorf("read data balikan: %w", err)
	}
	for _, b := range came {
		if n, ok := byIndex[string(b.NikIndex)]; ok {
			out = append(out, snooping.Service{NIK: n, Day: i.Zone.Day(instant(b.AtUs)), Kind: snooping.Balikan})
		}
	}
	return out, nil
}

// A neighbourhood is the persons of a past.
type neighbourhood struct {
	people map[nik.NIK]snooping.Person
	own    map[int64]nik.NIK
}

func (n *neighbourhood) Person(x nik.NIK) (snooping.Person, bool) { p, ok := n.people[x]; return p, ok }
func (n *neighbourhood) Own(user int64) nik.NIK                   { return n.own[user] }

// meet reads what relations to a person are told by: the family card, the hamlet's part of a village, the name.
func (s *Curiosity) meet(ctx context.Context, who *neighbourhood, n nik.NIK) error {
	f, err := s.db.Registry.Find(ctx, n)
	if err != nil || !f.Known {
		return err
	}
	place := ""
	if p := f.Person; p.Village != "" {
		place = p.Village + "/" + p.RW + "/" + p.RT
	}
	who.people[n] = snooping.Person{Card: f.Person.FamilyNo, Place: place, Name: f.Person.Name}
	return nil
}
