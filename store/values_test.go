package store_test

import (
	"strings"
	"testing"
	"time"

	"gapura/access/abuse"
	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// Rights rest on dates: one that cannot be read is a fault that names where it stands, and never "none", as an empty one is.
func TestUnreadableDateIsAFaultAndNeverNone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), t.Context()
		officer := d.user(t, "petugas.dinpertan")
		agency := officer.Institution
		extension, ok := procedure.Find(procedure.Defaults(), "perpanjangan")
		if !ok {
			t.Fatal("there is no procedure for extensions")
		}
		id, err := d.st.Cases.OpenCase(ctx, agency, extension, nil, now)
		if err != nil {
			t.Fatal(err)
		}
		step := procedure.Result{Taken: procedure.Taken{Step: "permohonan", At: now, By: 1, Letter: "470/1", LetterDay: day(2026, 11, 2)},
			State: procedure.Open}
		if _, err := d.st.Cases.TakeStep(ctx, office.Step{Case: &procedure.Case{ID: id, Agency: agency, Procedure: extension},
			Result: step}); err != nil {
			t.Fatal(err)
		}
		if err := d.st.Guard.KeepAlert(ctx, guard.Alert{Agency: agency, User: officer.ID, Day: day(2026, 11, 2), Action: abuse.Warn,
			Finding: guard.Finding{At: now}}); err != nil {
			t.Fatal(err)
		}
		st, err := d.st.Rights.Agency(ctx, agency)
		if err != nil {
			t.Fatal(err)
		}
		evidence := procedure.Evidence{Agency: agency, Agreement: st.Agreements[0].ID, Rule: "pks", On: day(2026, 11, 2), By: officer.ID,
			At: now}
		if _, err := d.st.Duties.Deliver(ctx, evidence, nil); err != nil {
			t.Fatal(err)
		}
		holiday := obligation.Holiday{Day: day(2026, 12, 1), Kind: "libur", Name: "Libur Rekaan", Source: "uji"}
		if err := d.st.Calendar.PutHoliday(ctx, journal.Change{At: now, Reason: "uji"}, holiday); err != nil {
			t.Fatal(err)
		}
		a := st.Agreements[0]
		if _, err := d.st.Rights.Apply(ctx, journal.Change{At: now, Reason: "uji"},
			procedure.RecordPoC{Agreement: a, Letter: agreement.PoCLetter{Letter: "L/77", On: day(2026, 11, 2), Until: day(2026, 11, 9)}},
			procedure.AddAddendum{Agreement: a, Addendum: agreement.Addendum{Number: "A/1", EffectiveOn: day(2026, 11, 3)}},
			procedure.ChangeHead{Agency: agency, Old: st.Institution.Heads.Last(), New: st.Institution.Heads.Last()},
			procedure.SignSPTJM{Agreement: a, SPTJM: agreement.SPTJM{Head: st.Institution.Heads.Last().ID, SignedOn: day(2026, 11, 2)}},
			procedure.StepExtension{Agreement: a, Step: agreement.ExtensionStep{Case: id, Kind: agreement.ExtensionAsked, On: day(2026,
				11, 2)}},
			procedure.SetSignatory{Signatory: party.Signatory{Name: "Rekaan", From: day(2026, 11, 2), Until: day(2026, 11, 20)}},
			procedure.RenameInstitution{Old: st.Institution, New: st.Institution, On: day(2026, 11, 2)},
			procedure.SetContacts{Agency: agency, Side: "agency", Contacts: []party.Contact{{Side: "agency", Name: "Rekaan"}},
				On: day(2026, 11, 2)},
			procedure.SetConnection{Agency: agency, New: party.Connection{Provider: "PT Rekaan"}, On: day(2026, 11, 2)},
		); err != nil {
			t.Fatal(err)
		}
		ofAgency := func() error { _, err := d.st.Rights.Agency(ctx, agency); return err }
		everyone := func() error { _, err := d.st.Rights.Everyone(ctx); return err }
		standing := func() error { _, err := d.st.Rights.Standing(ctx, officer.ID); return err }
		duties := func() error { _, err := d.st.Duties.DutyFacts(ctx, 0, now); return err }
		past := func() error { _, err := d.st.Institutions.Past(ctx, agency); return err }
		facts := func() error { _, err := d.st.Cases.Facts(ctx, agency, now); return err }
		signatories := func() error { _, err := d.st.Letters.Signatories(ctx); return err }
		for column, reads := range map[string][]func() error{
			"agreements.signed_on":   {ofAgency, everyone, standing},
			"agreements.ends_on":     {ofAgency, everyone, standing},
			"addenda.effective_on":   {ofAgency, everyone, standing},
			"poc_results.decided_on": {ofAgency, everyone, standing},
			"poc_results.until":      {ofAgency, everyone, standing},
			"addenda.signed_on":      {ofAgency, everyone, standing},
			"sptjms.signed_on":       {ofAgency, everyone, standing},
			"sptjms.until":           {ofAgency, everyone, standing},
			"extension_steps.on_day": {ofAgency, everyone, standing, duties},
			"extension_steps.ends":   {ofAgency, everyone, standing},
			"extension_steps.until":  {ofAgency, everyone, standing},
			"heads.since":            {ofAgency, everyone, standing},
			"heads.until":            {ofAgency, everyone, standing},
			"users.nda_signed": {standing, func() error { _, _, err := d.st.Users.UserByLogin(ctx, officer.Login); return err },
				func() error { _, err := d.st.Users.UsersOfAgency(ctx, agency, "", 100); return err },
				func() error { _, err := d.st.Users.Users(ctx, "petugas", "", 100); return err }},
			"evidence.on_day":       {duties, func() error { _, err := d.st.Duties.EvidenceOf(ctx, agency); return err }},
			"signatories.from_day":  {signatories, facts},
			"signatories.until_day": {signatories, facts},
			"particulars.on_day":    {past},
			"contacts.on_day":       {past},
			"connections.on_day":    {past, facts},
			"case_steps.letter_day": {func() error { _, err := d.st.Cases.Request(ctx, agency, procedure.Defaults()); return err },
				func() error { _, _, err := d.st.Cases.Case(ctx, id, procedure.Defaults()); return err }},
			"holidays.day": {func() error { _, err := d.st.Calendar.Holidays(ctx); return err }},
			"alerts.day": {func() error {
				_, err := d.st.Guard.Alerts(ctx, guard.AlertsQuery{Agency: agency, Mild: true, Most: 10})
				return err
			}},
		} {
			t.Run(column, func(t *testing.T) {
				table, name, _ := strings.Cut(column, ".")
				db := raw(t, url)
				defer db.Close()
				set := func(value string) {
					t.Helper()
					r, err := db.ExecContext(ctx, "UPDATE "+table+" SET "+name+" = "+value)
					if err != nil {
						t.Fatal(err)
					}
					if n, err := r.RowsAffected(); err != nil || n == 0 {
						t.Fatalf("%d rows of %s, %v", n, table, err)
					}
					// what is kept in memory is read anew
					if _, err := db.ExecContext(ctx, "UPDATE rights SET version = version + 1"); err != nil {
						t.Fatal(err)
					}
					d.st.Rights.Forget()
				}
				set("'31-12-' || " + name) // one value for each row: some columns are keys
				for n, read := range reads {
					err := read()
					if err == nil || !strings.Contains(err.Error(), column) || strings.Contains(err.Error(), "31-12-") {
						t.Errorf("reader %d: %v", n, err)
					}
				}
				set("SUBSTR(" + name + ", 7)")
				for n, read := range reads {
					if err := read(); err != nil {
						t.Errorf("reader %d, put right: %v", n, err)
					}
				}
			})
		}
		t.Run("a lookup on rights that cannot be read is a fault", func(t *testing.T) {
			db := raw(t, url)
			for _, q := range []string{"UPDATE agreements SET ends_on = 'besok'", "UPDATE rights SET version = version + 1"} {
				if _, err := db.ExecContext(ctx, q); err != nil {
					t.Fatal(err)
				}
			}
			d.st.Rights.Forget()
			if a, err := d.gate.Lookup(ctx, request(officer, agreement.Portal, d.out.Sample.Found[0])); err == nil || a.Code != "" {
				t.Fatalf("%q, %v", a.Code, err)
			}
		})
		t.Run("an empty date is none", func(t *testing.T) {
			db := raw(t, url)
			if _, err := db.ExecContext(ctx, "UPDATE users SET nda_signed = ''"); err != nil {
				t.Fatal(err)
			}
			if u := d.user(t, officer.Login); !u.NDASigned.IsZero() {
				t.Fatal(u.NDASigned)
			}
		})
	})
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
