package office

import (
	"gapura/agreement/party"
	"gapura/office/procedure"
)

// sign fills in who signs a letter of the office on its date: the head of the office, whom the configuration names, or whoever has the
// mandate on that day. Above the signature a mandate on behalf of the head stands in two lines.
func (o *Office) sign(v map[string]string, x procedure.Facts) {
	d := o.Details
	name, position, nip := d.Official, d.OfficialPosition, d.OfficialID
	above := position
	if s := x.Signatories.On(x.Today); s != nil {
		name, nip = s.Name, s.NIP
		if s.Acting == party.Definitive {
			position, above = s.Position, "a.n. "+d.OfficialPosition+" // "+s.Position
		} else {
			position = s.Acting.Title() + d.OfficialPosition
			above = position
		}
	}
	v["pejabat"], v["pejabat_jabatan"], v["pejabat_nip"], v["pejabat_ttd"] = name, position, nip, above
}
