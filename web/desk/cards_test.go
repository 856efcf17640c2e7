package desk_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/reader"
	"gapura/desk/card"
	"gapura/desk/courier"
	"gapura/desk/deskdb"
	"gapura/exchange/balikan"
	"gapura/journal/journal"
	"gapura/office/procedure"
)

// reader gives the counter a vendor's service that reads the card of a resident.
func (c *counter) reader(n int) (nik string, form map[string]string) {
	c.t.Helper()
	who, form := c.resident(n)
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"nik":%q,"namaLengkap":%q,"tempatLahir":"PURBALINGGA","tanggalLahir":"1980-01-02"}`, who.NIK.Digits(), who.Name)
	}))
	c.t.Cleanup(vendor.Close)
	c.desk.Way, c.desk.Device = card.Service{Name: "Contoh", Kind: card.JSON, URL: vendor.URL}, "RDR-dinpertan-01"
	return who.NIK.Digits(), form
}

func (p *person) readCard(want int, texts ...string) {
	p.t.Helper()
	p.post("/kartu", url.Values{"layanan": {"benih"}, "setuju": {"ya"}})
	p.expect(want, texts...)
}

// told are the provider's records of cards, newest first.
func (c *counter) told() []access.HistoryRow {
	c.t.Helper()
	rows, _, err := c.provider.Journal.Records(c.t.Context(), access.HistoryQuery{Agency: 1, Method: agreement.Reader, Limit: 20})
	if err != nil {
		c.t.Fatal(err)
	}
	var out []access.HistoryRow
	for _, r := range rows {
		if r.Act == journal.ActCard {
			out = append(out, r)
		}
	}
	return out
}

func (c *counter) rate() (r balikan.Rate) {
	c.t.Helper()
	list, err := c.provider.Balikan.Rates(c.t.Context(), 1, c.at.AddDate(-1, 0, 0), time.Time{})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, x := range list {
		r.Opened, r.Met = r.Opened+x.Opened, r.Met+x.Met
	}
	return r
}

// TestEachCardIsToldAlsoWithoutAnApplication (F4): the provider has each reading as a record, with the reader and the purpose of the
// service; it expects data balikan; the outbox's page shows it; nothing of the card stays at the desk once it is told.
func TestEachCardIsToldAlsoWithoutAnApplication(t *testing.T) {
	c := newCounter(t)
	number, _ := c.reader(7)
	o := c.signedIn("petugas")
	before := c.rate().Opened
	o.readCard(200, number)
	o.get("/balikan")
	o.expect(200, "Pembacaan KTP-el", "Belum ada")
	if len(c.told()) != 0 {
		t.Fatal("told before the courier went")
	}
	c.round()
	list := c.told()
	if len(list) != 1 {
		t.Fatalf("%d records", len(list))
	}
	r := list[0]
	if r.Outcome != string(access.Card) || r.NIK.Digits() != number || r.Reader != "RDR-dinpertan-01" || r.Hit || r.Elements != 0 ||
		r.Purpose == "" || !strings.HasPrefix(r.Reference, "BACA-20261124-") || !r.ReadAt.Equal(c.at) {
		t.Errorf("%+v", r)
	}
	o.get("/balikan")
	o.expect(200, "Dicatat, nomor "+r.ID.String(), "Tidak ada yang menunggu")
	o.get("/balikan?bentuk=csv")
	o.expect(200, "Pembacaan KTP-el;;")
	if got := c.rate().Opened - before; got != 1 {
		t.Errorf("%d expected", got)
	}
	if err := c.db.Opened(t.Context(), func(place string, content []byte) error {
		if strings.Contains(string(content), number) {
			t.Errorf("the NIK stays in %s", place)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestACardIsToldOnceWhateverTheLineDoes: the line is cut, the desk is killed, the answer is lost; the provider has the card once, and as
// of when it was read. The data balikan of the application that it filled in follow it and answer what it expects, once.
func TestACardIsToldOnceWhateverTheLineDoes(t *testing.T) {
	c := newCounter(t)
	number, form := c.reader(7)
	o := c.signedIn("petugas")
	before := c.rate()
	o.readCard(200, number)
	read := c.at
	consent := regexp.MustCompile(`name="persetujuan" value="(\d+)"`).FindStringSubmatch(o.body)
	form["layanan"], form["persetujuan"], form["t.jenis_benih"], form["t.jumlah"] = "benih", consent[1], "Padi", "10"
	delete(form, "identitas")
	o.send("/permohonan/baru", form, "ktp", "usulan")
	o.expect(200, "KTP-el dibaca dengan perangkat pembaca")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.act(app, "setujui", "sesuai", "")
	o.expect(200, "Dokumen terbit")

	c.cut.Store(true)
	c.round()
	if len(c.told()) != 0 {
		t.Fatal("told over a line that is cut")
	}
	// What kill -9 leaves behind: the files as they are.
	left := t.TempDir()
	for _, name := range []string{"loket.db", "loket.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(c.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(left, name), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	next, err := deskdb.Open(t.Context(), filepath.Join(left, "loket.db"), c.keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { next.Close() })
	c.courier = courier.New(next, c.far, func() time.Time { return c.at }, slog.New(slog.DiscardHandler))
	c.cut.Store(false)
	c.lose.Store(true)
	c.at = c.at.Add(time.Hour)
	c.round()
	c.lose.Store(false)
	if met := c.rate().Met - before.Met; met != 0 {
		t.Errorf("data balikan went before the card: %d met", met)
	}
	for range 3 {
		c.at = c.at.Add(time.Hour)
		c.round()
	}
	list := c.told()
	if len(list) != 1 || !list[0].ReadAt.Equal(read) || list[0].NIK.Digits() != number {
		t.Fatalf("%+v", list)
	}
	if n, err := next.Outbox.Waiting(t.Context()); err != nil || n != 0 {
		t.Errorf("%d wait, %v", n, err)
	}
	after := c.rate()
	if after.Opened-before.Opened > 2 || after.Met-before.Met != after.Opened-before.Opened || after.Met == before.Met {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// TestTheNextCardIsRefusedAfterAnAddendum (A4): what was read before is told and taken, the next card is not read.
func TestTheNextCardIsRefusedAfterAnAddendum(t *testing.T) {
	c := newCounter(t)
	number, _ := c.reader(7)
	o := c.signedIn("petugas")
	o.readCard(200, number)
	st, err := c.provider.Rights.Agency(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.provider.Rights.Apply(t.Context(), journal.Change{At: c.at, Reason: "adendum"}, procedure.AddAddendum{
		Agreement: st.Agreements[0], Addendum: agreement.Addendum{Number: "A/1", SignedOn: c.at, EffectiveOn: c.at.AddDate(0, 0, 1),
			Change: agreement.Change{Methods: []string{agreement.Portal, agreement.API}}}}); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.AddDate(0, 0, 1)
	o = c.signedIn("petugas")
	o.readCard(409, "Metode akses ini tidak diberikan kepada pengguna atau instansi Anda")
	rows, _, err := c.provider.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Outcome: access.Method, Limit: 5})
	if err != nil || len(rows) != 1 || rows[0].Act != string(access.ToReaders) {
		t.Errorf("the refusal: %v %+v", err, rows)
	}
	c.round()
	if list := c.told(); len(list) != 1 || list[0].Outcome != string(access.Card) || list[0].NIK.Digits() != number {
		t.Errorf("%+v", list)
	}
}

// TestACardThatShouldNotHaveBeenReadIsTold (H3): the reader was taken out of use between the question and the reading.
func TestACardThatShouldNotHaveBeenReadIsTold(t *testing.T) {
	c := newCounter(t)
	number, _ := c.reader(7)
	o := c.signedIn("petugas")
	devices, err := c.provider.Institutions.Devices(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	list := reader.At(devices, c.at, c.at)
	way := c.desk.Way
	c.desk.Way = &spoiled{way, func() {
		gone := list[0]
		gone.State, gone.Since = reader.Deactivated, time.Time{}
		if _, err := c.provider.Rights.Apply(t.Context(), journal.Change{At: c.at, Reason: "rusak"}, procedure.SetReader{Agency: 1,
			Old: list[0], New: gone}); err != nil {
			t.Error(err)
		}
	}}
	o.readCard(200, number)
	c.round()
	got := c.told()
	if len(got) != 1 || got[0].Outcome != string(access.Device) || got[0].NIK.Digits() != number {
		t.Fatalf("%+v", got)
	}
	o.get("/balikan")
	o.expect(200, "Dicatat sebagai pembacaan yang tidak boleh terjadi, nomor "+got[0].ID.String(), "Tidak ada yang menunggu")
	c.at = c.at.Add(time.Hour)
	c.round()
	if len(c.told()) != 1 {
		t.Error("told again")
	}
}

// TestAnIKDIsNotedAsShownAndNeverAsVerified (H8): who shows one is served like any other, and every page of the application says that
// nobody checked it.
func TestAnIKDIsNotedAsShownAndNeverAsVerified(t *testing.T) {
	c := newCounter(t)
	o := c.signedIn("petugas")
	_, form := c.resident(9)
	form["identitas"] = "ikd"
	o.send("/permohonan/baru", form, "ktp", "kelompok")
	o.expect(200, "IKD ditunjukkan oleh pemegangnya; keasliannya tidak diperiksa")
	app := o.path
	verified := regexp.MustCompile(`(?i)terverifikasi|diverifikasi|IKD (sah|asli|valid)`)
	for _, path := range []string{app, "/antrean", "/bantuan"} {
		o.get(path)
		if said := verified.FindString(o.body); said != "" {
			t.Errorf("%s says %q", path, said)
		}
	}
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.expect(200, "IKD ditunjukkan oleh pemegangnya; keasliannya tidak diperiksa", "Data sesuai")
	if said := verified.FindString(o.body); said != "" {
		t.Errorf("after the cross-check: %q", said)
	}
}

// spoiled does something before it reads.
type spoiled struct {
	card.Way
	before func()
}

func (s *spoiled) Read(ctx context.Context) (card.Record, error) {
	s.before()
	return s.Way.Read(ctx)
}

// TestACardThatNamedNobodyIsAnsweredByItsApplication (H5): a chip without SAM gives no NIK; its reading is owed an answer all the same, and
// the data balikan of the application that was filled in after it are the answer.
func TestACardThatNamedNobodyIsAnsweredByItsApplication(t *testing.T) {
	c := newCounter(t)
	_, form := c.reader(7)
	c.desk.Way = blankChip{}
	o := c.signedIn("petugas")
	before := c.rate().Open()
	o.readCard(200, "Dibaca langsung dari cip tanpa SAM")
	consent := regexp.MustCompile(`name="persetujuan" value="(\d+)"`).FindStringSubmatch(o.body)
	c.round()
	if got := c.told(); len(got) != 1 || !got[0].NIK.IsZero() {
		t.Fatalf("%+v", got)
	}
	if got := c.rate().Open() - before; got != 1 {
		t.Fatalf("%d are owed for the reading", got)
	}
	form["layanan"], form["persetujuan"], form["t.jenis_benih"], form["t.jumlah"] = "benih", consent[1], "Padi", "10"
	delete(form, "identitas")
	o.send("/permohonan/baru", form, "ktp", "usulan")
	app := o.path
	o.act(app, "periksa", "diajukan", "")
	o.post(app+"/krosscek", url.Values{"keadaan": {"diperiksa"}})
	o.act(app, "setujui", "sesuai", "")
	o.expect(200, "Dokumen terbit")
	c.round()
	if got := c.rate().Open() - before; got != 0 {
		t.Errorf("%d are still owed", got)
	}
}

// blankChip is a card of which the chip alone was read.
type blankChip struct{}

func (blankChip) Read(context.Context) (card.Record, error) { return card.Record{}, nil }
