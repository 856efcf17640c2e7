package desk_test

import (
	"net/url"
	"strings"
	"testing"

	"gapura/access/access"
	"gapura/desk/card"
	"gapura/desk/pcsc/pcsctest"
)

// A real pcscd with a virtual reader: the page tells what a chip without a SAM gives, and a card that is pulled in the middle gives
// nothing.
func TestAChipIsReadThroughThePage(t *testing.T) {
	c := newCounter(t)
	c.desk.Way, c.desk.Device = card.Direct{Layout: card.DefaultLayout}, "RDR-dinpertan-01"
	o := c.signedIn("petugas")
	pcscd := pcsctest.Start(t)
	chip := &pcsctest.Chip{UID: []byte{4, 1, 2, 3, 4, 5, 6}, Folder: card.DefaultLayout.Folder,
		Before: func(n int, _ []byte) bool { return n < 2 }}
	pull := pcscd.Insert(chip)
	read := func() { o.post("/kartu", url.Values{"layanan": {"benih"}, "setuju": {"ya"}}) }
	read()
	o.expect(502, "Kartu terangkat sebelum selesai dibaca")
	if strings.Contains(o.body, `name="persetujuan"`) {
		t.Error("a form is filled from a card that was pulled")
	}
	pull()
	pcscd.Insert(&pcsctest.Chip{UID: chip.UID, Folder: card.DefaultLayout.Folder})
	read()
	o.expect(200, "Dibaca langsung dari cip tanpa SAM. Keaslian kartu tidak diperiksa.", `name="nik" value=""`, `name="persetujuan"`)
	c.round()
	list := c.told()
	if len(list) != 1 || list[0].Outcome != string(access.Card) || list[0].Reader != "RDR-dinpertan-01" || !list[0].NIK.IsZero() {
		t.Fatalf("the provider has %+v", list)
	}
	o.get("/balikan")
	o.expect(200, "Pembacaan KTP-el", "Dicatat, nomor "+list[0].ID.String())
}
