package life

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// What people do, each by the pages that are there for it, with what the model notes of it.

// file runs a case of the agency's from its letter to its effect.
func (s *story) file(a *agency, procedure string, values map[string]string) *Case {
	return s.Begin(a.code, procedure).Run(values, agreed, "")
}

// hire gives the Dinas an operator, who is told by mail.
func (s *story) hire() {
	s.Begin("", "staf").Run(map[string]string{"nik": "3303014507900009", "nip": "993", "nama": "Rekaan Tiga", "jabatan": "Operator",
		"surel": operator, "user_id": "operator.satu", "peran": "operator"}, agreed, "")
	s.mailOf[""] = operator
}

// join registers an agency, signs its agreement and brings its program into service.
func (s *story) join(code, name, who, number, ends string, cards bool) *agency {
	a := &agency{code: code, name: name, cards: cards, mail: "surel@" + code + ".example",
		heads: []head{{name: who, from: date("2024-01-02")}}}
	s.mailOf[code] = a.mail
	s.Begin("", "instansi").Run(map[string]string{
		"kode": code, "nama_instansi": name, "alamat_instansi": "Jalan Rekaan Nomor 9", "surel_instansi": a.mail, "kepala": who,
		"kepala_jabatan": "Kepala Dinas", "kepala_sejak": "2024-01-02",
	}, agreed, "")
	s.sign(a, number, ends)
	tokens := s.admit(a, "aplikasi."+code, map[string]string{"peran": "application", "metode_pengguna": "api\nlegacy", "token": "api",
		"aplikasi": a.first(), "masa_berlaku": "730"})
	a.programs = []*program{{name: a.first(), token: tokens[0], under: a.latest()}}
	s.swear(a, false)
	return a
}

// methods are those given, and card readers where the agency is granted them.
func (a *agency) methods(others string) string {
	if a.cards {
		return others + "\nreader"
	}
	return others
}

// first is the name of the agency's first program.
func (a *agency) first() string { return "Layanan " + a.code }

// sign signs an agreement.
func (s *story) sign(a *agency, number, ends string) {
	s.file(a, "pks", map[string]string{
		"nomor_persetujuan": "400.8.1.2/1/Dukcapil", "tanggal_persetujuan": "2024-12-20", "berlaku_sampai": ends,
		"metode": a.methods("portal\napi\nlegacy"), "kuota": "200", "jaringan": "127.0.0.0/8", "tujuan": purpose, "nomor_dinas": number,
		"nomor_instansi": "470.1/1/2025", "ditandatangani": s.today(),
		"sptjm_ditandatangani": "", // a case of its own
		"narahubung_dinas":     "Rekaan Delapan; Kepala Bidang Pemanfaatan Data; 0281 000 001; data@dukcapil.example",
		"narahubung_instansi":  "Rekaan Sembilan; Kepala Subbagian Umum; 0281 000 002; umum@instansi.example",
	})
	p := &pact{number: number, signed: s.W.Day(), ends: date(ends), elements: eight}
	s.One.Open("/konsol/instansi/" + a.code)
	s.One.Follow(number)
	p.page = s.One.Path()
	a.pacts = append(a.pacts, p)
}

// admit gives somebody of the agency a user id, with the BAST, the NDA and the slip; it returns the tokens that came with it.
func (s *story) admit(a *agency, id string, more map[string]string) []string {
	s.people++
	values := map[string]string{
		"nik": fmt.Sprintf("33030145079000%02d", 10+s.people), "nama": "Puspitaningrum Arumdalu " + id,
		"nip": fmt.Sprintf("19900705 201503 2 0%02d", s.people), "status_kepegawaian": "pns", "jabatan": "Pranata Komputer",
		"kode_wilayah": "33.03", "kantor": "Jalan Rekaan Nomor 9", "user_id": id,
	}
	for key, v := range more {
		values[key] = v
	}
	if to := more["surel"]; to != "" {
		s.mailed[id] = to
	}
	procedure := "user-id"
	if strings.HasPrefix(id, "admin.") {
		procedure = "admin-instansi"
	}
	s.file(a, procedure, values)
	a.logins = append(a.logins, login{name: id, methods: cmp.Or(more["metode_pengguna"], "portal"), from: s.W.Day()})
	if more["peran"] != "application" {
		a.people++
	}
	path, half := s.Halves("Kata sandi", id)
	return s.W.Activate(s.W.Somebody(), id, path, half)
}

