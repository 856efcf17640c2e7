// Package client speaks the provider's JSON API for the agency's side. It promises that what the provider tells of a person is in memory
// only and shows in no log, error or encoding; that an error never holds a NIK or a value; and that a caller can tell a line that is down
// from a request that was refused.
package client

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gapura/agreement/reader"
	"gapura/office/outage"
)

// ErrDown says that the provider could not be reached, broke off, or answered that it has a fault: the same request may be made again
// later. A lookup that ends so may have been recorded and charged.
var ErrDown = errors.New("the provider does not answer")

// A Refused is the provider's answer that it will not do what was asked. Text is Indonesian and for the officer.
type Refused struct {
	Status int
	Code   string // "login", "quota", "input", …; see the provider's OpenAPI document
	Text   string
	Record string // of the refusal in the agency's log; may be empty
}

// Judged reports whether a card that was told is recorded under its key as one that should not have been read, so that telling it again
// changes nothing: the agreement was not in force, did not grant readers, the reader was not active, or the purpose was not agreed.
func (r *Refused) Judged() bool {
	return r.Record != "" && slices.Contains([]string{"institution_inactive", "method", "reader", "purpose"}, r.Code)
}

func (r *Refused) Error() string {
	return "refused by the provider: " + strconv.Itoa(r.Status) + " " + r.Code
}

// Config says where the provider is.
type Config struct {
	URL     string        // https://host
	TLS     *tls.Config   // for instance with the desk's own certificate; nil: the machine's trust
	Timeout time.Duration // of a whole call; default 10 s
	Now     func() time.Time
}

// A Client is safe for concurrent use. Tokens come with each call, because each officer has an own one.
type Client struct {
	base string
	http *http.Client
	now  func() time.Time

	mu   sync.Mutex
	down time.Time // guarded by mu: when the first of the last calls in a row failed by ErrDown; zero: the last call was answered
}

