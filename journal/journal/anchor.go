package journal

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/lockedfile"

	"gapura/internal/durable"
)

// An Anchor is what a machine knows of each log outside the database: the size and root that were signed last. It lies in a file beside the
// key file and is durable before a checkpoint is published, so that a database that was put back, or a log that was begun anew, is never
// signed or written to. Processes of one machine share the file; each further machine has its own, which begins as a copy: logs only grow,
// so an older copy holds as well, for as much as it knows. Safe for concurrent use.
type Anchor struct {
	path string // empty: in memory alone

	mu         sync.Mutex
	mark       []byte             // of the installation, so that another's anchor is not taken for this one's; guarded by mu
	generation int64              // counts how often it was begun anew; guarded by mu
	logs       map[int64]Anchored // guarded by mu
	unsaved    bool               // logs hold more than the file; guarded by mu
	read       os.FileInfo        // of the file as it was read last; guarded by mu
	lost       *Tampered          // there is no anchor; guarded by mu
	broken     map[int64]error    // logs that are not what was signed; guarded by mu
	sizes      map[int64]int64    // how large this process knows each log to be, signed or not; guarded by mu
}

// Anchored is a log as it was signed last, and the size of the newest checkpoint that is surely kept.
type Anchored struct {
	Size int64
	Root Hash
	Kept int64
}

// OpenAnchor reads the anchor at a path. One that is not there is lost until Begin; a path that is empty makes one that is in memory alone.
func OpenAnchor(path string) (*Anchor, error) {
	a := &Anchor{path: path, logs: map[int64]Anchored{}, broken: map[int64]error{}, sizes: map[int64]int64{}}
	return a, a.Refresh()
}

// ErrAnchor says that an anchor cannot be read, or is another installation's.
var ErrAnchor = errors.New("berkas jangkar jurnal tidak dapat dibaca atau milik instalasi lain")

// Bind holds the anchor against the installation's mark. Without a file, Begin must be asked first.
func (a *Anchor) Bind(mark []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.mark != nil && !bytes.Equal(a.mark, mark) {
		return fmt.Errorf("%s: %w", a.path, ErrAnchor)
	}
	if a.path == "" {
		a.mark = mark
	}
	return nil
}

// Path is the anchor's file; empty: it is in memory alone.
func (a *Anchor) Path() string { return a.path }

// Lost says that there is no anchor.
func (a *Anchor) Lost() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.lost != nil
}

// Begin makes an anchor that knows the logs given, durable when it returns: of a new installation, at the first start after an upgrade, and
// when two people decided that it begins anew.
func (a *Anchor) Begin(mark []byte, logs map[int64]Anchored) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.locked(func() error {
		a.mark, a.generation, a.logs, a.lost = mark, a.generation+1, maps.Clone(logs), nil
		if a.logs == nil {
			a.logs = map[int64]Anchored{}
		}
		clear(a.broken)
		clear(a.sizes)
		return a.write()
	})
}

// Refresh takes over what other processes of this machine wrote.
func (a *Anchor) Refresh() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refresh()
}

func (a *Anchor) refresh() error {
	if a.path == "" {
		return nil
	}
	st, err := os.Stat(a.path)
	if errors.Is(err, fs.ErrNotExist) {
		a.lost = &Tampered{"anchor", "there is no file " + a.path}
		return nil
	}
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	if a.read != nil && os.SameFile(st, a.read) && st.ModTime().Equal(a.read.ModTime()) && a.lost == nil {
		return nil
	}
	text, err := os.ReadFile(a.path)
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	mark, generation, logs, err := readAnchor(text)
	if err != nil || a.mark != nil && !bytes.Equal(mark, a.mark) {
		return fmt.Errorf("%s: %w", a.path, ErrAnchor)
	}
	if generation > a.generation {
		clear(a.logs)
		clear(a.broken)
		clear(a.sizes)
	}
	a.mark, a.generation, a.lost, a.read = mark, generation, nil, st
	for log, l := range logs {
		a.logs[log] = further(a.logs[log], l)
	}
	return nil
}

// further is what two processes know of a log together.
func further(a, b Anchored) Anchored {
	if b.Size > a.Size {
		a.Size, a.Root = b.Size, b.Root
	}
	a.Kept = max(a.Kept, b.Kept)
	return a
}

// locked runs do while no other process of this machine writes the file.
func (a *Anchor) locked(do func() error) error {
	if a.path == "" {
		return do()
	}
	unlock, err := lockedfile.MutexAt(a.path + ".lock").Lock()
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	defer unlock()
	return do()
}

