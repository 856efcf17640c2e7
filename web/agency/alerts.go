package agency

import (
	"context"
	"time"

	"gapura/access/guard"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/web/site"
)

// Watching is what the pages of the watch over patterns need of the store.
type Watching interface {
	Alerts(ctx context.Context, w guard.AlertsQuery) ([]guard.KeptAlert, error)
	AlertsOn(ctx context.Context, u party.User, day time.Time) ([]guard.KeptAlert, error)
	LookupsOn(ctx context.Context, u party.User, z party.Zone, day time.Time, most int) ([]guard.Seen, error)
	Stops(ctx context.Context, agency int64) ([]guard.Stop, error)
	Decoys(ctx context.Context) ([]guard.Decoy, error)
	PlantDecoys(ctx context.Context, c journal.Change, list []guard.Decoy) error
	AbuseSettings(ctx context.Context, agency int64) (guard.Settings, error)
}

// steps are the Watcher's actions in words, with the kind of their tag.
var steps = map[string][2]string{
	"record": {"Dicatat", ""}, "warn": {"Diperingatkan", "mid"}, "slow": {"Diperlambat", "mid"}, "suspend": {"Dihentikan", "bad"},
	"refused": {"Dihentikan", "bad"},
}

// Rules are the Watcher's rules in words, in the order of the form.
var Rules = [][2]string{
	{"decoy", "NIK umpan"}, {"density", "NIK berdekatan"}, {"progression", "Langkah yang sama"}, {"pattern", "Angka berpola"},
	{"guess", "Tebakan"},
	{"serial", "Sebaran nomor urut"}, {"twins", "Tanggal lahir berulang"}, {"region", "Wilayah yang tidak biasa"},
	{"pace", "Terlalu cepat"}, {"rhythm", "Irama program"},
	{"hours", "Di luar jam layanan"}, {"volume", "Jumlah sehari"}, {"malformed", "Masukan bukan NIK"}, {"unknown", "NIK tidak dikenal"},
	{"shared", "Pola bersama"},
}

// RuleName is a rule in words.
func RuleName(code string) string {
	for _, r := range Rules {
		if r[0] == code {
			return r[1]
		}
	}
	if code == "objection" { // a resident's, which no detector found
		return "Keberatan penduduk"
	}
	return "Petugas"
}

// An AlertRow is an alert as lists show it.
type AlertRow struct {
	guard.KeptAlert
	Rule, When, Path string
	Tag              [2]string
	Now              bool // the user is stopped now
}

// AlertRows are alerts as lists show them.
func AlertRows(list []guard.KeptAlert, v *site.Visitor) []AlertRow {
	out := make([]AlertRow, len(list))
	for i, k := range list {
		out[i] = AlertRow{
			KeptAlert: k, Rule: RuleName(k.Rule), When: site.Clock(k.Last, v), Tag: steps[k.Action], Now: !k.Stopped.IsZero(),
			Path: site.Link("/konsol/pengawasan/"+k.Code+"/"+k.Login, "hari", k.Day.Format(time.DateOnly)),
		}
	}
	return out
}
