package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gapura/access/access"
	"gapura/agreement/agreement"
	"gapura/demo"
	"gapura/journal/journal"
	"gapura/store/storetest"
)

func cardBody(key, nik, reader string, at time.Time) string {
	return fmt.Sprintf(`{"key":%q,"nik":%q,"reader":%q,"purpose":%q,"reference":"BACA-1","read_at":%q}`, key, nik, reader, demo.Purpose,
		at.Format(time.RFC3339Nano))
}

// TestAReadingIsToldOnce (F4): it is one record, however often it is told; the resident sees it as a card that was read, and no answer and
// no line of the log repeats the NIK.
func TestAReadingIsToldOnce(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d := newDoorAt(t, url)
		token, number, read := d.account("dinpertan").Token, d.out.Sample.Found[0], now.Add(time.Minute)
		d.at = now.Add(time.Hour)
		whole := cardBody("baca-000001", number, "RDR-dinpertan-01", read)
		code, first, text := d.post("/api/v1/card-reads", token, whole)
		if code != 200 || first["repeated"] != false || first["key"] != "baca-000001" {
			t.Fatalf("%d %s", code, text)
		}
		d.at = d.at.Add(time.Hour)
		if code, again, text := d.post("/api/v1/card-reads", token, whole); code != 200 || again["repeated"] != true ||
			again["record"] != first["record"] || again["received_at"] != first["received_at"] {
			t.Errorf("told again: %d %s", code, text)
		}
		if code, got, _ := d.post("/api/v1/card-reads", token, strings.Replace(whole, "BACA-1", "BACA-2", 1)); code != 409 ||
			got["code"] != "key" {
			t.Errorf("another reading under the key: %d %v", code, got)
		}
		rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Method: agreement.Reader, Limit: 9})
		if err != nil || len(rows) != 1 || rows[0].Act != journal.ActCard || rows[0].Reader != "RDR-dinpertan-01" ||
			!rows[0].ReadAt.Equal(read) || rows[0].NIK.Digits() != number || rows[0].Hit || rows[0].Elements != 0 {
			t.Fatalf("%v %+v", err, rows)
		}
		// What was refused is kept under its key, too: telling it again adds no record.
		gone := cardBody("baca-000002", number, "RDR-dinpertan-02", read)
		code, refused, text := d.post("/api/v1/card-reads", token, gone)
		if code != 403 || refused["code"] != "reader" || refused["record"] == nil {
			t.Errorf("a reader that is not active: %d %s", code, text)
		}
		if _, again, _ := d.post("/api/v1/card-reads", token, gone); again["record"] != refused["record"] {
			t.Errorf("refused twice: %v, %v", refused["record"], again["record"])
		}
		if code, got, _ := d.post("/api/v1/card-reads", d.account("dinkes").Token, strings.Replace(whole, "dinpertan", "dinkes",
			1)); code != 403 || got["code"] != "method" || got["record"] == nil {
			t.Errorf("an agreement that grants no readers: %d %v", code, got)
		}
		if strings.Contains(text+d.log.String(), number) {
			t.Error("the NIK is repeated")
		}
	})
}

func TestAReadingThatIsUnfitIsNamedAndNotTaken(t *testing.T) {
	d := newDoor(t)
	token, number := d.account("dinpertan").Token, d.out.Sample.Found[0]
	for field, body := range map[string]string{
		"key":       cardBody("pendek", number, "RDR-dinpertan-01", now),
		"nik":       cardBody("baca-000001", number[:15], "RDR-dinpertan-01", now),
		"reader":    cardBody("baca-000001", number, "", now),
		"read_at":   cardBody("baca-000001", number, "RDR-dinpertan-01", now.Add(time.Hour)),
		"reference": strings.Replace(cardBody("baca-000001", number, "RDR-dinpertan-01", now), "BACA-1", strings.Repeat("x", 65), 1),
	} {
		if code, got, text := d.post("/api/v1/card-reads", token, body); code != 422 || !strings.Contains(fmt.Sprint(got["detail"]),
			`"`+field+`"`) || strings.Contains(text, number[:15]) {
			t.Errorf("%s: %d %s", field, code, text)
		}
	}
	rows, _, err := d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Method: agreement.Reader, Limit: 9})
	if err != nil || len(rows) != 0 {
		t.Errorf("%v %+v", err, rows)
	}
	// A clock that runs ahead a little reads now.
	if code, _, text := d.post("/api/v1/card-reads", token, cardBody("baca-000001", "", "RDR-dinpertan-01", now.Add(time.Minute))); code !=
		200 {
		t.Errorf("%d %s", code, text)
	}
	rows, _, err = d.st.Journal.Records(t.Context(), access.HistoryQuery{Agency: 1, Method: agreement.Reader, Limit: 9})
	if err != nil || len(rows) != 1 || !rows[0].ReadAt.Equal(now) || !rows[0].NIK.IsZero() {
		t.Errorf("%v %+v", err, rows)
	}
}
