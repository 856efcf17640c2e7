package console

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/web/agency"
	"gapura/web/site"
)

// AgencyStore is what the pages of agencies and their agreements read.
type AgencyStore interface {
	site.Finder
	agency.DutyStore
	site.FileStore
	Everyone(ctx context.Context) ([]access.Standing, error)
	Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error)
	Hits(ctx context.Context, agency int64, day time.Time) (journal.Hits, error)
	Applications(ctx context.Context, agency int64) ([]party.App, error)
	Facts(ctx context.Context, agency int64, now time.Time) (procedure.Facts, error)
	Contacts(ctx context.Context, agency int64) ([]party.Contact, error)
	Past(ctx context.Context, agency int64) (party.Past, error)
	Users(ctx context.Context, text, after string, most int) ([]procedure.UserRow, error)
	UsersOfAgency(ctx context.Context, agency int64, after string, most int) ([]party.User, error)
	// HeldOf is until when sign-ins to an agency's user ids are held, by user; without those that are not.
	HeldOf(ctx context.Context, agency int64, now time.Time) (map[int64]time.Time, error)
	Histories(ctx context.Context, agency int64) ([]party.History, error)
	Devices(ctx context.Context, agency int64) ([]reader.Device, error)
	Readers(ctx context.Context, state reader.State, at time.Time, after int64, most int) ([]procedure.ReaderRow, error)
	openCases
	Files(ctx context.Context, agency, before int64, most int) ([]procedure.File, error)
	Changes(ctx context.Context, agency, before int64, most int) ([]journal.Change, error)
}

// Agencies are the pages of agencies, their agreements, users, readers, data balikan and the history of their rights.
type Agencies struct {
	*site.Site
	Store   AgencyStore
	Office  *office.Office
	Balikan balikan.Store
	Tokens  agency.Tokens
	Slips   Slips
}

// Pages are the templates.
func (c *Agencies) Pages() []string {
	return []string{"instansi-semua", "instansi", "instansi-pengguna", "instansi-aplikasi", "instansi-kredensial", "instansi-dokumen",
		"riwayat-hak", "perjanjian", "naskah", "naskah-susun", "naskah-banding", "pengguna", "pembaca", "balikan-semua", "balikan-instansi",
		"hak-akses"}
}

// Routes is the table.
func (c *Agencies) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/instansi", Act: access.ToLook, Handle: c.agencies},
		{Pattern: "GET /konsol/instansi/{code}", Act: access.ToLook, Handle: c.agency},
		{Pattern: "GET /konsol/instansi/{code}/pengguna", Act: access.ToLook, Handle: c.agencyUsers},
		{Pattern: "POST /konsol/instansi/{code}/pengguna/{login}/buka", Act: access.ToFile, Handle: c.unlockUser},
		{Pattern: "GET /konsol/instansi/{code}/aplikasi", Act: access.ToLook, Handle: c.agencyApps},
		{Pattern: "GET /konsol/instansi/{code}/kredensial", Act: access.ToLook, Handle: c.agencyTokens},
		{Pattern: "GET /konsol/instansi/{code}/dokumen", Act: access.ToLook, Handle: c.agencyFiles},
		{Pattern: "GET /konsol/instansi/{code}/riwayat", Act: access.ToLook, Handle: c.agencyHistory},
		{Pattern: "GET /konsol/balikan", Act: access.ToLook, Handle: c.balikanBoard},
		{Pattern: "GET /konsol/balikan/{code}", Act: access.ToLook, Handle: c.agencyBalikan},
		{Pattern: "GET /konsol/perjanjian/{code}/{id}", Act: access.ToLook, Handle: c.agreement},
		{Pattern: "POST /konsol/perjanjian/{code}/{id}/konfirmasi", Act: access.ToJudge, Handle: c.confirmPaper},
		{Pattern: "GET /konsol/naskah/{code}", Act: access.ToLook, Handle: c.manuscripts},
		{Pattern: "GET /konsol/naskah/{code}/susun", Act: access.ToFile, Handle: c.drawUpForm},
		{Pattern: "POST /konsol/naskah/{code}/susun", Act: access.ToFile, Handle: c.drawUp},
		{Pattern: "GET /konsol/naskah/{code}/banding", Act: access.ToLook, Handle: c.compareManuscripts},
		{Pattern: "POST /konsol/naskah/{code}/{id}/paraf", Act: access.ToFile, Handle: c.putInitial},
		{Pattern: "POST /konsol/naskah/{code}/{id}/pindaian", Act: access.ToFile, Handle: c.keepSigned},
		{Pattern: "GET /konsol/dokumen/{id}", Act: access.ToLook, Handle: c.download},
		{Pattern: "GET /konsol/pengguna", Act: access.ToLook, Handle: c.users},
		{Pattern: "POST /konsol/pengguna/{login}/buka", Act: access.ToFile, Handle: c.unlockStaff},
		{Pattern: "GET /konsol/hak-akses", Act: access.ToLook, Handle: c.review},
		{Pattern: "GET /konsol/hak-akses.csv", Act: access.ToLook, Handle: c.reviewCSV},
		{Pattern: "GET /konsol/pembaca", Act: access.ToLook, Handle: c.readers},
		{Pattern: "GET /konsol/riwayat", Act: access.ToLook, Handle: c.providerHistory},
	}
}
