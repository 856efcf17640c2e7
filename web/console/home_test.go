package console

import (
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
)

// The oldest comes first, in an agency and among agencies; what is nobody's on the list is not shown.
func TestWhatNeedsAttentionIsGroupedByAgencyTheOldestFirst(t *testing.T) {
	day := time.Date(2026, 9, 16, 0, 0, 0, 0, time.UTC)
	agency := func(id int64, code string) access.Standing {
		return access.Standing{Institution: party.Institution{ID: id, Code: code, Name: strings.ToUpper(code)}}
	}
	got := grouped([]access.Standing{agency(1, "a"), agency(2, "b"), agency(3, "c")}, map[int64][]item{
		1: {{Text: "late", Path: "/x", Since: day.AddDate(0, 0, 2)}, {Text: "early", Since: day.AddDate(0, 0, 1)}},
		3: {{Text: "first", Path: "/y", Since: day}},
	})
	var said []string
	for _, g := range got {
		said = append(said, g.Code)
		for _, i := range g.Items {
			said = append(said, i.Text+" "+i.Path)
		}
	}
	if want := "c|first /y|a|early /konsol/kewajiban/a|late /x"; strings.Join(said, "|") != want {
		t.Errorf("%q, want %q", strings.Join(said, "|"), want)
	}
}
