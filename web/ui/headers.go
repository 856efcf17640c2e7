package ui

import "net/http"

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// SecurityHeaders sets the headers that every answer carries, before h runs.
func SecurityHeaders(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := w.Header()
		d.Set("Content-Security-Policy", policy)
		d.Set("X-Content-Type-Options", "nosniff")
		d.Set("X-Frame-Options", "DENY")
		d.Set("Referrer-Policy", "no-referrer")
		d.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), "+
			"clipboard-read=(), browsing-topics=()")
		d.Set("Cross-Origin-Opener-Policy", "same-origin")
		d.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.ServeHTTP(w, r)
	})
}
