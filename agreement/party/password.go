package party

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// OWASP's argon2id setting with the least memory pressure (12 MiB, 3 passes, 1 lane): two at once and two that the collector
// has not yet freed stay under 64 MiB.
const (
	argonTime  = 3
	argonLanes = 1
	argonKey   = 32
	argonSalt  = 16
)

// argonMemory is OWASP's, in KiB; a text, so that the linker can set it: make quick and the race detector's phase of make test link less,
// because hashes at this cost are a third of their time. The program has this one, and so have the tests of what a hash costs.
var argonMemory = "12288"

var memory = func() uint32 {
	n, err := strconv.ParseUint(argonMemory, 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}()

// slots bounds how many hashes are computed at once, for the sake of memory; whose turn it is decides access/admission.
var slots = make(chan struct{}, 2)

// HashPassword returns the argon2id hash in PHC string format. It waits for a free slot; the error is the context's.
func HashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := derive(ctx, password, salt)
	if err != nil {
		return "", err
	}
	e := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, argonTime, argonLanes, e(salt), e(key)), nil
}

// CheckHash reports whether the password belongs to the hash. An empty hash (unknown user, or one without password) costs the same
// time and never matches (A3).
func CheckHash(ctx context.Context, password, hash string) (bool, error) {
	salt, want := make([]byte, argonSalt), make([]byte, argonKey)
	known := false
	if parts := strings.Split(hash, "$"); len(parts) == 6 {
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		k, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		if err1 == nil && err2 == nil && len(k) == argonKey {
			salt, want, known = s, k, true
		}
	}
	got, err := derive(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && known, nil
}

func derive(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-slots }()
	return argon2.IDKey([]byte(password), salt, argonTime, memory, argonLanes, argonKey), nil
}
