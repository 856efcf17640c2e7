package console

import (
	"context"
	"time"

	"gapura/access/access"
	"gapura/exchange/balikan"
	"gapura/office/office"
	"gapura/office/report"
	"gapura/web/agency"
	"gapura/web/site"
)

// FigureStore is what figures are put beside.
type FigureStore interface {
	site.Finder
	agency.DutyStore
	Everyone(ctx context.Context) ([]access.Standing, error)
	Quotas(ctx context.Context, now time.Time) ([]access.QuotaRow, error)
	Reports(ctx context.Context, agency int64, key string) ([]report.Kept, error)
}

// Figures are the provider's dashboard, the agencies' reports and their evaluations.
type Figures struct {
	*site.Site
	Store       FigureStore
	Office      *office.Office
	Agency      *agency.Agency
	Balikan     balikan.Store
	Sums        agency.Sums
	Evaluations agency.Evaluations
	Watching    agency.Watching
}

// Pages are the templates.
func (c *Figures) Pages() []string {
	return []string{"evaluasi-semua", "evaluasi"}
}

// Routes is the table.
func (c *Figures) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/evaluasi", Act: access.ToLook, Handle: c.evaluations},
		{Pattern: "POST /konsol/evaluasi", Act: access.ToFile, Handle: c.reportEvaluations},
		{Pattern: "GET /konsol/evaluasi/{code}", Act: access.ToLook, Handle: c.evaluation},
		{Pattern: "POST /konsol/evaluasi/{code}", Act: access.ToFile, Handle: c.proposeEvaluation},
		{Pattern: "GET /konsol/dasbor", Act: access.ToLook, Handle: c.providerDashboard},
		{Pattern: "GET /konsol/laporan", Act: access.ToLook, Handle: c.reports},
		{Pattern: "GET /konsol/laporan/{code}/{period}", Act: access.ToLook, Handle: c.agencyReport},
		{Pattern: "GET /konsol/laporan/{code}/{period}/{form}", Act: access.ToLook, Handle: c.agencyReportFile},
	}
}
