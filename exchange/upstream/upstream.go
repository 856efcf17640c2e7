// Package upstream finds persons in another service over the legacy wire, with the provider's own credentials there: the ministry's
// service, or another provider (A10). What that service grants is cut again to the agency's own grant at this hop.
package upstream

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"gapura/exchange/wire"
	"gapura/person/nik"
	"gapura/person/population"
	"gapura/person/region"
)

// Config says where the service is.
type Config struct {
	URL            string // with path and method, "https://host/dukcapil/get_json/33-03/dukcapil/call_nik"
	User, Password string
	Timeout        time.Duration // of one lookup
	Log            *slog.Logger
}

// A Source asks the service. Safe for concurrent use.
type Source struct {
	cfg     Config
	client  *http.Client
	breaker breaker
}

// connections is how many lookups are under way at once; more wait for a free one.
const connections = 32

// New makes a source; it connects with the first lookup.
func New(cfg Config) *Source {
	return &Source{cfg: cfg, breaker: breaker{now: time.Now}, client: &http.Client{
		Timeout: cfg.Timeout,
		Transport: &http.Transport{
			MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute, TLSHandshakeTimeout: cfg.Timeout,
			ForceAttemptHTTP2: true,
		},
		// a NIK is sent to the configured address alone
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Why a lookup was not answered. No error holds a value.
var (
	ErrDown    = errors.New("the service did not answer lately and is left alone for a moment")
	errAnswer  = errors.New("the service's answer cannot be read")
	errRefused = errors.New("the service refuses")
)

// maxAnswer is longer than any answer.
const maxAnswer = 64 << 10

// Find implements population.Source.
func (s *Source) Find(ctx context.Context, n nik.NIK) (f population.Finding, err error) {
	if !s.breaker.allow() {
		return f, ErrDown
	}
	f, err = s.ask(ctx, n)
	if err != nil && (ctx.Err() != nil || errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE)) {
		s.breaker.forget() // the caller left, or no descriptor was; that says nothing about the service
		return population.Finding{}, err
	}
	if opened := s.breaker.note(err == nil); opened {
		s.cfg.Log.Error("upstream: service is left alone for a moment", "error", err)
	}
	return f, err
}

func (s *Source) ask(ctx context.Context, n nik.NIK) (f population.Finding, err error) {
	body, err := json.Marshal(map[string]string{"nik": n.Digits(), "user_id": s.cfg.User, "password": s.cfg.Password, "ip_user": "gapura"})
	if err != nil {
		return f, errAnswer
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return f, errors.New("address of the service cannot be used")
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(r)
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return f, fmt.Errorf("ask the service: %w", errors.Unwrap(err)) // without the address
	}
	if err != nil {
		return f, errors.New("the service does not answer")
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return f, errors.New("the service's answer broke off")
	}
	if resp.StatusCode != http.StatusOK {
		return f, fmt.Errorf("the service answers with status %d", resp.StatusCode)
	}
	if f.Person, f.Known, err = read(answer, n); err == nil {
		// the day of the data goes through a chain as it is; a service of another make, or one that writes no day, tells none
		f.Set.AsOf, _ = time.Parse(time.DateOnly, resp.Header.Get(wire.AsOf))
	}
	return f, err
}

// read reads an answer about a NIK. An answer about another person is an error.
func read(answer []byte, n nik.NIK) (p population.Person, found bool, err error) {
	var envelope struct {
		Content []map[string]any `json:"content"`
	}
	dec := json.NewDecoder(bytes.NewReader(answer))
	dec.UseNumber()
	if dec.Decode(&envelope) != nil || len(envelope.Content) != 1 {
		return p, false, errAnswer
	}
	f := fields{}
	for k, v := range envelope.Content[0] {
		switch v := v.(type) {
		case string:
			f[wire.Key(k)] = strings.TrimSpace(v)
		case json.Number:
			f[wire.Key(k)] = v.String()
		}
	}
	p.NIK = n
	status, notice := wire.NoticeOf(f["responsecode"], f["responsedesc"], f["respon"])
	switch {
	case notice && status == wire.StatusUnknown:
		return p, false, nil
	case notice && status == wire.StatusRefused:
		return p, false, errRefused
	case notice:
		p.Status = population.LifeStatus(status)
		return p, true, nil
	case f["nik"] != "" && strings.TrimLeft(f["nik"], "0") != strings.TrimLeft(n.Digits(), "0"):
		return p, false, errAnswer
	}
	p.FamilyNo, p.Name, p.BirthPlace, p.Marital, p.Occupation = f["nokk"], f["namalgkp"], f["tmptlhr"], f["statuskawin"], f["jenispkrjn"]
	p.Sex = population.ReadSex(f["jenisklmin"])
	if p.BirthDate, err = time.Parse(time.DateOnly, f["tgllhr"]); err != nil {
		p.BirthDate = time.Time{}
	}
	p.Address, p.RT, p.RW = f["alamat"], f.padded("nort", 3), f.padded("norw", 3)
	p.Elsewhere = &population.Place{
		Place: region.Place{Province: wire.OfficialProvince(f["propname"]), Regency: wire.OfficialRegency(f["kabname"]),
			District: f["kecname"], Village: f["kelname"]},
		DistrictCode: f.district(),
	}
	return p, true, nil
}

type fields map[string]string

// padded is a number with leading zeros, as registered; what is no number stays away.
func (f fields) padded(key string, width int) string {
	n, err := strconv.Atoi(f[key])
	if err != nil || n < 0 {
		return ""
	}
	return fmt.Sprintf("%0*d", width, n)
}

// district is the code of six digits when the service grants province and regency too, else the number within the regency.
func (f fields) district() string {
	return f.padded("noprop", 2) + f.padded("nokab", 2) + f.padded("nokec", 2)
}

// A breaker leaves a service alone after failures in a row, so that officers are told at once instead of after a timeout each; then one
// lookup at a time tries again.
type breaker struct {
	now      func() time.Time
	mu       sync.Mutex
	failures int       // in a row; guarded by mu
	until    time.Time // nobody asks before; guarded by mu
	trying   bool      // one asks after it; guarded by mu
}

const (
	failuresInARow = 5
	leftAlone      = 5 * time.Second
)

func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < failuresInARow {
		return true
	}
	if b.trying || b.now().Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// note takes the outcome of a lookup and reports whether the service is left alone from now on.
func (b *breaker) note(ok bool) (opened bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
	if ok {
		b.failures = 0
		return false
	}
	b.failures++
	if b.failures >= failuresInARow {
		b.until = b.now().Add(leftAlone)
	}
	return b.failures == failuresInARow
}

func (b *breaker) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