// officer gives an agency a desk, which passes its own PoC, and somebody at the portal and at the desk.
func (s *story) officer(a *agency) {
	s.register(a, a.loket(), "desk")
	s.pass(a, &program{name: a.loket()})
	a.desk = s.admit(a, "petugas."+a.code, map[string]string{"peran": "officer", "token": "desk",
		"metode_pengguna": a.methods("portal\napi"), "aplikasi": a.loket(),
		"masa_berlaku": "730"})[0]
}

func (a *agency) loket() string { return "Loket " + a.code }

// pass has a program pass its own PoC, all in one day.
func (s *story) pass(a *agency, g *program) {
	values := map[string]string{"aplikasi": g.name, "poc_mulai": s.today(), "poc_sampai": s.today(), "tempat_poc": "Kantor Dinas",
		"tanggal_poc": s.today(), "temuan": "Tidak ada."}
	for _, point := range strings.Fields("tujuan elemen notifikasi simpan jaringan balikan") {
		values["periksa_"+point] = "sesuai"
	}
	g.poc, g.tried = s.file(a, "poc", values).document(), a.latest()
	g.passed = s.W.Now()
}

// token gives a program a token, or a new one before the old one ends.
func (s *story) token(a *agency, g *program) {
	g.token, g.under = s.issue(a, "aplikasi."+a.code, g.name, "api", "Token API"), a.latest()
}

// issue is a new token of a user's.
func (s *story) issue(a *agency, login, app, kind, called string) string {
	s.file(a, "token", map[string]string{"pengguna": login, "token": kind, "aplikasi": app, "kegunaan": "Layanan bantuan",
		"masa_berlaku": "730"})
	path, half := s.Halves(called, login)
	b := s.W.Somebody()
	b.Open(path)
	b.Press("Tampilkan token", map[string]string{"kode": half}, false)
	return b.Secrets()[0]
}

// renew replaces the tokens of an agency's program and desk, before they end or under a new agreement.
func (s *story) renew(a *agency) {
	s.token(a, a.programs[0])
	a.desk = s.issue(a, "petugas."+a.code, a.loket(), "desk", "Token loket")
}

func (s *story) register(a *agency, name, kind string) {
	s.file(a, "aplikasi", map[string]string{"nama_aplikasi": name, "jenis_aplikasi": kind, "metode_aplikasi": "api",
		"penanggung_jawab": "Kepala Bidang Rekaan", "uraian_aplikasi": "Verifikasi pemohon."})
}

// addProgram registers a further program of an agency, with its token.
func (s *story) addProgram(a *agency, name string) {
	s.register(a, name, "program")
	g := &program{name: name}
	s.token(a, g)
	a.programs = append(a.programs, g)
}

// swear files the statement of the head in office.
func (s *story) swear(a *agency, forExtension bool) {
	s.file(a, "sptjm", nil)
	p := a.latest()
	who, _ := a.headOn(s.W.Day())
	p.statements = append(p.statements, statement{head: who, on: s.W.Day(), forExtension: forExtension, afterSigning: p.extended != nil})
}

func (a *agency) latest() *pact { return a.pacts[len(a.pacts)-1] }

// fewer takes an element away from a day on, by an addendum.
func (s *story) fewer(a *agency, from string) {
	p := a.latest()
	left := slices.DeleteFunc(slices.Clone(p.elements), func(e string) bool { return e == "jenis_pekerjaan" })
	c := s.file(a, "perubahan", map[string]string{
		"elemen": strings.Join(left, "\n"), "nomor_persetujuan": "400.8.1.2/2/Dukcapil", "tanggal_persetujuan": s.today(), "mulai": from,
		"ditandatangani": s.today(),
	})
	p.addenda = append(p.addenda, addendum{number: c.document(), from: date(from), known: s.W.Now(), elements: left})
}

