package office

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/person/nik"
)

// A Subscription is a resident who asked at the counter to be told by e-mail of the uses of the own data (L3). It tells nothing before its
// address was confirmed by the link that was sent there.
type Subscription struct {
	ID        int64
	NIK       nik.NIK
	Email     string
	Link      string // what its page is opened by
	Letter    string // by which the resident asked
	By        int64  // who took the letter
	Begun     time.Time
	Confirmed time.Time // zero: not yet
	Told      time.Time // last day that was told or empty
}

// Released are uses of an agency in a time that a lawful order withheld until a day that is over.
type Released struct {
	Agency   int64
	From, To time.Time
}

// SubscriptionStore is what is kept of them.
type SubscriptionStore interface {
	// Begin keeps a new one in place of the person's earlier one, and queues mails; ErrEmailTaken when another person has the address.
	Begin(ctx context.Context, x Subscription, mails func(id int64) []notify.Mail) error
	// End forgets one, with what waits of its mails, and queues the mails that tell so; false when it is not there any more.
	End(ctx context.Context, x Subscription, mails []notify.Mail) (bool, error)
	OfPerson(ctx context.Context, n nik.NIK) (Subscription, bool, error)
	OfLink(ctx context.Context, link string) (Subscription, bool, error)
	// Confirm is false when it was confirmed before. What is told begins after the day told.
	Confirm(ctx context.Context, id int64, at, told time.Time) (bool, error)
	// ToTell are confirmed ones behind an id that a day was not told to, and that nobody has claimed.
	ToTell(ctx context.Context, day, now time.Time, after int64, most int) ([]Subscription, error)
	Unconfirmed(ctx context.Context, before time.Time, most int) ([]Subscription, error)
	// Claim keeps others from composing the same mail until an instant; false when somebody else has claimed it, or the day was told.
	Claim(ctx context.Context, id int64, day, now, until time.Time) (bool, error)
	// KeepTold queues the mail of a day, in one transaction with the note that it was told; false when it was before, or the subscription
	// has ended.
	KeepTold(ctx context.Context, x Subscription, day time.Time, mails []notify.Mail) (bool, error)
	// Released are uses of a person that were withheld until a day from since on and before today.
	Released(ctx context.Context, n nik.NIK, since, today time.Time) ([]Released, error)
}

// ErrEmailTaken refuses an address that another resident is written to at: who reads it would learn of both.
var ErrEmailTaken = told.Wrong("surel", "Alamat surel ini sudah dipakai penduduk lain. Setiap penduduk memerlukan alamatnya sendiri, "+
	"agar pemberitahuannya tidak terbaca orang lain.")

// LinkPath is the page of a subscription, before its link.
const LinkPath = "/kabar/"

const (
	// unconfirmedFor is how long an address may wait for its confirmation.
	unconfirmedFor = 7 * 24 * time.Hour
	// composeFor is how long a process has to compose a mail before another may.
	composeFor = 10 * time.Minute
	// subscriptionBatch is how many are read at a time.
	subscriptionBatch = 100
	// mailPurpose is the purpose of the records.
	mailPurpose = "pemberitahuan surel"
)

// Subscriptions is the way in to what residents are told by e-mail. Safe for concurrent use.
type Subscriptions struct {
	o    *Office
	tell Teller
}

// SubscriptionsOf is an office's.
func SubscriptionsOf(o *Office, tell Teller) Subscriptions { return Subscriptions{o, tell} }

// note records what becomes of a subscription, before it does.
func (s Subscriptions) note(ctx context.Context, who Actor, x Subscription, method, what string) error {
	return s.tell.Note(ctx, access.DisclosureRequest{User: who.User, Method: method, Address: who.Address, Reference: x.Letter,
		NIK: x.NIK.Digits()}, mailPurpose+": "+what, access.OutcomeNoted)
}

func (s Subscriptions) page(x Subscription) string {
	return strings.TrimSuffix(s.o.Details.URL, "/") + LinkPath + x.Link
}

