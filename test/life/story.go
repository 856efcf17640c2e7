package life

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Begin is when the office installs Gapura, a working day's morning.
var Begin = time.Date(2025, 1, 6, 9, 0, 0, 0, wib)

// lastDay is two years and two months later.
var lastDay = time.Date(2027, 3, 8, 0, 0, 0, 0, time.UTC)

// counter is an address within the agencies' networks.
var counter = netip.MustParseAddr("127.0.0.9")

const purpose = "verifikasi penerima bantuan"

// eight are the agreement's elements (PKS 2(1)a).
var eight = strings.Fields("nik nama_lengkap jenis_kelamin tempat_lahir tanggal_lahir status_perkawinan jenis_pekerjaan alamat")

// A story is what happens, by day.
type story struct {
	*Provider
	a, b, c *agency
	said    map[string]string // what the console said about a day, by agency and day, when that day was over
	rng     *rand.Rand
	open    map[string]*Case
	compared,
	mismatches int
}

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err) // a slip of the story's
	}
	return t
}

// Live lives the story: on each day what is due happens by itself, what people do is done by pages, and then each program asks once and
// each answer is compared with the model's.
func Live(w *World) {
	s := &story{Provider: Found(w), said: map[string]string{}, open: map[string]*Case{}, rng: rand.New(rand.NewPCG(17, 0))}
	events := s.events()
	for day := date("2025-01-06"); !day.After(lastDay); day = day.AddDate(0, 0, 1) {
		// People do not sit down at the same second each day; a program that asked so would be stopped for its rhythm.
		w.Set(time.Date(day.Year(), day.Month(), day.Day(), 9, s.rng.IntN(50), s.rng.IntN(60), 0, wib))
		w.Look()
		w.SignIn(s.One, "admin.satu")
		s.compare("morning")
		if do := events[day.Format(time.DateOnly)]; do != nil {
			w.Set(w.Now().Add(20 * time.Minute))
			s.Morning()
			do()
			w.Look()
			s.compare("after what was done")
			delete(events, day.Format(time.DateOnly))
		}
		s.past(day)
	}
	for _, a := range s.agencies() {
		for day := a.signed; !day.After(lastDay); day = day.AddDate(0, 0, 1) {
			s.unchanged(a, day)
		}
	}
	if len(events) > 0 {
		w.T.Errorf("days that never came: %v", slices.Sorted(maps.Keys(events)))
	}
	w.T.Logf("%d answers compared with the model's, %d differ", s.compared, s.mismatches)
}

// events are what people do, by day.
func (s *story) events() map[string]func() {
	return map[string]func(){
		"2025-01-06": func() {
			s.a = s.join("dinperla", "Dinas Perikanan Rekaan", "Gandaruwa Mahesworo", "2027-01-06", 1)
			s.pass(s.a)
		},
		"2025-02-03": func() { s.b = s.join("dinkoprek", "Dinas Koperasi Rekaan", "Wulansari Adiningrum", "2027-02-03", 2) },
		"2025-02-10": func() { s.pass(s.b) },
		"2025-03-03": func() { s.fewer(s.a, "2025-04-01") },
		// A letter tells of a new head a month before; who stands in for some days later has no statement of their own.
		"2025-05-05": func() { s.newHead(s.a, "Prabaswara Kertanegara", "2025-06-02", "") },
		"2025-06-04": func() { s.swear(s.a, false) },
		"2025-07-28": func() { s.newHead(s.a, "Citrawati Lokananta", "2025-08-04", "2025-08-08") },
		// A token lives a year unless its letter asks for more.
		"2025-12-15": func() { s.renew(s.a); s.renew(s.b) },
		"2025-10-06": func() { s.suspend(s.a) },
		"2025-10-20": func() { s.reinstate(s.a) },
		"2026-10-26": func() { s.ask(s.a, "2028-01-06") },
		"2026-11-20": func() { s.ask(s.b, "2028-02-03") },
		"2026-12-21": func() { s.swear(s.a, true) },
		"2027-01-11": func() { s.swear(s.b, true) },
		"2027-02-10": func() { s.refuse(s.b) },
		"2027-02-15": func() { s.extend(s.a) },
		"2027-02-17": func() { s.swear(s.a, false) },
	}
}

func (s *story) today() string { return s.W.Day().Format(time.DateOnly) }

// file runs a case of the agency's from its letter to its effect.
func (s *story) file(a *agency, procedure string, values map[string]string) *Case {
	return s.Begin(a.code, procedure).Run(values, agreed, "")
}