// New returns a client. It connects to nothing.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, errors.New("provider's address: want https://host")
	}
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Client{base: strings.TrimRight(c.URL, "/"), now: c.Now, http: &http.Client{
		Timeout: c.Timeout,
		Transport: &http.Transport{
			Proxy: nil, TLSClientConfig: c.TLS, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
			DialContext: (&net.Dialer{Timeout: min(c.Timeout, 5*time.Second)}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// A Delivery is data balikan. Key names it, so that it may be sent again after no answer came.
type Delivery struct {
	Key   string `json:"key"`
	Items []Item `json:"items"`
}

// An Item has either Param or the Reason why no service was given (balikan.Reasons).
type Item struct {
	NIK    string              `json:"nik"`
	Param  []map[string]string `json:"param,omitempty"`
	Reason string              `json:"reason,omitempty"`
	// Reading is the reference of the reading that filled the application in: of a chip that gave no NIK, it is what is answered.
	Reading string `json:"reading,omitempty"`
}

// A Taken says that a delivery is durable with the provider.
type Taken struct {
	Key      string    `json:"key"`
	Accepted int       `json:"accepted"`
	At       time.Time `json:"received_at"`
	Repeated bool      `json:"repeated"`
	Record   string    `json:"record"` // of a card that was told
}

// A CardRead is what is told of a KTP-el that was read. Key names it, so that it may be told again after no answer came.
type CardRead struct {
	Key       string    `json:"key"`
	NIK       string    `json:"nik,omitempty"` // empty: the chip gave none
	Reader    string    `json:"reader"`        // serial number
	Purpose   string    `json:"purpose"`
	Reference string    `json:"reference"`
	ReadAt    time.Time `json:"read_at"`
}

// TellCard tells of a card that was read. A *Refused that is Judged says that it is recorded as one that should not have been.
func (c *Client) TellCard(ctx context.Context, token string, r CardRead) (Taken, error) {
	var t Taken
	if err := c.call(ctx, http.MethodPost, "/api/v1/card-reads", token, r, &t); err != nil {
		return Taken{}, err
	}
	if t.Key != r.Key || t.Record == "" {
		return Taken{}, fmt.Errorf("%w: an answer for another card", ErrDown)
	}
	return t, nil
}

// Deliver sends data balikan, all or nothing.
func (c *Client) Deliver(ctx context.Context, token string, d Delivery) (Taken, error) {
	var t Taken
	if err := c.call(ctx, http.MethodPost, "/api/v1/balikan", token, d, &t); err != nil {
		return Taken{}, err
	}
	if t.Key != d.Key || t.Accepted != len(d.Items) {
		return Taken{}, fmt.Errorf("%w: an answer for another delivery", ErrDown)
	}
	return t, nil
}

// Readers are the agency's own card readers and whether its agreement is in force.
func (c *Client) Readers(ctx context.Context, token string) (list []reader.Reader, inForce bool, err error) {
	var got struct {
		InForce bool `json:"in_force"`
		Readers []struct {
			Serial, Model, SAM string
			State              reader.State
		} `json:"readers"`
	}
	if err := c.call(ctx, http.MethodGet, "/api/v1/readers", token, nil, &got); err != nil {
		return nil, false, err
	}
	for _, r := range got.Readers {
		list = append(list, reader.Reader{Serial: r.Serial, Model: r.Model, SAM: r.SAM, State: r.State})
	}
	return list, got.InForce, nil
}

// A Canary is a person who does not exist; its values may stand nowhere in the agency's files.
type Canary struct {
	NIK     string
	Values  []string
	Records []string // of the agency's lookups
}

// Canaries are the agency's own. They are for memory only.
func (c *Client) Canaries(ctx context.Context, token string) ([]Canary, error) {
	var got struct{ Canaries []Canary }
	err := c.call(ctx, http.MethodGet, "/api/v1/canaries", token, nil, &got)
	return got.Canaries, err
}

// ErrNoReceipt says that the record has not been signed yet; it will be within a second or so.
var ErrNoReceipt = errors.New("no receipt yet")

// Receipt is the proof of a record (C2SP tlog-proof), which holds a commitment to the NIK and nothing of the person.
func (c *Client) Receipt(ctx context.Context, token, record string) ([]byte, error) {
	var text []byte
	err := c.call(ctx, http.MethodGet, "/api/v1/records/"+url.PathEscape(record)+"/receipt", token, nil, &text)
	if r, ok := errors.AsType[*Refused](err); ok && r.Status == http.StatusNotFound {
		return nil, ErrNoReceipt
	}
	return text, err
}

// DownSince tells since when the provider has not answered; zero: it answered last.
func (c *Client) DownSince() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down
}

func (c *Client) note(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case errors.Is(err, context.Canceled): // who asked has gone
	case !errors.Is(err, ErrDown):
		c.down = time.Time{}
	case c.down.IsZero():
		c.down = c.now()
	}
}

// Ping asks whether the provider answers at all, and whether it has gone on from a backup.
func (c *Client) Ping(ctx context.Context) (Restored, error) {
	var h http.Header
	if err := c.call(ctx, http.MethodGet, "/healthz", "", nil, &h); err != nil {
		return Restored{}, err
	}
	return readRestored(h.Get(RestoredHeader)), nil
}

// Outages are the planned outages that the provider announces, the next first.
func (c *Client) Outages(ctx context.Context, _ time.Time) ([]outage.Outage, error) {
	var s outage.Status
	if err := c.call(ctx, http.MethodGet, outage.StatusPath, "", nil, &s); err != nil {
		return nil, err
	}
	return s.Outages, nil
}

// maxAnswer bounds an answer: a receipt is the largest.
const maxAnswer = 256 << 10

// call makes one request and notes what it tells of the line.
func (c *Client) call(ctx context.Context, method, path, token string, body, into any) error {
	err := c.do(ctx, method, path, token, body, into)
	c.note(err)
	return err
}

// do makes one request. The transport's errors are not kept: some quote the address, and nothing of a body may come along.
func (c *Client) do(ctx context.Context, method, path, token string, body, into any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return errors.New("encode request")
		}
		defer clear(sent)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(sent))
	if err != nil {
		return errors.New("make request")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	r.Header.Set("Cache-Control", "no-store")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	w, err := c.http.Do(r)
	if err != nil {
		return down(ctx, err)
	}
	defer w.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(w.Body, maxAnswer+1))
	defer clear(answer)
	switch {
	case err != nil:
		return down(ctx, err)
	case len(answer) > maxAnswer:
		return fmt.Errorf("%w: too large an answer", ErrDown)
	case w.StatusCode != http.StatusOK:
		return refused(w, answer)
	}
	switch into := into.(type) {
	case *[]byte:
		*into = bytes.Clone(answer)
		return nil
	case *http.Header:
		*into = w.Header
		return nil
	}
	if json.Unmarshal(answer, into) != nil {
		return fmt.Errorf("%w: an answer that is not the provider's", ErrDown)
	}
	return nil
}

func down(ctx context.Context, err error) error {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case errors.As(err, &timeout) && timeout.Timeout():
		return fmt.Errorf("%w: no answer in time", ErrDown)
	}
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return fmt.Errorf("%w: its certificate is not trusted", ErrDown)
	}
	return ErrDown
}

// refused reads a problem. A fault, and whatever did not come from the provider itself, is a line that is down; so is a source that does
// not answer.
func refused(w *http.Response, body []byte) error {
	kind, _, _ := mime.ParseMediaType(w.Header.Get("Content-Type"))
	var p struct{ Code, Detail, Record string }
	if kind != "application/problem+json" || json.Unmarshal(body, &p) != nil || p.Code == "" || p.Code == "fault" {
		return fmt.Errorf("%w: status %d", ErrDown, w.StatusCode)
	}
	return &Refused{Status: w.StatusCode, Code: p.Code, Text: p.Detail, Record: p.Record}
}
