package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"gapura/internal/keyring"
	"gapura/store"
	"gapura/store/storetest"
)

// kill -9 in the middle of a batch of 10,000 records of data balikan: all of it is there or nothing, an answered one is there, and sending
// it again says so.
func TestBatchOfBalikanIsAllOrNothing(t *testing.T) {
	const size, rounds = 10_000, 4
	storetest.Engines(t, func(t *testing.T, url string) {
		d := setUp(t, url)
		s := d.senders[0]
		batch := func(round int) []byte {
			data := make([]map[string]any, size)
			for i := range data {
				data[i] = map[string]any{"NIK": d.found[i%len(d.found)],
					"param": []map[string]string{{"NOMOR": fmt.Sprintf("B-%d-%d", round,
						i), "JENIS_BANTUAN": "Benih"}}}
			}
			return s.body(t, data)
		}
		count := func() int {
			t.Helper()
			keys, err := keyring.Load(filepath.Join(d.dir, "gapura.key"))
			if err != nil {
				t.Fatal(err)
			}
			st, err := store.Open(t.Context(), store.Options{URL: d.database, Keys: keys})
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			list, err := st.Balikan.Received(t.Context(), 1, time.Time{}, false, size*rounds+1)
			if err != nil {
				t.Fatal(err)
			}
			return len(list)
		}
		whole, took, cut := 0, 2*time.Second, 0
		for round := range rounds {
			body := batch(round)
			url, process := d.serve(t)
			begun := time.Now()
			if round > 0 { // the first is left alone, to see how long one takes
				victim := process.Process
				time.AfterFunc(time.Duration(rand.Int64N(int64(took))), func() { victim.Kill() })
			}
			status, err := s.send(t, url, body)
			if round == 0 {
				took = time.Since(begun)
			}
			process.Process.Kill()
			process.Wait()
			n := count()
			switch {
			case err == nil && status == 200 && n != whole+size:
				t.Fatalf("round %d was answered, and %d of %d are there", round, n-whole, size)
			case n != whole && n != whole+size:
				t.Fatalf("round %d: %d of %d are there", round, n-whole, size)
			}
			kept := n == whole+size
			if !kept {
				cut++
			}
			url, process = d.serve(t)
			want := 200
			if kept {
				want = 400
			}
			if status, err := s.send(t, url, body); err != nil || status != want {
				t.Fatalf("round %d sent again: %d %v, want %d", round, status, err, want)
			}
			process.Process.Kill()
			process.Wait()
			whole += size
		}
		if n := count(); n != whole {
			t.Errorf("%d records of %d", n, whole)
		}
		t.Logf("%d of %d rounds were cut off; a batch takes %v", cut, rounds-1, took)
	})
}

// body is what a sender posts.
func (s sender) body(t *testing.T, data []map[string]any) []byte {
	t.Helper()
	b, err := json.Marshal([]map[string]any{{"id_lembaga": s.ID, "nama_lembaga": s.Name, "data": data}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s sender) send(t *testing.T, url string, body []byte) (int, error) {
	r, err := http.NewRequestWithContext(t.Context(), "POST", url+"/data_balikan/public/api/store", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Authorization", "Bearer "+s.Token)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, err
}