// join registers an agency, signs its agreement and brings its program into service.
func (s *story) join(code, name, who, ends string, n int) *agency {
	day, number := s.today(), fmt.Sprintf("400.12/%d/2025", n)
	a := &agency{code: code, user: "aplikasi." + code, number: number, signed: s.W.Day(), ends: date(ends), elements: eight,
		heads: []head{{name: who, from: date("2024-01-02")}}}
	s.Begin("", "instansi").Run(map[string]string{
		"kode": code, "nama_instansi": name, "alamat_instansi": "Jalan Rekaan Nomor 9", "kepala": who, "kepala_jabatan": "Kepala Dinas",
		"kepala_sejak": "2024-01-02",
	}, agreed, "")
	s.file(a, "pks", map[string]string{
		"nomor_persetujuan": "400.8.1.2/1/Dukcapil", "tanggal_persetujuan": "2024-12-20", "berlaku_sampai": ends, "metode": "portal\napi",
		"kuota":    "200",
		"jaringan": "127.0.0.0/8", "tujuan": purpose, "nomor_dinas": number, "nomor_instansi": "470.1/1/2025", "ditandatangani": day,
		"sptjm_ditandatangani": "", // a case of its own, below
	})
	s.file(a, "user-id", map[string]string{
		"nik": "330301450790000" + fmt.Sprint(n), "nama": "Puspitaningrum Arumdalu " + code, "nip": "19900705 201503 2 00" + fmt.Sprint(n),
		"status_kepegawaian": "pns", "jabatan": "Pranata Komputer", "kode_wilayah": "33.03", "kantor": "Jalan Rekaan Nomor 9",
		"user_id": a.user,
		"peran":   "application", "metode_pengguna": "api", "token": "api", "aplikasi": "Layanan " + code,
	})
	path, half := s.Halves("Kata sandi", a.user)
	tokens := s.W.Activate(s.W.Somebody(), a.user, path, half)
	if len(tokens) != 1 {
		s.W.T.Fatalf("%d tokens came with %s", len(tokens), a.user)
	}
	a.token = tokens[0]
	s.file(a, "nda", map[string]string{"pengguna": a.user})
	s.swear(a, false)
	return a
}

// pass has the program pass its own PoC, all in one day.
func (s *story) pass(a *agency) {
	values := map[string]string{"aplikasi": "Layanan " + a.code, "poc_mulai": s.today(), "poc_sampai": s.today(),
		"tempat_poc":  "Kantor Dinas",
		"tanggal_poc": s.today(), "temuan": "Tidak ada."}
	for _, point := range strings.Fields("tujuan elemen notifikasi simpan jaringan balikan") {
		values["periksa_"+point] = "sesuai"
	}
	s.file(a, "poc", values)
	a.passed = s.W.Now()
}

// renew replaces the program's token before it ends.
func (s *story) renew(a *agency) {
	s.file(a, "token", map[string]string{"pengguna": a.user, "token": "api", "aplikasi": "Layanan " + a.code, "kegunaan": "Layanan bantuan",
		"masa_berlaku": "730"})
	path, half := s.Halves("Token API", a.user)
	b := s.W.Somebody()
	b.Open(path)
	b.Press("Tampilkan token", map[string]string{"kode": half}, false)
	a.token = b.Secrets()[0]
}

// swear files the statement of the head in office.
func (s *story) swear(a *agency, forExtension bool) {
	s.file(a, "sptjm", nil)
	a.statements = append(a.statements, statement{head: a.headOn(s.W.Day()), on: s.W.Day(), forExtension: forExtension,
		afterSigning: a.extended != nil})
}

// fewer takes an element away from a day on, by an addendum.
func (s *story) fewer(a *agency, from string) {
	left := slices.DeleteFunc(slices.Clone(a.elements), func(e string) bool { return e == "jenis_pekerjaan" })
	c := s.file(a, "perubahan", map[string]string{
		"elemen": strings.Join(left, "\n"), "nomor_persetujuan": "400.8.1.2/2/Dukcapil", "tanggal_persetujuan": s.today(), "mulai": from,
		"ditandatangani": s.today(),
	})
	a.addenda = append(a.addenda, addendum{number: c.document(), from: date(from), known: s.W.Now(), elements: left})
}

func (s *story) newHead(a *agency, name, from, until string) {
	values := map[string]string{"kepala": name, "kepala_jabatan": "Kepala Dinas", "kepala_sejak": from}
	h := head{name: name, from: date(from)}
	if until != "" {
		values["kepala_status"], values["kepala_hingga"], h.until = "plh", until, date(until)
	}
	s.file(a, "pejabat", values)
	a.heads = append(a.heads, h)
}

func (s *story) suspend(a *agency) {
	s.file(a, "penangguhan", map[string]string{"alasan": "Laporan semester belum disampaikan."})
	a.stops = append(a.stops, stop{from: s.W.Now()})
}

