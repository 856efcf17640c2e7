// Package demo sets up an invented district: a provider, agencies in every state, users of every role and state, and a population, all of
// it made from a seed. Nobody in it exists.
package demo

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"gapura/access/guard"
	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/internal/document"
	"gapura/journal/journal"
	"gapura/office/procedure"
	"gapura/person/population"
	"gapura/store"
)

// Regency is the regency whose region codes the population uses.
const Regency = "3303"

// Office is the provider's name on every page.
const Office = "Dinas Dukcapil Kabupaten Purbalingga"

// Notice stands above every page.
const Notice = "Peragaan: seluruh penduduk, pengguna, dan surat di sini rekaan."

// Purpose is a purpose of every agreement of the demo.
const Purpose = "verifikasi penerima bantuan"

// Build sets the district up in an empty store and returns what demo.json tells. The same seed gives the same district; only password salts
// and tokens' hashes are random, never the passwords and tokens. people is read once and written to the registry.
func Build(ctx context.Context, st *store.DB, now time.Time, residents int, seed uint64, progress func(int)) (Result, error) {
	b := builder{ctx: ctx, st: st, now: now, seed: seed}
	b.run()
	if b.err != nil {
		return Result{}, b.err
	}
	people := b.watch(population.Generate(residents, seed, Regency))
	_, err := st.Registry.Import(ctx, population.Import{Report: population.Report{Kind: population.Full, By: "peragaan"},
		AsOf: now.Truncate(24 * time.Hour).UTC(), At: now, Rows: population.Rows(people), Progress: progress})
	if err != nil {
		return Result{}, fmt.Errorf("import population: %w", err)
	}
	b.strangers()
	return b.out, b.err
}

type builder struct {
	ctx   context.Context
	st    *store.DB
	now   time.Time
	seed  uint64
	err   error
	out   Result
	staff int    // user ids of the provider so far
	hash  string // of the shared demo password, so that one argon2 serves all users
}

func (b *builder) note(reason string) journal.Change {
	return journal.Change{At: b.now, Reason: reason, Letter: "400.12/001/2026"}
}

// password is the same for every login of one seed: a demo is for trying, and its page says so.
func (b *builder) password() string { return "Peragaan-" + b.secret("password")[:8] }

func (b *builder) secret(what string) string {
	h := sha256.Sum256(fmt.Appendf(nil, "gapura demo %d %s", b.seed, what))
	return hex.EncodeToString(h[:16])
}

func (b *builder) run() {
	if b.hash, b.err = party.HashPassword(b.ctx, b.password()); b.err != nil {
		return
	}
	if b.err = b.st.Rights.CreateProvider(b.ctx, b.note("set-up"), party.Institution{Code: "dukcapil", Name: Office,
		Zone: party.WIB}); b.err != nil {
		return
	}
	b.user(party.Provider, "", "admin", "Satyagraha Kertanegaran", "Administrator Basis Data", party.Administrator, nil, time.Time{})
	b.user(party.Provider, "", "admin2", "Prabaswara Hadiwinangun", "Kepala Bidang Pemanfaatan Data", party.Administrator, nil, time.Time{})
	b.user(party.Provider, "", "operator", "Sekarlangit Danuarta", "Pengelola Perjanjian", party.Operator, nil, time.Time{})
	b.user(party.Provider, "", "auditor", "Widyaningtyas Ardhani", "Pengawas", party.Auditor, nil, time.Time{})
	for i, a := range agencies {
		b.agency(i, a)
	}
}

