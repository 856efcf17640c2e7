package party

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Time-based one-time codes (RFC 6238) as every authenticator knows them: HMAC-SHA-1, 30 seconds, six digits.
const totpStep = 30 * time.Second

// NewTOTP returns a new secret of 20 bytes in base32.
func NewTOTP() string {
	b := make([]byte, 20)
	rand.Read(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// TOTPAddress is what an authenticator reads from a QR code.
func TOTPAddress(issuer, login, secret string) string {
	return "otpauth://totp/" + url.PathEscape(issuer+":"+login) + "?" + url.Values{"secret": {secret}, "issuer": {issuer}}.Encode()
}

// CheckTOTP reports whether a code belongs to the secret at the time, one step before or one after. The step that it belongs to must be
// later than last, the one of the code that was used before, so that a code that somebody saw is of no use.
func CheckTOTP(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(secret))
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	if err != nil || len(code) != 6 {
		return 0, false
	}
	at := now.Unix() / int64(totpStep/time.Second)
	for s := at - 1; s <= at+1; s++ {
		if s > last && subtle.ConstantTimeCompare([]byte(totp(key, s)), []byte(code)) == 1 {
			return s, true
		}
	}
	return 0, false
}

// TOTPCode is the code of a time, as an authenticator shows it; empty for what is no secret.
func TOTPCode(secret string, now time.Time) string {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.ToUpper(secret))
	if err != nil {
		return ""
	}
	return totp(key, now.Unix()/int64(totpStep/time.Second))
}

func totp(key []byte, step int64) string {
	h := hmac.New(sha1.New, key)
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(step)))
	sum := h.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[at:at+4])&0x7fffffff%1_000_000)
}
