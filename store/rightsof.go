package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/store/sqldb"
)

// rightsOf are all rows that the standings of an institution rest on, in their canonical form: the one description of its state, for the
// entries that tell it, for the checks, and for the replay of its log. What changes by time alone or by trying (last uses, counters, lanes,
// sessions) is not in it.
func rightsOf(ctx context.Context, q *sqldb.Queries, institution int64) (journal.Rights, error) {
	x := reading{ctx: ctx, of: institution, rights: journal.Rights{}}
	one(&x, "institutions", institution, q.Institution)
	many(&x, q.Heads, func(r sqldb.Head) string { return rowNamed("heads", r.ID) })
	many(&x, q.Agreements, func(r sqldb.Agreement) string { return rowNamed("agreements", r.ID) })
	many(&x, q.Addenda, func(r sqldb.Addenda) string { return rowNamed("addenda", r.ID) })
	many(&x, q.PoCResults, func(r sqldb.PocResult) string { return rowNamed("poc_results", r.ID) })
	many(&x, q.Decisions, func(r sqldb.Decision) string { return rowNamed("decisions", r.ID) })
	many(&x, q.SPTJM, func(r sqldb.Sptjm) string { return rowNamed("sptjms", r.ID) })
	many(&x, q.ExtensionSteps, func(r sqldb.ExtensionStep) string { return rowNamed("extension_steps", r.ID) })
	many(&x, q.Applications, func(r sqldb.Application) string { return rowNamed("applications", r.ID) })
	many(&x, q.ReadersOfAgency, func(r sqldb.Reader) string { return rowNamed("readers", r.ID) })
	many(&x, q.ReaderStates, func(r sqldb.ReaderState) string { return rowNamed("reader_states", fmt.Sprint(r.Serial, "/", r.N)) })
	many(&x, q.WireProfilesOfAgency, func(r sqldb.WireProfile) string { return rowNamed("wire_profiles", r.ID) })
	many(&x, q.UsersWithIdentity, func(r sqldb.User) string { return rowNamed("users", r.ID) }, "NoticesRead")
	many(&x, q.LiveCredentialsOfAgency, func(r sqldb.Credential) string { return ofUser(r.UserID, "credentials", r.ID) },
		"FirstUs", "UsedUs", "Step", "Sealed") // sealed under a key outside the database, anew at each use of a passkey
	many(&x, q.OpenSlipsOfAgency, func(r sqldb.Slip) string { return ofUser(r.UserID, "slips", r.ID) }, "Tries")
	one(&x, "abuse_settings", institution, q.AbuseSettings)
	one(&x, "snooping_settings", institution, q.SnoopingSettings)
	one(&x, "cosigners", institution, q.CosignerOf)
	if institution == party.Provider {
		all := func(ctx context.Context, _ int64) ([]sqldb.Signatory, error) { return q.Signatories(ctx) }
		many(&x, all, func(r sqldb.Signatory) string { return rowNamed("signatories", r.ID) })
		guarded := func(ctx context.Context, _ int64) ([]sqldb.Protection, error) { return q.Protections(ctx) }
		many(&x, guarded, func(r sqldb.Protection) string { return rowNamed("protections", r.ID) })
		one(&x, "templates", passwordKey, q.Template)
		one(&x, "templates", leaveKey, q.Template)
	}
	if x.err != nil {
		return nil, fmt.Errorf("read rights of institution %d: %w", institution, x.err)
	}
	return x.rights, nil
}

// A reading collects rows until one query fails.
type reading struct {
	ctx    context.Context
	of     int64
	rights journal.Rights
	err    error
}

// rowNamed is how entries name a row; what belongs to a user id begins with that user's row.
func rowNamed(table string, key any) string { return fmt.Sprint(table, " ", key) }

func ofUser(user int64, table string, key int64) string {
	if user == 0 { // an agency's own token, from before tokens had owners
		return rowNamed(table, key)
	}
	return rowNamed(rowNamed("users", user)+" "+table, key)
}

func many[R any](x *reading, query func(context.Context, int64) ([]R, error), name func(R) string, leaveOut ...string) {
	if x.err != nil {
		return
	}
	var list []R
	list, x.err = query(x.ctx, x.of)
	for _, r := range list {
		x.rights[name(r)] = canonical(r, leaveOut...)
	}
}

// one is a row that may be missing, or its only value.
func one[K, R any](x *reading, table string, key K, query func(context.Context, K) (R, error)) {
	if x.err != nil {
		return
	}
	r, err := query(x.ctx, key)
	var there bool
	if there, x.err = foundRow(err, table); !there {
		return
	}
	if is := canonical(r); string(is) != "{}" { // an alarm without a cosigner
		x.rights[rowNamed(table, key)] = is
	}
}

// secrets are fields of which an entry tells a digest alone: what a secret is known by.
var secrets = []string{"PasswordHash", "Hash", "Code", "Second", "NikSealed", "NikIndex"}

// canonical is a row as entries tell it: JSON without blanks, its fields by name, those that are empty left out. So a column that is added
// later changes nothing as long as it is empty in the rows that are there; what a migration fills must be told anew (found).
func canonical(row any, leaveOut ...string) json.RawMessage {
	v, out := reflect.ValueOf(row), map[string]any{}
	if v.Kind() != reflect.Struct { // the row's only value
		v = reflect.ValueOf(struct{ Value any }{row})
	}
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		if field.Kind() == reflect.Interface {
			field = field.Elem()
		}
		empty := field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0
		if empty || slices.Contains(leaveOut, name) {
			continue
		}
		if out[name] = field.Interface(); slices.Contains(secrets, name) {
			h := sha256.Sum256(fmt.Append(nil, field.Interface()))
			out[name] = hex.EncodeToString(h[:])
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic(err) // numbers, texts and bytes always encode
	}
	return b
}