func (b *builder) agency(i int, a agency) {
	if b.err != nil {
		return
	}
	today := party.WIB.Day(b.now)
	signed := today.AddDate(0, 0, -a.signed)
	inst := party.Institution{Code: a.code, Name: a.name, Zone: party.WIB, Address: "Jalan Contoh Nomor " + fmt.Sprint(i+1),
		Email: "kantor@" + a.code + ".example", Heads: party.Heads{{
			Name: a.head, Position: "Kepala " + a.name, Since: signed.AddDate(-1, 0, 0),
		}}}
	made, err := b.st.Rights.Apply(b.ctx, b.note("PKS"), procedure.CreateInstitution{Institution: inst})
	if b.err = err; b.err != nil {
		return
	}
	if inst, b.err = b.st.Institutions.Institution(b.ctx, made[0].ID); b.err != nil {
		return
	}
	g, quota := b.agreement(inst.ID, i, a, signed)
	g.SPTJM = []agreement.SPTJM{{Head: inst.Heads.Last().ID, SignedOn: signed}}
	contacts := procedure.SetContacts{Agency: inst.ID, Side: "agency", Contacts: []party.Contact{{
		Side: "agency", Name: a.officer, Position: "Narahubung", Phone: "(0281) 000-000", Email: "narahubung@" + a.code + ".example",
	}}}
	office := procedure.SetContacts{Agency: inst.ID, Side: "provider", Contacts: []party.Contact{{
		Side: "provider", Name: "Widuri Prasetyaningsih", Position: "Kepala Bidang Pengelolaan Informasi", Phone: "(0281) 000-002",
		Email: "narahubung@dukcapil.example",
	}}}
	if made, b.err = b.st.Rights.Apply(b.ctx, b.note("PKS"), procedure.SignAgreement{Agreement: g}, contacts, office); b.err != nil {
		return
	}
	g.ID = made[0].ID
	// Who tries the demo out does so by scripts and at any hour. Patterns in the numbers are stopped here as everywhere.
	b.err = b.st.Guard.SetAbuseSettings(b.ctx, b.note("peragaan dicoba dengan program"), inst.ID,
		guard.Settings{Off: []string{"pace", "rhythm", "hours", "volume", "malformed", "unknown", "serial"}})
	b.readers(inst.ID, a)
	b.user(inst.ID, a.code, "petugas."+a.code, a.officer, "Petugas Loket", party.Officer, a.granted(), signed)
	if a.code == DeskAgency { // the counter's officer asks through the desk
		officer, ok, err := b.st.Users.UserByLogin(b.ctx, "petugas."+a.code)
		if b.err == nil {
			b.err = err
		}
		if b.err == nil && ok {
			b.err = b.st.Credentials.AddToken(b.ctx, b.note("BAST"), b.token(party.DeskToken, inst.ID, officer.ID,
				b.app(a, g, party.App{Name: "Loket pelayanan", Kind: party.DeskApp, Methods: a.granted()[1:],
					Answers: a.officer + ", Petugas Loket"})), b.secret("desk token"))
		}
	}
	b.user(inst.ID, a.code, "kepala."+a.code, a.head, "Kepala "+a.name, party.HeadOfAgency, []string{agreement.Portal}, signed)
	b.user(inst.ID, a.code, "admin."+a.code, a.admin, "Kepala Subbagian Umum", party.AgencyAdmin, []string{agreement.Portal}, signed)
	if a.orderly {
		b.dutiful(inst.ID)
	}
	if a.inactive != "" {
		b.user(inst.ID, a.code, "baru."+a.code, a.inactive, "Petugas Loket", party.Officer, a.methods, time.Time{})
		if id := b.user(inst.ID, a.code, "lama."+a.code, "Candrakirana Maheswaran", "Petugas Loket (purnatugas)", party.Officer, a.methods,
			signed); b.err == nil {
			_, b.err = b.st.Rights.Apply(b.ctx, b.note("purnatugas"), procedure.Deactivate{User: party.User{ID: id, Institution: inst.ID,
				Login: "lama." + a.code}, At: b.now.AddDate(0, 0, -1)})
		}
	}
	if len(a.methods) > 1 {
		b.application(a, g, quota)
	}
}

// agreement is what an agency has signed, and its quota as demo.json tells it.
func (b *builder) agreement(agency int64, i int, a agency, signed time.Time) (g agreement.Agreement, quota *int) {
	g = agreement.Agreement{
		Agency: agency, ProviderNumber: fmt.Sprintf("400.12/%d/%d", 2001+i, signed.Year()), AgencyNumber: fmt.Sprintf("470/%d/%d", 301+i,
			signed.Year()),
		Subject: "Pemanfaatan NIK, Data Kependudukan, dan KTP-el dalam layanan " + a.name, SignedOn: signed, EndsOn: signed.AddDate(a.years,
			0, 0),
		Terms: agreement.Terms{
			Elements: a.elements, Methods: a.granted(), Quota: a.quota, Purposes: a.purposes,
			Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		},
	}
	quota = &a.quota
	if a.poc {
		g.PoC, quota = b.trials(a, agreement.PortalApplication, signed), nil
	}
	if a.suspended {
		g.Decisions = []agreement.Decision{{Kind: agreement.Suspend, From: b.now.AddDate(0, 0, -7),
			Reason: "Laporan semester dan data balikan belum disampaikan", Letter: "400.12/2777/2026"}}
	}
	return g, quota
}

