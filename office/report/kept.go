package report

import (
	"time"

	"gapura/internal/told"
)

// A State of a report.
type State string

// The states.
const (
	Draft    State = "draft"
	Sent     State = "sent"
	Received State = "received"
	Returned State = "returned" // refused by the provider: it may be changed and sent again
)

// Label is the state in Indonesian.
func (s State) Label() string {
	return map[State]string{Draft: "Draf", Sent: "Dikirim, menunggu pemeriksaan", Received: "Diterima",
		Returned: "Dikembalikan untuk diperbaiki"}[s]
}

// Open reports whether the report can be changed.
func (s State) Open() bool { return s == Draft || s == Returned }

// A Kept is a report in the store.
type Kept struct {
	Agency   int64
	Key      string // of the period
	Made     time.Time
	Seen     time.Time // when the one in the store was made that this one is made from; zero: there was none
	Sent     time.Time // zero: never
	Sender   string    // name, when read
	SentBy   int64
	Evidence int64
	File     int64 // the PDF as it was sent; 0: none
	State    State
	Report   Report // only when it is read by itself
}

// ErrSent means that a report cannot be changed any more; ErrMoved, that somebody else has kept it meanwhile.
var (
	ErrSent  = told.Refuse("Laporan ini sudah dikirim dan tidak dapat diubah lagi.")
	ErrMoved = &told.Error{Kind: told.Moved, Field: "Laporan",
		Text: "Orang lain telah mengubah laporan ini. Silakan buka kembali laporannya dan periksa keadaannya."}
)
