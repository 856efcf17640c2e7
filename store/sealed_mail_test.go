package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gapura/internal/notify"
	"gapura/store/storetest"
)

// dump is all that a database holds: SQLite's files as they lie, or the mails' table as PostgreSQL tells it.
func dump(t *testing.T, url string) string {
	t.Helper()
	if strings.HasPrefix(url, "postgres") {
		db := raw(t, url)
		rows, err := db.QueryContext(t.Context(), "SELECT CAST(m AS TEXT), COALESCE(encode(m.sealed, 'escape'), '') FROM mails m")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var out strings.Builder
		for rows.Next() {
			var a, b string
			if err := rows.Scan(&a, &b); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&out, a, b)
		}
		return out.String()
	}
	files, err := filepath.Glob(url + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var out bytes.Buffer
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	return out.String()
}

// Nobody who reads the database learns whom a mail is for and what it says, neither while it waits nor after it was sent.
func TestAMailIsSealedUntilItIsSentAndForgottenThen(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, st := t.Context(), storetest.Open(t, url, storetest.Keys(t))
		m := notify.Mail{To: "warga-satu@rekaan.example", Subject: "Perihal surel", Body: "Isi yang dirahasiakan.", Created: now}
		if err := st.Mails.QueueMail(ctx, m); err != nil {
			t.Fatal(err)
		}
		hidden := func(when string) {
			t.Helper()
			all := dump(t, url)
			if !strings.Contains(all, m.Subject) {
				t.Fatal("the mail is not where it is looked for")
			}
			for _, secret := range []string{m.To, "warga-satu", m.Body} {
				if strings.Contains(all, secret) {
					t.Errorf("%s: %q lies open in the database", when, secret)
				}
			}
		}
		hidden("waiting")
		list, err := st.Mails.Claim(ctx, now, now.Add(time.Minute), 10)
		if err != nil || len(list) != 1 || list[0].To != m.To || list[0].Body != m.Body {
			t.Fatal(list, err)
		}
		if err := st.Mails.Sent(ctx, list[0].ID, now); err != nil {
			t.Fatal(err)
		}
		hidden("sent")
		if list, err = st.Mails.MailList(ctx, 0, 10); err != nil || list[0].To+list[0].Body != "" || list[0].Subject != m.Subject {
			t.Error("a mail that was sent is kept:", list, err)
		}
	})
}

// What waits open from before is sealed by the program's start, and goes out as it was written.
func TestMailsFromBeforeAreSealedAtTheStart(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		keys := storetest.Keys(t)
		storetest.Open(t, url, keys)
		if _, err := raw(t, url).ExecContext(t.Context(), "INSERT INTO mails (recipient, subject, body, file_id, created_us, "+
			"next_us, tries, sent_us, failure) VALUES ('lama@rekaan.example', 'Lama', 'Isi lama.', 0, 1, 1, 0, 0, '')"); err != nil {
			t.Fatal(err)
		}
		st := storetest.Open(t, url, keys)
		var open int
		err := raw(t, url).QueryRow("SELECT COUNT(*) FROM mails WHERE recipient <> '' OR body <> ''").Scan(&open)
		if err != nil || open != 0 {
			t.Error("mails that lie open:", open, err)
		}
		list, err := st.Mails.Claim(t.Context(), now, now.Add(time.Minute), 10)
		if err != nil || len(list) != 1 || list[0].To != "lama@rekaan.example" || list[0].Body != "Isi lama." {
			t.Error(list, err)
		}
	})
}

// A mail whose seal was moved or changed by whoever writes to the database is sent to nobody, told as what it is, and holds up no other.
func TestAMailWhoseSealDoesNotOpenHoldsUpNoOther(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, st := context.Background(), storetest.Open(t, url, storetest.Keys(t))
		queueMails(t, st, 3)
		if _, err := raw(t, url).ExecContext(ctx, "UPDATE mails SET sealed = (SELECT sealed FROM mails WHERE subject LIKE '%2') "+
			"WHERE subject LIKE '%0'"); err != nil {
			t.Fatal(err)
		}
		at := now.Add(time.Second)
		list, err := st.Mails.Claim(ctx, at, at.Add(time.Minute), 10)
		if err != nil || len(list) != 2 || list[0].To != "orang1@rekaan.example" || list[1].To != "orang2@rekaan.example" {
			t.Fatal(list, err)
		}
		all, err := st.Mails.MailList(ctx, 0, 10)
		if err != nil || len(all) != 3 || all[2].To != "" || !strings.Contains(all[2].Failure, "berkas kunci") {
			t.Error(all, err)
		}
	})
}