// application gives an agency its program: the account, its token and its paths on the legacy wire.
func (b *builder) application(a agency, g agreement.Agreement, quota *int) {
	login := "aplikasi." + a.code
	app := b.app(a, g, party.App{Name: "Aplikasi " + a.name, Kind: party.ProgramApp, Methods: a.granted()[1:],
		Answers: a.admin + ", Kepala Subbagian Umum"})
	id := b.user(g.Agency, a.code, login, "Aplikasi "+a.name, "Aplikasi", party.Application, a.granted()[1:], g.SignedOn, app)
	if b.err != nil {
		return
	}
	token := b.secret("token " + a.code)
	if b.err = b.st.Credentials.AddToken(b.ctx, b.note("BAST"), b.token(party.APIToken, g.Agency, id, app), token); b.err != nil {
		return
	}
	b.old(g.Agency, a, login, id, app)
	b.out.API = append(b.out.API, API{
		Agency: a.code, Application: "Aplikasi " + a.name, User: login, Password: b.password(), Token: token, Quota: quota,
		Methods: a.methods, Purposes: a.purposes,
		Elements: a.elements.Strings(),
	})
}

// old gives an agency its paths on the legacy wire, and a token for data balikan.
func (b *builder) old(id int64, a agency, login string, user, app int64) {
	x := balikan.Sender{Agency: id, ID: fmt.Sprintf("%d", 3303000+id), Name: a.name}
	token := b.secret("balikan " + a.code)
	if b.err == nil {
		b.err = b.st.Balikan.SetSender(b.ctx, b.note("BAST"), x)
	}
	if b.err == nil {
		b.err = b.st.Credentials.AddToken(b.ctx, b.note("BAST"), b.token(party.BalikanToken, id, user, app), token)
	}
	b.out.Balikan = append(b.out.Balikan, Sender{a.code, x.ID, x.Name, token})
	if !slices.Contains(a.methods, agreement.Legacy) {
		return
	}
	for _, p := range []wire.Profile{
		{Path: a.code + "/call_nik", Dialect: wire.D1}, {Path: "33-03/" + a.code + "/call_nik", Dialect: wire.D2},
		{Path: a.code + "/nik_verifby_elemen", Dialect: wire.D3, Verify: true},
	} {
		p.Agency, p.Purpose = id, Purpose
		if b.err == nil {
			b.err = b.st.Wire.PutProfile(b.ctx, b.note("BAST"), p)
		}
		b.out.Legacy = append(b.out.Legacy, Legacy{a.code, "Aplikasi " + a.name, wire.Base + p.Path, string(p.Dialect), login,
			b.password()})
	}
}

// app registers an application of an agency, with its PoC as far as the agency's went.
func (b *builder) app(a agency, g agreement.Agreement, app party.App) int64 {
	if b.err != nil {
		return 0
	}
	app.Agency, app.Since = g.Agency, party.WIB.Begin(g.SignedOn)
	made, err := b.st.Rights.Apply(b.ctx, b.note("Pendaftaran aplikasi"), procedure.RegisterApplication{App: app})
	if b.err = err; err != nil {
		return 0
	}
	app.ID = made[0].ID
	for _, l := range b.trials(a, app.ID, g.SignedOn) {
		if b.err == nil {
			_, b.err = b.st.Rights.Apply(b.ctx, b.note("PoC"), procedure.RecordPoC{Agreement: g, App: app, Letter: l})
		}
	}
	return app.ID
}