// Begin takes what a resident asked for at the counter; the address is asked by mail whether it is right. Whoever had the person's earlier
// address is told that nothing comes there any more. Errors that the user must see are *told.Error.
func (s Subscriptions) Begin(ctx context.Context, who Actor, n nik.NIK, email, letter string) error {
	o := s.o
	if o.Details.URL == "" {
		return told.Wrong("surel", "Pemberitahuan lewat surel memerlukan alamat layanan ini ('url' pada berkas konfigurasi), karena "+
			"setiap surel memuat tautan untuk menghentikannya.")
	}
	now := o.Now()
	email = strings.TrimSpace(email)
	a, err := mail.ParseAddress(email)
	if err != nil || a.Address != email || len(email) > 200 {
		return told.Wrong("surel", "Bukan alamat surel yang benar.")
	}
	f, err := o.Store.Cases.Facts(ctx, party.Provider, now)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(f.Staff, func(u party.User) bool { return strings.EqualFold(u.Email, email) }) {
		return told.Wrong("surel", "Alamat ini milik staf Dinas Dukcapil; isi alamat pemohon sendiri.")
	}
	x := Subscription{NIK: n, Email: email, Link: party.NewSlipCode(), Letter: letter, By: who.User, Begun: now}
	was, had, err := o.Store.Subscriptions.OfPerson(ctx, n)
	if err != nil {
		return err
	}
	what := "diminta di loket"
	if had {
		what = "diganti di loket"
	}
	if err := s.note(ctx, who, x, "console", what); err != nil {
		return err
	}
	err = o.Store.Subscriptions.Begin(ctx, x, func(id int64) []notify.Mail {
		x.ID = id
		out := s.mail(x, now, "Konfirmasi alamat surel", "Alamat ini dicatat pada "+o.Details.Name+" untuk menerima pemberitahuan, "+
			"paling banyak satu surel sehari, bila data kependudukan pemiliknya digunakan.\n\nPemberitahuan baru dikirim setelah Anda "+
			"menyetujuinya pada halaman ini:\n"+s.page(x)+"\n\nBila Anda tidak memintanya, abaikan surel ini: tanpa persetujuan, "+
			"alamat ini dihapus setelah tujuh hari.")
		if had {
			out = append(out, s.farewell(was, now)...)
		}
		return out
	})
	o.wake(err == nil)
	return err
}

// mail is one to the resident; what is of the subscription is not sent after its end.
func (s Subscriptions) mail(x Subscription, at time.Time, subject, body string) []notify.Mail {
	out := s.o.mailsTo([]string{x.Email}, at, subject, "Yth. Bapak/Ibu\n\n"+body)
	out[0].Subscription = x.ID
	return out
}

// farewell tells an address that was confirmed that nothing comes there any more.
func (s Subscriptions) farewell(x Subscription, at time.Time) []notify.Mail {
	if x.Confirmed.IsZero() {
		return nil
	}
	out := s.mail(x, at, "Pemberitahuan dihentikan", "Pemberitahuan tentang penggunaan data kependudukan tidak dikirim lagi ke alamat "+
		"ini, sesuai permintaan di loket "+s.o.Details.Name+". Bila bukan Anda yang memintanya, datanglah ke loket.")
	out[0].Subscription = 0
	return out
}

// End ends a resident's subscription at the counter; false when there is none.
func (s Subscriptions) End(ctx context.Context, who Actor, n nik.NIK, letter string) (bool, error) {
	x, found, err := s.o.Store.Subscriptions.OfPerson(ctx, n)
	if err != nil || !found {
		return false, err
	}
	noted := x
	noted.Letter = letter
	if err := s.note(ctx, who, noted, "console", "dihentikan di loket"); err != nil {
		return false, err
	}
	ended, err := s.o.Store.Subscriptions.End(ctx, x, s.farewell(x, s.o.Now()))
	s.o.wake(ended)
	return ended, err
}

// Find is what the page of a link shows; found is false when there is none, or none any more.
func (s Subscriptions) Find(ctx context.Context, link string) (confirmed, found bool, err error) {
	x, found, err := s.o.Store.Subscriptions.OfLink(ctx, link)
	return !x.Confirmed.IsZero(), found, err
}

// Confirm begins to tell, from the day on, because who reads the address wants it; false when the link leads nowhere.
func (s Subscriptions) Confirm(ctx context.Context, link string, from netip.Addr) (bool, error) {
	x, found, err := s.o.Store.Subscriptions.OfLink(ctx, link)
	if err != nil || !found || !x.Confirmed.IsZero() {
		return found, err
	}
	zone, err := s.zone(ctx)
	if err == nil {
		err = s.note(ctx, Actor{Address: from}, x, access.MethodMail, "disetujui lewat tautan")
	}
	if err == nil {
		now := s.o.Now()
		_, err = s.o.Store.Subscriptions.Confirm(ctx, x.ID, now, zone.Day(now).AddDate(0, 0, -1))
	}
	return true, err
}

