package card

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// A Kind is the way in which a vendor's service is asked.
type Kind string

// The kinds. All answer with one document; only WebSocket may send others before it.
const (
	WebSocket Kind = "websocket" // a message is sent, JSON messages come
	JSON      Kind = "json"      // GET, JSON comes
	Form      Kind = "form"      // POST of a form, a form or JSON comes
	XML       Kind = "xml"       // POST of XML or GET without a request, XML comes
)

// A Service is a vendor's local service as the configuration describes it, and a Way to a card. The service has the SAM and does with the
// card what only a SAM can; what it answers is folded into a Record by the table of names.
type Service struct {
	Name   string `toml:"name"`   // shown to the officer and kept in the record's Origin
	Kind   Kind   `toml:"kind"`   //
	URL    string `toml:"url"`    // ws, wss, http or https; on this machine
	Remote bool   `toml:"remote"` // the address may be another machine's, in the agency's closed network
	// the message or body that starts a read; default: {"command":"read"} for websocket, nothing else
	Request string            `toml:"request"`
	Headers map[string]string `toml:"headers"` // of the request: what the vendor asks for, as a token or an Origin
	Fields  map[string]string `toml:"fields"`  // names of this service over the built-in ones: name = key of a field, empty to pass it over
	Wait    time.Duration     `toml:"wait"`    // the whole read with the laying down of the card; default 30 seconds
}

const (
	maxAnswer   = 1 << 20 // bytes; services send the photograph along, a few tens of thousands
	maxMessages = 100     // of a websocket before the record: progress, heartbeat
)

// Check reports what is wrong with the configuration (ErrConfig). It connects to nothing.
func (s Service) Check() error {
	_, err := s.table()
	return err
}

func (s Service) table() (table, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: url", ErrConfig)
	}
	schemes := "http https"
	switch s.Kind {
	case WebSocket:
		schemes = "ws wss"
	case JSON, Form, XML:
	default:
		return nil, fmt.Errorf("%w: kind %q", ErrConfig, s.Kind)
	}
	switch {
	case s.Name == "":
		return nil, fmt.Errorf("%w: name is missing", ErrConfig)
	case u.Host == "" || u.User != nil || !strings.Contains(" "+schemes+" ", " "+u.Scheme+" "):
		return nil, fmt.Errorf("%w: url of kind %s", ErrConfig, s.Kind)
	case !s.Remote && !local(u.Hostname()):
		return nil, fmt.Errorf("%w: url is of another machine and remote is not set", ErrConfig)
	case s.Kind == JSON && s.Request != "":
		return nil, fmt.Errorf("%w: kind json has no request", ErrConfig)
	}
	return newTable(s.Fields)
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Read asks the service for one card. Besides the end of ctx its errors are ErrConfig, ErrService, ErrAnswer, ErrTooLarge, ErrNoRecord and
// ErrAmbiguous; a service that takes longer than Wait is ErrService. No error holds anything of an answer.
func (s Service) Read(ctx context.Context) (Record, error) {
	t, err := s.table()
	if err != nil {
		return Record{}, err
	}
	waiting, cancel := context.WithTimeout(ctx, orDefault(s.Wait))
	defer cancel()
	client := s.client()
	defer client.CloseIdleConnections()
	var r Record
	if s.Kind == WebSocket {
		r, err = s.listen(waiting, client, t)
	} else {
		r, err = s.ask(waiting, client, t)
	}
	switch {
	case err == nil:
		return r, nil
	case ctx.Err() != nil:
		return Record{}, ctx.Err()
	case waiting.Err() != nil && errors.Is(err, ErrService):
		return Record{}, fmt.Errorf("%w: no answer in time", ErrService)
	}
	return Record{}, err
}

// client reaches this machine alone, whatever names resolve to, unless the configuration says otherwise. It follows no redirection and asks
// no proxy.
func (s Service) client() *http.Client {
	dialer := &net.Dialer{}
	if !s.Remote {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if host, _, err := net.SplitHostPort(address); err != nil || !local(host) {
				return ErrConfig
			}
			return nil
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: false, DisableCompression: true,
			MaxResponseHeaderBytes: 1 << 16, TLSHandshakeTimeout: 10 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s Service) header() http.Header {
	h := http.Header{"Cache-Control": {"no-store"}}
	for k, v := range s.Headers {
		h.Set(k, v)
	}
	return h
}

// ask is a read by HTTP.
func (s Service) ask(ctx context.Context, client *http.Client, t table) (Record, error) {
	method, kind := http.MethodGet, ""
	switch {
	case s.Kind == Form:
		method, kind = http.MethodPost, "application/x-www-form-urlencoded"
	case s.Kind == XML && s.Request != "":
		method, kind = http.MethodPost, "application/xml"
	}
	request, err := http.NewRequestWithContext(ctx, method, s.URL, strings.NewReader(s.Request))
	if err != nil {
		return Record{}, fmt.Errorf("%w: url", ErrConfig)
	}
	request.Header = s.header()
	if kind != "" && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := client.Do(request)
	if err != nil {
		return Record{}, ErrService // the cause can quote what the service sent
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Record{}, fmt.Errorf("%w: HTTP status %d", ErrAnswer, response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	defer clear(body)
	if err != nil {
		return Record{}, fmt.Errorf("%w: answer broke off", ErrService)
	}
	if len(body) > maxAnswer {
		return Record{}, ErrTooLarge
	}
	pairs, err := s.leaves(body)
	if err != nil {
		return Record{}, err
	}
	return t.fold(s.Name, pairs)
}

// mark is what some services write before an answer in UTF-8.
var mark = []byte("\ufeff")

func (s Service) leaves(body []byte) ([]pair, error) {
	body = bytes.TrimPrefix(body, mark)
	switch {
	case s.Kind == XML:
		return leavesXML(body)
	case s.Kind == Form && !strings.HasPrefix(strings.TrimSpace(string(body[:min(64, len(body))])), "{"):
		return leavesForm(body)
	}
	return leavesJSON(body)
}

// listen is a read by websocket: messages without a person are passed over, unless they say that the read failed.
func (s Service) listen(ctx context.Context, client *http.Client, t table) (Record, error) {
	conn, _, err := websocket.Dial(ctx, s.URL, &websocket.DialOptions{HTTPClient: client, HTTPHeader: s.header(),
		CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return Record{}, ErrService
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxAnswer)
	request := s.Request
	if request == "" {
		request = `{"command":"read"}`
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(request)); err != nil {
		return Record{}, ErrService
	}
	for range maxMessages {
		kind, message, err := conn.Read(ctx)
		switch {
		case errors.Is(err, websocket.ErrMessageTooBig):
			return Record{}, ErrTooLarge
		case err != nil:
			return Record{}, ErrService
		case kind != websocket.MessageText:
			return Record{}, ErrAnswer
		}
		pairs, err := leavesJSON(bytes.TrimPrefix(message, mark))
		clear(message)
		if err != nil {
			return Record{}, err
		}
		r, err := t.fold(s.Name, pairs)
		if !errors.Is(err, ErrNoRecord) || failed(pairs) {
			return r, err // and the connection is cut: its closing handshake would only hold the officer
		}
	}
	return Record{}, ErrNoRecord
}
