package access

import "gapura/journal/journal"

// A Figure is what reports count of the records; pages carry it in links, so that a figure leads to exactly the records behind it.
type Figure string

// The figures. Asked is Data, Verified, Noticed and Declined together; Charged are those of them that took from the quota.
const (
	Asked    Figure = "permintaan"
	Answered Figure = "nik" // Data, Verified and Noticed together
	Data     Figure = "data"
	Verified Figure = "verifikasi"
	Noticed  Figure = "pemberitahuan"
	Declined Figure = "ditolak"
	Charged  Figure = "kuota"
)

// NoPurpose in a query finds records without a purpose.
const NoPurpose = "-"

var figureLabels = map[Figure]string{
	Asked: "permintaan", Answered: "permintaan yang dijawab", Data: "pencarian yang menampilkan data", Verified: "verifikasi tanpa data",
	Noticed:  "permintaan yang dijawab dengan pemberitahuan",
	Declined: "permintaan yang ditolak", Charged: "permintaan yang mengurangi kuota",
}

// Label is the figure in Indonesian; empty when there is no such figure.
func (f Figure) Label() string { return figureLabels[f] }

// Acts are the acts that the figure counts; none means all.
func (f Figure) Acts() []string {
	switch f {
	case "":
		return nil
	case Data:
		return []string{journal.ActLookup}
	case Verified:
		return []string{journal.ActMatch}
	}
	return []string{journal.ActLookup, journal.ActMatch}
}

// Outcomes are the outcomes that the figure counts; none means all.
func (f Figure) Outcomes() (out []Code) {
	for _, c := range Codes {
		switch f {
		case Data, Verified, Noticed, Declined, Answered:
			if c == Card || c == Device { // of readings, which no figure of lookups counts
				continue
			}
		}
		switch f {
		case Data, Verified:
			if !c.Notice() && !c.Refused() {
				out = append(out, c)
			}
		case Noticed:
			if c.Notice() {
				out = append(out, c)
			}
		case Declined:
			if c.Refused() {
				out = append(out, c)
			}
		case Answered:
			if !c.Refused() {
				out = append(out, c)
			}
		}
	}
	return out
}
