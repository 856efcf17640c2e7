package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/office/procedure"
	"gapura/store/sqldb"
)

// What effects write about an institution, its head and its card readers.

func createInstitution(ctx context.Context, q *sqldb.Queries, i party.Institution, known time.Time) (int64, error) {
	id, err := q.InsertInstitution(ctx, sqldb.InsertInstitutionParams{Code: i.Code, Name: i.Name, Zone: string(i.Zone)})
	if err != nil {
		return 0, fmt.Errorf("insert institution: %w", err)
	}
	err = setInstitution(ctx, q, id, i, time.Time{}, known)
	for _, h := range i.Heads {
		err = errors.Join(err, q.InsertHead(ctx, headRow(id, h, known)))
	}
	return id, err
}

func setInstitution(ctx context.Context, q *sqldb.Queries, id int64, i party.Institution, on, known time.Time) error {
	return errors.Join(q.SetInstitution(ctx, sqldb.SetInstitutionParams{ID: id, Name: i.Name, Address: i.Address, Email: i.Email}),
		q.KeepParticulars(ctx, sqldb.KeepParticularsParams{ID: id, OnDay: dayText(on), KnownUs: micros(known)}))
}

func setContacts(ctx context.Context, q *sqldb.Queries, e procedure.SetContacts, known time.Time) error {
	// What was said at the same instant was never believed.
	err := q.DropContactsOf(ctx, sqldb.DropContactsOfParams{AgencyID: e.Agency, Side: e.Side, KnownUs: micros(known)})
	for _, p := range e.Contacts {
		err = errors.Join(err, q.InsertContact(ctx, sqldb.InsertContactParams{
			AgencyID: e.Agency, Side: p.Side, Name: p.Name, Position: p.Position, Phone: p.Phone, Email: p.Email,
			OnDay: dayText(e.On), KnownUs: micros(known),
		}))
	}
	return err
}

func setConnection(ctx context.Context, q *sqldb.Queries, e procedure.SetConnection, known time.Time) error {
	return q.InsertConnection(ctx, sqldb.InsertConnectionParams{AgencyID: e.Agency, Provider: e.New.Provider, Bandwidth: e.New.Bandwidth,
		OnDay: dayText(e.On), KnownUs: micros(known)})
}

func addReaders(ctx context.Context, q *sqldb.Queries, e procedure.AddReaders, at time.Time) (err error) {
	for _, r := range e.Readers {
		err = errors.Join(err, q.InsertReader(ctx, sqldb.InsertReaderParams{
			AgencyID: e.Agency, Serial: r.Serial, Model: r.Model, Sam: r.SAM,
		}), putReaderState(ctx, q, r, at))
	}
	return err
}

func setReader(ctx context.Context, q *sqldb.Queries, e procedure.SetReader, at time.Time) error {
	n, err := q.SetReader(ctx, sqldb.SetReaderParams{AgencyID: e.Agency, Serial: e.New.Serial, Sam: e.New.SAM})
	if err == nil && n != 1 {
		err = errors.New("reader is not registered")
	}
	return errors.Join(err, putReaderState(ctx, q, e.New, at))
}

func putReaderState(ctx context.Context, q *sqldb.Queries, r reader.Reader, known time.Time) error {
	from := r.Since
	if from.IsZero() {
		from = known
	}
	return q.PutReaderState(ctx, sqldb.PutReaderStateParams{Serial: r.Serial, KnownUs: micros(known), FromUs: micros(from),
		State: string(r.State)})
}

func headRow(agency int64, h party.Head, known time.Time) sqldb.InsertHeadParams {
	return sqldb.InsertHeadParams{AgencyID: agency, Name: h.Name, Position: h.Position, Acting: string(h.Acting), Since: dayText(h.Since),
		Until: dayText(h.Until), AppointedBy: h.Letter, KnownUs: micros(known)}
}
