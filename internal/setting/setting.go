// Package setting reads the settings that an office writes as TOML texts, which must hold nothing that is not known.
package setting

import (
	"fmt"

	"github.com/BurntSushi/toml"

	"gapura/internal/told"
)

// Decode reads a text. Its errors are told.Error of the field "teks", in Indonesian: what cannot be read, or a key that is not known.
func Decode(text string, into any) (toml.MetaData, error) {
	meta, err := toml.Decode(text, into)
	if err != nil {
		return meta, told.Wrong("teks", "Naskah tidak dapat dibaca: "+err.Error()+".")
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return meta, told.Wrong("teks", fmt.Sprintf("“%s” bukan pengaturan yang dikenal.", unknown[0]))
	}
	return meta, nil
}
