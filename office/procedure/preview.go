package procedure

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/agreement/reader"
	"gapura/internal/bahasa"
	"gapura/person/population"
)

// A Preview is what would come of the next step, made from the effect itself: whoever decides sees it before (E15).
type Preview struct {
	Changes [][3]string // what, before, after
	Stops   []string    // what will stop working
	Notices []string    // what people will notice besides, in numbers and from when
	Checks  []string    // what the person who takes the step holds against the letter
}

// Preview is what the next step brings about when it is approved, or, of a decision without an effect, what the case brings about after it.
// It is nil when nothing changes or the step itself asks for what the effect takes. The error is a *told.Error when the effect would be
// refused as the case stands.
func (c *Case) Preview(x Facts) (*Preview, error) {
	b, ok := c.coming()
	if !ok {
		return nil, nil
	}
	list, err := b.build(c, x)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	p := new(Preview)
	for _, e := range list {
		if a, ok := e.(AddAddendum); ok {
			p.Changes = append(p.Changes, a.Changes()...)
			p.Changes = append(p.Changes, [3]string{"Mulai berlaku", "", bahasa.Date(a.Addendum.EffectiveOn)})
		} else {
			what, before, after := e.Words()
			p.Changes = append(p.Changes, [3]string{what, before, after})
		}
		p.Stops = append(p.Stops, stops(e, x)...)
		p.Notices = append(p.Notices, noticed(e, x)...)
		p.Checks = append(p.Checks, addresses(e, x)...)
	}
	return p, nil
}

// addresses are the e-mail addresses that an effect makes the office rely on, each with what speaks against it: whoever has the address has
// half of what opens the user id.
func addresses(e Effect, x Facts) []string {
	switch e := e.(type) {
	case CreateInstitution:
		if e.Institution.Email != "" {
			return []string{"Pemberitahuan bagi instansi dikirim ke " + e.Institution.Email + ". Cocokkan dengan suratnya."}
		}
	case CreateUser:
		return x.address(e.User)
	case IssueLink:
		return x.address(e.User)
	}
	return nil
}

// address says where the second half of a user's slips goes, and which of the addresses that are known it is not.
func (x Facts) address(u party.User) []string {
	if u.Email == "" || u.Role.OfProvider() {
		return nil
	}
	text := "Kode kedua bagi " + u.Login + " dikirim ke " + u.Email + ". Setujui hanya apabila alamat itu tertulis pada surat yang " +
		"dipindai dan milik " + u.Name + " sendiri."
	domain := func(a string) string { return strings.ToLower(a[strings.LastIndex(a, "@")+1:]) }
	if own := x.Institution.Email; own != "" && domain(own) != domain(u.Email) {
		text += " Alamat ini bukan alamat pada " + domain(own) + " seperti surel instansi."
	}
	for _, o := range x.Users {
		switch same := party.SamePerson(o, u); {
		case o.Login == u.Login || o.Email == "" || !o.Deactivated.IsZero():
		case same && !strings.EqualFold(o.Email, u.Email):
			text += " Orang yang sama sudah dikenal dengan alamat " + o.Email + " (" + o.Login + ")."
		case !same && strings.EqualFold(o.Email, u.Email):
			text += " Alamat yang sama dipakai " + o.Name + " (" + o.Login + ")."
		}
	}
	return []string{text}
}

// coming is the effect of the next step, or after a decision that has none the one that follows it; false when there is none, or its fields
// are not all filled in before.
func (c *Case) coming() (b builder, ok bool) {
	next := c.Next()
	if next == nil {
		return b, false
	}
	name := next.Effect
	from := slices.IndexFunc(c.Procedure.Steps, func(s Step) bool { return s.Key == next.Key })
	for _, s := range c.Procedure.Steps[from+1:] {
		if name != "" || !next.Decision || s.Decision {
			break
		}
		name = s.Effect
	}
	if b, ok = effects[name]; !ok {
		return b, false
	}
	asks := b.asks()
	for _, s := range c.Procedure.Steps[from:] {
		for _, f := range s.Fields {
			if asks[f.Key] != "" || b.may[f.Key] != "" {
				return b, false
			}
		}
	}
	return b, true
}

