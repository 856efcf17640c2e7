package deskdb

import (
	"context"
	"time"
)

// Content is a file's content.
func (d *Applications) Content(ctx context.Context, application, file int64) (f File, err error) {
	var sealed []byte
	var at int64
	err = d.db.read.QueryRowContext(ctx, `SELECT id, document, media, size, at_us, sealed FROM files WHERE application = ?1 AND id = ?2`,
		application, file).Scan(&f.ID, &f.Document, &f.Media, &f.Size, &at, &sealed)
	if err != nil {
		return f, none(err)
	}
	f.At = instant(at)
	f.Content, err = d.db.files.Open(nil, sealed, bound("file", application))
	return f, err
}

func (d *Applications) document(ctx context.Context, application int64) (x Issued, err error) {
	var at, revoked int64
	var why []byte
	err = d.db.read.QueryRowContext(ctx,
		`SELECT number, code, kind, masked, at_us, revoked_us, revoked_by, revoked_why FROM documents WHERE application = ?1`, application).
		Scan(&x.Number, &x.Code, &x.Kind, &x.Masked, &at, &revoked, &x.RevokedBy, &why)
	if x.At, x.Revoked = instant(at), instant(revoked); err != nil || why == nil {
		return x, none(err)
	}
	why, err = d.db.notes.Open(nil, why, bound("revoked", application))
	x.Why = string(why)
	return x, err
}

// Revoke takes a document's validity away, with a reason; its number stays spent. ErrNone when there is none, or it was revoked before.
func (d *Applications) Revoke(ctx context.Context, application, by int64, at time.Time, why string) error {
	return one(ctx, d.db.write,
		`UPDATE documents SET revoked_us = ?2, revoked_by = ?3, revoked_why = ?4 WHERE application = ?1 AND revoked_us = 0`,
		application, micros(at), by, d.db.notes.Seal([]byte(why), bound("revoked", application)))
}

// Document is an application's issued document with its content.
func (d *Applications) Document(ctx context.Context, application int64) (Issued, error) {
	x, err := d.document(ctx, application)
	if err != nil {
		return x, err
	}
	var sealed []byte
	if err := d.db.read.QueryRowContext(ctx, `SELECT sealed FROM documents WHERE application = ?1`, application).Scan(&sealed); err != nil {
		return x, none(err)
	}
	x.Content, err = d.db.files.Open(nil, sealed, bound("document", application))
	return x, err
}

// DocumentByCode is what the check page shows of a document.
func (d *Applications) DocumentByCode(ctx context.Context, code string) (Issued, error) {
	var id int64
	if err := d.db.read.QueryRowContext(ctx, `SELECT application FROM documents WHERE code = ?1`, code).Scan(&id); err != nil {
		return Issued{}, none(err)
	}
	return d.document(ctx, id)
}
