package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/sqldb"
)

// Users are user ids.
type Users struct{ db *DB }

func loginKey(login string) string { return strings.ToLower(strings.TrimSpace(login)) }

// UserByLogin finds a user id.
func (s *Users) UserByLogin(ctx context.Context, login string) (party.User, bool, error) {
	u, err := s.db.mainRead.q.UserByLogin(ctx, loginKey(login))
	if ok, err := foundRow(err, "user"); !ok {
		return party.User{}, false, err
	}
	p, err := userOf(u)
	return p, err == nil, err
}

// Users returns users of all institutions whose login or name holds the text, after a login, by login.
func (s *Users) Users(ctx context.Context, text, after string, most int) ([]procedure.UserRow, error) {
	rows, err := s.db.mainRead.q.UsersLike(ctx, sqldb.UsersLikeParams{After: after, Pattern: "%" + likeText(strings.ToLower(text)) + "%",
		Most: int32(most)})
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return eachRead(rows, func(r sqldb.UsersLikeRow) (procedure.UserRow, error) {
		u, err := userOf(sqldb.User{
			ID: r.ID, AgencyID: r.AgencyID, Login: r.Login, Name: r.Name, Position: r.Position, Role: r.Role, Methods: r.Methods,
			NdaSigned:     r.NdaSigned,
			DeactivatedUs: r.DeactivatedUs, PasswordHash: r.PasswordHash, Email: r.Email, NdaForm: r.NdaForm, StoppedUs: r.StoppedUs,
			MatchOnly: r.MatchOnly, Purposes: r.Purposes, Nip: r.Nip,
		})
		return procedure.UserRow{User: u, AgencyName: r.AgencyName, AgencyCode: r.AgencyCode}, err
	})
}

// UsersOfAgency returns an agency's users after a login, by login.
func (s *Users) UsersOfAgency(ctx context.Context, agency int64, after string, most int) ([]party.User, error) {
	rows, err := s.db.mainRead.q.UsersOfAgency(ctx, sqldb.UsersOfAgencyParams{AgencyID: agency, Login: after,
		Limit: int32(min(most, 1<<30))})
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return eachRead(rows, userOf)
}

// LastUses are when user ids of an agency were last used, as far as the records are in the database; users without a use are left out.
func (s *Users) LastUses(ctx context.Context, agency int64) (map[int64]time.Time, error) {
	rows, err := s.db.mainRead.q.LastUses(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read last uses: %w", err)
	}
	out := map[int64]time.Time{}
	for _, r := range rows {
		if r.AtUs != 0 {
			out[r.ID] = instant(r.AtUs)
		}
	}
	return out, nil
}

func userOf(u sqldb.User) (party.User, error) {
	in := stored{table: "users", key: u.ID}
	p := party.User{
		ID: u.ID, Institution: u.AgencyID, Login: u.Login, Name: u.Name, Position: u.Position, Role: party.Role(u.Role),
		NDASigned: in.day("nda_signed", u.NdaSigned), Deactivated: instant(u.DeactivatedUs), HasPassword: u.PasswordHash != "",
		NDAForm: u.NdaForm, Email: u.Email, EmailBy: u.EmailBy, Stopped: instant(u.StoppedUs), Application: u.ApplicationID,
		Reset:     instant(u.ResetUs),
		MatchOnly: u.MatchOnly, Identity: party.Identity{NIP: u.Nip},
	}
	in.json("methods", u.Methods, &p.Methods)
	in.json("purposes", u.Purposes, &p.Purposes)
	return p, in.err
}

// nikContext binds a sealed NIK to its user id, so that it cannot be moved to another.
func nikContext(login string) []byte { return []byte("users.nik\x00" + loginKey(login)) }

// withIdentity are an institution's users with the NIK of each, for what compares persons.
func (db *DB) withIdentity(ctx context.Context, q *sqldb.Queries, institution int64) ([]party.User, error) {
	rows, err := q.UsersWithIdentity(ctx, institution)
	if err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	return eachRead(rows, func(r sqldb.User) (party.User, error) {
		u, err := userOf(r)
		if err != nil || len(r.NikSealed) == 0 {
			return u, err
		}
		plain, err := db.formSeal.Open(nil, r.NikSealed, nikContext(r.Login))
		if err == nil {
			u.Identity.NIK, err = nik.Parse(string(plain))
		}
		if err != nil {
			return u, fmt.Errorf("open users.nik_sealed (%d): %w", r.ID, err)
		}
		return u, nil
	})
}

// hands are the users of these ids, of an agency or of the provider, and the one who acts now, each with whose it is: persons are compared,
// not user ids. Ids of nobody there, and 0, are left out.
func (db *DB) hands(ctx context.Context, q *sqldb.Queries, acting party.User, agency int64, ids ...int64) (of []party.User, now party.User,
	err error) {
	for _, institution := range []int64{party.Provider, agency} {
		list, err := db.withIdentity(ctx, q, institution)
		if err != nil {
			return nil, acting, err
		}
		for _, u := range list {
			if u.ID == acting.ID {
				acting.Identity = u.Identity
			}
			if slices.Contains(ids, u.ID) {
				of = append(of, u)
			}
		}
	}
	return of, acting, nil
}

func (db *DB) sealNIK(login string, n nik.NIK) []byte {
	if n.IsZero() {
		return nil
	}
	return db.formSeal.Seal([]byte(n.Digits()), nikContext(login))
}

// likeText takes the meaning from LIKE's signs: they become the sign for one character, which is near enough for a search.
func likeText(s string) string { return strings.NewReplacer("%", "_", `\`, "_").Replace(s) }

// Histories are the user ids of an agency as the records came to know them, by login. Whether they had a password by then is not kept:
// rights do not rest on it.
func (s *Users) Histories(ctx context.Context, agency int64) ([]party.History, error) {
	rows, err := s.db.mainRead.q.UserVersions(ctx, agency)
	if err != nil {
		return nil, fmt.Errorf("read versions of users: %w", err)
	}
	var out []party.History
	for _, r := range rows {
		in := stored{table: "user_versions", key: r.ID}
		u := party.User{ID: r.UserID, Institution: r.AgencyID, Login: r.Login, Name: r.Name, Position: r.Position, Role: party.Role(r.Role),
			MatchOnly: r.MatchOnly, NDASigned: in.day("nda_signed", r.NdaSigned), Deactivated: instant(r.DeactivatedUs), HasPassword: true,
			Known: instant(r.KnownUs)}
		in.json("methods", r.Methods, &u.Methods)
		in.json("purposes", r.Purposes, &u.Purposes)
		if in.err != nil {
			return nil, in.err
		}
		if n := len(out); n > 0 && out[n-1][0].ID == u.ID {
			out[n-1] = append(out[n-1], u)
		} else {
			out = append(out, party.History{u})
		}
	}
	return out, nil
}
