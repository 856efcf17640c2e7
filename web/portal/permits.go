package portal

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"gapura/agreement/party"
	"gapura/internal/bahasa"
	"gapura/office/office"
	"gapura/person/population"
	"gapura/web/site"
)

type permitsPage struct {
	Office string
	At     string
	Rows   []permitRow
	Keys   []string
}

type permitRow struct {
	office.Permit
	From, To string
	Asks     [][2]string // purpose and elements in words
}

// permitted is the list with its signature, made now.
func (p *Portal) permitted(r *http.Request) (list []office.Permit, signed []byte, keys string, err error) {
	if list, err = p.Public.Permits(r.Context()); err == nil {
		signed, keys, err = p.Public.Sign(list)
	}
	return list, signed, keys, err
}

// forResidents tells anybody which agency may ask for which elements, for which purposes, until when and by which agreement (L7).
func (p *Portal) forResidents(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Visitor(r)
	if err != nil {
		return err
	}
	list, _, keys, err := p.permitted(r)
	if err != nil {
		return err
	}
	page := permitsPage{Office: p.Provider, At: bahasa.Date(p.Now().In(party.WIB.Location())), Keys: strings.Split(keys, "\n")}
	for _, x := range list {
		row := permitRow{Permit: x, From: dayInWords(x.Signed), To: dayInWords(x.Until)}
		for _, a := range x.Purposes {
			row.Asks = append(row.Asks, [2]string{a.Purpose, strings.Join(population.Labels(a.Elements), ", ")})
		}
		page.Rows = append(page.Rows, row)
	}
	return p.Show(w, r, http.StatusOK, "untuk-penduduk", p.Page(r, v, "Siapa yang boleh meminta data Anda", page))
}

// permitsNote answers with the signed list, for who checks the signature.
func (p *Portal) permitsNote(w http.ResponseWriter, r *http.Request) error {
	_, signed, _, err := p.permitted(r)
	if err != nil {
		return err
	}
	return site.Download(w, "untuk-penduduk.txt", site.Text, signed)
}

// permitsJSON answers with the same for programs: the list, and the signed note that it was taken from.
func (p *Portal) permitsJSON(w http.ResponseWriter, r *http.Request) error {
	list, signed, keys, err := p.permitted(r)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(map[string]any{"izin": list, "naskah_bertanda_tangan": string(signed),
		"kunci": strings.Split(keys, "\n")}, "", "  ")
	if err != nil {
		return err
	}
	return site.Download(w, "untuk-penduduk.json", "application/json", append(body, '\n'))
}

func dayInWords(iso string) string {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return bahasa.Date(day)
}
