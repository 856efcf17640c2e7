// Package witness is an agency's side of the journal: it asks the provider for the agency's log, checks that it goes on from what was seen
// last, keeps the newest checkpoint and cosigns it. It never signs two pasts of one log, so that a provider who puts the database back, or
// shows somebody another log, is found out. It sees no NIK.
package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"gapura/internal/durable"
	"gapura/journal/journal"
)

// A Witness watches one log. It is used by one goroutine at a time.
type Witness struct {
	URL      string // of the provider, for instance "https://gapura.dukcapil.example"
	Token    string // of a user of the agency who may use the API
	Client   *http.Client
	Cosigner *journal.Cosigner
	LogKeys  string // the log's verifier keys, got by another way than the provider's network
	File     string // holds the last checkpoint seen; written durably before it is cosigned
	Now      func() time.Time
}

// maxAnswer is longer than any checkpoint or proof.
const maxAnswer = 64 << 10

// Look takes one look at the log. A *journal.Tampered says that the log does not go on from the kept checkpoint: nothing was signed, the
// kept checkpoint stays, and the provider was told.
func (w *Witness) Look(ctx context.Context) (journal.Checkpoint, error) {
	signed, err := w.ask(ctx, http.MethodGet, "checkpoint", nil)
	if err != nil {
		return journal.Checkpoint{}, err
	}
	now, err := journal.OpenCheckpoint(signed, w.LogKeys)
	if err != nil {
		return now, fmt.Errorf("checkpoint of the provider: %w", err)
	}
	kept, err := os.ReadFile(w.File)
	if errors.Is(err, fs.ErrNotExist) {
		return now, w.sign(ctx, signed, time.Time{})
	}
	if err != nil {
		return now, err
	}
	old, err := journal.OpenCheckpoint(kept, w.LogKeys)
	if err != nil {
		return now, fmt.Errorf("kept checkpoint %s: %w", w.File, err)
	}
	var proof []journal.Hash
	if now.Size > old.Size && old.Size > 0 {
		text, err := w.ask(ctx, http.MethodGet, "proof?"+url.Values{"old": {fmt.Sprint(old.Size)}, "size": {fmt.Sprint(now.Size)}}.Encode(),
			nil)
		if err != nil {
			return now, err
		}
		if proof, err = journal.ReadProof(text); err != nil {
			return now, err
		}
	}
	if err := journal.CheckConsistency(now, old, proof); err != nil {
		_, told := w.ask(ctx, http.MethodPost, "alarms", kept)
		return now, errors.Join(err, told)
	}
	if now.Size > old.Size {
		last, _, err := journal.CheckCosignature(kept, w.Cosigner.VerifierKey())
		if err != nil { // by the key before
			last = time.Time{}
		}
		return now, w.sign(ctx, signed, last)
	}
	if _, _, err := journal.CheckCosignature(signed, w.Cosigner.VerifierKey()); err != nil {
		_, err = w.ask(ctx, http.MethodPost, "cosignatures", kept) // the last time it did not arrive
		return now, err
	}
	return now, nil
}

// sign keeps the checkpoint, and only then hands the signature out. Its times ascend, whatever the clock does.
func (w *Witness) sign(ctx context.Context, signed []byte, last time.Time) (err error) {
	if _, _, missing := journal.CheckCosignature(signed, w.Cosigner.VerifierKey()); missing != nil {
		at := w.Now()
		if at.Before(last) {
			at = last
		}
		if signed, err = w.Cosigner.Cosign(signed, at); err != nil {
			return err
		}
	}
	if err := durable.Write(w.File, signed); err != nil {
		return err
	}
	_, err = w.ask(ctx, http.MethodPost, "cosignatures", signed)
	return err
}

func (w *Witness) ask(ctx context.Context, method, what string, body []byte) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(w.URL, "/")+"/api/v1/journal/"+what, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+w.Token)
	what, _, _ = strings.Cut(what, "?")
	resp, err := w.Client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask the provider for %s: %w", what, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", resp.StatusCode)
	}
	if err != nil {
		return nil, fmt.Errorf("ask the provider for %s: %w", what, err)
	}
	return answer, nil
}
