// Package durable makes files survive a crash of the machine.
package durable

import (
	"errors"
	"os"
	"path/filepath"
)

// Write writes a file so that after a crash it is the old one or the new one. Nobody but its owner can read it.
func Write(path string, content []byte) error {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := rename(path+".new", path); err != nil {
		return err
	}
	return Sync(filepath.Dir(path))
}

// Lock waits until no other process or caller holds the lock of a file that is read, changed and written as a whole. It lies beside it, as
// PATH.lock, and stays there; who ends without giving it back has given it back.
func Lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f.Close, nil
}
