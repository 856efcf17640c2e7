package desk

import (
	"encoding/csv"
	"errors"
	"net/http"
	"strconv"

	"gapura/bahasa"
	"gapura/card"
	"gapura/desk"
	"gapura/desk/deskdb"
	"gapura/party"
	"gapura/reader"
	"gapura/web/site"
)

type outboxPage struct {
	Waiting, Sent []letterLine
	Down, Done    string
}

type letterLine struct {
	Application                  int64
	Number, Made, Next, Sent, By string
	Tries                        int
	Trouble                      string
}

func (d *Desk) outbox(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	p := outboxPage{Down: d.lineDown()}
	if r.URL.Query().Get("selesai") != "" {
		p.Done = "Pengiriman dicoba kembali sekarang."
	}
	names, err := d.DB.Names(r.Context())
	for _, sent := range []bool{false, true} {
		var list []deskdb.Letter
		if err == nil {
			list, err = d.DB.Letters(r.Context(), sent, 200)
		}
		for _, l := range list {
			x := letterLine{Application: l.Application, Number: l.Number, Made: d.when(l.Made), Tries: l.Tries, Trouble: l.Trouble, By: names[l.User]}
			if sent {
				x.Sent = d.when(l.Sent)
				p.Sent = append(p.Sent, x)
			} else {
				x.Next = d.when(l.Next)
				p.Waiting = append(p.Waiting, x)
			}
		}
	}
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	if r.URL.Query().Get("bentuk") == "csv" {
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="data-balikan.csv"`)
		w.Write([]byte("\ufeff"))
		c := csv.NewWriter(w)
		c.Comma = ';'
		c.Write([]string{"Nomor permohonan", "Dibuat", "Diterima Dukcapil", "Percobaan", "Keterangan"})
		for _, x := range append(p.Waiting, p.Sent...) {
			c.Write([]string{x.Number, x.Made, x.Sent, strconv.Itoa(x.Tries), x.Trouble})
		}
		c.Flush()
		return
	}
	d.Show(w, r, http.StatusOK, "balikan", d.Page(r, v, "Data balikan", p))
}

func (d *Desk) hurry(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	if _, ok := d.Form(w, r, v); !ok {
		return
	}
	if err := d.DB.Hurry(r.Context(), d.Now()); err != nil {
		d.Fault(w, r, err)
		return
	}
	d.Wake()
	d.Redirect(w, r, "/balikan?selesai=ya")
}

type servicesPage struct{ Services []desk.Service }

func (d *Desk) services(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	list, err := d.DB.Services(r.Context())
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	d.Show(w, r, http.StatusOK, "layanan", d.Page(r, v, "Layanan", servicesPage{list}))
}

type editorPage struct {
	Key, Name, Text string
	Version         int
	History         []historyRow
	Done, Problem   string
}

type historyRow struct {
	Version  int
	When, By string
}

func (d *Desk) editor(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	p := editorPage{Key: r.PathValue("key")}
	if r.URL.Query().Get("selesai") != "" {
		p.Done = "Versi baru telah disimpan dan berlaku untuk permohonan berikutnya."
	}
	d.writeEditor(w, r, v, http.StatusOK, p)
}

// newKey is the address of a kind of aid that is not there yet.
const newKey = "baru"

func (d *Desk) writeEditor(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, p editorPage) {
	p.Name = "Layanan baru"
	typed := p.Text
	if p.Key != newKey {
		s, err := d.DB.Service(r.Context(), p.Key, 0)
		if errors.Is(err, deskdb.ErrNone) {
			d.NotFound(w, r)
			return
		}
		var history []deskdb.ServiceVersion
		if err == nil {
			history, err = d.DB.ServiceHistory(r.Context(), p.Key)
		}
		if err != nil {
			d.Fault(w, r, err)
			return
		}
		for _, h := range history {
			p.History = append(p.History, historyRow{h.Version, d.when(h.At), h.By})
		}
		p.Name, p.Version, p.Text = s.Name, s.Version, s.SourceText
	} else {
		pattern := desk.DefaultServices()[0].SourceText
		p.Text = pattern
	}
	if typed != "" {
		p.Text = typed
	}
	d.Show(w, r, status, "naskah", d.Page(r, v, p.Name, p))
}

// edit keeps a new version of a kind of aid.
func (d *Desk) edit(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	f, ok := d.Form(w, r, v, "naskah", "versi")
	if !ok {
		return
	}
	key := r.PathValue("key")
	again := func(status int, text string) {
		d.writeEditor(w, r, v, status, editorPage{Key: key, Text: f["naskah"], Problem: text})
	}
	s, err := desk.ParseService(f["naskah"])
	version, _ := strconv.Atoi(f["versi"])
	switch {
	case err != nil:
		again(http.StatusUnprocessableEntity, "Naskah belum disimpan: "+err.Error()+".")
		return
	case key != newKey && s.Key != key:
		again(http.StatusUnprocessableEntity, "Naskah belum disimpan: “key” tidak dapat diubah.")
		return
	case s.Key == newKey:
		again(http.StatusUnprocessableEntity, "Naskah belum disimpan: “key” tidak boleh “baru”.")
		return
	}
	err = d.DB.PutService(r.Context(), s, version, v.User.ID, d.Now())
	switch {
	case errors.Is(err, deskdb.ErrVersion) && key == newKey:
		again(http.StatusConflict, "Layanan dengan “key” ini sudah ada.")
	case errors.Is(err, deskdb.ErrVersion):
		again(http.StatusConflict, "Layanan ini sudah diubah orang lain sejak halaman dibuka. Muat ulang halaman, lalu ubah kembali.")
	case err != nil:
		d.Fault(w, r, err)
	default:
		d.Redirect(w, r, "/layanan/"+s.Key+"?selesai=ya")
	}
}

type cardPage struct {
	Services      []desk.Service
	Chosen        string
	Device, State string // what the provider's register says of the reader
	Works         bool
	Problem       string
}

// deviceState asks the provider whether the reader may read now (Juknis IV.E). A line that is down is a no: nobody can tell.
func (d *Desk) deviceState(r *http.Request, v *site.Visitor) (device reader.Reader, inForce bool, problem string, err error) {
	if d.Way == nil || d.Device == "" {
		return device, false, "Pembacaan kartu belum diatur pada konfigurasi loket (bagian card).", nil
	}
	token, err := d.DB.Token(r.Context(), v.User.ID)
	if errors.Is(err, deskdb.ErrNone) {
		return device, false, "Token Dukcapil Anda belum diisi, sehingga keadaan perangkat tidak dapat diperiksa.", nil
	}
	if err != nil {
		return device, false, "", err
	}
	list, inForce, err := d.Provider.Readers(r.Context(), token)
	if d.line(err) != nil {
		if text, ok := d.trouble(err); ok {
			return device, false, "Keadaan perangkat tidak dapat diperiksa, sehingga kartu tidak dibaca. " + text, nil
		}
		return device, false, "", err
	}
	for _, x := range list {
		if x.Serial == d.Device {
			return x, inForce, "", nil
		}
	}
	return device, false, "Perangkat " + d.Device + " tidak terdaftar di Dukcapil.", nil
}

func (d *Desk) cardForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	d.writeCard(w, r, v, http.StatusOK, r.URL.Query().Get("layanan"), "")
}

func (d *Desk) writeCard(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, chosen, problem string) {
	p := cardPage{Chosen: chosen, Problem: problem, Device: d.Device}
	device, inForce, trouble, err := d.deviceState(r, v)
	if err == nil {
		p.Services, err = d.DB.Services(r.Context())
	}
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	p.Works = device.Works(inForce)
	switch {
	case trouble != "":
		p.State = trouble
	case !inForce:
		p.State = "Perjanjian tidak berlaku. Kartu tidak dapat dibaca."
	default:
		p.State = "Perangkat " + device.Serial + ": " + device.State.Label() + "."
	}
	d.Show(w, r, status, "kartu", d.Page(r, v, "Baca KTP-el", p))
}

// readCard reads one card after the resident has agreed. The consent is kept before the card is read; without it nothing is read at all (Juknis IV.F). What was read
// goes into the form of a new application, in that page alone, until the officer submits it.
func (d *Desk) readCard(w http.ResponseWriter, r *http.Request, v *site.Visitor) {
	f, ok := d.Form(w, r, v, "layanan", "setuju")
	if !ok {
		return
	}
	s, ok, err := d.open(r, f["layanan"])
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	if !ok || f["setuju"] != "ya" {
		d.writeCard(w, r, v, http.StatusUnprocessableEntity, f["layanan"], "Pilih layanan dan catat persetujuan pemohon lebih dahulu. Tanpa persetujuan, kartu tidak dibaca dan tidak ada yang disimpan.")
		return
	}
	device, inForce, trouble, err := d.deviceState(r, v)
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	if trouble == "" && !device.Works(inForce) {
		trouble = card.Message(card.ErrInactive)
	}
	if trouble != "" {
		d.writeCard(w, r, v, http.StatusConflict, s.Key, trouble)
		return
	}
	consent, err := d.DB.Consent(r.Context(), v.User.ID, d.Now(), device.Serial)
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	d.Unhurried(w)
	record, err := card.Read(r.Context(), d.Way, device, inForce)
	if err != nil {
		d.writeCard(w, r, v, http.StatusBadGateway, s.Key, card.Message(err))
		return
	}
	defer record.Wipe()
	if err := d.DB.ConsentNote(r.Context(), consent, record.Origin.Note()); err != nil {
		d.Fault(w, r, err)
		return
	}
	values := map[string]string{}
	for key, field := range map[string]card.Field{
		"nik": card.NIK, "nama_lengkap": card.Name, "tempat_lahir": card.BirthPlace, "tanggal_lahir": card.BirthDate, "jenis_kelamin": card.Sex, "status_perkawinan": card.Marital,
		"jenis_pekerjaan": card.Occupation, "alamat": card.Address, "alamat.rt": card.RT, "alamat.rw": card.RW, "alamat.kelurahan": card.Village, "alamat.kecamatan": card.District,
		"alamat.kabupaten": card.Regency, "alamat.provinsi": card.Province,
	} {
		values[key] = record.Get(field)
	}
	p := newPage{Consent: consent, CardNote: record.Origin.Note(), Cards: true}
	p.fill(s, desk.Papers{Identity: desk.Card, Values: values}, nil)
	d.Show(w, r, http.StatusOK, "baru", d.Page(r, v, "Permohonan baru", p))
}

type checkPageBody struct {
	Valid                      bool
	Number, Kind, Masked, When string
	Office                     string
}

// checkPage tells everybody who holds a document whether it is one of this office.
func (d *Desk) checkPage(w http.ResponseWriter, r *http.Request) {
	p, status := checkPageBody{Office: d.Office.Name}, http.StatusOK
	x, err := d.DB.DocumentByCode(r.Context(), r.PathValue("code"))
	switch {
	case errors.Is(err, deskdb.ErrNone):
		status = http.StatusNotFound
	case err != nil:
		d.Fault(w, r, err)
		return
	default:
		p.Valid, p.Number, p.Kind, p.Masked, p.When = true, x.Number, x.Kind, x.Masked, bahasa.Date(x.At.In(d.Zone.Location()))
	}
	d.Show(w, r, status, "periksa", d.Page(r, nil, "Pemeriksaan surat", p))
}

type helpPage struct {
	Blank, Idle int
	Steps       []pair
}

func (d *Desk) help(w http.ResponseWriter, r *http.Request) {
	v, err := d.Visitor(r)
	if err != nil {
		d.Fault(w, r, err)
		return
	}
	p := helpPage{Blank: int(d.Blank.Seconds()), Idle: int(party.SessionIdle.Minutes())}
	for _, n := range []string{"1", "2", "3", "4a", "4b", "5", "6", "7", "8", "9", "10", "11"} {
		p.Steps = append(p.Steps, pair{n, desk.StepText(n)})
	}
	d.Show(w, r, http.StatusOK, "bantuan", d.Page(r, v, "Bantuan", p))
}
