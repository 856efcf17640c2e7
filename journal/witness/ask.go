package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"gapura/journal/journal"
)

// A Conflict says that a witness outside has cosigned something that the log does not go on from: evidence, as far as the witness is
// believed.
type Conflict struct {
	Known int64 // entries that the witness has seen
	Size  int64 // entries of the checkpoint that it was asked to cosign
}

func (c *Conflict) Error() string {
	if c.Known > c.Size {
		return fmt.Sprintf("it has cosigned %d entries, and the log has %d", c.Known, c.Size)
	}
	return fmt.Sprintf("the log does not go on from the first %d entries that it has cosigned", c.Known)
}

// A request is one checkpoint for one witness.
type request struct {
	url    string // submission prefix
	signed []byte // the checkpoint, with the provider's signatures
	size   int64
	known  int64                                   // entries that the witness is thought to have seen
	prove  func(old int64) ([]journal.Hash, error) // that the log goes on from so many
}

// tries is how often a witness is asked at once: it says what it has seen, and may have seen more by then from another process.
const tries = 3

// ask sends a checkpoint by C2SP tlog-witness and returns the signature lines of the answer, unchecked. The error is a *Conflict when the
// witness has seen another log.
func ask(ctx context.Context, client *http.Client, r request) (lines []byte, err error) {
	told := false // known is what the witness itself said
	for range tries {
		var proof []journal.Hash
		if r.known > 0 && r.known < r.size {
			if proof, err = r.prove(r.known); err != nil {
				return nil, err
			}
		}
		status, kind, answer, err := post(ctx, client, strings.TrimSuffix(r.url, "/")+"/add-checkpoint", addCheckpoint(r.known, proof,
			r.signed))
		if err != nil {
			return nil, err
		}
		switch {
		case status == http.StatusOK:
			return answer, nil
		case status == http.StatusConflict && kind == sizeType:
			known, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
			if err != nil || known < 0 {
				return nil, errors.New("its answer is not a size")
			}
			if known > r.size || known == r.known {
				return nil, &Conflict{known, r.size}
			}
			r.known, told = known, true
		case told && (status == http.StatusConflict || status == http.StatusUnprocessableEntity):
			return nil, &Conflict{r.known, r.size}
		case status == http.StatusConflict || status == http.StatusUnprocessableEntity:
			r.known = 0 // ask what it has seen
			if r.size == 0 {
				return nil, fmt.Errorf("it answers with status %d", status)
			}
		case status == http.StatusNotFound:
			return nil, errors.New("it does not know this log (status 404)")
		case status == http.StatusForbidden:
			return nil, errors.New("it does not know the key of this log (status 403)")
		default:
			return nil, fmt.Errorf("it answers with status %d", status)
		}
	}
	return nil, errors.New("it has seen another size each time that it was asked")
}

// sizeType is the content type of an answer that tells what a witness has seen.
const sizeType = "text/x.tlog.size"

// addCheckpoint is the body of a request.
func addCheckpoint(old int64, proof []journal.Hash, signed []byte) []byte {
	b := fmt.Appendf(nil, "old %d\n", old)
	b = append(append(b, journal.EncodeProof(proof)...), '\n')
	return append(b, signed...)
}

func post(ctx context.Context, client *http.Client, url string, body []byte) (status int, kind string, answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, "", nil, err
	}
	r.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := client.Do(r)
	if err != nil {
		return 0, "", nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err == nil && len(answer) > maxAnswer {
		err = errors.New("its answer is too long")
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), answer, err
}
