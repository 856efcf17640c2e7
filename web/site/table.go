package site

import (
	"net/http"

	"gapura/internal/table"
)

// Table begins a table that the browser keeps as a file of the name.
func Table(w http.ResponseWriter, name string, heading ...string) *table.CSV {
	attach(w, name, "text/csv; charset=utf-8")
	return table.NewCSV(w, heading...)
}
