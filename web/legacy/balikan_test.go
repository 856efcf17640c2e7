package legacy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/agreement/party"
	"gapura/exchange/balikan"
	"gapura/exchange/wire"
	"gapura/internal/told"
	"gapura/journal/journal"
	"gapura/store/storetest"
	"gapura/web/legacy"
)

// balikanPath is where data balikan goes.
var balikanPath = legacy.BalikanBases[0] + "/api/store"

func (d *door) deliver(token, kind, body string) (int, string) {
	d.Helper()
	r := httptest.NewRequest("POST", balikanPath, strings.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	d.legacy.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

const success = `{"message":"Success"}`

// The four encodings of real clients are taken, a repeat is recognised in any of them, and what is malformed names record and field and
// repeats no value.
func TestBalikanIsTakenInEveryEncoding(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d := open(t, where)
		s, found := d.out.Balikan[0], d.out.Sample.Found
		agency := d.user("aplikasi.dinpertan").Institution
		one := func(n string) string {
			return fmt.Sprintf(`{"nik":%q,"id_lembaga":%q,"nama_lembaga":%q,"param":[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]}`, n, s.ID,
				s.Name)
		}
		var multi bytes.Buffer
		m := multipart.NewWriter(&multi)
		for k, v := range map[string]string{"nik": found[4], "id_lembaga": s.ID, "nama_lembaga": s.Name,
			"param": `[{"NOMOR":"9","JENIS_BANTUAN":"Benih"}]`} {
			m.WriteField(k, v)
		}
		m.Close()
		form := url.Values{"nik": {found[5]}, "id_lembaga": {s.ID}, "nama_lembaga": {s.Name}, "param": {""}}.Encode()
		batch := fmt.Sprintf(
			`[{"id_lembaga":%q,"nama_lembaga":%q,"data":[{"NIK":%q,"param":[{"nomor":"1","jenis_bantuan":"Alsintan"}]},{"NIK":%q,"param":[{"NOMOR":2,"JENIS_BANTUAN":"Benih","LAIN":null}]}]}]`,
			s.ID, s.Name, found[2], found[3])
		const again = `{"message":"Data sudah pernah dikirim","sudah_ada":[1]}`
		for _, c := range []struct{ name, kind, body, again string }{
			{"json", "application/json", one(found[1]), again},
			{"array", "application/json", batch, `{"message":"Data sudah pernah dikirim","sudah_ada":[1,2]}`},
			{"multipart", m.FormDataContentType(), multi.String(), again}, {"form as json", "application/json", form, again},
		} {
			if code, answer := d.deliver(s.Token, c.kind, c.body); code != 200 || answer != success {
				t.Errorf("%s: %d %s", c.name, code, answer)
			}
			if code, answer := d.deliver(s.Token, c.kind, c.body); code != 400 || answer != c.again {
				t.Errorf("%s again: %d %s", c.name, code, answer)
			}
		}
		list, err := d.st.Balikan.Received(t.Context(), agency, time.Time{}, false, 100)
		if err != nil || len(list) != 5 {
			t.Fatal(len(list), err)
		}
		incomplete := 0
		for _, r := range list {
			if r.Item.Incomplete {
				incomplete++
			}
			if !r.Unmatched {
				t.Error("nobody was looked up")
			}
		}
		if incomplete != 1 {
			t.Errorf("%d flagged as incomplete", incomplete)
		}
		for _, c := range []struct {
			name, token, body string
			code              int
			says              string
		}{
			{"no token", "", one(found[9]), 401, ""}, {"foreign token", "x", one(found[9]), 401, ""},
			{"malformed nik", s.Token, one("RAHASIA"), 422, "data ke-1, field nik"}, {"other institution", s.Token,
				strings.Replace(one(found[9]), s.ID, "RAHASIA", 1), 422, "field id_lembaga"},
			{"empty", s.Token, "", 422, "kosong"}, {"not json", s.Token, "{", 422, "JSON"}, {"not an object", s.Token, `[1]`, 422,
				"data ke-1"},
			{"missing field", s.Token, strings.Replace(one(found[9]), `"JENIS_BANTUAN":"Pupuk"`, `"x":"RAHASIA"`, 1), 422,
				"data ke-1, field JENIS_BANTUAN"},
			{"a value that the agreement does not name", s.Token, strings.Replace(one(found[9]), `"NOMOR"`, `"LAIN":"RAHASIA","NOMOR"`, 1),
				422, "data ke-1, field LAIN: tidak termasuk data balikan"},
			{"param is no list", s.Token, strings.Replace(one(found[9]), `[{"NOMOR":"7","JENIS_BANTUAN":"Pupuk"}]`, `7`, 1), 422,
				"field param"},
			{"control characters", s.Token, strings.Replace(one(found[9]), `Pupuk`, `RAHASIA\u0007`, 1), 422, "field JENIS_BANTUAN"},
			{"second of a batch", s.Token, strings.Replace(batch, found[3], "RAHASIA", 1), 422, "data ke-2, field nik"},
		} {
			code, answer := d.deliver(c.token, "", c.body)
			if code != c.code || !strings.Contains(answer, c.says) || strings.Contains(answer, "RAHASIA") || !json.Valid([]byte(answer)) {
				t.Errorf("%s: %d %s", c.name, code, answer)
			}
		}
		if list, err := d.st.Balikan.Received(t.Context(), agency, time.Time{}, false, 100); err != nil || len(list) != 5 {
			t.Error("something of a refused batch was kept", len(list), err)
		}
		st, err := d.st.Rights.Agency(t.Context(), agency)
		if err != nil {
			t.Fatal(err)
		}
		// What is owed is taken after the end as well, for party.OwedAfterEnd.
		d.now = st.Agreements[len(st.Agreements)-1].EndsOn.AddDate(0, 0, 60)
		lasting := party.NewSecret() // the demo's tokens end before that
		if err := d.st.Credentials.AddToken(t.Context(), journal.Change{At: d.now}, party.Credential{Kind: party.BalikanToken,
			Agency: agency}, lasting); err != nil {
			t.Fatal(err)
		}
		if code, answer := d.deliver(s.Token, "", one(found[8])); code != 401 {
			t.Error("a token outlives its end", code, answer)
		}
		s.Token = lasting
		if code, answer := d.deliver(s.Token, "", one(found[8])); code != 200 {
			t.Error(code, answer)
		}
		// The network stays the last one that was agreed; a refusal from elsewhere is the agency's record.
		d.peer = netip.MustParseAddr("198.51.100.7")
		if code, answer := d.deliver(s.Token, "", one(found[7])); code != 403 || !strings.Contains(answer, access.Network.Text()) {
			t.Error(code, answer)
		}
		rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: agency, Limit: 1})
		if err != nil || len(rows) != 1 || rows[0].Act != string(access.ToDeliver) || rows[0].Outcome != "network" ||
			rows[0].Address != d.peer || rows[0].Method != "legacy" {
			t.Errorf("%v %+v", err, rows)
		}
		if list, err := d.st.Balikan.Received(t.Context(), agency, time.Time{}, false, 100); err != nil || len(list) != 6 {
			t.Error("something was taken from another network", len(list), err)
		}
		if d.log.Len() > 0 {
			t.Error(d.log.String())
		}
	})
}

