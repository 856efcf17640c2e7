package life

import (
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Begin is when the office installs Gapura, a working day's morning.
var Begin = time.Date(2025, 1, 6, 9, 0, 0, 0, wib)

// lastDay is two years and two months later.
var lastDay = time.Date(2027, 3, 8, 0, 0, 0, 0, time.UTC)

// counter is an address within the agencies' networks.
var counter = netip.MustParseAddr("127.0.0.9")

const purpose = "verifikasi penerima bantuan"

// eight are the agreement's elements (PKS 2(1)a).
var eight = strings.Fields("nik nama_lengkap jenis_kelamin tempat_lahir tanggal_lahir status_perkawinan jenis_pekerjaan alamat")

// A story is what happens, by day.
type story struct {
	*Provider
	a, b, c  *agency
	said     map[string]string // what the console said about a day, by agreement and day, when that day was over
	rng      *rand.Rand
	lot      *rand.Rand // which days are asked about readers; moves no clock
	order    []int      // of the residents, as they come to the counters
	open     map[string]*Case
	people   int    // who got a user id so far
	incident string // its page
	told     memory
	noted    map[time.Time][]string // which boards of notices got a reminder
	compared,
	mismatches int
}

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err) // a slip of the story's
	}
	return t
}

// events are what people do, by day.
type events map[string][]func()

func (e events) on(day string, do ...func()) { e[day] = append(e[day], do...) }

// Live lives the story. On each day what is due happens by itself, what people do is done by pages, and then the house is held against the
// model: what each program is answered, on which basis it stands, which duties are due, which mails and notices went out, which readers
// work. Of the days before, one is asked about again on each day, and all of them at the end.
func Live(w *World) {
	s := &story{Provider: Found(w), said: map[string]string{}, open: map[string]*Case{}, rng: rand.New(rand.NewPCG(17, 0)),
		lot: rand.New(rand.NewPCG(18, 0)), told: memory{}, noted: map[time.Time][]string{}}
	s.order = s.rng.Perm(len(w.People))
	all := s.chapters()
	for day := date("2025-01-06"); !day.After(lastDay); day = day.AddDate(0, 0, 1) {
		// People do not sit down at the same second each day; a program that asked so would be stopped for its rhythm.
		w.Set(time.Date(day.Year(), day.Month(), day.Day(), 9, s.rng.IntN(50), s.rng.IntN(60), 0, wib))
		s.look("morning")
		w.SignIn(s.One, "admin.satu")
		s.compare("morning")
		if deeds := all[day.Format(time.DateOnly)]; deeds != nil {
			w.Set(w.Now().Add(20 * time.Minute))
			s.Morning()
			for _, do := range deeds {
				do()
			}
			s.look("after what was done")
			s.compare("after what was done")
			delete(all, day.Format(time.DateOnly))
		}
		s.evening(day)
	}
	for _, a := range s.agencies() {
		for _, p := range a.pacts {
			for day := p.signed; !day.After(lastDay); day = day.AddDate(0, 0, 1) {
				s.unchanged(p, day)
			}
		}
	}
	s.everyLetter()
	if len(all) > 0 {
		w.T.Errorf("days that never came: %v", slices.Sorted(maps.Keys(all)))
	}
	w.T.Logf("%d answers compared with the model's, %d differ", s.compared, s.mismatches)
}

// look is what the machine does by itself, in the house and in the model.
func (s *story) look(when string) {
	s.W.Look()
	s.remind()
	for _, a := range s.agencies() {
		a.endReaders(s.W.Now(), s.W.Day())
	}
	s.post(when)
}

func (s *story) today() string { return s.W.Day().Format(time.DateOnly) }

// compare asks by each program's token and holds the answer against the model's.
func (s *story) compare(when string) {
	now, day := s.W.Now(), s.W.Day()
	for _, a := range s.agencies() {
		for _, g := range a.programs {
			outcome, elements, basis := a.expected(g, now, day)
			who := s.next(a)
			got := s.W.Lookup(g.token, who, purpose, counter)
			said, keys := got.Outcome, slices.Sorted(maps.Keys(got.Person))
			if got.Status != 200 {
				said = got.Code
			}
			s.compared++
			if want := slices.Sorted(slices.Values(elements)); said != outcome || !slices.Equal(keys, want) {
				s.differs("%s, %s, %s: the house says %s %v, the model %s %v", s.today(), when, g.name, said, keys, outcome, want)
			}
			if outcome == "found" {
				s.recorded(g, got.Record, basis)
				s.seen(a, who)
			}
		}
	}
}

