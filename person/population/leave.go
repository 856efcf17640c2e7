package population

import (
	"strings"
	"time"

	"gapura/internal/bahasa"
)

// A Leave is the Director General's written leave to answer from an own registry instead of the central service (requirement A10). The zero
// value says that there is none.
type Leave struct {
	Number      string    // of the letter
	Date, Until time.Time // UTC midnights: of the letter, and the last day on which it holds
}

// maxLeaveNumber bounds a letter's number, in bytes.
const maxLeaveNumber = 100

// Valid reports whether it can be a letter's, as seen on a day.
func (l Leave) Valid(today time.Time) bool {
	return l.Number == strings.TrimSpace(l.Number) && l.Number != "" && len(l.Number) <= maxLeaveNumber && !l.Date.IsZero() &&
		!l.Date.After(today) && !l.Until.Before(l.Date) && l.Until.Before(l.Date.AddDate(10, 0, 1))
}

// Holds reports whether it holds on a day.
func (l Leave) Holds(day time.Time) bool {
	return l.Number != "" && !day.Before(l.Date) && !day.After(l.Until)
}

// Words are the letter's, for who decides and for the log.
func (l Leave) Words() string {
	if l.Number == "" {
		return "Tidak ada surat Direktur Jenderal."
	}
	return "Surat Direktur Jenderal nomor " + l.Number + " tanggal " + bahasa.Date(l.Date) + ", berlaku sampai dengan " +
		bahasa.Date(l.Until) + "."
}
