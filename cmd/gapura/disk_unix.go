//go:build unix

package main

import "syscall"

// freeBytes is the space that is left where a folder lies.
func freeBytes(dir string) (uint64, error) {
	var st syscall.Statfs_t
	err := syscall.Statfs(dir, &st)
	return st.Bavail * uint64(st.Bsize), err
}