func (a *Anchor) write() error {
	a.unsaved = false
	if a.path == "" {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n%d %s\n", anchorHeader, a.generation, base64Text(a.mark))
	for _, log := range slices.Sorted(maps.Keys(a.logs)) {
		l := a.logs[log]
		fmt.Fprintf(&b, "%d %d %s %d\n", log, l.Size, base64Text(l.Root[:]), l.Kept)
	}
	if err := durable.Write(a.path, b.Bytes()); err != nil {
		a.unsaved = true
		return fmt.Errorf("anchor: %w", err)
	}
	st, err := os.Stat(a.path)
	a.read = st
	return err
}

// The file: a header, the generation with the installation's mark, and for each log a line with its size, root and kept checkpoint.
const anchorHeader = "gapura anchor 1"

func readAnchor(text []byte) (mark []byte, generation int64, logs map[int64]Anchored, err error) {
	sc, n := bufio.NewScanner(bytes.NewReader(text)), 0
	logs = map[int64]Anchored{}
	for ; sc.Scan(); n++ {
		f := strings.Fields(sc.Text())
		switch {
		case n == 0 && sc.Text() == anchorHeader:
		case n == 1 && len(f) == 2:
			var err1 error
			generation, err = strconv.ParseInt(f[0], 10, 64)
			mark, err1 = base64.StdEncoding.DecodeString(f[1])
			err = errors.Join(err, err1)
		case n > 1 && len(f) == 4:
			log, err1 := strconv.ParseInt(f[0], 10, 64)
			size, err2 := strconv.ParseInt(f[1], 10, 64)
			root, err3 := base64.StdEncoding.DecodeString(f[2])
			kept, err4 := strconv.ParseInt(f[3], 10, 64)
			if err = errors.Join(err1, err2, err3, err4); err == nil && len(root) == len(Hash{}) {
				logs[log] = Anchored{size, Hash(root), kept}
				continue
			}
			return nil, 0, nil, ErrAnchor
		default:
			err = ErrAnchor
		}
		if err != nil {
			return nil, 0, nil, err
		}
	}
	if n < 2 {
		err = ErrAnchor
	}
	return mark, generation, logs, errors.Join(err, sc.Err())
}

// Of is what is known of a log.
func (a *Anchor) Of(log int64) (l Anchored, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, known = a.logs[log]
	return l, known
}

// Logs are all that are known.
func (a *Anchor) Logs() map[int64]Anchored {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.logs)
}

// Advance makes durable what is to be signed; only then may it be published.
func (a *Anchor) Advance(points map[int64]Anchored) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(points) == 0 && !a.unsaved {
		return nil
	}
	return a.locked(func() error {
		if err := a.refresh(); err != nil {
			return err
		}
		if a.lost != nil {
			return a.lost
		}
		for log, l := range points {
			a.logs[log] = further(a.logs[log], l)
		}
		return a.write()
	})
}

// Keep notes that the checkpoint of a size is kept; the file has it with the next Advance.
func (a *Anchor) Keep(log, size int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if l := a.logs[log]; size > l.Kept {
		l.Kept = size
		a.logs[log], a.unsaved = l, true
	}
}

// Judge notes what came of the look at a log: nil, it goes on from its anchor.
func (a *Anchor) Judge(log int64, bad error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if bad == nil {
		delete(a.broken, log)
		return
	}
	a.broken[log] = bad
}

// Holds says what speaks against going on with a log that stands as the tree does: a *Tampered, or nil.
func (a *Anchor) Holds(log int64, tree *Frontier) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost != nil {
		return a.lost
	}
	if err := a.broken[log]; err != nil {
		return err
	}
	l := a.logs[log]
	if least := max(l.Size, a.sizes[log]); tree.Size < least {
		return &Tampered{"log " + strconv.FormatInt(log, 10), fmt.Sprintf("had %d entries and has %d", least, tree.Size)}
	}
	if tree.Size == l.Size && l.Size > 0 && tree.Root() != l.Root {
		return &Tampered{"log " + strconv.FormatInt(log, 10), fmt.Sprintf("its %d entries are not those that were signed", l.Size)}
	}
	return nil
}

// Saw notes how large a log is after a commit of this process.
func (a *Anchor) Saw(log, size int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sizes[log] = max(a.sizes[log], size)
}

// BrokenLogs are the logs that are not what was signed, each with what is wrong.
func (a *Anchor) BrokenLogs() map[int64]error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.broken)
}

// Broken says what is wrong with any log, or that the anchor is lost; nil: nothing.
func (a *Anchor) Broken() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.lost != nil {
		return a.lost
	}
	var errs []error
	for _, log := range slices.Sorted(maps.Keys(a.broken)) {
		errs = append(errs, a.broken[log])
	}
	return errors.Join(errs...)
}
