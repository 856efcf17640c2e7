package abuse

// shared weighs what several users do together: when the users of an agency gather much evidence of one kind between them, who takes part
// in it more than once is suspended, though each alone would not be. Who only works beside them is not.
func (s *scene) shared(r Rule, adds float64) bool {
	u, g := s.user, &s.agency.group[r]
	own := u.gathered[r].points
	g.drainTo(s.At, drain*max(3, float64(s.agency.busy)))
	g.points = between(0, g.points+adds, 2*most)
	return adds >= 4 && own >= 30 && own > adds && g.points >= 100 && g.points >= 1.5*own
}
