package desk_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gapura/desk/card"
)

// A way is a card reader that gives one record, or an error.
type way struct {
	service card.Way
	reads   int
}

func (w *way) Read(ctx context.Context) (card.Record, error) {
	w.reads++
	return w.service.Read(ctx)
}

func TestACardIsReadOnlyWithConsentByAnActiveReader(t *testing.T) {
	c := newCounter(t)
	who, _ := c.resident(7)
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"nik":%q,"namaLengkap":%q,"tempatLahir":"PURBALINGGA","tanggalLahir":"1980-01-02"}`, who.NIK.Digits(), who.Name)
	}))
	defer vendor.Close()
	reads := &way{service: card.Service{Name: "Contoh", Kind: card.JSON, URL: vendor.URL}}
	o := c.signedIn("petugas")
	o.get("/kartu")
	o.expect(200, "belum diatur")
	c.desk.Way, c.desk.Device = reads, "RDR-dinpertan-02" // asked for, not active
	o.post("/kartu", url.Values{"layanan": {"benih"}, "setuju": {"ya"}})
	o.expect(409, "tidak aktif")
	c.desk.Device = "RDR-dinpertan-01"
	o.post("/kartu", url.Values{"layanan": {"benih"}})
	o.expect(422, "Tanpa persetujuan, kartu tidak dibaca")
	c.cut.Store(true)
	o.post("/kartu", url.Values{"layanan": {"benih"}, "setuju": {"ya"}})
	o.expect(409, "Keadaan perangkat tidak dapat diperiksa")
	c.cut.Store(false)
	if reads.reads != 0 {
		t.Fatalf("%d reads", reads.reads)
	}
	o.post("/kartu", url.Values{"layanan": {"benih"}, "setuju": {"ya"}})
	o.expect(200, who.NIK.Digits(), who.Name, "Keaslian kartu tidak diperiksa", "atas persetujuan pemohon")
	if strings.Contains(strings.ToLower(o.body), "terverifikasi") || reads.reads != 1 {
		t.Error("called verified, or read again")
	}
	consent := regexp.MustCompile(`name="persetujuan" value="(\d+)"`).FindStringSubmatch(o.body)
	if consent == nil {
		t.Fatal("no consent in the form")
	}
	if raw, err := os.ReadFile(filepath.Join(c.dir, "loket.db-wal")); err != nil || bytes.Contains(raw, []byte(who.Name)) {
		t.Error("the card's values are on the disk before the form is submitted", err)
	}
	_, form := c.resident(7)
	form["layanan"], form["persetujuan"], form["t.jenis_benih"], form["t.jumlah"] = "benih", consent[1], "Padi", "10"
	delete(form, "identitas")
	o.send("/permohonan/baru", form, "ktp", "usulan")
	o.expect(200, "KTP-el dibaca dengan perangkat pembaca", "Keaslian kartu tidak diperiksa")
	form["tetap"] = "ya" // it is another application of the same person
	o.send("/permohonan/baru", form, "ktp", "usulan")
	o.expect(409, "Persetujuan pembacaan kartu tidak berlaku")
}
