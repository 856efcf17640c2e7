package main

import (
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/internal/notify"
	"gapura/journal/journal"
	"gapura/office/office"
	"gapura/office/procedure"
	"gapura/person/nik"
	"gapura/store/storetest"
	"gapura/test/life"
)

const residentsAddress = "warga.satu@rekaan.example"

// A mailbox is a resident who asked for e-mails, with the service that sends them.
type mailbox struct {
	*walk
	post  *life.Post
	mails office.Subscriptions
	where string
	read  int // mails that were looked at
}

func newMailbox(t *testing.T, where string) *mailbox {
	m := &mailbox{walk: newWalkOn(t, where), post: life.OpenPost(t), where: where}
	m.p.office.Details.URL = "https://gapura.example"
	m.mails = office.SubscriptionsOf(m.p.office, m.p.disclosure())
	return m
}

// daily looks at what is due, as each process does again and again, and delivers; it returns what came.
func (m *mailbox) daily() []string {
	m.Helper()
	if err := m.mails.Daily(m.Context()); err != nil {
		m.Fatal(err)
	}
	return m.delivered()
}

func (m *mailbox) delivered() []string {
	m.Helper()
	s := notify.NewSender(m.p.store.Mails, notify.SMTP{Host: "127.0.0.1", Port: m.post.Port, From: "gapura@dukcapil.example", TLS: "none"},
		m.p.now, slog.New(slog.DiscardHandler))
	if _, err := s.Deliver(m.Context()); err != nil {
		m.Fatal(err)
	}
	all := m.post.To(residentsAddress)
	fresh := all[m.read:]
	m.read = len(all)
	return fresh
}

// counter is the form at the counter.
func (m *mailbox) counter(number, choice string) (int, string) {
	m.Helper()
	got := m.form(m.actor("operator"), "/konsol/penduduk/surel", false, url.Values{"nik": {number}, "surat": {"470/77"},
		"identitas": {"ya"}, "surel": {residentsAddress}, "pilihan": {choice}})
	return got.Code, html.UnescapeString(got.Body.String())
}

// linked is the page that the last mail's link leads to; choice "" only opens it.
func (m *mailbox) linked(path, choice string) (int, string) {
	m.Helper()
	if choice == "" {
		got := m.send(actor{}, "GET", path, m.place(false), 0)
		return got.Code, got.Body.String()
	}
	got := m.fill(actor{}, path, url.Values{"pilihan": {choice}}, m.place(false))
	return got.Code, got.Body.String()
}

var linkIn = regexp.MustCompile(`https://gapura\.example(/kabar/[0-9A-Z-]+)`)

// begun is a resident who confirmed, with the path of the link.
func (m *mailbox) begun() (path string) {
	m.Helper()
	if code, body := m.counter(m.out.Sample.Found[0], "daftarkan"); code != http.StatusOK {
		m.Fatal(code, body)
	}
	in := m.delivered()
	if len(in) != 1 || linkIn.FindStringSubmatch(in[0]) == nil {
		m.Fatal("no mail that asks for the confirmation:", in)
	}
	path = linkIn.FindStringSubmatch(in[0])[1]
	if code, body := m.linked(path, "setuju"); code != http.StatusOK || !strings.Contains(body, "Pemberitahuan dimulai") {
		m.Fatal(code, body)
	}
	return path
}

// looks is an officer's lookup of a resident.
func (m *mailbox) looks(number string) {
	m.Helper()
	got := m.form(m.actor("petugas.dinpertan"), "/cari", false, url.Values{"nik": {number}, "purpose": {demo.Purpose},
		"reference": {"R-7"}})
	if got.Code != http.StatusOK {
		m.Fatal(got.Code, got.Body.String())
	}
}

// next is the early morning of so many days later.
func (m *mailbox) next(days int) {
	d := party.WIB.Day(m.at).AddDate(0, 0, days)
	m.at = party.WIB.Begin(d).Add(time.Hour)
}

func (m *mailbox) hidden(when string) {
	m.Helper()
	all := string(m.dump(m.where))
	for _, secret := range []string{residentsAddress, "warga.satu"} {
		if strings.Contains(all, secret) {
			m.Errorf("%s: the address lies open in the database", when)
		}
	}
	if page := m.send(m.actor("admin"), "GET", "/konsol/surel", m.place(true), 0); strings.Contains(page.Body.String(), "warga.satu") {
		m.Errorf("%s: the console's queue shows a resident's address", when)
	}
}

