package store_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gapura/agreement/party"
	"gapura/internal/notify"
	"gapura/office/procedure"
	"gapura/store"
	"gapura/store/storetest"
)

func queueMails(t *testing.T, st *store.DB, n int) {
	t.Helper()
	for i := range n {
		m := notify.Mail{To: fmt.Sprintf("orang%d@rekaan.example", i), Subject: fmt.Sprintf("Perihal – %d", i), Body: "Isi “surat”.",
			Created: now.Add(time.Duration(i) * time.Microsecond)}
		if err := st.Mails.QueueMail(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMailsAreClaimedByOneAlone runs four callers, on PostgreSQL over two stores as two processes have. Who gets nothing may rely on it
// that nothing is due.
func TestMailsAreClaimedByOneAlone(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx, keys := t.Context(), storetest.Keys(t)
		st := storetest.Open(t, url, keys)
		queues := []notify.Queue{st.Mails, st.Mails, st.Mails, st.Mails}
		if strings.HasPrefix(url, "postgres") {
			other := storetest.Open(t, url, keys)
			queues[2], queues[3] = other.Mails, other.Mails
		}
		const n = 60
		queueMails(t, st, n)
		at, until := now.Add(time.Second), now.Add(10*time.Minute)
		var mu sync.Mutex
		claims := map[int64]int{}
		var wg sync.WaitGroup
		for _, q := range queues {
			wg.Go(func() {
				for {
					list, err := q.Claim(ctx, at, until, 7)
					if err != nil {
						t.Error(err)
						return
					}
					if len(list) == 0 {
						all, err := st.Mails.MailList(ctx, 0, n)
						if i := slices.IndexFunc(all, func(m notify.Mail) bool { return m.Tries == 0 }); i >= 0 || err != nil {
							t.Errorf("nothing was claimed although a mail is due, %v", err)
						}
						return
					}
					mu.Lock()
					for _, m := range list {
						claims[m.ID]++
						if m.Tries != 1 {
							t.Errorf("%+v", m)
						}
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		if len(claims) != n {
			t.Errorf("%d of %d claimed", len(claims), n)
		}
		for id, times := range claims {
			if times != 1 {
				t.Errorf("mail %d was claimed %d times", id, times)
			}
		}
		if list, err := st.Mails.Claim(ctx, until, until.Add(time.Minute), 100); err != nil || len(list) != n || list[0].Tries != 2 {
			t.Errorf("%d of %d are due again after a crash, %v", len(list), n, err)
		}
	})
}

func TestMailStaysUntilItIsSent(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		ctx := t.Context()
		st := storetest.Open(t, url, storetest.Keys(t))
		q := st.Mails
		claim := func(at time.Time, want int) []notify.Mail {
			t.Helper()
			list, err := q.Claim(ctx, at, at.Add(10*time.Minute), 10)
			if err != nil || len(list) != want {
				t.Fatalf("%d due, want %d, %v", len(list), want, err)
			}
			return list
		}
		m := notify.Mail{To: "kantor@rekaan.example", Subject: "Perihal – 0", Body: "Isi “surat”.", File: 0, Created: now}
		if err := st.Mails.QueueMail(ctx, m); err != nil {
			t.Fatal(err)
		}
		claim(now.Add(-time.Second), 0)
		got := claim(now, 1)[0]
		if got.To != m.To || got.Subject != m.Subject || got.Body != m.Body || !got.Created.Equal(now) || !got.Sent.IsZero() ||
			got.Failure != "" {
			t.Fatalf("%+v", got)
		}
		if err := q.Failed(ctx, got.ID, now.Add(time.Hour), "ditolak: 550"); err != nil {
			t.Fatal(err)
		}
		claim(now.Add(time.Hour-time.Second), 0)
		if got = claim(now.Add(time.Hour), 1)[0]; got.Tries != 2 || got.Failure != "ditolak: 550" {
			t.Fatalf("%+v", got)
		}
		if err := q.Sent(ctx, got.ID, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		claim(now.Add(1000*time.Hour), 0)
		list, err := st.Mails.MailList(ctx, 0, 10)
		if err != nil || len(list) != 1 || list[0].Failure != "" || list[0].Tries != 2 || !list[0].Sent.Equal(now.Add(time.Hour)) {
			t.Fatalf("%+v, %v", list, err)
		}
	})
}

func TestMailListPagesFromTheNewest(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		st := storetest.Open(t, url, storetest.Keys(t))
		queueMails(t, st, 5)
		var seen []string
		for before := int64(0); ; {
			list, err := st.Mails.MailList(t.Context(), before, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, m := range list {
				seen = append(seen, strings.TrimPrefix(m.Subject, "Perihal – "))
				before = m.ID
			}
		}
		if got := strings.Join(seen, " "); got != "4 3 2 1 0" {
			t.Error(got)
		}
	})
}

func TestMailAttachmentComesOutOfItsSeal(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, url string) {
		d, ctx := open(t, url), context.Background()
		agency := d.user(t, "petugas.dinsos").Institution
		for media, ending := range map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"} {
			want := bytes.Repeat([]byte(media+" isi rekaan\x00\xff"), 5000)
			f := procedure.File{Agency: agency, Kind: "scan", Title: "Laporan " + media, Media: media, Content: want, At: now}
			_, err := d.st.Duties.Deliver(ctx, procedure.Evidence{Agency: agency, Agreement: 1, Rule: "iso27001", On: now, By: 1, At: now},
				&f, procedure.Notice{Agency: party.Provider, At: now, Text: "x"})
			if err != nil {
				t.Fatal(err)
			}
			files, err := d.st.Files.Files(ctx, agency, 0, 1)
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			a, err := d.st.Mails.Attachment(ctx, files[0].ID)
			if err != nil || a.Name != f.Title+ending || a.Media != media || !bytes.Equal(a.Content, want) {
				t.Errorf("%q, %q, %d bytes, %v", a.Name, a.Media, len(a.Content), err)
			}
		}
		if _, err := d.st.Mails.Attachment(ctx, 1<<40); err == nil {
			t.Error("an attachment that is not there was read")
		}
		if !strings.HasPrefix(url, "postgres") {
			files, _ := filepath.Glob(url + "*")
			for _, name := range files {
				if b, err := os.ReadFile(name); err != nil || bytes.Contains(b, []byte("isi rekaan")) {
					t.Errorf("%s holds the attachment's text, %v", filepath.Base(name), err)
				}
			}
		}
	})
}
