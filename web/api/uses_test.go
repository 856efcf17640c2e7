package api_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/party"
	"gapura/demo"
	"gapura/journal/journal"
	"gapura/person/nik"
)

// A citizen portal reads the uses of one resident, page by page and by period, each call is a record, and nobody else may.
func TestCitizenPortalIsToldTheUsesOfOneResident(t *testing.T) {
	d := newDoor(t)
	ctx, note := t.Context(), journal.Change{At: now, Reason: "portal", Letter: "470/4"}
	u := party.User{Institution: party.Provider, Login: "portal", Name: "Portal Rekaan", Role: party.CitizenPortal}
	hash, err := party.HashPassword(ctx, party.NewSecret())
	if err != nil {
		t.Fatal(err)
	}
	if u.ID, err = d.st.Rights.CreateUser(ctx, note, u, hash); err != nil {
		t.Fatal(err)
	}
	token := party.NewSecret()
	if err := d.st.Credentials.AddToken(ctx, note, party.Credential{Kind: party.APIToken, Agency: u.Institution, Owner: u.ID},
		token); err != nil {
		t.Fatal(err)
	}
	resident := d.out.Sample.Found[0]
	for range 3 {
		d.post("/api/v1/lookups", d.account("dinpertan").Token, body(resident, demo.Purpose, "P-1"))
	}
	d.post("/api/v1/lookups", d.account("dinkop").Token, body(d.out.Sample.Found[1], demo.Purpose, "P-2"))
	ask := func(token, extra string) (int, string) {
		t.Helper()
		code, _, text := d.post("/api/v1/residents/uses", token, fmt.Sprintf(`{"nik":%q,"reference":"IKD-7"%s}`, resident, extra))
		return code, text
	}
	if code, text := ask(token, ""); code != 403 || !strings.Contains(text, "network") {
		t.Fatal("no address is allowed:", code, text)
	}
	d.api.Authority.Networks.Citizens = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	if code, text := ask(d.account("dinpertan").Token, ""); code != 403 {
		t.Error("an agency is told:", code, text)
	}
	if code, _ := ask("x", ""); code != 401 {
		t.Error("a stranger:", code)
	}
	code, text := ask(token, `,"limit":2`)
	var got struct {
		Record string
		Total  int
		Uses   []struct{ Record, Time, Action, Receiver, System, Purpose, Salt string }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || code != 200 || got.Total != 3 || len(got.Uses) != 2 {
		t.Fatal(code, text, err)
	}
	use := got.Uses[0]
	if use.Action != "Data dilihat" || use.Receiver != "dinpertan" || use.System != "api" || use.Purpose != demo.Purpose ||
		use.Time != now.Format(time.RFC3339) || strings.Contains(text, resident) {
		t.Errorf("%+v", use)
	}
	// The resident opens the own entry in the agency's log with the salt.
	id, err := journal.ParseID(use.Record)
	if err != nil {
		t.Fatal(err)
	}
	salt, err := base64.StdEncoding.DecodeString(use.Salt)
	if err != nil {
		t.Fatal(err)
	}
	n, _ := nik.Parse(resident)
	err = d.st.Journal.Leaves(ctx, id.Log, id.Seq, id.Seq+1, func(entry []byte) error {
		if _, c, _, err := journal.DecodeRecord(entry); err != nil || c.NIK == nil || journal.Commit(journal.Salt(salt), n) != *c.NIK {
			t.Error("the salt does not open the entry", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for extra, want := range map[string]string{
		`,"from":"` + now.Add(time.Hour).Format(time.RFC3339) + `"`: `"total":0`, `,"to":"` + now.Format(time.RFC3339) + `"`: `"total":0`,
		`,"limit":0`: "limit", `,"limit":1001`: "limit", `,"offset":-1`: "offset", `,"from":"kemarin"`: "from",
	} {
		if _, text := ask(token, extra); !strings.Contains(text, want) {
			t.Errorf("%s: %s", extra, text)
		}
	}
	rows, _, err := d.st.Journal.Records(ctx, access.HistoryQuery{Agency: party.Provider, User: u.ID, Limit: 20})
	if err != nil || len(rows) == 0 || rows[0].Act != journal.ActTell || rows[0].Reference != "IKD-7" || rows[0].Method != "api" {
		t.Errorf("%d records, %v", len(rows), err)
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, httptest.NewRequest("GET", "/api/v1/residents/uses", nil))
	if w.Code != 401 {
		t.Error("GET:", w.Code)
	}
}
