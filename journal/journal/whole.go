package journal

import "context"

// Whole signs what has grown, as Sign does, and then reads every entry of every log, those in archives too: they must make the tree that
// was signed. rest is called now and then. The error is a *Tampered when one does not.
func (n *Notary) Whole(ctx context.Context, rest func()) (entries int64, err error) {
	if _, err := n.Sign(ctx); err != nil {
		return 0, err
	}
	heads, err := n.Store.Logs(ctx, AllLogs)
	if err != nil {
		return 0, err
	}
	for _, h := range heads {
		var tree Frontier
		err := n.Store.Leaves(ctx, h.Log, 0, h.Tree.Size, func(entry []byte) error {
			tree.Append(LeafHash(entry))
			if tree.Size%readAhead == 0 {
				rest()
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
		if tree.Root() != h.Tree.Root() {
			return 0, &Tampered{"log of " + h.Code, "its entries are not those of its tree"}
		}
		entries += tree.Size
	}
	return entries, nil
}
