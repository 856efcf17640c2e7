package main

import (
	"fmt"

	"gapura/internal/config"
	"gapura/internal/keyring"
)

type keyCommand struct {
	Create keyCreateCommand `cmd:"" help:"Create the key file that the configuration names."`
	Rotate keyRotateCommand `cmd:"" help:"Add a new key to it, which seals and signs from the next start on."`
}

type keyCreateCommand struct {
	Config string `required:"" placeholder:"FILE" help:"Configuration file."`
}

func (c keyCreateCommand) Run() error {
	cfg, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if err := keyring.Create(cfg.Keys); err != nil {
		return refusal{err}
	}
	fmt.Println("key file created:", cfg.Keys)
	return nil
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
	fmt.Println("a key was added; restart every process, hand the log's new verifier key out, and put the key file into the backup of secrets:", cfg.Keys)
	return nil
}
