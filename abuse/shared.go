package abuse

// shared weighs what several users do together: when the users of an agency gather much evidence of one kind between them, who takes part in it
// more than once is suspended, though each alone would not be. Who only works beside them is not.
func (s *scene) shared(structure float64) (Finding, bool) {
	u, g := s.user, &s.agency.group
	g.drainTo(s.At, groupDrain)
	own := u.gathered[Density].points + u.gathered[Progression].points
	if own == 0 {
		u.struck = 0
	}
	if structure >= 4 {
		u.struck++
		g.points = min(g.points+structure, 2*most)
	}
	if s.settings.Off[Shared] || structure < 4 || u.struck < 2 || own < 30 || g.points < 100 || g.points < 1.5*own {
		return Finding{}, false
	}
	return Finding{Rule: Shared, Score: s.settings.SuspendAt, Added: structure,
		Reason: "Beberapa pengguna lembaga ini bersama-sama mencari NIK yang berpola, dan pengguna ini ikut serta."}, true
}
