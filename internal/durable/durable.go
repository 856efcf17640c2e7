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
