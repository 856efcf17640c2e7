package office

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/office/procedure"
)

// A line is one thing that people are reminded of. All lines of a day reach an institution's people as one notice and one mail.
type line struct {
	agency party.Institution
	mark   Mark
	name   string // of what is owed
	text   string // name with its due date
	clause string
	path   string // of the agency's page; empty: the agency is not told
	board  string // of the provider's page
	mail   bool   // the provider's staff is told by mail too
}

// nothing is told of what is only marked.
func nothing([]int) ([]procedure.Notice, []notify.Mail) { return nil, nil }

// vacantOffice is said of an SPTJM that nobody can sign, so that both sides know what is to be done first (B7).
const vacantOffice = "; jabatan kepala sedang kosong, sehingga belum ada yang dapat menandatanganinya: instansi menyampaikan dahulu " +
	"surat tentang kepala baru atau pelaksana tugas"

// salutation addresses an institution's head, or who looks after its affairs while there is none.
func salutation(i party.Institution, day time.Time) string {
	if h := i.Head(day); h.Name != "" {
		return "Yth. " + h.Office()
	}
	return "Yth. Administrator " + i.Name
}

// dutyLines are the duties that people are reminded of today.
func dutyLines(i party.Institution, duties []obligation.Duty, day time.Time) (out []line) {
	for _, d := range duties {
		threshold, due := d.Reminds(day)
		if !due {
			continue
		}
		name := strings.TrimSpace(d.Rule.Name + " " + d.Period)
		if d.Earlier && d.Period == "" {
			name += " (PKS " + d.Number + ")"
		}
		when := "jatuh tempo " + bahasa.Date(d.Due)
		if threshold < 0 {
			when = "telah lewat jatuh tempo " + bahasa.Date(d.Due)
		}
		if d.Estimated {
			when += " (perkiraan, karena hari libur tahun " + d.Due.Format("2006") + " belum ditetapkan)"
		}
		text, clause := name+": "+when, d.Rule.Clause
		vacant := d.Rule.Kind == "sptjm" && i.Head(day).Name == ""
		if vacant {
			text, clause = text+vacantOffice, clause+", VI.H"
		}
		l := line{agency: i, mark: Mark{Of: d.Agreement, Rule: d.Rule.Key, Period: d.Occasion(), Threshold: threshold}, name: name,
			text: text, clause: clause, board: "/konsol/kewajiban/" + i.Code}
		// The provider is told by mail of its own duties, of what is overdue, and of extensions, which concern both sides (E3).
		l.mail = d.Rule.Party == "provider" || threshold < 0 || d.Rule.Kind == "extension" || vacant
		if d.Rule.Party != "provider" {
			l.path = "/kewajiban"
			if d.Rule.Key == reportRule {
				l.path = "/laporan/" + d.Period
			}
		}
		out = append(out, l)
	}
	return out
}

// balikanLine tells once a week how many looked-up persons are without data balikan after their days (F3).
func (reg ReminderRegister) balikanLine(ctx context.Context, i party.Institution, now, day time.Time) ([]line, error) {
	n, err := reg.o.Store.Balikan.Overdue(ctx, i.ID, now)
	if err != nil || n == 0 {
		return nil, err
	}
	year, week := day.ISOWeek()
	return []line{{agency: i, mark: Mark{Of: i.ID, Rule: "data-balikan", Period: fmt.Sprintf("%d-%02d", year, week)},
		name: "Data balikan", text: "Data balikan belum disampaikan untuk " + bahasa.Number(n) +
			" orang yang datanya telah dilihat, dan batas waktunya telah lewat; kirimkan, atau catat alasannya",
		clause: "PKS 3(1) huruf b", path: "/balikan", board: "/konsol/balikan/" + i.Code}}, nil
}

// remindAgency tells an agency's people of a day's lines.
func (reg ReminderRegister) remindAgency(ctx context.Context, i party.Institution, all []line, now, day time.Time) error {
	var own []line
	for _, l := range all {
		if l.path != "" {
			own = append(own, l)
		}
	}
	if len(own) == 0 {
		return nil
	}
	to, err := reg.o.Store.Institutions.Emails(ctx, i.ID)
	if err != nil {
		return err
	}
	return reg.remind(ctx, i.ID, "", own, now, day, func(fresh []line) ([]procedure.Notice, []notify.Mail) {
		path := fresh[0].path
		if len(fresh) > 1 {
			path = "/kewajiban"
		}
		body := salutation(i, day) + "\n\nKewajiban berikut perlu diperhatikan.\n"
		for n, l := range fresh {
			body += fmt.Sprintf("\n%d. %s\n   Dasar: %s\n   %s\n", n+1, l.text, l.clause, reg.o.link(l.path))
		}
		return []procedure.Notice{{Agency: i.ID, At: now, Text: "Pengingat kewajiban: " + sentence(fresh), Path: path}},
			reg.o.mailsTo(to, now, "Pengingat kewajiban: "+names(fresh), strings.TrimSuffix(body, "\n"))
	})
}

