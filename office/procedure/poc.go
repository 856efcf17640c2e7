package procedure

import (
	"iter"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// longestTrial bounds a schedule of a PoC: a trial is not a way to use an application for good. A custom procedure obeys it too.
const longestTrial = 90 * 24 * time.Hour

// Fields with this prefix are the checklist of a PoC; all must be as they should for a PoC to be passed.
const (
	checkPrefix = "periksa_"
	checkGood   = "sesuai"
)

type (
	// RegisterApplication puts an application in the agency's register (E11). The Juknis names the applications, so it is revised after.
	RegisterApplication struct{ App party.App }
	// EndApplication takes an application out of use; its tokens die with it.
	EndApplication struct{ App party.App }
	// RecordPoC records a letter of an application's PoC: the schedule, or the result (Juknis II.D.2; C2).
	RecordPoC struct {
		Agreement agreement.Agreement
		App       party.App
		Letter    agreement.PoCLetter
	}
)

func appName(a party.App) string { return "Aplikasi " + a.Name }

// Words name the duty that follows, so that the history of rights says why the Juknis was revised.
func (e RegisterApplication) Words() (string, string, string) {
	return appName(e.App), "", "didaftarkan: " + AppWords(e.App) + "; dokumen Petunjuk Teknis diubah (Juknis II.D.3)"
}

// AppWords is what an application is registered for, in words.
func AppWords(a party.App) string {
	words := strings.ToLower(a.Kind.Label()) + "; metode: " + strings.Join(agreement.MethodLabels(a.Methods), ", ")
	words += Narrowing(a.MatchOnly, a.Purposes)
	if a.Answers != "" {
		words += "; penanggung jawab: " + a.Answers
	}
	return words
}

func (e EndApplication) Words() (string, string, string) {
	return appName(e.App), "terdaftar", "diakhiri beserta semua tokennya"
}

func (e RecordPoC) Words() (string, string, string) {
	l := e.Letter
	switch {
	case !l.Until.IsZero():
		return appName(e.App), "", "uji PoC dijadwalkan " + bahasa.Date(l.On) + " sampai " + bahasa.Date(l.Until) +
			", dalam batas kuota harian"
	case l.Passed:
		return appName(e.App), "dalam batas kuota harian", "PoC lulus, tanpa kuota harian mulai " + bahasa.Date(l.On)
	}
	return appName(e.App), "", "PoC tidak lulus, kuota harian tetap berlaku"
}

func registerApplication(c *Case, x Facts) ([]Effect, error) {
	a := party.App{Agency: x.Institution.ID, Name: c.Value("nama_aplikasi"), Kind: party.AppKind(c.Value("jenis_aplikasi")),
		Methods: lines(c.Value("metode_aplikasi")), MatchOnly: c.Value("hak_data") == MatchOnly,
		Purposes: lines(c.Value("tujuan_aplikasi")), Answers: c.Value("penanggung_jawab"), Since: x.Now}
	if _, taken := x.app(a.Name); taken {
		return nil, told.Refuse("Aplikasi dengan nama ini sudah terdaftar.")
	}
	for _, m := range a.Methods {
		switch {
		case m == agreement.Portal:
			return nil, told.Refuse("Web portal bukan metode sebuah aplikasi: portal sudah terdaftar bersama perjanjian.")
		case x.Grant == nil || !x.Grant.Allows(m):
			return nil, told.Refuse("Perjanjian instansi ini tidak memberikan metode " + agreement.MethodLabels([]string{m})[0] + ".")
		}
	}
	return []Effect{RegisterApplication{a}}, nil
}

// NewApp is an application that a request of a user id or a token names and that is not in the register yet: it is put there, and used once
// its PoC is scheduled.
func NewApp(u party.User, name string) party.App {
	a := party.App{Agency: u.Institution, Name: name, Kind: party.ProgramApp, Methods: u.Methods}
	if u.Role != party.Application {
		a.Kind, a.Methods = party.DeskApp, []string{agreement.API, agreement.Reader}
	}
	return a
}

// ofApp is for effects on an application of the agency that is in use.
func ofApp(build func(*Case, Facts, party.App) ([]Effect, error)) func(*Case, Facts) ([]Effect, error) {
	return func(c *Case, x Facts) ([]Effect, error) {
		a, ok := x.app(c.Value("aplikasi"))
		switch {
		case x.Agreement == nil:
			return nil, errNoAgreement
		case !ok:
			return nil, told.Refuse("Aplikasi tidak ditemukan pada instansi ini, atau sudah diakhiri.")
		}
		return build(c, x, a)
	}
}

func endApplication(_ *Case, _ Facts, a party.App) ([]Effect, error) {
	if a.Kind == party.PortalApp {
		return nil, told.Refuse("Web portal berakhir bersama perjanjian, bukan dengan berkas ini.")
	}
	return []Effect{EndApplication{a}}, nil
}

func schedulePoC(c *Case, x Facts, a party.App) ([]Effect, error) {
	days, err := c.days("poc_mulai", "poc_sampai")
	if err != nil {
		return nil, err
	}
	from, until := days[0], days[1]
	switch {
	case x.Grant.Unlimited(a.ID):
		return nil, told.Refuse("Aplikasi ini sudah lulus PoC.")
	case until.Before(from) || until.Before(x.Today):
		return nil, told.Refuse("Hari terakhir PoC harus sama dengan atau setelah hari pertamanya, dan belum lewat.")
	case until.Sub(from) > longestTrial:
		return nil, told.Refuse("Jadwal PoC paling lama 90 hari.")
	case until.After(x.Grant.LastDay(x.Institution.Zone)):
		return nil, told.Refuse("Jadwal PoC harus berakhir sebelum perjanjian berakhir, " +
			bahasa.Date(x.Grant.LastDay(x.Institution.Zone)) + ".")
	}
	return []Effect{RecordPoC{*x.Agreement, a, agreement.PoCLetter{Application: a.ID, Letter: c.Letter(), On: from, Until: until}}}, nil
}

// pocFields are what a result needs: the application and a checklist of at least these points.
var pocFields = map[string]string{"aplikasi": "application", "periksa_tujuan": "choice", "periksa_elemen": "choice",
	"periksa_simpan": "choice", "temuan": "long"}

// pocResult records a result. What the checklist says binds the decision: one point that is not as it should be cannot be passed.
func pocResult(passed bool) func(*Case, Facts, party.App) ([]Effect, error) {
	return func(c *Case, x Facts, a party.App) ([]Effect, error) {
		l := agreement.PoCLetter{Application: a.ID, Letter: c.Letter(), On: x.Today, Passed: passed}
		switch {
		case !passed:
		case !x.Grant.Tried(a.ID):
			return nil, told.Refuse("PoC aplikasi ini belum dijadwalkan, atau jadwalnya belum mulai.")
		case x.Grant.Unlimited(a.ID):
			return nil, told.Refuse("Aplikasi ini sudah lulus PoC.")
		case c.unfit() != "":
			return nil, told.Refuse("PoC tidak dapat dinyatakan lulus: butir \"" + c.unfit() + "\" tidak sesuai.")
		}
		return []Effect{RecordPoC{*x.Agreement, a, l}}, nil
	}
}

// unfit is the first point of the checklist that is not as it should be; empty: all are.
func (c *Case) unfit() string {
	for f := range c.checklist() {
		if c.Value(f.Key) != checkGood {
			return f.Name
		}
	}
	return ""
}

func (c *Case) checklist() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for _, s := range c.Procedure.Steps {
			for _, f := range s.Fields {
				if strings.HasPrefix(f.Key, checkPrefix) && !yield(f) {
					return
				}
			}
		}
	}
}

// Checklist is the checklist of a PoC as it was filled in: point and verdict in words; none before.
func (c *Case) Checklist() (rows [][2]string) {
	for f := range c.checklist() {
		if c.Value(f.Key) != "" {
			rows = append(rows, [2]string{f.Name, c.label(f.Key)})
		}
	}
	return rows
}

// Applications are the agency's that a case can name: the portal first, then those of its register that are in use.
func (x Facts) Applications() []party.App {
	list := []party.App{party.Portal(x.Institution.ID, agreement.Portal)}
	for _, a := range x.Apps {
		if a.InUse(x.Now) {
			list = append(list, a)
		}
	}
	return list
}

// app finds an application in use by its name.
func (x Facts) app(name string) (party.App, bool) {
	list := x.Applications()
	i := slices.IndexFunc(list, func(a party.App) bool { return strings.EqualFold(a.Name, name) })
	if i < 0 {
		return party.App{}, false
	}
	return list[i], true
}
