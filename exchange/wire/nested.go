package wire

import (
	"slices"
	"strconv"
	"strings"
)

// maxNames bounds the names of one key of a nested form.
const maxNames = 8

// A Nest is what stands below a name of a nested form: texts and Nests. Its own names are in the order in which they came.
type Nest struct {
	// Twice is a key of the form that says two things, one of which is dropped; empty: there is none. Of the top alone.
	Twice string
	names []string
	below map[string]any
}

// Nested reads the keys of a form as PHP builds them: param[0][NOMOR] is NOMOR of the first of param. A name without brackets is a text. An
// empty name (param[][NOMOR]) goes on with the last object until one of its names comes again.
func Nested(pairs []Pair) *Nest {
	top := &Nest{below: map[string]any{}}
	for _, p := range pairs {
		at, names := top, named(p.Key)
		for i, name := range names {
			if name == "" {
				name = at.next(names[i+1:])
			}
			if i == len(names)-1 {
				if !at.set(name, p.Value) && top.Twice == "" {
					top.Twice = p.Key
				}
				break
			}
			child, ok := at.below[name].(*Nest)
			if !ok {
				child = &Nest{below: map[string]any{}}
				at.set(name, child)
			}
			at = child
		}
	}
	return top
}

// named are the names of a key.
func named(key string) []string {
	first, rest, nested := strings.Cut(key, "[")
	if !nested || !strings.HasSuffix(rest, "]") {
		return []string{key}
	}
	names := append([]string{first}, strings.Split(strings.TrimSuffix(rest, "]"), "][")...)
	if len(names) > maxNames {
		return []string{key}
	}
	return names
}

// set keeps a value; a text takes the place of a text alone, so that param= beside param[0][NOMOR] hides nothing. False: something that
// says more than nothing was dropped.
func (n *Nest) set(name string, value any) bool {
	old, there := n.below[name]
	said, isText := value.(string)
	before, wasText := old.(string)
	if there && !wasText {
		return strings.TrimSpace(said) == ""
	}
	if !there {
		n.names = append(n.names, name)
	}
	n.below[name] = value
	return strings.TrimSpace(before) == "" || isText && before == said
}

// next is the name for an empty one, before the names that follow it in the key.
func (n *Nest) next(follow []string) string {
	last := len(n.names) - 1
	if last >= 0 && len(follow) > 0 {
		if child, ok := n.below[n.names[last]].(*Nest); ok && child.below[follow[0]] == nil {
			return n.names[last]
		}
	}
	return strconv.Itoa(last + 1)
}

// Value is the nest as encoding/json writes it: a list when all names are numbers, else an object.
func (n *Nest) Value() any {
	numbers := make([]int, 0, len(n.names))
	object := make(map[string]any, len(n.names))
	byNumber := map[int]any{}
	for _, name := range n.names {
		v := n.below[name]
		if child, ok := v.(*Nest); ok {
			v = child.Value()
		}
		object[name] = v
		if i, err := strconv.Atoi(name); err == nil && i >= 0 {
			numbers = append(numbers, i)
			byNumber[i] = v
		}
	}
	if len(numbers) == 0 || len(numbers) < len(n.names) || len(byNumber) < len(numbers) {
		return object
	}
	slices.Sort(numbers)
	list := make([]any, len(numbers))
	for i, number := range numbers {
		list[i] = byNumber[number]
	}
	return list
}