// stops are what an effect takes away, in words.
func stops(e Effect, x Facts) []string {
	switch e := e.(type) {
	case SignAgreement:
		if x.Agreement != nil && x.Grant.State.Works() {
			return []string{"Hak akses tidak lagi berdasarkan perjanjian " + x.Agreement.ProviderNumber + "."}
		}
	case AddAddendum:
		return lost(e, x)
	case Decide:
		switch {
		case e.Decision.Kind == agreement.Reinstate:
		case e.LastDay.IsZero():
			return []string{x.everything()}
		default:
			return []string{"Setelah " + bahasa.Date(e.LastDay) + ": " + x.everything()}
		}
	case Deactivate:
		return x.ofUser(e.User, "User ID "+e.User.Login+" dan sesinya yang sedang dibuka berhenti bekerja.")
	case ResetUser:
		return x.ofUser(e.User, "Kata sandi, faktor kedua, dan sesi "+e.User.Login+" berhenti berlaku.")
	case ChangeUser:
		return narrowed(e, x)
	case IssueLink:
		if e.User.HasPassword {
			return []string{"Kata sandi lama " + e.User.Login + " berhenti berlaku ketika lembarnya digunakan."}
		}
	case RevokeToken:
		return []string{e.Token.Kind.Label() + " " + e.Token.Fingerprint + " berhenti bekerja seketika."}
	case ChangeHead:
		return []string{"Tanggung jawab dan SPTJM " + e.Old.Name + " berakhir. Instansi tidak dilayani sampai SPTJM pejabat baru disahkan."}
	case SetReader:
		if e.Old.State == reader.Active {
			return []string{"Pembaca KTP-el " + e.Old.Serial + " berhenti bekerja" + since(e.New.Since) + "."}
		}
	}
	return nil
}

// everything counts what an agency works with.
func (x Facts) everything() string {
	users := len(agencyUsers(x))
	working := slices.DeleteFunc(slices.Clone(x.Readers), func(r reader.Reader) bool { return r.State != reader.Active })
	return fmt.Sprintf("Seluruh akses %s berhenti: %d user ID, %d token, %d pembaca KTP-el.", x.Institution.Name, users, len(x.Tokens),
		len(working))
}

// ofUser adds the tokens of a user, which stop with it.
func (x Facts) ofUser(u party.User, text string) []string {
	list := []string{text}
	for _, t := range x.Tokens {
		if t.Owner == u.ID {
			list = append(list, t.Kind.Label()+" "+t.Fingerprint+" berhenti bekerja.")
		}
	}
	return list
}

// missing are the entries of one list that another does not have.
func missing[T comparable](before, after []T) []T {
	return slices.DeleteFunc(slices.Clone(before), func(v T) bool { return slices.Contains(after, v) })
}

