package store

// Treeless makes a store write records without their tree, as before there was one.
func (s *DB) Treeless() { s.treeless = true }
