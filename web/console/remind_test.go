package console

import (
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"gapura/agreement/agreement"
	"gapura/agreement/obligation"
	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/store/storetest"
)

// A postbox is a real SMTP server on loopback that keeps what it takes.
type postbox struct {
	mu  sync.Mutex
	got []letter // guarded by mu
}

type letter struct{ to, subject, text string }

func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{box: p}, nil }

type delivery struct {
	box *postbox
	to  string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to = to
	return nil
}
func (d *delivery) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	d.box.mu.Lock()
	defer d.box.mu.Unlock()
	d.box.got = append(d.box.got, letter{d.to, subject, m.Header.Get("Content-Type") + "\n" + string(body)})
	return err
}
func (d *delivery) Reset()        {}
func (d *delivery) Logout() error { return nil }

// delivered sends what waits through a real server and returns what it took since the last time.
func (r *room) delivered(box *postbox, to *notify.Sender) []letter {
	r.Helper()
	box.mu.Lock()
	box.got = nil
	box.mu.Unlock()
	for {
		n, err := to.Deliver(r.Context())
		if err != nil {
			r.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	return slices.Clone(box.got)
}

func (r *room) mailbox() (*postbox, *notify.Sender) {
	r.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.Fatal(err)
	}
	box := &postbox{}
	srv := smtp.NewServer(box)
	srv.Domain = "surel.example"
	go srv.Serve(l)
	r.Cleanup(func() { srv.Close() })
	return box, notify.NewSender(r.store.Mails, notify.SMTP{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port,
		From: "gapura@rekaan.example", TLS: "none"}, func() time.Time { return r.now }, slog.New(slog.NewTextHandler(r.log, nil)))
}

func (r *room) look() {
	r.Helper()
	if err := office.RemindersOf(r.office).Look(r.Context()); err != nil {
		r.Fatal(err)
	}
}

// reminders are an institution's notices that remind of duties, since an instant.
func (r *room) reminders(of int64, since time.Time) (out []procedure.Notice) {
	r.Helper()
	list, err := r.store.Notices.Notices(r.Context(), of, 0, 10_000)
	if err != nil {
		r.Fatal(err)
	}
	for _, n := range list {
		if strings.Contains(n.Text, "Pengingat kewajiban") && !n.At.Before(since) {
			out = append(out, n)
		}
	}
	return out
}

// However much is owed, a person is told once a day: one notice for an institution's people and one mail to each address, with everything
// in it; what is late is told of again each week.
func TestOneNoticeAndOneMailADay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		box, sender := r.mailbox()
		i, all, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinkop")
		if err != nil {
			t.Fatal(err)
		}
		r.now = all[0].SignedOn.AddDate(0, 6, 1).Add(3 * time.Hour) // the first day on which the certificate is late
		r.look()
		r.look()
		told := r.reminders(i.ID, r.now)
		if len(told) != 1 || strings.Count(told[0].Text, ";") < 2 || told[0].Path != "/kewajiban" {
			t.Fatalf("%d notices: %+v", len(told), told)
		}
		if staff := r.reminders(party.Provider, r.now); len(staff) != 1 || staff[0].Path != "/konsol/kepatuhan" {
			t.Errorf("the staff: %+v", staff)
		}
		// What becomes due later in the day is told of on the next.
		head := party.Head{Name: "Rekaan Empat", Position: "Kepala Dinas", Since: party.WIB.Day(r.now).AddDate(0, 0, -20)}
		if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, By: 1, Reason: "uji"},
			procedure.ChangeHead{Agency: i.ID, Old: i.Head(party.WIB.Day(r.now)), New: head}); err != nil {
			t.Fatal(err)
		}
		r.look()
		if told := r.reminders(i.ID, r.now); len(told) != 1 || strings.Contains(told[0].Text, "SPTJM") {
			t.Errorf("a second time on one day: %+v", told)
		}
		count := map[string]int{}
		for _, m := range r.delivered(box, sender) {
			if strings.HasPrefix(m.subject, "[Gapura] Pengingat kewajiban") {
				count[m.to]++
			}
		}
		if count["kantor@dinkop.example"] != 1 {
			t.Errorf("mails: %v", count)
		}
		for to, n := range count {
			if n != 1 {
				t.Errorf("%d mails to %s", n, to)
			}
		}
		first := r.now
		for day := 1; day <= 7; day++ {
			r.now = first.AddDate(0, 0, day)
			r.look()
			again := r.reminders(i.ID, r.now)
			if late := len(again) == 1 && strings.Contains(again[0].Text, "Sertifikat ISO/IEC 27001: telah lewat"); late != (day == 7) {
				t.Errorf("day %d: %+v", day, again)
			}
			if day == 1 && (len(again) != 1 || !strings.Contains(again[0].Text, "SPTJM penanggung jawab: telah lewat")) {
				t.Errorf("the next day: %+v", again)
			}
		}
	})
}

