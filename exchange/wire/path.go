package wire

import (
	"path"
	"strings"
)

// Base is where all lookup paths begin, Root what is kept for the service that they are a part of.
const (
	Root = "/dukcapil"
	Base = Root + "/get_json/"
)

// Fold brings the path of a URL into the one form of all that name the same: lower case, no doubled slashes, none at the end.
func Fold(url string) string {
	if folded(url) {
		return url
	}
	return strings.ToLower(path.Clean("/" + url))
}

// folded reports whether a path is plainly in that form already, as nearly all are.
func folded(url string) bool {
	for i := range len(url) {
		switch c := url[i]; {
		case c == '/':
			if i > 0 && url[i-1] == '/' {
				return false
			}
		case c < '-' || c == '.' || c > '9' && c < '_' || c == '`' || c > 'z':
			return false
		}
	}
	return len(url) > 1 && url[0] == '/' && url[len(url)-1] != '/'
}

// Below is what of a folded path stands below a base; ok is false when it is not below it.
func Below(base, folded string) (rest string, ok bool) {
	base = strings.TrimSuffix(base, "/")
	if rest, ok = strings.CutPrefix(folded, base); ok && rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), ok
}

// Clean brings a path into the form of Profile.Path: folded, without Base and slashes at the ends.
func Clean(typed string) string {
	folded := Fold(strings.TrimSpace(typed))
	if rest, ok := Below(Base, folded); ok {
		return rest
	}
	return strings.Trim(folded, "/")
}

// Fits reports whether a path has the shape of the wire: institution/method, or region/institution/method.
func Fits(path string) bool {
	parts := strings.Split(path, "/")
	for _, p := range parts {
		if p == "" || strings.ContainsAny(p, " ?#%") || len(p) > 64 {
			return false
		}
	}
	return len(parts) == 2 || len(parts) == 3 && region(parts[0])
}

// region reports whether a segment is a region's code, PP or PP-KK.
func region(s string) bool {
	p, k, regency := strings.Cut(s, "-")
	digits := func(s string) bool { return len(s) == 2 && strings.Trim(s, "0123456789") == "" }
	return digits(p) && (!regency || digits(k))
}
