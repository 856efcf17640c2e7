package office

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/document"
	"gapura/internal/notify"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/office/incident"
	"gapura/office/procedure"
	"gapura/person/population"
)

// An IncidentStep is what a step of an incident writes.
type IncidentStep struct {
	Incident  *incident.Incident // as the caller saw it
	Change    journal.Change     // who and when
	Act, Text string
	Words     string // for the record; names nobody
	State     incident.State
	Uses      []incident.Use
	Letters   []procedure.File
	Sent      string // number of a letter that was delivered
	Notices   []procedure.Notice
	Mails     []notify.Mail
}

// An IncidentRegister is the way in to the register of incidents: what is done to an incident, by whom, and who is told.
type IncidentRegister struct{ o *Office }

// IncidentsOf is an office's.
func IncidentsOf(o *Office) IncidentRegister { return IncidentRegister{o} }

// Report enters an incident into the register and tells both sides (J2). An *told.Error says what is wrong with the report.
func (reg IncidentRegister) Report(ctx context.Context, who Actor, i incident.Incident, what, measures string) (int64, error) {
	now := reg.o.Now()
	if err := i.Check(what, measures, now); err != nil {
		return 0, err
	}
	i.State = incident.Reported
	i.Entries = []incident.Entry{{At: now, By: who.User, Act: incident.ActReport, Text: strings.TrimSpace(what)}}
	if m := strings.TrimSpace(measures); m != "" {
		handled := incident.Entry{At: now, By: who.User, Act: incident.ActHandle, Text: m}
		var err error
		if i.State, err = i.Take(handled); err != nil {
			return 0, err
		}
		i.Entries = append(i.Entries, handled)
	}
	text := fmt.Sprintf("Insiden dilaporkan: %s. Pemberitahuan tertulis paling lambat %s (UU 27/2022 Pasal 46)", incident.KindLabel(i.Kind),
		moment(i.Due(), party.WIB))
	told := []procedure.Notice{{Agency: party.Provider, At: now, Text: text, Path: "/konsol/insiden/"}}
	mails, err := reg.o.mails(ctx, party.Provider, now, "Insiden dilaporkan", text+".\n\n"+reg.o.link("/konsol/insiden"))
	if err != nil {
		return 0, err
	}
	if i.Agency != party.Provider {
		told = append(told, procedure.Notice{Agency: i.Agency, At: now, Text: text, Path: "/insiden/"})
		more, err := reg.o.mails(ctx, i.Agency, now, "Insiden dilaporkan", text+".\n\n"+reg.o.link("/insiden"))
		if err != nil {
			return 0, err
		}
		mails = append(mails, more...)
	}
	id, err := reg.o.Store.Incidents.ReportIncident(ctx, journal.Change{At: now, By: who.User, Reason: "PKS 2(2) huruf g"}, i, told, mails)
	reg.o.wake(err == nil && len(mails) > 0)
	return id, err
}

func moment(t time.Time, z party.Zone) string {
	t = t.In(z.Location())
	return bahasa.Date(t) + " " + t.Format("15.04") + " " + string(z)
}

// step begins a step of an incident that the caller saw with so many lines.
func (reg IncidentRegister) step(ctx context.Context, who Actor, id int64, saw int, act, text, words string) (n IncidentStep, err error) {
	i, found, err := reg.o.Store.Incidents.Incident(ctx, id)
	if err != nil {
		return n, err
	}
	if !found {
		return n, told.Wrong("", "Insiden tidak ditemukan.")
	}
	if len(i.Entries) != saw {
		return n, incident.ErrMoved
	}
	now := reg.o.Now()
	n = IncidentStep{Incident: &i, Change: journal.Change{At: now, By: who.User, Reason: "PKS 2(2) huruf g"}, Act: act,
		Text: strings.TrimSpace(text), Words: words}
	n.State, err = i.Take(incident.Entry{At: now, By: who.User, Act: act, Text: n.Text})
	return n, err
}

var incidentWords = map[string]string{
	incident.ActNote: "catatan ditambahkan", incident.ActHandle: "tindakan penanganan dicatat",
	incident.ActNotify: "semua pihak dinyatakan telah diberi tahu", incident.ActClose: "ditutup",
}

