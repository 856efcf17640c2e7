package notify

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/wneessen/go-mail"
)

// The classes of failures. What a server said is not kept but for its code: it may repeat an address. Each may be followed by the code,
// and by what it means.
const (
	Unreachable   = "server tidak dapat dihubungi"
	LoginRefused  = "user atau kata sandi ditolak server"
	LoginPutOff   = "server menunda masuk"
	NoLogin       = "server tidak menawarkan cara masuk yang dikenal"
	LoginMissing  = "server meminta user dan kata sandi"
	Refused       = "ditolak"                 // for this recipient or this mail for good
	SenderRefused = "pengirim tidak diterima" // the configuration's fault, not the recipient's
	Temporary     = "belum diterima"
	TooLarge      = "terlalu besar bagi server"
	BadAddress    = Refused + ": alamat tidak sah"
	BadAttachment = "lampiran tidak dapat dibaca"
)

func withCode(class string, code int) string { return class + ": " + strconv.Itoa(code) }

// unreached is the class of what went wrong before a mail could be given to the server, or in the midst of it.
func unreached(err error) string {
	text := err.Error() // the client has no values for some of it
	signing := strings.HasPrefix(text, "SMTP AUTH failed")
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		switch {
		case said.Code == 530 || said.Code == 538:
			return withCode(Unreachable, said.Code) + "; server meminta sambungan tersandi"
		case signing && said.Code < 500:
			return withCode(LoginPutOff, said.Code)
		case signing:
			return withCode(LoginRefused, said.Code)
		case said.Code < 500:
			return withCode(Unreachable, said.Code) + "; server sedang sibuk"
		}
		return withCode(Unreachable, said.Code)
	}
	if errors.Is(err, mail.ErrNoSupportedAuthDiscovered) || strings.Contains(text, "does not support SMTP AUTH") {
		return NoLogin
	}
	if why := unconnected(err, text); why != "" {
		return Unreachable + ": " + why
	}
	return Unreachable
}

// unconnected is why there is no connection, or none any more; empty when nothing is known.
func unconnected(err error, text string) string {
	timeout, isNet := errors.AsType[net.Error](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, noTLS := errors.AsType[tls.RecordHeaderError](err)
	_, noName := errors.AsType[*net.DNSError](err)
	switch {
	case untrusted:
		return "sertifikat tidak sah"
	case noTLS:
		return "tanpa TLS pada porta itu"
	case strings.Contains(text, "does not support STARTTLS"):
		return "tanpa STARTTLS"
	case noName:
		return "nama server tidak dikenal"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "sambungan ditolak"
	case isNet && timeout.Timeout(), strings.Contains(text, "i/o timeout"):
		return "tidak menjawab pada waktunya"
	case errors.Is(err, io.EOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, net.ErrClosed):
		return "sambungan diputus"
	}
	return ""
}

// refusal is what a server's answer to a mail means (RFC 5321 4.2.3, RFC 3463), and whether it will stay so.
func refusal(e *mail.SendError) (failure string, lasting bool) {
	code, detail := e.ErrorCode(), strings.TrimLeft(e.EnhancedStatusCode(), "245")
	text := strings.ToLower(e.Error())
	because := func(class, why string) string { return withCode(class, code) + "; " + why }
	class := Refused
	if code < 500 {
		class = Temporary
	}
	switch lasting = code >= 500; {
	case detail == ".2.2":
		return because(class, "kotak surat penerima penuh"), lasting
	case detail == ".3.4", detail == ".2.3", code == 552:
		return withCode(TooLarge, code), lasting
	case code == 530, detail == ".7.57":
		return withCode(LoginMissing, code), false
	case code == 421:
		return because(class, "server sedang sibuk"), false
	case !lasting && (strings.Contains(text, "greylist") || strings.Contains(text, "graylist")):
		return because(class, "server menunda surel pertama dari pengirim dan akan menerimanya nanti"), false
	case e.Reason == mail.ErrSMTPMailFrom && lasting:
		return withCode(SenderRefused, code), false
	case strings.HasPrefix(detail, ".7."):
		return because(class, "menurut aturan server"), lasting
	case strings.HasPrefix(detail, ".1."), e.Reason == mail.ErrSMTPRcptTo && slices.Contains([]int{550, 551, 553}, code):
		return because(class, "alamat penerima tidak dikenal server"), lasting
	}
	return withCode(class, code), lasting
}
