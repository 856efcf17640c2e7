package agency

import (
	"slices"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/office/procedure"
)

// An Event is one thing that happened to an agreement, or will.
type Event struct {
	Day    time.Time
	Title  string
	Rows   [][3]string // term, was, becomes
	Reason string
	Kind   string // colour
	Future bool
}

// Timeline is what happened to an agreement and what is to come, newest first.
func Timeline(a agreement.Agreement, apps []party.App, now, today time.Time) []Event {
	out := []Event{{Day: a.SignedOn, Title: "Perjanjian ditandatangani", Kind: "ok"}}
	before := a
	before.Addenda, before.Decisions = nil, nil
	for _, d := range a.Addenda {
		e := procedure.AddAddendum{Agreement: a, Addendum: d, Was: before.At(now, d.EffectiveOn)}
		out = append(out, Event{Day: d.EffectiveOn, Title: "Adendum " + d.Number, Rows: e.Changes(), Kind: "ok"})
		before.Addenda = append(before.Addenda, d)
	}
	for _, x := range a.PoC {
		out = append(out, pocEvent(a, apps, x))
	}
	names := map[string]string{agreement.Suspend: "Akses ditangguhkan", agreement.Reinstate: "Akses diaktifkan kembali",
		agreement.Terminate: "Perjanjian diakhiri",
		agreement.Renew:     "Perjanjian berakhir apabila tidak diperbarui"}
	ended := false
	for _, d := range a.Decisions {
		kind := "bad"
		if d.Kind == agreement.Reinstate {
			kind = "ok"
		}
		ended = ended || d.Ends()
		title := names[d.Kind]
		if d.Letter != "" {
			title += " (surat " + d.Letter + ")"
		}
		out = append(out, Event{Day: dayOf(d.From), Title: title, Reason: d.Reason, Kind: kind})
	}
	if ends := a.At(now, today.AddDate(100, 0, 0)).EndsOn; !ended {
		out = append(out,
			Event{Day: ends.AddDate(0, -2, 0), Title: "Batas surat permohonan perpanjangan", Kind: "mid"},
			Event{Day: ends, Title: "Hari terakhir perjanjian berlaku", Kind: "mid"})
	}
	for i := range out {
		out[i].Future = out[i].Day.After(today)
	}
	slices.SortStableFunc(out, func(x, y Event) int { return y.Day.Compare(x.Day) })
	return out
}

func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// pocEvent is a letter of an application's PoC.
func pocEvent(a agreement.Agreement, apps []party.App, x agreement.PoCLetter) Event {
	app := party.Portal(a.Agency)
	if i := slices.IndexFunc(apps, func(p party.App) bool { return p.ID == x.Application }); i >= 0 {
		app = apps[i]
	}
	_, _, words := procedure.RecordPoC{Agreement: a, App: app, Letter: x}.Words()
	kind := map[bool]string{true: "ok", false: "bad"}[x.Passed]
	if !x.Until.IsZero() {
		kind = "mid"
	}
	return Event{Day: x.On, Title: app.Name + ": " + words + " (surat " + x.Letter + ")", Kind: kind}
}
