package life

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// The model of what people are told: on the 30th, 14th, 7th and last day before a duty is due, and each week while it is late; all of a day
// in one mail; nothing twice.

// The addresses of the Dinas: of its one operator who gets mail, and of the office, as it is configured.
const operator, office = "operator@dukcapil.example", "kantor@dukcapil.example"

// A line is what is said of one duty.
type line struct {
	agency     *agency
	mark, text string
	source     string
	instansi   bool // the agency is told
	mailed     bool // the Dinas is told by mail too
}

// A memory is what was said already.
type memory map[string]bool

// first notes that something was said, and reports whether it is new.
func (m memory) first(what string) bool {
	if m[what] {
		return false
	}
	m[what] = true
	return true
}

// lines are what there is to be reminded of on a day.
func (a *agency) lines(now, day time.Time) (out []line) {
	for _, d := range a.dutiesOf(now, day) {
		step, due := d.step(day)
		if d.met || d.waits || !due {
			continue
		}
		name := strings.TrimSpace(d.name + " " + d.period)
		if d.earlier && d.period == "" {
			name += " (PKS " + d.pact.number + ")"
		}
		words := "jatuh tempo "
		if step < 0 {
			words = "telah lewat jatuh tempo "
		}
		text := name + ": " + words + indonesian(d.due)
		if d.guess {
			text += " (perkiraan, karena hari libur tahun " + d.due.Format("2006") + " belum ditetapkan)"
		}
		source, mailed := d.source, d.dinas || step < 0 || d.key == "perpanjangan"
		if who, _ := a.headOn(day); d.key == "sptjm" && who == "" { // who would sign?
			text += "; jabatan kepala sedang kosong, sehingga belum ada yang dapat menandatanganinya: instansi menyampaikan dahulu " +
				"surat tentang kepala baru atau pelaksana tugas"
			source, mailed = source+", VI.H", true
		}
		occasion := d.period
		if d.key == "sptjm" { // each head's is another
			occasion = d.due.Format(time.DateOnly)
		}
		out = append(out, line{agency: a, mark: fmt.Sprint(d.pact.number, d.key, occasion, step), text: text, source: source,
			instansi: !d.dinas, mailed: mailed})
	}
	return out
}

// step is which reminder has come: the days before that were reached last, or minus the week in which it is late.
func (d *duty) step(day time.Time) (int, bool) {
	left := int(d.due.Sub(day) / (24 * time.Hour))
	if left < 0 {
		return -1 - (-left-1)/7, true
	}
	for _, days := range slices.Backward(d.warn) {
		if left <= days {
			return days, true
		}
	}
	return 0, false
}

