package party

import (
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, cut to six digits.
func TestTOTPIsThatOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	for seconds, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924",
		2000000000: "279037", 20000000000: "353130"} {
		now := time.Unix(seconds, 0)
		step, ok := CheckTOTP(secret, code, now, 0)
		if !ok || step != seconds/30 {
			t.Errorf("at %d: %d %v", seconds, step, ok)
		}
		if _, ok := CheckTOTP(secret, code, now, step); ok {
			t.Error("a code works twice")
		}
		if _, ok := CheckTOTP(secret, code, now.Add(90*time.Second), 0); ok {
			t.Error("an old code works")
		}
	}
	if _, ok := CheckTOTP(NewTOTP(), "287082", time.Unix(59, 0), 0); ok {
		t.Error("another secret's code works")
	}
}
