//go:build unix

package server

import "syscall"

// descriptors is how many files the process may have open; 0: it is not known.
func descriptors() uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return l.Cur
}