// Stop ends a subscription by its link; false when the link leads nowhere, as after the first time.
func (s Subscriptions) Stop(ctx context.Context, link string, from netip.Addr) (bool, error) {
	x, found, err := s.o.Store.Subscriptions.OfLink(ctx, link)
	if err != nil || !found {
		return false, err
	}
	if err := s.note(ctx, Actor{Address: from}, x, access.MethodMail, "dihentikan lewat tautan"); err != nil {
		return false, err
	}
	return s.o.Store.Subscriptions.End(ctx, x, nil)
}

// zone is the office's.
func (s Subscriptions) zone(ctx context.Context) (party.Zone, error) {
	x, err := s.o.Store.Cases.Facts(ctx, party.Provider, s.o.Now())
	return x.Institution.Zone, err
}

// Run tells at once and then every so often until ctx ends.
func (s Subscriptions) Run(ctx context.Context, every time.Duration, failed func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		if err := s.Daily(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Daily tells each resident who is still to be told of the days that are over, and forgets addresses that nobody confirmed. Of several
// processes one tells each; after a crash the next does. A fault with one resident does not hold up the others.
func (s Subscriptions) Daily(ctx context.Context) error {
	now := s.o.Now()
	zone, err := s.zone(ctx)
	if err != nil {
		return err
	}
	today := zone.Day(now)
	errs := []error{s.forget(ctx, now)}
	if party.WIB.Day(now).Before(today) { // what is withheld is so to the end of a day in WIB: see access.Disclosure
		return errors.Join(errs...)
	}
	day := today.AddDate(0, 0, -1)
	for after := int64(0); ; {
		list, err := s.o.Store.Subscriptions.ToTell(ctx, day, now, after, subscriptionBatch)
		if err != nil || len(list) == 0 {
			return errors.Join(append(errs, err)...)
		}
		for _, x := range list {
			after = x.ID
			if err := s.tellOne(ctx, x, zone, day, now); err != nil {
				errs = append(errs, fmt.Errorf("subscription %d: %w", x.ID, err))
			}
		}
	}
}

// forget ends those that nobody confirmed.
func (s Subscriptions) forget(ctx context.Context, now time.Time) error {
	list, err := s.o.Store.Subscriptions.Unconfirmed(ctx, now.Add(-unconfirmedFor), subscriptionBatch)
	for _, x := range list {
		if err := s.note(ctx, Actor{}, x, access.MethodMail, "tidak disetujui, alamat dihapus"); err != nil {
			return err
		}
		if _, err := s.o.Store.Subscriptions.End(ctx, x, nil); err != nil {
			return err
		}
	}
	return err
}

// tellOne tells a resident of the days since the last, to the end of a day. Protected persons are told nothing by mail, which others may
// read.
func (s Subscriptions) tellOne(ctx context.Context, x Subscription, zone party.Zone, day, now time.Time) error {
	store := s.o.Store.Subscriptions
	mine, err := store.Claim(ctx, x.ID, day, now, now.Add(composeFor))
	if err != nil || !mine {
		return err
	}
	guards, err := s.o.Store.Protections.Protected(ctx, x.NIK, now)
	if err != nil {
		return err
	}
	var mails []notify.Mail
	if len(guards) == 0 {
		news, late, err := s.news(ctx, x, zone, day)
		if err != nil {
			return err
		}
		if len(news.Uses)+len(late) > 0 {
			if err := s.tell.Note(ctx, access.DisclosureRequest{Method: access.MethodMail, Reference: x.Letter, NIK: x.NIK.Digits()},
				mailPurpose, access.OutcomeTold); err != nil {
				return err
			}
			mails = s.mail(x, now, "Penggunaan data kependudukan Anda", s.text(x, zone, day, news, late))
		}
	}
	kept, err := store.KeepTold(ctx, x, day, mails)
	s.o.wake(kept && len(mails) > 0)
	return err
}

// news are the uses of the days that are to be told, and those of before that are withheld no longer. When all that there is is withheld,
// nothing is told: the mail itself would say that somebody asked that day.
func (s Subscriptions) news(ctx context.Context, x Subscription, zone party.Zone, day time.Time) (news access.Told, late []access.Use,
	err error) {
	first := x.Told.AddDate(0, 0, 1)
	from := zone.Begin(first)
	if news, err = s.tell.News(ctx, x.NIK, from, zone.Begin(day.AddDate(0, 0, 1))); err != nil {
		return news, nil, err
	}
	free, err := s.o.Store.Subscriptions.Released(ctx, x.NIK, first, day.AddDate(0, 0, 1))
	if err != nil {
		return news, nil, err
	}
	seen := map[journal.ID]bool{}
	for _, f := range free {
		begin, end := later(f.From, x.Confirmed), f.To
		if from.Before(end) {
			end = from
		}
		if !begin.Before(end) {
			continue
		}
		earlier, err := s.tell.News(ctx, x.NIK, begin, end)
		if err != nil {
			return news, nil, err
		}
		for _, u := range earlier.Uses {
			if u.ID.Log == f.Agency && !seen[u.ID] {
				seen[u.ID] = true
				late = append(late, u)
			}
		}
	}
	return news, late, nil
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// mostLines is how many lines a mail has; the counter gives the whole history.
const mostLines = 50

// text is what a mail says: when, who, for what, how and how often. No number, name, value or relative is in it, nor which elements were
// asked for, so that whoever reads it besides the resident learns nothing of anybody.
func (s Subscriptions) text(x Subscription, zone party.Zone, day time.Time, news access.Told, late []access.Use) string {
	var b strings.Builder
	first := x.Told.AddDate(0, 0, 1)
	if len(news.Uses) > 0 {
		when := "Pada " + bahasa.Date(day)
		if first.Before(day) {
			when = "Dari " + bahasa.Date(first) + " sampai " + bahasa.Date(day)
		}
		fmt.Fprintf(&b, "%s data kependudukan Anda digunakan %s kali.\n", when, bahasa.Number(news.Total))
		lines(&b, news.Uses, zone)
		if more := news.Total - len(news.Uses); more > 0 {
			fmt.Fprintf(&b, "\nSelain itu masih ada %s penggunaan yang lebih awal.\n", bahasa.Number(more))
		}
		if news.Delayed > 0 {
			fmt.Fprintf(&b, "\n%s penggunaan lain belum dapat disampaikan sampai berakhirnya penahanan atas perintah yang sah.\n",
				bahasa.Number(news.Delayed))
		}
		b.WriteString("\n")
	}
	if len(late) > 0 {
		fmt.Fprintf(&b, "Yang berikut (%s kali) sebelumnya belum dapat disampaikan atas perintah yang sah, dan kini disampaikan.\n",
			bahasa.Number(len(late)))
		lines(&b, late, zone)
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "Bila ada yang tidak Anda kenali, datanglah ke loket %s: Anda dapat meminta riwayat lengkap dan mengajukan "+
		"keberatan.\n\nBerhenti menerima surel ini: %s", s.o.Details.Name, s.page(x))
	return b.String()
}

// lines lists uses, the same ones of a day as one line with how often.
func lines(b *strings.Builder, uses []access.Use, zone party.Zone) {
	type same struct{ day, agency, purpose, how string }
	var order []same
	times := map[same][]string{}
	for _, u := range slices.Backward(uses) { // oldest first
		at := u.At.In(zone.Location())
		act, result, _ := u.Words()
		result, _, _ = strings.Cut(result, ":") // why nothing was shown may tell of the person
		k := same{bahasa.Date(at), u.Agency, u.Purpose, act + " melalui " + way(u.Method) + ", " + strings.ToLower(result)}
		if times[k] == nil {
			order = append(order, k)
		}
		times[k] = append(times[k], at.Format("15.04"))
	}
	for n, k := range order {
		if n == mostLines {
			fmt.Fprintf(b, "\n… dan %s baris lain\n", bahasa.Number(len(order)-n))
			return
		}
		clock := times[k]
		when := "pukul " + clock[0]
		if last := clock[len(clock)-1]; last != clock[0] {
			when += " sampai " + last
		}
		fmt.Fprintf(b, "\n%d. %s, %s %s: %s\n   Tujuan: %s\n   Cara: %s (%s kali)\n", n+1, k.day, when, zone, k.agency, k.purpose, k.how,
			bahasa.Number(len(clock)))
	}
}

// way is a method in words; the counter's is no access method of an agreement.
func way(method string) string {
	if method == "console" {
		return "loket"
	}
	return agreement.MethodLabels([]string{method})[0]
}
