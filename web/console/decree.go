package console

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/told"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

// A decreePage is what a joint decree would change, before it is proposed.
type decreePage struct {
	Year         int
	Source, Text string
	Days         []obligation.Difference
	Moved        []movedDuty
	More         int // moved due dates that are not shown
	Faults       told.Errors
}

// A movedDuty is a duty whose due date the decree moves.
type movedDuty struct {
	Agency, Code, Duty string
	Before, New        time.Time
	Later              bool
}

// decree shows what the decree of a year would change, and proposes it when it was seen: days that are added put due dates off, and so two
// people decide.
func (c *Settings) decree(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := c.Form(w, r, "tahun", "dasar", "naskah", "ajukan")
	if err != nil {
		return err
	}
	year, err := strconv.Atoi(f["tahun"])
	p := decreePage{Year: year, Source: strings.TrimSpace(f["dasar"]), Text: f["naskah"]}
	if err != nil || year < 2000 || year > 2100 {
		p.Faults.Add("tahun", "Tahun harus 2000 sampai 2100.")
	}
	if p.Source == "" || len([]rune(p.Source)) > 200 {
		p.Faults.Add("dasar-skb", "Nomor keputusan bersama harus diisi, paling panjang 200 karakter.")
	}
	days, err := obligation.ReadDecree(p.Text, year, p.Source)
	p.Faults = append(p.Faults, told.Invalids(err)...)
	if p.Faults != nil {
		return c.writeYear(w, r, v, http.StatusUnprocessableEntity, year, calendarPage{Decree: p})
	}
	calendar, err := c.Store.Holidays(r.Context())
	if err != nil {
		return err
	}
	p.Days = obligation.Differences(calendar, days, year)
	if f["ajukan"] == "" {
		if err := c.moved(r, v, &p, calendar, days); err != nil {
			return err
		}
		return c.writeYear(w, r, v, http.StatusOK, year, calendarPage{Decree: p, Preview: true})
	}
	var words []string
	for _, d := range p.Days {
		words = append(words, d.Day.Format(time.DateOnly)+" "+orWorkday(d.Before)+" → "+orWorkday(d.New))
	}
	set := office.Setting{Agency: party.Provider, Kind: procedure.SettingDecree, Subject: fmt.Sprintf("Kalender tahun %d", year),
		Before: fmt.Sprintf("%d hari berbeda", len(p.Days)), After: p.Source + ": " + strings.Join(words, "; "),
		Value: office.DecreeChange{Year: year, Days: days}}
	return propose(c.Site, c.Office, w, r, v, set, "Keputusan bersama: "+p.Source)
}

func orWorkday(name string) string {
	if name == "" {
		return "tidak libur"
	}
	return name
}

// moved are the open duties whose due dates move.
func (c *Settings) moved(r *http.Request, v *site.Visitor, p *decreePage, calendar, days []obligation.Holiday) error {
	facts, now, err := agency.DutyFacts(r, v, c.Store, 0)
	if err != nil {
		return err
	}
	all, err := c.Store.Everyone(r.Context())
	if err != nil {
		return err
	}
	after := obligation.NewCalendar(obligation.Decreed(calendar, days, p.Year))
	for _, st := range all {
		i := st.Institution
		day := i.Zone.Day(v.Now)
		next := map[string]time.Time{}
		for _, d := range obligation.Duties(facts[i.ID], after, day) {
			next[d.Key()] = d.Due
		}
		for _, d := range obligation.Duties(facts[i.ID], now, day) {
			due, ok := next[d.Key()]
			if !ok || due.Equal(d.Due) || d.State == obligation.Met {
				continue
			}
			if len(p.Moved) == site.PerPage {
				p.More++
				continue
			}
			p.Moved = append(p.Moved, movedDuty{i.Name, i.Code, strings.TrimSpace(d.Rule.Name + " " + d.Period), d.Due, due,
				due.After(d.Due)})
		}
	}
	return nil
}
