package store

import (
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// endUnheard has the system end a connection over which nothing is acknowledged any more.
func endUnheard(network, _ string, c syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	var err error
	if e := c.Control(func(fd uintptr) {
		err = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unheard.Milliseconds()))
	}); e != nil {
		return e
	}
	return err
}
