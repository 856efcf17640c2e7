package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"path"
	"strings"
)

type asset struct {
	kind      string
	hash      string
	raw, gzip []byte
}

var assets = load()

// load runs once at start; an embedded file that cannot be read is a defect of the build.
func load() map[string]asset {
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		panic(err)
	}
	all := map[string]asset{}
	for _, e := range entries {
		raw, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			panic(err)
		}
		var z bytes.Buffer
		g, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
		g.Write(raw)
		g.Close()
		sum := sha256.Sum256(raw)
		all[e.Name()] = asset{kind: kind(e.Name()), hash: hex.EncodeToString(sum[:4]), raw: raw, gzip: z.Bytes()}
	}
	return all
}

// kind does not ask the host's mime tables, which differ.
func kind(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".LICENSE":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(path.Ext(name))
}

// AssetPath is the path of a static file with its version.
func AssetPath(name string) string { return "/static/" + name + "?v=" + assets[name].hash }

// Static serves /static/. A path with the right version may be kept for ever; any other is asked for again.
func Static() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets[strings.TrimPrefix(r.URL.Path, "/static/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.kind)
		h.Set("Vary", "Accept-Encoding")
		h.Set("ETag", `"`+a.hash+`"`)
		if r.URL.Query().Get("v") == a.hash {
			h.Set("Cache-Control", "public, max-age=31536000, immutable")
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		if r.Header.Get("If-None-Match") == `"`+a.hash+`"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := a.raw
		if acceptsGzip(r) {
			body = a.gzip
			h.Set("Content-Encoding", "gzip")
		}
		send(w, r, http.StatusOK, body)
	})
}
