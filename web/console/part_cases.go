package console

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

// CaseStore is what the pages of cases and duties read, and the judgement of evidence, which is no case.
type CaseStore interface {
	site.Finder
	agency.DutyStore
	Everyone(ctx context.Context) ([]access.Standing, error)
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	openCases
	FindCases(ctx context.Context, f procedure.CaseFilter, before int64, most int) ([]procedure.CaseRow, error)
	FilesOfCase(ctx context.Context, id int64) ([]procedure.File, error)
	// KeepTyped, Typed and DropTyped are about what somebody typed for the step after so many and did not save.
	KeepTyped(ctx context.Context, id, user int64, steps int, in procedure.Input, at time.Time) error
	Typed(ctx context.Context, id, user int64, steps int, now time.Time) (in procedure.Input, at time.Time, found bool, err error)
	DropTyped(ctx context.Context, id, user int64) error
	Letters(ctx context.Context, series string, year int, before int64, most int) ([]procedure.Letter, error)
	Evidence(ctx context.Context, id int64) (procedure.Evidence, bool, error)
	Judge(ctx context.Context, id, by int64, at time.Time, accept bool, note string, told ...procedure.Notice) (bool, error)
}

// Cases are the pages of cases, their procedures and letters, and of duties with their evidence.
type Cases struct {
	*site.Site
	Store  CaseStore
	Office *office.Office
	Agency *agency.Agency
	Slips  Slips
}

// Pages are the templates.
func (c *Cases) Pages() []string {
	return []string{"berkas-semua", "berkas-baru", "berkas", "lembar", "kepatuhan", "agenda", "prosedur", "empat-mata"}
}

// Routes is the table.
func (c *Cases) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/berkas", Act: access.ToLook, Handle: c.cases},
		{Pattern: "GET /konsol/berkas.csv", Act: access.ToLook, Handle: c.casesCSV},
		{Pattern: "GET /konsol/berkas/baru", Act: access.ToFile, Handle: c.newCase},
		{Pattern: "POST /konsol/berkas", Act: access.ToFile, Handle: c.openCase},
		{Pattern: "GET /konsol/berkas/{id}", Act: access.ToLook, Handle: c.showCase},
		{Pattern: "POST /konsol/berkas/{id}", Act: access.ToFile, Handle: c.takeStep},
		{Pattern: "POST /konsol/berkas/{id}/konsep", Act: access.ToFile, Handle: c.keepTyped},
		{Pattern: "POST /konsol/berkas/{id}/konsep/buang", Act: access.ToFile, Handle: c.dropTyped},
		{Pattern: "GET /konsol/berkas/{id}/perbaiki", Act: access.ToFile, Handle: c.correctForm},
		{Pattern: "POST /konsol/berkas/{id}/perbaiki", Act: access.ToFile, Handle: c.correctStep},
		{Pattern: "GET /konsol/berkas/{id}/sampul.pdf", Act: access.ToLook, Handle: c.cover},
		{Pattern: "POST /konsol/berkas/{id}/tarik", Act: access.ToFile, Handle: c.takeBack},
		{Pattern: "GET /konsol/kepatuhan", Act: access.ToLook, Handle: c.board},
		{Pattern: "GET /konsol/kewajiban/{code}", Act: access.ToLook, Handle: c.duties},
		{Pattern: "POST /konsol/kewajiban/{code}", Act: access.ToFile, Handle: c.deliver},
		{Pattern: "POST /konsol/bukti/{id}", Act: access.ToJudge, Handle: c.judge},
		{Pattern: "POST /konsol/penerusan/{code}", Act: access.ToFile, Handle: c.forward},
		{Pattern: "GET /konsol/lembar", Act: access.ToLook, Handle: c.slips},
		{Pattern: "POST /konsol/lembar/{id}", Act: access.ToFile, Handle: c.drawSecond},
		{Pattern: "POST /konsol/lembar/{id}/cetak", Act: access.ToFile, Handle: c.printSlip},
		{Pattern: "GET /konsol/agenda", Act: access.ToLook, Handle: c.letters},
		{Pattern: "GET /konsol/empat-mata", Act: access.ToLook, Handle: c.fourEyes},
		{Pattern: "GET /konsol/empat-mata.csv", Act: access.ToLook, Handle: c.fourEyesCSV},
		{Pattern: "GET /konsol/prosedur", Act: access.ToLook, Handle: c.procedures},
	}
}
