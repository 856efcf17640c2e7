package desk

import (
	"errors"
	"net/http"

	"gapura/agreement/reader"
	"gapura/desk/card"
	"gapura/desk/client"
	"gapura/desk/desk"
	"gapura/desk/deskdb"
	"gapura/web/site"
)

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
	if err != nil {
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

func (d *Desk) cardForm(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	return d.writeCard(w, r, v, http.StatusOK, r.URL.Query().Get("layanan"), "")
}

func (d *Desk) writeCard(w http.ResponseWriter, r *http.Request, v *site.Visitor, status int, chosen, problem string) error {
	p := cardPage{Chosen: chosen, Problem: problem, Device: d.Device}
	device, inForce, trouble, err := d.deviceState(r, v)
	if err == nil {
		p.Services, err = d.DB.Services.Services(r.Context())
	}
	if err != nil {
		return err
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
	return d.Show(w, r, status, "kartu", d.Page(r, v, "Baca KTP-el", p))
}

// readCard reads one card after the resident has agreed. The consent is kept before the card is read; without it nothing is read at all
// (Juknis IV.F). What was read goes into the form of a new application, in that page alone, until the officer submits it.
func (d *Desk) readCard(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	f, err := d.Form(w, r, "layanan", "setuju")
	if err != nil {
		return err
	}
	s, ok, err := d.open(r, f["layanan"])
	if err != nil {
		return err
	}
	if !ok || f["setuju"] != "ya" {
		return d.writeCard(w, r, v, http.StatusUnprocessableEntity, f["layanan"], "Pilih layanan dan catat persetujuan pemohon lebih "+
			"dahulu. Tanpa persetujuan, kartu tidak dibaca dan tidak ada yang disimpan.")
	}
	device, inForce, trouble, err := d.deviceState(r, v)
	if err != nil {
		return err
	}
	if trouble == "" && !device.Works(inForce) {
		trouble = card.Message(card.ErrInactive)
	}
	if trouble != "" {
		return d.writeCard(w, r, v, http.StatusConflict, s.Key, trouble)
	}
	consent, err := d.DB.Applications.Consent(r.Context(), v.User.ID, d.Now(), device.Serial)
	if err != nil {
		return err
	}
	d.Unhurried(w)
	record, err := card.Read(r.Context(), d.Way, device, inForce)
	if err != nil {
		return d.writeCard(w, r, v, http.StatusBadGateway, s.Key, card.Message(err))
	}
	defer record.Wipe()
	// Told to the provider whatever comes of it (Juknis IV.G), and kept for that before anybody sees it.
	told := client.CardRead{NIK: record.Get(card.NIK), Reader: device.Serial, Purpose: s.Purpose, ReadAt: d.Now()}
	if err := d.DB.Applications.CardRead(r.Context(), consent, record.Origin.Note(), v.User.ID, told); err != nil {
		return err
	}
	d.Wake()
	values := map[string]string{}
	for key, field := range map[string]card.Field{
		"nik": card.NIK, "nama_lengkap": card.Name, "tempat_lahir": card.BirthPlace, "tanggal_lahir": card.BirthDate,
		"jenis_kelamin": card.Sex, "status_perkawinan": card.Marital,
		"jenis_pekerjaan": card.Occupation, "alamat": card.Address, "alamat.rt": card.RT, "alamat.rw": card.RW,
		"alamat.kelurahan": card.Village, "alamat.kecamatan": card.District,
		"alamat.kabupaten": card.Regency, "alamat.provinsi": card.Province,
	} {
		values[key] = record.Get(field)
	}
	p := newPage{Consent: consent, CardNote: record.Origin.Note(), Cards: true}
	p.fill(s, desk.Papers{Identity: desk.Card, Values: values}, nil)
	return d.Show(w, r, http.StatusOK, "baru", d.Page(r, v, "Permohonan baru", p))
}