func (s *story) newHead(a *agency, name, from, status, until string) {
	values := map[string]string{"kepala": name, "kepala_jabatan": "Kepala Dinas", "kepala_sejak": from, "kepala_status": status}
	h := head{name: name, from: date(from), away: status == "plh"}
	if until != "" {
		values["kepala_hingga"], h.until = until, date(until)
	}
	s.file(a, "pejabat", values)
	a.heads = append(a.heads, h)
}

func (s *story) suspend(a *agency, why string) {
	s.file(a, "penangguhan", map[string]string{"alasan": why})
	a.latest().stops = append(a.latest().stops, stop{from: s.W.Now()})
}

func (s *story) reinstate(a *agency, why string) {
	s.file(a, "pengaktifan", map[string]string{"alasan": why})
	stops := a.latest().stops
	stops[len(stops)-1].to = s.W.Now()
}

// ask files the letter that asks for the extension; its answer comes later.
func (s *story) ask(a *agency, ends string) {
	a.latest().asked = s.W.Day()
	s.open[a.code] = s.Begin(a.code, "perpanjangan").Run(map[string]string{"berlaku_sampai": ends}, agreed, "nomor_persetujuan")
}

func (s *story) refuse(a *agency) {
	s.open[a.code].Run(map[string]string{"nomor_persetujuan": "400.8.1.2/9/Dukcapil", "tanggal_persetujuan": s.today()}, refused, "")
	a.latest().refused = s.W.Now()
}

// extend answers late, signs the addendum on the same day, and it takes effect then.
func (s *story) extend(a *agency, ends string) {
	c := s.open[a.code].Run(map[string]string{"nomor_persetujuan": "400.8.1.2/9/Dukcapil", "tanggal_persetujuan": s.today(),
		"mulai": s.today(), "ditandatangani": s.today()}, agreed, "")
	a.latest().extended = &extension{number: c.document(), signed: s.W.Day(), from: s.W.Day(), ends: date(ends), recorded: s.W.Now()}
}

// rename gives the agency another name, by which its agreement ends unless a new one is signed by a day (PKS 5 b).
func (s *story) rename(a *agency, name, by string) {
	s.file(a, "nomenklatur", map[string]string{"nama_instansi": name, "tenggat_pembaruan": by})
	a.name, a.latest().renewal = name, date(by)
}

// bring delivers evidence on paper at the Dinas, of today.
func (s *story) bring(a *agency, p *pact, key, period string) *paper {
	s.One.Open("/konsol/kewajiban/" + a.code)
	words := strings.TrimSpace(clauses[key].name + " " + period)
	value := s.One.option("kewajiban", words, words+" (PKS "+p.number+")")
	s.One.Press("Sampaikan", map[string]string{"kewajiban": value, "tanggal": s.today(), "keterangan": "Dibawa ke kantor."}, true)
	if fault := s.One.Faults(); fault != "" {
		s.W.T.Fatalf("%s: %s", words, fault)
	}
	e := &paper{key: key, period: period, pact: p, on: s.W.Day()}
	a.papers = append(a.papers, e)
	return e
}

// accept judges evidence that waits, by the other administrator.
func (s *story) accept(a *agency, e *paper) {
	s.Two.Open("/konsol/kewajiban/" + a.code)
	s.Two.pressInRow(strings.TrimSpace(clauses[e.key].name+" "+e.period), "Terima")
	e.accepted = s.W.Now()
}

// report is the head's own: written and sent at the portal.
func (s *story) report(a *agency, period string) *paper {
	b := s.W.Somebody()
	s.W.SignIn(b, "kepala."+a.code)
	s.noticesOf(b, a.code)
	b.Open("/laporan/" + period)
	b.Press("Simpan dan kirim laporan", map[string]string{"pelaksanaan": "Berjalan.", "manfaat": "Cepat.", "kendala": "Tidak ada.",
		"tindak_lanjut": "Dilanjutkan."}, false)
	s.W.letters(b, false)
	if !b.Says("Dikirim") {
		s.W.T.Fatalf("%s, the report of %s is not sent: %s", s.today(), period, b.Text())
	}
	for _, to := range []string{operator, office} {
		s.expects(to, a.name+": Laporan Semester "+period[5:]+" Tahun "+period[:4])
	}
	e := &paper{key: "laporan", period: period, pact: a.latest(), on: s.W.Day()}
	a.papers = append(a.papers, e)
	return e
}

