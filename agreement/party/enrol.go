package party

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"gapura/internal/told"
)

// A DeskRequest is a machine that asks to become the desk of an agency, by a one-time code. It becomes the desk when whoever must approve
// it has: the agency's head or administrator always, and, when it would replace the key with which the agency cosigns its log, the
// provider's office too, by another person than made the code. Until then the desk that is there, and its key, stay in force.
type DeskRequest struct {
	ID, Agency int64
	Desk       Desk   // what would be in force; Since is zero
	Cosigner   string // verifier key with which it would cosign the agency's log
	Machine    string // as the machine names itself
	From       string // address that it asked from
	CodeBy     int64  // of the provider's staff; 0: from the command line
	Asked      time.Time
	Until      time.Time // last instant at which it can be approved

	AgencyBy, ProviderBy int64     // who approved; 0: nobody yet
	AgencyAt, ProviderAt time.Time // zero: not
	Enrolled             time.Time // zero: not, or not yet
	Refused              time.Time // refused, or displaced by another
	Why                  string    // of a refusal
}

// DeskRequestLife is how long a request waits for its approvals.
const DeskRequestLife = 7 * 24 * time.Hour

// A DeskState is where a request stands.
type DeskState string

// The states of a request.
const (
	DeskWaits    DeskState = "waiting"
	DeskEnrolled DeskState = "enrolled"
	DeskRefused  DeskState = "refused"
	DeskLapsed   DeskState = "lapsed"
)

// At is the state at an instant.
func (r DeskRequest) At(now time.Time) DeskState {
	switch {
	case !r.Enrolled.IsZero():
		return DeskEnrolled
	case !r.Refused.IsZero():
		return DeskRefused
	case now.After(r.Until):
		return DeskLapsed
	}
	return DeskWaits
}

// Replaces reports whether the request would replace the cosigner's key that is in force; empty: there is none.
func (r DeskRequest) Replaces(inForce string) bool { return inForce != "" && inForce != r.Cosigner }

// Approved reports whether all have approved who must.
func (r DeskRequest) Approved(inForce string) bool {
	return r.AgencyBy != 0 && (r.ProviderBy != 0 || !r.Replaces(inForce))
}

// MayApprove says why a person may not approve the request; nil when they may. Hands are those who made the code or approved already, as
// far as is known whose user ids those are: nobody approves beside themselves.
func (r DeskRequest) MayApprove(u User, inForce string, now time.Time, hands ...User) error {
	again := func(h User) bool { return h.ID != u.ID && SamePerson(h, u) }
	ofProvider := u.Role == Administrator && u.Institution == Provider
	switch {
	case r.At(now) != DeskWaits:
		return told.Refuse("Permintaan ini sudah diputuskan, digantikan permintaan lain, atau sudah lewat waktunya.")
	case ofProvider && !r.Replaces(inForce):
		return told.Refuse("Permintaan ini cukup disetujui oleh instansinya.")
	case ofProvider && u.ID == r.CodeBy, slices.ContainsFunc(hands, again):
		return told.Refuse(
			"Kode pendaftarannya Anda buat sendiri, atau Anda telah menyetujuinya dengan user ID lain. Loket disetujui oleh " +
				"orang lain.")
	case ofProvider && r.ProviderBy != 0, !ofProvider && r.AgencyBy != 0:
		return told.Refuse("Permintaan ini sudah disetujui dari pihak Anda.")
	case ofProvider, r.ofAgency(u):
		return nil
	}
	return &told.Error{Kind: told.Forbidden, Text: "Permintaan loket disetujui oleh kepala atau admin instansi."}
}

func (r DeskRequest) ofAgency(u User) bool {
	return u.Institution == r.Agency && (u.Role == HeadOfAgency || u.Role == AgencyAdmin)
}

// Approve is the request with a person's approval.
func (r DeskRequest) Approve(u User, inForce string, now time.Time, hands ...User) (DeskRequest, error) {
	if err := r.MayApprove(u, inForce, now, hands...); err != nil {
		return r, err
	}
	if u.Institution == Provider {
		r.ProviderBy, r.ProviderAt = u.ID, now
	} else {
		r.AgencyBy, r.AgencyAt = u.ID, now
	}
	if r.Approved(inForce) {
		r.Enrolled = now
	}
	return r, nil
}

// Refuse is the request with a person's refusal, which either side may give while it waits.
func (r DeskRequest) Refuse(u User, why string, now time.Time) (DeskRequest, error) {
	switch {
	case r.At(now) != DeskWaits:
		return r, told.Refuse("Permintaan ini sudah diputuskan, digantikan permintaan lain, atau sudah lewat waktunya.")
	case !r.ofAgency(u) && (u.Role != Administrator || u.Institution != Provider):
		return r, &told.Error{Kind: told.Forbidden, Text: "Permintaan loket diputuskan oleh kepala atau admin instansi."}
	}
	r.Refused, r.Why = now, why
	return r, nil
}

// Words name the machine's keys for people who compare two screens: five words of five letters (80 bits), the same at the desk and on the
// approver's page.
func (r DeskRequest) Words() string { return DeskWords(r.Desk, r.Cosigner) }

// DeskWords are the words of a desk's keys and its cosigner's, written as proquints (Wilkerson 2009, arXiv:0901.4016).
func DeskWords(d Desk, cosigner string) string {
	h := sha256.Sum256([]byte("gapura desk\x00" + hex.EncodeToString([]byte(d.Pin)) + "\x00" + d.Key + "\x00" + cosigner))
	words := make([]string, 5)
	for i := range words {
		words[i] = proquint(binary.BigEndian.Uint16(h[2*i:]))
	}
	return strings.Join(words, " ")
}

func proquint(n uint16) string {
	const consonants, vowels = "bdfghjklmnprstvz", "aiou"
	return string([]byte{consonants[n>>12], vowels[n>>10&3], consonants[n>>6&15], vowels[n>>4&3], consonants[n&15]})
}

// A DeskStatement is what a desk signs when it asks: with its new cosigner's key always, and with the one in force when it renews its keys.
type DeskStatement struct {
	Agency   string // its code
	Code     string // one-time code; of a renewal empty
	Old      string // verifier key that the renewal ends; else empty
	Desk     Desk
	Cosigner string
	At       time.Time // to the microsecond
}

// Text is what is signed.
func (s DeskStatement) Text() []byte {
	code := HashSecret(s.Code)
	return fmt.Appendf(nil, "%s\n%x\n%s\n%x\n%q\n%s\n%d\n", s.Agency, code, s.Old, s.Desk.Pin, s.Desk.Key, s.Cosigner, s.At.UnixMicro())
}

// StatementSlack is how far a statement's time may lie from the provider's clock.
const StatementSlack = 5 * time.Minute

// Fresh reports whether a renewal's statement may still be taken: of about now, and after the enrolment that it renews, so that one which
// was taken before, or was made for an earlier enrolment, never counts again even when the same key comes back.
func (s DeskStatement) Fresh(now, since time.Time) bool {
	return s.At.After(since) && now.Sub(s.At).Abs() <= StatementSlack
}
