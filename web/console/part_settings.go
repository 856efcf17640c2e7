package console

import (
	"context"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/agency"
	"gapura/web/site"
)

// SettingStore keeps calendar and templates, and what was sent.
type SettingStore interface {
	site.Finder
	agency.DutyStore
	Everyone(ctx context.Context) ([]access.Standing, error)
	Signatories(ctx context.Context) (party.Signatories, error)
	PasswordPolicy(ctx context.Context) (party.Policy, error)
	MailList(ctx context.Context, before int64, most int) ([]notify.Mail, error)
}

// Settings are the pages of what the office sets: calendar, templates, legacy paths, desks and test persons of agencies.
type Settings struct {
	*site.Site
	Store       SettingStore
	Office      *office.Office
	Wire        Wire
	Desks       Desks
	TestPersons TestPersons
	Residents   population.Source // whether somebody has a NIK that is to be a canary
	Imports     Imports
	OutageStore OutageStore
	OwnRegistry bool // answers rest on the own registry, not on another service
}

// Pages are the templates.
func (c *Settings) Pages() []string {
	return []string{"kata-sandi", "kalender", "surat-semua", "surat", "bahasa-templat", "surel", "layanan-lama",
		"layanan-lama-panggilan", "loket", "orang-uji", "penanda-tangan", "data-penduduk", "gangguan"}
}

// Routes is the table.
func (c *Settings) Routes() []site.Route {
	return []site.Route{
		{Pattern: "GET /konsol/instansi/{code}/layanan-lama", Act: access.ToLook, Handle: c.wireProfiles},
		{Pattern: "POST /konsol/instansi/{code}/layanan-lama", Act: access.ToSet, Handle: c.setWireProfile},
		{Pattern: "GET /konsol/layanan-lama", Act: access.ToLook, Handle: c.wireCalls},
		{Pattern: "GET /konsol/kalender", Act: access.ToLook, Handle: c.calendar},
		{Pattern: "POST /konsol/kalender", Act: access.ToSet, Handle: c.setHoliday},
		{Pattern: "POST /konsol/kalender/keputusan", Act: access.ToSet, Handle: c.decree},
		{Pattern: "GET /konsol/kata-sandi", Act: access.ToLook, Handle: c.passwordRules},
		{Pattern: "POST /konsol/kata-sandi", Act: access.ToSet, Handle: c.setPasswordRules},
		{Pattern: "GET /konsol/surat", Act: access.ToLook, Handle: c.templates},
		{Pattern: "GET /konsol/surat/bahasa", Act: access.ToLook, Handle: c.language},
		{Pattern: "GET /konsol/surat/{key}", Act: access.ToLook, Handle: c.template},
		{Pattern: "POST /konsol/surat/{key}", Act: access.ToSet, Handle: c.setTemplate},
		{Pattern: "GET /konsol/surat/{key}/contoh.pdf", Act: access.ToLook, Handle: c.sample},
		{Pattern: "GET /konsol/penanda-tangan", Act: access.ToLook, Handle: c.signatories},
		{Pattern: "GET /konsol/data-penduduk", Act: access.ToLook, Handle: c.imports},
		{Pattern: "POST /konsol/data-penduduk", Act: access.ToSet, Handle: c.setLeave},
		{Pattern: "GET /konsol/gangguan", Act: access.ToLook, Handle: c.outages},
		{Pattern: "POST /konsol/gangguan", Act: access.ToSet, Handle: c.announceOutage},
		{Pattern: "POST /konsol/gangguan/{id}/tarik", Act: access.ToSet, Handle: c.withdrawOutage},
		{Pattern: "GET /konsol/surel", Act: access.ToLook, Handle: c.mails},
		{Pattern: "GET /konsol/instansi/{code}/loket", Act: access.ToLook, Handle: c.desk},
		{Pattern: "POST /konsol/instansi/{code}/loket", Act: access.ToSet, Handle: c.changeDesk},
		{Pattern: "GET /konsol/instansi/{code}/orang-uji", Act: access.ToSet, Handle: c.canaries},
		{Pattern: "POST /konsol/instansi/{code}/orang-uji", Act: access.ToSet, Handle: c.changeCanaries},
	}
}