// A resident who asked for it, and confirmed the address, is told once of a day's uses: when, who, for what, how, how often, and nothing
// that names anybody. The mail's own record is followed by no further mail.
func TestAResidentIsToldOnceADayByMail(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		m := newMailbox(t, where)
		own, relative := m.out.Sample.Found[0], m.out.Sample.Found[1]
		path := m.begun()
		m.hidden("confirmed")
		m.looks(own)
		m.looks(own)
		m.looks(relative)
		if in := m.daily(); len(in) != 0 {
			t.Fatal("told before the day is over:", in)
		}
		m.next(1)
		var all sync.WaitGroup
		for range 4 { // as many processes
			all.Go(func() {
				if err := m.mails.Daily(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		m.hidden("waiting")
		in := m.daily() // once more, while the mail waits
		if len(in) != 1 {
			t.Fatalf("%d mails of a day: %q", len(in), in)
		}
		i, _, _, _ := m.p.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		for _, want := range []string{"Pada 23 November 2026", "digunakan 2 kali", i.Name, demo.Purpose, "Web portal", "(2 kali)", path} {
			if !strings.Contains(in[0], want) {
				t.Errorf("the mail does not tell %q: %s", want, in[0])
			}
		}
		for _, never := range []string{own, own[:6], relative, m.nameOf(own), m.nameOf(relative), "R-7", "petugas.dinpertan", "Alamat",
			"3 kali"} {
			if strings.Contains(in[0], never) {
				t.Errorf("the mail tells %q: %s", never, in[0])
			}
		}
		m.hidden("sent")
		if again := m.daily(); len(again) != 0 {
			t.Error("told twice:", again)
		}
		m.next(1)
		if after := m.daily(); len(after) != 0 {
			t.Error("told of a day without uses, or of the mail itself:", after)
		}
		m.recordedOnce(own)
	})
}

// recordedOnce holds what stands in the office's log: the request, the confirmation and one mail, each about the resident.
func (m *mailbox) recordedOnce(number string) {
	m.Helper()
	rows, _, err := m.p.store.Journal.Records(m.Context(), access.HistoryQuery{Agency: party.Provider, Limit: 1000})
	if err != nil {
		m.Fatal(err)
	}
	seen := map[string]int{}
	for _, r := range rows {
		if strings.HasPrefix(r.Purpose, "pemberitahuan surel") {
			if seen[r.Purpose]++; r.NIK.Digits() != number || r.Reference != "470/77" {
				m.Errorf("%+v", r)
			}
		}
	}
	for purpose, n := range map[string]int{"pemberitahuan surel": 1, "pemberitahuan surel: diminta di loket": 1,
		"pemberitahuan surel: disetujui lewat tautan": 1} {
		if seen[purpose] != n {
			m.Errorf("%d records %q, want %d", seen[purpose], purpose, n)
		}
	}
}

// Opening a link changes nothing, because programs that look at mails open them; the button ends it, also for what waits to be sent, and
// the link is dead then.
func TestALinkEndsAResidentsMails(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		m := newMailbox(t, where)
		path := m.begun()
		m.looks(m.out.Sample.Found[0])
		m.next(1)
		if err := m.mails.Daily(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if code, body := m.linked(path, ""); code != http.StatusOK || !strings.Contains(body, "Berhenti menerima surel") {
				t.Fatal(code, body)
			}
		}
		if code, body := m.linked(path, "berhenti"); code != http.StatusOK || !strings.Contains(body, "Pemberitahuan dihentikan") {
			t.Fatal(code, body)
		}
		if in := m.delivered(); len(in) != 0 {
			t.Error("what waited is sent after the end:", in)
		}
		for _, choice := range []string{"", "setuju", "berhenti"} {
			if code, _ := m.linked(path, choice); code != http.StatusGone {
				t.Errorf("the link after its end, %q: %d", choice, code)
			}
		}
		m.looks(m.out.Sample.Found[0])
		m.next(1)
		if in := m.daily(); len(in) != 0 {
			t.Error("told after the end:", in)
		}
	})
}

