package office

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gapura/agreement/agreement"
	"gapura/journal/journal"
)

// A Permit is what one agency may ask for now, as the public page tells it and the signed list holds it.
type Permit struct {
	Agency    string          `json:"instansi"`
	Code      string          `json:"kode"`
	Agreement string          `json:"perjanjian"`     // number of the provider's original
	Signed    string          `json:"ditandatangani"` // day, YYYY-MM-DD
	Until     string          `json:"berlaku_sampai"` // last day, YYYY-MM-DD
	Documents []string        `json:"dokumen_sha256"` // of what was signed, agreement and addenda, in hex; empty: from before they were kept
	Log       string          `json:"jurnal"`         // name of the log that tells how it came about
	Purposes  []PermitPurpose `json:"tujuan"`
}

// A PermitPurpose is a purpose with what may be asked for it.
type PermitPurpose struct {
	Purpose  string   `json:"tujuan"`
	Elements []string `json:"unsur"` // keys as the JSON API has them
}

// PermitsName is the name of the signed list behind the installation's; no agency's code has a hyphen.
const PermitsName = "untuk-penduduk"

// A PublicList is the way in to what the office tells anybody.
type PublicList struct {
	o *Office
	n *journal.Notary
}

// PublicListOf returns the list, which the notary signs.
func PublicListOf(o *Office, n *journal.Notary) PublicList { return PublicList{o, n} }

// Permits are what agencies may ask for at the instant, by name: those whose agreement is in force and for whom somebody answers. An agency
// with a row of rights that no entry of the log explains is left out: it is not served either.
func (l PublicList) Permits(ctx context.Context) ([]Permit, error) {
	o := l.o
	all, err := o.Store.Rights.Everyone(ctx)
	if err != nil {
		return nil, err
	}
	wrong, now := o.Store.Rights.Unexplained(), o.Now()
	list := []Permit{}
	for _, st := range all {
		i := st.Institution
		g, ok := agreement.Current(st.Agreements, now, i.Zone.Day(now))
		if !ok || !g.Opens() || wrong[i.ID] != nil {
			continue
		}
		p := Permit{Agency: i.Name, Code: i.Code, Until: g.LastDay(i.Zone).Format(time.DateOnly), Documents: agreement.Hashes(g.Basis),
			Log: l.n.Name + "/" + i.Code}
		for _, a := range st.Agreements {
			if a.ID == g.Agreement {
				p.Agreement, p.Signed = a.ProviderNumber, a.SignedOn.Format(time.DateOnly)
			}
		}
		if p.Documents == nil {
			p.Documents = []string{}
		}
		for _, purpose := range g.Purposes {
			p.Purposes = append(p.Purposes, PermitPurpose{purpose, g.ElementsOf(purpose).Strings()})
		}
		list = append(list, p)
	}
	return list, nil
}

// Sign is the list as a C2SP signed note under the installation's journal keys: the name, the instant (RFC 3339), then one JSON
// object a line for each agency. keys are the verifier keys, a line each.
func (l PublicList) Sign(list []Permit) (signed []byte, keys string, err error) {
	signer, err := l.n.Signer(PermitsName)
	if err != nil {
		return nil, "", err
	}
	text := fmt.Sprintf("%s/%s\n%s\n", l.n.Name, PermitsName, l.o.Now().UTC().Format(time.RFC3339))
	for _, p := range list {
		line, err := json.Marshal(p)
		if err != nil {
			return nil, "", err
		}
		text += string(line) + "\n"
	}
	signed, err = signer.SignText(text)
	return signed, signer.VerifierKeys(), err
}