// A link in a notice stands for those only whom it leads somewhere.
func TestNoticesLinkWhereTheReaderMayGo(t *testing.T) {
	r := open(t, storetest.SQLite(t))
	r.now = r.now.AddDate(0, 4, 0)
	r.look()
	for login, want := range map[string]bool{"kepala.dinkop": true, "petugas.dinkop": false} {
		page := r.do(r.session(login), "GET", "/pemberitahuan", nil, "").Body.String()
		if !strings.Contains(page, "Pengingat kewajiban") {
			t.Errorf("%s is not told", login)
		}
		if got := strings.Contains(strings.SplitN(page, "<main", 2)[1], `href="/kewajiban"`); got != want {
			t.Errorf("%s: the link to the duties is shown: %v", login, got)
		}
	}
}

// When a new agreement follows one that has ended, the old one's last semester is reported all the same, and its report can be sent.
func TestWhatAnEarlierAgreementLeftIsStillAsked(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		ctx := t.Context()
		r.now = r.now.AddDate(0, 8, 0) // the semester in which it ended has been due
		i, all, _, err := r.store.Institutions.InstitutionByCode(ctx, "disperin")
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		old := all[0]
		last := obligation.SemesterOf(old.EndsOn)
		next := old
		next.ID, next.ProviderNumber, next.SignedOn, next.EndsOn = 0, "400.12/9001/2026", party.WIB.Day(r.now), r.now.AddDate(2, 0, 0)
		next.EndsOn = party.WIB.Day(next.EndsOn)
		states := func() map[string]obligation.Duty {
			facts, err := r.store.Duties.DutyFacts(ctx, 0, r.now)
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]obligation.Duty{}
			for _, d := range obligation.Duties(facts[i.ID], obligation.NewCalendar(obligation.DefaultHolidays()), party.WIB.Day(r.now)) {
				out[d.Rule.Key+" "+d.Period] = d
			}
			return out
		}
		before := states()["evaluasi "+last.String()]
		if before.State != obligation.Overdue && before.State != obligation.Met {
			t.Fatalf("before: %+v", before)
		}
		if _, err := r.store.Rights.Apply(ctx, journal.Change{At: r.now, By: 1, Reason: "uji"},
			procedure.SignAgreement{Agreement: next}); err != nil {
			t.Fatal(err)
		}
		after := states()
		if d := after["laporan-semester "+last.String()]; d.Agreement != old.ID || !d.Earlier {
			t.Errorf("the report of the old agreement's last semester: %+v", d)
		}
		if d := after["iso27001 "]; d.Agreement == 0 {
			t.Errorf("the new agreement's certificate: %+v", d)
		}
		board := r.do(r.session("operator"), "GET", "/konsol/kewajiban/disperin", nil, "").Body.String()
		if !strings.Contains(board, "perjanjian sebelumnya, PKS "+old.ProviderNumber) {
			t.Error("the provider's page does not show the earlier agreement's duties")
		}
	})
}

