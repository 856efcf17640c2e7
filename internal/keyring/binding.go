package keyring

import (
	"crypto/rand"
	"errors"
)

// A Binding is what a database keeps to know its key file: 16 random bytes that tell this database from every other, and a value that only
// the key file opens.
type Binding struct{ Mark, Check []byte }

// ErrForeign says that the key file is another installation's, or an old copy.
var ErrForeign = errors.New("berkas kunci bukan milik basis data ini, atau salinan lama dari sebelum kuncinya ditambah: pasang kembali " +
	"berkas kunci instalasi ini dari " +
	"cadangan rahasianya, atau periksa letak kunci dan basis data pada konfigurasi")

// Bind holds the key file against what a database keeps and returns what it should keep from now on: the same, or a new check when a key
// was added since, so that a copy of the key file from before that does not pass. A database without a binding is new, or of a program
// before bindings: opens tells whether the key file opens what is sealed in it.
func (r *Ring) Bind(b Binding, opens func() bool) (Binding, error) {
	seal, err := r.Sealer("key check")
	if err != nil {
		return b, err
	}
	if b.Mark == nil {
		if !opens() {
			return b, ErrForeign
		}
		b.Mark = make([]byte, 16)
		rand.Read(b.Mark)
	} else if _, err := seal.Open(nil, b.Check, b.Mark); err != nil {
		return b, ErrForeign
	}
	if len(b.Check) == 0 || b.Check[0] != r.Current() {
		b.Check = seal.Seal(nil, b.Mark)
	}
	return b, nil
}