// Take takes a step that is a text: a note, measures, that everybody was told, the end. Errors that the user must see are
// *told.Error and incident.ErrMoved.
func (reg IncidentRegister) Take(ctx context.Context, who Actor, id int64, saw int, act, text string) error {
	words, ok := incidentWords[act]
	if !ok || !who.Role.OfProvider() && !incident.AgencyMay(act) {
		return told.Wrong("", "Langkah tidak dikenal.")
	}
	n, err := reg.step(ctx, who, id, saw, act, text, words)
	if err != nil {
		return err
	}
	if i := n.Incident; act == incident.ActNotify || act == incident.ActClose {
		text := fmt.Sprintf("Insiden %d: %s", id, words)
		n.Notices = append(n.Notices, procedure.Notice{Agency: party.Provider, At: n.Change.At, Text: text, Path: "/konsol/insiden/" +
			strconv.FormatInt(id, 10)})
		if i.Agency != party.Provider {
			n.Notices = append(n.Notices, procedure.Notice{Agency: i.Agency, At: n.Change.At, Text: text, Path: "/insiden/" +
				strconv.FormatInt(id, 10)})
		}
	}
	return reg.o.Store.Incidents.TakeIncident(ctx, n)
}

// AddUses notes accesses as affected; those that are noted already stay so.
func (reg IncidentRegister) AddUses(ctx context.Context, who Actor, id int64, saw int, uses []incident.Use, how string) error {
	if len(uses) == 0 {
		return told.Wrong("", "Tidak ada akses yang menampilkan data pada pencarian ini.")
	}
	words := bahasa.Number(len(uses)) + " akses dicatat sebagai terdampak"
	n, err := reg.step(ctx, who, id, saw, incident.ActUses, words+": "+how, words)
	if err != nil {
		return err
	}
	n.Uses = uses
	return reg.o.Store.Incidents.TakeIncident(ctx, n)
}

// lettersInFile is how many letters to residents one file holds at most.
const lettersInFile = 200

// MakeLetter makes the letters of a kind, with one number of the register: to each affected resident, to the agency's head, or to
// the Director General.
func (reg IncidentRegister) MakeLetter(ctx context.Context, who Actor, id int64, saw int, kind string, residents population.Source) error {
	if !slices.Contains([]string{incident.LetterResident, incident.LetterAgency, incident.LetterMinistry}, kind) {
		return told.Wrong("", "Surat tidak dikenal.")
	}
	t, _, err := reg.o.Text(ctx, kind)
	if err != nil {
		return err
	}
	n, err := reg.step(ctx, who, id, saw, incident.ActLetter, t.Name, t.Name+" dibuat")
	if err != nil {
		return err
	}
	i := n.Incident
	switch {
	case kind == incident.LetterResident && i.People == 0:
		return told.Wrong("", "Belum ada penduduk terdampak yang dicatat.")
	case kind == incident.LetterAgency && i.Agency == party.Provider:
		return told.Wrong("", "Insiden ini bukan mengenai akses suatu instansi.")
	}
	x, err := reg.o.Store.Cases.Facts(ctx, i.Agency, n.Change.At)
	if err != nil {
		return err
	}
	// First as a trial: a number of the register is taken for letters that will be made.
	if _, err := reg.letters(ctx, n, t, "…", x, residents); err != nil {
		return err
	}
	year := x.Today.Year()
	seq, err := reg.o.Store.Letters.TakeLetterNumber(ctx, procedure.Letter{Year: year, Agency: i.Agency,
		Subject: fmt.Sprintf("%s (insiden %d)", t.Name, i.ID), At: n.Change.At})
	if err != nil {
		return err
	}
	n.Change.Letter = document.LetterNumber(reg.o.Details.LetterClass, document.Letters, seq, year)
	if n.Letters, err = reg.letters(ctx, n, t, n.Change.Letter, x, residents); err != nil {
		return err
	}
	n.Text += ", nomor " + n.Change.Letter
	return reg.o.Store.Incidents.TakeIncident(ctx, n)
}

