//go:build unix

package space

import "syscall"

// Free is the space that is left where a folder lies.
func Free(dir string) (uint64, error) {
	var st syscall.Statfs_t
	err := syscall.Statfs(dir, &st)
	return st.Bavail * uint64(st.Bsize), err
}
