package desk_test

import (
	"testing"
	"time"
)

func TestThePageOfTheTokenSaysHowItStandsAndWhatToDo(t *testing.T) {
	c := newCounter(t)
	x := c.signedIn("petugas")
	x.get("/akun/token")
	x.expect(200, "Berlaku", "berlaku sampai 24 November 2027, 10.00 WIB", "Permohonan user ID", "Sidik ", "dua kode pada lembarnya")
	c.cut.Store(true)
	x.get("/akun/token")
	x.expect(200, "Belum diketahui", "Sambungan ke Dukcapil terputus")
	c.cut.Store(false)
	c.at = c.at.Add(3 * 365 * 24 * time.Hour)
	x = c.signedIn("petugas")
	x.get("/akun/token")
	x.expect(200, "Lewat masa berlaku", "mengajukan berkas Token aplikasi", "Hubungi Mandalika Prasetyawan (Kepala Subbagian Umum).")
}