// remindStaff tells the provider's people of a day's lines of all agencies.
func (reg ReminderRegister) remindStaff(ctx context.Context, all []line, now time.Time) error {
	if len(all) == 0 {
		return nil
	}
	to, err := reg.o.Store.Institutions.Emails(ctx, party.Provider)
	if err != nil {
		return err
	}
	return reg.remind(ctx, party.Provider, "dinas/", all, now, party.WIB.Day(now), func(fresh []line) ([]procedure.Notice, []notify.Mail) {
		var mailed []line
		body, agency := "", int64(-1)
		for _, l := range fresh {
			if !l.mail {
				continue
			}
			mailed = append(mailed, l)
			if l.agency.ID != agency {
				agency = l.agency.ID
				body += "\n" + l.agency.Name + "\n" + reg.o.link(l.board) + "\n"
			}
			body += "- " + l.text + " (" + l.clause + ")\n"
		}
		var mails []notify.Mail
		if len(mailed) > 0 {
			mails = reg.o.mailsTo(to, now, "Pengingat kewajiban: "+named(mailed),
				"Kewajiban berikut perlu diperhatikan.\n"+strings.TrimSuffix(body, "\n"))
		}
		text, path := "Pengingat kewajiban "+named(fresh), "/konsol/kepatuhan"
		if one := fresh[0]; agencies(fresh) == 1 {
			text, path = one.agency.Name+": "+sentence(fresh), one.board
		}
		return []procedure.Notice{{Agency: party.Provider, At: now, Text: text, Path: path}}, mails
	})
}

// remind tells an institution's people of those of the lines that they were not told of, once a day.
func (reg ReminderRegister) remind(ctx context.Context, of int64, side string, all []line, now, day time.Time,
	say func([]line) ([]procedure.Notice,
		[]notify.Mail)) error {
	r := Reminder{Once: Mark{Of: of, Rule: side + "ringkasan", Period: day.Format(time.DateOnly)}, At: now}
	for _, l := range all {
		m := l.mark
		m.Rule = side + m.Rule
		r.Marks = append(r.Marks, m)
	}
	mailed := false
	sent, err := reg.o.Store.Duties.Remind(ctx, r, func(fresh []int) ([]procedure.Notice, []notify.Mail) {
		list := make([]line, len(fresh))
		for i, n := range fresh {
			list[i] = all[n]
		}
		notices, mails := say(list)
		mailed = len(mails) > 0
		return notices, mails
	})
	reg.o.wake(sent && mailed)
	return err
}

// sentence is the lines as one text.
func sentence(list []line) string {
	texts := make([]string, len(list))
	for i, l := range list {
		texts[i] = l.text + " (" + l.clause + ")"
	}
	return strings.Join(texts, "; ")
}

// names is what is owed, for a subject: as much as fits a line.
func names(list []line) string {
	text := list[0].name
	for n, l := range list[1:] {
		if len(text)+len(l.name) > 120 {
			return fmt.Sprintf("%s, dan %d lainnya", text, len(list)-1-n)
		}
		text += ", " + l.name
	}
	return text
}

// named is which agencies owe, for a subject.
func named(list []line) string {
	if n := agencies(list); n > 1 {
		return fmt.Sprintf("%s dan %d instansi lain", list[0].agency.Name, n-1)
	}
	return list[0].agency.Name + ", " + names(list)
}

func agencies(list []line) int {
	seen := map[int64]bool{}
	for _, l := range list {
		seen[l.agency.ID] = true
	}
	return len(seen)
}

// warnQuotas tells both sides once a day that an agency has used 80 % of its hits (C4).
func (reg ReminderRegister) warnQuotas(ctx context.Context, now time.Time) error {
	all, err := reg.o.Store.Rights.Quotas(ctx, now)
	if err != nil {
		return err
	}
	for _, q := range all {
		i := q.Standing.Institution
		g, ok := agreement.Current(q.Standing.Agreements, now, i.Zone.Day(now))
		if !ok || !g.State.Works() || !q.Left.Warn() {
			continue
		}
		text := fmt.Sprintf("Kuota hari ini telah terpakai %s dari %s hit; sisanya %s. Setelah habis, pencarian tidak dilayani sampai "+
			"besok (Juknis II.B.1)", bahasa.Number(q.Left.Used), bahasa.Number(q.Left.Quota), bahasa.Number(q.Left.Remaining()))
		own, err := reg.o.mails(ctx, i.ID, now, "Kuota hampir habis",
			salutation(i, i.Zone.Day(now))+"\n\n"+text+".\n\n"+reg.o.link("/dasbor"))
		if err != nil {
			return err
		}
		staff, err := reg.o.mails(ctx, party.Provider, now, i.Name+": kuota hampir habis",
			i.Name+"\n"+text+".\n\n"+reg.o.link("/konsol/instansi/"+i.Code))
		if err != nil {
			return err
		}
		mails := append(own, staff...)
		sent, err := reg.o.Store.Duties.Remind(ctx, Reminder{At: now, Marks: []Mark{{Of: i.ID, Rule: "kuota-80",
			Period: i.Zone.Day(now).Format(time.DateOnly)}}}, func([]int) ([]procedure.Notice, []notify.Mail) {
			return []procedure.Notice{{Agency: party.Provider, At: now, Text: i.Name + ": " + text, Path: "/konsol/instansi/" + i.Code},
				{Agency: i.ID, At: now, Text: text, Path: "/dasbor"}}, mails
		})
		if err != nil {
			return err
		}
		reg.o.wake(sent && len(mails) > 0)
	}
	return nil
}
