package legacy_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/store/storetest"
)

// What was sent before is told by its numbers over all blocks, so that the rest can be sent; what stands twice in one batch is taken
// once; and of a batch that is refused nothing is kept.
func TestARefusedBatchTellsWhatIsThereAlready(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d := open(t, where)
		s, found := d.out.Balikan[0], d.out.Sample.Found
		agency := d.user("aplikasi.dinpertan").Institution
		record := func(n int) string {
			return fmt.Sprintf(`{"NIK":%q,"param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}`, found[n])
		}
		block := func(records ...string) string {
			return fmt.Sprintf(`{"id_lembaga":%q,"nama_lembaga":%q,"data":[%s]}`, s.ID, s.Name, strings.Join(records, ","))
		}
		kept := func() int {
			t.Helper()
			list, err := d.st.Balikan.Received(t.Context(), agency, time.Time{}, false, 100)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		if code, answer := d.deliver(s.Token, "", "["+block(record(1), record(2), record(1))+","+block(record(2))+"]"); code != 200 ||
			answer != success || kept() != 2 {
			t.Fatal(code, answer, kept())
		}
		batch := "[" + block(record(3), record(1)) + "," + block(record(4), record(2), record(3), record(1)) + "]"
		if code, answer := d.deliver(s.Token, "", batch); code != 400 ||
			answer != `{"message":"Data sudah pernah dikirim","sudah_ada":[2,4,6]}` || kept() != 2 {
			t.Error(code, answer, kept())
		}
		if code, answer := d.deliver(s.Token, "", "["+block(record(3), record(4), record(3))+"]"); code != 200 || kept() != 4 {
			t.Error("the rest:", code, answer, kept())
		}
		bad := strings.Replace(record(6), "Pupuk", "N/A", 1)
		if code, answer := d.deliver(s.Token, "", "["+block(record(5))+","+block(bad)+"]"); code != 422 ||
			!strings.Contains(answer, "data ke-2, field JENIS_BANTUAN") || kept() != 4 {
			t.Error(code, answer, kept())
		}
	})
}

// A record without values is taken and flagged. It answers nothing that is owed, never blocks the whole one that comes later, and is on
// the list until that has come.
func TestAnIncompleteRecordBlocksNothing(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d := open(t, where)
		s, nik := d.out.Balikan[0], d.out.Sample.Found[1]
		agency := d.user("aplikasi.dinpertan").Institution
		if code, answer := d.post(wire.Base+"dinpertan/call_nik", "", text(with(d.credentials(), "nik", nik))); code != 200 {
			t.Fatal(code, answer)
		}
		state := func() (met, incomplete, unmatched int) {
			t.Helper()
			rates, err := d.st.Balikan.AllRates(t.Context(), now.AddDate(-1, 0, 0), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			list, err := d.st.Balikan.Incomplete(t.Context(), agency, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				if !x.Item.Incomplete || len(x.Item.Params) > 0 {
					t.Errorf("%+v", x)
				}
			}
			n, err := d.st.Balikan.Unmatched(t.Context(), agency)
			if err != nil {
				t.Fatal(err)
			}
			return rates[agency].Met, len(list), n
		}
		form := url.Values{"nik": {nik}, "id_lembaga": {s.ID}, "nama_lembaga": {s.Name}, "param": {""}}
		if code, answer := d.deliver(s.Token, "application/json", form.Encode()); code != 200 || answer != success {
			t.Fatal(code, answer)
		}
		if met, incomplete, unmatched := state(); met != 0 || incomplete != 1 || unmatched != 0 {
			t.Error("after the incomplete one:", met, incomplete, unmatched)
		}
		d.now = d.now.Add(time.Minute)
		form.Del("param")
		form.Set("param[0][NOMOR]", "7")
		form.Set("param[0][JENIS_BANTUAN]", "Pupuk")
		if code, answer := d.deliver(s.Token, "application/x-www-form-urlencoded", form.Encode()); code != 200 || answer != success {
			t.Fatal(code, answer)
		}
		if met, incomplete, unmatched := state(); met != 1 || incomplete != 0 || unmatched != 0 {
			t.Error("after the whole one:", met, incomplete, unmatched)
		}
		// About somebody whom nobody looked up: taken, and told apart from the other.
		form.Set("nik", d.out.Sample.Found[2])
		if code, answer := d.deliver(s.Token, "", form.Encode()); code != 200 || answer != success {
			t.Fatal(code, answer)
		}
		list, err := d.st.Balikan.Received(t.Context(), agency, time.Time{}, true, 10)
		if _, _, unmatched := state(); err != nil || unmatched != 1 || len(list) != 1 ||
			list[0].Item.NIK.Digits() != d.out.Sample.Found[2] || list[0].Via != balikan.ByWire {
			t.Error(unmatched, list, err)
		}
	})
}
