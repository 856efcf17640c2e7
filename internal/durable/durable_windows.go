package durable

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// rename returns when the new name is on the disk: a folder has nothing that could be flushed (see Sync).
func rename(from, to string) error {
	f, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	t, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(f, t, windows.MOVEFILE_REPLACE_EXISTING|windows.MOVEFILE_WRITE_THROUGH)
}

func lock(f *os.File) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK, 0, 1, 0, &windows.Overlapped{})
}

// TryLock takes the lock of an open file, if nobody has it; it ends with the file's closing, or with the process.
func TryLock(f *os.File) bool {
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
		&windows.Overlapped{}) == nil
}

// Sync makes the content of a file durable. FlushFileBuffers wants a handle that may write, and takes none of a folder, whose names NTFS
// keeps in its own log.
func Sync(path string) error {
	st, err := os.Stat(path)
	if err != nil || st.IsDir() {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