// trials are the letters of an application's PoC: passed, or still on its days.
func (b *builder) trials(a agency, app int64, signed time.Time) []agreement.PoCLetter {
	year := signed.Format("2006")
	begun := agreement.PoCLetter{Application: app, Letter: fmt.Sprintf("400.12/25%d0/%s", app+1, year), On: signed.AddDate(0, 0, 7),
		Until: signed.AddDate(0, 0, 21)}
	if a.poc {
		return []agreement.PoCLetter{begun, {Application: app, Letter: fmt.Sprintf("400.12/25%d5/%s", app+1, year),
			On: signed.AddDate(0, 1, 0), Passed: true}}
	}
	begun.Until = party.WIB.Day(b.now).AddDate(0, 0, 60)
	return []agreement.PoCLetter{begun}
}

func (b *builder) token(k party.Kind, agency, owner, app int64) party.Credential {
	return party.Credential{Kind: k, Agency: agency, Owner: owner, Application: app, Expires: b.now.Add(party.TokenLife)}
}

// dutiful delivers what the agency owed until today, as an orderly agency does, and has it accepted.
func (b *builder) dutiful(id int64) {
	if b.err != nil {
		return
	}
	facts, err := b.st.Duties.DutyFacts(b.ctx, id, b.now)
	if b.err = err; b.err != nil {
		return
	}
	proof, err := document.Render(document.Template{Name: "Bukti", Text: "# BUKTI REKAAN\n\nBerkas ini dibuat untuk peragaan."},
		document.Letterhead{}, nil, b.now)
	if b.err = err; b.err != nil {
		return
	}
	for _, d := range obligation.Duties(facts[id], obligation.NewCalendar(obligation.DefaultHolidays()), party.WIB.Day(b.now)) {
		if d.State != obligation.Overdue || !d.Rule.ByEvidence() {
			continue
		}
		file := procedure.File{Agency: id, Agreement: d.Agreement, Kind: "scan", Title: "Bukti " + d.Rule.Name, Media: "application/pdf",
			By: 1, At: b.now, Content: proof}
		e := procedure.Evidence{Agency: id, Agreement: d.Agreement, Rule: d.Rule.Key, Period: d.Period, On: d.Due, Note: "Bukti rekaan",
			By: 1, At: b.now}
		made, err := b.st.Duties.Deliver(b.ctx, e, &file)
		if err == nil {
			_, err = b.st.Duties.Judge(b.ctx, made, 2, b.now, true, "")
		}
		if err == nil && (d.Rule.Key == "laporan-semester" || d.Rule.Key == "evaluasi") {
			_, err = b.st.Duties.Forward(b.ctx, procedure.Forwarding{Evidence: made, Agency: id, At: b.now, By: 1}, nil)
		}
		if b.err = err; b.err != nil {
			return
		}
	}
}

// readers gives an agency two card readers, one of them active.
func (b *builder) readers(id int64, a agency) {
	list := []reader.Reader{
		{Serial: "RDR-" + a.code + "-01", Model: "Pembaca KTP-el tipe A", SAM: "SAM-" + a.code + "-01", State: reader.Active},
		{Serial: "RDR-" + a.code + "-02", Model: "Pembaca KTP-el tipe A", State: reader.Requested},
	}
	_, b.err = b.st.Rights.Apply(b.ctx, b.note("Pengadaan pembaca KTP-el"), procedure.AddReaders{Agency: id, Readers: list})
}

func (b *builder) user(inst int64, agency, login, name, position string, role party.Role, methods []string, nda time.Time,
	app ...int64) (id int64) {
	if b.err != nil {
		return 0
	}
	u := party.User{Institution: inst, Login: login, Name: name, Position: position, Role: role, Methods: methods, NDASigned: nda}
	if role.OfProvider() {
		b.staff++
		u.Identity.NIP = fmt.Sprintf("99%016d", b.staff) // no NIP begins so
	}
	for _, a := range app {
		u.Application = a
	}
	id, b.err = b.st.Rights.CreateUser(b.ctx, b.note("BAST"), u, b.hash)
	if role != party.Application {
		login := Login{Role: string(role), Agency: agency, User: login, Password: b.password()}
		if role.SecondFactorCompulsory() && b.err == nil {
			h := sha256.Sum256([]byte(b.secret("totp " + login.User)))
			login.TOTPSecret = base32.StdEncoding.EncodeToString(h[:20])
			u.ID = id
			b.err = b.st.Credentials.SetTOTP(b.ctx, u, login.TOTPSecret, 0, b.now)
		}
		b.out.Logins = append(b.out.Logins, login)
	}
	return id
}
