package pcsc

import (
	"bytes"
	"context"
	"fmt"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// winscard.dll, from the system's own folder alone. DWORD and LONG have 32 bits; SCARDCONTEXT and SCARDHANDLE have a pointer's size.
var (
	dll = windows.NewLazySystemDLL("winscard.dll")

	procEstablish  = dll.NewProc("SCardEstablishContext")
	procRelease    = dll.NewProc("SCardReleaseContext")
	procList       = dll.NewProc("SCardListReadersW")
	procChange     = dll.NewProc("SCardGetStatusChangeW")
	procConnect    = dll.NewProc("SCardConnectW")
	procDisconnect = dll.NewProc("SCardDisconnect")
	procTransmit   = dll.NewProc("SCardTransmit")
)

const (
	codeSmall    = 0x80100008 // the buffer is too small
	codeTimeout  = 0x8010000A
	statePresent = 0x0020
	lookInterval = 200 * time.Millisecond
)

type handle = uintptr

// readerState is SCARD_READERSTATEW.
type readerState struct {
	name           *uint16
	userData       uintptr
	current, event uint32
	atrLength      uint32
	atr            [36]byte
}

// ioRequest is SCARD_IO_REQUEST.
type ioRequest struct{ protocol, length uint32 }

// A link is a context of the resource manager.
type link struct {
	context uintptr
	closed  bool
}

// do runs a call that the system does not end by itself. When ctx ends first, the call is left alone with its buffers, the link is closed,
// and its context is released once the driver has let go.
func (l *link) do(ctx context.Context, call func() uint32) (uint32, error) {
	if l.closed {
		return 0, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, exchangeLimit)
	defer cancel()
	code := make(chan uint32, 1)
	go func() { code <- call() }()
	select {
	case c := <-code:
		return c, nil
	case <-ctx.Done():
		l.closed = true
		go func(context uintptr) {
			if <-code; context != 0 {
				procRelease.Call(context)
			}
		}(l.context)
		return 0, ctx.Err()
	}
}

func dial(ctx context.Context) (*link, error) {
	if err := dll.Load(); err != nil {
		return nil, fmt.Errorf("%w: no winscard.dll", ErrNoService)
	}
	l := new(link)
	context := new(uintptr)
	code, err := l.do(ctx, func() uint32 {
		r, _, _ := procEstablish.Call(scopeSystem, 0, 0, uintptr(unsafe.Pointer(context)))
		return uint32(r)
	})
	if err == nil {
		err = failure("establish context", code)
	}
	if err != nil {
		return nil, err
	}
	l.context = *context
	return l, nil
}

func (l *link) release() error {
	if l.closed {
		return nil
	}
	l.closed = true
	if l.context == 0 {
		return nil
	}
	r, _, _ := procRelease.Call(l.context)
	return failure("release context", uint32(r))
}

// names lists the readers' names; none is no error here.
func (l *link) names(ctx context.Context) ([]string, error) {
	for range 3 { // a reader may come between asking for the length and for the names
		size := new(uint32)
		var list []uint16
		code, err := l.do(ctx, func() uint32 {
			r, _, _ := procList.Call(l.context, 0, 0, uintptr(unsafe.Pointer(size)))
			if r != codeOK || *size == 0 {
				return uint32(r)
			}
			list = make([]uint16, *size)
			r, _, _ = procList.Call(l.context, 0, uintptr(unsafe.Pointer(&list[0])), uintptr(unsafe.Pointer(size)))
			return uint32(r)
		})
		switch {
		case err != nil:
			return nil, err
		case code == codeNoReaders:
			return nil, nil
		case code == codeSmall:
			continue
		case code != codeOK:
			return nil, failure("list readers", code)
		}
		return splitNames(list), nil
	}
	return nil, failure("list readers", codeSmall)
}

// splitNames cuts a multi-string: names that each end in a zero, and an empty one at the end.
func splitNames(list []uint16) []string {
	var out []string
	for start, i := 0, 0; i < len(list); i++ {
		if list[i] != 0 {
			continue
		}
		if i == start {
			break
		}
		out = append(out, windows.UTF16ToString(list[start:i]))
		start = i + 1
	}
	return out
}

// states asks for the states of the readers of those names.
func (l *link) states(ctx context.Context, names []string) ([]readerState, error) {
	states := make([]readerState, len(names))
	for i, n := range names {
		name, err := windows.UTF16PtrFromString(n)
		if err != nil {
			return nil, ErrNoReader
		}
		states[i].name = name
	}
	code, err := l.do(ctx, func() uint32 {
		r, _, _ := procChange.Call(l.context, 0, uintptr(unsafe.Pointer(&states[0])), uintptr(len(states)))
		return uint32(r)
	})
	if err == nil && code != codeTimeout {
		err = failure("reader states", code)
	}
	return states, err
}

func toReaders(names []string, states []readerState) []Reader {
	out := make([]Reader, len(names))
	for i, s := range states {
		out[i] = Reader{Name: names[i], Card: s.event&statePresent != 0}
		if out[i].Card && s.atrLength <= uint32(len(s.atr)) {
			out[i].ATR = bytes.Clone(s.atr[:s.atrLength])
		}
	}
	return out
}

func (l *link) readers(ctx context.Context) ([]Reader, error) {
	names, err := l.names(ctx)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	states, err := l.states(ctx, names)
	if err != nil {
		return nil, err
	}
	return toReaders(names, states), nil
}

// watch hands the states of the readers to done, five times a second, until done says true. Looking is simpler than SCardGetStatusChange's
// waiting, which does not hear of readers that come, and which not every implementation gives up on time.
func (l *link) watch(ctx context.Context, done func([]Reader) bool) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		readers, err := l.readers(context.WithoutCancel(ctx)) // comes at once; so waiting can be given up without losing the link
		if err != nil {
			return err
		}
		if done(readers) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(lookInterval):
		}
	}
}