// next is the next resident at an agency's counters; nobody comes twice.
func (s *story) next(a *agency) string {
	a.asked++
	return s.W.People[s.order[a.asked]]
}

// seen is what an agency does after it saw somebody's data: it sends data balikan, or owes them.
func (s *story) seen(a *agency, who string) {
	if a.delivers {
		s.W.Deliver(a.programs[0].token, "Bantuan-"+itoa(a.asked), who, counter)
		return
	}
	a.found = append(a.found, s.W.Now())
}

// evening holds the console's pages of the day against the model.
func (s *story) evening(day time.Time) {
	s.past(day)
	for _, a := range s.agencies() {
		s.board(a)
	}
	s.readers()
	s.notices()
}

// past keeps what the console says of the day that is over, as it is known then, and asks again about days before: what was granted on
// them, by what was known on them, is the same for ever, and it is what the model says.
func (s *story) past(day time.Time) {
	for _, a := range s.agencies() {
		if n := 1 + int(day.Sub(a.pacts[0].signed)/(24*time.Hour)); len(a.devices) > 0 {
			then := func() time.Time { return a.pacts[0].signed.AddDate(0, 0, s.lot.IntN(n)) }
			s.readersThen(a, a.pacts[0], then(), then())
			s.readersThen(a, a.pacts[0], day, then())
			s.readersThen(a, a.pacts[0], then(), day)
		}
		for _, p := range a.pacts {
			key := p.key(day)
			s.said[key] = s.grantedOn(p, day)
			head, _ := a.headOn(day)
			outcome, _, basis := a.expected(a.programs[0], s.W.Now(), day)
			s.compared++
			switch decides := p == a.decides(s.W.Now(), day); {
			case decides && outcome == "found" && !strings.Contains(s.said[key], "Dasar "+basis+" Penanggung jawab "+head):
				s.differs("%s: %s\nrests in the model on %s, by %s", key, s.said[key], basis, head)
			case decides && outcome == "found" && !strings.Contains(s.said[key], a.granted()):
				s.differs("%s: %s\ngrants in the model %s", key, s.said[key], a.granted())
			case p.phase(s.W.Now(), day) == over && !strings.Contains(s.said[key], "Tidak ada. Pada hari itu perjanjian tidak berlaku."):
				s.differs("%s: %s\nis over in the model", key, s.said[key])
			}
			s.unchanged(p, p.signed.AddDate(0, 0, s.rng.IntN(1+int(day.Sub(p.signed)/(24*time.Hour)))))
		}
	}
}

func (p *pact) key(day time.Time) string { return "PKS " + p.number + " " + day.Format(time.DateOnly) }

// unchanged asks about a day by what was known on it.
func (s *story) unchanged(p *pact, day time.Time) {
	s.compared++
	if now := s.grantedOn(p, day); now != s.said[p.key(day)] {
		s.differs("on %s, what was granted by %s was\n%s\nand is now\n%s", s.today(), p.key(day), s.said[p.key(day)], now)
	}
}

// differs tells of an answer that is not the model's; after some the story ends, because what follows differs too.
func (s *story) differs(format string, args ...any) {
	s.W.T.Helper()
	if s.W.T.Errorf(format, args...); s.mismatches > 8 {
		s.W.T.FailNow()
	}
	s.mismatches++
}

// grantedOn is what the page of an agreement says was granted on a day, by what was recorded until then.
func (s *story) grantedOn(p *pact, day time.Time) string {
	s.One.Open(p.page + "?tanggal=" + day.Format(time.DateOnly) + "&catatan=" + day.Format(time.DateOnly))
	s.logins(p, day)
	_, text, ok := strings.Cut(s.One.ByID("pada-tanggal"), "Tampilkan ")
	if !ok {
		s.W.T.Fatalf("%s says nothing: %s", p.page, s.One.Text())
	}
	return text
}

func (s *story) agencies() (out []*agency) {
	for _, a := range []*agency{s.a, s.b, s.c} {
		if a != nil {
			out = append(out, a)
		}
	}
	return out
}
