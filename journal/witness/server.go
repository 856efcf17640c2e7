package witness

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"filippo.io/torchwood"
	"github.com/rogpeppe/go-internal/lockedfile"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gapura/internal/durable"
	"gapura/journal/journal"
)

// A Server makes an office a witness for logs of others (C2SP tlog-witness): it cosigns the checkpoints of the logs that it knows, each
// only when it goes on from the one before. Safe for concurrent use, by several processes of one machine too.
type Server struct {
	Cosigners []*journal.Cosigner // its keys, newest first: an older one signs as well until the next change of keys
	LogsFile  string              // verifier keys of the logs that it knows, one a line; # begins a comment. Read for each request
	File      string              // what it has cosigned last of each log; BeginState makes it
	Now       func() time.Time
	Log       *slog.Logger

	mu sync.Mutex // one request at a time reads, judges and writes the file
}

const (
	maxRequest = 16 << 10 // longer than any checkpoint with its proof
	maxLines   = 63       // of a proof
	maxList    = 1 << 20  // bytes of the list of logs
)

// An answer other than a cosignature.
type refused struct {
	status int
	kind   string
	text   string
}

func (r *refused) Error() string { return strings.TrimSuffix(r.text, "\n") }

func no(status int, text string) error {
	return &refused{status, "text/plain; charset=utf-8", text + "\n"}
}

func conflict(known int64) error {
	return &refused{http.StatusConflict, sizeType, strconv.FormatInt(known, 10) + "\n"}
}

// Handler answers POST /add-checkpoint.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", func(w http.ResponseWriter, r *http.Request) {
		lines, err := s.answer(w, r)
		if no, ok := errors.AsType[*refused](err); ok {
			s.Log.Info("witness: refused", "from", r.RemoteAddr, "status", no.status, "why", no.Error())
			w.Header().Set("Content-Type", no.kind)
			w.WriteHeader(no.status)
			_, _ = io.WriteString(w, no.text) // who has left is told nothing
			return
		}
		if err != nil {
			s.Log.Error("witness: add-checkpoint", "err", err)
			http.Error(w, "fault", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write(lines)
	})
	return mux
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, no(http.StatusBadRequest, "the request is too long or was cut off")
	}
	old, proof, signed, err := readRequest(body)
	if err != nil {
		return nil, no(http.StatusBadRequest, err.Error())
	}
	origin, _, _ := strings.Cut(string(signed), "\n")
	known, err := s.verifiers(origin)
	if err != nil {
		return nil, err
	}
	n, err := note.Open(signed, known)
	if err != nil {
		return nil, no(http.StatusForbidden, "invalid signature")
	}
	c, err := torchwood.ParseCheckpoint(n.Text)
	if err != nil || c.Origin != origin || c.String() != n.Text {
		return nil, no(http.StatusBadRequest, "not a checkpoint")
	}
	if old > c.N {
		return nil, no(http.StatusBadRequest, "the old size is larger than the checkpoint's")
	}
	return s.cosign(n.Text, c, old, proof)
}

// readRequest takes a request apart: an old size, a proof, an empty line, a signed checkpoint.
func readRequest(body []byte) (old int64, proof tlog.TreeProof, signed []byte, err error) {
	head, signed, ok := bytes.Cut(body, []byte("\n\n"))
	lines := strings.Split(string(head), "\n")
	size, isOld := strings.CutPrefix(lines[0], "old ")
	old, sizeErr := strconv.ParseInt(size, 10, 64)
	if !ok || !isOld || sizeErr != nil || old < 0 || strconv.FormatInt(old, 10) != size {
		return 0, nil, nil, errors.New("want: old SIZE, a consistency proof, an empty line, a checkpoint")
	}
	if len(lines)-1 > maxLines {
		return 0, nil, nil, errors.New("a consistency proof has at most 63 lines")
	}
	for _, l := range lines[1:] {
		h, err := base64.StdEncoding.DecodeString(l)
		if err != nil || len(h) != tlog.HashSize {
			return 0, nil, nil, errors.New("a line of the consistency proof is not a hash")
		}
		proof = append(proof, tlog.Hash(h))
	}
	if old == 0 && len(proof) > 0 {
		return 0, nil, nil, errors.New("from the empty log there is no consistency proof")
	}
	return old, proof, signed, nil
}