func (reg IncidentRegister) letters(ctx context.Context, n IncidentStep, t document.Template, number string, x procedure.Facts,
	residents population.Source) (out []procedure.File, err error) {
	i, d := n.Incident, reg.o.Details
	zone := x.Institution.Zone
	v := map[string]string{
		"nomor": number, "tanggal": bahasa.Date(x.Today), "tempat": d.Place, "dinas": d.Name, "dinas_alamat": d.Address,
		"instansi": x.Institution.Name, "kepala_jabatan": x.Head().Office(),
		"insiden": strconv.FormatInt(i.ID, 10), "jenis": incident.KindLabel(i.Kind), "diketahui": moment(i.Known, zone),
		"periode": days(i.From, i.To, zone), "batas": moment(i.Due(), zone),
		"pelapor": i.Reporter, "user_id": i.Login, "uraian": i.What(), "tindakan": i.Measures(), "jumlah_penduduk": bahasa.Number(i.People),
		"jumlah_akses": bahasa.Number(i.Uses),
	}
	reg.o.sign(v, x)
	if a := x.Agreement; a != nil {
		v["pks_nomor"], v["pks_tanggal"] = a.ProviderNumber, bahasa.Date(a.SignedOn)
	}
	agency := i.Agency
	put := func(all []map[string]string, title string) error {
		pdf, err := document.RenderAll(t, reg.o.head(), all, n.Change.At)
		if err != nil {
			return fmt.Errorf("render %s: %w", t.Key, err)
		}
		out = append(out, procedure.File{Agency: agency, Kind: t.Key, Title: title, Number: number, Media: "application/pdf", Content: pdf,
			By: n.Change.By, At: n.Change.At})
		return nil
	}
	var seen population.Elements
	title := fmt.Sprintf("%s (insiden %d)", t.Name, i.ID)
	if t.Key != incident.LetterResident {
		for skip, more := 0, true; more; skip += lettersInFile {
			if more, err = reg.o.Store.Incidents.IncidentPeople(ctx, i.ID, skip, lettersInFile,
				func(p incident.Person) error { seen |= p.Elements(); return nil }); err != nil {
				return nil, err
			}
		}
		v["unsur"] = strings.Join(population.Labels(seen.Strings()), ", ")
		if t.Key == incident.LetterMinistry {
			agency = party.Provider
		}
		return out, put([]map[string]string{fill(t, v)}, title)
	}
	agency = party.Provider // an agency does not read whom its users have looked up through these letters
	for part, more := 1, true; more; part++ {
		var all []map[string]string
		more, err = reg.o.Store.Incidents.IncidentPeople(ctx, i.ID, (part-1)*lettersInFile, lettersInFile, func(p incident.Person) error {
			w := maps.Clone(v)
			found, err := residents.Find(ctx, p.NIK)
			if err != nil {
				return fmt.Errorf("find resident of incident %d: %w", i.ID, err)
			}
			if who := found.Person; found.Known {
				place := who.Place()
				w["penduduk"] = who.Name
				w["penduduk_alamat"] = fmt.Sprintf("%s RT %s RW %s, %s, %s", who.Address, who.RT, who.RW, place.Village, place.District)
			}
			w["penduduk_nik"], w["unsur"] = p.NIK.Masked(), strings.Join(population.Labels(p.Elements().Strings()), ", ")
			w["daftar_akses"] = rows(len(p.Uses), func(n int) []string {
				u := p.Uses[n]
				return []string{u.Agency, moment(u.At, zone), u.Purpose}
			})
			all = append(all, fill(t, w))
			return nil
		})
		if err != nil {
			return nil, err
		}
		name := title
		if part > 1 || more {
			name += fmt.Sprintf(", bagian %d", part)
		}
		if err := put(all, name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// days is a period in words.
func days(from, to time.Time, z party.Zone) string {
	switch {
	case from.IsZero():
		return "belum diketahui"
	case to.IsZero():
		return "sejak " + bahasa.Date(from.In(z.Location()))
	}
	a, b := bahasa.Date(from.In(z.Location())), bahasa.Date(to.In(z.Location()).Add(-time.Second))
	if a == b {
		return a
	}
	return a + " sampai " + b
}

// Ways in which a letter is delivered, by key.
var Ways = [][2]string{{"surel", "Surel"}, {"pos", "Pos tercatat"}, {"langsung", "Diserahkan langsung"}}

// SendLetter notes that the letters of a number were delivered, and queues the e-mail when that is the way. Residents are never
// told by e-mail: nobody knows their addresses.
func (reg IncidentRegister) SendLetter(ctx context.Context, who Actor, id int64, saw int, number, way string) error {
	at := slices.IndexFunc(Ways, func(w [2]string) bool { return w[0] == way })
	if at < 0 {
		return told.Wrong("cara", "Pilih cara penyampaian.")
	}
	words := "surat nomor " + number + " disampaikan melalui " + strings.ToLower(Ways[at][1])
	n, err := reg.step(ctx, who, id, saw, incident.ActSend, words, words)
	if err != nil {
		return err
	}
	n.Sent = number
	if way == "surel" {
		for _, l := range n.Incident.Letters {
			if l.Number != number || !l.Sent.IsZero() {
				continue
			}
			mails, err := reg.letterMails(ctx, n.Incident, l, n.Change.At)
			if err != nil {
				return err
			}
			n.Mails = append(n.Mails, mails...)
		}
		if len(n.Mails) == 0 {
			return told.Wrong("", "Tidak ada alamat surel untuk surat ini. Sampaikan dengan cara lain.")
		}
	}
	if err := reg.o.Store.Incidents.TakeIncident(ctx, n); err != nil {
		return err
	}
	reg.o.wake(len(n.Mails) > 0)
	return nil
}

func (reg IncidentRegister) letterMails(ctx context.Context, i *incident.Incident, l incident.Letter, at time.Time) ([]notify.Mail, error) {
	subject, body := fmt.Sprintf("Pemberitahuan insiden, surat nomor %s", l.Number),
		"Terlampir surat pemberitahuan insiden pelindungan data kependudukan nomor "+l.Number+"."
	var mails []notify.Mail
	var err error
	switch l.Kind {
	case incident.LetterAgency:
		mails, err = reg.o.mails(ctx, i.Agency, at, subject, body)
	case incident.LetterMinistry:
		mails = reg.o.ministryMails(at, subject, body)
	}
	for n := range mails {
		mails[n].File = l.File
	}
	return mails, err
}

// remindIncidents tells both sides of open incidents whose window runs out.
func (o *Office) remindIncidents(ctx context.Context, now time.Time) error {
	for before := int64(0); ; {
		list, err := o.Store.Incidents.Incidents(ctx, -1, true, before, 100)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, i := range list {
			if err := o.remindIncident(ctx, i, now); err != nil {
				return err
			}
		}
		before = list[len(list)-1].ID
	}
}

func (o *Office) remindIncident(ctx context.Context, i incident.Incident, now time.Time) error {
	hours, due := i.Threshold(now)
	if !due {
		return nil
	}
	text := fmt.Sprintf("Insiden %d: pemberitahuan tertulis paling lambat %s, tersisa kurang dari %d jam", i.ID, moment(i.Due(), party.WIB),
		hours)
	if hours < 0 {
		text = fmt.Sprintf("Insiden %d: batas pemberitahuan 3 × 24 jam telah lewat pada %s", i.ID, moment(i.Due(), party.WIB))
	}
	id := strconv.FormatInt(i.ID, 10)
	notices := []procedure.Notice{{Agency: party.Provider, At: now, Text: text, Path: "/konsol/insiden/" + id}}
	mails, err := o.mails(ctx, party.Provider, now, fmt.Sprintf("Insiden %d menunggu pemberitahuan", i.ID),
		text+".\n\n"+o.link("/konsol/insiden/"+id))
	if err != nil {
		return err
	}
	if i.Agency != party.Provider {
		notices = append(notices, procedure.Notice{Agency: i.Agency, At: now, Text: text, Path: "/insiden/" + id})
		own, err := o.mails(ctx, i.Agency, now, fmt.Sprintf("Insiden %d menunggu pemberitahuan", i.ID), text+".\n\n"+o.link("/insiden/"+id))
		if err != nil {
			return err
		}
		mails = append(mails, own...)
	}
	sent, err := o.Store.Duties.Remind(ctx, Reminder{Marks: []Mark{{Of: i.Agency, Rule: "insiden", Period: id, Threshold: hours}}, At: now},
		func([]int) ([]procedure.Notice, []notify.Mail) { return notices, mails })
	o.wake(sent && len(mails) > 0)
	return err
}
