//go:build linux

package pcsctest

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
)

// A Chip plays a contactless card with a file system of ISO/IEC 7816-4, as a PC/SC reader shows it: SELECT by file identifier, READ BINARY
// with a short offset, and the reader's own GET DATA for the UID. Files are public or want an authentication that a Chip never grants.
type Chip struct {
	ATR    []byte // default: what PC/SC makes up for an ISO 14443-4 type A card
	UID    []byte
	Folder uint16            // identifier of the dedicated file
	Files  map[uint16][]byte // elementary files in it
	Locked []uint16          // of those: files that say 6982

	// Before is called with each command's number, from 1, and its bytes. It may pull the card: whoever returns false has taken it away.
	Before func(n int, command []byte) bool

	commands, folder, file int
}

func (c *Chip) atr() []byte {
	if c.ATR != nil {
		return c.ATR
	}
	return []byte{0x3B, 0x80, 0x80, 0x01, 0x01}
}

func (c *Chip) reset() { c.folder, c.file = 0, 0 }

var (
	ok            = []byte{0x90, 0x00}
	notFound      = []byte{0x6A, 0x82}
	notAllowed    = []byte{0x69, 0x82}
	noFile        = []byte{0x69, 0x86}
	behindEnd     = []byte{0x6B, 0x00}
	unknown       = []byte{0x6D, 0x00}
	wrongLength   = []byte{0x67, 0x00}
	functionWrong = []byte{0x6A, 0x81}
)

// answer is the chip's answer to one command.
func (c *Chip) answer(a []byte) []byte {
	if len(a) < 4 {
		return wrongLength
	}
	switch {
	case a[0] == 0xFF && a[1] == 0xCA && a[2] == 0 && a[3] == 0:
		return slices.Concat(c.UID, ok)
	case a[0] == 0xFF:
		return functionWrong
	case a[1] == 0xA4 && len(a) >= 7 && a[4] == 2:
		id := binary.BigEndian.Uint16(a[5:])
		if id == c.Folder {
			c.folder, c.file = int(id), 0
			return ok
		}
		if _, there := c.Files[id]; !there || c.folder == 0 {
			return notFound
		}
		c.file = int(id)
		return ok
	case a[1] == 0xB0 && len(a) == 5:
		file := uint16(c.file)
		switch offset, want := int(a[2])<<8|int(a[3]), int(a[4]); {
		case c.file == 0:
			return noFile
		case slices.Contains(c.Locked, file):
			return notAllowed
		case offset >= len(c.Files[file]):
			return behindEnd
		default:
			if want == 0 {
				want = 256
			}
			rest := c.Files[file][offset:]
			return slices.Concat(rest[:min(want, len(rest))], ok)
		}
	}
	return unknown
}

// Insert lays the chip into the virtual reader; pull takes it out again and waits until nothing of it runs any more. It may be called
// twice.
func (d *Daemon) Insert(c *Chip) (pull func()) {
	d.t.Helper()
	conn, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", d.port))
	if err != nil {
		d.t.Fatalf("virtual reader: %v", err)
	}
	var running sync.WaitGroup
	running.Go(func() {
		defer conn.Close()
		c.play(conn)
	})
	pull = func() { conn.Close(); running.Wait() }
	d.t.Cleanup(pull)
	return pull
}

// play speaks the driver's protocol: messages with their length in two bytes before them. One byte is a word to the card's power (0 off, 1
// on, 2 reset, 4 ask for the ATR, the only one that is answered); anything longer is a command APDU.
func (c *Chip) play(conn net.Conn) {
	for {
		var size [2]byte
		if _, err := io.ReadFull(conn, size[:]); err != nil {
			return
		}
		message := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(conn, message); err != nil {
			return
		}
		var answer []byte
		switch {
		case len(message) != 1:
			c.commands++
			if c.Before != nil && !c.Before(c.commands, message) {
				return
			}
			answer = c.answer(message)
		case message[0] == 4:
			answer = c.atr()
		default:
			c.reset()
			continue
		}
		if _, err := conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
			return
		}
	}
}