// Lookups expect data balikan: by person, until the day, with reasons instead, and whatever way they came.
func TestLookupsAndBalikanReconcile(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, where string) {
		d, ctx := open(t, where), t.Context()
		s, found := d.out.Balikan[0], d.out.Sample.Found
		agency := d.user("aplikasi.dinpertan").Institution
		look := func(n string) {
			t.Helper()
			if code, answer := d.post(wire.Base+"dinpertan/call_nik", "", text(with(d.credentials(), "nik", n))); code != 200 {
				t.Fatal(code, answer)
			}
		}
		send := func(n, number string) {
			t.Helper()
			body := fmt.Sprintf(`{"nik":%q,"id_lembaga":%q,"nama_lembaga":%q,"param":[{"NOMOR":%q,"JENIS_BANTUAN":"Pupuk"}]}`, n, s.ID,
				s.Name, number)
			if code, answer := d.deliver(s.Token, "", body); code != 200 {
				t.Fatal(code, answer)
			}
		}
		rate := func() balikan.Rate {
			t.Helper()
			if err := d.st.Derived.Fill(ctx); err != nil {
				t.Fatal(err)
			}
			all, err := d.st.Balikan.AllRates(ctx, now.AddDate(-1, 0, 0), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			users, err := d.st.Balikan.Rates(ctx, agency, now.AddDate(-1, 0, 0), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			sum := balikan.Rate{}
			for _, u := range users {
				sum.Opened, sum.Met, sum.Late, sum.Excused = sum.Opened+u.Opened, sum.Met+u.Met, sum.Late+u.Late, sum.Excused+u.Excused
				if u.Login != "aplikasi.dinpertan" {
					t.Error("rate of", u.Login)
				}
			}
			if sum != all[agency] {
				t.Errorf("users %+v, agency %+v", sum, all[agency])
			}
			return sum
		}
		for i := range 4 {
			look(found[i])
			look(found[i]) // a second look belongs to the first
		}
		look(d.out.Sample.Unknown[0]) // nobody was found, nothing is owed
		send(found[0], "1")           // before the feed has seen the lookup
		if got := rate(); got != (balikan.Rate{Opened: 4, Met: 1}) {
			t.Errorf("%+v", got)
		}
		look(found[0]) // the same application within its days
		send(found[0], "2")
		send(found[7], "3")
		open, err := d.st.Balikan.Outstanding(ctx, balikan.OutstandingQuery{Agency: agency, Limit: 10})
		if err != nil || len(open) != 3 || open[0].NIK.Digits() != found[1] || open[0].Late(d.now) {
			t.Fatal(len(open), err)
		}
		for n := range 2 {
			if ok, err := d.st.Balikan.Excuse(ctx, agency, open[0].Seq, 1, d.now, "mundur"); err != nil || ok != (n == 0) {
				t.Error("excused twice", ok, err)
			}
		}
		d.now = now.AddDate(0, 0, 31)
		if n, err := d.st.Balikan.Overdue(ctx, agency, d.now); err != nil || n != 2 {
			t.Error("overdue", n, err)
		}
		send(found[2], "4")
		look(found[2]) // a new service
		if got := rate(); got != (balikan.Rate{Opened: 5, Met: 2, Late: 1, Excused: 1}) {
			t.Errorf("%+v", got)
		}
		if n, err := d.st.Balikan.Unmatched(ctx, agency); err != nil || n != 1 {
			t.Error("unmatched", n, err)
		}
		var seen []int64
		for q := (balikan.OutstandingQuery{Agency: agency, Limit: 1}); ; {
			page, err := d.st.Balikan.Outstanding(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			seen, q.AfterDue, q.AfterSeq = append(seen, page[0].Seq), page[0].Due, page[0].Seq
		}
		if len(seen) != 2 {
			t.Errorf("pages hold %v", seen)
		}
	})
}

var agreementFields = agreement.DefaultBalikan

func FuzzBalikan(f *testing.F) {
	f.Add([]byte(`{"nik":"3303010101800001","id_lembaga":"1","param":[{"NOMOR":"1"}]}`))
	f.Add([]byte(`[{"id_lembaga":"1","data":[{"NIK":1,"param":null}]}]`))
	f.Add([]byte("nik=1&id_lembaga=1&param="))
	f.Fuzz(func(t *testing.T, body []byte) {
		_, err := balikan.ReadWire(body, balikan.Sender{ID: "1"}, agreementFields)
		if _, ok := err.(*told.Error); err != nil && !ok {
			t.Errorf("%T", err)
		}
	})
}