// forward notes that a report was passed on to the Director General.
func (s *story) forward(a *agency, period string) {
	s.One.Open("/konsol/kewajiban/" + a.code)
	s.One.Press("Catat sudah disampaikan Penerusan laporan kepada Dirjen "+period, nil, false)
	a.passedOn = append(a.passedOn, passing{"laporan", period, s.W.Day()})
}

// evaluate judges an agency's half-year, by two.
func (s *story) evaluate(a *agency, period string) {
	s.One.Open("/konsol/evaluasi/" + a.code + "?semester=" + period)
	s.One.Press("Usulkan", map[string]string{"keputusan": "continue"}, false)
	c := &Case{o: s.Provider, agency: a.code, name: "evaluasi", path: s.One.Path()}
	c.Run(nil, agreed, "")
	a.papers = append(a.papers, &paper{key: "evaluasi", period: period, pact: a.latest(), on: s.W.Day(), accepted: s.W.Now()})
}

// tellMinistry reports the evaluations of a half-year to the Director General, on paper.
func (s *story) tellMinistry(period string) {
	s.One.Open("/konsol/evaluasi?semester=" + period)
	s.One.Press("Buat laporan", nil, false)
	s.W.letters(s.One, false)
	s.One.Press("Catat sudah disampaikan", nil, false)
	for _, a := range s.agencies() {
		a.passedOn = append(a.passedOn, passing{"evaluasi", period, s.W.Day()})
	}
}

// leak is reported as an incident.
func (s *story) leak(a *agency) {
	now := s.W.Now()
	s.One.Open("/konsol/insiden/baru")
	s.One.Press("Laporkan", map[string]string{"instansi": s.One.option("instansi", a.name), "jenis": "user-dipinjamkan",
		"tanggal_diketahui": s.today(), "jam_diketahui": now.In(wib).Format("15:04"), "uraian": "User ID dipinjamkan.",
		"tindakan": "User ID ditahan."}, false)
	for _, to := range []string{operator, a.mail} {
		s.expects(to, "Insiden dilaporkan")
	}
	s.incident = s.One.Path()
	if !strings.HasPrefix(s.incident, "/konsol/insiden/") {
		s.W.T.Fatalf("%s: %s", s.incident, s.One.Text())
	}
}

// warn tells everybody of the incident in writing.
func (s *story) warn() {
	b := s.One
	b.Open(s.incident)
	b.Press("Catat tindakan", map[string]string{"uraian": "User ID ditahan, pemiliknya ditegur."}, false)
	b.Open(s.incident)
	b.Press("Catat sebagai terdampak", map[string]string{"instansi": b.option("instansi", s.a.name), "dari": "2025-10-01",
		"sampai": s.today()}, false)
	for _, who := range []string{"instansi", "Direktur Jenderal", "penduduk"} {
		b.Open(s.incident)
		b.Press("Buat Surat kepada "+who, nil, false)
		s.W.letters(b, false)
		b.pressIn(func(form *html.Node) bool { return named(form, "cara") }, map[string]string{"cara": "langsung"})
	}
	b.Open(s.incident)
	b.Press("Nyatakan lengkap", map[string]string{"uraian": "Semua pihak telah diberi tahu."}, false)
	if b.Open(s.incident); b.HasButton("Nyatakan lengkap") {
		s.W.T.Fatalf("not everybody was told: %s", b.Text())
	}
}

// close ends the incident, by the other administrator.
func (s *story) close() {
	s.Two.Open(s.incident)
	s.Two.Press("Tutup insiden", map[string]string{"uraian": "User ID dipakai sendiri-sendiri."}, false)
	if s.Two.Open(s.incident); s.Two.HasButton("Tutup insiden") {
		s.W.T.Fatalf("the incident is not closed: %s", s.Two.Text())
	}
}
