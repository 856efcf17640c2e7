package console

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/journal/journal"
	"gapura/journal/witness"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/web/agency"
	"gapura/web/site"
)

// RecordStore is what the pages of the journal read, and what came of a check of a log.
type RecordStore interface {
	site.Finder
	UserByLogin(ctx context.Context, login string) (party.User, bool, error)
	Records(ctx context.Context, q access.HistoryQuery) ([]access.HistoryRow, bool, error)
	// Unexplained are the institutions with rows of rights that no entry explains, each with what is wrong, by row.
	Unexplained() map[int64]error
	LogStates(ctx context.Context, after string, most int) ([]journal.LogState, error)
	LogState(ctx context.Context, log int64) (journal.LogState, bool, error)
	CheckOf(ctx context.Context, log int64) (journal.CheckState, bool, error)
	SaveCheck(ctx context.Context, log int64, c journal.CheckState) error
	EndAlarm(ctx context.Context, c journal.Change, agency int64) error
	Witnesses(ctx context.Context) ([]witness.Standing, error)
	NewestCheckpoints(ctx context.Context) (map[int64]int64, error)
	LastGiven(ctx context.Context, only int64) ([]witness.Given, error)
	KeepTyped(ctx context.Context, id, user int64, steps int, in procedure.Input, at time.Time) error
	Approval(ctx context.Context, now time.Time) (a journal.Approval, file []byte, good bool, err error)
}

// Records are the pages of the journal and its logs, of the watch over users, of what a resident is told, and of incidents.
type Records struct {
	*site.Site
	Store     RecordStore
	Office    *office.Office
	Agency    *agency.Agency
	Tell      *access.Disclosure
	Notary    *journal.Notary
	Watching  agency.Watching
	Incidents agency.Incidents
	Mails     office.Subscriptions
	Residents population.Source // whether somebody has a NIK that is to be a decoy
}

// Pages are the templates.
func (c *Records) Pages() []string {
	return []string{"penduduk", "penduduk-surel", "jurnal", "jurnal-log", "saksi", "jangkar", "pengawasan", "pengawasan-pengguna", "umpan",
		"instansi-pengawasan"}
}

// Routes is the table.
func (c *Records) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/jurnal", Act: access.ToLook, Handle: c.journal},
		{Pattern: "GET /konsol/saksi", Act: access.ToLook, Handle: c.witnesses},
		{Pattern: "GET /konsol/jurnal/cari/nik", Act: access.ToSearch, Handle: c.searchForm},
		{Pattern: "POST /konsol/jurnal/cari/nik", Act: access.ToSearch, Handle: c.search},
		{Pattern: "GET /konsol/jurnal/jangkar/persetujuan", Act: access.ToLook, Handle: c.approval},
		{Pattern: "POST /konsol/jurnal/jangkar/persetujuan", Act: access.ToSet, Handle: c.proposeApproval},
		{Pattern: "GET /konsol/jurnal/jangkar/persetujuan/berkas", Act: access.ToSet, Handle: c.approvalFile},
		{Pattern: "GET /konsol/jurnal/{code}", Act: access.ToLook, Handle: c.log},
		{Pattern: "GET /konsol/jurnal/{code}/checkpoint", Act: access.ToLook, Handle: c.checkpoint},
		{Pattern: "POST /konsol/jurnal/{code}/selesai", Act: access.ToJudge, Handle: c.endAlarm},
		{Pattern: "POST /konsol/jurnal/{code}/periksa", Act: access.ToLook, Handle: c.checkLog},
		{Pattern: "GET /konsol/pengawasan", Act: access.ToLook, Handle: c.alerts},
		{Pattern: "GET /konsol/pengawasan/{code}/{login}", Act: access.ToLook, Handle: c.evidence},
		{Pattern: "POST /konsol/pengawasan/{code}/{login}/hentikan", Act: access.ToJudge, Handle: c.stopUser},
		{Pattern: "GET /konsol/umpan", Act: access.ToSet, Handle: c.decoys},
		{Pattern: "POST /konsol/umpan", Act: access.ToSet, Handle: c.changeDecoys},
		{Pattern: "GET /konsol/instansi/{code}/pengawasan", Act: access.ToLook, Handle: c.watchSettings},
		{Pattern: "POST /konsol/instansi/{code}/pengawasan", Act: access.ToSet, Handle: c.setWatch},
		{Pattern: "GET /konsol/insiden", Act: access.ToLook, Handle: c.incidents},
		{Pattern: "GET /konsol/insiden/baru", Act: access.ToFile, Handle: c.Agency.Events().NewIncident},
		{Pattern: "POST /konsol/insiden", Act: access.ToFile, Handle: c.Agency.Events().ReportIncident},
		{Pattern: "GET /konsol/insiden/{id}", Act: access.ToLook, Handle: c.Agency.Events().Incident},
		{Pattern: "POST /konsol/insiden/{id}", Act: access.ToFile, Handle: c.Agency.Events().StepIncident},
		{Pattern: "POST /konsol/insiden/{id}/surat", Act: access.ToFile, Handle: c.incidentLetter},
		{Pattern: "POST /konsol/insiden/{id}/akses", Act: access.ToTrace, Handle: c.incidentUses},
		{Pattern: "GET /konsol/kuitansi/{id}", Act: access.ToLook, Handle: c.receipt},
		{Pattern: "GET /konsol/penduduk", Act: access.ToTell, Handle: c.residentForm},
		{Pattern: "POST /konsol/penduduk", Act: access.ToTell, Handle: c.resident},
		{Pattern: "POST /konsol/penduduk/surat", Act: access.ToTell, Handle: c.residentLetter},
		{Pattern: "GET /konsol/penduduk/surel", Act: access.ToTell, Handle: c.mailForm},
		{Pattern: "POST /konsol/penduduk/surel", Act: access.ToTell, Handle: c.mailResident},
		{Pattern: "POST /konsol/penduduk/keberatan", Act: access.ToTell, Handle: c.objection},
	}
}
