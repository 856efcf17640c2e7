package life

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// clock is when a notice was given.
var clock = regexp.MustCompile(`(\d+ \S+ \d{4}) \d\d\.\d\d \w+$`)

// notices holds the Dinas's own board against the model: a reminder stands there on each day on which one was due, and on no other.
func (s *story) notices() { s.noticesOf(s.One, "dukcapil") }

// noticesOf reads a person's board of notices back over the days that it shows whole.
func (s *story) noticesOf(b *Browser, who string) {
	b.Open("/pemberitahuan")
	got := map[string]int{}
	oldest := ""
	each(b.page, func(n *html.Node) {
		if n.DataAtom != atom.Li || n.Parent.Data != "ul" || attr(n.Parent, "class") != "notices" {
			return
		}
		words := text(n)
		day := clock.FindStringSubmatch(words)[1]
		oldest = day
		if strings.Contains(words, "Pengingat kewajiban") || strings.Contains(words, "jatuh tempo ") ||
			strings.Contains(words, "Data balikan belum disampaikan") {
			got[day]++
		}
	})
	for day := s.W.Day(); oldest != "" && indonesian(day) != oldest && !day.Before(date("2025-01-06")); day = day.AddDate(0, 0, -1) {
		want := 0
		if slices.Contains(s.noted[day], who) {
			want = 1
		}
		if s.compared++; got[indonesian(day)] != want {
			s.differs("%s: the board of %s shows %d reminders of %s, the model %d", s.today(), who, got[indonesian(day)],
				day.Format(time.DateOnly), want)
		}
	}
}
