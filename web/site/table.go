package site

import (
	"net/http"

	"gapura/internal/table"
)

// Table begins a table that the browser keeps as a file of the name.
func Table(w http.ResponseWriter, name string, heading ...string) *table.CSV {
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	return table.NewCSV(w, heading...)
}
