package main

import (
	"fmt"

	"gapura/config"
	"gapura/keyring"
)

type keyCommand struct {
	Create keyCreateCommand `cmd:"" help:"Create the key file that the configuration names."`
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
