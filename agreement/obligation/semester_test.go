package obligation

import (
	"testing"
	"time"
)

func TestSemesters(t *testing.T) {
	s, err := ParseSemester("2026-2")
	if err != nil || s.String() != "2026-2" || s.Begins().Format(time.DateOnly) != "2026-07-01" ||
		s.Ends().Format(time.DateOnly) != "2026-12-31" || s.Words() != "Semester 2 Tahun 2026" {
		t.Errorf("%v %v", s, err)
	}
	if s.Next() != (Semester{2027, 1}) || s.Previous() != (Semester{2026, 1}) || s.Previous().Previous() != (Semester{2025, 2}) ||
		s.Back(3) != (Semester{2025, 1}) {
		t.Error("neighbours", s.Next(), s.Previous(), s.Back(3))
	}
	for day, want := range map[string]string{"2026-06-30": "2026-1", "2026-07-01": "2026-2", "2026-12-31": "2026-2"} {
		at, err := time.Parse(time.DateOnly, day)
		if got := SemesterOf(at).String(); err != nil || got != want {
			t.Errorf("%s: %s", day, got)
		}
	}
	for _, bad := range []string{"", "2026", "2026-3", "2026-0", "x-1", "2026-1-1", "1999-1"} {
		if _, err := ParseSemester(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}
