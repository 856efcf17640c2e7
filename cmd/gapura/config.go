package main

import (
	"fmt"

	"gapura/config"
)

type configCommand struct {
	Example configExample `cmd:"" help:"Print a commented configuration."`
}

type configExample struct{}

func (configExample) Run() error {
	_, err := fmt.Print(config.Example)
	return err
}