// An accepted report is passed on to the Director General with its paper, within ten working days of its receipt, once.
func TestReportsArePassedOnToTheDirectorGeneral(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		r.office.Details.Ministry = "dirjen@pusat.example"
		box, sender := r.mailbox()
		ctx := t.Context()
		i, all, _, err := r.store.Institutions.InstitutionByCode(ctx, "dinsos")
		if err != nil {
			t.Fatal(err)
		}
		r.now = r.now.AddDate(0, 4, 0)
		s := obligation.SemesterOf(r.now).Previous()
		on := s.Ends().AddDate(0, 0, 5)
		e := procedure.Evidence{Agency: i.ID, Agreement: all[0].ID, Rule: "laporan-semester", Period: s.String(), On: on, By: 2, At: r.now}
		operator := r.session("operator")
		pass := func(how string) *http.Response {
			return r.post(operator, "/konsol/penerusan/dinsos", url.Values{"bukti": {"laporan-semester"}, "semester": {s.String()},
				"cara": {how}}).Result()
		}
		if got := pass("surel").StatusCode; got != http.StatusConflict {
			t.Errorf("a report that was not received is passed on: %d", got)
		}
		id, err := r.store.Duties.Deliver(ctx, e, &procedure.File{Agency: i.ID, Kind: "scan", Title: "Laporan",
			Media: "application/pdf", By: 2,
			At: r.now, Content: []byte("%PDF-1.7\n")})
		if err != nil {
			t.Fatal(err)
		}
		if got := pass("surel").StatusCode; got != http.StatusConflict {
			t.Errorf("a report that was not accepted is passed on: %d", got)
		}
		if _, err := r.store.Duties.Judge(ctx, id, 1, r.now, true, ""); err != nil {
			t.Fatal(err)
		}
		duty := func() obligation.Duty {
			t.Helper()
			facts, err := r.store.Duties.DutyFacts(ctx, 0, r.now)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range obligation.Duties(facts[i.ID], obligation.NewCalendar(obligation.DefaultHolidays()), party.WIB.Day(r.now)) {
				if d.Rule.Key == "penerusan-laporan" && d.Period == s.String() {
					return d
				}
			}
			t.Fatal("nothing is to be passed on")
			return obligation.Duty{}
		}
		want := obligation.NewCalendar(obligation.DefaultHolidays()).AddWorkdays(on, 10)
		if d := duty(); d.State == obligation.Met || !d.Due.Equal(want) || d.Rule.Party != "provider" {
			t.Errorf("%s, due %s", d.State, d.Due)
		}
		if page := r.do(operator, "GET", "/konsol/kewajiban/dinsos", nil, "").Body.String(); !strings.Contains(page,
			"Teruskan lewat surel") {
			t.Error("the board has no way to pass it on")
		}
		r.delivered(box, sender)
		if got := pass("surel").StatusCode; got != http.StatusSeeOther {
			t.Fatal(got)
		}
		mails := r.delivered(box, sender)
		if len(mails) != 1 || mails[0].to != "dirjen@pusat.example" || !strings.Contains(mails[0].subject, "Laporan "+s.Words()) ||
			!strings.Contains(mails[0].text, "application/pdf") {
			t.Errorf("%d mails: %+v", len(mails), mails)
		}
		if d := duty(); d.State != obligation.Met {
			t.Errorf("after: %s", d.State)
		}
		if got := pass("kertas").StatusCode; got != http.StatusConflict {
			t.Errorf("passed on twice: %d", got)
		}
	})
}

// At 80 % of the day's hits both sides are told by mail, once that day and again on another.
func TestQuotaWarningIsMailedOnceADay(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, engine string) {
		r := open(t, engine)
		box, sender := r.mailbox()
		warned := func() (to []string) {
			r.look()
			for _, m := range r.delivered(box, sender) {
				if strings.Contains(strings.ToLower(m.subject), "kuota hampir habis") {
					to = append(to, m.to)
				}
			}
			return to
		}
		i, all, _, err := r.store.Institutions.InstitutionByCode(t.Context(), "dinkop")
		if err != nil {
			t.Fatal(err)
		}
		if got := warned(); len(got) != 0 {
			t.Fatalf("warned of nothing: %v", got)
		}
		five := 5
		if _, err := r.store.Rights.Apply(t.Context(), journal.Change{At: r.now, By: 1, Reason: "uji"}, procedure.AddAddendum{
			Agreement: all[0], Addendum: agreement.Addendum{Number: "uji", EffectiveOn: party.WIB.Day(r.now),
				Change: agreement.Change{Quota: &five}}}, procedure.CreateUser{User: party.User{Institution: party.Provider,
			Login: "admin-surel", Name: "Rekaan", Role: party.Administrator, Email: "admin@dukcapil.example"}}); err != nil {
			t.Fatal(err)
		}
		for n := range 4 {
			if n == 3 {
				if got := warned(); len(got) != 0 {
					t.Errorf("warned at 60 %%: %v", got)
				}
			}
			r.ask("petugas.dinkop", r.found[n])
		}
		got := warned()
		if !slices.Contains(got, "kantor@dinkop.example") || !slices.Contains(got, "admin@dukcapil.example") {
			t.Errorf("told of 80 %%: %v", got)
		}
		if again := warned(); len(again) != 0 {
			t.Errorf("told twice on a day: %v", again)
		}
		for _, of := range []int64{i.ID, party.Provider} {
			if n := r.noticesWith(of, "Kuota hari ini telah terpakai 4 dari 5 hit"); n != 1 {
				t.Errorf("%d notices to institution %d", n, of)
			}
		}
	})
}

func (r *room) noticesWith(of int64, text string) (n int) {
	list, err := r.store.Notices.Notices(r.Context(), of, 0, 10_000)
	if err != nil {
		r.Fatal(err)
	}
	for _, x := range list {
		if strings.Contains(x.Text, text) {
			n++
		}
	}
	return n
}