// owedBack says once a week for how many persons no data balikan came within 30 days.
func (a *agency) owedBack(now, day time.Time) []line {
	n := 0
	for _, at := range a.found {
		if last := at.In(wib).AddDate(0, 0, 30); day.Format(time.DateOnly) > last.Format(time.DateOnly) {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	year, week := day.ISOWeek()
	text := "Data balikan belum disampaikan untuk " + grouped(n) +
		" orang yang datanya telah dilihat, dan batas waktunya telah lewat; kirimkan, atau catat alasannya"
	return []line{{agency: a, mark: fmt.Sprint(a.code, "balikan", year, week), text: text, source: "PKS 3(1) huruf b", instansi: true}}
}

// grouped is a number with points between thousands.
func grouped(n int) string {
	if n < 1000 {
		return itoa(n)
	}
	return fmt.Sprintf("%d.%03d", n/1000, n%1000)
}

// remind expects what the machine's look sends: to each agency one mail with what is new, to the Dinas one with what concerns it; once on
// a day.
func (s *story) remind() {
	now, day := s.W.Now(), s.W.Day()
	var all []line
	for _, a := range s.agencies() {
		lines := append(a.lines(now, day), a.owedBack(now, day)...)
		all = append(all, lines...)
		own := slices.DeleteFunc(slices.Clone(lines), func(l line) bool { return !l.instansi })
		if fresh := s.fresh("", a.code, own, day); len(fresh) > 0 {
			s.expectReminder(a.mail, fresh)
			s.noted[day] = append(s.noted[day], a.code)
		}
		s.draft(a, now, day)
	}
	fresh := s.fresh("dinas ", "dukcapil", all, day)
	if len(fresh) > 0 {
		s.noted[day] = append(s.noted[day], "dukcapil")
	}
	mailed := slices.DeleteFunc(fresh, func(l line) bool { return !l.mailed })
	if len(mailed) > 0 {
		s.expectReminder(operator, mailed)
	}
}

// fresh are those of the lines that nobody was told of, unless a mail went out today.
func (s *story) fresh(side, who string, all []line, day time.Time) (out []line) {
	if s.told[side+who+day.String()] {
		return nil
	}
	for _, l := range all {
		if s.told.first(side + l.mark) {
			out = append(out, l)
		}
	}
	if len(out) > 0 {
		s.told.first(side + who + day.String())
	}
	return out
}

func (s *story) expectReminder(to string, fresh []line) {
	s.expects(to, "Pengingat kewajiban")
	for _, l := range fresh {
		s.mails = append(s.mails, to+": - "+l.text+" ("+l.source+")")
	}
}

// draft expects that a semester's report is drafted on its last day, unless it is there already.
func (s *story) draft(a *agency, now, day time.Time) {
	for _, p := range slices.Backward(semesters) {
		if day.Before(p.to) {
			continue
		}
		for _, d := range a.dutiesOf(now, day) {
			if d.key == "laporan" && d.period == p.name && !d.met && !d.waits && s.told.first("draf "+a.code+p.name) {
				s.expects(a.mail, "Draf laporan Semester "+p.name[5:]+" Tahun "+p.name[:4])
			}
		}
		return
	}
}

var (
	agencyLine = regexp.MustCompile(`(?m)^\d+\. (.*)\n   Dasar: (.*)$`)
	officeLine = regexp.MustCompile(`(?m)^- (.* \(.*\))$`)
)

// post holds the mails that arrived against those that the model expects, and empties both.
func (s *story) post(when string) {
	var came []string
	for _, m := range s.W.Post.take() {
		subject, reminder := m.subject, strings.HasPrefix(m.subject, "Pengingat kewajiban: ")
		if reminder {
			subject = "Pengingat kewajiban"
		}
		if came = append(came, m.to+": "+subject); !reminder {
			continue
		}
		body := strings.Split(m.body, "\n-- \n")[0]
		for _, l := range agencyLine.FindAllStringSubmatch(body, -1) {
			came = append(came, m.to+": - "+l[1]+" ("+l[2]+")")
		}
		for _, l := range officeLine.FindAllStringSubmatch(body, -1) {
			came = append(came, m.to+": - "+l[1])
		}
	}
	s.compared += len(s.mails)
	s.sets("mails on "+s.today()+", "+when, came, s.mails)
	s.mails = nil
}

// sets holds what the house says against what the model says, in any order.
func (s *story) sets(what string, house, model []string) {
	count := map[string]int{}
	for _, x := range house {
		count[x]++
	}
	for _, x := range model {
		count[x]--
	}
	for _, x := range slices.Sorted(maps.Keys(count)) {
		switch n := count[x]; {
		case n > 0:
			s.differs("%s: only the house, %d times: %s", what, n, x)
		case n < 0:
			s.differs("%s: only the model, %d times: %s", what, -n, x)
		}
	}
}

// board holds the page of an agency's duties against the model's.
func (s *story) board(a *agency) {
	now, day := s.W.Now(), s.W.Day()
	var want, got []string
	for _, d := range a.dutiesOf(now, day) {
		name := strings.TrimSpace(d.name+" "+d.period) + " " + d.source
		if d.earlier {
			name += "; perjanjian sebelumnya, PKS " + d.pact.number
		}
		due := indonesian(d.due)
		if d.guess && !d.met {
			due += " perkiraan"
		}
		who := "Instansi"
		if d.dinas {
			who = "Dinas Dukcapil"
		}
		want = append(want, strings.Join([]string{name, who, due, d.state(day)}, " | "))
	}
	s.One.Open("/konsol/kewajiban/" + a.code)
	for _, cells := range s.One.Rows() {
		if len(cells) == 4 && (cells[1] == "Instansi" || cells[1] == "Dinas Dukcapil") {
			cells[3], _, _ = strings.Cut(cells[3], " Catat sudah disampaikan")
			got = append(got, strings.Join(cells, " | "))
		}
	}
	s.compared += len(want)
	s.sets(s.today()+", duties of "+a.code, got, want)
}
