package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/store/storetest"
)

const aid = `[{"NOMOR":"P-1","JENIS_BANTUAN":"PUPUK"}]`

func TestDeliveriesAreTakenOnceAndWhole(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := newDoorAt(t, url)
		token, found := d.account("dinpertan").Token, d.out.Sample.Found
		agency, _, _, err := d.st.Institutions.InstitutionByCode(t.Context(), "dinpertan")
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range found[:3] {
			if code, _, text := d.post("/api/v1/lookups", token, body(n, demo.Purpose, "P-1")); code != 200 {
				t.Fatal(text)
			}
		}
		open := func() (met, excused int) {
			t.Helper()
			if err := d.st.Derived.Fill(t.Context()); err != nil {
				t.Fatal(err)
			}
			rates, err := d.st.Balikan.Rates(t.Context(), agency.ID, now.AddDate(-1, 0, 0), time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rates {
				met, excused = met+r.Met, excused+r.Excused
			}
			return met, excused
		}
		send := func(want int, wantCode, in string) map[string]any {
			t.Helper()
			code, got, text := d.post("/api/v1/balikan", token, in)
			if code != want || wantCode != "" && got["code"] != wantCode {
				t.Errorf("%d %s, want %d %s", code, text, want, wantCode)
			}
			for _, n := range found[:3] {
				if strings.Contains(text, n) {
					t.Error("the answer repeats a NIK")
				}
			}
			return got
		}
		one := `{"key":"kiriman-0001","items":[{"nik":"` + found[0] + `","param":` + aid + `},{"nik":"` + found[1] +
			`","reason":"mundur"}]}`
		if got := send(200, "", one); got["accepted"] != 2.0 || got["repeated"] != false || fmt.Sprint(got["tanpa_pencarian"]) != "[]" {
			t.Errorf("first: %v", got)
		}
		if met, excused := open(); met != 1 || excused != 1 {
			t.Errorf("met %d, excused %d", met, excused)
		}
		if got := send(200, "", one); got["accepted"] != 2.0 || got["repeated"] != true {
			t.Errorf("repeat: %v", got)
		}
		// A person whom nobody looked up is taken and told, again when the answer was lost; what stands twice is taken once.
		strange := `{"nik":"` + found[5] + `","param":` + aid + `}`
		strange = `{"key":"kiriman-0007","items":[{"nik":"` + found[0] + `","param":[{"NOMOR":7,"JENIS_BANTUAN":"BENIH"}]},` + strange + `,` +
			strange + `]}`
		for _, repeated := range []bool{false, true} {
			if got := send(200, "", strange); got["accepted"] != 3.0 || got["repeated"] != repeated ||
				fmt.Sprint(got["tanpa_pencarian"]) != "[2 3]" {
				t.Errorf("nobody looked up: %v", got)
			}
		}
		if list, err := d.st.Balikan.Received(t.Context(), agency.ID, time.Time{}, false, 10); err != nil || len(list) != 3 {
			t.Error(len(list), err)
		}
		send(409, "key", strings.Replace(one, "mundur", "berkas-kurang", 1))
		// One item was there already: the other is not taken either.
		whole := `{"nik":"` + found[0] + `","param":` + aid + `}`
		got := send(409, "repeated", `{"key":"kiriman-0002","items":[{"nik":"`+found[2]+`","reason":"mundur"},`+whole+`,`+whole+`]}`)
		if fmt.Sprint(got["sudah_ada"]) != "[2 3]" || got["detail"] != "Data sudah pernah dikirim" || got["status"] != 409.0 {
			t.Errorf("what is there already: %v", got)
		}
		for param, says := range map[string]string{
			`[{"NOMOR":"P-2"}]`: "data ke-2, field JENIS_BANTUAN: ", `[{"NOMOR":"P-2","JENIS_BANTUAN":"-"}]`: "data ke-2, field JENIS_BANTUAN: ",
			`[{"x":"RAHASIA"}]`: "data ke-2, field param: ", `"RAHASIA"`: "data ke-2, field param: ",
		} {
			got := send(422, "input", `{"key":"kiriman-0006","items":[{"nik":"`+found[2]+`","reason":"mundur"},{"nik":"`+found[0]+
				`","param":`+param+`}]}`)
			if detail, _ := got["detail"].(string); !strings.HasPrefix(detail, says) || strings.Contains(detail, "RAHASIA") {
				t.Errorf("%s: %s", param, detail)
			}
		}
		send(422, "input", `{"key":"kiriman-0003","items":[{"nik":"`+found[2]+`","reason":"mundur"},{"nik":"3303","reason":"mundur"}]}`)
		send(422, "input", `{"key":"kiriman-0004","items":[{"nik":"`+found[2]+`"}]}`)
		send(422, "input", `{"key":"kiriman-0005","items":[{"nik":"`+found[2]+`","reason":"malas"}]}`)
		send(422, "input", `{"key":"pendek","items":[{"nik":"`+found[2]+`","reason":"mundur"}]}`)
		if met, excused := open(); met != 1 || excused != 1 {
			t.Errorf("after refused deliveries: met %d, excused %d", met, excused)
		}
		// From another network nothing is taken or read, and that is recorded with who tried.
		d.peer = netip.MustParseAddr("198.51.100.7")
		record := ""
		for _, in := range []string{one, `{"key":`, `{"key":"kiriman-0009","items":[{"nik":"` + found[2] + `","reason":"mundur"}]}`} {
			got := send(403, "network", in)
			if record, _ = got["record"].(string); record == "" {
				t.Fatalf("not recorded: %v", got)
			}
		}
		rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: agency.ID, Limit: 2})
		if err != nil || rows[0].ID.String() != record || rows[0].Act != string(access.ToDeliver) || rows[0].Outcome != "network" ||
			rows[0].Address != d.peer ||
			rows[0].Method != "api" || rows[0].User == 0 || rows[1].Outcome == "network" {
			t.Errorf("%v %+v", err, rows)
		}
		d.peer = netip.MustParseAddr("127.0.0.1")
		if met, excused := open(); met != 1 || excused != 1 {
			t.Errorf("from another network: met %d, excused %d", met, excused)
		}
		for _, wrong := range []string{"", party.NewSecret()} {
			if code, got, _ := d.post("/api/v1/balikan", wrong, one); code != 401 || got["code"] != "login" {
				t.Errorf("token %q: %d", wrong, code)
			}
		}
	})
}

func TestAnAgencySeesItsOwnReaders(t *testing.T) {
	d := newDoor(t)
	get := func(token string) (int, map[string]any) {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/readers", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		var got map[string]any
		json.Unmarshal(w.Body.Bytes(), &got)
		return w.Code, got
	}
	code, got := get(d.account("dinpertan").Token)
	list, _ := got["readers"].([]any)
	if code != 200 || got["in_force"] != true || len(list) != 2 || list[0].(map[string]any)["serial"] != "RDR-dinpertan-01" ||
		list[0].(map[string]any)["state"] != "active" {
		t.Errorf("%d %v", code, got)
	}
	if code, got := get(d.account("dinkes").Token); code != 403 || got["code"] != "method" || got["record"] == nil {
		t.Errorf("an agreement that grants no readers: %d %v", code, got)
	}
	d.at = d.at.AddDate(0, 0, 340)
	if code, got := get(d.account("dinpertan").Token); code != 200 || got["in_force"] != false {
		t.Errorf("ended agreement: %d %v", code, got)
	}
	if code, _ := get("nobody"); code != 401 {
		t.Errorf("nobody: %d", code)
	}
}