// Nothing is told to an address that nobody confirmed; it is forgotten after a week. One address serves one resident. At the counter it is
// ended and changed, which the address of before is told.
func TestAnAddressIsConfirmedAndOnePersons(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		m := newMailbox(t, where)
		own, other := m.out.Sample.Found[0], m.out.Sample.Found[1]
		m.counter(own, "daftarkan")
		path := linkIn.FindStringSubmatch(strings.Join(m.delivered(), ""))[1]
		m.looks(own)
		m.next(1)
		if in := m.daily(); len(in) != 0 {
			t.Error("an address that nobody confirmed is told:", in)
		}
		if code, body := m.counter(other, "daftarkan"); code != http.StatusUnprocessableEntity || !strings.Contains(body, "sudah dipakai") {
			t.Errorf("one address for two: %d", code)
		}
		m.next(8)
		m.daily()
		if code, _ := m.linked(path, "setuju"); code != http.StatusGone {
			t.Errorf("confirmed after a week: %d", code)
		}
		m.begun()
		if code, body := m.counter(own, "hentikan"); code != http.StatusOK || !strings.Contains(body, "dihentikan") {
			t.Errorf("%d %s", code, body)
		}
		if in := m.delivered(); len(in) != 1 || !strings.Contains(in[0], "tidak dikirim lagi ke alamat ini") {
			t.Error("the address is not told of the end at the counter:", in)
		}
		if code, body := m.counter(own, "hentikan"); code != http.StatusUnprocessableEntity || !strings.Contains(body, "Tidak ada") {
			t.Errorf("ended twice: %d", code)
		}
	})
}

// A process that ends while it composes is followed by another, after its time; nobody is told twice.
func TestAMailThatWasBeingComposedAtACrashIsSentOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		m := newMailbox(t, where)
		m.begun()
		m.looks(m.out.Sample.Found[0])
		day := party.WIB.Day(m.at)
		m.next(1)
		list, err := m.p.store.Subscriptions.ToTell(t.Context(), day, m.at, 0, 10)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		if mine, err := m.p.store.Subscriptions.Claim(t.Context(), list[0].ID, day, m.at, m.at.Add(10*time.Minute)); err != nil || !mine {
			t.Fatal(mine, err)
		}
		if in := m.daily(); len(in) != 0 {
			t.Error("told while another process composes:", in)
		}
		m.at = m.at.Add(11 * time.Minute)
		if in := m.daily(); len(in) != 1 {
			t.Error("after the crash:", in)
		}
		// The first process wakes up after all.
		kept, err := m.p.store.Subscriptions.KeepTold(t.Context(), list[0], day, []notify.Mail{{To: residentsAddress, Created: m.at}})
		if in := m.delivered(); err != nil || kept || len(in) != 0 {
			t.Error("told twice:", kept, err, in)
		}
	})
}

// What a lawful order withholds is not told, and not betrayed by a mail of its own; it is told when the order ends. A protected person is
// told nothing by mail.
func TestMailsHeedOrdersAndProtection(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		m := newMailbox(t, where)
		m.begun()
		own := m.out.Sample.Found[0]
		n, err := nik.Parse(own)
		if err != nil {
			t.Fatal(err)
		}
		i, _, _, err := m.p.store.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		day := party.WIB.Day(m.at)
		if _, err := m.p.store.Rights.Apply(t.Context(), journal.Change{At: m.at, Reason: "perintah", Letter: "470/8"},
			procedure.WithholdUses{Institution: i, NIK: n, From: day, To: day, Until: day.AddDate(0, 0, 3), Order: "B-12/2026",
				Authority: "Lembaga Rekaan"}); err != nil {
			t.Fatal(err)
		}
		m.looks(own)
		for d := 1; d <= 3; d++ {
			m.next(1)
			if in := m.daily(); len(in) != 0 {
				t.Errorf("day %d: a mail tells of what is withheld: %s", d, in)
			}
		}
		m.next(1)
		if in := m.daily(); len(in) != 1 || !strings.Contains(in[0], "sebelumnya belum dapat disampaikan") ||
			!strings.Contains(in[0], i.Name) {
			t.Errorf("after the order: %q", in)
		}
		m.looks(own)
		m.next(1)
		m.create(party.User{Login: "pengawas", Role: party.Operator, Email: "pengawas@dukcapil.example"})
		m.decided("perlindungan", map[string]string{"nomor_perintah": "P-9", "pemberi_perintah": "Pengadilan Rekaan", "nik": own,
			"pengawas": "pengawas"})
		if in := m.daily(); len(in) != 0 {
			t.Error("a protected person is told by mail:", in)
		}
	})
}
