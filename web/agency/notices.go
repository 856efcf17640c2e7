package agency

import (
	"net/http"

	"gapura/web/site"
)

type noticesPage struct {
	Rows  []noticeRow
	Older string
}

type noticeRow struct{ At, Text, Path string }

// notices shows what the visitor's institution was told; the newest page counts as read.
func (c *Agency) notices(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	before := site.Number(r.URL.Query().Get("sebelum"))
	list, err := c.Store.Notices(r.Context(), v.User.Institution, before, site.PerPage+1)
	if err != nil {
		return err
	}
	if before == 0 && len(list) > 0 {
		if err := c.Store.ReadNotices(r.Context(), v.User.ID, list[0].ID); err != nil {
			return err
		}
	}
	var p noticesPage
	if len(list) > site.PerPage {
		list = list[:site.PerPage]
		p.Older = site.Link("/pemberitahuan", "sebelum", site.ID(list[site.PerPage-1].ID))
	}
	for _, n := range list {
		if n.Path != "" && !c.Leads(r, v, n.Path) {
			n.Path = "" // an officer reads what the agency is told, and opens few of its pages
		}
		p.Rows = append(p.Rows, noticeRow{site.Clock(n.At, v), n.Text, n.Path})
	}
	return c.Show(w, r, http.StatusOK, "pemberitahuan", c.Page(r, v, "Pemberitahuan", p))
}