func (l *link) connect(ctx context.Context, reader string) (handle, uint32, error) {
	name, err := windows.UTF16PtrFromString(reader)
	if err != nil {
		return 0, 0, fmt.Errorf("connect: %w", ErrNoReader)
	}
	var out struct {
		card     uintptr
		protocol uint32
	}
	result := &out
	code, err := l.do(ctx, func() uint32 {
		r, _, _ := procConnect.Call(l.context, uintptr(unsafe.Pointer(name)), shareExclusive, protocolT0|protocolT1,
			uintptr(unsafe.Pointer(&result.card)), uintptr(unsafe.Pointer(&result.protocol)))
		return uint32(r)
	})
	if err != nil {
		return 0, 0, err
	}
	return result.card, result.protocol, failure("connect", code)
}

func (l *link) transmit(ctx context.Context, h handle, protocol uint32, command []byte) ([]byte, error) {
	if len(command) == 0 {
		return nil, fmt.Errorf("transmit: empty command")
	}
	sent := bytes.Clone(command)
	answer := make([]byte, maxAnswer)
	length := new(uint32)
	*length = maxAnswer
	pci := &ioRequest{protocol, uint32(unsafe.Sizeof(ioRequest{}))}
	code, err := l.do(ctx, func() uint32 {
		r, _, _ := procTransmit.Call(h, uintptr(unsafe.Pointer(pci)), uintptr(unsafe.Pointer(&sent[0])), uintptr(len(sent)), 0,
			uintptr(unsafe.Pointer(&answer[0])), uintptr(unsafe.Pointer(length)))
		return uint32(r)
	})
	if err != nil {
		return nil, err
	}
	if err := failure("transmit", code); err != nil {
		clear(answer)
		return nil, err
	}
	return answer[:min(*length, maxAnswer)], nil
}

func (l *link) disconnect(ctx context.Context, h handle) error {
	code, err := l.do(ctx, func() uint32 {
		r, _, _ := procDisconnect.Call(h, resetCard)
		return uint32(r)
	})
	if err != nil {
		return err
	}
	return failure("disconnect", code)
}
