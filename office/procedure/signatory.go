package procedure

import (
	"fmt"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/internal/told"
)

// SetSignatory says who signs for the provider's office in the place of its head, or that the head does again.
type SetSignatory struct{ Signatory party.Signatory }

// Words name the person by name and position.
func (e SetSignatory) Words() (string, string, string) {
	s := e.Signatory
	if s.Name == "" {
		return "Penanda tangan Dinas Dukcapil", "", "kepala dinas, sejak " + bahasa.Date(s.From)
	}
	as := s.Acting.Title() + "kepala dinas"
	if s.Acting == party.Definitive {
		as = "a.n. kepala dinas"
	}
	return "Penanda tangan Dinas Dukcapil", "", fmt.Sprintf("%s, %s, %s, %s sampai %s", s.Name, s.Position, as, bahasa.Date(s.From),
		bahasa.Date(s.Until))
}

var actingKinds = map[string]party.Acting{"an": party.Definitive, "plt": party.Plt, "plh": party.Plh}

func delegateSignature(c *Case, x Facts) ([]Effect, error) {
	d, err := c.days("mandat_mulai", "mandat_sampai")
	if err != nil {
		return nil, err
	}
	if d[1].Before(x.Today) {
		return nil, told.Refuse("Masa pendelegasian ini sudah lewat.")
	}
	return []Effect{SetSignatory{party.Signatory{Name: c.Value("penanda_tangan"), Position: c.Value("penanda_tangan_jabatan"),
		NIP: c.Value("penanda_tangan_nip"), Acting: actingKinds[c.Value("sebagai")], From: d[0], Until: d[1], Letter: c.Letter()}}}, nil
}

func endDelegation(c *Case, x Facts) ([]Effect, error) {
	d, err := c.days("kembali_mulai")
	if err != nil {
		return nil, err
	}
	if !x.Signatories.Ahead(d[0]) {
		return nil, told.Refuse("Pada tanggal itu dan sesudahnya tidak ada pendelegasian.")
	}
	return []Effect{SetSignatory{party.Signatory{From: d[0], Letter: c.Letter()}}}, nil
}