// verifiers are the keys of a log that the list knows.
func (s *Server) verifiers(origin string) (note.Verifiers, error) {
	keys, err := ReadLogs(s.LogsFile)
	if err != nil {
		return nil, err
	}
	if len(keys[origin]) == 0 {
		return nil, no(http.StatusNotFound, "unknown log")
	}
	return note.VerifierList(keys[origin]...), nil
}

// ReadLogs reads a list of logs: verifier keys, one a line, by the name of the log. A log may have several.
func ReadLogs(file string) (map[string][]note.Verifier, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("list of logs: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err != nil || len(text) > maxList {
		return nil, errors.Join(fmt.Errorf("list of logs %s: longer than %d bytes, or unreadable", file, maxList), err)
	}
	out := map[string][]note.Verifier{}
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		v, err := note.NewVerifier(strings.TrimSpace(line))
		if err != nil {
			return nil, fmt.Errorf("list of logs %s, line %d: not a verifier key", file, n)
		}
		out[v.Name()] = append(out[v.Name()], v)
	}
	return out, nil
}

// A seen is what was cosigned last of a log.
type seen struct {
	size int64
	root tlog.Hash
	at   int64 // seconds since 1970 UTC
}

// cosign judges a checkpoint by what was cosigned last, makes it durable, and only then signs.
func (s *Server) cosign(text string, c torchwood.Checkpoint, old int64, proof tlog.TreeProof) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unlock, err := lockedfile.MutexAt(s.File + ".lock").Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	state, err := readState(s.File)
	if err != nil {
		return nil, err
	}
	last := state[c.Origin]
	switch {
	case old != last.size:
		return nil, conflict(last.size)
	case old == c.N && old > 0 && c.Hash != last.root:
		s.Log.Error("witness: TWO LOGS OF ONE NAME AND SIZE", "log", c.Origin, "size", c.N, "cosigned", last.root, "offered", c.Hash)
		return nil, conflict(last.size)
	case old > 0 && tlog.CheckTree(proof, c.N, c.Hash, old, last.root) != nil:
		return nil, no(http.StatusUnprocessableEntity, "the consistency proof does not hold")
	}
	at := max(s.Now().Unix(), last.at) // times ascend, whatever the clock does
	var lines []byte
	for _, k := range s.Cosigners {
		line, err := k.Line([]byte(text+"\n"), time.Unix(at, 0))
		if err != nil {
			return nil, err
		}
		lines = append(lines, line...)
	}
	state[c.Origin] = seen{c.N, c.Hash, at}
	if err := writeState(s.File, state); err != nil {
		return nil, err
	}
	return lines, nil
}

// The file: a header, and for each log a line with size, root, the instant of the signature and the name.
const stateHeader = "gapura witness 1"

// ErrState says that the memory of a witness is not there or cannot be read. Without it nothing is cosigned: it would sign a second past of
// the same log.
var ErrState = errors.New("the witness's file of what it has cosigned is missing or damaged; take it from a backup. Who begins it anew " +
	"takes a new key too, and tells everybody whose logs it witnesses")

// BeginState makes the file of a witness that has cosigned nothing yet; one that is there stays.
func BeginState(file string) error {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return writeState(file, nil)
}

// CheckState says what is wrong with the file.
func CheckState(file string) error { _, err := readState(file); return err }

func readState(file string) (map[string]seen, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", file, ErrState)
	}
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(text), "\n")
	if lines[0] != stateHeader || lines[len(lines)-1] != "" {
		return nil, fmt.Errorf("%s: %w", file, ErrState)
	}
	out := map[string]seen{}
	for _, l := range lines[1 : len(lines)-1] {
		f := strings.SplitN(l, " ", 4)
		if len(f) != 4 {
			return nil, fmt.Errorf("%s: %w", file, ErrState)
		}
		size, err1 := strconv.ParseInt(f[0], 10, 64)
		root, err2 := tlog.ParseHash(f[1])
		at, err3 := strconv.ParseInt(f[2], 10, 64)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("%s: %w", file, ErrState)
		}
		out[f[3]] = seen{size, root, at}
	}
	return out, nil
}

func writeState(file string, state map[string]seen) error {
	lines := make([]string, 0, len(state))
	for origin, l := range state {
		lines = append(lines, fmt.Sprintf("%d %s %d %s\n", l.size, l.root, l.at, origin))
	}
	slices.Sort(lines)
	return durable.Write(file, []byte(stateHeader+"\n"+strings.Join(lines, "")))
}
