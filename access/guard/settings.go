package guard

import (
	"fmt"
	"strings"

	"gapura/access/abuse"
	"gapura/agreement/party"
	"gapura/internal/told"
)

// Settings are what an administrator may set for an agency; a zero field is the default, so the zero Settings are safe.
type Settings struct {
	RecordAt  float64  `json:"record_at,omitempty"` // points, see abuse.Settings
	WarnAt    float64  `json:"warn_at,omitempty"`
	SlowAt    float64  `json:"slow_at,omitempty"`
	SuspendAt float64  `json:"suspend_at,omitempty"`
	Opens     int      `json:"opens,omitempty"` // minutes after midnight
	Closes    int      `json:"closes,omitempty"`
	Sundays   bool     `json:"sundays,omitempty"` // the agency works on Sundays too
	PerMinute float64  `json:"per_minute,omitempty"`
	PerDay    int      `json:"per_day,omitempty"`
	Off       []string `json:"off,omitempty"` // rules that are switched off, by their codes
}

// Check says which field is wrong, in Indonesian; nil when none is.
func (s Settings) Check() error {
	last := 0.0
	for _, step := range []struct {
		name    string
		at, def float64
	}{{"catat", s.RecordAt, 15}, {"peringatkan", s.WarnAt, 30}, {"perlambat", s.SlowAt, 60}, {"hentikan", s.SuspendAt, 100}} {
		at := step.at
		if at == 0 {
			at = step.def
		}
		if at < 5 || at > 1000 || at <= last {
			return told.Wrong(step.name, "Batas "+step.name+": 5 sampai 1.000 poin dan lebih besar daripada batas sebelumnya.")
		}
		last = at
	}
	switch {
	case s.Opens < 0 || s.Closes > 24*60 || (s.Opens != 0 || s.Closes != 0) && s.Opens >= s.Closes:
		return told.Wrong("", "Jam layanan: jam tutup harus setelah jam buka.")
	case s.PerMinute < 0 || s.PerMinute > 60:
		return told.Wrong("", "NIK setiap menit: 1 sampai 60.")
	case s.PerDay < 0 || s.PerDay > 10_000:
		return told.Wrong("", "NIK setiap hari: 1 sampai 10.000.")
	}
	for _, code := range s.Off {
		if r, ok := abuse.ParseRule(code); !ok || r == abuse.Decoy {
			return told.Wrong("", "Aturan yang dimatikan: tidak dikenal, atau tidak boleh dimatikan.")
		}
	}
	return nil
}

// Words are the settings for a record, in Indonesian.
func (s Settings) Words() string {
	var list []string
	add := func(name string, value any, zero bool) {
		if !zero {
			list = append(list, fmt.Sprintf("%s %v", name, value))
		}
	}
	add("catat", s.RecordAt, s.RecordAt == 0)
	add("peringatkan", s.WarnAt, s.WarnAt == 0)
	add("perlambat", s.SlowAt, s.SlowAt == 0)
	add("hentikan", s.SuspendAt, s.SuspendAt == 0)
	if s.Opens != 0 || s.Closes != 0 {
		list = append(list, fmt.Sprintf("jam layanan %02d.%02d–%02d.%02d", s.Opens/60, s.Opens%60, s.Closes/60, s.Closes%60))
	}
	if s.Sundays {
		list = append(list, "juga hari Minggu")
	}
	add("NIK setiap menit", s.PerMinute, s.PerMinute == 0)
	add("NIK setiap hari", s.PerDay, s.PerDay == 0)
	add("tanpa aturan", strings.Join(s.Off, ", "), len(s.Off) == 0)
	if len(list) == 0 {
		return "bawaan"
	}
	return strings.Join(list, "; ")
}

// Watcher are the settings as the Watcher takes them, in the agency's zone.
func (s Settings) Watcher(z party.Zone) abuse.Settings {
	out := abuse.Settings{
		RecordAt: s.RecordAt, WarnAt: s.WarnAt, SlowAt: s.SlowAt, SuspendAt: s.SuspendAt, Opens: s.Opens, Closes: s.Closes,
		PerMinute: s.PerMinute, PerDay: s.PerDay,
	}
	if z.Valid() {
		out.Zone = z.Location()
	}
	if s.Sundays {
		out.Workdays = [7]bool{true, true, true, true, true, true, true}
	}
	for _, code := range s.Off {
		if r, ok := abuse.ParseRule(code); ok {
			out.Off[r] = true
		}
	}
	return out
}
