package abuse

import (
	"encoding/binary"
	"errors"
	"math"
	"time"

	"gapura/person/nik"
)

// stateFormat is of what State writes; another is not read.
const stateFormat = 1

// ErrState is a state that this program cannot read: cut off, or of another format.
var ErrState = errors.New("abuse: unreadable state")

// State is what the Watcher knows of an agency, to go on from after a restart without being shown its past again. It holds NIKs in clear:
// whoever keeps it seals it.
func (w *Watcher) State(agency int64) []byte {
	a := w.agency(agency)
	a.mu.Lock()
	defer a.mu.Unlock()
	c := &codec{}
	c.agency(a)
	return c.bytes
}

// SetState gives a Watcher that has seen nothing of an agency what another knew of it. After an error it still has seen nothing.
func (w *Watcher) SetState(agency int64, state []byte) error {
	c, fresh := &codec{bytes: state, reads: true}, newAgency()
	c.agency(fresh)
	if c.failed || len(c.bytes) > 0 {
		return ErrState
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.agencies[agency] = fresh
	return nil
}

// A codec writes values one after the other, or reads them in the same order, so that one description of a state serves both ways.
type codec struct {
	bytes  []byte
	reads  bool
	failed bool
}

func num[T ~int | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](c *codec, v *T) {
	if !c.reads {
		c.bytes = binary.AppendVarint(c.bytes, int64(*v))
		return
	}
	x, n := binary.Varint(c.bytes)
	if n <= 0 {
		c.failed = true
		return
	}
	*v, c.bytes = T(x), c.bytes[n:]
}

func sequence[T any](c *codec, s *[]T, each func(*T)) {
	n := len(*s)
	num(c, &n)
	if c.reads {
		if n < 0 || n > len(c.bytes) { // a value takes a byte at least
			c.failed = true
			return
		}
		*s = make([]T, n)
	}
	for i := range *s {
		each(&(*s)[i])
	}
}

func (c *codec) bool(v *bool) {
	var n uint8
	if *v {
		n = 1
	}
	num(c, &n)
	*v = n == 1
}

func (c *codec) float(v *float64) {
	n := int64(math.Float64bits(*v))
	num(c, &n)
	*v = math.Float64frombits(uint64(n))
}

// time keeps instants, and the zero time as such.
func (c *codec) time(v *time.Time) {
	set := !v.IsZero()
	if c.bool(&set); !set {
		return
	}
	n := v.UnixNano()
	num(c, &n)
	if c.reads {
		*v = time.Unix(0, n)
	}
}

func (c *codec) nik(v *nik.NIK) {
	digits := []byte(v.Digits())
	sequence(c, &digits, func(b *byte) { num(c, b) })
	if c.reads && len(digits) > 0 {
		var err error
		*v, err = nik.Parse(string(digits))
		c.failed = c.failed || err != nil
	}
}

func (c *codec) agency(a *agency) {
	format, count := stateFormat, int(rules)
	num(c, &format)
	num(c, &count)
	if format != stateFormat || count != int(rules) {
		c.failed = true
		return
	}
	c.time(&a.latest)
	c.window(a.window)
	c.recent(a.recent)
	ids := make([]int64, 0, len(a.users))
	for id := range a.users {
		ids = append(ids, id)
	}
	sequence(c, &ids, func(id *int64) {
		num(c, id)
		if a.users[*id] == nil {
			a.users[*id] = newUser()
		}
		c.user(a.users[*id])
	})
	c.scores(&a.group)
	c.gathered(&a.pace)
	c.time(&a.today)
	num(c, &a.busy)
	num(c, &a.sweep)
}

func (c *codec) user(u *user) {
	c.time(&u.latest)
	c.bool(&u.suspended)
	c.time(&u.last.At)
	num(c, &u.last.Agency)
	num(c, &u.last.User)
	c.nik(&u.last.NIK)
	c.recent(u.recent)
	c.scores(&u.gathered)
	c.time(&u.stopped)
	num(c, &u.stoppedFor)
	c.gathered(&u.pace)
	c.time(&u.today)
	num(c, &u.count)
	num(c, &u.outside)
}

func (c *codec) scores(all *[rules]gathered) {
	for i := range all {
		c.gathered(&all[i])
	}
}

func (c *codec) gathered(g *gathered) {
	c.float(&g.points)
	c.time(&g.at)
}

func (c *codec) point(p *point) {
	num(c, &p.region)
	num(c, &p.day)
	num(c, &p.year)
	num(c, &p.monthDay)
	num(c, &p.serial)
	c.bool(&p.female)
}

// window keeps the lookups within the horizon; their numbers begin anew.
func (c *codec) window(w *window) {
	all := make([]seen, 0, w.size())
	for n := w.oldest; n < w.next; n++ {
		all = append(all, *w.number(n))
	}
	sequence(c, &all, func(s *seen) {
		num(c, &s.at)
		num(c, &s.user)
		c.point(&s.point)
		if c.failed = c.failed || s.point.serial == 0; c.reads && !c.failed {
			w.add(time.Unix(int64(s.at), 0), s.user, s.point)
		}
	})
}

func (c *codec) recent(r *recent) {
	all := r.inputs
	sequence(c, &all, func(in *input) {
		c.time(&in.at)
		c.point(&in.point)
		for _, flag := range []*bool{&in.malformed, &in.unknown, &in.answered, &in.twin, &in.far} {
			c.bool(flag)
		}
		if c.failed = c.failed || !in.malformed && (in.point.serial == 0 || c.reads && r.has(in.point)); c.reads && !c.failed {
			r.add(*in)
		}
	})
}