// lost is what an addendum takes away from the agency's people and programs.
func lost(e AddAddendum, x Facts) (list []string) {
	was, now := e.Was, e.becomes(x)
	for _, m := range missing(was.Methods, now.Methods) {
		who := slices.DeleteFunc(agencyUsers(x), func(u party.User) bool { return !slices.Contains(u.Methods, m) })
		logins := make([]string, len(who))
		for i, u := range who {
			logins[i] = u.Login
		}
		text := "Metode " + agreement.MethodLabels([]string{m})[0] + " ditutup"
		if len(logins) > 0 {
			text += " bagi " + strings.Join(logins, ", ")
		}
		list = append(list, text+".")
	}
	if gone := missing(was.Elements.Strings(), now.Elements.Strings()); len(gone) > 0 {
		list = append(list, fmt.Sprintf("%d elemen data tidak diberikan lagi pada semua pintu: %s.", len(gone),
			strings.Join(population.Labels(gone), ", ")))
	}
	if now.Quota < was.Quota {
		list = append(list, fmt.Sprintf("%s pencarian sehari berkurang bagi aplikasi yang belum lulus PoC: setelah pencarian ke-%s "+
			"pada hari itu, semuanya ditolak sampai pergantian hari.", bahasa.Number(was.Quota-now.Quota), bahasa.Number(now.Quota)))
	}
	if now.EndsOn.Before(was.EndsOn) {
		list = append(list, fmt.Sprintf("Akses berakhir %s hari lebih awal, setelah %s.",
			bahasa.Number(daysBetween(now.EndsOn, was.EndsOn)), bahasa.Date(now.EndsOn)))
	}
	for _, n := range missing(was.Networks, now.Networks) {
		list = append(list, "Akses dari jaringan "+n.String()+" ditolak.")
	}
	for _, p := range missing(was.Purposes, now.Purposes) {
		list = append(list, "Pencarian untuk tujuan "+p+" ditolak.")
	}
	return list
}

// narrowed is what a user id may not do any more.
func narrowed(e ChangeUser, x Facts) (list []string) {
	gone := missing(e.Old.Methods, e.New.Methods)
	for _, m := range agreement.MethodLabels(gone) {
		list = append(list, "Metode "+m+" ditutup bagi "+e.Old.Login+".")
	}
	if slices.Contains(gone, agreement.API) {
		list = append(list, x.ofUser(e.Old, "Programnya tidak dapat mencari lagi.")...)
	}
	if e.New.MatchOnly && !e.Old.MatchOnly {
		list = append(list, "Data lengkap tidak ditampilkan lagi kepada "+e.Old.Login+".")
	}
	if len(e.New.Purposes) > 0 {
		if len(e.Old.Purposes) == 0 {
			list = append(list, e.Old.Login+" hanya dapat mencari untuk tujuan "+strings.Join(e.New.Purposes, ", ")+".")
		}
		for _, p := range missing(e.Old.Purposes, e.New.Purposes) {
			list = append(list, "Pencarian "+e.Old.Login+" untuk tujuan "+p+" ditolak.")
		}
	}
	if e.Old.Role != e.New.Role {
		list = append(list, "Hak peran "+e.Old.Role.Label()+" berakhir.")
	}
	return list
}

// becomes is what the agreement grants on the addendum's first day.
func (e AddAddendum) becomes(x Facts) agreement.Grant {
	a := e.Agreement
	a.Addenda = append(slices.Clip(a.Addenda), e.Addendum)
	return a.At(x.Now, e.Addendum.EffectiveOn)
}

