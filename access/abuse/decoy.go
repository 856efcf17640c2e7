package abuse

// A decoy is a well-formed NIK that no honest source knows: who asks for it has it from a list or from guessing. One is enough.
func decoy(s *scene) verdict {
	if !s.decoy {
		return verdict{}
	}
	return verdict{level: max(most, s.settings.SuspendAt), reason: func() string {
		return "NIK umpan dicari: " + s.NIK.Masked() + " tidak dimiliki siapa pun dan tidak terdapat pada berkas pelayanan mana pun."
	}}
}
