package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"
)

// variable holds, in a program of all mutants, the number of the one that lives in this run; 0: none.
const variable = "mutantThatLives"

// chooser is the file that a room gets beside its own.
func chooser(room string) string {
	return "package " + room + "\n\nimport (\n\t\"os\"\n\t\"strconv\"\n)\n\nvar " + variable + ", _ = strconv.Atoi(os.Getenv(\"MUTANT\"))\n"
}

// A unit is what is written once more for each mutant in it: a function's body, or the value of a variable.
type unit struct {
	from, to token.Pos // what is copied
	head     string    // of the literal that is called in its place: func(a int) error
	args     string
	void     bool
	value    bool
}

// An insert is text that comes into a file at an offset; the file's own text stays.
type insert struct {
	at   int
	text string
	of   int // the mutant that it is, 0: none
}

// units finds what can be written once more. Functions outside variables come whole, with the literals in them.
func (f *finder) units() (out []unit, names []insert) {
	body := func(t *ast.FuncType, b *ast.BlockStmt) {
		head := "func" + f.text(t.Params)
		if t.Results != nil {
			head += " " + f.text(t.Results)
		}
		args, named := f.arguments(t.Params)
		out = append(out, unit{from: b.Lbrace + 1, to: b.Rbrace, head: head, args: args, void: t.Results.NumFields() == 0})
		names = append(names, named...)
	}
	for _, d := range f.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil {
				body(d.Type, d.Body)
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if l, ok := n.(*ast.FuncLit); ok {
					body(l.Type, l.Body)
					return false
				}
				return true
			})
			for _, s := range d.Specs {
				out = append(out, f.values(s.(*ast.ValueSpec))...)
			}
		}
	}
	return out, names
}

// values are those whose type is written down.
func (f *finder) values(s *ast.ValueSpec) (out []unit) {
	for _, v := range s.Values {
		kind := s.Type
		if l, ok := v.(*ast.CompositeLit); ok && kind == nil {
			kind = l.Type
			if a, ok := kind.(*ast.ArrayType); ok && a.Len != nil {
				kind = nil // perhaps [...]T
			}
		}
		if kind != nil {
			out = append(out, unit{from: v.Pos(), to: v.End(), head: "func() " + f.text(kind), value: true})
		}
	}
	return out
}

// arguments are a function's own parameters, to be handed on; what has no name gets one.
func (f *finder) arguments(list *ast.FieldList) (args string, names []insert) {
	var all []string
	for _, p := range list.List {
		dots := ""
		if _, ok := p.Type.(*ast.Ellipsis); ok {
			dots = "..."
		}
		for _, n := range p.Names {
			name := n.Name
			if name == "_" {
				name = fmt.Sprintf("_unnamed%d", len(all))
				names = append(names, insert{f.set.Position(n.End()).Offset, name[1:], 0})
			}
			all = append(all, name+dots)
		}
		if len(p.Names) == 0 {
			name := fmt.Sprintf("unnamed%d", len(all))
			names = append(names, insert{f.set.Position(p.Type.Pos()).Offset, name + " ", 0})
			all = append(all, name+dots)
		}
	}
	return strings.Join(all, ", "), names
}

// program is the file's text with all its mutants in it, each chosen by its number, and the lines that each takes, first and last.
// What is in no unit (a constant) is left out, and so is what the compiler has refused.
func (f *finder) program(without map[int]bool) (text string, lines map[int][2]int) {
	list, inserts := f.units()
	slices.SortStableFunc(list, func(a, b unit) int { return cmp.Compare(a.to-a.from, b.to-b.from) })
	in := map[int][]mutant{}
	for _, m := range f.found {
		i := slices.IndexFunc(list, func(u unit) bool { return f.offset(u.from) <= m.from && m.to <= f.offset(u.to) })
		if i >= 0 && !without[m.number] {
			in[i] = append(in[i], m)
		}
	}
	for i, u := range list {
		if len(in[i]) == 0 {
			continue
		}
		from, to := f.offset(u.from), f.offset(u.to)
		before := "\nswitch " + variable + " {\n"
		if u.value {
			before = u.head + " {" + before
		}
		inserts = append(inserts, insert{from, before, 0})
		for _, m := range in[i] {
			copied := string(f.source[from:m.from]) + m.text + string(f.source[m.to:to])
			switch {
			case u.value:
				copied = "return " + copied
			case u.void:
				copied = u.head + " {" + copied + "}(" + u.args + ")\nreturn"
			default:
				copied = "return " + u.head + " {" + copied + "}(" + u.args + ")"
			}
			inserts = append(inserts, insert{from, fmt.Sprintf("case %d:\n%s\n", m.number, copied), m.number})
		}
		after := "}\n"
		if u.value {
			after += "return "
			inserts = append(inserts, insert{to, "\n}()", 0})
		}
		inserts = append(inserts, insert{from, after, 0})
	}
	slices.SortStableFunc(inserts, func(a, b insert) int { return cmp.Compare(a.at, b.at) })
	var out strings.Builder
	line, at := 1, 0
	lines = map[int][2]int{}
	write := func(s string) {
		out.WriteString(s)
		line += strings.Count(s, "\n")
	}
	for _, x := range inserts {
		write(string(f.source[at:x.at]))
		at = x.at
		first := line
		write(x.text)
		if x.of != 0 {
			lines[x.of] = [2]int{first, line - 1}
		}
	}
	write(string(f.source[at:]))
	return out.String(), lines
}

func (f *finder) offset(p token.Pos) int { return f.set.Position(p).Offset }
