package agreement

import "strings"

// What surrounds the hashes of a document in a basis.
const (
	hashBegins = " (SHA-256 "
	hashEnds   = ")"
)

// named puts the hashes of a document behind its number.
func named(parts []string, document string) []string {
	if document == "" {
		return parts
	}
	return append(parts, hashBegins, document, hashEnds)
}

// Papers are the documents of a basis as people name them, without their hashes.
func Papers(basis string) string {
	var b strings.Builder
	for {
		before, after, hashed := strings.Cut(basis, hashBegins)
		b.WriteString(before)
		if !hashed {
			return b.String()
		}
		_, basis, _ = strings.Cut(after, hashEnds)
	}
}

// Hashes are those of the documents that a basis names, in hex.
func Hashes(basis string) (list []string) {
	for {
		_, after, hashed := strings.Cut(basis, hashBegins)
		if !hashed {
			return list
		}
		var these string
		these, basis, _ = strings.Cut(after, hashEnds)
		list = append(list, strings.Split(these, ", ")...)
	}
}