func (s *story) reinstate(a *agency) {
	s.file(a, "pengaktifan", map[string]string{"alasan": "Laporan semester sudah disampaikan."})
	a.stops[len(a.stops)-1].to = s.W.Now()
}

// ask files the letter that asks for the extension; its answer comes later.
func (s *story) ask(a *agency, ends string) {
	a.asked = s.W.Day()
	s.open[a.code] = s.Begin(a.code, "perpanjangan").Run(map[string]string{"berlaku_sampai": ends}, agreed, "nomor_persetujuan")
}

func (s *story) refuse(a *agency) {
	s.open[a.code].Run(map[string]string{"nomor_persetujuan": "400.8.1.2/9/Dukcapil", "tanggal_persetujuan": s.today()}, refused, "")
	a.refused = s.W.Now()
}

// extend answers late, signs the addendum on the same day, and it takes effect then.
func (s *story) extend(a *agency) {
	c := s.open[a.code].Run(map[string]string{"nomor_persetujuan": "400.8.1.2/9/Dukcapil", "tanggal_persetujuan": s.today(),
		"mulai":          s.today(),
		"ditandatangani": s.today()}, agreed, "")
	a.extended = &extension{number: c.document(), signed: s.W.Day(), from: s.W.Day(), ends: date("2028-01-06"), recorded: s.W.Now()}
}

// compare asks by each program's token and holds the answer against the model's.
func (s *story) compare(when string) {
	now, day := s.W.Now(), s.W.Day()
	for _, a := range s.agencies() {
		outcome, elements, _ := a.expected(now, day)
		got := s.W.Lookup(a.token, s.W.People[s.rng.IntN(len(s.W.People))], purpose, counter)
		said, keys := got.Outcome, slices.Sorted(maps.Keys(got.Person))
		if got.Status != 200 {
			said = got.Code
		}
		s.compared++
		if want := slices.Sorted(slices.Values(elements)); said != outcome || !slices.Equal(keys, want) {
			s.differs("%s, %s, %s: the house says %s %v, the model %s %v", s.today(), when, a.code, said, keys, outcome, want)
		}
	}
}

// past keeps what the console says of the day that is over, as it is known then, and asks again about days before: what was granted on
// them, by what was known on them, is the same for ever, and it is what the model says.
func (s *story) past(day time.Time) {
	for _, a := range s.agencies() {
		key := a.code + " " + day.Format(time.DateOnly)
		s.said[key] = s.grantedOn(a, day, day)
		outcome, _, basis := a.expected(s.W.Now(), day)
		if s.compared++; outcome == "found" && !strings.Contains(s.said[key], "Dasar "+basis+" Penanggung jawab "+a.headOn(day)) {
			s.differs("%s: %s\nrests in the model on %s, by %s", key, s.said[key], basis, a.headOn(day))
		}
		back := a.signed.AddDate(0, 0, s.rng.IntN(1+int(day.Sub(a.signed)/(24*time.Hour))))
		s.unchanged(a, back)
	}
}

// unchanged asks about a day by what was known on it.
func (s *story) unchanged(a *agency, day time.Time) {
	key := a.code + " " + day.Format(time.DateOnly)
	s.compared++
	if now := s.grantedOn(a, day, day); now != s.said[key] {
		s.differs("on %s, what was granted to %s was\n%s\nand is now\n%s", s.today(), key, s.said[key], now)
	}
}

// differs tells of an answer that is not the model's; after some the story ends, because what follows differs too.
func (s *story) differs(format string, args ...any) {
	s.W.T.Helper()
	if s.W.T.Errorf(format, args...); s.mismatches > 8 {
		s.W.T.FailNow()
	}
	s.mismatches++
}

// grantedOn is what the page of the agreement says was granted on a day, by what was recorded until a day.
func (s *story) grantedOn(a *agency, day, known time.Time) string {
	if a.page == "" {
		s.One.Open("/konsol/instansi/" + a.code)
		a.page = s.One.linkTo("/konsol/perjanjian/" + a.code + "/")
	}
	s.One.Open(a.page + "?tanggal=" + day.Format(time.DateOnly) + "&catatan=" + known.Format(time.DateOnly))
	_, text, ok := strings.Cut(s.One.ByID("pada-tanggal"), "Tampilkan ")
	if !ok {
		s.W.T.Fatalf("%s says nothing: %s", a.page, s.One.Text())
	}
	return text
}

func (s *story) agencies() (out []*agency) {
	for _, a := range []*agency{s.a, s.b, s.c} {
		if a != nil {
			out = append(out, a)
		}
	}
	return out
}
