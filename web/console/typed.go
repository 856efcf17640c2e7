package console

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gapura/internal/told"
	"gapura/office/procedure"
	"gapura/web/site"
)

// Nothing typed is lost: what is typed for the next step of a case is kept for who typed it, while they type (live.js) and when a step is
// refused or fails, and is offered again until the step is taken, thrown away, or procedure.TypedLife is over.

// keepTyped takes what stands in the form of a step, without its scans.
func (c *Cases) keepTyped(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	form, _, err := c.Upload(w, r)
	if form == nil {
		return err
	}
	id, saw := site.Number(r.PathValue("id")), int(site.Number(site.One(form, "langkah")))
	cs, found, err := c.Store.Case(r.Context(), id, c.Office.Procedures)
	if err != nil {
		return err
	}
	if !found {
		return site.ErrNotFound
	}
	if cs.State == procedure.Open && saw == len(cs.Taken) { // else the step was taken meanwhile
		if err := c.Store.KeepTyped(r.Context(), id, v.User.ID, saw, site.Typed(form), v.Now); err != nil {
			return err
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c *Cases) dropTyped(w http.ResponseWriter, r *http.Request, v *site.Visitor) error {
	id := site.Number(r.PathValue("id"))
	if err := c.Store.DropTyped(r.Context(), id, v.User.ID); err != nil {
		return err
	}
	return c.Redirect(w, r, "/konsol/berkas/"+site.ID(id))
}

// remember keeps the form of a step that was not taken for a reason that can be mended, or by a fault; it returns that reason. It goes on
// after the visitor has gone: the line may be what broke.
func (c *Cases) remember(r *http.Request, v *site.Visitor, id int64, saw int, in procedure.Input, why error) error {
	if _, said := told.Text(why); why == nil || said && site.Mendable(why) == nil {
		return why // taken, or never to be: it is another's, over, or moved on
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), 5*time.Second)
	defer cancel()
	if err := c.Store.KeepTyped(ctx, id, v.User.ID, saw, in, v.Now); err != nil {
		return errors.Join(why, err)
	}
	return why
}
