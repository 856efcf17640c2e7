package main

import (
	"fmt"

	"gapura/internal/config"
	"gapura/internal/keyring"
)

type keyCommand struct {
	Rotate keyRotateCommand `cmd:"" help:"Add a new key to the key file, which seals and signs from the next start on."`
}

type keyRotateCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

func (c keyRotateCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if err := keyring.Rotate(cfg.Keys); err != nil {
		return refusal{err}
	}
	fmt.Println("a key was added; restart every process, hand the log's new verifier key out, and put the key file into the backup of "+
		"secrets:", cfg.Keys)
	return nil
}
