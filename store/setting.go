package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/store/sqldb"
)

var errSettingMoved = &told.Error{Kind: told.Moved, Field: "Pengaturan",
	Text: "Pengaturan ini sudah berubah sejak diusulkan. Tolak usulan ini dan usulkan perubahan yang baru."}

func readSetting(e procedure.ChangeSetting, v any) error {
	if err := json.Unmarshal([]byte(e.Value), v); err != nil {
		return fmt.Errorf("read setting %s: %w", e.Kind, err)
	}
	return nil
}

// changeSetting writes a setting that was decided.
func (s *DB) changeSetting(ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.ChangeSetting) error {
	read := func(v any) error { return readSetting(e, v) }
	// What a case of the office may change is the office's, and an agency's the agency's.
	agencys := e.Kind == procedure.SettingWatch || e.Kind == procedure.SettingSnooping || e.Kind == procedure.SettingWire
	if agencys == (e.Institution == party.Provider) {
		return fmt.Errorf("setting %s is not of institution %d", e.Kind, e.Institution)
	}
	switch e.Kind {
	case procedure.SettingWatch:
		return changeWatch(ctx, q, e)
	case procedure.SettingSnooping:
		return s.Curiosity.changeChoice(ctx, q, e)
	case procedure.SettingDecoy:
		var digits string
		if err := read(&digits); err != nil {
			return err
		}
		n, err := nik.Parse(digits)
		if err != nil {
			return fmt.Errorf("read decoy: %w", err)
		}
		return movedUnlessOne(q.DropDecoy(ctx, s.nikIndex.Index(n.Digits())))
	case procedure.SettingTemplate:
		var t office.TemplateText
		if err := read(&t); err != nil {
			return err
		}
		return changeTemplate(ctx, q, c, t, e.Text)
	case procedure.SettingCalendar:
		var h office.HolidayChange
		if err := read(&h); err != nil {
			return err
		}
		return editCalendar(ctx, q, func(q *sqldb.Queries) error {
			if h.Drop {
				return movedUnlessOne(q.DeleteHoliday(ctx, sqldb.DeleteHolidayParams{Day: dayText(h.Holiday.Day), Kind: h.Holiday.Kind}))
			}
			return putHoliday(ctx, q, h.Holiday)
		})
	case procedure.SettingDecree:
		var d office.DecreeChange
		if err := read(&d); err != nil {
			return err
		}
		return editCalendar(ctx, q, func(q *sqldb.Queries) error { return putDecree(ctx, q, d) })
	case procedure.SettingPassword:
		return changeVersioned(ctx, q, c, e, passwordKey, party.Policy.Valid, party.Policy.Rule)
	case procedure.SettingRegistry:
		valid := func(l population.Leave) bool { return l.Valid(party.WIB.Day(c.At)) }
		return changeVersioned(ctx, q, c, e, leaveKey, valid, population.Leave.Words)
	case procedure.SettingApproval:
		var a journal.Approval
		if err := read(&a); err != nil {
			return err
		}
		return s.approve(ctx, q, c, a)
	case procedure.SettingWire:
		var p office.ProfileChange
		if err := read(&p); err != nil {
			return err
		}
		p.Profile.Agency = e.Institution
		if p.Drop {
			return movedUnlessOne(q.DropWireProfile(ctx, sqldb.DropWireProfileParams{AgencyID: e.Institution, Path: p.Profile.Path}))
		}
		return putProfile(ctx, q, p.Profile)
	}
	return fmt.Errorf("setting %q is not known", e.Kind)
}

// changeWatch writes what the watch over an agency does when it still does what the proposal read.
func changeWatch(ctx context.Context, q *sqldb.Queries, e procedure.ChangeSetting) error {
	var now, set guard.Settings
	if err := readSetting(e, &set); err != nil {
		return err
	}
	text, err := q.AbuseSettings(ctx, e.Institution)
	if ok, err := foundRow(err, "settings"); err != nil {
		return err
	} else if ok {
		if err := json.Unmarshal([]byte(text), &now); err != nil {
			return fmt.Errorf("read settings of the watch: %w", err)
		}
	}
	if err := set.Check(); err != nil || now.Words() != e.Before {
		return errSettingMoved
	}
	return q.PutAbuseSettings(ctx, sqldb.PutAbuseSettingsParams{AgencyID: e.Institution, Settings: jsonText(set)})
}

func movedUnlessOne(n int64, err error) error {
	if err == nil && n != 1 {
		err = errSettingMoved
	}
	return err
}

// The keys under which settings of the office are kept among its versioned texts.
const (
	passwordKey = "kata-sandi"
	leaveKey    = "registri-sendiri"
	approvalKey = "persetujuan-jangkar"
)

// PasswordPolicy is what the office asks of passwords; NIST's until two people have decided otherwise.
func (s *Letters) PasswordPolicy(ctx context.Context) (party.Policy, error) {
	p, _, err := versioned[party.Policy](ctx, s.db.mainRead.q, passwordKey)
	return p, err
}

// Leave is the leave to answer from the own registry that two people recorded last; none by default.
func (r *Registry) Leave(ctx context.Context) (population.Leave, error) {
	l, _, err := versioned[population.Leave](ctx, r.db.mainRead.q, leaveKey)
	return l, err
}

// versioned reads a setting that is kept as JSON, with its version; the zero value until two people have decided otherwise.
func versioned[T any](ctx context.Context, q *sqldb.Queries, key string) (v T, version int64, err error) {
	t, err := q.Template(ctx, key)
	if ok, err := foundRow(err, "setting"); !ok {
		return v, 0, err
	}
	if err := json.Unmarshal([]byte(t.Text), &v); err != nil {
		return v, 0, fmt.Errorf("read setting %s: %w", key, err)
	}
	return v, t.Version, nil
}

// changeVersioned puts a setting that was decided in the place of what whoever proposed it saw, if it is still that and the new one can be
// kept; words tell it as the proposal did.
func changeVersioned[T any](ctx context.Context, q *sqldb.Queries, c journal.Change, e procedure.ChangeSetting, key string,
	valid func(T) bool, words func(T) string) error {
	var set T
	if err := readSetting(e, &set); err != nil {
		return err
	}
	now, version, err := versioned[T](ctx, q, key)
	if err != nil {
		return err
	}
	if !valid(set) || words(now) != e.Before {
		return errSettingMoved
	}
	return q.InsertTemplate(ctx, sqldb.InsertTemplateParams{Key: key, Version: version + 1, Text: jsonText(set), ByUser: c.By,
		AtUs: micros(c.At)})
}

// changeTemplate adds the version of a text that follows the one that whoever proposed it saw.
func changeTemplate(ctx context.Context, q *sqldb.Queries, c journal.Change, t office.TemplateText, text string) error {
	now, err := q.Template(ctx, t.Key)
	if _, err := foundRow(err, "template"); err != nil {
		return err
	}
	if int(now.Version) != t.Version {
		return errSettingMoved
	}
	return q.InsertTemplate(ctx, sqldb.InsertTemplateParams{Key: t.Key, Version: int64(t.Version) + 1, Text: text, ByUser: c.By,
		AtUs: micros(c.At)})
}
