package party

import (
	"testing"
	"time"
)

func TestDayBeginsAtTheZonesMidnight(t *testing.T) {
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for zone, hours := range map[Zone]int{WIB: 7, WITA: 8, WIT: 9, "UTC": 7} { // what is no zone counts as WIB
		begin := day.Add(-time.Duration(hours) * time.Hour)
		if !zone.Begin(day).Equal(begin) || !zone.Day(begin).Equal(day) || !zone.Day(begin.Add(-1)).Equal(day.AddDate(0, 0, -1)) ||
			zone.Valid() != (zone != "UTC") {
			t.Errorf("%s: begins %s", zone, zone.Begin(day))
		}
	}
}

func TestCodeIsGoodOneStepBeforeAndAfter(t *testing.T) {
	const secret, code = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "287082" // of step 1, seconds 30 to 59 (RFC 6238)
	for seconds, want := range map[int64]bool{0: true, 30: true, 59: true, 60: true, 89: true, 90: false} {
		if step, ok := CheckTOTP(secret, code, time.Unix(seconds, 0), 0); ok != want || ok && step != 1 {
			t.Errorf("at %d: step %d, %v", seconds, step, ok)
		}
	}
}
