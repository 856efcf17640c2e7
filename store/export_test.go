package store

import (
	"context"

	"gapura/journal/journal"
)

// Treeless makes a store write records without their tree, as before there was one.
func (s *DB) Treeless() { s.treeless = true }

// Hashes reads the hashes of a log's first leaves; meanwhile is called between looking where they lie and reading them.
func (s *Journal) Hashes(ctx context.Context, log, n int64, meanwhile func()) ([]journal.Hash, error) {
	return settled(ctx, s, log, func(archive *journal.Archive) ([]journal.Hash, error) {
		meanwhile()
		return s.hashesIn(ctx, archive, log, 0, n)
	})
}