func daysBetween(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

// noticed is what an effect gives, in words with numbers: who notices it, and from when.
func noticed(e Effect, x Facts) []string {
	asking := len(slices.DeleteFunc(agencyUsers(x), func(u party.User) bool { return !u.Role.Asks() }))
	switch e := e.(type) {
	case SignAgreement:
		t := e.Agreement.Terms
		return []string{fmt.Sprintf("Sejak %s sampai %s: %s pencarian sehari, %d elemen data, %d metode, %d tujuan. %d user ID dapat "+
			"mencari setelah NDA dan SPTJM ditandatangani.", bahasa.Date(e.Agreement.SignedOn), bahasa.Date(e.Agreement.EndsOn),
			bahasa.Number(t.Quota), len(t.Elements.Strings()), len(t.Methods), len(t.Purposes), asking)}
	case AddAddendum:
		return gained(e, x, asking)
	case CreateUser:
		if e.User.Role.OfProvider() {
			return nil
		}
		return []string{fmt.Sprintf("%s menjadi user ID ke-%d yang terdaftar. User ID ini bekerja setelah NDA ditandatangani dan lembar "+
			"aktivasinya digunakan.", e.User.Login, len(agencyUsers(x))+1)}
	case ChangeUser:
		return widened(e)
	case Restore:
		return []string{e.User.Login + " menerima lembar aktivasi baru dan bekerja setelah lembar itu digunakan."}
	case ReinstateUser:
		return []string{e.User.Login + " dapat mencari lagi seketika pada semua pintu."}
	case Decide:
		if e.Decision.Kind == agreement.Reinstate {
			return []string{fmt.Sprintf("%d user ID dapat mencari lagi seketika.", asking)}
		}
	case Deactivate:
		if !e.User.Role.OfProvider() {
			return []string{"User ID lain instansi ini yang tetap terdaftar: " + bahasa.Number(max(0, len(agencyUsers(x))-1)) + "."}
		}
	}
	return nil
}

// gained is what an addendum gives the agency's people and programs.
func gained(e AddAddendum, x Facts, asking int) (list []string) {
	was, now := e.Was, e.becomes(x)
	from := "Mulai " + bahasa.Date(e.Addendum.EffectiveOn) + ": "
	if now.Quota > was.Quota {
		list = append(list, fmt.Sprintf("%s%s pencarian sehari bertambah, dari %s menjadi %s, bagi %d user ID bersama.", from,
			bahasa.Number(now.Quota-was.Quota), bahasa.Number(was.Quota), bahasa.Number(now.Quota), asking))
	}
	if more := missing(now.Elements.Strings(), was.Elements.Strings()); len(more) > 0 {
		list = append(list, fmt.Sprintf("%s%d elemen data baru terlihat oleh %d user ID: %s.", from, len(more), asking,
			strings.Join(population.Labels(more), ", ")))
	}
	for _, m := range missing(now.Methods, was.Methods) {
		using := len(slices.DeleteFunc(agencyUsers(x), func(u party.User) bool { return !slices.Contains(u.Methods, m) }))
		list = append(list, fmt.Sprintf("%smetode %s dibuka; %d user ID sudah memilikinya.", from, agreement.MethodLabels([]string{m})[0],
			using))
	}
	for _, p := range missing(now.Purposes, was.Purposes) {
		list = append(list, fmt.Sprintf("%spencarian untuk tujuan %s diterima.", from, p))
	}
	for _, n := range missing(now.Networks, was.Networks) {
		list = append(list, fmt.Sprintf("%sakses dari jaringan %s diterima.", from, n))
	}
	if now.EndsOn.After(was.EndsOn) {
		list = append(list, fmt.Sprintf("Akses berlangsung %s hari lebih lama, sampai %s.",
			bahasa.Number(daysBetween(was.EndsOn, now.EndsOn)), bahasa.Date(now.EndsOn)))
	}
	return list
}

// widened is what a user id may do besides, from the moment of the decision.
func widened(e ChangeUser) (list []string) {
	for _, m := range agreement.MethodLabels(missing(e.New.Methods, e.Old.Methods)) {
		list = append(list, "Seketika: "+e.Old.Login+" dapat memakai metode "+m+".")
	}
	if e.Old.MatchOnly && !e.New.MatchOnly {
		list = append(list, "Seketika: data lengkap ditampilkan kepada "+e.Old.Login+".")
	}
	if e.Old.Role != e.New.Role {
		list = append(list, "Seketika: "+e.Old.Login+" bekerja dengan peran "+e.New.Role.Label()+".")
	}
	if len(e.New.Purposes) == 0 && len(e.Old.Purposes) > 0 {
		list = append(list, "Seketika: "+e.Old.Login+" dapat mencari untuk semua tujuan perjanjian.")
	}
	if len(e.Old.Purposes) == 0 {
		return list
	}
	for _, p := range missing(e.New.Purposes, e.Old.Purposes) {
		list = append(list, "Seketika: "+e.Old.Login+" dapat mencari untuk tujuan "+p+".")
	}
	return list
}
